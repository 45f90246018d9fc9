/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Primes in common among so many RSA moduli of 2048 bits: by the tree, beside
 * each against the product of those before it. The numbers are products of two
 * of chance that have no small factors; nobody's keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "factor.h"

#define OCTETS 256
#define HALF (OCTETS / 16)
#define BESIDE 1000		/* moduli of the slow way */

__extension__ typedef unsigned __int128 wide;

static uint64_t
chance(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* k times all primes up to 47, and 1. */
static void
part_of(uint64_t p[HALF])
{
	wide sum = 1;

	for (size_t i = 0; i < HALF; i++) {
		sum += (wide)614889782588491410 *
		    (i + 1 < HALF ? chance() : 0);
		p[i] = (uint64_t)sum;
		sum >>= 64;
	}
}

static void
make(uint8_t n[OCTETS], uint64_t p[HALF], uint64_t q[HALF])
{
	uint64_t out[2 * HALF] = { 0 };

	for (size_t i = 0; i < HALF; i++) {
		wide sum = 0;

		for (size_t j = 0; j < HALF; j++) {
			sum += (wide)p[i] * q[j] + out[i + j];
			out[i + j] = (uint64_t)sum;
			sum >>= 64;
		}
		out[i + HALF] = (uint64_t)sum;
	}
	for (size_t i = 0; i < OCTETS; i++)
		n[i] = (uint8_t)(out[(OCTETS - 1 - i) / 8] >>
		    8 * ((OCTETS - 1 - i) % 8));
}

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
one_by_one(const struct dv_bytes *moduli, size_t count)
{
	double begin = seconds();
	size_t shared = 0;

	for (size_t i = 1; i < count; i++) {
		struct pki_factor f;

		if (!pki_factor_start(&f, moduli[i]))
			exit(3);
		for (size_t j = 0; j < i; j++)
			pki_factor_add(&f, moduli[j]);
		shared += pki_factor_shared(&f);
	}
	return shared > count ? 0 : seconds() - begin;
}

int
main(int argc, char *argv[])
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	size_t beside = count < BESIDE ? count : BESIDE;
	uint8_t *room = calloc(count, OCTETS);
	struct dv_bytes *moduli = calloc(count, sizeof(*moduli));
	bool *shared = calloc(count, sizeof(*shared));
	uint64_t p[HALF], q[HALF], kept[HALF];
	struct rusage use;
	double begin, tree;

	if (count < 3 || room == NULL || moduli == NULL || shared == NULL)
		return 3;
	for (size_t i = 0; i < count; i++) {
		part_of(p);
		part_of(q);
		if (i == 1)
			memcpy(kept, p, sizeof(p));
		make(room + i * OCTETS, i == count - 1 ? kept : p, q);
		moduli[i] = (struct dv_bytes){ room + i * OCTETS, OCTETS };
	}
	begin = seconds();
	if (!pki_factor_tree(moduli, count, PKI_TREE, shared))
		return 3;
	tree = seconds() - begin;
	if (!shared[1] || !shared[count - 1])
		return 1;
	(void)getrusage(RUSAGE_SELF, &use);
	printf("primes in common: %zu moduli of 2048 bits in %.1f s of "
	    "processor time, %.0f MB;\n  %zu one by one in %.1f s\n", count,
	    tree, (double)use.ru_maxrss / 1024, beside,
	    one_by_one(moduli, beside));
	return 0;
}
