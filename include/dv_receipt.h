/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Receipts: what one verification found, for a later one to compare, each
 * naming the one before it. A receipt is not signed and proves nothing by
 * itself. docs/FORMAT.md, "Receipts".
 */
#ifndef DV_RECEIPT_H
#define DV_RECEIPT_H

#include "dv_demand.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DV_RECEIPT_TYP "application/vnd.devverify.receipt+cbor"
#define DV_RECEIPT_ACCEPTED "accepted"

/* SHA-256, by which a receipt names certificates, anchors and receipts. */
#define DV_RECEIPT_HASH 32

/* Keys of the map. */
enum dv_receipt_key {
	DV_RECEIPT_KEY_TYP = 1,
	DV_RECEIPT_KEY_TOOL,		/* name and version */
	DV_RECEIPT_KEY_VERDICT,
	DV_RECEIPT_KEY_HASH,		/* COSE algorithm of the digest */
	DV_RECEIPT_KEY_DIGEST,		/* of the artefact */
	DV_RECEIPT_KEY_SIZE,		/* of the artefact, octets */
	DV_RECEIPT_KEY_FILES,		/* of a manifest; or absent */
	DV_RECEIPT_KEY_ENVELOPE,	/* SHA-256 */
	DV_RECEIPT_KEY_PATH,		/* SHA-256 each, leaf first */
	DV_RECEIPT_KEY_ANCHOR,		/* SHA-256 of its key */
	DV_RECEIPT_KEY_PROFILE,
	DV_RECEIPT_KEY_PURPOSE,		/* OID contents; or absent */
	DV_RECEIPT_KEY_DEMANDS,		/* [ kind, key, value ] each */
	DV_RECEIPT_KEY_TIME,
	DV_RECEIPT_KEY_TIME_SOURCE,
	DV_RECEIPT_KEY_REVOCATION,	/* the mode */
	DV_RECEIPT_KEY_STATUSES,	/* one for each of the path */
	DV_RECEIPT_KEY_GOOD_UNTIL,
	DV_RECEIPT_KEY_PREVIOUS,	/* SHA-256 of that receipt, or null */
	DV_RECEIPT_KEY_COUNTERSIGNERS,	/* [ path, anchor, statuses ] each; or
					   absent */
	DV_RECEIPT_KEY_END
};

/* The kind of a demand on countersigners is that on the signer, and this. */
#define DV_RECEIPT_OF_COUNTERSIGNER 4

/* Who signed, or countersigned, as far as certificates say it. */
struct dv_receipt_path {
	struct dv_bytes cert[DV_MAX_PATH], status[DV_MAX_PATH];
	size_t count;
	struct dv_bytes anchor;
};

/* A receipt as read; views into the caller's bytes. Absent: empty. */
struct dv_receipt {
	struct dv_bytes bytes;		/* the whole */
	struct dv_bytes item[DV_RECEIPT_KEY_END];	/* values, encoded */
	struct dv_bytes tool, digest, envelope, purpose, previous;
	enum dv_hash_id hash;
	uint64_t size, files;
	struct dv_receipt_path path;
	struct dv_receipt_path countersigner[DV_MAX_COUNTERSIGNATURES];
	size_t countersigner_count;
	struct dv_bytes profile, time_source, revocation;
	struct dv_demand demand[DV_MAX_DEMANDS];
	size_t demand_count;
	dv_time time, good_until;
};

/*
 * Reads one receipt completely: deterministic CBOR, every key once and in
 * order, nothing after the end. DV_R_NONE on success; otherwise *at says where
 * and *out is all zero.
 */
DV_MUST_USE enum dv_reason dv_receipt_parse(struct dv_bytes bytes,
    struct dv_receipt *out, struct dv_at *at);

/*
 * Does `again`, of a later run, say what `was` said? Program, source of the
 * time and place in the sequence may differ. at->wanted has the name of the
 * first value that differs.
 */
DV_MUST_USE enum dv_reason dv_receipt_compare(const struct dv_receipt *was,
    const struct dv_receipt *again, struct dv_at *at);

/* Does the receipt name this one as the one before it? NULL: is it a first? */
DV_MUST_USE enum dv_reason dv_receipt_follows(const struct dv_receipt *receipt,
    const struct dv_receipt *previous, struct dv_at *at);

/* "digest", "good_until": as `devverify show -j` names it. Never NULL. */
const char *dv_receipt_key_name(enum dv_receipt_key key);

#ifdef __cplusplus
}
#endif
#endif
