/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alters DER by chance, and again the same way from the same state: an octet,
 * or an element taken out, doubled, exchanged or put in the place of another,
 * with the lengths around it set right. Include it once in a program.
 */
#ifndef TESTS_PROOF_EDIT_H
#define TESTS_PROOF_EDIT_H

#include <stdbool.h>
#include <string.h>

#include "dv_bytes.h"

#define EDIT_MAX 16384
#define EDIT_FRAME 256		/* left for a signature around it */
#define EDIT_ELEMENTS 1024
#define EDIT_DEPTH 32

struct edited {
	uint8_t octets[EDIT_MAX + EDIT_FRAME];
	size_t len;
};

/* Where an element stands; up: the one around it, -1 for the first. */
struct element {
	size_t at, head, len;
	int up;
};

struct tree {
	struct element e[EDIT_ELEMENTS];
	int count;
};

static uint64_t edit_state = 1;

static inline uint32_t
chance(uint32_t below)
{
	edit_state = edit_state * UINT64_C(6364136223846793005) +
	    1442695040888963407;
	return (uint32_t)(edit_state >> 33) % below;
}

/* Header of the element at `at`; false when it does not fit before end. */
static inline bool
element_read(const struct edited *d, size_t at, size_t end, struct element *e)
{
	size_t size = 0, n;

	if (end - at < 2)
		return false;
	*e = (struct element){ .at = at, .head = 2, .len = d->octets[at + 1] };
	if (e->len >= 0x80) {
		n = e->len & 0x7f;
		if (n > 3 || end - at < 2 + n)
			return false;
		for (size_t i = 0; i < n; i++)
			size = size << 8 | d->octets[at + 2 + i];
		e->head += n;
		e->len = size;
	}
	return e->len <= end - at - e->head;
}

/* Has it elements inside? An OCTET STRING has when one fills it. */
static inline bool
element_opens(const struct edited *d, const struct element *e)
{
	const uint8_t tag = d->octets[e->at];
	struct element inner;

	if ((tag & 0x20) != 0)
		return true;
	return tag == 0x04 && element_read(d, e->at + e->head,
	    e->at + e->head + e->len, &inner) &&
	    inner.head + inner.len == e->len;
}

/* All elements, in the order they stand in. */
static inline void
tree_read(const struct edited *d, struct tree *t)
{
	int open[EDIT_DEPTH], depth = 0;
	size_t end[EDIT_DEPTH + 1] = { d->len }, at = 0;
	struct element e;

	t->count = 0;
	while (t->count < EDIT_ELEMENTS) {
		while (depth > 0 && at >= end[depth])
			depth--;
		if (at >= end[depth] || !element_read(d, at, end[depth], &e))
			return;
		e.up = depth > 0 ? open[depth - 1] : -1;
		t->e[t->count] = e;
		at += e.head;
		if (element_opens(d, &e) && depth < EDIT_DEPTH) {
			open[depth++] = t->count;
			end[depth] = at + e.len;
		} else {
			at += e.len;
		}
		t->count++;
	}
}

static inline size_t
length_write(size_t len, uint8_t out[4])
{
	if (len < 0x80) {
		out[0] = (uint8_t)len;
		return 1;
	}
	if (len < 0x100) {
		out[0] = 0x81;
		out[1] = (uint8_t)len;
		return 2;
	}
	out[0] = 0x82;
	out[1] = (uint8_t)(len >> 8);
	out[2] = (uint8_t)len;
	return 3;
}

/* Octets from `at` become these; false, and nothing done, without room. */
static inline bool
octets_replace(struct edited *d, size_t at, size_t old, struct dv_bytes now)
{
	if (d->len - old + now.len > EDIT_MAX)
		return false;
	memmove(d->octets + at + now.len, d->octets + at + old,
	    d->len - at - old);
	memcpy(d->octets + at, now.ptr, now.len);
	d->len = d->len - old + now.len;
	return true;
}

