/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is there a valid path from a trust anchor to this certificate, at this time,
 * for this purpose? RFC 5280 section 6.1. No heap, no clock, no I/O.
 */
#ifndef DV_CHAIN_H
#define DV_CHAIN_H

#include "dv_cert.h"
#include "dv_crl.h"
#include "dv_trace.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A trust anchor is a name and a key (RFC 5280 6.1.1 (d)); constraints taken
 * from its certificate apply to every path below it (RFC 5937). Views borrow from
 * that certificate, or from constants of the program.
 */
struct dv_anchor {
	struct dv_bytes name;		/* DER Name, not empty */
	struct dv_bytes spki;		/* DER SubjectPublicKeyInfo */
	struct dv_bytes key_id;		/* subjectKeyIdentifier, may be empty */
	dv_time not_before, not_after;	/* inclusive */
	int path_len;			/* -1: no limit */
	struct dv_bytes permitted, excluded; /* GeneralSubtrees contents */
	struct dv_bytes eku;		/* sequence of OIDs, contents; empty: any */
	bool no_crls;			/* its key usage has no cRLSign */
};

/*
 * The anchors this program was built with: defined by the C file that `pki-init
 * anchors` writes, not by libdv. Constants.
 */
extern const struct dv_anchor dv_builtin_anchors[];
extern const size_t dv_builtin_anchor_count;

/* A build may have the first alone: the other is then DV_R_NOT_BUILT. */
enum dv_profile {
	DV_PROFILE_STRICT = 0,	/* RFC 5280 sections 4, 5 and 6 */
	DV_PROFILE_PATH		/* section 6 only: other people's older PKIs */
};

/* What must be known of the certificates below the anchor. */
enum dv_revocation_mode {
	DV_REVOCATION_REQUIRED = 0,	/* that none is revoked */
	DV_REVOCATION_IF_GIVEN,		/* what the CRLs given speak of */
	DV_REVOCATION_NONE		/* nothing: CRLs are not looked at */
};

/* What is known of one certificate of an accepted path. */
enum dv_revocation {
	DV_REVOCATION_NOT_CHECKED = 0,	/* no CRL given speaks of it */
	DV_REVOCATION_GOOD,		/* for every reason, by a fresh CRL */
	DV_REVOCATION_UNAVAILABLE	/* noRevAvail: there is none, RFC 9608 */
};

/*
 * Begin with dv_policy_strict(); every loosening is then visible. The list of
 * initial_policies is borrowed until the call returns, the bytes of all OIDs as
 * long as the verdict and path that came of it.
 */
struct dv_policy {
	dv_time at;			/* the time of the question */
	uint32_t algs;			/* set of DV_SIG_BIT(): what may be used */
	struct dv_bytes purpose;	/* OID contents the leaf's EKU must permit;
					   empty: no purpose asked */
	unsigned max_path;		/* certificates, 1..DV_MAX_PATH */
	enum dv_profile profile;
	enum dv_revocation_mode revocation;
	/* RFC 5280 6.1.1 (c), (e), (f), (g) */
	const struct dv_bytes *initial_policies; /* OID contents each */
	size_t initial_policy_count;	/* 0: any policy will do */
	bool require_explicit, inhibit_mapping, inhibit_any;
};

/*
 * Everything is borrowed until the call returns; anchors and the bytes of
 * certificates and CRLs as long as the verdict, trace and path that came of it.
 */
struct dv_chain {
	struct dv_bytes leaf;			/* DER certificate */
	const struct dv_bytes *intermediates;	/* DER certificates, any order; */
	size_t intermediate_count;		/* an ordered chain is tried first */
	const struct dv_anchor *anchors;
	size_t anchor_count;
	const struct dv_crl *crls;		/* read by dv_crl_parse(), any */
	size_t crl_count;			/* order; their DER is kept */
};

/*
 * The user-constrained policy set (RFC 5280 6.1.6): what a path is valid for,
 * of what was asked for. Neither policy nor any: valid for none.
 */
struct dv_policy_set {
	size_t count;
	bool any;				/* whichever was asked for */
	struct dv_bytes oid[DV_MAX_PATH_POLICIES]; /* OID contents */
};

