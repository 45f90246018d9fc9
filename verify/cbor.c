/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reader of deterministic CBOR: libcbor splits one item head from the bytes,
 * this file decides whether it is the one permitted encoding. Never allocates,
 * never recurses, never trusts a declared length. RFC 8949 3 and 4.2.1.
 */
#include "cbor.h"

#include <stdbool.h>
#include <string.h>

#include <cbor/streaming.h>

#include "at.h"
#include "bytes.h"
#include "dv_limits.h"

#define HEAD_MAX 9		/* octets: the initial one and 64 bits */
#define MAJOR(octet) ((octet) >> 5)
#define MAJOR_TAG 6
#define ARGUMENT_MASK 0x1f
#define ARGUMENT_INLINE 24u	/* smaller ones stand in the initial octet */
#define OCTET_FALSE 0xf4
#define OCTET_TRUE 0xf5
#define OCTET_NULL 0xf6

/* What the decoder said of one item. argument: RFC 8949 3. */
struct head {
	enum dv_cbor_kind kind;
	enum dv_reason refusal;		/* when kind is DV_CBOR_NONE */
	bool negative;
	uint64_t argument;
	size_t size;			/* head and bytes of a string */
};

static void
head_set(void *context, enum dv_cbor_kind kind, uint64_t argument)
{
	struct head *head = context;

	head->kind = kind;
	head->argument = argument;
}

static void
on_uint8(void *context, uint8_t n)
{
	head_set(context, DV_CBOR_INT, n);
}

static void
on_uint16(void *context, uint16_t n)
{
	head_set(context, DV_CBOR_INT, n);
}

static void
on_uint32(void *context, uint32_t n)
{
	head_set(context, DV_CBOR_INT, n);
}

static void
on_uint64(void *context, uint64_t n)
{
	head_set(context, DV_CBOR_INT, n);
}

static void
on_negint64(void *context, uint64_t n)
{
	struct head *head = context;

	head_set(context, DV_CBOR_INT, n);
	head->negative = true;
}

static void
on_negint32(void *context, uint32_t n)
{
	on_negint64(context, n);
}

static void
on_negint16(void *context, uint16_t n)
{
	on_negint64(context, n);
}

static void
on_negint8(void *context, uint8_t n)
{
	on_negint64(context, n);
}

static void
on_bytes(void *context, cbor_data bytes, uint64_t len)
{
	(void)bytes;
	head_set(context, DV_CBOR_BYTES, len);
}

static void
on_text(void *context, cbor_data bytes, uint64_t len)
{
	(void)bytes;
	head_set(context, DV_CBOR_TEXT, len);
}

static void
on_array(void *context, uint64_t count)
{
	head_set(context, DV_CBOR_ARRAY, count);
}

static void
on_map(void *context, uint64_t count)
{
	head_set(context, DV_CBOR_MAP, count);
}

static void
on_null(void *context)
{
	head_set(context, DV_CBOR_NULL, 0);
}

static void
on_indefinite(void *context)
{
	struct head *head = context;

	head->refusal = DV_R_CBOR_NOT_DETERMINISTIC;
}

static void
on_other(void *context)
{
	struct head *head = context;

	head->refusal = DV_R_CBOR_MALFORMED;
}

static void
on_tag(void *context, uint64_t number)
{
	(void)number;
	on_other(context);
}

static void
on_float(void *context, float value)
{
	(void)value;
	on_other(context);
}

static void
on_double(void *context, double value)
{
	(void)value;
	on_other(context);
}

static void
on_boolean(void *context, bool value)
{
	head_set(context, DV_CBOR_BOOL, value ? 1 : 0);
}

static const struct cbor_callbacks callbacks = {
	.uint8 = on_uint8,
	.uint16 = on_uint16,
	.uint32 = on_uint32,
	.uint64 = on_uint64,
	.negint64 = on_negint64,
	.negint32 = on_negint32,
	.negint16 = on_negint16,
	.negint8 = on_negint8,
	.byte_string_start = on_indefinite,
	.byte_string = on_bytes,
	.string = on_text,
	.string_start = on_indefinite,
	.indef_array_start = on_indefinite,
	.array_start = on_array,
	.indef_map_start = on_indefinite,
	.map_start = on_map,
	.tag = on_tag,
	.float2 = on_float,
	.float4 = on_float,
	.float8 = on_double,
	.undefined = on_other,
	.null = on_null,
	.boolean = on_boolean,
	.indef_break = on_other,
};

