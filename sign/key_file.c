/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys in files: PKCS#8 PEM, encrypted unless that was refused by name, mode
 * 0600. Nothing secret stays in memory after use. RFC 5958, RFC 5915, RFC 8410.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "crypto_sign.h"
#include "der.h"
#include "ds_der.h"
#include "host/file.h"
#include "host/pem.h"
#include "key_ops.h"

#define KEY_FILE_MAX 16384	/* octets; a P-384 key takes 500 */

#define LABEL_PLAIN "PRIVATE KEY"
#define LABEL_ENCRYPTED "ENCRYPTED PRIVATE KEY"

#define OID_EC_PUBLIC_KEY "1.2.840.10045.2.1"
#define OID_P256 "1.2.840.10045.3.1.7"
#define OID_P384 "1.3.132.0.34"
#define OID_ED25519 "1.3.101.112"

static size_t
scalar_len(enum dv_key_type type)
{
	return type == DV_KEY_P384 ? 48 : 32;
}

/* ---- writing ------------------------------------------------------------- */

/* ECPrivateKey (RFC 5915); the curve stands outside, in PrivateKeyInfo. */
static void
ec_private_write(struct ds_der *w, const struct ds_private *key)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_small(w, 1);
	ds_der_element(w, DER_OCTET_STRING,
	    (struct dv_bytes){ key->d, key->d_len });
	ds_der_begin(w, DER_CONTEXT_CONS(1));
	ds_der_bit_octets(w,
	    (struct dv_bytes){ key->point, key->point_len });
	ds_der_end(w);
	ds_der_end(w);
}

/* Version 1 (0), which every reader knows. */
void
ds_private_info_write(struct ds_der *w, const struct ds_private *key)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_small(w, 0);
	ds_der_key_alg(w, key->type);
	ds_der_begin(w, DER_OCTET_STRING);
	if (key->type == DV_KEY_ED25519)
		ds_der_element(w, DER_OCTET_STRING,
		    (struct dv_bytes){ key->d, key->d_len });
	else
		ec_private_write(w, key);
	ds_der_end(w);
	ds_der_end(w);
}

/* pass NULL: to be written in the clear. */
static enum dv_exit
info_save(const char *path, struct dv_bytes info, const struct dv_buf *pass,
    struct dv_err *err)
{
	struct dv_buf wrapped = { 0 }, pem = { 0 };
	bool ok = pass == NULL ? dv_pem_write(&pem, LABEL_PLAIN, info) :
	    ds_crypto_wrap(info, dv_buf_bytes(pass), &wrapped) &&
	    dv_pem_write(&pem, LABEL_ENCRYPTED, dv_buf_bytes(&wrapped));
	struct dv_file_new file = { .path = path, .mode = 0600 };
	enum dv_exit ret = ok ? dv_file_write(&file, dv_buf_bytes(&pem), err) :
	    dv_fail(err, DV_EXIT_NONE, "%s: the key could not be encrypted",
	    path);
	dv_buf_free(&wrapped);
	dv_buf_free(&pem);
	return ret;
}

static enum dv_exit
passphrase(const struct ds_access *access, const char *path, bool fresh,
    struct dv_buf *out, struct dv_err *err)
{
	char what[512];
	snprintf(what, sizeof(what), "%spassphrase for %s",
	    fresh ? "new " : "", path);
	return ds_secret_get(&access->secret, what, fresh, out, err);
}

/* ---- reading ------------------------------------------------------------- */

static bool
oid_is(struct dv_bytes oid, const char *dotted)
{
	uint8_t want[16];
	size_t len = dv_oid_parse(dotted, want, sizeof(want));
	return len > 0 && dv_bytes_equal(oid, (struct dv_bytes){ want, len });
}

/* AlgorithmIdentifier to a key type; NONE in *type for one not known. */
static enum dv_reason
key_alg_read(struct dv_der *in, enum dv_key_type *type)
{
	struct dv_der alg;
	struct dv_bytes oid, curve;
	*type = DV_KEY_NONE;
	enum dv_reason why = dv_der_enter(in, DER_SEQUENCE, &alg);
	if (why == DV_R_NONE)
		why = dv_der_oid(&alg, &oid);
	if (why != DV_R_NONE)
		return why;
	if (oid_is(oid, OID_ED25519)) {
		*type = DV_KEY_ED25519;
		return dv_der_end(&alg);
	}
	if (!oid_is(oid, OID_EC_PUBLIC_KEY))
		return DV_R_NONE;
	why = dv_der_oid(&alg, &curve);
	if (why != DV_R_NONE)
		return why;
	if (oid_is(curve, OID_P256))
		*type = DV_KEY_P256;
	else if (oid_is(curve, OID_P384))
		*type = DV_KEY_P384;
	return dv_der_end(&alg);
}

