/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RSA signatures: the power is wolfCrypt's, the padding is built or taken apart
 * here, all of it. Never searches in a padding: PKCS#1 v1.5 is compared with
 * the one encoding there is. RFC 8017 8.1.2, 8.2.2.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/wolfmath.h>

#include "built.h"
#include "bytes.h"
#include "crypto_wolf.h"
#include "dv_limits.h"

#if DV_HAS_RSA

#if SP_INT_BITS < DV_MAX_RSA_BITS
#error "numbers are too short for RSA: SP_INT_BITS"
#endif

#define MAX_OCTETS (DV_MAX_RSA_BITS / 8)
#define MIN_OCTETS (DV_MIN_RSA_BITS / 8)

/* Encoded message, as long as the modulus. */
struct encoded {
	uint8_t octet[MAX_OCTETS];
	size_t len;
};

static bool
number_read(mp_int *number, struct dv_bytes from)
{
	return mp_init(number) == 0 && mp_read_unsigned_bin(number, from.ptr,
	    (word32)from.len) == 0;
}

/* RFC 8017 5.2.2, RSAVP1: a signature not below the modulus is none. */
static enum dv_crypto
rsa_power(const struct dv_crypto_check *c, struct encoded *out)
{
	const struct dv_bytes n = c->key->modulus, e = c->key->exponent;
	mp_int modulus, exponent, value;

	if (n.len < MIN_OCTETS || n.len > MAX_OCTETS || e.len == 0 ||
	    e.len > DV_MAX_RSA_EXPONENT_BITS / 8 ||
	    (n.ptr[n.len - 1] & 1) == 0)
		return DV_CRYPTO_FAILED;
	if (c->signature.len != n.len)
		return DV_CRYPTO_INVALID;
	if (!number_read(&modulus, n) || !number_read(&exponent, e) ||
	    !number_read(&value, c->signature))
		return DV_CRYPTO_FAILED;
	if (mp_cmp(&value, &modulus) != MP_LT)
		return DV_CRYPTO_INVALID;
	if (mp_exptmod_nct(&value, &exponent, &modulus, &value) != 0 ||
	    mp_to_unsigned_bin_len(&value, out->octet, (int)n.len) != 0)
		return DV_CRYPTO_FAILED;
	out->len = n.len;
	return DV_CRYPTO_VALID;
}

/* ---- PKCS#1 v1.5, RFC 8017 9.2 ----------------------------------------- */

/* DigestInfo before the digest (9.2 note 1); two octets depend on the hash. */
#define INFO 19

static void
info_make(enum dv_hash_id hash, uint8_t out[INFO])
{
	static const uint8_t info[INFO] = { 0x30, 0, 0x30, 0x0d, 0x06, 0x09,
	    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0, 0x05, 0x00,
	    0x04, 0 };
	const size_t size = dv_hash_size(hash);

	for (size_t i = 0; i < INFO; i++)
		out[i] = info[i];
	out[1] = (uint8_t)(INFO - 2 + size);
	out[14] = hash == DV_HASH_SHA256 ? 1 : hash == DV_HASH_SHA384 ? 2 : 3;
	out[18] = (uint8_t)size;
}

/* EM = 00 01 FF .. FF 00 DigestInfo: every octet has its one value. */
static bool
pkcs1_matches(const struct encoded *em, enum dv_hash_id hash,
    struct dv_bytes digest)
{
	const size_t separator = em->len - INFO - digest.len - 1;
	uint8_t info[INFO], wrong = 0;

	info_make(hash, info);
	wrong |= em->octet[0];
	wrong |= em->octet[1] ^ 0x01;
	for (size_t i = 2; i < separator; i++)
		wrong |= em->octet[i] ^ 0xff;
	wrong |= em->octet[separator];
	for (size_t i = 0; i < INFO; i++)
		wrong |= em->octet[separator + 1 + i] ^ info[i];
	for (size_t i = 0; i < digest.len; i++)
		wrong |= em->octet[separator + 1 + INFO + i] ^ digest.ptr[i];
	return wrong == 0;
}

/* ---- PSS, RFC 8017 9.1.2 ----------------------------------------------- */

/* Takes MGF1 (B.2.1) of seed off the octets. */
static bool
mask_remove(uint8_t *octets, size_t len, enum dv_hash_id id,
    struct dv_bytes seed)
{
	uint8_t counter[4] = { 0, 0, 0, 0 }, block[DV_MAX_DIGEST];
	const size_t size = dv_hash_size(id);
	struct dv_hash hash;

