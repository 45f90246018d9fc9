/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Verdicts for people and for machines. The first line is the contract:
 * `SUBJECT: ACCEPTED until TIME` or `SUBJECT: REJECTED reason at place (rule)`.
 * Names from objects that were not accepted appear escaped, as claimed "...".
 */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include <stdio.h>

#include "dv_voucher.h"
#include "host/buf.h"
#include "host/err.h"
#include "host/json.h"

/* Several signatures on one artefact, in a module or in an envelope. */
struct dv_report_signatures {
	struct dv_outcome each[DV_MAX_SIGNERS];
	struct dv_bytes iss[DV_MAX_SIGNERS];	/* as it says; empty: not read */
	size_t count;
	size_t shown;			/* the one that the report is about;
					   count: about all of them */
};

/* How a directory differs from its signed list. */
enum dv_difference_what { DV_MISSING, DV_EXTRA, DV_CHANGED };
struct dv_difference {
	enum dv_difference_what what;
	struct dv_bytes path;		/* borrowed */
	const char *now;		/* "a link"; NULL: a file */
};
struct dv_differences {
	struct dv_difference *at;
	size_t count, cap;
	uint64_t files;			/* in the list */
};

/* false: memory is short. */
DV_MUST_USE bool dv_differences_add(struct dv_differences *all,
    const struct dv_difference *one);
void dv_differences_free(struct dv_differences *all);

struct dv_report {
	const char *tool;		/* "devverify" */
	const char *subject;		/* what was asked about: a file name */
	const struct dv_verdict *verdict;
	const struct dv_path *path;	/* on acceptance */
	const struct dv_chain *chain;	/* what was given: claimed names, anchors */
	const struct dv_sign1 *sign1;	/* NULL for a chain */
	const struct dv_voucher *voucher;	/* or a request for one; or NULL */
	dv_time at;
	const char *time_source;	/* "clock" or "given" */
	uint64_t size;			/* of the artefact, octets */
	const struct dv_countersigner *countersigners;	/* of sign1; or NULL */
	const struct dv_report_signatures *signatures;	/* inside it; or NULL */
	const struct dv_differences *tree;	/* of a manifest; or NULL */
	const struct dv_trace *trace;	/* every step is shown; or NULL */
	const char *lab;		/* lab build: what it says; else NULL */
};

/* Lines on out. */
void dv_report_text(FILE *out, const struct dv_report *report);

/* One JSON object on one line; docs/verdict.schema.json. */
void dv_report_json(FILE *out, const struct dv_report *report);

/* The steps of the trace, when there is one: lines, and a member "trace". */
void dv_report_trace_text(FILE *out, const struct dv_report *report);
void dv_report_trace_json(struct dv_json *j, const struct dv_report *report);

/* What the signer says: lines, each beginning with this word, and members. */
void dv_report_signed_text(FILE *out, const struct dv_sign1 *sign1,
    const char *claimed);
void dv_report_signed_json(struct dv_json *j, const char *key,
    const struct dv_sign1 *sign1);
void dv_report_artefact_text(FILE *out, const struct dv_report *report);

/* The members of what the signer says of the artefact besides its name. */
void dv_report_claims_json(struct dv_json *j, const struct dv_sign1 *sign1);

/* "semver", "decimal", "other". */
const char *dv_scheme_name(enum dv_version_scheme scheme);

/* Several signatures, when there are: lines, and members. */
void dv_report_signatures_text(FILE *out, const struct dv_report *report);
void dv_report_signatures_json(struct dv_json *j,
    const struct dv_report *report);

/* Who countersigned sign1, or only claims it: lines, and a member. */
void dv_report_countersigned_text(FILE *out, const struct dv_report *report);
void dv_report_countersigned_json(struct dv_json *j,
    const struct dv_report *report);
const char *dv_countersigner_revocation(const struct dv_countersigner *who);

/* The files that differ, when it is a directory: lines, and members. */
void dv_report_tree_text(FILE *out, const struct dv_report *report);
void dv_report_tree_json(struct dv_json *j, const struct dv_report *report);

/* What a voucher or a request says: lines, each beginning with this word, and a
 * member. */
void dv_report_voucher_text(FILE *out, const struct dv_voucher *voucher,
    const char *claimed);
void dv_report_voucher_json(struct dv_json *j, const char *key,
    const struct dv_voucher *voucher);

/* The JSON object of a question that got no verdict, and why. */
void dv_report_none_json(FILE *out, const struct dv_report *report,
    const struct dv_err *err);

/* Only the first line, without newline: for errors of other tools. Appends the
 * byte and the wanted/found part in parentheses when there are any. */
DV_MUST_USE bool dv_report_line(struct dv_buf *out,
    const struct dv_verdict *verdict);

/* The same without "REJECTED ": for what is no verdict. */
DV_MUST_USE bool dv_reason_line(struct dv_buf *out,
    const struct dv_verdict *verdict);

/*
 * One value: "3", a time, a dotted OID, hex, claimed "CN=...", or "" when there
 * is none. Cut to fit, always NUL-terminated; cap is at least DV_VALUE_TEXT_MIN.
 */
#define DV_VALUE_TEXT_MIN 160
#define DV_VALUE_TEXT_MAX 512
void dv_value_text(const struct dv_value *value, char *out, size_t cap);

/* "certificate 1 basicConstraints", "envelope x5chain"; cut to fit. */
#define DV_PLACE_MAX 96
void dv_place_text(const struct dv_verdict *verdict, char *out, size_t cap);

/* "good", "not-checked", "not-available". */
const char *dv_revocation_name(enum dv_revocation status);

/* Of the whole answer: these, "partly-checked" or "revoked". */
const char *dv_report_revocation(const struct dv_report *report);

/* What is shown of a verdict: never "none" for what was not accepted. */
enum dv_reason dv_report_reason(const struct dv_verdict *verdict);

#endif
