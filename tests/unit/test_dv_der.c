/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DER reader, one row a claim: what is read, and what is refused with
 * which reason at which octet. After a refusal nothing has moved.
 */
#include "unit/derkit.h"

#include "bytes.h"
#include "der.h"

/* Each reader in one form: its result as bytes or as a number. */
struct result {
	struct dv_bytes bytes;
	int64_t number;
};

typedef enum dv_reason reader(struct dv_der *in, struct result *r);

static enum dv_reason
any(struct dv_der *in, struct result *r)
{
	struct dv_element e;
	enum dv_reason reason = dv_der_any(in, &e);

	r->bytes = e.value;
	r->number = e.tag;
	return reason;
}

static enum dv_reason
take(struct dv_der *in, struct result *r)
{
	return dv_der_take(in, DER_OCTET_STRING, &r->bytes);
}

static enum dv_reason
take_whole(struct dv_der *in, struct result *r)
{
	return dv_der_take_whole(in, DER_SEQUENCE, &r->bytes);
}

static enum dv_reason
boolean(struct dv_der *in, struct result *r)
{
	bool value = true;
	enum dv_reason reason = dv_der_boolean(in, &value);

	r->number = value;
	return reason;
}

static enum dv_reason
integer(struct dv_der *in, struct result *r)
{
	return dv_der_integer(in, &r->bytes);
}

static enum dv_reason
small(struct dv_der *in, struct result *r)
{
	int value = 1;
	enum dv_reason reason = dv_der_small(in, 300, &value);

	r->number = value;
	return reason;
}

static enum dv_reason
largest(struct dv_der *in, struct result *r)
{
	int value = 1;
	enum dv_reason reason = dv_der_small(in, INT32_MAX, &value);

	r->number = value;
	return reason;
}

static enum dv_reason
octets(struct dv_der *in, struct result *r)
{
	return dv_der_bit_octets(in, DV_R_KEY_INVALID, &r->bytes);
}

static enum dv_reason
bits(struct dv_der *in, struct result *r)
{
	struct dv_bits b;
	enum dv_reason reason = dv_der_bits_as(in, DER_CONTEXT(1), &b);

	r->bytes = b.octets;
	r->number = b.unused;
	return reason;
}

static enum dv_reason
named(struct dv_der *in, struct result *r)
{
	unsigned value = 1;
	enum dv_reason reason = dv_der_named_bits(in, &value);

	r->number = value;
	return reason;
}

static enum dv_reason
oid(struct dv_der *in, struct result *r)
{
	return dv_der_oid(in, &r->bytes);
}

static enum dv_reason
when(struct dv_der *in, struct result *r)
{
	dv_time value = { 1 };
	enum dv_reason reason = dv_der_time(in, &value);

	r->number = value.s;
	return reason;
}

