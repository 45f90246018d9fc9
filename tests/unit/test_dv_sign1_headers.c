/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading an envelope: every header and claim missing, twice, of another type
 * and of another value, each with the reason, field and offset that
 * docs/FORMAT.md states.
 */
#include <stdio.h>

#include "lib/envelope.h"

/* The usual envelope with another value of one header. */
static void
check_value(size_t which, const char *value, enum dv_reason reason,
    enum dv_field field)
{
	struct recipe r = recipe_good();

	r.header[which].value = value;
	check(&r, reason, field, &made.value[which]);
}

/* Claims: field and where in the claims map the refusal points. */
static void
check_claims(const char *value, enum dv_reason reason, enum dv_field field,
    uint32_t inside)
{
	struct recipe r = recipe_good();
	uint32_t offset;

	r.header[CLAIMS].value = value;
	make(&r);
	offset = made.value[CLAIMS] + inside;
	check(&r, reason, field, &offset);
}

static void
test_algorithms(void **state)
{
	static const struct {
		const char *value;
		enum dv_key_type type;
		size_t signature;
	} cases[] = {
		{ "26", DV_KEY_P256, 64 }, { "28", DV_KEY_P256, 64 },
		{ "3822", DV_KEY_P384, 96 }, { "3832", DV_KEY_P384, 96 },
		{ "27", DV_KEY_ED25519, 64 }, { "32", DV_KEY_ED25519, 64 },
	};
	/* ES512, RS256, ES256K, Ed448, reserved, HS256 */
	static const char *const others[] = { "3823", "390100", "382e",
	    "3834", "00", "05" };
	struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		r.header[ALG].value = cases[i].value;
		r.signature = cases[i].signature;
		make(&r);
		assert_int_equal(parse(made.b.len, &s, &at), DV_R_NONE);
		assert_int_equal(s.key_type, cases[i].type);
		r.signature = 160 - cases[i].signature;
		check(&r, DV_R_SIGNATURE_MALFORMED, DV_F_ENVELOPE_SIGNATURE,
		    &made.signature);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		check_value(ALG, others[i], DV_R_ALG_NOT_ALLOWED,
		    DV_F_HEADER_ALG);
}

static void
test_hashes(void **state)
{
	static const struct {
		const char *value;
		enum dv_hash_id hash;
		size_t size;
	} cases[] = {
		{ "2f", DV_HASH_SHA256, 32 }, { "382a", DV_HASH_SHA384, 48 },
		{ "382b", DV_HASH_SHA512, 64 },
	};
	/* SHA-1, SHA-256/64, SHA-512/256, SHAKE128, SHAKE256, zero */
	static const char *const others[] = { "2d", "2e", "30", "31", "382c",
	    "00" };
	struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		r.header[HASH].value = cases[i].value;
		r.payload = cases[i].size;
		make(&r);
		assert_int_equal(parse(made.b.len, &s, &at), DV_R_NONE);
		assert_int_equal(s.hash, cases[i].hash);
		r.payload = cases[i].size - 1;
		check(&r, DV_R_DIGEST_LENGTH, DV_F_PAYLOAD, &made.payload);
		r.payload = cases[i].size + 1;
		check(&r, DV_R_DIGEST_LENGTH, DV_F_PAYLOAD, &made.payload);
		r.payload = 0;
		check(&r, DV_R_DIGEST_LENGTH, DV_F_PAYLOAD, &made.payload);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		check_value(HASH, others[i], DV_R_HASH_NOT_ALLOWED,
		    DV_F_HEADER_HASH_ALG);
}

static void
test_missing(void **state)
{
	static const enum dv_field fields[] = { DV_F_HEADER_ALG,
	    DV_F_HEADER_CWT_CLAIMS, DV_F_HEADER_TYP, DV_F_HEADER_X5CHAIN,
	    DV_F_HEADER_HASH_ALG, DV_F_HEADER_PREIMAGE_TYPE };

	(void)state;
	for (size_t i = 0; i < USUAL; i++) {
		struct recipe r = recipe_good();

		memmove(&r.header[i], &r.header[i + 1],
		    (USUAL - i) * sizeof(r.header[0]));
		r.headers--;
		check(&r, DV_R_HEADER_MISSING, fields[i], &made.map);
	}
}

