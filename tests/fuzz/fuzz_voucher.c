/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: voucher requests and vouchers. Whatever the bytes, a reading that
 * fails tells nothing and says where; one that succeeds holds views into the
 * input, is read alike by both profiles, is no artefact, and is accepted by
 * nobody who trusts nothing, and by who trusts the vectors' root only for what
 * was signed.
 */
#include "bytes.h"
#include "dv_voucher.h"
#include "fuzz.h"

#define SIGNED_MAX 512

static struct dv_anchor anchor;
static struct dv_voucher asked;		/* the request that vouchers answer */
static bool has_anchor;
/* What the vectors say that are accepted. */
static struct {
	struct dv_bytes protected_map, payload;
} said[SIGNED_MAX];
static size_t said_count;

static bool
inside(struct dv_bytes all, struct dv_bytes part)
{
	if (part.ptr == NULL)
		return part.len == 0;
	return part.ptr >= all.ptr && part.len <= all.len &&
	    part.ptr + part.len <= all.ptr + all.len;
}

static struct dv_verdict
judge(const struct dv_voucher *v, struct dv_bytes leaf, bool trusting,
    size_t *path_count)
{
	static struct dv_work work;
	static struct dv_path path;
	const struct dv_chain trust = { .leaf = leaf, .anchors = &anchor,
	    .anchor_count = trusting ? 1 : 0 };
	/* 2026-06-01T00:00:00Z, the time of the vectors */
	const struct dv_policy policy = dv_policy_strict((dv_time){
	    INT64_C(1780272000) });
	const struct dv_voucher_question question = { .trust = &trust,
	    .policy = &policy,
	    .request = v->kind == DV_VOUCHER_ISSUED ? &asked : NULL };
	struct dv_verdict verdict = dv_voucher_verify(v, &question, &work,
	    &path);

	*path_count = path.count;
	return verdict;
}

static void
anchor_know(const char *path)
{
	static struct dv_cert cert;
	struct dv_at at;
	const size_t before = known_count;

	if (has_anchor || strstr(path, "accepted--request/") == NULL)
		return;
	file_know(path);
	has_anchor = known_count > before &&
	    dv_cert_parse(known[before], &cert, &at) == DV_R_NONE &&
	    dv_anchor_from_cert(&cert, &anchor, &at) == DV_R_NONE;
}

static void
request_know(const char *path)
{
	struct dv_at at;
	const size_t before = known_count;

	if (strstr(path, "accepted--answer/") == NULL)
		return;
	file_know(path);
	must(known_count > before && dv_voucher_parse(known[before],
	    DV_PROFILE_STRICT, &asked, &at) == DV_R_NONE);
}

static void
voucher_know(const char *path)
{
	static struct dv_voucher v;
	struct dv_at at;
	size_t path_count;
	const size_t before = known_count;

	file_know(path);
	if (known_count == before || dv_voucher_parse(known[before],
	    DV_PROFILE_PATH, &v, &at) != DV_R_NONE)
		return;
	if (judge(&v, (struct dv_bytes){ NULL, 0 }, true,
	    &path_count).status != DV_ACCEPTED)
		return;
	must(said_count < SIGNED_MAX);
	said[said_count].protected_map = v.sign1.protected_map;
	said[said_count++].payload = v.sign1.payload;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	vectors_walk("voucher", "anchor1.der", anchor_know);
	must(has_anchor);
	vectors_walk("voucher", "request.cose", request_know);
	must(asked.kind == DV_VOUCHER_REQUEST);
	vectors_walk("voucher", ".cose", voucher_know);
	must(said_count > 0);
	return 0;
}

static bool
was_said(const struct dv_sign1 *s)
{
	for (size_t i = 0; i < said_count; i++)
		if (dv_bytes_equal(said[i].protected_map, s->protected_map) &&
		    dv_bytes_equal(said[i].payload, s->payload))
			return true;
	return false;
}

static void
check_read(struct dv_bytes all, const struct dv_voucher *v)
{
	must(v->kind == DV_VOUCHER_REQUEST || v->kind == DV_VOUCHER_ISSUED);
	must(inside(all, v->serial) && v->serial.len > 0);
	must(v->serial.len <= DV_MAX_HEADER_TEXT);
	must(inside(all, v->nonce) && v->nonce.len <= DV_MAX_VOUCHER_NONCE);
	must(inside(all, v->idevid_issuer) && inside(all, v->cert));
	must(inside(all, v->key) && inside(all, v->key_hash));
	must(v->key_hash.len == 0 || v->key_hash.len == 32);
	must(dv_voucher_is_data(v->sign1.payload));
	must(v->sign1.attached && !v->sign1.detached);
}

static void
check_judged(const struct dv_voucher *v)
{
	size_t path_count;
	struct dv_verdict verdict = judge(v, (struct dv_bytes){ NULL, 0 },
	    false, &path_count);

	must(verdict.status == DV_REJECTED && path_count == 0);
	must(verdict.reason != DV_R_NONE && verdict.reason != DV_R_INTERNAL);
	verdict = judge(v, (struct dv_bytes){ NULL, 0 }, true, &path_count);
	if (verdict.status == DV_ACCEPTED)
		must(path_count > 0 && was_said(&v->sign1));
	else
		must(verdict.status == DV_REJECTED && path_count == 0);
}

/* Neither is the other, whatever the profile; without typ it is for the judge
 * of artefacts to say (tests/fuzz/fuzz_sign1.c). */
static void
check_no_artefact(struct dv_bytes all, const struct dv_voucher *v,
    enum dv_profile profile)
{
	static struct dv_sign1 s;
	struct dv_at at;

	if (v->sign1.typed)
		must(dv_sign1_parse(all, profile, &s, &at) != DV_R_NONE);
}

static void
read_one(struct dv_bytes all, enum dv_profile profile)
{
	static struct dv_voucher v, again;
	struct dv_at at;

	if (dv_voucher_parse(all, profile, &v, &at) != DV_R_NONE) {
		must_be_placed(&at, all.len);
		must(v.kind == DV_VOUCHER_NONE && v.serial.ptr == NULL);
		must(v.sign1.signature.ptr == NULL);
		return;
	}
	check_read(all, &v);
	check_judged(&v);
	check_no_artefact(all, &v, profile);
	if (profile != DV_PROFILE_STRICT)
		return;
	must(dv_voucher_parse(all, DV_PROFILE_PATH, &again, &at) ==
	    DV_R_NONE);
	must(again.kind == v.kind && again.serial.ptr == v.serial.ptr);
	must(again.nonce.ptr == v.nonce.ptr && again.key.ptr == v.key.ptr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dv_bytes all = { data, size };

	read_one(all, DV_PROFILE_STRICT);
	read_one(all, DV_PROFILE_PATH);
	return 0;
}
