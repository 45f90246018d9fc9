/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lint rules for the subject and the names of a server. Compares text, resolves
 * nothing. RFC 5280 4.1.2.6, 4.2.1.6 and A.1.
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "ext.h"
#include "host_name.h"
#include "lint.h"
#include "name.h"
#include "oid.h"

void
pki_lint_subject_there(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	bool critical = pki_lint_critical(cert, DV_EXT_SUBJECT_ALT_NAME);

	if (!dv_name_is_empty(cert->subject)) {
		if (critical)
			PKI_LINT_ADD(run, PKI_L_SAN_CRITICAL,
			    pki_lint_ext(cert, DV_EXT_SUBJECT_ALT_NAME),
			    "not critical", "critical");
		return;
	}
	if (!critical || cert->ext.ca)
		PKI_LINT_ADD(run, PKI_L_SUBJECT_EMPTY, pki_lint_subject(cert),
		    cert->ext.ca ? "the name of the CA" :
		    "a name, or a critical subjectAltName", "nothing");
}

static bool
is_printable(uint8_t c)
{
	return c != 0 && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?", c) != NULL;
}

static void
check_printable(struct pki_lint_run *run, const struct dv_element *value)
{
	for (size_t i = 0; i < value->value.len; i++) {
		if (is_printable(value->value.ptr[i]))
			continue;
		PKI_LINT_ADD(run, PKI_L_PRINTABLE, pki_lint_field(DV_F_SUBJECT,
		    dv_bytes_cut(value->value, i, 1)),
		    "letters, digits, space and '()+,-./:=?", "octet 0x%02x",
		    value->value.ptr[i]);
		return;
	}
}

static const char *
string_name(uint8_t tag)
{
	switch (tag) {
	case DER_TELETEX_STRING:
		return "TeletexString";
	case DER_BMP_STRING:
		return "BMPString";
	case DER_UNIVERSAL_STRING:
		return "UniversalString";
	default:
		return NULL;
	}
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Two letters of a PrintableString. */
static void
check_country(struct pki_lint_run *run, const struct dv_element *value)
{
	struct dv_bytes text = value->value;
	bool good = value->tag == DER_PRINTABLE_STRING && text.len == 2;

	for (size_t i = 0; good && i < text.len; i++)
		good = is_letter(text.ptr[i]);
	if (!good)
		PKI_LINT_ADD(run, PKI_L_COUNTRY, pki_lint_field(DV_F_SUBJECT,
		    value->whole), "PrintableString of two letters",
		    "tag 0x%02x, \"%.*s\"", value->tag,
		    (int)(text.len < 64 ? text.len : 64),
		    (const char *)text.ptr);
}

/* ub-common-name and the like, characters; 0: no bound. */
static size_t
upper_bound(struct dv_bytes oid)
{
	static const struct {
		const struct dv_bytes *oid;
		size_t most;
	} bounds[] = {
		{ &dv_oid_common_name, 64 }, { &dv_oid_serial_number, 64 },
		{ &dv_oid_organization, 64 }, { &dv_oid_unit, 64 },
		{ &dv_oid_locality, 128 }, { &dv_oid_state, 128 },
		{ &dv_oid_email_address, 255 },
	};

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		if (dv_bytes_equal(oid, *bounds[i].oid))
			return bounds[i].most;
	}
	return 0;
}

/* Characters of UTF-8 and of types with one octet each. */
static void
check_length(struct pki_lint_run *run, const struct dv_attribute *attribute)
{
	struct dv_bytes text = attribute->value.value;
	size_t most = upper_bound(attribute->oid), n = 0;
	char wanted[48], oid[64];

	for (size_t i = 0; i < text.len; i++)
		n += (text.ptr[i] & 0xc0) != 0x80;
	if (most == 0 || n <= most)
		return;
	dv_oid_text(attribute->oid, oid, sizeof(oid));
	(void)snprintf(wanted, sizeof(wanted), "at most %zu characters", most);
	PKI_LINT_ADD(run, PKI_L_NAME_TOO_LONG, pki_lint_field(DV_F_SUBJECT,
	    attribute->value.whole), wanted, "%zu characters in %s", n, oid);
}

static void
check_attribute(struct pki_lint_run *run, const struct dv_attribute *attribute)
{
	const struct dv_element *value = &attribute->value;
	struct pki_lint_place place = pki_lint_field(DV_F_SUBJECT,
	    value->whole);
	const char *old = string_name(value->tag);

	if (old != NULL)
		PKI_LINT_ADD(run, PKI_L_STRING_TYPE, place,
		    "UTF8String or PrintableString", "%s", old);
	if (value->tag == DER_PRINTABLE_STRING)
		check_printable(run, value);
	if (dv_bytes_equal(attribute->oid, dv_oid_country))
		check_country(run, value);
	if (dv_bytes_equal(attribute->oid, dv_oid_email_address))
		PKI_LINT_ADD(run, PKI_L_EMAIL, place, "none in the subject",
		    "emailAddress");
	check_length(run, attribute);
}

void
pki_lint_subject_strings(struct pki_lint_run *run)
{
	struct dv_bytes rdns = dv_name_contents(run->cert->subject), rdn;
	struct dv_attribute attribute;

	while (dv_rdn_next(&rdns, &rdn)) {
		while (dv_attribute_next(&rdn, &attribute))
			check_attribute(run, &attribute);
	}
}

/* Is there a dNSName or iPAddress; and is one of the dNSNames this text? */
static bool
server_name(const struct dv_cert *cert, struct dv_bytes *text)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(cert->ext.subject_alt_name,
	    DV_F_SUBJECT_ALT_NAME, &at);
	struct dv_element name;
	bool any = false;

	while (!dv_der_empty(&in) && dv_der_any(&in, &name) == DV_R_NONE) {
		int choice = dv_general_name_choice(name.tag);

		any = any || choice == DV_NAME_DNS || choice == DV_NAME_IP;
		if (text != NULL && choice == DV_NAME_DNS &&
		    dv_host_same(name.value, *text))
			return true;
	}
	return text == NULL && any;
}

void
pki_lint_server_names(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct dv_bytes cn = dv_name_attribute(cert->subject,
	    dv_oid_common_name);

	if (!server_name(cert, NULL)) {
		PKI_LINT_ADD(run, PKI_L_SERVER_SAN, pki_lint_ext(cert,
		    DV_EXT_SUBJECT_ALT_NAME), "dNSName or iPAddress",
		    dv_cert_has(cert, DV_EXT_SUBJECT_ALT_NAME) ?
		    "other names" : "no subjectAltName");
		return;
	}
	if (cn.len != 0 && !dv_host_is_address(cn) && !server_name(cert, &cn))
		PKI_LINT_ADD(run, PKI_L_SERVER_CN, pki_lint_field(DV_F_SUBJECT,
		    cn), "one of the dNSNames", "%.*s",
		    (int)(cn.len < 128 ? cn.len : 128), (const char *)cn.ptr);
}
