/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Receipts: values as they are read, what is compared and what follows, by the
 * receipts of vectors/receipt and by a key's name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dv_receipt.h"

#define ROOM 8192

/* The receipt of one vector, in exactly its octets. */
static struct dv_bytes
load(const char *vector, uint8_t room[ROOM])
{
	char path[256];
	FILE *f;
	size_t len;

	snprintf(path, sizeof(path), "vectors/receipt/%s/receipt.cbor",
	    vector);
	f = fopen(path, "rb");
	assert_non_null(f);
	len = fread(room, 1, ROOM, f);
	fclose(f);
	assert_true(len > 0 && len < ROOM);
	return (struct dv_bytes){ room, len };
}

static bool
is_text(struct dv_bytes found, const char *wanted)
{
	return found.len == strlen(wanted) &&
	    memcmp(found.ptr, wanted, found.len) == 0;
}

static void
test_values(void **state)
{
	uint8_t room[ROOM];
	struct dv_receipt r;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_receipt_parse(load("accepted--all", room), &r,
	    &at), DV_R_NONE);
	assert_true(is_text(r.tool, "devverify 1"));
	assert_int_equal(r.hash, DV_HASH_SHA256);
	assert_int_equal(r.digest.len, 32);
	assert_int_equal(r.size, 30);
	assert_int_equal(r.files, 0);
	assert_int_equal(r.path.count, 2);
	assert_true(is_text(r.path.status[0], "good"));
	assert_true(is_text(r.path.status[1], "not-checked"));
	assert_true(is_text(r.profile, "strict"));
	assert_true(is_text(r.time_source, "given"));
	assert_true(is_text(r.revocation, "if-given"));
	assert_int_equal(r.time.s, 1777593600);
	assert_int_equal(r.good_until.s, 1800000000);
	assert_int_equal(r.demand_count, 9);
	for (size_t i = 0; i < 9; i++) {
		assert_int_equal(r.demand[i].countersigner, i >= 6);
		assert_int_equal(r.demand[i].kind, i < 6 ? i + 1 :
		    DV_DEMAND_SIGNER_NAME + i - 6);
	}
	assert_int_equal(r.countersigner_count, 0);
	assert_true(is_text(r.demand[0].key, "name"));
	assert_true(is_text(r.demand[3].value, "DNS:unit-1.example"));
	assert_int_equal(r.demand[4].value.len, DV_RECEIPT_HASH);
	assert_int_equal(r.purpose.len, 0);
	assert_int_equal(r.previous.len, 0);
	assert_int_equal(dv_receipt_parse(load("accepted--files", room), &r,
	    &at), DV_R_NONE);
	assert_int_equal(r.files, 10000);
	assert_int_equal(dv_receipt_parse(load("accepted--countersigned",
	    room), &r, &at), DV_R_NONE);
	assert_int_equal(r.countersigner_count, 1);
	assert_int_equal(r.countersigner[0].count, 2);
	assert_int_equal(r.countersigner[0].anchor.len, DV_RECEIPT_HASH);
	assert_true(is_text(r.countersigner[0].status[1], "not-checked"));
}

static void
test_differs(void **state)
{
	uint8_t one[ROOM], two[ROOM];
	struct dv_receipt was, again;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_receipt_parse(load("accepted--first", one), &was,
	    &at), DV_R_NONE);
	assert_int_equal(dv_receipt_compare(&was, &was, &at), DV_R_NONE);
	assert_int_equal(dv_receipt_parse(load("accepted--purpose", two),
	    &again, &at), DV_R_NONE);
	assert_int_equal(dv_receipt_compare(&was, &again, &at),
	    DV_R_RECEIPT_DIFFERS);
	assert_string_equal(at.wanted.text, "purpose");
	assert_int_equal(at.offset, DV_NO_OFFSET);
	assert_int_equal(dv_receipt_compare(&again, &was, &at),
	    DV_R_RECEIPT_DIFFERS);
	assert_string_equal(at.wanted.text, "purpose");
	assert_int_equal(at.offset, again.item[DV_RECEIPT_KEY_PURPOSE].ptr -
	    two);
}

static void
test_follows(void **state)
{
	uint8_t one[ROOM], two[ROOM];
	struct dv_receipt first, second;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_receipt_parse(load("accepted--first", one),
	    &first, &at), DV_R_NONE);
	assert_int_equal(dv_receipt_parse(load("accepted--second", two),
	    &second, &at), DV_R_NONE);
	assert_int_equal(dv_receipt_follows(&first, NULL, &at), DV_R_NONE);
	assert_int_equal(dv_receipt_follows(&second, &first, &at), DV_R_NONE);
	assert_int_equal(dv_receipt_follows(&second, NULL, &at),
	    DV_R_RECEIPT_SEQUENCE);
	assert_int_equal(at.found.kind, DV_VALUE_BYTES);
	assert_int_equal(dv_receipt_follows(&first, &second, &at),
	    DV_R_RECEIPT_SEQUENCE);
	assert_int_equal(dv_receipt_follows(&second, &second, &at),
	    DV_R_RECEIPT_SEQUENCE);
}

/* Of the wrong kind: what was wanted and found is said. */
static void
test_kind(void **state)
{
	uint8_t room[ROOM];
	struct dv_receipt r;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_receipt_parse(load("receipt-malformed--typ-bytes",
	    room), &r, &at), DV_R_RECEIPT_MALFORMED);
	assert_int_equal(at.wanted.kind, DV_VALUE_TEXT);
	assert_int_equal(at.found.kind, DV_VALUE_TEXT);
}

/* What a vector does not state: another form was wanted, not another value. */
static void
test_wanted_form(void **state)
{
	static const char *const vectors[] = {
		"receipt-malformed--array",
		"receipt-malformed--files-text",
		"receipt-malformed--hash-text",
		"receipt-malformed--key-name",
		"receipt-malformed--path-text",
		"receipt-malformed--purpose-text",
	};
	static struct dv_receipt r;
	uint8_t room[ROOM];
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		assert_int_equal(dv_receipt_parse(load(vectors[i], room), &r,
		    &at), DV_R_RECEIPT_MALFORMED);
		assert_int_equal(at.wanted.kind, DV_VALUE_TEXT);
	}
}

static void
test_size(void **state)
{
	static uint8_t zeros[DV_MAX_ENVELOPE + 1];
	static struct dv_receipt r;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_receipt_parse((struct dv_bytes){ zeros,
	    DV_MAX_ENVELOPE }, &r, &at), DV_R_RECEIPT_MALFORMED);
	assert_int_equal(dv_receipt_parse((struct dv_bytes){ zeros,
	    DV_MAX_ENVELOPE + 1 }, &r, &at), DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.wanted.number, DV_MAX_ENVELOPE);
	assert_int_equal(at.found.number, DV_MAX_ENVELOPE + 1);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(dv_receipt_key_name(DV_RECEIPT_KEY_TYP), "typ");
	assert_string_equal(dv_receipt_key_name(DV_RECEIPT_KEY_PREVIOUS),
	    "previous");
	assert_string_equal(dv_receipt_key_name(DV_RECEIPT_KEY_END), "");
	assert_string_equal(dv_receipt_key_name((enum dv_receipt_key)0), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_wanted_form),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