/* This much of d becomes those octets, and the lengths around it follow. */
static inline bool
element_replace(struct edited *d, const struct tree *t,
    const struct element *old, struct dv_bytes now)
{
	const size_t before = d->len;
	uint8_t length[4];
	size_t n;

	if (!octets_replace(d, old->at, old->head + old->len, now))
		return false;
	for (int up = old->up; up >= 0; up = t->e[up].up) {
		const struct element *e = &t->e[up];

		n = length_write(e->len + d->len - before, length);
		if (!octets_replace(d, e->at + 1, e->head - 1,
		    (struct dv_bytes){ length, n }))
			return false;
	}
	return true;
}

/* ---- one change --------------------------------------------------------- */

/* May these octets be altered? */
typedef bool edit_allowed(const struct edited *d, size_t at, size_t len);

static inline bool
edit_octet(struct edited *d, edit_allowed *may)
{
	const size_t i = chance((uint32_t)d->len);

	if (!may(d, i, 1))
		return false;
	switch (chance(4)) {
	case 0:
		d->octets[i] = (uint8_t)chance(256);
		break;
	case 1:
		d->octets[i]++;
		break;
	case 2:
		d->octets[i] = d->octets[chance((uint32_t)d->len)];
		break;
	default:
		d->octets[i] ^= (uint8_t)(1u << chance(8));
	}
	return true;
}

/* The next element beside number i, -1 when it is the last. */
static inline int
element_next(const struct tree *t, int i)
{
	for (int k = i + 1; k < t->count; k++)
		if (t->e[k].up == t->e[i].up)
			return k;
	return -1;
}

/* Two neighbours change places: they are one piece to be replaced. */
static inline bool
edit_exchange(struct edited *d, const struct tree *t, int i)
{
	static uint8_t both[EDIT_MAX];
	const int k = element_next(t, i);
	const size_t first = t->e[i].head + t->e[i].len;
	struct element piece = t->e[i];
	size_t second;

	if (k < 0)
		return false;
	second = t->e[k].head + t->e[k].len;
	memcpy(both, d->octets + t->e[k].at, second);
	memcpy(both + second, d->octets + t->e[i].at, first);
	piece.len += second;
	return element_replace(d, t, &piece,
	    (struct dv_bytes){ both, first + second });
}

/* An element: gone, twice, after its neighbour, or one of the donor's. */
static inline bool
edit_element(struct edited *d, const struct edited *donor, edit_allowed *may)
{
	static struct tree t, other;
	static uint8_t room[EDIT_MAX];
	const struct element *e, *o;
	size_t len;
	int i;

	tree_read(d, &t);
	tree_read(donor, &other);
	if (t.count < 2 || other.count == 0)
		return false;
	i = 1 + (int)chance((uint32_t)t.count - 1);
	e = &t.e[i];
	len = e->head + e->len;
	if (!may(d, e->at, len))
		return false;
	switch (chance(4)) {
	case 0:
		return element_replace(d, &t, e, (struct dv_bytes){ room, 0 });
	case 1:
		if (2 * len > sizeof(room))
			return false;
		memcpy(room, d->octets + e->at, len);
		memcpy(room + len, d->octets + e->at, len);
		return element_replace(d, &t, e,
		    (struct dv_bytes){ room, 2 * len });
	case 2:
		return edit_exchange(d, &t, i);
	default:
		o = &other.e[chance((uint32_t)other.count)];
		len = o->head + o->len;
		memcpy(room, donor->octets + o->at, len);
		return element_replace(d, &t, e, (struct dv_bytes){ room, len });
	}
}

/* Mostly in one place, at the most in three: an octet or an element. */
static inline void
edit_some(struct edited *d, const struct edited *donor, edit_allowed *may)
{
	uint32_t left = chance(4) == 0 ? 1 + chance(3) : 1;

	while (left > 0)
		left -= chance(2) == 0 ? edit_octet(d, may) :
		    edit_element(d, donor, may);
}

#endif
