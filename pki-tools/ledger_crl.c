/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's CRLs. A number is given once. RFC 5280 5.2.3.
 */
#include "ledger_db.h"

#include <string.h>

static enum dv_exit
take_number(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	int64_t *number = arg;

	(void)err;
	*number = sqlite3_column_int64(stmt, 0);
	return DV_EXIT_YES;
}

enum dv_exit
pki_ledger_next_crl(struct pki_ledger *ledger, int64_t *number,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger,
	    "SELECT coalesce(max(number), 0) + 1 FROM crl", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_db_rows(ledger, stmt, take_number, number, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

enum dv_exit
pki_ledger_put_crl(struct pki_ledger *ledger, const struct pki_crl *crl,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_prepare(ledger, "INSERT INTO crl (number, "
	    "scope, base_number, this_update, next_update, der) VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6)", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = sqlite3_bind_int64(stmt, 1, crl->number);
	bad |= pki_db_text(stmt, 2, crl->scope);
	bad |= pki_db_id(stmt, 3, crl->base_number);
	bad |= sqlite3_bind_int64(stmt, 4, crl->this_update.s);
	bad |= sqlite3_bind_int64(stmt, 5, crl->next_update.s);
	bad |= pki_db_bytes(stmt, 6, crl->der);
	exit = pki_db_change(ledger, stmt, bad, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

#define COLUMNS "SELECT number, scope, base_number, this_update, " \
	"next_update, der FROM crl "

static struct pki_crl
crl_of(sqlite3_stmt *stmt)
{
	return (struct pki_crl){
		.number = sqlite3_column_int64(stmt, 0),
		.scope = pki_db_get_text(stmt, 1),
		.base_number = sqlite3_column_int64(stmt, 2),
		.this_update = { sqlite3_column_int64(stmt, 3) },
		.next_update = { sqlite3_column_int64(stmt, 4) },
		.der = pki_db_get_bytes(stmt, 5),
	};
}

static enum dv_exit
take_crl(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	struct pki_crl_found *out = arg;
	const struct pki_crl crl = crl_of(stmt);

	out->found = true;
	out->number = crl.number;
	out->this_update = crl.this_update;
	out->next_update = crl.next_update;
	return dv_buf_add(&out->der, crl.der) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

enum dv_exit
pki_ledger_find_crl(struct pki_ledger *ledger, const char *scope,
    struct pki_crl_found *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, COLUMNS "WHERE scope = ?1 "
	    "AND base_number IS NULL ORDER BY number DESC LIMIT 1", &stmt,
	    err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)pki_db_text(stmt, 1, scope);
	exit = pki_db_rows(ledger, stmt, take_crl, out, err);
	(void)sqlite3_finalize(stmt);
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

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_db_rows(ledger, stmt, one, &s, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}
