/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The question of a signed artefact: chain, signature, signing time, digest,
 * in that order. Never believes a header before what it stands on.
 * docs/FORMAT.md; RFC 9052 4.4, RFC 9360, RFC 9995.
 */
#include "sign1.h"

#include "at.h"
#include "built.h"
#include "bytes.h"
#include "cbor.h"
#include "crypto.h"
#include "dv_voucher.h"
#include "ext.h"

/* id-kp-codeSigning, 1.3.6.1.5.5.7.3.3: RFC 5280 4.2.1.12. */
static const uint8_t code_signing[] = {
	0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03
};

static void
part_put(struct dv_sign1_tbs *out, struct dv_bytes part)
{
	if (part.len > 0)
		out->part[out->count++] = part;
}

/* A byte string of the structure: its head, into room, and its contents. */
static void
bytes_put(struct dv_sign1_tbs *out, uint8_t room[9], struct dv_bytes bytes)
{
	part_put(out, (struct dv_bytes){ room,
	    dv_cbor_bytes_head(bytes.len, room) });
	part_put(out, bytes);
}

void
dv_sign1_tbs(const struct dv_sign1 *sign1, struct dv_sign1_tbs *out)
{
	/* array of four, then the text "Signature1" */
	static const uint8_t one[] = {
		0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'
	};
	/* array of five, then the text "Signature" */
	static const uint8_t several[] = {
		0x85, 0x69, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e'
	};
	/* array of six, then the text "CounterSignatureV2" */
	static const uint8_t countersigned[] = {
		0x86, 0x72, 'C', 'o', 'u', 'n', 't', 'e', 'r', 'S', 'i', 'g',
		'n', 'a', 't', 'u', 'r', 'e', 'V', '2'
	};
	static const uint8_t no_external_data[] = { 0x40 };
	/* array of one: what the target has besides header and payload */
	static const uint8_t other_fields[] = { 0x81 };
	const bool counter = DV_HAS_COUNTERSIGNATURES &&
	    sign1->target.ptr != NULL;

	out->count = 0;
	part_put(out, counter ? DV_BYTES(countersigned) :
	    sign1->several ? DV_BYTES(several) : DV_BYTES(one));
	if (sign1->several || counter)
		bytes_put(out, out->body_head, sign1->body_map);
	bytes_put(out, out->protected_head, sign1->protected_map);
	part_put(out, DV_BYTES(no_external_data));
	bytes_put(out, out->payload_head, sign1->payload);
	if (!counter)
		return;
	part_put(out, DV_BYTES(other_fields));
	bytes_put(out, out->target_head, sign1->target);
}

enum dv_reason
dv_sign1_check_signature(const struct dv_sign1 *sign1,
    const struct dv_key *key, struct dv_at *at)
{
	struct dv_sign1_tbs tbs;
	struct dv_crypto_check check = {
		.key = key,
		.alg = sign1->sig_alg,
		.parts = tbs.part,
		.signature = sign1->signature,
		.salt = (unsigned)dv_hash_size(dv_sig_hash(sign1->sig_alg)),
	};

	if (!dv_cose_fits_key(sign1->key_type, key->type) ||
	    (key->only != DV_SIG_NONE && (key->only != check.alg ||
	    key->min_salt > check.salt))) {
		(void)dv_fail_at(at, DV_R_KEY_ALG_MISMATCH, DV_F_HEADER_ALG,
		    DV_NO_OFFSET);
		dv_wanted(at, dv_text(dv_key_type_name(key->type)));
		dv_found(at, dv_text(dv_key_type_name(sign1->key_type)));
		return DV_R_KEY_ALG_MISMATCH;
	}
	dv_sign1_tbs(sign1, &tbs);
	check.part_count = tbs.count;
	if (dv_crypto_verify(&check) == DV_CRYPTO_VALID)
		return DV_R_NONE;
	return dv_fail_at(at, DV_R_ENVELOPE_SIGNATURE, DV_F_ENVELOPE_SIGNATURE,
	    dv_offset(sign1->envelope, sign1->signature));
}

