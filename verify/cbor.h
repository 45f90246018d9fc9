/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A forward-only reader of deterministic CBOR (RFC 8949 4.2.1): shortest form,
 * map order and duplicates, depth, ends. Allocates nothing, and says nothing of
 * what the items mean.
 */
#ifndef CBOR_READ_H
#define CBOR_READ_H

#include <stdbool.h>

#include "built.h"
#include "dv_verdict.h"

/* Those of RFC 8949 3.1 by their major types, 0 and 1 being one. */
enum dv_cbor_kind {
	DV_CBOR_NONE = 0,
	DV_CBOR_INT = 1,	/* number */
	DV_CBOR_BYTES = 2,	/* bytes */
	DV_CBOR_TEXT = 3,	/* bytes, valid UTF-8 */
	DV_CBOR_ARRAY = 4,	/* number of items */
	DV_CBOR_MAP = 5,	/* number of pairs */
	DV_CBOR_TAG = 6,	/* number */
	DV_CBOR_NULL,
	DV_CBOR_BOOL		/* number: 0 or 1 */
};

struct dv_cbor_item {
	enum dv_cbor_kind kind;
	int64_t number;
	struct dv_bytes bytes;
};

/*
 * Cursor; object and field as in struct dv_der. loose: longer heads than needed
 * and maps in any order pass, and whoever reads a map looks for duplicates
 * itself; strings in pieces and indefinite lengths do not pass.
 */
struct dv_cbor {
	struct dv_bytes object;
	struct dv_bytes rest;
	enum dv_field field : 8;
	struct dv_at *at;
	bool loose;
	const uint8_t *item;	/* where the one taken last begins */
};

/* Never, in a build without the path profile. */
static inline bool
dv_cbor_loose(const struct dv_cbor *in)
{
	return DV_HAS_PATH && in->loose;
}

/* Offset of the item that is next, and of the one taken last. */
static inline uint32_t
dv_cbor_here(const struct dv_cbor *in)
{
	return (uint32_t)(in->rest.ptr - in->object.ptr);
}

static inline uint32_t
dv_cbor_there(const struct dv_cbor *in)
{
	return (uint32_t)(in->item - in->object.ptr);
}

struct dv_cbor dv_cbor_start(struct dv_bytes object, enum dv_field field,
    struct dv_at *at);

/* Reader over bytes taken from `in` (an embedded bstr): offsets stay right. */
DV_APART struct dv_cbor dv_cbor_inside(const struct dv_cbor *in,
    struct dv_bytes bytes, enum dv_field field);

/* Next item head; strings come with their bytes. Floats, undefined, simple
 * values other than null, true and false, and indefinite lengths are refused. */
DV_MUST_USE enum dv_reason dv_cbor_next(struct dv_cbor *in,
    struct dv_cbor_item *out);

/* Next item of this kind, else `otherwise`. */
DV_MUST_USE enum dv_reason dv_cbor_take(struct dv_cbor *in,
    enum dv_cbor_kind kind, enum dv_reason otherwise,
    struct dv_cbor_item *out);

/* The kind of the next item by its first octet, whatever is wrong with the
 * rest; DV_CBOR_NONE when nothing is left. */
enum dv_cbor_kind dv_cbor_ahead(const struct dv_cbor *in);

/* Passes over one whole item, nested ones included, checking their form. */
DV_MUST_USE enum dv_reason dv_cbor_skip(struct dv_cbor *in);

/* Nothing may follow: DV_R_CBOR_TRAILING otherwise. */
DV_MUST_USE enum dv_reason dv_cbor_end(const struct dv_cbor *in);

/*
 * Head of a byte string of len octets, as it stands before the bytes in a
 * Sig_structure. Writes at most 9 octets, returns their number.
 */
size_t dv_cbor_bytes_head(size_t len, uint8_t out[9]);

/*
 * Heads for those who write: of a string, array or map (argument: octets, items
 * or pairs), null, and a whole integer. Octets written; 0: no such head.
 */
size_t dv_cbor_head(enum dv_cbor_kind kind, uint64_t argument,
    uint8_t out[9]);
size_t dv_cbor_int(int64_t number, uint8_t out[9]);

#endif
