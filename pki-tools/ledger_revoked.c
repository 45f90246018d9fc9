/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's certificates as a stream, and which of them are revoked. What
 * was revoked once stays as it was recorded. RFC 5280 5.3.1.
 */
#include "dv_crl.h"
#include "ledger_db.h"

/* The certificates that a question means; ?1 is its one argument. */
static const char *const conditions[] = {
	[PKI_ALL] = "?1 IS NULL",
	[PKI_WITH_SERIAL] = "serial = ?1",
	[PKI_WITH_KEY] = "spki_sha256 = ?1",
	[PKI_OF_DEVICE] = "device = ?1",
	[PKI_OF_BATCH] = "batch = ?1",
	[PKI_REVOKED] = ("?1 IS NULL AND " PKI_SQL_IS_REVOKED),
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
	"model, batch, not_before, not_after, issued_at, "                     \
	PKI_SQL_IS_REVOKED ", reason, "                                        \
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
		.revoked = sqlite3_column_int(stmt, 16) != 0,
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

/* Of those that are meant: how many, and how many have this reason. */
static enum dv_exit
tally(struct pki_ledger *l, const struct pki_which *which, int reason,
    struct pki_revoke_sum *out, struct dv_err *err)
{
	static const char *const part[] = { "SELECT count(*), "
	    "count(CASE WHEN reason = ?2 THEN 1 END)" FROM, "" };
	sqlite3_stmt *stmt;
	enum dv_exit exit = prepare(l, part, which, &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (sqlite3_bind_int(stmt, 2, reason) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		exit = pki_db_fail(l, "reading it", err);
	out->total = sqlite3_column_int64(stmt, 0);
	out->same = sqlite3_column_int64(stmt, 1);
	(void)sqlite3_finalize(stmt);
	return exit;
}

struct change {
	const char *const *part;	/* ?2 to ?6 are what to write */
	const struct pki_which *which;
	const struct pki_revocation *what;
};

static enum dv_exit
apply(struct pki_ledger *l, const struct change *c, int64_t *count,
    struct dv_err *err)
{
	const struct pki_revocation *what = c->what;
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = prepare(l, c->part, c->which, &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = sqlite3_bind_int(stmt, 2, what->reason);
	bad |= sqlite3_bind_int64(stmt, 3, what->revoked_at.s);
	bad |= sqlite3_bind_int64(stmt, 4, what->recorded_at.s);
	bad |= pki_db_text(stmt, 5, what->operator_name);
	bad |= what->invalid_given ? sqlite3_bind_int64(stmt, 6,
	    what->invalid_since.s) : sqlite3_bind_null(stmt, 6);
	if (bad != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE)
		exit = pki_db_fail(l, "writing it", err);
	else
		*count += sqlite3_changes64(l->db);
	(void)sqlite3_finalize(stmt);
	return exit;
}

#define NEWEST "(SELECT coalesce(max(number), 0) FROM crl)"

static const char *const first_time[] = { "INSERT INTO revoked (issued_id, "
    "reason, revoked_at, recorded_at, operator, invalid_since, after_crl) "
    "SELECT issued.id, ?2, ?3, ?4, ?5, ?6, " NEWEST FROM,
    " AND issued_id IS NULL" };

/* Only a hold, or one that was lifted, can become something else. */
static const char *const anew[] = { "UPDATE revoked SET reason = ?2, "
    "revoked_at = ?3, recorded_at = ?4, operator = ?5, invalid_since = ?6, "
    "after_crl = " NEWEST " WHERE reason IN (6, 8) AND reason <> ?2 AND "
    "revoked.issued_id IN (SELECT issued.id" FROM, ")" };

enum dv_exit
pki_ledger_revoke(struct pki_ledger *ledger, const struct pki_which *which,
    const struct pki_revocation *what, struct pki_revoke_sum *out,
    struct dv_err *err)
{
	struct change c = { first_time, which, what };
	enum dv_exit exit;

	*out = (struct pki_revoke_sum){ .total = 0 };
	exit = tally(ledger, which, what->reason, out, err);
	if (exit == DV_EXIT_YES && what->reason != (int)DV_CRL_REMOVE_FROM_CRL)
		exit = apply(ledger, &c, &out->changed, err);
	c.part = anew;
	if (exit == DV_EXIT_YES)
		exit = apply(ledger, &c, &out->changed, err);
	return exit;
}
