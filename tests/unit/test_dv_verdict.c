/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of verdicts: the tables are whole, and nothing outside them has a
 * name or a rank.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "built.h"
#include "dv_verdict.h"

#define DV_ROWS_BUILT

/* Reads as a name for machines: a-z, 0-9 and single hyphens. */
static bool
is_machine_name(const char *name)
{
	return name[0] != '\0' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
	    strlen(name) && strstr(name, "--") == NULL;
}

static void
test_reasons(void **state)
{
	size_t n = 0;

	(void)state;
	for (; dv_reason_at(n) != DV_R_NONE; n++) {
		enum dv_reason reason = dv_reason_at(n);
		const char *text = dv_reason_text(reason);

		assert_true(is_machine_name(dv_reason_name(reason)));
		assert_true(text[0] != '\0' && text[strlen(text) - 1] != '.');
		assert_true(dv_reason_rule(reason)[0] != '\0');
		assert_true(dv_reason_hint(reason)[0] != '\0');
		assert_true(dv_reason_rank(reason) > 0);
		for (size_t i = 0; i < n; i++) {
			assert_true(dv_reason_at(i) < reason);
			assert_string_not_equal(dv_reason_name(reason),
			    dv_reason_name(dv_reason_at(i)));
		}
	}
	assert_true(n > 50);
	assert_int_equal(dv_reason_at(n + 1), DV_R_NONE);
	assert_int_equal(dv_reason_at(SIZE_MAX), DV_R_NONE);
}

/* Also where the build packed them, and one text beside another. */
static void
test_words_are_the_tables(void **state)
{
	static const struct {
		enum dv_reason reason;
		const char *name, *rule, *sentence, *hint;
	} rows[] = {
#define R(number, id, name, rank, rule, sentence, hint) \
		{ DV_R_##id, name, rule, sentence, hint },
#include "dv_reasons.def"
#undef R
	};
	const char *name, *rule, *sentence, *hint;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		name = dv_reason_name(rows[i].reason);
		rule = dv_reason_rule(rows[i].reason);
		sentence = dv_reason_text(rows[i].reason);
		hint = dv_reason_hint(rows[i].reason);
		assert_string_equal(name, rows[i].name);
		assert_string_equal(rule, rows[i].rule);
		assert_string_equal(sentence, rows[i].sentence);
		assert_string_equal(hint, rows[i].hint);
	}
}

static void
test_one_reason_in_full(void **state)
{
	(void)state;
	assert_string_equal(dv_reason_name(DV_R_CA_FLAG_MISSING),
	    "ca-flag-missing");
	assert_string_equal(dv_reason_rule(DV_R_CA_FLAG_MISSING),
	    "RFC 5280 6.1.4 (k)");
	assert_int_equal(dv_reason_rank(DV_R_CA_FLAG_MISSING), 50);
	assert_string_equal(dv_field_name(DV_F_NOT_AFTER), "notAfter");
	assert_string_equal(dv_object_name(DV_OBJECT_ANCHOR), "anchor");
	assert_string_equal(dv_object_name(DV_OBJECT_REQUEST), "request");
}

/* A forged signature is nearer than a missing issuer, expiry than both. */
static void
test_ranks_tell_near_from_far(void **state)
{
	(void)state;
	assert_true(dv_reason_rank(DV_R_NO_ISSUER) <
	    dv_reason_rank(DV_R_SIGNATURE_INVALID));
	assert_true(dv_reason_rank(DV_R_SIGNATURE_INVALID) <
	    dv_reason_rank(DV_R_CA_FLAG_MISSING));
	assert_true(dv_reason_rank(DV_R_CA_FLAG_MISSING) <
	    dv_reason_rank(DV_R_EXPIRED));
	assert_int_equal(dv_reason_rank(DV_R_NONE), 0);
}

static void
test_nothing_outside_the_tables(void **state)
{
	(void)state;
	assert_string_equal(dv_reason_name(DV_R_NONE), "none");
	assert_string_equal(dv_reason_text((enum dv_reason)9999), "");
	assert_string_equal(dv_reason_rule((enum dv_reason)9999), "");
	assert_int_equal(dv_reason_rank((enum dv_reason)9999), 0);
	assert_string_equal(dv_field_name(DV_F_NONE), "");
	assert_string_equal(dv_field_name((enum dv_field)9999), "");
	assert_string_equal(dv_object_name(DV_OBJECT_NONE), "");
	assert_string_equal(dv_object_name((enum dv_object)9999), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_words_are_the_tables),
		cmocka_unit_test(test_one_reason_in_full),
		cmocka_unit_test(test_ranks_tell_near_from_far),
		cmocka_unit_test(test_nothing_outside_the_tables),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
