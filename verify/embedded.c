/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Collects what is needed to judge the signatures inside a module: envelopes
 * and digests. Believes none of them and judges none. docs/FORMAT.md.
 */
#include "dv_wasm.h"

#include "at.h"
#include "bytes.h"

static const enum dv_hash_id hashes[DV_EMBEDDED_HASHES] = { DV_HASH_SHA256,
	DV_HASH_SHA384, DV_HASH_SHA512 };

void
dv_embedded_start(struct dv_embedded *e, uint8_t *room, size_t cap)
{
	*e = (struct dv_embedded){ .room = room, .cap = cap };
	dv_wasm_start(&e->wasm);
	for (size_t i = 0; i < DV_EMBEDDED_HASHES; i++)
		if (!dv_hash_start(&e->hash[i], hashes[i]))
			e->hash[i].id = DV_HASH_NONE;
}

static void
signed_take(struct dv_embedded *e, struct dv_bytes bytes)
{
	e->size += bytes.len;
	for (size_t i = 0; i < DV_EMBEDDED_HASHES; i++)
		if (e->hash[i].id != DV_HASH_NONE)
			dv_hash_update(&e->hash[i], bytes);
}

/* The caller's room may be smaller than the format asks for. */
static enum dv_reason
envelope_begin(struct dv_embedded *e, uint32_t size, struct dv_at *at)
{
	if (size <= e->cap - e->used) {
		e->envelope[e->count++] = (struct dv_bytes){
		    e->room + e->used, 0 };
		return DV_R_NONE;
	}
	(void)dv_fail_at(at, DV_R_LIMIT, DV_F_SIGNATURE_SECTION,
	    DV_NO_OFFSET);
	dv_wanted_as(at, "at most", dv_number((int64_t)(e->cap - e->used)));
	dv_found(at, dv_number(size));
	return DV_R_LIMIT;
}

static enum dv_reason
envelope_take(struct dv_embedded *e, struct dv_bytes bytes, struct dv_at *at)
{
	if (!dv_bytes_copy(e->room + e->used, e->cap - e->used, bytes))
		return dv_fail_at(at, DV_R_INTERNAL, DV_F_SIGNATURE_SECTION,
		    DV_NO_OFFSET);
	e->used += bytes.len;
	e->envelope[e->count - 1].len += bytes.len;
	return DV_R_NONE;
}

static enum dv_reason
part_take(struct dv_embedded *e, const struct dv_wasm_part *part,
    struct dv_at *at)
{
	switch (part->kind) {
	case DV_WASM_SIGNED:
		signed_take(e, part->bytes);
		return DV_R_NONE;
	case DV_WASM_BEGIN:
		return envelope_begin(e, part->size, at);
	case DV_WASM_ENVELOPE:
		return envelope_take(e, part->bytes, at);
	case DV_WASM_NONE:
		break;
	}
	return DV_R_NONE;
}

enum dv_reason
dv_embedded_add(struct dv_embedded *e, struct dv_bytes bytes,
    struct dv_at *at)
{
	struct dv_wasm_part part;
	enum dv_reason reason;

	do {
		reason = dv_wasm_next(&e->wasm, &bytes, &part, at);
		if (reason == DV_R_NONE)
			reason = part_take(e, &part, at);
	} while (reason == DV_R_NONE && part.kind != DV_WASM_NONE);
	return reason;
}

enum dv_reason
dv_embedded_end(struct dv_embedded *e, struct dv_at *at)
{
	enum dv_reason reason = dv_wasm_end(&e->wasm, at);

	for (size_t i = 0; i < DV_EMBEDDED_HASHES; i++)
		if (e->hash[i].id != DV_HASH_NONE)
			e->digest_len[i] = dv_hash_finish(&e->hash[i],
			    e->digest[i]);
	if (reason == DV_R_NONE && e->count == 0)
		reason = dv_fail_at(at, DV_R_WASM_UNSIGNED, DV_F_MODULE,
		    DV_NO_OFFSET);
	if (reason != DV_R_NONE)
		e->count = 0;
	return reason;
}

struct dv_bytes
dv_embedded_digest(const struct dv_embedded *e, enum dv_hash_id hash)
{
	for (size_t i = 0; i < DV_EMBEDDED_HASHES; i++)
		if (hashes[i] == hash && e->digest_len[i] > 0)
			return (struct dv_bytes){ e->digest[i],
			    e->digest_len[i] };
	return (struct dv_bytes){ NULL, 0 };
}