enum dv_reason
dv_sign1_check_digest(const struct dv_sign1 *sign1, struct dv_bytes digest,
    struct dv_at *at)
{
	uint8_t attached[DV_MAX_DIGEST];
	struct dv_bytes signed_digest = sign1->payload;

	if (sign1->attached)
		signed_digest = (struct dv_bytes){ attached,
		    dv_hash_once(sign1->hash, sign1->payload, attached) };
	if (digest.len == dv_hash_size(sign1->hash) && digest.len > 0 &&
	    dv_bytes_equal(digest, signed_digest))
		return DV_R_NONE;
	(void)dv_fail_at(at, DV_R_ARTEFACT_MISMATCH, DV_F_DIGEST, DV_NO_OFFSET);
	/* Of an attached artefact the digest is on no stack but this one. */
	if (!sign1->attached)
		dv_wanted(at, dv_octets(DV_VALUE_BYTES, sign1->payload));
	dv_found(at, dv_octets(DV_VALUE_BYTES, digest));
	return DV_R_ARTEFACT_MISMATCH;
}

static struct dv_verdict
no(enum dv_object object, enum dv_reason reason, const struct dv_at *at)
{
	return (struct dv_verdict){ .status = DV_REJECTED, .reason = reason,
	    .object = object, .at = *at };
}

struct dv_verdict
dv_sign1_check_chain(const struct dv_sign1 *sign1,
    const struct dv_chain *trust, const struct dv_policy *policy,
    struct dv_work *work, struct dv_path *path)
{
	struct dv_bytes pile[DV_MAX_INTERMEDIATES];
	struct dv_chain chain = *trust;
	const size_t inside = sign1->x5chain_count;
	const size_t own = inside > 0 ? inside - 1 : 0;
	const size_t more = chain.intermediate_count;
	struct dv_at at;

	if (more > DV_MAX_INTERMEDIATES - own) {
		(void)dv_fail_at(&at, DV_R_LIMIT, DV_F_HEADER_X5CHAIN,
		    dv_offset(sign1->envelope, sign1->x5chain[0]));
		dv_numbers(&at, DV_MAX_INTERMEDIATES, (int64_t)(own + more));
		return no(DV_OBJECT_ENVELOPE, DV_R_LIMIT, &at);
	}
	for (size_t i = 0; i < own; i++)
		pile[i] = sign1->x5chain[1 + i];
	for (size_t i = 0; i < more; i++)
		pile[own + i] = chain.intermediates[i];
	if (inside > 0)
		chain.leaf = sign1->x5chain[0];
	chain.intermediates = pile;
	chain.intermediate_count = own + more;
	return dv_chain_verify(&chain, policy, work, path);
}

/* The chain of who signs artefacts: for a purpose, whoever asks. */
static struct dv_verdict
chain_check(const struct dv_sign1 *sign1, const struct dv_question *question,
    struct dv_work *work, struct dv_path *path)
{
	struct dv_policy policy = *question->policy;

	if (policy.purpose.len == 0)
		policy.purpose = DV_BYTES(code_signing);
	return dv_sign1_check_chain(sign1, question->trust, &policy, work,
	    path);
}

enum dv_reason
dv_sign1_check_signer(const struct dv_cert *leaf,
    const struct dv_policy *policy, struct dv_at *at)
{
	if (dv_cert_has(leaf, DV_EXT_KEY_USAGE) &&
	    (leaf->ext.key_usage & DV_KU_DIGITAL_SIGNATURE) == 0)
		return dv_fail_ext(leaf, at, DV_R_KEY_USAGE_SIGNATURE,
		    DV_EXT_KEY_USAGE);
	if (policy->purpose.len == 0 &&
	    dv_cert_has(leaf, DV_EXT_EXT_KEY_USAGE) &&
	    !dv_eku_lists(leaf->ext.eku, DV_BYTES(code_signing))) {
		(void)dv_fail_ext(leaf, at, DV_R_KEY_PURPOSE,
		    DV_EXT_EXT_KEY_USAGE);
		dv_wanted(at, dv_octets(DV_VALUE_OID, DV_BYTES(code_signing)));
		return DV_R_KEY_PURPOSE;
	}
	return DV_R_NONE;
}

