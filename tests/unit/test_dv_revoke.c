/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Revocation with pretended keys: what it costs, and what happens when a
 * signature cannot be checked. Which CRL counts for what is in vectors/chain.
 */
#include "lib/chain_world.h"

static struct dv_crl lists[DV_MAX_CRLS + 1];

struct list {
	uint8_t signer;
	const char *number;	/* contents of cRLNumber */
	const char *revoked;	/* serial number, one octet; NULL: nothing */
	const char *base;	/* contents of BaseCRLNumber: a delta */
	const char *reason;	/* ENUMERATED contents, with revoked */
	const char *issuer;	/* NULL: "root" */
	uint8_t alg;		/* last octet of ecdsa-with-...; 0: SHA-256 */
	struct dv_bytes more;	/* one more extension */
};

static struct dv_bytes
number_of(const char *octets)
{
	size_t n = octets[0] == '\0' ? 2 : 1;	/* "\0\x80" is 128 */

	return KIT(DER_INTEGER, kit_octets(octets, n));
}

static struct dv_bytes
entry_of(const struct list *l)
{
	return KIT(DER_SEQUENCE, KIT(DER_SEQUENCE,
	    KIT(DER_INTEGER, kit_octets(l->revoked, 1)),
	    KIT(DER_UTC_TIME, kit_text("290101000000Z")),
	    l->reason == NULL ? KIT_NONE : KIT(DER_SEQUENCE,
	    kit_extension(21, false, KIT(DER_ENUMERATED,
	    kit_octets(l->reason, 1))))));
}

/* One more CRL. */
static void
give(struct list l)
{
	struct kit_cert signer = { .signer = l.signer };
	const char last[1] = { (char)(l.alg == 0 ? 2 : l.alg) };
	struct dv_bytes alg = KIT(DER_SEQUENCE,
	    KIT_OCTETS("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03"),
	    kit_octets(last, 1));
	struct dv_bytes tbs = KIT(DER_SEQUENCE, KIT_OCTETS("\x02\x01\x01"), alg,
	    kit_name(l.issuer == NULL ? "root" : l.issuer), KIT(DER_UTC_TIME, kit_text("291201000000Z")),
	    KIT(DER_UTC_TIME, kit_text("300201000000Z")),
	    l.revoked == NULL ? KIT_NONE : entry_of(&l),
	    KIT(DER_CONTEXT_CONS(0), KIT(DER_SEQUENCE,
	    kit_extension(35, false, KIT(DER_SEQUENCE,
	    KIT(DER_CONTEXT(0), kit_key_id(l.signer)))),
	    kit_extension(20, false, number_of(l.number)),
	    l.base == NULL ? KIT_NONE : kit_extension(27, true,
	    number_of(l.base)), l.more)));
	struct dv_bytes der = KIT(DER_SEQUENCE, tbs, alg,
	    kit_signature(&signer, tbs));
	struct dv_at at;

	w.chain.crls = lists;
	assert_int_equal(dv_crl_parse(der, &lists[w.chain.crl_count++], &at),
	    DV_R_NONE);
}

#define GOOD_LIST { .signer = ROOT_KEY, .number = "\x05" }

static void
good(void **state)
{
	(void)state;
	ladder(1);
	give((struct list)GOOD_LIST);
	w.policy.revocation = DV_REVOCATION_REQUIRED;
	accepted(1, 2);
	assert_int_equal(w.path.revocation[0], DV_REVOCATION_GOOD);
	assert_int_equal(w.path.good_until.s, lists[0].next_update.s);
}

static void
zero_is_required(void **state)
{
	(void)state;
	ladder(1);
	w.policy.revocation = 0;
	refused(DV_R_CRL_MISSING, DV_OBJECT_CERTIFICATE, 0);
}

static void
none_looks_at_nothing(void **state)
{
	(void)state;
	ladder(1);
	give((struct list){ .signer = ROOT_KEY, .number = "\x05",
	    .revoked = "\x01" });
	w.policy.revocation = DV_REVOCATION_NONE;
	accepted(1, 1);
	assert_int_equal(w.path.revocation[0], DV_REVOCATION_NOT_CHECKED);
	w.policy.revocation = DV_REVOCATION_IF_GIVEN;
	refused(DV_R_REVOKED, DV_OBJECT_CERTIFICATE, 0);
}

/* Whatever answer of the seam fails, no status comes out good. */
static void
failing_crypto(void **state)
{
	static const enum dv_crypto answers[] = { DV_CRYPTO_FAILED,
		DV_CRYPTO_INVALID };

	(void)state;
	ladder(1);
	give((struct list)GOOD_LIST);
	for (unsigned n = 1; n <= 2; n++) {
		for (size_t i = 0; i < 2; i++) {
			fake.fail_at = n;
			fake.instead = answers[i];
			assert_int_equal(ask().status, DV_REJECTED);
		}
	}
	fake.fail_at = 0;
	accepted(1, 2);
}

