/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for a path where vectors cannot look: how many signatures are
 * paid for, what a failing library leads to, what is left in memory.
 */
#include "lib/chain_world.h"

static void
reverse(void)
{
	size_t n = w.chain.intermediate_count;

	for (size_t i = 0; i < n / 2; i++) {
		struct dv_bytes other = w.pile[n - 1 - i];

		w.pile[n - 1 - i] = w.pile[i];
		w.pile[i] = other;
	}
}

static void
test_ordered_chain_costs_its_length(void **state)
{
	(void)state;
	for (size_t n = 1; n <= DV_MAX_PATH; n++) {
		ladder(n);
		accepted(n, (unsigned)n);
		for (size_t i = 1; i < n; i++)
			assert_ptr_equal(w.path.cert[i].der.ptr,
			    w.pile[i - 1].ptr);
		reverse();
		accepted(n, (unsigned)n);
	}
}

/* Nobody else's certificates cost a signature. */
static void
test_strangers_cost_nothing(void **state)
{
	(void)state;
	ladder(4);
	for (uint8_t i = 0; i < 20; i++)
		add((struct kit_cert){ .subject = "stranger", .issuer = "else",
		    .key = (uint8_t)(20 + i), .signer = 60, .ca = true });
	accepted(4, 4);
	reverse();
	accepted(4, 4);
}

static void
test_too_long(void **state)
{
	struct dv_verdict v;

	(void)state;
	ladder(DV_MAX_PATH + 1);
	v = refused(DV_R_PATH_TOO_LONG, DV_OBJECT_CERTIFICATE, DV_MAX_PATH - 1);
	assert_int_equal(v.at.wanted.number, DV_MAX_PATH);
	assert_int_equal(v.at.found.number, DV_MAX_PATH + 1);
	w.policy.max_path = UINT32_MAX;
	(void)refused(DV_R_PATH_TOO_LONG, DV_OBJECT_CERTIFICATE,
	    DV_MAX_PATH - 1);
	for (size_t n = 1; n <= DV_MAX_PATH; n++) {
		ladder(n);
		w.policy.max_path = (unsigned)n;
		accepted(n, (unsigned)n);
		w.policy.max_path = (unsigned)n - 1;
		(void)refused(DV_R_PATH_TOO_LONG, DV_OBJECT_CERTIFICATE,
		    n == 1 ? 0 : (unsigned)n - 2);
	}
}

/* What is wrong with the leaf comes before how long a path may be. */
static void
test_no_path_at_all(void **state)
{
	(void)state;
	w.chain.leaf = KIT_OCTETS("\x31\0");
	w.policy.max_path = 0;
	(void)refused(DV_R_NOT_DER, DV_OBJECT_CERTIFICATE, 0);
}

/* The library's answer at each asking in turn is anything but VALID. */
static void
test_failing_library_accepts_nothing(void **state)
{
	static const enum dv_crypto answers[] = { DV_CRYPTO_FAILED,
	    DV_CRYPTO_INVALID, (enum dv_crypto)7 };

	(void)state;
	ladder(5);
	for (size_t i = 0; i < 3; i++) {
		fake.instead = answers[i];
		for (fake.fail_at = 1; fake.fail_at <= 5; fake.fail_at++)
			(void)refused(DV_R_SIGNATURE_INVALID,
			    DV_OBJECT_CERTIFICATE, fake.fail_at - 1);
	}
	fake.fail_at = 0;
	fake.bad_point = true;
	(void)refused(DV_R_POINT_NOT_ON_CURVE, DV_OBJECT_CERTIFICATE, 0);
	fake.bad_point = false;
	fake.bad_key = 4;
	(void)refused(DV_R_POINT_NOT_ON_CURVE, DV_OBJECT_CERTIFICATE, 1);
	assert_int_equal(fake.verified, 0);
	fake.bad_key = ROOT_KEY;
	assert_int_equal(ask().object, DV_OBJECT_ANCHOR);
	assert_int_equal(fake.verified, 4);
}

/*
 * 32 authorities of one name that all seem to have signed each other: more
 * paths than could ever be walked.
 */
