/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Do RSA moduli share a prime? Public numbers only: nothing here is secret or
 * takes constant time.
 */
#ifndef FACTOR_H
#define FACTOR_H

#include <stdbool.h>

#include "dv_bytes.h"

#define PKI_LIMBS 64		/* of 64 bits: a modulus of 4096 */

/* Moduli that are multiplied at once; with 2048 bits each, 100 MB of memory. */
#define PKI_TREE 8192

/* The product of others modulo one modulus, all of the same octets, up to a
 * power of two, which an odd modulus has no prime in common with. */
struct pki_factor {
	uint64_t n[PKI_LIMBS], product[PKI_LIMBS], inverse;
	size_t limbs, octets;
};

/* false: not an odd number of at most 4096 bits. */
DV_MUST_USE bool pki_factor_start(struct pki_factor *f,
    struct dv_bytes modulus);

/* One more; those of another length are passed over. */
void pki_factor_add(struct pki_factor *f, struct dv_bytes modulus);

/* Has any of those a prime in common with the modulus? */
DV_MUST_USE bool pki_factor_shared(const struct pki_factor *f);

/* An odd number of at most 4096 bits? */
DV_MUST_USE bool pki_factor_is(struct dv_bytes modulus);

/*
 * Which of all have a prime in common with any other, or are another: true in
 * shared, one for each. What pki_factor_is() refuses has none. most: moduli in
 * memory at once as above, a power of two: PKI_TREE. false: out of memory.
 */
DV_MUST_USE bool pki_factor_tree(const struct dv_bytes *moduli, size_t count,
    size_t most, bool *shared);

/* Have these two, of any length, of which neither may be even? */
DV_MUST_USE bool pki_factor_pair(struct dv_bytes a, struct dv_bytes b);

/* For factor_tree.c. 1/n modulo 2^64; n is odd. */
DV_MUST_USE uint64_t pki_factor_inverse(uint64_t n);
void pki_factor_load(uint64_t *out, size_t limbs, struct dv_bytes from);

/* Is gcd(a, b) not 1? b is odd; both are used up. */
DV_MUST_USE bool pki_factor_common(uint64_t *a, uint64_t *b, size_t limbs);

#endif