static void
never_read(void **state)
{
	(void)state;
	ladder(1);
	memset(lists, 0, sizeof(lists));
	w.chain.crls = lists;
	w.chain.crl_count = 1;
	w.policy.revocation = DV_REVOCATION_REQUIRED;
	refused(DV_R_CRL_MISSING, DV_OBJECT_CERTIFICATE, 0);
}

static void
limit_of_lists(void **state)
{
	(void)state;
	ladder(1);
	for (size_t i = 0; i <= DV_MAX_CRLS; i++)
		give((struct list)GOOD_LIST);
	refused(DV_R_LIMIT, DV_OBJECT_NONE, 0);
	w.chain.crl_count = DV_MAX_CRLS;
	assert_int_equal(ask().status, DV_ACCEPTED);
}

/* 128 is more than 127, though it is written with a leading zero. */
static void
numbers_compared(void **state)
{
	(void)state;
	ladder(1);
	give((struct list){ .signer = ROOT_KEY, .number = "\x7f",
	    .revoked = "\x01" });
	refused(DV_R_REVOKED, DV_OBJECT_CERTIFICATE, 0);
	give((struct list){ .signer = ROOT_KEY, .number = "\0\x80" });
	assert_int_equal(ask().status, DV_ACCEPTED);
	/* A delta of exactly the complete one, and one of what comes later. */
	give((struct list){ .signer = ROOT_KEY, .number = "\0\x81",
	    .base = "\0\x81", .revoked = "\x01" });
	assert_int_equal(ask().status, DV_ACCEPTED);
	give((struct list){ .signer = ROOT_KEY, .number = "\0\x82",
	    .base = "\0\x80", .revoked = "\x01" });
	refused(DV_R_REVOKED, DV_OBJECT_CERTIFICATE, 0);
	give((struct list){ .signer = ROOT_KEY, .number = "\0\x83",
	    .base = "\0\x80", .revoked = "\x01", .reason = "\x08" });
	assert_int_equal(ask().status, DV_ACCEPTED);
}

/* Each wrong signature is paid from the budget of the question. */
static void
budget_shared(void **state)
{
	struct dv_verdict v;

	(void)state;
	ladder(1);
	for (size_t i = 0; i < DV_MAX_CRLS; i++)
		give((struct list){ .signer = 7, .number = "\x05" });
	v = refused(DV_R_CRL_SIGNATURE, DV_OBJECT_CRL, 0);
	assert_int_equal(v.at.field, DV_F_SIGNATURE_VALUE);
	assert_true(fake.verified <= 1 + DV_MAX_CRLS);
}

static void
revoked_when_and_why(void **state)
{
	struct dv_verdict v;

	(void)state;
	ladder(1);
	give((struct list){ .signer = ROOT_KEY, .number = "\x05",
	    .revoked = "\x01", .reason = "\x01" });
	v = refused(DV_R_REVOKED, DV_OBJECT_CERTIFICATE, 0);
	assert_int_equal(v.at.field, DV_F_SERIAL);
	assert_int_equal(v.at.found.kind, DV_VALUE_REVOKED);
	assert_string_equal(v.at.found.text, "keyCompromise");
	assert_int_equal(v.at.found.number, 1861920000);
}

/* What was wanted and found, by the kind of refusal. */
static void
values_told(void **state)
{
	struct dv_verdict v;

	(void)state;
	ladder(1);
	give((struct list)GOOD_LIST);
	w.policy.at.s = lists[0].next_update.s + 1;
	v = refused(DV_R_CRL_STALE, DV_OBJECT_CRL, 0);
	assert_int_equal(v.at.wanted.number, w.policy.at.s);
	assert_int_equal(v.at.found.number, lists[0].next_update.s);
	w.policy.at.s = lists[0].this_update.s - 1;
	v = refused(DV_R_CRL_NOT_YET, DV_OBJECT_CRL, 0);
	assert_int_equal(v.at.wanted.number, w.policy.at.s);
	assert_int_equal(v.at.found.number, lists[0].this_update.s);
	w.policy.at.s = KIT_NOW;
	w.anchor[0].no_crls = true;
	v = refused(DV_R_KEY_USAGE_CRL_SIGN, DV_OBJECT_CRL, 0);
	assert_int_equal(v.at.found.kind, DV_VALUE_NAME);
	assert_ptr_equal(v.at.found.bytes.ptr, lists[0].issuer.ptr);
	w.anchor[0].no_crls = false;
	w.chain.crl_count = 0;
	give((struct list){ .signer = ROOT_KEY, .number = "\x05",
	    .more = kit_extension(99, true, KIT_OCTETS("\5\0")) });
	v = refused(DV_R_CRL_CRITICAL_UNKNOWN, DV_OBJECT_CRL, 0);
	assert_int_equal(v.at.found.kind, DV_VALUE_OID);
	assert_ptr_equal(v.at.found.bytes.ptr, lists[0].unknown_critical.ptr);
}

