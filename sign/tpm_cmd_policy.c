/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The TPM commands that policies are made of, each in its two halves. Decides
 * nothing and says nothing. TCG TPM 2.0 Library part 3, 22 and 23.
 */
#include "tpm_cmd.h"

#define ANSWER_S 10

#define NONE ESYS_TR_NONE

static TSS2_RC
pcr_read_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_pcr_read *p = arg;
	return Esys_PCR_Read_Async(esys, NONE, NONE, NONE, &p->selection);
}

static TSS2_RC
pcr_read_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_pcr_read *p = arg;
	return Esys_PCR_Read_Finish(esys, NULL, NULL, &p->values);
}

const struct ds_tpm_call ds_tpm_call_pcr_read = {
	pcr_read_start, pcr_read_finish, ANSWER_S
};

static TSS2_RC
policy_pcr_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_policy_pcr *p = arg;
	return Esys_PolicyPCR_Async(esys, p->session, NONE, NONE, NONE,
	    &p->digest, &p->selection);
}

static TSS2_RC
policy_pcr_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_PolicyPCR_Finish(esys);
}

const struct ds_tpm_call ds_tpm_call_policy_pcr = {
	policy_pcr_start, policy_pcr_finish, ANSWER_S
};

static TSS2_RC
load_external_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_load_external *l = arg;
	return Esys_LoadExternal_Async(esys, NONE, NONE, NONE, NULL, l->pub,
	    ESYS_TR_RH_OWNER);
}

static TSS2_RC
load_external_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_load_external *l = arg;
	return Esys_LoadExternal_Finish(esys, &l->loaded);
}

const struct ds_tpm_call ds_tpm_call_load_external = {
	load_external_start, load_external_finish, ANSWER_S
};

static TSS2_RC
verify_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_verify *v = arg;
	return Esys_VerifySignature_Async(esys, v->key, NONE, NONE, NONE,
	    &v->digest, v->signature);
}

static TSS2_RC
verify_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_verify *v = arg;
	return Esys_VerifySignature_Finish(esys, &v->ticket);
}

const struct ds_tpm_call ds_tpm_call_verify = {
	verify_start, verify_finish, ANSWER_S
};

static TSS2_RC
authorize_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_policy_authorize *p = arg;
	return Esys_PolicyAuthorize_Async(esys, p->session, NONE, NONE, NONE,
	    &p->approved, &p->ref, &p->name, p->ticket);
}

static TSS2_RC
authorize_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_PolicyAuthorize_Finish(esys);
}

const struct ds_tpm_call ds_tpm_call_policy_authorize = {
	authorize_start, authorize_finish, ANSWER_S
};
