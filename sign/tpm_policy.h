/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Policies of keys in files: bound to platform configuration registers (PCR),
 * or to what an authority approves. One register a step, so that a refusal can
 * name the one that changed.
 */
#ifndef TPM_POLICY_H
#define TPM_POLICY_H

#include "tpm_esys.h"

/* ---- registers (tpm_pcr.c) ------------------------------------------------ */

#define DS_TPM_PCRS 24

struct ds_tpm_pcr {
	TPMI_ALG_HASH bank;
	unsigned index;
	TPM2B_DIGEST value;		/* size 0: to be read from the TPM */
};

struct ds_tpm_pcrs {
	struct ds_tpm_pcr pcr[DS_TPM_PCRS];
	size_t count;
};

/* "sha256:0,7", each register once, with "=HEX" for a value to come. */
DV_MUST_USE enum dv_exit ds_tpm_pcrs_parse(const char *text,
    struct ds_tpm_pcrs *out, struct dv_err *err);

/* Those without a value, by the TPM. tpm NULL: none may be without. */
DV_MUST_USE enum dv_exit ds_tpm_pcrs_read(struct ds_tpm *tpm,
    struct ds_tpm_pcrs *pcrs, struct dv_err *err);

/* "sha256", "sha384", "sha512", "sha1". */
const char *ds_tpm_bank_name(TPMI_ALG_HASH bank);

/* ---- steps (tpm_policy.c) ------------------------------------------------- */

enum dv_hash_id ds_tpm_hash_id(TPMI_ALG_HASH alg);

/* A policy in the making: steps, and the octets they point to. */
struct ds_tpm_steps {
	struct ds_tpm_policy policy;
	uint8_t room[8192];
	size_t len;
};

/* PolicyPCR for each register. False: no room. */
DV_MUST_USE bool ds_tpm_steps_pcrs(struct ds_tpm_steps *s,
    const struct ds_tpm_pcrs *pcrs);

/* PolicyAuthorize by the key, with its signature or none (sigAlg NULL). */
DV_MUST_USE bool ds_tpm_steps_authorize(struct ds_tpm_steps *s,
    const TPM2B_PUBLIC *authority, const TPMT_SIGNATURE *signature);

/* A step's parameters; false: not what they must be. */
DV_MUST_USE bool ds_tpm_step_pcr(const struct ds_tpm_step *step,
    size_t digest_len, TPML_PCR_SELECTION *selection, TPM2B_DIGEST *digest);
struct ds_tpm_authorize {
	TPM2B_PUBLIC authority;
	TPM2B_DIGEST ref;
	TPMT_SIGNATURE signature;
};
DV_MUST_USE bool ds_tpm_step_authorize(const struct ds_tpm_step *step,
    struct ds_tpm_authorize *out);

/* The digest that the TPM has after the first `count` steps; false: one of
 * them is not known. */
DV_MUST_USE bool ds_tpm_policy_digest(const struct ds_tpm_policy *policy,
    size_t count, enum dv_hash_id hash, TPM2B_DIGEST *out);

/* A verifying key as the TPM is given it; false: a TPM has no such keys. */
DV_MUST_USE bool ds_tpm_authority(const struct dv_key *key, TPM2B_PUBLIC *out);

/* ---- keys ----------------------------------------------------------------- */

/* Is tpm->key used by the policy in its file? */
bool ds_tpm_has_policy(const struct ds_tpm *tpm);

struct ds_tpm_sign_call;
DV_MUST_USE enum dv_exit ds_tpm_sign_by_policy(struct ds_tpm *tpm,
    struct ds_tpm_sign_call *s, struct dv_err *err);

/* The policy that a new key asks for; count 0: none. */
DV_MUST_USE enum dv_exit ds_tpm_policy_new(struct ds_tpm *tpm,
    const struct ds_key_new *what, struct ds_tpm_steps *out,
    struct dv_err *err);

#endif
