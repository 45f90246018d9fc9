/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Manifests: values as they are read, paths and their order, the largest list,
 * cuts at every octet. Inputs are octets written by hand from RFC 8949; each
 * refusal has a vector in vectors/manifest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dv_manifest.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* [1, [["a", 1, h'00..'], ["b/c", 256, h'11..']]] */
static const uint8_t two[] = {
	0x82, 0x01, 0x82,
	0x83, 0x61, 'a', 0x01, 0x58, 0x20,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x83, 0x63, 'b', '/', 'c', 0x19, 0x01, 0x00, 0x58, 0x20,
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
	0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
};

static struct dv_bytes
bytes(const char *text)
{
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) };
}

static void
test_values(void **state)
{
	struct dv_manifest list;
	struct dv_manifest_file file;
	struct dv_bytes rest;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_manifest_parse((struct dv_bytes){ two,
	    sizeof(two) }, &list, &at), DV_R_NONE);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.hash, DV_HASH_SHA256);
	rest = list.entries;
	assert_true(dv_manifest_next(&rest, &file));
	assert_int_equal(file.path.len, 1);
	assert_int_equal(file.size, 1);
	assert_int_equal(file.digest.len, 32);
	assert_true(dv_manifest_next(&rest, &file));
	assert_memory_equal(file.path.ptr, "b/c", 3);
	assert_int_equal(file.size, 256);
	assert_int_equal(file.digest.ptr[31], 0x11);
	assert_false(dv_manifest_next(&rest, &file));
	assert_int_equal(file.path.len, 0);
}

static void
test_cuts(void **state)
{
	(void)state;
	for (size_t len = 1; len < sizeof(two); len++) {
		struct dv_manifest list;
		struct dv_at at;
		uint8_t *part = malloc(len);

		assert_non_null(part);
		memcpy(part, two, len);
		assert_int_equal(dv_manifest_parse((struct dv_bytes){ part,
		    len }, &list, &at), DV_R_CBOR_TRUNCATED);
		assert_int_equal(list.count, 0);
		assert_true(at.offset <= len);
		free(part);
	}
}

static void
test_paths(void **state)
{
	static const char *const good[] = { "a", "a/b", ".a", "..a", "a..",
	    "...", "a/...", "\xc3\xa9", " ", "-", "a\\..\\b", "~", "a:b" };
	static const char *const bad[] = { "", "/", "/a", "a/", "a//b", ".",
	    "..", "./a", "../a", "a/.", "a/..", "a/./b", "a/../b", "a\nb",
	    "\x7f", "\xc2\x85", "\xff", "\xc3", "a\x01" };
	uint8_t long_one[DV_MAX_MANIFEST_PATH + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(dv_manifest_path(bytes(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(dv_manifest_path(bytes(bad[i])));
	assert_false(dv_manifest_path((struct dv_bytes){ (const uint8_t *)
	    "a\0b", 3 }));
	assert_false(dv_manifest_path((struct dv_bytes){ NULL, 0 }));
	memset(long_one, 'a', sizeof(long_one));
	assert_true(dv_manifest_path((struct dv_bytes){ long_one,
	    DV_MAX_MANIFEST_PATH }));
	assert_false(dv_manifest_path((struct dv_bytes){ long_one,
	    DV_MAX_MANIFEST_PATH + 1 }));
}

static void
test_order(void **state)
{
	static const char *const ascending[] = { "", "A", "a", "a-", "a/b",
	    "a0", "aa", "b", "\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < COUNT(ascending); i++) {
		for (size_t j = 0; j < COUNT(ascending); j++) {
			int order = dv_manifest_order(bytes(ascending[i]),
			    bytes(ascending[j]));

			assert_int_equal((order > 0) - (order < 0),
			    (i > j) - (i < j));
		}
	}
}

/* DV_MAX_ATTACHED octets are read as they are, one more is not looked at. */
static void
test_largest(void **state)
{
	const size_t room = (size_t)DV_MAX_ATTACHED + 1;
	uint8_t *large = calloc(1, room);
	struct dv_manifest list;
	struct dv_at at;

	(void)state;
	assert_non_null(large);
	memcpy(large, two, sizeof(two));
	assert_int_equal(dv_manifest_parse((struct dv_bytes){ large,
	    DV_MAX_ATTACHED }, &list, &at), DV_R_CBOR_TRAILING);
	assert_int_equal(at.offset, sizeof(two));
	assert_int_equal(dv_manifest_parse((struct dv_bytes){ large, room },
	    &list, &at), DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.wanted.number, DV_MAX_ATTACHED);
	assert_int_equal(at.found.number, room);
	free(large);
}

/* What a vector does not state of a refusal: what was wanted there. */
static void
test_wanted(void **state)
{
	static const uint8_t version[] = { 0x82, 0x61, '1' };
	uint8_t path[8 + DV_MAX_MANIFEST_PATH + 1] = { 0x82, 0x01, 0x81, 0x83,
	    0x79, 0x04, 0x01 };
	struct dv_manifest list;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_manifest_parse((struct dv_bytes){ version,
	    sizeof(version) }, &list, &at), DV_R_MANIFEST_MALFORMED);
	assert_int_equal(at.wanted.kind, DV_VALUE_TEXT);
	memset(path + 7, 'a', sizeof(path) - 7);
	assert_int_equal(dv_manifest_parse((struct dv_bytes){ path,
	    sizeof(path) }, &list, &at), DV_R_LIMIT);
	assert_int_equal(at.wanted.number, DV_MAX_MANIFEST_PATH);
	assert_int_equal(at.found.number, DV_MAX_MANIFEST_PATH + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
