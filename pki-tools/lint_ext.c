/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lint rules for the extensions of any certificate, and for keyUsage beside the
 * type of the key. RFC 5280 4.2, RFC 9608; RFC 8813, RFC 9295, RFC 3279.
 */
#include <stdio.h>
#include <string.h>

#include "lint.h"
#include "oid.h"

static const struct {
	enum dv_field field;
	int critical;	/* must be: 1; must not be: 0; either: -1 */
	const char *clause;
} exts[DV_EXT_COUNT] = {
	[DV_EXT_AUTHORITY_KEY_ID] = { DV_F_AUTHORITY_KEY_ID, 0, "RFC 5280 4.2.1.1" },
	[DV_EXT_SUBJECT_KEY_ID] = { DV_F_SUBJECT_KEY_ID, 0, "RFC 5280 4.2.1.2" },
	[DV_EXT_KEY_USAGE] = { DV_F_KEY_USAGE, -1, "" },
	[DV_EXT_CERTIFICATE_POLICIES] = { DV_F_CERTIFICATE_POLICIES, -1, "" },
	[DV_EXT_POLICY_MAPPINGS] = { DV_F_POLICY_MAPPINGS, -1, "" },
	[DV_EXT_SUBJECT_ALT_NAME] = { DV_F_SUBJECT_ALT_NAME, -1, "" },
	[DV_EXT_ISSUER_ALT_NAME] = { DV_F_ISSUER_ALT_NAME, -1, "" },
	[DV_EXT_BASIC_CONSTRAINTS] = { DV_F_BASIC_CONSTRAINTS, -1,
	    "RFC 5280 4.2.1.9" },
	[DV_EXT_NAME_CONSTRAINTS] = { DV_F_NAME_CONSTRAINTS, 1, "RFC 5280 4.2.1.10" },
	[DV_EXT_POLICY_CONSTRAINTS] = { DV_F_POLICY_CONSTRAINTS, 1,
	    "RFC 5280 4.2.1.11" },
	[DV_EXT_EXT_KEY_USAGE] = { DV_F_EXT_KEY_USAGE, -1, "" },
	[DV_EXT_CRL_DISTRIBUTION_POINTS] = { DV_F_CRL_DISTRIBUTION_POINTS, -1,
	    "" },
	[DV_EXT_INHIBIT_ANY_POLICY] = { DV_F_INHIBIT_ANY_POLICY, 1,
	    "RFC 5280 4.2.1.14" },
	[DV_EXT_FRESHEST_CRL] = { DV_F_FRESHEST_CRL, 0, "RFC 5280 4.2.1.15" },
	[DV_EXT_AUTHORITY_INFO_ACCESS] = { DV_F_AUTHORITY_INFO_ACCESS, 0,
	    "RFC 5280 4.2.2.1" },
	[DV_EXT_SUBJECT_INFO_ACCESS] = { DV_F_SUBJECT_INFO_ACCESS, 0,
	    "RFC 5280 4.2.2.2" },
	[DV_EXT_NO_REV_AVAIL] = { DV_F_NO_REV_AVAIL, 0, "RFC 9608 2" },
	[DV_EXT_MASA_URL] = { DV_F_MASA_URL, 0, "RFC 8995 2.3.2" },
	[DV_EXT_AUTHORISED_ONLY] = { DV_F_AUTHORISED_ONLY, 0,
	    "docs/PROFILES.md" },
};

struct pki_lint_place
pki_lint_ext(const struct dv_cert *cert, enum dv_ext ext)
{
	return pki_lint_field(exts[ext].field, cert->ext.value[ext]);
}

/* RFC 5280 4.2.1.9: in a CA, basicConstraints is critical. */
static int
must_be_critical(const struct dv_cert *cert, enum dv_ext ext)
{
	return ext == DV_EXT_BASIC_CONSTRAINTS && cert->ext.ca ? 1 :
	    exts[ext].critical;
}

void
pki_lint_criticality(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	char oid[96];

	for (enum dv_ext e = 0; e < DV_EXT_COUNT; e++) {
		int wanted = must_be_critical(cert, e);

		if (!dv_cert_has(cert, e) || wanted < 0 ||
		    wanted == pki_lint_critical(cert, e))
			continue;
		PKI_LINT_ADD(run, PKI_L_CRITICAL_WRONG, pki_lint_ext(cert, e),
		    wanted == 1 ? "critical" : "not critical", "%s (%s)",
		    wanted == 1 ? "not critical" : "critical",
		    exts[e].clause);
	}
	if (cert->ext.unknown_critical.ptr == NULL)
		return;
	dv_oid_text(cert->ext.unknown_critical, oid, sizeof(oid));
	PKI_LINT_ADD(run, PKI_L_CRITICAL_UNKNOWN, pki_lint_field(
	    DV_F_EXTENSION, cert->ext.unknown_critical),
	    "not critical, or known to every reader", "%s", oid);
}

/* RFC 5280 4.2.1.1: only the self-signed may do without. */
void
pki_lint_aki(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	bool there = dv_cert_has(cert, DV_EXT_AUTHORITY_KEY_ID);

	if (cert->ext.authority_key_id.len != 0 ||
	    (!there && pki_lint_self_issued(cert)))
		return;
	PKI_LINT_ADD(run, PKI_L_AKI_MISSING, pki_lint_ext(cert,
	    DV_EXT_AUTHORITY_KEY_ID), "a keyIdentifier", "%s",
	    there ? "none in it" : "no such extension");
}

