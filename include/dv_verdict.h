/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict: one answer with its reason and its place.
 * A zeroed verdict is undecided; nothing but a finished check makes it
 * accepted. It is a struct so that it cannot be tested as a boolean.
 */
#ifndef DV_VERDICT_H
#define DV_VERDICT_H

#include "dv_bytes.h"
#include "dv_time.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dv_status {
	DV_UNDECIDED = 0,
	DV_ACCEPTED = 1,
	DV_REJECTED = 2
};

/* Why, from the closed table dv_reasons.def. */
enum dv_reason {
	DV_R_NONE = 0,
#define R(number, id, name, rank, rule, sentence, hint) DV_R_##id = number,
#include "dv_reasons.def"
#undef R
};

/* What kind of object the reason is about. */
enum dv_object {
	DV_OBJECT_NONE = 0,
	DV_OBJECT_CERTIFICATE,	/* index: place in the path, 0 = leaf */
	DV_OBJECT_ANCHOR,	/* index: number of the anchor, from 0 */
	DV_OBJECT_ENVELOPE,
	DV_OBJECT_ARTEFACT,
	DV_OBJECT_REQUEST,
	DV_OBJECT_CRL,		/* index: number of the CRL, from 0 */
	DV_OBJECT_RECEIPT
};

/* Which part of it, from dv_fields.def. */
enum dv_field {
	DV_F_NONE = 0,
#define F(id, name) DV_F_##id,
#include "dv_fields.def"
#undef F
};

/* A wanted or found value, for people. bytes are borrowed from the input. */
enum dv_value_kind {
	DV_VALUE_NONE = 0,
	DV_VALUE_NUMBER,	/* number */
	DV_VALUE_TIME,		/* number: seconds since 1970 UTC */
	DV_VALUE_OID,		/* bytes: contents of the OBJECT IDENTIFIER */
	DV_VALUE_BYTES,		/* bytes: shown in hex */
	DV_VALUE_NAME,		/* bytes: a DER Name */
	DV_VALUE_TEXT,		/* text: a constant of the program */
	DV_VALUE_REVOKED,	/* text: reason code; number: since when */
	DV_VALUE_UTF8		/* bytes: text from the input, shown quoted */
};

struct dv_value {
	enum dv_value_kind kind;
	int64_t number;
	struct dv_bytes bytes;
	const char *text;
	const char *label;	/* for people, instead of "wanted" and "found";
				   a constant of the program, or NULL */
};

#define DV_NO_OFFSET UINT32_MAX

/* Where in one object, and what was wanted and found there. */
struct dv_at {
	enum dv_field field;
	uint32_t offset;	/* byte offset in the object, or DV_NO_OFFSET */
#ifndef DV_NO_VALUES
	struct dv_value wanted, found;
#endif
	unsigned countersignature;	/* of an envelope: in this one, or in the
					   chain of whoever made it, from 1; else 0 */
};

/*
 * A defect of form that leaves no doubt about what is meant. The strict profile
 * refuses it, the path profile passes over it. DV_R_NONE: there is none.
 */
struct dv_defect {
	enum dv_reason reason;
	struct dv_at at;
};

/* Owns nothing: what at points to is the input's, or constant. */
struct dv_verdict {
	enum dv_status status;
	enum dv_reason reason;	/* DV_R_NONE only when accepted */
	enum dv_object object;
	unsigned index;
	struct dv_at at;
};

/*
 * Texts are constant and stay. But a small static program (STATIC=1 without the
 * part MANIFESTS) unpacks rules, sentences and hints when asked: there each stays
 * until the next of its kind is asked for, and one thread asks.
 */

/* Name: stable, for machines ("ca-flag-missing"). Never NULL. */
const char *dv_reason_name(enum dv_reason reason);

/* One sentence for people, no capital, no full stop. Never NULL. */
const char *dv_reason_text(enum dv_reason reason);

/* The rule that was broken ("RFC 5280 4.2.1.9"). Never NULL. */
const char *dv_reason_rule(enum dv_reason reason);

/* What to do about it, one sentence for people. Never NULL. */
const char *dv_reason_hint(enum dv_reason reason);

/* Larger is nearer to acceptance; 0 for DV_R_NONE. */
int dv_reason_rank(enum dv_reason reason);

/* The i-th reason of the table, DV_R_NONE past its end: for listings. */
enum dv_reason dv_reason_at(size_t i);

/* "notAfter", "x5chain": the place as its standard names it. Never NULL. */
const char *dv_field_name(enum dv_field field);

/* "certificate", "anchor", "envelope", "artefact", "request", "crl",
 * "receipt", "". */
const char *dv_object_name(enum dv_object object);

#ifdef __cplusplus
}
#endif
#endif