static void
test_budget(void **state)
{
	(void)state;
	fake.always_valid = true;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "x", .key = 99,
	    .signer = 1, .no_key_ids = true });
	w.policy.profile = DV_PROFILE_PATH;
	for (uint8_t i = 0; i < DV_MAX_INTERMEDIATES; i++)
		add((struct kit_cert){ .subject = "x", .issuer = "x",
		    .key = (uint8_t)(i + 1), .signer = 1, .ca = true,
		    .no_key_ids = true });
	(void)refused(DV_R_BUDGET_SPENT, DV_OBJECT_CERTIFICATE,
	    DV_MAX_PATH - 2);
	assert_int_equal(fake.verified, DV_MAX_SIGNATURES);
}

/* The last signature of the budget may still be the one that decides. */
static void
test_budget_at_its_limit(void **state)
{
	static struct dv_anchor many[DV_MAX_SIGNATURES + 1];

	(void)state;
	ladder(1);
	w.anchor[0].key_id = KIT_NONE;
	many[0] = w.anchor[0];
	many[0].spki = kit_spki(1);
	for (size_t i = 1; i <= DV_MAX_SIGNATURES; i++)
		many[i] = many[0];
	w.chain.anchors = many;
	w.chain.anchor_count = DV_MAX_SIGNATURES + 1;
	many[DV_MAX_SIGNATURES - 1] = w.anchor[0];
	accepted(1, DV_MAX_SIGNATURES);
	many[DV_MAX_SIGNATURES - 1] = many[0];
	many[DV_MAX_SIGNATURES] = w.anchor[0];
	(void)refused(DV_R_SIGNATURE_INVALID, DV_OBJECT_CERTIFICATE, 0);
	assert_int_equal(fake.verified, DV_MAX_SIGNATURES);
}

static void
test_too_many_intermediates(void **state)
{
	struct dv_verdict v;

	(void)state;
	ladder(2);
	while (w.chain.intermediate_count < DV_MAX_INTERMEDIATES)
		add((struct kit_cert){ .subject = "s", .issuer = "t", .key = 5,
		    .signer = 6, .ca = true });
	accepted(2, 2);
	w.chain.intermediate_count++;
	v = refused(DV_R_LIMIT, DV_OBJECT_NONE, 0);
	assert_int_equal(v.at.wanted.number, DV_MAX_INTERMEDIATES);
	assert_int_equal(v.at.found.number, DV_MAX_INTERMEDIATES + 1);
	assert_int_equal(fake.verified, 0);
}

/* None of them is looked at. */
static void
test_too_many_crls(void **state)
{
	static const struct dv_crl crls[DV_MAX_CRLS + 1];
	struct dv_verdict v;

	(void)state;
	ladder(2);
	w.chain.crls = crls;
	w.chain.crl_count = DV_MAX_CRLS + 1;
	v = refused(DV_R_LIMIT, DV_OBJECT_NONE, 0);
	assert_int_equal(v.at.wanted.number, DV_MAX_CRLS);
	assert_int_equal(v.at.found.number, DV_MAX_CRLS + 1);
}

/* Key identifiers choose among equals, so a decoy costs nothing ... */
static void
test_decoys_with_other_key_ids(void **state)
{
	(void)state;
	ladder(3);
	for (uint8_t i = 0; i < 5; i++)
		add((struct kit_cert){ .subject = "ca2", .issuer = "ca1",
		    .key = (uint8_t)(10 + i), .signer = 1, .ca = true });
	reverse();
	accepted(3, 3);
}

/* ... but they are hints: without them, or against them, it is found. */
static void
test_key_ids_only_order(void **state)
{
	(void)state;
	w.policy.profile = DV_PROFILE_PATH;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "ca", .key = 99,
	    .signer = 1, .no_key_ids = true });
	for (uint8_t i = 0; i < 5; i++)
		add((struct kit_cert){ .subject = "ca", .issuer = "root",
		    .key = (uint8_t)(10 + i), .signer = ROOT_KEY, .ca = true });
	add((struct kit_cert){ .subject = "ca", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true });
	accepted(2, 7);
	ladder(2);
	w.anchor[0].key_id = kit_key_id(5);
	accepted(2, 2);
}

