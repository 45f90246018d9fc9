/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Primes in common, by GMP. One against many is one greatest common divisor with
 * their product; all against all is a tree of products, down which goes, for
 * each node, the product of all moduli elsewhere, modulo the node's own. Never
 * decides by chance: every number here is exact.
 */
#include "factor.h"

#include <stdlib.h>
#include <string.h>

#include <gmp.h>

#include "host/progress.h"

/* The most that GMP takes to multiply and divide, in products of a whole block
 * (measured: 14), and octets of a number beside its digits. */
#define ROOM 24
#define NODE 64

static bool
is_modulus(struct dv_bytes n)
{
	return n.len > 0 && n.len <= PKI_FACTOR && (n.ptr[n.len - 1] & 1) != 0;
}

static void
load(mpz_t out, const uint8_t *from, size_t len)
{
	mpz_import(out, len, 1, 1, 1, 0, from);
}

/* ---- one against others --------------------------------------------------- */

bool
pki_factor_start(struct pki_factor *f, struct dv_bytes modulus)
{
	memset(f, 0, sizeof(*f));
	if (!is_modulus(modulus))
		return false;
	f->octets = modulus.len;
	memcpy(f->n, modulus.ptr, modulus.len);
	f->product[f->octets - 1] = 1;
	return true;
}

void
pki_factor_add(struct pki_factor *f, struct dv_bytes modulus)
{
	mpz_t n, product, other;
	size_t len;

	if (modulus.len != f->octets || f->octets == 0)
		return;
	mpz_inits(n, product, other, NULL);
	load(n, f->n, f->octets);
	load(product, f->product, f->octets);
	load(other, modulus.ptr, modulus.len);
	mpz_mul(product, product, other);
	mpz_tdiv_r(product, product, n);
	len = (mpz_sizeinbase(product, 2) + 7) / 8;
	memset(f->product, 0, f->octets);
	mpz_export(f->product + f->octets - len, NULL, 1, 1, 1, 0, product);
	mpz_clears(n, product, other, NULL);
}

static bool
common(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	mpz_t x, y;
	bool shared;

	mpz_inits(x, y, NULL);
	load(x, a, a_len);
	load(y, b, b_len);
	mpz_gcd(x, x, y);
	shared = mpz_cmp_ui(x, 1) != 0;
	mpz_clears(x, y, NULL);
	return shared;
}

bool
pki_factor_shared(const struct pki_factor *f)
{
	return common(f->n, f->octets, f->product, f->octets);
}

bool
pki_factor_pair(struct dv_bytes a, struct dv_bytes b)
{
	return is_modulus(a) && is_modulus(b) &&
	    common(a.ptr, a.len, b.ptr, b.len);
}

/* ---- all against all ------------------------------------------------------ */

/* Of a block of moduli. Node 1 is its root, those below node i are 2i and
 * 2i + 1, and the last so many are the leaves. */
struct tree {
	const struct dv_bytes *moduli;	/* all of them */
	size_t count, leaves, blocks;
	mpz_t *node;			/* 2 * leaves */
	mpz_t *top;			/* of every block, if there are several */
	mpz_t a, b;
	uint64_t done;			/* nodes */
	struct dv_progress *progress;
};

static void
step(struct tree *t)
{
	dv_progress_at(t->progress, ++t->done);
}

/* The products of a block. What is no modulus is 1, which nothing minds. */
static void
grow(struct tree *t, size_t block)
{
	for (size_t i = 0; i < t->leaves; i++) {
		size_t at = block * t->leaves + i;
		mpz_t *leaf = &t->node[t->leaves + i];

		if (at < t->count && is_modulus(t->moduli[at]))
			load(*leaf, t->moduli[at].ptr, t->moduli[at].len);
		else
			mpz_set_ui(*leaf, 1);
	}
	for (size_t i = t->leaves - 1; i > 0; i--) {
		mpz_mul(t->node[i], t->node[2 * i], t->node[2 * i + 1]);
		step(t);
	}
}

