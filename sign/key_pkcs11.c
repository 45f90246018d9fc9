/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys that live in a PKCS#11 token: KEYSPEC pkcs11:..., RFC 7512. The message
 * is hashed and wrapped here, the private key never leaves the token. PKCS#11
 * 2.40; RFC 8017 9.2.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "dv_hash.h"
#include "p11.h"

#define PREFIX_LEN 19

/* DigestInfo of SHA-256 up to the digest: RFC 8017 9.2 note 1. */
static const uint8_t digest_info[PREFIX_LEN] = { 0x30, 0x31, 0x30, 0x0d, 0x06,
	0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
	0x04, 0x20 };

/* How each algorithm is asked for; what is signed is prepared by prepare(). */
static const struct scheme {
	enum dv_sig_alg alg;
	CK_MECHANISM_TYPE type;
	const char *name;
} schemes[] = {
	{ DV_SIG_ECDSA_SHA256, CKM_ECDSA, "CKM_ECDSA" },
	{ DV_SIG_ECDSA_SHA384, CKM_ECDSA, "CKM_ECDSA" },
	{ DV_SIG_ED25519, CKM_EDDSA, "CKM_EDDSA" },
	{ DV_SIG_RSA_SHA256, CKM_RSA_PKCS, "CKM_RSA_PKCS" },
	{ DV_SIG_PSS_SHA256, CKM_RSA_PKCS_PSS, "CKM_RSA_PKCS_PSS" },
};

/* ---- opening and making --------------------------------------------------- */

/* The module, the token, a session, the user logged in. */
static enum dv_exit
reach(struct ds_key *key, const char *rest, const struct ds_access *access,
    bool write, struct dv_err *err)
{
	struct ds_p11 *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	key->state = p;
	enum dv_exit ret = ds_p11_uri_parse(rest, &p->uri, err);
	if (ret != DV_EXIT_YES)
		return ret;
	/* For messages: the token and the key, not the way there. */
	key->spec[strcspn(key->spec, "?")] = '\0';
	p->where = key->spec;
	ret = ds_p11_load(p->uri.module, &p->module, err);
	if (ret != DV_EXIT_YES)
		return ret;
	p->f = ds_p11_functions(p->module);
	ret = ds_p11_connect(p, write, err);
	return ret == DV_EXIT_YES ? ds_p11_login(p, access, err) : ret;
}

