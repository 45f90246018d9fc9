/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an envelope says of its artefact: each claim as it was read, free-form
 * ones in their order, and how large an attached artefact may be.
 */
#include "lib/envelope.h"

#include "bytes.h"
#include "dv_demand.h"
#include "sign1.h"

#define BASE "01 63646576 02 63617070 06 1a69a38800"
#define CONTENT_TYPE { "03", "6a 746578742f706c61696e" }

static void
read_claims(const char *claims, struct dv_sign1 *out)
{
	struct recipe r = recipe_good();
	struct dv_at at;

	r.header[CLAIMS].value = claims;
	make(&r);
	assert_string_equal(dv_reason_name(dv_sign1_parse((struct dv_bytes){
	    made.b.ptr, made.b.len }, DV_PROFILE_STRICT, out, &at)),
	    dv_reason_name(DV_R_NONE));
}

static void
assert_text(struct dv_bytes found, const char *wanted)
{
	assert_int_equal(found.len, strlen(wanted));
	assert_memory_equal(found.ptr, wanted, found.len);
}

static void
test_none(void **state)
{
	struct dv_sign1 s;
	struct dv_claim claim;
	struct dv_bytes rest;

	(void)state;
	read_claims("a3" BASE, &s);
	assert_true(s.has_iat && !s.has_exp && !s.has_nbf);
	assert_int_equal(s.scheme, DV_VERSION_NONE);
	assert_int_equal(s.version.len, 0);
	assert_int_equal(s.device.len, 0);
	assert_int_equal(s.model.len, 0);
	assert_false(s.attached || s.detached);
	rest = s.claims;
	assert_false(dv_sign1_claim_next(&s, &rest, &claim));
	assert_int_equal(claim.key.len, 0);
	assert_int_equal(rest.len, 0);
}

static void
test_all(void **state)
{
	struct dv_sign1 s;
	struct dv_claim claim;
	struct dv_bytes rest;

	(void)state;
	/* exp 7, nbf 5, version "1.0.0", a: -1, b: h'00ff', c: true,
	 * d: "x", model, device */
	read_claims("ac 01 63646576 02 63617070 04 07 05 05 06 1a69a38800"
	    "19010f 82 65312e302e30 194000 6161 20 6162 4200ff 6163 f5"
	    "6164 6178 656d6f64656c 6167 66646576696365 6168", &s);
	assert_true(s.has_exp && s.has_nbf);
	assert_int_equal(s.exp.s, 7);
	assert_int_equal(s.nbf.s, 5);
	assert_int_equal(s.scheme, DV_VERSION_SEMVER);
	assert_text(s.version, "1.0.0");
	assert_text(s.model, "g");
	assert_text(s.device, "h");
	rest = s.claims;
	assert_true(dv_sign1_claim_next(&s, &rest, &claim));
	assert_text(claim.key, "a");
	assert_int_equal(claim.kind, DV_CLAIM_INT);
	assert_int_equal(claim.number, -1);
	assert_true(dv_sign1_claim_next(&s, &rest, &claim));
	assert_int_equal(claim.kind, DV_CLAIM_BYTES);
	assert_int_equal(claim.value.len, 2);
	assert_true(dv_sign1_claim_next(&s, &rest, &claim));
	assert_int_equal(claim.kind, DV_CLAIM_BOOL);
	assert_int_equal(claim.number, 1);
	assert_true(dv_sign1_claim_next(&s, &rest, &claim));
	assert_text(claim.key, "d");
	assert_int_equal(claim.kind, DV_CLAIM_TEXT);
	assert_text(claim.value, "x");
	assert_false(dv_sign1_claim_next(&s, &rest, &claim));
}

/*
 * The path profile passes over a free-form claim of another type, all of it:
 * what is inside is no claim, and what follows is one. In a, b, c and d: null,
 * an array, a map and a tag, that hold what would be others.
 */
static void
test_other_types(void **state)
{
	struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_claim claim;
	struct dv_bytes rest;
	struct dv_at at;

	(void)state;
	r.header[CLAIMS].value = "a8 01 63646576 02 63617070 06 1a69a38800"
	    "6161 f6 6162 83 00 656d6f64656c 624d32 6163 a1 00 01"
	    "6164 c1 00 6165 6178";
	make(&r);
	assert_string_equal(dv_reason_name(dv_sign1_parse((struct dv_bytes){
	    made.b.ptr, made.b.len }, DV_PROFILE_PATH, &s, &at)),
	    dv_reason_name(DV_R_NONE));
	assert_int_equal(s.model.len, 0);
	assert_text(s.sub, "app");
	rest = s.claims;
	assert_true(dv_sign1_claim_next(&s, &rest, &claim));
	assert_text(claim.key, "e");
	assert_text(claim.value, "x");
	assert_false(dv_sign1_claim_next(&s, &rest, &claim));
	assert_int_equal(rest.len, 0);
	assert_int_not_equal(dv_sign1_parse((struct dv_bytes){ made.b.ptr,
	    made.b.len }, DV_PROFILE_STRICT, &s, &at), DV_R_NONE);
	assert_int_equal(at.field, DV_F_CLAIM_OTHER);
}

