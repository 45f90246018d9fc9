/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions that keep passwords and digests off the bus: HMAC, AES-128-CFB on
 * the first parameter, salted to a key of the TPM. No password of the owner is
 * used to make that key. TCG TPM 2.0 Library part 1, 19 and 21.
 */
#include <string.h>

#include <tss2/tss2_mu.h>

#include "bytes.h"
#include "dv_hash.h"
#include "tpm_cmd.h"
#include "tpm_template.h"

#define HANDLES_MAX 64		/* persistent objects that are looked through */

/* Keys that others keep for this and like purposes, the best first: the SRK,
 * then endorsement keys of the low and high range (TCG EK Credential Profile
 * 2.2, TCG TPM v2.0 Provisioning Guidance 7.8). */
static const uint32_t salt_handles[] = {
	0x81000001, 0x8101000a, 0x81010001, 0x81010014, 0x81010016, 0x81010012,
	0x8101001c, 0x8101001e,
};
#define SALT_COUNT (sizeof(salt_handles) / sizeof(*salt_handles))

/* ---- names ---------------------------------------------------------------- */

static enum dv_hash_id
hash_id(TPMI_ALG_HASH alg)
{
	return alg == TPM2_ALG_SHA256 ? DV_HASH_SHA256 :
	    alg == TPM2_ALG_SHA384 ? DV_HASH_SHA384 :
	    alg == TPM2_ALG_SHA512 ? DV_HASH_SHA512 : DV_HASH_NONE;
}

bool
ds_tpm_name(const TPMT_PUBLIC *pub, struct ds_tpm_name *out)
{
	uint8_t area[sizeof(*pub)];
	size_t len = 0;
	out->len = 0;
	if (Tss2_MU_TPMT_PUBLIC_Marshal(pub, area, sizeof(area), &len) !=
	    TSS2_RC_SUCCESS)
		return false;
	out->octets[0] = (uint8_t)(pub->nameAlg >> 8);
	out->octets[1] = (uint8_t)pub->nameAlg;
	size_t digest = dv_hash_once(hash_id(pub->nameAlg),
	    (struct dv_bytes){ area, len }, out->octets + 2);
	out->len = digest > 0 ? 2 + digest : 0;
	return digest > 0;
}

/* ---- the key that salts --------------------------------------------------- */

static bool
may_salt(const struct ds_tpm *tpm, const TPMT_PUBLIC *pub,
    struct ds_tpm_name *name)
{
	const TPMA_OBJECT wanted = TPMA_OBJECT_FIXEDTPM |
	    TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT;
	if ((pub->objectAttributes & wanted) != wanted ||
	    (pub->objectAttributes & TPMA_OBJECT_SIGN_ENCRYPT) != 0 ||
	    (pub->type != TPM2_ALG_ECC && pub->type != TPM2_ALG_RSA) ||
	    !ds_tpm_name(pub, name))
		return false;
	return tpm->pin.len == 0 || (tpm->pin.len == name->len &&
	    memcmp(tpm->pin.octets, name->octets, name->len) == 0);
}

/* One that the TPM keeps. *out ESYS_TR_NONE: it does not serve. */
static TSS2_RC
kept_take(struct ds_tpm *tpm, uint32_t handle, ESYS_TR *out)
{
	TPM2B_PUBLIC *pub;
	TSS2_RC rc = ds_tpm_find(tpm, handle, out, &pub);
	if (rc == TSS2_RC_SUCCESS &&
	    !may_salt(tpm, &pub->publicArea, &tpm->salt)) {
		Esys_TR_Close(tpm->esys, out);
		*out = ESYS_TR_NONE;
	}
	Esys_Free(pub);
	return rc;
}

static bool
listed(const TPML_HANDLE *list, uint32_t handle)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->handle[i] == handle)
			return true;
	}
	return false;
}

static TSS2_RC
kept_find(struct ds_tpm *tpm, ESYS_TR *out)
{
	struct ds_tpm_capability c = { .what = TPM2_CAP_HANDLES,
		.first = DS_TPM_KEPT_FIRST, .count = HANDLES_MAX };
	*out = ESYS_TR_NONE;
	TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_capability, &c);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	for (size_t i = 0; i < SALT_COUNT && *out == ESYS_TR_NONE; i++) {
		if (listed(&c.found->data.handles, salt_handles[i]))
			rc = kept_take(tpm, salt_handles[i], out);
		if (rc != TSS2_RC_SUCCESS)
			break;
	}
	Esys_Free(c.found);
	return rc;
}

/* With the empty password, for anything else would cross in clear. */
static TSS2_RC
derive_take(struct ds_tpm *tpm, ESYS_TR hierarchy, ESYS_TR *out)
{
	static const TPM2B_AUTH none;
	struct ds_tpm_derive d = { .hierarchy = hierarchy,
		.session = ESYS_TR_PASSWORD, .template = &ds_tpm_owner_primary,
		.auth = &none };
	*out = ESYS_TR_NONE;
	TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_derive, &d);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	if (may_salt(tpm, &d.pub->publicArea, &tpm->salt))
		*out = d.derived;
	else
		rc = ds_tpm_run(tpm, &ds_tpm_call_flush, &d.derived);
	Esys_Free(d.pub);
	return rc;
}

