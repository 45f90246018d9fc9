/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names: comparison by RFC 5280 7.1, text for people, attributes, and object
 * identifiers as text. Form is tested with whole certificates.
 */
#include "unit/derkit.h"

#include "bytes.h"
#include "name.h"
#include "oid.h"
#include "text.h"

#define ATTR(type, tag, text) "30{06{" type "}" tag "{" text "}}"
#define RDN(attributes) "31{" attributes "}"
#define CN(tag, text) ATTR("550403", tag, text)
#define O(tag, text) ATTR("55040a", tag, text)
#define NAME(tag, text) "30{" RDN(CN(tag, text)) "}"

static const struct equal_row {
	const char *a, *b;
	bool equal;
} equal_rows[] = {
	{ NAME("0c", "'Acme'"), NAME("0c", "'Acme'"), true },
	{ NAME("0c", "'Acme'"), NAME("13", "'Acme'"), true },
	{ NAME("0c", "'Acme'"), NAME("16", "'aCME'"), true },
	{ NAME("0c", "'  Acme   Corp '"), NAME("13", "'acme corp'"), true },
	{ NAME("0c", "'Acme' 09 0a 'Corp'"), NAME("13", "'Acme Corp'"), true },
	{ NAME("0c", "'AcmeCorp'"), NAME("13", "'Acme Corp'"), false },
	{ NAME("0c", "'Acme'"), NAME("0c", "'Acmes'"), false },
	{ NAME("0c", "'Acmes'"), NAME("0c", "'Acme'"), false },
	{ NAME("0c", ""), NAME("0c", "'  '"), true },
	{ NAME("0c", "''"), NAME("0c", "'a'"), false },
	/* Outside ASCII: octets as they are. */
	{ NAME("0c", "c3a9"), NAME("0c", "c3a9"), true },
	{ NAME("0c", "c3a9"), NAME("0c", "c389"), false },
	/* Other types: octets and tag. */
	{ NAME("14", "'Acme'"), NAME("14", "'Acme'"), true },
	{ NAME("14", "'Acme'"), NAME("14", "'acme'"), false },
	{ NAME("14", "'Acme'"), NAME("0c", "'Acme'"), false },
	{ NAME("1e", "0041"), NAME("1e", "0041"), true },
	{ NAME("1e", "0041"), NAME("0c", "'A'"), false },
	{ NAME("12", "'1'"), NAME("13", "'1'"), false },
	/* Types, numbers and order of attributes. */
	{ NAME("0c", "'Acme'"), "30{" RDN(O("0c", "'Acme'")) "}", false },
	{ "30{" RDN(CN("0c", "'a'")) RDN(O("0c", "'b'")) "}",
	    "30{" RDN(O("0c", "'b'")) RDN(CN("0c", "'a'")) "}", false },
	{ "30{" RDN(CN("0c", "'a'") O("0c", "'b'")) "}",
	    "30{" RDN(O("0c", "'B'") CN("13", "'A'")) "}", true },
	{ "30{" RDN(CN("0c", "'a'") O("0c", "'b'")) "}",
	    "30{" RDN(CN("0c", "'a'")) "}", false },
	{ "30{" RDN(CN("0c", "'a'")) "}",
	    "30{" RDN(CN("0c", "'a'") O("0c", "'b'")) "}", false },
	{ "30{" RDN(CN("0c", "'a'") O("0c", "'b'")) "}",
	    "30{" RDN(CN("0c", "'a'")) RDN(O("0c", "'b'")) "}", false },
	/* As a set: one member answers for one. */
	{ "30{" RDN(CN("0c", "'a'") CN("13", "'a'")) "}",
	    "30{" RDN(CN("0c", "'a'") CN("0c", "'b'")) "}", false },
	{ "30{" RDN(CN("0c", "'a'") CN("0c", "'b'")) "}",
	    "30{" RDN(CN("0c", "'a'") CN("13", "'a'")) "}", false },
	{ "30{" RDN(CN("0c", "'a'")) "}",
	    "30{" RDN(CN("0c", "'a'")) RDN(CN("0c", "'a'")) "}", false },
	/* As many members as there can be, and one more. */
	{ "30{31{@008(" CN("0c", "'a'") ")}}", "30{31{@008(" CN("0c", "'a'")
	    ")}}", true },
	{ "30{31{@009(" CN("0c", "'a'") ")}}", "30{31{@009(" CN("0c", "'a'")
	    ")}}", false },
	/* Something behind: a value, a member, an RDN. */
	{ "30{31{30{06{550403}0c{'a'}0500}}}",
	    "30{31{30{06{550403}0c{'a'}0500}}}", false },
	{ "30{31{" CN("0c", "'a'") "0500}}", "30{31{" CN("0c", "'a'") "0500}}",
	    false },
	{ "30{" RDN(CN("0c", "'a'")) "0500}", NAME("0c", "'a'"), false },
	/* Empty names are equal; what is no name equals nothing. */
	{ "30{}", "", false },
	{ "30{}", "30{}", true },
	{ "30{}", NAME("0c", "'a'"), false },
	{ "", "", false },
	{ "30{} 00", "30{} 00", false },
	{ "30{3000}", "30{3000}", false },
	{ "30{31{}}", "30{31{}}", false },
	{ "30{31{30{}}}", "30{31{30{}}}", false },
};

