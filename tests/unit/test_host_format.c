/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The vfprintf of static programs prints what libc's does, for every conversion
 * the programs use, and refuses what it does not know. ISO C11 7.21.6.1.
 */
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host/format.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static int
ours(char *text, size_t cap, const char *format, ...)
{
	FILE *out = fmemopen(text, cap, "w");
	va_list ap;
	int n;

	assert_non_null(out);
	va_start(ap, format);
	n = dv_vfprintf(out, format, ap);
	va_end(ap);
	assert_int_equal(fclose(out), 0);
	return n;
}

#define SAME(...)                                                              \
	do {                                                                   \
		char a[300] = "", b[300];                                      \
		int n = ours(a, sizeof(a), __VA_ARGS__);                       \
                                                                               \
		assert_int_equal(n, snprintf(b, sizeof(b), __VA_ARGS__));      \
		assert_string_equal(a, b);                                     \
	} while (0)

static void
test_same_as_libc(void **state)
{
	(void)state;
	SAME("%s", "");
	SAME("plain 100%% %s|%s\n", "a", "b");
	SAME("%.*s|%.64s|%.2s|%.0s", 2, "abc", "abc", "abc", "abc");
	SAME("%-*s|%-8s|%8s|%2s|%-2s", 6, "ab", "ab", "ab", "abc", "abc");
	SAME("%c%c", 'x', '%');
	SAME("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	SAME("%u %u", 0u, UINT_MAX);
	SAME("%lu %zu %ld", ULONG_MAX, SIZE_MAX, LONG_MIN);
	SAME("%" PRId64 " %" PRIu64 " %" PRIu32 " %" PRIx32, INT64_MIN,
	    UINT64_MAX, UINT32_MAX, UINT32_MAX);
	SAME("%02x%02x %x %04o %o", 1u, 255u, 0xdeadbeefu, 0600u, 0u);
	SAME("%016llx %016llx", 0x1234ull, ~0ull);
	SAME("%04d|%4d|%-4d|%04d|%02d", -5, -5, -5, 12345, 7);
	SAME("%zu  %-7s%5u|", (size_t)3, "ab", 12u);
}

/* A string that ends nowhere is read as far as its precision. */
static void
test_precision_ends_a_string(void **state)
{
	const char open[3] = { 'a', 'b', 'c' };
	char text[8] = "";

	(void)state;
	assert_int_equal(ours(text, sizeof(text), "%.3s", open), 3);
	assert_string_equal(text, "abc");
}

static void
test_unknown_is_refused(void **state)
{
	static const char *const unknown[] = { "%f", "%n", "%p", "%.3d", "%+d",
		"%#x", "%hhu", "% d", "%", "%l" };
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		memset(text, 0, sizeof(text));
		assert_int_equal(ours(text, sizeof(text), unknown[i], 1, 2),
		    -1);
		assert_string_equal(text, "");
	}
}

static void
test_failure_of_the_file(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	{
		va_list none;

		memset(&none, 0, sizeof(none));
		assert_int_equal(dv_vfprintf(full, "abc", none), -1);
	}
	(void)fclose(full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_libc),
		cmocka_unit_test(test_precision_ends_a_string),
		cmocka_unit_test(test_unknown_is_refused),
		cmocka_unit_test(test_failure_of_the_file),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