	for (size_t done = 0; done < len; done += size) {
		if (!dv_hash_start(&hash, id))
			return false;
		dv_hash_update(&hash, seed);
		dv_hash_update(&hash, DV_BYTES(counter));
		if (dv_hash_finish(&hash, block) != size)
			return false;
		for (size_t i = 0; i < size && done + i < len; i++)
			octets[done + i] ^= block[i];
		counter[3]++;
	}
	return true;
}

/* Steps 12 and 13: is H the hash of eight zeros, the digest and the salt? */
static enum dv_crypto
pss_hash_matches(enum dv_hash_id id, struct dv_bytes digest,
    struct dv_bytes salt, const uint8_t *h)
{
	static const uint8_t zeros[8] = { 0 };
	uint8_t found[DV_MAX_DIGEST];
	struct dv_hash hash;
	size_t size;

	if (!dv_hash_start(&hash, id))
		return DV_CRYPTO_FAILED;
	dv_hash_update(&hash, DV_BYTES(zeros));
	dv_hash_update(&hash, digest);
	dv_hash_update(&hash, salt);
	size = dv_hash_finish(&hash, found);
	if (size == 0)
		return DV_CRYPTO_FAILED;
	return dv_bytes_equal((struct dv_bytes){ found, size },
	    (struct dv_bytes){ h, size }) ? DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

/* Steps 4 to 11; em is unmasked where it stands. */
static enum dv_crypto
pss_matches(struct encoded *em, unsigned em_bits,
    const struct dv_crypto_check *c, struct dv_bytes digest)
{
	const enum dv_hash_id id = dv_sig_hash(c->alg);
	const size_t skip = em->len - (em_bits + 7) / 8;
	uint8_t *db = em->octet + skip;
	const uint8_t high = (uint8_t)(0xff00 >> (8 * (em->len - skip) -
	    em_bits));
	size_t db_len, zeros;
	uint8_t *h;

	if (em->len - skip < digest.len + c->salt + 2)
		return DV_CRYPTO_INVALID;
	db_len = em->len - skip - digest.len - 1;
	zeros = db_len - c->salt - 1;
	h = db + db_len;
	if ((skip == 1 && em->octet[0] != 0) || h[digest.len] != 0xbc ||
	    (db[0] & high) != 0)
		return DV_CRYPTO_INVALID;
	if (!mask_remove(db, db_len, id, (struct dv_bytes){ h, digest.len }))
		return DV_CRYPTO_FAILED;
	db[0] = (uint8_t)(db[0] & ~high);
	for (size_t i = 0; i < zeros; i++)
		if (db[i] != 0)
			return DV_CRYPTO_INVALID;
	if (db[zeros] != 0x01)
		return DV_CRYPTO_INVALID;
	return pss_hash_matches(id, digest,
	    (struct dv_bytes){ db + zeros + 1, c->salt }, h);
}

/* Bits of the modulus, less one: RFC 8017 8.1.2 step 2 c. */
static unsigned
em_bits_of(struct dv_bytes modulus)
{
	unsigned n = (unsigned)modulus.len * 8 - 1;

	for (uint8_t top = modulus.ptr[0]; top != 0 && top < 0x80;
	    top = (uint8_t)(top << 1))
		n--;
	return n;
}

enum dv_crypto
dv_wolf_rsa(const struct dv_crypto_check *c)
{
	uint8_t room[DV_MAX_DIGEST];
	const struct dv_bytes digest = { room, dv_wolf_digest(c, room) };
	struct encoded em;
	enum dv_crypto answer;

	if (digest.len == 0)
		return DV_CRYPTO_FAILED;
	answer = rsa_power(c, &em);
	if (answer != DV_CRYPTO_VALID)
		return answer;
	if (dv_sig_fits_key(c->alg, DV_KEY_RSA_PSS))
		return pss_matches(&em, em_bits_of(c->key->modulus), c,
		    digest);
	return pkcs1_matches(&em, dv_sig_hash(c->alg), digest) ?
	    DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

#else

enum dv_crypto
dv_wolf_rsa(const struct dv_crypto_check *c)
{
	(void)c;
	return DV_CRYPTO_FAILED;
}

#endif
