/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Policies without a TPM: how registers are named, what steps become in a file
 * and back, and that no octets make the readers stumble. That a TPM computes
 * the same digests is shown in tests/tpm/keys.bats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "dv_hash.h"
#include "tpm_policy.h"

static struct dv_err err;
static struct ds_tpm_pcrs pcrs;
static struct ds_tpm_steps steps;

#define ONES_32                                                               \
	"1111111111111111111111111111111111111111111111111111111111111111"

static void
test_registers(void **state)
{
	(void)state;
	assert_int_equal(ds_tpm_pcrs_parse("sha256:0,7,23", &pcrs, &err),
	    DV_EXIT_YES);
	assert_int_equal(pcrs.count, 3);
	assert_int_equal(pcrs.pcr[0].index, 0);
	assert_int_equal(pcrs.pcr[2].index, 23);
	assert_int_equal(pcrs.pcr[2].bank, TPM2_ALG_SHA256);
	assert_int_equal(pcrs.pcr[2].value.size, 0);

	assert_int_equal(ds_tpm_pcrs_parse("sha256:7=" ONES_32 ",4", &pcrs,
	    &err), DV_EXIT_YES);
	assert_int_equal(pcrs.count, 2);
	assert_int_equal(pcrs.pcr[0].value.size, 32);
	assert_int_equal(pcrs.pcr[0].value.buffer[31], 0x11);
	assert_int_equal(pcrs.pcr[1].index, 4);

	assert_int_equal(ds_tpm_pcrs_parse("sha384:1", &pcrs, &err),
	    DV_EXIT_YES);
	assert_int_equal(pcrs.pcr[0].bank, TPM2_ALG_SHA384);
}

static void
test_registers_that_are_none(void **state)
{
	static const char *const texts[] = { "", ":", "sha256", "sha256:",
		"sha256:,", "sha256:1,", "sha256:24", "sha256:001", "sha256:-1",
		"sha256: 1", "sha256:1 ", "sha256:1;2", "sha256:1,1",
		"sha256:1=", "sha256:1=1", ("sha256:1=" ONES_32 "1"),
		("sha384:1=" ONES_32), "SHA256:1", "sha1:1", "sha25:1" };
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (ds_tpm_pcrs_parse(texts[i], &pcrs, &err) != DV_EXIT_USAGE)
			fail_msg("\"%s\" was taken", texts[i]);
		assert_non_null(strstr(err.what, texts[i]));
	}
}

static void
steps_begin(void)
{
	memset(&steps, 0, sizeof(steps));
	assert_int_equal(ds_tpm_pcrs_parse("sha256:9=" ONES_32 ",23=" ONES_32,
	    &pcrs, &err), DV_EXIT_YES);
	assert_true(ds_tpm_steps_pcrs(&steps, &pcrs));
}

static void
test_one_register_a_step(void **state)
{
	TPML_PCR_SELECTION list;
	TPM2B_DIGEST digest;
	uint8_t want[DV_MAX_DIGEST];
	(void)state;
	steps_begin();
	assert_int_equal(steps.policy.count, 2);
	assert_true(ds_tpm_step_pcr(&steps.policy.step[1], 32, &list, &digest));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.pcrSelections[0].pcrSelect[2], 1 << 7);
	assert_int_equal(list.pcrSelections[0].pcrSelect[1], 0);
	assert_int_equal(dv_hash_once(DV_HASH_SHA256, (struct dv_bytes){
	    pcrs.pcr[1].value.buffer, 32 }, want), 32);
	assert_memory_equal(digest.buffer, want, 32);
	assert_false(ds_tpm_step_pcr(&steps.policy.step[1], 48, &list,
	    &digest));
}

