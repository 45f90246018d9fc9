/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: the envelope's reader. Whatever the bytes, a reading that fails
 * tells nothing and says where; one that succeeds holds views into the input,
 * is deterministic CBOR to its last octet and is never accepted by a verifier
 * that trusts nothing.
 */
#include <stdlib.h>

#include "cbor.h"
#include "dv_sign1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
inside(struct dv_bytes all, struct dv_bytes part)
{
	return part.ptr >= all.ptr && part.len <= all.len &&
	    part.ptr + part.len <= all.ptr + all.len;
}

static void
check_read(struct dv_bytes all, const struct dv_sign1 *s)
{
	must(s->x5chain_count >= 1 && s->x5chain_count <= DV_MAX_PATH);
	for (size_t i = 0; i < s->x5chain_count; i++)
		must(inside(all, s->x5chain[i]) && s->x5chain[i].len > 0);
	must(inside(all, s->iss) && inside(all, s->sub));
	must(inside(all, s->preimage_type) && inside(all, s->protected_map));
	must(s->payload.len == dv_hash_size(s->hash));
	must(dv_sig_size(s->key_type) == 0 ||
	    s->signature.len == dv_sig_size(s->key_type));
	must(inside(all, s->payload) && inside(all, s->signature));
	must(s->signature.ptr + s->signature.len == all.ptr + all.len);
}

static void
check_judged(const struct dv_sign1 *s)
{
	static struct dv_work work;
	static struct dv_path path;
	const struct dv_chain trust = { .anchor_count = 0 };
	const struct dv_policy policy = dv_policy_strict(s->iat);
	const struct dv_question question = { s->payload, &trust, &policy };
	const struct dv_verdict verdict = dv_sign1_verify(s, &question, &work,
	    &path);

	must(verdict.status == DV_REJECTED);
	must(verdict.reason == DV_R_NO_ANCHORS && path.count == 0);
}

static void
check_form(struct dv_bytes all, bool read)
{
	struct dv_at at;
	struct dv_cbor in = dv_cbor_start(all, DV_F_ENVELOPE, &at);
	enum dv_reason reason = dv_cbor_skip(&in);

	must(in.rest.len <= all.len);
	if (reason != DV_R_NONE)
		must(in.rest.len == all.len && at.offset <= all.len);
	if (read)
		must(reason == DV_R_NONE && dv_cbor_end(&in) == DV_R_NONE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dv_bytes all = { data, size };
	struct dv_sign1 s;
	struct dv_at at;
	const enum dv_reason reason = dv_sign1_parse(all, &s, &at);

	check_form(all, reason == DV_R_NONE);
	if (reason == DV_R_NONE) {
		check_read(all, &s);
		check_judged(&s);
	} else {
		must(s.x5chain_count == 0 && s.signature.ptr == NULL);
		must(at.offset <= size);
	}
	return 0;
}
