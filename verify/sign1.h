/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The steps of an envelope's judgement that a signer goes through itself before
 * anybody else sees its output. None of them says whom to trust.
 */
#ifndef SIGN1_H
#define SIGN1_H

#include "dv_sign1.h"

/*
 * As dv_sign1_parse() in the path profile, for a caller who knows the signer's
 * key: a certificate may be missing, x5chain_count is then 0.
 */
DV_MUST_USE enum dv_reason dv_sign1_parse_keyed(struct dv_bytes envelope,
    struct dv_sign1 *out, struct dv_at *at);

/*
 * As dv_sign1_parse(), for what is no artefact but a voucher or a request for
 * one: typ is DV_VOUCHER_TYP, x5chain may be missing, and the headers that speak
 * of an artefact are refused. out->payload is what dv_voucher_parse() reads.
 */
DV_MUST_USE enum dv_reason dv_sign1_parse_voucher(struct dv_bytes envelope,
    enum dv_profile profile, struct dv_sign1 *out, struct dv_at *at);

/*
 * What is signed (RFC 9052 4.4): Sig_structure with context "Signature1", of
 * several "Signature" and what they have in common, and no external data; of a
 * countersignature Countersign_structure (RFC 9338 3.3). In parts that borrow
 * from sign1 and from themselves.
 */
#define DV_SIGN1_PARTS 11
struct dv_sign1_tbs {
	size_t count;
	uint8_t body_head[9];
	uint8_t protected_head[9];
	uint8_t payload_head[9];
	uint8_t target_head[9];
	struct dv_bytes part[DV_SIGN1_PARTS];
};
void dv_sign1_tbs(const struct dv_sign1 *sign1, struct dv_sign1_tbs *out);

/*
 * May this certificate sign artefacts? Whoever says what its key is for must
 * say this: a key for anything (anyExtendedKeyUsage) is not enough, unless the
 * caller asked for a purpose of its own, which the chain has then answered.
 */
DV_MUST_USE enum dv_reason dv_sign1_check_signer(const struct dv_cert *leaf,
    const struct dv_policy *policy, struct dv_at *at);

/*
 * The path of the signer: the envelope's certificates, then the caller's. When
 * none is inside, the caller's leaf is the signer's.
 */
DV_MUST_USE struct dv_verdict dv_sign1_check_chain(
    const struct dv_sign1 *sign1, const struct dv_chain *trust,
    const struct dv_policy *policy, struct dv_work *work,
    struct dv_path *path);

/* Is the envelope's algorithm one that the policy permits? */
DV_MUST_USE enum dv_reason dv_sign1_check_alg(const struct dv_sign1 *sign1,
    const struct dv_policy *policy, struct dv_at *at);

/*
 * When a signer says it signed, by its own clock: not ahead of ours, and while
 * its key was good. At the claim iat.
 */
DV_MUST_USE enum dv_reason dv_signed_check(dv_time when,
    const struct dv_cert *leaf, dv_time now, struct dv_at *at);

/* Did the holder of this key sign the envelope? */
DV_MUST_USE enum dv_reason dv_sign1_check_signature(
    const struct dv_sign1 *sign1, const struct dv_key *key, struct dv_at *at);

/* Is the payload this digest of the artefact? */
DV_MUST_USE enum dv_reason dv_sign1_check_digest(const struct dv_sign1 *sign1,
    struct dv_bytes digest, struct dv_at *at);

#endif