static void
test_decoy_anchors(void **state)
{
	(void)state;
	ladder(2);
	w.chain.anchor_count = 3;
	w.anchor[2] = w.anchor[0];
	w.anchor[0] = anchor_of("root", 61);
	w.anchor[1] = anchor_of("other", ROOT_KEY);
	accepted(2, 2);
	assert_int_equal(w.path.anchor, 2);
	w.anchor[0].key_id = KIT_NONE;
	accepted(2, 3);
	assert_int_equal(w.path.anchor, 2);
}

/* A first issuer that leads nowhere, a second that leads to the root. */
static void
test_way_back_from_dead_end(void **state)
{
	(void)state;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "ca", .key = 99,
	    .signer = 1 });
	add((struct kit_cert){ .subject = "ca", .issuer = "gone", .key = 1,
	    .signer = 2, .ca = true });
	add((struct kit_cert){ .subject = "ca", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true });
	accepted(2, 3);
	assert_ptr_equal(w.path.cert[1].der.ptr, w.pile[1].ptr);
}

static void
test_same_certificates_again(void **state)
{
	(void)state;
	ladder(3);
	for (size_t i = 0; i < 6; i++)
		w.pile[w.chain.intermediate_count++] = w.pile[i % 2];
	w.pile[w.chain.intermediate_count++] = w.chain.leaf;
	accepted(3, 3);
}

/* An authority under its old and its new name is no circle. */
static void
test_one_key_two_names(void **state)
{
	(void)state;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "new", .key = 99,
	    .signer = 1 });
	add((struct kit_cert){ .subject = "new", .issuer = "old", .key = 1,
	    .signer = 1, .ca = true });
	add((struct kit_cert){ .subject = "old", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true });
	accepted(3, 3);
}

/* Two authorities that vouch for each other, and one for itself. */
static void
test_loops_end(void **state)
{
	(void)state;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "a", .key = 99,
	    .signer = 1 });
	add((struct kit_cert){ .subject = "a", .issuer = "b", .key = 1,
	    .signer = 2, .ca = true });
	add((struct kit_cert){ .subject = "b", .issuer = "a", .key = 2,
	    .signer = 1, .ca = true });
	(void)refused(DV_R_NO_ISSUER, DV_OBJECT_CERTIFICATE, 2);
	assert_int_equal(fake.verified, 2);
	/* Under another certificate of the same name and key: no new way. */
	add((struct kit_cert){ .subject = "a", .issuer = "b", .key = 1,
	    .signer = 2, .ca = true, .until = "340101000000Z" });
	(void)refused(DV_R_NO_ISSUER, DV_OBJECT_CERTIFICATE, 2);
	assert_int_equal(fake.verified, 4);
	leaf((struct kit_cert){ .subject = "self", .issuer = "self", .key = 9,
	    .signer = 9 });
	w.pile[0] = w.chain.leaf;
	w.chain.intermediate_count = 1;
	(void)refused(DV_R_NO_ISSUER, DV_OBJECT_CERTIFICATE, 0);
	assert_int_equal(fake.verified, 0);
}

static void
test_no_anchors_empty_input(void **state)
{
	(void)state;
	ladder(2);
	w.chain.anchor_count = 0;
	(void)refused(DV_R_NO_ANCHORS, DV_OBJECT_NONE, 0);
	w.chain.anchor_count = 1;
	w.chain.leaf.len = 0;
	(void)refused(DV_R_INPUT_EMPTY, DV_OBJECT_CERTIFICATE, 0);
	assert_int_equal(fake.verified, 0);
}

static void
test_no_issuer_names_it(void **state)
{
	struct dv_verdict v;

	(void)state;
	ladder(3);
	w.chain.intermediate_count = 1;
	v = refused(DV_R_NO_ISSUER, DV_OBJECT_CERTIFICATE, 1);
	assert_int_equal(v.at.field, DV_F_ISSUER);
	assert_int_equal(v.at.found.kind, DV_VALUE_NAME);
	assert_true(dv_name_equal(v.at.found.bytes, kit_name("ca1")));
	assert_memory_equal(w.pile[0].ptr + v.at.offset, v.at.found.bytes.ptr,
	    v.at.found.bytes.len);
	assert_string_equal(v.at.wanted.label, "key id");
	assert_int_equal(fake.verified, 1);
	w.policy.profile = DV_PROFILE_PATH;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "ca", .key = 99,
	    .signer = 1, .no_key_ids = true });
	v = refused(DV_R_NO_ISSUER, DV_OBJECT_CERTIFICATE, 0);
	assert_int_equal(v.at.wanted.kind, DV_VALUE_NONE);
}

