/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a kind of key must be able to do. One table per kind; sign/key.c picks
 * it by the KEYSPEC's scheme and does everything they have in common.
 */
#ifndef KEY_OPS_H
#define KEY_OPS_H

#include "crypto_sign.h"
#include "ds_der.h"
#include "ds_key.h"

struct ds_key_ops {
	const char *scheme;		/* "file", "tpm", "pkcs11" */
	enum dv_exit (*open)(struct ds_key *key, const char *rest,
	    const struct ds_access *access, struct dv_err *err);
	enum dv_exit (*create)(struct ds_key *key, const char *rest,
	    const struct ds_key_new *what, bool *created, struct dv_err *err);
	/* writes ds_key_signature_size(key) octets */
	enum dv_exit (*sign)(struct ds_key *key, const struct ds_to_sign *what,
	    uint8_t *sig, struct dv_err *err);
	void (*close)(struct ds_key *key);
	/* NULL: there are no sessions */
	enum dv_exit (*salt_name)(struct ds_key *key, uint8_t *name,
	    size_t *len, struct dv_err *err);
};

#define DS_MAX_SPKI 576			/* octets; RSA with 4096 bits: 550 */

struct ds_key {
	const struct ds_key_ops *ops;
	char *spec;
	const char *template;		/* it was made from, or NULL */
	char where[DS_KEY_WHERE];
	struct dv_key pub;		/* views into spki */
	uint8_t spki[DS_MAX_SPKI];
	void *state;			/* of the kind of key */
};

/* Sets pub and spki from a raw public key, which must be on its curve. */
DV_MUST_USE enum dv_exit ds_key_set_public(struct ds_key *key,
    enum dv_key_type type, struct dv_bytes point, struct dv_err *err);

/* The same for RSA, from two big-endian numbers. */
DV_MUST_USE enum dv_exit ds_key_set_public_rsa(struct ds_key *key,
    struct dv_bytes modulus, struct dv_bytes exponent, struct dv_err *err);

/* Refuses, for a kind that cannot make a key of this type: "file: ... cannot be
 * made here; made are LIST". */
DV_MUST_USE enum dv_exit ds_key_type_refuse(const struct ds_key *key,
    const struct ds_key_type *type, const char *list, struct dv_err *err);

/* The type asked for, else p256. */
const struct ds_key_type *ds_key_type_of(const struct ds_key_new *what);

/* Writes PrivateKeyInfo (RFC 5958) of a key in memory; wipe it after use. */
#define DS_PRIVATE_INFO_MAX 256		/* octets; P-384 takes 185 */
void ds_private_info_write(struct ds_der *w, const struct ds_private *key);

extern const struct ds_key_ops ds_key_file;
extern const struct ds_key_ops ds_key_tpm;
extern const struct ds_key_ops ds_key_pkcs11;

#endif
