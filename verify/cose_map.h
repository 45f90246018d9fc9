/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Header maps and claims maps by table: each label once, known ones read by
 * their own function, required ones there. Nothing here knows a signature.
 * docs/FORMAT.md; RFC 9052 1.5 and 3, RFC 9597.
 */
#ifndef COSE_MAP_H
#define COSE_MAP_H

#include "cbor.h"
#include "dv_sign1.h"
#include "profile.h"

/* Which protected header: of the one signature, or of several what is common
 * to them and what is one's own; or of what is no artefact at all. */
enum dv_place {
	DV_IN_SIGN1 = 1,
	DV_IN_BODY = 2,
	DV_IN_SIGNATURE = 4,
	DV_IN_VOUCHER = 8	/* of a voucher or a request for one */
};

/* An envelope half read. What waits until the headers are known to be good
 * is the rest of the octets from its first item on. */
struct dv_reading {
	struct dv_sign1 *out;
	enum dv_place place;
	bool keyless;			/* the caller knows the signer's key */
	uint32_t headers;		/* bit n: the n-th of the table is there */
	struct dv_bytes unprotected;	/* path: its pairs, */
	size_t unprotected_count;
	struct dv_bytes claims, crit, bag, countersigned;
	enum dv_hash_id x5t_hash;
	struct dv_bytes x5t;
	unsigned free_claims;
};

enum dv_needed {
	DV_NEEDED_NOT = 0,
	DV_NEEDED_STRICT,	/* in the strict profile */
	DV_NEEDED		/* in every one */
};

/* One parameter of a map; take reads its value, in->field is its own. Small:
 * there are many of them in the flash of a microcontroller. */
struct dv_param {
	enum dv_reason (*take)(struct dv_cbor *in, struct dv_reading *r);
	const char *text;		/* the label, when it is a text */
	int16_t label;
	uint8_t field;			/* enum dv_field */
	uint8_t needed;			/* enum dv_needed */
	uint8_t not_in;			/* DV_IN_*: refused there, in every one */
	uint8_t free_in;		/* DV_IN_*: never needed there */
	bool path_only;			/* unknown to the strict profile */
};

struct dv_table {
	const struct dv_param *param;
	uint8_t count;
	uint8_t field;			/* enum dv_field */
	enum dv_reason otherwise;	/* when it is no map at all */
	/* Value of a text label that is not in the table, or NULL. */
	enum dv_reason (*other)(struct dv_cbor *in,
	    const struct dv_cbor_item *label, struct dv_reading *r);
};

/* Headers (verify/sign1_head.c) and claims (verify/sign1_claims.c). */
extern const struct dv_table dv_header_table, dv_claim_table;

/* Reads a whole map; *present gets bit n for the n-th parameter. */
DV_MUST_USE enum dv_reason dv_map_take(struct dv_cbor *in,
    const struct dv_table *table, struct dv_reading *r, uint32_t *present);

/* Number of the parameter with this label, table->count when unknown. */
unsigned dv_param_find(const struct dv_table *table,
    const struct dv_cbor_item *label, bool loose);

/* RFC 9052 1.5: a label is an integer or a text. */
DV_MUST_USE enum dv_reason dv_label_take(struct dv_cbor *in,
    struct dv_cbor_item *out);

/* Refuses that label, the item taken last. */
enum dv_reason dv_refuse_label(const struct dv_cbor *in, enum dv_reason reason,
    const struct dv_cbor_item *label);
struct dv_value dv_label_value(const struct dv_cbor_item *label);

/* Is this label among the first `count` pairs from here on? */
bool dv_label_among(const struct dv_cbor *pairs, size_t count,
    const struct dv_cbor_item *label);

/* The parameter in whose value an offset lies, else the map itself. */
enum dv_field dv_field_at(const struct dv_cbor *whole,
    const struct dv_table *table, uint32_t offset);

/* Everything in its form, and nothing after it. */
DV_MUST_USE enum dv_reason dv_form_check(const struct dv_cbor *in);

