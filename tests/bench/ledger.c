/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ledger of so many rows, generated into a file of its own, and what a look
 * into it costs: by serial number, key, device, name, and the first of a batch.
 * Prints the median and the slowest of a thousand each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "pki_ledger.h"

#define ASKED 1000
#define BATCH 100000		/* devices of one */

static void
must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(3);
}

static void
run(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK)
		return;
	fprintf(stderr, "bench: %s: %s\n", sql, why);
	exit(3);
}

/* Indexes are taken away and made anew behind the rows: sorted is fast. */
static void
generate(const char *path, long rows)
{
	static const char fill[] = "INSERT INTO issued (id, serial, "
	    "issuer_key_id, spki_sha256, subject, name, profile, not_before, "
	    "not_after, der, issued_at, state, device, model, batch, "
	    "request_r) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
	    "i + 1 FROM n WHERE i < %ld) SELECT i, randomblob(20), "
	    "zeroblob(20), randomblob(32), randomblob(40), "
	    "printf('serialNumber=unit-%%08d', i), 'idevid', 0, i, "
	    "randomblob(430), 0, 'issued', printf('unit-%%08d', i), 'M1', "
	    "1 + i / %d, randomblob(32) FROM n";
	char sql[sizeof(fill) + 32];
	sqlite3 *db;
	sqlite3_stmt *list;
	char *index[16];
	size_t count = 0;

	must(sqlite3_open(path, &db) == SQLITE_OK, "cannot open");
	run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
	    "PRAGMA cache_size = -1000000; DROP TRIGGER issued_in_batch");
	must(sqlite3_prepare_v2(db, "SELECT sql FROM sqlite_schema WHERE "
	    "type = 'index' AND sql IS NOT NULL AND tbl_name = 'issued'", -1,
	    &list, NULL) == SQLITE_OK, "cannot read");
	while (sqlite3_step(list) == SQLITE_ROW && count < 16)
		index[count++] = strdup((const char *)sqlite3_column_text(list,
		    0));
	sqlite3_finalize(list);
	run(db, "DROP INDEX issued_serial; DROP INDEX issued_key;"
	    "DROP INDEX issued_name; DROP INDEX issued_end;"
	    "DROP INDEX issued_device; DROP INDEX issued_batch;"
	    "DROP INDEX issued_r; PRAGMA foreign_keys = OFF");
	(void)snprintf(sql, sizeof(sql), fill, rows, BATCH);
	run(db, sql);
	for (size_t i = 0; i < count; i++) {
		run(db, index[i]);
		free(index[i]);
	}
	run(db, "PRAGMA journal_mode = WAL");
	must(sqlite3_close(db) == SQLITE_OK, "cannot close");
}

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct question {
	const char *what;
	long rows;
	uint8_t serial[PKI_SERIAL], key[PKI_SHA256];
	char name[40], device[40];
	int64_t batch;
};

static enum dv_exit
take(void *arg, const struct pki_record *r, struct dv_err *err)
{
	struct question *q = arg;

	memcpy(q->serial, r->serial.ptr, PKI_SERIAL);
	memcpy(q->key, r->spki_sha256.ptr, PKI_SHA256);
	(void)snprintf(q->name, sizeof(q->name), "%s", r->name);
	(void)snprintf(q->device, sizeof(q->device), "%s", r->device);
	q->batch = r->batch;
	return dv_fail(err, DV_EXIT_NO, "one is enough");
}

static bool
ask(struct pki_ledger *l, int kind, struct question *q)
{
	struct pki_found f = { .found = false };
	struct dv_err err;
	enum dv_exit exit = DV_EXIT_NONE;

	if (kind == 0)
		exit = pki_ledger_find_serial(l, (struct dv_bytes){ q->serial,
		    PKI_SERIAL }, &f, &err);
	else if (kind == 1)
		exit = pki_ledger_find_key(l, q->key, &f, &err);
	else if (kind == 2)
		exit = pki_ledger_find_device(l, "idevid", q->device, &f,
		    &err);
	else if (kind == 3)
		exit = pki_ledger_find_name(l, "idevid", q->name, &f, &err);
	else
		return pki_ledger_each(l, &(struct pki_which){ .kind =
		    PKI_OF_BATCH, .batch = q->batch }, take, q, &err) ==
		    DV_EXIT_NO;
	dv_buf_free(&f.der);
	return exit == DV_EXIT_YES && f.found;
}

int
main(int argc, char **argv)
{
	static const char *const kinds[] = { "serial number", "key", "device",
	    "name", "batch" };
	long rows = argc > 1 ? atol(argv[1]) : 1000000;
	char dir[] = "/tmp/devtrust-ledger.XXXXXX", path[64], wal[72];
	static double spent[ASKED];
	struct pki_ledger *l;
	struct dv_err err;
	struct question q;
	struct stat st;

	must(rows > 0 && mkdtemp(dir) != NULL, "no directory");
	(void)snprintf(path, sizeof(path), "%s/ledger.db", dir);
	must(pki_ledger_create(path, false, &l, &err) == DV_EXIT_YES, err.what);
	pki_ledger_close(l);
	generate(path, rows);
	must(stat(path, &st) == 0, "no file");
	printf("ledger of %ld rows, %.1f GB: microseconds, median and slowest of "
	    "%d\n", rows, (double)st.st_size / 1e9, ASKED);
	must(pki_ledger_open(path, &l, &err) == DV_EXIT_YES, err.what);
	for (int kind = 0; kind < 5; kind++) {
		for (int i = 0; i < ASKED; i++) {
			(void)snprintf(q.device, sizeof(q.device),
			    "unit-%08ld", 1 + (i * 7919L * 104729L) % rows);
			must(pki_ledger_each(l, &(struct pki_which){ .kind =
			    PKI_OF_DEVICE, .text = q.device }, take, &q,
			    &err) == DV_EXIT_NO, "a device is missing");
			spent[i] = now();
			must(ask(l, kind, &q), "not found");
			spent[i] = now() - spent[i];
		}
		qsort(spent, ASKED, sizeof(spent[0]), compare);
		printf("  by %-14s %8.1f %10.1f\n", kinds[kind],
		    spent[ASKED / 2], spent[ASKED - 1]);
	}
	pki_ledger_close(l);
	(void)unlink(path);
	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	(void)unlink(wal);
	(void)rmdir(dir);
	return 0;
}
