/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Judging envelopes with real signatures: every step of docs/FORMAT.md above
 * the reading refuses with its own reason, object and field, and nothing that
 * has been changed anywhere is accepted.
 */
#include "lib/signer.h"


/* One question. A test changes what it is about before it asks. */
static struct {
	struct dv_buf envelope;
	struct dv_sign1 sign1;
	struct dv_bytes digest;
	struct dv_chain trust;
	struct dv_policy policy;
	struct dv_work work;
	struct dv_path path;
	struct dv_verdict verdict;
} q;

static void
question_read(void)
{
	struct dv_at at;

	assert_int_equal(dv_sign1_parse(dv_buf_bytes(&q.envelope),
	    DV_PROFILE_STRICT, &q.sign1,
	    &at), DV_R_NONE);
}

/* The usual question about what is signed for this order. */
static void
question_of(const struct ds_sign1_new *what)
{
	dv_buf_free(&q.envelope);
	sign(what, &q.envelope);
	question_read();
	q.digest = (struct dv_bytes){ digest_octets, 32 };
	q.trust = (struct dv_chain){ .anchors = &pki->anchor,
	    .anchor_count = 1 };
	q.policy = dv_policy_strict((dv_time){ NOW });
}

static void
question_usual(void)
{
	const struct ds_sign1_new what = order(pki);

	question_of(&what);
}

/* A question about a signer whose certificate is another one. */
static void
question_signer(const struct template *t)
{
	leaf_certify(pki, t);
	question_usual();
}

static void
ask(void)
{
	const struct dv_question question = { .digest = q.digest,
	    .trust = &q.trust, .policy = &q.policy };

	memset(&q.path, 0xee, sizeof(q.path));
	q.verdict = dv_sign1_verify(&q.sign1, &question, &q.work, &q.path);
}

static void
assert_yes(void)
{
	ask();
	assert_string_equal(dv_reason_name(q.verdict.reason),
	    dv_reason_name(DV_R_NONE));
	assert_int_equal(q.verdict.status, DV_ACCEPTED);
	assert_int_equal(q.path.count, 2);
	assert_ptr_equal(q.path.cert[0].der.ptr, q.sign1.x5chain[0].ptr);
}

static void
assert_path_empty(void)
{
	static const struct dv_path empty;

	assert_memory_equal(&q.path, &empty, sizeof(empty));
}

static void
assert_no(enum dv_reason reason, enum dv_object object, enum dv_field field)
{
	ask();
	assert_string_equal(dv_reason_name(q.verdict.reason),
	    dv_reason_name(reason));
	assert_int_equal(q.verdict.status, DV_REJECTED);
	assert_int_equal(q.verdict.object, object);
	assert_string_equal(dv_field_name(q.verdict.at.field),
	    dv_field_name(field));
	assert_path_empty();
}

/* Signs the envelope again after its bytes were changed by hand. */
static void
sign_again(struct ds_key *key)
{
	struct dv_buf message = { NULL, 0, 0 };
	struct dv_sign1_tbs tbs;
	uint8_t sig[DS_MAX_SIGNATURE];
	struct dv_err err;
	size_t len = 0;

	question_read();
	dv_sign1_tbs(&q.sign1, &tbs);
	for (size_t i = 0; i < tbs.count; i++)
		assert_true(dv_buf_add(&message, tbs.part[i]));
	struct ds_to_sign what = { dv_sig_for_key(ds_key_public(key)->type),
	    dv_buf_bytes(&message) };
	assert_int_equal(ds_key_sign(key, &what, sig, &len, &err),
	    DV_EXIT_YES);
	assert_int_equal(len, q.sign1.signature.len);
	memcpy(q.envelope.ptr + q.envelope.len - len, sig, len);
	dv_buf_free(&message);
}

/* First place of these octets in the envelope. */
static uint8_t *
find(const char *octets, size_t len)
{
	uint8_t *at = memmem(q.envelope.ptr, q.envelope.len, octets, len);

	assert_non_null(at);
	return at;
}

static int
teardown(void **state)
{
	dv_buf_free(&q.envelope);
	return pki_teardown(state);
}

/* Each test begins with the usual signer. */
static int
restore(void **state)
{
	const struct template t = leaf_template(pki);

	(void)state;
	leaf_certify(pki, &t);
	question_usual();
	return 0;
}

