/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One greatest common divisor for all earlier moduli at once: each costs a
 * multiplication modulo the new one (Montgomery's), not a division of its own.
 */
#include "factor.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

void
pki_factor_load(uint64_t *out, size_t limbs, struct dv_bytes from)
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
pki_factor_is(struct dv_bytes modulus)
{
	return modulus.len > 0 && modulus.len <= 8 * PKI_LIMBS &&
	    (modulus.ptr[modulus.len - 1] & 1) != 0;
}

/* Each round doubles the bits that are right. */
uint64_t
pki_factor_inverse(uint64_t n)
{
	uint64_t inverse = 1;

	for (int i = 0; i < 6; i++)
		inverse *= 2 - n * inverse;
	return inverse;
}

bool
pki_factor_start(struct pki_factor *f, struct dv_bytes modulus)
{
	memset(f, 0, sizeof(*f));
	if (!pki_factor_is(modulus))
		return false;
	f->octets = modulus.len;
	f->limbs = (modulus.len + 7) / 8;
	pki_factor_load(f->n, f->limbs, modulus);
	f->product[0] = 1;
	f->inverse = -pki_factor_inverse(f->n[0]);
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
	pki_factor_load(other, f->limbs, modulus);
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

/* Binary; the numbers lose limbs as they become smaller. */
bool
pki_factor_common(uint64_t *a, uint64_t *b, size_t limbs)
{
	while (!is_zero(a, limbs)) {
		make_odd(a, limbs);
		if (compare(a, b, limbs) < 0) {
			uint64_t *swap = a;

			a = b;
			b = swap;
		}
		subtract(a, b, limbs);
		while (limbs > 1 && (a[limbs - 1] | b[limbs - 1]) == 0)
			limbs--;
	}
	b[0] ^= 1;
	return !is_zero(b, limbs);
}

bool
pki_factor_shared(const struct pki_factor *f)
{
	uint64_t a[PKI_LIMBS], b[PKI_LIMBS];

	memcpy(a, f->product, f->limbs * sizeof(*a));
	memcpy(b, f->n, f->limbs * sizeof(*b));
	return pki_factor_common(a, b, f->limbs);
}

bool
pki_factor_pair(struct dv_bytes a, struct dv_bytes b)
{
	uint64_t x[PKI_LIMBS], y[PKI_LIMBS];

	if (!pki_factor_is(a) || !pki_factor_is(b))
		return false;
	pki_factor_load(x, PKI_LIMBS, a);
	pki_factor_load(y, PKI_LIMBS, b);
	return pki_factor_common(x, y, PKI_LIMBS);
}
