/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's certificates: taking a serial number, keeping what was signed,
 * finding it again. A row is never changed once it holds a certificate.
 * docs/DESIGN.md, A CA on disk.
 */
#include "ledger_db.h"

#include <stdio.h>
#include <string.h>

#define TABLE "issued LEFT JOIN revoked ON revoked.issued_id = issued.id"

/* ---- one ------------------------------------------------------------------ */

#define FIND "SELECT profile, name, der, device, issued.id, batch, " \
	"issued_id IS NOT NULL, renewal FROM " TABLE " WHERE "

/* cut to fit */
static void
copy_text(char *out, size_t cap, const char *text)
{
	(void)snprintf(out, cap, "%s", text == NULL ? "" : text);
}

static bool
copy_found(sqlite3_stmt *stmt, struct pki_found *out)
{
	struct dv_bytes der = pki_db_get_bytes(stmt, 2);

	if (der.ptr == NULL)
		return false;
	copy_text(out->profile, sizeof(out->profile), pki_db_get_text(stmt, 0));
	copy_text(out->name, sizeof(out->name), pki_db_get_text(stmt, 1));
	copy_text(out->device, sizeof(out->device), pki_db_get_text(stmt, 3));
	out->id = sqlite3_column_int64(stmt, 4);
	out->batch = sqlite3_column_int64(stmt, 5);
	out->revoked = sqlite3_column_int(stmt, 6) != 0;
	out->renewal = sqlite3_column_int(stmt, 7);
	out->found = true;
	return dv_buf_add(&out->der, der);
}

/* Steps a kept statement that begins with FIND. */
static enum dv_exit
find(struct pki_ledger *l, sqlite3_stmt *stmt, int bound,
    struct pki_found *out, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	int rc = bound == SQLITE_OK ? sqlite3_step(stmt) : bound;

	if (rc == SQLITE_ROW && !copy_found(stmt, out))
		exit = pki_db_unreadable(l, err);
	else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		exit = pki_db_fail(l, "reading it", err);
	pki_db_done(stmt);
	return exit;
}

enum dv_exit
pki_ledger_find_serial(struct pki_ledger *ledger, struct dv_bytes serial,
    struct pki_found *out, struct dv_err *err)
{
	uint8_t full[PKI_SERIAL] = { 0 };
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_FIND_SERIAL,
	    FIND "serial = ?1", &stmt, err);

	if (exit != DV_EXIT_YES || serial.len == 0 || serial.len > PKI_SERIAL)
		return exit;
	/* An INTEGER has lost the zeros that the ledger keeps in front. */
	memcpy(full + PKI_SERIAL - serial.len, serial.ptr, serial.len);
	return find(ledger, stmt, pki_db_bytes(stmt, 1,
	    (struct dv_bytes){ full, PKI_SERIAL }), out, err);
}

enum dv_exit
pki_ledger_find_key(struct pki_ledger *ledger,
    const uint8_t spki_sha256[PKI_SHA256], struct pki_found *out,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_FIND_KEY,
	    FIND "spki_sha256 = ?1 ORDER BY renewal DESC LIMIT 1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	return find(ledger, stmt, pki_db_bytes(stmt, 1,
	    (struct dv_bytes){ spki_sha256, PKI_SHA256 }), out, err);
}

enum dv_exit
pki_ledger_find_r(struct pki_ledger *ledger, struct dv_bytes r,
    struct pki_found *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_FIND_R,
	    FIND "request_r = ?1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	return find(ledger, stmt, pki_db_bytes(stmt, 1, r), out, err);
}

enum dv_exit
pki_ledger_find_name(struct pki_ledger *ledger, const char *profile,
    const char *name, struct pki_found *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_FIND_NAME,
	    FIND "profile = ?1 AND name = ?2", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = pki_db_text(stmt, 1, profile);
	bad |= pki_db_text(stmt, 2, name);
	return find(ledger, stmt, bad, out, err);
}

enum dv_exit
pki_ledger_find_device(struct pki_ledger *ledger, const char *profile,
    const char *device, struct pki_found *out, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_FIND_DEVICE,
	    FIND "device = ?2 AND profile = ?1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = pki_db_text(stmt, 1, profile);
	bad |= pki_db_text(stmt, 2, device);
	return find(ledger, stmt, bad, out, err);
}

/* ---- taking and keeping --------------------------------------------------- */

static int
bind_row(sqlite3_stmt *stmt, const struct pki_row *row)
{
	const struct dv_bytes serial = { row->serial, PKI_SERIAL };
	const struct dv_bytes issuer = { row->issuer_key_id, PKI_KEY_ID };
	const struct dv_bytes key = { row->spki_sha256, PKI_SHA256 };
	int bad = 0;

	bad |= pki_db_bytes(stmt, 1, serial);
	bad |= pki_db_bytes(stmt, 2, issuer);
	bad |= pki_db_bytes(stmt, 3, key);
	bad |= pki_db_bytes(stmt, 4, row->subject);
	bad |= pki_db_text(stmt, 5, row->name);
	bad |= pki_db_text(stmt, 6, row->profile);
	bad |= sqlite3_bind_int64(stmt, 7, row->not_before.s);
	bad |= sqlite3_bind_int64(stmt, 8, row->not_after.s);
	bad |= pki_db_bytes(stmt, 9, row->request_sha256);
	bad |= sqlite3_bind_int64(stmt, 10, row->issued_at.s);
	bad |= pki_db_text(stmt, 11, row->device);
	bad |= pki_db_text(stmt, 12, row->model);
	bad |= pki_db_id(stmt, 13, row->batch);
	bad |= pki_db_bytes(stmt, 14, row->request_r);
	bad |= sqlite3_bind_int(stmt, 15, row->renewal);
	return bad;
}

