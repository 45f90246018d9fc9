/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is demanded of an envelope, where it nearly fits: claims that are not
 * there, names that were cut, letters that are none. dv_demand.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes.h"
#include "dv_demand.h"
#include "ext.h"
#include "lib/certkit.h"

static struct dv_bytes
text(const char *s)
{
	return (struct dv_bytes){ (const uint8_t *)s, strlen(s) };
}

static enum dv_reason
ask(const struct dv_sign1 *s, const struct dv_cert *leaf,
    enum dv_demand_kind kind, const char *key, const char *value)
{
	const struct dv_demand demand = { .kind = kind, .key = text(key),
	    .value = text(value) };

	return dv_demands_check(s, leaf, &demand, 1).reason;
}

/* ---- claims ---- */

/* A claim that is not there has no value, neither nothing nor another's. */
static void
test_no_such_claim(void **state)
{
	static const uint8_t claims[] = { 0x61, 'a', 0x61, 'x' };
	const struct dv_sign1 s = { .claims = DV_BYTES(claims) };
	const struct dv_demand other = { .kind = DV_DEMAND_CLAIM,
	    .key = text("b"), .value = text("x") };
	const struct dv_cert leaf = { .der = { NULL, 0 } };

	(void)state;
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_CLAIM, "a", "x"), DV_R_NONE);
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_CLAIM, "b", "x"),
	    DV_R_CLAIM_DEMANDED);
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_CLAIM, "b", ""),
	    DV_R_CLAIM_DEMANDED);
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_CLAIM, "model", ""),
	    DV_R_CLAIM_DEMANDED);
	assert_string_equal(dv_demands_check(&s, &leaf, &other, 1).at.found
	    .text, "no such claim");
}

/* What is no version of any scheme is compared with none. */
static void
test_no_version(void **state)
{
	struct dv_sign1 s = { .scheme = DV_VERSION_DECIMAL };
	const struct dv_cert leaf = { .der = { NULL, 0 } };

	(void)state;
	s.version = text("7");
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_MIN_VERSION, "", "7"),
	    DV_R_NONE);
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_MIN_VERSION, "", "v7"),
	    DV_R_VERSION_SCHEME);
	s.scheme = DV_VERSION_NONE;
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_MIN_VERSION, "", "v7"),
	    DV_R_CLAIM_DEMANDED);
}

/* ---- who signed ---- */

/* One RDN with organizationName of so many letters. */
static struct dv_bytes
organisation(size_t letters)
{
	static const uint8_t oid[] = { 0x55, 0x04, 0x0a };
	static uint8_t value[1000];

	memset(value, 'o', sizeof(value));
	return KIT(DER_SET, KIT(DER_SEQUENCE, KIT(DER_OID, DV_BYTES(oid)),
	    KIT(DER_UTF8_STRING, (struct dv_bytes){ value, letters })));
}

/* The text of a long name ends in the mark of a cut, and names nobody. */
static void
test_name_cut(void **state)
{
	const struct dv_sign1 s = { .scheme = DV_VERSION_NONE };
	struct dv_cert leaf = { .der = { NULL, 0 } };
	char name[DV_DEMANDED_NAME + 4];

	(void)state;
	kit_reset();
	leaf.subject = KIT(DER_SEQUENCE, organisation(DV_DEMANDED_NAME - 2));
	dv_name_text(leaf.subject, name, sizeof(name));
	assert_int_equal(strlen(name), DV_DEMANDED_NAME);
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_SIGNER_NAME, "", name),
	    DV_R_NONE);
	leaf.subject = KIT(DER_SEQUENCE, organisation(DV_DEMANDED_NAME + 50));
	dv_name_text(leaf.subject, name, sizeof(name));
	assert_string_equal(name + strlen(name) - 3, "...");
	assert_int_equal(ask(&s, &leaf, DV_DEMAND_SIGNER_NAME, "", name),
	    DV_R_SIGNER_DEMANDED);
}

/* Only letters have two cases, only in names of DNS, and a name is not nothing. */
static void
test_names(void **state)
{
	static const struct {
		enum dv_general_name form;
		const char *there, *wanted;
		bool same;
	} cases[] = {
		{ DV_NAME_DNS, "aZ.example", "DNS:Az.EXAMPLE", true },
		{ DV_NAME_DNS, "a.example", "DNS:b.example", false },
		{ DV_NAME_DNS, "a@", "DNS:a`", false },
		{ DV_NAME_DNS, "a`", "DNS:a@", false },
		{ DV_NAME_DNS, "a[", "DNS:a{", false },
		{ DV_NAME_DNS, "a{", "DNS:a[", false },
		{ DV_NAME_DNS, "", "DNS:", false },
		{ DV_NAME_DNS, "x", "URI:x", false },
		{ DV_NAME_URI, "urn:a", "URI:urn:a", true },
		{ DV_NAME_URI, "urn:A", "URI:urn:a", false },
		{ DV_NAME_URI, "urn:a", "URI:urn:A", false },
		{ DV_NAME_EMAIL, "a@b", "email:a@b", true },
		{ DV_NAME_EMAIL, "A@b", "email:a@b", false },
	};
	const struct dv_sign1 s = { .scheme = DV_VERSION_NONE };
	struct dv_cert leaf = { .der = { NULL, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		kit_reset();
		leaf.ext.subject_alt_name = KIT(DER_CONTEXT((unsigned)
		    cases[i].form), text(cases[i].there));
		assert_int_equal(ask(&s, &leaf, DV_DEMAND_SIGNER_SAN, "",
		    cases[i].wanted), cases[i].same ? DV_R_NONE :
		    DV_R_SIGNER_DEMANDED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_such_claim),
		cmocka_unit_test(test_no_version),
		cmocka_unit_test(test_name_cut),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