static enum dv_reason
head_split(struct dv_bytes from, struct head *out)
{
	struct cbor_decoder_result result;

	*out = (struct head){ .refusal = DV_R_CBOR_MALFORMED };
	result = cbor_stream_decode(from.ptr, from.len, &callbacks, out);
	if (result.status == CBOR_DECODER_NEDATA)
		return DV_R_CBOR_TRUNCATED;
	if (result.status != CBOR_DECODER_FINISHED)
		return DV_R_CBOR_MALFORMED;
	out->size = result.read;
	return out->kind == DV_CBOR_NONE ? out->refusal : DV_R_NONE;
}

/*
 * libcbor 0.10.2 calls the tags 6 to 20 unassigned, 18 among them. The head of
 * a tag is that of an unsigned number but for the major type, so it is read as
 * one.
 */
static enum dv_reason
head_split_tag(struct dv_bytes from, struct head *out)
{
	uint8_t plain[HEAD_MAX];
	size_t len = from.len < HEAD_MAX ? from.len : HEAD_MAX;
	enum dv_reason reason;

	if (!dv_bytes_copy(plain, sizeof(plain), dv_bytes_cut(from, 0, len)))
		return DV_R_INTERNAL;
	plain[0] &= ARGUMENT_MASK;
	reason = head_split((struct dv_bytes){ plain, len }, out);
	if (reason == DV_R_NONE)
		out->kind = DV_CBOR_TAG;
	return reason;
}

/* Writes the shortest head (RFC 8949 4.2.1) with this argument. */
static size_t
head_write(unsigned major, uint64_t argument, uint8_t out[HEAD_MAX])
{
	const unsigned power = argument <= UINT8_MAX ? 0 :
	    argument <= UINT16_MAX ? 1 : argument <= UINT32_MAX ? 2 : 3;
	const unsigned width = 1u << power;

	if (argument < ARGUMENT_INLINE) {
		out[0] = (uint8_t)(major << 5 | (unsigned)argument);
		return 1;
	}
	out[0] = (uint8_t)(major << 5 | (ARGUMENT_INLINE + power));
	for (unsigned i = 0; i < width; i++)
		out[1 + i] = (uint8_t)(argument >> 8 * (width - 1 - i));
	return 1 + width;
}

/* Contents of a string item; head_len: of its shortest head, 0: any will do. */
static enum dv_reason
string_take(const struct head *head, struct dv_bytes from, size_t head_len,
    struct dv_cbor_item *out)
{
	size_t found;

	/* On a 32-bit machine the decoder saw the length modulo 2^32. */
	if (head->argument > from.len)
		return DV_R_CBOR_TRUNCATED;
	found = head->size - (size_t)head->argument;
	if (head_len != 0 && found != head_len)
		return DV_R_CBOR_NOT_DETERMINISTIC;
	out->bytes = dv_bytes_cut(from, found, (size_t)head->argument);
	if (head->kind == DV_CBOR_TEXT &&
	    dv_utf8_prefix(out->bytes) != out->bytes.len)
		return DV_R_CBOR_MALFORMED;
	return DV_R_NONE;
}

/* Number of an item that has no bytes of its own. */
static enum dv_reason
number_take(const struct head *head, struct dv_bytes from, size_t head_len,
    struct dv_cbor_item *out)
{
	/* No item is shorter than one octet, no pair shorter than two. */
	uint64_t left = from.len - head->size;

