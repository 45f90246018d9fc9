/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The CBOR reader: every initial octet, every shortest and longer form, order
 * of keys, depth, declared counts. Inputs are written as hex, by hand from
 * RFC 8949, so that no writer of ours can be wrong in the same way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cbor.h"
#include "dv_limits.h"

#define ROOM 512

/* Exactly sized memory, so that a sanitizer sees one octet too many. */
struct input {
	uint8_t *ptr;
	size_t len;
	struct dv_at at;
	struct dv_cbor in;
};

static void
input_bytes(struct input *t, const uint8_t *bytes, size_t len)
{
	t->ptr = malloc(len + (len == 0));
	assert_non_null(t->ptr);
	memcpy(t->ptr, bytes, len);
	t->len = len;
	t->at = (struct dv_at){ .offset = 0 };
	t->in = dv_cbor_start((struct dv_bytes){ t->ptr, len }, DV_F_PROTECTED,
	    &t->at);
}

static void
input_hex(struct input *t, const char *hex)
{
	uint8_t room[ROOM];
	size_t len = 0;
	char pair[3] = "";

	for (; hex[0] != '\0'; hex += hex[0] == ' ' ? 1 : 2) {
		if (hex[0] == ' ')
			continue;
		assert_true(len < ROOM);
		memcpy(pair, hex, 2);
		room[len++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	input_bytes(t, room, len);
}

static void
input_free(struct input *t)
{
	free(t->ptr);
}

static void
expect_int(const char *hex, int64_t number)
{
	struct input t;
	struct dv_cbor_item item;

	input_hex(&t, hex);
	assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_NONE);
	assert_int_equal(item.kind, DV_CBOR_INT);
	assert_true(item.number == number);
	assert_int_equal(dv_cbor_end(&t.in), DV_R_NONE);
	input_free(&t);
}

/* A head that is refused: nothing moves, nothing is told, the place is. */
static void
expect_refused(const char *hex, enum dv_reason reason)
{
	struct input t;
	struct dv_cbor_item item;

	input_hex(&t, hex);
	assert_int_equal(dv_cbor_next(&t.in, &item), reason);
	assert_int_equal(item.kind, DV_CBOR_NONE);
	assert_null(item.bytes.ptr);
	assert_ptr_equal(t.in.rest.ptr, t.ptr);
	assert_int_equal(t.in.rest.len, t.len);
	assert_int_equal(t.at.field, DV_F_PROTECTED);
	assert_int_equal(t.at.offset, 0);
	input_free(&t);
}

/* A whole item passed over, or refused at an offset. */
static void
expect_skip(const char *hex, enum dv_reason reason, uint32_t offset)
{
	struct input t;

	input_hex(&t, hex);
	assert_int_equal(dv_cbor_skip(&t.in), reason);
	if (reason == DV_R_NONE) {
		assert_int_equal(dv_cbor_end(&t.in), DV_R_NONE);
	} else {
		assert_int_equal(t.at.offset, offset);
		assert_int_equal(t.at.field, DV_F_PROTECTED);
		assert_int_equal(t.in.rest.len, t.len);
	}
	input_free(&t);
}

static void
test_integers(void **state)
{
	(void)state;
	expect_int("00", 0);
	expect_int("17", 23);
	expect_int("1818", 24);
	expect_int("18ff", 255);
	expect_int("190100", 256);
	expect_int("19ffff", 65535);
	expect_int("1a00010000", 65536);
	expect_int("1affffffff", INT64_C(4294967295));
	expect_int("1b0000000100000000", INT64_C(4294967296));
	expect_int("1b7fffffffffffffff", INT64_MAX);
	expect_int("20", -1);
	expect_int("37", -24);
	expect_int("3818", -25);
	expect_int("38ff", -256);
	expect_int("390100", -257);
	expect_int("3a00010000", -65537);
	expect_int("3b0000000100000000", INT64_C(-4294967297));
	expect_int("3b7fffffffffffffff", INT64_MIN);
}

static void
test_integers_out_of_range(void **state)
{
	(void)state;
	expect_refused("1b8000000000000000", DV_R_CBOR_MALFORMED);
	expect_refused("1bffffffffffffffff", DV_R_CBOR_MALFORMED);
	expect_refused("3b8000000000000000", DV_R_CBOR_MALFORMED);
	expect_refused("db8000000000000000", DV_R_CBOR_MALFORMED);
}

/* One argument in every form that is longer than it need be, for each of the
 * seven major types that have one. */
static void
test_longer_forms(void **state)
{
	static const char *const forms[] = { "1800", "1817", "190000", "1900ff",
	    "1a00000000", "1a0000ffff", "1b0000000000000000",
	    "1b00000000ffffffff" };
	struct input t;
	struct dv_cbor_item item;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		for (unsigned major = 0; major < 7; major++) {
			uint8_t room[ROOM] = { 0 };

			/* zeroes follow: enough for a short string */
			input_hex(&t, forms[i]);
			memcpy(room, t.ptr, t.len);
			input_free(&t);
			room[0] = (uint8_t)(room[0] | major << 5);
			input_bytes(&t, room, sizeof(room));
			assert_int_equal(dv_cbor_next(&t.in, &item),
			    (i == 5 || i == 7) && (major == 2 || major == 3) ?
			    DV_R_CBOR_TRUNCATED : DV_R_CBOR_NOT_DETERMINISTIC);
			input_free(&t);
		}
	}
}

