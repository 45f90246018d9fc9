/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The public half of a key in a token. Tokens keep it in a public key object,
 * in the private one or in a certificate; without one of these no key is
 * opened, and none is believed before it was checked. PKCS#11 2.40 4.8, 4.9.
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "dv_cert.h"
#include "dv_limits.h"
#include "dv_verdict.h"
#include "p11.h"
#include "p11_point.h"

struct reading {
	const struct ds_p11 *p;
	struct ds_key *key;		/* to be filled */
	CK_KEY_TYPE type;		/* of the private key */
	struct dv_buf id, label;	/* of the private key */
	bool done;
};

static enum dv_exit
fail(const struct reading *r, const char *why, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NONE, "%s: %s", r->p->where, why);
}

/* ---- one object ----------------------------------------------------------- */

static enum dv_exit
ec_take(struct reading *r, struct dv_bytes params, struct dv_bytes value,
    struct dv_err *err)
{
	enum dv_key_type type = ds_p11_curve(params);
	if (type == DV_KEY_NONE) {
		enum dv_exit ret = fail(r, "the key is on a curve that is not "
		    "used here", err);
		return dv_hint(err, ret, "P-256, P-384 and Ed25519 are");
	}
	struct dv_bytes point = ds_p11_point(type, value);
	if (point.ptr == NULL)
		return fail(r, "its public point has a form that is not read "
		    "here", err);
	r->done = true;
	return ds_key_set_public(r->key, type, point, err);
}

