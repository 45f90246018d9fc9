/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The linter before a certificate is signed: a TBSCertificate becomes something
 * it can read. What is made here never leaves this file. RFC 5280 4.1.
 */
#include "bytes.h"
#include "der.h"
#include "ds_der.h"
#include "lint.h"

enum dv_exit
pki_lint_draft(struct dv_bytes tbs, enum dv_sig_alg alg, const char *profile,
    const struct dv_cert *issuer, struct dv_err *err)
{
	static const uint8_t unsigned_yet[1] = { 0 };
	uint8_t room[DV_MAX_CERT];
	struct ds_der der = ds_der_start(room, sizeof(room));
	struct dv_cert cert;
	struct dv_at at;
	struct pki_findings findings;
	const struct pki_lint_question question = {
		.cert = &cert,
		.profile = profile,
		.issuers = issuer,
		.issuer_count = issuer != NULL,
		.draft = true,
	};
	enum dv_reason reason;

	ds_der_begin(&der, DER_SEQUENCE);
	ds_der_raw(&der, tbs);
	ds_der_sig_alg(&der, alg);
	ds_der_bit_octets(&der, DV_BYTES(unsigned_yet));
	ds_der_end(&der);
	reason = dv_cert_read(ds_der_done(&der), &cert, &at);
	if (reason != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "refused: the certificate "
		    "could not be read: %s at %s", dv_reason_name(reason),
		    dv_field_name(at.field));
	pki_lint(&question, &findings);
	return pki_lint_refuse(&findings, err);
}
