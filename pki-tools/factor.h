/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Do RSA moduli share a prime? Public numbers only: nothing here is secret or
 * takes constant time. GMP ends the program where it gets no memory; so what is
 * too long never comes to it, one modulus against others takes a few KB, and
 * all against all begins only where there is room for the whole of it.
 */
#ifndef FACTOR_H
#define FACTOR_H

#include <stdbool.h>

#include "dv_bytes.h"
#include "dv_limits.h"

#define PKI_FACTOR (DV_MAX_RSA_BITS / 8)	/* octets of a modulus */

/* Moduli that are multiplied at once; with 2048 bits each, 60 MB of memory. */
#define PKI_TREE 8192

/* The product of others modulo one modulus, all of the same octets. */
struct pki_factor {
	uint8_t n[PKI_FACTOR], product[PKI_FACTOR];
	size_t octets;
};

/* false: not an odd number of at most 4096 bits. */
DV_MUST_USE bool pki_factor_start(struct pki_factor *f,
    struct dv_bytes modulus);

/* One more; those of another length are passed over. */
void pki_factor_add(struct pki_factor *f, struct dv_bytes modulus);

/* Has any of those a prime in common with the modulus? */
DV_MUST_USE bool pki_factor_shared(const struct pki_factor *f);

/*
 * Which of all have a prime in common with any other, or are another: true in
 * shared, one for each. What pki_factor_start() refuses has none. most: moduli
 * in memory at once as above, a power of two: PKI_TREE. false: out of memory.
 */
DV_MUST_USE bool pki_factor_tree(const struct dv_bytes *moduli, size_t count,
    size_t most, bool *shared);

/* Have these two, of any length, of which neither may be even? */
DV_MUST_USE bool pki_factor_pair(struct dv_bytes a, struct dv_bytes b);

#endif
