/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asks the core about one vector. Never judges an answer: that is
 * run_vectors.c, which compares, and property.c, which alters.
 */
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dv_wasm.h"

static bool
all_zero(const void *ptr, size_t len)
{
	const uint8_t *p = ptr;

	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* Outputs are filled with this beforehand: zero must have been written. */
#define NOISE 0xa5

static struct answer
read_answer(enum dv_reason reason, enum dv_object object,
    const struct dv_at *at)
{
	struct answer a = { .verdict = { .object = object, .at = *at } };

	a.verdict.status = reason == DV_R_NONE ? DV_ACCEPTED : DV_REJECTED;
	a.verdict.reason = reason;
	return a;
}

static struct answer
cert_ask(const struct inputs *in)
{
	static struct dv_cert cert;
	struct dv_at at = { .offset = DV_NO_OFFSET };
	struct answer a;

	memset(&cert, NOISE, sizeof(cert));
	a = read_answer(dv_cert_parse(in->main, &cert, &at),
	    DV_OBJECT_CERTIFICATE, &at);
	if (a.verdict.status != DV_ACCEPTED &&
	    !all_zero(&cert, sizeof(cert)))
		a.broken = "a refused certificate left something behind";
	a.unknown = a.verdict.status == DV_ACCEPTED &&
	    (cert.key.type == DV_KEY_NONE || cert.sig_alg == DV_SIG_NONE);
	return a;
}

static struct answer
crl_ask(const struct inputs *in)
{
	static struct dv_crl crl;
	struct dv_at at = { .offset = DV_NO_OFFSET };
	struct answer a;

	memset(&crl, NOISE, sizeof(crl));
	a = read_answer(dv_crl_parse(in->main, &crl, &at), DV_OBJECT_CRL, &at);
	if (a.verdict.status != DV_ACCEPTED && !all_zero(&crl, sizeof(crl)))
		a.broken = "a refused CRL left something behind";
	return a;
}

static struct answer
request_ask(const struct inputs *in)
{
	static struct dv_csr csr;
	struct dv_at at = { .offset = DV_NO_OFFSET };
	enum dv_reason reason;
	struct answer a;

	memset(&csr, NOISE, sizeof(csr));
	reason = dv_csr_parse(in->main, &csr, &at);
	if (reason != DV_R_NONE) {
		a = read_answer(reason, DV_OBJECT_REQUEST, &at);
		if (!all_zero(&csr, sizeof(csr)))
			a.broken = "a refused request left something behind";
		return a;
	}
	return read_answer(dv_csr_prove(&csr, &at), DV_OBJECT_REQUEST, &at);
}

/* Anchors as the programs make them. True when all are good. */
static bool
anchors_make(const struct vector *v, const struct inputs *in,
    struct dv_anchor *out, struct answer *a)
{
	static struct dv_cert cert;
	struct dv_at at = { .offset = DV_NO_OFFSET };
	enum dv_reason reason;

	for (size_t i = 0; i < in->anchor_count; i++) {
		reason = dv_cert_read(in->anchors[i], &cert, &at);
		if (reason == DV_R_NONE && v->expect.judge_anchors)
			reason = dv_anchor_judge(&cert, &at);
		if (reason == DV_R_NONE)
			reason = dv_anchor_from_cert(&cert, &out[i], &at);
		if (reason == DV_R_NONE)
			continue;
		*a = read_answer(reason, DV_OBJECT_ANCHOR, &at);
		a->verdict.index = (unsigned)i;
		return false;
	}
	return true;
}

/* As `expect` has it: OIDs in their order, "any" or "none". */
static void
policies_text(const struct dv_policy_set *set, char *out, size_t cap)
{
	char oid[128];
	size_t n = 0;

	snprintf(out, cap, "%s", set->any ? "any" : "none");
	for (size_t i = 0; i < set->count; i++) {
		dv_oid_text(set->oid[i], oid, sizeof(oid));
		n += (size_t)snprintf(out + n, cap - n, "%s%s", n > 0 ? "," :
		    "", oid);
		if (n >= cap)
			abort();
	}
	if (set->any && set->count > 0)
		snprintf(out + n, cap - n, ",any");
}

/* CRLs as the programs read them. True when all are good. */
static bool
crls_read(const struct inputs *in, struct dv_crl *out, struct answer *a)
{
	struct dv_at at = { .offset = DV_NO_OFFSET };
	enum dv_reason reason;

	for (size_t i = 0; i < in->crl_count; i++) {
		reason = dv_crl_parse(in->crls[i], &out[i], &at);
		if (reason == DV_R_NONE)
			continue;
		*a = read_answer(reason, DV_OBJECT_CRL, &at);
		a->verdict.index = (unsigned)i;
		return false;
	}
	return true;
}

static void
statuses_text(const struct dv_path *path, char *out, size_t cap)
{
	static const char *const names[] = {
		[DV_REVOCATION_NOT_CHECKED] = "not-checked",
		[DV_REVOCATION_GOOD] = "good",
		[DV_REVOCATION_UNAVAILABLE] = "not-available",
	};
	size_t n = 0;

	for (size_t i = 0; i < path->count; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s%s", n > 0 ? "," :
		    "", names[path->revocation[i]]);
}

static struct answer
path_answer(const struct dv_verdict *verdict, const struct dv_path *path)
{
	struct answer a = { .verdict = *verdict };

	if (verdict->status != DV_ACCEPTED) {
		if (!all_zero(path, sizeof(*path)))
			a.broken = "a refused chain left a path behind";
		return a;
	}
	a.good_until = path->good_until;
	policies_text(&path->policies, a.policies, sizeof(a.policies));
	a.used_count = path->count;
	statuses_text(path, a.statuses, sizeof(a.statuses));
	for (size_t i = 0; i < path->count; i++)
		a.used[i] = path->cert[i].der.ptr;
	if (path->count == 0 || path->signatures < path->count)
		a.broken = "accepted with fewer signatures than certificates";
	return a;
}

/* Is each of those who countersigned noted, with the leaf of its own? */
static bool
countersigners_noted(const struct dv_sign1 *sign1,
    const struct dv_countersigner *who)
{
	struct dv_sign1 one;
	struct dv_at unused;

	for (size_t i = 0; i < sign1->countersignatures; i++)
		if (dv_sign1_countersignature(sign1, i, &one, &unused) !=
		    DV_R_NONE || who[i].count == 0 ||
		    who[i].cert[0].ptr != one.x5chain[0].ptr)
			return false;
	return true;
}

static struct answer
chain_ask(const struct vector *v, const struct inputs *in, bool envelope)
{
	static struct dv_anchor anchors[VECTOR_MAX_ANCHORS];
	static struct dv_crl crls[VECTOR_MAX_CRLS];
	static struct dv_work work;
	static struct dv_path path;
	static struct dv_sign1 sign1;
	static struct dv_countersigner who[DV_MAX_COUNTERSIGNATURES];
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_chain chain = { .leaf = in->main, .intermediates = in->pile,
	    .intermediate_count = in->pile_count, .anchors = anchors,
	    .anchor_count = in->anchor_count, .crls = crls,
	    .crl_count = in->crl_count };
	struct dv_question question = { .trust = &chain,
	    .policy = &v->expect.policy, .countersigners = who };
	struct dv_at at = { .offset = DV_NO_OFFSET };
	struct dv_verdict verdict;
	struct answer a;
	enum dv_reason reason;
	bool noted;

	if (!anchors_make(v, in, anchors, &a) || !crls_read(in, crls, &a))
		return a;
	memset(&path, NOISE, sizeof(path));
	if (!envelope) {
		verdict = dv_chain_verify(&chain, &v->expect.policy, &work,
		    &path);
		return path_answer(&verdict, &path);
	}
	memset(&sign1, NOISE, sizeof(sign1));
	reason = dv_sign1_parse(in->main, v->expect.policy.profile, &sign1,
	    &at);
	if (reason != DV_R_NONE) {
		a = read_answer(reason, DV_OBJECT_ENVELOPE, &at);
		if (!all_zero(&sign1, sizeof(sign1)))
			a.broken = "a refused envelope left something behind";
		return a;
	}
	if (sign1.detached)
		sign1.payload = in->artefact;
	question.digest = (struct dv_bytes){ digest,
	    dv_hash_once(sign1.hash, in->artefact, digest) };
	memset(who, 0, sizeof(who));
	verdict = dv_sign1_verify(&sign1, &question, &work, &path);
	noted = verdict.status != DV_ACCEPTED ||
	    countersigners_noted(&sign1, who);
	if (verdict.status == DV_ACCEPTED && v->expect.demand.kind != 0) {
		verdict = dv_demands_check(&sign1, &path.cert[0],
		    &v->expect.demand, 1);
		/* The path was accepted, the question was not. */
		if (verdict.status != DV_ACCEPTED)
			memset(&path, 0, sizeof(path));
	}
	a = path_answer(&verdict, &path);
	if (!noted)
		a.broken = "who countersigned is not told";
	return a;
}

/* Each signature of an envelope by itself, then all of them together. */
static struct answer
sign_ask(const struct vector *v, const struct inputs *in)
{
	static struct dv_anchor anchors[VECTOR_MAX_ANCHORS];
	static struct dv_work work;
	static struct dv_path path;
	static struct dv_sign sign;
	struct dv_outcome each[DV_MAX_SIGNERS];
	uint8_t digest[DV_MAX_DIGEST];
	const struct dv_chain chain = { .anchors = anchors,
	    .anchor_count = in->anchor_count };
	struct dv_question question = { .trust = &chain,
	    .policy = &v->expect.policy };
	struct dv_at at = { .offset = DV_NO_OFFSET };
	enum dv_reason reason;
	struct answer a;
	size_t decides;

	if (!anchors_make(v, in, anchors, &a))
		return a;
	memset(&sign, NOISE, sizeof(sign));
	reason = dv_sign_parse(in->main, v->expect.policy.profile, &sign, &at);
	a = read_answer(reason, DV_OBJECT_ENVELOPE, &at);
	if (reason != DV_R_NONE) {
		if (!all_zero(&sign, sizeof(sign)))
			a.broken = "a refused envelope left something behind";
		return a;
	}
	question.digest = (struct dv_bytes){ digest,
	    dv_hash_once(sign.each[0].hash, in->artefact, digest) };
	for (size_t i = 0; i < sign.count; i++) {
		if (sign.each[i].detached)
			sign.each[i].payload = in->artefact;
		each[i] = (struct dv_outcome){ .verdict = dv_sign1_verify(
		    &sign.each[i], &question, &work, &path) };
		if (each[i].verdict.status != DV_ACCEPTED)
			continue;
		each[i].good_until = path.good_until;
		each[i].key = path.cert[0].key;
	}
	a.verdict = dv_outcomes_decide(each, sign.count, v->expect.threshold,
	    &decides);
	if (decides < sign.count)
		a.good_until = each[decides].good_until;
	a.signatures = sign.count;
	return a;
}

/* Accepted when every signature inside is; the first refusal otherwise. */
static struct answer
embedded_judge(const struct vector *v, const struct dv_chain *chain,
    const struct dv_embedded *e)
{
	static struct dv_work work;
	static struct dv_path path;
	static struct dv_sign1 sign1;
	struct dv_question question = { .trust = chain,
	    .policy = &v->expect.policy };
	struct dv_verdict verdict;
	struct answer a = { .verdict = { .status = DV_UNDECIDED } };
	struct dv_at at;
	unsigned hashes = 0;

	for (size_t i = 0; i < e->count; i++) {
		const enum dv_reason reason = dv_sign1_parse(e->envelope[i],
		    v->expect.policy.profile, &sign1, &at);

		if (reason != DV_R_NONE)
			return read_answer(reason, DV_OBJECT_ENVELOPE, &at);
		hashes |= 1u << sign1.hash;
		question.digest = dv_embedded_digest(e, sign1.hash);
		verdict = dv_sign1_verify(&sign1, &question, &work, &path);
		a = path_answer(&verdict, &path);
		if (verdict.status != DV_ACCEPTED)
			return a;
	}
	a.signatures = e->count;
	a.hashes = hashes;
	return a;
}

/* One octet at a time and all at once: the same answer. */
static enum dv_reason
module_read(struct dv_bytes module, size_t step, struct dv_embedded *e,
    struct dv_at *at)
{
	enum dv_reason reason = DV_R_NONE;
	static uint8_t room[DV_EMBEDDED_ROOM];

	dv_embedded_start(e, room, sizeof(room));
	for (size_t n = 0; reason == DV_R_NONE && n < module.len; n += step)
		reason = dv_embedded_add(e, (struct dv_bytes){ module.ptr + n,
		    module.len - n < step ? module.len - n : step }, at);
	return reason == DV_R_NONE ? dv_embedded_end(e, at) : reason;
}

static struct answer
wasm_ask(const struct vector *v, const struct inputs *in)
{
	static struct dv_anchor anchors[VECTOR_MAX_ANCHORS];
	static struct dv_embedded e;
	const struct dv_chain chain = { .anchors = anchors,
	    .anchor_count = in->anchor_count };
	struct dv_at at = { .offset = DV_NO_OFFSET }, other = at;
	enum dv_reason reason, again;
	struct answer a;

	if (!anchors_make(v, in, anchors, &a))
		return a;
	again = module_read(in->main, 1, &e, &other);
	reason = module_read(in->main, in->main.len + 1, &e, &at);
	a = reason != DV_R_NONE ?
	    read_answer(reason, DV_OBJECT_ARTEFACT, &at) :
	    embedded_judge(v, &chain, &e);
	if (again != reason || other.offset != at.offset)
		a.broken = "the size of the pieces makes a difference";
	return a;
}

/* Read to its end, its count is right; refused, nothing is left. */
static struct answer
manifest_ask(const struct inputs *in)
{
	struct dv_at at = { .offset = DV_NO_OFFSET };
	struct dv_manifest manifest;
	struct dv_manifest_file file;
	struct dv_bytes rest;
	uint64_t count = 0;
	enum dv_reason reason;
	struct answer a;

	memset(&manifest, NOISE, sizeof(manifest));
	reason = dv_manifest_parse(in->main, &manifest, &at);
	a = read_answer(reason, DV_OBJECT_ARTEFACT, &at);
	if (reason != DV_R_NONE && (manifest.count != 0 ||
	    manifest.entries.ptr != NULL || manifest.hash != DV_HASH_NONE))
		a.broken = "a refused manifest left something behind";
	rest = manifest.entries;
	while (dv_manifest_next(&rest, &file))
		count++;
	if (count != manifest.count || rest.len != 0)
		a.broken = "the files of a manifest are not its count";
	return a;
}

/* Alone, after the one before, and beside the one of a later run. */
static struct answer
receipt_ask(const struct inputs *in)
{
	static struct dv_receipt receipt, other;
	struct dv_at at = { .offset = DV_NO_OFFSET };
	enum dv_reason reason;
	struct answer a;

	memset(&receipt, NOISE, sizeof(receipt));
	reason = dv_receipt_parse(in->main, &receipt, &at);
	if (reason != DV_R_NONE) {
		a = read_answer(reason, DV_OBJECT_RECEIPT, &at);
		if (receipt.bytes.ptr != NULL || receipt.path.count != 0 ||
		    receipt.demand_count != 0)
			a.broken = "a refused receipt left something behind";
		return a;
	}
	if (in->previous.ptr != NULL) {
		reason = dv_receipt_parse(in->previous, &other, &at);
		if (reason == DV_R_NONE)
			reason = dv_receipt_follows(&receipt, &other, &at);
	}
	if (reason == DV_R_NONE && in->again.ptr != NULL) {
		reason = dv_receipt_parse(in->again, &other, &at);
		if (reason == DV_R_NONE)
			reason = dv_receipt_compare(&receipt, &other, &at);
	}
	return read_answer(reason, DV_OBJECT_RECEIPT, &at);
}

/* A voucher beside its request, or a request alone. */
static struct answer
voucher_ask(const struct vector *v, const struct inputs *in)
{
	static struct dv_anchor anchors[VECTOR_MAX_ANCHORS];
	static struct dv_crl crls[VECTOR_MAX_CRLS];
	static struct dv_work work;
	static struct dv_path path;
	static struct dv_voucher voucher, request;
	const struct dv_chain chain = { .leaf = in->signer,
	    .intermediates = in->pile, .intermediate_count = in->pile_count,
	    .anchors = anchors, .anchor_count = in->anchor_count,
	    .crls = crls, .crl_count = in->crl_count };
	const struct dv_voucher_question question = { .trust = &chain,
	    .policy = &v->expect.policy, .registrar = in->registrar,
	    .nonce = { v->expect.nonce, v->expect.nonce_len },
	    .request = in->asked_for.ptr != NULL ? &request : NULL };
	struct dv_at at = { .offset = DV_NO_OFFSET };
	struct dv_verdict verdict;
	enum dv_reason reason;
	struct answer a;

	if (!anchors_make(v, in, anchors, &a) || !crls_read(in, crls, &a))
		return a;
	memset(&voucher, NOISE, sizeof(voucher));
	reason = dv_voucher_parse(in->main, v->expect.policy.profile, &voucher,
	    &at);
	if (reason != DV_R_NONE) {
		a = read_answer(reason, DV_OBJECT_ENVELOPE, &at);
		if (!all_zero(&voucher, sizeof(voucher)))
			a.broken = "a refused voucher left something behind";
		return a;
	}
	if (in->asked_for.ptr != NULL)
		reason = dv_voucher_parse(in->asked_for,
		    v->expect.policy.profile, &request, &at);
	if (reason != DV_R_NONE)
		return read_answer(reason, DV_OBJECT_REQUEST, &at);
	memset(&path, NOISE, sizeof(path));
	verdict = dv_voucher_verify(&voucher, &question, &work, &path);
	return path_answer(&verdict, &path);
}

struct answer
vector_ask(const struct vector *v, const struct inputs *in)
{
	struct answer a = { .verdict = { .status = DV_UNDECIDED } };

	switch (v->kind) {
	case KIND_CERT:
		a = cert_ask(in);
		break;
	case KIND_CHAIN:
		a = chain_ask(v, in, false);
		break;
	case KIND_CRL:
		a = crl_ask(in);
		break;
	case KIND_REQUEST:
		a = request_ask(in);
		break;
	case KIND_SIGN:
		a = sign_ask(v, in);
		break;
	case KIND_SIGN1:
		a = chain_ask(v, in, true);
		break;
	case KIND_WASM:
		a = wasm_ask(v, in);
		break;
	case KIND_MANIFEST:
		a = manifest_ask(in);
		break;
	case KIND_RECEIPT:
		a = receipt_ask(in);
		break;
	case KIND_VOUCHER:
		a = voucher_ask(v, in);
		break;
	case KIND_COUNT:
		break;
	}
	if (a.broken == NULL && (a.verdict.status == DV_ACCEPTED) !=
	    (a.verdict.reason == DV_R_NONE))
		a.broken = "status and reason contradict each other";
	if (a.broken == NULL && a.verdict.status == DV_UNDECIDED)
		a.broken = "no verdict";
	return a;
}
