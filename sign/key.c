/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private keys behind one interface: picks the kind by the KEYSPEC's scheme and
 * does what all kinds share. No signature leaves here unverified.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "crypto.h"
#include "crypto_sign.h"
#include "ds_der.h"
#include "dv_chain.h"
#include "key_ops.h"

static const struct ds_key_type types[] = {
	{ "p256", DV_KEY_P256, 0 },
	{ "p384", DV_KEY_P384, 0 },
	{ "ed25519", DV_KEY_ED25519, 0 },
	{ "rsa2048", DV_KEY_RSA, 2048 },
	{ "rsa3072", DV_KEY_RSA, 3072 },
	{ "rsa4096", DV_KEY_RSA, 4096 },
};

static const struct ds_key_ops *const kinds[] = { &ds_key_file, &ds_key_tpm,
	&ds_key_pkcs11, NULL };

struct ds_access
ds_access_default(void)
{
	return (struct ds_access){ .secret = { .fd = -1 } };
}

enum dv_exit
ds_key_type_find(const char *name, const struct ds_key_type **out,
    struct dv_err *err)
{
	*out = NULL;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(types[i].name, name) == 0)
			*out = &types[i];
	}
	if (*out != NULL)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_USAGE, "--key-type %s: not one of "
	    DS_KEY_TYPES, name);
}

const struct ds_key_type *
ds_key_type_of(const struct ds_key_new *what)
{
	return what->type != NULL ? what->type : &types[0];
}

enum dv_exit
ds_key_type_refuse(const struct ds_key *key, const struct ds_key_type *type,
    const char *list, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_USAGE, "%s: no key of type %s can be made "
	    "there, only %s", key->spec, type->name, list);
}

enum dv_exit
ds_random(uint8_t *out, size_t len, struct dv_err *err)
{
	if (ds_crypto_random(out, len))
		return DV_EXIT_YES;
	dv_wipe(out, len);
	return dv_fail(err, DV_EXIT_NONE,
	    "the operating system gave no random numbers");
}

/* The kind of key, and in *rest what stands behind "scheme:". */
static const struct ds_key_ops *
kind_find(const char *spec, const char **rest)
{
	for (size_t i = 0; kinds[i] != NULL; i++) {
		size_t len = strlen(kinds[i]->scheme);
		if (strncmp(spec, kinds[i]->scheme, len) == 0 &&
		    spec[len] == ':') {
			*rest = spec + len + 1;
			return kinds[i];
		}
	}
	return NULL;
}

/* NULL: *ret and *err say why. */
static struct ds_key *
key_new(const char *spec, const char **rest, enum dv_exit *ret,
    struct dv_err *err)
{
	const struct ds_key_ops *ops = kind_find(spec, rest);
	if (ops == NULL) {
		*ret = dv_fail(err, DV_EXIT_USAGE,
		    "\"%s\" does not name a key", spec);
		dv_hint(err, *ret, "write file:PATH, tpm:PATH, tpm:0x%08x or "
		    "pkcs11:token=LABEL;object=LABEL?module-path=PATH",
		    (unsigned)DS_IDEVID_HANDLE);
		return NULL;
	}
	struct ds_key *key = calloc(1, sizeof(*key));
	char *copy = strdup(spec);
	if (key == NULL || copy == NULL) {
		free(key);
		free(copy);
		*ret = dv_fail(err, DV_EXIT_NONE, "out of memory");
		return NULL;
	}
	key->ops = ops;
	key->spec = copy;
	return key;
}

/* Hands the key over when all went well, else nothing. */
static enum dv_exit
key_give(struct ds_key *key, enum dv_exit ret, struct ds_key **out)
{
	if (ret == DV_EXIT_YES)
		*out = key;
	else
		ds_key_close(key);
	return ret;
}

enum dv_exit
ds_key_open(const char *spec, const struct ds_access *access,
    struct ds_key **out, struct dv_err *err)
{
	const char *rest;
	enum dv_exit ret;
	*out = NULL;
	struct ds_key *key = key_new(spec, &rest, &ret, err);
	if (key == NULL)
		return ret;
	return key_give(key, key->ops->open(key, rest, access, err), out);
}

enum dv_exit
ds_key_create(const struct ds_key_new *what, struct ds_key **out,
    bool *created, struct dv_err *err)
{
	const char *rest;
	enum dv_exit ret;
	*out = NULL;
	*created = false;
	struct ds_key *key = key_new(what->spec, &rest, &ret, err);
	if (key == NULL)
		return ret;
	ret = key->ops->create(key, rest, what, created, err);
	return key_give(key, ret, out);
}