/* The owner does not let us: its password is set, or it is switched off. */
static bool
closed(TSS2_RC rc)
{
	return ds_tpm_is(rc, TPM2_RC_BAD_AUTH) ||
	    ds_tpm_is(rc, TPM2_RC_AUTH_FAIL) ||
	    ds_tpm_is(rc, TPM2_RC_HIERARCHY);
}

/* ---- the session ---------------------------------------------------------- */

/* *flush: salt is only loaded and not the owner's primary key. */
static TSS2_RC
salt_find(struct ds_tpm *tpm, ESYS_TR *salt, bool *flush)
{
	*flush = false;
	TSS2_RC rc = kept_find(tpm, salt);
	tpm->salt_kept = *salt != ESYS_TR_NONE;
	if (rc != TSS2_RC_SUCCESS || tpm->salt_kept)
		return rc;
	rc = derive_take(tpm, ESYS_TR_RH_OWNER, salt);
	tpm->primary = *salt;
	if (*salt != ESYS_TR_NONE || tpm->pin.len > 0 || !closed(rc))
		return rc;
	rc = derive_take(tpm, ESYS_TR_RH_NULL, salt);
	*flush = true;
	return rc;
}

TSS2_RC
ds_tpm_session_try(struct ds_tpm *tpm)
{
	struct ds_tpm_start s = { .type = TPM2_SE_HMAC,
		.hash = TPM2_ALG_SHA256, .salt = ESYS_TR_NONE };
	bool flush;
	if (tpm->plain || tpm->session != ESYS_TR_NONE)
		return TSS2_RC_SUCCESS;
	tpm->salt.len = 0;
	TSS2_RC rc = salt_find(tpm, &s.salt, &flush);
	if (rc != TSS2_RC_SUCCESS || s.salt == ESYS_TR_NONE)
		return rc;
	rc = ds_tpm_run(tpm, &ds_tpm_call_start, &s);
	if (rc == TSS2_RC_SUCCESS)
		tpm->session = s.made;
	if (flush)
		(void)ds_tpm_run(tpm, &ds_tpm_call_flush, &s.salt);
	else if (tpm->primary == ESYS_TR_NONE)
		Esys_TR_Close(tpm->esys, &s.salt);
	if (rc != TSS2_RC_SUCCESS || !tpm->keep_primary)
		ds_tpm_primary_drop(tpm);
	return rc;
}

static TSS2_RC
start_once(struct ds_tpm *tpm, void *arg)
{
	(void)arg;
	return ds_tpm_session_try(tpm);
}

static enum dv_exit
start(struct ds_tpm *tpm, struct dv_err *err)
{
	TSS2_RC rc = ds_tpm_patiently(tpm, start_once, NULL);
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail(err, tpm->where,
		    "starting an encrypted session", rc);
	if (tpm->session != ESYS_TR_NONE)
		return DV_EXIT_YES;
	enum dv_exit ret = dv_fail(err, DV_EXIT_NO, "%s: none of this TPM's "
	    "keys is the one recorded for encrypted sessions", tpm->where);
	return dv_hint(err, ret, "the TPM was cleared or exchanged, or something "
	    "between answers in its place");
}

enum dv_exit
ds_tpm_session(struct ds_tpm *tpm, TPMA_SESSION flags, ESYS_TR *out,
    struct dv_err *err)
{
	*out = ESYS_TR_PASSWORD;
	if (tpm->plain)
		return DV_EXIT_YES;
	enum dv_exit ret = tpm->session == ESYS_TR_NONE ? start(tpm, err) :
	    DV_EXIT_YES;
	if (ret != DV_EXIT_YES)
		return ret;
	*out = tpm->session;
	TSS2_RC rc = Esys_TRSess_SetAttributes(tpm->esys, tpm->session,
	    TPMA_SESSION_CONTINUESESSION | flags, 0xff);
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    ds_tpm_fail(err, tpm->where, "using the session", rc);
}

void
ds_tpm_primary_drop(struct ds_tpm *tpm)
{
	if (tpm->primary != ESYS_TR_NONE)
		(void)ds_tpm_run(tpm, &ds_tpm_call_flush, &tpm->primary);
	tpm->primary = ESYS_TR_NONE;
}

void
ds_tpm_session_end(struct ds_tpm *tpm)
{
	ds_tpm_primary_drop(tpm);
	if (tpm->session != ESYS_TR_NONE)
		(void)ds_tpm_run(tpm, &ds_tpm_call_flush, &tpm->session);
	tpm->session = ESYS_TR_NONE;
}

enum dv_exit
ds_tpm_salt_name(struct ds_tpm *tpm, uint8_t *name, size_t *len,
    struct dv_err *err)
{
	ESYS_TR session;
	enum dv_exit ret = ds_tpm_session(tpm, 0, &session, err);
	*len = ret == DV_EXIT_YES && !tpm->plain && tpm->salt_kept ?
	    tpm->salt.len : 0;
	memcpy(name, tpm->salt.octets, *len);
	return ret;
}
