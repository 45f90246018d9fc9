/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures with elliptic curves on wolfCrypt. Never answers VALID but for a
 * result the library stated. FIPS 186-5, SEC 1, RFC 8032.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/sp.h>

#include "built.h"
#include "crypto_wolf.h"

#ifndef WOLFSSL_HAVE_SP_ECC
#error "the generic curve code refuses valid signatures: WOLFSSL_HAVE_SP_ECC"
#endif
#if defined(HAVE_ED25519) && !defined(WOLFSSL_ED25519_STREAMING_VERIFY)
#error "a message may come in parts: WOLFSSL_ED25519_STREAMING_VERIFY"
#endif

/* ---- curves ------------------------------------------------------------ */

/*
 * The library's functions for one curve. Those that take an ecc_key are not
 * asked: made for every curve, they need a multiple of the stack when numbers
 * as long as those of RSA are in the build.
 */
typedef int point_asker(const mp_int *x, const mp_int *y);
typedef int signature_asker(const byte *digest, word32 len, const mp_int *x,
    const mp_int *y, const mp_int *z, const mp_int *r, const mp_int *s,
    int *result, void *heap);

struct curve {
	word32 size;			/* octets of a coordinate */
	const uint8_t *prime, *order;	/* size octets, most significant first */
	point_asker *on_curve;		/* 0: it is */
	signature_asker *verify;	/* 0: it ran, and *result says */
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
	32, p256_prime, p256_order, sp_ecc_is_point_256, sp_ecc_verify_256
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
	48, p384_prime, p384_order, sp_ecc_is_point_384, sp_ecc_verify_384
};
#endif

