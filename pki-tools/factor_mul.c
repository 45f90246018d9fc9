/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Short numbers by hand, long ones by their digits: those of a product are a
 * convolution, which the number theoretic transform makes a product at each of
 * so many points. All modulo p = 2^64 - 2^32 + 1, of which 7 is a generator.
 */
#include "factor_mul.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

#define P 0xffffffff00000001u
#define BY_HAND 192u		/* limbs; measured */

/* ---- modulo p ------------------------------------------------------------- */

/* Masks, not branches: those would be guessed wrong half of the time. */
static inline uint64_t
add(uint64_t a, uint64_t b)
{
	uint64_t over = a - (P - b);

	return over + (-(uint64_t)(a < P - b) & P);
}

static inline uint64_t
sub(uint64_t a, uint64_t b)
{
	return a - b + (-(uint64_t)(a < b) & P);
}

/* 2^64 is 2^32 - 1, and 2^96 is -1. */
static inline uint64_t
mul(uint64_t a, uint64_t b)
{
	wide x = (wide)a * b;
	uint64_t high = (uint64_t)(x >> 64), low = (uint64_t)x;
	uint64_t middle = (high << 32) - (high & 0xffffffffu);
	uint64_t rest = sub(low, high >> 32), out;

	/* middle < P, rest is any number of 64 bits */
	out = rest - (P - middle);
	out += -(uint64_t)(rest < P - middle) & P;
	return out - (-(uint64_t)(out >= P) & P);
}

static uint64_t
power(uint64_t base, uint64_t exponent)
{
	uint64_t out = 1;

	for (; exponent != 0; exponent >>= 1) {
		if ((exponent & 1) != 0)
			out = mul(out, base);
		base = mul(base, base);
	}
	return out;
}

/* ---- the transform -------------------------------------------------------- */

/* Digits of a number of so many limbs, and points of a product of two such. */
static size_t
points(size_t limbs)
{
	size_t n = 1;

	while (n < 2 * ((64 * limbs + PKI_DIGIT - 1) / PKI_DIGIT))
		n *= 2;
	return n;
}

bool
pki_mul_start(struct pki_mul *m, size_t limbs)
{
	size_t n = points(limbs);

	*m = (struct pki_mul){ .roots = NULL };
	if (limbs <= BY_HAND)
		return true;
	m->roots = malloc(n * sizeof(*m->roots));
	m->a = malloc(n * sizeof(*m->a));
	m->b = malloc(n * sizeof(*m->b));
	if (m->roots == NULL || m->a == NULL || m->b == NULL)
		return false;
	/* at half + i: the i-th power of a root of one of order 2 * half */
	for (size_t half = 1; half < n; half *= 2) {
		uint64_t root = power(7, (P - 1) / (2 * half));

		m->roots[half] = 1;
		for (size_t i = 1; i < half; i++)
			m->roots[half + i] = mul(m->roots[half + i - 1], root);
	}
	return true;
}

void
pki_mul_end(struct pki_mul *m)
{
	free(m->roots);
	free(m->a);
	free(m->b);
}

static void
forward(const uint64_t *roots, uint64_t *x, size_t n)
{
	for (size_t half = n / 2; half > 0; half /= 2) {
		for (size_t at = 0; at < n; at += 2 * half) {
			uint64_t *low = x + at, *high = low + half;

			for (size_t i = 0; i < half; i++) {
				uint64_t a = low[i], b = high[i];

				low[i] = add(a, b);
				high[i] = mul(sub(a, b), roots[half + i]);
			}
		}
	}
}

/* n times the digits. A root's inverse is its complement's negative. */
static void
backward(const uint64_t *roots, uint64_t *x, size_t n)
{
	for (size_t half = 1; half < n; half *= 2) {
		for (size_t at = 0; at < n; at += 2 * half) {
			uint64_t *low = x + at, *high = low + half;
			uint64_t first = high[0];

			high[0] = sub(low[0], first);
			low[0] = add(low[0], first);
			for (size_t i = 1; i < half; i++) {
				uint64_t a = low[i], b = mul(high[i],
				    roots[2 * half - i]);

				low[i] = sub(a, b);
				high[i] = add(a, b);
			}
		}
	}
}

/* ---- numbers and digits --------------------------------------------------- */

static void
take_digits(uint64_t *out, size_t n, const uint64_t *x, size_t limbs)
{
	size_t bit = 0;

	for (size_t i = 0; i < n; i++, bit += PKI_DIGIT) {
		size_t limb = bit / 64, shift = bit % 64;
		uint64_t digit = limb < limbs ? x[limb] >> shift : 0;

		if (shift + PKI_DIGIT > 64 && limb + 1 < limbs)
			digit |= x[limb + 1] << (64 - shift);
		out[i] = digit & ((1u << PKI_DIGIT) - 1);
	}
}

/* What is above the limbs is zero. */
static void
put_digits(uint64_t *out, size_t limbs, const uint64_t *digits, size_t n)
{
	uint64_t inverse = power(n, P - 2);
	wide carry = 0;
	size_t bit = 0;

	memset(out, 0, limbs * sizeof(*out));
	for (size_t i = 0; i < n && bit < 64 * limbs; i++, bit += PKI_DIGIT) {
		size_t limb = bit / 64, shift = bit % 64;
		uint64_t digit;

		carry += mul(digits[i], inverse);
		digit = (uint64_t)carry & ((1u << PKI_DIGIT) - 1);
		carry >>= PKI_DIGIT;
		out[limb] |= digit << shift;
		if (shift + PKI_DIGIT > 64 && limb + 1 < limbs)
			out[limb + 1] = digit >> (64 - shift);
	}
}

static void
by_hand(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t limbs)
{
	memset(out, 0, 2 * limbs * sizeof(*out));
	for (size_t i = 0; i < limbs; i++) {
		uint64_t carry = 0;

		for (size_t j = 0; j < limbs; j++) {
			wide sum = (wide)x[j] * y[i] + out[i + j] + carry;

			out[i + j] = (uint64_t)sum;
			carry = (uint64_t)(sum >> 64);
		}
		out[i + limbs] = carry;
	}
}

/* A point's sum stays below p: of 2^29 products of 2^34. */
void
pki_mul(const struct pki_mul *m, uint64_t *out, const uint64_t *x,
    const uint64_t *y, size_t limbs)
{
	size_t n = points(limbs);

	if (limbs <= BY_HAND) {
		by_hand(out, x, y, limbs);
		return;
	}
	take_digits(m->a, n, x, limbs);
	take_digits(m->b, n, y, limbs);
	forward(m->roots, m->a, n);
	forward(m->roots, m->b, n);
	for (size_t i = 0; i < n; i++)
		m->a[i] = mul(m->a[i], m->b[i]);
	backward(m->roots, m->a, n);
	put_digits(out, 2 * limbs, m->a, n);
}