static void
test_strings(void **state)
{
	struct input t;
	struct dv_cbor_item item;

	(void)state;
	input_hex(&t, "43010203 60 62c3a9 f6");
	assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_NONE);
	assert_int_equal(item.kind, DV_CBOR_BYTES);
	assert_int_equal(item.bytes.len, 3);
	assert_memory_equal(item.bytes.ptr, "\1\2\3", 3);
	assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_NONE);
	assert_int_equal(item.kind, DV_CBOR_TEXT);
	assert_int_equal(item.bytes.len, 0);
	assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_NONE);
	assert_int_equal(item.bytes.len, 2);
	assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_NONE);
	assert_int_equal(item.kind, DV_CBOR_NULL);
	assert_int_equal(dv_cbor_end(&t.in), DV_R_NONE);
	assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_CBOR_TRUNCATED);
	assert_int_equal(t.at.offset, 9);
	input_free(&t);
}

static void
test_truncated(void **state)
{
	static const char *const heads[] = { "18", "1901", "1a000100",
	    "1b00000001000000", "38", "3901", "41", "5818", "59010000",
	    "5a00010000", "61", "7818", "9818", "98", "9a0001", "b8", "b9", "d8",
	    "d901", "da", "db00",
	    /* lengths that a 32-bit machine would see as 1 and as 0 */
	    "5b000000010000000100", "7b0000000100000000",
	    "5bffffffffffffffff", "5b8000000000000000",
	    /* counts that cannot be there */
	    "81", "8200", "a1", "a100", "a2000000", "9affffffff00",
	    "9bffffffffffffffff00", "bbffffffffffffffff00",
	    "bb800000000000000000" };

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		expect_refused(heads[i], DV_R_CBOR_TRUNCATED);
	expect_refused("", DV_R_CBOR_TRUNCATED);
}