static void
test_version_schemes(void **state)
{
	struct dv_sign1 s;

	(void)state;
	read_claims("a4" BASE "19010f 82 6137 04", &s);
	assert_int_equal(s.scheme, DV_VERSION_DECIMAL);
	assert_text(s.version, "7");
}

/* The usual envelope with `size` octets inside, in a buffer of its own. */
static enum dv_reason
parse_attached(size_t size, struct dv_sign1 *out, struct dv_at *at)
{
	static uint8_t big[DV_MAX_ENVELOPE + DV_MAX_ATTACHED + 64];
	const uint8_t head[5] = { 0x5a, (uint8_t)(size >> 24),
	    (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size };
	struct recipe r = recipe_good();
	size_t n;

	/* 3 stands behind alg; 258 and 259 at the end go */
	memmove(&r.header[2], &r.header[1], 3 * sizeof(r.header[0]));
	r.header[1] = (struct pair)CONTENT_TYPE;
	r.headers = 5;
	make(&r);
	n = made.payload_item;
	memset(big, 0, sizeof(big));
	memcpy(big, made.b.ptr, n);
	memcpy(big + n, head, sizeof(head));
	n += sizeof(head) + size;
	memcpy(big + n, made.b.ptr + made.signature_item,
	    made.end - made.signature_item);
	n += made.end - made.signature_item;
	return dv_sign1_parse((struct dv_bytes){ big, n }, DV_PROFILE_STRICT,
	    out, at);
}

static void
test_attached_limit(void **state)
{
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	assert_int_equal(parse_attached(DV_MAX_ATTACHED, &s, &at), DV_R_NONE);
	assert_true(s.attached);
	assert_int_equal(s.payload.len, DV_MAX_ATTACHED);
	assert_text(s.preimage_type, "text/plain");
	assert_int_equal(parse_attached(DV_MAX_ATTACHED + 1, &s, &at),
	    DV_R_LIMIT);
	assert_int_equal(at.field, DV_F_PAYLOAD);
	assert_int_equal(at.offset, made.payload_item + 5);
	assert_int_equal(at.wanted.number, DV_MAX_ATTACHED);
	assert_int_equal(at.found.number, DV_MAX_ATTACHED + 1);
	assert_zero(&s);
}

/* What is not payload stays small, however the octets are spread. */
static void
test_rest_limit(void **state)
{
	static uint8_t big[DV_MAX_ENVELOPE + 64];
	/* 18([ h'', {}, h'', an array of zeros ]) */
	static const uint8_t head[] = { 0xd2, 0x84, 0x40, 0xa0, 0x40, 0x5a,
	    0, 4, 0, 0 };
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	memcpy(big, head, sizeof(head));
	assert_int_equal(dv_sign1_parse((struct dv_bytes){ big,
	    sizeof(head) + DV_MAX_ENVELOPE }, DV_PROFILE_PATH, &s, &at),
	    DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.field, DV_F_ENVELOPE);
	assert_int_equal(at.offset, 0);
	assert_int_equal(at.wanted.number, DV_MAX_ENVELOPE);
	assert_int_equal(at.found.number, sizeof(head) + DV_MAX_ENVELOPE);
}

/* What stands there instead is told as what it is. */
static void
test_found(void **state)
{
	static const uint8_t octets[] = { 0, 0xff };
	struct dv_sign1 s;
	struct dv_cert leaf = { .der = { NULL, 0 } };
	struct dv_verdict v;
	char key[] = "a";
	struct dv_demand demand = { .kind = DV_DEMAND_CLAIM,
	    .key = { (const uint8_t *)key, 1 }, .value = { octets, 1 } };

	(void)state;
	read_claims("a7 01 63646576 02 63617070 06 1a69a38800 6161 20"
	    "6162 4200ff 6163 f5 6164 6178", &s);
	v = dv_demands_check(&s, &leaf, &demand, 1);
	assert_int_equal(v.reason, DV_R_CLAIM_DEMANDED);
	assert_int_equal(v.at.found.kind, DV_VALUE_NUMBER);
	assert_int_equal(v.at.found.number, -1);
	key[0] = 'b';
	v = dv_demands_check(&s, &leaf, &demand, 1);
	assert_int_equal(v.at.found.kind, DV_VALUE_BYTES);
	assert_int_equal(v.at.found.bytes.len, sizeof(octets));
	assert_memory_equal(v.at.found.bytes.ptr, octets, sizeof(octets));
	key[0] = 'c';
	v = dv_demands_check(&s, &leaf, &demand, 1);
	assert_int_equal(v.at.found.kind, DV_VALUE_TEXT);
	assert_string_equal(v.at.found.text, "true");
	key[0] = 'd';
	v = dv_demands_check(&s, &leaf, &demand, 1);
	assert_int_equal(v.at.found.kind, DV_VALUE_UTF8);
	assert_text(v.at.found.bytes, "x");
}

/* A number is equal to one text: neither a sign nor a zero more, no wrapping. */
static void
test_number(void **state)
{
	static const struct {
		const char *text;
		char key;
		enum dv_reason reason;
	} cases[] = {
		{ "0", 'a', DV_R_NONE },
		{ "00", 'a', DV_R_CLAIM_DEMANDED },
		{ "-0", 'a', DV_R_CLAIM_DEMANDED },
		{ "", 'a', DV_R_CLAIM_DEMANDED },
		{ "-1", 'b', DV_R_NONE },
		{ "-", 'b', DV_R_CLAIM_DEMANDED },
		{ "1", 'b', DV_R_CLAIM_DEMANDED },
		{ "-01", 'b', DV_R_CLAIM_DEMANDED },
		{ "01", 'b', DV_R_CLAIM_DEMANDED },
		{ "9223372036854775807", 'c', DV_R_NONE },
		{ "+9223372036854775807", 'c', DV_R_CLAIM_DEMANDED },
		{ "9223372036854775806", 'c', DV_R_CLAIM_DEMANDED },
		{ "27670116110564327423", 'c', DV_R_CLAIM_DEMANDED },
		/* 'A' would be the digit of 17, '-' of -3 */
		{ "922337203685477581-", 'c', DV_R_CLAIM_DEMANDED },
		{ "922337203685477579A", 'c', DV_R_CLAIM_DEMANDED },
		{ "922337203685477580:", 'c', DV_R_CLAIM_DEMANDED },
		{ "-9223372036854775808", 'd', DV_R_NONE },
		{ "9223372036854775808", 'd', DV_R_CLAIM_DEMANDED },
	};
	struct dv_sign1 s;
	struct dv_cert leaf = { .der = { NULL, 0 } };

	(void)state;
	read_claims("a7 01 63646576 02 63617070 06 1a69a38800 6161 00"
	    "6162 20 6163 1b7fffffffffffffff 6164 3b7fffffffffffffff", &s);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct dv_demand demand = { .kind = DV_DEMAND_CLAIM,
		    .key = { (const uint8_t *)&cases[i].key, 1 },
		    .value = { (const uint8_t *)cases[i].text,
		    strlen(cases[i].text) } };

		assert_int_equal(dv_demands_check(&s, &leaf, &demand,
		    1).reason, cases[i].reason);
	}
}

