/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ML-DSA on wolfCrypt: pure, with the empty context. VALID only for a result
 * that the library stated beside its return value. FIPS 204 algorithms 3 and 8,
 * RFC 9881.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/sha3.h>
#include <wolfssl/wolfcrypt/wc_mldsa.h>

#include "built.h"
#include "bytes.h"
#include "crypto_wolf.h"

#if DV_HAS_MLDSA

#ifndef WOLFSSL_MLDSA_SMALL_MEM_POLY64
#error "sums without reduction accept a forgery: WOLFSSL_MLDSA_SMALL_MEM_POLY64"
#endif

#define MU 64			/* octets of tr and of mu */

static byte
level_of(enum dv_key_type type)
{
	return type == DV_KEY_MLDSA44 ? WC_ML_DSA_44 :
	    type == DV_KEY_MLDSA65 ? WC_ML_DSA_65 : WC_ML_DSA_87;
}

static bool
absorb(wc_Shake *shake, struct dv_bytes part)
{
	return part.len <= DV_WOLF_MAX && (part.len == 0 ||
	    wc_Shake256_Update(shake, part.ptr, (word32)part.len) == 0);
}

/*
 * mu is the hash of tr, two octets (pure, no context) and the message, where tr
 * is the hash of the key: FIPS 204 algorithm 3 step 5, algorithm 8 steps 6, 7.
 * Computed here, because a message may be in parts.
 */
static bool
mu_make(const struct dv_crypto_check *c, uint8_t mu[MU])
{
	static const uint8_t pure[2] = { 0, 0 };
	wc_Shake shake;
	bool good = wc_InitShake256(&shake, NULL, INVALID_DEVID) == 0 &&
	    absorb(&shake, c->key->octets) &&
	    wc_Shake256_Final(&shake, mu, MU) == 0 &&
	    wc_InitShake256(&shake, NULL, INVALID_DEVID) == 0 &&
	    absorb(&shake, (struct dv_bytes){ mu, MU }) &&
	    absorb(&shake, DV_BYTES(pure));

	for (size_t i = 0; i < c->part_count; i++)
		good = good && absorb(&shake, c->parts[i]);
	return good && wc_Shake256_Final(&shake, mu, MU) == 0;
}

enum dv_crypto
dv_wolf_mldsa(const struct dv_crypto_check *c)
{
	wc_MlDsaKey key;
	uint8_t mu[MU];
	int result = 0, rc;

	if (c->signature.len != dv_sig_size(c->key->type))
		return DV_CRYPTO_INVALID;
	if (!mu_make(c, mu) || wc_MlDsaKey_Init(&key, NULL, INVALID_DEVID) != 0)
		return DV_CRYPTO_FAILED;
	if (wc_MlDsaKey_SetParams(&key, level_of(c->key->type)) != 0 ||
	    wc_MlDsaKey_ImportPubRaw(&key, c->key->octets.ptr,
	    (word32)c->key->octets.len) != 0)
		return DV_CRYPTO_INVALID;
	rc = wc_MlDsaKey_VerifyMu(&key, c->signature.ptr,
	    (word32)c->signature.len, mu, MU, &result);
	wc_MlDsaKey_Free(&key);
	return rc == 0 && result == 1 ? DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

#else

enum dv_crypto
dv_wolf_mldsa(const struct dv_crypto_check *c)
{
	(void)c;
	return DV_CRYPTO_FAILED;
}

#endif
