/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device key in a TPM: derived from the endorsement seed by one fixed
 * template, kept at a persistent handle, used by Sign alone. Every object that
 * is only loaded for a moment is flushed on every path. TCG EK and DevID.
 */
#include <stdio.h>
#include <string.h>

#include "tpm_esys.h"

#define ANSWER_S 10		/* an ordinary command */
#define DERIVE_S 60		/* CreatePrimary on a slow chip */
#define HALF 32			/* octets of r, s, x, y */

/*
 * Template devid-p256-v1. noDA: a power cut must not count towards a lockout
 * that stops the device. Any change here is another key: a new template.
 */
static const TPM2B_PUBLIC devid_p256_v1 = {
	.publicArea = {
		.type = TPM2_ALG_ECC,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = TPMA_OBJECT_FIXEDTPM |
		    TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
		    TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA |
		    TPMA_OBJECT_SIGN_ENCRYPT,
		.parameters.eccDetail = {
			.symmetric.algorithm = TPM2_ALG_NULL,
			.scheme = {
				.scheme = TPM2_ALG_ECDSA,
				.details.ecdsa.hashAlg = TPM2_ALG_SHA256,
			},
			.curveID = TPM2_ECC_NIST_P256,
			.kdf.scheme = TPM2_ALG_NULL,
		},
		.unique.ecc.x = { 6, { 'I', 'D', 'E', 'V', 'I', 'D' } },
	},
};

/* ---- commands, each in its two halves ------------------------------------- */

struct lookup {
	uint32_t handle;
	ESYS_TR found;
};

static TSS2_RC
lookup_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct lookup *l = arg;
	return Esys_TR_FromTPMPublic_Async(esys, l->handle, ESYS_TR_NONE,
	    ESYS_TR_NONE, ESYS_TR_NONE);
}

static TSS2_RC
lookup_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct lookup *l = arg;
	return Esys_TR_FromTPMPublic_Finish(esys, &l->found);
}

static const struct ds_tpm_call lookup = {
	lookup_start, lookup_finish, ANSWER_S
};

struct read_public {
	ESYS_TR key;
	TPM2B_PUBLIC *found;
};

static TSS2_RC
read_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct read_public *r = arg;
	return Esys_ReadPublic_Async(esys, r->key, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_NONE);
}

static TSS2_RC
read_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct read_public *r = arg;
	return Esys_ReadPublic_Finish(esys, &r->found, NULL, NULL);
}

static const struct ds_tpm_call read_public = {
	read_start, read_finish, ANSWER_S
};

static TSS2_RC
derive_start(ESYS_CONTEXT *esys, void *arg)
{
	const TPM2B_SENSITIVE_CREATE no_password = { 0 };
	const TPM2B_DATA no_data = { 0 };
	const TPML_PCR_SELECTION no_pcr = { 0 };
	(void)arg;
	return Esys_CreatePrimary_Async(esys, ESYS_TR_RH_ENDORSEMENT,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &no_password,
	    &devid_p256_v1, &no_data, &no_pcr);
}

static TSS2_RC
derive_finish(ESYS_CONTEXT *esys, void *arg)
{
	ESYS_TR *derived = arg;
	return Esys_CreatePrimary_Finish(esys, derived, NULL, NULL, NULL, NULL);
}

static const struct ds_tpm_call derive = {
	derive_start, derive_finish, DERIVE_S
};

struct persist {
	ESYS_TR derived, kept;
	uint32_t handle;
};

/* The owner keeps objects of the endorsement hierarchy too. */
static TSS2_RC
persist_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct persist *p = arg;
	return Esys_EvictControl_Async(esys, ESYS_TR_RH_OWNER, p->derived,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, p->handle);
}

static TSS2_RC
persist_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct persist *p = arg;
	return Esys_EvictControl_Finish(esys, &p->kept);
}

static const struct ds_tpm_call persist = {
	persist_start, persist_finish, ANSWER_S
};

static TSS2_RC
flush_start(ESYS_CONTEXT *esys, void *arg)
{
	const ESYS_TR *derived = arg;
	return Esys_FlushContext_Async(esys, *derived);
}

static TSS2_RC
flush_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_FlushContext_Finish(esys);
}

static const struct ds_tpm_call flush = {
	flush_start, flush_finish, ANSWER_S
};

