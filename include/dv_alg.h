/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Algorithms by their names in X.509 and COSE, and public keys as views.
 * What is not in this table is refused. RFC 5480, RFC 8410, RFC 9053.
 */
#ifndef DV_ALG_H
#define DV_ALG_H

#include <stdbool.h>

#include "dv_bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dv_hash_id {
	DV_HASH_NONE = 0,
	DV_HASH_SHA256,
	DV_HASH_SHA384,
	DV_HASH_SHA512
};

#define DV_MAX_DIGEST 64

enum dv_key_type {
	DV_KEY_NONE = 0,
	DV_KEY_P256,
	DV_KEY_P384,
	DV_KEY_ED25519
};

/* A signature algorithm as X.509 names it: ECDSA does not fix the curve. */
enum dv_sig_alg {
	DV_SIG_NONE = 0,
	DV_SIG_ECDSA_SHA256,
	DV_SIG_ECDSA_SHA384,
	DV_SIG_ECDSA_SHA512,
	DV_SIG_ED25519
};

/* Set of algorithms: DV_SIG_BIT(DV_SIG_ED25519) | ... */
#define DV_SIG_BIT(alg) (UINT32_C(1) << (alg))
#define DV_SIG_ALL                                                             \
	(DV_SIG_BIT(DV_SIG_ECDSA_SHA256) | DV_SIG_BIT(DV_SIG_ECDSA_SHA384) |   \
	 DV_SIG_BIT(DV_SIG_ECDSA_SHA512) | DV_SIG_BIT(DV_SIG_ED25519))

/* Largest fixed-width signature: P-384 r and s. */
#define DV_MAX_SIGNATURE 96

/* A public key, borrowed from the certificate it was read from. */
struct dv_key {
	enum dv_key_type type;
	struct dv_bytes spki;	/* whole SubjectPublicKeyInfo, DER */
	struct dv_bytes point;	/* 04 x y (65 or 97 octets) or 32 octets */
};

/* Octets of a digest; 0 for DV_HASH_NONE. */
size_t dv_hash_size(enum dv_hash_id id);

/* "SHA-256". Never NULL. */
const char *dv_hash_name(enum dv_hash_id id);

/* COSE hash identifier (RFC 9054: -16, -43, -44) and back; NONE when unknown. */
int64_t dv_hash_cose(enum dv_hash_id id);
enum dv_hash_id dv_hash_from_cose(int64_t id);

/* "P-256", "P-384", "Ed25519". Never NULL. */
const char *dv_key_type_name(enum dv_key_type type);

/* "ecdsa-with-SHA256", "Ed25519". Never NULL. */
const char *dv_sig_name(enum dv_sig_alg alg);

/* Contents octets of the X.509 OID, and back; NONE when unknown. */
struct dv_bytes dv_sig_oid(enum dv_sig_alg alg);
enum dv_sig_alg dv_sig_from_oid(struct dv_bytes oid);

/* Hash used by alg; DV_HASH_NONE for Ed25519, which hashes by itself. */
enum dv_hash_id dv_sig_hash(enum dv_sig_alg alg);

/* May a key of this type make this kind of signature? */
DV_MUST_USE bool dv_sig_fits_key(enum dv_sig_alg alg, enum dv_key_type type);

/* The algorithm this project signs with, for a key type. */
enum dv_sig_alg dv_sig_for_key(enum dv_key_type type);

/* Octets of the fixed-width signature (r || s, or Ed25519's 64). */
size_t dv_sig_size(enum dv_key_type type);

/*
 * COSE: the identifier written for a key type (ES256 -7, ES384 -35, EdDSA -8),
 * and the key type an identifier demands. Both the classic and the fully
 * specified identifiers of RFC 9864 (-9, -51, -19) are read; NONE when unknown.
 */
int64_t dv_cose_alg(enum dv_key_type type);
enum dv_key_type dv_cose_key_type(int64_t alg);

#ifdef __cplusplus
}
#endif
#endif
