/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seam to the cryptographic library for secrets: key generation, signing,
 * PKCS#8, randomness. sign/crypto_wolf_sign.c implements it and is the only
 * signing file that sees wolfSSL.
 */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "ds_key.h"

/* Private key in memory: d of the curve, or Ed25519's seed. Wipe after use. */
#define DS_MAX_PRIVATE 48
#define DS_MAX_POINT 97
struct ds_private {
	enum dv_key_type type;
	uint8_t d[DS_MAX_PRIVATE];
	size_t d_len;
	uint8_t point[DS_MAX_POINT];	/* public point or 32 octets */
	size_t point_len;
};

/*
 * wolfSSL's P-256 code leaves the upper halves of the vector registers dirty;
 * SHA-256 after it would be a hundred times slower until they are cleared.
 */
void ds_crypto_settle(void);

DV_MUST_USE bool ds_crypto_random(uint8_t *out, size_t len);

DV_MUST_USE bool ds_crypto_generate(enum dv_key_type type,
    struct ds_private *out);

/* Recomputes point from d; false when d is out of range. */
DV_MUST_USE bool ds_crypto_public(struct ds_private *key);

/* Fixed-width signature over message (hashed inside as the key type demands).*/
DV_MUST_USE bool ds_crypto_sign(const struct ds_private *key,
    struct dv_bytes message, uint8_t sig[DV_MAX_SIGNATURE]);

/*
 * EncryptedPrivateKeyInfo around a PrivateKeyInfo: PBES2, AES-256-CBC,
 * PBKDF2-HMAC-SHA-256 with DS_PBKDF2_ITERATIONS and 16 octets of salt, and the
 * way back (which reads other iteration counts up to DS_PBKDF2_MAX).
 */
#define DS_PBKDF2_ITERATIONS 600000
#define DS_PBKDF2_MAX 10000000
enum ds_unlock {
	DS_UNLOCK_BROKEN = 0,		/* not a form we read */
	DS_UNLOCK_WRONG_PASSPHRASE,
	DS_UNLOCK_OK
};
DV_MUST_USE bool ds_crypto_wrap(struct dv_bytes plain, struct dv_bytes pass,
    struct dv_buf *out);
DV_MUST_USE enum ds_unlock ds_crypto_unwrap(struct dv_bytes wrapped,
    struct dv_bytes pass, struct dv_buf *plain);

/*
 * Sealing for the holder of an elliptic key: a fresh key pair and ECDH, a key
 * from the secret by X9.63 with SHA-256 and shared_info, AES key wrap (RFC
 * 3394) of the content's key, AES-256-GCM of the content (RFC 5753, RFC 5084).
 * cipher has as many octets as plain.
 */
#define DS_SEAL_WRAPPED 40
#define DS_SEAL_NONCE 12
#define DS_SEAL_TAG 16
struct ds_sealed {
	uint8_t point[DS_MAX_POINT];	/* of the fresh key */
	size_t point_len;
	uint8_t wrapped[DS_SEAL_WRAPPED];
	uint8_t nonce[DS_SEAL_NONCE];
	uint8_t tag[DS_SEAL_TAG];
};
DV_MUST_USE bool ds_crypto_seal(const struct dv_key *to,
    struct dv_bytes shared_info, struct dv_bytes plain, uint8_t *cipher,
    struct ds_sealed *out);

#endif