struct sign {
	ESYS_TR key;
	TPM2B_DIGEST digest;
	TPMT_SIGNATURE *made;
};

static TSS2_RC
sign_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct sign *s = arg;
	const TPMT_SIG_SCHEME scheme = {
		.scheme = TPM2_ALG_ECDSA,
		.details.ecdsa.hashAlg = TPM2_ALG_SHA256,
	};
	const TPMT_TK_HASHCHECK no_ticket = {
		.tag = TPM2_ST_HASHCHECK,
		.hierarchy = TPM2_RH_NULL,
	};
	return Esys_Sign_Async(esys, s->key, ESYS_TR_PASSWORD, ESYS_TR_NONE,
	    ESYS_TR_NONE, &s->digest, &scheme, &no_ticket);
}

static TSS2_RC
sign_finish(ESYS_CONTEXT *esys, void *arg)
{
	struct sign *s = arg;
	return Esys_Sign_Finish(esys, &s->made);
}

static const struct ds_tpm_call sign = { sign_start, sign_finish, ANSWER_S };

/* ---- helpers -------------------------------------------------------------- */

/* TPMs may leave out leading zero octets; we never do. */
static bool
pad_left(uint8_t out[HALF], const TPM2B_ECC_PARAMETER *number)
{
	if (number->size > HALF)
		return false;
	memset(out, 0, HALF);
	memcpy(out + HALF - number->size, number->buffer, number->size);
	return true;
}

/* Why this key cannot sign files, or NULL. */
static const char *
unfit(const TPMT_PUBLIC *pub)
{
	const TPMT_ECC_SCHEME *scheme = &pub->parameters.eccDetail.scheme;
	if (pub->type != TPM2_ALG_ECC ||
	    pub->parameters.eccDetail.curveID != TPM2_ECC_NIST_P256)
		return "it is not a P-256 key";
	if ((pub->objectAttributes & TPMA_OBJECT_SIGN_ENCRYPT) == 0)
		return "it is not a signing key";
	if ((pub->objectAttributes & TPMA_OBJECT_RESTRICTED) != 0)
		return "it signs only what the TPM itself made";
	if (scheme->scheme != TPM2_ALG_NULL &&
	    (scheme->scheme != TPM2_ALG_ECDSA ||
	    scheme->details.ecdsa.hashAlg != TPM2_ALG_SHA256))
		return "it does not sign by ECDSA with SHA-256";
	return NULL;
}

static bool
same_name(ESYS_CONTEXT *esys, ESYS_TR a, ESYS_TR b)
{
	TPM2B_NAME *of_a = NULL, *of_b = NULL;
	bool same = Esys_TR_GetName(esys, a, &of_a) == TSS2_RC_SUCCESS &&
	    Esys_TR_GetName(esys, b, &of_b) == TSS2_RC_SUCCESS &&
	    of_a->size > 0 && of_a->size == of_b->size &&
	    memcmp(of_a->name, of_b->name, of_a->size) == 0;
	Esys_Free(of_a);
	Esys_Free(of_b);
	return same;
}

static void
forget(struct ds_tpm *tpm)
{
	if (tpm->key != ESYS_TR_NONE)
		Esys_TR_Close(tpm->esys, &tpm->key);
	tpm->key = ESYS_TR_NONE;
}

/* ---- what others use ------------------------------------------------------ */

enum dv_exit
ds_tpm_load(struct ds_tpm *tpm, uint32_t handle, uint8_t point[DS_TPM_POINT],
    struct dv_err *err)
{
	struct lookup l = { .handle = handle, .found = ESYS_TR_NONE };
	struct read_public r = { .found = NULL };
	forget(tpm);
	TSS2_RC rc = ds_tpm_run(tpm, &lookup, &l);
	if (rc == TSS2_RC_SUCCESS) {
		tpm->key = r.key = l.found;
		tpm->handle = handle;
		rc = ds_tpm_run(tpm, &read_public, &r);
	}
	if (rc != TSS2_RC_SUCCESS) {
		char where[32];
		snprintf(where, sizeof(where), "tpm:0x%08x", (unsigned)handle);
		return ds_tpm_fail(err, where, "reading the key", rc);
	}
	const TPMT_PUBLIC *pub = &r.found->publicArea;
	const char *why = unfit(pub);
	point[0] = 4;
	if (why == NULL && (!pad_left(point + 1, &pub->unique.ecc.x) ||
	    !pad_left(point + 1 + HALF, &pub->unique.ecc.y)))
		why = "its public point is too large";
	Esys_Free(r.found);
	if (why == NULL)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE,
	    "tpm:0x%08x: the key there cannot be used: %s", (unsigned)handle,
	    why);
}

