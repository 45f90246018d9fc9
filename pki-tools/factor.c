/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One greatest common divisor for all earlier moduli at once: each costs a
 * multiplication modulo the new one (Montgomery's), not a division of its own.
 */
#include "factor.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

static void
load(uint64_t *out, size_t limbs, struct dv_bytes from)
{
	memset(out, 0, limbs * sizeof(*out));
	for (size_t i = 0; i < from.len; i++)
		out[i / 8] |= (uint64_t)from.ptr[from.len - 1 - i] <<
		    8 * (i % 8);
}

static int
compare(const uint64_t *a, const uint64_t *b, size_t limbs)
{
	while (limbs-- > 0) {
		if (a[limbs] != b[limbs])
			return a[limbs] < b[limbs] ? -1 : 1;
	}
	return 0;
}

static void
subtract(uint64_t *a, const uint64_t *b, size_t limbs)
{
	uint64_t borrow = 0;

	for (size_t i = 0; i < limbs; i++) {
		uint64_t less = b[i] + borrow;
		uint64_t over = less < borrow;

		borrow = over + (a[i] < less);
		a[i] -= less;
	}
}

static bool
is_zero(const uint64_t *a, size_t limbs)
{
	uint64_t any = 0;

	for (size_t i = 0; i < limbs; i++)
		any |= a[i];
	return any == 0;
}

bool
pki_factor_start(struct pki_factor *f, struct dv_bytes modulus)
{
	memset(f, 0, sizeof(*f));
	if (modulus.len == 0 || modulus.len > 8 * PKI_LIMBS ||
	    (modulus.ptr[modulus.len - 1] & 1) == 0)
		return false;
	f->octets = modulus.len;
	f->limbs = (modulus.len + 7) / 8;
	load(f->n, f->limbs, modulus);
	f->product[0] = 1;
	/* -1/n modulo 2^64: each round doubles the bits that are right */
	f->inverse = 1;
	for (int i = 0; i < 6; i++)
		f->inverse *= 2 - f->n[0] * f->inverse;
	f->inverse = -f->inverse;
	return true;
}

/* t += a * b over limbs, and the carry into the two above. */
static void
add_product(uint64_t *t, const uint64_t *a, uint64_t b, size_t limbs)
{
	wide carry = 0;

	for (size_t i = 0; i < limbs; i++) {
		carry += (wide)a[i] * b + t[i];
		t[i] = (uint64_t)carry;
		carry >>= 64;
	}
	carry += t[limbs];
	t[limbs] = (uint64_t)carry;
	t[limbs + 1] += (uint64_t)(carry >> 64);
}

/* product * other / 2^(64 limbs) modulo n; product is below n and stays so. */
void
pki_factor_add(struct pki_factor *f, struct dv_bytes modulus)
{
	uint64_t other[PKI_LIMBS], t[PKI_LIMBS + 2] = { 0 };

	if (modulus.len != f->octets)
		return;
	load(other, f->limbs, modulus);
	for (size_t i = 0; i < f->limbs; i++) {
		add_product(t, f->product, other[i], f->limbs);
		add_product(t, f->n, t[0] * f->inverse, f->limbs);
		memmove(t, t + 1, (f->limbs + 1) * sizeof(*t));
		t[f->limbs + 1] = 0;
	}
	if (t[f->limbs] != 0 || compare(t, f->n, f->limbs) >= 0)
		subtract(t, f->n, f->limbs);
	memcpy(f->product, t, f->limbs * sizeof(*t));
}

/* Without the twos in it; not zero. */
static void
make_odd(uint64_t *a, size_t limbs)
{
	while ((a[0] & 1) == 0) {
		int by = a[0] == 0 ? 63 : __builtin_ctzll(a[0]);

		for (size_t i = 0; i < limbs; i++)
			a[i] = a[i] >> by | (i + 1 < limbs ?
			    a[i + 1] << (64 - by) : 0);
	}
}

/* Binary: gcd(product, n), of which n is odd, is not 1. */
bool
pki_factor_shared(const struct pki_factor *f)
{
	uint64_t a[PKI_LIMBS], b[PKI_LIMBS], swap[PKI_LIMBS];
	size_t size = f->limbs * sizeof(*a);

	memcpy(a, f->product, size);
	memcpy(b, f->n, size);
	while (!is_zero(a, f->limbs)) {
		make_odd(a, f->limbs);
		if (compare(a, b, f->limbs) < 0) {
			memcpy(swap, a, size);
			memcpy(a, b, size);
			memcpy(b, swap, size);
		}
		subtract(a, b, f->limbs);
	}
	b[0] ^= 1;
	return !is_zero(b, f->limbs);
}
