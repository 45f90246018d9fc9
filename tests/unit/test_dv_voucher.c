/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Vouchers: values as they are read, by the vectors of vectors/voucher, and what
 * a payload is by its beginning. What is refused has a vector.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "dv_voucher.h"

#define ROOM 8192

/* 2026-05-01T00:00:00Z */
#define MAY INT64_C(1777593600)

static struct dv_bytes
load(const char *vector, const char *name, uint8_t room[ROOM])
{
	char path[256];
	FILE *f;
	size_t len;

	snprintf(path, sizeof(path), "vectors/voucher/%s/%s", vector, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	len = fread(room, 1, ROOM, f);
	fclose(f);
	assert_true(len > 0 && len < ROOM);
	return (struct dv_bytes){ room, len };
}

static struct dv_voucher
read_one(const char *vector, uint8_t room[ROOM])
{
	struct dv_voucher v;
	struct dv_at at;

	assert_int_equal(dv_voucher_parse(load(vector, "voucher.cose", room),
	    DV_PROFILE_STRICT, &v, &at), DV_R_NONE);
	return v;
}

static void
test_request(void **state)
{
	uint8_t room[ROOM];
	const struct dv_voucher v = read_one("accepted--request", room);

	(void)state;
	assert_int_equal(v.kind, DV_VOUCHER_REQUEST);
	assert_true(v.has_assertion);
	assert_int_equal(v.assertion, DV_ASSERTION_PROXIMITY);
	assert_true(dv_bytes_equal_text(v.serial, "unit-0042"));
	assert_true(dv_bytes_equal_text(v.nonce, "12345678"));
	/* OCTET STRING, SEQUENCE, [0], 20 octets */
	assert_int_equal(v.idevid_issuer.len, 2 + 2 + 2 + 20);
	assert_int_equal(v.idevid_issuer.ptr[0], 0x04);
	assert_int_equal(v.key.len, 91);
	assert_int_equal(v.cert.len + v.key_hash.len, 0);
	assert_false(v.has_created_on || v.has_expires_on);
	assert_int_equal(v.sign1.x5chain_count, 2);
	assert_true(v.sign1.typed && v.sign1.attached);
}

static void
test_voucher(void **state)
{
	uint8_t room[ROOM];
	struct dv_voucher v = read_one("accepted--answer", room);

	(void)state;
	assert_int_equal(v.kind, DV_VOUCHER_ISSUED);
	assert_int_equal(v.created_on.s, MAY);
	assert_true(v.has_created_on && !v.has_expires_on);
	assert_true(v.cert.len > 0);
	assert_int_equal(v.key.len + v.key_hash.len, 0);
	v = read_one("accepted--answer-nonceless", room);
	assert_true(v.has_expires_on);
	assert_int_equal(v.expires_on.s, INT64_C(1782864000));
	assert_int_equal(v.nonce.len, 0);
}

/* A fraction is cut off, an offset counted. */
static void
test_dates(void **state)
{
	uint8_t room[ROOM];

	(void)state;
	assert_int_equal(read_one("accepted--fraction", room).created_on.s,
	    MAY);
	assert_int_equal(read_one("accepted--offset-east", room).created_on.s,
	    INT64_C(1780272059));
	assert_int_equal(read_one("accepted--offset-west", room).created_on.s,
	    MAY + 8 * 3600 + 30 * 60);
}

/* What names its certificate by a hash does not get another one. */
static void
test_hash_of_certificate(void **state)
{
	/* { alg: ES256, x5t: [ SHA-256, 32 octets ] } */
	static const uint8_t head[] = {
		0xd2, 0x84, 0x58, 0x29, 0xa2, 0x01, 0x26, 0x18, 0x22, 0x82,
		0x2f, 0x58, 0x20
	};
	uint8_t room[ROOM], made[ROOM] = { 0 };
	const struct dv_bytes payload = read_one("accepted--request",
	    room).sign1.payload;
	uint8_t *p = made + sizeof(head) + 32;
	struct dv_voucher v;
	struct dv_at at;

	(void)state;
	memcpy(made, head, sizeof(head));
	*p++ = 0xa0;
	*p++ = 0x59;
	*p++ = (uint8_t)(payload.len >> 8);
	*p++ = (uint8_t)payload.len;
	memcpy(p, payload.ptr, payload.len);
	p += payload.len;
	*p++ = 0x58;
	*p++ = 64;
	p += 64;
	assert_int_equal(dv_voucher_parse((struct dv_bytes){ made,
	    (size_t)(p - made) }, DV_PROFILE_PATH, &v, &at),
	    DV_R_HEADER_MISSING);
	assert_int_equal(at.field, DV_F_HEADER_X5BAG);
	assert_int_equal(v.kind, DV_VOUCHER_NONE);
}

static void
test_data(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
		bool is;
	} rows[] = {
		{ "\xa1\x19\x09\xc5\xa0", 5, true },	/* 2501 */
		{ "\xa1\x19\x09\x93\xa0", 5, true },	/* 2451 */
		{ "\xb8\x01\x1a\0\0\x09\xc5", 7, true },	/* long forms */
		{ "\xa1\x74ietf-voucher:voucher", 22, true },
		{ "\xa1\x78\x1cietf-voucher-request:voucher", 31, true },
		{ "\xa1\x19\x09\xc6\xa0", 5, false },	/* 2502 */
		{ "\xa2\x19\x09\xc5\xa0", 5, false },	/* two pairs */
		{ "\x81\x19\x09\xc5", 4, false },	/* an array */
		{ "\xa1\x74ietf-voucher:Voucher", 22, false },
		{ "\xa1\x99\x09\xc5", 4, false },	/* so many items */
		{ "\xa1\xd9\x09\xc5\xa0", 5, false },	/* a tag */
		{ "\xa1\x19\x09", 3, false },
		{ "\xa1", 1, false },
		{ "", 0, false },
		{ "firmware", 8, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(dv_voucher_is_data((struct dv_bytes){
		    (const uint8_t *)rows[i].octets, rows[i].len }),
		    rows[i].is);
}

static void
test_serial_of(void **state)
{
	uint8_t room[ROOM];
	struct dv_cert cert;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(load("accepted--request-given",
	    "signer.der", room), &cert, &at), DV_R_NONE);
	assert_true(dv_bytes_equal_text(dv_voucher_serial_of(&cert),
	    "unit-0042"));
	assert_int_equal(dv_cert_parse(load("accepted--request-given",
	    "registrar.der", room), &cert, &at), DV_R_NONE);
	assert_int_equal(dv_voucher_serial_of(&cert).len, 0);
}

/* The device's own check of its request says what the verifier says. */
static void
test_check_request(void **state)
{
	uint8_t room[ROOM], cert_room[ROOM];
	const struct dv_voucher v = read_one("accepted--request-given", room);
	const struct dv_policy policy = dv_policy_strict((dv_time){ MAY });
	struct dv_voucher_question question = { .policy = &policy };
	struct dv_voucher alone;
	struct dv_cert cert;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(load("accepted--request-given",
	    "signer.der", cert_room), &cert, &at), DV_R_NONE);
	assert_int_equal(dv_voucher_check_request(&v, &cert, &question, &at),
	    DV_R_NONE);
	/* Whom it met is not the one who was given; or it met nobody. */
	question.registrar = cert.der;
	assert_int_equal(dv_voucher_check_request(&v, &cert, &question, &at),
	    DV_R_VOUCHER_REGISTRAR);
	assert_int_equal(at.found.kind, DV_VALUE_NONE);
	alone = v;
	alone.has_assertion = false;
	alone.key.len = 0;
	assert_int_equal(dv_voucher_check_request(&alone, &cert, &question,
	    &at), DV_R_VOUCHER_REGISTRAR);
	assert_int_equal(at.found.kind, DV_VALUE_TEXT);
	question.registrar.len = 0;
	question.nonce = dv_bytes_cut(v.nonce, 0, 7);
	assert_int_equal(dv_voucher_check_request(&v, &cert, &question, &at),
	    DV_R_VOUCHER_NONCE);
	assert_int_equal(at.field, DV_F_VOUCHER_NONCE);
	assert_int_equal(dv_cert_parse(load("accepted--request-given",
	    "i1.der", cert_room), &cert, &at), DV_R_NONE);
	assert_int_equal(dv_voucher_check_request(&v, &cert, &question, &at),
	    DV_R_VOUCHER_SERIAL);
}

