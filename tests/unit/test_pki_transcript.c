/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transcript: it only grows, half a line stays half a line, and a file that
 * is not ours alone is not written to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pki_ca.h"

struct place {
	char dir[64], path[96], other[96];
	struct dv_err err;
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/test_transcript.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	(void)snprintf(p->path, sizeof(p->path), "%s/" PKI_CA_TRANSCRIPT,
	    p->dir);
	(void)snprintf(p->other, sizeof(p->other), "%s/other", p->dir);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	(void)unlink(p->path);
	(void)unlink(p->other);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static enum dv_exit
add(struct place *p, const char *text)
{
	return pki_transcript_add(p->dir, (struct dv_bytes){
	    (const uint8_t *)text, strlen(text) }, &p->err);
}

static void
holds(const struct place *p, const char *wanted)
{
	struct dv_buf buf = { NULL, 0, 0 };
	struct dv_err err;

	assert_int_equal(dv_file_read(p->path, DV_FILE_MAX, &buf, &err),
	    DV_EXIT_YES);
	assert_int_equal(buf.len, strlen(wanted));
	assert_memory_equal(buf.ptr, wanted, buf.len);
	dv_buf_free(&buf);
}

static void
grows(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(add(p, "one\n"), DV_EXIT_YES);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 07777u, 0600);
	assert_int_equal(add(p, "two\nthree\n"), DV_EXIT_YES);
	holds(p, "one\ntwo\nthree\n");
}

static void
half_a_line(void **state)
{
	struct place *p = *state;

	assert_int_equal(add(p, "one"), DV_EXIT_YES);
	assert_int_equal(add(p, "two\n"), DV_EXIT_YES);
	holds(p, "one\ntwo\n");
}

static void
not_ours_alone(void **state)
{
	struct place *p = *state;

	assert_int_equal(add(p, "one\n"), DV_EXIT_YES);
	assert_int_equal(chmod(p->path, 0644), 0);
	assert_int_equal(add(p, "two\n"), DV_EXIT_NONE);
	assert_non_null(strstr(p->err.hint, "chmod 600"));
	assert_int_equal(chmod(p->path, 0600), 0);
	assert_int_equal(link(p->path, p->other), 0);
	assert_int_equal(add(p, "two\n"), DV_EXIT_NONE);
	holds(p, "one\n");
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(symlink(p->other, p->path), 0);
	assert_int_equal(add(p, "two\n"), DV_EXIT_NONE);
	holds(p, "one\n");
}

static void
no_directory(void **state)
{
	struct place *p = *state;
	struct place gone = *p;

	(void)snprintf(gone.dir, sizeof(gone.dir), "/nowhere");
	assert_int_equal(add(&gone, "one\n"), DV_EXIT_NONE);
	assert_non_null(strstr(gone.err.what, "/nowhere/" PKI_CA_TRANSCRIPT));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(grows),
		TEST(half_a_line),
		TEST(not_ours_alone),
		TEST(no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
