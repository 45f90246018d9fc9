/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: the reader of modules. Whatever the bytes and however they are
 * cut into pieces, the answer is the same; the signed octets and the signature
 * sections make up the module; what is signed has no signature inside.
 */
#include "bytes.h"
#include "dv_wasm.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static uint8_t room[DV_EMBEDDED_ROOM];
static uint8_t again_room[DV_EMBEDDED_ROOM];

static enum dv_reason
read_in(struct dv_bytes all, size_t step, struct dv_embedded *e,
    struct dv_at *at)
{
	enum dv_reason reason = DV_R_NONE;

	for (size_t n = 0; reason == DV_R_NONE && n < all.len; n += step)
		reason = dv_embedded_add(e, dv_bytes_cut(all, n,
		    all.len - n < step ? all.len - n : step), at);
	return reason == DV_R_NONE ? dv_embedded_end(e, at) : reason;
}

static void
must_be_same(const struct dv_embedded *a, const struct dv_embedded *b)
{
	must(a->count == b->count && a->size == b->size);
	for (size_t i = 0; i < a->count; i++)
		must(dv_bytes_equal(a->envelope[i], b->envelope[i]));
	for (enum dv_hash_id id = DV_HASH_SHA256; id <= DV_HASH_SHA512; id++)
		must(dv_bytes_equal(dv_embedded_digest(a, id),
		    dv_embedded_digest(b, id)));
}

/* The signed octets alone: how many, and that nobody finds a signature there. */
static void
check_signed(struct dv_bytes all, const struct dv_embedded *e)
{
	uint8_t *kept = malloc(all.len + 1), digest[DV_MAX_DIGEST];
	struct dv_wasm wasm;
	struct dv_wasm_part part;
	struct dv_at at;
	struct dv_bytes rest = all;
	size_t len = 0, heads = 0;

	must(kept != NULL);
	dv_wasm_start(&wasm);
	do {
		must(dv_wasm_next(&wasm, &rest, &part, &at) == DV_R_NONE);
		if (part.kind == DV_WASM_SIGNED) {
			must(dv_bytes_copy(kept + len, all.len - len,
			    part.bytes));
			len += part.bytes.len;
		}
		if (part.kind == DV_WASM_BEGIN) {
			uint8_t head[DV_WASM_SIGNATURE_HEAD];
			heads += dv_wasm_head(part.size, head) + part.size;
		}
	} while (part.kind != DV_WASM_NONE);
	must(dv_wasm_end(&wasm, &at) == DV_R_NONE);
	must(len == e->size && len + heads == all.len);
	must(dv_hash_once(DV_HASH_SHA256, (struct dv_bytes){ kept, len },
	    digest) == 32);
	must(memcmp(digest, dv_embedded_digest(e, DV_HASH_SHA256).ptr, 32) ==
	    0);
	rest = (struct dv_bytes){ kept, len };
	dv_wasm_start(&wasm);
	do {
		must(dv_wasm_next(&wasm, &rest, &part, &at) == DV_R_NONE);
	} while (part.kind != DV_WASM_NONE);
	must(dv_wasm_end(&wasm, &at) == DV_R_NONE);
	must(dv_wasm_signatures(&wasm) == 0);
	free(kept);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dv_embedded e, again;
	const struct dv_bytes all = { data, size };
	const size_t step = size > 0 ? data[size - 1] % 61u + 1 : 1;
	struct dv_at at, there;
	enum dv_reason reason;

	dv_embedded_start(&e, room, sizeof(room));
	dv_embedded_start(&again, again_room, sizeof(again_room));
	reason = read_in(all, size + 1, &e, &at);
	must(read_in(all, step, &again, &there) == reason);
	if (reason == DV_R_NONE) {
		must(e.count >= 1 && e.count <= DV_MAX_EMBEDDED);
		must_be_same(&e, &again);
		check_signed(all, &e);
	} else {
		must(reason != DV_R_INTERNAL);
		must(at.offset == there.offset && at.field == there.field);
		must_be_placed(&at, size);
	}
	return 0;
}