static void
test_accepted(void **state)
{
	(void)state;
	assert_yes();
	assert_int_equal(q.path.anchor, 0);
	assert_int_equal(q.path.good_until.s, NOW + 30 * DAY);
	/* chain of two links; the envelope's own signature is not of the path */
	assert_int_equal(q.path.signatures, 2);
}

static void
test_artefact(void **state)
{
	uint8_t other[DV_MAX_DIGEST] = { 0 };

	(void)state;
	memcpy(other, digest_octets, 32);
	other[31] ^= 1;
	q.digest = (struct dv_bytes){ other, 32 };
	assert_no(DV_R_ARTEFACT_MISMATCH, DV_OBJECT_ARTEFACT, DV_F_DIGEST);
	assert_memory_equal(q.verdict.at.wanted.bytes.ptr, digest_octets, 32);
	assert_ptr_equal(q.verdict.at.found.bytes.ptr, other);
	q.digest = (struct dv_bytes){ digest_octets, 31 };
	assert_no(DV_R_ARTEFACT_MISMATCH, DV_OBJECT_ARTEFACT, DV_F_DIGEST);
	q.digest = (struct dv_bytes){ digest_octets, 64 };
	assert_no(DV_R_ARTEFACT_MISMATCH, DV_OBJECT_ARTEFACT, DV_F_DIGEST);
	q.digest = (struct dv_bytes){ NULL, 0 };
	assert_no(DV_R_ARTEFACT_MISMATCH, DV_OBJECT_ARTEFACT, DV_F_DIGEST);
}

/* What was never read is never accepted. */
static void
test_nothing_read(void **state)
{
	(void)state;
	q.sign1 = (struct dv_sign1){ .alg = 0 };
	q.digest = (struct dv_bytes){ NULL, 0 };
	assert_no(DV_R_INTERNAL, DV_OBJECT_ENVELOPE, DV_F_NONE);
	question_read();
	q.sign1.x5chain_count = DV_MAX_PATH + 1;
	assert_no(DV_R_INTERNAL, DV_OBJECT_ENVELOPE, DV_F_NONE);
	question_read();
	q.sign1.key_type = DV_KEY_NONE;
	q.sign1.signature = (struct dv_bytes){ NULL, 0 };
	assert_no(DV_R_KEY_ALG_MISMATCH, DV_OBJECT_ENVELOPE, DV_F_HEADER_ALG);
	question_read();
	q.sign1.hash = DV_HASH_NONE;
	q.digest = (struct dv_bytes){ NULL, 0 };
	assert_no(DV_R_ARTEFACT_MISMATCH, DV_OBJECT_ARTEFACT, DV_F_DIGEST);
}

static void
test_trust(void **state)
{
	struct pki *other = pki_new(DV_KEY_P256);

	(void)state;
	q.trust.anchor_count = 0;
	assert_no(DV_R_NO_ANCHORS, DV_OBJECT_NONE, DV_F_NONE);
	/* the same names, other keys */
	q.trust.anchors = &other->anchor;
	q.trust.anchor_count = 1;
	assert_no(DV_R_SIGNATURE_INVALID, DV_OBJECT_CERTIFICATE,
	    DV_F_SIGNATURE_VALUE);
	assert_int_equal(q.verdict.index, 1);
	pki_free(other);
}

/* Intermediates: the envelope's, the caller's, and how many together. */
static void
test_intermediates(void **state)
{
	struct dv_bytes pile[DV_MAX_INTERMEDIATES];
	struct ds_sign1_new what = order(pki);
	struct ds_chain chain = pki->chain;

	(void)state;
	for (size_t i = 0; i < DV_MAX_INTERMEDIATES; i++)
		pile[i] = dv_buf_bytes(&pki->mid.cert);
	q.trust.intermediates = pile;
	q.trust.intermediate_count = DV_MAX_INTERMEDIATES - 1;
	assert_yes();
	q.trust.intermediate_count = DV_MAX_INTERMEDIATES;
	assert_no(DV_R_LIMIT, DV_OBJECT_ENVELOPE, DV_F_HEADER_X5CHAIN);
	assert_int_equal(q.verdict.at.found.number, DV_MAX_INTERMEDIATES + 1);
	q.trust.intermediate_count = SIZE_MAX;
	assert_no(DV_R_LIMIT, DV_OBJECT_ENVELOPE, DV_F_HEADER_X5CHAIN);
	chain.count = 1;
	chain.ends_in_root = false;
	what.chain = &chain;
	question_of(&what);
	assert_no(DV_R_NO_ISSUER, DV_OBJECT_CERTIFICATE, DV_F_ISSUER);
	q.trust.intermediates = pile;
	q.trust.intermediate_count = 1;
	assert_yes();
	q.trust.intermediate_count = DV_MAX_INTERMEDIATES;
	assert_yes();
}

