/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Envelopes: what is told to have been wanted where one is refused, which a vector
 * does not state. By vectors of vectors/sign1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dv_sign1.h"

#define ROOM 32768

static void
test_wanted(void **state)
{
	static const struct {
		const char *vector;
		enum dv_value_kind kind;
		int64_t wanted, found;
	} rows[] = {
		{ "limit--path-bag-9", DV_VALUE_NUMBER, DV_MAX_PATH,
		    DV_MAX_PATH + 1 },
		{ "limit--claims-17", DV_VALUE_NUMBER, DV_MAX_CLAIMS,
		    DV_MAX_CLAIMS + 1 },
		{ "limit--claim-bytes-256", DV_VALUE_NUMBER,
		    DV_MAX_CLAIM_BYTES, DV_MAX_CLAIM_BYTES + 1 },
		{ "header-malformed--version-text", DV_VALUE_TEXT, 0, 0 },
		{ "header-malformed--path-x5t-bytes", DV_VALUE_TEXT, 0, 0 },
		{ "header-malformed--path-x5t-number", DV_VALUE_TEXT, 0, 0 },
		{ "header-malformed--path-x5t-short", DV_VALUE_NUMBER, 32,
		    31 },
	};
	static uint8_t room[ROOM];
	char path[256];
	struct dv_sign1 s;
	struct dv_at at;
	size_t len;
	FILE *f;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(path, sizeof(path), "vectors/sign1/%s/envelope.cose",
		    rows[i].vector);
		f = fopen(path, "rb");
		assert_non_null(f);
		len = fread(room, 1, ROOM, f);
		fclose(f);
		assert_int_not_equal(dv_sign1_parse((struct dv_bytes){ room,
		    len }, DV_PROFILE_PATH, &s, &at), DV_R_NONE);
		assert_int_equal(at.wanted.kind, rows[i].kind);
		assert_int_equal(at.wanted.number, rows[i].wanted);
		assert_int_equal(at.found.number, rows[i].found);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
