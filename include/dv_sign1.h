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
#define DV_COSE_TAG_SIGN 98
#define DV_COSE_ALG 1
#define DV_COSE_CRIT 2
#define DV_COSE_CONTENT_TYPE 3
#define DV_COSE_COUNTERSIGNATURE 11
#define DV_COSE_CWT_CLAIMS 15
#define DV_COSE_TYP 16
#define DV_COSE_X5BAG 32
#define DV_COSE_X5CHAIN 33
#define DV_COSE_X5T 34
#define DV_COSE_PAYLOAD_HASH_ALG 258
#define DV_COSE_PREIMAGE_TYPE 259
#define DV_CWT_ISS 1
#define DV_CWT_SUB 2
#define DV_CWT_EXP 4
#define DV_CWT_NBF 5
#define DV_CWT_IAT 6
#define DV_CWT_SWVERSION 271
#define DV_CLAIM_DEVICE "device"
#define DV_CLAIM_MODEL "model"

/* Value of typ (RFC 9596) in every envelope of this format. */
#define DV_SIGN1_TYP "application/vnd.devsign.artefact+cose"

/* Default preimage content type (RFC 9995): any artefact. */
#define DV_SIGN1_OCTETS "application/octet-stream"

/* Longest text in a header or claim, octets. */
#define DV_MAX_HEADER_TEXT 255

/* Longest byte string in a claim, octets. */
#define DV_MAX_CLAIM_BYTES 255

/* How a version is written and compared (RFC 9393 4.1, RFC 9711 4.2.7). */
enum dv_version_scheme {
	DV_VERSION_NONE = 0,		/* no version is stated */
	DV_VERSION_DECIMAL = 4,		/* an integer of any length */
	DV_VERSION_SEMVER = 16384,	/* semver.org 2.0.0 */
	DV_VERSION_OTHER = 0x10000	/* path: another, never compared */
};

/* One free-form claim; views into the envelope. */
enum dv_claim_kind {
	DV_CLAIM_TEXT = 1,	/* value */
	DV_CLAIM_BYTES,		/* value */
	DV_CLAIM_INT,		/* number */
	DV_CLAIM_BOOL		/* number: 0 or 1 */
};
struct dv_claim {
	enum dv_claim_kind kind;
	struct dv_bytes key;
	struct dv_bytes value;
	int64_t number;
};

/*
 * An envelope as read; views into the caller's bytes. All of it is claimed.
 * What an envelope need not state is empty; times have a flag. The path profile
 * does without iss, sub, iat and a content type.
 */
struct dv_sign1 {
	struct dv_bytes envelope;	/* the whole */
	enum dv_profile profile;	/* by which it was read */
	bool several;			/* one signature of a COSE_Sign */
	bool typed;			/* typ says what it is */
	bool attached;			/* the payload is the artefact itself */
	bool detached;			/* path: so it is, but stands outside; the
					   caller puts it into payload */
	bool has_iat, has_nbf, has_exp;
	enum dv_hash_id hash;		/* how the artefact is hashed */
	enum dv_key_type key_type;	/* what alg demands of the key */
	enum dv_sig_alg sig_alg;	/* and the algorithm it names */
	int64_t alg;			/* COSE algorithm as written */
	size_t x5chain_count;
	size_t countersignatures;	/* for dv_sign1_countersignature() */
	struct dv_bytes payload;	/* the digest, or the artefact */
	struct dv_bytes preimage_type;	/* content type of the artefact */
	struct dv_bytes iss, sub;	/* signer and artefact, UTF-8 */
	dv_time iat;			/* when, by the signer's clock */
	dv_time nbf, exp;		/* use it from nbf on, and before exp */
	enum dv_version_scheme scheme;
	struct dv_bytes version;
	struct dv_bytes device, model;	/* what the artefact is for */
	struct dv_bytes claims;		/* for dv_sign1_claim_next() */
	struct dv_bytes protected_map;	/* contents of the protected bstr */
	struct dv_bytes body_map;	/* several: what they have in common */
	struct dv_bytes signature;	/* ECDSA: r || s */
	struct dv_bytes countersigned;	/* they, one behind the other */
	struct dv_bytes target;		/* of a countersignature: the signature
					   that it confirms */
	struct dv_bytes x5chain[DV_MAX_PATH];	/* DER, leaf first */
};