static void
test_time(void **state)
{
	(void)state;
	q.policy.at.s = NOW + 30 * DAY;
	assert_yes();
	q.policy.at.s++;
	assert_no(DV_R_EXPIRED, DV_OBJECT_CERTIFICATE, DV_F_NOT_AFTER);
}

static void
test_purpose(void **state)
{
	static const uint8_t client[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07,
	    0x03, 0x02 };
	struct template t = leaf_template(pki);

	(void)state;
	t.eku = NULL;
	question_signer(&t);
	assert_yes();
	t.eku = EKU_ANY;
	question_signer(&t);
	assert_no(DV_R_KEY_PURPOSE, DV_OBJECT_CERTIFICATE,
	    DV_F_EXT_KEY_USAGE);
	assert_int_equal(q.verdict.index, 0);
	t.eku = EKU_CLIENT_AUTH;
	question_signer(&t);
	assert_no(DV_R_KEY_PURPOSE, DV_OBJECT_CERTIFICATE,
	    DV_F_EXT_KEY_USAGE);
	q.policy.purpose = DV_BYTES(client);
	assert_yes();
	t.eku = EKU_CODE_SIGNING;
	question_signer(&t);
	q.policy.purpose = DV_BYTES(client);
	assert_no(DV_R_KEY_PURPOSE, DV_OBJECT_CERTIFICATE,
	    DV_F_EXT_KEY_USAGE);
	/* a key that does not sign, for whatever purpose */
	t.eku = EKU_CLIENT_AUTH;
	t.usage = DV_KU_KEY_AGREEMENT;
	question_signer(&t);
	q.policy.purpose = DV_BYTES(client);
	assert_no(DV_R_KEY_USAGE_SIGNATURE, DV_OBJECT_CERTIFICATE,
	    DV_F_KEY_USAGE);
	/* the policy that was given is not changed by asking */
	t = leaf_template(pki);
	question_signer(&t);
	q.policy.purpose = (struct dv_bytes){ NULL, 0 };
	assert_yes();
	assert_int_equal(q.policy.purpose.len, 0);
}

/* An issuer for other purposes makes no signers either. */
static void
test_purpose_of_issuer(void **state)
{
	const struct template leaf = leaf_template(pki);
	struct template t = { .subject = &pki->mid, .issuer = &pki->root,
	    .serial = 2, .ca = true, .usage = DV_KU_KEY_CERT_SIGN,
	    .not_before = NOW - 60 * DAY, .not_after = NOW + 60 * DAY };

	(void)state;
	t.eku = EKU_CLIENT_AUTH;
	certify(&t, &pki->mid);
	question_signer(&leaf);
	assert_no(DV_R_KEY_PURPOSE, DV_OBJECT_CERTIFICATE,
	    DV_F_EXT_KEY_USAGE);
	assert_int_equal(q.verdict.index, 1);
	t.eku = NULL;
	certify(&t, &pki->mid);
	question_signer(&leaf);
	assert_yes();
}

static void
test_key_usage(void **state)
{
	struct template t = leaf_template(pki);

	(void)state;
	t.usage = 0;
	question_signer(&t);
	assert_yes();
	t.usage = DV_KU_DIGITAL_SIGNATURE | DV_KU_KEY_AGREEMENT;
	question_signer(&t);
	assert_yes();
	t.usage = DV_KU_KEY_AGREEMENT;
	question_signer(&t);
	assert_no(DV_R_KEY_USAGE_SIGNATURE, DV_OBJECT_CERTIFICATE,
	    DV_F_KEY_USAGE);
	assert_int_equal(q.verdict.index, 0);
	t.usage = DV_KU_NON_REPUDIATION;
	question_signer(&t);
	assert_no(DV_R_KEY_USAGE_SIGNATURE, DV_OBJECT_CERTIFICATE,
	    DV_F_KEY_USAGE);
}

