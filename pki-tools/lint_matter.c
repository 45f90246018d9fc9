/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lint rules for Matter's attestation certificates: PAA, PAI and DAC. What a
 * commissioner asks of certification declarations is not looked at. Matter
 * Core Specification 6.1.3, 6.2.2.
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "host/text.h"
#include "lint.h"
#include "name.h"
#include "oid.h"

#define SIZE_MAX_DER 600	/* octets */
#define KEY_ID 20
#define ID_DIGITS 4

static const struct matter_id {
	const char *oid, *fallback;	/* fallback: inside the CN, 6.2.2.2 */
} vendor = { "1.3.6.1.4.1.37244.2.1", "Mvid:" },
    product = { "1.3.6.1.4.1.37244.2.2", "Mpid:" };

void
pki_lint_matter_form(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	char oid[96];

	dv_oid_text(cert->sig_oid, oid, sizeof(oid));
	if (cert->sig_alg != DV_SIG_ECDSA_SHA256)
		PKI_LINT_ADD(run, PKI_L_MATTER_SIGNATURE, pki_lint_field(
		    DV_F_SIGNATURE_ALGORITHM, cert->sig_oid),
		    "1.2.840.10045.4.3.2", "%s", oid);
	if (cert->key.type != DV_KEY_P256)
		PKI_LINT_ADD(run, PKI_L_MATTER_KEY, pki_lint_field(DV_F_SPKI,
		    cert->key.spki), "P-256", "%s", cert->key.type ==
		    DV_KEY_NONE ? "another type" :
		    dv_key_type_name(cert->key.type));
	if (cert->der.len > SIZE_MAX_DER)
		PKI_LINT_ADD(run, PKI_L_MATTER_SIZE, pki_lint_field(
		    DV_F_CERTIFICATE, cert->der), "at most 600 octets",
		    "%zu octets", cert->der.len);
}

static void
path_length(struct pki_lint_run *run, enum pki_lint_id id, const char *wanted)
{
	struct pki_lint_place place = pki_lint_ext(run->cert,
	    DV_EXT_BASIC_CONSTRAINTS);

	if (run->cert->ext.path_len < 0)
		PKI_LINT_ADD(run, id, place, wanted, "none");
	else
		PKI_LINT_ADD(run, id, place, wanted, "%d",
		    run->cert->ext.path_len);
}

void
pki_lint_matter_basic(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct pki_lint_place place = pki_lint_ext(cert,
	    DV_EXT_BASIC_CONSTRAINTS);
	int length = cert->ext.path_len;

	if (!pki_lint_critical(cert, DV_EXT_BASIC_CONSTRAINTS))
		PKI_LINT_ADD(run, PKI_L_MATTER_BASIC, place, "critical", "%s",
		    dv_cert_has(cert, DV_EXT_BASIC_CONSTRAINTS) ?
		    "not critical" : "no basicConstraints");
	if ((run->scopes & PKI_LS_DAC) != 0 && cert->ext.ca)
		PKI_LINT_ADD(run, PKI_L_MATTER_DAC_CA, place, "cA FALSE",
		    "cA TRUE");
	if ((run->scopes & PKI_LS_PAI) != 0 && length != 0)
		path_length(run, PKI_L_MATTER_PAI_PATH, "0");
	if ((run->scopes & PKI_LS_PAA) != 0 && length >= 0 && length != 1)
		path_length(run, PKI_L_MATTER_PAA_PATH, "1, or none");
}

/* A CA's key may also sign OCSP answers and the like. */
void
pki_lint_matter_usage(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	bool ca = (run->scopes & PKI_LS_CA) != 0;
	unsigned usage = cert->ext.key_usage;
	unsigned wanted = ca ? DV_KU_KEY_CERT_SIGN | DV_KU_CRL_SIGN :
	    DV_KU_DIGITAL_SIGNATURE;
	bool critical = pki_lint_critical(cert, DV_EXT_KEY_USAGE);
	char text[PKI_USAGE_TEXT];

	if (ca)
		usage &= ~DV_KU_DIGITAL_SIGNATURE;
	if (usage == wanted && critical)
		return;
	pki_lint_usage_text(cert->ext.key_usage, text);
	PKI_LINT_ADD(run, PKI_L_MATTER_USAGE, pki_lint_ext(cert,
	    DV_EXT_KEY_USAGE), ca ? "keyCertSign, cRLSign, critical" :
	    "digitalSignature, critical", "%s%s", text,
	    critical ? "" : ", not critical");
}