/* Curve repeated inside ECPrivateKey: must be the one stated outside. */
static enum dv_reason
ec_parameters_read(struct dv_der *in, enum dv_key_type type)
{
	struct dv_der inside;
	struct dv_bytes curve;
	if (dv_der_peek(in) != DER_CONTEXT_CONS(0))
		return DV_R_NONE;
	enum dv_reason why = dv_der_enter(in, DER_CONTEXT_CONS(0), &inside);
	if (why == DV_R_NONE)
		why = dv_der_oid(&inside, &curve);
	if (why == DV_R_NONE)
		why = dv_der_end(&inside);
	if (why == DV_R_NONE &&
	    !oid_is(curve, type == DV_KEY_P256 ? OID_P256 : OID_P384))
		return DV_R_KEY_INVALID;
	return why;
}

static enum dv_reason
ec_private_read(struct dv_der *in, enum dv_key_type type, struct dv_bytes *d,
    struct dv_bytes *point)
{
	struct dv_der seq, inside;
	int version;
	enum dv_reason why = dv_der_enter(in, DER_SEQUENCE, &seq);
	if (why == DV_R_NONE)
		why = dv_der_small(&seq, 1, &version);
	if (why == DV_R_NONE && version != 1)
		return DV_R_UNSUPPORTED_VERSION;
	if (why == DV_R_NONE)
		why = dv_der_take(&seq, DER_OCTET_STRING, d);
	if (why == DV_R_NONE)
		why = ec_parameters_read(&seq, type);
	if (why == DV_R_NONE && dv_der_peek(&seq) == DER_CONTEXT_CONS(1)) {
		why = dv_der_enter(&seq, DER_CONTEXT_CONS(1), &inside);
		if (why == DV_R_NONE)
			why = dv_der_bit_octets(&inside, DV_R_KEY_INVALID,
			    point);
		if (why == DV_R_NONE)
			why = dv_der_end(&inside);
	}
	return why == DV_R_NONE ? dv_der_end(&seq) : why;
}

/* What may follow the key (RFC 5958): attributes, passed over, and in version
 * 2 the public key. */
static enum dv_reason
private_info_rest(struct dv_der *in, int version, struct dv_bytes *point)
{
	struct dv_bytes bits;
	enum dv_reason why = DV_R_NONE;
	if (dv_der_peek(in) == DER_CONTEXT_CONS(0))
		why = dv_der_take(in, DER_CONTEXT_CONS(0), &bits);
	if (why == DV_R_NONE && version == 1 &&
	    dv_der_peek(in) == DER_CONTEXT(1)) {
		why = dv_der_take(in, DER_CONTEXT(1), &bits);
		if (why == DV_R_NONE && (bits.len == 0 || bits.ptr[0] != 0))
			why = DV_R_KEY_INVALID;
		if (why == DV_R_NONE)
			*point = dv_bytes_cut(bits, 1, bits.len - 1);
	}
	return why == DV_R_NONE ? dv_der_end(in) : why;
}

/* d and point are views into der; point is absent when the file has none. */
static enum dv_reason
private_info_parts(struct dv_bytes der, enum dv_key_type *type,
    struct dv_bytes *d, struct dv_bytes *point)
{
	struct dv_at at;
	struct dv_der outer = dv_der_start(der, DV_F_SPKI, &at), seq, inside;
	struct dv_bytes octets;
	int version;
	*type = DV_KEY_NONE;
	enum dv_reason why = dv_der_enter(&outer, DER_SEQUENCE, &seq);
	if (why == DV_R_NONE)
		why = dv_der_end(&outer);
	if (why == DV_R_NONE)
		why = dv_der_small(&seq, 1, &version);
	if (why == DV_R_NONE)
		why = key_alg_read(&seq, type);
	if (why != DV_R_NONE || *type == DV_KEY_NONE)
		return why;
	why = dv_der_take(&seq, DER_OCTET_STRING, &octets);
	if (why != DV_R_NONE)
		return why;
	inside = dv_der_inside(&seq, octets, DV_F_SPKI);
	why = *type == DV_KEY_ED25519 ?
	    dv_der_take(&inside, DER_OCTET_STRING, d) :
	    ec_private_read(&inside, *type, d, point);
	if (why == DV_R_NONE)
		why = dv_der_end(&inside);
	return why == DV_R_NONE ? private_info_rest(&seq, version, point) : why;
}

