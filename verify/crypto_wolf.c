/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hashes on wolfCrypt, and who of crypto_wolf_*.c answers for which algorithm.
 * Never leaves vector registers in a state that slows what comes next.
 * FIPS 180-4.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/cpuid.h>
#include <wolfssl/wolfcrypt/sha256.h>
#include <wolfssl/wolfcrypt/sha512.h>

#include "bytes.h"
#include "crypto.h"
#include "crypto_wolf.h"
#include "lms.h"

#if defined(USE_INTEL_SPEEDUP) && !defined(NO_AVX2_SUPPORT)
#error "NO_AVX2_SUPPORT is not set: see verify/wolfssl/user_settings.h"
#endif

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

#ifdef DV_WOLF_SHANI
/* Fewer octets than this are hashed before the processor is asked. */
#define WORTH_ASKING 8192

/* Octets of the beginning that the processor hashed by itself. */
static word32
native_blocks(struct dv_hash *hash, const uint8_t *ptr, word32 len)
{
	if (hash->native == 0 && len >= WORTH_ASKING)
		hash->native = dv_sha256_native() ? 2 : 1;
	return hash->native == 2 ?
	    dv_sha256_blocks((wc_Sha256 *)(void *)hash->u.state, ptr, len) : 0;
}
#else
#define native_blocks(hash, ptr, len) 0u
#endif

static int
state_update(struct dv_hash *hash, const uint8_t *ptr, word32 len)
{
	void *state = hash->u.state;

	if (hash->id == DV_HASH_SHA256) {
		const word32 done = native_blocks(hash, ptr, len);

		return wc_Sha256Update(state, ptr + done, len - done);
	}
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
	hash->native = 0;
	if (state_start(hash, id) != 0)
		return false;
	hash->id = id;
	return true;
}

void
dv_hash_update(struct dv_hash *hash, struct dv_bytes bytes)
{
	while (bytes.len > 0 && hash->id != DV_HASH_NONE) {
		size_t n = bytes.len < DV_WOLF_MAX ? bytes.len : DV_WOLF_MAX;

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
	if (state_finish(hash, out) != 0) {
		dv_wipe(out, DV_MAX_DIGEST);
		n = 0;
	}
	dv_wipe(hash, sizeof(*hash));
	return n;
}

/* Not inlined: the state is off the stack before a curve needs it. */
static __attribute__((noinline)) size_t
hash_parts(enum dv_hash_id id, const struct dv_bytes *parts, size_t count,
    uint8_t out[DV_MAX_DIGEST])
{
	struct dv_hash hash;

	if (!dv_hash_start(&hash, id)) {
		dv_wipe(out, DV_MAX_DIGEST);
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		dv_hash_update(&hash, parts[i]);
	return dv_hash_finish(&hash, out);
}

size_t
dv_hash_once(enum dv_hash_id id, struct dv_bytes bytes,
    uint8_t out[DV_MAX_DIGEST])
{
	return hash_parts(id, &bytes, 1, out);
}

/* ---- signatures -------------------------------------------------------- */

/*
 * The library's AVX code leaves the upper halves of the vector registers dirty,
 * which makes a following SHA-256 a hundred times slower. One instruction, so
 * it does not depend on whether that code was compiled in; but in the small
 * build, where asking the processor takes longer, none is.
 */
static __attribute__((noinline)) void
registers_clean(void)
{
#ifdef USE_INTEL_SPEEDUP
	if (IS_INTEL_AVX1(cpuid_get_flags()))
		__asm__ volatile("vzeroupper");
#endif
}

size_t
dv_wolf_digest(const struct dv_crypto_check *c, uint8_t digest[DV_MAX_DIGEST])
{
	return hash_parts(dv_sig_hash(c->alg), c->parts, c->part_count,
	    digest);
}

static enum dv_crypto
key_ask(const struct dv_key *key)
{
	switch (key->type) {
	case DV_KEY_P256:
	case DV_KEY_P384:
		return dv_wolf_ecc_key(key);
	case DV_KEY_ED25519:
		return key->octets.len == 32 ? DV_CRYPTO_VALID :
		    DV_CRYPTO_INVALID;
	case DV_KEY_RSA:
	case DV_KEY_RSA_PSS:
	case DV_KEY_MLDSA44:
	case DV_KEY_MLDSA65:
	case DV_KEY_MLDSA87:
		return DV_CRYPTO_VALID;
	case DV_KEY_HSS_LMS:
		return dv_lms_key(key);
	case DV_KEY_NONE:
	default:
		return DV_CRYPTO_FAILED;
	}
}

static enum dv_crypto
verify_ask(const struct dv_crypto_check *c)
{
	switch (c->key->type) {
	case DV_KEY_P256:
	case DV_KEY_P384:
		return dv_wolf_ecdsa(c);
	case DV_KEY_ED25519:
		return dv_wolf_ed25519(c);
	case DV_KEY_RSA:
	case DV_KEY_RSA_PSS:
		return dv_wolf_rsa(c);
	case DV_KEY_MLDSA44:
	case DV_KEY_MLDSA65:
	case DV_KEY_MLDSA87:
		return dv_wolf_mldsa(c);
	case DV_KEY_HSS_LMS:
		return dv_lms_verify(c);
	case DV_KEY_NONE:
	default:
		return DV_CRYPTO_FAILED;
	}
}

enum dv_crypto
dv_crypto_key(const struct dv_key *key)
{
	enum dv_crypto answer;

	if (!dv_key_type_built(key->type))
		return DV_CRYPTO_FAILED;
	answer = key_ask(key);
	registers_clean();
	return answer;
}

enum dv_crypto
dv_crypto_verify(const struct dv_crypto_check *c)
{
	enum dv_crypto answer;

	if (!dv_sig_fits_key(c->alg, c->key->type) ||
	    !dv_key_type_built(c->key->type))
		return DV_CRYPTO_FAILED;
	answer = verify_ask(c);
	registers_clean();
	return answer;
}
