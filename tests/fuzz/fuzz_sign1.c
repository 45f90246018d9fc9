/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: the envelope's reader. Whatever the bytes, a reading that fails
 * tells nothing and says where; one that succeeds holds views into the input,
 * is deterministic CBOR to its last octet and is accepted by nobody who trusts
 * nothing, and by who trusts the vectors' anchors only for what they signed.
 */
#include "bytes.h"
#include "cbor.h"
#include "dv_sign1.h"
#include "fuzz.h"

static bool
inside(struct dv_bytes all, struct dv_bytes part)
{
	if (part.ptr == NULL)
		return part.len == 0;
	return part.ptr >= all.ptr && part.len <= all.len &&
	    part.ptr + part.len <= all.ptr + all.len;
}

/* Free-form claims: few, inside, and an end to them. */
static void
check_claims(const struct dv_sign1 *s)
{
	struct dv_bytes rest = s->claims;
	struct dv_claim claim;
	unsigned count = 0;

	while (dv_sign1_claim_next(s, &rest, &claim)) {
		must(inside(s->claims, claim.key) && claim.key.len > 0);
		must(inside(s->claims, claim.value));
		must(++count <= DV_MAX_CLAIMS);
	}
}

static void
check_read(struct dv_bytes all, const struct dv_sign1 *s)
{
	must(s->x5chain_count >= 1 && s->x5chain_count <= DV_MAX_PATH);
	for (size_t i = 0; i < s->x5chain_count; i++)
		must(inside(all, s->x5chain[i]) && s->x5chain[i].len > 0);
	must(inside(all, s->iss) && inside(all, s->sub));
	must(inside(all, s->preimage_type) && inside(all, s->protected_map));
	must(inside(all, s->version) && inside(all, s->device));
	must(inside(all, s->model) && inside(all, s->claims));
	must(s->attached || s->payload.len == dv_hash_size(s->hash));
	must(!s->detached || (s->attached && s->payload.len == 0));
	must(dv_sig_size(s->key_type) == 0 ||
	    s->signature.len == dv_sig_size(s->key_type));
	must(inside(all, s->payload) && inside(all, s->signature));
	must(s->several || s->signature.ptr + s->signature.len ==
	    all.ptr + all.len);
	must(inside(all, s->body_map) && (s->several || s->body_map.len == 0));
	check_claims(s);
}

/* Countersignatures: few, inside, and nothing behind the last. */
static void
check_countersigned(struct dv_bytes all, const struct dv_sign1 *s)
{
	struct dv_sign1 one;
	struct dv_at at;

	must(s->countersignatures <= DV_MAX_COUNTERSIGNATURES);
	must(inside(all, s->countersigned) && s->target.ptr == NULL);
	must(s->countersignatures == 0 || !s->several);
	for (size_t i = 0; i < s->countersignatures; i++) {
		must(dv_sign1_countersignature(s, i, &one, &at) == DV_R_NONE);
		must(one.target.ptr == s->signature.ptr);
		must(one.x5chain_count >= 1);
		must(one.x5chain_count <= DV_MAX_PATH);
		must(inside(s->countersigned, one.x5chain[0]));
		must(inside(s->countersigned, one.protected_map));
		must(inside(s->countersigned, one.signature));
	}
	must(dv_sign1_countersignature(s, s->countersignatures, &one, &at) ==
	    DV_R_INTERNAL);
}

/* ---- judged ---- */

#define ANCHORS_MAX 8
#define SIGNED_MAX 512

static struct dv_anchor anchors[ANCHORS_MAX];
static size_t anchor_count;
/* What the envelopes of the vectors say that are accepted. */
static struct {
	struct dv_bytes body_map, protected_map, payload, target;
} said[SIGNED_MAX];
static size_t said_count;

static struct dv_verdict
judge(const struct dv_sign1 *s, size_t trusted, size_t *path_count)
{
	static struct dv_work work;
	static struct dv_path path;
	const struct dv_chain trust = { .anchors = anchors,
	    .anchor_count = trusted };
	const struct dv_policy policy = dv_policy_strict(s->iat);
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_question question = { .digest = s->payload, .trust = &trust,
	    .policy = &policy };
	struct dv_verdict verdict;

	if (s->attached)
		question.digest = (struct dv_bytes){ digest,
		    dv_hash_once(s->hash, s->payload, digest) };
	verdict = dv_sign1_verify(s, &question, &work, &path);
	*path_count = path.count;
	return verdict;
}

static void
anchor_know(const char *path)
{
	static struct dv_cert cert;
	struct dv_at at;
	const size_t before = known_count;

	file_know(path);
	if (known_count == before)
		return;
	must(anchor_count < ANCHORS_MAX);
	if (dv_cert_parse(known[before], &cert, &at) == DV_R_NONE &&
	    dv_anchor_from_cert(&cert, &anchors[anchor_count], &at) ==
	    DV_R_NONE)
		anchor_count++;
}

static void
said_note(const struct dv_sign1 *s)
{
	must(said_count < SIGNED_MAX);
	said[said_count].body_map = s->body_map;
	said[said_count].protected_map = s->protected_map;
	said[said_count].target = s->target;
	said[said_count++].payload = s->payload;
}

