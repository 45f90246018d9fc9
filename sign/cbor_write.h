/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing deterministic CBOR (RFC 8949 4.2.1) into a bounded buffer. A writer
 * that has failed stays failed; one check at the end is enough. The caller
 * writes map keys in order.
 */
#ifndef CBOR_WRITE_H
#define CBOR_WRITE_H

#include <stdbool.h>

#include "dv_bytes.h"

struct ds_cbor {
	uint8_t *room;
	size_t cap, len;
	bool failed;		/* room was too small */
};

struct ds_cbor ds_cbor_start(uint8_t *room, size_t cap);

/* What was written; {NULL, 0} when anything failed. */
struct dv_bytes ds_cbor_done(const struct ds_cbor *w);

void ds_cbor_int(struct ds_cbor *w, int64_t number);
void ds_cbor_bytes(struct ds_cbor *w, struct dv_bytes bytes);
/* UTF-8, not checked here */
void ds_cbor_text(struct ds_cbor *w, struct dv_bytes text);
/* bytes that are CBOR, or all of what they stand in */
void ds_cbor_raw(struct ds_cbor *w, struct dv_bytes encoded);

/* Heads: count items or pairs, or the tagged item, must follow. */
void ds_cbor_array(struct ds_cbor *w, size_t count);
void ds_cbor_map(struct ds_cbor *w, size_t count);
void ds_cbor_tag(struct ds_cbor *w, uint64_t number);

#endif
