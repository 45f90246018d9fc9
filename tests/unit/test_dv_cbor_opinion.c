/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A second opinion on the head of an item: libcbor's streaming decoder beside
 * our reader, on every initial octet with many arguments, cut at many places,
 * and on random octets. Where they differ, the difference is one of a written
 * list, and each of the list is met. RFC 8949 3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cbor/encoding.h>
#include <cbor/streaming.h>

#include "cbor.h"
#include "dv_limits.h"

/* ---- theirs -------------------------------------------------------------- */

enum theirs { SHORT, ERROR, ITEM, INDEFINITE, FLOAT, UNDEFINED, BREAK };

struct opinion {
	enum theirs what;
	enum dv_cbor_kind kind;		/* of an ITEM */
	bool negative;
	uint64_t argument;
	size_t size;			/* a string's octets are in it */
};

static void
item(void *context, enum dv_cbor_kind kind, uint64_t argument)
{
	struct opinion *o = context;

	o->what = ITEM;
	o->kind = kind;
	o->argument = argument;
}

static void
other(void *context, enum theirs what)
{
	((struct opinion *)context)->what = what;
}

#define ON_INT(name, type, is_negative)					\
	static void name(void *context, type n)				\
	{								\
		item(context, DV_CBOR_INT, n);				\
		((struct opinion *)context)->negative = is_negative;	\
	}
ON_INT(on_uint8, uint8_t, false)
ON_INT(on_uint16, uint16_t, false)
ON_INT(on_uint32, uint32_t, false)
ON_INT(on_uint64, uint64_t, false)
ON_INT(on_negint8, uint8_t, true)
ON_INT(on_negint16, uint16_t, true)
ON_INT(on_negint32, uint32_t, true)
ON_INT(on_negint64, uint64_t, true)

#define ON_STRING(name, kind)						\
	static void name(void *context, cbor_data octets, uint64_t len)	\
	{								\
		(void)octets;						\
		item(context, kind, len);				\
	}
ON_STRING(on_bytes, DV_CBOR_BYTES)
ON_STRING(on_text, DV_CBOR_TEXT)

#define ON_COUNT(name, kind)						\
	static void name(void *context, uint64_t n)			\
	{								\
		item(context, kind, n);					\
	}
ON_COUNT(on_array, DV_CBOR_ARRAY)
ON_COUNT(on_map, DV_CBOR_MAP)
ON_COUNT(on_tag, DV_CBOR_TAG)

static void
on_indefinite(void *context)
{
	other(context, INDEFINITE);
}

static void
on_float(void *context, float n)
{
	(void)n;
	other(context, FLOAT);
}

static void
on_double(void *context, double n)
{
	(void)n;
	other(context, FLOAT);
}

static void
on_null(void *context)
{
	item(context, DV_CBOR_NULL, 0);
}

static void
on_boolean(void *context, bool value)
{
	item(context, DV_CBOR_BOOL, value);
}

static void
on_undefined(void *context)
{
	other(context, UNDEFINED);
}

static void
on_break(void *context)
{
	other(context, BREAK);
}

static struct opinion
theirs(const uint8_t *octets, size_t len)
{
	static const struct cbor_callbacks callbacks = {
		.uint8 = on_uint8, .uint16 = on_uint16, .uint32 = on_uint32,
		.uint64 = on_uint64, .negint8 = on_negint8,
		.negint16 = on_negint16, .negint32 = on_negint32,
		.negint64 = on_negint64, .byte_string_start = on_indefinite,
		.byte_string = on_bytes, .string_start = on_indefinite,
		.string = on_text, .indef_array_start = on_indefinite,
		.array_start = on_array, .indef_map_start = on_indefinite,
		.map_start = on_map, .tag = on_tag, .float2 = on_float,
		.float4 = on_float, .float8 = on_double, .null = on_null,
		.boolean = on_boolean, .undefined = on_undefined,
		.indef_break = on_break,
	};
	struct opinion o = { .what = SHORT };
	const struct cbor_decoder_result result = cbor_stream_decode(octets,
	    len, &callbacks, &o);

	if (result.status == CBOR_DECODER_ERROR)
		o.what = ERROR;
	o.size = result.read;
	return o;
}

