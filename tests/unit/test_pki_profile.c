/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Profiles and subjects: the table's own consistency, calendar years, and
 * names that must not stand in a certificate, written as DER by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ds_der.h"
#include "oid.h"
#include "pki_profile.h"

static void
test_table(void **state)
{
	const struct pki_profile *p;
	char names[256];

	(void)state;
	for (size_t i = 0; (p = pki_profile_at(i)) != NULL; i++) {
		assert_ptr_equal(pki_profile_find(p->name), p);
		assert_non_null(p->summary);
		assert_non_null(p->rule);
		assert_non_null(p->required);
		assert_true(p->key_types != 0);
		/* Only a CA certifies, and every CA can be named by key. */
		assert_int_equal(p->ca, (p->key_usage &
		    DV_KU_KEY_CERT_SIGN) != 0);
		assert_true(!p->ca || p->subject_key_id);
		assert_true(p->ca || p->path_len == -1);
		assert_true(!p->ca || (p->eku == NULL && !p->may_outlive));
	}
	assert_null(pki_profile_find("idevi"));
	assert_null(pki_profile_find(""));
	pki_profiles_names(NULL, true, names, sizeof(names));
	assert_string_equal(names, "root, intermediate, "
	    "matter-paa, matter-pai");
	pki_profiles_names(NULL, false, names, sizeof(names));
	assert_string_equal(names, "idevid, iak, ldevid, device-client, "
	    "tls-server, code-signing, matter-dac");
	pki_profiles_names(NULL, false, names, 9);
	assert_string_equal(names, "idevid, ");
}

static void
test_words(void **state)
{
	const char *list = " CN  O", *word;

	(void)state;
	assert_int_equal(pki_word_next(&list, &word), 2);
	assert_memory_equal(word, "CN", 2);
	assert_int_equal(pki_word_next(&list, &word), 1);
	assert_int_equal(pki_word_next(&list, &word), 0);
	list = NULL;
	assert_int_equal(pki_word_next(&list, &word), 0);
	assert_true(pki_word_in("CN O OU", "O"));
	assert_true(pki_word_in("CN O OU", "OU"));
	assert_false(pki_word_in("CN O OU", "C"));
	assert_false(pki_word_in("CN O OU", "CNO"));
	assert_false(pki_word_in(NULL, "C"));
	assert_true(pki_attribute_known("VID"));
	assert_false(pki_attribute_known("VIDE"));
	assert_false(pki_attribute_known("vid"));
}

/* Whatever the table names must be known, or it would be passed over. */
static void
test_lists(void **state)
{
	const struct pki_profile *p;

	(void)state;
	for (size_t i = 0; (p = pki_profile_at(i)) != NULL; i++) {
		const char *lists[] = { p->required, p->also, p->never,
		    p->as_issuer, p->as_issuer_if, p->batch_in,
		    p->from_request };

		for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
			const char *word;
			char one[32] = "";
			size_t len;

			while ((len = pki_word_next(&lists[k], &word)) > 0) {
				assert_true(len < sizeof(one));
				memcpy(one, word, len);
				one[len] = '\0';
				assert_true(pki_attribute_known(one));
			}
		}
		assert_false(pki_word_in(p->from_request, "dnQualifier"));
		assert_int_equal(p->alt_from_request & ~p->alt, 0);
		assert_true(!p->alt_needed || p->alt != 0);
		assert_null(p->family);
		assert_string_equal(pki_profile_family(p), p->name);
		assert_true(p->fixed || !p->ca);
	}
}

static dv_time
date(int year, int month, int day)
{
	struct dv_date d = { .year = year, .month = month, .day = day };
	dv_time out = { 0 };

	assert_true(dv_time_from_date(&d, &out));
	return out;
}

static void
test_years(void **state)
{
	(void)state;
	assert_int_equal(pki_years_after(date(2026, 3, 1), 10).s,
	    date(2036, 3, 1).s);
	assert_int_equal(pki_years_after(date(2028, 2, 29), 4).s,
	    date(2032, 2, 29).s);
	assert_int_equal(pki_years_after(date(2028, 2, 29), 1).s,
	    date(2029, 2, 28).s);
	assert_int_equal(pki_years_after(date(2028, 2, 29), 0).s, DV_TIME_MAX);
	assert_int_equal(pki_years_after(date(9990, 5, 5), 30).s, DV_TIME_MAX);
}

/* One attribute as an RDN of its own. */
struct part {
	const char *oid;
	uint8_t tag;
	const char *text;
};

static struct dv_bytes
name(struct ds_der *w, const struct part *parts, size_t count)
{
	ds_der_begin(w, 0x30);
	for (size_t i = 0; i < count; i++) {
		ds_der_begin(w, 0x31);
		ds_der_begin(w, 0x30);
		ds_der_oid_text(w, parts[i].oid);
		ds_der_text(w, parts[i].tag, parts[i].text);
		ds_der_end(w);
		ds_der_end(w);
	}
	ds_der_end(w);
	return ds_der_done(w);
}

#define UTF8 0x0c
#define PRINTABLE 0x13
#define T61 0x14
#define IA5 0x16
#define CN "2.5.4.3"
#define SN "2.5.4.5"
#define C "2.5.4.6"
#define O "2.5.4.10"
#define VID "1.3.6.1.4.1.37244.2.1"
#define DC "0.9.2342.19200300.100.1.25"

