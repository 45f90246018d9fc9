/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The certificate in NV memory without a TPM: every row of the decision table,
 * the policy that names the maker, and what a TPM's properties mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nv_step.h"
#include "tpm_info.h"

#define SIZE 40
#define CHUNK 16

static struct dv_err err;
static uint8_t certificate[SIZE], found[SIZE];

/* ---- the decision table ---------------------------------------------------- */

enum content { EQUAL, OTHER, CUT_FF, CUT_00, LATER_CUT, BLANK, LONGER };

static struct dv_bytes
content_of(enum content content)
{
	static uint8_t longer[SIZE + 1];

	memcpy(found, certificate, SIZE);
	switch (content) {
	case EQUAL:
		break;
	case OTHER:
		found[SIZE - 1] ^= 1;
		break;
	case CUT_FF:
		memset(found + CHUNK, 0xff, SIZE - CHUNK);
		break;
	case CUT_00:
		memset(found + CHUNK, 0, SIZE - CHUNK);
		break;
	case LATER_CUT:
		memset(found + 2 * CHUNK, 0xff, SIZE - 2 * CHUNK);
		break;
	case BLANK:
		memset(found, 0xff, SIZE);
		break;
	case LONGER:
		memcpy(longer, certificate, SIZE);
		return (struct dv_bytes){ longer, sizeof(longer) };
	}
	return (struct dv_bytes){ found, SIZE };
}

#define THERE 1u
#define WRITTEN 2u
#define LOCKED 4u
#define RECIPE 8u
#define PLATFORM 16u
#define POLICY 32u
#define OTHER_SIZE 64u
#define OTHER_POLICY 128u
#define OVERWRITE 256u
#define OURS (THERE | RECIPE | PLATFORM | POLICY)

static const struct {
	unsigned is;
	enum content content;
	enum ds_nv_step step;
	const char *says;
} table[] = {
	{ 0, EQUAL, DS_NV_DEFINE, NULL },
	/* defined, not written */
	{ OURS, EQUAL, DS_NV_WRITE, NULL },
	{ OURS | OTHER_SIZE, EQUAL, DS_NV_REFUSE, "only its own policy" },
	{ OURS | OTHER_POLICY, EQUAL, DS_NV_REFUSE, "only its own policy" },
	{ OURS | LOCKED, EQUAL, DS_NV_REFUSE, "locked and empty" },
	{ THERE | PLATFORM, EQUAL, DS_NV_DELETE, NULL },
	{ THERE | PLATFORM | LOCKED, EQUAL, DS_NV_DELETE, NULL },
	{ THERE, EQUAL, DS_NV_REFUSE, "the owner of the TPM defined it" },
	{ THERE | POLICY | PLATFORM, EQUAL, DS_NV_REFUSE, "own policy" },
	/* written, not locked */
	{ OURS | WRITTEN, EQUAL, DS_NV_LOCK, NULL },
	{ OURS | WRITTEN, OTHER, DS_NV_REFUSE, "something else" },
	{ OURS | WRITTEN, CUT_FF, DS_NV_WRITE, NULL },
	{ OURS | WRITTEN, CUT_00, DS_NV_WRITE, NULL },
	{ OURS | WRITTEN, LATER_CUT, DS_NV_WRITE, NULL },
	{ OURS | WRITTEN, BLANK, DS_NV_REFUSE, "something else" },
	{ OURS | WRITTEN, LONGER, DS_NV_REFUSE, "something else" },
	{ OURS | WRITTEN | OVERWRITE, OTHER, DS_NV_WRITE, NULL },
	{ OURS | WRITTEN | OVERWRITE | OTHER_SIZE, LONGER, DS_NV_REFUSE,
	    "only its own policy" },
	{ OURS | WRITTEN | OTHER_POLICY, EQUAL, DS_NV_REFUSE,
	    "locked for ever" },
	{ THERE | PLATFORM | WRITTEN, EQUAL, DS_NV_REFUSE, "locked for ever" },
	{ THERE | PLATFORM | WRITTEN, OTHER, DS_NV_REFUSE, "something else" },
	{ THERE | PLATFORM | WRITTEN | OVERWRITE, OTHER, DS_NV_DELETE, NULL },
	{ THERE | WRITTEN | OVERWRITE, OTHER, DS_NV_REFUSE, "the owner" },
	/* locked */
	{ OURS | WRITTEN | LOCKED, EQUAL, DS_NV_DONE, NULL },
	{ THERE | WRITTEN | LOCKED, EQUAL, DS_NV_DONE, NULL },
	{ OURS | WRITTEN | LOCKED, OTHER, DS_NV_REFUSE, "another generation" },
	{ OURS | WRITTEN | LOCKED | OVERWRITE, OTHER, DS_NV_REFUSE,
	    "another generation" },
	{ OURS | WRITTEN | LOCKED, CUT_FF, DS_NV_REFUSE, "another generation" },
	{ OURS | WRITTEN | LOCKED, LONGER, DS_NV_REFUSE, "another generation" },
};

