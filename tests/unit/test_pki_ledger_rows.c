/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's other tables: devices, batches, the log's head; and a ledger of
 * the first version, which is taken over whole.
 */
#include "ledgerkit.h"

static void
test_find(void **state)
{
	struct place *p = *state;
	const struct pki_row r = row(7, NULL, 0);
	struct pki_found f = { .found = false };
	const uint8_t short_serial[] = { 7 };

	OK(pki_ledger_begin(p->ledger, &p->err));
	put_one(p, 7, "unit-7", 0);
	put_one(p, 8, "unit-8", 0);
	OK(pki_ledger_commit(p->ledger, &p->err));
	OK(pki_ledger_find_serial(p->ledger, (struct dv_bytes){ r.serial,
	    PKI_SERIAL }, &f, &p->err));
	assert_true(f.found);
	assert_string_equal(f.device, "unit-7");
	assert_int_equal(f.batch, 0);
	assert_false(f.revoked);
	f.found = false;
	dv_buf_free(&f.der);
	/* as it stands in the certificate, without zeros in front */
	OK(pki_ledger_find_serial(p->ledger, (struct dv_bytes){ short_serial,
	    1 }, &f, &p->err));
	assert_true(f.found);
	f.found = false;
	dv_buf_free(&f.der);
	OK(pki_ledger_find_device(p->ledger, "idevid", "UNIT-8", &f, &p->err));
	assert_true(f.found);
	assert_string_equal(f.device, "unit-8");
	f.found = false;
	dv_buf_free(&f.der);
	OK(pki_ledger_find_device(p->ledger, "iak", "unit-8", &f, &p->err));
	assert_false(f.found);
	OK(pki_ledger_find_serial(p->ledger, (struct dv_bytes){ der, 3 }, &f,
	    &p->err));
	assert_false(f.found);
}

static void
test_streams(void **state)
{
	struct place *p = *state;
	int64_t a, b;
	const struct pki_row r = row(3, NULL, 0);
	struct seen seen = { .list = "", .ends = true };

	OK(pki_ledger_begin(p->ledger, &p->err));
	a = new_batch(p, "A", 10);
	b = new_batch(p, "B", 10);
	put_one(p, 3, "unit-3", a);
	put_one(p, 1, "unit-1", b);
	put_one(p, 2, "unit-2", a);
	put_one(p, 4, NULL, 0);
	OK(pki_ledger_commit(p->ledger, &p->err));
	stream(p, (struct pki_which){ .kind = PKI_ALL }, "3 1 2 4 ");
	stream(p, (struct pki_which){ .kind = PKI_OF_BATCH, .batch = a },
	    "3 2 ");
	stream(p, (struct pki_which){ .kind = PKI_OF_DEVICE,
	    .text = "unit-1" }, "1 ");
	stream(p, (struct pki_which){ .kind = PKI_WITH_SERIAL,
	    .bytes = { r.serial, PKI_SERIAL } }, "3 ");
	stream(p, (struct pki_which){ .kind = PKI_WITH_KEY,
	    .bytes = { r.spki_sha256, PKI_SHA256 } }, "3 ");
	stream(p, (struct pki_which){ .kind = PKI_REVOKED }, "");
	assert_int_equal(pki_ledger_each(p->ledger, &(struct pki_which){
	    .kind = PKI_ALL }, see, &seen, &p->err), DV_EXIT_NO);
	assert_string_equal(seen.list, "3 ");
	assert_string_equal(p->err.what, "enough");
	assert_int_equal(seen.last.batch, a);
	assert_int_equal(seen.last.not_after.s, 1000);
}

/* A generator that repeats itself is caught by the table itself. */
static void
test_r(void **state)
{
	struct place *p = *state;
	const uint8_t bytes[] = { 1, 2, 3 };
	const struct dv_bytes r = { bytes, sizeof(bytes) };
	struct pki_found f = { .found = false };
	struct pki_row one = row(1, "unit-1", 0), two = row(2, "unit-2", 0);

	one.request_r = r;
	two.request_r = r;
	OK(pki_ledger_begin(p->ledger, &p->err));
	OK(put(p, &one));
	assert_int_equal(put(p, &two), DV_EXIT_NONE);
	two.request_r = (struct dv_bytes){ bytes, 2 };
	OK(put(p, &two));
	/* none at all, twice */
	put_one(p, 3, "unit-3", 0);
	put_one(p, 4, "unit-4", 0);
	OK(pki_ledger_commit(p->ledger, &p->err));
	OK(pki_ledger_find_r(p->ledger, r, &f, &p->err));
	assert_true(f.found);
	assert_string_equal(f.device, "unit-1");
	dv_buf_free(&f.der);
}

