/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is there a valid path from a trust anchor to this certificate, at this time,
 * for this purpose? RFC 5280 section 6.1. No heap, no clock, no I/O.
 */
#ifndef DV_CHAIN_H
#define DV_CHAIN_H

#include "dv_cert.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A trust anchor is a name and a key (RFC 5280 6.1.1 (d)); constraints taken
 * from its certificate apply to every path below it (RFC 5937).
 */
struct dv_anchor {
	struct dv_bytes name;		/* DER Name, not empty */
	struct dv_bytes spki;		/* DER SubjectPublicKeyInfo */
	struct dv_bytes key_id;		/* subjectKeyIdentifier, may be empty */
	dv_time not_before, not_after;	/* inclusive */
	int path_len;			/* -1: no limit */
	struct dv_bytes permitted, excluded; /* GeneralSubtrees contents */
	struct dv_bytes eku;		/* sequence of OIDs, contents; empty: any */
};

/* The anchors this program was built with; see `pki-init anchors`. */
extern const struct dv_anchor dv_builtin_anchors[];
extern const size_t dv_builtin_anchor_count;

enum dv_profile {
	DV_PROFILE_STRICT = 0,	/* RFC 5280 sections 4, 5 and 6 */
	DV_PROFILE_PATH		/* section 6 only: other people's older PKIs */
};

/* Begin with dv_policy_strict(); every loosening is then visible. */
struct dv_policy {
	dv_time at;			/* the time of the question */
	uint32_t algs;			/* set of DV_SIG_BIT(): what may be used */
	struct dv_bytes purpose;	/* OID contents the leaf's EKU must permit;
					   empty: no purpose asked */
	unsigned max_path;		/* certificates, 1..DV_MAX_PATH */
	enum dv_profile profile;
};

/* Everything is borrowed until the call returns. */
struct dv_chain {
	struct dv_bytes leaf;			/* DER certificate */
	const struct dv_bytes *intermediates;	/* DER certificates, any order; */
	size_t intermediate_count;		/* an ordered chain is tried first */
	const struct dv_anchor *anchors;
	size_t anchor_count;
};

/* Filled only on acceptance, else all zero. Views borrow from the inputs. */
struct dv_path {
	size_t count;				/* certificates, leaf first */
	struct dv_cert cert[DV_MAX_PATH];
	size_t anchor;				/* index of the anchor */
	dv_time good_until;			/* earliest end along the path */
	unsigned signatures;			/* how many were checked */
};

/*
 * Working memory of one question; its contents mean nothing to the caller.
 * May be static on a microcontroller. Needs no initialisation.
 */
struct dv_work {
	struct dv_cert cert[DV_MAX_PATH];
	uint8_t next[DV_MAX_PATH];	/* next candidate to try for a place */
	unsigned signatures;		/* budget spent, DV_MAX_SIGNATURES */
	unsigned name_checks;		/* budget spent, DV_MAX_NAME_CHECKS */
	struct dv_verdict best;		/* nearest miss so far */
	struct dv_cert candidate;
};

/* All algorithms of the build, no purpose, DV_MAX_PATH, strict. */
struct dv_policy dv_policy_strict(dv_time at);

/*
 * Answers the question. Accepted only when every signature from an anchor down
 * to the leaf verifies and every rule holds; *path is then filled. Otherwise
 * the verdict carries the reason of the nearest miss and *path is all zero.
 */
DV_MUST_USE struct dv_verdict dv_chain_verify(const struct dv_chain *chain,
    const struct dv_policy *policy, struct dv_work *work,
    struct dv_path *path);

/*
 * Makes an anchor of a (self-signed) CA certificate: name, key, constraints.
 * The self-signature is checked when issuer and subject are equal. Fails when
 * the certificate is not a CA or holds a critical extension not understood.
 * out borrows from cert->der.
 */
DV_MUST_USE enum dv_reason dv_anchor_from_cert(const struct dv_cert *cert,
    struct dv_anchor *out, struct dv_at *at);

/*
 * Does issuer's key verify cert's signature? One link and nothing else: for
 * those who issue and install, not a substitute for dv_chain_verify().
 */
DV_MUST_USE enum dv_reason dv_cert_check_signature(const struct dv_cert *cert,
    const struct dv_key *issuer, struct dv_at *at);

/*
 * Reads a SubjectPublicKeyInfo (whole DER element, nothing after it) into out
 * and checks that an elliptic-curve point is on its curve.
 */
DV_MUST_USE enum dv_reason dv_key_parse(struct dv_bytes spki,
    struct dv_key *out, struct dv_at *at);

#ifdef __cplusplus
}
#endif
#endif
