/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seam to the cryptographic library: is this point on its curve, does this
 * signature verify. verify/crypto_wolf*.c implement it (with include/dv_hash.h)
 * and are the only verifying files that see wolfSSL.
 */
#ifndef CRYPTO_H
#define CRYPTO_H

#include "dv_alg.h"
#include "dv_hash.h"

enum dv_crypto {
	DV_CRYPTO_FAILED = 0,	/* could not be computed; treat as refusal */
	DV_CRYPTO_VALID,
	DV_CRYPTO_INVALID
};

/*
 * Is key->octets what its type says? On the curve and not infinity for P-256
 * and P-384, parameters known here for HSS/LMS; the others have no check of
 * their own beyond their length. RSA keys are dv_rsa_check()'s.
 */
DV_MUST_USE enum dv_crypto dv_crypto_key(const struct dv_key *key);

/*
 * One signature over the concatenation of parts. An ECDSA signature is r || s
 * in dv_sig_size(key->type) octets, the others as X.509 and COSE have them.
 */
struct dv_crypto_check {
	const struct dv_key *key;
	enum dv_sig_alg alg;
	const struct dv_bytes *parts;
	size_t part_count;
	struct dv_bytes signature;
	unsigned salt;		/* RSASSA-PSS: octets, exactly */
};
DV_MUST_USE enum dv_crypto dv_crypto_verify(const struct dv_crypto_check *c);

#endif