/* One more pair before number `place`. */
static void
check_extra(size_t place, struct pair pair, enum dv_reason reason,
    const uint32_t *offset)
{
	struct recipe r = recipe_good();

	memmove(&r.header[place + 1], &r.header[place],
	    (USUAL - place) * sizeof(r.header[0]));
	r.header[place] = pair;
	r.headers++;
	check(&r, reason, DV_F_PROTECTED, offset);
}

static void
test_other_labels(void **state)
{
	(void)state;
	/* kid, x5bag, x5t, payload-location, text, private */
	check_extra(1, (struct pair){ "04", "4100" }, DV_R_HEADER_UNKNOWN,
	    &made.label[1]);
	check_extra(3, (struct pair){ "1820", "4100" }, DV_R_HEADER_UNKNOWN,
	    &made.label[3]);
	check_extra(4, (struct pair){ "1822", "822f4100" },
	    DV_R_HEADER_UNKNOWN, &made.label[4]);
	check_extra(6, (struct pair){ "190104", "6161" },
	    DV_R_HEADER_UNKNOWN, &made.label[6]);
	check_extra(6, (struct pair){ "6161", "00" }, DV_R_HEADER_UNKNOWN,
	    &made.label[6]);
	check_extra(6, (struct pair){ "20", "00" }, DV_R_HEADER_UNKNOWN,
	    &made.label[6]);
	check_extra(6, (struct pair){ "4101", "00" }, DV_R_HEADER_MALFORMED,
	    &made.label[6]);
	check_extra(0, (struct pair){ "00", "00" }, DV_R_HEADER_UNKNOWN,
	    &made.label[0]);
}

static void
test_order_and_duplicates(void **state)
{
	(void)state;
	check_extra(1, (struct pair){ "01", "26" }, DV_R_HEADER_DUPLICATE,
	    &made.label[1]);
	check_extra(4, (struct pair){ "1821", "43010203" },
	    DV_R_HEADER_DUPLICATE, &made.label[4]);
	check_extra(6, (struct pair){ "01", "26" },
	    DV_R_CBOR_NOT_DETERMINISTIC, &made.label[6]);
	check_extra(0, (struct pair){ "190103", "6161" },
	    DV_R_CBOR_NOT_DETERMINISTIC, &made.label[1]);
	/* the same label in a longer form is no second one */
	check_extra(1, (struct pair){ "1801", "26" },
	    DV_R_CBOR_NOT_DETERMINISTIC, &made.label[1]);
}

