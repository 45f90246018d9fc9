/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The calendar, every day of ten thousand years, and its text.
 */
#include "unit/derkit.h"

#include <time.h>

#include "dv_time.h"

static void
test_every_day(void **state)
{
	struct dv_date d = { 0, 1, 1, 0, 0, 0 }, back;
	int64_t s;

	(void)state;
	for (s = DV_TIME_MIN; s < DV_TIME_MAX; s += 86400) {
		dv_time t = { 1 };

		assert_true(dv_time_from_date(&d, &t));
		assert_true(t.s == s);
		dv_time_to_date((dv_time){ s + 86399 }, &back);
		assert_true(back.year == d.year && back.month == d.month &&
		    back.day == d.day && back.hour == 23 &&
		    back.minute == 59 && back.second == 59);
		/* The next day is the first of these that exists. */
		d.day++;
		if (!dv_time_from_date(&d, &t)) {
			d.day = 1;
			d.month++;
		}
		if (d.month == 13) {
			d.month = 1;
			d.year++;
		}
	}
	assert_int_equal(d.year, 10000);
}

/* The C library as a second judge, at odd steps. */
static void
test_against_libc(void **state)
{
	int64_t s;

	(void)state;
	for (s = DV_TIME_MIN; s <= DV_TIME_MAX; s += 98765431) {
		time_t t = (time_t)s;
		struct dv_date d;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		dv_time_to_date((dv_time){ s }, &d);
		assert_true(d.year == tm.tm_year + 1900 &&
		    d.month == tm.tm_mon + 1 && d.day == tm.tm_mday &&
		    d.hour == tm.tm_hour && d.minute == tm.tm_min &&
		    d.second == tm.tm_sec);
	}
}

static const struct dv_date no_dates[] = {
	{ -1, 1, 1, 0, 0, 0 }, { 10000, 1, 1, 0, 0, 0 },
	{ 2025, 0, 1, 0, 0, 0 }, { 2025, 13, 1, 0, 0, 0 },
	{ 2025, 1, 0, 0, 0, 0 }, { 2025, 1, 32, 0, 0, 0 },
	{ 2025, 4, 31, 0, 0, 0 }, { 2025, 2, 29, 0, 0, 0 },
	{ 1900, 2, 29, 0, 0, 0 }, { 2000, 2, 30, 0, 0, 0 },
	{ 2025, 1, 1, 24, 0, 0 }, { 2025, 1, 1, -1, 0, 0 },
	{ 2025, 1, 1, 0, 60, 0 }, { 2025, 1, 1, 0, 0, 60 },
	{ 2025, 1, 1, 0, -1, 0 }, { 2025, 1, 1, 0, 0, -1 },
};

static void
test_no_such_date(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(no_dates) / sizeof(no_dates[0]); i++) {
		dv_time t = { 42 };

		assert_false(dv_time_from_date(&no_dates[i], &t));
		assert_int_equal(t.s, 42);
	}
}

static const struct text_row {
	const char *text;
	bool good;
	int64_t s;
} text_rows[] = {
	{ "1970-01-01T00:00:00Z", true, 0 },
	{ "2026-03-01T00:00:00Z", true, INT64_C(1772323200) },
	{ "0000-01-01T00:00:00Z", true, DV_TIME_MIN },
	{ "9999-12-31T23:59:59Z", true, DV_TIME_MAX },
	{ "@0", true, 0 },
	{ "@1772323200", true, INT64_C(1772323200) },
	{ "@-1", true, -1 },
	{ "@253402300799", true, DV_TIME_MAX },
	{ "@-62167219200", true, DV_TIME_MIN },
	{ "@253402300800", false, 0 },
	{ "@-62167219201", false, 0 },
	{ "@9999999999999", false, 0 },
	{ "@", false, 0 },
	{ "@-", false, 0 },
	{ "@--1", false, 0 },
	{ "@+1", false, 0 },
	{ "@1 ", false, 0 },
	{ "@1/", false, 0 },
	{ "@1:", false, 0 },
	{ "@18446744073709551616", false, 0 },
	{ "2026-1/-01T00:00:00Z", false, 0 },
	{ "@1x", false, 0 },
	{ "", false, 0 },
	{ "now", false, 0 },
	{ "2026-03-01", false, 0 },
	{ "2026-03-01t00:00:00Z", false, 0 },
	{ "2026-03-01T00:00:00z", false, 0 },
	{ "2026-03-01 00:00:00Z", false, 0 },
	{ "2026-03-01T00:00:00", false, 0 },
	{ "2026-03-01T00:00:00.0Z", false, 0 },
	{ "2026-03-01T00:00:00+00:00", false, 0 },
	{ "2026-02-29T00:00:00Z", false, 0 },
	{ "2026-3-01T00:00:00ZZ", false, 0 },
	{ "2026-0a-01T00:00:00Z", false, 0 },
	{ "-026-03-01T00:00:00Z", false, 0 },
};

static struct dv_bytes
text_bytes(const char *text)
{
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) };
}

static void
test_parse(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text_rows) / sizeof(text_rows[0]); i++) {
		const struct text_row *row = &text_rows[i];
		dv_time t = { 42 };

		if (dv_time_parse(text_bytes(row->text), &t) != row->good ||
		    t.s != (row->good ? row->s : 42))
			fail_msg("%s: %lld", row->text, (long long)t.s);
	}
}

static void
test_parse_nothing(void **state)
{
	dv_time t = { 42 };

	(void)state;
	assert_false(dv_time_parse((struct dv_bytes){ NULL, 0 }, &t));
	assert_int_equal(t.s, 42);
}

static void
test_format(void **state)
{
	char text[DV_TIME_TEXT];

	(void)state;
	dv_time_format((dv_time){ INT64_C(1772323200) }, text);
	assert_string_equal(text, "2026-03-01T00:00:00Z");
	dv_time_format((dv_time){ DV_TIME_MAX }, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	dv_time_format((dv_time){ INT64_MAX }, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	dv_time_format((dv_time){ INT64_MIN }, text);
	assert_string_equal(text, "0000-01-01T00:00:00Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_against_libc),
		cmocka_unit_test(test_no_such_date),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_nothing),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
