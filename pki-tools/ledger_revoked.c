/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's certificates as a stream, and which of them are revoked. What
 * was revoked once stays as it was recorded. RFC 5280 5.3.1.
 */
#include "ledger_db.h"

/* The certificates that a question means; ?1 is its one argument. */
static const char *const conditions[] = {
	[PKI_ALL] = "?1 IS NULL",
	[PKI_WITH_SERIAL] = "serial = ?1",
	[PKI_WITH_KEY] = "spki_sha256 = ?1",
	[PKI_OF_DEVICE] = "device = ?1",
	[PKI_OF_BATCH] = "batch = ?1",
	[PKI_REVOKED] = "?1 IS NULL AND issued_id IS NOT NULL",
};

#define FROM " FROM issued LEFT JOIN revoked ON issued_id = issued.id WHERE "

static int
bind_which(sqlite3_stmt *stmt, const struct pki_which *which)
{
	switch (which->kind) {
	case PKI_WITH_SERIAL:
	case PKI_WITH_KEY:
		return pki_db_bytes(stmt, 1, which->bytes);
	case PKI_OF_DEVICE:
		return pki_db_text(stmt, 1, which->text);
	case PKI_OF_BATCH:
		return pki_db_id(stmt, 1, which->batch);
	case PKI_ALL:
	case PKI_REVOKED:
		break;
	}
	return SQLITE_OK;
}

/* begin, the condition, end: ready to step; the caller ends it. */
static enum dv_exit
prepare(struct pki_ledger *l, const char *const part[2],
    const struct pki_which *which, sqlite3_stmt **out, struct dv_err *err)
{
	struct dv_buf sql = { NULL, 0, 0 };
	enum dv_exit exit;

	*out = NULL;
	if (!dv_buf_text(&sql, "%s%s%s", part[0], conditions[which->kind],
	    part[1]) || !dv_buf_add(&sql, (struct dv_bytes){
	    (const uint8_t *)"", 1 })) {
		dv_buf_free(&sql);
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	}
	exit = pki_db_prepare(l, (const char *)sql.ptr, out, err);
	dv_buf_free(&sql);
	if (exit != DV_EXIT_YES || bind_which(*out, which) == SQLITE_OK)
		return exit;
	(void)sqlite3_finalize(*out);
	*out = NULL;
	return pki_db_fail(l, "reading it", err);
}

/* ---- the stream ----------------------------------------------------------- */

struct stream {
	struct pki_ledger *l;
	pki_each *each;
	void *arg;
};

#define COLUMNS "SELECT issued.id, serial, issuer_key_id, spki_sha256, "       \
	"subject, request_sha256, request_r, der, name, profile, device, "     \
	"model, batch, not_before, not_after, issued_at, issued_id, reason, "  \
	"revoked_at, recorded_at, operator"

static enum dv_exit
one(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	const struct stream *s = arg;
	const struct pki_record r = {
		.id = sqlite3_column_int64(stmt, 0),
		.serial = pki_db_get_bytes(stmt, 1),
		.issuer_key_id = pki_db_get_bytes(stmt, 2),
		.spki_sha256 = pki_db_get_bytes(stmt, 3),
		.subject = pki_db_get_bytes(stmt, 4),
		.request_sha256 = pki_db_get_bytes(stmt, 5),
		.request_r = pki_db_get_bytes(stmt, 6),
		.der = pki_db_get_bytes(stmt, 7),
		.name = pki_db_get_text(stmt, 8),
		.profile = pki_db_get_text(stmt, 9),
		.device = pki_db_get_text(stmt, 10),
		.model = pki_db_get_text(stmt, 11),
		.batch = sqlite3_column_int64(stmt, 12),
		.not_before = { sqlite3_column_int64(stmt, 13) },
		.not_after = { sqlite3_column_int64(stmt, 14) },
		.issued_at = { sqlite3_column_int64(stmt, 15) },
		.revoked = sqlite3_column_type(stmt, 16) != SQLITE_NULL,
		.reason = sqlite3_column_int(stmt, 17),
		.revoked_at = { sqlite3_column_int64(stmt, 18) },
		.recorded_at = { sqlite3_column_int64(stmt, 19) },
		.operator_name = pki_db_get_text(stmt, 20),
	};

	if (r.serial.len != PKI_SERIAL || r.issuer_key_id.len != PKI_KEY_ID ||
	    r.spki_sha256.len != PKI_SHA256 || r.name == NULL ||
	    r.profile == NULL)
		return pki_db_unreadable(s->l, err);
	return s->each(s->arg, &r, err);
}

enum dv_exit
pki_ledger_each(struct pki_ledger *ledger, const struct pki_which *which,
    pki_each *each, void *arg, struct dv_err *err)
{
	static const char *const part[] = { COLUMNS FROM,
	    " ORDER BY issued.id" };
	struct stream s = { ledger, each, arg };
	sqlite3_stmt *stmt;
	enum dv_exit exit = prepare(ledger, part, which, &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_db_rows(ledger, stmt, one, &s, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

/* ---- revoking ------------------------------------------------------------- */

enum dv_exit
pki_ledger_revoke(struct pki_ledger *ledger, const struct pki_which *which,
    const struct pki_revocation *what, int64_t *count, struct dv_err *err)
{
	static const char *const part[] = { "INSERT INTO revoked (issued_id, "
	    "reason, revoked_at, recorded_at, operator) "
	    "SELECT issued.id, ?2, ?3, ?4, ?5" FROM,
	    " AND issued_id IS NULL" };
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = prepare(ledger, part, which, &stmt, err);

	*count = 0;
	if (exit != DV_EXIT_YES)
		return exit;
	bad = sqlite3_bind_int(stmt, 2, what->reason);
	bad |= sqlite3_bind_int64(stmt, 3, what->revoked_at.s);
	bad |= sqlite3_bind_int64(stmt, 4, what->recorded_at.s);
	bad |= pki_db_text(stmt, 5, what->operator_name);
	if (bad != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE)
		exit = pki_db_fail(ledger, "writing it", err);
	else
		*count = sqlite3_changes64(ledger->db);
	(void)sqlite3_finalize(stmt);
	return exit;
}