/* What a vector does not state of a refusal: what was wanted there. */
static void
test_wanted(void **state)
{
	static const struct {
		const char *vector;
		enum dv_value_kind kind;
		int64_t number;
	} rows[] = {
		{ "voucher-malformed--array", DV_VALUE_TEXT, 0 },
		{ "voucher-malformed--container-name", DV_VALUE_TEXT, 0 },
		{ "voucher-malformed--created-number", DV_VALUE_TEXT, 0 },
		{ "voucher-malformed--serial-bytes", DV_VALUE_TEXT, 0 },
		{ "voucher-malformed--issuer-text", DV_VALUE_TEXT, 0 },
		{ "limit--serial-256", DV_VALUE_NUMBER, DV_MAX_HEADER_TEXT },
	};
	uint8_t room[ROOM];
	struct dv_voucher v;
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_not_equal(dv_voucher_parse(load(rows[i].vector,
		    "voucher.cose", room), DV_PROFILE_STRICT, &v, &at),
		    DV_R_NONE);
		assert_int_equal(at.wanted.kind, rows[i].kind);
		assert_int_equal(at.wanted.number, rows[i].number);
	}
}

static void
test_size(void **state)
{
	static const uint8_t zeros[DV_MAX_ENVELOPE + 1];
	struct dv_voucher v;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_voucher_parse((struct dv_bytes){ zeros,
	    DV_MAX_ENVELOPE }, DV_PROFILE_STRICT, &v, &at),
	    DV_R_ENVELOPE_TAG);
	assert_int_equal(dv_voucher_parse((struct dv_bytes){ zeros,
	    DV_MAX_ENVELOPE + 1 }, DV_PROFILE_STRICT, &v, &at),
	    DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.wanted.number, DV_MAX_ENVELOPE);
	assert_int_equal(at.found.number, DV_MAX_ENVELOPE + 1);
}