/*
 * Filled only on acceptance, else all zero: then there is no cert[0]. Views
 * borrow from the inputs; the certificates stand in the question's dv_work,
 * until its next question.
 */
struct dv_path {
	size_t count;				/* certificates, leaf first */
	const struct dv_cert *cert;
	size_t anchor;				/* index of the anchor */
	dv_time good_until;			/* earliest end along the path, and
						   of the CRLs relied on */
	enum dv_revocation revocation[DV_MAX_PATH];
	unsigned signatures;			/* how many were checked */
	struct dv_policy_set policies;		/* borrows from the policy too */
};

/*
 * A policy at one certificate, and the policies of the anchor's domain that it
 * stands for: bit n is dv_policy_work.set.oid[n].
 */
struct dv_policy_node {
	struct dv_bytes oid;
	uint64_t roots;
};

struct dv_policy_level {
	unsigned count;
	bool any;				/* anyPolicy, from the top */
	struct dv_policy_node node[DV_MAX_POLICY_NODES];
};

struct dv_policy_work {
	struct dv_policy_set set;
	struct dv_policy_level level[2];	/* above, and here */
};

/*
 * CRLs while a path is judged. Holders of keys are numbered: the certificates
 * of the path from 0, then the anchor, then signers outside the path.
 */
struct dv_crl_work {
	dv_time until;			/* earliest nextUpdate relied on */
	unsigned outside_count;
	bool waited;			/* somebody, in this round */
	uint8_t status[DV_MAX_PATH + 1 + DV_MAX_CRL_SIGNERS];
	uint8_t outside[DV_MAX_CRL_SIGNERS];	/* place in the pile */
	uint8_t certifier[DV_MAX_CRL_SIGNERS];	/* holder who certified it */
	uint8_t signer[DV_MAX_CRLS];	/* its holder, once it is known */
	uint8_t refusal[DV_MAX_CRLS];	/* enum dv_reason, once it is known */
	bool resolved[DV_MAX_CRLS];
	struct dv_verdict best;		/* nearest miss of a certificate */
};

/*
 * Working memory of one question; its contents mean nothing to the caller but
 * for the certificates that a dv_path points to, and for the trace: after the
 * verdict, that of the path accepted or nearest to it.
 * May be static on a microcontroller. Needs no initialisation. One call at a time.
 * Its size is in docs/LAYOUT.md, and smaller with -DDV_NO_CRL, which the library
 * and the program must then both be compiled with.
 */
struct dv_work {
	unsigned signatures;		/* budget spent, DV_MAX_SIGNATURES */
	unsigned name_checks;		/* budget spent, DV_MAX_NAME_CHECKS */
	uint8_t next[DV_MAX_PATH];	/* next candidate to try for a place */
#ifndef DV_NO_CRL
	struct dv_crl_work crls;
#endif
	struct dv_cert cert[DV_MAX_PATH];
	struct dv_cert candidate;
	struct dv_verdict best;		/* nearest miss so far */
#ifndef DV_NO_TRACE
	struct dv_trace trace, nearest;	/* of this path, and of that miss */
#endif
#ifndef DV_NO_POLICIES
	struct dv_policy_work policies;
#endif
};

/* All algorithms of the build, no purpose, DV_MAX_PATH, strict, revocation if
 * CRLs are given. */
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
 * The self-signature is checked when issuer and subject are equal and its
 * algorithm is one of the build. Fails when the certificate is not a CA or
 * holds a critical extension not understood. out borrows from cert->der.
 */
DV_MUST_USE enum dv_reason dv_anchor_from_cert(const struct dv_cert *cert,
    struct dv_anchor *out, struct dv_at *at);

/*
 * Is the certificate of an anchor, as dv_cert_read() read it, what the strict
 * profile asks of a CA's? No path rests on that (RFC 5280 6.1.1 (d)): it is for
 * those who make anchors of certificates, before dv_anchor_from_cert().
 */
DV_MUST_USE enum dv_reason dv_anchor_judge(const struct dv_cert *cert,
    struct dv_at *at);

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

/*
 * Is it the same key, however it is written? An RSA key is, with another
 * algorithm or exponent beside its modulus: whoever has one, has both.
 */
bool dv_key_same(const struct dv_key *a, const struct dv_key *b);

#ifdef __cplusplus
}
#endif
#endif
