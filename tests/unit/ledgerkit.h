/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For tests of the ledger: one in a directory of its own, certificates that are
 * three octets long, and what a stream of them brings.
 */
#ifndef LEDGERKIT_H
#define LEDGERKIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "pki_ledger.h"

struct place {
	char dir[64], path[80];
	struct pki_ledger *ledger;
	struct dv_err err;
};

static inline int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/test_pki_ledger.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	(void)snprintf(p->path, sizeof(p->path), "%s/l", p->dir);
	assert_int_equal(pki_ledger_create(p->path, false, &p->ledger,
	    &p->err), DV_EXIT_YES);
	*state = p;
	return 0;
}

static inline int
teardown(void **state)
{
	struct place *p = *state;

	pki_ledger_close(p->ledger);
	(void)unlink(p->path);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

#define OK(call) do {                                                          \
	if ((call) != DV_EXIT_YES)                                             \
		fail_msg("%s: %s", #call, p->err.what);                        \
} while (0)

static const uint8_t subject[] = { 0x30, 0 };
static const uint8_t der[] = { 0x30, 1, 0 };
static const struct dv_bytes a_der = { der, sizeof(der) };

static inline struct pki_row
row(uint8_t n, const char *device, int64_t batch)
{
	struct pki_row r = {
		.subject = { subject, sizeof(subject) },
		.name = "CN=x",
		.profile = "idevid",
		.not_before = { 100 },
		.not_after = { 1000 },
		.issued_at = { 100 },
		.device = device,
		.model = "M1",
		.batch = batch,
	};

	r.serial[PKI_SERIAL - 1] = n;
	r.spki_sha256[0] = n;
	return r;
}

/* In a transaction. */
static inline enum dv_exit
put(struct place *p, const struct pki_row *r)
{
	enum dv_exit exit = pki_ledger_reserve(p->ledger, r, &p->err);

	return exit != DV_EXIT_YES ? exit : pki_ledger_store(p->ledger,
	    r->serial, a_der, &p->err);
}

static inline void
put_one(struct place *p, uint8_t n, const char *device, int64_t batch)
{
	const struct pki_row r = row(n, device, batch);

	OK(put(p, &r));
}

static inline int64_t
new_batch(struct place *p, const char *name, int64_t quantity)
{
	const struct pki_batch b = { .name = name, .profile = "idevid",
	    .models = "M1\nM2", .authorisation = a_der, .quantity = quantity,
	    .not_after = { 5000 }, .opened_at = { 50 } };
	int64_t id = 0;

	OK(pki_ledger_batch_add(p->ledger, &b, &id, &p->err));
	assert_true(id > 0);
	return id;
}

/* The last octets of the serial numbers that a stream brings. */
struct seen {
	char list[64];
	struct pki_record last;		/* its pointers are gone */
	bool ends;
};

static inline enum dv_exit
see(void *arg, const struct pki_record *r, struct dv_err *err)
{
	struct seen *seen = arg;
	size_t len = strlen(seen->list);

	(void)snprintf(seen->list + len, sizeof(seen->list) - len, "%d ",
	    r->serial.ptr[PKI_SERIAL - 1]);
	seen->last = *r;
	return seen->ends ? dv_fail(err, DV_EXIT_NO, "enough") : DV_EXIT_YES;
}

static inline void
stream(struct place *p, struct pki_which which, const char *wanted)
{
	struct seen seen = { .list = "" };

	OK(pki_ledger_each(p->ledger, &which, see, &seen, &p->err));
	assert_string_equal(seen.list, wanted);
}

static inline int
number(struct place *p, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int out;

	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	out = sqlite3_column_int(stmt, 0);
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return out;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
