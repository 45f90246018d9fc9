/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's note of the audit log: its last line, whole, with number and
 * hash. Changes with the transaction that the line tells of. pki_log.h.
 */
#include "ledger_db.h"

#include <string.h>

static enum dv_exit
take_head(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	struct pki_log_head *out = arg;
	struct dv_bytes hash = pki_db_get_bytes(stmt, 1);
	const char *line = pki_db_get_text(stmt, 2);

	if (hash.len != PKI_SHA256 || line == NULL ||
	    strlen(line) >= sizeof(out->line))
		return dv_fail(err, DV_EXIT_NONE, "the ledger's note of the "
		    "audit log cannot be read");
	out->seq = sqlite3_column_int64(stmt, 0);
	memcpy(out->hash, hash.ptr, PKI_SHA256);
	memcpy(out->line, line, strlen(line) + 1);
	return DV_EXIT_YES;
}

static enum dv_exit
take_last(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	int64_t *id = arg;

	(void)err;
	*id = sqlite3_column_int64(stmt, 0);
	return DV_EXIT_YES;
}

enum dv_exit
pki_ledger_last(struct pki_ledger *ledger, int64_t *id, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, "SELECT coalesce(max(id), "
	    "0) FROM issued", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_db_rows(ledger, stmt, take_last, id, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

enum dv_exit
pki_ledger_log_get(struct pki_ledger *ledger, struct pki_log_head *out,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger,
	    "SELECT seq, hash, line FROM log", &stmt, err);

	memset(out, 0, sizeof(*out));
	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_db_rows(ledger, stmt, take_head, out, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

enum dv_exit
pki_ledger_log_set(struct pki_ledger *ledger, const struct pki_log_head *head,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_LOG_SET,
	    "INSERT INTO log (id, seq, hash, line) VALUES (1, ?1, ?2, ?3) "
	    "ON CONFLICT (id) DO UPDATE SET seq = ?1, hash = ?2, line = ?3",
	    &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = sqlite3_bind_int64(stmt, 1, head->seq);
	bad |= pki_db_bytes(stmt, 2, (struct dv_bytes){ head->hash,
	    PKI_SHA256 });
	bad |= pki_db_text(stmt, 3, head->line);
	exit = pki_db_change(ledger, stmt, bad, err);
	pki_db_done(stmt);
	return exit;
}
