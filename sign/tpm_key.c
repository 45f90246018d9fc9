/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device key in a TPM: derived from the endorsement seed by a template,
 * kept at a persistent handle, used by Sign alone. Every object that is only
 * loaded for a moment is flushed on every path. TCG EK and DevID.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "dv_hash.h"
#include "tpm_cmd.h"
#include "tpm_policy.h"
#include "tpm_template.h"

/* ---- helpers -------------------------------------------------------------- */

/* TPMs may leave out leading zero octets; we never do. */
static bool
pad_left(uint8_t *out, size_t len, const uint8_t *number, size_t size)
{
	if (size > len)
		return false;
	memset(out, 0, len);
	memcpy(out + len - size, number, size);
	return true;
}

static size_t
coordinate_len(enum dv_key_type type)
{
	return dv_sig_size(type) / 2;
}

static enum dv_key_type
type_of(const TPMT_PUBLIC *pub)
{
	TPMI_ECC_CURVE curve = pub->parameters.eccDetail.curveID;
	if (pub->type == TPM2_ALG_RSA)
		return DV_KEY_RSA;
	if (pub->type != TPM2_ALG_ECC)
		return DV_KEY_NONE;
	return curve == TPM2_ECC_NIST_P256 ? DV_KEY_P256 :
	    curve == TPM2_ECC_NIST_P384 ? DV_KEY_P384 : DV_KEY_NONE;
}

static TPMI_ALG_HASH
hash_of(enum dv_hash_id id)
{
	return id == DV_HASH_SHA256 ? TPM2_ALG_SHA256 :
	    id == DV_HASH_SHA384 ? TPM2_ALG_SHA384 : TPM2_ALG_NULL;
}

static bool
scheme_fits(const TPMT_PUBLIC *pub, enum dv_key_type type)
{
	const TPMT_ECC_SCHEME *ecc = &pub->parameters.eccDetail.scheme;
	if (type == DV_KEY_RSA)
		return pub->parameters.rsaDetail.scheme.scheme == TPM2_ALG_NULL;
	return ecc->scheme == TPM2_ALG_NULL ||
	    (ecc->scheme == TPM2_ALG_ECDSA && ecc->details.ecdsa.hashAlg ==
	    hash_of(dv_sig_hash(dv_sig_for_key(type))));
}

/* Why this key cannot sign files, or NULL. */
static const char *
unfit(const TPMT_PUBLIC *pub)
{
	enum dv_key_type type = type_of(pub);
	if (type == DV_KEY_NONE)
		return "it is not a P-256, P-384 or RSA key";
	if ((pub->objectAttributes & TPMA_OBJECT_SIGN_ENCRYPT) == 0)
		return "it is not a signing key";
	if ((pub->objectAttributes & TPMA_OBJECT_RESTRICTED) != 0)
		return "it signs only what the TPM itself made";
	if (!scheme_fits(pub, type))
		return type == DV_KEY_RSA ? "it is fixed to one RSA scheme, and "
		    "both PKCS#1 v1.5 and PSS are needed" :
		    "it does not sign by ECDSA with the hash of its curve";
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

/* ---- loading -------------------------------------------------------------- */

void
ds_tpm_forget(struct ds_tpm *tpm)
{
	if (tpm->key != ESYS_TR_NONE && tpm->flush)
		(void)ds_tpm_run(tpm, &ds_tpm_call_flush, &tpm->key);
	else if (tpm->key != ESYS_TR_NONE)
		Esys_TR_Close(tpm->esys, &tpm->key);
	tpm->key = ESYS_TR_NONE;
	tpm->flush = false;
	tpm->fits = NULL;
	free(tpm->file);
	tpm->file = NULL;
	dv_buf_free(&tpm->der);
}

/* 65537 is written as 0. */
static void
exponent_write(uint32_t exponent, uint8_t out[4])
{
	if (exponent == 0)
		exponent = 65537;
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(exponent >> (24 - 8 * i));
}

static bool
public_copy(const TPMT_PUBLIC *pub, bool child, struct ds_tpm_public *out)
{
	const TPMS_ECC_POINT *point = &pub->unique.ecc;
	const TPM2B_PUBLIC_KEY_RSA *modulus = &pub->unique.rsa;
	const struct ds_tpm_template *t = ds_tpm_template_of(pub, child);
	*out = (struct ds_tpm_public){ .type = type_of(pub),
		.template = t != NULL ? t->name : NULL };
	if (out->type == DV_KEY_RSA) {
		exponent_write(pub->parameters.rsaDetail.exponent,
		    out->exponent);
		out->modulus_len = modulus->size;
		return pad_left(out->modulus, sizeof(out->modulus) <
		    modulus->size ? 0 : modulus->size, modulus->buffer,
		    modulus->size);
	}
	size_t len = coordinate_len(out->type);
	out->point[0] = 4;
	out->point_len = 1 + 2 * len;
	return pad_left(out->point + 1, len, point->x.buffer, point->x.size) &&
	    pad_left(out->point + 1 + len, len, point->y.buffer, point->y.size);
}

enum dv_exit
ds_tpm_take(struct ds_tpm *tpm, const TPMT_PUBLIC *pub,
    struct ds_tpm_public *out, struct dv_err *err)
{
	const char *why = unfit(pub);
	if (why == NULL && !public_copy(pub, tpm->flush, out))
		why = "its public key is too large";
	tpm->pub = *pub;
	if (why == NULL)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE,
	    "%s: the key there cannot be used: %s", tpm->spec, why);
}