static void
test_equal(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(equal_rows) / sizeof(equal_rows[0]); i++) {
		const struct equal_row *row = &equal_rows[i];
		struct dv_bytes a = kit_make(row->a), b = kit_make(row->b);

		if (dv_name_equal(a, b) != row->equal ||
		    dv_name_equal(b, a) != row->equal)
			fail_msg("row %zu: %s %s", i, row->a, row->b);
		kit_free(a);
		kit_free(b);
	}
}

/* Could other rules of comparing find the two equal? Of strings alone. */
static const struct {
	const char *a, *b;
	bool undecided;
} undecided_rows[] = {
	{ CN("0c", "'a'"), CN("0c", "'b'"), false },
	{ CN("0c", "'a'"), CN("0c", "c3a9"), true },
	{ CN("0c", "c3a8"), CN("0c", "c3a9"), true },
	{ CN("0c", "'a'"), CN("1e", "0062"), true },
	{ CN("0c", "'a'"), CN("14", "'b'"), true },
	{ CN("13", "'1'"), CN("12", "'1'"), true },
	{ CN("0c", "'a'"), CN("1c", "00000062"), true },
	{ CN("0c", "'a'"), O("1e", "0062"), false },
	{ CN("03", "00ff"), CN("03", "00fe"), false },
	{ CN("03", "00ff"), CN("1e", "0062"), false },
	{ CN("03", "00ff"), CN("03", "00ff"), true },	/* equal even so */
	{ CN("0c", "c3a9"), CN("0c", "c3a9") O("0c", "'b'"), false },
};

static void
test_undecided(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(undecided_rows) /
	    sizeof(undecided_rows[0]); i++) {
		struct dv_bytes a = kit_make(undecided_rows[i].a);
		struct dv_bytes b = kit_make(undecided_rows[i].b);

		if (dv_rdn_undecided(a, b) != undecided_rows[i].undecided ||
		    dv_rdn_undecided(b, a) != undecided_rows[i].undecided)
			fail_msg("row %zu", i);
		kit_free(b);
		kit_free(a);
	}
}