static enum dv_exit
private_info_read(const char *path, struct dv_bytes der,
    struct ds_private *out, struct dv_err *err)
{
	struct dv_bytes d = { 0 }, point = { 0 };
	enum dv_reason why = private_info_parts(der, &out->type, &d, &point);
	if (why != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: the private key cannot be read: %s", path,
		    dv_reason_text(why));
	if (out->type == DV_KEY_NONE) {
		enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
		    "%s: a kind of key that is not used here", path);
		return dv_hint(err, ret, "P-256, P-384 and Ed25519 are");
	}
	out->d_len = scalar_len(out->type);
	if (d.len != out->d_len || !dv_bytes_copy(out->d, sizeof(out->d), d) ||
	    !ds_crypto_public(out))
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: the private key has the wrong size or is out of range",
		    path);
	struct dv_bytes computed = { out->point, out->point_len };
	if (point.ptr != NULL && !dv_bytes_equal(point, computed))
		return dv_fail(err, DV_EXIT_NONE, "%s: the public key in it is "
		    "not that of its private key", path);
	return DV_EXIT_YES;
}

static enum dv_exit
unlock(const char *path, struct dv_bytes wrapped,
    const struct ds_access *access, struct dv_buf *info, struct dv_err *err)
{
	struct dv_buf pass = { 0 };
	if (access->secret.none)
		return dv_fail(err, DV_EXIT_NONE, "%s: the key is encrypted, and "
		    "it was said that there is no passphrase", path);
	enum dv_exit ret = passphrase(access, path, false, &pass, err);
	if (ret == DV_EXIT_YES) {
		switch (ds_crypto_unwrap(wrapped, dv_buf_bytes(&pass), info)) {
		case DS_UNLOCK_OK:
			break;
		case DS_UNLOCK_WRONG_PASSPHRASE:
			ret = dv_fail(err, DV_EXIT_NONE,
			    "wrong passphrase for %s", path);
			break;
		case DS_UNLOCK_BROKEN:
		default:
			ret = dv_fail(err, DV_EXIT_NONE, "%s: encrypted in a way "
			    "that is not read here (PBES2 with "
			    "PBKDF2-HMAC-SHA-256 and AES-256-CBC is)", path);
			ret = dv_hint(err, ret, "openssl pkcs8 -topk8 -v2 "
			    "aes-256-cbc -v2prf hmacWithSHA256 converts it");
		}
	}
	dv_buf_free(&pass);
	return ret;
}

static enum dv_exit
not_pkcs8(const char *path, const char *label, struct dv_err *err)
{
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
	    "%s: wanted a PKCS#8 private key, found %s", path, label);
	return dv_hint(err, ret, "openssl pkcs8 -topk8 converts older forms");
}

/* The one PEM block a key file must be. */
static enum dv_exit
block_read(const char *path, struct dv_bytes text, char label[64],
    struct dv_buf *der, struct dv_err *err)
{
	char second[64];
	struct dv_buf extra = { 0 };
	enum dv_exit ret = dv_pem_next(&text, label, der, err);
	if (ret == DV_EXIT_NO) {
		ret = dv_fail(err, DV_EXIT_NONE, "%s: not a PEM file", path);
		return dv_hint(err, ret, "a key file begins with "
		    "-----BEGIN " LABEL_ENCRYPTED "-----");
	}
	if (ret != DV_EXIT_YES)
		return ret;
	ret = dv_pem_next(&text, second, &extra, err);
	dv_buf_free(&extra);
	if (ret == DV_EXIT_YES)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: holds more than one object, wanted one key", path);
	return ret == DV_EXIT_NO ? DV_EXIT_YES : ret;
}

static enum dv_exit
private_read(const char *path, const struct ds_access *access,
    struct ds_private *out, struct dv_err *err)
{
	char label[64];
	struct dv_buf text = { 0 }, der = { 0 }, plain = { 0 };
	enum dv_exit ret = dv_file_read_secret(path, KEY_FILE_MAX, &text, err);
	if (ret == DV_EXIT_YES)
		ret = block_read(path, dv_buf_bytes(&text), label, &der, err);
	if (ret == DV_EXIT_YES && strcmp(label, LABEL_ENCRYPTED) == 0) {
		ret = unlock(path, dv_buf_bytes(&der), access, &plain, err);
		if (ret == DV_EXIT_YES)
			ret = private_info_read(path, dv_buf_bytes(&plain), out,
			    err);
	} else if (ret == DV_EXIT_YES && strcmp(label, LABEL_PLAIN) == 0) {
		ret = private_info_read(path, dv_buf_bytes(&der), out, err);
	} else if (ret == DV_EXIT_YES) {
		ret = not_pkcs8(path, label, err);
	}
	dv_buf_free(&text);
	dv_buf_free(&der);
	dv_buf_free(&plain);
	return ret;
}

