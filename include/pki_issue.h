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

/* RSA keys that a new one is compared with: each takes some microseconds. */
#define PKI_MODULI 16384

/* Who signs. Borrowed. */
struct pki_issuer {
	struct ds_key *key;
	const struct dv_cert *cert;	/* NULL: a root signs itself */
	const struct dv_bytes *chain;	/* DER: cert first, its root last */
	size_t chain_count;
	struct pki_ledger *ledger;
	struct pki_above *above;	/* NULL: judge the chain each time */
	const struct pki_profiles *profiles;	/* NULL: the built-in ones */
};

/*
 * For many certificates of one CA: the chain above them is judged once for each
 * second, and each of them by its issuer alone. Used only when no certificate
 * of the chain constrains names or policies, so that nothing above the issuer
 * can matter to them. Starts as zero.
 */
struct pki_above {
	bool judged;
	dv_time at;
};

/*
 * What an order adds to its profile, which must permit it; each may be empty.
 * Borrowed.
 */
struct pki_extra {
	struct dv_bytes alt;		/* GeneralNames, contents: pki_alt_*() */
	struct dv_bytes constraints;	/* NameConstraints of a CA, contents */
	const char *eku;		/* purposes out of eku_choice */
	const char *policies;		/* of a CA, instead of the profile's */
	const char *firmware;		/* version of what runs at issue */
	bool authorised_only;		/* of a CA: no device outside a batch */
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
	struct dv_bytes request_r;	/* pki_request_r() of it */
	const char *device;		/* NULL: pki_subject_identity() */
	const char *model;		/* NULL: none */
	int64_t batch;			/* id in the ledger; 0: none */
	bool renew;			/* a key on record gets another one */
	struct dv_bytes subject_key_id;	/* of a CA that has one already; empty:
					   worked out */
	struct pki_extra extra;
	dv_time now;			/* for the ledger */
};

/* The end that the certificate will have. */
dv_time pki_order_end(const struct pki_issuer *issuer,
    const struct pki_order *order);

/*
 * Issues, or finds the certificate issued before for the same key, profile and
 * subject (*again is then true). Appends its DER to *out. Refused (DV_EXIT_NO):
 * a key certified under another subject or profile; a subject or device that
 * the profile ties to one key and that has another; a request signed with an r
 * that was seen before, or for an RSA key that has a prime in common with one of
 * the newest PKI_MODULI of the same length; validity or path length that is not inside the
 * issuer's; a device outside every batch, when the issuer's certificate says that
 * it issues by authorisation only; what pki_subject_check() refuses; whatever the
 * verifier does not accept. On failure nothing was recorded and nothing appended.
 *
 * With renew, a CA's key that is on record under this subject and profile gets
 * another certificate, whose end must be given: a certificate with that very
 * end and path length is the one found.
 */
DV_MUST_USE enum dv_exit pki_issue(const struct pki_issuer *issuer,
    const struct pki_order *order, struct dv_buf *out, bool *again,
    struct dv_err *err);

/*
 * The same in steps, for many at a time. pki_issue_look() tells whether it is
 * on record (out->again, its certificate in out->der) or refused, and what that
 * is about; it writes nothing.
 * pki_issue_sign() signs and verifies, and does not see the ledger: what it
 * makes must not leave before it is recorded. pki_issue_in() records one, made
 * before (ready) or now (ready NULL), inside the caller's transaction, and
 * looks again first. When it fails with DV_EXIT_NO the transaction is as it was
 * before; with anything else the caller rolls back. Nothing may be handed out
 * before the caller's commit has returned.
 */
struct pki_signed {
	uint8_t serial[PKI_SERIAL];
	struct dv_buf der;		/* the caller frees it */
};
enum pki_against {
	PKI_AGAINST_OTHER = 0,		/* or nothing */
	PKI_AGAINST_TAKEN,		/* the key or the device is on record */
	PKI_AGAINST_WEAK		/* a repeated r */
};
struct pki_issued {
	bool again;			/* was on record */
	enum pki_against against;	/* what a refusal was about */
	struct dv_buf der;		/* the caller frees it; empty before */
};
DV_MUST_USE enum dv_exit pki_issue_look(const struct pki_issuer *issuer,
    const struct pki_order *order, struct pki_issued *out,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_issue_sign(const struct pki_issuer *issuer,
    const struct pki_order *order, struct pki_signed *out,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_issue_in(const struct pki_issuer *issuer,
    const struct pki_order *order, const struct pki_signed *ready,
    struct pki_issued *out, struct dv_err *err);

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

/* The same of an end entity, as struct pki_above says. */
DV_MUST_USE enum dv_exit pki_cert_verify_below(
    const struct pki_question *question, struct pki_above *above,
    struct dv_err *err);

/*
 * Reads a PKCS#10 request whose maker has proved to hold the key. Only key and
 * subject of it can reach a certificate: one that asks for more is refused, and
 * the error names what it asks for. out borrows from der.
 */
DV_MUST_USE enum dv_exit pki_request_read(struct dv_bytes der,
    struct dv_csr *out, struct dv_err *err);

/*
 * The same, whatever else it asks for. pki_request_agrees() then refuses every
 * extension that the certificate of this order, below issuer (NULL: a root), will
 * not have octet by octet.
 */
DV_MUST_USE enum dv_exit pki_request_prove(struct dv_bytes der,
    struct dv_csr *out, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_request_agrees(const struct dv_csr *csr,
    const struct pki_order *order, const struct dv_cert *issuer,
    struct dv_err *err);

/*
 * The same for a profile, which may let a request bring names for
 * subjectAltName: out->ext.subject_alt_name has them then. Its subject, if it is
 * to be used, is for pki_subject_check_request().
 */
DV_MUST_USE enum dv_exit pki_request_take(struct dv_bytes der,
    const struct pki_profile *profile, struct dv_csr *out,
    struct dv_err *err);

/*
 * r of a request's ECDSA signature, fixed width, in room; empty for other
 * algorithms. Seen twice, it gives the keys of both requests away.
 */
#define PKI_R_ROOM 48
struct dv_bytes pki_request_r(const struct dv_csr *csr,
    uint8_t room[2 * PKI_R_ROOM]);

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
	struct dv_bytes subject_key_id;	/* empty: pki_key_id() */
	int path_len;
	struct pki_extra extra;
};
void pki_tbs_write(struct ds_der *w, const struct pki_tbs *tbs);

/* Leftmost 160 bits of SHA-256 of the subjectPublicKey: RFC 7093 2 (1). */
DV_MUST_USE bool pki_key_id(const struct dv_key *key, uint8_t out[PKI_KEY_ID]);

#ifdef __cplusplus
}
#endif
#endif