/* ---- where ours differs -------------------------------------------------- */

/* Why we refuse what they read, or read what they refuse. */
enum difference {
	NONE,
	TAG_UNASSIGNED,		/* 6 to 20, ours: 18 is a COSE_Sign1 */
	NOT_WANTED,		/* floating point, undefined, a lone break */
	LENGTH_UNKNOWN,		/* indefinite */
	LONGER,			/* than need be, in the strict profile */
	TOO_LARGE,		/* a number beyond 63 bits */
	CANNOT_FOLLOW,		/* more items than octets are left */
	TOO_MANY,		/* pairs */
	NOT_UTF8,
	DIFFERENCES
};
static unsigned long met[DIFFERENCES];

/* The head that their encoder writes for this number is the shortest. */
static size_t
shortest(uint64_t argument)
{
	uint8_t room[9];

	return cbor_encode_uint(argument, room, sizeof(room));
}

/* A text that is plain ASCII is UTF-8; of another both answers may be right,
 * tests/unit/test_dv_cbor.c has the rules. */
static bool
is_ascii(const uint8_t *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] < 0x80)
		i++;
	return i == len;
}

static enum difference
item_differs(const struct opinion *o, const uint8_t *octets, size_t len,
    enum dv_reason ours, bool loose)
{
	const bool string = o->kind == DV_CBOR_BYTES || o->kind == DV_CBOR_TEXT;
	const size_t head = o->size - (string ? (size_t)o->argument : 0);

	if (head != shortest(o->kind == DV_CBOR_NULL || o->kind == DV_CBOR_BOOL
	    ? 0 : o->argument) && !loose)
		return LONGER;
	if (o->kind == DV_CBOR_ARRAY && o->argument > len - head)
		return CANNOT_FOLLOW;
	if (o->kind == DV_CBOR_MAP && o->argument > (len - head) / 2)
		return CANNOT_FOLLOW;
	if (o->kind == DV_CBOR_MAP && o->argument > DV_MAX_CBOR_MAP)
		return TOO_MANY;
	if (o->argument > INT64_MAX)
		return TOO_LARGE;
	return o->kind == DV_CBOR_TEXT && ours == DV_R_CBOR_MALFORMED &&
	    !is_ascii(octets + head, (size_t)o->argument) ? NOT_UTF8 : NONE;
}

static enum difference
differs(const struct opinion *o, const uint8_t *octets, size_t len,
    enum dv_reason ours, bool loose)
{
	switch (o->what) {
	case SHORT:
		return NONE;
	case ERROR:
		return octets[0] >= 0xc6 && octets[0] <= 0xd4 ?
		    TAG_UNASSIGNED : NONE;
	case INDEFINITE:
		return LENGTH_UNKNOWN;
	case FLOAT:
	case UNDEFINED:
	case BREAK:
		return NOT_WANTED;
	case ITEM:
		break;
	}
	return item_differs(o, octets, len, ours, loose);
}

/* What ours must say, given what they say and how we differ. */
static enum dv_reason
wanted(const struct opinion *o, enum difference difference)
{
	static const enum dv_reason reasons[DIFFERENCES] = {
		[TAG_UNASSIGNED] = DV_R_NONE,
		[NOT_WANTED] = DV_R_CBOR_MALFORMED,
		[LENGTH_UNKNOWN] = DV_R_CBOR_NOT_DETERMINISTIC,
		[LONGER] = DV_R_CBOR_NOT_DETERMINISTIC,
		[TOO_LARGE] = DV_R_CBOR_MALFORMED,
		[CANNOT_FOLLOW] = DV_R_CBOR_TRUNCATED,
		[TOO_MANY] = DV_R_LIMIT,
		[NOT_UTF8] = DV_R_CBOR_MALFORMED,
	};

	if (difference != NONE)
		return reasons[difference];
	return o->what == SHORT ? DV_R_CBOR_TRUNCATED :
	    o->what == ERROR ? DV_R_CBOR_MALFORMED : DV_R_NONE;
}

/* ---- both ---------------------------------------------------------------- */