static void
test_crit(void **state)
{
	static const struct {
		const char *value;
		enum dv_reason reason;
		uint32_t inside;
	} cases[] = {
		{ "81 01", DV_R_NONE, 0 },
		{ "87 01 02 0f 10 1821 190102 190103", DV_R_NONE, 0 },
		{ "80", DV_R_HEADER_MALFORMED, 0 },
		{ "01", DV_R_HEADER_MALFORMED, 0 },
		{ "f6", DV_R_HEADER_MALFORMED, 0 },
		{ "81 4101", DV_R_HEADER_MALFORMED, 1 },
		{ "81 f6", DV_R_HEADER_MALFORMED, 1 },
		{ "81 04", DV_R_HEADER_CRITICAL_UNKNOWN, 1 },
		{ "82 01 1863", DV_R_HEADER_CRITICAL_UNKNOWN, 2 },
		{ "81 6161", DV_R_HEADER_CRITICAL_UNKNOWN, 1 },
		{ "81 20", DV_R_HEADER_CRITICAL_UNKNOWN, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recipe r = recipe_good();
		uint32_t offset;

		memmove(&r.header[2], &r.header[1],
		    (USUAL - 1) * sizeof(r.header[0]));
		r.header[1] = (struct pair){ "02", cases[i].value };
		r.headers++;
		make(&r);
		offset = made.value[1] + cases[i].inside;
		check(&r, cases[i].reason, DV_F_HEADER_CRIT, &offset);
	}
}

static void
test_value_types(void **state)
{
	(void)state;
	check_value(ALG, "65 4553323536", DV_R_HEADER_MALFORMED,
	    DV_F_HEADER_ALG);
	check_value(ALG, "f6", DV_R_HEADER_MALFORMED, DV_F_HEADER_ALG);
	check_value(CLAIMS, "f6", DV_R_HEADER_MALFORMED,
	    DV_F_HEADER_CWT_CLAIMS);
	check_value(CLAIMS, "43 a10100", DV_R_HEADER_MALFORMED,
	    DV_F_HEADER_CWT_CLAIMS);
	check_value(TYP, "00", DV_R_TYPE_MISMATCH, DV_F_HEADER_TYP);
	check_value(TYP, "60", DV_R_TYPE_MISMATCH, DV_F_HEADER_TYP);
	check_value(TYP, OCTETS_HEX, DV_R_TYPE_MISMATCH, DV_F_HEADER_TYP);
	check_value(TYP, "7825 4170706c69636174696f6e2f766e642e64657673"
	    "69676e2e61727465666163742b636f7365", DV_R_TYPE_MISMATCH,
	    DV_F_HEADER_TYP);
	check_value(HASH, "67 5348412d323536", DV_R_HEADER_MALFORMED,
	    DV_F_HEADER_HASH_ALG);
	check_value(PREIMAGE, "182a", DV_R_HEADER_MALFORMED,
	    DV_F_HEADER_PREIMAGE_TYPE);
	check_value(PREIMAGE, "60", DV_R_HEADER_MALFORMED,
	    DV_F_HEADER_PREIMAGE_TYPE);
}

/* What was wanted and found where the type is another, or the size. */
static void
test_wanted(void **state)
{
	static const struct {
		size_t which;
		const char *value, *wanted;
		int64_t number, found;
	} rows[] = {
		{ ALG, "f6", "an integer", 0, 0 },
		{ CLAIMS, "f6", "a map", 0, 0 },
		{ TYP, "00", "a text string", 0, 0 },
		{ PREIMAGE, "00", "a text string", 0, 0 },
		{ X5CHAIN, "f6", "a byte string", 0, 0 },
		{ X5CHAIN, "82 4101 f6", "a byte string", 0, 0 },
		{ X5CHAIN, "89 4101 4101 4101 4101 4101 4101 4101 4101 4101",
		    NULL, DV_MAX_PATH, 9 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct recipe r = recipe_good();
		struct dv_sign1 s;
		struct dv_at at;

		r.header[rows[i].which].value = rows[i].value;
		make(&r);
		assert_int_not_equal(parse(made.b.len, &s, &at), DV_R_NONE);
		if (rows[i].wanted != NULL)
			assert_string_equal(at.wanted.text, rows[i].wanted);
		assert_int_equal(at.wanted.number, rows[i].number);
		assert_int_equal(at.found.number, rows[i].found);
	}
}

/* The frame: a tag, an array; crit: an array; an unknown label: its number. */
static void
test_wanted_outside(void **state)
{
	struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	r.tag = "";
	make(&r);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_ENVELOPE_TAG);
	assert_string_equal(at.wanted.text, "a tag");
	r = recipe_good();
	r.array = "";
	r.protected_item = "40";
	r.unprotected = r.payload_item = r.signature_item = "";
	make(&r);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_CBOR_MALFORMED);
	assert_string_equal(at.wanted.text, "an array");
	r = recipe_good();
	memmove(&r.header[2], &r.header[1],
	    (USUAL - 1) * sizeof(r.header[0]));
	r.header[1] = (struct pair){ "02", "00" };
	r.headers++;
	make(&r);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_HEADER_MALFORMED);
	assert_string_equal(at.wanted.text, "an array");
	r.header[1] = (struct pair){ "04", "00" };
	make(&r);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_HEADER_UNKNOWN);
	assert_int_equal(at.found.kind, DV_VALUE_NUMBER);
	assert_int_equal(at.found.number, 4);
}

/* A list in the place of the map has no parameter that could be at fault. */
static void
test_list_instead_of_map(void **state)
{
	struct recipe r = recipe_good();
	uint32_t offset;

	(void)state;
	r.protected_item = "43 82 01 ff";
	make(&r);
	offset = made.protected_item + 3;
	check(&r, DV_R_CBOR_MALFORMED, DV_F_PROTECTED, &offset);
}

