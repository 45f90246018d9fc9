/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Envelopes for tests, put together from hex without the project's own writer:
 * a recipe of the usual one, of which a test changes what it is about, and
 * where in the result each part came to stand.
 */
#ifndef LIB_ENVELOPE_H
#define LIB_ENVELOPE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dv_sign1.h"

#define ROOM (DV_MAX_ENVELOPE + 64)
#define MAX_PAIRS 12

/* Bytes in the making. */
struct bytes {
	uint8_t ptr[ROOM];
	size_t len;
};

static inline void
add(struct bytes *b, const void *bytes, size_t len)
{
	assert_true(len <= ROOM - b->len);
	memcpy(b->ptr + b->len, bytes, len);
	b->len += len;
}

static inline void
add_hex(struct bytes *b, const char *hex)
{
	char pair[3] = "";
	uint8_t octet;

	while (hex[0] != '\0') {
		if (hex[0] == ' ') {
			hex++;
			continue;
		}
		memcpy(pair, hex, 2);
		octet = (uint8_t)strtoul(pair, NULL, 16);
		add(b, &octet, 1);
		hex += 2;
	}
}

static inline void
add_head(struct bytes *b, unsigned major, size_t n)
{
	uint8_t head[5] = { (uint8_t)(major << 5 | 26), (uint8_t)(n >> 24),
	    (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	if (n > 0xffff) {
		add(b, head, 5);
		return;
	}
	head[0] = (uint8_t)(major << 5 | (n < 24 ? n : n < 256 ? 24 : 25));
	add(b, head, 1);
	add(b, head + (n < 256 ? 4 : 3), n < 24 ? 0 : n < 256 ? 1 : 2);
}

/* A recipe: hex of each label and value, NULL for the usual one. */
struct pair {
	const char *label, *value;
};

struct recipe {
	struct pair header[MAX_PAIRS];
	size_t headers;
	const char *tag, *array, *unprotected;
	const char *protected_item;	/* instead of the bstr of the map */
	const char *payload_item;	/* instead of a bstr of payload octets */
	const char *signature_item;
	const char *map_end;		/* after the map, in its bstr */
	size_t payload, signature;	/* octets */
};

/* What was made of it and where its parts are. */
struct made {
	struct bytes b;
	uint32_t map, label[MAX_PAIRS], value[MAX_PAIRS];
	uint32_t protected_item, unprotected, payload_item, payload,
	    signature_item, signature, end;
};

enum { ALG, CLAIMS, TYP, X5CHAIN, HASH, PREIMAGE, USUAL };

#define TYP_HEX "7825 6170706c69636174696f6e2f766e642e6465767369676e" \
	"2e61727465666163742b636f7365"
#define CLAIMS_HEX "a3 01 63646576 02 63617070 06 1a69a38800"
#define OCTETS_HEX "7818 6170706c69636174696f6e2f6f637465742d73747265616d"

static inline struct recipe
recipe_good(void)
{
	return (struct recipe){
		.header = { { "01", "26" }, { "0f", CLAIMS_HEX },
		    { "10", TYP_HEX }, { "1821", "43010203" },
		    { "190102", "2f" }, { "190103", OCTETS_HEX } },
		.headers = USUAL,
		.tag = "d2", .array = "84", .unprotected = "a0",
		.payload = 32, .signature = 64,
	};
}

static inline void
add_string(struct bytes *b, const char *item, size_t len, uint32_t at[2])
{
	static const uint8_t fill[128] = { 0xaa };

	at[0] = (uint32_t)b->len;
	if (item != NULL) {
		add_hex(b, item);
		return;
	}
	add_head(b, 2, len);
	at[1] = (uint32_t)b->len;
	add(b, fill, len);
}

static struct bytes map;

static inline void
make_map(const struct recipe *r, struct made *m)
{
	map.len = 0;
	add_head(&map, 5, r->headers);
	for (size_t i = 0; i < r->headers; i++) {
		m->label[i] = (uint32_t)map.len;
		add_hex(&map, r->header[i].label);
		m->value[i] = (uint32_t)map.len;
		add_hex(&map, r->header[i].value);
	}
	if (r->map_end != NULL)
		add_hex(&map, r->map_end);
}

static struct made made;

static inline void
make(const struct recipe *r)
{
	uint32_t at[2] = { 0, 0 };

	memset(&made, 0, sizeof(made));
	make_map(r, &made);
	add_hex(&made.b, r->tag);
	add_hex(&made.b, r->array);
	made.protected_item = (uint32_t)made.b.len;
	if (r->protected_item != NULL) {
		add_hex(&made.b, r->protected_item);
	} else {
		add_head(&made.b, 2, map.len);
		made.map = (uint32_t)made.b.len;
		add(&made.b, map.ptr, map.len);
	}
	for (size_t i = 0; i < r->headers; i++) {
		made.label[i] += made.map;
		made.value[i] += made.map;
	}
	made.unprotected = (uint32_t)made.b.len;
	add_hex(&made.b, r->unprotected);
	add_string(&made.b, r->payload_item, r->payload, at);
	made.payload_item = at[0];
	made.payload = at[1];
	add_string(&made.b, r->signature_item, r->signature, at);
	made.signature_item = at[0];
	made.signature = at[1];
	made.end = (uint32_t)made.b.len;
}

/* Parses a copy of exactly len octets, so that a sanitizer sees overreads. */
static inline enum dv_reason
parse(size_t len, struct dv_sign1 *out, struct dv_at *at)
{
	uint8_t *copy = malloc(len + (len == 0));
	enum dv_reason reason;

	assert_non_null(copy);
	memcpy(copy, made.b.ptr, len);
	reason = dv_sign1_parse((struct dv_bytes){ copy, len },
	    DV_PROFILE_STRICT, out, at);
	free(copy);
	return reason;
}

static inline void
assert_zero(const struct dv_sign1 *s)
{
	const struct dv_sign1 zero = { .alg = 0 };

	assert_null(s->envelope.ptr);
	assert_null(s->protected_map.ptr);
	assert_null(s->payload.ptr);
	assert_null(s->signature.ptr);
	assert_null(s->iss.ptr);
	assert_null(s->sub.ptr);
	assert_null(s->preimage_type.ptr);
	assert_memory_equal(s->x5chain, zero.x5chain, sizeof(zero.x5chain));
	assert_int_equal(s->x5chain_count, 0);
	assert_int_equal(s->alg, 0);
	assert_int_equal(s->key_type, DV_KEY_NONE);
	assert_int_equal(s->hash, DV_HASH_NONE);
}

static inline void
check(const struct recipe *r, enum dv_reason reason, enum dv_field field,
    const uint32_t *offset)
{
	struct dv_sign1 s;
	struct dv_at at;

	make(r);
	assert_string_equal(dv_reason_name(parse(made.b.len, &s, &at)),
	    dv_reason_name(reason));
	if (reason == DV_R_NONE)
		return;
	assert_string_equal(dv_field_name(at.field), dv_field_name(field));
	assert_int_equal(at.offset, *offset);
	assert_zero(&s);
}

#endif