enum dv_exit
ds_tpm_load(struct ds_tpm *tpm, uint32_t handle, struct ds_tpm_public *out,
    struct dv_err *err)
{
	TPM2B_PUBLIC *pub;
	ds_tpm_forget(tpm);
	snprintf(tpm->spec, sizeof(tpm->spec), "tpm:0x%08x", (unsigned)handle);
	TSS2_RC rc = ds_tpm_find(tpm, handle, &tpm->key, &pub);
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail(err, tpm->spec, "reading the key", rc);
	enum dv_exit ret = ds_tpm_take(tpm, &pub->publicArea, out, err);
	Esys_Free(pub);
	return ret;
}

/* ---- creating ------------------------------------------------------------- */

static enum dv_exit
no_such(const struct ds_key_new *what, const struct ds_key_type *type,
    bool child, struct dv_err *err)
{
	const char *made = "p256, p384, rsa2048";
	return dv_fail(err, DV_EXIT_USAGE, "%s: no key of type %s can be made "
	    "there, only %s%s", what->spec, type->name, made,
	    child ? "" : ", or those of a template");
}

enum dv_exit
ds_tpm_template_choose(const struct ds_key_new *what, bool child,
    const struct ds_tpm_template **out, struct dv_err *err)
{
	static const struct ds_key_type p256 = { "p256", DV_KEY_P256, 0 };
	if (what->template_name == NULL) {
		const struct ds_key_type *type = what->type != NULL ?
		    what->type : &p256;
		*out = ds_tpm_template_usual(type, child);
		return *out != NULL ? DV_EXIT_YES :
		    no_such(what, type, child, err);
	}
	const struct ds_tpm_template *t =
	    ds_tpm_template_named(what->template_name);
	*out = t;
	if (t == NULL)
		return dv_fail(err, DV_EXIT_USAGE, "--template %s: not one of "
		    DS_TPM_TEMPLATES, what->template_name);
	if (t->child != child)
		return dv_fail(err, DV_EXIT_USAGE, "--template %s is for a key "
		    "%s, and %s is %s", t->name, t->child ? "in a file" :
		    "at a handle", what->spec, child ? "a file" : "a handle");
	if (what->type != NULL && (what->type->type != t->type ||
	    what->type->bits != t->bits))
		return dv_fail(err, DV_EXIT_USAGE, "--key-type %s contradicts "
		    "--template %s", what->type->name, t->name);
	return DV_EXIT_YES;
}

/* Is `derived` what is at the handle? TPM_RC_HANDLE: nothing is there. */
static TSS2_RC
is_kept(struct ds_tpm *tpm, ESYS_TR derived, uint32_t handle, bool *same)
{
	struct ds_tpm_lookup l = { .handle = handle, .found = ESYS_TR_NONE };
	TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_lookup, &l);
	if (rc == TSS2_RC_SUCCESS) {
		*same = same_name(tpm->esys, derived, l.found);
		Esys_TR_Close(tpm->esys, &l.found);
	}
	return rc;
}

struct create {
	uint32_t handle;
	struct ds_tpm_derive d;
	bool same, created;
	const char *doing;	/* what failed, and as whom */
	ESYS_TR hierarchy;
	enum dv_exit ret;	/* of the session */
	struct dv_err *err;
};

/* The key of the template is loaded as `derived`: keep it, or see that it is
 * kept already, if only since a moment ago. */
