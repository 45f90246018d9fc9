/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Voucher requests and vouchers of BRSKI in the constrained form: COSE_Sign1
 * over CBOR whose keys are SIDs. docs/FORMAT.md, "Vouchers"; RFC 8995,
 * draft-ietf-anima-rfc8366bis, draft-ietf-anima-constrained-voucher, RFC 9254.
 */
#ifndef DV_VOUCHER_H
#define DV_VOUCHER_H

#include "dv_sign1.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Media type of the whole, and its number among CoAP's content formats
 * (draft-ietf-anima-constrained-voucher-29 6.6). */
#define DV_VOUCHER_TYP "application/voucher+cose"
#define DV_VOUCHER_CONTENT_FORMAT 836

/*
 * SIDs of the two containers; a key inside is the difference from its own
 * (RFC 9254 3.2). From 8.4 and 9.3 (ietf-voucher-sid.txt and
 * ietf-voucher-request-sid.txt) of
 * draft-ietf-anima-rfc8366bis, modules of 2025-12-18.
 */
#define DV_SID_VOUCHER 2451
#define DV_SID_VOUCHER_REQUEST 2501

enum dv_voucher_kind {
	DV_VOUCHER_NONE = 0,
	DV_VOUCHER_REQUEST,	/* by the device: who am I, whom did I meet */
	DV_VOUCHER_ISSUED	/* by the manufacturer: whose is it now */
};

/* What stands behind the assertion: draft-ietf-anima-rfc8366bis 8.3. */
enum dv_assertion {
	DV_ASSERTION_VERIFIED = 0,
	DV_ASSERTION_LOGGED = 1,
	DV_ASSERTION_PROXIMITY = 2,
	DV_ASSERTION_AGENT_PROXIMITY = 3
};

/*
 * As read; views into the caller's bytes. All of it is claimed. What is not
 * there is empty, or has a flag. A request names the registrar that the device
 * met, a voucher the domain that owns it: by certificate, by
 * SubjectPublicKeyInfo, or by the SHA-256 of one.
 */
struct dv_voucher {
	struct dv_sign1 sign1;		/* the envelope */
	enum dv_voucher_kind kind;
	bool has_assertion, has_created_on, has_expires_on;
	enum dv_assertion assertion;
	dv_time created_on, expires_on;
	struct dv_bytes serial;		/* of the device, UTF-8 */
	struct dv_bytes nonce;
	struct dv_bytes idevid_issuer;	/* the OCTET STRING of its certificate's
					   authorityKeyIdentifier, DER */
	struct dv_bytes cert, key, key_hash;
};

/*
 * Reads one completely. Strict: deterministic CBOR, known fields alone, typ is
 * there, nothing unprotected. The path profile reads what the drafts allow:
 * docs/FORMAT.md. DV_R_NONE on success; otherwise *at says where (offsets are of
 * the envelope) and *out is all zero.
 */
DV_MUST_USE enum dv_reason dv_voucher_parse(struct dv_bytes envelope,
    enum dv_profile profile, struct dv_voucher *out, struct dv_at *at);

/* Is this the payload of a voucher or a request, by its beginning? */
DV_MUST_USE bool dv_voucher_is_data(struct dv_bytes payload);

/*
 * The whole question. trust: anchors and intermediates; its leaf is the signer's
 * certificate, when it is known and not inside. When both are there they have to
 * be the same one.
 * registrar: the certificate that a request has to name; nonce: that it has to
 * have; empty: anything. request: what a voucher has to answer; NULL: this is a
 * request. The request is the device's own and is taken as it is: its serial,
 * nonce and issuer are what the voucher is compared with.
 * Order: certificates, chain, signature, then what is said. No purpose is asked
 * of the signer's certificate unless policy->purpose is set (RFC 8995 2.3).
 */
struct dv_voucher_question {
	const struct dv_chain *trust;
	const struct dv_policy *policy;
	struct dv_bytes registrar;	/* DER */
	struct dv_bytes nonce;
	const struct dv_voucher *request;
};
DV_MUST_USE struct dv_verdict dv_voucher_verify(
    const struct dv_voucher *voucher,
    const struct dv_voucher_question *question, struct dv_work *work,
    struct dv_path *path);

/*
 * The part of it for a device that checks its own request: is what is said true
 * of this certificate, is it said in full? No chain and no signature is judged.
 */
DV_MUST_USE enum dv_reason dv_voucher_check_request(
    const struct dv_voucher *voucher, const struct dv_cert *leaf,
    const struct dv_voucher_question *question, struct dv_at *at);

/* The device's serial-number of a certificate: the serialNumber of its subject
 * (RFC 8995 2.3.1); {NULL, 0}: it has none. */
struct dv_bytes dv_voucher_serial_of(const struct dv_cert *leaf);

/* "verified", "logged", "proximity", "agent-proximity". Never NULL. */
const char *dv_assertion_name(enum dv_assertion assertion);

#ifdef __cplusplus
}
#endif
#endif