	if (head_len != 0 && head->size != head_len)
		return DV_R_CBOR_NOT_DETERMINISTIC;
	if (head->argument > INT64_MAX)
		return head->kind == DV_CBOR_INT || head->kind == DV_CBOR_TAG ?
		    DV_R_CBOR_MALFORMED : DV_R_CBOR_TRUNCATED;
	if (head->kind == DV_CBOR_ARRAY && head->argument > left)
		return DV_R_CBOR_TRUNCATED;
	if (head->kind == DV_CBOR_MAP && head->argument > left / 2)
		return DV_R_CBOR_TRUNCATED;
	if (head->kind == DV_CBOR_MAP && head->argument > DV_MAX_CBOR_MAP)
		return DV_R_LIMIT;
	out->number = (int64_t)head->argument;
	if (head->negative)
		out->number = -1 - out->number;
	return DV_R_NONE;
}

/* The first item; *size is what it takes of the rest, strings whole. */
static enum dv_reason
item_take(const struct dv_cbor *in, struct dv_cbor_item *out, size_t *size)
{
	const struct dv_bytes from = in->rest;
	struct head head;
	uint8_t shortest[HEAD_MAX];
	size_t head_len;
	enum dv_reason reason;

	if (from.len > 0 && MAJOR(from.ptr[0]) == MAJOR_TAG)
		reason = head_split_tag(from, &head);
	else
		reason = head_split(from, &head);
	if (reason != DV_R_NONE)
		return reason;
	head_len = dv_cbor_loose(in) ? 0 :
	    head_write(0, head.argument, shortest);
	out->kind = head.kind;
	*size = head.size;
	if (head.kind == DV_CBOR_BYTES || head.kind == DV_CBOR_TEXT)
		return string_take(&head, from, head_len, out);
	return number_take(&head, from, head_len, out);
}

static uint32_t
here(const struct dv_cbor *in)
{
	return dv_offset(in->object, in->rest);
}

struct dv_cbor
dv_cbor_start(struct dv_bytes object, enum dv_field field, struct dv_at *at)
{
	return (struct dv_cbor){ object, object, field, at, false };
}

struct dv_cbor
dv_cbor_inside(const struct dv_cbor *in, struct dv_bytes bytes,
    enum dv_field field)
{
	return (struct dv_cbor){ in->object, bytes, field, in->at,
	    dv_cbor_loose(in) };
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
		return dv_fail_at(in->at, reason, in->field, here(in));
	}
	in->rest.ptr += size;
	in->rest.len -= size;
	return DV_R_NONE;
}

