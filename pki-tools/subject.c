/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which names may stand in a certificate: whoever wrote them, the CA answers
 * for them. Never mends a name, only refuses it. RFC 5280 4.1.2.6 and A.1.
 */
#include <string.h>

#include "bytes.h"
#include "ds_der.h"
#include "name.h"
#include "pki_profile.h"

/* Room for a Name with one more attribute. */
#define NAME_ROOM 8192

struct kind {
	const char *name;
	uint8_t oid[10];
	size_t oid_len;
	size_t min, max;	/* characters, RFC 5280 A.1 */
	uint8_t only;		/* the one string type, 0: DirectoryString */
	bool hex;		/* digits 0-9 A-F alone: Matter 6.1.1 */
};

#define UID_ARC 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1
#define MATTER_ARC 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0xa2, 0x7c, 2

static const struct kind kinds[] = {
	{ "CN", { 0x55, 4, 3 }, 3, 1, 64, 0, false },
	{ "serialNumber", { 0x55, 4, 5 }, 3, 1, 64, DER_PRINTABLE_STRING,
	  false },
	{ "C", { 0x55, 4, 6 }, 3, 2, 2, DER_PRINTABLE_STRING, false },
	{ "L", { 0x55, 4, 7 }, 3, 1, 128, 0, false },
	{ "ST", { 0x55, 4, 8 }, 3, 1, 128, 0, false },
	{ "O", { 0x55, 4, 10 }, 3, 1, 64, 0, false },
	{ "OU", { 0x55, 4, 11 }, 3, 1, 64, 0, false },
	{ "businessCategory", { 0x55, 4, 15 }, 3, 1, 128, 0, false },
	{ "dnQualifier", { 0x55, 4, 46 }, 3, 1, 64, DER_PRINTABLE_STRING,
	  false },
	{ "UID", { UID_ARC, 1 }, 10, 1, 256, 0, false },
	{ "DC", { UID_ARC, 25 }, 10, 1, 63, DER_IA5_STRING, false },
	{ "VID", { MATTER_ARC, 1 }, 10, 4, 4, DER_UTF8_STRING, true },
	{ "PID", { MATTER_ARC, 2 }, 10, 4, 4, DER_UTF8_STRING, true },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Attributes that are not in the table. */
static const struct kind other = { "", { 0 }, 0, 1, 256, 0, false };

static const struct kind *
kind_of(struct dv_bytes oid)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (dv_bytes_equal(oid, (struct dv_bytes){ kinds[i].oid,
		    kinds[i].oid_len }))
			return &kinds[i];
	}
	return &other;
}

/* Of a word: name need not end with NUL. */
static struct dv_bytes
oid_of(const char *name, size_t len)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strlen(kinds[i].name) == len &&
		    memcmp(kinds[i].name, name, len) == 0)
			return (struct dv_bytes){ kinds[i].oid,
			    kinds[i].oid_len };
	}
	return (struct dv_bytes){ NULL, 0 };
}

static struct dv_bytes
oid_named(const char *name)
{
	return oid_of(name, strlen(name));
}

bool
pki_attribute_known(const char *name)
{
	return oid_named(name).len != 0;
}

/* "CN", or the dotted OID of an attribute without a short name. */
static void
label(struct dv_bytes oid, char *out, size_t cap)
{
	const struct kind *kind = kind_of(oid);

	if (kind == &other)
		dv_oid_text(oid, out, cap);
	else
		(void)strncpy(out, kind->name, cap - 1);
	out[cap - 1] = '\0';
}

/* Characters of a string whose form the parser has checked. */
static size_t
characters(struct dv_bytes text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += (text.ptr[i] & 0xc0) != 0x80;
	return n;
}

/* What comparison (RFC 5280 7.1) does not see, or a display obeys. */
static bool
has_odd_space(struct dv_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return true;
		if (text.ptr[i] == ' ' && (i == 0 || i + 1 == text.len ||
		    text.ptr[i - 1] == ' '))
			return true;
	}
	return false;
}

static bool
is_hex(struct dv_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\0' || strchr("0123456789ABCDEF",
		    text.ptr[i]) == NULL)
			return false;
	}
	return true;
}

static bool
fits_type(const struct kind *kind, uint8_t tag)
{
	if (kind->only != 0)
		return tag == kind->only;
	return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING;
}