static struct ds_nv_case
row_make(size_t i)
{
	unsigned is = table[i].is;
	struct ds_nv_case c = {
		.found = {
			.there = (is & THERE) != 0,
			.written = (is & WRITTEN) != 0,
			.locked = (is & LOCKED) != 0,
			.recipe = (is & RECIPE) != 0,
			.platform = (is & PLATFORM) != 0,
			.by_policy = (is & POLICY) != 0,
			.size = (is & OTHER_SIZE) != 0 ? SIZE + 1 : SIZE,
		},
		.wanted = { certificate, SIZE },
		.chunk = CHUNK,
		.overwrite = (is & OVERWRITE) != 0,
	};

	memset(c.policy, 7, sizeof(c.policy));
	memset(c.found.policy, (is & OTHER_POLICY) != 0 ? 8 : 7,
	    sizeof(c.found.policy));
	if (c.found.written)
		c.content = content_of(table[i].content);
	return c;
}

static void
every_state_has_its_step(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		certificate[i] = (uint8_t)(i + 1);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct ds_nv_case c = row_make(i);
		enum dv_exit ret;

		err = (struct dv_err){ .what = "" };
		assert_int_equal(ds_nv_next(&c, &ret, &err), table[i].step);
		assert_int_equal(ret, table[i].says == NULL ? DV_EXIT_YES :
		    DV_EXIT_NO);
		if (table[i].says != NULL)
			assert_non_null(strstr(err.what, table[i].says));
	}
}

static void
only_whole_chunks_are_unfinished(void **state)
{
	struct dv_bytes wanted = { certificate, SIZE };

	(void)state;
	for (size_t cut = 0; cut <= SIZE; cut++) {
		memcpy(found, certificate, SIZE);
		memset(found + cut, 0xff, SIZE - cut);
		assert_int_equal(ds_nv_unfinished(
		    (struct dv_bytes){ found, SIZE }, wanted, CHUNK),
		    cut == CHUNK || cut == 2 * CHUNK);
	}
	assert_false(ds_nv_unfinished(wanted, wanted, CHUNK));
	assert_false(ds_nv_unfinished(wanted, wanted, 0));
	assert_false(ds_nv_unfinished((struct dv_bytes){ found, SIZE - 1 },
	    wanted, CHUNK));
}

/* ---- the policy ------------------------------------------------------------ */

static void
the_policy_is_of_one_maker_and_one_device(void **state)
{
	uint8_t point[65] = { 4 }, ref[DS_NV_REF] = { 1 };
	uint8_t one[DS_NV_POLICY], two[DS_NV_POLICY];
	struct dv_key maker = { .type = DV_KEY_P256,
		.octets = { point, sizeof(point) } };

	(void)state;
	assert_int_equal(ds_nv_policy(&maker, ref, one, &err), DV_EXIT_YES);
	assert_int_equal(ds_nv_policy(&maker, ref, two, &err), DV_EXIT_YES);
	assert_memory_equal(one, two, sizeof(one));
	ref[DS_NV_REF - 1] = 1;
	assert_int_equal(ds_nv_policy(&maker, ref, two, &err), DV_EXIT_YES);
	assert_memory_not_equal(one, two, sizeof(one));
	ref[DS_NV_REF - 1] = 0;
	point[64] = 1;
	assert_int_equal(ds_nv_policy(&maker, ref, two, &err), DV_EXIT_YES);
	assert_memory_not_equal(one, two, sizeof(one));
	maker.type = DV_KEY_P384;
	assert_int_equal(ds_nv_policy(&maker, ref, two, &err), DV_EXIT_USAGE);
	memset(one, 0, sizeof(one));
	assert_memory_equal(one, two, sizeof(one));
}

