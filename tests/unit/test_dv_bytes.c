/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparing, cutting, copying, wiping and UTF-8: every edge of every range.
 */
#include "unit/derkit.h"

#include "bytes.h"

static void
test_equal(void **state)
{
	static const uint8_t a[] = { 1, 2, 3 }, b[] = { 1, 2, 4 };
	struct dv_bytes x = DV_BYTES(a), y = DV_BYTES(b), nothing = { NULL, 0 };
	struct dv_bytes empty = { a, 0 };

	(void)state;
	assert_true(dv_bytes_equal(x, x));
	assert_false(dv_bytes_equal(x, y));
	assert_false(dv_bytes_equal(x, (struct dv_bytes){ a, 2 }));
	assert_true(dv_bytes_equal(nothing, empty));
	assert_true(dv_bytes_equal_secret(x, x));
	assert_false(dv_bytes_equal_secret(x, y));
	assert_false(dv_bytes_equal_secret(x, (struct dv_bytes){ a, 2 }));
	assert_true(dv_bytes_equal_secret(nothing, empty));
}

static void
test_equal_text(void **state)
{
	static const uint8_t abc[] = { 'a', 'b', 'c', 0 };

	(void)state;
	assert_true(dv_bytes_equal_text((struct dv_bytes){ abc, 3 }, "abc"));
	assert_false(dv_bytes_equal_text((struct dv_bytes){ abc, 2 }, "abc"));
	assert_false(dv_bytes_equal_text((struct dv_bytes){ abc, 4 }, "abc"));
	assert_true(dv_bytes_equal_text((struct dv_bytes){ NULL, 0 }, ""));
}

static void
test_cut(void **state)
{
	static const uint8_t a[] = { 1, 2, 3 };
	struct dv_bytes x = DV_BYTES(a), cut;

	(void)state;
	cut = dv_bytes_cut(x, 1, 2);
	assert_ptr_equal(cut.ptr, a + 1);
	assert_int_equal(cut.len, 2);
	assert_ptr_equal(dv_bytes_cut(x, 3, 0).ptr, a + 3);
	assert_null(dv_bytes_cut(x, 1, 3).ptr);
	assert_null(dv_bytes_cut(x, 4, 0).ptr);
	assert_null(dv_bytes_cut(x, 1, SIZE_MAX).ptr);
	assert_null(dv_bytes_cut((struct dv_bytes){ NULL, 0 }, 0, 0).ptr);
}

static void
test_copy_and_wipe(void **state)
{
	static const uint8_t a[] = { 1, 2, 3 };
	uint8_t room[4] = { 9, 9, 9, 9 };

	(void)state;
	assert_false(dv_bytes_copy(room, 2, DV_BYTES(a)));
	assert_int_equal(room[0], 9);
	assert_true(dv_bytes_copy(room, 3, DV_BYTES(a)));
	assert_memory_equal(room, a, 3);
	assert_int_equal(room[3], 9);
	assert_true(dv_bytes_copy(room, 0, (struct dv_bytes){ NULL, 0 }));
	dv_wipe(room, 3);
	assert_true(kit_all_zero(room, 3));
	assert_int_equal(room[3], 9);
}

/* RFC 3629: first and last of each length, and what lies just outside. */
static const struct utf8_row {
	const char *text;
	size_t good;
} utf8_rows[] = {
	{ "", 0 },
	{ "00 7f", 2 },
	{ "c280 dfbf", 4 },
	{ "e0a080 ed9fbf ee8080 efbfbf", 12 },
	{ "f0908080 f48fbfbf", 8 },
	{ "41 80", 1 },			/* continuation alone */
	{ "41 80a0a0", 1 },
	{ "41 c0af", 1 },		/* overlong slash */
	{ "41 c1bf", 1 },
	{ "41 e09fbf", 1 },
	{ "41 eda080", 1 },		/* surrogate */
	{ "41 edbfbf", 1 },
	{ "41 f08fbfbf", 1 },
	{ "41 f4908080", 1 },		/* past U+10FFFF */
	{ "41 f5808080", 1 },
	{ "41 ff", 1 },
	{ "41 c2", 1 },			/* cut short */
	{ "41 e0a0", 1 },
	{ "41 f09080", 1 },
	{ "41 c241", 1 },
	{ "41 e0a041", 1 },
	{ "41 f0908041", 1 },
	{ "41 e0a0c0", 1 },
};

static void
test_utf8(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(utf8_rows) / sizeof(utf8_rows[0]); i++) {
		struct dv_bytes text = kit_make(utf8_rows[i].text);

		if (dv_utf8_prefix(text) != utf8_rows[i].good)
			fail_msg("%s: %zu", utf8_rows[i].text,
			    dv_utf8_prefix(text));
		kit_free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_equal_text),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_copy_and_wipe),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
