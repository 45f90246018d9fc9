/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calendar and clock text: proleptic Gregorian, UTC, no leap seconds. Reads no
 * clock. RFC 3339 for people, RFC 5280 4.1.2.5 for the range.
 */
#include "dv_time.h"

#define DAY INT64_C(86400)
#define DAYS_IN_400_YEARS 146097
#define DAYS_TO_1970 865565	/* from the March 401 years before year 0 */

/*
 * Days from 1970-01-01 to the first of a month: 1 to 12, and 13 is the next
 * January. Counted in years that begin in March, whose last day is the leap day
 * and whose months have 153 days in every five.
 */
static int
days_before(int year, int month)
{
	const int y = month > 2 ? year + 400 : year + 399;
	const int m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 -
	    DAYS_TO_1970;
}

static bool
within(int value, int low, int high)
{
	return value >= low && value <= high;
}

bool
dv_time_from_date(const struct dv_date *d, dv_time *out)
{
	int before;

	if (!within(d->year, 0, 9999) || !within(d->month, 1, 12))
		return false;
	before = days_before(d->year, d->month);
	if (!within(d->day, 1, days_before(d->year, d->month + 1) - before) ||
	    !within(d->hour, 0, 23) || !within(d->minute, 0, 59) ||
	    !within(d->second, 0, 59))
		return false;
	out->s = (before + d->day - 1) * DAY +
	    ((d->hour * 60 + d->minute) * 60 + d->second);
	return true;
}

static int64_t
clamp(int64_t s)
{
	if (s < DV_TIME_MIN)
		return DV_TIME_MIN;
	return s > DV_TIME_MAX ? DV_TIME_MAX : s;
}

void
dv_time_to_date(dv_time at, struct dv_date *out)
{
	int64_t since_zero = clamp(at.s) - DV_TIME_MIN;
	int days = (int)(since_zero / DAY), rest = (int)(since_zero % DAY);
	int year = (int)(days * INT64_C(400) / DAYS_IN_400_YEARS);

	/* The estimate is at most one year off. */
	days += days_before(0, 1);
	if (days < days_before(year, 1))
		year--;
	else if (days >= days_before(year + 1, 1))
		year++;
	out->year = year;
	for (out->month = 12; days < days_before(year, out->month);
	    out->month--)
		continue;
	out->day = days - days_before(year, out->month) + 1;
	out->hour = rest / 3600;
	out->minute = rest / 60 % 60;
	out->second = rest % 60;
}

/* len decimal digits and nothing else; -1 otherwise. len is at most 12. */
static int64_t
digits(const uint8_t *text, size_t len)
{
	int64_t value = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static bool
parse_seconds(struct dv_bytes text, dv_time *out)
{
	size_t start = text.len > 1 && text.ptr[1] == '-' ? 2 : 1;
	int64_t s;

	if (text.len <= start || text.len - start > 12)
		return false;
	s = digits(text.ptr + start, text.len - start);
	if (s < 0)
		return false;
	s = start == 2 ? -s : s;
	if (s != clamp(s))
		return false;
	out->s = s;
	return true;
}

/* Where each number of RFC 3339 text begins; the rest is punctuation. */
static const char pattern[] = "0000-00-00T00:00:00Z";

static bool
parse_rfc3339(struct dv_bytes text, dv_time *out)
{
	struct dv_date d;
	size_t i;

	if (text.len != sizeof(pattern) - 1)
		return false;
	for (i = 0; i < text.len; i++)
		if (pattern[i] != '0' && text.ptr[i] != (uint8_t)pattern[i])
			return false;
	d.year = (int)digits(text.ptr, 4);
	d.month = (int)digits(text.ptr + 5, 2);
	d.day = (int)digits(text.ptr + 8, 2);
	d.hour = (int)digits(text.ptr + 11, 2);
	d.minute = (int)digits(text.ptr + 14, 2);
	d.second = (int)digits(text.ptr + 17, 2);
	return dv_time_from_date(&d, out);
}

bool
dv_time_parse(struct dv_bytes text, dv_time *out)
{
	if (text.len > 0 && text.ptr[0] == '@')
		return parse_seconds(text, out);
	return parse_rfc3339(text, out);
}

static void
put(char *out, int value, int width)
{
	while (width-- > 0) {
		out[width] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
dv_time_format(dv_time at, char out[DV_TIME_TEXT])
{
	struct dv_date d;
	size_t i;

	_Static_assert(sizeof(pattern) == DV_TIME_TEXT, "room for the text");
	dv_time_to_date(at, &d);
	for (i = 0; i < sizeof(pattern); i++)
		out[i] = pattern[i];
	put(out, d.year, 4);
	put(out + 5, d.month, 2);
	put(out + 8, d.day, 2);
	put(out + 11, d.hour, 2);
	put(out + 14, d.minute, 2);
	put(out + 17, d.second, 2);
}
