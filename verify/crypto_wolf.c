/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hashes and signature verification on wolfCrypt: the only verifying file that
 * sees wolfSSL. Never answers VALID but for a result the library stated, and
 * never leaves vector registers in a state that slows what comes next.
 * FIPS 180-4, FIPS 186-5, SEC 1, RFC 8032.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/cpuid.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/sha256.h>
#include <wolfssl/wolfcrypt/sha512.h>
#include <wolfssl/wolfcrypt/wolfmath.h>

#include "bytes.h"
#include "crypto.h"

#ifndef WOLFSSL_HAVE_SP_ECC
#error "the generic curve code refuses valid signatures: WOLFSSL_HAVE_SP_ECC"
#endif
#if defined(HAVE_ED25519) && !defined(WOLFSSL_ED25519_STREAMING_VERIFY)
#error "a message may come in parts: WOLFSSL_ED25519_STREAMING_VERIFY"
#endif

/* The library counts in 32 bits. */
#define MAX_UPDATE ((size_t)1 << 30)

/* Any value but the library's 0. */
#define NO_SUCH_HASH (-1)

_Static_assert(sizeof(wc_Sha256) <= DV_HASH_STATE, "DV_HASH_STATE");
_Static_assert(_Alignof(wc_Sha256) <= _Alignof(struct dv_hash), "dv_hash");
#ifdef WOLFSSL_SHA512
_Static_assert(sizeof(wc_Sha512) <= DV_HASH_STATE, "DV_HASH_STATE");
_Static_assert(_Alignof(wc_Sha512) <= _Alignof(struct dv_hash), "dv_hash");
#endif

/* ---- hashes ------------------------------------------------------------ */

static int
state_start(struct dv_hash *hash, enum dv_hash_id id)
{
	void *state = hash->u.state;

	if (id == DV_HASH_SHA256)
		return wc_InitSha256(state);
#ifdef WOLFSSL_SHA384
	if (id == DV_HASH_SHA384)
		return wc_InitSha384(state);
#endif
#ifdef WOLFSSL_SHA512
	if (id == DV_HASH_SHA512)
		return wc_InitSha512(state);
#endif
	return NO_SUCH_HASH;
}

static int
state_update(struct dv_hash *hash, const uint8_t *ptr, word32 len)
{
	void *state = hash->u.state;

	if (hash->id == DV_HASH_SHA256)
		return wc_Sha256Update(state, ptr, len);
#ifdef WOLFSSL_SHA384
	if (hash->id == DV_HASH_SHA384)
		return wc_Sha384Update(state, ptr, len);
#endif
#ifdef WOLFSSL_SHA512
	if (hash->id == DV_HASH_SHA512)
		return wc_Sha512Update(state, ptr, len);
#endif
	return NO_SUCH_HASH;
}

static int
state_finish(struct dv_hash *hash, uint8_t *out)
{
	void *state = hash->u.state;

	if (hash->id == DV_HASH_SHA256)
		return wc_Sha256Final(state, out);
#ifdef WOLFSSL_SHA384
	if (hash->id == DV_HASH_SHA384)
		return wc_Sha384Final(state, out);
#endif
#ifdef WOLFSSL_SHA512
	if (hash->id == DV_HASH_SHA512)
		return wc_Sha512Final(state, out);
#endif
	return NO_SUCH_HASH;
}

bool
dv_hash_start(struct dv_hash *hash, enum dv_hash_id id)
{
	hash->id = DV_HASH_NONE;
	if (state_start(hash, id) != 0)
		return false;
	hash->id = id;
	return true;
}

void
dv_hash_update(struct dv_hash *hash, struct dv_bytes bytes)
{
	while (bytes.len > 0 && hash->id != DV_HASH_NONE) {
		size_t n = bytes.len < MAX_UPDATE ? bytes.len : MAX_UPDATE;

		if (state_update(hash, bytes.ptr, (word32)n) != 0)
			hash->id = DV_HASH_NONE;
		bytes.ptr += n;
		bytes.len -= n;
	}
}

size_t
dv_hash_finish(struct dv_hash *hash, uint8_t out[DV_MAX_DIGEST])
{
	size_t n = dv_hash_size(hash->id);

	dv_wipe(out, DV_MAX_DIGEST);
	if (n > 0 && state_finish(hash, out) != 0) {
		dv_wipe(out, DV_MAX_DIGEST);
		n = 0;
	}
	dv_wipe(hash, sizeof(*hash));
	return n;
}

