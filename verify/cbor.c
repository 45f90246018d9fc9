/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reader of deterministic CBOR: one item head after the other, each in the one
 * permitted encoding. Never allocates, never recurses, never trusts a declared
 * length. RFC 8949 3 and 4.2.1.
 */
#include "cbor.h"

#include <stdbool.h>
#include <string.h>

#include "at.h"
#include "bytes.h"
#include "dv_limits.h"

#define HEAD_MAX 9		/* octets: the initial one and 64 bits */
#define MAJOR(octet) ((octet) >> 5)
#define MAJOR_NEGATIVE 1
#define MAJOR_SIMPLE 7		/* and floating point */
/* Additional information: RFC 8949 3. */
#define INFO(octet) ((octet) & 0x1fu)
#define INFO_ARGUMENT 24u	/* from here on the argument follows */
#define INFO_RESERVED 28u
#define INFO_INDEFINITE 31u
#define OCTET_FALSE 0xf4
#define OCTET_TRUE 0xf5
#define OCTET_NULL 0xf6
#define OCTET_SIMPLE 0xf8	/* any other, in an octet of its own */

struct head {
	enum dv_cbor_kind kind;
	bool longer;			/* than it need be: RFC 8949 4.2.1 */
	uint64_t argument;
	size_t size;			/* octets of the head alone */
};

static bool
is_string(enum dv_cbor_kind kind)
{
	return kind == DV_CBOR_BYTES || kind == DV_CBOR_TEXT;
}

/* Big-endian, one to eight octets. */
static void
argument_read(const uint8_t *from, unsigned width, struct head *out)
{
	uint64_t argument = 0;

	for (unsigned i = 0; i < width; i++)
		argument = argument << 8 | from[i];
	/* The half of them would do, or none. */
	out->longer = width == 8 ? argument >> 32 == 0 : argument <
	    (width == 1 ? INFO_ARGUMENT : UINT32_C(1) << 4 * width);
	out->argument = argument;
}

/* What is refused here is so whatever stands behind it. */
static enum dv_reason
head_read(const struct dv_cbor *in, struct head *out)
{
	const uint8_t *from = in->rest.ptr;
	unsigned info, width;

	if (in->rest.len == 0)
		return DV_R_CBOR_TRUNCATED;
	info = INFO(from[0]);
	out->kind = dv_cbor_ahead(in);
	if (info == INFO_INDEFINITE && (is_string(out->kind) ||
	    out->kind == DV_CBOR_ARRAY || out->kind == DV_CBOR_MAP))
		return DV_R_CBOR_NOT_DETERMINISTIC;
	if (info >= INFO_RESERVED || from[0] == OCTET_SIMPLE)
		return DV_R_CBOR_MALFORMED;
	width = info < INFO_ARGUMENT ? 0 : 1u << (info - INFO_ARGUMENT);
	if (width > in->rest.len - 1)
		return DV_R_CBOR_TRUNCATED;
	out->size = 1 + width;
	out->longer = false;
	out->argument = MAJOR(from[0]) == MAJOR_SIMPLE ?
	    from[0] == OCTET_TRUE : info;
	if (width > 0)
		argument_read(from + 1, width, out);
	return out->kind == DV_CBOR_NONE ? DV_R_CBOR_MALFORMED : DV_R_NONE;
}

/* left: octets behind the head. No item is shorter than one octet, no pair
 * shorter than two. */
static enum dv_reason
head_check(const struct head *head, size_t left, bool loose)
{
	const uint64_t n = head->argument;

	if (is_string(head->kind) && n > left)
		return DV_R_CBOR_TRUNCATED;
	if (head->longer && !loose)
		return DV_R_CBOR_NOT_DETERMINISTIC;
	if ((head->kind == DV_CBOR_ARRAY && n > left) ||
	    (head->kind == DV_CBOR_MAP && n > left / 2))
		return DV_R_CBOR_TRUNCATED;
	if (head->kind == DV_CBOR_MAP && n > DV_MAX_CBOR_MAP)
		return DV_R_LIMIT;
	return n > INT64_MAX ? DV_R_CBOR_MALFORMED : DV_R_NONE;
}