/* What means something in a CA's certificate alone. */
void
pki_lint_not_ca(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	const struct dv_extensions *ext = &cert->ext;

	if (ext->ca)
		return;
	if (dv_cert_has(cert, DV_EXT_NAME_CONSTRAINTS))
		PKI_LINT_ADD(run, PKI_L_NAMES_NOT_CA, pki_lint_ext(cert,
		    DV_EXT_NAME_CONSTRAINTS), "none", "nameConstraints, "
		    "cA FALSE");
	if (ext->path_len >= 0)
		PKI_LINT_ADD(run, PKI_L_PATH_NOT_CA, pki_lint_ext(cert,
		    DV_EXT_BASIC_CONSTRAINTS), "none", "path length %d, "
		    "cA FALSE", ext->path_len);
	if ((ext->key_usage & DV_KU_KEY_CERT_SIGN) != 0 &&
	    (run->scopes & PKI_LS_MATTER) == 0)
		PKI_LINT_ADD(run, PKI_L_USAGE_CERT_SIGN, pki_lint_ext(cert,
		    DV_EXT_KEY_USAGE), "no keyCertSign", "keyCertSign, "
		    "cA FALSE");
}

void
pki_lint_no_rev_avail(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct pki_lint_place place = pki_lint_ext(cert, DV_EXT_NO_REV_AVAIL);

	if (!dv_cert_has(cert, DV_EXT_NO_REV_AVAIL))
		return;
	if (cert->ext.ca)
		PKI_LINT_ADD(run, PKI_L_NO_REV_AVAIL_CA, place, "none",
		    "noRevAvail, cA TRUE");
	if (dv_cert_has(cert, DV_EXT_CRL_DISTRIBUTION_POINTS) ||
	    dv_cert_has(cert, DV_EXT_FRESHEST_CRL))
		PKI_LINT_ADD(run, PKI_L_NO_REV_AVAIL_POINTS, place,
		    "neither cRLDistributionPoints nor freshestCRL", "%s",
		    dv_cert_has(cert, DV_EXT_CRL_DISTRIBUTION_POINTS) ?
		    "cRLDistributionPoints" : "freshestCRL");
}

/* docs/PROFILES.md, By authorisation only. */
void
pki_lint_authorised_only(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct pki_lint_place place = pki_lint_ext(cert,
	    DV_EXT_AUTHORISED_ONLY);

	if (!dv_cert_has(cert, DV_EXT_AUTHORISED_ONLY) ||
	    (cert->ext.ca && cert->ext.path_len == 0))
		return;
	if (cert->ext.ca && cert->ext.path_len > 0)
		PKI_LINT_ADD(run, PKI_L_AUTHORISED_ONLY_OPEN, place,
		    "cA TRUE, path length 0", "path length %d",
		    cert->ext.path_len);
	else
		PKI_LINT_ADD(run, PKI_L_AUTHORISED_ONLY_OPEN, place,
		    "cA TRUE, path length 0", "%s", cert->ext.ca ?
		    "no path length" : "cA FALSE");
}

void
pki_lint_usage_text(unsigned usage, char out[PKI_USAGE_TEXT])
{
	static const char *const names[] = { "digitalSignature",
	    "nonRepudiation", "keyEncipherment", "dataEncipherment",
	    "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly",
	    "decipherOnly" };
	size_t len = 0;

	(void)snprintf(out, PKI_USAGE_TEXT, "nothing");
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((usage & 1u << i) == 0)
			continue;
		(void)snprintf(out + len, PKI_USAGE_TEXT - len, "%s%s",
		    len == 0 ? "" : ", ", names[i]);
		len = strlen(out);
	}
}

void
pki_lint_usage_form(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct pki_lint_place place = pki_lint_ext(cert, DV_EXT_KEY_USAGE);
	unsigned usage = cert->ext.key_usage;

	if (!dv_cert_has(cert, DV_EXT_KEY_USAGE))
		return;
	if (!pki_lint_critical(cert, DV_EXT_KEY_USAGE))
		PKI_LINT_ADD(run, PKI_L_USAGE_NOT_CRITICAL, place, "critical",
		    "not critical");
	if ((usage & (DV_KU_ENCIPHER_ONLY | DV_KU_DECIPHER_ONLY)) != 0 &&
	    (usage & DV_KU_KEY_AGREEMENT) == 0)
		PKI_LINT_ADD(run, PKI_L_USAGE_ONLY_BITS, place,
		    "keyAgreement beside it", "%s",
		    (usage & DV_KU_ENCIPHER_ONLY) != 0 ? "encipherOnly" :
		    "decipherOnly");
}

#define ENCRYPTS (DV_KU_KEY_ENCIPHERMENT | DV_KU_DATA_ENCIPHERMENT)
#define AGREES (DV_KU_KEY_AGREEMENT | DV_KU_ENCIPHER_ONLY | DV_KU_DECIPHER_ONLY)

/* What a key of this type cannot do, and the finding that says so. */
static unsigned
impossible(enum dv_key_type type, enum pki_lint_id *id)
{
	*id = PKI_L_USAGE_SIGNS_ONLY;
	if (dv_key_only_signs(type))
		return ENCRYPTS | AGREES;
	*id = PKI_L_USAGE_EC;
	if (type == DV_KEY_P256 || type == DV_KEY_P384)
		return ENCRYPTS;
	*id = PKI_L_USAGE_RSA;
	return type == DV_KEY_RSA || type == DV_KEY_RSA_PSS ? AGREES : 0;
}

void
pki_lint_usage_key(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	enum pki_lint_id id;
	unsigned wrong = cert->ext.key_usage &
	    impossible(cert->key.type, &id);
	char text[PKI_USAGE_TEXT];

	if (wrong == 0)
		return;
	pki_lint_usage_text(wrong, text);
	PKI_LINT_ADD(run, id, pki_lint_ext(cert, DV_EXT_KEY_USAGE),
	    "what the key can do", "%s with a key of type %s", text,
	    dv_key_type_name(cert->key.type));
}