/* What we read is what they read. */
static void
same_item(const struct opinion *o, const struct dv_cbor_item *ours,
    size_t size, const uint8_t *octets)
{
	assert_int_equal(ours->kind, o->kind);
	assert_int_equal(size, o->size);
	if (o->kind == DV_CBOR_BYTES || o->kind == DV_CBOR_TEXT) {
		assert_int_equal(ours->bytes.len, o->argument);
		assert_ptr_equal(ours->bytes.ptr, octets + size -
		    o->argument);
	} else {
		assert_true(ours->number == (o->negative ?
		    -1 - (int64_t)o->argument : (int64_t)o->argument));
		assert_null(ours->bytes.ptr);
	}
}

/* The item at the beginning; octets that it takes, 0 when we refuse it. */
static size_t
compare(const uint8_t *octets, size_t len, bool loose)
{
	struct dv_at at;
	struct dv_cbor in = dv_cbor_start((struct dv_bytes){ octets, len },
	    DV_F_PROTECTED, &at);
	struct dv_cbor_item ours;
	struct opinion o = theirs(octets, len);
	enum difference difference;
	enum dv_reason reason;

	in.loose = loose;
	reason = dv_cbor_next(&in, &ours);
	difference = differs(&o, octets, len, reason, loose);
	if (reason != wanted(&o, difference))
		for (size_t i = 0; i < len && i < 16; i++)
			printf("%02x", octets[i]);
	assert_int_equal(reason, wanted(&o, difference));
	met[difference]++;
	if (difference == TAG_UNASSIGNED)
		o = (struct opinion){ .what = ITEM, .kind = DV_CBOR_TAG,
		    .argument = octets[0] & 0x1f, .size = 1 };
	if (reason == DV_R_NONE)
		same_item(&o, &ours, len - in.rest.len, octets);
	return len - in.rest.len;
}

/* Exactly sized memory, so that a sanitizer sees one octet too many. */
static void
compare_all(const uint8_t *octets, size_t len)
{
	uint8_t *exact = malloc(len + (len == 0));

	assert_non_null(exact);
	memcpy(exact, octets, len);
	for (unsigned loose = 0; loose < 2; loose++) {
		size_t at = 0, size = 1;

		for (; size > 0; at += size)
			size = compare(exact + at, len - at, loose != 0);
	}
	free(exact);
}

#define ROOM 600

static void
test_initial_octets(void **state)
{
	static const uint64_t arguments[] = { 0, 1, 2, 16, 23, 24, 32, 33, 255,
	    256, 300, 65535, 65536, UINT32_MAX, UINT64_C(0x100000000),
	    UINT64_C(0x100000001), INT64_MAX, UINT64_C(0x8000000000000000),
	    UINT64_C(0xfffffffffffffff7), UINT64_MAX };
	static const uint8_t fill[] = { 0x00, 0x41, 0xc3 };
	static const size_t lens[] = { 1, 2, 3, 4, 5, 6, 8, 9, 10, 33, 34, 70,
	    ROOM };
	const size_t count = sizeof(arguments) / sizeof(arguments[0]);
	uint8_t octets[ROOM];

	(void)state;
	for (size_t i = 0; i < 256 * count * sizeof(fill); i++) {
		const uint64_t argument = arguments[i / 256 % count];

		memset(octets, fill[i / 256 / count], sizeof(octets));
		octets[0] = (uint8_t)i;
		/* one, two, four or eight octets of it, as the first says */
		for (unsigned width = 1u << (i & 3), k = 0; k < width; k++)
			octets[1 + k] = (uint8_t)(argument >>
			    8 * (width - 1 - k));
		for (size_t k = 0; k < sizeof(lens) / sizeof(lens[0]); k++)
			compare_all(octets, lens[k]);
	}
	compare_all(octets, 0);
}

/* The same in every run. */
static uint64_t
draw(void)
{
	static uint64_t seed = 8949;

	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return seed >> 33;
}

static void
test_random(void **state)
{
	uint8_t octets[40];

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		const size_t len = draw() % sizeof(octets);

		for (size_t k = 0; k < len; k++)
			octets[k] = (uint8_t)draw();
		compare_all(octets, len);
	}
}

/* A difference that is never met does not belong on the list. */
static void
test_all_met(void **state)
{
	(void)state;
	for (unsigned i = 0; i < DIFFERENCES; i++)
		assert_true(met[i] > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_initial_octets),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_all_met),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