static void
test_alg(void **state)
{
	uint8_t *alg;

	(void)state;
	q.policy.algs &= ~DV_SIG_BIT(DV_SIG_ECDSA_SHA384);
	assert_yes();
	alg = find("\xa6\x01\x26", 3) + 2;
	*alg = 0x28;				/* ESP256, RFC 9864 */
	sign_again(pki->leaf.key);
	question_read();
	assert_int_equal(q.sign1.alg, -9);
	assert_yes();
	*alg = 0x27;				/* EdDSA, as long a signature */
	sign_again(pki->leaf.key);
	question_read();
	assert_no(DV_R_KEY_ALG_MISMATCH, DV_OBJECT_ENVELOPE, DV_F_HEADER_ALG);
	assert_string_equal(q.verdict.at.wanted.text, "P-256");
	assert_string_equal(q.verdict.at.found.text, "Ed25519");
}

/* The policy's algorithms hold for the envelope too. */
static void
test_alg_policy(void **state)
{
	struct pki *usual = pki;

	(void)state;
	pki = pki_new(DV_KEY_ED25519);
	question_usual();
	assert_yes();
	q.policy.algs &= ~DV_SIG_BIT(DV_SIG_ED25519);
	assert_no(DV_R_ALG_NOT_ALLOWED, DV_OBJECT_ENVELOPE, DV_F_HEADER_ALG);
	pki_free(pki);
	pki = usual;
}

static void
iat_set(int64_t s)
{
	uint8_t *iat = find("\x06\x1a", 2) + 2;

	for (int i = 0; i < 4; i++)
		iat[i] = (uint8_t)((uint64_t)s >> 8 * (3 - i));
	sign_again(pki->leaf.key);
	question_read();
	assert_int_equal(q.sign1.iat.s, s);
}

static void
test_iat(void **state)
{
	(void)state;
	iat_set(NOW + DV_MAX_CLOCK_SKEW);
	assert_yes();
	iat_set(NOW + DV_MAX_CLOCK_SKEW + 1);
	assert_no(DV_R_SIGNED_IN_FUTURE, DV_OBJECT_ENVELOPE, DV_F_CLAIM_IAT);
	assert_int_equal(q.verdict.at.wanted.number, NOW);
	assert_int_equal(q.verdict.at.found.number,
	    NOW + DV_MAX_CLOCK_SKEW + 1);
	iat_set(NOW - 30 * DAY);
	assert_yes();
	iat_set(NOW - 30 * DAY - 1);
	assert_no(DV_R_SIGNED_OUTSIDE_VALIDITY, DV_OBJECT_ENVELOPE,
	    DV_F_CLAIM_IAT);
	assert_int_equal(q.verdict.at.wanted.number, NOW - 30 * DAY);
	q.policy.at.s = NOW + 30 * DAY;
	iat_set(NOW + 30 * DAY);
	assert_yes();
	iat_set(NOW + 30 * DAY + 1);
	assert_no(DV_R_SIGNED_OUTSIDE_VALIDITY, DV_OBJECT_ENVELOPE,
	    DV_F_CLAIM_IAT);
	assert_int_equal(q.verdict.at.wanted.number, NOW + 30 * DAY);
}

/* The ends of what a time can be do not wrap around. */
static void
test_iat_extremes(void **state)
{
	(void)state;
	q.sign1.iat.s = DV_TIME_MIN;
	assert_no(DV_R_SIGNED_OUTSIDE_VALIDITY, DV_OBJECT_ENVELOPE,
	    DV_F_CLAIM_IAT);
	q.sign1.iat.s = DV_TIME_MAX;
	assert_no(DV_R_SIGNED_IN_FUTURE, DV_OBJECT_ENVELOPE, DV_F_CLAIM_IAT);
}

