/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's rows beside the log's lines, both from the first on: each row
 * has a line that tells of it, each line has its rows, and they are the rows it
 * tells of. pki_log.h.
 */
#include <inttypes.h>
#include <string.h>

#include "audit.h"

static void
found_row(struct pki_audit *a, enum pki_wrong wrong, int64_t row,
    const char *what)
{
	pki_audit_found(a, wrong, what, "ledger row", row);
}

/* ---- groups --------------------------------------------------------------- */

/* Does this line tell of rows? */
static bool
read_group(struct pki_audit *a)
{
	struct pki_group *g = &a->group;
	struct dv_bytes batch = pki_log_field(&a->line, "batch");
	int64_t count;

	if (!pki_log_number(pki_log_field(&a->line, "count"), &count) ||
	    !pki_log_number(pki_log_field(&a->line, "last"), &g->last) ||
	    !pki_log_hash(pki_log_field(&a->line, "sha256"), g->sha256) ||
	    count > g->last || !dv_hash_start(&g->hash, DV_HASH_SHA256))
		return false;
	g->line = a->number;
	g->first = g->last - count + 1;
	g->batch[0] = '\0';
	if (batch.len < sizeof(g->batch) && batch.len > 0) {
		memcpy(g->batch, batch.ptr, batch.len);
		g->batch[batch.len] = '\0';
	}
	return true;
}

static void
missing(struct pki_audit *a, int64_t first, int64_t last)
{
	char what[200];

	(void)snprintf(what, sizeof(what), "is missing, and those up to row "
	    "%" PRId64 ", of which " PKI_LOG_FILE " line %" PRId64 " tells",
	    last, a->group.line);
	found_row(a, PKI_WRONG_ROW_MISSING, first, what);
}

/* To the next line that tells of rows. */
static enum dv_exit
next_group(struct pki_audit *a, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	bool found = false;

	if (a->group.open) {
		missing(a, a->next_row, a->group.last);
		a->next_row = a->group.last + 1;
	}
	a->group.open = false;
	while (exit == DV_EXIT_YES && !a->end && !found) {
		exit = pki_audit_log_next(a, err);
		if (exit == DV_EXIT_YES && !a->end)
			exit = pki_audit_told(a, err);
		found = exit == DV_EXIT_YES && !a->end && read_group(a);
	}
	a->group.open = found;
	a->group.spoilt = false;
	return exit;
}

static void
end_group(struct pki_audit *a)
{
	struct pki_group *g = &a->group;
	uint8_t digest[DV_MAX_DIGEST];
	char what[160];

	g->open = false;
	if ((dv_hash_finish(&g->hash, digest) == PKI_SHA256 &&
	    memcmp(digest, g->sha256, PKI_SHA256) == 0) || g->spoilt)
		return;
	(void)snprintf(what, sizeof(what), "to row %" PRId64 ": their "
	    "certificates are not those of " PKI_LOG_FILE " line %" PRId64,
	    g->last, g->line);
	found_row(a, PKI_WRONG_ROW_CHANGED, g->first, what);
}

/* ---- rows ----------------------------------------------------------------- */

/* Rows that no line tells of, said once for all that stand together. */
static void
end_unlogged(struct pki_audit *a)
{
	char what[120];

	if (a->unlogged_count == 0)
		return;
	(void)snprintf(what, sizeof(what), "and %" PRId64 " more: the log has "
	    "no line that tells of it", a->unlogged_count - 1);
	found_row(a, PKI_WRONG_ROW_UNLOGGED, a->unlogged, a->unlogged_count > 1
	    ? what : "the log has no line that tells of it");
	a->unlogged_count = 0;
}

static void
check_batch(struct pki_audit *a, const struct pki_record *row)
{
	struct pki_batch_found found = { .found = false };
	struct dv_err err;
	bool same = row->batch == 0;

	if (a->group.batch[0] != '\0')
		same = pki_ledger_batch_find(a->ca->ledger, a->group.batch,
		    &found, &err) == DV_EXIT_YES && found.found &&
		    found.batch.id == row->batch;
	dv_buf_free(&found.room);
	if (!same)
		found_row(a, PKI_WRONG_ROW_CHANGED, row->id, "is not in the "
		    "batch that its line in the log names");
}

static enum dv_exit
one(void *arg, const struct pki_record *row, struct dv_err *err)
{
	struct pki_audit *a = arg;
	enum dv_exit exit = DV_EXIT_YES;

	while (exit == DV_EXIT_YES && !a->end && (!a->group.open ||
	    row->id > a->group.last))
		exit = next_group(a, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (row->id != a->next_row && a->group.open &&
	    a->next_row >= a->group.first) {
		missing(a, a->next_row, row->id - 1);
		a->group.spoilt = true;
	}
	if (!a->group.open || row->id < a->group.first) {
		if (a->unlogged_count++ == 0)
			a->unlogged = row->id;
	} else {
		end_unlogged(a);
		dv_hash_update(&a->group.hash, row->der);
		check_batch(a, row);
	}
	a->next_row = row->id + 1;
	a->rows++;
	if (a->group.open && row->id == a->group.last)
		end_group(a);
	dv_progress_at(&a->progress, (uint64_t)a->rows);
	return pki_audit_cert(a, row, err);
}

enum dv_exit
pki_audit_rows(struct pki_audit *a, struct dv_err *err)
{
	const struct pki_which all = { .kind = PKI_ALL };
	enum dv_exit exit;

	a->next_row = 1;
	exit = pki_ledger_each(a->ca->ledger, &all, one, a, err);
	if (exit != DV_EXIT_YES) {
		struct dv_err why = *err;

		exit = dv_fail(err, exit, "at ledger row %" PRId64 ": %s",
		    a->next_row, why.what);
		exit = dv_hint(err, exit, "%s", why.hint);
	}
	end_unlogged(a);
	while (exit == DV_EXIT_YES && !a->end) {
		exit = next_group(a, err);
		if (a->group.open && a->next_row < a->group.first)
			a->next_row = a->group.first;
	}
	return exit;
}
