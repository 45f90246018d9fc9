/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Receipts of devverify file: written when everything was accepted and before
 * anybody is told, compared with those of an earlier run. Never a source of
 * trust: what a receipt says is not believed. docs/FORMAT.md, "Receipts".
 */
#include "receipt_io.h"

#include <string.h>

#include "cbor.h"
#include "dv_version.h"
#include "host/file.h"
#include "host/text.h"
#include "profile.h"

/* A receipt being written; one check at the end is enough. */
struct writer {
	struct dv_buf *out;
	bool failed;
};

static void
put_raw(struct writer *w, struct dv_bytes bytes)
{
	if (!dv_buf_add(w->out, bytes))
		w->failed = true;
}

static void
put_head(struct writer *w, enum dv_cbor_kind kind, uint64_t argument)
{
	uint8_t head[9];

	put_raw(w, (struct dv_bytes){ head, dv_cbor_head(kind, argument,
	    head) });
}

static void
put_int(struct writer *w, int64_t number)
{
	uint8_t item[9];

	put_raw(w, (struct dv_bytes){ item, dv_cbor_int(number, item) });
}

static void
put_utf8(struct writer *w, struct dv_bytes text)
{
	put_head(w, DV_CBOR_TEXT, text.len);
	put_raw(w, text);
}

static void
put_text(struct writer *w, const char *text)
{
	put_utf8(w, dv_text_bytes(text));
}

static void
put_bytes(struct writer *w, struct dv_bytes bytes)
{
	put_head(w, DV_CBOR_BYTES, bytes.len);
	put_raw(w, bytes);
}

static void
put_hash(struct writer *w, struct dv_bytes of)
{
	uint8_t hash[DV_MAX_DIGEST];
	size_t len = dv_hash_once(DV_HASH_SHA256, of, hash);

	w->failed = w->failed || len != DV_RECEIPT_HASH;
	put_bytes(w, (struct dv_bytes){ hash, len });
}

static void
put_key(struct writer *w, enum dv_receipt_key key)
{
	put_int(w, (int64_t)key);
}

/* ---- its parts ---- */

static void
put_artefact(struct writer *w, const struct dv_receipt_of *of)
{
	put_key(w, DV_RECEIPT_KEY_HASH);
	put_int(w, dv_hash_cose(of->sign1->hash));
	put_key(w, DV_RECEIPT_KEY_DIGEST);
	put_bytes(w, of->digest);
	put_key(w, DV_RECEIPT_KEY_SIZE);
	put_int(w, (int64_t)of->size);
	if (of->files > 0) {
		put_key(w, DV_RECEIPT_KEY_FILES);
		put_int(w, (int64_t)of->files);
	}
	put_key(w, DV_RECEIPT_KEY_ENVELOPE);
	put_hash(w, of->sign1->envelope);
}

static void
put_statuses(struct writer *w, const enum dv_revocation *status, size_t count)
{
	put_head(w, DV_CBOR_ARRAY, count);
	for (size_t i = 0; i < count; i++)
		put_text(w, dv_revocation_name(status[i]));
}

static void
put_countersigners(struct writer *w, const struct dv_receipt_of *of)
{
	const struct dv_countersigner *who = of->asked->countersigners;

	if (of->sign1->countersignatures == 0)
		return;
	put_key(w, DV_RECEIPT_KEY_COUNTERSIGNERS);
	put_head(w, DV_CBOR_ARRAY, of->sign1->countersignatures);
	for (size_t i = 0; i < of->sign1->countersignatures; i++, who++) {
		put_head(w, DV_CBOR_ARRAY, 3);
		put_head(w, DV_CBOR_ARRAY, who->count);
		for (size_t n = 0; n < who->count; n++)
			put_hash(w, who->cert[n]);
		put_hash(w, of->asked->trust.anchors[who->anchor].spki);
		put_statuses(w, who->revocation, who->count);
	}
}