static void
test_batch(void **state)
{
	struct place *p = *state;
	struct pki_batch_found f = { .found = false };
	int64_t id, other, count;
	struct pki_row r;

	OK(pki_ledger_begin(p->ledger, &p->err));
	id = new_batch(p, "lot-1", 2);
	put_one(p, 1, "unit-1", id);
	put_one(p, 2, "unit-2", id);
	r = row(3, "unit-3", id);
	/* the table holds the quantity */
	assert_int_equal(put(p, &r), DV_EXIT_NONE);
	r = row(3, "unit-3", id + 1);
	assert_int_equal(put(p, &r), DV_EXIT_NONE);
	assert_int_equal(pki_ledger_batch_add(p->ledger, &(struct pki_batch){
	    .name = "LOT-1", .profile = "p", .models = "", .authorisation =
	    a_der, .quantity = 1 }, &other, &p->err), DV_EXIT_NONE);
	OK(pki_ledger_batch_close(p->ledger, id, (dv_time){ 70 }, &p->err));
	assert_int_equal(pki_ledger_batch_close(p->ledger, id, (dv_time){ 80 },
	    &p->err), DV_EXIT_NONE);
	OK(pki_ledger_commit(p->ledger, &p->err));
	OK(pki_ledger_batch_count(p->ledger, id, &count, &p->err));
	assert_int_equal(count, 2);
	OK(pki_ledger_batch_find(p->ledger, "Lot-1", &f, &p->err));
	assert_true(f.found);
	assert_int_equal(f.batch.id, id);
	assert_string_equal(f.batch.name, "lot-1");
	assert_string_equal(f.batch.profile, "idevid");
	assert_string_equal(f.batch.models, "M1\nM2");
	assert_int_equal(f.batch.authorisation.len, sizeof(der));
	assert_memory_equal(f.batch.authorisation.ptr, der, sizeof(der));
	assert_int_equal(f.batch.quantity, 2);
	assert_int_equal(f.batch.issued, 2);
	assert_true(f.batch.closed);
	assert_int_equal(f.batch.closed_at.s, 70);
	dv_buf_free(&f.room);
	f.found = false;
	OK(pki_ledger_batch_find(p->ledger, "lot-2", &f, &p->err));
	assert_false(f.found);
}

static enum dv_exit
count_batch(void *arg, const struct pki_batch *batch, struct dv_err *err)
{
	int64_t *quantities = arg;

	(void)err;
	*quantities = *quantities * 10 + batch->quantity;
	return DV_EXIT_YES;
}

/* A part that fails alone leaves nothing behind, not even in the count. */
static void
test_parts(void **state)
{
	struct place *p = *state;
	struct pki_batch_found f = { .found = false };
	int64_t id, all = 0;

	OK(pki_ledger_begin(p->ledger, &p->err));
	id = new_batch(p, "A", 3);
	(void)new_batch(p, "B", 4);
	OK(pki_ledger_mark(p->ledger, &p->err));
	put_one(p, 1, "unit-1", id);
	OK(pki_ledger_keep(p->ledger, &p->err));
	OK(pki_ledger_mark(p->ledger, &p->err));
	put_one(p, 2, "unit-2", id);
	OK(pki_ledger_drop(p->ledger, &p->err));
	OK(pki_ledger_mark(p->ledger, &p->err));
	put_one(p, 2, "unit-2", id);
	OK(pki_ledger_keep(p->ledger, &p->err));
	OK(pki_ledger_commit(p->ledger, &p->err));
	stream(p, (struct pki_which){ .kind = PKI_OF_BATCH, .batch = id },
	    "1 2 ");
	OK(pki_ledger_batch_find(p->ledger, "A", &f, &p->err));
	assert_int_equal(f.batch.issued, 2);
	dv_buf_free(&f.room);
	OK(pki_ledger_each_batch(p->ledger, count_batch, &all, &p->err));
	assert_int_equal(all, 34);
	/* without a transaction there is nothing to take back to */
	assert_int_equal(pki_ledger_drop(p->ledger, &p->err), DV_EXIT_NONE);
}

static void
test_log(void **state)
{
	struct place *p = *state;
	struct pki_log_head head, set = { 5, { 1, 2 }, "5 line\n" };

	OK(pki_ledger_log_get(p->ledger, &head, &p->err));
	assert_int_equal(head.seq, 0);
	OK(pki_ledger_log_set(p->ledger, &set, &p->err));
	set.seq = 6;
	OK(pki_ledger_log_set(p->ledger, &set, &p->err));
	OK(pki_ledger_log_get(p->ledger, &head, &p->err));
	assert_int_equal(head.seq, 6);
	assert_memory_equal(head.hash, set.hash, PKI_SHA256);
	assert_string_equal(head.line, "5 line\n");
}