/* A forged issuer is told apart from a real one that is not fit. */
static void
test_nearest_miss(void **state)
{
	(void)state;
	ladder(2);
	w.chain.intermediate_count = 0;
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 33,
	    .signer = ROOT_KEY, .ca = true, .until = "260101000000Z" });
	(void)refused(DV_R_SIGNATURE_INVALID, DV_OBJECT_CERTIFICATE, 0);
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = false });
	(void)refused(DV_R_CA_FLAG_MISSING, DV_OBJECT_CERTIFICATE, 1);
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .until = "260101000000Z" });
	(void)refused(DV_R_EXPIRED, DV_OBJECT_CERTIFICATE, 1);
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true });
	assert_int_equal(ask().status, DV_ACCEPTED);
}

/* Of equally near misses the first is told. */
static void
test_first_of_equals(void **state)
{
	(void)state;
	ladder(1);
	w.chain.anchor_count = 2;
	w.anchor[1] = w.anchor[0];
	w.anchor[0].not_before.s = KIT_NOW + 1;
	w.anchor[1].not_after.s = KIT_NOW - 1;
	(void)refused(DV_R_NOT_YET_VALID, DV_OBJECT_ANCHOR, 0);
}

/* Anchors are asked once for each certificate, not again on the way back. */
static void
test_anchors_asked_once(void **state)
{
	(void)state;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "root", .key = 99,
	    .signer = 1 });
	add((struct kit_cert){ .subject = "root", .issuer = "gone", .key = 1,
	    .signer = 2, .ca = true });
	(void)refused(DV_R_SIGNATURE_INVALID, DV_OBJECT_CERTIFICATE, 0);
	assert_int_equal(fake.verified, 2);
}

static void
test_forged_intermediate(void **state)
{
	struct dv_verdict v;

	(void)state;
	ladder(3);
	w.chain.intermediate_count = 1;
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .bad_signature = true });
	v = refused(DV_R_SIGNATURE_INVALID, DV_OBJECT_CERTIFICATE, 2);
	assert_int_equal(v.at.field, DV_F_SIGNATURE_VALUE);
}

static void
test_broken_intermediate_is_passed_over(void **state)
{
	(void)state;
	ladder(3);
	w.pile[2] = w.pile[0];
	w.pile[0].len--;
	w.chain.intermediate_count = 3;
	accepted(3, 3);
	/* It may be the missing issuer: this is more than that nobody is. */
	w.chain.intermediate_count = 2;
	(void)refused(DV_R_TRUNCATED, DV_OBJECT_CERTIFICATE, 1);
}