static const struct good_row {
	reader *read;
	const char *der;
	const char *bytes;	/* result, or NULL when only the number counts */
	int64_t number;
} good_rows[] = {
	{ any, "04{aabb}", "aabb", 4 },
	{ any, "05{}", "", 5 },
	{ any, "04{@127(00)}", "@127(00)", 4 },
	{ any, "04{@128(00)}", "@128(00)", 4 },
	{ any, "04{@255(00)}", "@255(00)", 4 },
	{ any, "04{@256(00)}", "@256(00)", 4 },
	{ any, "a0{02{01}}", "0201 01", 0xa0 },
	{ take, "04{}", "", 0 },
	{ take_whole, "30{0500}", "3002 0500", 0 },
	{ boolean, "0101ff", NULL, 1 },
	{ boolean, "010100", NULL, 0 },
	{ integer, "020100", "00", 0 },
	{ integer, "0201ff", "ff", 0 },
	{ integer, "02020080", "0080", 0 },
	{ integer, "0202ff7f", "ff7f", 0 },
	{ small, "020100", NULL, 0 },
	{ small, "0202012c", NULL, 300 },
	{ largest, "02047fffffff", NULL, INT32_MAX },
	{ octets, "030300aabb", "aabb", 0 },
	{ octets, "030100", "", 0 },
	{ bits, "8102 0780", "80", 7 },
	{ bits, "8101 00", "", 0 },
	{ named, "0302 0780", NULL, 0x001 },
	{ named, "0302 0204", NULL, 0x020 },
	{ named, "0302 0106", NULL, 0x060 },
	{ named, "0303 070080", NULL, 0x100 },
	{ named, "0303 000001", NULL, 0x8000 },
	{ named, "0301 00", NULL, 0 },
	{ oid, "0603 551d13", "551d13", 0 },
	{ oid, "0601 2a", "2a", 0 },
	{ oid, "0603 2a8100", "2a8100", 0 },
	{ oid, "0604 2a818001", "2a818001", 0 },
	{ when, "17{'700101000000Z'}", NULL, 0 },
	{ when, "17{'491231235959Z'}", NULL, INT64_C(2524607999) },
	{ when, "17{'500101000000Z'}", NULL, -INT64_C(631152000) },
	{ when, "17{'000229000000Z'}", NULL, INT64_C(951782400) },
	{ when, "18{'20500101000000Z'}", NULL, INT64_C(2524608000) },
	{ when, "18{'99991231235959Z'}", NULL, DV_TIME_MAX },
};

static void
test_good(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good_rows) / sizeof(good_rows[0]); i++) {
		const struct good_row *row = &good_rows[i];
		struct dv_bytes der = kit_make(row->der);
		struct dv_at at = { .field = DV_F_NONE };
		struct dv_der in = dv_der_start(der, DV_F_TBS, &at);
		struct result r = { { NULL, 0 }, 0 };

		if (row->read(&in, &r) != DV_R_NONE || !dv_der_empty(&in))
			fail_msg("%s: refused", row->der);
		if (row->bytes != NULL) {
			struct dv_bytes want = kit_make(row->bytes);

			assert_true(dv_bytes_equal(want, r.bytes));
			kit_free(want);
		}
		if (row->number != r.number)
			fail_msg("%s: %lld", row->der, (long long)r.number);
		kit_free(der);
	}
}