/* Known and not permitted, or not known at all whatever is permitted. */
static void
algorithm_of_the_list(void **state)
{
	static const struct {
		uint8_t alg;
		uint32_t permitted;
	} rows[] = {
		{ 3, DV_SIG_BIT(DV_SIG_ECDSA_SHA256) },
		{ 99, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dv_verdict v;

		ladder(1);
		w.chain.crl_count = 0;
		give((struct list){ .signer = ROOT_KEY, .number = "\x05",
		    .alg = rows[i].alg });
		w.policy.algs = rows[i].permitted;
		v = refused(DV_R_ALG_NOT_ALLOWED, DV_OBJECT_CRL, 0);
		assert_int_equal(v.at.field, DV_F_SIGNATURE_ALGORITHM);
		assert_int_equal(v.at.offset, lists[0].sig_oid.ptr -
		    lists[0].der.ptr);
		assert_int_equal(v.at.found.kind, DV_VALUE_OID);
		assert_ptr_equal(v.at.found.bytes.ptr, lists[0].sig_oid.ptr);
		assert_int_equal(w.work.signatures, 1);
	}
}

/* Each key is asked once, that of a certificate of the path too. */
static void
cost_of_a_wrong_key(void **state)
{
	(void)state;
	ladder(2);
	give((struct list){ .signer = 7, .number = "\x05" });
	(void)refused(DV_R_CRL_SIGNATURE, DV_OBJECT_CRL, 0);
	assert_int_equal(fake.verified, 3);
	w.chain.crl_count = w.chain.intermediate_count = 0;
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .crl_sign = true });
	give((struct list){ .signer = 7, .number = "\x05", .issuer = "ca1" });
	(void)refused(DV_R_CRL_SIGNATURE, DV_OBJECT_CRL, 0);
	assert_int_equal(fake.verified, 3);
}

/*
 * Forged certificates for the key that signed the CRL: each costs a signature
 * of the CRL and one of its own. That no more is paid for is told, whatever was
 * found before and comes after.
 */
static void
budget_of_signers(void **state)
{
	const struct kit_cert forged = { .subject = "root", .issuer = "root",
	    .key = 7, .signer = 8, .crl_sign = true };
	struct kit_cert other = { .subject = "root", .issuer = "root", .key = 9,
	    .signer = ROOT_KEY, .crl_sign = true, .no_key_ids = true };
	const unsigned most = (DV_MAX_SIGNATURES - 2) / 2;
	struct dv_verdict v;

	(void)state;
	w.policy.profile = DV_PROFILE_PATH;
	ladder(1);
	give((struct list){ .signer = 7, .number = "\x05" });
	for (unsigned i = 0; i < most; i++)
		add(forged);
	(void)refused(DV_R_CRL_SIGNATURE, DV_OBJECT_CRL, 0);
	/* The anchor's key identifier fits, so its key is asked first. */
	w.anchor[0].key_id = kit_key_id(7);
	ladder(1);
	for (unsigned i = 1; i < most; i++)
		add(forged);
	for (unsigned i = 0; i < 3; i++)
		add(other);
	other.crl_sign = false;
	add(other);
	v = refused(DV_R_BUDGET_SPENT, DV_OBJECT_CRL, 0);
	assert_int_equal(fake.verified, DV_MAX_SIGNATURES);
	assert_int_equal(v.at.field, DV_F_SIGNATURE_VALUE);
	assert_int_equal(v.at.offset, lists[0].signature.ptr -
	    lists[0].der.ptr);
}

/* The trace blames the certificate that is revoked, and none for a CRL. */
static void
trace_of_revocation(void **state)
{
	const struct dv_trace *trace = &w.work.trace;

	(void)state;
	ladder(2);
	give((struct list){ .signer = ROOT_KEY, .number = "\x05",
	    .revoked = "\x01" });
	refused(DV_R_REVOKED, DV_OBJECT_CERTIFICATE, 1);
	assert_int_equal(trace->row[1].state[DV_STEP_REVOCATION],
	    DV_STEP_FAILED);
	assert_int_equal(trace->row[0].state[DV_STEP_REVOCATION],
	    DV_STEP_NOT_REACHED);
	w.policy.at.s = lists[0].next_update.s + 1;
	refused(DV_R_CRL_STALE, DV_OBJECT_CRL, 0);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(trace->row[i].state[DV_STEP_REVOCATION],
		    DV_STEP_NOT_REACHED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good),
		TEST(zero_is_required),
		TEST(none_looks_at_nothing),
		TEST(failing_crypto),
		TEST(never_read),
		TEST(limit_of_lists),
		TEST(numbers_compared),
		TEST(budget_shared),
		TEST(revoked_when_and_why),
		TEST(values_told),
		TEST(algorithm_of_the_list),
		TEST(cost_of_a_wrong_key),
		TEST(budget_of_signers),
		TEST(trace_of_revocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
