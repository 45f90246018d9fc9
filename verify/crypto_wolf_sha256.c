/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 of many blocks by the processor's own instructions, for small builds:
 * 1 KB beside wolfSSL's 33 KB of assembler. The library keeps the state, and
 * hashes what is left over. Touches no vector register but the lower halves.
 * FIPS 180-4 6.2.2; Intel 64 Software Developer's Manual, SHA256RNDS2.
 */
#include <wolfssl/wolfcrypt/settings.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include "crypto_wolf.h"

#ifdef DV_WOLF_SHANI

#include <cpuid.h>
#include <immintrin.h>

/* FIPS 180-4 4.2.2 */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

bool
dv_sha256_native(void)
{
	unsigned a, b, c, d;

	if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_SSE4_1) == 0 ||
	    (c & bit_SSSE3) == 0)
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
	    (b & bit_SHA) != 0;
}

#define NATIVE __attribute__((target("sha,sse4.1")))

/* The state as the instructions want it: words a b e f, and c d g h. */
struct halves {
	__m128i abef, cdgh;
};

/* Four rounds, with four words of the schedule. */
static inline NATIVE void
four_rounds(struct halves *h, __m128i words, unsigned round)
{
	const __m128i sum = _mm_add_epi32(words,
	    _mm_load_si128((const __m128i *)(const void *)&constants[round]));

	h->cdgh = _mm_sha256rnds2_epu32(h->cdgh, h->abef, sum);
	h->abef = _mm_sha256rnds2_epu32(h->abef, h->cdgh,
	    _mm_shuffle_epi32(sum, 0x0e));
}

/* The next four words of the schedule, from the sixteen before them. */
static inline NATIVE __m128i
next_words(const __m128i w[4])
{
	return _mm_sha256msg2_epu32(_mm_add_epi32(
	    _mm_sha256msg1_epu32(w[0], w[1]), _mm_alignr_epi8(w[3], w[2], 4)),
	    w[3]);
}

static inline NATIVE void
block(struct halves *h, const uint8_t *octets)
{
	const __m128i reverse = _mm_set_epi64x(0x0c0d0e0f08090a0b,
	    0x0405060700010203);
	const struct halves before = *h;
	__m128i w[4];

	for (unsigned i = 0; i < 4; i++) {
		w[i] = _mm_shuffle_epi8(_mm_loadu_si128(
		    (const __m128i *)(const void *)(octets + 16 * i)),
		    reverse);
		four_rounds(h, w[i], 4 * i);
	}
	for (unsigned round = 16; round < 64; round += 4) {
		const __m128i next = next_words(w);

		w[0] = w[1];
		w[1] = w[2];
		w[2] = w[3];
		w[3] = next;
		four_rounds(h, next, round);
	}
	h->abef = _mm_add_epi32(h->abef, before.abef);
	h->cdgh = _mm_add_epi32(h->cdgh, before.cdgh);
}

static NATIVE void
blocks(uint32_t state[8], const uint8_t *octets, size_t count)
{
	__m128i *const at = (__m128i *)(void *)state;
	__m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(at), 0xb1);
	__m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(at + 1), 0x1b);
	struct halves h = { _mm_alignr_epi8(badc, efgh, 8),
	    _mm_blend_epi16(efgh, badc, 0xf0) };

	for (; count > 0; count--, octets += WC_SHA256_BLOCK_SIZE)
		block(&h, octets);
	badc = _mm_shuffle_epi32(h.abef, 0x1b);
	efgh = _mm_shuffle_epi32(h.cdgh, 0xb1);
	_mm_storeu_si128(at, _mm_blend_epi16(badc, efgh, 0xf0));
	_mm_storeu_si128(at + 1, _mm_alignr_epi8(efgh, badc, 8));
}

word32
dv_sha256_blocks(wc_Sha256 *sha, const uint8_t *octets, word32 len)
{
	const word32 whole = len / WC_SHA256_BLOCK_SIZE * WC_SHA256_BLOCK_SIZE;
	const word32 low = sha->loLen + whole;

	if (sha->buffLen != 0)
		return 0;
	blocks(sha->digest, octets, whole / WC_SHA256_BLOCK_SIZE);
	sha->hiLen += low < whole;
	sha->loLen = low;
	return whole;
}

#endif