size_t
dv_hash_once(enum dv_hash_id id, struct dv_bytes bytes,
    uint8_t out[DV_MAX_DIGEST])
{
	struct dv_hash hash;

	if (!dv_hash_start(&hash, id)) {
		dv_wipe(out, DV_MAX_DIGEST);
		return 0;
	}
	dv_hash_update(&hash, bytes);
	return dv_hash_finish(&hash, out);
}

/* ---- curves ------------------------------------------------------------ */

struct curve {
	int id;				/* as wolfSSL numbers it */
	word32 size;			/* octets of a coordinate */
	const uint8_t *prime, *order;	/* size octets, most significant first */
};

static const uint8_t p256_prime[] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};
static const uint8_t p256_order[] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
	0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51
};
static const struct curve p256 = {
	ECC_SECP256R1, 32, p256_prime, p256_order
};

#ifdef WOLFSSL_SP_384
static const uint8_t p384_prime[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff
};
static const uint8_t p384_order[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
	0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a,
	0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73
};
static const struct curve p384 = {
	ECC_SECP384R1, 48, p384_prime, p384_order
};
#endif

static const struct curve *
curve_of(enum dv_key_type type)
{
	switch (type) {
	case DV_KEY_P256:
		return &p256;
#ifdef WOLFSSL_SP_384
	case DV_KEY_P384:
		return &p384;
#else
	case DV_KEY_P384:
#endif
	case DV_KEY_ED25519:
	case DV_KEY_NONE:
	default:
		return NULL;
	}
}

/* Is the number less than the limit? Both size octets; values are public. */
static bool
number_below(const uint8_t *number, const uint8_t *limit, size_t size)
{
	size_t i = 0;

	while (i < size && number[i] == limit[i])
		i++;
	return i < size && number[i] < limit[i];
}

static bool
number_zero(const uint8_t *number, size_t size)
{
	uint8_t any = 0;

	for (size_t i = 0; i < size; i++)
		any |= number[i];
	return any == 0;
}

/*
 * The library's AVX code leaves the upper halves of the vector registers dirty,
 * which makes a following SHA-256 a hundred times slower. One instruction, so
 * it does not depend on whether that code was compiled in.
 */
static __attribute__((noinline)) void
registers_clean(void)
{
#if defined(__x86_64__) && defined(HAVE_CPUID_INTEL)
	if (IS_INTEL_AVX1(cpuid_get_flags()))
		__asm__ volatile("vzeroupper");
#endif
}

/*
 * Loads an uncompressed point. SEC 1 3.2.2.1 in the order of its steps; the
 * library reduces coordinates silently, so their range is checked here. It
 * checks the curve equation, and the cofactor of both curves is one.
 */
static enum dv_crypto
point_load(const struct dv_key *key, const struct curve *curve, ecc_key *out)
{
	const uint8_t *xy = key->point.ptr + 1;

	if (key->point.len != 1 + 2 * (size_t)curve->size ||
	    key->point.ptr[0] != 0x04)
		return DV_CRYPTO_INVALID;
	if (!number_below(xy, curve->prime, curve->size) ||
	    !number_below(xy + curve->size, curve->prime, curve->size))
		return DV_CRYPTO_INVALID;
	if (wc_ecc_import_x963_ex2(key->point.ptr, (word32)key->point.len, out,
	    curve->id, 1) != 0)
		return DV_CRYPTO_INVALID;
	return DV_CRYPTO_VALID;
}

enum dv_crypto
dv_crypto_point(const struct dv_key *key)
{
	const struct curve *curve = curve_of(key->type);
	enum dv_crypto answer;
	ecc_key loaded;

	if (key->type == DV_KEY_ED25519)
		return key->point.len == 32 ? DV_CRYPTO_VALID :
		    DV_CRYPTO_INVALID;
	if (curve == NULL || key->point.len == 0 || wc_ecc_init(&loaded) != 0)
		return DV_CRYPTO_FAILED;
	answer = point_load(key, curve, &loaded);
	wc_ecc_free(&loaded);
	registers_clean();
	return answer;
}

/* ---- ECDSA ------------------------------------------------------------- */

static size_t
digest_parts(const struct dv_crypto_check *c, uint8_t digest[DV_MAX_DIGEST])
{
	struct dv_hash hash;

	if (!dv_hash_start(&hash, dv_sig_hash(c->alg)))
		return 0;
	for (size_t i = 0; i < c->part_count; i++)
		dv_hash_update(&hash, c->parts[i]);
	return dv_hash_finish(&hash, digest);
}

