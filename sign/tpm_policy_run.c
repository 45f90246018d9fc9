/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Using a key by its policy: which one holds now, its steps in a policy
 * session, the signature. The TPM decides; what is looked at before serves to
 * choose among approved policies and to say what changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "dv_hash.h"
#include "host/pem.h"
#include "tpm_cmd.h"
#include "tpm_policy.h"

/* ---- does it hold? -------------------------------------------------------- */

struct changed {
	struct ds_tpm_pcr pcr;		/* one of those that differ */
	bool several;			/* the step speaks of more */
};

static void
selected(const TPML_PCR_SELECTION *list, struct ds_tpm_pcrs *out)
{
	out->count = 0;
	for (uint32_t i = 0; i < list->count; i++) {
		const TPMS_PCR_SELECTION *s = &list->pcrSelections[i];
		for (unsigned k = 0; k < 8u * s->sizeofSelect &&
		    k < 8u * sizeof(s->pcrSelect); k++) {
			if ((s->pcrSelect[k / 8] & 1 << k % 8) != 0 &&
			    out->count < DS_TPM_PCRS)
				out->pcr[out->count++] = (struct ds_tpm_pcr){
				    .bank = s->hash, .index = k };
		}
	}
}

static enum dv_exit
fail_form(struct ds_tpm *tpm, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NONE, "%s: a step of the key's policy cannot "
	    "be read", tpm->spec);
}

/* DV_EXIT_NO: another value than the step's; *out says which register. */
static enum dv_exit
step_holds(struct ds_tpm *tpm, const struct ds_tpm_step *step,
    struct changed *out, struct dv_err *err)
{
	enum dv_hash_id id = ds_tpm_hash_id(tpm->pub.nameAlg);
	TPML_PCR_SELECTION list;
	TPM2B_DIGEST wanted, found = { .size = 0 };
	struct ds_tpm_pcrs pcrs;
	struct dv_hash hash;
	if (step->command != TPM2_CC_PolicyPCR)
		return DV_EXIT_YES;
	if (!ds_tpm_step_pcr(step, dv_hash_size(id), &list, &wanted) ||
	    !dv_hash_start(&hash, id))
		return fail_form(tpm, err);
	selected(&list, &pcrs);
	enum dv_exit ret = ds_tpm_pcrs_read(tpm, &pcrs, err);
	if (ret != DV_EXIT_YES || pcrs.count == 0)
		return pcrs.count == 0 ? fail_form(tpm, err) : ret;
	for (size_t i = 0; i < pcrs.count; i++)
		dv_hash_update(&hash, (struct dv_bytes){
		    pcrs.pcr[i].value.buffer, pcrs.pcr[i].value.size });
	found.size = (UINT16)dv_hash_finish(&hash, found.buffer);
	*out = (struct changed){ pcrs.pcr[0], pcrs.count > 1 };
	return found.size == wanted.size && memcmp(found.buffer, wanted.buffer,
	    found.size) == 0 ? DV_EXIT_YES : DV_EXIT_NO;
}

static enum dv_exit
policy_holds(struct ds_tpm *tpm, const struct ds_tpm_policy *policy,
    struct changed *out, struct dv_err *err)
{
	enum dv_exit ret = DV_EXIT_YES;
	for (size_t i = 0; ret == DV_EXIT_YES && i < policy->count; i++)
		ret = step_holds(tpm, &policy->step[i], out, err);
	return ret;
}

/* ---- choosing ------------------------------------------------------------- */

static enum dv_exit
fail_changed(struct ds_tpm *tpm, const struct changed *c, const char *since,
    struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NO, "%s: signing: PCR %s%u (%s) changed "
	    "since %s", tpm->spec, c->several ? "in the set that begins with " :
	    "", c->pcr.index, ds_tpm_bank_name(c->pcr.bank), since);
}

static bool
by_authority(const struct ds_tpm_file *file)
{
	return file->policy.step[0].command == TPM2_CC_PolicyAuthorize;
}

/* The newest approved policy that holds now. */
static enum dv_exit
approved_choose(struct ds_tpm *tpm, const struct ds_tpm_policy **out,
    struct dv_err *err)
{
	const struct ds_tpm_file *file = tpm->file;
	struct changed first = { .several = false }, c = first;
	enum dv_exit ret = DV_EXIT_NO;
	for (size_t i = file->approved_count; ret == DV_EXIT_NO && i-- > 0;) {
		*out = &file->approved[i];
		ret = policy_holds(tpm, *out, &c, err);
		if (i + 1 == file->approved_count)
			first = c;
	}
	if (ret != DV_EXIT_NO)
		return ret;
	ret = file->approved_count == 0 ?
	    dv_fail(err, DV_EXIT_NO, "%s: signing: no policy of this key was "
	    "approved yet", tpm->spec) :
	    fail_changed(tpm, &first, "the last policy was approved", err);
	return dv_hint(err, ret, "the authority approves present or coming "
	    "values with `devsign key approve`");
}