static void
test_utf8(void **state)
{
	static const char *const good[] = { "617f", "62c280", "62dfbf",
	    "63e0a080", "63ed9fbf", "63ee8080", "63efbfbf", "64f0908080",
	    "64f48fbfbf", "6100", "6441c3a942" };
	static const char *const bad[] = { "6180", "61bf", "61c3", "62c328",
	    "62c080", "62c1bf", "63e08080", "63e09fbf", "63eda080", "63edbfbf",
	    "62e282", "64f08fbfbf", "64f4908080", "61f5", "64f5808080",
	    "64f8808080", "61fe", "61ff", "63f09080", "63e228a1",
	    /* cut short, though what follows the text would complete it */
	    "61c380", "62e28282", "63f0908080" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		expect_skip(good[i], DV_R_NONE, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_refused(bad[i], DV_R_CBOR_MALFORMED);
}

/* RFC 8949 3.3: 24 is written with an octet, below it has no meaning here. */
static void
test_simple_values(void **state)
{
	char hex[3] = "";

	(void)state;
	for (unsigned octet = 0xe0; octet <= 0xf8; octet++) {
		static const char digits[] = "0123456789abcdef";

		hex[0] = digits[octet >> 4];
		hex[1] = digits[octet & 15];
		if (octet < 0xf4 || octet > 0xf6)
			expect_refused(hex, DV_R_CBOR_MALFORMED);
	}
	expect_refused("f820", DV_R_CBOR_MALFORMED);
	expect_refused("f93c00", DV_R_CBOR_MALFORMED);
	expect_refused("fa3f800000", DV_R_CBOR_MALFORMED);
	expect_refused("fb3ff0000000000000", DV_R_CBOR_MALFORMED);
	expect_refused("ff", DV_R_CBOR_MALFORMED);
}

static void
test_reserved_and_indefinite(void **state)
{
	static const char *const indefinite[] = { "5f4100ff", "7f6100ff",
	    "9f00ff", "bf0000ff" };
	static const char *const reserved[] = { "1c", "1d", "1e", "1f", "3c",
	    "3f", "5c", "5d", "5e", "7c", "7e", "9c", "9e", "bc", "be", "dc",
	    "dd", "de", "df", "fc", "fd", "fe" };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		expect_refused(indefinite[i], DV_R_CBOR_NOT_DETERMINISTIC);
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		expect_refused(reserved[i], DV_R_CBOR_MALFORMED);
}

/* Every tag, those included that the decoder below refuses to know. */
static void
test_tags(void **state)
{
	struct input t;
	struct dv_cbor_item item;

	(void)state;
	for (unsigned tag = 0; tag < 256; tag++) {
		uint8_t head[2] = { 0xd8, (uint8_t)tag };

		if (tag < 24)
			head[0] = (uint8_t)(0xc0 | tag);
		input_bytes(&t, head, tag < 24 ? 1 : 2);
		assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_NONE);
		assert_int_equal(item.kind, DV_CBOR_TAG);
		assert_int_equal(item.number, tag);
		assert_int_equal(dv_cbor_end(&t.in), DV_R_NONE);
		input_free(&t);
	}
	expect_skip("d9010000", DV_R_NONE, 0);
	expect_skip("d2", DV_R_CBOR_TRUNCATED, 1);
	expect_refused("d812", DV_R_CBOR_NOT_DETERMINISTIC);
}

static void
test_take(void **state)
{
	const enum dv_reason bad = DV_R_HEADER_MALFORMED;
	const enum dv_reason other = DV_R_TYPE_MISMATCH;
	struct input t;
	struct dv_cbor_item item;

	(void)state;
	input_hex(&t, "f6 f7 61");
	assert_int_equal(dv_cbor_take(&t.in, DV_CBOR_TEXT, bad, &item),
	    DV_R_HEADER_MALFORMED);
	assert_int_equal(item.kind, DV_CBOR_NONE);
	assert_int_equal(t.at.offset, 0);
	assert_string_equal(t.at.wanted.text, "a text string");
	assert_string_equal(t.at.found.text, "null");
	assert_int_equal(dv_cbor_take(&t.in, DV_CBOR_NULL, other, &item),
	    DV_R_NONE);
	assert_int_equal(item.kind, DV_CBOR_NULL);
	assert_int_equal(dv_cbor_take(&t.in, DV_CBOR_NULL, other, &item),
	    DV_R_TYPE_MISMATCH);
	assert_int_equal(t.at.offset, 1);
	assert_string_equal(t.at.found.text, "another simple value");
	assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_CBOR_MALFORMED);
	t.in.rest = (struct dv_bytes){ t.ptr + 2, 1 };
	assert_int_equal(dv_cbor_take(&t.in, DV_CBOR_TEXT, bad, &item),
	    DV_R_CBOR_TRUNCATED);
	assert_int_equal(t.at.offset, 2);
	t.in.rest = (struct dv_bytes){ t.ptr + 3, 0 };
	assert_int_equal(dv_cbor_take(&t.in, DV_CBOR_TEXT, bad, &item),
	    DV_R_CBOR_TRUNCATED);
	assert_int_equal(t.at.offset, 3);
	input_free(&t);
}

