/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making a certificate: the CA decides every field by the profile, the ledger
 * has it before anybody else, and the verifier's own code has accepted it.
 */
#ifndef PKI_ISSUE_H
#define PKI_ISSUE_H

#include "ds_der.h"
#include "dv_chain.h"
#include "dv_csr.h"
#include "pki_ledger.h"
#include "pki_profile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Who signs. Borrowed. */
struct pki_issuer {
	struct ds_key *key;
	const struct dv_cert *cert;	/* NULL: a root signs itself */
	const struct dv_bytes *chain;	/* DER: cert first, its root last */
	size_t chain_count;
	struct pki_ledger *ledger;
};

/* What is to be certified. Borrowed. */
struct pki_order {
	const struct pki_profile *profile;
	struct dv_bytes subject;	/* DER Name */
	const struct dv_key *key;
	dv_time not_before;
	dv_time not_after;		/* with end_given */
	bool end_given;			/* false: the profile's default, nested */
	int path_len;			/* of a CA; -1: no limit */
	struct dv_bytes request;	/* DER of the PKCS#10; empty: none */
	dv_time now;			/* for the ledger */
};

/*
 * Issues, or finds the certificate issued before for the same key, profile and
 * subject (*again is then true). Appends its DER to *out. Refused (DV_EXIT_NO):
 * a key certified under another subject or profile; a subject that the profile
 * ties to one key and that has another; validity or path length that is not
 * inside the issuer's; what pki_subject_check() refuses; whatever the verifier
 * does not accept. On failure nothing was recorded and nothing appended.
 */
DV_MUST_USE enum dv_exit pki_issue(const struct pki_issuer *issuer,
    const struct pki_order *order, struct dv_buf *out, bool *again,
    struct dv_err *err);

/*
 * Is this certificate what the strict profile demands, with a path to the last
 * of chain (DER: its issuer first, the root last; none for a root)? CA
 * certificates are judged at the place of an issuer. *good_until may be NULL.
 */
struct pki_question {
	struct dv_bytes cert;
	const struct dv_bytes *chain;
	size_t chain_count;
	dv_time at;
};
DV_MUST_USE enum dv_exit pki_cert_verify(const struct pki_question *question,
    dv_time *good_until, struct dv_err *err);

/*
 * Reads a PKCS#10 request whose maker has proved to hold the key. Only key and
 * subject of a request can ever reach a certificate: one that asks for more
 * is refused, and the error names what it asks for. out borrows from der.
 */
DV_MUST_USE enum dv_exit pki_request_read(struct dv_bytes der,
    struct dv_csr *out, struct dv_err *err);

/*
 * Writes a TBSCertificate: extensions in one order, each with the criticality
 * of RFC 5280 4.2.1.
 */
struct pki_tbs {
	const struct pki_profile *profile;
	struct dv_bytes serial;		/* big-endian, not zero */
	enum dv_sig_alg alg;
	struct dv_bytes issuer, subject;	/* DER Names */
	dv_time not_before, not_after;
	const struct dv_key *key;
	struct dv_bytes issuer_key_id;	/* empty: self-signed */
	int path_len;
};
void pki_tbs_write(struct ds_der *w, const struct pki_tbs *tbs);

/* Leftmost 160 bits of SHA-256 of the subjectPublicKey: RFC 7093 2 (1). */
DV_MUST_USE bool pki_key_id(const struct dv_key *key, uint8_t out[PKI_KEY_ID]);

#ifdef __cplusplus
}
#endif
#endif