static enum dv_exit
policy_choose(struct ds_tpm *tpm, const struct ds_tpm_policy **out,
    struct dv_err *err)
{
	struct changed c = { .several = false };
	if (by_authority(tpm->file))
		return approved_choose(tpm, out, err);
	*out = &tpm->file->policy;
	enum dv_exit ret = policy_holds(tpm, *out, &c, err);
	if (ret != DV_EXIT_NO)
		return ret;
	ret = fail_changed(tpm, &c, "the key was made", err);
	return dv_hint(err, ret, "firmware or its settings are not those the key "
	    "is bound to: bring them back, or make a new key");
}

/* ---- the policy session --------------------------------------------------- */

static TSS2_RC
run_pcr(struct ds_tpm *tpm, ESYS_TR session, const struct ds_tpm_step *step)
{
	struct ds_tpm_policy_pcr p = { .session = session };
	size_t len = dv_hash_size(ds_tpm_hash_id(tpm->pub.nameAlg));
	if (!ds_tpm_step_pcr(step, len, &p.selection, &p.digest))
		return TPM2_RC_POLICY_FAIL;
	return ds_tpm_run(tpm, &ds_tpm_call_policy_pcr, &p);
}

/* H(policy so far || reference), by the algorithm of the authority's Name. */
static bool
to_approve(const TPM2B_DIGEST *so_far, const struct ds_tpm_authorize *a,
    TPM2B_DIGEST *out)
{
	struct dv_hash hash;
	if (!dv_hash_start(&hash,
	    ds_tpm_hash_id(a->authority.publicArea.nameAlg)))
		return false;
	dv_hash_update(&hash, (struct dv_bytes){ so_far->buffer,
	    so_far->size });
	dv_hash_update(&hash, (struct dv_bytes){ a->ref.buffer, a->ref.size });
	out->size = (UINT16)dv_hash_finish(&hash, out->buffer);
	return true;
}

static TSS2_RC
verify(struct ds_tpm *tpm, const struct ds_tpm_authorize *a,
    struct ds_tpm_verify *v)
{
	struct ds_tpm_load_external l = { .pub = &a->authority };
	TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_load_external, &l);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	v->key = l.loaded;
	v->signature = &a->signature;
	rc = ds_tpm_run(tpm, &ds_tpm_call_verify, v);
	(void)ds_tpm_run(tpm, &ds_tpm_call_flush, &l.loaded);
	return rc;
}

static TSS2_RC
run_authorize(struct ds_tpm *tpm, ESYS_TR session,
    const struct ds_tpm_step *step, const TPM2B_DIGEST *so_far)
{
	struct ds_tpm_authorize a;
	struct ds_tpm_name name;
	struct ds_tpm_verify v = { .ticket = NULL };
	struct ds_tpm_policy_authorize p = { .session = session,
		.approved = *so_far };
	if (!ds_tpm_step_authorize(step, &a) ||
	    !ds_tpm_name(&a.authority.publicArea, &name) ||
	    !to_approve(so_far, &a, &v.digest))
		return TPM2_RC_POLICY_FAIL;
	p.ref.size = a.ref.size;
	memcpy(p.ref.buffer, a.ref.buffer, a.ref.size);
	p.name.size = (UINT16)name.len;
	memcpy(p.name.name, name.octets, name.len);
	TSS2_RC rc = verify(tpm, &a, &v);
	p.ticket = v.ticket;
	if (rc == TSS2_RC_SUCCESS)
		rc = ds_tpm_run(tpm, &ds_tpm_call_policy_authorize, &p);
	Esys_Free(v.ticket);
	return rc;
}