/* What each type of string can hold; X.680 41.2 to 41.4, and no controls. */
static const struct {
	uint8_t tag;
	const char *name, *allowed;
} strings[] = {
	{ 0x13, "PrintableString", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?" },
	{ 0x12, "NumericString", "0123456789 " },
	{ 0x16, "IA5String", "\t\n\v\f\r !\"#$%&'()*+,-./0123456789:;<=>?@"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" },
	{ 0x0c, "UTF8String", "\t\n\v\f\r !\"#$%&'()*+,-./0123456789:;<=>?@"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" },
	{ 0x14, "TeletexString", NULL },	/* all but NUL */
};

static enum dv_reason
read_string(unsigned tag, unsigned octet, struct dv_defect *defect,
    struct dv_at *at)
{
	char source[60];
	struct dv_bytes name, ignored;
	struct dv_der in;
	enum dv_reason reason;

	snprintf(source, sizeof(source), "30{31{30{06{550403}%02x{'1'%02x}}}}",
	    tag, octet);
	name = kit_make(source);
	in = dv_der_start(name, DV_F_SUBJECT, at);
	in.defect = defect;
	reason = dv_name_read(&in, &ignored);
	kit_free(name);
	return reason;
}

static void
test_strings(void **state)
{
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		for (unsigned c = 0; c < 256; c++) {
			bool allowed = c != 0 && (strings[i].allowed == NULL ||
			    strchr(strings[i].allowed, (int)c) != NULL);
			enum dv_reason reason = read_string(strings[i].tag, c,
			    NULL, &at);

			if (reason != (allowed ? DV_R_NONE :
			    DV_R_NAME_MALFORMED))
				fail_msg("%s with %02x", strings[i].name, c);
			if (allowed)
				continue;
			assert_int_equal(at.offset, 14);
			assert_int_equal(at.found.number, c);
		}
	}
}

/* Only PrintableString is forgiven other characters, and no controls. */
static void
test_strings_forgiven(void **state)
{
	struct dv_defect defect = { .reason = DV_R_NONE };
	struct dv_at at;

	(void)state;
	assert_int_equal(read_string(0x13, '@', &defect, &at), DV_R_NONE);
	assert_int_equal(defect.reason, DV_R_NAME_MALFORMED);
	assert_int_equal(read_string(0x13, 0, &defect, &at),
	    DV_R_NAME_MALFORMED);
	assert_int_equal(read_string(0x12, 'a', &defect, &at),
	    DV_R_NAME_MALFORMED);
	assert_int_equal(read_string(0x0c, 0xc3, &defect, &at),
	    DV_R_NAME_MALFORMED);
}

/* A member that cannot be read is not forgiven for being out of order. */
static void
test_bad_member(void **state)
{
	struct dv_bytes name = kit_make("30{31{" CN("0c", "'b'") "30{0500}}}");
	struct dv_defect defect = { .reason = DV_R_NONE };
	struct dv_bytes whole;
	struct dv_at at;
	struct dv_der in = dv_der_start(name, DV_F_SUBJECT, &at);

	(void)state;
	in.defect = &defect;
	assert_int_equal(dv_name_read(&in, &whole), DV_R_NOT_DER);
	assert_int_equal(at.offset, 16);
	assert_int_equal(defect.reason, DV_R_NONE);
	kit_free(name);
}

static const struct {
	const char *name;
	int64_t wanted;
} limits[] = {
	{ "30{@033(" RDN(CN("0c", "'a'")) ")}", DV_MAX_RDNS },
	{ "30{31{@009(" CN("0c", "'a'") ")}}", DV_MAX_RDN_ATTRIBUTES },
};

static void
test_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct dv_bytes name = kit_make(limits[i].name), ignored;
		struct dv_at at;
		struct dv_der in = dv_der_start(name, DV_F_SUBJECT, &at);

		assert_int_equal(dv_name_read(&in, &ignored), DV_R_LIMIT);
		assert_int_equal(at.wanted.number, limits[i].wanted);
		kit_free(name);
	}
}

/* Broken, and out of order: the first cannot be tolerated with the second. */
static void
test_broken_out_of_order(void **state)
{
	struct dv_bytes name = kit_make("30{" RDN(O("0c", "'b'")
	    CN("13", "00")) "}"), whole;
	struct dv_defect defect = { .reason = DV_R_NONE };
	struct dv_at at;
	struct dv_der in = dv_der_start(name, DV_F_SUBJECT, &at);

	(void)state;
	assert_int_equal(dv_name_read(&in, &whole), DV_R_NAME_MALFORMED);
	in.defect = &defect;
	assert_int_equal(dv_name_read(&in, &whole), DV_R_NAME_MALFORMED);
	assert_int_equal(defect.reason, DV_R_NONE);
	assert_null(whole.ptr);
	kit_free(name);
}