/* The first item; *size is what it takes of the rest, strings whole. */
static enum dv_reason
item_take(const struct dv_cbor *in, struct dv_cbor_item *out, size_t *size)
{
	struct head head;
	enum dv_reason reason = head_read(in, &head);

	if (reason == DV_R_NONE)
		reason = head_check(&head, in->rest.len - head.size,
		    dv_cbor_loose(in));
	if (reason != DV_R_NONE)
		return reason;
	out->kind = head.kind;
	*size = head.size;
	if (is_string(head.kind)) {
		out->bytes = dv_bytes_cut(in->rest, head.size,
		    (size_t)head.argument);
		*size += out->bytes.len;
		return head.kind == DV_CBOR_TEXT &&
		    dv_utf8_prefix(out->bytes) != out->bytes.len ?
		    DV_R_CBOR_MALFORMED : DV_R_NONE;
	}
	out->number = (int64_t)head.argument;
	if (MAJOR(in->rest.ptr[0]) == MAJOR_NEGATIVE)
		out->number = -1 - out->number;
	return DV_R_NONE;
}

struct dv_cbor
dv_cbor_start(struct dv_bytes object, enum dv_field field, struct dv_at *at)
{
	return (struct dv_cbor){ object, object, field, at, false,
	    object.ptr };
}

struct dv_cbor
dv_cbor_inside(const struct dv_cbor *in, struct dv_bytes bytes,
    enum dv_field field)
{
	return (struct dv_cbor){ in->object, bytes, field, in->at,
	    dv_cbor_loose(in), bytes.ptr };
}

enum dv_reason
dv_cbor_next(struct dv_cbor *in, struct dv_cbor_item *out)
{
	size_t size = 0;
	enum dv_reason reason;

	*out = (struct dv_cbor_item){ .kind = DV_CBOR_NONE };
	reason = item_take(in, out, &size);
	if (reason != DV_R_NONE) {
		*out = (struct dv_cbor_item){ .kind = DV_CBOR_NONE };
		return dv_fail_at(in->at, reason, in->field,
		    dv_cbor_here(in));
	}
	in->item = in->rest.ptr;
	in->rest.ptr += size;
	in->rest.len -= size;
	return DV_R_NONE;
}

enum dv_cbor_kind
dv_cbor_ahead(const struct dv_cbor *in)
{
	unsigned major;

	if (in->rest.len == 0)
		return DV_CBOR_NONE;
	major = MAJOR(in->rest.ptr[0]);
	if (major != MAJOR_SIMPLE)
		return major == 0 ? DV_CBOR_INT : (enum dv_cbor_kind)major;
	switch (in->rest.ptr[0]) {
	case OCTET_FALSE:
	case OCTET_TRUE:
		return DV_CBOR_BOOL;
	case OCTET_NULL:
		return DV_CBOR_NULL;
	default:
		return DV_CBOR_NONE;
	}
}

static const char *
kind_name(enum dv_cbor_kind kind)
{
	static const char *const names[] = {
		"another simple value", "an integer", "a byte string",
		"a text string", "an array", "a map", "a tag", "null",
		"true or false"
	};

	return names[kind];
}

enum dv_reason
dv_cbor_take(struct dv_cbor *in, enum dv_cbor_kind kind,
    enum dv_reason otherwise, struct dv_cbor_item *out)
{
	enum dv_cbor_kind found;

	*out = (struct dv_cbor_item){ .kind = DV_CBOR_NONE };
	if (in->rest.len == 0)
		return dv_cbor_next(in, out);
	found = dv_cbor_ahead(in);
	if (found == kind)
		return dv_cbor_next(in, out);
	(void)dv_fail_at(in->at, otherwise, in->field, dv_cbor_here(in));
	dv_wanted(in->at, dv_text(kind_name(kind)));
	dv_found(in->at, dv_text(kind_name(found)));
	return otherwise;
}

/* What is being passed over: the item, then the containers that are open. */
struct level {
	size_t left;		/* items still to come */
	bool map;		/* then an even number left means a key */
	struct dv_bytes key;	/* the one before, encoded */
};

struct nest {
	struct level level[1 + DV_MAX_CBOR_DEPTH];
	unsigned depth;		/* of the last */
};

/*
 * RFC 8949 4.2.1: keys in bytewise order of their encodings, each once. No
 * encoding is the beginning of another, so that two that differ do so within
 * the shorter one.
 */