/* The record of the steps, of the path accepted or nearest to it. */
static void
test_trace(void **state)
{
	const struct dv_trace *trace = &w.work.trace;

	(void)state;
	ladder(3);
	accepted(3, 3);
	assert_int_equal(trace->count, 4);
	assert_int_equal(trace->row[3].object, DV_OBJECT_ANCHOR);
	for (unsigned i = 0; i < 3; i++) {
		const uint8_t *state_of = trace->row[i].state;

		assert_int_equal(trace->row[i].object, DV_OBJECT_CERTIFICATE);
		assert_int_equal(trace->row[i].index, i);
		assert_true(dv_name_equal(trace->row[i].name,
		    w.path.cert[i].subject));
		for (enum dv_step s = 0; s < DV_STEP_COUNT; s++) {
			assert_int_not_equal(state_of[s], DV_STEP_FAILED);
			assert_int_not_equal(state_of[s], DV_STEP_NOT_REACHED);
		}
		assert_int_equal(state_of[DV_STEP_SIGNATURE], DV_STEP_PASSED);
		assert_int_equal(state_of[DV_STEP_CA_FLAG], i == 0 ?
		    DV_STEP_NOT_HERE : DV_STEP_PASSED);
		assert_int_equal(state_of[DV_STEP_PURPOSE], DV_STEP_NOT_ASKED);
		assert_int_equal(state_of[DV_STEP_KEY_USAGE_SIGNATURE], i == 0 ?
		    DV_STEP_NOT_ASKED : DV_STEP_NOT_HERE);
	}
	w.policy.purpose = KIT_OCTETS("\x2a\x03\x04");
	accepted(3, 3);
	assert_int_equal(trace->row[0].state[DV_STEP_PURPOSE],
	    DV_STEP_PASSED);
	assert_int_equal(trace->row[0].state[DV_STEP_KEY_USAGE_SIGNATURE],
	    DV_STEP_PASSED);
	w.policy.purpose = KIT_NONE;
	w.policy.profile = DV_PROFILE_PATH;
	accepted(3, 3);
	assert_int_equal(trace->row[1].state[DV_STEP_AUTHORITY_KEY_ID],
	    DV_STEP_NOT_IN_PROFILE);
	w.policy.at = (dv_time){ 0 };
	(void)refused(DV_R_NOT_YET_VALID, DV_OBJECT_CERTIFICATE, 0);
	assert_int_equal(trace->count, 1);
	assert_int_equal(trace->row[0].state[DV_STEP_VALIDITY],
	    DV_STEP_FAILED);
	assert_int_equal(trace->row[0].state[DV_STEP_SIGNATURE],
	    DV_STEP_NOT_REACHED);
	w.policy = dv_policy_strict((dv_time){ KIT_NOW });
	w.policy.require_explicit = true;
	(void)refused(DV_R_POLICY_REQUIRED, DV_OBJECT_CERTIFICATE, 2);
	assert_int_equal(trace->count, 4);
	assert_int_equal(trace->row[2].state[DV_STEP_POLICIES],
	    DV_STEP_FAILED);
	assert_int_equal(trace->row[2].state[DV_STEP_SIGNATURE],
	    DV_STEP_PASSED);
	assert_int_equal(trace->row[0].state[DV_STEP_REVOCATION],
	    DV_STEP_NOT_REACHED);
	w.policy.require_explicit = false;
	w.chain.intermediate_count = 1;
	(void)refused(DV_R_NO_ISSUER, DV_OBJECT_CERTIFICATE, 1);
	assert_int_equal(trace->count, 2);
	assert_int_equal(trace->row[1].state[DV_STEP_ISSUER], DV_STEP_FAILED);
}

/* The steps are a closed table with words for each. */
static void
test_step_names(void **state)
{
	(void)state;
	for (enum dv_step s = 0; s < DV_STEP_COUNT; s++) {
		assert_true(dv_step_name(s)[0] != '\0');
		assert_true(dv_step_rule(s)[0] != '\0');
	}
	assert_string_equal(dv_step_name(DV_STEP_COUNT), "");
	assert_string_equal(dv_step_rule(DV_STEP_COUNT), "");
	assert_string_equal(dv_step_name(DV_STEP_VALIDITY), "validity");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ordered_chain_costs_its_length),
		TEST(test_strangers_cost_nothing),
		TEST(test_too_long),
		TEST(test_no_path_at_all),
		TEST(test_failing_library_accepts_nothing),
		TEST(test_budget),
		TEST(test_budget_at_its_limit),
		TEST(test_too_many_intermediates),
		TEST(test_too_many_crls),
		TEST(test_decoys_with_other_key_ids),
		TEST(test_key_ids_only_order),
		TEST(test_decoy_anchors),
		TEST(test_way_back_from_dead_end),
		TEST(test_same_certificates_again),
		TEST(test_one_key_two_names),
		TEST(test_loops_end),
		TEST(test_no_anchors_empty_input),
		TEST(test_no_issuer_names_it),
		TEST(test_nearest_miss),
		TEST(test_first_of_equals),
		TEST(test_anchors_asked_once),
		TEST(test_forged_intermediate),
		TEST(test_broken_intermediate_is_passed_over),
		TEST(test_trace),
		TEST(test_step_names),
	};

	return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