static const struct curve *
curve_of(enum dv_key_type type)
{
#ifdef WOLFSSL_SP_384
	if (type == DV_KEY_P384)
		return &p384;
#endif
	return type == DV_KEY_P256 ? &p256 : NULL;
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

#if DV_HAS_P384
#define NUMBER_DIGITS MP_BITS_CNT(384)
#else
#define NUMBER_DIGITS MP_BITS_CNT(256)
#endif
_Static_assert(NUMBER_DIGITS <= SP_INT_DIGITS, "mp_init_size() refuses it");

/* A number of a curve's size; mp_int itself has room for the longest. */
struct number {
	sp_int_digit room[MP_INT_SIZEOF_DIGITS(NUMBER_DIGITS)];
};

static mp_int *
mp_of(struct number *number)
{
	return (mp_int *)(void *)number->room;
}

static bool
number_read(struct number *number, const uint8_t *octets, word32 size)
{
	return mp_init_size(mp_of(number), NUMBER_DIGITS) == 0 &&
	    mp_read_unsigned_bin(mp_of(number), octets, size) == 0;
}

struct point {
	struct number x, y;
};

/*
 * Loads an uncompressed point. SEC 1 3.2.2.1 in the order of its steps; the
 * library reduces coordinates silently, so their range is checked here. It
 * checks the curve equation, and the cofactor of both curves is one.
 */
static enum dv_crypto
point_load(const struct dv_key *key, const struct curve *curve,
    struct point *out)
{
	const uint8_t *xy = key->octets.ptr + 1;

	if (key->octets.len != 1 + 2 * (size_t)curve->size ||
	    key->octets.ptr[0] != 0x04)
		return DV_CRYPTO_INVALID;
	if (!number_below(xy, curve->prime, curve->size) ||
	    !number_below(xy + curve->size, curve->prime, curve->size))
		return DV_CRYPTO_INVALID;
	if (!number_read(&out->x, xy, curve->size) ||
	    !number_read(&out->y, xy + curve->size, curve->size))
		return DV_CRYPTO_FAILED;
	return curve->on_curve(mp_of(&out->x), mp_of(&out->y)) == 0 ?
	    DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

enum dv_crypto
dv_wolf_ecc_key(const struct dv_key *key)
{
	const struct curve *curve = curve_of(key->type);
	struct point loaded;

	if (curve == NULL || key->octets.len == 0)
		return DV_CRYPTO_FAILED;
	return point_load(key, curve, &loaded);
}

/* ---- ECDSA ------------------------------------------------------------- */

/* FIPS 186-5 6.4.2 step 1: 0 < r, s < n. */
static bool
signature_in_range(struct dv_bytes signature, const struct curve *curve)
{
	const uint8_t *r = signature.ptr, *s = r + curve->size;

	return !number_zero(r, curve->size) && !number_zero(s, curve->size) &&
	    number_below(r, curve->order, curve->size) &&
	    number_below(s, curve->order, curve->size);
}

/*
 * VALID only when the library ran without error and said 1. A digest of zeros
 * is what nobody can hash to, but what memory looks like that nobody wrote.
 */
static enum dv_crypto
ecdsa_verdict(const struct dv_crypto_check *c, const struct curve *curve,
    struct point *key)
{
	static const uint8_t one[] = { 1 };
	uint8_t digest[DV_MAX_DIGEST];
	const size_t digest_len = dv_wolf_digest(c, digest);
	struct number r, s, z;
	int result = 0;

	if (digest_len == 0 || number_zero(digest, digest_len))
		return DV_CRYPTO_FAILED;
	if (!number_read(&r, c->signature.ptr, curve->size) ||
	    !number_read(&s, c->signature.ptr + curve->size, curve->size) ||
	    !number_read(&z, one, sizeof(one)))
		return DV_CRYPTO_FAILED;
	if (curve->verify(digest, (word32)digest_len, mp_of(&key->x),
	    mp_of(&key->y), mp_of(&z), mp_of(&r), mp_of(&s), &result,
	    NULL) != 0)
		return DV_CRYPTO_FAILED;
	return result == 1 ? DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

enum dv_crypto
dv_wolf_ecdsa(const struct dv_crypto_check *c)
{
	const struct curve *curve = curve_of(c->key->type);
	enum dv_crypto answer;
	struct point key;

	if (curve == NULL || c->key->octets.len == 0)
		return DV_CRYPTO_FAILED;
	if (c->signature.len != 2 * (size_t)curve->size ||
	    !signature_in_range(c->signature, curve))
		return DV_CRYPTO_INVALID;
	answer = point_load(c->key, curve, &key);
	return answer == DV_CRYPTO_VALID ? ecdsa_verdict(c, curve, &key) :
	    answer;
}

/* ---- Ed25519 ----------------------------------------------------------- */

#ifdef HAVE_ED25519
static enum dv_crypto
ed25519_verdict(const struct dv_crypto_check *c, ed25519_key *key)
{
	const struct dv_bytes sig = c->signature;
	int result = 0, rc;

	/* Errors that speak of the signature or the key are its fault. */
	if (wc_ed25519_import_public_ex(c->key->octets.ptr, 32, key, 0) != 0 ||
	    wc_ed25519_verify_msg_init(sig.ptr, 64, key, (byte)Ed25519, NULL,
	    0) != 0)
		return DV_CRYPTO_INVALID;
	for (size_t i = 0; i < c->part_count; i++) {
		if (c->parts[i].len > DV_WOLF_MAX)
			return DV_CRYPTO_FAILED;
		if (c->parts[i].len > 0 &&
		    wc_ed25519_verify_msg_update(c->parts[i].ptr,
		    (word32)c->parts[i].len, key) != 0)
			return DV_CRYPTO_FAILED;
	}
	rc = wc_ed25519_verify_msg_final(sig.ptr, 64, &result, key);
	return rc == 0 && result == 1 ? DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

enum dv_crypto
dv_wolf_ed25519(const struct dv_crypto_check *c)
{
	enum dv_crypto answer;
	ed25519_key key;

	if (c->key->octets.len != 32 || c->signature.len != 64)
		return DV_CRYPTO_INVALID;
	if (wc_ed25519_init(&key) != 0)
		return DV_CRYPTO_FAILED;
	answer = ed25519_verdict(c, &key);
	wc_ed25519_free(&key);
	return answer;
}
#else
enum dv_crypto
dv_wolf_ed25519(const struct dv_crypto_check *c)
{
	(void)c;
	return DV_CRYPTO_FAILED;
}
#endif