/* FIPS 186-5 6.4.2 step 1: 0 < r, s < n. */
static bool
signature_in_range(struct dv_bytes signature, const struct curve *curve)
{
	const uint8_t *r = signature.ptr, *s = r + curve->size;

	return !number_zero(r, curve->size) && !number_zero(s, curve->size) &&
	    number_below(r, curve->order, curve->size) &&
	    number_below(s, curve->order, curve->size);
}

/* VALID only when the library ran without error and said 1. */
static enum dv_crypto
ecdsa_verdict(const struct dv_crypto_check *c, const struct curve *curve,
    ecc_key *key)
{
	uint8_t digest[DV_MAX_DIGEST];
	size_t digest_len = digest_parts(c, digest);
	mp_int r, s;
	int result = 0;

	if (digest_len == 0)
		return DV_CRYPTO_FAILED;
	if (mp_init(&r) != 0 || mp_init(&s) != 0 ||
	    mp_read_unsigned_bin(&r, c->signature.ptr, curve->size) != 0 ||
	    mp_read_unsigned_bin(&s, c->signature.ptr + curve->size,
	    curve->size) != 0)
		return DV_CRYPTO_FAILED;
	if (wc_ecc_verify_hash_ex(&r, &s, digest, (word32)digest_len, &result,
	    key) != 0)
		return DV_CRYPTO_FAILED;
	return result == 1 ? DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

static enum dv_crypto
verify_ecdsa(const struct dv_crypto_check *c)
{
	const struct curve *curve = curve_of(c->key->type);
	enum dv_crypto answer;
	ecc_key key;

	if (curve == NULL || c->key->point.len == 0)
		return DV_CRYPTO_FAILED;
	if (c->signature.len != 2 * (size_t)curve->size ||
	    !signature_in_range(c->signature, curve))
		return DV_CRYPTO_INVALID;
	if (wc_ecc_init(&key) != 0)
		return DV_CRYPTO_FAILED;
	answer = point_load(c->key, curve, &key);
	if (answer == DV_CRYPTO_VALID)
		answer = ecdsa_verdict(c, curve, &key);
	wc_ecc_free(&key);
	return answer;
}

/* ---- Ed25519 ----------------------------------------------------------- */

#ifdef HAVE_ED25519
static enum dv_crypto
ed25519_verdict(const struct dv_crypto_check *c, ed25519_key *key)
{
	const struct dv_bytes sig = c->signature;
	int result = 0, rc;

	/* Errors that speak of the signature or the key are its fault. */
	if (wc_ed25519_import_public_ex(c->key->point.ptr, 32, key, 0) != 0 ||
	    wc_ed25519_verify_msg_init(sig.ptr, 64, key, (byte)Ed25519, NULL,
	    0) != 0)
		return DV_CRYPTO_INVALID;
	for (size_t i = 0; i < c->part_count; i++) {
		if (c->parts[i].len > MAX_UPDATE)
			return DV_CRYPTO_FAILED;
		if (c->parts[i].len > 0 &&
		    wc_ed25519_verify_msg_update(c->parts[i].ptr,
		    (word32)c->parts[i].len, key) != 0)
			return DV_CRYPTO_FAILED;
	}
	rc = wc_ed25519_verify_msg_final(sig.ptr, 64, &result, key);
	return rc == 0 && result == 1 ? DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

static enum dv_crypto
verify_ed25519(const struct dv_crypto_check *c)
{
	enum dv_crypto answer;
	ed25519_key key;

	if (c->key->point.len != 32 || c->signature.len != 64)
		return DV_CRYPTO_INVALID;
	if (wc_ed25519_init(&key) != 0)
		return DV_CRYPTO_FAILED;
	answer = ed25519_verdict(c, &key);
	wc_ed25519_free(&key);
	return answer;
}
#else
static enum dv_crypto
verify_ed25519(const struct dv_crypto_check *c)
{
	(void)c;
	return DV_CRYPTO_FAILED;
}
#endif

enum dv_crypto
dv_crypto_verify(const struct dv_crypto_check *c)
{
	enum dv_crypto answer;

	if (!dv_sig_fits_key(c->alg, c->key->type))
		return DV_CRYPTO_FAILED;
	if (c->alg == DV_SIG_ED25519)
		answer = verify_ed25519(c);
	else
		answer = verify_ecdsa(c);
	registers_clean();
	return answer;
}