/* What the first version wrote, with its number in place of %d. */
static const char first_version[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE issued ("
    " id INTEGER PRIMARY KEY,"
    " serial BLOB NOT NULL,"
    " issuer_key_id BLOB NOT NULL,"
    " spki_sha256 BLOB NOT NULL,"
    " subject BLOB NOT NULL,"
    " name TEXT NOT NULL COLLATE NOCASE,"
    " profile TEXT NOT NULL,"
    " not_before INTEGER NOT NULL,"
    " not_after INTEGER NOT NULL,"
    " request_sha256 BLOB,"
    " der BLOB,"
    " issued_at INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('reserved', 'issued')),"
    " CHECK ((state = 'reserved') = (der IS NULL))"
    ") STRICT;"
    "CREATE UNIQUE INDEX issued_serial ON issued (serial);"
    "CREATE UNIQUE INDEX issued_issuer ON issued (issuer_key_id, serial);"
    "CREATE UNIQUE INDEX issued_key ON issued (spki_sha256);"
    "CREATE INDEX issued_name ON issued (profile, name);"
    "CREATE INDEX issued_end ON issued (not_after);"
    "PRAGMA application_id = 0x44545031;"
    "PRAGMA user_version = %d;"
    "COMMIT;"
    "INSERT INTO issued VALUES (1, "
    "x'0000000000000000000000000000000000000001', zeroblob(20), "
    "zeroblob(32), x'300e310c300a060355040513036f6c64', "
    "'serialNumber=old', 'idevid', 100, 1000, NULL, x'300100', "
    "100, 'issued');";

static void
make_old(struct place *p, int version)
{
	char sql[sizeof(first_version) + 16];
	sqlite3 *db;

	pki_ledger_close(p->ledger);
	p->ledger = NULL;
	(void)unlink(p->path);
	(void)snprintf(sql, sizeof(sql), first_version, version);
	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(chmod(p->path, 0600), 0);
}

static void
test_first_version(void **state)
{
	struct place *p = *state;
	struct pki_found f = { .found = false };
	struct pki_row r = row(2, "unit-2", 0);

	make_old(p, 1);
	OK(pki_ledger_open(p->path, &p->ledger, &p->err));
	OK(pki_ledger_find_name(p->ledger, "idevid", "serialNumber=old", &f, &p->err));
	assert_true(f.found);
	/* worked out from the subject */
	assert_string_equal(f.device, "old");
	dv_buf_free(&f.der);
	OK(pki_ledger_begin(p->ledger, &p->err));
	r.batch = new_batch(p, "A", 1);
	OK(put(p, &r));
	OK(pki_ledger_commit(p->ledger, &p->err));
	stream(p, (struct pki_which){ .kind = PKI_ALL }, "1 2 ");
	OK(pki_ledger_check(p->ledger, &p->err));
	pki_ledger_close(p->ledger);
	assert_int_equal(number(p, "PRAGMA user_version"), 5);
	/* once is enough */
	OK(pki_ledger_open(p->path, &p->ledger, &p->err));
	stream(p, (struct pki_which){ .kind = PKI_ALL }, "1 2 ");
}

/* In the way of the step: it must leave the old ledger as it was. */
static void
test_step_fails(void **state)
{
	struct place *p = *state;
	sqlite3 *db;

	make_old(p, 1);
	assert_int_equal(sqlite3_open(p->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE log (x)", NULL, NULL,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(pki_ledger_open(p->path, &p->ledger, &p->err),
	    DV_EXIT_NONE);
	assert_null(p->ledger);
	assert_int_equal(number(p, "PRAGMA user_version"), 1);
	assert_int_equal(number(p, "SELECT count(*) FROM sqlite_schema "
	    "WHERE name IN ('batch', 'crl', 'revoked')"), 0);
	assert_int_equal(number(p, "SELECT count(*) FROM issued"), 1);
}

static void
test_other_versions(void **state)
{
	struct place *p = *state;

	make_old(p, 1000);
	assert_int_equal(pki_ledger_open(p->path, &p->ledger, &p->err),
	    DV_EXIT_NONE);
	assert_non_null(strstr(p->err.what, "version 1000"));
	make_old(p, 0);
	assert_int_equal(pki_ledger_open(p->path, &p->ledger, &p->err),
	    DV_EXIT_NONE);
	make_old(p, -1);
	assert_int_equal(pki_ledger_open(p->path, &p->ledger, &p->err),
	    DV_EXIT_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_find),
		TEST(test_streams),
		TEST(test_r),
		TEST(test_batch),
		TEST(test_parts),
		TEST(test_log),
		TEST(test_first_version),
		TEST(test_step_fails),
		TEST(test_other_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