/* ---- the kind of key ------------------------------------------------------ */

static enum dv_exit
state_new(struct ds_key *key, const char *path, struct dv_err *err)
{
	if (path[0] == '\0' || strcmp(path, "-") == 0)
		return dv_fail(err, DV_EXIT_USAGE,
		    "%s: a key is kept in a file, and this names none",
		    key->spec);
	key->state = calloc(1, sizeof(struct ds_private));
	if (key->state == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	return DV_EXIT_YES;
}

static enum dv_exit
public_from(struct ds_key *key, struct dv_err *err)
{
	const struct ds_private *priv = key->state;
	return ds_key_set_public(key, priv->type,
	    (struct dv_bytes){ priv->point, priv->point_len }, err);
}

static enum dv_exit
file_open(struct ds_key *key, const char *path, const struct ds_access *access,
    struct dv_err *err)
{
	enum dv_exit ret = state_new(key, path, err);
	if (ret == DV_EXIT_YES)
		ret = private_read(path, access, key->state, err);
	if (ret == DV_EXIT_YES)
		ret = public_from(key, err);
	return ret;
}

/* Asked before the passphrase is; dv_file_write() decides in the end. */
static enum dv_exit
path_free(const char *path, struct dv_err *err)
{
	struct stat st;
	if (lstat(path, &st) != 0 && errno == ENOENT)
		return DV_EXIT_YES;
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
	    "%s: exists already, and a key is never overwritten", path);
	return dv_hint(err, ret, "name another file, or move that one away");
}

static enum dv_exit
file_create(struct ds_key *key, const char *path,
    const struct ds_key_new *what, bool *created, struct dv_err *err)
{
	uint8_t room[DS_PRIVATE_INFO_MAX];
	struct dv_buf pass = { 0 };
	const struct ds_access *access = what->access;
	const struct ds_key_type *of = ds_key_type_of(what);
	const enum dv_key_type type = of->type;
	if (what->template_name != NULL || what->pcr != NULL ||
	    what->policy_key != NULL)
		return dv_fail(err, DV_EXIT_USAGE, "%s: %s is for a key in a "
		    "TPM", key->spec, what->template_name != NULL ? "a template" :
		    "a policy");
	if (type == DV_KEY_RSA)
		return ds_key_type_refuse(key, what->type,
		    "p256, p384, ed25519", err);
	enum dv_exit ret = state_new(key, path, err);
	if (ret == DV_EXIT_YES)
		ret = path_free(path, err);
	if (ret == DV_EXIT_YES && !access->secret.none)
		ret = passphrase(access, path, true, &pass, err);
	if (ret == DV_EXIT_YES && !ds_crypto_generate(type, key->state))
		ret = dv_fail(err, DV_EXIT_NONE, "no %s key could be made",
		    dv_key_type_name(type));
	if (ret == DV_EXIT_YES)
		ret = public_from(key, err);
	if (ret == DV_EXIT_YES) {
		struct ds_der w = ds_der_start(room, sizeof(room));
		ds_private_info_write(&w, key->state);
		ret = info_save(path, ds_der_done(&w),
		    access->secret.none ? NULL : &pass, err);
	}
	dv_wipe(room, sizeof(room));
	dv_buf_free(&pass);
	*created = ret == DV_EXIT_YES;
	return ret;
}

static enum dv_exit
file_sign(struct ds_key *key, const struct ds_to_sign *what, uint8_t *sig,
    struct dv_err *err)
{
	if (ds_crypto_sign(key->state, what->message, sig))
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE, "%s: signing failed", key->spec);
}

static void
file_close(struct ds_key *key)
{
	if (key->state != NULL)
		dv_wipe(key->state, sizeof(struct ds_private));
	free(key->state);
}

const struct ds_key_ops ds_key_file = {
	.scheme = "file",
	.open = file_open,
	.create = file_create,
	.sign = file_sign,
	.close = file_close,
};