static void
put_path(struct writer *w, const struct dv_receipt_of *of)
{
	const struct dv_path *path = &of->asked->path;

	put_key(w, DV_RECEIPT_KEY_PATH);
	put_head(w, DV_CBOR_ARRAY, path->count);
	for (size_t i = 0; i < path->count; i++)
		put_hash(w, path->cert[i].der);
	put_key(w, DV_RECEIPT_KEY_ANCHOR);
	put_hash(w, of->asked->trust.anchors[path->anchor].spki);
}

static void
put_demand(struct writer *w, const struct dv_demand *demand)
{
	put_head(w, DV_CBOR_ARRAY, 3);
	put_int(w, (int64_t)demand->kind + (demand->countersigner ?
	    DV_RECEIPT_OF_COUNTERSIGNER : 0));
	put_utf8(w, demand->key);
	if (demand->kind == DV_DEMAND_SIGNER_KEY)
		put_bytes(w, demand->value);
	else
		put_utf8(w, demand->value);
}

static void
put_policy(struct writer *w, const struct dv_receipt_of *of)
{
	const struct dv_asked *asked = of->asked;

	put_key(w, DV_RECEIPT_KEY_PROFILE);
	put_text(w, dv_profile_loose(asked->policy.profile) ? "path" :
	    "strict");
	if (asked->policy.purpose.len > 0) {
		put_key(w, DV_RECEIPT_KEY_PURPOSE);
		put_bytes(w, asked->policy.purpose);
	}
	put_key(w, DV_RECEIPT_KEY_DEMANDS);
	put_head(w, DV_CBOR_ARRAY, asked->demanded.count);
	for (size_t i = 0; i < asked->demanded.count; i++)
		put_demand(w, &asked->demanded.at[i]);
}

static const char *
mode_name(enum dv_revocation_mode mode)
{
	switch (mode) {
	case DV_REVOCATION_REQUIRED:
		return "required";
	case DV_REVOCATION_IF_GIVEN:
		return "if-given";
	case DV_REVOCATION_NONE:
		break;
	}
	return "none";
}

static void
put_answer(struct writer *w, const struct dv_receipt_of *of)
{
	const struct dv_asked *asked = of->asked;

	put_key(w, DV_RECEIPT_KEY_TIME);
	put_int(w, asked->when.at.s);
	put_key(w, DV_RECEIPT_KEY_TIME_SOURCE);
	put_text(w, asked->when.source);
	put_key(w, DV_RECEIPT_KEY_REVOCATION);
	put_text(w, mode_name(asked->policy.revocation));
	put_key(w, DV_RECEIPT_KEY_STATUSES);
	put_statuses(w, asked->path.revocation, asked->path.count);
	put_key(w, DV_RECEIPT_KEY_GOOD_UNTIL);
	put_int(w, asked->path.good_until.s);
	put_key(w, DV_RECEIPT_KEY_PREVIOUS);
	if (of->previous != NULL)
		put_hash(w, of->previous->bytes);
	else
		put_head(w, DV_CBOR_NULL, 0);
	put_countersigners(w, of);
}

enum dv_exit
dv_receipt_make(const struct dv_receipt_of *of, struct dv_buf *out,
    struct dv_err *err)
{
	const uint64_t absent = (of->files == 0) +
	    (uint64_t)(of->asked->policy.purpose.len == 0) +
	    (uint64_t)(of->sign1->countersignatures == 0);
	struct writer w = { .out = out };
	struct dv_receipt made;
	char tool[64];
	struct dv_at at;

	(void)snprintf(tool, sizeof(tool), "%s %s", of->asked->args->tool->name,
	    DV_VERSION);
	put_head(&w, DV_CBOR_MAP, DV_RECEIPT_KEY_END - 1 - absent);
	put_key(&w, DV_RECEIPT_KEY_TYP);
	put_text(&w, DV_RECEIPT_TYP);
	put_key(&w, DV_RECEIPT_KEY_TOOL);
	put_text(&w, tool);
	put_key(&w, DV_RECEIPT_KEY_VERDICT);
	put_text(&w, DV_RECEIPT_ACCEPTED);
	put_artefact(&w, of);
	put_path(&w, of);
	put_policy(&w, of);
	put_answer(&w, of);
	if (w.failed)
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	if (dv_receipt_parse(dv_buf_bytes(out), &made, &at) != DV_R_NONE)
		return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "a receipt "
		    "cannot say all that was demanded"), "a value demanded has "
		    "at most %d octets", DV_MAX_DEMAND);
	return DV_EXIT_YES;
}

