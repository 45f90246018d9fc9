/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What name constraints mean: every kind of name inside, outside and on the
 * edge of a subtree. RFC 5280 4.2.1.10, 6.1.3 (b), (c).
 */
#include "lib/subtrees.h"

#define LABEL_63                                                               \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HOST_48	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HOST_253                                                               \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."         \
	LABEL_63 "." LABEL_63 "." LABEL_63 ".a"

enum verdict { IN, OUT, CANNOT_TELL };

static const struct {
	enum dv_general_name form;
	const char *name, *base;
	enum verdict permitted, excluded;
} matches[] = {
	{ DV_NAME_DNS, "example.com", "example.com", IN, IN },
	{ DV_NAME_DNS, "a.b.example.com", "example.com", IN, IN },
	{ DV_NAME_DNS, "A.EXAMPLE.Com", "example.com", IN, IN },
	{ DV_NAME_DNS, "badexample.com", "example.com", OUT, OUT },
	{ DV_NAME_DNS, "example.com.evil.org", "example.com", OUT, OUT },
	{ DV_NAME_DNS, "a-b.example.com", "example.com", IN, IN },
	{ DV_NAME_DNS, "_dns.example.com", "example.com", IN, IN },
	{ DV_NAME_DNS, "com", "example.com", OUT, OUT },
	{ DV_NAME_DNS, "anything", "", IN, IN },
	{ DV_NAME_DNS, "a.example.com.", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_DNS, ".example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_DNS, "a b.example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_DNS, "*.example.com", "example.com", IN, IN },
	{ DV_NAME_DNS, "*.example.com", "a.example.com", OUT, IN },
	{ DV_NAME_DNS, "*.example.com", "a.b.example.com", OUT, OUT },
	{ DV_NAME_DNS, "*.com", "example.com", OUT, IN },
	{ DV_NAME_DNS, "a*.example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_DNS, "*", "example.com", CANNOT_TELL, CANNOT_TELL },
	{ DV_NAME_DNS, LABEL_63 ".example.com", "example.com", IN, IN },
	{ DV_NAME_DNS, LABEL_63 "x.example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_DNS, HOST_253, "a", IN, IN },
	{ DV_NAME_DNS, "x" HOST_253, "a", CANNOT_TELL, CANNOT_TELL },
	/* The octet before the name, its length, is a character: '0'. */
	{ DV_NAME_DNS, HOST_48, "0" HOST_48, OUT, OUT },
	{ DV_NAME_EMAIL, "a@example.com", "example.com", IN, IN },
	{ DV_NAME_EMAIL, "a@EXAMPLE.com", "example.com", IN, IN },
	{ DV_NAME_EMAIL, "a@b.example.com", "example.com", OUT, OUT },
	{ DV_NAME_EMAIL, "a@b.example.com", ".example.com", IN, IN },
	{ DV_NAME_EMAIL, "a@example.com", ".example.com", OUT, OUT },
	{ DV_NAME_EMAIL, "a@xexample.com", ".example.com", OUT, OUT },
	{ DV_NAME_EMAIL, "a@example.com", "a@example.com", IN, IN },
	{ DV_NAME_EMAIL, "a@EXAMPLE.com", "a@example.com", IN, IN },
	{ DV_NAME_EMAIL, "A@example.com", "a@example.com", OUT, OUT },
	{ DV_NAME_EMAIL, "b@example.com", "a@example.com", OUT, OUT },
	{ DV_NAME_EMAIL, "a@example.com", "", IN, IN },
	{ DV_NAME_EMAIL, "example.com", "", IN, IN },
	{ DV_NAME_EMAIL, "a@b..example.com", "a@example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_EMAIL, "example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_EMAIL, "@example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_EMAIL, "a@b@example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_EMAIL, "a@[10.0.0.1]", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_EMAIL, "\"a\"@example.com", "a@example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_EMAIL, "a@example.com", "\"a\"@example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_URI, "https://a/", ".example.com", OUT, OUT },
	{ DV_NAME_URI, "https://example.com/x", "example.com", IN, IN },
	{ DV_NAME_URI, "https://u:p@Example.com:8443/x", "example.com", IN,
	  IN },
	{ DV_NAME_URI, "https://example.com?q", "example.com", IN, IN },
	{ DV_NAME_URI, "https://example.com#f", "example.com", IN, IN },
	{ DV_NAME_URI, "https://a.example.com", "example.com", OUT, OUT },
	{ DV_NAME_URI, "https://a.example.com", ".example.com", IN, IN },
	{ DV_NAME_URI, "https://example.com", ".example.com", OUT, OUT },
	{ DV_NAME_URI, "https://evil.org/example.com", "example.com", OUT,
	  OUT },
	{ DV_NAME_URI, "https://evil.org?@example.com", "example.com", OUT,
	  OUT },
	{ DV_NAME_URI, "https://x", "", IN, IN },
	{ DV_NAME_URI, "urn:example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_URI, "https://10.0.0.1/", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_URI, "https://123/", "example.com", CANNOT_TELL, CANNOT_TELL },
	{ DV_NAME_URI, "https://host1/", "host1", IN, IN },
	{ DV_NAME_URI, "urn:a/example.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_URI, "urn:/aexample.com", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_URI, "https://[::1]/", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_URI, "https:///x", "example.com", CANNOT_TELL, CANNOT_TELL },
	{ DV_NAME_URI, "https://a@b@example.com/", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_URI, "https://e%78ample.com/", "example.com", CANNOT_TELL,
	  CANNOT_TELL },
	{ DV_NAME_URI, "x:/", "example.com", CANNOT_TELL, CANNOT_TELL },
	{ DV_NAME_URI, "nocolon", "example.com", CANNOT_TELL, CANNOT_TELL },
};

static enum dv_reason
check(struct dv_cert *cert, struct dv_subtrees subtrees, struct dv_at *at)
{
	unsigned checks = 0;

	return dv_constraints_check(cert, &subtrees, &checks, at);
}

/* A certificate of which only the names are there. */
static struct dv_cert
named(struct dv_bytes subject, struct dv_bytes alt_names)
{
	struct dv_bytes der = KIT(DER_SEQUENCE, subject, alt_names);
	struct dv_cert cert;

	memset(&cert, 0, sizeof(cert));
	cert.der = der;
	cert.ext.subject_alt_name = (struct dv_bytes){
	    der.ptr + der.len - alt_names.len, alt_names.len };
	cert.subject = (struct dv_bytes){
	    cert.ext.subject_alt_name.ptr - subject.len, subject.len };
	return cert;
}

static enum dv_reason
wanted_reason(enum verdict v, bool excluded)
{
	if (v == CANNOT_TELL)
		return DV_R_NAME_CONSTRAINT_UNSUPPORTED;
	if (excluded)
		return v == IN ? DV_R_NAME_EXCLUDED : DV_R_NONE;
	return v == IN ? DV_R_NONE : DV_R_NAME_NOT_PERMITTED;
}

static void
test_text_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		struct dv_bytes name = KIT(form_tag(matches[i].form),
		    kit_text(matches[i].name));
		struct dv_cert cert = named(kit_name(NULL), name);
		struct dv_bytes base = subtree(matches[i].form,
		    kit_text(matches[i].base));
		enum dv_reason p, e;
		struct dv_at at;

		e = check(&cert, (struct dv_subtrees){ KIT_NONE, base }, &at);
		p = check(&cert, (struct dv_subtrees){ base, KIT_NONE }, &at);
		if (p != wanted_reason(matches[i].permitted, false) ||
		    e != wanted_reason(matches[i].excluded, true))
			fail_msg("%s under %s: %s, %s", matches[i].name,
			    matches[i].base, dv_reason_name(p),
			    dv_reason_name(e));
		if (p == DV_R_NONE)
			continue;
		assert_int_equal(at.field, DV_F_SUBJECT_ALT_NAME);
		assert_int_equal(at.offset, cert.der.len - name.len);
	}
}

static enum dv_reason
check_address(struct dv_bytes address, struct dv_bytes base)
{
	struct dv_cert cert = named(kit_name(NULL), KIT(DER_CONTEXT(7),
	    address));
	struct dv_at at;

	return check(&cert, (struct dv_subtrees){ subtree(DV_NAME_IP, base),
	    KIT_NONE }, &at);
}

static void
test_addresses(void **state)
{
	struct dv_bytes ten = KIT_OCTETS("\x0a\0\0\0\xff\0\0\0");
	struct dv_bytes half = KIT_OCTETS("\x0a\x80\0\0\xff\x80\0\0");
	struct dv_bytes six = KIT_OCTETS("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0");
	struct dv_bytes all = KIT_OCTETS("\0\0\0\0\0\0\0\0");

	(void)state;
	assert_int_equal(check_address(KIT_OCTETS("\x0a\1\2\3"), ten),
	    DV_R_NONE);
	assert_int_equal(check_address(KIT_OCTETS("\x0b\1\2\3"), ten),
	    DV_R_NAME_NOT_PERMITTED);
	assert_int_equal(check_address(KIT_OCTETS("\x0a\x80\2\3"), half),
	    DV_R_NONE);
	assert_int_equal(check_address(KIT_OCTETS("\x0a\x7f\2\3"), half),
	    DV_R_NAME_NOT_PERMITTED);
	assert_int_equal(check_address(KIT_OCTETS("\1\2\3\4"), all), DV_R_NONE);
	assert_int_equal(check_address(KIT_OCTETS("\1\2\3\4"), six),
	    DV_R_NAME_NOT_PERMITTED);
	assert_int_equal(check_address(KIT_OCTETS("\x20\1\x0d\xb8\0\0\0\0\0\0\0"
	    "\0\0\0\0\1"), six), DV_R_NONE);
	assert_int_equal(check_address(KIT_OCTETS("\x20\1\x0d\xb9\0\0\0\0\0\0\0"
	    "\0\0\0\0\1"), six), DV_R_NAME_NOT_PERMITTED);
	assert_int_equal(check_address(KIT_OCTETS("\x20\1\x0d\xb8\0\0\0\0\0\0\0"
	    "\0\0\0\0\1"), all), DV_R_NAME_NOT_PERMITTED);
}

static struct dv_bytes
two(const char *org, const char *name)
{
	return KIT(DER_SEQUENCE, kit_rdn(KIT_O, org), kit_rdn(KIT_CN, name));
}

static struct dv_bytes
org(const char *name)
{
	return KIT(DER_SEQUENCE, kit_rdn(KIT_O, name));
}

static enum dv_reason
check_directory(struct dv_bytes subject, struct dv_bytes base, bool excluded)
{
	struct dv_bytes list = subtree(DV_NAME_DIRECTORY, base);
	struct dv_subtrees subtrees = { excluded ? KIT_NONE : list,
	    excluded ? list : KIT_NONE };
	struct dv_cert in_subject = named(subject, KIT_NONE);
	struct dv_cert in_alt = named(kit_name(NULL), KIT(DER_CONTEXT_CONS(4),
	    subject));
	struct dv_at at;
	enum dv_reason reason = check(&in_subject, subtrees, &at);

	if (reason != DV_R_NONE) {
		assert_int_equal(at.field, DV_F_SUBJECT);
		assert_int_equal(at.found.kind, DV_VALUE_NAME);
	}
	if (subject.len > 2)
		assert_int_equal(check(&in_alt, subtrees, &at), reason);
	return reason;
}

static void
test_directory_names(void **state)
{
	(void)state;
	assert_int_equal(check_directory(two("Acme", "x"), org("Acme"), false),
	    DV_R_NONE);
	assert_int_equal(check_directory(two("Acme", "x"), org(" ACME "),
	    false), DV_R_NONE);
	assert_int_equal(check_directory(two("Acme", "x"), org("Acme"), true),
	    DV_R_NAME_EXCLUDED);
	assert_int_equal(check_directory(two("Other", "x"), org("Acme"), false),
	    DV_R_NAME_NOT_PERMITTED);
	assert_int_equal(check_directory(kit_name("x"), org("Acme"), false),
	    DV_R_NAME_NOT_PERMITTED);
	assert_int_equal(check_directory(org("Acme"), two("Acme", "x"), false),
	    DV_R_NAME_NOT_PERMITTED);
	assert_int_equal(check_directory(org("Acme"), org("Acme"), false),
	    DV_R_NONE);
	/* The empty name is the root of all; an empty subject is not judged. */
	assert_int_equal(check_directory(org("Acme"), kit_name(NULL), false),
	    DV_R_NONE);
	assert_int_equal(check_directory(org("Acme"), kit_name(NULL), true),
	    DV_R_NAME_EXCLUDED);
	assert_int_equal(check_directory(kit_name(NULL), org("Acme"), false),
	    DV_R_NONE);
}

/* A constraint binds names of its own form only. */
static void
test_other_forms_untouched(void **state)
{
	struct dv_cert cert = named(kit_name("x"), KIT(DER_CONTEXT(2),
	    kit_text("a.example")));
	struct dv_bytes mail = subtree(DV_NAME_EMAIL, kit_text("b.example"));
	struct dv_at at;

	(void)state;
	assert_int_equal(check(&cert, (struct dv_subtrees){ mail, mail }, &at),
	    DV_R_NONE);
	assert_int_equal(check(&cert, (struct dv_subtrees){ KIT_NONE,
	    KIT_NONE }, &at), DV_R_NONE);
}

static void
test_forms_that_cannot_be_evaluated(void **state)
{
	static const struct {
		uint8_t tag;
		const char *octets;
		size_t len;
	} names[] = {
		{ 0xa3, "\x30\x00", 2 },
		{ 0xa5, "\xa1\x03\x0c\x01" "a", 5 },
		{ 0x88, "\x2a\x03", 2 },
	};
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct dv_bytes name = KIT(names[i].tag,
		    kit_octets(names[i].octets, names[i].len));
		struct dv_bytes list = KIT(DER_SEQUENCE, name);
		struct dv_cert cert = named(kit_name(NULL), name);
		struct dv_cert plain = named(kit_name("x"), KIT_NONE);

		assert_int_equal(check(&cert, (struct dv_subtrees){ list,
		    KIT_NONE }, &at), DV_R_NAME_CONSTRAINT_UNSUPPORTED);
		assert_int_equal(check(&cert, (struct dv_subtrees){ KIT_NONE,
		    list }, &at), DV_R_NAME_CONSTRAINT_UNSUPPORTED);
		assert_int_equal(check(&plain, (struct dv_subtrees){ list,
		    list }, &at), DV_R_NONE);
	}
}

/* Any of several permitted subtrees will do; exclusion wins over all. */
static void
test_several_subtrees(void **state)
{
	struct dv_bytes permitted = kit_join((struct dv_bytes[]){
	    subtree(DV_NAME_DNS, kit_text("a.example")),
	    subtree(DV_NAME_IP, KIT_OCTETS("\x0a\0\0\0\xff\0\0\0")),
	    subtree(DV_NAME_DNS, kit_text("b.example")) }, 3);
	struct dv_bytes excluded = subtree(DV_NAME_DNS,
	    kit_text("no.b.example"));
	struct dv_subtrees subtrees = { permitted, excluded };
	struct dv_bytes good = KIT(DER_CONTEXT(2), kit_text("x.b.example"));
	struct dv_bytes bad = KIT(DER_CONTEXT(2), kit_text("no.b.example"));
	struct dv_cert cert = named(kit_name("x"), good);
	struct dv_at at;

	(void)state;
	assert_int_equal(check(&cert, subtrees, &at), DV_R_NONE);
	cert = named(kit_name("x"), kit_join((struct dv_bytes[]){ good, bad },
	    2));
	assert_int_equal(check(&cert, subtrees, &at), DV_R_NAME_EXCLUDED);
	assert_int_equal(at.offset, cert.der.len - bad.len);
}

/* Whoever is in one subtree is, though it cannot be compared with another. */
static void
test_excluded_and_cannot_tell(void **state)
{
	struct dv_bytes excluded = kit_join((struct dv_bytes[]){
	    subtree(DV_NAME_EMAIL, kit_text("example.com")),
	    subtree(DV_NAME_EMAIL, kit_text("\"a\"@example.com")) }, 2);
	struct dv_cert cert = named(kit_name(NULL), KIT(DER_CONTEXT(1),
	    kit_text("a@example.com")));
	struct dv_at at;

	(void)state;
	assert_int_equal(check(&cert, (struct dv_subtrees){ KIT_NONE,
	    excluded }, &at), DV_R_NAME_EXCLUDED);
}

/*
 * A URI that ends before its host does not go on into the name behind it,
 * whose length is here a '/'.
 */
static void
test_uri_ends(void **state)
{
	struct dv_bytes base = subtree(DV_NAME_URI, kit_text("example.com"));
	struct dv_bytes behind = KIT(DER_CONTEXT(6),
	    kit_text("/example.com/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
	struct dv_cert cert = named(kit_name(NULL), KIT(DER_CONTEXT(6),
	    kit_text("x")));
	struct dv_at at;

	(void)state;
	assert_int_equal(behind.ptr[1], '/');
	cert = named(kit_name(NULL), kit_join((struct dv_bytes[]){
	    cert.ext.subject_alt_name, behind }, 2));
	assert_int_equal(check(&cert, (struct dv_subtrees){ base, KIT_NONE },
	    &at), DV_R_NAME_CONSTRAINT_UNSUPPORTED);
	assert_int_equal(at.offset, cert.der.len - behind.len - 3);
}

/* emailAddress in the subject counts when no subjectAltName holds mail. */
static void
test_mail_in_subject(void **state)
{
	struct dv_bytes subject = KIT(DER_SEQUENCE, kit_rdn(KIT_O, "Acme"),
	    KIT(DER_SET, KIT(DER_SEQUENCE,
	    KIT_OCTETS("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"),
	    KIT(DER_IA5_STRING, kit_text("a@bad.example")))));
	struct dv_subtrees subtrees = { subtree(DV_NAME_EMAIL,
	    kit_text("good.example")), KIT_NONE };
	struct dv_bytes mail = KIT(DER_CONTEXT(1), kit_text("a@good.example"));
	struct dv_bytes dns = KIT(DER_CONTEXT(2), kit_text("dns.example"));
	struct dv_cert cert = named(subject, KIT_NONE);
	struct dv_at at;

	(void)state;
	assert_int_equal(check(&cert, subtrees, &at), DV_R_NAME_NOT_PERMITTED);
	assert_int_equal(at.field, DV_F_SUBJECT);
	cert = named(subject, dns);
	assert_int_equal(check(&cert, subtrees, &at), DV_R_NAME_NOT_PERMITTED);
	cert = named(subject, mail);
	assert_int_equal(check(&cert, subtrees, &at), DV_R_NONE);
}

static void
test_budget(void **state)
{
	struct dv_subtrees subtrees = { subtree(DV_NAME_DNS, KIT_NONE),
	    KIT_NONE };
	struct dv_cert cert = named(kit_name("x"), KIT(DER_CONTEXT(2),
	    kit_text("a.example")));
	unsigned checks = 0;
	struct dv_at at;

	(void)state;
	/* The subject and one name, each against one subtree. */
	assert_int_equal(dv_constraints_check(&cert, &subtrees, &checks, &at),
	    DV_R_NONE);
	assert_int_equal(checks, 2);
	checks = DV_MAX_NAME_CHECKS - 2;
	assert_int_equal(dv_constraints_check(&cert, &subtrees, &checks, &at),
	    DV_R_NONE);
	checks = DV_MAX_NAME_CHECKS - 1;
	assert_int_equal(dv_constraints_check(&cert, &subtrees, &checks, &at),
	    DV_R_BUDGET_SPENT);
}

/* Nor is it told that a name cannot be compared when that is not all. */
static void
test_budget_before_unknown(void **state)
{
	struct dv_bytes base = subtree(DV_NAME_EMAIL,
	    kit_text("\"a\"@example.com"));
	struct dv_subtrees subtrees = { KIT_NONE,
	    kit_join((struct dv_bytes[]){ base, base }, 2) };
	struct dv_cert cert = named(kit_name(NULL), KIT(DER_CONTEXT(1),
	    kit_text("a@example.com")));
	unsigned checks = DV_MAX_NAME_CHECKS - 2;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_constraints_check(&cert, &subtrees, &checks, &at),
	    DV_R_NAME_CONSTRAINT_UNSUPPORTED);
	checks = DV_MAX_NAME_CHECKS - 1;
	assert_int_equal(dv_constraints_check(&cert, &subtrees, &checks, &at),
	    DV_R_BUDGET_SPENT);
}

/* Constraints of a compiled-in anchor that are not DER refuse every name. */
static void
test_broken_constraints_refuse(void **state)
{
	struct dv_cert cert = named(kit_name("x"), KIT_NONE);
	struct dv_bytes broken = KIT_OCTETS("\x30\x05\x82");
	struct dv_at at;

	(void)state;
	assert_int_equal(check(&cert, (struct dv_subtrees){ broken, KIT_NONE },
	    &at), DV_R_NAME_CONSTRAINT_UNSUPPORTED);
	assert_int_equal(check(&cert, (struct dv_subtrees){ KIT_NONE, broken },
	    &at), DV_R_NAME_CONSTRAINT_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_text_names),
		TEST(test_addresses),
		TEST(test_directory_names),
		TEST(test_other_forms_untouched),
		TEST(test_forms_that_cannot_be_evaluated),
		TEST(test_several_subtrees),
		TEST(test_excluded_and_cannot_tell),
		TEST(test_uri_ends),
		TEST(test_mail_in_subject),
		TEST(test_budget),
		TEST(test_budget_before_unknown),
		TEST(test_broken_constraints_refuse),
	};

	return cmocka_run_group_tests_name("constraints", tests, NULL, NULL);
}