enum dv_cbor_kind
dv_cbor_ahead(const struct dv_cbor *in)
{
	static const enum dv_cbor_kind kinds[] = {
		DV_CBOR_INT, DV_CBOR_INT, DV_CBOR_BYTES, DV_CBOR_TEXT,
		DV_CBOR_ARRAY, DV_CBOR_MAP, DV_CBOR_TAG, DV_CBOR_NONE
	};
	uint8_t octet;

	if (in->rest.len == 0)
		return DV_CBOR_NONE;
	octet = in->rest.ptr[0];
	if (octet == OCTET_TRUE || octet == OCTET_FALSE)
		return DV_CBOR_BOOL;
	return octet == OCTET_NULL ? DV_CBOR_NULL : kinds[MAJOR(octet)];
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
dv_cbor_take(struct dv_cbor *in, struct dv_cbor_want want,
    struct dv_cbor_item *out)
{
	enum dv_cbor_kind found;

	*out = (struct dv_cbor_item){ .kind = DV_CBOR_NONE };
	if (in->rest.len == 0)
		return dv_cbor_next(in, out);
	found = dv_cbor_ahead(in);
	if (found == want.kind)
		return dv_cbor_next(in, out);
	(void)dv_fail_at(in->at, want.otherwise, in->field, here(in));
	dv_wanted(in->at, dv_text(kind_name(want.kind)));
	dv_found(in->at, dv_text(kind_name(found)));
	return want.otherwise;
}

/* Containers that are open while an item is passed over. */
struct level {
	uint64_t left;		/* items still to come */
	bool map;		/* then an even number left means a key */
	struct dv_bytes key;	/* the one before, encoded */
};

struct nest {
	struct level level[DV_MAX_CBOR_DEPTH];
	unsigned depth;
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
	size_t common = level->key.len < key.len ? level->key.len : key.len;

	if (kind != DV_CBOR_INT && kind != DV_CBOR_BYTES &&
	    kind != DV_CBOR_TEXT)
		return DV_R_CBOR_MALFORMED;
	if (loose)
		return DV_R_NONE;
	if (dv_bytes_equal(level->key, key))
		return DV_R_HEADER_DUPLICATE;
	if (common > 0 && memcmp(level->key.ptr, key.ptr, common) > 0)
		return DV_R_CBOR_NOT_DETERMINISTIC;
	level->key = key;
	return DV_R_NONE;
}

/* Opens what the item contains, if it is of that kind. */
static enum dv_reason
nest_open(struct nest *nest, const struct dv_cbor_item *item)
{
	struct level level = { 0 };

	if (item->kind == DV_CBOR_ARRAY) {
		level.left = (uint64_t)item->number;
	} else if (item->kind == DV_CBOR_MAP) {
		level.left = 2 * (uint64_t)item->number;
		level.map = true;
	} else if (item->kind == DV_CBOR_TAG) {
		level.left = 1;
	} else {
		return DV_R_NONE;
	}
	if (nest->depth == DV_MAX_CBOR_DEPTH)
		return DV_R_LIMIT;
	nest->level[nest->depth++] = level;
	return DV_R_NONE;
}

/* Passes over one head or string and counts it in the container it is in. */
static enum dv_reason
skip_one(struct dv_cbor *in, struct nest *nest)
{
	const struct dv_bytes start = in->rest;
	const uint32_t offset = here(in);
	struct level *top = NULL;
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_next(in, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (nest->depth > 0)
		top = &nest->level[nest->depth - 1];
	if (top != NULL && top->map && top->left % 2 == 0)
		reason = key_check(top, item.kind,
		    dv_bytes_cut(start, 0, start.len - in->rest.len),
		    dv_cbor_loose(in));
	if (top != NULL)
		top->left--;
	if (reason == DV_R_NONE)
		reason = nest_open(nest, &item);
	if (reason != DV_R_NONE)
		return dv_fail_at(in->at, reason, in->field, offset);
	return DV_R_NONE;
}

enum dv_reason
dv_cbor_skip(struct dv_cbor *in)
{
	struct dv_cbor ahead = *in;
	struct nest nest = { .depth = 0 };
	enum dv_reason reason;

	do {
		reason = skip_one(&ahead, &nest);
		if (reason != DV_R_NONE)
			return reason;
		while (nest.depth > 0 && nest.level[nest.depth - 1].left == 0)
			nest.depth--;
	} while (nest.depth > 0);
	*in = ahead;
	return DV_R_NONE;
}

enum dv_reason
dv_cbor_end(const struct dv_cbor *in)
{
	if (in->rest.len == 0)
		return DV_R_NONE;
	return dv_fail_at(in->at, DV_R_CBOR_TRAILING, in->field, here(in));
}

size_t
dv_cbor_head(enum dv_cbor_kind kind, uint64_t argument, uint8_t out[9])
{
	switch (kind) {
	case DV_CBOR_BYTES:
		return head_write(2, argument, out);
	case DV_CBOR_TEXT:
		return head_write(3, argument, out);
	case DV_CBOR_ARRAY:
		return head_write(4, argument, out);
	case DV_CBOR_MAP:
		return head_write(5, argument, out);
	case DV_CBOR_NULL:
		out[0] = OCTET_NULL;
		return 1;
	case DV_CBOR_INT:
	case DV_CBOR_TAG:
	case DV_CBOR_BOOL:
	case DV_CBOR_NONE:
		break;
	}
	return 0;
}

size_t
dv_cbor_int(int64_t number, uint8_t out[9])
{
	if (number < 0)
		return head_write(1, (uint64_t)(-1 - number), out);
	return head_write(0, (uint64_t)number, out);
}

size_t
dv_cbor_bytes_head(size_t len, uint8_t out[9])
{
	return head_write(2, len, out);
}