static enum dv_reason
key_check(struct level *level, enum dv_cbor_kind kind, struct dv_bytes key,
    bool loose)
{
	const struct dv_bytes before = level->key;
	int order;

	if (kind != DV_CBOR_INT && !is_string(kind))
		return DV_R_CBOR_MALFORMED;
	level->key = key;
	if (loose || before.len == 0)
		return DV_R_NONE;
	order = memcmp(before.ptr, key.ptr,
	    before.len < key.len ? before.len : key.len);
	if (order == 0)
		return DV_R_HEADER_DUPLICATE;
	return order > 0 ? DV_R_CBOR_NOT_DETERMINISTIC : DV_R_NONE;
}

/* Opens what the item contains, if it is of that kind. */
static enum dv_reason
nest_open(struct nest *nest, const struct dv_cbor_item *item)
{
	size_t left = (size_t)item->number;

	if (item->kind == DV_CBOR_MAP)
		left *= 2;
	else if (item->kind == DV_CBOR_TAG)
		left = 1;
	else if (item->kind != DV_CBOR_ARRAY)
		return DV_R_NONE;
	if (nest->depth == DV_MAX_CBOR_DEPTH)
		return DV_R_LIMIT;
	nest->level[++nest->depth] = (struct level){ .left = left,
	    .map = item->kind == DV_CBOR_MAP };
	return DV_R_NONE;
}

/* Passes over one head or string, and counts it in what it is in. */
static enum dv_reason
skip_one(struct dv_cbor *in, struct nest *nest)
{
	struct level *level = &nest->level[nest->depth];
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_next(in, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (level->map && level->left % 2 == 0)
		reason = key_check(level, item.kind, (struct dv_bytes){
		    in->item, (size_t)(in->rest.ptr - in->item) },
		    dv_cbor_loose(in));
	level->left--;
	if (reason == DV_R_NONE)
		reason = nest_open(nest, &item);
	if (reason != DV_R_NONE)
		return dv_fail_at(in->at, reason, in->field,
		    dv_cbor_there(in));
	return DV_R_NONE;
}

enum dv_reason
dv_cbor_skip(struct dv_cbor *in)
{
	struct dv_cbor ahead = *in;
	struct nest nest = { .level[0].left = 1 };
	enum dv_reason reason;

	while (nest.level[nest.depth].left > 0) {
		reason = skip_one(&ahead, &nest);
		if (reason != DV_R_NONE)
			return reason;
		while (nest.depth > 0 && nest.level[nest.depth].left == 0)
			nest.depth--;
	}
	ahead.item = in->rest.ptr;
	*in = ahead;
	return DV_R_NONE;
}

enum dv_reason
dv_cbor_end(const struct dv_cbor *in)
{
	if (in->rest.len == 0)
		return DV_R_NONE;
	return dv_fail_at(in->at, DV_R_CBOR_TRAILING, in->field,
	    dv_cbor_here(in));
}

/* Writes the shortest head with this argument. */
static size_t
head_write(unsigned major, uint64_t argument, uint8_t out[HEAD_MAX])
{
	unsigned info = (unsigned)argument, width = 0;

	if (argument >= INFO_ARGUMENT) {
		info = INFO_ARGUMENT;
		for (width = 1; width < 8 && argument >> 8 * width != 0;
		    width *= 2)
			info++;
	}
	out[0] = (uint8_t)(major << 5 | info);
	for (unsigned i = width; i > 0; i--, argument >>= 8)
		out[i] = (uint8_t)argument;
	return 1 + width;
}

size_t
dv_cbor_head(enum dv_cbor_kind kind, uint64_t argument, uint8_t out[9])
{
	if (kind == DV_CBOR_NULL) {
		out[0] = OCTET_NULL;
		return 1;
	}
	return is_string(kind) || kind == DV_CBOR_ARRAY ||
	    kind == DV_CBOR_MAP ? head_write(kind, argument, out) : 0;
}

size_t
dv_cbor_int(int64_t number, uint8_t out[9])
{
	if (number < 0)
		return head_write(MAJOR_NEGATIVE, (uint64_t)(-1 - number),
		    out);
	return head_write(0, (uint64_t)number, out);
}

size_t
dv_cbor_bytes_head(size_t len, uint8_t out[9])
{
	return head_write(DV_CBOR_BYTES, len, out);
}
