/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making a signed artefact: the envelopes of docs/FORMAT.md over a digest the
 * caller computed as a stream. Nothing is returned that has not been verified.
 */
#ifndef DS_SIGN1_H
#define DS_SIGN1_H

#include "ds_key.h"
#include "dv_sign1.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A chain as given: leaf first, each followed by its issuer. Borrowed DER. */
struct ds_chain {
	struct dv_bytes cert[DV_MAX_PATH + 1];	/* +1: a root may end it */
	size_t count;
	bool ends_in_root;	/* last one is self-signed: not put in envelopes */
};

/*
 * Before the hardware is asked: is the leaf for this key (when key is not
 * NULL), is every link right and every certificate valid at `at`, may the leaf
 * sign artefacts? The verifier's own rules decide, with the last certificate
 * as their anchor. Fills *out in signing order. Error: which certificate, why.
 *
 * What is proved is that the certificates fit together and the key, not that
 * anybody trusts the last one. Of a leaf that comes alone, its issuer's
 * signature cannot be checked; key, validity, key usage and purpose are.
 */
struct ds_chain_check {
	const struct dv_bytes *certs;
	size_t count;
	const struct dv_key *key;
	dv_time at;
	bool for_signing;	/* false: only that chain and key fit (install) */
};
DV_MUST_USE enum dv_exit ds_chain_check(const struct ds_chain_check *check,
    struct ds_chain *out, struct dv_err *err);

/* A free-form claim; the key is none of those that docs/FORMAT.md names. */
struct ds_claim {
	struct dv_bytes key, value;	/* UTF-8 */
};

struct ds_sign1_new {
	struct ds_key *key;
	const struct ds_chain *chain;	/* from ds_chain_check() */
	enum dv_hash_id hash;
	struct dv_bytes digest;		/* of the artefact */
	bool attached;			/* content instead of hash and digest */
	struct dv_bytes content;	/* the artefact, to DV_MAX_ATTACHED octets */
	const char *preimage_type;	/* content type of the artefact:
					   DV_SIGN1_OCTETS unless known better */
	const char *iss;		/* who signs; NULL: leaf's serialNumber, else
					   CN, else the whole subject */
	const char *sub;		/* name of the artefact */
	dv_time iat;
	bool has_nbf, has_exp;
	dv_time nbf, exp;		/* to be used from, and before */
	const char *version;		/* its scheme is plain from it; or NULL */
	const char *device, *model;	/* what the artefact is for, or NULL */
	const struct ds_claim *claims;
	size_t claim_count;		/* at most DV_MAX_CLAIMS */
	bool several;			/* COSE_Sign: others can add theirs */
	/* Of several: an envelope about the same artefact, whose signatures stay
	 * as they are. What it says of the artefact is signed, nothing else is
	 * said; digest or content is compared. {NULL, 0}: a new one. */
	struct dv_bytes before;
};

/*
 * Appends the envelope to *out. It has been read back and verified with the
 * verifier's own code before this returns success.
 */
DV_MUST_USE enum dv_exit ds_sign1_make(const struct ds_sign1_new *what,
    struct dv_buf *out, struct dv_err *err);

/*
 * Appends to *out the envelope what->before, of one signature, confirmed by a
 * countersignature more (RFC 9338). Of *what, key, chain, iss and iat are used.
 * Refused unless all signatures that are there are of the keys of their own
 * certificates, none of them of this one; trusted nobody is. All but the new
 * countersignature stays as it is, and that has been verified.
 */
DV_MUST_USE enum dv_exit ds_countersign(const struct ds_sign1_new *what,
    struct dv_buf *out, struct dv_err *err);

/*
 * When the key is behind another tool: appends the octets it has to sign
 * (Sig_structure, RFC 9052 4.4) to *tbs. what->key is NULL. All that the
 * envelope will say is in them, so they are all that has to be kept.
 */
DV_MUST_USE enum dv_exit ds_sign1_export(const struct ds_sign1_new *what,
    struct dv_buf *tbs, struct dv_err *err);

/*
 * The other way: appends the envelope of those octets and their signature to
 * *out and reads it into *made, which points into it. signature: r || s or the
 * one DER encoding of both, of other keys as their standard has it. Nothing is
 * judged before ds_sign1_accept().
 */
DV_MUST_USE enum dv_exit ds_sign1_import(struct dv_bytes tbs,
    struct dv_bytes signature, struct dv_buf *out, struct dv_sign1 *made,
    struct dv_err *err);

/*
 * Is it of this chain (from ds_chain_check() at made->iat), signed by its leaf,
 * and about the artefact with this digest? Only then may it leave.
 */
DV_MUST_USE enum dv_exit ds_sign1_accept(const struct dv_sign1 *made,
    const struct ds_chain *chain, struct dv_bytes digest, struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
