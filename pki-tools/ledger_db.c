/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite for the files of the ledger: statements, rows, and its errors in
 * words. Knows no table. docs/DESIGN.md, A CA on disk.
 */
#include "ledger_db.h"

#include <errno.h>
#include <string.h>

static bool
is_disk_full(const struct pki_ledger *l, int rc)
{
	int e = sqlite3_system_errno(l->db);

	return rc == SQLITE_FULL || (rc == SQLITE_IOERR &&
	    (e == ENOSPC || e == EDQUOT || e == EFBIG));
}

enum dv_exit
pki_db_fail(const struct pki_ledger *l, const char *doing, struct dv_err *err)
{
	int rc = sqlite3_errcode(l->db) & 0xff;
	enum dv_exit exit;

	if (is_disk_full(l, rc)) {
		exit = dv_fail(err, DV_EXIT_NONE, "%s: disk full while %s",
		    l->path, doing);
		return dv_hint(err, exit, "nothing was issued; free space and "
		    "run the same command again");
	}
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
		exit = dv_fail(err, DV_EXIT_NONE, "%s: in use by another "
		    "process for more than %d s", l->path,
		    PKI_LEDGER_WAIT / 1000);
		return dv_hint(err, exit, "nothing was issued; wait for that "
		    "process (fuser shows it) and run the same command again");
	}
	if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB) {
		exit = dv_fail(err, DV_EXIT_NONE, "%s: the ledger is damaged "
		    "(%s)", l->path, sqlite3_errmsg(l->db));
		return dv_hint(err, exit, "nothing was issued; issue nothing "
		    "with this CA until its directory is restored from a "
		    "backup");
	}
	/* SQLite does not always keep the errno of what failed. */
	if (rc == SQLITE_IOERR || rc == SQLITE_CANTOPEN ||
	    rc == SQLITE_READONLY) {
		int e = sqlite3_system_errno(l->db);

		exit = dv_fail(err, DV_EXIT_NONE, "%s: disk error while %s: %s",
		    l->path, doing, e == 0 || e == ENOENT ?
		    "full, limited in size, read-only or failing" :
		    strerror(e));
		return dv_hint(err, exit, "nothing was issued; the directory "
		    "must be writable and have room: then run the same "
		    "command again");
	}
	return dv_fail(err, DV_EXIT_NONE, "%s: %s failed: %s", l->path, doing,
	    sqlite3_errmsg(l->db));
}

enum dv_exit
pki_db_unreadable(const struct pki_ledger *l, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NONE, "%s: a row of the ledger cannot be "
	    "read", l->path);
}

enum dv_exit
pki_db_run(struct pki_ledger *l, const char *sql, const char *doing,
    struct dv_err *err)
{
	if (sqlite3_exec(l->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return pki_db_fail(l, doing, err);
	return DV_EXIT_YES;
}

enum dv_exit
pki_db_prepare(struct pki_ledger *l, const char *sql, sqlite3_stmt **out,
    struct dv_err *err)
{
	if (sqlite3_prepare_v2(l->db, sql, -1, out, NULL) != SQLITE_OK)
		return pki_db_fail(l, "reading it", err);
	return DV_EXIT_YES;
}

enum dv_exit
pki_db_kept(struct pki_ledger *l, enum pki_sql which, const char *sql,
    sqlite3_stmt **out, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	if (l->kept[which] == NULL)
		exit = pki_db_prepare(l, sql, &l->kept[which], err);
	*out = l->kept[which];
	return exit;
}

void
pki_db_done(sqlite3_stmt *stmt)
{
	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
}

int
pki_db_bytes(sqlite3_stmt *stmt, int i, struct dv_bytes bytes)
{
	if (bytes.ptr == NULL)
		return sqlite3_bind_null(stmt, i);
	return sqlite3_bind_blob64(stmt, i, bytes.ptr, bytes.len,
	    SQLITE_STATIC);
}

int
pki_db_text(sqlite3_stmt *stmt, int i, const char *text)
{
	return sqlite3_bind_text(stmt, i, text, -1, SQLITE_STATIC);
}

int
pki_db_id(sqlite3_stmt *stmt, int i, int64_t id)
{
	return id == 0 ? sqlite3_bind_null(stmt, i) :
	    sqlite3_bind_int64(stmt, i, id);
}

enum dv_exit
pki_db_change(struct pki_ledger *l, sqlite3_stmt *stmt, int bound,
    struct dv_err *err)
{
	if (bound != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE)
		return pki_db_fail(l, "writing it", err);
	if (sqlite3_changes(l->db) != 1)
		return dv_fail(err, DV_EXIT_NONE, "%s: the ledger did not take "
		    "the row", l->path);
	return DV_EXIT_YES;
}

const char *
pki_db_get_text(sqlite3_stmt *stmt, int i)
{
	return (const char *)sqlite3_column_text(stmt, i);
}

struct dv_bytes
pki_db_get_bytes(sqlite3_stmt *stmt, int i)
{
	const uint8_t *ptr = sqlite3_column_blob(stmt, i);
	int len = sqlite3_column_bytes(stmt, i);

	if (ptr == NULL || len <= 0)
		return (struct dv_bytes){ NULL, 0 };
	return (struct dv_bytes){ ptr, (size_t)len };
}

enum dv_exit
pki_db_rows(struct pki_ledger *l, sqlite3_stmt *stmt, pki_db_one *one,
    void *arg, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	int rc;

	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		exit = one(arg, stmt, err);
		if (exit != DV_EXIT_YES)
			return exit;
	}
	return rc == SQLITE_DONE ? exit : pki_db_fail(l, "reading it", err);
}
