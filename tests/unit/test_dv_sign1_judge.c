/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is signed, octet by octet, and what becomes of an answer of the
 * cryptographic library that is not yes. The library is played by this file.
 */
#include "lib/envelope.h"

#include "bytes.h"
#include "crypto.h"
#include "sign1.h"

static struct {
	enum dv_crypto answer;
	unsigned asked;
	struct dv_crypto_check check;
	struct bytes message;
} library;

enum dv_crypto
dv_crypto_key(const struct dv_key *key)
{
	(void)key;
	return DV_CRYPTO_FAILED;
}

enum dv_crypto
dv_crypto_verify(const struct dv_crypto_check *c)
{
	library.asked++;
	library.check = *c;
	library.message.len = 0;
	for (size_t i = 0; i < c->part_count; i++)
		add(&library.message, c->parts[i].ptr, c->parts[i].len);
	return library.answer;
}

/* Nothing here is hashed: no artefact is attached. */
size_t
dv_hash_once(enum dv_hash_id id, struct dv_bytes bytes,
    uint8_t out[DV_MAX_DIGEST])
{
	(void)id;
	(void)bytes;
	(void)out;
	fail();
	return 0;
}

static struct dv_sign1 sign1;

static void
read_usual(void)
{
	const struct recipe r = recipe_good();
	struct dv_at at;

	make(&r);
	assert_int_equal(dv_sign1_parse((struct dv_bytes){ made.b.ptr,
	    made.b.len },
	    DV_PROFILE_STRICT, &sign1, &at), DV_R_NONE);
}

static void
test_message(void **state)
{
	static struct bytes wanted;
	const struct dv_key key = { .type = DV_KEY_P256 };
	struct dv_at at;

	(void)state;
	read_usual();
	wanted.len = 0;
	add_hex(&wanted, "84 6a 5369676e617475726531");
	add_head(&wanted, 2, map.len);
	add(&wanted, map.ptr, map.len);
	add_hex(&wanted, "40 5820");
	add(&wanted, made.b.ptr + made.payload, 32);
	library.answer = DV_CRYPTO_VALID;
	assert_int_equal(dv_sign1_check_signature(&sign1, &key, &at),
	    DV_R_NONE);
	assert_int_equal(library.message.len, wanted.len);
	assert_memory_equal(library.message.ptr, wanted.ptr, wanted.len);
	assert_int_equal(library.check.alg, DV_SIG_ECDSA_SHA256);
	assert_ptr_equal(library.check.key, &key);
	assert_ptr_equal(library.check.signature.ptr,
	    made.b.ptr + made.signature);
	assert_int_equal(library.check.signature.len, 64);
}

/* Only a yes is a yes. */
static void
test_answers(void **state)
{
	static const unsigned answers[] = { DV_CRYPTO_FAILED,
	    DV_CRYPTO_INVALID, 3, 255 };
	const struct dv_key key = { .type = DV_KEY_P256 };
	struct dv_at at;

	(void)state;
	read_usual();
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		library.answer = (enum dv_crypto)answers[i];
		assert_int_equal(dv_sign1_check_signature(&sign1, &key, &at),
		    DV_R_ENVELOPE_SIGNATURE);
		assert_int_equal(at.field, DV_F_ENVELOPE_SIGNATURE);
		assert_int_equal(at.offset, made.signature);
	}
}

/* A key of another kind is not even tried. */
static void
test_other_key(void **state)
{
	struct dv_key key = { .type = DV_KEY_ED25519 };
	struct dv_at at;

	(void)state;
	read_usual();
	library.asked = 0;
	library.answer = DV_CRYPTO_VALID;
	assert_int_equal(dv_sign1_check_signature(&sign1, &key, &at),
	    DV_R_KEY_ALG_MISMATCH);
	key.type = DV_KEY_NONE;
	assert_int_equal(dv_sign1_check_signature(&sign1, &key, &at),
	    DV_R_KEY_ALG_MISMATCH);
	assert_int_equal(library.asked, 0);
}

/* Two absent digests are not equal ones, nor are two of no known hash. */
static void
test_digest(void **state)
{
	static const uint8_t octets[DV_MAX_DIGEST] = { 0 };
	const struct dv_bytes none = { NULL, 0 };
	struct dv_sign1 s = { .hash = DV_HASH_NONE };
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_sign1_check_digest(&s, none, &at),
	    DV_R_ARTEFACT_MISMATCH);
	s.payload = (struct dv_bytes){ octets, 32 };
	assert_int_equal(dv_sign1_check_digest(&s, s.payload, &at),
	    DV_R_ARTEFACT_MISMATCH);
	s.hash = DV_HASH_SHA256;
	assert_int_equal(dv_sign1_check_digest(&s, s.payload, &at), DV_R_NONE);
	s.payload.len = 16;
	assert_int_equal(dv_sign1_check_digest(&s, s.payload, &at),
	    DV_R_ARTEFACT_MISMATCH);
	assert_int_equal(at.field, DV_F_DIGEST);
	assert_int_equal(at.offset, DV_NO_OFFSET);
}

/* A caller's envelope that no reader gave: no certificate, or too many. */
static void
test_made_by_hand(void **state)
{
	static const size_t counts[] = { 0, DV_MAX_PATH + 1, SIZE_MAX };
	static struct dv_work work;
	static struct dv_path path;
	const struct dv_chain trust = { .leaf = { NULL, 0 } };
	const struct dv_policy policy = dv_policy_strict((dv_time){ 0 });
	const struct dv_question question = { .trust = &trust,
	    .policy = &policy };

	struct dv_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		read_usual();
		sign1.x5chain_count = counts[i];
		v = dv_sign1_verify(&sign1, &question, &work, &path);
		assert_int_equal(v.status, DV_REJECTED);
		assert_int_equal(v.reason, DV_R_INTERNAL);
		assert_int_equal(v.object, DV_OBJECT_ENVELOPE);
	}
	read_usual();
	sign1.countersignatures = DV_MAX_COUNTERSIGNATURES + 1;
	v = dv_sign1_verify(&sign1, &question, &work, &path);
	assert_int_equal(v.reason, DV_R_INTERNAL);
	/* A countersignature is no envelope. */
	read_usual();
	sign1.target.ptr = made.b.ptr;
	v = dv_sign1_verify(&sign1, &question, &work, &path);
	assert_int_equal(v.reason, DV_R_INTERNAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_made_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
