/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run over a list of devices, group by group: certificates into the ledger,
 * commit, and only then out. Killed anywhere, the same command goes on: what is
 * on record is written out again, the rest is issued. pki-issue(1).
 */
#include "batch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bytes.h"
#include "host/when.h"

static const char *const columns[PKI_COLUMN_COUNT + 1] = {
	[PKI_COLUMN_ID] = "id",
	[PKI_COLUMN_MAC] = "mac",
	[PKI_COLUMN_UUID] = "uuid",
	[PKI_COLUMN_MODEL] = "model",
	[PKI_COLUMN_CSR] = "csr",
	[PKI_COLUMN_HARDWARE] = "hardware-revision",
	[PKI_COLUMN_FIRMWARE] = "firmware-version",
};

/* Milliseconds between looks at the directory, with watch. */
#define WATCH_TIME 500

static enum dv_exit
read_clock(struct pki_run *run, struct dv_err *err)
{
	struct dv_when when;
	enum dv_exit exit = dv_when(NULL, &when, err);

	if (exit == DV_EXIT_YES)
		run->now = when.at;
	return exit;
}

/* ---- the batch in the ledger ---------------------------------------------- */

static enum dv_exit
add_batch(struct pki_run *run, struct dv_bytes file, struct dv_err *err)
{
	const struct pki_batch batch = {
		.name = run->auth.batch,
		.profile = run->auth.profile,
		.models = run->auth.models,
		.authorisation = file,
		.quantity = run->auth.quantity,
		.not_after = run->auth.not_after,
		.opened_at = run->now,
	};

	return pki_ledger_batch_add(run->ca->ledger, &batch, &run->batch, err);
}

/* Inside a transaction: where the batch stands, whoever else works on it. */
static enum dv_exit
find_batch(struct pki_run *run, struct dv_bytes file, struct dv_err *err)
{
	struct pki_batch_found found = { .found = false };
	enum dv_exit exit = pki_ledger_batch_find(run->ca->ledger,
	    run->auth.batch, &found, err);

	if (exit == DV_EXIT_YES && !found.found) {
		exit = add_batch(run, file, err);
		run->opened = exit == DV_EXIT_YES;
	} else if (exit == DV_EXIT_YES && file.len != 0 &&
	    !pki_authorisation_is(found.batch.authorisation, &run->auth)) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: batch %s was begun "
		    "with another authorisation", found.batch.name);
	} else if (exit == DV_EXIT_YES) {
		run->batch = found.batch.id;
		run->issued = found.batch.issued;
		run->closed = found.batch.closed;
	}
	dv_buf_free(&found.room);
	return exit;
}

/* Of every line that tells of a batch. */
static struct pki_log_entry
log_entry(const struct pki_run *run, const char *event)
{
	struct pki_log_entry entry = { .event = event };

	pki_log_add(&entry, "batch", "%s", run->auth.batch);
	return entry;
}

/* Ends the transaction in which the batch was found or begun. */
static enum dv_exit
end_find(struct pki_run *run, enum dv_exit exit, struct dv_err *err)
{
	struct pki_log_entry entry = log_entry(run, "batch-open");
	char until[DV_TIME_TEXT];

	if (exit != DV_EXIT_YES || !run->opened) {
		pki_ledger_rollback(run->ca->ledger);
		return exit;
	}
	dv_time_format(run->auth.not_after, until);
	pki_log_add(&entry, "quantity", "%" PRId64, run->auth.quantity);
	pki_log_add(&entry, "profile", "%s", run->auth.profile);
	pki_log_add(&entry, "until", "%s", until);
	return pki_log_commit(run->ca->ledger, &entry, err);
}

enum dv_exit
pki_batch_begin(struct pki_run *run, const char *path, struct dv_err *err)
{
	struct dv_buf file = { NULL, 0, 0 };
	enum dv_exit exit = read_clock(run, err);

	run->began = run->now;
	if (exit == DV_EXIT_YES)
		exit = dv_file_read(path, PKI_MAX_STATEMENT, &file, err);
	if (exit == DV_EXIT_YES) {
		exit = pki_authorisation_read(dv_buf_bytes(&file), run->ca,
		    run->now, &run->auth, err);
		if (exit != DV_EXIT_YES) {
			struct dv_err said = *err;

			exit = dv_fail(err, exit, "%s: %s", path, said.what);
			exit = dv_hint(err, exit, "%s", said.hint);
		}
	}
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_begin(run->ca->ledger, err);
	if (exit == DV_EXIT_YES)
		exit = end_find(run, find_batch(run, dv_buf_bytes(&file),
		    err), err);
	dv_buf_free(&file);
	return exit;
}

/* ---- lines that wait for their request ------------------------------------ */

