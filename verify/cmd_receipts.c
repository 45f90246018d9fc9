/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify receipts: is this a sequence of receipts, from the first on, none
 * taken out, moved or changed? It cannot see what was cut off at the end.
 */
#include <inttypes.h>

#include "dv_hash.h"
#include "host/open.h"
#include "host/text.h"
#include "receipt_io.h"

const struct dv_opt dv_cmd_receipts_opts[] = {
	DV_CMD_JSON
	DV_CMD_QUIET,
	{ .name = NULL },
};

/* The one before, while the next is read: two rooms, by turns. */
struct sequence {
	const struct dv_args *args;
	struct dv_buf room[2];
	struct dv_receipt receipt[2];
	const char *path;		/* of the one before */
	const char *path_now;		/* of the one that is read */
	bool quiet, json;
};

static void
say(const struct sequence *s, const char *path, const struct dv_receipt *r)
{
	struct dv_json j = { .out = stdout };
	char at[DV_TIME_TEXT];

	if (s->quiet)
		return;
	if (s->json) {
		dv_json_begin(&j);
		dv_json_number(&j, "v", 1);
		dv_json_text(&j, "tool", s->args->tool->name);
		dv_json_text(&j, "subject", path);
		dv_json_text(&j, "kind", "receipt");
		dv_json_flag(&j, "in_sequence", true);
		dv_json_instant(&j, "time", r->time);
		dv_json_hex(&j, "digest", r->digest);
		dv_json_end(&j);
		return;
	}
	dv_time_format(r->time, at);
	dv_print_subject(stdout, path);
	(void)printf(": in sequence, %s %s ", at, dv_hash_name(r->hash));
	dv_print_hex(stdout, r->digest);
	(void)putchar('\n');
}

/* For machines, beside what people read on standard error. */
static void
say_not(const struct sequence *s, const char *path, const struct dv_err *err)
{
	struct dv_json j = { .out = stdout };

	if (!s->json)
		return;
	dv_json_begin(&j);
	dv_json_number(&j, "v", 1);
	dv_json_text(&j, "tool", s->args->tool->name);
	dv_json_text(&j, "subject", path);
	dv_json_text(&j, "kind", "receipt");
	dv_json_flag(&j, "in_sequence", false);
	dv_json_text(&j, "error", err->what);
	dv_json_end(&j);
}

static enum dv_exit
fail_sequence(const struct sequence *s, const char *path,
    const struct dv_receipt *receipt, struct dv_err *err)
{
	const bool first = receipt->previous.len == 0;
	enum dv_exit exit;

	if (s->path == NULL)
		exit = dv_fail(err, DV_EXIT_NO, "%s: %s: it is not the first: "
		    "it follows a receipt that is not given", path,
		    dv_reason_name(DV_R_RECEIPT_SEQUENCE));
	else
		exit = dv_fail(err, DV_EXIT_NO, "%s: %s: it %s %s", path,
		    dv_reason_name(DV_R_RECEIPT_SEQUENCE), first ?
		    "is the first of a sequence, but stands after" :
		    "does not follow", s->path);
	return dv_hint(err, exit, "%s", dv_reason_hint(DV_R_RECEIPT_SEQUENCE));
}

static enum dv_exit
next(struct sequence *s, int i, struct dv_err *err)
{
	const char *path = s->args->operands[i];
	struct dv_buf *room = &s->room[i % 2];
	struct dv_receipt *receipt = &s->receipt[i % 2];
	struct dv_at at;
	enum dv_exit exit;

	s->path_now = path;
	dv_buf_free(room);
	exit = dv_receipt_load(path, room, receipt, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (dv_receipt_follows(receipt, i == 0 ? NULL :
	    &s->receipt[(i + 1) % 2], &at) != DV_R_NONE)
		return fail_sequence(s, path, receipt, err);
	say(s, path, receipt);
	s->path = path;
	return DV_EXIT_YES;
}

/* What a later list can be compared with: the last one names all others. */
static enum dv_exit
say_end(const struct sequence *s, struct dv_err *err)
{
	const int count = s->args->operand_count;
	uint8_t hash[DV_MAX_DIGEST];
	const size_t len = dv_hash_once(DV_HASH_SHA256,
	    s->receipt[(count - 1) % 2].bytes, hash);

	if (len != DV_RECEIPT_HASH)
		return dv_fail(err, DV_EXIT_NONE, "hashing failed");
	if (s->quiet || s->json)
		return DV_EXIT_YES;
	(void)printf("%d receipt%s in sequence; SHA-256 of the last ", count,
	    count == 1 ? "" : "s");
	dv_print_hex(stdout, (struct dv_bytes){ hash, len });
	(void)putchar('\n');
	return DV_EXIT_YES;
}

enum dv_exit
dv_cmd_receipts(const struct dv_args *args, struct dv_err *err)
{
	struct sequence s = { .args = args,
	    .quiet = dv_args_has(args, "quiet"),
	    .json = dv_args_has(args, "json") };
	enum dv_exit exit = DV_EXIT_YES;

	if (s.quiet && s.json)
		return dv_fail(err, DV_EXIT_USAGE, "receipts: --json and "
		    "--quiet contradict each other");
	for (int i = 0; exit == DV_EXIT_YES && i < args->operand_count; i++)
		exit = next(&s, i, err);
	if (exit == DV_EXIT_NO)
		say_not(&s, s.path_now, err);
	if (exit == DV_EXIT_YES)
		exit = say_end(&s, err);
	dv_buf_free(&s.room[0]);
	dv_buf_free(&s.room[1]);
	return exit;
}