static const struct text_row {
	const char *name, *text;
} text_rows[] = {
	{ "30{}", "" },
	{ "30{" RDN(O("0c", "'Acme'")) RDN(CN("0c", "'unit-0042'")) "}",
	    "CN=unit-0042,O=Acme" },
	{ "30{" RDN(CN("0c", "'a'") O("0c", "'b'")) "}", "CN=a+O=b" },
	{ NAME("0c", "'a,b+c' 22 5c '<>;=d'"),
	    "CN=a\\,b\\+c\\\"\\\\\\<\\>\\;\\=d" },
	{ NAME("0c", "' a b '"), "CN=\\ a b\\ " },
	{ NAME("0c", "'#a#'"), "CN=\\#a#" },
	{ NAME("0c", "c3a9 0a 1b7f"), "CN=\\C3\\A9\\0A\\1B\\7F" },
	{ NAME("14", "e9"), "CN=\\E9" },
	{ NAME("1e", "0041"), "CN=#1E020041" },
	{ NAME("03", "00ff"), "CN=#030200FF" },
	{ "30{" RDN(ATTR("550405", "13", "'1'"))
	    RDN(ATTR("550406", "13", "'CH'"))
	    RDN(ATTR("550407", "0c", "'Bern'"))
	    RDN(ATTR("550408", "0c", "'BE'"))
	    RDN(ATTR("55040b", "0c", "'x'")) "}",
	    "OU=x,ST=BE,L=Bern,C=CH,serialNumber=1" },
	{ "30{" RDN(ATTR("0992268993f22c640101", "0c", "'u'"))
	    RDN(ATTR("0992268993f22c640119", "16", "'org'"))
	    RDN(ATTR("2a864886f70d010901", "16", "'a@b'")) "}",
	    "emailAddress=a@b,DC=org,UID=u" },
	{ "30{" RDN(ATTR("2a030405", "0c", "'v'")) "}", "1.2.3.4.5=v" },
	{ "0500", "" },
	{ "", "" },
};

static void
test_text(void **state)
{
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text_rows) / sizeof(text_rows[0]); i++) {
		struct dv_bytes name = kit_make(text_rows[i].name);

		dv_name_text(name, text, sizeof(text));
		assert_string_equal(text, text_rows[i].text);
		kit_free(name);
	}
}

/* Every size of room: ends with NUL, never cuts an escape in two. */
static void
test_text_cut(void **state)
{
	static const char whole[] = "CN=ab\\C3\\A9\\,z,O=Acme";
	struct dv_bytes name = kit_make("30{" RDN(O("0c", "'Acme'"))
	    RDN(CN("0c", "'ab' c3a9 ',z'")) "}");
	size_t cap;

	(void)state;
	for (cap = 8; cap < 40; cap++) {
		char *text = malloc(cap);
		size_t len, i, escape = 0;

		assert_non_null(text);
		dv_name_text(name, text, cap);
		len = strlen(text);
		assert_true(len < cap);
		if (cap >= sizeof(whole)) {
			assert_string_equal(text, whole);
			free(text);
			continue;
		}
		assert_true(len >= 3);
		assert_string_equal(text + len - 3, "...");
		assert_memory_equal(text, whole, len - 3);
		for (i = 0; i < len - 3; i++)
			if (text[i] == '\\')
				escape = i + (text[i + 1] == ',' ? 2 : 3);
		assert_true(escape <= len - 3);
		free(text);
	}
	kit_free(name);
}

/* What nobody has read may have more RDNs than are shown. */
static void
test_text_limit(void **state)
{
	struct dv_bytes names[] = { kit_make("30{@032(" RDN(CN("0c", "'a'"))
	    ")}"), kit_make("30{@033(" RDN(CN("0c", "'a'")) ")}") };
	char text[400];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		dv_name_text(names[i], text, sizeof(text));
		assert_int_equal(strlen(text), DV_MAX_RDNS * 5 - 1);
		kit_free(names[i]);
	}
}

/* What comes behind a piece that did not fit is not put in its place. */
static void
test_text_pieces(void **state)
{
	char out[12];
	struct dv_text text = dv_text_start(out, sizeof(out));

	(void)state;
	dv_text_puts(&text, "ab");
	dv_text_puts(&text, "0123456789");
	dv_text_puts(&text, "c");
	dv_text_end(&text);
	assert_string_equal(out, "ab...");
}

static void
test_attribute(void **state)
{
	struct dv_bytes name = kit_make("30{" RDN(O("0c", "'Acme'"))
	    RDN(CN("0c", "'one'")) RDN(CN("0c", "'two'")) "}");

	(void)state;
	assert_true(dv_bytes_equal_text(dv_name_attribute(name,
	    dv_oid_common_name), "one"));
	assert_true(dv_bytes_equal_text(dv_name_attribute(name,
	    dv_oid_organization), "Acme"));
	assert_null(dv_name_attribute(name, dv_oid_country).ptr);
	assert_null(dv_name_attribute((struct dv_bytes){ NULL, 0 },
	    dv_oid_country).ptr);
	kit_free(name);
}