/* p->key and the public half are there: what else is to be known. */
static enum dv_exit
settle(struct ds_key *key, const struct ds_access *access, struct dv_err *err)
{
	struct ds_p11 *p = key->state;
	enum dv_exit ret = ds_p11_vouch(p, key, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_get_bool(p, p->key, CKA_ALWAYS_AUTHENTICATE,
		    &p->each_time, err);
	return ret == DV_EXIT_YES ? ds_p11_pin_keep(p, access, err) : ret;
}

static enum dv_exit
pkcs11_open(struct ds_key *key, const char *rest,
    const struct ds_access *access, struct dv_err *err)
{
	struct ds_p11_found found;
	enum dv_exit ret = reach(key, rest, access, false, err);
	struct ds_p11 *p = key->state;
	if (ret == DV_EXIT_YES)
		ret = ds_p11_keys(p, &found, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_one(p, &found, err);
	if (ret != DV_EXIT_YES)
		return ret;
	p->key = found.object[0];
	ret = ds_p11_public(p, key, err);
	return ret == DV_EXIT_YES ? settle(key, access, err) : ret;
}

/* The very key that is named is there already: it is taken, none is made. */
static enum dv_exit
take_or_make(struct ds_key *key, const struct ds_p11_found *found,
    const struct ds_key_type *type, bool *created, struct dv_err *err)
{
	struct ds_p11 *p = key->state;
	if (found->count == 0) {
		enum dv_exit ret = ds_p11_make(p, key, type, err);
		*created = ret == DV_EXIT_YES;
		return ret;
	}
	enum dv_exit ret = ds_p11_one(p, found, err);
	if (ret != DV_EXIT_YES)
		return ret;
	p->key = found->object[0];
	return ds_p11_public(p, key, err);
}

static enum dv_exit
pkcs11_create(struct ds_key *key, const char *rest,
    const struct ds_key_new *what, bool *created, struct dv_err *err)
{
	struct ds_p11_found found;
	enum dv_exit ret = reach(key, rest, what->access, true, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_keys(key->state, &found, err);
	if (ret == DV_EXIT_YES)
		ret = take_or_make(key, &found, ds_key_type_of(what), created,
		    err);
	return ret == DV_EXIT_YES ? settle(key, what->access, err) : ret;
}

/* ---- signing -------------------------------------------------------------- */

static const struct scheme *
scheme_find(enum dv_sig_alg alg)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (schemes[i].alg == alg)
			return &schemes[i];
	}
	return NULL;
}

/* What the mechanism takes: a digest, a DigestInfo, the message itself. */
static struct dv_bytes
prepare(const struct ds_to_sign *what, uint8_t room[PREFIX_LEN + DV_MAX_DIGEST])
{
	size_t before = what->alg == DV_SIG_RSA_SHA256 ? PREFIX_LEN : 0;
	if (dv_sig_hash(what->alg) == DV_HASH_NONE)
		return what->message;
	memcpy(room, digest_info, before);
	size_t len = dv_hash_once(dv_sig_hash(what->alg), what->message,
	    room + before);
	return (struct dv_bytes){ len > 0 ? room : NULL, before + len };
}

static CK_RV
sign_run(struct ds_p11 *p, struct dv_bytes data, uint8_t *sig, CK_ULONG *len)
{
	/* The standard's type has no const; data is not written to. */
	union {
		const uint8_t *in;
		CK_BYTE *out;
	} u = { data.ptr };
	return p->f->C_Sign(p->session, u.out, data.len, sig, len);
}

static enum dv_exit
pkcs11_sign(struct ds_key *key, const struct ds_to_sign *what, uint8_t *sig,
    struct dv_err *err)
{
	struct ds_p11 *p = key->state;
	const struct scheme *scheme = scheme_find(what->alg);
	uint8_t room[PREFIX_LEN + DV_MAX_DIGEST], made[DS_MAX_SIGNATURE];
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	CK_ULONG len = sizeof(made);
	struct dv_bytes data = prepare(what, room);
	if (scheme == NULL || data.ptr == NULL)
		return dv_fail(err, DV_EXIT_NONE, "%s: hashing failed",
		    key->spec);
	CK_MECHANISM mechanism = { scheme->type, NULL, 0 };
	if (scheme->type == CKM_RSA_PKCS_PSS) {
		mechanism.pParameter = &pss;
		mechanism.ulParameterLen = sizeof(pss);
	}
	enum dv_exit ret = ds_p11_not_refused(p, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_need(p, scheme->type, scheme->name, err);
	if (ret != DV_EXIT_YES)
		return ret;
	CK_RV rv = p->f->C_SignInit(p->session, &mechanism, p->key);
	if (rv == CKR_OK) {
		ret = ds_p11_login_again(p, err);
		if (ret != DV_EXIT_YES)
			return ret;
		rv = sign_run(p, data, made, &len);
	}
	if (rv != CKR_OK)
		return ds_p11_fail(err, key->spec, "signing", rv);
	if (len != ds_key_signature_size(key))
		return dv_fail(err, DV_EXIT_NONE, "%s: the token gave a "
		    "signature of %lu octets, wanted %zu", key->spec, len,
		    ds_key_signature_size(key));
	memcpy(sig, made, len);
	return DV_EXIT_YES;
}

static void
pkcs11_close(struct ds_key *key)
{
	struct ds_p11 *p = key->state;
	if (p == NULL)
		return;
	ds_p11_disconnect(p);
	ds_p11_unload(p->module);
	dv_wipe(p, sizeof(*p));
	free(p);
}

const struct ds_key_ops ds_key_pkcs11 = {
	.scheme = "pkcs11",
	.open = pkcs11_open,
	.create = pkcs11_create,
	.sign = pkcs11_sign,
	.close = pkcs11_close,
};
