/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures inside WebAssembly modules: custom sections named "devsign.cose",
 * each with one envelope (dv_sign1.h) over the module without all of them.
 * docs/FORMAT.md; WebAssembly Core Specification 5.5.
 * What the sections mean to a machine that runs them is not looked at.
 */
#ifndef DV_WASM_H
#define DV_WASM_H

#include "dv_hash.h"
#include "dv_limits.h"
#include "dv_verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DV_WASM_SECTION "devsign.cose"

/* Head of a section: id, size, length of the name, name. */
#define DV_WASM_HEAD (1 + 5 + 5 + DV_MAX_WASM_NAME)

/* A reader of the sections, fed piece by piece. All of it is private. */
struct dv_wasm {
	int state;
	uint64_t offset;	/* octets taken */
	uint64_t section;	/* where the section begins */
	uint64_t number_at;	/* where the number begins */
	uint32_t number;	/* read so far */
	unsigned digits;	/* of its octets */
	bool padded;		/* a number of this head is longer than needed */
	uint32_t left;		/* octets of the section to come */
	unsigned signatures;
	size_t name_len;	/* octets of the name */
	size_t held_len;
	uint8_t held[DV_WASM_HEAD];
};

/* What the octets just taken are. */
enum dv_wasm_kind {
	DV_WASM_NONE = 0,	/* all of the input was taken: give more */
	DV_WASM_SIGNED,		/* bytes: part of what is signed */
	DV_WASM_BEGIN,		/* a signature section of `size` octets begins */
	DV_WASM_ENVELOPE	/* bytes: part of that section's envelope */
};
struct dv_wasm_part {
	enum dv_wasm_kind kind;
	struct dv_bytes bytes;	/* valid until the next call */
	uint32_t size;
};

void dv_wasm_start(struct dv_wasm *wasm);

/*
 * Takes octets from the front of *in and says what they are. The parts called
 * DV_WASM_SIGNED are, one after the other, the module without its signature
 * sections. Offsets count from the beginning of the module; those that 32 bits
 * cannot hold are DV_NO_OFFSET. After a refusal only dv_wasm_start() helps.
 */
DV_MUST_USE enum dv_reason dv_wasm_next(struct dv_wasm *wasm,
    struct dv_bytes *in, struct dv_wasm_part *out, struct dv_at *at);

/* Nothing more comes: does the module end where a section does? */
DV_MUST_USE enum dv_reason dv_wasm_end(struct dv_wasm *wasm,
    struct dv_at *at);

/* Signature sections so far. */
unsigned dv_wasm_signatures(const struct dv_wasm *wasm);

/*
 * Head of a signature section for an envelope of this size; the envelope
 * follows. Returns the number of octets written.
 */
#define DV_WASM_SIGNATURE_HEAD (1 + 5 + 1 + sizeof(DV_WASM_SECTION) - 1)
size_t dv_wasm_head(size_t envelope, uint8_t out[DV_WASM_SIGNATURE_HEAD]);

/*
 * The signatures of one module, read in one pass in the caller's memory: every
 * envelope is kept in room, and the signed octets are hashed with every
 * hash an envelope may name. room is the caller's; envelope[] points into it, and
 * dv_embedded_digest() into this struct, which stays where it is.
 */
#define DV_EMBEDDED_HASHES 3
struct dv_embedded {
	struct dv_wasm wasm;
	struct dv_hash hash[DV_EMBEDDED_HASHES];
	uint8_t digest[DV_EMBEDDED_HASHES][DV_MAX_DIGEST];
	size_t digest_len[DV_EMBEDDED_HASHES];
	uint64_t size;		/* signed octets */
	uint8_t *room;
	size_t cap, used;
	size_t count;
	struct dv_bytes envelope[DV_MAX_EMBEDDED];
};

/* Enough room for any module that is not refused. */
#define DV_EMBEDDED_ROOM ((size_t)DV_MAX_EMBEDDED * DV_MAX_ENVELOPE)

void dv_embedded_start(struct dv_embedded *e, uint8_t *room, size_t cap);
DV_MUST_USE enum dv_reason dv_embedded_add(struct dv_embedded *e,
    struct dv_bytes bytes, struct dv_at *at);

/* DV_R_NONE: there are 1 to DV_MAX_EMBEDDED envelopes, and digests. */
DV_MUST_USE enum dv_reason dv_embedded_end(struct dv_embedded *e,
    struct dv_at *at);

/* Digest of the signed octets; {NULL, 0}: not a hash of this build. */
struct dv_bytes dv_embedded_digest(const struct dv_embedded *e,
    enum dv_hash_id hash);

#ifdef __cplusplus
}
#endif
#endif
