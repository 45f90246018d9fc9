/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading an envelope of several: what is told of a refusal beside its place,
 * and sizes too large to be vectors. The rest is in vectors/sign/.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "dv_limits.h"
#include "dv_sign1.h"

#define MAX_OCTETS ((size_t)DV_MAX_ENVELOPE + DV_MAX_ATTACHED)

static struct dv_sign sign;
static struct dv_at at;

static enum dv_reason
parse(const uint8_t *octets, size_t len)
{
	return dv_sign_parse((struct dv_bytes){ octets, len },
	    DV_PROFILE_PATH, &sign, &at);
}

/* Tag 98, four parts, nothing in common, an empty payload; then the list. */
#define BEFORE_LIST 0xd8, 0x62, 0x84, 0x40, 0xa0, 0x40

static void
test_parts(void **state)
{
	static const uint8_t octets[] = { BEFORE_LIST, 0x81, 0x42, 0, 0 };
	static const uint8_t two[] = { BEFORE_LIST, 0x81, 0x82, 0x40, 0xa0 };

	(void)state;
	/* Two octets are no two parts. */
	assert_int_equal(parse(octets, sizeof(octets)),
	    DV_R_CBOR_MALFORMED);
	assert_int_equal(at.offset, 7);
	assert_int_equal(at.wanted.kind, DV_VALUE_TEXT);
	assert_int_equal(parse(two, sizeof(two)), DV_R_CBOR_MALFORMED);
	assert_int_equal(at.offset, 7);
	assert_int_equal(at.wanted.number, 3);
	assert_int_equal(at.found.number, 2);
}

static void
test_count(void **state)
{
	static const uint8_t octets[] = { BEFORE_LIST, 0x40 };
	static const uint8_t nine[] = { BEFORE_LIST, 0x89, 0, 0, 0, 0, 0, 0, 0,
	    0, 0 };

	(void)state;
	assert_int_equal(parse(octets, sizeof(octets)), DV_R_CBOR_MALFORMED);
	assert_int_equal(at.offset, 6);
	assert_int_equal(at.wanted.kind, DV_VALUE_TEXT);
	assert_int_equal(parse(nine, sizeof(nine)), DV_R_LIMIT);
	assert_int_equal(at.offset, 6);
	assert_int_equal(at.wanted.number, DV_MAX_SIGNERS);
	assert_int_equal(at.found.number, 9);
}

/* A protected header of so many octets in all, none of which is a map. */
static enum dv_reason
parse_common(uint8_t *room, size_t len)
{
	const size_t map = len - 11;

	memset(room, 0, len);
	memcpy(room, "\xd8\x62\x84\x5a", 4);
	for (size_t i = 0; i < 4; i++)
		room[4 + i] = (uint8_t)(map >> (24 - 8 * i));
	memcpy(room + len - 3, "\xa0\x40\x80", 3);
	return parse(room, len);
}

static void
test_rest(void **state)
{
	uint8_t *room = malloc(DV_MAX_ENVELOPE + 1);

	(void)state;
	assert_non_null(room);
	assert_int_equal(parse_common(room, DV_MAX_ENVELOPE),
	    DV_R_CBOR_TRAILING);
	assert_int_equal(at.field, DV_F_PROTECTED);
	assert_int_equal(parse_common(room, DV_MAX_ENVELOPE + 1),
	    DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.field, DV_F_ENVELOPE);
	free(room);
}

static void
test_whole(void **state)
{
	uint8_t *room = calloc(1, MAX_OCTETS + 1);

	(void)state;
	assert_non_null(room);
	memcpy(room, "\xd8\x62", 2);
	/* What follows the tag is a zero, and nothing should follow that. */
	assert_int_equal(parse(room, MAX_OCTETS), DV_R_CBOR_TRAILING);
	assert_int_equal(parse(room, MAX_OCTETS + 1), DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.wanted.number, MAX_OCTETS);
	assert_int_equal(at.found.number, MAX_OCTETS + 1);
	free(room);
}

/* What is said of the artefact is in common, whatever one says of itself. */
static void
test_claims(void **state)
{
	static uint8_t room[8192];
	FILE *f = fopen("vectors/sign/accepted--two/envelope.cose", "rb");
	size_t len;

	(void)state;
	assert_non_null(f);
	len = fread(room, 1, sizeof(room), f);
	fclose(f);
	assert_int_equal(parse(room, len), DV_R_NONE);
	assert_int_equal(sign.count, 2);
	assert_ptr_equal(sign.each[0].claims.ptr, sign.each[1].claims.ptr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