void
pki_lint_matter_ids(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	const struct dv_extensions *ext = &cert->ext;

	if (ext->subject_key_id.len != KEY_ID)
		PKI_LINT_ADD(run, PKI_L_MATTER_SKI, pki_lint_ext(cert,
		    DV_EXT_SUBJECT_KEY_ID), "20 octets", "%zu octets",
		    ext->subject_key_id.len);
	if (ext->authority_key_id.len != KEY_ID &&
	    ((run->scopes & PKI_LS_PAA) == 0 ||
	    dv_cert_has(cert, DV_EXT_AUTHORITY_KEY_ID)))
		PKI_LINT_ADD(run, PKI_L_MATTER_AKI, pki_lint_ext(cert,
		    DV_EXT_AUTHORITY_KEY_ID), "20 octets", "%zu octets",
		    ext->authority_key_id.len);
}

/* ---- vendor and product id ---- */

static struct dv_bytes
attribute(struct dv_bytes name, const char *dotted)
{
	uint8_t room[16];

	return dv_name_attribute(name, (struct dv_bytes){ room,
	    dv_oid_parse(dotted, room, sizeof(room)) });
}

/* 6.2.2.2: the digits behind the first such prefix of the CN, if any. */
static struct dv_bytes
behind(struct dv_bytes cn, const char *prefix)
{
	size_t len = strlen(prefix);

	for (size_t i = 0; i + len <= cn.len; i++) {
		if (memcmp(cn.ptr + i, prefix, len) == 0)
			return (struct dv_bytes){ cn.ptr + i + len,
			    cn.len - i - len < ID_DIGITS ? cn.len - i - len :
			    ID_DIGITS };
	}
	return (struct dv_bytes){ NULL, 0 };
}

/* The id as stated; ptr NULL when it is not. Attributes go before the CN. */
static struct dv_bytes
stated(struct dv_bytes name, const struct matter_id *which)
{
	if (attribute(name, vendor.oid).ptr != NULL ||
	    attribute(name, product.oid).ptr != NULL)
		return attribute(name, which->oid);
	return behind(dv_name_attribute(name, dv_oid_common_name),
	    which->fallback);
}

bool
pki_lint_is_id(struct dv_bytes id)
{
	if (id.ptr == NULL || id.len != ID_DIGITS)
		return false;
	for (size_t i = 0; i < ID_DIGITS; i++) {
		if (!(id.ptr[i] >= '0' && id.ptr[i] <= '9') &&
		    !(id.ptr[i] >= 'A' && id.ptr[i] <= 'F'))
			return false;
	}
	return true;
}

/* What stands there, as far as it can be an id. */
#define ID_TEXT 24
static void
id_text(struct dv_bytes id, char out[ID_TEXT])
{
	(void)snprintf(out, ID_TEXT, "%.*s", id.len == 0 ? 7 :
	    (int)(id.len < ID_TEXT ? id.len : ID_TEXT - 1), id.len == 0 ?
	    "nothing" : (const char *)id.ptr);
}

/* Is it this one, if there is one? */
static void
compare(struct pki_lint_run *run, enum pki_lint_id finding,
    struct dv_bytes id, struct dv_bytes other)
{
	char wanted[ID_TEXT], found[ID_TEXT];

	if (!pki_lint_is_id(other) || dv_bytes_equal(id, other))
		return;
	id_text(id, found);
	id_text(other, wanted);
	PKI_LINT_ADD(run, finding, pki_lint_subject(run->cert), wanted, "%s",
	    found);
}

/* An id of the subject: there, well formed, and what issuer and device state. */
static void
check_id(struct pki_lint_run *run, const struct matter_id *which,
    bool needed)
{
	bool is_vendor = which == &vendor;
	const char *device = is_vendor ? run->q->vid : run->q->pid;
	struct dv_bytes id = stated(run->cert->subject, which);

	if (id.ptr == NULL && !needed)
		return;
	if (!pki_lint_is_id(id)) {
		char found[ID_TEXT];

		id_text(id, found);
		PKI_LINT_ADD(run, is_vendor ? PKI_L_MATTER_VID :
		    PKI_L_MATTER_PID, pki_lint_subject(run->cert),
		    "four upper-case hexadecimal digits", "%s", found);
		return;
	}
	compare(run, is_vendor ? PKI_L_MATTER_VID_ISSUER :
	    PKI_L_MATTER_PID_ISSUER, id, stated(run->cert->issuer, which));
	if (device != NULL)
		compare(run, is_vendor ? PKI_L_MATTER_VID_DEVICE :
		    PKI_L_MATTER_PID_DEVICE, id, dv_text_bytes(device));
}

void
pki_lint_matter_vendor(struct pki_lint_run *run)
{
	bool paa = (run->scopes & PKI_LS_PAA) != 0;
	struct dv_bytes id = stated(run->cert->subject, &product);
	char found[ID_TEXT];

	id_text(id, found);
	check_id(run, &vendor, !paa);
	if (!paa)
		check_id(run, &product, (run->scopes & PKI_LS_DAC) != 0);
	else if (id.ptr != NULL)
		PKI_LINT_ADD(run, PKI_L_MATTER_PAA_PID,
		    pki_lint_subject(run->cert), "none", "%s", found);
}