static void
envelope_know(const char *path)
{
	static struct dv_sign s;
	struct dv_sign1 one;
	struct dv_at at;
	size_t path_count;
	const size_t before = known_count;

	file_know(path);
	if (known_count == before || dv_sign_parse(known[before],
	    DV_PROFILE_PATH, &s, &at) != DV_R_NONE)
		return;
	for (size_t i = 0; i < s.count; i++) {
		if (judge(&s.each[i], anchor_count, &path_count).status !=
		    DV_ACCEPTED)
			continue;
		said_note(&s.each[i]);
		for (size_t n = 0; n < s.each[i].countersignatures; n++) {
			must(dv_sign1_countersignature(&s.each[i], n, &one,
			    &at) == DV_R_NONE);
			said_note(&one);
		}
	}
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	vectors_walk("sign1", "anchor1.der", anchor_know);
	vectors_walk("sign", "anchor1.der", anchor_know);
	vectors_walk("sign", "anchor2.der", anchor_know);
	vectors_walk("sign1", ".cose", envelope_know);
	vectors_walk("sign", ".cose", envelope_know);
	must(anchor_count > 0 && said_count > 0);
	return 0;
}

static bool
was_said(const struct dv_sign1 *s)
{
	for (size_t i = 0; i < said_count; i++)
		if (dv_bytes_equal(said[i].body_map, s->body_map) &&
		    dv_bytes_equal(said[i].protected_map, s->protected_map) &&
		    dv_bytes_equal(said[i].target, s->target) &&
		    dv_bytes_equal(said[i].payload, s->payload))
			return true;
	return false;
}

static void
check_judged(const struct dv_sign1 *s)
{
	size_t path_count;
	struct dv_sign1 one;
	struct dv_at at;
	struct dv_verdict verdict = judge(s, 0, &path_count);

	must(verdict.status == DV_REJECTED);
	must(verdict.reason == DV_R_NO_ANCHORS && path_count == 0);
	verdict = judge(s, anchor_count, &path_count);
	if (verdict.status == DV_ACCEPTED) {
		must(path_count > 0 && was_said(s));
		for (size_t i = 0; i < s->countersignatures; i++)
			must(dv_sign1_countersignature(s, i, &one, &at) ==
			    DV_R_NONE && was_said(&one));
		return;
	}
	must(verdict.status == DV_REJECTED && path_count == 0);
	must(verdict.reason != DV_R_NONE && verdict.reason != DV_R_INTERNAL);
}

static void
check_form(struct dv_bytes all, bool read, bool loose)
{
	struct dv_at at;
	struct dv_cbor in = dv_cbor_start(all, DV_F_ENVELOPE, &at);
	enum dv_reason reason;

	in.loose = loose;
	reason = dv_cbor_skip(&in);

	must(in.rest.len <= all.len);
	if (reason != DV_R_NONE)
		must(in.rest.len == all.len && at.offset <= all.len);
	if (read)
		must(reason == DV_R_NONE && dv_cbor_end(&in) == DV_R_NONE);
}

/* What strict reads, path reads as the same. */
static void
check_both(struct dv_bytes all, const struct dv_sign1 *strict)
{
	struct dv_sign1 s;
	struct dv_at at;

	must(dv_sign1_parse(all, DV_PROFILE_PATH, &s, &at) == DV_R_NONE);
	must(s.alg == strict->alg && s.hash == strict->hash);
	must(s.payload.ptr == strict->payload.ptr);
	must(s.attached == strict->attached && !s.detached);
	must(s.x5chain_count == strict->x5chain_count);
	must(s.x5chain[0].ptr == strict->x5chain[0].ptr);
	must(s.sub.ptr == strict->sub.ptr && s.exp.s == strict->exp.s);
	must(s.countersigned.ptr == strict->countersigned.ptr);
	must(s.countersignatures == strict->countersignatures);
}

static void
read_one(struct dv_bytes all, enum dv_profile profile)
{
	struct dv_sign1 s;
	struct dv_at at;
	const enum dv_reason reason = dv_sign1_parse(all, profile, &s, &at);

	check_form(all, reason == DV_R_NONE,
	    profile == DV_PROFILE_PATH);
	if (reason == DV_R_NONE) {
		check_read(all, &s);
		check_countersigned(all, &s);
		check_judged(&s);
	} else {
		must(s.x5chain_count == 0 && s.signature.ptr == NULL);
		must(at.offset == DV_NO_OFFSET || at.offset <= all.len);
	}
	if (reason == DV_R_NONE && profile == DV_PROFILE_STRICT)
		check_both(all, &s);
}

/* One signature or several: those of one are read as by the other reader. */
static void
read_several(struct dv_bytes all, enum dv_profile profile)
{
	static struct dv_sign s;
	struct dv_sign1 one;
	struct dv_at at;
	const enum dv_reason reason = dv_sign_parse(all, profile, &s, &at);
	const bool several = dv_sign_is_several(all, profile);

	if (reason != DV_R_NONE) {
		must(s.count == 0 && s.each[0].x5chain_count == 0);
		must(at.offset == DV_NO_OFFSET || at.offset <= all.len);
		return;
	}
	must(s.count >= 1 && s.count <= DV_MAX_SIGNERS);
	must(several == s.each[0].several);
	must((dv_sign1_parse(all, profile, &one, &at) == DV_R_NONE) !=
	    several);
	for (size_t i = 0; i < s.count; i++) {
		must(s.each[i].payload.ptr == s.each[0].payload.ptr);
		check_read(all, &s.each[i]);
		check_countersigned(all, &s.each[i]);
		check_judged(&s.each[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dv_bytes all = { data, size };

	read_one(all, DV_PROFILE_STRICT);
	read_one(all, DV_PROFILE_PATH);
	read_several(all, DV_PROFILE_STRICT);
	read_several(all, DV_PROFILE_PATH);
	return 0;
}
