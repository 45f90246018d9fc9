/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Products of very long numbers, for factor_tree.c. Public numbers only: nothing
 * here is secret or takes constant time.
 */
#ifndef FACTOR_MUL_H
#define FACTOR_MUL_H

#include "factor.h"

#define PKI_DIGIT 17u		/* bits: see pki_mul() */

struct pki_mul {
	uint64_t *roots, *a, *b;	/* 2^log each; NULL: never needed */
};

/* Room for numbers of up to so many limbs. false: out of memory. */
DV_MUST_USE bool pki_mul_start(struct pki_mul *m, size_t limbs);
void pki_mul_end(struct pki_mul *m);

/* out[2 * limbs] = x[limbs] * y[limbs]; out is neither. */
void pki_mul(const struct pki_mul *m, uint64_t *out, const uint64_t *x,
    const uint64_t *y, size_t limbs);

#endif
