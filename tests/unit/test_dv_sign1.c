/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading an envelope: one good one, and every way to spoil its frame, each
 * with the reason, field and offset that docs/FORMAT.md states. Headers and
 * claims are in test_dv_sign1_headers.c.
 */
#include "lib/envelope.h"

static void
test_good(void **state)
{
	const struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	make(&r);
	assert_int_equal(dv_sign1_parse((struct dv_bytes){ made.b.ptr,
	    made.b.len },
	    DV_PROFILE_STRICT, &s, &at), DV_R_NONE);
	assert_ptr_equal(s.envelope.ptr, made.b.ptr);
	assert_int_equal(s.envelope.len, made.b.len);
	assert_ptr_equal(s.protected_map.ptr, made.b.ptr + made.map);
	assert_int_equal(s.protected_map.len, map.len);
	assert_int_equal(s.alg, -7);
	assert_int_equal(s.key_type, DV_KEY_P256);
	assert_int_equal(s.hash, DV_HASH_SHA256);
	assert_int_equal(s.x5chain_count, 1);
	assert_int_equal(s.x5chain[0].len, 3);
	assert_memory_equal(s.x5chain[0].ptr, "\1\2\3", 3);
	assert_int_equal(s.iss.len, 3);
	assert_memory_equal(s.iss.ptr, "dev", 3);
	assert_memory_equal(s.sub.ptr, "app", 3);
	assert_int_equal(s.iat.s, 0x69a38800);
	assert_int_equal(s.preimage_type.len, strlen(DV_SIGN1_OCTETS));
	assert_memory_equal(s.preimage_type.ptr, DV_SIGN1_OCTETS, 24);
	assert_ptr_equal(s.payload.ptr, made.b.ptr + made.payload);
	assert_int_equal(s.payload.len, 32);
	assert_ptr_equal(s.signature.ptr, made.b.ptr + made.signature);
	assert_int_equal(s.signature.len, 64);
}

static void
test_signature_length(void **state)
{
	static const size_t wrong[] = { 0, 1, 63, 65, 72, 96 };
	struct recipe r = recipe_good();

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		r.signature = wrong[i];
		check(&r, DV_R_SIGNATURE_MALFORMED, DV_F_ENVELOPE_SIGNATURE,
		    &made.signature);
	}
}

static void
test_size(void **state)
{
	const struct recipe r = recipe_good();
	enum { MOST = DV_MAX_ENVELOPE + DV_MAX_ATTACHED };
	static uint8_t big[MOST + 1];
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_sign1_parse((struct dv_bytes){ NULL, 0 },
	    DV_PROFILE_STRICT, &s, &at),
	    DV_R_INPUT_EMPTY);
	assert_int_equal(at.field, DV_F_ENVELOPE);
	assert_int_equal(at.offset, 0);
	make(&r);
	memcpy(big, made.b.ptr, made.b.len);
	assert_int_equal(dv_sign1_parse((struct dv_bytes){ big,
	    MOST + 1 },
	    DV_PROFILE_STRICT, &s, &at), DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.offset, 0);
	assert_int_equal(at.wanted.number, MOST);
	assert_int_equal(at.found.number, MOST + 1);
	assert_int_equal(dv_sign1_parse((struct dv_bytes){ big,
	    MOST },
	    DV_PROFILE_STRICT, &s, &at), DV_R_CBOR_TRAILING);
	assert_int_equal(at.offset, made.end);
	assert_zero(&s);
}

/* An envelope of exactly the largest size, and of one octet more. */
static void
test_size_limit(void **state)
{
	static char chain[2 * DV_MAX_ENVELOPE];
	struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_at at;
	size_t cert;

	(void)state;
	make(&r);
	/* the head of the certificate grows by 4, that of the map by 3 */
	cert = DV_MAX_ENVELOPE - (made.b.len - 3 + 4 + 3);
	for (size_t more = 0; more < 2; more++) {
		memset(chain, 'a', sizeof(chain));
		memcpy(chain, "5a00000000", 10);
		for (size_t i = 0; i < 8; i++)
			chain[2 + i] = "0123456789abcdef"[(cert + more) >>
			    4 * (7 - i) & 15];
		chain[10 + 2 * (cert + more)] = '\0';
		r.header[X5CHAIN].value = chain;
		make(&r);
		assert_int_equal(made.b.len, DV_MAX_ENVELOPE + more);
		assert_int_equal(parse(made.b.len, &s, &at),
		    more == 0 ? DV_R_NONE : DV_R_INPUT_TOO_BIG);
	}
	assert_int_equal(at.wanted.number, DV_MAX_ENVELOPE);
	assert_int_equal(at.found.number, DV_MAX_ENVELOPE + 1);
}