/* The root becomes the product of all other blocks, modulo its own. */
static void
turn(struct tree *t, size_t block)
{
	mpz_set_ui(t->a, 1);
	for (size_t i = 0; i < t->blocks; i++) {
		if (i == block)
			continue;
		mpz_mul(t->b, t->a, t->top[i]);
		mpz_tdiv_r(t->a, t->b, t->node[1]);
	}
	mpz_set(t->node[1], t->a);
}

/* Each node below in turn: what is outside of the node above, times its
 * sibling. */
static void
descend(struct tree *t)
{
	for (size_t i = 1; i < t->leaves; i++) {
		mpz_t *left = &t->node[2 * i], *right = &t->node[2 * i + 1];

		mpz_mul(t->a, t->node[i], *right);
		mpz_mul(t->b, t->node[i], *left);
		mpz_tdiv_r(*left, t->a, *left);
		mpz_tdiv_r(*right, t->b, *right);
		step(t);
	}
}

static void
harvest(struct tree *t, size_t block, bool *shared)
{
	for (size_t i = 0; i < t->leaves; i++) {
		size_t at = block * t->leaves + i;

		if (at >= t->count)
			return;
		shared[at] = false;
		if (!is_modulus(t->moduli[at]))
			continue;
		load(t->a, t->moduli[at].ptr, t->moduli[at].len);
		mpz_gcd(t->a, t->a, t->node[t->leaves + i]);
		shared[at] = mpz_cmp_ui(t->a, 1) != 0;
	}
}

static void
run(struct tree *t, bool *shared)
{
	for (size_t i = 0; t->blocks > 1 && i < t->blocks; i++) {
		grow(t, i);
		mpz_set(t->top[i], t->node[1]);
	}
	for (size_t i = 0; i < t->blocks; i++) {
		grow(t, i);
		turn(t, i);
		descend(t);
		harvest(t, i, shared);
	}
}

/* Octets that are taken at most: each level of the tree has all digits of a
 * block, the tops have those of all moduli. */
static size_t
measure(const struct tree *t)
{
	size_t octets = 0, levels = 1;

	for (size_t i = 0; i < t->count; i++) {
		if (is_modulus(t->moduli[i]) && t->moduli[i].len > octets)
			octets = t->moduli[i].len;
	}
	for (size_t i = t->leaves; i > 1; i /= 2)
		levels++;
	return t->leaves * octets * (levels + ROOM) + t->leaves * 2 * NODE +
	    (t->blocks > 1 ? t->count * octets : 0);
}

static mpz_t *
numbers(size_t count)
{
	mpz_t *out = calloc(count, sizeof(*out));

	for (size_t i = 0; out != NULL && i < count; i++)
		mpz_init(out[i]);
	return out;
}

static void
free_numbers(mpz_t *number, size_t count)
{
	for (size_t i = 0; number != NULL && i < count; i++)
		mpz_clear(number[i]);
	free(number);
}

/* GMP cannot be told that there is no room: ask for all of it at once before,
 * and give it back. */
static bool
is_room(size_t octets)
{
	void *volatile room = malloc(octets);
	bool is = room != NULL;

	free(room);
	return is;
}

bool
pki_factor_tree(const struct dv_bytes *moduli, size_t count, size_t most,
    bool *shared)
{
	struct dv_progress progress = { .what = "RSA keys", .unit = "steps",
	    .per_unit = 1 };
	struct tree t = { .moduli = moduli, .count = count, .leaves = 1,
	    .progress = &progress };
	bool done;

	if (count == 0)
		return true;
	while (t.leaves < count && t.leaves < most)
		t.leaves *= 2;
	t.blocks = (count + t.leaves - 1) / t.leaves;
	progress.total = t.blocks * (t.leaves - 1) * (t.blocks > 1 ? 3 : 2);
	t.node = numbers(2 * t.leaves);
	t.top = numbers(t.blocks);
	mpz_inits(t.a, t.b, NULL);
	done = t.node != NULL && t.top != NULL && is_room(measure(&t));
	if (done) {
		dv_progress_start(&progress);
		run(&t, shared);
		dv_progress_end(&progress);
	}
	free_numbers(t.node, 2 * t.leaves);
	free_numbers(t.top, t.blocks);
	mpz_clears(t.a, t.b, NULL);
	return done;
}