bool
ds_key_has_type(const struct ds_key *key, const struct ds_key_type *type)
{
	return key->pub.type == type->type &&
	    (type->bits == 0 || type->bits == 8 * key->pub.modulus.len);
}

const struct dv_key *
ds_key_public(const struct ds_key *key)
{
	return &key->pub;
}

const char *
ds_key_template(const struct ds_key *key)
{
	return key->template;
}

const char *
ds_key_spec(const struct ds_key *key)
{
	return key->spec;
}

const char *
ds_key_where(const struct ds_key *key)
{
	return key->where;
}

/* What was written into key->spki is read as the verifier reads it. */
static enum dv_exit
public_take(struct ds_key *key, const struct ds_der *w, struct dv_err *err)
{
	struct dv_at at;
	enum dv_reason why = dv_key_parse(ds_der_done(w), &key->pub, &at);
	if (why == DV_R_NONE)
		return DV_EXIT_YES;
	key->pub = (struct dv_key){ 0 };
	return dv_fail(err, DV_EXIT_NONE, "%s: %s", key->spec,
	    dv_reason_text(why));
}

enum dv_exit
ds_key_set_public(struct ds_key *key, enum dv_key_type type,
    struct dv_bytes point, struct dv_err *err)
{
	struct ds_der w = ds_der_start(key->spki, sizeof(key->spki));
	ds_der_spki(&w, type, point);
	return public_take(key, &w, err);
}

enum dv_exit
ds_key_set_public_rsa(struct ds_key *key, struct dv_bytes modulus,
    struct dv_bytes exponent, struct dv_err *err)
{
	struct ds_der w = ds_der_start(key->spki, sizeof(key->spki));
	ds_der_spki_rsa(&w, modulus, exponent);
	return public_take(key, &w, err);
}

enum dv_exit
ds_key_salt_name(struct ds_key *key, uint8_t name[DS_SALT_NAME], size_t *len,
    struct dv_err *err)
{
	*len = 0;
	return key->ops->salt_name == NULL ? DV_EXIT_YES :
	    key->ops->salt_name(key, name, len, err);
}

size_t
ds_key_signature_size(const struct ds_key *key)
{
	return key->pub.type == DV_KEY_RSA ? key->pub.modulus.len :
	    dv_sig_size(key->pub.type);
}

static bool
alg_ours(enum dv_sig_alg alg, enum dv_key_type type)
{
	return alg != DV_SIG_NONE && (alg == dv_sig_for_key(type) ||
	    alg == dv_cose_sig(dv_cose_alg(type)));
}

enum dv_exit
ds_key_sign(struct ds_key *key, const struct ds_to_sign *what,
    uint8_t sig[DS_MAX_SIGNATURE], size_t *len, struct dv_err *err)
{
	*len = 0;
	memset(sig, 0, DS_MAX_SIGNATURE);
	if (!alg_ours(what->alg, key->pub.type))
		return dv_fail(err, DV_EXIT_NONE, "%s: a %s key does not sign "
		    "by %s here", key->spec, dv_key_type_name(key->pub.type),
		    dv_sig_name(what->alg));
	enum dv_exit ret = key->ops->sign(key, what, sig, err);
	if (ret != DV_EXIT_YES)
		return ret;

	size_t size = ds_key_signature_size(key);
	struct dv_crypto_check check = {
		.key = &key->pub,
		.alg = what->alg,
		.parts = &what->message,
		.part_count = 1,
		.signature = { sig, size },
		/* of RSASSA-PSS: RFC 8230 2 */
		.salt = (unsigned)dv_hash_size(dv_sig_hash(what->alg)),
	};
	if (dv_crypto_verify(&check) != DV_CRYPTO_VALID) {
		memset(sig, 0, DS_MAX_SIGNATURE);
		ret = dv_fail(err, DV_EXIT_NONE, "%s: the signature it made does "
		    "not verify with its public key", key->spec);
		return dv_hint(err, ret, "the signature was thrown away; "
		    "the key's device is broken or was exchanged");
	}
	*len = size;
	return DV_EXIT_YES;
}

void
ds_key_close(struct ds_key *key)
{
	if (key == NULL)
		return;
	key->ops->close(key);
	free(key->spec);
	dv_wipe(key, sizeof(*key));
	free(key);
}
