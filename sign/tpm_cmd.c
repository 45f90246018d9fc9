/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The TPM commands that are used, each in its two halves. Decides nothing and
 * says nothing. TCG ESAPI; TCG TPM 2.0 Library part 3.
 */
#include "bytes.h"
#include "tpm_cmd.h"

#define ANSWER_S 10		/* an ordinary command */
#define DERIVE_S 60		/* a new key on a slow chip; RSA takes longest */

#define NONE ESYS_TR_NONE

static TSS2_RC
lookup_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_lookup *l = arg;
	return Esys_TR_FromTPMPublic_Async(esys, l->handle, NONE, NONE, NONE);
}

static TSS2_RC
lookup_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_lookup *l = arg;
	return Esys_TR_FromTPMPublic_Finish(esys, &l->found);
}

const struct ds_tpm_call ds_tpm_call_lookup = {
	lookup_start, lookup_finish, ANSWER_S
};

static TSS2_RC
read_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_read_public *r = arg;
	return Esys_ReadPublic_Async(esys, r->key, NONE, NONE, NONE);
}

static TSS2_RC
read_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_read_public *r = arg;
	return Esys_ReadPublic_Finish(esys, &r->found, NULL, NULL);
}

const struct ds_tpm_call ds_tpm_call_read_public = {
	read_start, read_finish, ANSWER_S
};

TSS2_RC
ds_tpm_find(struct ds_tpm *tpm, uint32_t handle, ESYS_TR *found,
    TPM2B_PUBLIC **pub)
{
	struct ds_tpm_lookup l = { .handle = handle, .found = NONE };
	struct ds_tpm_read_public r = { .found = NULL };
	TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_lookup, &l);
	if (rc == TSS2_RC_SUCCESS) {
		r.key = l.found;
		rc = ds_tpm_run(tpm, &ds_tpm_call_read_public, &r);
		if (rc != TSS2_RC_SUCCESS)
			Esys_TR_Close(tpm->esys, &l.found);
	}
	*found = rc == TSS2_RC_SUCCESS ? l.found : NONE;
	*pub = r.found;
	return rc;
}

static const TPM2B_DATA no_data;
static const TPML_PCR_SELECTION no_pcr;

static TSS2_RC
derive_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_derive *d = arg;
	TPM2B_SENSITIVE_CREATE secret = { .size = 0 };
	secret.sensitive.userAuth = *d->auth;
	TSS2_RC rc = Esys_CreatePrimary_Async(esys, d->hierarchy, d->session,
	    NONE, NONE, &secret, d->template, &no_data, &no_pcr);
	dv_wipe(&secret, sizeof(secret));
	return rc;
}

static TSS2_RC
derive_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_derive *d = arg;
	return Esys_CreatePrimary_Finish(esys, &d->derived, &d->pub, NULL, NULL,
	    NULL);
}

const struct ds_tpm_call ds_tpm_call_derive = {
	derive_start, derive_finish, DERIVE_S
};

static TSS2_RC
create_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_create_child *c = arg;
	TPM2B_SENSITIVE_CREATE secret = { .size = 0 };
	secret.sensitive.userAuth = *c->auth;
	TSS2_RC rc = Esys_Create_Async(esys, c->at.parent, c->at.session, NONE,
	    NONE, &secret, c->template, &no_data, &no_pcr);
	dv_wipe(&secret, sizeof(secret));
	return rc;
}

static TSS2_RC
create_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_create_child *c = arg;
	return Esys_Create_Finish(esys, &c->priv, &c->pub, NULL, NULL, NULL);
}

const struct ds_tpm_call ds_tpm_call_create = {
	create_start, create_finish, DERIVE_S
};

static TSS2_RC
load_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_load_child *l = arg;
	return Esys_Load_Async(esys, l->at.parent, l->at.session, NONE, NONE,
	    l->priv, l->pub);
}

static TSS2_RC
load_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_load_child *l = arg;
	return Esys_Load_Finish(esys, &l->loaded);
}

const struct ds_tpm_call ds_tpm_call_load = {
	load_start, load_finish, ANSWER_S
};

static TSS2_RC
persist_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_persist *p = arg;
	return Esys_EvictControl_Async(esys, ESYS_TR_RH_OWNER, p->derived,
	    p->session, NONE, NONE, p->handle);
}

static TSS2_RC
persist_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_persist *p = arg;
	return Esys_EvictControl_Finish(esys, &p->kept);
}

const struct ds_tpm_call ds_tpm_call_persist = {
	persist_start, persist_finish, ANSWER_S
};

static TSS2_RC
flush_start(ESYS_CONTEXT *esys, void *arg)
{
	const ESYS_TR *object = arg;
	return Esys_FlushContext_Async(esys, *object);
}

static TSS2_RC
flush_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_FlushContext_Finish(esys);
}

const struct ds_tpm_call ds_tpm_call_flush = {
	flush_start, flush_finish, ANSWER_S
};

static TSS2_RC
start_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_start *s = arg;
	const TPMT_SYM_DEF aes = {
		.algorithm = TPM2_ALG_AES,
		.keyBits.aes = 128,
		.mode.aes = TPM2_ALG_CFB,
	}, none = { .algorithm = TPM2_ALG_NULL };
	return Esys_StartAuthSession_Async(esys, s->salt, NONE, NONE, NONE,
	    NONE, NULL, s->type, s->salt == NONE ? &none : &aes, s->hash);
}

static TSS2_RC
start_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_start *s = arg;
	return Esys_StartAuthSession_Finish(esys, &s->made);
}

const struct ds_tpm_call ds_tpm_call_start = {
	start_start, start_finish, ANSWER_S
};

static TSS2_RC
sign_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_sign_call *s = arg;
	const TPMT_TK_HASHCHECK no_ticket = {
		.tag = TPM2_ST_HASHCHECK,
		.hierarchy = TPM2_RH_NULL,
	};
	return Esys_Sign_Async(esys, s->key, s->session, s->second, NONE,
	    &s->digest, &s->scheme, &no_ticket);
}

static TSS2_RC
sign_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_sign_call *s = arg;
	return Esys_Sign_Finish(esys, &s->made);
}

const struct ds_tpm_call ds_tpm_call_sign = {
	sign_start, sign_finish, ANSWER_S
};

static TSS2_RC
capability_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_capability *c = arg;
	return Esys_GetCapability_Async(esys, NONE, NONE, NONE, c->what,
	    c->first, c->count);
}

static TSS2_RC
capability_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct ds_tpm_capability *c = arg;
	return Esys_GetCapability_Finish(esys, &c->more, &c->found);
}

const struct ds_tpm_call ds_tpm_call_capability = {
	capability_start, capability_finish, ANSWER_S
};