static void
test_inside(void **state)
{
	struct input t;
	struct dv_cbor inside;
	struct dv_cbor_item item;

	(void)state;
	input_hex(&t, "44 00 1800 00");
	assert_int_equal(dv_cbor_next(&t.in, &item), DV_R_NONE);
	inside = dv_cbor_inside(&t.in, item.bytes, DV_F_CLAIM_ISS);
	assert_int_equal(dv_cbor_next(&inside, &item), DV_R_NONE);
	assert_int_equal(dv_cbor_next(&inside, &item),
	    DV_R_CBOR_NOT_DETERMINISTIC);
	assert_int_equal(t.at.offset, 2);
	assert_int_equal(t.at.field, DV_F_CLAIM_ISS);
	assert_int_equal(dv_cbor_end(&inside), DV_R_CBOR_TRAILING);
	assert_int_equal(t.at.offset, 2);
	input_free(&t);
}

static void
test_map_order(void **state)
{
	(void)state;
	expect_skip("a0", DV_R_NONE, 0);
	expect_skip("a3 0000 1818 00 20 00", DV_R_NONE, 0);
	expect_skip("a2 4100 00 6100 00", DV_R_NONE, 0);
	expect_skip("a2 6161 00 626100 00", DV_R_NONE, 0);
	expect_skip("a2 0000 0000", DV_R_HEADER_DUPLICATE, 3);
	expect_skip("a2 0100 0000", DV_R_CBOR_NOT_DETERMINISTIC, 3);
	expect_skip("a2 2000 1818 00", DV_R_CBOR_NOT_DETERMINISTIC, 3);
	expect_skip("a3 0000 0100 0000", DV_R_CBOR_NOT_DETERMINISTIC, 5);
	expect_skip("a2 6162 00 6161 00", DV_R_CBOR_NOT_DETERMINISTIC, 4);
	expect_skip("a2 6161 00 6161 00", DV_R_HEADER_DUPLICATE, 4);
	/* inside other items, and after a nested map has ended */
	expect_skip("82 00 a2 0000 0000", DV_R_HEADER_DUPLICATE, 5);
	expect_skip("a2 00 a2 0500 0600 01 a2 0100 0000",
	    DV_R_CBOR_NOT_DETERMINISTIC, 11);
	expect_skip("a2 01 a2 0500 0600 00 00",
	    DV_R_CBOR_NOT_DETERMINISTIC, 7);
	expect_skip("d2 a2 01 00 01 00", DV_R_HEADER_DUPLICATE, 4);
	/* a value may be anything, a key may not */
	expect_skip("a1 00 80", DV_R_NONE, 0);
	expect_skip("a1 80 00", DV_R_CBOR_MALFORMED, 1);
	expect_skip("a1 a0 00", DV_R_CBOR_MALFORMED, 1);
	expect_skip("a1 c0 00", DV_R_CBOR_MALFORMED, 1);
	expect_skip("a1 f6 00", DV_R_CBOR_MALFORMED, 1);
}

static void
test_skip_nested_refusals(void **state)
{
	(void)state;
	expect_skip("83 00 00 1800", DV_R_CBOR_NOT_DETERMINISTIC, 3);
	expect_skip("83 00 00 9f", DV_R_CBOR_NOT_DETERMINISTIC, 3);
	expect_skip("82 81 00 f7", DV_R_CBOR_MALFORMED, 3);
	expect_skip("82 8100", DV_R_CBOR_TRUNCATED, 3);
	expect_skip("a1 00 82 00", DV_R_CBOR_TRUNCATED, 2);
	/* of a key, too, it is told what is wrong with it */
	expect_skip("a1 1901", DV_R_CBOR_TRUNCATED, 1);
	expect_skip("a1 1800 00", DV_R_CBOR_NOT_DETERMINISTIC, 1);
}

/* Depth is counted in arrays, maps and tags; empty ones count as well. */
static void
test_depth(void **state)
{
	uint8_t deep[DV_MAX_CBOR_DEPTH + 2];
	static const uint8_t open[] = { 0x81, 0xc1 };
	struct input t;

	(void)state;
	for (size_t kind = 0; kind < sizeof(open); kind++) {
		memset(deep, open[kind], sizeof(deep));
		deep[DV_MAX_CBOR_DEPTH] = 0;
		input_bytes(&t, deep, DV_MAX_CBOR_DEPTH + 1);
		assert_int_equal(dv_cbor_skip(&t.in), DV_R_NONE);
		input_free(&t);
		deep[DV_MAX_CBOR_DEPTH] = open[kind];
		deep[DV_MAX_CBOR_DEPTH + 1] = 0;
		input_bytes(&t, deep, sizeof(deep));
		assert_int_equal(dv_cbor_skip(&t.in), DV_R_LIMIT);
		assert_int_equal(t.at.offset, DV_MAX_CBOR_DEPTH);
		input_free(&t);
	}
	deep[DV_MAX_CBOR_DEPTH] = 0x80;
	input_bytes(&t, deep, DV_MAX_CBOR_DEPTH + 1);
	assert_int_equal(dv_cbor_skip(&t.in), DV_R_LIMIT);
	input_free(&t);
}

