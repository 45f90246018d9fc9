/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine's limit for one stream of SHA-256: the rounds of so many octets
 * by SHA-NI, one after the other as the algorithm has them, and nothing else:
 * no message schedule, no octet is read. It computes no hash.
 * usage: shani OCTETS. Status 3 where the processor has no such instructions.
 */
#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define BLOCK 64

static int
is_there(void)
{
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
}

/* 64 rounds are 32 instructions, each waiting for the one before. */
__attribute__((target("sha,sse4.1"))) static void
rounds(unsigned long long blocks)
{
	__m128i x = _mm_set1_epi32(1), y = _mm_set1_epi32(2);
	const __m128i words = _mm_set1_epi32(3);

	for (; blocks > 0; blocks--) {
		for (int i = 0; i < BLOCK / 4; i++) {
			x = _mm_sha256rnds2_epu32(x, y, words);
			y = _mm_sha256rnds2_epu32(y, x, words);
		}
		__asm__ volatile("" : "+x"(x), "+x"(y));
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (!is_there()) {
		fputs("shani: this processor has no SHA-NI\n", stderr);
		return 3;
	}
	rounds(strtoull(argv[1], NULL, 10) / BLOCK);
	return 0;
}
#else
int
main(void)
{
	fputs("shani: SHA-NI is of x86-64; this is another machine\n", stderr);
	return 3;
}
#endif
