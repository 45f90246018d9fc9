/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several signatures as one answer: which decides, how many keys count, and
 * until when. The bytes of such envelopes are in vectors/sign/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bytes.h"
#include "dv_sign1.h"

static const uint8_t keys[4][2] = { { 0, 1 }, { 0, 2 }, { 0, 3 }, { 0, 4 } };

/* Accepted until then, by the key of that number. */
static struct dv_outcome
good(int64_t until, size_t key)
{
	return (struct dv_outcome){ .verdict = { .status = DV_ACCEPTED },
	    .good_until = { until }, .key = { .type = DV_KEY_P256,
	    .octets = { keys[key], 2 } } };
}

static struct dv_outcome
bad(enum dv_reason reason)
{
	return (struct dv_outcome){ .verdict = { .status = DV_REJECTED,
	    .reason = reason } };
}

static void
check(const struct dv_outcome *each, size_t count, size_t needed,
    enum dv_reason reason, size_t decides)
{
	size_t found = 99;
	const struct dv_verdict v = dv_outcomes_decide(each, count, needed,
	    &found);

	assert_string_equal(dv_reason_name(v.reason), dv_reason_name(reason));
	assert_int_equal(v.status, reason == DV_R_NONE ? DV_ACCEPTED :
	    DV_REJECTED);
	assert_int_equal(found, decides);
}

static void
test_all(void **state)
{
	struct dv_outcome each[3] = { good(30, 0), good(10, 1), good(20, 1) };

	(void)state;
	check(each, 3, 0, DV_R_NONE, 1);
	check(each, 1, 0, DV_R_NONE, 0);
	each[2] = bad(DV_R_EXPIRED);
	check(each, 3, 0, DV_R_EXPIRED, 2);
	each[1] = bad(DV_R_NO_ISSUER);
	check(each, 3, 0, DV_R_NO_ISSUER, 1);
	/* A refusal decides, whatever end its path had. */
	each[1].good_until.s = 99;
	each[2].good_until.s = 99;
	check(each, 3, 0, DV_R_NO_ISSUER, 1);
	each[0] = (struct dv_outcome){ .good_until = { 0 } };
	assert_int_not_equal(dv_outcomes_decide(each, 3, 0,
	    &(size_t){ 0 }).status, DV_ACCEPTED);
}

static void
test_threshold(void **state)
{
	struct dv_outcome each[4] = { good(30, 0), good(10, 1), good(20, 1),
	    good(40, 2) };

	(void)state;
	/* the best three keys are 2, 0 and 1, whose better one ends at 20 */
	check(each, 4, 1, DV_R_NONE, 3);
	check(each, 4, 2, DV_R_NONE, 0);
	check(each, 4, 3, DV_R_NONE, 2);
	check(each, 4, 4, DV_R_SIGNATURES_TOO_FEW, 4);
	each[3] = bad(DV_R_NO_ISSUER);
	check(each, 4, 2, DV_R_NONE, 2);
	check(each, 4, 3, DV_R_SIGNATURES_TOO_FEW, 4);
	each[0] = bad(DV_R_EXPIRED);
	check(each, 4, 1, DV_R_NONE, 2);
	check(each, 4, 2, DV_R_SIGNATURES_TOO_FEW, 4);
	/* none: what came nearest, or how many there are */
	each[1] = each[2] = bad(DV_R_NO_ISSUER);
	check(each, 4, 1, DV_R_EXPIRED, 0);
	each[2] = bad(DV_R_EXPIRED);
	check(each + 1, 2, 1, DV_R_EXPIRED, 1);
	each[2] = bad(DV_R_NO_ISSUER);
	check(each, 4, 2, DV_R_SIGNATURES_TOO_FEW, 4);
}

/* Counts that nobody should ask for are never accepted. */
static void
test_bounds(void **state)
{
	struct dv_outcome each[DV_MAX_SIGNERS + 1];
	size_t found;

	(void)state;
	for (size_t i = 0; i <= DV_MAX_SIGNERS; i++)
		each[i] = good(10, 0);
	check(each, 0, 0, DV_R_SIGNATURES_TOO_FEW, 0);
	check(each, 0, 1, DV_R_SIGNATURES_TOO_FEW, 0);
	check(each, 2, 3, DV_R_SIGNATURES_TOO_FEW, 2);
	assert_int_equal(dv_outcomes_decide(each, 2, 3, &found).at.found.number,
	    1);
	check(each, DV_MAX_SIGNERS, 0, DV_R_NONE, 0);
	check(each, DV_MAX_SIGNERS + 1, 0, DV_R_SIGNATURES_TOO_FEW,
	    DV_MAX_SIGNERS + 1);
}

static void
test_same_key(void **state)
{
	const struct dv_key one = { .type = DV_KEY_P256,
	    .octets = { keys[0], 2 } };
	struct dv_key other = one;
	struct dv_key rsa = { .type = DV_KEY_RSA, .modulus = { keys[0], 2 },
	    .exponent = { keys[1], 2 }, .octets = { keys[1], 2 } };
	struct dv_key pss = rsa;

	(void)state;
	assert_true(dv_key_same(&one, &other));
	other.octets.ptr = keys[1];
	assert_false(dv_key_same(&one, &other));
	other = one;
	other.type = DV_KEY_ED25519;
	assert_false(dv_key_same(&one, &other));
	/* RFC 4055: one RSA key under two algorithms, written in two ways */
	pss.type = DV_KEY_RSA_PSS;
	pss.octets.ptr = keys[2];
	pss.exponent.ptr = keys[3];
	assert_true(dv_key_same(&rsa, &pss));
	pss.modulus.ptr = keys[3];
	assert_false(dv_key_same(&rsa, &pss));
	assert_false(dv_key_same(&rsa, &one));
	assert_false(dv_key_same(&one, &rsa));
}

static void
test_is_several(void **state)
{
	static const uint8_t several[] = { 0xd8, 0x62, 0x84 },
	    longer[] = { 0xd9, 0x00, 0x62, 0x84 }, one[] = { 0xd2, 0x84 },
	    number[] = { 0x18, 0x62 };

	(void)state;
	assert_true(dv_sign_is_several(DV_BYTES(several), DV_PROFILE_STRICT));
	assert_true(dv_sign_is_several(DV_BYTES(several), DV_PROFILE_PATH));
	assert_false(dv_sign_is_several(DV_BYTES(longer), DV_PROFILE_STRICT));
	assert_true(dv_sign_is_several(DV_BYTES(longer), DV_PROFILE_PATH));
	assert_false(dv_sign_is_several(DV_BYTES(one), DV_PROFILE_PATH));
	assert_false(dv_sign_is_several(DV_BYTES(number), DV_PROFILE_PATH));
	assert_false(dv_sign_is_several((struct dv_bytes){ NULL, 0 },
	    DV_PROFILE_PATH));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_threshold),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_same_key),
		cmocka_unit_test(test_is_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