static TSS2_RC
keep(struct ds_tpm *tpm, struct create *c)
{
	struct ds_tpm_persist p = { .derived = c->d.derived,
		.handle = c->handle };
	c->doing = "looking for a key";
	TSS2_RC rc = is_kept(tpm, c->d.derived, c->handle, &c->same);
	if (!ds_tpm_is(rc, TPM2_RC_HANDLE))
		return rc;
	c->ret = ds_tpm_session(tpm, 0, &p.session, c->err);
	if (c->ret != DV_EXIT_YES)
		return TSS2_RC_SUCCESS;
	c->doing = "keeping the key";
	c->hierarchy = ESYS_TR_RH_OWNER;
	rc = ds_tpm_run_as(tpm, ESYS_TR_RH_OWNER, &ds_tpm_call_persist, &p);
	if (ds_tpm_is(rc, TPM2_RC_NV_DEFINED)) {
		TSS2_RC now = is_kept(tpm, c->d.derived, c->handle, &c->same);
		return ds_tpm_is(now, TPM2_RC_HANDLE) ? rc : now;
	}
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	Esys_TR_Close(tpm->esys, &p.kept);
	c->same = c->created = true;
	return rc;
}

/* All slots it takes are given back: several may make the key at once. */
static TSS2_RC
create_once(struct ds_tpm *tpm, void *arg)
{
	struct create *c = arg;
	c->doing = "deriving the device key";
	c->hierarchy = c->d.hierarchy;
	c->ret = ds_tpm_session(tpm, TPMA_SESSION_DECRYPT, &c->d.session,
	    c->err);
	if (c->ret != DV_EXIT_YES)
		return TSS2_RC_SUCCESS;
	TSS2_RC rc = ds_tpm_run_as(tpm, c->d.hierarchy, &ds_tpm_call_derive,
	    &c->d);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	Esys_Free(c->d.pub);
	rc = keep(tpm, c);
	TSS2_RC flushed = ds_tpm_run(tpm, &ds_tpm_call_flush, &c->d.derived);
	if (rc != TSS2_RC_SUCCESS || flushed == TSS2_RC_SUCCESS)
		return rc;
	c->doing = "giving back the memory of the TPM";
	return flushed;
}

static enum dv_exit
create(struct ds_tpm *tpm, struct create *c, struct dv_err *err)
{
	char where[32];
	TSS2_RC rc = ds_tpm_patiently(tpm, create_once, c);
	if (c->ret != DV_EXIT_YES)
		return c->ret;
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail_hierarchy(tpm, c->hierarchy, c->doing, rc,
		    err);
	if (c->same)
		return DV_EXIT_YES;
	snprintf(where, sizeof(where), "tpm:0x%08x", (unsigned)c->handle);
	enum dv_exit ret = dv_fail(err, DV_EXIT_NO, "%s: another key is there, "
	    "not the one this TPM derives", where);
	return dv_hint(err, ret, "it may be in use, so nothing was changed; "
	    "name another handle, or remove it with `tpm2_evictcontrol -c "
	    "0x%08x`", (unsigned)c->handle);
}

static TSS2_RC
derive_once(struct ds_tpm *tpm, void *arg)
{
	struct ds_tpm_derive *d = arg;
	return ds_tpm_run_as(tpm, d->hierarchy, &ds_tpm_call_derive, d);
}

enum dv_exit
ds_tpm_primary(struct ds_tpm *tpm, struct ds_tpm_derive *d, const char *doing,
    struct dv_err *err)
{
	enum dv_exit ret = ds_tpm_session(tpm, TPMA_SESSION_DECRYPT,
	    &d->session, err);
	if (ret != DV_EXIT_YES)
		return ret;
	TSS2_RC rc = ds_tpm_patiently(tpm, derive_once, d);
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    ds_tpm_fail_hierarchy(tpm, d->hierarchy, doing, rc, err);
}

/* The key that was there already: is its password the one that was given? */
static enum dv_exit
same_auth(struct ds_tpm *tpm, uint32_t handle, struct dv_err *err)
{
	static const char text[] = "devsign: is this the password?";
	struct ds_tpm_public pub = { .type = DV_KEY_NONE };
	uint8_t digest[DV_MAX_DIGEST], sig[DS_MAX_SIGNATURE];
	enum dv_exit ret = ds_tpm_load(tpm, handle, &pub, err);
	if (ret != DV_EXIT_YES)
		return ret;
	enum dv_sig_alg alg = dv_sig_for_key(pub.type);
	size_t len = dv_hash_once(dv_sig_hash(alg), (struct dv_bytes){
	    (const uint8_t *)text, sizeof(text) - 1 }, digest);
	tpm->fits = &tpm->auth;
	if (ds_tpm_sign(tpm, alg, (struct dv_bytes){ digest, len }, sig, err) ==
	    DV_EXIT_YES)
		return DV_EXIT_YES;
	ret = dv_fail(err, DV_EXIT_NO, "%s: the key is there already, with "
	    "another password or none", tpm->spec);
	return dv_hint(err, ret, "nothing was changed; `tpm2_evictcontrol -c "
	    "0x%08x` removes it, and it can be made again", (unsigned)handle);
}

