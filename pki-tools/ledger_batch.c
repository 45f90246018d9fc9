/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's batches: what was authorised, and how far it has come. The
 * table itself does not let a batch exceed its quantity. docs/FORMAT.md.
 */
#include "ledger_db.h"

#include <string.h>

enum dv_exit
pki_ledger_batch_add(struct pki_ledger *ledger, const struct pki_batch *batch,
    int64_t *id, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_prepare(ledger, "INSERT INTO batch (name, "
	    "profile, models, authorisation, quantity, not_after, opened_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = pki_db_text(stmt, 1, batch->name);
	bad |= pki_db_text(stmt, 2, batch->profile);
	bad |= pki_db_text(stmt, 3, batch->models);
	bad |= pki_db_bytes(stmt, 4, batch->authorisation);
	bad |= sqlite3_bind_int64(stmt, 5, batch->quantity);
	bad |= sqlite3_bind_int64(stmt, 6, batch->not_after.s);
	bad |= sqlite3_bind_int64(stmt, 7, batch->opened_at.s);
	exit = pki_db_change(ledger, stmt, bad, err);
	*id = sqlite3_last_insert_rowid(ledger->db);
	(void)sqlite3_finalize(stmt);
	return exit;
}

#define COLUMNS "SELECT id, name, profile, models, authorisation, quantity, " \
	"not_after, opened_at, issued, closed_at FROM batch "

static struct pki_batch
batch_of(sqlite3_stmt *stmt)
{
	return (struct pki_batch){
		.id = sqlite3_column_int64(stmt, 0),
		.name = pki_db_get_text(stmt, 1),
		.profile = pki_db_get_text(stmt, 2),
		.models = pki_db_get_text(stmt, 3),
		.authorisation = pki_db_get_bytes(stmt, 4),
		.quantity = sqlite3_column_int64(stmt, 5),
		.not_after = { sqlite3_column_int64(stmt, 6) },
		.opened_at = { sqlite3_column_int64(stmt, 7) },
		.issued = sqlite3_column_int64(stmt, 8),
		.closed = sqlite3_column_type(stmt, 9) != SQLITE_NULL,
		.closed_at = { sqlite3_column_int64(stmt, 9) },
	};
}

static struct dv_bytes
with_nul(const char *text)
{
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) + 1 };
}

/* Copies what b borrows into room, and borrows it from there. */
static bool
own(struct pki_batch *b, struct dv_buf *room)
{
	size_t name = strlen(b->name) + 1, profile = strlen(b->profile) + 1;
	size_t models = strlen(b->models) + 1;

	if (!dv_buf_add(room, with_nul(b->name)) ||
	    !dv_buf_add(room, with_nul(b->profile)) ||
	    !dv_buf_add(room, with_nul(b->models)) ||
	    !dv_buf_add(room, b->authorisation))
		return false;
	b->name = (const char *)room->ptr;
	b->profile = b->name + name;
	b->models = b->profile + profile;
	b->authorisation.ptr = room->ptr + name + profile + models;
	return true;
}

static enum dv_exit
take(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	struct pki_batch_found *out = arg;

	out->batch = batch_of(stmt);
	out->found = true;
	return own(&out->batch, &out->room) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

enum dv_exit
pki_ledger_batch_find(struct pki_ledger *ledger, const char *name,
    struct pki_batch_found *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, COLUMNS "WHERE name = ?1",
	    &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)pki_db_text(stmt, 1, name);
	exit = pki_db_rows(ledger, stmt, take, out, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

static enum dv_exit
take_count(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	int64_t *count = arg;

	(void)err;
	*count = sqlite3_column_int64(stmt, 0);
	return DV_EXIT_YES;
}

enum dv_exit
pki_ledger_batch_count(struct pki_ledger *ledger, int64_t id, int64_t *count,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, "SELECT count(*) FROM "
	    "issued WHERE batch = ?1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)pki_db_id(stmt, 1, id);
	exit = pki_db_rows(ledger, stmt, take_count, count, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

/* Overwritten where they stood. */
static enum dv_exit
drop_sealed(struct pki_ledger *l, int64_t id, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_run(l, "PRAGMA secure_delete = ON",
	    "writing it", err);

	if (exit == DV_EXIT_YES)
		exit = pki_db_prepare(l, "DELETE FROM sealed WHERE issued_id "
		    "IN (SELECT id FROM issued WHERE batch = ?1)", &stmt, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (pki_db_id(stmt, 1, id) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_DONE)
		exit = pki_db_fail(l, "writing it", err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

enum dv_exit
pki_ledger_batch_close(struct pki_ledger *ledger, int64_t id, dv_time at,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_prepare(ledger, "UPDATE batch SET "
	    "closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = pki_db_id(stmt, 1, id);
	bad |= sqlite3_bind_int64(stmt, 2, at.s);
	exit = pki_db_change(ledger, stmt, bad, err);
	(void)sqlite3_finalize(stmt);
	return exit == DV_EXIT_YES ? drop_sealed(ledger, id, err) : exit;
}

enum dv_exit
pki_ledger_seal_put(struct pki_ledger *ledger,
    const uint8_t spki_sha256[PKI_SHA256], struct dv_bytes cms,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_SEAL_PUT,
	    "INSERT INTO sealed (issued_id, cms) SELECT id, ?2 FROM issued "
	    "WHERE spki_sha256 = ?1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = pki_db_bytes(stmt, 1, (struct dv_bytes){ spki_sha256,
	    PKI_SHA256 });
	bad |= pki_db_bytes(stmt, 2, cms);
	exit = pki_db_change(ledger, stmt, bad, err);
	pki_db_done(stmt);
	return exit;
}

static enum dv_exit
take_sealed(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	return dv_buf_add(arg, pki_db_get_bytes(stmt, 0)) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

enum dv_exit
pki_ledger_seal_get(struct pki_ledger *ledger, int64_t issued_id,
    struct dv_buf *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, "SELECT cms FROM sealed "
	    "WHERE issued_id = ?1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)pki_db_id(stmt, 1, issued_id);
	exit = pki_db_rows(ledger, stmt, take_sealed, out, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

struct stream {
	pki_each_batch *each;
	void *arg;
};

static enum dv_exit
one(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	const struct stream *s = arg;
	const struct pki_batch batch = batch_of(stmt);

	return s->each(s->arg, &batch, err);
}

enum dv_exit
pki_ledger_each_batch(struct pki_ledger *ledger, pki_each_batch *each,
    void *arg, struct dv_err *err)
{
	struct stream s = { each, arg };
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, COLUMNS "ORDER BY id",
	    &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_db_rows(ledger, stmt, one, &s, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}