/* ---- files ---- */

static enum dv_exit
fail_receipt(const char *path, const struct dv_verdict *verdict,
    struct dv_err *err)
{
	struct dv_buf line = { 0 };
	enum dv_exit exit;

	if (!dv_reason_line(&line, verdict))
		exit = dv_fail(err, DV_EXIT_NONE, "memory is short");
	else
		exit = dv_hint(err, dv_fail(err, DV_EXIT_NO, "%s: %.*s", path,
		    (int)line.len, (const char *)line.ptr), "%s",
		    dv_reason_text(verdict->reason));
	dv_buf_free(&line);
	return exit;
}

enum dv_exit
dv_receipt_load(const char *path, struct dv_buf *room,
    struct dv_receipt *out, struct dv_err *err)
{
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = DV_OBJECT_RECEIPT };
	enum dv_exit exit = dv_file_read(path, DV_MAX_ENVELOPE, room, err);

	if (exit != DV_EXIT_YES)
		return exit;
	verdict.reason = dv_receipt_parse(dv_buf_bytes(room), out,
	    &verdict.at);
	return verdict.reason == DV_R_NONE ? DV_EXIT_YES :
	    fail_receipt(path, &verdict, err);
}

enum dv_exit
dv_receipt_save(const struct dv_receipt_of *of, struct dv_err *err)
{
	const char *before = dv_args_get(of->asked->args, "previous");
	const struct dv_file_new file = {
	    .path = dv_args_get(of->asked->args, "receipt"), .mode = 0644 };
	struct dv_receipt_of whole = *of;
	struct dv_receipt previous;
	struct dv_buf room = { 0 }, made = { 0 };
	enum dv_exit exit = DV_EXIT_YES;

	if (file.path == NULL)
		return DV_EXIT_YES;
	if (before != NULL) {
		exit = dv_receipt_load(before, &room, &previous, err);
		whole.previous = &previous;
	}
	/* A bad receipt is no answer to the question that was asked. */
	if (exit != DV_EXIT_YES)
		exit = DV_EXIT_NONE;
	if (exit == DV_EXIT_YES)
		exit = dv_receipt_make(&whole, &made, err);
	if (exit == DV_EXIT_YES)
		exit = dv_file_write(&file, dv_buf_bytes(&made), err);
	dv_buf_free(&room);
	dv_buf_free(&made);
	return exit;
}

enum dv_exit
dv_receipt_recheck(const struct dv_receipt_of *of, struct dv_verdict *verdict,
    struct dv_err *err)
{
	const char *path = dv_args_get(of->asked->args, "check-receipt");
	struct dv_buf room = { 0 }, made = { 0 };
	struct dv_receipt was, again;
	struct dv_verdict answer = { .status = DV_REJECTED,
	    .object = DV_OBJECT_RECEIPT };
	enum dv_exit exit;

	if (path == NULL)
		return DV_EXIT_YES;
	exit = dv_receipt_load(path, &room, &was, err);
	if (exit == DV_EXIT_YES)
		exit = dv_receipt_make(of, &made, err);
	if (exit == DV_EXIT_YES) {
		answer.reason = dv_receipt_parse(dv_buf_bytes(&made), &again,
		    &answer.at);
		if (answer.reason == DV_R_NONE)
			answer.reason = dv_receipt_compare(&was, &again,
			    &answer.at);
		if (answer.reason != DV_R_NONE)
			*verdict = answer;
	}
	dv_buf_free(&room);
	dv_buf_free(&made);
	return exit == DV_EXIT_YES ? exit : DV_EXIT_NONE;
}