static void
test_x5chain(void **state)
{
	static const struct {
		const char *value;
		enum dv_reason reason;
		uint32_t inside;
		size_t count;
	} cases[] = {
		{ "4101", DV_R_NONE, 0, 1 },
		{ "82 4101 4102", DV_R_NONE, 0, 2 },
		{ "88 4101 4101 4101 4101 4101 4101 4101 4102", DV_R_NONE, 0,
		    8 },
		{ "89 4101 4101 4101 4101 4101 4101 4101 4101 4101",
		    DV_R_LIMIT, 0, 0 },
		{ "81 4101", DV_R_HEADER_MALFORMED, 0, 0 },
		{ "80", DV_R_HEADER_MALFORMED, 0, 0 },
		{ "40", DV_R_HEADER_MALFORMED, 0, 0 },
		{ "82 4101 40", DV_R_HEADER_MALFORMED, 3, 0 },
		{ "82 40 4101", DV_R_HEADER_MALFORMED, 1, 0 },
		{ "82 4101 6101", DV_R_HEADER_MALFORMED, 3, 0 },
		{ "82 4101 824101 4102", DV_R_HEADER_MALFORMED, 3, 0 },
		{ "6101", DV_R_HEADER_MALFORMED, 0, 0 },
		{ "a1 00 4101", DV_R_HEADER_MALFORMED, 0, 0 },
		{ "f6", DV_R_HEADER_MALFORMED, 0, 0 },
	};
	struct recipe r = recipe_good();
	struct dv_sign1 s;
	struct dv_at at;
	uint32_t offset;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		r.header[X5CHAIN].value = cases[i].value;
		make(&r);
		offset = made.value[X5CHAIN] + cases[i].inside;
		check(&r, cases[i].reason, DV_F_HEADER_X5CHAIN, &offset);
		(void)parse(made.b.len, &s, &at);
		assert_int_equal(s.x5chain_count, cases[i].count);
	}
}

static void
test_claims(void **state)
{
	(void)state;
	check_claims("a2 02 6161 06 00", DV_R_HEADER_MISSING, DV_F_CLAIM_ISS,
	    0);
	check_claims("a2 01 6161 06 00", DV_R_HEADER_MISSING, DV_F_CLAIM_SUB,
	    0);
	check_claims("a2 01 6161 02 6161", DV_R_HEADER_MISSING,
	    DV_F_CLAIM_IAT, 0);
	check_claims("a0", DV_R_HEADER_MISSING, DV_F_CLAIM_ISS, 0);
	check_claims("a3 01 4161 02 6161 06 00", DV_R_HEADER_MALFORMED,
	    DV_F_CLAIM_ISS, 2);
	check_claims("a3 01 6161 02 00 06 00", DV_R_HEADER_MALFORMED,
	    DV_F_CLAIM_SUB, 5);
	check_claims("a3 01 6161 02 6161 06 6161", DV_R_HEADER_MALFORMED,
	    DV_F_CLAIM_IAT, 8);
	check_claims("a4 01 6161 02 6161 03 00 06 00", DV_R_HEADER_UNKNOWN,
	    DV_F_HEADER_CWT_CLAIMS, 7);
	check_claims("a4 01 6161 02 6161 06 00 07 4100", DV_R_HEADER_UNKNOWN,
	    DV_F_HEADER_CWT_CLAIMS, 9);
	check_claims("a4 01 6161 02 6161 06 00 4161 00",
	    DV_R_HEADER_MALFORMED, DV_F_HEADER_CWT_CLAIMS, 9);
	check_claims("a4 01 6161 02 6161 02 6161 06 00",
	    DV_R_HEADER_DUPLICATE, DV_F_HEADER_CWT_CLAIMS, 7);
	check_claims("a3 02 6161 01 6161 06 00",
	    DV_R_CBOR_NOT_DETERMINISTIC, DV_F_HEADER_CWT_CLAIMS, 4);
	/* a date as a floating-point number, as a CWT may have it */
	check_claims("a3 01 6161 02 6161 06 fb41da68e200000000",
	    DV_R_CBOR_MALFORMED, DV_F_HEADER_CWT_CLAIMS, 8);
}

