/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's CRLs: their numbers, each given once, and what they list.
 * RFC 5280 5.2.3, 3.3.
 */
#include "ledger_db.h"

#include <inttypes.h>
#include <string.h>

/* Steps a statement that a caller has bound; one() for each row. */
static enum dv_exit
run(struct pki_ledger *l, sqlite3_stmt *stmt, pki_db_one *one, void *arg,
    struct dv_err *err)
{
	enum dv_exit exit = pki_db_rows(l, stmt, one, arg, err);

	(void)sqlite3_finalize(stmt);
	return exit;
}

/* ---- numbers -------------------------------------------------------------- */

enum dv_exit
pki_ledger_take_crl(struct pki_ledger *ledger, const struct pki_crl *crl,
    int64_t *number, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_prepare(ledger, "INSERT INTO crl (number, "
	    "scope, base_number, this_update, next_update) SELECT "
	    "coalesce(max(number), 0) + 1, ?1, ?2, ?3, ?4 FROM crl", &stmt,
	    err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = pki_db_text(stmt, 1, crl->scope);
	bad |= pki_db_id(stmt, 2, crl->base_number);
	bad |= sqlite3_bind_int64(stmt, 3, crl->this_update.s);
	bad |= sqlite3_bind_int64(stmt, 4, crl->next_update.s);
	exit = pki_db_change(ledger, stmt, bad, err);
	(void)sqlite3_finalize(stmt);
	*number = sqlite3_last_insert_rowid(ledger->db);
	return exit;
}

enum dv_exit
pki_ledger_done_crl(struct pki_ledger *ledger, int64_t number,
    const uint8_t sha256[PKI_SHA256], struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_prepare(ledger, "UPDATE crl SET sha256 = ?2 "
	    "WHERE number = ?1 AND sha256 IS NULL", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = sqlite3_bind_int64(stmt, 1, number);
	bad |= pki_db_bytes(stmt, 2, (struct dv_bytes){ sha256, PKI_SHA256 });
	exit = pki_db_change(ledger, stmt, bad, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

#define COLUMNS "SELECT number, scope, base_number, this_update, " \
	"next_update, sha256 FROM crl "

static struct pki_crl
crl_of(sqlite3_stmt *stmt)
{
	return (struct pki_crl){
		.number = sqlite3_column_int64(stmt, 0),
		.scope = pki_db_get_text(stmt, 1),
		.base_number = sqlite3_column_int64(stmt, 2),
		.this_update = { sqlite3_column_int64(stmt, 3) },
		.next_update = { sqlite3_column_int64(stmt, 4) },
		.sha256 = pki_db_get_bytes(stmt, 5),
	};
}

static enum dv_exit
take_crl(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	struct pki_crl_found *out = arg;
	const struct pki_crl crl = crl_of(stmt);

	if (crl.sha256.len != PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "the ledger's row of CRL %"
		    PRId64 " cannot be read", crl.number);
	out->found = true;
	out->number = crl.number;
	out->this_update = crl.this_update;
	out->next_update = crl.next_update;
	memcpy(out->sha256, crl.sha256.ptr, PKI_SHA256);
	return DV_EXIT_YES;
}

enum dv_exit
pki_ledger_find_crl(struct pki_ledger *ledger, const char *scope,
    int64_t number, struct pki_crl_found *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, COLUMNS "WHERE scope = ?1 "
	    "AND base_number IS NULL AND sha256 IS NOT NULL AND "
	    "(?2 IS NULL OR number = ?2) ORDER BY number DESC LIMIT 1", &stmt,
	    err);

	*out = (struct pki_crl_found){ .found = false };
	if (exit != DV_EXIT_YES)
		return exit;
	(void)pki_db_text(stmt, 1, scope);
	(void)pki_db_id(stmt, 2, number);
	return run(ledger, stmt, take_crl, out, err);
}

struct last {
	dv_time at;
	bool any;
};

static enum dv_exit
take_last(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	struct last *last = arg;

	(void)err;
	last->any = sqlite3_column_type(stmt, 0) != SQLITE_NULL;
	last->at.s = sqlite3_column_int64(stmt, 0);
	return DV_EXIT_YES;
}

enum dv_exit
pki_ledger_last_update(struct pki_ledger *ledger, dv_time *out, bool *any,
    struct dv_err *err)
{
	struct last last = { .any = false };
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger,
	    "SELECT max(this_update) FROM crl", &stmt, err);

	if (exit == DV_EXIT_YES)
		exit = run(ledger, stmt, take_last, &last, err);
	*out = last.at;
	*any = last.any;
	return exit;
}

struct stream {
	pki_each_crl *each;
	void *arg;
};

static enum dv_exit
one(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	const struct stream *s = arg;
	const struct pki_crl crl = crl_of(stmt);

	return s->each(s->arg, &crl, err);
}

enum dv_exit
pki_ledger_each_crl(struct pki_ledger *ledger, pki_each_crl *each, void *arg,
    struct dv_err *err)
{
	struct stream s = { each, arg };
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, COLUMNS "ORDER BY number",
	    &stmt, err);

	return exit != DV_EXIT_YES ? exit : run(ledger, stmt, one, &s, err);
}

/* ---- what a CRL lists ------------------------------------------------------ */

struct entries {
	pki_each_entry *each;
	void *arg;
};

static enum dv_exit
one_entry(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	const struct entries *s = arg;
	const struct pki_entry entry = {
		.serial = pki_db_get_bytes(stmt, 0),
		.reason = sqlite3_column_int(stmt, 1),
		.revoked_at = { sqlite3_column_int64(stmt, 2) },
		.invalid_given = sqlite3_column_type(stmt, 3) != SQLITE_NULL,
		.invalid_since = { sqlite3_column_int64(stmt, 3) },
		.der = pki_db_get_bytes(stmt, 4),
	};

	return s->each(s->arg, &entry, err);
}

#define ENTRIES "SELECT serial, reason, revoked_at, invalid_since, "           \
	"CASE WHEN ?1 THEN der END FROM revoked "                              \
	"JOIN issued ON issued.id = issued_id WHERE "

/* One statement sees the ledger at one moment, whoever writes meanwhile. */
enum dv_exit
pki_ledger_each_entry(struct pki_ledger *ledger,
    const struct pki_listing *listing, pki_each_entry *each, void *arg,
    struct dv_err *err)
{
	struct entries s = { each, arg };
	const struct pki_crl_found *last = &listing->last;
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_prepare(ledger, listing->base != 0 ?
	    ENTRIES "after_crl >= ?2 ORDER BY issued_id" :
	    ENTRIES "reason <> 8 AND (after_crl >= ?2 OR not_after >= ?3) "
	    "ORDER BY issued_id", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = sqlite3_bind_int(stmt, 1, listing->with_der);
	bad |= sqlite3_bind_int64(stmt, 2, listing->base != 0 ?
	    listing->base : last->found ? last->number : 0);
	if (listing->base == 0)
		bad |= sqlite3_bind_int64(stmt, 3, last->found ?
		    last->this_update.s : DV_TIME_MIN);
	if (bad == SQLITE_OK)
		return run(ledger, stmt, one_entry, &s, err);
	(void)sqlite3_finalize(stmt);
	return pki_db_fail(ledger, "reading it", err);
}

static enum dv_exit
take_der(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	return dv_buf_add(arg, pki_db_get_bytes(stmt, 0)) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

enum dv_exit
pki_ledger_standing(struct pki_ledger *ledger, dv_time at, struct dv_buf *out,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, "SELECT der FROM issued "
	    "LEFT JOIN revoked ON issued_id = issued.id WHERE NOT coalesce("
	    PKI_SQL_IS_REVOKED ", 0) AND der IS NOT NULL AND "
	    "not_before <= ?1 AND not_after >= ?1 ORDER BY issued.id DESC "
	    "LIMIT 1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)sqlite3_bind_int64(stmt, 1, at.s);
	return run(ledger, stmt, take_der, out, err);
}