static void
test_signature(void **state)
{
	struct dv_buf first = { NULL, 0, 0 };
	struct ds_sign1_new what = order(pki);

	(void)state;
	/* of the same signer, over another name of the same artefact */
	assert_true(dv_buf_add(&first, dv_buf_bytes(&q.envelope)));
	what.sub = "app.old";
	question_of(&what);
	memcpy(q.envelope.ptr + q.envelope.len - 64, first.ptr + first.len - 64,
	    64);
	assert_no(DV_R_ENVELOPE_SIGNATURE, DV_OBJECT_ENVELOPE,
	    DV_F_ENVELOPE_SIGNATURE);
	assert_int_equal(q.verdict.at.offset, q.envelope.len - 64);
	memset(q.envelope.ptr + q.envelope.len - 64, 0, 64);
	assert_no(DV_R_ENVELOPE_SIGNATURE, DV_OBJECT_ENVELOPE,
	    DV_F_ENVELOPE_SIGNATURE);
	/* by another key of the same PKI */
	sign_again(pki->mid.key);
	assert_no(DV_R_ENVELOPE_SIGNATURE, DV_OBJECT_ENVELOPE,
	    DV_F_ENVELOPE_SIGNATURE);
	sign_again(pki->leaf.key);
	assert_yes();
	dv_buf_free(&first);
}

/* A chain in the wrong order: the issuer is no signer. */
static void
test_swapped_chain(void **state)
{
	struct dv_bytes leaf;

	(void)state;
	leaf = q.sign1.x5chain[0];
	q.sign1.x5chain[0] = q.sign1.x5chain[1];
	q.sign1.x5chain[1] = leaf;
	assert_no(DV_R_CA_FLAG_ON_LEAF, DV_OBJECT_CERTIFICATE,
	    DV_F_BASIC_CONSTRAINTS);
	q.policy.profile = DV_PROFILE_PATH;
	ask();
	assert_int_equal(q.verdict.status, DV_REJECTED);
	assert_path_empty();
}

/* Reads and judges a copy of the envelope as it stands. */
static bool
accepted_now(size_t len)
{
	struct dv_sign1 s;
	struct dv_at at;

	if (dv_sign1_parse((struct dv_bytes){ q.envelope.ptr, len },
	    DV_PROFILE_STRICT, &s, &at) !=
	    DV_R_NONE)
		return false;
	q.sign1 = s;
	ask();
	return q.verdict.status == DV_ACCEPTED;
}

static void
test_every_bit(void **state)
{
	(void)state;
	assert_true(accepted_now(q.envelope.len));
	for (size_t bit = 0; bit < 8 * q.envelope.len; bit++) {
		uint8_t *octet = &q.envelope.ptr[bit / 8];

		*octet ^= (uint8_t)(1u << bit % 8);
		if (accepted_now(q.envelope.len))
			fail_msg("bit %zu flipped and accepted", bit);
		*octet ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(accepted_now(q.envelope.len));
}

static void
test_every_cut(void **state)
{
	const size_t len = q.envelope.len;

	(void)state;
	for (size_t n = 0; n < len; n++)
		assert_false(accepted_now(n));
	assert_true(dv_buf_add(&q.envelope,
	    (struct dv_bytes){ digest_octets, 1 }));
	assert_false(accepted_now(len + 1));
	assert_true(accepted_now(len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_accepted, restore),
		cmocka_unit_test_setup(test_artefact, restore),
		cmocka_unit_test_setup(test_nothing_read, restore),
		cmocka_unit_test_setup(test_trust, restore),
		cmocka_unit_test_setup(test_intermediates, restore),
		cmocka_unit_test_setup(test_time, restore),
		cmocka_unit_test_setup(test_purpose, restore),
		cmocka_unit_test_setup(test_purpose_of_issuer, restore),
		cmocka_unit_test_setup(test_key_usage, restore),
		cmocka_unit_test_setup(test_alg, restore),
		cmocka_unit_test_setup(test_alg_policy, restore),
		cmocka_unit_test_setup(test_iat, restore),
		cmocka_unit_test_setup(test_iat_extremes, restore),
		cmocka_unit_test_setup(test_signature, restore),
		cmocka_unit_test_setup(test_swapped_chain, restore),
		cmocka_unit_test_setup(test_every_bit, restore),
		cmocka_unit_test_setup(test_every_cut, restore),
	};

	return cmocka_run_group_tests(tests, pki_setup, teardown);
}