static void
test_iat(void **state)
{
	static const struct {
		const char *value;
		enum dv_reason reason;
	} cases[] = {
		{ "a3 01 6161 02 6161 06 00", DV_R_NONE },
		{ "a3 01 6161 02 6161 06 20", DV_R_NONE },
		/* 9999-12-31T23:59:59Z, and one second more */
		{ "a3 01 6161 02 6161 06 1b0000003afff4417f", DV_R_NONE },
		{ "a3 01 6161 02 6161 06 1b0000003afff44180",
		    DV_R_HEADER_MALFORMED },
		/* 0000-01-01T00:00:00Z, and one second less */
		{ "a3 01 6161 02 6161 06 3b0000000e79747bff", DV_R_NONE },
		{ "a3 01 6161 02 6161 06 3b0000000e79747c00",
		    DV_R_HEADER_MALFORMED },
		{ "a3 01 6161 02 6161 06 1b7fffffffffffffff",
		    DV_R_HEADER_MALFORMED },
		{ "a3 01 6161 02 6161 06 3b7fffffffffffffff",
		    DV_R_HEADER_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_claims(cases[i].value, cases[i].reason, DV_F_CLAIM_IAT,
		    8);
}

/* Every text of the format obeys one rule. */
static void
test_texts(void **state)
{
	static const struct {
		const char *text;
		enum dv_reason reason;
	} cases[] = {
		{ "6120", DV_R_NONE }, { "617e", DV_R_NONE },
		{ "62c2a0", DV_R_NONE }, { "62c3a9", DV_R_NONE },
		{ "60", DV_R_HEADER_MALFORMED },
		{ "6100", DV_R_HEADER_MALFORMED },
		{ "63611f62", DV_R_HEADER_MALFORMED },
		{ "610a", DV_R_HEADER_MALFORMED },
		{ "617f", DV_R_HEADER_MALFORMED },
		{ "62c280", DV_R_HEADER_MALFORMED },
		{ "62c29f", DV_R_HEADER_MALFORMED },
	};
	char value[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_value(PREIMAGE, cases[i].text, cases[i].reason,
		    DV_F_HEADER_PREIMAGE_TYPE);
		(void)snprintf(value, sizeof(value), "a3 01 %s 02 6161 06 00",
		    cases[i].text);
		check_claims(value, cases[i].reason, DV_F_CLAIM_ISS, 2);
		(void)snprintf(value, sizeof(value), "a3 01 6161 02 %s 06 00",
		    cases[i].text);
		check_claims(value, cases[i].reason, DV_F_CLAIM_SUB, 5);
	}
	check_value(PREIMAGE, "61ff", DV_R_CBOR_MALFORMED,
	    DV_F_HEADER_PREIMAGE_TYPE);
}

static void
test_text_limit(void **state)
{
	char value[2 * (DV_MAX_HEADER_TEXT + 1) + 7];
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	memset(value, '6', sizeof(value));
	memcpy(value, "78ff", 4);
	value[4 + 2 * DV_MAX_HEADER_TEXT] = '\0';
	check_value(PREIMAGE, value, DV_R_NONE, DV_F_NONE);
	memset(value, '6', sizeof(value));
	memcpy(value, "790100", 6);
	value[6 + 2 * (DV_MAX_HEADER_TEXT + 1)] = '\0';
	check_value(PREIMAGE, value, DV_R_LIMIT, DV_F_HEADER_PREIMAGE_TYPE);
	assert_int_equal(parse(made.b.len, &s, &at), DV_R_LIMIT);
	assert_int_equal(at.wanted.number, DV_MAX_HEADER_TEXT);
	assert_int_equal(at.found.number, DV_MAX_HEADER_TEXT + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_other_labels),
		cmocka_unit_test(test_order_and_duplicates),
		cmocka_unit_test(test_crit),
		cmocka_unit_test(test_value_types),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_wanted_outside),
		cmocka_unit_test(test_list_instead_of_map),
		cmocka_unit_test(test_x5chain),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_iat),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_text_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
