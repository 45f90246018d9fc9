/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lint rules for CAs, devices, and the profiles beside Matter's. A rule looks at
 * what its profile needs and at nothing else. RFC 5280, IEEE 802.1AR-2018.
 */
#include <string.h>

#include "bytes.h"
#include "ext.h"
#include "host/purpose.h"
#include "lint.h"
#include "name.h"
#include "oid.h"
#include "pki_profile.h"

bool
pki_lint_has_purpose(const struct dv_cert *cert, const char *purpose)
{
	uint8_t room[32];
	size_t len = dv_purpose_oid(purpose, room, sizeof(room));

	return dv_eku_lists(cert->ext.eku, (struct dv_bytes){ room, len });
}

/* ---- CAs ---- */

void
pki_lint_ca(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;

	if (!cert->ext.ca)
		PKI_LINT_ADD(run, PKI_L_CA_FLAG, pki_lint_ext(cert,
		    DV_EXT_BASIC_CONSTRAINTS), "cA TRUE", "%s",
		    dv_cert_has(cert, DV_EXT_BASIC_CONSTRAINTS) ? "cA FALSE" :
		    "no basicConstraints");
	if (cert->ext.subject_key_id.len == 0 &&
	    (run->scopes & PKI_LS_MATTER) == 0)
		PKI_LINT_ADD(run, PKI_L_CA_SKI, pki_lint_ext(cert,
		    DV_EXT_SUBJECT_KEY_ID), "a key identifier", "none");
}

#define CA_USAGE (DV_KU_DIGITAL_SIGNATURE | DV_KU_NON_REPUDIATION |            \
	DV_KU_KEY_CERT_SIGN | DV_KU_CRL_SIGN)

void
pki_lint_ca_usage(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct pki_lint_place place = pki_lint_ext(cert, DV_EXT_KEY_USAGE);
	unsigned usage = cert->ext.key_usage;
	char text[PKI_USAGE_TEXT];

	pki_lint_usage_text(usage, text);
	if (!dv_cert_has(cert, DV_EXT_KEY_USAGE)) {
		PKI_LINT_ADD(run, PKI_L_CA_USAGE_MISSING, place,
		    "keyCertSign, cRLSign", "no keyUsage");
		return;
	}
	if ((usage & DV_KU_KEY_CERT_SIGN) == 0)
		PKI_LINT_ADD(run, PKI_L_CA_CERT_SIGN, place, "keyCertSign",
		    "%s", text);
	if ((usage & DV_KU_CRL_SIGN) == 0)
		PKI_LINT_ADD(run, PKI_L_CA_CRL_SIGN, place, "cRLSign", "%s",
		    text);
	if ((usage & ~CA_USAGE) != 0)
		PKI_LINT_ADD(run, PKI_L_CA_USAGE_SURPLUS, place,
		    "keyCertSign, cRLSign", "%s", text);
}

void
pki_lint_ca_path(struct pki_lint_run *run)
{
	if (run->cert->ext.ca && run->cert->ext.path_len < 0)
		PKI_LINT_ADD(run, PKI_L_CA_PATH_OPEN, pki_lint_ext(run->cert,
		    DV_EXT_BASIC_CONSTRAINTS), "a path length", "none");
}

void
pki_lint_root(struct pki_lint_run *run)
{
	char name[128];

	if (pki_lint_self_issued(run->cert))
		return;
	dv_name_text(run->cert->issuer, name, sizeof(name));
	PKI_LINT_ADD(run, PKI_L_ROOT_NAMES, pki_lint_field(DV_F_ISSUER,
	    run->cert->issuer), "its own subject", "%s", name);
}

/* ---- devices ---- */

void
pki_lint_end(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;

	if (cert->ext.ca)
		PKI_LINT_ADD(run, PKI_L_END_IS_CA, pki_lint_ext(cert,
		    DV_EXT_BASIC_CONSTRAINTS), "cA FALSE", "cA TRUE");
	if (!dv_cert_has(cert, DV_EXT_KEY_USAGE))
		PKI_LINT_ADD(run, PKI_L_END_USAGE_MISSING, pki_lint_ext(cert,
		    DV_EXT_KEY_USAGE), "digitalSignature", "no keyUsage");
	if (pki_lint_self_issued(cert))
		PKI_LINT_ADD(run, PKI_L_END_SELF_ISSUED, pki_lint_field(
		    DV_F_ISSUER, cert->issuer), "the name of a CA",
		    "its own subject");
}

void
pki_lint_end_ids(struct pki_lint_run *run)
{
	if (run->cert->ext.subject_key_id.len == 0)
		PKI_LINT_ADD(run, PKI_L_END_SKI, pki_lint_ext(run->cert,
		    DV_EXT_SUBJECT_KEY_ID), "a key identifier", "none");
}

void
pki_lint_purpose_any(struct pki_lint_run *run)
{
	if (dv_eku_lists(run->cert->ext.eku, dv_oid_any_purpose))
		PKI_LINT_ADD(run, PKI_L_EKU_ANY, pki_lint_ext(run->cert,
		    DV_EXT_EXT_KEY_USAGE), "the purposes by name",
		    "anyExtendedKeyUsage");
}

void
pki_lint_may_sign(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	char text[PKI_USAGE_TEXT];

	if (!dv_cert_has(cert, DV_EXT_KEY_USAGE) ||
	    (cert->ext.key_usage & DV_KU_DIGITAL_SIGNATURE) != 0)
		return;
	pki_lint_usage_text(cert->ext.key_usage, text);
	PKI_LINT_ADD(run, PKI_L_USAGE_SIGNATURE, pki_lint_ext(cert,
	    DV_EXT_KEY_USAGE), "digitalSignature", "%s", text);
}