static bool
is_done(const struct pki_run *run)
{
	unsigned long line = run->csv.line;

	return line < run->done_lines &&
	    (run->done[line / 8] & (1u << line % 8)) != 0;
}

static enum dv_exit
mark_done(struct pki_run *run, unsigned long line, struct dv_err *err)
{
	unsigned long lines = run->done_lines;
	uint8_t *more;

	if (line >= lines) {
		lines = (line / 8192 + 1) * 8192;
		more = realloc(run->done, lines / 8);
		if (more == NULL)
			return dv_fail(err, DV_EXIT_NONE, "out of memory");
		memset(more + run->done_lines / 8, 0,
		    (lines - run->done_lines) / 8);
		run->done = more;
		run->done_lines = lines;
	}
	run->done[line / 8] |= (uint8_t)(1u << line % 8);
	return DV_EXIT_YES;
}

/* Is the request of this line not there yet, or perhaps still being written? */
static bool
must_wait(const struct pki_run *run)
{
	const char *csr = run->csv.value[PKI_COLUMN_CSR];
	char id[PKI_IDENTITY + 1];
	char name[PKI_DEVICE_ID + 8], path[DV_PATH_MAX];
	struct dv_err ignored;
	struct stat st;

	if (!run->watch || run->requests == NULL ||
	    pki_batch_identity(&run->csv, id, &ignored) != DV_EXIT_YES)
		return false;
	(void)snprintf(name, sizeof(name), "%s.csr", id);
	if (dv_path_join(path, run->requests, *csr == '\0' ? name : csr,
	    &ignored) != DV_EXIT_YES)
		return false;
	if (lstat(path, &st) != 0)
		return errno == ENOENT;
	return st.st_mtime >= run->now.s - 1;
}

/* ---- groups --------------------------------------------------------------- */

static void
forget_group(struct pki_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		dv_buf_free(&run->outcome[i].der);
		dv_buf_free(&run->outcome[i].sealed);
	}
	run->count = 0;
}

static enum dv_exit
one_line(struct pki_run *run, struct dv_err *err)
{
	struct pki_outcome *o = &run->outcome[run->count];
	enum dv_exit exit;

	memset(o, 0, sizeof(*o));
	exit = pki_csv_next(&run->csv, &run->end, err);
	if ((exit != DV_EXIT_YES && exit != DV_EXIT_NO) || run->end)
		return exit;
	if (run->watch && is_done(run))
		return DV_EXIT_YES;
	o->line = run->csv.line;
	if (exit == DV_EXIT_NO) {
		o->cause = PKI_CAUSE_LINE;
		memcpy(o->why, err->what, sizeof(o->why));
		run->count++;
		return DV_EXIT_YES;
	}
	if (must_wait(run)) {
		run->waiting++;
		return DV_EXIT_YES;
	}
	run->count++;
	return pki_batch_device(run, o, err);
}

/* Inside the transaction. */
static enum dv_exit
fill_group(struct pki_run *run, struct dv_err *err)
{
	int64_t until = dv_milliseconds() + PKI_GROUP_TIME;
	enum dv_exit exit = find_batch(run, (struct dv_bytes){ NULL, 0 }, err);

	while (exit == DV_EXIT_YES && !run->end && run->count < PKI_GROUP &&
	    dv_milliseconds() < until)
		exit = one_line(run, err);
	return exit;
}

/* One line for the group, whatever its size; none when it issued nothing. */
static enum dv_exit
end_group(struct pki_run *run, enum dv_exit exit, struct dv_err *err)
{
	struct pki_log_entry entry = log_entry(run, "batch-issue");
	struct dv_bytes certs[PKI_GROUP];
	size_t count = 0;

	for (size_t i = 0; i < run->count; i++) {
		const struct pki_outcome *o = &run->outcome[i];

		if (o->cause == PKI_CAUSE_NONE && !o->again)
			certs[count++] = dv_buf_bytes(&o->der);
	}
	if (exit == DV_EXIT_YES && count > 0)
		exit = pki_log_add_certs(&entry, run->ca->ledger, certs,
		    count, err);
	if (exit == DV_EXIT_YES && count > 0)
		return pki_log_commit(run->ca->ledger, &entry, err);
	pki_ledger_rollback(run->ca->ledger);
	return exit;
}

static enum dv_exit
count_group(struct pki_run *run, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	for (size_t i = 0; exit == DV_EXIT_YES && i < run->count; i++) {
		const struct pki_outcome *o = &run->outcome[i];

		run->listed++;
		run->cause[o->cause]++;
		run->failed += o->cause != PKI_CAUSE_NONE;
		run->known += o->cause == PKI_CAUSE_NONE && o->again;
		run->fresh += o->cause == PKI_CAUSE_NONE && !o->again;
		if (run->watch)
			exit = mark_done(run, o->line, err);
	}
	dv_progress_at(&run->progress, run->listed);
	return exit;
}