static const struct bad_row {
	reader *read;
	const char *der;
	enum dv_reason reason;
	uint32_t offset;
} bad_rows[] = {
	{ any, "", DV_R_NOT_DER, 0 },
	{ any, "3080", DV_R_NOT_CANONICAL, 1 },
	{ any, "00 00", DV_R_NOT_DER, 0 },
	{ any, "1f 01 00", DV_R_NOT_DER, 0 },
	{ any, "bf 01 00", DV_R_NOT_DER, 0 },
	{ any, "04", DV_R_TRUNCATED, 0 },
	{ any, "04 01", DV_R_TRUNCATED, 0 },
	{ any, "04 80 0000", DV_R_NOT_CANONICAL, 1 },
	{ any, "04 ff 00", DV_R_NOT_CANONICAL, 1 },
	{ any, "04 81 7f @127(00)", DV_R_NOT_CANONICAL, 1 },
	{ any, "04 82 0080 @128(00)", DV_R_NOT_CANONICAL, 1 },
	{ any, "04 81", DV_R_TRUNCATED, 0 },
	{ any, "04 82 01", DV_R_TRUNCATED, 0 },
	{ any, "04 81 80 @127(00)", DV_R_TRUNCATED, 0 },
	{ any, "04 84 ffffffff 00", DV_R_TRUNCATED, 0 },
	{ any, "04 85 0100000000 00", DV_R_TRUNCATED, 0 },
	{ any, "04 88 ffffffffffffffff 00", DV_R_TRUNCATED, 0 },
	/* Modulo 2^64 this is 128. */
	{ any, "04 89 010000000000000080 @128(00)", DV_R_TRUNCATED, 0 },
	{ take, "05 00", DV_R_NOT_DER, 0 },
	{ take, "24 02 0400", DV_R_NOT_CANONICAL, 0 },
	{ take_whole, "31 00", DV_R_NOT_DER, 0 },
	{ boolean, "01 01 01", DV_R_NOT_CANONICAL, 2 },
	{ boolean, "01 01 fe", DV_R_NOT_CANONICAL, 2 },
	{ boolean, "01 00", DV_R_NOT_DER, 0 },
	{ boolean, "01 02 ff", DV_R_TRUNCATED, 0 },
	{ boolean, "01 02 ffff", DV_R_NOT_DER, 0 },
	{ integer, "02 00", DV_R_NOT_DER, 0 },
	{ integer, "02 02 01", DV_R_TRUNCATED, 0 },
	{ integer, "02 02 0001", DV_R_NOT_CANONICAL, 2 },
	{ integer, "02 02 007f", DV_R_NOT_CANONICAL, 2 },
	{ integer, "02 02 ff80", DV_R_NOT_CANONICAL, 2 },
	{ small, "02 02 012d", DV_R_NOT_DER, 2 },
	{ small, "02 01 ff", DV_R_NOT_DER, 2 },
	{ small, "02 05 0100000000", DV_R_NOT_DER, 2 },
	{ largest, "02 05 0080000000", DV_R_NOT_DER, 2 },
	{ largest, "02 04 80000000", DV_R_NOT_DER, 2 },
	{ octets, "03 00", DV_R_NOT_DER, 0 },
	{ octets, "03 03 00aa", DV_R_TRUNCATED, 0 },
	{ octets, "03 01 01", DV_R_NOT_DER, 2 },
	{ octets, "03 02 0800", DV_R_NOT_DER, 2 },
	{ octets, "03 02 04f0", DV_R_KEY_INVALID, 2 },
	{ octets, "03 02 04f8", DV_R_NOT_CANONICAL, 3 },
	{ octets, "23 04 03020000", DV_R_NOT_CANONICAL, 0 },
	{ bits, "81 02 0781", DV_R_NOT_CANONICAL, 3 },
	{ named, "03 02 07", DV_R_TRUNCATED, 0 },
	{ named, "03 02 0700", DV_R_NOT_CANONICAL, 3 },
	{ named, "03 02 0004", DV_R_NOT_CANONICAL, 3 },
	{ named, "03 03 000100", DV_R_NOT_CANONICAL, 4 },
	{ named, "03 04 00040001", DV_R_NOT_DER, 3 },
	{ oid, "06 00", DV_R_NOT_DER, 0 },
	{ oid, "06 02 2a", DV_R_TRUNCATED, 0 },
	{ oid, "06 04 802a0304", DV_R_NOT_CANONICAL, 2 },
	{ oid, "06 03 2a8001", DV_R_NOT_CANONICAL, 3 },
	{ oid, "06 02 2a81", DV_R_NOT_DER, 3 },
	{ when, "02 01 00", DV_R_NOT_DER, 0 },
	{ when, "17{}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'2501010000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250101000000+0000'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250101000000z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'251301000000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250001000000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250230000000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250229000000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250101240000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250101006000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250101000060Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'250101000000Z0'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'2501011/0000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'25010100:000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'25AB01000000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'2501 1000000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "17{'-50101000000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "18{'20491231235959Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "18{'20550101000000.5Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "18{'205501010000Z'}", DV_R_TIME_MALFORMED, 2 },
	{ when, "18{'A0550101000000Z'}", DV_R_TIME_MALFORMED, 2 },
};

static void
test_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		const struct bad_row *row = &bad_rows[i];
		struct dv_bytes der = kit_make(row->der);
		struct dv_at at = { .field = DV_F_NONE };
		struct dv_der in = dv_der_start(der, DV_F_TBS, &at);
		struct result r = { { NULL, 0 }, 0 };
		enum dv_reason reason = row->read(&in, &r);

		kit_same(row->der, (struct kit_answer){ row->reason, DV_F_TBS,
		    row->offset }, (struct kit_answer){ reason, at.field,
		    at.offset });
		assert_ptr_equal(in.rest.ptr, der.ptr);
		assert_int_equal(in.rest.len, der.len);
		assert_null(r.bytes.ptr);
		assert_int_equal(r.bytes.len, 0);
		assert_int_equal(r.number, 0);
		kit_free(der);
	}
}

