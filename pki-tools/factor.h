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

#endif