enum dv_exit
pki_ledger_reserve(struct pki_ledger *ledger, const struct pki_row *row,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_RESERVE, "INSERT INTO "
	    "issued (serial, issuer_key_id, spki_sha256, subject, name, "
	    "profile, not_before, not_after, request_sha256, issued_at, "
	    "device, model, batch, request_r, renewal, state) VALUES (?1, ?2, "
	    "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, "
	    "'reserved')", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_db_change(ledger, stmt, bind_row(stmt, row), err);
	pki_db_done(stmt);
	return exit;
}

enum dv_exit
pki_ledger_store(struct pki_ledger *ledger, const uint8_t serial[PKI_SERIAL],
    struct dv_bytes der, struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_STORE, "UPDATE issued "
	    "SET der = ?2, state = 'issued' WHERE serial = ?1 AND "
	    "state = 'reserved'", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = pki_db_bytes(stmt, 1, (struct dv_bytes){ serial, PKI_SERIAL });
	bad |= pki_db_bytes(stmt, 2, der);
	exit = pki_db_change(ledger, stmt, bad, err);
	pki_db_done(stmt);
	return exit;
}

/* ---- moduli --------------------------------------------------------------- */

enum dv_exit
pki_ledger_modulus_put(struct pki_ledger *ledger,
    const uint8_t serial[PKI_SERIAL], struct dv_bytes modulus,
    struct dv_err *err)
{
	sqlite3_stmt *stmt;
	int bad;
	enum dv_exit exit = pki_db_kept(ledger, PKI_SQL_MODULUS_PUT,
	    "INSERT INTO rsa (issued_id, modulus) SELECT id, ?2 FROM issued "
	    "WHERE serial = ?1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	bad = pki_db_bytes(stmt, 1, (struct dv_bytes){ serial, PKI_SERIAL });
	bad |= pki_db_bytes(stmt, 2, modulus);
	exit = pki_db_change(ledger, stmt, bad, err);
	pki_db_done(stmt);
	return exit;
}

struct moduli {
	pki_each_modulus *each;
	void *arg;
};

static enum dv_exit
one_modulus(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	const struct moduli *m = arg;

	return m->each(m->arg, pki_db_get_text(stmt, 0),
	    pki_db_get_bytes(stmt, 1), err);
}

enum dv_exit
pki_ledger_each_modulus(struct pki_ledger *ledger, int64_t newest,
    pki_each_modulus *each, void *arg, struct dv_err *err)
{
	struct moduli m = { each, arg };
	sqlite3_stmt *stmt;
	enum dv_exit exit = pki_db_prepare(ledger, "SELECT name, modulus FROM "
	    "rsa JOIN issued ON issued.id = issued_id ORDER BY issued_id DESC "
	    "LIMIT ?1", &stmt, err);

	if (exit != DV_EXIT_YES)
		return exit;
	(void)sqlite3_bind_int64(stmt, 1, newest);
	exit = pki_db_rows(ledger, stmt, one_modulus, &m, err);
	(void)sqlite3_finalize(stmt);
	return exit;
}

/* ---- sums ----------------------------------------------------------------- */

static enum dv_exit
take_next(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	struct pki_ledger_sum *out = arg;

	(void)err;
	out->any = true;
	copy_text(out->next_name, sizeof(out->next_name),
	    pki_db_get_text(stmt, 0));
	out->next_end.s = sqlite3_column_int64(stmt, 1);
	return DV_EXIT_YES;
}

static enum dv_exit
take_counts(void *arg, sqlite3_stmt *stmt, struct dv_err *err)
{
	struct pki_ledger_sum *out = arg;

	(void)err;
	out->issued = sqlite3_column_int64(stmt, 0);
	out->ended = sqlite3_column_int64(stmt, 1);
	return DV_EXIT_YES;
}

/* How a sum is asked for; ?1 is the time. */
static const struct {
	const char *sql;
	pki_db_one *take;
} sums[] = {
	{ "SELECT count(*), count(*) FILTER (WHERE not_after < ?1) "
	    "FROM issued", take_counts },
	{ "SELECT name, not_after FROM issued WHERE not_after >= ?1 "
	    "ORDER BY not_after, id LIMIT 1", take_next },
};

enum dv_exit
pki_ledger_sum(struct pki_ledger *ledger, dv_time at,
    struct pki_ledger_sum *out, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	sqlite3_stmt *stmt;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; exit == DV_EXIT_YES && i < 2; i++) {
		exit = pki_db_prepare(ledger, sums[i].sql, &stmt, err);
		if (exit != DV_EXIT_YES)
			break;
		(void)sqlite3_bind_int64(stmt, 1, at.s);
		exit = pki_db_rows(ledger, stmt, sums[i].take, out, err);
		(void)sqlite3_finalize(stmt);
	}
	return exit;
}