static enum dv_exit
check_value(const struct dv_attribute *attribute, struct dv_err *err)
{
	const struct kind *kind = kind_of(attribute->oid);
	struct dv_bytes text = attribute->value.value;
	size_t n = characters(text);
	char name[64] = "";

	label(attribute->oid, name, sizeof(name));
	if (!fits_type(kind, attribute->value.tag))
		return dv_fail(err, DV_EXIT_NO, "refused: %s in the subject "
		    "has string type %#x; only %s is taken", name,
		    (unsigned)attribute->value.tag, kind->only == 0 ?
		    "UTF8String or PrintableString" :
		    kind->only == DER_IA5_STRING ? "IA5String" :
		    kind->only == DER_UTF8_STRING ? "UTF8String" :
		    "PrintableString");
	if (n < kind->min || n > kind->max)
		return dv_fail(err, DV_EXIT_NO, "refused: %s in the subject "
		    "has %zu characters; %zu to %zu are permitted", name, n,
		    kind->min, kind->max);
	if (kind->hex && !is_hex(text))
		return dv_fail(err, DV_EXIT_NO, "refused: %s in the subject is "
		    "%.*s; four of the digits 0-9 and A-F are wanted", name,
		    (int)text.len, (const char *)text.ptr);
	if (has_odd_space(text))
		return dv_fail(err, DV_EXIT_NO, "refused: %s in the subject "
		    "has a control character, or a blank at an end or beside "
		    "another", name);
	return DV_EXIT_YES;
}

/* One RDN: exactly one attribute, which must be in order. */
static enum dv_exit
check_rdn(struct dv_bytes rdn, struct dv_attribute *out, struct dv_err *err)
{
	if (!dv_attribute_next(&rdn, out))
		return dv_fail(err, DV_EXIT_NO,
		    "refused: the subject is malformed");
	if (rdn.len != 0)
		return dv_fail(err, DV_EXIT_NO, "refused: the subject has two "
		    "attributes in one RDN, which small parsers cannot read");
	return check_value(out, err);
}

unsigned
pki_attribute_count(struct dv_bytes name, struct dv_bytes oid)
{
	struct dv_bytes rdns = dv_name_contents(name), rdn;
	struct dv_attribute attribute;
	unsigned n = 0;

	while (dv_rdn_next(&rdns, &rdn)) {
		while (dv_attribute_next(&rdn, &attribute))
			n += dv_bytes_equal(attribute.oid, oid);
	}
	return n;
}

static enum dv_exit
check_once(struct dv_bytes name, const char *word, size_t len,
    const struct pki_profile *profile, struct dv_err *err)
{
	unsigned n = pki_attribute_count(name, oid_of(word, len));
	enum dv_exit exit;

	if (n == 1)
		return DV_EXIT_YES;
	if (n > 1)
		return dv_fail(err, DV_EXIT_NO, "refused: the subject has %u "
		    "times %.*s; profile %s demands one", n, (int)len, word,
		    profile->name);
	exit = dv_fail(err, DV_EXIT_NO, "refused: the subject has no %.*s, "
	    "which profile %s demands", (int)len, word, profile->name);
	return dv_hint(err, exit, "name it with -n, for example -n "
	    "\"%.*s=%s,O=Example\"%s", (int)len, word,
	    kind_of(oid_of(word, len))->hex ? "FFF1" : "unit-0042",
	    profile->ca ? "" : ", or in the request");
}

/* What the profile demands and what it excludes. */
static enum dv_exit
check_attributes(struct dv_bytes name, const struct pki_profile *profile,
    struct dv_err *err)
{
	const char *also = profile->also, *never = profile->never, *word;
	enum dv_exit exit = check_once(name, profile->required,
	    strlen(profile->required), profile, err);
	size_t len;

	while (exit == DV_EXIT_YES && (len = pki_word_next(&also, &word)) > 0)
		exit = check_once(name, word, len, profile, err);
	while (exit == DV_EXIT_YES && (len = pki_word_next(&never, &word)) > 0) {
		if (pki_attribute_count(name, oid_of(word, len)) > 0)
			exit = dv_fail(err, DV_EXIT_NO, "refused: the subject "
			    "has %.*s, which profile %s excludes", (int)len,
			    word, profile->name);
	}
	return exit;
}

/* The parser's demands: form, order, characters of each string type. */
static enum dv_exit
check_form(struct dv_bytes name, struct dv_err *err)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(name, DV_F_SUBJECT, &at);
	struct dv_bytes whole;
	enum dv_reason reason = dv_name_read(&in, &whole);

	if (reason == DV_R_NONE)
		reason = dv_der_end(&in);
	if (reason == DV_R_NONE)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "refused: the subject cannot be read: "
	    "%s (%s)", dv_reason_text(reason), dv_reason_rule(reason));
}

enum dv_exit
pki_subject_check(struct dv_bytes name, const struct pki_profile *profile,
    struct dv_err *err)
{
	struct dv_bytes rdns = dv_name_contents(name);
	struct dv_bytes rdn;
	enum dv_exit exit = check_form(name, err);

	while (exit == DV_EXIT_YES && dv_rdn_next(&rdns, &rdn)) {
		struct dv_attribute attribute;

		exit = check_rdn(rdn, &attribute, err);
	}
	return exit == DV_EXIT_YES ? check_attributes(name, profile, err) :
	    exit;
}

/* One attribute that subject and issuer must agree in. */
static enum dv_exit
check_same(struct dv_bytes name, struct dv_bytes issuer,
    struct dv_bytes oid, bool needed, struct dv_err *err)
{
	struct dv_bytes own = dv_name_attribute(name, oid);
	struct dv_bytes theirs = dv_name_attribute(issuer, oid);
	char what[64] = "";

