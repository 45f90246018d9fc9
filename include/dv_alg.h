/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Algorithms by their names in X.509 and COSE, and public keys as views.
 * What is not in this table is refused. RFC 4055, RFC 5480, RFC 8410, RFC 9053,
 * RFC 9802, RFC 9881.
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
	DV_KEY_ED25519,
	DV_KEY_RSA,		/* rsaEncryption: PKCS#1 v1.5 and PSS */
	DV_KEY_RSA_PSS,		/* id-RSASSA-PSS: PSS alone */
	DV_KEY_MLDSA44,
	DV_KEY_MLDSA65,
	DV_KEY_MLDSA87,
	DV_KEY_HSS_LMS
};

/*
 * A signature algorithm as X.509 names it: ECDSA does not fix the curve. In
 * RSASSA-PSS the mask is made with the hash of the message.
 */
enum dv_sig_alg {
	DV_SIG_NONE = 0,
	DV_SIG_ECDSA_SHA256,
	DV_SIG_ECDSA_SHA384,
	DV_SIG_ECDSA_SHA512,
	DV_SIG_ED25519,
	DV_SIG_RSA_SHA256,
	DV_SIG_RSA_SHA384,
	DV_SIG_RSA_SHA512,
	DV_SIG_PSS_SHA256,
	DV_SIG_PSS_SHA384,
	DV_SIG_PSS_SHA512,
	DV_SIG_MLDSA44,
	DV_SIG_MLDSA65,
	DV_SIG_MLDSA87,
	DV_SIG_HSS_LMS,
	DV_SIG_COUNT
};

/* Set of algorithms: DV_SIG_BIT(DV_SIG_ED25519) | ... */
#define DV_SIG_BIT(alg) (UINT32_C(1) << (alg))

/* All that this build can verify. */
uint32_t dv_sig_built(void);

/*
 * Largest signature that is converted or made here: P-384's r and s. Those of
 * RSA, ML-DSA and HSS/LMS are verified where they stand.
 */
#define DV_MAX_SIGNATURE 96

/* A public key, borrowed from the certificate it was read from. */
struct dv_key {
	enum dv_key_type type;
	struct dv_bytes spki;	/* whole SubjectPublicKeyInfo, DER */
	struct dv_bytes octets;	/* contents of the BIT STRING */
	struct dv_bytes modulus, exponent; /* RSA: without leading zeros */
	enum dv_sig_alg only;	/* DV_KEY_RSA_PSS with parameters: this
				   algorithm alone; NONE: any of the type */
	unsigned min_salt;	/* and at least this many octets of salt */
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

/* Can this build do anything with such a key? */
DV_MUST_USE bool dv_key_type_built(enum dv_key_type type);

/* Is it of a kind that can neither encrypt nor agree on keys? */
DV_MUST_USE bool dv_key_only_signs(enum dv_key_type type);

/* "ecdsa-with-SHA256", "Ed25519". Never NULL. */
const char *dv_sig_name(enum dv_sig_alg alg);

/*
 * Contents octets of the X.509 OID, and back; NONE when unknown, and for
 * id-RSASSA-PSS, where the parameters say which one it is.
 */
struct dv_bytes dv_sig_oid(enum dv_sig_alg alg);
enum dv_sig_alg dv_sig_from_oid(struct dv_bytes oid);

/* Hash used by alg; DV_HASH_NONE for those that hash by themselves. */
enum dv_hash_id dv_sig_hash(enum dv_sig_alg alg);

/* May a key of this type make this kind of signature? */
DV_MUST_USE bool dv_sig_fits_key(enum dv_sig_alg alg, enum dv_key_type type);

/* The algorithm this project signs with, for a key type; NONE: it does not. */
enum dv_sig_alg dv_sig_for_key(enum dv_key_type type);

/* Octets of a signature (ECDSA: r || s); 0 where the key decides. */
size_t dv_sig_size(enum dv_key_type type);

/*
 * COSE: the identifier written for a key type (ES256 -7, ES384 -35, EdDSA -8;
 * 0 when this project does not sign with it), and the key type and algorithm
 * that an identifier demands; NONE when unknown. Read are also the fully
 * specified identifiers of RFC 9864 (-9, -51, -19), PS256 to PS512 (RFC 8230),
 * ML-DSA (RFC 9964) and HSS-LMS (RFC 8778). DV_KEY_RSA stands for both RSA types.
 */
int64_t dv_cose_alg(enum dv_key_type type);
enum dv_key_type dv_cose_key_type(int64_t alg);
enum dv_sig_alg dv_cose_sig(int64_t alg);

/* Does a key of this type do where COSE demands `wanted`? */
DV_MUST_USE bool dv_cose_fits_key(enum dv_key_type wanted,
    enum dv_key_type type);

#ifdef __cplusplus
}
#endif
#endif
