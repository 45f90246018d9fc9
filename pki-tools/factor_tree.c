/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Primes in common among many moduli at once, by a tree of their products. With
 * P the product of all and D the sum of all P/n, P/n modulo n is D modulo n.
 * Never decides by chance: every number here is exact.
 *
 * Down the tree go quotients modulo powers of two, not remainders. Of a node
 * with product AB of 2a limbs, y is x/(AB) modulo 2^128a; y*B is x/A, whose
 * upper half is x'/A for x' = x/2^64a modulo A: another power of two, which no
 * odd number minds. Each leaf has an octet above its modulus, so that x' comes
 * out there within one modulus of zero, and its sign is its top bit.
 */
#include <stdlib.h>
#include <string.h>

#include "factor_mul.h"
#include "host/progress.h"

#define LEVELS 32

struct tree {
	struct pki_mul mul;
	const struct dv_bytes *moduli;	/* all of them */
	size_t count, width;		/* of a leaf, in limbs */
	size_t leaves, levels, limbs;	/* of one block: leaves * width */
	size_t from, used;		/* the block: moduli from, so many */
	uint64_t *product[LEVELS];	/* by level, of limbs each */
	uint64_t *tops;			/* of every block, of limbs each */
	uint64_t *x, *y, *inverse;	/* of limbs each */
	uint64_t *t, *u;		/* of 2 * limbs each */
	uint64_t done;			/* nodes */
	struct dv_progress *progress;
};

static size_t
blocks(const struct tree *t)
{
	return (t->count + t->leaves - 1) / t->leaves;
}

/* Nodes of a level that have moduli below them. */
static size_t
nodes(const struct tree *t, size_t level)
{
	return (t->used + ((size_t)1 << level) - 1) >> level;
}

static void
step(struct tree *t)
{
	dv_progress_at(t->progress, ++t->done);
}

/* a += b; the carry is lost. */
static void
add(uint64_t *a, const uint64_t *b, size_t limbs)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < limbs; i++) {
		uint64_t sum = b[i] + carry;

		carry = sum < carry;
		a[i] += sum;
		carry += a[i] < sum;
	}
}

static void
negate(uint64_t *a, size_t limbs)
{
	uint64_t carry = 1;

	for (size_t i = 0; i < limbs; i++) {
		a[i] = ~a[i] + carry;
		carry = carry != 0 && a[i] == 0;
	}
}

/* ---- up ------------------------------------------------------------------- */

/* The leaves: the moduli, and 1 for each that is none; D is 1, and 0 for those. */
static void
plant(struct tree *t)
{
	memset(t->product[0], 0, t->limbs * sizeof(*t->product[0]));
	memset(t->x, 0, t->limbs * sizeof(*t->x));
	for (size_t i = 0; i < t->used; i++) {
		struct dv_bytes n = t->moduli[t->from + i];
		uint64_t *leaf = t->product[0] + i * t->width;

		if (pki_factor_is(n)) {
			pki_factor_load(leaf, t->width, n);
			t->x[i * t->width] = 1;
		} else {
			leaf[0] = 1;
		}
	}
}

/* The product, and D(AB) = D(A) B + D(B) A, from x into y. */
static void
join(struct tree *t, size_t level, size_t node)
{
	size_t a = t->width << level, at = 2 * node * a;
	const uint64_t *from = t->product[level] + at, *d = t->x + at;
	uint64_t *to = t->product[level + 1] + at;

	if (2 * node + 1 == nodes(t, level)) {
		memcpy(to, from, a * sizeof(*to));
		memset(to + a, 0, a * sizeof(*to));
		memcpy(t->y + at, d, a * sizeof(*to));
		memset(t->y + at + a, 0, a * sizeof(*to));
		return;
	}
	pki_mul(&t->mul, to, from, from + a, a);
	pki_mul(&t->mul, t->y + at, d, from + a, a);
	pki_mul(&t->mul, t->t, d + a, from, a);
	add(t->y + at, t->t, 2 * a);
}

static void
swap(struct tree *t)
{
	uint64_t *x = t->x;

	t->x = t->y;
	t->y = x;
}

/* Of the block that begins with this modulus; its D is in x. */
static void
grow(struct tree *t, size_t from)
{
	t->from = from;
	t->used = t->count - from < t->leaves ? t->count - from : t->leaves;
	plant(t);
	for (size_t level = 0; level < t->levels; level++) {
		for (size_t i = 0; i < nodes(t, level + 1); i++) {
			join(t, level, i);
			step(t);
		}
		swap(t);
	}
}

/* ---- the top -------------------------------------------------------------- */

/* Of the product of all, modulo 2^(64 limbs). P v is 1 + e, where e is above
 * what is right of v yet; v (1 - e) is right twice as far. */
static void
invert(struct tree *t)
{
	const uint64_t *p = t->product[t->levels];
	uint64_t *v = t->inverse;
	size_t right = 1;

	memset(v, 0, t->limbs * sizeof(*v));
	v[0] = pki_factor_inverse(p[0]);
	while (right < t->limbs) {
		size_t next = right < t->width && 2 * right > t->width ?
		    t->width : 2 * right;

		pki_mul(&t->mul, t->t, p, v, next);
		negate(t->t + right, next - right);
		pki_mul(&t->mul, t->u, v, t->t, next);
		memcpy(v, t->u, next * sizeof(*v));
		right = next;
	}
}