/* ---- properties ------------------------------------------------------------ */

static void
properties_are_read_by_their_numbers(void **state)
{
	struct ds_tpm_info info = { .revision = 0 };
	char text[DS_TPM_FIRMWARE_TEXT];

	(void)state;
	ds_tpm_info_take(&info, 0x105, 0x49465800);	/* "IFX" */
	ds_tpm_info_take(&info, 0x106, 0x534c4239);	/* "SLB9" */
	ds_tpm_info_take(&info, 0x107, 0x3637321b);	/* "672", escape */
	ds_tpm_info_take(&info, 0x10b, 0x00070055);
	ds_tpm_info_take(&info, 0x10c, 0xffffffff);
	ds_tpm_info_take(&info, 0x102, 164);
	ds_tpm_info_take(&info, 0x12c, 768);
	ds_tpm_info_take(&info, 0x117, 2048);
	ds_tpm_info_take(&info, 0x20e, 3);
	ds_tpm_info_take(&info, 0x20f, 32);
	ds_tpm_info_take(&info, 0x210, 600);
	ds_tpm_info_take(&info, 0x211, 86400);
	ds_tpm_info_take(&info, 0x7777, 1);
	assert_string_equal(info.maker, "IFX");
	assert_string_equal(info.vendor, "SLB9672");
	ds_tpm_firmware_text(&info, text);
	assert_string_equal(text, "7.85.65535.65535");
	assert_int_equal(info.revision, 164);
	assert_int_equal(info.nv_chunk, 768);
	assert_int_equal(info.nv_max, 2048);
	assert_int_equal(info.lockout_count, 3);
	assert_int_equal(info.lockout_max, 32);
	assert_int_equal(info.lockout_interval, 600);
	assert_int_equal(info.lockout_recovery, 86400);
}

static void
flags_are_told_apart(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 32; bit++) {
		struct ds_tpm_info info = { .revision = 0 };

		ds_tpm_info_take(&info, 0x200, UINT32_C(1) << bit);
		assert_int_equal(info.owner_auth, bit == 0);
		assert_int_equal(info.endorsement_auth, bit == 1);
		assert_int_equal(info.lockout_auth, bit == 2);
		assert_int_equal(info.disable_clear, bit == 8);
		assert_int_equal(info.in_lockout, bit == 9);
		ds_tpm_info_take(&info, 0x201, UINT32_C(1) << bit);
		assert_int_equal(info.platform_on, bit == 0);
		assert_int_equal(info.owner_on, bit == 1);
		assert_int_equal(info.endorsement_on, bit == 2);
	}
}

static void
lockout_threatens_at_three_quarters(void **state)
{
	static const struct { uint32_t count, max; bool in, near; } rows[] = {
		{ 0, 3, false, false }, { 2, 3, false, false },
		{ 3, 3, false, true }, { 23, 32, false, false },
		{ 24, 32, false, true }, { 0, 32, true, true },
		{ 0, 0, false, false },
		{ UINT32_MAX, UINT32_MAX, false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ds_tpm_info info = { .lockout_count = rows[i].count,
			.lockout_max = rows[i].max, .in_lockout = rows[i].in };

		assert_int_equal(ds_tpm_lockout_near(&info), rows[i].near);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_has_its_step),
		cmocka_unit_test(only_whole_chunks_are_unfinished),
		cmocka_unit_test(the_policy_is_of_one_maker_and_one_device),
		cmocka_unit_test(properties_are_read_by_their_numbers),
		cmocka_unit_test(flags_are_told_apart),
		cmocka_unit_test(lockout_threatens_at_three_quarters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
