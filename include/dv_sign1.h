/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signed artefacts: a COSE_Sign1 over the artefact's digest with the signer's
 * certificate chain inside. docs/FORMAT.md; RFC 9052, 9360, 9596, 9597, 9995.
 * First parse, then hash the artefact as a stream, then verify.
 */
#ifndef DV_SIGN1_H
#define DV_SIGN1_H

#include "dv_chain.h"
#include "dv_hash.h"

#ifdef __cplusplus
extern "C" {
#endif

/* COSE header labels and CWT claim keys used by the format. */
#define DV_COSE_TAG_SIGN1 18
#define DV_COSE_ALG 1
#define DV_COSE_CRIT 2
#define DV_COSE_CWT_CLAIMS 15
#define DV_COSE_TYP 16
#define DV_COSE_X5CHAIN 33
#define DV_COSE_PAYLOAD_HASH_ALG 258
#define DV_COSE_PREIMAGE_TYPE 259
#define DV_CWT_ISS 1
#define DV_CWT_SUB 2
#define DV_CWT_IAT 6

/* Value of typ (RFC 9596) in every envelope of this format. */
#define DV_SIGN1_TYP "application/vnd.devsign.artefact+cose"

/* Default preimage content type (RFC 9995): any artefact. */
#define DV_SIGN1_OCTETS "application/octet-stream"

/* Longest text in a header or claim, octets. */
#define DV_MAX_HEADER_TEXT 255

/* An envelope as read; views into the caller's bytes. All of it is claimed. */
struct dv_sign1 {
	struct dv_bytes envelope;	/* the whole */
	struct dv_bytes protected_map;	/* contents of the protected bstr */
	int64_t alg;			/* COSE algorithm as written */
	enum dv_key_type key_type;	/* what alg demands of the key */
	enum dv_sig_alg sig_alg;	/* and the algorithm it names */
	struct dv_bytes x5chain[DV_MAX_PATH];	/* DER, leaf first */
	size_t x5chain_count;
	enum dv_hash_id hash;		/* how the artefact is hashed */
	struct dv_bytes preimage_type;	/* content type of the artefact */
	struct dv_bytes iss, sub;	/* signer and artefact, UTF-8 */
	dv_time iat;			/* when, by the signer's clock */
	struct dv_bytes payload;	/* the digest */
	struct dv_bytes signature;	/* ECDSA: r || s */
};

/*
 * Reads one envelope completely and strictly: deterministic CBOR, tag 18, each
 * header once, in the protected bucket, nothing after the end. DV_R_NONE on
 * success; otherwise *at says where and *out is all zero.
 */
DV_MUST_USE enum dv_reason dv_sign1_parse(struct dv_bytes envelope,
    struct dv_sign1 *out, struct dv_at *at);

/*
 * The whole question: does this envelope, made by a holder of a certificate
 * that a path from an anchor supports, speak of the artefact with this digest?
 * digest is what the caller computed with sign1->hash over the artefact.
 * trust supplies anchors and further intermediates; its leaf is ignored, the
 * envelope's chain is used. policy->purpose empty means the format's own rule:
 * an ExtKeyUsage, if there is one, must list codeSigning (docs/PROFILES.md).
 * Order: chain, then envelope signature, then digest: nothing is believed
 * before what it stands on. *path is filled on acceptance only.
 */
struct dv_question {
	struct dv_bytes digest;
	const struct dv_chain *trust;
	const struct dv_policy *policy;
};
DV_MUST_USE struct dv_verdict dv_sign1_verify(const struct dv_sign1 *sign1,
    const struct dv_question *question, struct dv_work *work,
    struct dv_path *path);

#ifdef __cplusplus
}
#endif
#endif