/* x times another block's product, modulo this one's, up to a power of two. */
static void
take_block(struct tree *t, const uint64_t *other)
{
	size_t limbs = t->limbs;
	uint64_t low = 0;

	pki_mul(&t->mul, t->u, t->x, other, limbs);
	pki_mul(&t->mul, t->t, t->u, t->inverse, limbs);
	memcpy(t->y, t->t, limbs * sizeof(*t->y));
	negate(t->y, limbs);
	pki_mul(&t->mul, t->t, t->y, t->product[t->levels], limbs);
	/* the lower halves make zero together, and a carry unless both are */
	for (size_t i = 0; i < limbs; i++)
		low |= t->u[i];
	memcpy(t->x, t->u + limbs, limbs * sizeof(*t->x));
	add(t->x, t->t + limbs, limbs);
	for (size_t i = 0; low != 0 && i < limbs && ++t->x[i] == 0; i++)
		;
}

/* D of the block times all other blocks, over its product. */
static void
divide(struct tree *t)
{
	invert(t);
	for (size_t i = 0; i < blocks(t); i++) {
		if (i != t->from / t->leaves)
			take_block(t, t->tops + i * t->limbs);
	}
	pki_mul(&t->mul, t->t, t->x, t->inverse, t->limbs);
	memcpy(t->x, t->t, t->limbs * sizeof(*t->x));
}

/* ---- down ----------------------------------------------------------------- */

/* The upper half of y times the sibling, modulo its own size. */
static void
descend(struct tree *t, uint64_t *to, const uint64_t *y,
    const uint64_t *sibling, size_t a)
{
	pki_mul(&t->mul, t->t, y, sibling, a);
	pki_mul(&t->mul, t->u, y + a, sibling, a);
	memcpy(to, t->t + a, a * sizeof(*to));
	add(to, t->u, a);
}

/* From the node above both, in x, into y. */
static void
part(struct tree *t, size_t level, size_t node)
{
	size_t a = t->width << level, at = 2 * node * a;
	const uint64_t *product = t->product[level] + at;

	if (2 * node + 1 == nodes(t, level)) {
		memcpy(t->y + at, t->x + at + a, a * sizeof(*t->y));
		return;
	}
	descend(t, t->y + at, t->x + at, product + a, a);
	descend(t, t->y + at + a, t->x + at, product, a);
}

/* What is left of all others, against the modulus. */
static bool
shares(struct tree *t, size_t leaf)
{
	size_t at = leaf * t->width;

	pki_mul(&t->mul, t->t, t->x + at, t->product[0] + at, t->width);
	if (t->t[t->width - 1] >> 63 != 0)
		negate(t->t, t->width);
	memcpy(t->u, t->product[0] + at, t->width * sizeof(*t->u));
	return pki_factor_common(t->t, t->u, t->width);
}

static void
harvest(struct tree *t, bool *shared)
{
	divide(t);
	for (size_t level = t->levels; level-- > 0;) {
		for (size_t i = 0; i < nodes(t, level + 1); i++) {
			part(t, level, i);
			step(t);
		}
		swap(t);
	}
	for (size_t i = 0; i < t->used; i++)
		shared[t->from + i] = shares(t, i);
}

/* ---- all ------------------------------------------------------------------ */

static bool
make_room(struct tree *t)
{
	size_t size = t->limbs * sizeof(uint64_t);

	for (size_t i = 0; i <= t->levels; i++) {
		t->product[i] = malloc(size);
		if (t->product[i] == NULL)
			return false;
	}
	t->tops = calloc(blocks(t), size);
	t->x = malloc(size);
	t->y = malloc(size);
	t->inverse = malloc(size);
	t->t = malloc(2 * size);
	t->u = malloc(2 * size);
	return t->tops != NULL && t->x != NULL && t->y != NULL &&
	    t->inverse != NULL && t->t != NULL && t->u != NULL &&
	    pki_mul_start(&t->mul, t->limbs);
}

static void
free_room(struct tree *t)
{
	for (size_t i = 0; i <= t->levels; i++)
		free(t->product[i]);
	free(t->tops);
	free(t->x);
	free(t->y);
	free(t->inverse);
	free(t->t);
	free(t->u);
	pki_mul_end(&t->mul);
}

static void
measure(struct tree *t, size_t most)
{
	size_t octets = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (pki_factor_is(t->moduli[i]) && t->moduli[i].len > octets)
			octets = t->moduli[i].len;
	}
	t->width = octets / 8 + 1;
	for (t->leaves = 1; t->leaves < t->count && 2 * t->leaves <= most;
	    t->leaves *= 2)
		t->levels++;
	t->limbs = t->leaves * t->width;
	t->progress->total = t->count * (blocks(t) > 1 ? 3 : 2);
}

static void
run(struct tree *t, bool *shared)
{
	for (size_t i = 0; blocks(t) > 1 && i < blocks(t); i++) {
		grow(t, i * t->leaves);
		memcpy(t->tops + i * t->limbs, t->product[t->levels],
		    t->limbs * sizeof(*t->tops));
	}
	for (size_t i = 0; i < blocks(t); i++) {
		grow(t, i * t->leaves);
		harvest(t, shared);
	}
}

bool
pki_factor_tree(const struct dv_bytes *moduli, size_t count, size_t most,
    bool *shared)
{
	struct dv_progress progress = { .what = "RSA keys", .unit = "steps",
	    .per_unit = 1 };
	struct tree t = { .moduli = moduli, .count = count,
	    .progress = &progress };
	bool done;

	if (count == 0)
		return true;
	measure(&t, most);
	dv_progress_start(&progress);
	done = make_room(&t);
	if (done)
		run(&t, shared);
	free_room(&t);
	dv_progress_end(&progress);
	return done;
}