static enum dv_exit
ec_read(struct reading *r, CK_OBJECT_HANDLE object, struct dv_err *err)
{
	struct dv_buf params = { NULL, 0, 0 }, point = { NULL, 0, 0 };
	enum dv_exit ret = ds_p11_get(r->p, object, CKA_EC_POINT, &point, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_get(r->p, object, CKA_EC_PARAMS, &params, err);
	if (ret == DV_EXIT_YES && point.len > 0)
		ret = ec_take(r, dv_buf_bytes(&params), dv_buf_bytes(&point),
		    err);
	dv_buf_free(&params);
	dv_buf_free(&point);
	return ret;
}

static enum dv_exit
rsa_take(struct reading *r, struct dv_bytes modulus, struct dv_bytes exponent,
    struct dv_err *err)
{
	while (modulus.len > 0 && modulus.ptr[0] == 0)
		modulus = dv_bytes_cut(modulus, 1, modulus.len - 1);
	if (8 * modulus.len > DV_MAX_RSA_BITS)
		return fail(r, "the RSA key is longer than 4096 bits", err);
	r->done = true;
	return ds_key_set_public_rsa(r->key, modulus, exponent, err);
}

static enum dv_exit
rsa_read(struct reading *r, CK_OBJECT_HANDLE object, struct dv_err *err)
{
	struct dv_buf n = { NULL, 0, 0 }, e = { NULL, 0, 0 };
	enum dv_exit ret = ds_p11_get(r->p, object, CKA_MODULUS, &n, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_get(r->p, object, CKA_PUBLIC_EXPONENT, &e, err);
	if (ret == DV_EXIT_YES && n.len > 0 && e.len > 0)
		ret = rsa_take(r, dv_buf_bytes(&n), dv_buf_bytes(&e), err);
	dv_buf_free(&n);
	dv_buf_free(&e);
	return ret;
}

/* A public or private key; r->done when it held the public half. */
static enum dv_exit
key_read(struct reading *r, CK_OBJECT_HANDLE object, struct dv_err *err)
{
	return r->type == CKK_RSA ? rsa_read(r, object, err) :
	    ec_read(r, object, err);
}

/* Can the private key be of the type of this public one? */
static bool
fits(const struct reading *r, enum dv_key_type type)
{
	if (r->type == CKK_RSA)
		return type == DV_KEY_RSA;
	if (r->type == CKK_EC_EDWARDS)
		return type == DV_KEY_ED25519;
	return type == DV_KEY_P256 || type == DV_KEY_P384;
}

static enum dv_exit
cert_read(struct reading *r, CK_OBJECT_HANDLE object, struct dv_err *err)
{
	struct dv_buf der = { NULL, 0, 0 };
	struct dv_cert cert;
	struct dv_at at;
	enum dv_exit ret = ds_p11_get(r->p, object, CKA_VALUE, &der, err);
	if (ret == DV_EXIT_YES && dv_cert_parse(dv_buf_bytes(&der), &cert,
	    &at) == DV_R_NONE && fits(r, cert.key.type)) {
		r->done = true;
		ret = r->type == CKK_RSA ? ds_key_set_public_rsa(r->key,
		    cert.key.modulus, cert.key.exponent, err) :
		    ds_key_set_public(r->key, cert.key.type, cert.key.octets,
		    err);
	}
	dv_buf_free(&der);
	return ret;
}

/* ---- where to look -------------------------------------------------------- */

/* The one object of this class with that id or label, when there is one. */
static enum dv_exit
look(struct reading *r, const struct ds_p11_query *query, struct dv_err *err)
{
	struct ds_p11_found found;
	if (r->done || query->id.len + query->label.len == 0)
		return DV_EXIT_YES;
	enum dv_exit ret = ds_p11_find(r->p, query, &found, err);
	if (ret != DV_EXIT_YES || found.count == 0)
		return ret;
	if (found.count > 1) {
		ret = fail(r, query->class == CKO_CERTIFICATE ?
		    "several certificates could be that of the private key" :
		    "several public keys could belong to the private key",
		    err);
		return dv_hint(err, ret, "delete those that do not, with "
		    "`pkcs11-tool --delete-object`");
	}
	return query->class == CKO_CERTIFICATE ?
	    cert_read(r, found.object[0], err) :
	    key_read(r, found.object[0], err);
}

static enum dv_exit
look_everywhere(struct reading *r, struct dv_err *err)
{
	const struct dv_bytes id = dv_buf_bytes(&r->id), none = { NULL, 0 };
	const struct ds_p11_query by_id = { CKO_PUBLIC_KEY, none, id };
	const struct ds_p11_query cert = { CKO_CERTIFICATE, none, id };
	const struct ds_p11_query by_label = { CKO_PUBLIC_KEY,
		dv_buf_bytes(&r->label), none };
	enum dv_exit ret = look(r, &by_id, err);
	if (ret == DV_EXIT_YES && !r->done)
		ret = key_read(r, r->p->key, err);
	if (ret == DV_EXIT_YES)
		ret = look(r, &cert, err);
	if (ret == DV_EXIT_YES)
		ret = look(r, &by_label, err);
	if (ret == DV_EXIT_YES && r->done && !fits(r, r->key->pub.type))
		ret = fail(r, "the public key that has its id is of another "
		    "type", err);
	if (ret != DV_EXIT_YES || r->done)
		return ret;
	ret = fail(r, "the token gives no public key for this private key",
	    err);
	return dv_hint(err, ret, "there is neither a public key object nor a "
	    "certificate with its id: write one into the token with "
	    "`pkcs11-tool --write-object FILE --type cert --id ID`");
}

static enum dv_exit
type_read(struct reading *r, struct dv_err *err)
{
	struct dv_buf value = { NULL, 0, 0 };
	enum dv_exit ret = ds_p11_get(r->p, r->p->key, CKA_KEY_TYPE, &value,
	    err);
	if (ret == DV_EXIT_YES && value.len == sizeof(r->type))
		memcpy(&r->type, value.ptr, sizeof(r->type));
	dv_buf_free(&value);
	if (ret != DV_EXIT_YES || r->type == CKK_EC || r->type == CKK_RSA ||
	    r->type == CKK_EC_EDWARDS)
		return ret;
	ret = fail(r, "a kind of key that is not used here", err);
	return dv_hint(err, ret, "P-256, P-384, Ed25519 and RSA are");
}

enum dv_exit
ds_p11_public(const struct ds_p11 *p, struct ds_key *key, struct dv_err *err)
{
	struct reading r = { .p = p, .key = key,
		.type = CK_UNAVAILABLE_INFORMATION };
	enum dv_exit ret = type_read(&r, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_get(p, p->key, CKA_ID, &r.id, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_get(p, p->key, CKA_LABEL, &r.label, err);
	if (ret == DV_EXIT_YES)
		ret = look_everywhere(&r, err);
	dv_buf_free(&r.id);
	dv_buf_free(&r.label);
	return ret;
}

/* ---- what the token vouches for ------------------------------------------- */

enum dv_exit
ds_p11_vouch(const struct ds_p11 *p, struct ds_key *key, struct dv_err *err)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		const char *name;
	} marks[] = {
		{ CKA_LOCAL, "CKA_LOCAL" },
		{ CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE" },
		{ CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE" },
	};
	char missing[80] = "";
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		bool is;
		size_t len = strlen(missing);
		enum dv_exit ret = ds_p11_get_bool(p, p->key, marks[i].type,
		    &is, err);
		if (ret != DV_EXIT_YES)
			return ret;
		if (!is)
			snprintf(missing + len, sizeof(missing) - len, "%s%s",
			    len > 0 ? ", " : "", marks[i].name);
	}
	if (missing[0] == '\0')
		snprintf(key->where, sizeof(key->where), "in token \"%s\", "
		    "which made it and never let it out", p->label);
	else
		snprintf(key->where, sizeof(key->where), "in token \"%s\", "
		    "which does not vouch that it made it and never let it out "
		    "(not set: %s)", p->label, missing);
	return DV_EXIT_YES;
}
