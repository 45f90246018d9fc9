/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scratch directory and captured output for tests of the host layer. Test
 * code: fails the test on anything that goes wrong here.
 */
#ifndef HOSTKIT_H
#define HOSTKIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/text.h"

/* Group fixtures: the test runs inside a new directory, removed afterwards. */
static inline int
scratch_begin(void **state)
{
	const char *base = getenv("TMPDIR");
	static char dir[512];

	(void)snprintf(dir, sizeof(dir), "%s/host.XXXXXX",
	    base != NULL ? base : "/tmp");
	*state = dir;
	return mkdtemp(dir) == NULL || chdir(dir) != 0;
}

static inline int
scratch_end(void **state)
{
	char *const argv[] = { "rm", "-rf", *state, NULL };
	pid_t child;

	if (chdir("/") != 0)
		return 1;
	child = fork();
	if (child == 0) {
		execvp("rm", argv);
		_exit(1);
	}
	return child == -1;
}

static inline void
put_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

/* What print() writes, as a string that lives until the next call. */
#define CAPTURE(text, stream, code)                                           \
	do {                                                                  \
		static char captured_[4096];                                  \
		FILE *stream = fmemopen(captured_, sizeof(captured_), "w");   \
		assert_non_null(stream);                                      \
		code;                                                         \
		assert_int_equal(fclose(stream), 0);                          \
		(text) = captured_;                                           \
	} while (0)

#endif