/* The whole protected map, with what it says of signer and artefact. */
DV_MUST_USE enum dv_reason dv_protected_take(struct dv_cbor *in,
    struct dv_reading *r);

/* ---- frames (verify/sign1_read.c) ---- */

/* What an envelope may have at most, with an artefact inside. */
#define DV_MAX_OCTETS ((size_t)DV_MAX_ENVELOPE + DV_MAX_ATTACHED)

/* The tag, then all of it well formed, then an array of four. */
DV_MUST_USE enum dv_reason dv_frame_take(struct dv_cbor *in, int64_t tag);

/* Protected and unprotected header, not yet looked into. */
DV_MUST_USE enum dv_reason dv_buckets_take(struct dv_cbor *in,
    struct dv_reading *r, struct dv_bytes *protected_map);
DV_MUST_USE enum dv_reason dv_bytes_take(struct dv_cbor *in,
    enum dv_field field, struct dv_bytes *out);
DV_MUST_USE enum dv_reason dv_payload_take(struct dv_cbor *in,
    struct dv_sign1 *out);

/* One of a list: protected and unprotected header, signature. */
DV_MUST_USE enum dv_reason dv_signature_take(struct dv_cbor *in,
    struct dv_sign1 *out);

/* A pair that stands in the open, from its value on: refused, or kept for later. */
DV_MUST_USE enum dv_reason dv_open_take(struct dv_cbor *in,
    struct dv_reading *r, const struct dv_cbor_item *label);

/* All countersignatures of what has been read (verify/countersign.c). */
DV_MUST_USE enum dv_reason dv_countersigned_take(const struct dv_cbor *from,
    struct dv_reading *r);

/* What is not payload is small; what is payload, too; the signature is as long
 * as its algorithm has it. */
DV_MUST_USE enum dv_reason dv_rest_check(struct dv_cbor *in,
    const struct dv_sign1 *s);
DV_MUST_USE enum dv_reason dv_payload_check(struct dv_cbor *in,
    const struct dv_sign1 *s);
DV_MUST_USE enum dv_reason dv_signature_check(struct dv_cbor *in,
    const struct dv_sign1 *s);

/* ---- maps ---- */

/* What the claims map says; r->claims begins with it. */
DV_MUST_USE enum dv_reason dv_claims_take(const struct dv_cbor *from,
    struct dv_reading *r);

/* ---- values ---- */

enum dv_reason dv_refuse(const struct dv_cbor *in, enum dv_reason reason,
    uint32_t offset);

/* As dv_refuse(), with the numbers that were compared. */
enum dv_reason dv_refuse_size(const struct dv_cbor *in, enum dv_reason reason,
    uint32_t offset, size_t wanted, size_t found);
enum dv_reason dv_refuse_found(const struct dv_cbor *in, enum dv_reason reason,
    uint32_t offset, int64_t found);

/* The same, of the item taken last. */
enum dv_reason dv_refuse_item(const struct dv_cbor *in, enum dv_reason reason);
enum dv_reason dv_refuse_item_size(const struct dv_cbor *in,
    enum dv_reason reason, size_t wanted, size_t found);
enum dv_reason dv_refuse_item_found(const struct dv_cbor *in,
    enum dv_reason reason, int64_t found);

DV_MUST_USE enum dv_reason dv_take_int(struct dv_cbor *in, int64_t *out);

/* Control characters C0, DEL and C1; the bytes are valid UTF-8. */
bool dv_text_has_control(struct dv_bytes text);

/* 1 to DV_MAX_HEADER_TEXT octets of UTF-8 without control characters. */
DV_MUST_USE enum dv_reason dv_take_text(struct dv_cbor *in,
    struct dv_bytes *out);
DV_MUST_USE enum dv_reason dv_text_check(const struct dv_cbor *in,
    struct dv_bytes text);

/* An array of so many items, else `otherwise`. */
DV_MUST_USE enum dv_reason dv_take_array(struct dv_cbor *in,
    enum dv_reason otherwise, size_t count);

#endif
