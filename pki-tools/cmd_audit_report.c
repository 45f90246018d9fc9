/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-audit report: how many certificates a factory, its batches or its days
 * have, from the ledger. Judges nothing: pki-audit verify does. pki-audit(1).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "host/json.h"
#include "host/text.h"

#define DAY 86400

const struct dv_opt pki_report_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 0, "by", "WHAT", "a line for each: factory, batch or day (factory)",
	  false },
	{ 0, "csv", NULL, "comma-separated values, names first", false },
	{ 'j', "json", NULL, "one JSON object a line", false },
	PKI_OPT_END,
};

enum by { BY_FACTORY = 0, BY_BATCH, BY_DAY };

/* One line. */
struct figures {
	char name[64];
	int64_t key;			/* batch id, or day since 1970 */
	int64_t quantity;		/* authorised; 0: not a batch */
	bool closed;
	int64_t issued, revoked, ended;
	dv_time first, last;
};

struct report {
	enum by by;
	dv_time now;
	struct dv_buf lines;		/* struct figures */
};

static struct figures *
line_at(const struct report *r, size_t i)
{
	return (struct figures *)(void *)r->lines.ptr + i;
}

static size_t
line_count(const struct report *r)
{
	return r->lines.len / sizeof(struct figures);
}

/* The newest first: rows are in the order of issuing. */
static struct figures *
find(const struct report *r, int64_t key)
{
	for (size_t i = line_count(r); i > 0; i--) {
		if (line_at(r, i - 1)->key == key)
			return line_at(r, i - 1);
	}
	return NULL;
}