/* Who was to confirm it is told as a name is, a key in hexadecimal. */
static void
test_countersigner_wanted(void **state)
{
	static const uint8_t wanted[32] = { 'C', 'N' };
	struct dv_sign1 s;
	struct dv_cert leaf = { .der = { NULL, 0 } };
	struct dv_verdict v;
	struct dv_demand demand = { .kind = DV_DEMAND_SIGNER_KEY,
	    .value = { wanted, sizeof(wanted) }, .countersigner = true };

	(void)state;
	read_claims("a3 01 63646576 02 63617070 06 1a69a38800", &s);
	v = dv_demands_check(&s, &leaf, &demand, 1);
	assert_int_equal(v.reason, DV_R_COUNTERSIGNER_DEMANDED);
	assert_int_equal(v.at.wanted.kind, DV_VALUE_BYTES);
	assert_int_equal(v.at.wanted.bytes.len, sizeof(wanted));
	assert_string_equal(v.at.found.text, "nobody");
	demand.kind = DV_DEMAND_SIGNER_NAME;
	v = dv_demands_check(&s, &leaf, &demand, 1);
	assert_int_equal(v.at.wanted.kind, DV_VALUE_UTF8);
}

/* The digest that was signed is told where it stands in the envelope. */
static void
test_digest_wanted(void **state)
{
	static const uint8_t digest[32] = { 0 };
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	read_claims("a3" BASE, &s);
	assert_int_equal(dv_sign1_check_digest(&s, DV_BYTES(digest), &at),
	    DV_R_ARTEFACT_MISMATCH);
	assert_int_equal(at.wanted.kind, DV_VALUE_BYTES);
	assert_ptr_equal(at.wanted.bytes.ptr, s.payload.ptr);
	s.attached = true;
	assert_int_equal(dv_sign1_check_digest(&s, DV_BYTES(digest), &at),
	    DV_R_ARTEFACT_MISMATCH);
	assert_int_equal(at.wanted.kind, DV_VALUE_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_countersigner_wanted),
		cmocka_unit_test(test_digest_wanted),
		cmocka_unit_test(test_version_schemes),
		cmocka_unit_test(test_attached_limit),
		cmocka_unit_test(test_rest_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