/* Is `derived` what is at the handle? TPM_RC_HANDLE: nothing is there. */
static TSS2_RC
is_kept(struct ds_tpm *tpm, ESYS_TR derived, uint32_t handle, bool *same)
{
	struct lookup l = { .handle = handle, .found = ESYS_TR_NONE };
	TSS2_RC rc = ds_tpm_run(tpm, &lookup, &l);
	if (rc == TSS2_RC_SUCCESS) {
		*same = same_name(tpm->esys, derived, l.found);
		Esys_TR_Close(tpm->esys, &l.found);
	}
	return rc;
}

struct create {
	uint32_t handle;
	bool same, created;
	const char *doing;	/* what failed */
};

/* The key of the template is loaded as `derived`: keep it, or see that it is
 * kept already, if only since a moment ago. */
static TSS2_RC
keep(struct ds_tpm *tpm, ESYS_TR derived, struct create *c)
{
	struct persist p = { .derived = derived, .handle = c->handle };
	c->doing = "looking for a key";
	TSS2_RC rc = is_kept(tpm, derived, c->handle, &c->same);
	if (!ds_tpm_is(rc, TPM2_RC_HANDLE))
		return rc;
	c->doing = "keeping the key";
	rc = ds_tpm_run(tpm, &persist, &p);
	if (ds_tpm_is(rc, TPM2_RC_NV_DEFINED)) {
		TSS2_RC again = is_kept(tpm, derived, c->handle, &c->same);
		return ds_tpm_is(again, TPM2_RC_HANDLE) ? rc : again;
	}
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	Esys_TR_Close(tpm->esys, &p.kept);
	c->same = c->created = true;
	return rc;
}

static TSS2_RC
create_once(struct ds_tpm *tpm, void *arg)
{
	struct create *c = arg;
	ESYS_TR derived = ESYS_TR_NONE;
	c->doing = "deriving the device key";
	TSS2_RC rc = ds_tpm_run(tpm, &derive, &derived);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	rc = keep(tpm, derived, c);
	TSS2_RC flushed = ds_tpm_run(tpm, &flush, &derived);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	c->doing = "giving back the memory of the TPM";
	return flushed;
}

enum dv_exit
ds_tpm_create(struct ds_tpm *tpm, uint32_t handle, bool *created,
    struct dv_err *err)
{
	struct create c = { .handle = handle };
	char where[32];
	snprintf(where, sizeof(where), "tpm:0x%08x", (unsigned)handle);
	forget(tpm);
	TSS2_RC rc = ds_tpm_patiently(tpm, create_once, &c);
	*created = c.created;
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail(err, where, c.doing, rc);
	if (c.same)
		return DV_EXIT_YES;
	enum dv_exit ret = dv_fail(err, DV_EXIT_NO, "%s: another key is there, "
	    "not the one this TPM derives", where);
	return dv_hint(err, ret, "it may be in use, so nothing was changed; "
	    "name another handle, or remove it with `tpm2_evictcontrol -c "
	    "0x%08x`", (unsigned)handle);
}

enum dv_exit
ds_tpm_sign(struct ds_tpm *tpm, const uint8_t digest[DS_TPM_DIGEST],
    uint8_t sig[DS_TPM_SIGNATURE], struct dv_err *err)
{
	struct sign s = { .key = tpm->key, .digest.size = DS_TPM_DIGEST };
	char where[32];
	snprintf(where, sizeof(where), "tpm:0x%08x", (unsigned)tpm->handle);
	memcpy(s.digest.buffer, digest, DS_TPM_DIGEST);
	TSS2_RC rc = ds_tpm_run(tpm, &sign, &s);
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail(err, where, "signing", rc);
	const TPMS_SIGNATURE_ECC *made = &s.made->signature.ecdsa;
	bool ok = s.made->sigAlg == TPM2_ALG_ECDSA &&
	    pad_left(sig, &made->signatureR) &&
	    pad_left(sig + HALF, &made->signatureS);
	Esys_Free(s.made);
	if (!ok)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: what the TPM gave is not an ECDSA signature", where);
	return DV_EXIT_YES;
}
