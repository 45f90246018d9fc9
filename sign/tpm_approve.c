/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An authority approves values of registers for a key in a file: in advance of
 * an update, and far from the device when the values are given. Nothing of the
 * key itself changes. TCG TPM 2.0 Library part 3, 23.16.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "tpm_policy.h"

static enum dv_exit
authority_check(const struct ds_tpm_approval *what,
    const struct ds_tpm_file *file, TPM2B_PUBLIC *authority,
    struct dv_err *err)
{
	struct ds_tpm_authorize a;
	struct ds_tpm_name wanted, found;
	if (file->policy.count != 1 ||
	    file->policy.step[0].command != TPM2_CC_PolicyAuthorize ||
	    !ds_tpm_step_authorize(&file->policy.step[0], &a) ||
	    a.ref.size != 0) {
		enum dv_exit ret = dv_fail(err, DV_EXIT_NO, "%s: nobody can "
		    "approve policies of this key", what->path);
		return dv_hint(err, ret, "it was not made with --policy-key");
	}
	if (!ds_tpm_authority(ds_key_public(what->authority), authority) ||
	    !ds_tpm_name(&authority->publicArea, &found) ||
	    !ds_tpm_name(&a.authority.publicArea, &wanted) ||
	    found.len != wanted.len ||
	    memcmp(found.octets, wanted.octets, found.len) != 0)
		return dv_fail(err, DV_EXIT_NO, "%s: %s is not the authority of "
		    "this key", what->path, ds_key_spec(what->authority));
	return DV_EXIT_YES;
}

/* As the TPM takes it from the form of ds_key_sign(). */
static bool
signature_make(const struct dv_key *key, const uint8_t *sig, size_t len,
    TPMT_SIGNATURE *out)
{
	TPMS_SIGNATURE_ECC *ecc = &out->signature.ecdsa;
	TPMS_SIGNATURE_RSA *rsa = &out->signature.rsassa;
	size_t half = len / 2;
	*out = (TPMT_SIGNATURE){ .sigAlg = key->type == DV_KEY_RSA ?
	    TPM2_ALG_RSASSA : TPM2_ALG_ECDSA };
	out->signature.any.hashAlg = key->type == DV_KEY_P384 ?
	    TPM2_ALG_SHA384 : TPM2_ALG_SHA256;
	if (key->type == DV_KEY_RSA) {
		rsa->sig.size = (UINT16)len;
		return dv_bytes_copy(rsa->sig.buffer, sizeof(rsa->sig.buffer),
		    (struct dv_bytes){ sig, len });
	}
	ecc->signatureR.size = ecc->signatureS.size = (UINT16)half;
	return dv_bytes_copy(ecc->signatureR.buffer,
	    sizeof(ecc->signatureR.buffer), (struct dv_bytes){ sig, half }) &&
	    dv_bytes_copy(ecc->signatureS.buffer,
	    sizeof(ecc->signatureS.buffer),
	    (struct dv_bytes){ sig + half, half });
}

static enum dv_exit
approve(const struct ds_tpm_approval *what, const TPM2B_PUBLIC *authority,
    const TPM2B_DIGEST *digest, struct ds_tpm_steps *steps, struct dv_err *err)
{
	const struct dv_key *key = ds_key_public(what->authority);
	struct ds_to_sign to_sign = { dv_sig_for_key(key->type),
		{ digest->buffer, digest->size } };
	uint8_t sig[DS_MAX_SIGNATURE];
	TPMT_SIGNATURE signature;
	size_t len;
	enum dv_exit ret = ds_key_sign(what->authority, &to_sign, sig, &len,
	    err);
	if (ret == DV_EXIT_YES && (!signature_make(key, sig, len, &signature) ||
	    !ds_tpm_steps_authorize(steps, authority, &signature)))
		ret = dv_fail(err, DV_EXIT_NONE, "%s: the policy is too long",
		    what->path);
	return ret;
}

/* The same registers and values, whatever the signature. */
static bool
approved_already(const struct ds_tpm_file *file,
    const struct ds_tpm_policy *policy)
{
	for (size_t i = 0; i < file->approved_count; i++) {
		const struct ds_tpm_policy *a = &file->approved[i];
		size_t k = 0;
		while (k < policy->count && a->count == policy->count + 1 &&
		    a->step[k].command == policy->step[k].command &&
		    dv_bytes_equal(a->step[k].body, policy->step[k].body))
			k++;
		if (k == policy->count)
			return true;
	}
	return false;
}

static enum dv_exit
registers(const struct ds_tpm_approval *what, struct ds_tpm_pcrs *pcrs,
    struct dv_err *err)
{
	struct ds_tpm *tpm = NULL;
	bool all = true;
	for (size_t i = 0; i < pcrs->count; i++)
		all = all && pcrs->pcr[i].value.size > 0;
	if (all)
		return DV_EXIT_YES;
	enum dv_exit ret = ds_tpm_open(ds_tpm_tcti(what->access), &tpm, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_pcrs_read(tpm, pcrs, err);
	ds_tpm_close(tpm);
	return ret;
}

static enum dv_exit
add(const struct ds_tpm_approval *what, struct ds_tpm_file *file,
    struct ds_tpm_pcrs *pcrs, bool *added, struct dv_err *err)
{
	struct ds_tpm_steps steps = { .len = 0 };
	TPM2B_PUBLIC authority;
	TPM2B_DIGEST digest;
	enum dv_exit ret = authority_check(what, file, &authority, err);
	if (ret == DV_EXIT_YES)
		ret = registers(what, pcrs, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (!ds_tpm_steps_pcrs(&steps, pcrs) ||
	    !ds_tpm_policy_digest(&steps.policy, steps.policy.count,
	    DV_HASH_SHA256, &digest))
		return dv_fail(err, DV_EXIT_NONE, "%s: the policy is too long",
		    what->path);
	if (approved_already(file, &steps.policy))
		return DV_EXIT_YES;
	if (file->approved_count == DS_TPM_APPROVALS)
		return dv_fail(err, DV_EXIT_NONE, "%s: has %d approved policies, "
		    "and there is no room for another", what->path,
		    DS_TPM_APPROVALS);
	ret = approve(what, &authority, &digest, &steps, err);
	if (ret != DV_EXIT_YES)
		return ret;
	file->approved[file->approved_count++] = steps.policy;
	*added = true;
	return ds_tpm_file_save(what->path, file, true, err);
}

enum dv_exit
ds_tpm_approve(const struct ds_tpm_approval *what, bool *added,
    struct dv_err *err)
{
	struct dv_buf der = { 0 };
	struct ds_tpm_pcrs pcrs;
	struct ds_tpm_file *file = calloc(1, sizeof(*file));
	*added = false;
	if (file == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	enum dv_exit ret = ds_tpm_pcrs_parse(what->pcr, &pcrs, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_file_load(what->path, &der, file, err);
	if (ret == DV_EXIT_YES)
		ret = add(what, file, &pcrs, added, err);
	free(file);
	dv_buf_free(&der);
	return ret;
}
