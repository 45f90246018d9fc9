/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Properties of every accepted vector: whatever is altered in bytes that count
 * must not be accepted. Bytes count when an accepted path uses them; anchors
 * do not (they are trusted as they are). vectors/README.md, Properties.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

/* Files above this size are cut at about this many places, not everywhere. */
#define MANY 4096

/* One alteration of one file of a vector. */
struct trial {
	const struct vector *v;
	struct inputs in;
	struct dv_bytes *target;	/* into in */
	struct dv_bytes original;
	struct property_report *report;
	const char *what;		/* file, for the report */
	const struct answer *was;	/* the answer to what is unaltered */
};

/* Odd, so that every bit of an octet is met. */
static unsigned
stride_of(const struct vector *v)
{
	if (v->expect.flips > 0)
		return v->expect.flips;
	return v->kind == KIND_REQUEST ? 3 : 29;
}

static unsigned
name_sum(const struct vector *v)
{
	unsigned sum = 0;

	for (const char *p = v->name; *p != '\0'; p++)
		sum = sum * 31 + (unsigned char)*p;
	return sum;
}

/*
 * Accepted in a way that relies on the altered file? An artefact, a request
 * and an envelope always count; a certificate when the path goes through it.
 */
static bool
relies_on(const struct trial *t, const struct answer *a, const uint8_t *ptr)
{
	if (a->verdict.status != DV_ACCEPTED)
		return false;
	/* A signature that is gone from a module says nothing: fewer are left. */
	if (t->v->kind == KIND_WASM && a->signatures < t->was->signatures)
		return false;
	if (t->v->kind != KIND_CHAIN &&
	    (t->target == &t->in.main || t->target == &t->in.artefact))
		return true;
	/* A CRL counts when the same answer comes out with it altered. */
	if (t->target >= t->in.crls &&
	    t->target < t->in.crls + VECTOR_MAX_CRLS)
		return strcmp(a->statuses, t->was->statuses) == 0;
	for (size_t i = 0; i < a->used_count; i++)
		if (a->used[i] == ptr)
			return true;
	return false;
}

static void
try(struct trial *t, const uint8_t *bytes, size_t len, const char *how,
    size_t place)
{
	struct answer a;

	*t->target = (struct dv_bytes){ bytes, len };
	a = vector_ask(t->v, &t->in);
	if (t->report->violation[0] == '\0' &&
	    (relies_on(t, &a, bytes) || a.broken != NULL))
		snprintf(t->report->violation, sizeof(t->report->violation),
		    "%s, %s %lu: %s", t->what, how, (unsigned long)place,
		    a.broken != NULL ? a.broken : "accepted");
	*t->target = t->original;
}

static uint8_t *
copy_of(struct dv_bytes bytes, size_t len)
{
	uint8_t *copy = calloc(1, len > 0 ? len : 1);

	if (copy == NULL)
		abort();
	if (bytes.len > 0)
		memcpy(copy, bytes.ptr, len < bytes.len ? len : bytes.len);
	return copy;
}

static void
flips_try(struct trial *t)
{
	const size_t bits = t->original.len * 8;
	const size_t stride = t->report->stride;
	uint8_t *copy = copy_of(t->original, t->original.len);

	for (size_t i = name_sum(t->v) % stride; i < bits; i += stride) {
		if (t->target == &t->in.main &&
		    i / 8 >= t->v->expect.unbelieved &&
		    i / 8 < t->v->expect.unbelieved_end)
			continue;
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
		try(t, copy, t->original.len, "bit", i);
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
		t->report->flips++;
	}
	free(copy);
}

static void
cuts_try(struct trial *t)
{
	/* Where flips are dear, so are cuts. */
	const size_t step = 1 + t->original.len / MANY +
	    t->report->stride / 100;
	uint8_t *copy;

	for (size_t len = 0; len < t->original.len; len += step) {
		copy = copy_of(t->original, len);
		try(t, copy, len, "cut to", len);
		free(copy);
		t->report->cuts++;
	}
}

static void
appended_try(struct trial *t)
{
	uint8_t *copy = copy_of(t->original, t->original.len + 1);

	try(t, copy, t->original.len + 1, "octet added", 0);
	copy[t->original.len] = 0xff;
	try(t, copy, t->original.len + 1, "octet added", 255);
	free(copy);
	t->report->others += 2;
}

