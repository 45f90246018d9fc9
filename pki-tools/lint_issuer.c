/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lint rules that need the issuer's certificate beside. No path is built and
 * nothing is trusted: that is devverify's question. RFC 5280 4.1, 4.2, 6.1.
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "dv_chain.h"
#include "lint.h"

/* RFC 5280 4.2.1.1 tells keys of one name apart. */
static bool
may_be(const struct dv_cert *issuer, const struct dv_cert *cert)
{
	return dv_name_equal(issuer->subject, cert->issuer) &&
	    (cert->ext.authority_key_id.len == 0 ||
	    dv_bytes_equal(cert->ext.authority_key_id,
	    issuer->ext.subject_key_id));
}

const struct dv_cert *
pki_lint_issuer(const struct pki_lint_question *q)
{
	const struct dv_cert *named = NULL;

	if (pki_lint_self_issued(q->cert) && may_be(q->cert, q->cert))
		return q->cert;
	for (size_t i = 0; i < q->issuer_count; i++) {
		const struct dv_cert *issuer = &q->issuers[i];

		if (may_be(issuer, q->cert))
			return issuer;
		if (named == NULL && dv_name_equal(issuer->subject,
		    q->cert->issuer))
			named = issuer;
	}
	return named;
}

void
pki_lint_issuer_known(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	char name[128];

	if (run->issuer != NULL || run->q->issuer_count == 0)
		return;
	dv_name_text(cert->issuer, name, sizeof(name));
	PKI_LINT_ADD(run, PKI_L_ISSUER_UNKNOWN, pki_lint_field(DV_F_ISSUER,
	    cert->issuer), "the subject of a given certificate", "%s", name);
}

/* An algorithm not known here has its own finding. */
void
pki_lint_issuer_signed(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct dv_at at;
	enum dv_reason reason;

	if (run->issuer == NULL || run->q->draft ||
	    cert->sig_alg == DV_SIG_NONE ||
	    !dv_key_type_built(run->issuer->key.type))
		return;
	reason = dv_cert_check_signature(cert, &run->issuer->key, &at);
	if (reason != DV_R_NONE)
		PKI_LINT_ADD(run, PKI_L_ISSUER_SIGNATURE, pki_lint_field(
		    DV_F_SIGNATURE_VALUE, cert->signature),
		    "a signature by the issuer's key", "%s",
		    dv_reason_text(reason));
}

static void
key_ids(struct pki_lint_run *run)
{
	struct dv_bytes aki = run->cert->ext.authority_key_id;
	struct dv_bytes ski = run->issuer->ext.subject_key_id;
	char wanted[PKI_HEX_TEXT], found[PKI_HEX_TEXT];

	if (aki.len == 0 || dv_bytes_equal(aki, ski))
		return;
	pki_lint_hex(ski, wanted);
	pki_lint_hex(aki, found);
	PKI_LINT_ADD(run, PKI_L_ISSUER_AKI, pki_lint_ext(run->cert,
	    DV_EXT_AUTHORITY_KEY_ID), ski.len == 0 ?
	    "none: the issuer has no identifier" : wanted, "%s", found);
}

/* Who may outlive the issuer (docs/PROFILES.md, Nesting): a device identity, and
 * a DAC, whose issuer Matter asks to be valid when the DAC begins. */
static void
dates(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert, *issuer = run->issuer;
	bool early = cert->not_before.s < issuer->not_before.s;
	bool late = cert->not_after.s > issuer->not_after.s &&
	    (run->scopes & (PKI_LS_INITIAL | PKI_LS_DAC)) == 0;
	char bound[DV_TIME_TEXT], found[DV_TIME_TEXT], wanted[64];

	if (!early && !late)
		return;
	dv_time_format(early ? issuer->not_before : issuer->not_after, bound);
	dv_time_format(early ? cert->not_before : cert->not_after, found);
	(void)snprintf(wanted, sizeof(wanted), "%s %s", early ? "not before" :
	    "not after", bound);
	PKI_LINT_ADD(run, PKI_L_ISSUER_DATES, early ?
	    pki_lint_field(DV_F_NOT_BEFORE, cert->from) :
	    pki_lint_field(DV_F_NOT_AFTER, cert->until), wanted, "%s", found);
}

static void
may_issue(struct pki_lint_run *run)
{
	const struct dv_cert *issuer = run->issuer;
	struct pki_lint_place place = pki_lint_field(DV_F_ISSUER,
	    run->cert->issuer);

	if (!issuer->ext.ca)
		PKI_LINT_ADD(run, PKI_L_ISSUER_NOT_CA, place, "cA TRUE",
		    "cA FALSE in the issuer's certificate");
	else if (dv_cert_has(issuer, DV_EXT_KEY_USAGE) &&
	    (issuer->ext.key_usage & DV_KU_KEY_CERT_SIGN) == 0)
		PKI_LINT_ADD(run, PKI_L_ISSUER_NOT_CA, place, "keyCertSign",
		    "a keyUsage without it in the issuer's certificate");
}

static void
path_len(struct pki_lint_run *run)
{
	const struct dv_extensions *own = &run->cert->ext;
	int most = run->issuer->ext.path_len - 1;
	char wanted[48];

	if (!own->ca || run->issuer->ext.path_len < 0 ||
	    pki_lint_self_issued(run->cert) ||
	    (most >= 0 && own->path_len >= 0 && own->path_len <= most))
		return;
	(void)snprintf(wanted, sizeof(wanted), most < 0 ? "no CA below" :
	    "a path length of at most %d", most);
	if (own->path_len < 0)
		PKI_LINT_ADD(run, PKI_L_ISSUER_PATH, pki_lint_ext(run->cert,
		    DV_EXT_BASIC_CONSTRAINTS), wanted, "a CA without one");
	else
		PKI_LINT_ADD(run, PKI_L_ISSUER_PATH, pki_lint_ext(run->cert,
		    DV_EXT_BASIC_CONSTRAINTS), wanted, "a CA with %d",
		    own->path_len);
}

void
pki_lint_issuer_fits(struct pki_lint_run *run)
{
	if (run->issuer == NULL || run->issuer == run->cert)
		return;
	may_issue(run);
	key_ids(run);
	path_len(run);
	dates(run);
}
