/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the ledger share: the open database, its statements, kept
 * prepared, and its errors in words. No other file includes this or SQLite.
 */
#ifndef LEDGER_DB_H
#define LEDGER_DB_H

#include <sqlite3.h>

#include "pki_ledger.h"

/* Of a certificate joined with its row of revoked: is it revoked now? A hold
 * that was lifted has the reason removeFromCRL (8). */
#define PKI_SQL_IS_REVOKED "(issued_id IS NOT NULL AND reason <> 8)"

/* Statements that are prepared once and kept. */
enum pki_sql {
	PKI_SQL_RESERVE = 0,
	PKI_SQL_STORE,
	PKI_SQL_FIND_SERIAL,
	PKI_SQL_FIND_KEY,
	PKI_SQL_FIND_NAME,
	PKI_SQL_FIND_DEVICE,
	PKI_SQL_FIND_R,
	PKI_SQL_MARK,
	PKI_SQL_KEEP,
	PKI_SQL_LOG_SET,
	PKI_SQL_SEAL_PUT,
	PKI_SQL_MODULUS_PUT,
	PKI_SQL_COUNT
};

struct pki_ledger {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *kept[PKI_SQL_COUNT];
};

/* Puts SQLite's last error into words. doing: "opening it". */
DV_MUST_USE enum dv_exit pki_db_fail(const struct pki_ledger *l,
    const char *doing, struct dv_err *err);

DV_MUST_USE enum dv_exit pki_db_run(struct pki_ledger *l, const char *sql,
    const char *doing, struct dv_err *err);

/* A statement of its own; the caller ends it with sqlite3_finalize(). */
DV_MUST_USE enum dv_exit pki_db_prepare(struct pki_ledger *l, const char *sql,
    sqlite3_stmt **out, struct dv_err *err);

/* A kept one, ready to bind: the same sql every time. End: pki_db_done(). */
DV_MUST_USE enum dv_exit pki_db_kept(struct pki_ledger *l, enum pki_sql which,
    const char *sql, sqlite3_stmt **out, struct dv_err *err);
void pki_db_done(sqlite3_stmt *stmt);

/* SQLITE_OK, or an error that pki_db_fail() knows. Absent: NULL. Borrowed until
 * the statement ends. */
int pki_db_bytes(sqlite3_stmt *stmt, int i, struct dv_bytes bytes);
int pki_db_text(sqlite3_stmt *stmt, int i, const char *text);
int pki_db_id(sqlite3_stmt *stmt, int i, int64_t id);

/* Steps a statement that must change one row. */
DV_MUST_USE enum dv_exit pki_db_change(struct pki_ledger *l,
    sqlite3_stmt *stmt, int bound, struct dv_err *err);

/* A row that is not of the form the schema promises. */
DV_MUST_USE enum dv_exit pki_db_unreadable(const struct pki_ledger *l,
    struct dv_err *err);

/* Columns of a row; absent: NULL, {NULL, 0}. Valid until the next step. */
const char *pki_db_get_text(sqlite3_stmt *stmt, int i);
struct dv_bytes pki_db_get_bytes(sqlite3_stmt *stmt, int i);

/* Calls one() for every row of a statement; anything but yes ends it. */
typedef enum dv_exit pki_db_one(void *arg, sqlite3_stmt *stmt,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_db_rows(struct pki_ledger *l, sqlite3_stmt *stmt,
    pki_db_one *one, void *arg, struct dv_err *err);

#endif