static void
test_map_limit(void **state)
{
	uint8_t map[3 + 3 * (DV_MAX_CBOR_MAP + 1)];
	size_t len = 0;
	struct input t;

	(void)state;
	map[len++] = 0xb8;
	map[len++] = DV_MAX_CBOR_MAP;
	for (unsigned key = 0; key < DV_MAX_CBOR_MAP + 1; key++) {
		if (key >= 24)
			map[len++] = 0x18;
		map[len++] = (uint8_t)key;
		map[len++] = 0;
	}
	input_bytes(&t, map, len - 3);
	assert_int_equal(dv_cbor_skip(&t.in), DV_R_NONE);
	input_free(&t);
	map[1]++;
	input_bytes(&t, map, len);
	assert_int_equal(dv_cbor_skip(&t.in), DV_R_LIMIT);
	assert_int_equal(t.at.offset, 0);
	input_free(&t);
}

static void
test_bytes_head(void **state)
{
	static const struct {
		uint64_t len;
		size_t size;
		uint8_t head[9];
	} cases[] = {
		{ 0, 1, { 0x40 } },
		{ 23, 1, { 0x57 } },
		{ 24, 2, { 0x58, 24 } },
		{ 255, 2, { 0x58, 255 } },
		{ 256, 3, { 0x59, 1, 0 } },
		{ 65535, 3, { 0x59, 255, 255 } },
		{ 65536, 5, { 0x5a, 0, 1, 0, 0 } },
	};
	uint8_t head[9];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(dv_cbor_bytes_head(cases[i].len, head),
		    cases[i].size);
		assert_memory_equal(head, cases[i].head, cases[i].size);
	}
}

/* What is written is what RFC 8949 appendix A has. */
static void
test_written(void **state)
{
	static const struct {
		int64_t number;
		size_t size;
		uint8_t head[9];
	} numbers[] = {
		{ 0, 1, { 0x00 } },
		{ 23, 1, { 0x17 } },
		{ 24, 2, { 0x18, 0x18 } },
		{ 1000, 3, { 0x19, 0x03, 0xe8 } },
		{ 1000000, 5, { 0x1a, 0x00, 0x0f, 0x42, 0x40 } },
		{ INT64_C(1000000000000), 9, { 0x1b, 0, 0, 0, 0xe8, 0xd4, 0xa5,
		    0x10, 0 } },
		{ -1, 1, { 0x20 } },
		{ -100, 2, { 0x38, 0x63 } },
		{ -1000, 3, { 0x39, 0x03, 0xe7 } },
		{ INT64_MIN, 9, { 0x3b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0xff } },
	};
	static const uint8_t octets[] = { [DV_CBOR_BYTES] = 0x44,
	    [DV_CBOR_TEXT] = 0x64, [DV_CBOR_ARRAY] = 0x84, [DV_CBOR_MAP] = 0xa4,
	    [DV_CBOR_NULL] = 0xf6, [DV_CBOR_BOOL] = 0 };
	uint8_t head[9];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_int_equal(dv_cbor_int(numbers[i].number, head),
		    numbers[i].size);
		assert_memory_equal(head, numbers[i].head, numbers[i].size);
	}
	for (unsigned kind = 0; kind < sizeof(octets); kind++) {
		assert_int_equal(dv_cbor_head((enum dv_cbor_kind)kind, 4, head),
		    octets[kind] != 0);
		if (octets[kind] != 0)
			assert_int_equal(head[0], octets[kind]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_integers_out_of_range),
		cmocka_unit_test(test_longer_forms),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_simple_values),
		cmocka_unit_test(test_reserved_and_indefinite),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_map_order),
		cmocka_unit_test(test_skip_nested_refusals),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_map_limit),
		cmocka_unit_test(test_bytes_head),
		cmocka_unit_test(test_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