/* ---- IEEE 802.1AR ---- */

/* RFC 4108 5: id-on-hardwareModuleName, 1.3.6.1.5.5.7.8.4. */
static bool
has_hardware_module(const struct dv_cert *cert)
{
	static const uint8_t oid[] = { 0x2b, 6, 1, 5, 5, 7, 8, 4 };
	struct dv_at at;
	struct dv_der in = dv_der_start(cert->ext.subject_alt_name,
	    DV_F_SUBJECT_ALT_NAME, &at);
	struct dv_element name;

	while (!dv_der_empty(&in) && dv_der_any(&in, &name) == DV_R_NONE) {
		struct dv_der inside = dv_der_inside(&in, name.value, in.field);
		struct dv_bytes type;

		if (dv_general_name_choice(name.tag) == DV_NAME_OTHER &&
		    dv_der_oid(&inside, &type) == DV_R_NONE &&
		    dv_bytes_equal(type, DV_BYTES(oid)))
			return true;
	}
	return false;
}

void
pki_lint_devid(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	unsigned n = pki_attribute_count(cert->subject,
	    dv_oid_serial_number);
	char text[PKI_USAGE_TEXT];

	if (n != 1)
		PKI_LINT_ADD(run, PKI_L_DEVID_SERIAL, pki_lint_subject(cert),
		    "serialNumber once", "%u times", n);
	pki_lint_usage_text(cert->ext.key_usage, text);
	if (dv_cert_has(cert, DV_EXT_KEY_USAGE) &&
	    (cert->ext.key_usage & DV_KU_DIGITAL_SIGNATURE) == 0)
		PKI_LINT_ADD(run, PKI_L_DEVID_USAGE, pki_lint_ext(cert,
		    DV_EXT_KEY_USAGE), "digitalSignature", "%s", text);
	if (dv_cert_has(cert, DV_EXT_SUBJECT_ALT_NAME) &&
	    !has_hardware_module(cert))
		PKI_LINT_ADD(run, PKI_L_DEVID_SAN, pki_lint_ext(cert,
		    DV_EXT_SUBJECT_ALT_NAME), "hardwareModuleName",
		    "other names");
}

void
pki_lint_devid_end(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	char text[DV_TIME_TEXT];

	if (cert->not_after.s == DV_TIME_MAX)
		return;
	dv_time_format(cert->not_after, text);
	PKI_LINT_ADD(run, PKI_L_DEVID_END, pki_lint_field(DV_F_NOT_AFTER,
	    cert->until), "9999-12-31T23:59:59Z", "%s", text);
}

void
pki_lint_idevid(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;

	if (dv_cert_has(cert, DV_EXT_SUBJECT_KEY_ID))
		PKI_LINT_ADD(run, PKI_L_DEVID_SKI, pki_lint_ext(cert,
		    DV_EXT_SUBJECT_KEY_ID), "none", "subjectKeyIdentifier");
	if (dv_cert_has(cert, DV_EXT_EXT_KEY_USAGE))
		PKI_LINT_ADD(run, PKI_L_DEVID_EKU, pki_lint_ext(cert,
		    DV_EXT_EXT_KEY_USAGE), "none", "extKeyUsage");
}

/* ---- purposes ---- */

static void
wants_purpose(struct pki_lint_run *run, enum pki_lint_id id,
    const char *purpose)
{
	const struct dv_cert *cert = run->cert;

	if (!pki_lint_has_purpose(cert, purpose))
		PKI_LINT_ADD(run, id, pki_lint_ext(cert, DV_EXT_EXT_KEY_USAGE),
		    purpose, "%s", dv_cert_has(cert, DV_EXT_EXT_KEY_USAGE) ?
		    "other purposes" : "no extKeyUsage");
}

void
pki_lint_client(struct pki_lint_run *run)
{
	wants_purpose(run, PKI_L_CLIENT_EKU, "clientAuth");
}

#define BROWSER_DAYS 398

void
pki_lint_server(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;

	wants_purpose(run, PKI_L_SERVER_EKU, "serverAuth");
	if (pki_lint_days(cert) > BROWSER_DAYS)
		PKI_LINT_ADD(run, PKI_L_SERVER_LONG, pki_lint_field(
		    DV_F_NOT_AFTER, cert->until), "at most 398 days",
		    "%lld days", (long long)pki_lint_days(cert));
}

/* RFC 9809 3: configuration, trust anchors, updates, safety. */
static const char *const code_purposes[] = { "codeSigning",
    "1.3.6.1.5.5.7.3.41", "1.3.6.1.5.5.7.3.42", "1.3.6.1.5.5.7.3.43",
    "1.3.6.1.5.5.7.3.44" };
static const char *const foreign_purposes[] = { "serverAuth", "clientAuth",
    "emailProtection" };

static const char *
first_of(const struct dv_cert *cert, const char *const *purposes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pki_lint_has_purpose(cert, purposes[i]))
			return purposes[i];
	}
	return NULL;
}

void
pki_lint_code(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	const char *foreign = first_of(cert, foreign_purposes,
	    sizeof(foreign_purposes) / sizeof(foreign_purposes[0]));

	if (first_of(cert, code_purposes, sizeof(code_purposes) /
	    sizeof(code_purposes[0])) == NULL)
		wants_purpose(run, PKI_L_CODE_EKU, code_purposes[0]);
	if (foreign != NULL)
		PKI_LINT_ADD(run, PKI_L_CODE_MIXED, pki_lint_ext(cert,
		    DV_EXT_EXT_KEY_USAGE), "purposes of code alone", "%s",
		    foreign);
}
