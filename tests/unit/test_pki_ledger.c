/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger: a serial number and a key are taken once, a transaction that was
 * not committed never was, and a file that is not ours is refused.
 */
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

#include "pki_ledger.h"

struct place {
	char dir[64], path[80];
	struct pki_ledger *ledger;
	struct dv_err err;
};

static int
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

static int
teardown(void **state)
{
	struct place *p = *state;

	pki_ledger_close(p->ledger);
	(void)unlink(p->path);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static const uint8_t subject[] = { 0x30, 0 };
static const uint8_t der[] = { 0x30, 1, 0 };

/* A row whose serial number and key are told apart by one octet each. */
static struct pki_row
row(uint8_t serial, uint8_t key, const char *name)
{
	struct pki_row r = {
		.subject = { subject, sizeof(subject) },
		.name = name,
		.profile = "idevid",
		.not_before = { 100 },
		.not_after = { 1000 + serial },
		.issued_at = { 100 },
	};

	r.serial[PKI_SERIAL - 1] = serial;
	r.spki_sha256[0] = key;
	return r;
}

static enum dv_exit
put(struct place *p, uint8_t serial, uint8_t key, const char *name)
{
	struct pki_row r = row(serial, key, name);
	enum dv_exit exit = pki_ledger_reserve(p->ledger, &r, &p->err);

	if (exit != DV_EXIT_YES)
		return exit;
	return pki_ledger_store(p->ledger, r.serial,
	    (struct dv_bytes){ der, sizeof(der) }, &p->err);
}

static bool
has_key(struct place *p, uint8_t key)
{
	struct pki_row r = row(0, key, "");
	struct pki_found found = { .found = false };

	assert_int_equal(pki_ledger_find_key(p->ledger, r.spki_sha256, &found,
	    &p->err), DV_EXIT_YES);
	if (found.found) {
		assert_int_equal(found.der.len, sizeof(der));
		assert_string_equal(found.profile, "idevid");
	}
	dv_buf_free(&found.der);
	return found.found;
}

static void
test_commit(void **state)
{
	struct place *p = *state;

	assert_int_equal(pki_ledger_begin(p->ledger, &p->err), DV_EXIT_YES);
	assert_int_equal(put(p, 1, 1, "CN=a"), DV_EXIT_YES);
	assert_int_equal(pki_ledger_commit(p->ledger, &p->err), DV_EXIT_YES);
	pki_ledger_close(p->ledger);
	assert_int_equal(pki_ledger_open(p->path, &p->ledger, &p->err),
	    DV_EXIT_YES);
	assert_true(has_key(p, 1));
	assert_false(has_key(p, 2));
	assert_int_equal(pki_ledger_check(p->ledger, &p->err), DV_EXIT_YES);
}

static void
test_rollback(void **state)
{
	struct place *p = *state;

	assert_int_equal(pki_ledger_begin(p->ledger, &p->err), DV_EXIT_YES);
	assert_int_equal(put(p, 1, 1, "CN=a"), DV_EXIT_YES);
	pki_ledger_rollback(p->ledger);
	assert_false(has_key(p, 1));
	assert_int_equal(pki_ledger_begin(p->ledger, &p->err), DV_EXIT_YES);
	assert_int_equal(put(p, 1, 1, "CN=a"), DV_EXIT_YES);
	/* Closed without a word: as if it had not been. */
	pki_ledger_close(p->ledger);
	assert_int_equal(pki_ledger_open(p->path, &p->ledger, &p->err),
	    DV_EXIT_YES);
	assert_false(has_key(p, 1));
}

static void
test_taken_once(void **state)
{
	struct place *p = *state;
	const struct pki_row r = row(1, 1, "CN=a");

	assert_int_equal(pki_ledger_begin(p->ledger, &p->err), DV_EXIT_YES);
	assert_int_equal(put(p, 1, 1, "CN=a"), DV_EXIT_YES);
	/* the serial number, then the key */
	assert_int_equal(put(p, 1, 2, "CN=b"), DV_EXIT_NONE);
	assert_int_equal(put(p, 2, 1, "CN=b"), DV_EXIT_NONE);
	/* a certificate is not exchanged, nor stored without a place */
	assert_int_equal(pki_ledger_store(p->ledger, r.serial,
	    (struct dv_bytes){ der, sizeof(der) }, &p->err), DV_EXIT_NONE);
	assert_int_equal(pki_ledger_store(p->ledger, row(9, 9, "").serial,
	    (struct dv_bytes){ der, sizeof(der) }, &p->err), DV_EXIT_NONE);
	assert_int_equal(put(p, 3, 3, "CN=c"), DV_EXIT_YES);
	assert_int_equal(pki_ledger_commit(p->ledger, &p->err), DV_EXIT_YES);
	assert_true(has_key(p, 1));
	assert_false(has_key(p, 2));
	assert_true(has_key(p, 3));
}

static void
test_names(void **state)
{
	struct place *p = *state;
	struct pki_found found = { .found = false };

	assert_int_equal(pki_ledger_begin(p->ledger, &p->err), DV_EXIT_YES);
	assert_int_equal(put(p, 1, 1, "serialNumber=unit-1"), DV_EXIT_YES);
	assert_int_equal(pki_ledger_commit(p->ledger, &p->err), DV_EXIT_YES);
	assert_int_equal(pki_ledger_find_name(p->ledger, "device-client",
	    "serialNumber=unit-1", &found, &p->err), DV_EXIT_YES);
	assert_false(found.found);
	/* RFC 5280 7.1: names differ by more than case */
	assert_int_equal(pki_ledger_find_name(p->ledger, "idevid",
	    "serialNumber=UNIT-1", &found, &p->err), DV_EXIT_YES);
	assert_true(found.found);
	assert_string_equal(found.name, "serialNumber=unit-1");
	dv_buf_free(&found.der);
}

static void
test_sum(void **state)
{
	struct place *p = *state;
	struct pki_ledger_sum sum;

	assert_int_equal(pki_ledger_sum(p->ledger, (dv_time){ 0 }, &sum,
	    &p->err), DV_EXIT_YES);
	assert_int_equal(sum.issued, 0);
	assert_false(sum.any);
	assert_int_equal(pki_ledger_begin(p->ledger, &p->err), DV_EXIT_YES);
	assert_int_equal(put(p, 1, 1, "CN=a"), DV_EXIT_YES);
	assert_int_equal(put(p, 2, 2, "CN=b"), DV_EXIT_YES);
	assert_int_equal(put(p, 3, 3, "CN=c"), DV_EXIT_YES);
	assert_int_equal(pki_ledger_commit(p->ledger, &p->err), DV_EXIT_YES);
	/* 1001, 1002 and 1003: the second is at its end */
	assert_int_equal(pki_ledger_sum(p->ledger, (dv_time){ 1002 }, &sum,
	    &p->err), DV_EXIT_YES);
	assert_int_equal(sum.issued, 3);
	assert_int_equal(sum.ended, 1);
	assert_true(sum.any);
	assert_string_equal(sum.next_name, "CN=b");
	assert_int_equal(sum.next_end.s, 1002);
}

static void
test_files(void **state)
{
	struct place *p = *state;
	struct pki_ledger *other;
	struct stat st;

	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(pki_ledger_create(p->path, false, &other, &p->err),
	    DV_EXIT_NONE);
	assert_null(other);
	assert_int_equal(pki_ledger_create(p->path, true, &other, &p->err),
	    DV_EXIT_YES);
	pki_ledger_close(other);
	assert_int_equal(chmod(p->path, 0620), 0);
	assert_int_equal(pki_ledger_open(p->path, &other, &p->err),
	    DV_EXIT_NONE);
	assert_null(other);
	assert_non_null(strstr(p->err.what, "0620"));
	assert_int_equal(pki_ledger_open("/nonexistent/l", &other, &p->err),
	    DV_EXIT_NONE);
	pki_ledger_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rollback, setup, teardown),
		cmocka_unit_test_setup_teardown(test_taken_once, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sum, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