/* Nothing says whose a voucher is that was not read. */
static void
test_check_nothing(void **state)
{
	const struct dv_policy policy = dv_policy_strict((dv_time){ MAY });
	const struct dv_voucher_question question = { .policy = &policy };
	const struct dv_voucher none = { .kind = DV_VOUCHER_NONE };
	uint8_t room[ROOM];
	struct dv_cert cert;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(load("accepted--request-given",
	    "i1.der", room), &cert, &at), DV_R_NONE);
	assert_int_equal(dv_voucher_check_request(&none, &cert, &question,
	    &at), DV_R_VOUCHER_SERIAL);
}

/* Another assertion is wanted, or another number of registrars. */
static void
test_wanted_assertion(void **state)
{
	static const struct {
		const char *vector;
		enum dv_value_kind kind;
		int64_t found;
	} rows[] = {
		{ "voucher-assertion--assertion-verified", DV_VALUE_TEXT, 0 },
		{ "voucher-assertion--proximity-to-nobody", DV_VALUE_NUMBER,
		    0 },
		{ "voucher-assertion--two-registrars-unasserted",
		    DV_VALUE_NUMBER, 2 },
	};
	const struct dv_policy policy = dv_policy_strict((dv_time){ MAY });
	const struct dv_voucher_question question = { .policy = &policy };
	uint8_t room[ROOM];
	struct dv_voucher v;
	struct dv_cert cert;
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		v = read_one(rows[i].vector, room);
		assert_int_equal(dv_cert_parse(v.sign1.x5chain[0], &cert,
		    &at), DV_R_NONE);
		assert_int_equal(dv_voucher_check_request(&v, &cert,
		    &question, &at), DV_R_VOUCHER_ASSERTION);
		assert_int_equal(at.wanted.kind, rows[i].kind);
		assert_int_equal(at.found.number, rows[i].found);
	}
}

static void
test_assertion_names(void **state)
{
	(void)state;
	assert_string_equal(dv_assertion_name(DV_ASSERTION_VERIFIED),
	    "verified");
	assert_string_equal(dv_assertion_name(DV_ASSERTION_LOGGED), "logged");
	assert_string_equal(dv_assertion_name(DV_ASSERTION_PROXIMITY),
	    "proximity");
	assert_string_equal(dv_assertion_name(DV_ASSERTION_AGENT_PROXIMITY),
	    "agent-proximity");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_voucher),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_hash_of_certificate),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_serial_of),
		cmocka_unit_test(test_check_request),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_check_nothing),
		cmocka_unit_test(test_wanted_assertion),
		cmocka_unit_test(test_assertion_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
