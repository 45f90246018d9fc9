/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line that long work shows: how far it is, how fast, and what is left; of
 * work that began so long ago that no delay of this test is seen in it.
 */
#include "hostkit.h"

#include "host/progress.h"
#include "host/when.h"

#define AGO INT64_C(1000000000)		/* milliseconds: eleven days */

/* What standard error gets, in a file: the function returns it. */
static const char *
shown(uint64_t total, uint64_t done, bool end)
{
	struct dv_progress progress = { .what = "x\n", .unit = "MB",
		.per_unit = 1000000, .total = total };
	static char text[200];
	FILE *file = tmpfile();
	const int was = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(file);
	assert_true(was >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
	dv_progress_start(&progress);
	/* Standard error is no terminal: as if it were. */
	progress.began -= AGO;
	progress.next = end ? progress.next : progress.began;
	dv_progress_at(&progress, done);
	if (end)
		dv_progress_end(&progress);
	assert_true(dup2(was, STDERR_FILENO) >= 0);
	(void)close(was);
	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return text;
}

static void
begins(const char *text, const char *wanted)
{
	if (strncmp(text, wanted, strlen(wanted)) != 0)
		fail_msg("wanted %s, found %s", wanted, text);
}

static void
how_far_and_how_fast(void **state)
{
	(void)state;
	assert_string_equal(shown(0, 0, false), "\r\033[Kx\\x0a: 0 MB");
	begins(shown(0, UINT64_C(1500000000000), false),
	    "\r\033[Kx\\x0a: 1500000 MB, 1 a second");
	begins(shown(UINT64_C(1500000000000), UINT64_C(1500000000000), false),
	    "\r\033[Kx\\x0a: 1500000 of 1500000 MB, 1 a second");
	assert_null(strstr(shown(1, 1, false), "left"));
}

static void
what_is_left(void **state)
{
	(void)state;
	/* as long again: 16666 minutes, and those that this test takes */
	begins(strstr(shown(UINT64_C(4000000000000), UINT64_C(2000000000000),
	    false), "second, ") + 8, "166");
	begins(strstr(shown(UINT64_C(3000000000000), UINT64_C(2000000000000),
	    false), "second, ") + 8, "83");
	/* more than 64 bits hold: (2^62 - 2^32) / 2^32 times as long */
	begins(strstr(shown(UINT64_C(1) << 62, UINT64_C(1) << 32, false),
	    "second, ") + 8, "17");
	/* so much that nothing can be said, and nothing breaks */
	assert_non_null(strstr(shown(UINT64_MAX, 1, false), " left"));
}

static void
no_terminal_shows_nothing(void **state)
{
	(void)state;
	assert_string_equal(shown(2000000, 1000000, true), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_far_and_how_fast),
		cmocka_unit_test(what_is_left),
		cmocka_unit_test(no_terminal_shows_nothing),
	};

	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