/* Part 3, 23.7: H(old || TPM_CC_PolicyPCR || selection || digest). */
static void
test_digest_of_a_register(void **state)
{
	static const uint8_t code[] = { 0, 0, 1, 0x7f };
	uint8_t text[32 + 4 + 64] = { 0 }, want[DV_MAX_DIGEST];
	TPM2B_DIGEST found;
	(void)state;
	steps_begin();
	const struct dv_bytes body = steps.policy.step[0].body;
	memcpy(text + 32, code, 4);
	memcpy(text + 36, body.ptr, body.len);
	assert_int_equal(dv_hash_once(DV_HASH_SHA256, (struct dv_bytes){ text,
	    36 + body.len }, want), 32);
	assert_true(ds_tpm_policy_digest(&steps.policy, 1, DV_HASH_SHA256,
	    &found));
	assert_int_equal(found.size, 32);
	assert_memory_equal(found.buffer, want, 32);
	steps.policy.step[0].command = TPM2_CC_PolicySecret;
	assert_false(ds_tpm_policy_digest(&steps.policy, 1, DV_HASH_SHA256,
	    &found));
	assert_false(ds_tpm_policy_digest(&steps.policy, 0, DV_HASH_NONE,
	    &found));
}

static void
authority_add(void)
{
	static const TPMT_SIGNATURE none = { .sigAlg = TPM2_ALG_NULL };
	static uint8_t point[65] = { 4, 1, 2, 3 };
	struct dv_key key = { .type = DV_KEY_P256, .octets = DV_BYTES(point) };
	TPM2B_PUBLIC pub;
	steps_begin();
	assert_true(ds_tpm_authority(&key, &pub));
	assert_true(ds_tpm_steps_authorize(&steps, &pub, &none));
	key.type = DV_KEY_P384;
	assert_false(ds_tpm_authority(&key, &pub));
	key.type = DV_KEY_ED25519;
	assert_false(ds_tpm_authority(&key, &pub));
}

/* No prefix is taken for the whole. */
static void
cut_anywhere(struct ds_tpm_step step)
{
	struct ds_tpm_authorize a;
	TPML_PCR_SELECTION list;
	TPM2B_DIGEST digest;
	size_t whole = step.body.len;
	for (step.body.len = 0; step.body.len <= whole; step.body.len++)
		assert_int_equal(step.command == TPM2_CC_PolicyPCR ?
		    ds_tpm_step_pcr(&step, 32, &list, &digest) :
		    ds_tpm_step_authorize(&step, &a), step.body.len == whole);
}

/* Another register or value is another policy. */
static void
changed_anywhere(struct ds_tpm_step step, uint8_t *body)
{
	const struct ds_tpm_policy policy = { .step = { step }, .count = 1 };
	TPM2B_DIGEST was, is;
	assert_true(ds_tpm_policy_digest(&policy, 1, DV_HASH_SHA256, &was));
	for (size_t i = 0; i < 256 * step.body.len; i++) {
		uint8_t octet = body[i / 256];
		body[i / 256] = (uint8_t)i;
		if (ds_tpm_policy_digest(&policy, 1, DV_HASH_SHA256, &is) &&
		    step.command == TPM2_CC_PolicyPCR && octet != (uint8_t)i)
			assert_memory_not_equal(is.buffer, was.buffer, 32);
		body[i / 256] = octet;
	}
}

static void
test_steps_cut_or_changed(void **state)
{
	(void)state;
	authority_add();
	for (size_t i = 0; i < steps.policy.count; i++) {
		struct ds_tpm_step step = steps.policy.step[i];
		/* as large as it must be, for tools that see a read behind it */
		uint8_t *body = malloc(step.body.len);
		assert_non_null(body);
		memcpy(body, step.body.ptr, step.body.len);
		step.body.ptr = body;
		cut_anywhere(step);
		changed_anywhere(step, body);
		free(body);
	}
}

static void
test_no_more_steps_than_room(void **state)
{
	(void)state;
	steps_begin();
	while (steps.policy.count < DS_TPM_STEPS)
		assert_true(ds_tpm_steps_pcrs(&steps, &pcrs));
	assert_false(ds_tpm_steps_pcrs(&steps, &pcrs));
	assert_int_equal(steps.policy.count, DS_TPM_STEPS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_registers_that_are_none),
		cmocka_unit_test(test_one_register_a_step),
		cmocka_unit_test(test_digest_of_a_register),
		cmocka_unit_test(test_steps_cut_or_changed),
		cmocka_unit_test(test_no_more_steps_than_room),
	};
	return cmocka_run_group_tests_name("ds_tpm_policy", tests, NULL, NULL);
}