enum dv_reason
dv_sign1_check_alg(const struct dv_sign1 *sign1,
    const struct dv_policy *policy, struct dv_at *at)
{
	if ((policy->algs & DV_SIG_BIT(sign1->sig_alg)) != 0)
		return DV_R_NONE;
	(void)dv_fail_at(at, DV_R_ALG_NOT_ALLOWED, DV_F_HEADER_ALG,
	    DV_NO_OFFSET);
	dv_found(at, dv_number(sign1->alg));
	return DV_R_ALG_NOT_ALLOWED;
}

enum dv_reason
dv_signed_check(dv_time when, const struct dv_cert *leaf, dv_time now,
    struct dv_at *at)
{
	enum dv_reason reason = DV_R_NONE;
	dv_time wanted = now;

	if (when.s - DV_MAX_CLOCK_SKEW > now.s) {
		reason = DV_R_SIGNED_IN_FUTURE;
	} else if (when.s < leaf->not_before.s) {
		reason = DV_R_SIGNED_OUTSIDE_VALIDITY;
		wanted = leaf->not_before;
	} else if (when.s > leaf->not_after.s) {
		reason = DV_R_SIGNED_OUTSIDE_VALIDITY;
		wanted = leaf->not_after;
	}
	if (reason == DV_R_NONE)
		return reason;
	(void)dv_fail_at(at, reason, DV_F_CLAIM_IAT, DV_NO_OFFSET);
	dv_wanted(at, dv_instant(wanted));
	dv_found(at, dv_instant(when));
	return reason;
}

/* What the signer says of the artefact's own time (RFC 8392 3.1.4, 3.1.5). */
static enum dv_reason
use_check(const struct dv_sign1 *sign1, dv_time at, struct dv_at *place)
{
	const bool early = sign1->has_nbf && at.s < sign1->nbf.s;

	if (!early && !(sign1->has_exp && at.s >= sign1->exp.s))
		return DV_R_NONE;
	(void)dv_fail_at(place, early ? DV_R_ARTEFACT_NOT_YET :
	    DV_R_ARTEFACT_EXPIRED, early ? DV_F_CLAIM_NBF : DV_F_CLAIM_EXP,
	    DV_NO_OFFSET);
	dv_wanted_as(place, early ? "not before" : "before",
	    dv_instant(early ? sign1->nbf : sign1->exp));
	dv_found_as(place, "time used", dv_instant(at));
	return early ? DV_R_ARTEFACT_NOT_YET : DV_R_ARTEFACT_EXPIRED;
}

/*
 * What has no typ could be signed for anything. A voucher, or a request for one,
 * is no artefact, whoever signed it: the path profile alone can meet one here.
 */
static enum dv_reason
purpose_check(const struct dv_sign1 *sign1, struct dv_at *at)
{
	if (!DV_HAS_PATH || sign1->typed || !sign1->attached ||
	    !dv_voucher_is_data(sign1->payload))
		return DV_R_NONE;
	(void)dv_fail_at(at, DV_R_TYPE_MISMATCH, DV_F_PAYLOAD,
	    dv_offset(sign1->envelope, sign1->payload));
	dv_found(at, dv_text(DV_VOUCHER_TYP));
	return DV_R_TYPE_MISMATCH;
}

/* Who signed, and when: the chain, then each step on the one before. */
static struct dv_verdict
signature_judge(const struct dv_sign1 *sign1,
    const struct dv_question *question, struct dv_work *work,
    struct dv_path *path)
{
	const struct dv_verdict verdict = chain_check(sign1, question, work,
	    path);
	const struct dv_cert *leaf = path->cert;
	enum dv_object object = DV_OBJECT_CERTIFICATE;
	struct dv_at at;
	enum dv_reason reason;

	if (verdict.status != DV_ACCEPTED)
		return verdict;
	reason = dv_sign1_check_signer(leaf, question->policy, &at);
	if (reason == DV_R_NONE) {
		object = DV_OBJECT_ENVELOPE;
		reason = dv_sign1_check_alg(sign1, question->policy, &at);
	}
	if (reason == DV_R_NONE)
		reason = dv_sign1_check_signature(sign1, &leaf->key, &at);
	if (reason == DV_R_NONE && sign1->has_iat)
		reason = dv_signed_check(sign1->iat, leaf,
		    question->policy->at, &at);
	return reason == DV_R_NONE ? verdict : no(object, reason, &at);
}