static TSS2_RC
run_steps(struct ds_tpm *tpm, ESYS_TR session,
    const struct ds_tpm_policy *policy)
{
	enum dv_hash_id id = ds_tpm_hash_id(tpm->pub.nameAlg);
	TSS2_RC rc = TSS2_RC_SUCCESS;
	for (size_t i = 0; rc == TSS2_RC_SUCCESS && i < policy->count; i++) {
		const struct ds_tpm_step *step = &policy->step[i];
		TPM2B_DIGEST so_far;
		rc = TPM2_RC_POLICY_FAIL;	/* a command that is not known */
		if (step->command == TPM2_CC_PolicyPCR)
			rc = run_pcr(tpm, session, step);
		else if (step->command == TPM2_CC_PolicyAuthorize &&
		    ds_tpm_policy_digest(policy, i, id, &so_far))
			rc = run_authorize(tpm, session, step, &so_far);
	}
	return rc;
}

/* Steps of the key itself that follow its authority's approval are not made
 * here, and those of others are refused by the TPM. */
static TSS2_RC
sign_in_session(struct ds_tpm *tpm, const struct ds_tpm_policy *policy,
    struct ds_tpm_sign_call *s)
{
	struct ds_tpm_start start = { .salt = ESYS_TR_NONE,
		.type = TPM2_SE_POLICY, .hash = tpm->pub.nameAlg };
	TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_start, &start);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	s->session = start.made;
	rc = Esys_TRSess_SetAttributes(tpm->esys, start.made,
	    TPMA_SESSION_CONTINUESESSION, 0xff);
	if (rc == TSS2_RC_SUCCESS)
		rc = run_steps(tpm, start.made, policy);
	if (rc == TSS2_RC_SUCCESS)
		rc = ds_tpm_run(tpm, &ds_tpm_call_sign, s);
	(void)ds_tpm_run(tpm, &ds_tpm_call_flush, &start.made);
	return rc;
}

bool
ds_tpm_has_policy(const struct ds_tpm *tpm)
{
	return tpm->file != NULL && tpm->file->policy.count > 0 &&
	    (tpm->pub.objectAttributes & TPMA_OBJECT_USERWITHAUTH) == 0;
}

enum dv_exit
ds_tpm_sign_by_policy(struct ds_tpm *tpm, struct ds_tpm_sign_call *s,
    struct dv_err *err)
{
	const struct ds_tpm_policy *policy = &tpm->file->policy;
	enum dv_exit ret = policy_choose(tpm, &policy, err);
	if (ret == DV_EXIT_YES && !tpm->plain)
		ret = ds_tpm_session(tpm, TPMA_SESSION_DECRYPT, &s->second, err);
	if (ret != DV_EXIT_YES)
		return ret;
	TSS2_RC rc = sign_in_session(tpm, policy, s);
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    ds_tpm_fail(err, tpm->spec, "signing by its policy", rc);
}

/* ---- making --------------------------------------------------------------- */

static enum dv_exit
authority_read(const char *path, TPM2B_PUBLIC *out, struct dv_err *err)
{
	struct dv_ders *list = calloc(1, sizeof(*list));
	struct dv_key key;
	struct dv_at at;
	if (list == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	enum dv_exit ret = dv_ders_load(list, path, "PUBLIC KEY", err);
	if (ret == DV_EXIT_YES && (list->count != 1 ||
	    dv_key_parse(dv_ders_at(list, 0), &key, &at) != DV_R_NONE ||
	    !ds_tpm_authority(&key, out)))
		ret = dv_fail(err, DV_EXIT_NONE, "%s: not one public key that a "
		    "TPM can verify with: P-256, P-384 or RSA", path);
	dv_ders_free(list);
	free(list);
	return ret;
}

enum dv_exit
ds_tpm_policy_new(struct ds_tpm *tpm, const struct ds_key_new *what,
    struct ds_tpm_steps *out, struct dv_err *err)
{
	static const TPMT_SIGNATURE unsigned_yet = { .sigAlg = TPM2_ALG_NULL };
	struct ds_tpm_pcrs pcrs;
	TPM2B_PUBLIC authority;
	enum dv_exit ret = DV_EXIT_YES;
	bool ok = true;
	out->policy.count = 0;
	out->len = 0;
	if (what->pcr != NULL) {
		ret = ds_tpm_pcrs_parse(what->pcr, &pcrs, err);
		if (ret == DV_EXIT_YES)
			ret = ds_tpm_pcrs_read(tpm, &pcrs, err);
		ok = ret != DV_EXIT_YES || ds_tpm_steps_pcrs(out, &pcrs);
	} else if (what->policy_key != NULL) {
		ret = authority_read(what->policy_key, &authority, err);
		ok = ret != DV_EXIT_YES || ds_tpm_steps_authorize(out,
		    &authority, &unsigned_yet);
	}
	return ok ? ret : dv_fail(err, DV_EXIT_NONE, "%s: the policy is too "
	    "long", what->spec);
}