static enum dv_exit
one_group(struct pki_run *run, struct dv_err *err)
{
	enum dv_exit exit = read_clock(run, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ledger_begin(run->ca->ledger, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = end_group(run, fill_group(run, err), err);
	if (exit == DV_EXIT_YES)
		exit = pki_batch_out_group(run, err);
	if (exit == DV_EXIT_YES)
		exit = count_group(run, err);
	forget_group(run);
	return exit;
}

/* Once through the list. */
static enum dv_exit
one_pass(struct pki_run *run, struct dv_err *err)
{
	enum dv_exit exit = pki_csv_rewind(&run->csv, err);

	run->end = false;
	run->waiting = 0;
	while (exit == DV_EXIT_YES && !run->end && *run->stop == 0)
		exit = one_group(run, err);
	return exit;
}

static enum dv_exit
all_passes(struct pki_run *run, struct dv_err *err)
{
	const struct timespec pause = { .tv_nsec = WATCH_TIME * 1000000L };
	enum dv_exit exit = one_pass(run, err);

	while (exit == DV_EXIT_YES && run->watch && run->waiting > 0 &&
	    *run->stop == 0) {
		(void)nanosleep(&pause, NULL);
		exit = one_pass(run, err);
	}
	return exit;
}

/* Lines of the list, for the estimate; bad ones are told later. */
static enum dv_exit
count_lines(struct pki_run *run, struct dv_err *err)
{
	bool end = false;
	enum dv_exit exit = DV_EXIT_YES;

	while (!end) {
		exit = pki_csv_next(&run->csv, &end, err);
		if (exit == DV_EXIT_NONE)
			return exit;
		run->progress.total += !end;
	}
	return DV_EXIT_YES;
}

/* ---- the end -------------------------------------------------------------- */

static enum dv_exit
close_batch(struct pki_run *run, struct dv_err *err)
{
	struct pki_log_entry entry = log_entry(run, "batch-close");
	enum dv_exit exit;

	if (!run->close || run->closed || *run->stop != 0)
		return DV_EXIT_YES;
	exit = pki_ledger_begin(run->ca->ledger, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_ledger_batch_close(run->ca->ledger, run->batch, run->now,
	    err);
	if (exit == DV_EXIT_YES) {
		pki_log_add(&entry, "issued", "%" PRId64, run->issued);
		return pki_log_commit(run->ca->ledger, &entry, err);
	}
	pki_ledger_rollback(run->ca->ledger);
	return exit;
}

static enum dv_exit
work(struct pki_run *run, struct dv_err *err)
{
	int64_t began;
	enum dv_exit exit = pki_csv_open(&run->csv, run->list, columns,
	    PKI_COLUMN_KEYS, err);

	if (exit == DV_EXIT_YES)
		exit = count_lines(run, err);
	if (exit == DV_EXIT_YES)
		exit = pki_batch_out_open(run, err);
	if (exit != DV_EXIT_YES)
		return exit;
	began = dv_milliseconds();
	dv_progress_start(&run->progress);
	exit = all_passes(run, err);
	dv_progress_end(&run->progress);
	run->milliseconds = dv_milliseconds() - began;
	if (exit == DV_EXIT_YES)
		exit = pki_batch_manifest(run, err);
	if (exit == DV_EXIT_YES)
		exit = close_batch(run, err);
	if (exit == DV_EXIT_YES)
		exit = pki_batch_report(run, err);
	return exit;
}

enum dv_exit
pki_batch_run(struct pki_run *run, struct dv_err *err)
{
	enum dv_exit exit;

	run->out_fd = run->devices_fd = -1;
	run->issuer = pki_ca_issuer(run->ca);
	run->issuer.above = &run->above;
	run->progress = (struct dv_progress){ .what = run->auth.batch,
	    .unit = "devices", .per_unit = 1 };
	exit = work(run, err);
	pki_batch_out_close(run);
	pki_csv_close(&run->csv);
	free(run->done);
	if (exit != DV_EXIT_YES)
		return exit;
	if (*run->stop != 0) {
		exit = dv_fail(err, DV_EXIT_NONE, "batch %s: stopped before "
		    "the end of %s", run->auth.batch, run->list);
		return dv_hint(err, exit, "the same command goes on where "
		    "this one ended");
	}
	if (run->failed == 0)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "batch %s: %llu of %llu devices have "
	    "no certificate; see %s/report.txt", run->auth.batch,
	    (unsigned long long)run->failed, (unsigned long long)run->listed,
	    run->out);
}