	if (theirs.ptr == NULL ? !needed : dv_bytes_equal(own, theirs))
		return DV_EXIT_YES;
	label(oid, what, sizeof(what));
	if (theirs.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "refused: the issuer's name "
		    "has no %s, so it is not one for this profile", what);
	return dv_fail(err, DV_EXIT_NO, "refused: %s of the subject is %.*s; "
	    "the issuer's is %.*s, and they must be equal", what,
	    own.ptr == NULL ? 6 : (int)own.len,
	    own.ptr == NULL ? "absent" : (const char *)own.ptr,
	    (int)theirs.len, (const char *)theirs.ptr);
}

enum dv_exit
pki_subject_agrees(struct dv_bytes name, struct dv_bytes issuer,
    const struct pki_profile *profile, struct dv_err *err)
{
	const char *always = profile->as_issuer, *word;
	const char *sometimes = profile->as_issuer_if;
	enum dv_exit exit = DV_EXIT_YES;
	size_t len;

	while (exit == DV_EXIT_YES && (len = pki_word_next(&always, &word)) > 0)
		exit = check_same(name, issuer, oid_of(word, len), true, err);
	while (exit == DV_EXIT_YES &&
	    (len = pki_word_next(&sometimes, &word)) > 0)
		exit = check_same(name, issuer, oid_of(word, len), false, err);
	return exit;
}

enum dv_exit
pki_subject_check_request(struct dv_bytes name,
    const struct pki_profile *profile, struct dv_err *err)
{
	struct dv_bytes rdns = dv_name_contents(name), rdn;
	struct dv_attribute attribute;
	char what[64] = "";
	enum dv_exit exit;

	while (dv_rdn_next(&rdns, &rdn)) {
		while (dv_attribute_next(&rdn, &attribute)) {
			label(attribute.oid, what, sizeof(what));
			if (pki_word_in(profile->from_request, what))
				continue;
			exit = dv_fail(err, DV_EXIT_NO, "refused: the request "
			    "asks for %s in its subject, which profile %s "
			    "does not let a request say", what, profile->name);
			return dv_hint(err, exit, "it may say: %s; -n gives "
			    "another subject",
			    profile->from_request == NULL ? "nothing" :
			    profile->from_request);
		}
	}
	return DV_EXIT_YES;
}

enum dv_exit
pki_subject_within(struct dv_bytes request, struct dv_bytes name,
    struct dv_err *err)
{
	struct dv_bytes rdns = dv_name_contents(request), rdn;
	struct dv_attribute a;
	char what[64] = "";
	enum dv_exit exit;

	while (dv_rdn_next(&rdns, &rdn)) {
		while (dv_attribute_next(&rdn, &a)) {
			if (dv_bytes_equal(dv_name_attribute(name, a.oid),
			    a.value.value))
				continue;
			label(a.oid, what, sizeof(what));
			exit = dv_fail(err, DV_EXIT_NO, "refused: the request "
			    "asks for %s \"%.*s\", which is not in the "
			    "certificate's subject", what,
			    a.value.value.len > 64 ? 64 :
			    (int)a.value.value.len,
			    (const char *)a.value.value.ptr);
			return dv_hint(err, exit, "what all devices share is "
			    "said with -n");
		}
	}
	return DV_EXIT_YES;
}

struct dv_bytes
pki_subject_identity(struct dv_bytes name, const struct pki_profile *profile)
{
	return dv_name_attribute(name, oid_named(profile->required));
}

bool
pki_subject_add(struct dv_bytes name, const char *attribute,
    const char *value, struct dv_buf *out)
{
	struct dv_bytes oid = oid_named(attribute), made;
	const struct kind *kind = kind_of(oid);
	uint8_t room[NAME_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));

	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_raw(&w, dv_name_contents(name));
	ds_der_begin(&w, DER_SET);
	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_oid(&w, oid);
	ds_der_text(&w, kind->only != 0 ? kind->only : DER_UTF8_STRING, value);
	ds_der_end(&w);
	ds_der_end(&w);
	ds_der_end(&w);
	made = ds_der_done(&w);
	return oid.len != 0 && made.ptr != NULL && dv_buf_add(out, made);
}

enum dv_exit
pki_subject_identify(struct dv_bytes name, const char *attribute,
    const char *value, struct dv_buf *out, struct dv_err *err)
{
	struct dv_bytes found = dv_name_attribute(name, oid_named(attribute));

	if (found.ptr != NULL && !dv_bytes_equal_text(found, value))
		return dv_fail(err, DV_EXIT_NO, "refused: the subject has "
		    "%s %.*s, the device is %s", attribute, (int)found.len,
		    (const char *)found.ptr, value);
	if (found.ptr == NULL ? pki_subject_add(name, attribute, value,
	    out) : dv_buf_add(out, name))
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE, "the subject is too long");
}