static void
test_wanted_and_found(void **state)
{
	struct dv_bytes der = kit_make("30{0500 04{aa}}");
	struct dv_at at = { .field = DV_F_NONE };
	struct dv_der in = dv_der_start(der, DV_F_SERIAL, &at), inside;
	struct dv_bytes value;

	(void)state;
	assert_int_equal(dv_der_enter(&in, DER_SEQUENCE, &inside), DV_R_NONE);
	assert_int_equal(dv_der_end(&in), DV_R_NONE);
	assert_int_equal(dv_der_peek(&in), 0);
	assert_int_equal(dv_der_take(&inside, DER_INTEGER, &value),
	    DV_R_NOT_DER);
	assert_int_equal(at.offset, 2);
	assert_int_equal(at.wanted.number, DER_INTEGER);
	assert_int_equal(at.found.number, DER_NULL);
	assert_int_equal(dv_der_take(&inside, DER_NULL, &value), DV_R_NONE);
	assert_int_equal(dv_der_end(&inside), DV_R_TRAILING_DATA);
	assert_int_equal(at.offset, 4);
	assert_int_equal(at.found.number, 3);
	assert_int_equal(dv_der_take(&in, DER_INTEGER, &value), DV_R_NOT_DER);
	assert_string_equal(at.found.text, "the end");
	assert_int_equal(at.offset, der.len);
	kit_free(der);
}

static const struct ecdsa_row {
	const char *der;
	const char *raw;	/* NULL: refused */
} ecdsa_rows[] = {
	{ "30{0201 01 0201 02}", "00000001 00000002" },
	{ "30{0204 7fffffff 0205 0080000000}", "7fffffff 80000000" },
	{ "30{0205 00ffffffff 0201 01}", "ffffffff 00000001" },
	{ "30{0201 00 0201 01}", NULL },
	{ "30{0201 01 0201 00}", NULL },
	{ "30{0201 ff 0201 01}", NULL },
	{ "30{0201 01 0201 80}", NULL },
	{ "30{0202 0001 0201 01}", NULL },
	{ "30{0205 0100000000 0201 01}", NULL },
	{ "30{0206 000100000000 0201 01}", NULL },
	{ "30{0201 01 0201 02 0500}", NULL },
	{ "30{0201 01 0201 02} 00", NULL },
	{ "30{0201 01}", NULL },
	{ "30{}", NULL },
	{ "30{0200 0201 01}", NULL },
	{ "3081 06 020101 020102", NULL },
	{ "31{0201 01 0201 02}", NULL },
	{ "", NULL },
};

static void
test_ecdsa(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ecdsa_rows) / sizeof(ecdsa_rows[0]); i++) {
		const struct ecdsa_row *row = &ecdsa_rows[i];
		struct dv_bytes der = kit_make(row->der);
		struct dv_bytes want = kit_make(row->raw == NULL ?
		    "@008(00)" : row->raw);
		uint8_t raw[8];
		enum dv_reason reason;

		memset(raw, 0x5a, sizeof(raw));
		reason = dv_der_ecdsa(der, 4, raw);
		if (reason != (row->raw == NULL ? DV_R_SIGNATURE_MALFORMED :
		    DV_R_NONE) || memcmp(raw, want.ptr, 8) != 0)
			fail_msg("%s: %s", row->der, dv_reason_name(reason));
		kit_free(der);
		kit_free(want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_wanted_and_found),
		cmocka_unit_test(test_ecdsa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
