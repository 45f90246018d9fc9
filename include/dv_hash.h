/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hashing as a stream, in memory the caller owns: an artefact of any size goes
 * through a fixed buffer. FIPS 180-4.
 */
#ifndef DV_HASH_H
#define DV_HASH_H

#include "dv_alg.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DV_HASH_STATE 384	/* octets; checked at compile time */

/* The caller's, and in one place from start to finish. 16 octets and the state. */
struct dv_hash {
	enum dv_hash_id id;	/* DV_HASH_NONE: not started, or failed */
	uint8_t native;		/* the processor hashes: 0 not asked, 1 no, 2 yes */
	union {
		uint64_t align __attribute__((aligned(16)));
		uint8_t state[DV_HASH_STATE];
	} u;
};

/* Starts over. False when id is not a hash of this build. */
DV_MUST_USE bool dv_hash_start(struct dv_hash *hash, enum dv_hash_id id);

/* Adds bytes. A failure is remembered and reported by dv_hash_finish(). */
void dv_hash_update(struct dv_hash *hash, struct dv_bytes bytes);

/*
 * Writes dv_hash_size(id) octets to out and wipes the state. Returns that
 * number, or 0, out zeroed, when anything failed.
 */
DV_MUST_USE size_t dv_hash_finish(struct dv_hash *hash,
    uint8_t out[DV_MAX_DIGEST]);

/* The three steps for bytes already in memory. */
DV_MUST_USE size_t dv_hash_once(enum dv_hash_id id, struct dv_bytes bytes,
    uint8_t out[DV_MAX_DIGEST]);

#ifdef __cplusplus
}
#endif
#endif