static void
test_tag(void **state)
{
	static const struct {
		const char *tag;
		enum dv_reason reason;
	} cases[] = {
		{ "", DV_R_ENVELOPE_TAG },		/* untagged: an array */
		{ "d1", DV_R_ENVELOPE_TAG },		/* COSE_Mac0 */
		{ "d3", DV_R_ENVELOPE_TAG },
		{ "d862", DV_R_ENVELOPE_TAG },		/* COSE_Sign */
		{ "d9d9f7 d2", DV_R_ENVELOPE_TAG },	/* self-described */
		{ "d812", DV_R_CBOR_NOT_DETERMINISTIC },
		{ "2d2d2d", DV_R_ENVELOPE_TAG },	/* PEM */
		{ "7f454c46", DV_R_ENVELOPE_TAG },	/* ELF */
		{ "ff", DV_R_ENVELOPE_TAG },
		{ "dc", DV_R_CBOR_MALFORMED },
	};
	struct recipe r = recipe_good();
	const uint32_t zero = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		r.tag = cases[i].tag;
		check(&r, cases[i].reason, DV_F_ENVELOPE, &zero);
	}
	r = recipe_good();
	r.tag = "d2 d2";
	check(&r, DV_R_CBOR_MALFORMED, DV_F_ENVELOPE, &(uint32_t){ 1 });
}

static void
test_frame(void **state)
{
	static const char *const not_bytes[] = { "f6", "00", "80", "a0", "60",
	    "c040" };
	struct recipe r;

	(void)state;
	for (size_t i = 0; i < sizeof(not_bytes) / sizeof(not_bytes[0]); i++) {
		r = recipe_good();
		r.protected_item = not_bytes[i];
		check(&r, DV_R_CBOR_MALFORMED, DV_F_PROTECTED,
		    &made.protected_item);
		r = recipe_good();
		r.payload_item = not_bytes[i];
		check(&r, DV_R_CBOR_MALFORMED, DV_F_PAYLOAD,
		    &made.payload_item);
		r = recipe_good();
		r.signature_item = not_bytes[i];
		check(&r, DV_R_CBOR_MALFORMED, DV_F_ENVELOPE_SIGNATURE,
		    &made.signature_item);
	}
	r = recipe_good();
	r.array = "85";
	r.signature_item = "40 40";
	check(&r, DV_R_CBOR_MALFORMED, DV_F_ENVELOPE, &(uint32_t){ 1 });
	r.array = "83";
	r.signature_item = "";
	check(&r, DV_R_CBOR_MALFORMED, DV_F_ENVELOPE, &(uint32_t){ 1 });
	r.array = "a2";
	r.signature_item = "40";
	/* as a map it has keys that no map has */
	check(&r, DV_R_CBOR_NOT_DETERMINISTIC, DV_F_ENVELOPE,
	    &made.payload_item);
	r = recipe_good();
	r.array = "9f";
	check(&r, DV_R_CBOR_NOT_DETERMINISTIC, DV_F_ENVELOPE,
	    &(uint32_t){ 1 });
	r.array = "9804";
	check(&r, DV_R_CBOR_NOT_DETERMINISTIC, DV_F_ENVELOPE,
	    &(uint32_t){ 1 });
	r = recipe_good();
	r.unprotected = "f6";
	check(&r, DV_R_CBOR_MALFORMED, DV_F_UNPROTECTED, &made.unprotected);
	r.unprotected = "80";
	check(&r, DV_R_CBOR_MALFORMED, DV_F_UNPROTECTED, &made.unprotected);
}

static void
test_protected_forms(void **state)
{
	struct recipe r = recipe_good();

	(void)state;
	r.protected_item = "40";
	check(&r, DV_R_HEADER_MISSING, DV_F_HEADER_ALG, &(uint32_t){ 3 });
	r.protected_item = "41a0";
	check(&r, DV_R_HEADER_MISSING, DV_F_HEADER_ALG, &(uint32_t){ 3 });
	r.protected_item = "4180";
	check(&r, DV_R_CBOR_MALFORMED, DV_F_PROTECTED, &(uint32_t){ 3 });
	r.protected_item = "41a1";
	check(&r, DV_R_CBOR_TRUNCATED, DV_F_PROTECTED, &(uint32_t){ 3 });
	r.protected_item = "44bf0126ff";
	check(&r, DV_R_CBOR_NOT_DETERMINISTIC, DV_F_PROTECTED,
	    &(uint32_t){ 3 });
	r = recipe_good();
	r.map_end = "00";
	make(&r);
	check(&r, DV_R_CBOR_TRAILING, DV_F_PROTECTED,
	    &(uint32_t){ made.unprotected - 1 });
}

