/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a time, as text and as DER: what is read is a date between the
 * years 0 and 9999, and written again it is read as the same instant.
 */
#include "der.h"
#include "dv_time.h"
#include "fuzz.h"

static void
again(dv_time t)
{
	char text[DV_TIME_TEXT];
	struct dv_date date;
	dv_time back;

	dv_time_format(t, text);
	must(strlen(text) == DV_TIME_TEXT - 1);
	must(dv_time_parse((struct dv_bytes){ (const uint8_t *)text,
	    strlen(text) }, &back));
	must(back.s == t.s);
	dv_time_to_date(t, &date);
	must(date.year >= 0 && date.year <= 9999);
	must(dv_time_from_date(&date, &back) && back.s == t.s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dv_bytes input = { data, size };
	struct dv_at at = { .offset = 0 };
	struct dv_der in = dv_der_start(input, DV_F_NOT_BEFORE, &at);
	struct dv_date date;
	dv_time t;

	if (dv_time_parse(input, &t) && t.s >= DV_TIME_MIN &&
	    t.s <= DV_TIME_MAX)
		again(t);
	if (dv_der_time(&in, &t) == DV_R_NONE) {
		again(t);
		dv_time_to_date(t, &date);
		must(date.year >= 1950);
	} else {
		must(at.field == DV_F_NOT_BEFORE && at.offset <= size);
	}
	return 0;
}