/*
 * Reads one envelope completely and strictly: deterministic CBOR, tag 18, each
 * header once, in the protected bucket, nothing after the end. DV_R_NONE on
 * success; otherwise *at says where and *out is all zero.
 * The path profile reads what other people's software writes as long as it
 * leaves no doubt (docs/FORMAT.md, "The path profile").
 */
DV_MUST_USE enum dv_reason dv_sign1_parse(struct dv_bytes envelope,
    enum dv_profile profile, struct dv_sign1 *out, struct dv_at *at);

/*
 * An envelope of one signature (tag 18) or of several (COSE_Sign, tag 98). Of
 * several, each is an envelope of its own to dv_sign1_verify(): it has its own
 * chain and signer, and says of the artefact what all of them say.
 */
struct dv_sign {
	size_t count;
	struct dv_sign1 each[DV_MAX_SIGNERS];
};
DV_MUST_USE enum dv_reason dv_sign_parse(struct dv_bytes envelope,
    enum dv_profile profile, struct dv_sign *out, struct dv_at *at);

/* Does it begin with the tag of several? */
bool dv_sign_is_several(struct dv_bytes envelope, enum dv_profile profile);

/*
 * The i-th countersignature (RFC 9338) of an envelope of one signature, from 0:
 * who confirms it has a key and a chain of its own, and says iss and iat alone.
 * *out borrows from the envelope, and is never given to dv_sign1_verify(),
 * which judges all of them with the envelope. dv_sign1_parse() has read them.
 */
DV_MUST_USE enum dv_reason dv_sign1_countersignature(
    const struct dv_sign1 *sign1, size_t i, struct dv_sign1 *out,
    struct dv_at *at);

/*
 * The next free-form claim, in the order of the envelope; false after the last.
 * *rest begins as sign1->claims.
 */
DV_MUST_USE bool dv_sign1_claim_next(const struct dv_sign1 *sign1,
    struct dv_bytes *rest, struct dv_claim *out);

/*
 * The whole question: does this envelope, made by a holder of a certificate
 * that a path from an anchor supports, speak of the artefact with this digest?
 * digest is what the caller computed with sign1->hash over the artefact, also
 * when the artefact is attached: then the payload has to have that digest.
 * trust supplies anchors and further intermediates; its leaf is ignored, the
 * envelope's chain is used. policy->purpose empty means the format's own rule:
 * an ExtKeyUsage, if there is one, must list codeSigning (docs/PROFILES.md).
 * Order: chain, then envelope signature, then times and digest, then every
 * countersignature by the same rules: nothing is believed before what it stands
 * on. *path is filled on acceptance only; good_until ends before sign1->exp, if
 * there is one, and with the first of those who countersigned. The question is
 * borrowed until the call returns, the digest as long as the verdict.
 */
struct dv_countersigner {
	size_t count;			/* certificates of its path */
	struct dv_bytes cert[DV_MAX_PATH];	/* DER, leaf first */
	size_t anchor;			/* index of the anchor */
	enum dv_revocation revocation[DV_MAX_PATH];
	dv_time good_until;
};
struct dv_question {
	struct dv_bytes digest;
	const struct dv_chain *trust;
	const struct dv_policy *policy;
	/* Room for DV_MAX_COUNTERSIGNATURES, or NULL; filled on acceptance. */
	struct dv_countersigner *countersigners;
};
DV_MUST_USE struct dv_verdict dv_sign1_verify(const struct dv_sign1 *sign1,
    const struct dv_question *question, struct dv_work *work,
    struct dv_path *path);

/* What came out for one of several signatures on one artefact. Views borrow as
 * those of its verdict and path. */
struct dv_outcome {
	struct dv_verdict verdict;
	dv_time good_until;		/* when accepted */
	struct dv_key key;		/* and whose it is */
};

/*
 * Several answers, at most DV_MAX_SIGNERS, as one. needed 0: all of them must be
 * accepted. Otherwise those are enough that are accepted and of so many
 * different keys. *decides: the one whose verdict this is, and until when it
 * holds; count when it is about all of them (DV_R_SIGNATURES_TOO_FEW).
 */
DV_MUST_USE struct dv_verdict dv_outcomes_decide(const struct dv_outcome *each,
    size_t count, size_t needed, size_t *decides);

#ifdef __cplusplus
}
#endif
#endif