static void
test_unprotected(void **state)
{
	static const struct {
		const char *map;
		enum dv_reason reason;
	} cases[] = {
		{ "a1 01 26", DV_R_HEADER_UNPROTECTED },
		{ "a1 02 8101", DV_R_HEADER_UNPROTECTED },
		{ "a1 0f a0", DV_R_HEADER_UNPROTECTED },
		{ "a1 10 00", DV_R_HEADER_UNPROTECTED },
		{ "a1 1821 43010203", DV_R_HEADER_UNPROTECTED },
		{ "a1 190102 2f", DV_R_HEADER_UNPROTECTED },
		{ "a1 190103 00", DV_R_HEADER_UNPROTECTED },
		{ "a1 04 4100", DV_R_HEADER_UNKNOWN },		/* kid */
		{ "a1 03 00", DV_R_HEADER_UNPROTECTED },
		/* countersignatures that are not judged */
		{ "a1 07 40", DV_R_COUNTERSIGNATURE_FORM },
		{ "a1 09 40", DV_R_COUNTERSIGNATURE_FORM },
		{ "a1 0c 40", DV_R_COUNTERSIGNATURE_FORM },
		{ "a1 19018a 80", DV_R_HEADER_UNKNOWN },	/* receipts */
		{ "a1 6161 00", DV_R_HEADER_UNKNOWN },
		{ "a1 4161 00", DV_R_HEADER_MALFORMED },
		{ "a2 04 4100 1821 43010203", DV_R_HEADER_UNKNOWN },
	};
	struct recipe r = recipe_good();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		r.unprotected = cases[i].map;
		make(&r);
		check(&r, cases[i].reason, DV_F_UNPROTECTED,
		    &(uint32_t){ made.unprotected + 1 });
	}
	/* moved there, not copied: still the same answer */
	memmove(&r.header[X5CHAIN], &r.header[X5CHAIN + 1],
	    2 * sizeof(r.header[0]));
	r.headers--;
	r.unprotected = "a1 1821 43010203";
	make(&r);
	check(&r, DV_R_HEADER_UNPROTECTED, DV_F_UNPROTECTED,
	    &(uint32_t){ made.unprotected + 1 });
}

/* Their form before their contents; the rest is in vectors/sign1/. */
static void
test_countersigned(void **state)
{
	struct recipe r = recipe_good();
	struct dv_sign1 s, one;
	struct dv_at at;

	(void)state;
	r.unprotected = "a1 0b 40";
	make(&r);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_HEADER_MALFORMED);
	assert_int_equal(at.field, DV_F_HEADER_COUNTERSIGNATURE);
	assert_int_equal(at.offset, made.unprotected + 2);
	assert_string_equal(at.wanted.text, "an array");
	assert_int_equal(at.countersignature, 0);
	r.unprotected = "a1 0b 85 80 80 80 80 80";
	make(&r);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_LIMIT);
	assert_int_equal(at.wanted.number, DV_MAX_COUNTERSIGNATURES);
	assert_int_equal(at.found.number, 5);
	r.unprotected = "a1 0b 82 80 80";
	make(&r);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_CBOR_MALFORMED);
	assert_int_equal(at.countersignature, 1);
	assert_zero(&s);
	r = recipe_good();
	make(&r);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_NONE);
	assert_int_equal(dv_sign1_countersignature(&s, 0, &one, &at),
	    DV_R_INTERNAL);
	assert_int_equal(one.x5chain_count, 0);
}

static void
test_every_cut(void **state)
{
	const struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	make(&r);
	for (size_t len = 0; len < made.b.len; len++) {
		assert_int_equal(parse(len, &s, &at), len == 0 ?
		    DV_R_INPUT_EMPTY : DV_R_CBOR_TRUNCATED);
		assert_zero(&s);
	}
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_NONE);
	add_hex(&made.b, "60");
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_CBOR_TRAILING);
	assert_int_equal(at.offset, made.end);
}

/* Whatever one octet becomes, a reading that succeeds stays within bounds. */
static void
test_every_octet(void **state)
{
	const struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_at at;
	uint8_t octet;

	(void)state;
	make(&r);
	for (size_t i = 0; i < made.b.len; i++) {
		octet = made.b.ptr[i];
		for (unsigned n = 0; n < 256; n++) {
			made.b.ptr[i] = (uint8_t)n;
			if (parse(made.b.len, &s, &at) != DV_R_NONE)
				assert_zero(&s);
			else
				assert_int_equal(s.signature.len, 64);
		}
		made.b.ptr[i] = octet;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_signature_length),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_size_limit),
		cmocka_unit_test(test_tag),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_protected_forms),
		cmocka_unit_test(test_unprotected),
		cmocka_unit_test(test_countersigned),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
