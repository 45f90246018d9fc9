/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Versions: what is one, and which is the newer. The lists are those of
 * semver.org 2.0.0 section 11 and the edges around them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dv_demand.h"
#include "dv_version.h"
#include "version_order.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct dv_bytes
bytes(const char *text)
{
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) };
}

static void
test_valid(void **state)
{
	static const char *const good[] = { "0.0.0", "1.2.3", "10.20.30",
	    "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0.3.7", "1.0.0-x.7.z.92",
	    "1.0.0-x-y-z.--", "1.0.0-0", "1.0.0-01a", "1.0.0+001",
	    "1.0.0+21AF26D3---117B344092BD", "1.0.0-beta+exp.sha.5114f85",
	    "1.0.0+a-b", "99999999999999999999.0.0" };
	static const char *const bad[] = { "", "1", "1.2", "1.2.3.4", "1.2.",
	    ".2.3", "1..3", "01.2.3", "1.02.3", "1.2.03", "v1.2.3", "1.2.3 ",
	    " 1.2.3", "1.2.x", "1.2.3-", "1.2.3+", "1.2.3-+b", "1.2.3-a..b",
	    "1.2.3-.a", "1.2.3-a.", "1.2.3-01", "1.2.3+a+b", "1.2.3-a_b",
	    "1.2.3+a.", "-1.2.3", "1.2.3-\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(dv_version_valid(DV_VERSION_SEMVER,
		    bytes(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(dv_version_valid(DV_VERSION_SEMVER,
		    bytes(bad[i])));
}

static void
test_schemes(void **state)
{
	static const struct {
		const char *text;
		enum dv_version_scheme scheme;
	} cases[] = {
		{ "0", DV_VERSION_DECIMAL }, { "20260601", DV_VERSION_DECIMAL },
		{ "184467440737095516160", DV_VERSION_DECIMAL },
		{ "007", DV_VERSION_NONE }, { "-1", DV_VERSION_NONE },
		{ "1.5", DV_VERSION_NONE }, { "", DV_VERSION_NONE },
		{ "1.5.0", DV_VERSION_SEMVER }, { "1e3", DV_VERSION_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(dv_version_scheme(bytes(cases[i].text)),
		    cases[i].scheme);
	assert_false(dv_version_valid(DV_VERSION_OTHER, bytes("1.2.3")));
	assert_false(dv_version_valid(DV_VERSION_NONE, bytes("1")));
}

/* Each is before all that follow it, and level with itself. */
static void
check_ladder(enum dv_version_scheme scheme, const char *const *ladder,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			int order = dv_version_order(scheme, bytes(ladder[i]),
			    bytes(ladder[j]));

			assert_int_equal((order > 0) - (order < 0),
			    (i > j) - (i < j));
		}
	}
}

static void
test_order(void **state)
{
	static const char *const semver[] = { "0.0.9", "0.1.0", "1.0.0-0",
	    "1.0.0-9", "1.0.0-10", "1.0.0--", "1.0.0-A", "1.0.0-alpha",
	    "1.0.0-alpha.1", "1.0.0-alpha.1.0", "1.0.0-alpha.beta",
	    "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
	    "1.0.0", "1.0.1-0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
	    "10.0.0", "99999999999999999999.0.0" };
	static const char *const decimal[] = { "0", "1", "9", "10", "99",
	    "100", "18446744073709551616", "18446744073709551617" };

	(void)state;
	check_ladder(DV_VERSION_SEMVER, semver, COUNT(semver));
	check_ladder(DV_VERSION_DECIMAL, decimal, COUNT(decimal));
}

/* semver.org 10: build metadata has no precedence. */
static void
test_build(void **state)
{
	(void)state;
	assert_int_equal(dv_version_order(DV_VERSION_SEMVER,
	    bytes("1.0.0+1"), bytes("1.0.0+2")), 0);
	assert_int_equal(dv_version_order(DV_VERSION_SEMVER,
	    bytes("1.0.0-a+b.c"), bytes("1.0.0-a")), 0);
	/* a hyphen behind the plus begins no pre-release */
	assert_int_equal(dv_version_order(DV_VERSION_SEMVER,
	    bytes("1.0.0+a-b"), bytes("1.0.0")), 0);
}

/* The library's own: that of its headers, and one of semver.org. */
static void
test_own(void **state)
{
	(void)state;
	assert_string_equal(dv_version(), DV_VERSION);
	assert_int_equal(dv_version_scheme(bytes(dv_version())),
	    DV_VERSION_SEMVER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