/* All with profile idevid and serialNumber=1 before. */
static const struct {
	struct part part;
	const char *says;	/* NULL: permitted */
} subjects[] = {
	{ { CN, UTF8, "gateway" }, NULL },
	{ { CN, UTF8, "W\xc3\xbcrzburg" }, NULL },
	{ { CN, PRINTABLE, "gateway" }, NULL },
	{ { DC, IA5, "example" }, NULL },
	{ { "1.2.3.4", UTF8, "anything" }, NULL },
	{ { C, PRINTABLE, "DE" }, NULL },
	{ { CN, T61, "gateway" }, "CN in the subject has string type 0x14" },
	{ { CN, IA5, "gateway" }, "string type 0x16" },
	{ { SN, UTF8, "1" }, "serialNumber in the subject has string type" },
	{ { DC, UTF8, "example" }, "only IA5String" },
	{ { C, PRINTABLE, "DEU" }, "C in the subject has 3 characters" },
	{ { C, PRINTABLE, "D" }, "2 to 2 are permitted" },
	{ { SN, PRINTABLE, "2" }, "2 times serialNumber" },
	{ { VID, UTF8, "FFF1" }, NULL },
	{ { VID, PRINTABLE, "FFF1" }, "only UTF8String" },
	{ { VID, UTF8, "fff1" }, "four of the digits 0-9 and A-F" },
	{ { VID, UTF8, "FFG1" }, "four of the digits" },
	{ { VID, UTF8, "FFF" }, "has 3 characters" },
	{ { CN, UTF8, "two  blanks" }, "a blank at an end or beside" },
	{ { CN, UTF8, " first" }, "a blank at an end" },
	{ { CN, UTF8, "last " }, "a blank at an end" },
	{ { CN, UTF8, "line\nbreak" }, "a control character" },
	{ { CN, UTF8, "esc\x1b[2J" }, "cannot be read" },
	{ { CN, PRINTABLE, "at@sign" }, "cannot be read" },
	{ { CN, UTF8, "\xff" }, "cannot be read" },
	{ { O, UTF8, "12345678901234567890123456789012345678901234567890"
	    "123456789012345" }, "O in the subject has 65 characters" },
};

static void
test_subjects(void **state)
{
	const struct pki_profile *idevid = pki_profile_find("idevid");

	(void)state;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		uint8_t room[512];
		struct ds_der w = ds_der_start(room, sizeof(room));
		const struct part parts[] = { { SN, PRINTABLE, "1" },
		    subjects[i].part };
		struct dv_err err = { "", "" };
		enum dv_exit exit = pki_subject_check(name(&w, parts, 2),
		    idevid, &err);

		if (subjects[i].says == NULL) {
			if (exit != DV_EXIT_YES)
				fail_msg("subject %zu: %s", i, err.what);
			continue;
		}
		if (exit != DV_EXIT_NO ||
		    strstr(err.what, subjects[i].says) == NULL)
			fail_msg("subject %zu: wanted \"%s\", got \"%s\"", i,
			    subjects[i].says, err.what);
	}
}

static void
test_required(void **state)
{
	uint8_t room[512];
	struct ds_der w = ds_der_start(room, sizeof(room));
	const struct part parts[] = { { CN, UTF8, "x" } };
	struct dv_bytes der = name(&w, parts, 1);
	struct dv_err err;
	const uint8_t nothing[] = { 0x30, 0 };

	(void)state;
	assert_int_equal(pki_subject_check(der, pki_profile_find("root"),
	    &err), DV_EXIT_YES);
	assert_int_equal(pki_subject_check(der, pki_profile_find("idevid"),
	    &err), DV_EXIT_NO);
	assert_non_null(strstr(err.what, "no serialNumber"));
	assert_int_equal(pki_subject_check((struct dv_bytes){ nothing, 2 },
	    pki_profile_find("root"), &err), DV_EXIT_NO);
	assert_int_equal(pki_subject_check((struct dv_bytes){ NULL, 0 },
	    pki_profile_find("root"), &err), DV_EXIT_NO);
}

static void
test_number(void **state)
{
	uint8_t room[512], wanted[512];
	struct ds_der w = ds_der_start(room, sizeof(room));
	struct ds_der v = ds_der_start(wanted, sizeof(wanted));
	const struct part parts[] = { { CN, UTF8, "x" },
	    { SN, PRINTABLE, "7" } };
	struct dv_bytes without = name(&w, parts, 1);
	struct dv_bytes with = name(&v, parts, 2);
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_err err;

	(void)state;
	assert_int_equal(pki_attribute_count(without, dv_oid_serial_number), 0);
	assert_int_equal(pki_attribute_count(with, dv_oid_serial_number), 1);
	assert_int_equal(pki_subject_identify(without, "serialNumber", "7", &out, &err),
	    DV_EXIT_YES);
	assert_int_equal(out.len, with.len);
	assert_memory_equal(out.ptr, with.ptr, with.len);
	dv_buf_free(&out);
	assert_int_equal(pki_subject_identify(with, "serialNumber", "7", &out, &err),
	    DV_EXIT_YES);
	assert_int_equal(out.len, with.len);
	dv_buf_free(&out);
	assert_int_equal(pki_subject_identify(with, "serialNumber", "8", &out, &err),
	    DV_EXIT_NO);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_years),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