/* What is said of the artefact. */
static struct dv_verdict
artefact_judge(const struct dv_sign1 *sign1,
    const struct dv_question *question)
{
	enum dv_object object = DV_OBJECT_ENVELOPE;
	struct dv_at at;
	enum dv_reason reason = purpose_check(sign1, &at);

	if (reason == DV_R_NONE)
		reason = use_check(sign1, question->policy->at, &at);
	if (reason == DV_R_NONE) {
		object = DV_OBJECT_ARTEFACT;
		reason = dv_sign1_check_digest(sign1, question->digest, &at);
	}
	if (reason != DV_R_NONE)
		return no(object, reason, &at);
	return (struct dv_verdict){ .status = DV_ACCEPTED,
	    .at = { .offset = DV_NO_OFFSET } };
}

static void
countersigner_note(const struct dv_question *question, size_t i,
    const struct dv_path *path)
{
	struct dv_countersigner *who = &question->countersigners[i];

	*who = (struct dv_countersigner){ .count = path->count,
	    .anchor = path->anchor, .good_until = path->good_until };
	for (size_t n = 0; n < path->count; n++) {
		who->cert[n] = path->cert[n].der;
		who->revocation[n] = path->revocation[n];
	}
}

/*
 * Each of them by the rules of a signature: one that is there and bad says that
 * somebody did not confirm what they are said to. *path serves as room.
 */
static struct dv_verdict
countersigned_judge(const struct dv_sign1 *sign1,
    const struct dv_question *question, struct dv_work *work,
    struct dv_path *path)
{
	dv_time until = path->good_until;
	struct dv_sign1 one;
	struct dv_verdict verdict;
	struct dv_at at;

	for (size_t i = 0; i < sign1->countersignatures; i++) {
		const enum dv_reason reason = dv_sign1_countersignature(sign1,
		    i, &one, &at);

		verdict = reason != DV_R_NONE ?
		    no(DV_OBJECT_ENVELOPE, reason, &at) :
		    signature_judge(&one, question, work, path);
		verdict.at.countersignature = (unsigned)i + 1;
		if (verdict.status != DV_ACCEPTED)
			return verdict;
		if (path->good_until.s < until.s)
			until = path->good_until;
		if (question->countersigners != NULL)
			countersigner_note(question, i, path);
	}
	/* The signer's path once more: the others have used the room. */
	verdict = chain_check(sign1, question, work, path);
	if (verdict.status == DV_ACCEPTED && until.s < path->good_until.s)
		path->good_until = until;
	return verdict;
}

struct dv_verdict
dv_sign1_verify(const struct dv_sign1 *sign1,
    const struct dv_question *question, struct dv_work *work,
    struct dv_path *path)
{
	const struct dv_at nowhere = { .offset = DV_NO_OFFSET };
	const size_t most = DV_HAS_COUNTERSIGNATURES ?
	    DV_MAX_COUNTERSIGNATURES : 0;
	struct dv_verdict verdict;

	*path = (struct dv_path){ .count = 0 };
	if (sign1->x5chain_count == 0 || sign1->x5chain_count > DV_MAX_PATH ||
	    sign1->countersignatures > most ||
	    sign1->target.ptr != NULL)
		return no(DV_OBJECT_ENVELOPE, DV_R_INTERNAL, &nowhere);
	verdict = signature_judge(sign1, question, work, path);
	if (verdict.status == DV_ACCEPTED)
		verdict = artefact_judge(sign1, question);
	if (DV_HAS_COUNTERSIGNATURES && verdict.status == DV_ACCEPTED &&
	    sign1->countersignatures > 0)
		verdict = countersigned_judge(sign1, question, work, path);
	if (verdict.status != DV_ACCEPTED)
		*path = (struct dv_path){ .count = 0 };
	else if (sign1->has_exp && sign1->exp.s - 1 < path->good_until.s)
		path->good_until.s = sign1->exp.s - 1;
	return verdict;
}