static void
file_try(struct trial *t, struct dv_bytes *target, const char *what)
{
	t->target = target;
	t->original = *target;
	t->what = what;
	/* Of what is read by its form alone only its ends can be judged. */
	if (t->v->kind != KIND_CERT && t->v->kind != KIND_CRL &&
	    t->v->kind != KIND_MANIFEST && t->v->kind != KIND_RECEIPT)
		flips_try(t);
	/* Cutting an artefact repeats what its digest said to the flips. */
	if (target != &t->in.artefact)
		cuts_try(t);
	appended_try(t);
}

static bool
is_used(const struct answer *a, const uint8_t *ptr)
{
	for (size_t i = 0; i < a->used_count; i++)
		if (a->used[i] == ptr)
			return true;
	return false;
}

/*
 * A CA in the leaf's place; the pile in another order. The signer of a CRL,
 * which is outside the path, need be no CA.
 */
static void
swaps_try(struct trial *t)
{
	const size_t n = t->in.pile_count;
	struct dv_bytes kept;
	struct answer a;

	t->target = &t->in.main;
	t->original = t->in.main;
	t->what = "leaf";
	for (size_t i = 0; i < n; i++) {
		if (t->v->expect.policy.profile != DV_PROFILE_STRICT ||
		    (t->in.crl_count > 0 &&
		    !is_used(t->was, t->in.pile[i].ptr)) ||
		    (t->in.pile[i].len == t->in.main.len && memcmp(
		    t->in.pile[i].ptr, t->in.main.ptr, t->in.main.len) == 0))
			continue;
		kept = t->in.pile[i];
		t->in.pile[i] = t->original;
		try(t, kept.ptr, kept.len, "swapped with pile", i + 1);
		t->in.pile[i] = kept;
		t->report->others++;
	}
	for (size_t i = 0; i < n / 2; i++) {
		kept = t->in.pile[i];
		t->in.pile[i] = t->in.pile[n - 1 - i];
		t->in.pile[n - 1 - i] = kept;
	}
	a = vector_ask(t->v, &t->in);
	t->report->others++;
	if (a.verdict.status != DV_ACCEPTED &&
	    t->report->violation[0] == '\0')
		snprintf(t->report->violation, sizeof(t->report->violation),
		    "pile reversed: %s", dv_reason_name(a.verdict.reason));
}

/* A CRL is relied on when the answer is another without it. */
static bool
crl_needed(const struct vector *v, const struct answer *a, size_t index)
{
	struct inputs in = v->in;
	struct answer without;

	in.crl_count--;
	for (size_t i = index; i < in.crl_count; i++)
		in.crls[i] = in.crls[i + 1];
	without = vector_ask(v, &in);
	return without.verdict.status != DV_ACCEPTED ||
	    strcmp(without.statuses, a->statuses) != 0;
}

void
property_run(const struct vector *v, struct property_report *report)
{
	const struct answer a = vector_ask(v, &v->in);
	struct trial t = { .v = v, .in = v->in, .report = report,
	    .was = &a };
	char what[24];

	*report = (struct property_report){ .stride = stride_of(v) };
	if (a.verdict.status != DV_ACCEPTED)
		return;
	file_try(&t, &t.in.main, v->kind == KIND_CHAIN ? "leaf" : "file");
	if (v->kind == KIND_SIGN || v->kind == KIND_SIGN1)
		file_try(&t, &t.in.artefact, "artefact");
	if (v->in.signer.ptr != NULL && is_used(&a, v->in.signer.ptr))
		file_try(&t, &t.in.signer, "signer");
	for (size_t i = 0; i < v->in.pile_count; i++) {
		if (!is_used(&a, v->in.pile[i].ptr))
			continue;
		snprintf(what, sizeof(what), "i%u", (unsigned)i + 1);
		file_try(&t, &t.in.pile[i], what);
	}
	for (size_t i = 0; i < v->in.crl_count; i++) {
		if (!crl_needed(v, &a, i))
			continue;
		snprintf(what, sizeof(what), "crl%u", (unsigned)i + 1);
		file_try(&t, &t.in.crls[i], what);
	}
	if (v->kind == KIND_CHAIN)
		swaps_try(&t);
}
