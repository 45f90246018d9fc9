/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seam to the cryptographic library: is this point on its curve, does this
 * signature verify. verify/crypto_wolf.c implements it (with include/dv_hash.h)
 * and is the only verifying file that sees wolfSSL.
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

/* Is key->point what its type says: on the curve, not infinity? Ed25519 keys
 * have no check of their own and are VALID when 32 octets long. */
DV_MUST_USE enum dv_crypto dv_crypto_point(const struct dv_key *key);

/*
 * One signature over the concatenation of parts. signature is fixed-width:
 * dv_sig_size(key->type) octets.
 */
struct dv_crypto_check {
	const struct dv_key *key;
	enum dv_sig_alg alg;
	const struct dv_bytes *parts;
	size_t part_count;
	struct dv_bytes signature;
};
DV_MUST_USE enum dv_crypto dv_crypto_verify(const struct dv_crypto_check *c);

#endif