enum dv_exit
ds_tpm_create(struct ds_tpm *tpm, uint32_t handle,
    const struct ds_tpm_template *template, bool *created, struct dv_err *err)
{
	struct create c = {
		.handle = handle,
		.d = {
			.hierarchy = ESYS_TR_RH_ENDORSEMENT,
			.template = &template->pub,
			.auth = &tpm->auth,
		},
		.err = err,
	};
	char spec[32];
	snprintf(spec, sizeof(spec), "tpm:0x%08x", (unsigned)handle);
	*created = false;
	ds_tpm_forget(tpm);
	enum dv_exit ret = ds_tpm_new_auth(tpm, &template->pub.publicArea, spec,
	    err);
	if (ret == DV_EXIT_YES)
		ret = create(tpm, &c, err);
	*created = c.created;
	if (ret == DV_EXIT_YES && !*created && tpm->auth.size > 0)
		ret = same_auth(tpm, handle, err);
	return ret;
}

/* ---- signing -------------------------------------------------------------- */

/* How the key signs by alg; ds_key_sign() has seen that it may. */
static TPMT_SIG_SCHEME
scheme_for(enum dv_sig_alg alg, const TPMT_PUBLIC *pub)
{
	TPMT_SIG_SCHEME scheme = { .scheme = pub->type == TPM2_ALG_ECC ?
	    TPM2_ALG_ECDSA : dv_sig_fits_key(alg, DV_KEY_RSA_PSS) ?
	    TPM2_ALG_RSAPSS : TPM2_ALG_RSASSA };
	scheme.details.any.hashAlg = hash_of(dv_sig_hash(alg));
	return scheme;
}

static bool
signature_copy(const TPMT_SIGNATURE *made, const TPMT_PUBLIC *pub,
    TPM2_ALG_ID scheme, uint8_t *sig)
{
	const TPMS_SIGNATURE_ECC *ecc = &made->signature.ecdsa;
	const TPMS_SIGNATURE_RSA *rsa = &made->signature.rsassa;
	size_t half = coordinate_len(type_of(pub));
	if (made->sigAlg != scheme)
		return false;
	if (scheme != TPM2_ALG_ECDSA)	/* PSS has the same members */
		return pub->unique.rsa.size <= DS_MAX_SIGNATURE &&
		    pad_left(sig, pub->unique.rsa.size, rsa->sig.buffer,
		    rsa->sig.size);
	return pad_left(sig, half, ecc->signatureR.buffer,
	    ecc->signatureR.size) &&
	    pad_left(sig + half, half, ecc->signatureS.buffer,
	    ecc->signatureS.size);
}

enum dv_exit
ds_tpm_sign(struct ds_tpm *tpm, enum dv_sig_alg alg, struct dv_bytes digest,
    uint8_t *sig, struct dv_err *err)
{
	struct ds_tpm_sign_call s = { .key = tpm->key,
		.second = ESYS_TR_NONE,
		.scheme = scheme_for(alg, &tpm->pub),
		.digest.size = (UINT16)digest.len };
	if (!dv_bytes_copy(s.digest.buffer, sizeof(s.digest.buffer), digest))
		return dv_fail(err, DV_EXIT_NONE, "%s: the digest is too long",
		    tpm->spec);
	enum dv_exit ret = ds_tpm_has_policy(tpm) ?
	    ds_tpm_sign_by_policy(tpm, &s, err) :
	    ds_tpm_sign_by_auth(tpm, &s, err);
	if (ret != DV_EXIT_YES)
		return ret;
	bool ok = signature_copy(s.made, &tpm->pub, s.scheme.scheme, sig);
	Esys_Free(s.made);
	if (!ok)
		return dv_fail(err, DV_EXIT_NONE, "%s: what the TPM gave is not "
		    "a signature by %s", tpm->spec, dv_sig_name(alg));
	return DV_EXIT_YES;
}
