/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Claims of one object as lines for people or members of a JSON object, under
 * the same keys. Used by `devverify show`.
 */
#ifndef SHOW_H
#define SHOW_H

#include "dv_crl.h"
#include "dv_sign1.h"
#include "host/err.h"
#include "host/json.h"

struct dv_show {
	const char *tool, *subject;
	enum dv_profile profile;	/* of an envelope */
	bool json;
	bool silent;		/* read, print nothing */
	struct dv_json j;
	size_t signature;	/* of a module: its number, from 1; else 0 */
	bool in_list;		/* private */
};

/* Each reads the object completely, then shows it; reasons as the parsers'. */
enum dv_reason dv_show_cert(struct dv_show *out, struct dv_bytes der,
    struct dv_at *at);
enum dv_reason dv_show_request(struct dv_show *out, struct dv_bytes der,
    struct dv_at *at);
enum dv_reason dv_show_crl(struct dv_show *out, struct dv_bytes der,
    struct dv_at *at);
enum dv_reason dv_show_envelope(struct dv_show *out, struct dv_bytes bytes,
    struct dv_at *at);

enum dv_reason dv_show_receipt(struct dv_show *out, struct dv_bytes bytes,
    struct dv_at *at);

/* Of an envelope with the list of a tree: its files. */
void dv_show_files(struct dv_show *out, const struct dv_sign1 *sign1);

/*
 * Gives every envelope inside a module to each, in its order; DV_EXIT_YES, or what
 * each said. refused->reason is not DV_R_NONE when the module cannot be read to its
 * end, or has no envelope: none is shown then.
 */
typedef enum dv_exit dv_show_each(struct dv_show *out, struct dv_bytes envelope,
    struct dv_err *err);
enum dv_exit dv_show_module(struct dv_show *out, struct dv_bytes bytes,
    dv_show_each *each, struct dv_verdict *refused, struct dv_err *err);
/* Is it a voucher, or a request for one, to the profile? */
DV_MUST_USE bool dv_show_is_voucher(const struct dv_show *out,
    struct dv_bytes bytes, bool *request);
enum dv_reason dv_show_voucher(struct dv_show *out, struct dv_bytes bytes,
    struct dv_at *at);

/* One claim; keys are those of JSON, "not_after". */
void dv_show_text(struct dv_show *out, const char *key, const char *text);
void dv_show_utf8(struct dv_show *out, const char *key, struct dv_bytes text);
void dv_show_hex(struct dv_show *out, const char *key, struct dv_bytes bytes);
void dv_show_name(struct dv_show *out, const char *key, struct dv_bytes name);
void dv_show_oid(struct dv_show *out, const char *key, struct dv_bytes oid);
void dv_show_instant(struct dv_show *out, const char *key, dv_time at);
void dv_show_number(struct dv_show *out, const char *key, int64_t number);
void dv_show_flag(struct dv_show *out, const char *key, bool flag);

/* Between these two, keys are NULL: items of one list. */
void dv_show_list(struct dv_show *out, const char *key);
void dv_show_list_end(struct dv_show *out);

#endif