static const struct oid_row {
	const char *octets, *text;
} oid_rows[] = {
	{ "551d13", "2.5.29.19" },
	{ "2a864886f70d010901", "1.2.840.113549.1.9.1" },
	{ "00", "0.0" },
	{ "27", "0.39" },
	{ "28", "1.0" },
	{ "4f", "1.39" },
	{ "50", "2.0" },
	{ "78", "2.40" },
	{ "8100", "2.48" },
	{ "883703", "2.999.3" },
	{ "2a00", "1.2.0" },
	{ "2a8fffffff7f", "1.2.4294967295" },
	/* 2.25 and 2^128 - 1: an identifier made of a UUID. */
	{ "69 83ffffffffffffffffffffffffffffffffff7f",
	    "2.25.340282366920938463463374607431768211455" },
};

static void
test_oid(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(oid_rows) / sizeof(oid_rows[0]); i++) {
		struct dv_bytes oid = kit_make(oid_rows[i].octets);
		uint8_t room[20];
		char text[80];

		dv_oid_text(oid, text, sizeof(text));
		assert_string_equal(text, oid_rows[i].text);
		assert_int_equal(dv_oid_parse(text, room, sizeof(room)),
		    oid.len);
		assert_memory_equal(room, oid.ptr, oid.len);
		assert_int_equal(dv_oid_parse(text, room, oid.len - 1), 0);
		kit_free(oid);
	}
}

static void
test_oid_cut(void **state)
{
	struct dv_bytes oid = kit_make("2a @060(ff) 7f");
	char text[12];

	(void)state;
	dv_oid_text(oid, text, sizeof(text));
	assert_string_equal(text, "1.2...");
	dv_oid_text((struct dv_bytes){ NULL, 0 }, text, sizeof(text));
	assert_string_equal(text, "");
	kit_free(oid);
}

/* Arcs of as many digits as are kept, and one more: 10^40, 2^280. */
static void
test_oid_digits(void **state)
{
	struct dv_bytes largest = kit_make("55 f5c6a9f8f0ebcaa5fed7b9fad89fffffffff7f");
	struct dv_bytes larger = kit_make("55 f5c6a9f8f0ebcaa5fed7b9fad8a08080808000");
	char text[100];
	uint8_t room[60];

	(void)state;
	dv_oid_text(largest, text, sizeof(text));
	assert_string_equal(text,
	    "2.5.9999999999999999999999999999999999999999");
	dv_oid_text(larger, text, sizeof(text));
	assert_string_equal(text, "2.5...");
	assert_int_equal(dv_oid_parse("2.5."
	    "1942668892225729070919461906823518906642406"
	    "839052139521251812409738904285205208498175", room, sizeof(room)), 41);
	assert_int_equal(dv_oid_parse("2.5."
	    "1942668892225729070919461906823518906642406"
	    "839052139521251812409738904285205208498176", room, sizeof(room)), 0);
	kit_free(larger);
	kit_free(largest);
}

static void
test_no_oid(void **state)
{
	static const char *const texts[] = { "", "1", "1.", ".1", "3.1",
	    "1.40", "0.40", "1.02", "1.2.", "1..2", "1.2.x", "1.2 ", " 1.2",
	    "-1.2", "01.2", "1.-2", "a.b", "12.3", "1x2", "1.128",
	    "0.16384" };
	char large[200] = "2.";
	uint8_t room[20], many[100];
	size_t i;

	(void)state;
	memset(large + 2, '9', sizeof(large) - 3);
	assert_int_equal(dv_oid_parse(large, many, sizeof(many)), 0);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (dv_oid_parse(texts[i], room, sizeof(room)) != 0)
			fail_msg("\"%s\"", texts[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_undecided),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_strings_forgiven),
		cmocka_unit_test(test_bad_member),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_broken_out_of_order),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_cut),
		cmocka_unit_test(test_text_limit),
		cmocka_unit_test(test_text_pieces),
		cmocka_unit_test(test_attribute),
		cmocka_unit_test(test_oid),
		cmocka_unit_test(test_oid_cut),
		cmocka_unit_test(test_oid_digits),
		cmocka_unit_test(test_no_oid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
