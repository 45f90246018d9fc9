/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seam to wolfCrypt for sealing: ECDH with a fresh key, key wrap, AES-GCM.
 * Every secret copy is wiped. RFC 5753 3.1, 7.2; RFC 3394; RFC 5084.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/random.h>

#include <string.h>

#include "bytes.h"
#include "crypto_sign.h"
#include "dv_hash.h"

#define KEY_LEN 32		/* AES-256: of the content, and of the wrapping */
#define BLOCK 16
#define HALF 8			/* a semiblock of RFC 3394 */
#define PARTS (KEY_LEN / HALF)

/* One block: CBC from zero is ECB. */
static bool
encrypt_block(Aes *aes, uint8_t block[BLOCK])
{
	static const uint8_t zero[BLOCK];
	return wc_AesSetIV(aes, zero) == 0 &&
	    wc_AesCbcEncrypt(aes, block, block, BLOCK) == 0;
}

/* RFC 3394 2.2.1, with its initial value. */
static bool
wrap(Aes *aes, const uint8_t key[KEY_LEN], uint8_t out[DS_SEAL_WRAPPED])
{
	uint8_t block[BLOCK];
	bool ok = true;
	memset(block, 0xa6, HALF);
	memcpy(out + HALF, key, KEY_LEN);
	for (unsigned t = 1; ok && t <= 6 * PARTS; t++) {
		uint8_t *part = out + HALF + HALF * ((t - 1) % PARTS);
		memcpy(block + HALF, part, HALF);
		ok = encrypt_block(aes, block);
		block[HALF - 1] ^= (uint8_t)t;
		memcpy(part, block + HALF, HALF);
	}
	memcpy(out, block, HALF);
	dv_wipe(block, sizeof(block));
	return ok;
}

static bool
wrap_key(const uint8_t with[KEY_LEN], const uint8_t key[KEY_LEN],
    uint8_t out[DS_SEAL_WRAPPED])
{
	Aes aes;
	if (wc_AesInit(&aes, NULL, INVALID_DEVID) != 0)
		return false;
	bool ok = wc_AesSetKey(&aes, with, KEY_LEN, NULL, AES_ENCRYPTION) == 0 &&
	    wrap(&aes, key, out);
	wc_AesFree(&aes);
	return ok;
}

/* ANSI X9.63 with SHA-256: one round gives a whole key. */
static bool
derive(struct dv_bytes secret, struct dv_bytes shared_info,
    uint8_t out[KEY_LEN])
{
	static const uint8_t counter[] = { 0, 0, 0, 1 };
	struct dv_hash hash;
	uint8_t digest[DV_MAX_DIGEST];
	if (!dv_hash_start(&hash, DV_HASH_SHA256))
		return false;
	dv_hash_update(&hash, secret);
	dv_hash_update(&hash, DV_BYTES(counter));
	dv_hash_update(&hash, shared_info);
	bool ok = dv_hash_finish(&hash, digest) == KEY_LEN;
	memcpy(out, digest, KEY_LEN);
	dv_wipe(digest, sizeof(digest));
	return ok;
}

/* The two sides of an exchange. */
struct sides {
	WC_RNG *rng;
	ecc_key fresh, theirs;
};

/* The secret of a fresh key, whose point is told, and theirs. */
static bool
agree(struct sides *s, const struct dv_key *to,
    uint8_t secret[DS_MAX_PRIVATE], struct ds_sealed *out)
{
	int curve = to->type == DV_KEY_P384 ? ECC_SECP384R1 : ECC_SECP256R1;
	int octets = to->type == DV_KEY_P384 ? 48 : 32;
	word32 len = (word32)octets, point_len = sizeof(out->point);
	bool ok = wc_ecc_import_x963_ex(to->octets.ptr,
	    (word32)to->octets.len, &s->theirs, curve) == 0 &&
	    wc_ecc_check_key(&s->theirs) == 0 &&
	    wc_ecc_make_key_ex(s->rng, octets, &s->fresh, curve) == 0 &&
	    wc_ecc_set_rng(&s->fresh, s->rng) == 0 &&
	    wc_ecc_shared_secret(&s->fresh, &s->theirs, secret, &len) == 0 &&
	    wc_ecc_export_x963(&s->fresh, out->point, &point_len) == 0 &&
	    len == (word32)octets;
	out->point_len = point_len;
	return ok;
}

static bool
exchange(WC_RNG *rng, const struct dv_key *to, struct dv_bytes shared_info,
    uint8_t with[KEY_LEN], struct ds_sealed *out)
{
	struct sides s = { .rng = rng };
	uint8_t secret[DS_MAX_PRIVATE];
	if (wc_ecc_init(&s.fresh) != 0)
		return false;
	bool ok = wc_ecc_init(&s.theirs) == 0;
	if (ok) {
		ok = agree(&s, to, secret, out);
		ds_crypto_settle();
		ok = ok && derive((struct dv_bytes){ secret,
		    to->type == DV_KEY_P384 ? 48 : 32 }, shared_info, with);
		wc_ecc_free(&s.theirs);
	}
	wc_ecc_free(&s.fresh);
	dv_wipe(secret, sizeof(secret));
	return ok;
}

static bool
encrypt(const uint8_t key[KEY_LEN], struct dv_bytes plain, uint8_t *cipher,
    struct ds_sealed *out)
{
	Aes aes;
	if (wc_AesInit(&aes, NULL, INVALID_DEVID) != 0)
		return false;
	bool ok = wc_AesGcmSetKey(&aes, key, KEY_LEN) == 0 &&
	    wc_AesGcmEncrypt(&aes, cipher, plain.ptr, (word32)plain.len,
	    out->nonce, DS_SEAL_NONCE, out->tag, DS_SEAL_TAG, NULL, 0) == 0;
	wc_AesFree(&aes);
	return ok;
}

bool
ds_crypto_seal(const struct dv_key *to, struct dv_bytes shared_info,
    struct dv_bytes plain, uint8_t *cipher, struct ds_sealed *out)
{
	WC_RNG rng;
	uint8_t key[KEY_LEN], with[KEY_LEN];
	if ((to->type != DV_KEY_P256 && to->type != DV_KEY_P384) ||
	    plain.len > UINT16_MAX || wc_InitRng(&rng) != 0)
		return false;
	bool ok = wc_RNG_GenerateBlock(&rng, key, KEY_LEN) == 0 &&
	    wc_RNG_GenerateBlock(&rng, out->nonce, DS_SEAL_NONCE) == 0 &&
	    exchange(&rng, to, shared_info, with, out);
	wc_FreeRng(&rng);
	ok = ok && wrap_key(with, key, out->wrapped) &&
	    encrypt(key, plain, cipher, out);
	dv_wipe(key, sizeof(key));
	dv_wipe(with, sizeof(with));
	return ok;
}