static enum dv_exit
add(struct report *r, const struct figures *line, struct dv_err *err)
{
	return dv_buf_add(&r->lines, (struct dv_bytes){
	    (const uint8_t *)line, sizeof(*line) }) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

static int64_t
key_of(const struct report *r, const struct pki_record *row)
{
	if (r->by == BY_BATCH)
		return row->batch;
	return r->by == BY_DAY ? row->issued_at.s / DAY : 0;
}

static void
name_line(struct figures *line, const struct report *r)
{
	char day[DV_TIME_TEXT];

	dv_time_format((dv_time){ line->key * DAY }, day);
	if (r->by == BY_DAY)
		(void)snprintf(line->name, sizeof(line->name), "%.10s", day);
	else
		(void)snprintf(line->name, sizeof(line->name), "%s",
		    r->by == BY_BATCH ? "-" : "all");
}

static enum dv_exit
one_row(void *arg, const struct pki_record *row, struct dv_err *err)
{
	struct report *r = arg;
	struct figures fresh = { .key = key_of(r, row) };
	struct figures *line = find(r, fresh.key);

	if (line == NULL) {
		name_line(&fresh, r);
		if (add(r, &fresh, err) != DV_EXIT_YES)
			return DV_EXIT_NONE;
		line = line_at(r, line_count(r) - 1);
	}
	if (line->issued == 0 || row->issued_at.s < line->first.s)
		line->first = row->issued_at;
	if (line->issued == 0 || row->issued_at.s > line->last.s)
		line->last = row->issued_at;
	line->issued++;
	line->revoked += row->revoked;
	line->ended += row->not_after.s < r->now.s;
	return DV_EXIT_YES;
}

static enum dv_exit
one_batch(void *arg, const struct pki_batch *batch, struct dv_err *err)
{
	struct figures line = { .key = batch->id,
	    .quantity = batch->quantity, .closed = batch->closed };

	(void)snprintf(line.name, sizeof(line.name), "%s", batch->name);
	return add(arg, &line, err);
}

/* ---- three forms ---------------------------------------------------------- */

static void
say_text(const struct figures *f)
{
	char first[DV_TIME_TEXT], last[DV_TIME_TEXT];

	(void)printf("%s: %" PRId64 " issued", f->name, f->issued);
	if (f->quantity > 0)
		(void)printf(" of %" PRId64 "%s", f->quantity,
		    f->closed ? ", closed" : "");
	(void)printf(", %" PRId64 " revoked, %" PRId64 " ended", f->revoked,
	    f->ended);
	if (f->issued > 0) {
		dv_time_format(f->first, first);
		dv_time_format(f->last, last);
		(void)printf(", from %s to %s", first, last);
	}
	(void)putchar('\n');
}

static void
say_csv(const struct figures *f)
{
	char first[DV_TIME_TEXT] = "", last[DV_TIME_TEXT] = "";

	if (f->issued > 0) {
		dv_time_format(f->first, first);
		dv_time_format(f->last, last);
	}
	(void)printf("%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",", f->name,
	    f->issued, f->revoked, f->ended);
	if (f->quantity > 0)
		(void)printf("%" PRId64 ",%s", f->quantity, f->closed ?
		    "closed" : "open");
	else
		(void)putchar(',');
	(void)printf(",%s,%s\n", first, last);
}

static void
say_json(const struct figures *f)
{
	struct dv_json json = { .out = stdout };

	dv_json_begin(&json);
	dv_json_number(&json, "v", 1);
	dv_json_text(&json, "name", f->name);
	dv_json_number(&json, "issued", f->issued);
	dv_json_number(&json, "revoked", f->revoked);
	dv_json_number(&json, "ended", f->ended);
	if (f->quantity > 0) {
		dv_json_number(&json, "quantity", f->quantity);
		dv_json_flag(&json, "closed", f->closed);
	}
	if (f->issued > 0) {
		dv_json_instant(&json, "first", f->first);
		dv_json_instant(&json, "last", f->last);
	}
	dv_json_end(&json);
}

static void
say(const struct dv_args *args, const struct report *r)
{
	bool csv = dv_args_has(args, "csv");

	if (csv)
		(void)puts("name,issued,revoked,ended,quantity,state,first,"
		    "last");
	for (size_t i = 0; i < line_count(r); i++) {
		if (csv)
			say_csv(line_at(r, i));
		else if (dv_args_has(args, "json"))
			say_json(line_at(r, i));
		else
			say_text(line_at(r, i));
	}
}

/* ---- all of it ------------------------------------------------------------ */

static enum dv_exit
read_options(const struct dv_args *args, struct report *r, struct dv_err *err)
{
	static const char *const names[] = { "factory", "batch", "day" };
	const char *by = dv_args_get(args, "by");

	if (dv_args_has(args, "csv") && dv_args_has(args, "json"))
		return dv_fail(err, DV_EXIT_USAGE, "--csv and --json "
		    "contradict each other");
	for (int i = 0; i < 3; i++) {
		if (strcmp(by == NULL ? "factory" : by, names[i]) != 0)
			continue;
		r->by = (enum by)i;
		return pki_cmd_now(&r->now, err);
	}
	return dv_fail(err, DV_EXIT_USAGE, "option --by: \"%s\" is none of "
	    "factory, batch and day", by);
}

static enum dv_exit
collect(struct pki_ca *ca, struct report *r, struct dv_err *err)
{
	const struct pki_which all = { .kind = PKI_ALL };
	const struct figures factory = { .name = "all" };
	enum dv_exit exit = pki_ca_open_ledger(ca, err);

	if (exit == DV_EXIT_YES && r->by == BY_BATCH)
		exit = pki_ledger_each_batch(ca->ledger, one_batch, r, err);
	if (exit == DV_EXIT_YES && r->by == BY_FACTORY)
		exit = add(r, &factory, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_each(ca->ledger, &all, one_row, r, err);
	return exit;
}

enum dv_exit
pki_report_run(const struct dv_args *args, struct dv_err *err)
{
	struct report r = { .by = BY_FACTORY };
	struct pki_ca *ca;
	const char *dir;
	enum dv_exit exit = pki_cmd_need(args, "directory", &dir, err);

	if (exit == DV_EXIT_YES)
		exit = read_options(args, &r, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open(dir, &ca, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = collect(ca, &r, err);
	if (exit == DV_EXIT_YES)
		say(args, &r);
	dv_buf_free(&r.lines);
	pki_ca_close(ca);
	return exit;
}
