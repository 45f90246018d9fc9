/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger's revocations and CRLs: what may become of what, numbers that are
 * given once, and what each kind of CRL lists. RFC 5280 3.3, 5.2.4, 5.3.1.
 */
#include "ledgerkit.h"

static struct pki_revoke_sum
withdraw(struct place *p, struct pki_which which, int reason)
{
	const struct pki_revocation what = { reason, { 200 }, { 300 }, "op",
	    false, { 0 } };
	struct pki_revoke_sum sum;

	OK(pki_ledger_begin(p->ledger, &p->err));
	OK(pki_ledger_revoke(p->ledger, &which, &what, &sum, &p->err));
	OK(pki_ledger_commit(p->ledger, &p->err));
	return sum;
}

#define SUM(sum, t, c, s) do {                                                 \
	const struct pki_revoke_sum sum_ = (sum);                              \
	assert_int_equal(sum_.total, t);                                       \
	assert_int_equal(sum_.changed, c);                                     \
	assert_int_equal(sum_.same, s);                                        \
} while (0)

static const struct pki_which one = { .kind = PKI_OF_DEVICE,
    .text = "unit-1" };
static const struct pki_which two = { .kind = PKI_OF_DEVICE,
    .text = "unit-2" };

static void
test_revoke(void **state)
{
	struct place *p = *state;
	struct pki_found f = { .found = false };
	struct seen seen = { .list = "" };
	struct pki_which both = { .kind = PKI_OF_BATCH };
	struct pki_revoke_sum sum;

	OK(pki_ledger_begin(p->ledger, &p->err));
	both.batch = new_batch(p, "A", 10);
	put_one(p, 1, "unit-1", both.batch);
	put_one(p, 2, "unit-2", both.batch);
	put_one(p, 3, "unit-3", 0);
	OK(pki_ledger_commit(p->ledger, &p->err));
	SUM(withdraw(p, two, 1), 1, 1, 0);
	/* the other of the batch; what was recorded stays */
	SUM(withdraw(p, both, 4), 2, 1, 0);
	SUM(withdraw(p, both, 4), 2, 0, 1);
	stream(p, (struct pki_which){ .kind = PKI_REVOKED }, "1 2 ");
	OK(pki_ledger_each(p->ledger, &two, see, &seen, &p->err));
	assert_true(seen.last.revoked);
	assert_int_equal(seen.last.reason, 1);
	assert_int_equal(seen.last.revoked_at.s, 200);
	assert_int_equal(seen.last.recorded_at.s, 300);
	OK(pki_ledger_find_device(p->ledger, "idevid", "unit-1", &f, &p->err));
	assert_true(f.revoked);
	dv_buf_free(&f.der);
	/* RFC 5280 5.3.1: 7 is not a reason */
	OK(pki_ledger_begin(p->ledger, &p->err));
	assert_int_equal(pki_ledger_revoke(p->ledger, &(struct pki_which){
	    .kind = PKI_ALL }, &(struct pki_revocation){ 7, { 0 }, { 0 },
	    "op", false, { 0 } }, &sum, &p->err), DV_EXIT_NONE);
	pki_ledger_rollback(p->ledger);
}

/* On hold, released, on hold, for good: and never back from there. */
static void
test_hold(void **state)
{
	struct place *p = *state;
	struct pki_found f = { .found = false };

	OK(pki_ledger_begin(p->ledger, &p->err));
	put_one(p, 1, "unit-1", 0);
	OK(pki_ledger_commit(p->ledger, &p->err));
	/* nothing to lift */
	SUM(withdraw(p, one, 8), 1, 0, 0);
	SUM(withdraw(p, one, 6), 1, 1, 0);
	stream(p, (struct pki_which){ .kind = PKI_REVOKED }, "1 ");
	SUM(withdraw(p, one, 8), 1, 1, 0);
	SUM(withdraw(p, one, 8), 1, 0, 1);
	stream(p, (struct pki_which){ .kind = PKI_REVOKED }, "");
	OK(pki_ledger_find_device(p->ledger, "idevid", "unit-1", &f, &p->err));
	assert_false(f.revoked);
	dv_buf_free(&f.der);
	SUM(withdraw(p, one, 6), 1, 1, 0);
	SUM(withdraw(p, one, 1), 1, 1, 0);
	SUM(withdraw(p, one, 8), 1, 0, 0);
	SUM(withdraw(p, one, 6), 1, 0, 0);
	stream(p, (struct pki_which){ .kind = PKI_REVOKED }, "1 ");
	/* what it said before is kept */
	pki_ledger_close(p->ledger);
	assert_int_equal(number(p, "SELECT count(*) FROM revoked_before"), 3);
	OK(pki_ledger_open(p->path, &p->ledger, &p->err));
}

static enum dv_exit
count_crl(void *arg, const struct pki_crl *crl, struct dv_err *err)
{
	int64_t *numbers = arg;

	(void)err;
	*numbers = *numbers * 10 + crl->number;
	return DV_EXIT_YES;
}

/* Takes a number, and completes it. */
static int64_t
new_crl(struct place *p, const char *scope, int64_t base, int64_t at)
{
	const uint8_t hash[PKI_SHA256] = { (uint8_t)at };
	const struct pki_crl crl = { .scope = scope, .base_number = base,
	    .this_update = { at }, .next_update = { at + 10 } };
	int64_t n = 0;

	OK(pki_ledger_begin(p->ledger, &p->err));
	OK(pki_ledger_take_crl(p->ledger, &crl, &n, &p->err));
	OK(pki_ledger_done_crl(p->ledger, n, hash, &p->err));
	assert_int_equal(pki_ledger_done_crl(p->ledger, n, hash, &p->err),
	    DV_EXIT_NONE);
	OK(pki_ledger_commit(p->ledger, &p->err));
	return n;
}

static bool
has_crl(struct place *p, const char *scope, int64_t n,
    struct pki_crl_found *f)
{
	OK(pki_ledger_find_crl(p->ledger, scope, n, f, &p->err));
	return f->found;
}

static void
test_crl(void **state)
{
	struct place *p = *state;
	const struct pki_crl lost = { .scope = "full",
	    .this_update = { 50 }, .next_update = { 60 } };
	struct pki_crl_found f;
	int64_t n, all = 0;
	dv_time last;
	bool any;

	OK(pki_ledger_last_update(p->ledger, &last, &any, &p->err));
	assert_false(any);
	assert_int_equal(new_crl(p, "full", 0, 10), 1);
	assert_int_equal(new_crl(p, "users", 0, 20), 2);
	assert_int_equal(new_crl(p, "full", 0, 30), 3);
	assert_int_equal(new_crl(p, "full", 3, 31), 4);
	/* taken and never completed: not given again, not found */
	OK(pki_ledger_begin(p->ledger, &p->err));
	OK(pki_ledger_take_crl(p->ledger, &lost, &n, &p->err));
	OK(pki_ledger_commit(p->ledger, &p->err));
	assert_int_equal(n, 5);
	assert_int_equal(new_crl(p, "cas", 0, 40), 6);
	assert_true(has_crl(p, "full", 0, &f));
	assert_int_equal(f.number, 3);
	assert_int_equal(f.this_update.s, 30);
	assert_int_equal(f.next_update.s, 40);
	assert_int_equal(f.sha256[0], 30);
	assert_true(has_crl(p, "full", 1, &f));
	assert_false(has_crl(p, "full", 2, &f));
	assert_false(has_crl(p, "full", 4, &f));
	assert_false(has_crl(p, "full", 5, &f));
	OK(pki_ledger_last_update(p->ledger, &last, &any, &p->err));
	assert_true(any);
	assert_int_equal(last.s, 50);
	OK(pki_ledger_each_crl(p->ledger, count_crl, &all, &p->err));
	assert_int_equal(all, 123456);
}

static enum dv_exit
see_entry(void *arg, const struct pki_entry *e, struct dv_err *err)
{
	char *list = arg;
	size_t len = strlen(list);

	(void)err;
	assert_int_equal(e->der.len, 0);
	(void)snprintf(list + len, 64 - len, "%d:%d ",
	    e->serial.ptr[PKI_SERIAL - 1], e->reason);
	return DV_EXIT_YES;
}

static void
entries(struct place *p, int64_t base, const char *wanted)
{
	struct pki_listing listing = { .base = base };
	char list[64] = "";

	(void)has_crl(p, "full", 0, &listing.last);
	OK(pki_ledger_each_entry(p->ledger, &listing, see_entry, list,
	    &p->err));
	assert_string_equal(list, wanted);
}

/* What a complete CRL lists, and what a delta; certificates end at 1000. */
static void
test_entries(void **state)
{
	struct place *p = *state;

	OK(pki_ledger_begin(p->ledger, &p->err));
	put_one(p, 1, "unit-1", 0);
	put_one(p, 2, "unit-2", 0);
	OK(pki_ledger_commit(p->ledger, &p->err));
	SUM(withdraw(p, one, 6), 1, 1, 0);
	entries(p, 0, "1:6 ");
	assert_int_equal(new_crl(p, "full", 0, 300), 1);
	entries(p, 1, "");
	SUM(withdraw(p, two, 1), 1, 1, 0);
	SUM(withdraw(p, one, 8), 1, 1, 0);
	entries(p, 1, "1:8 2:1 ");
	entries(p, 0, "2:1 ");
	/* one complete CRL after its end must have it: RFC 5280 3.3 */
	assert_int_equal(new_crl(p, "full", 0, 1000), 2);
	entries(p, 0, "2:1 ");
	assert_int_equal(new_crl(p, "users", 0, 1001), 3);
	entries(p, 0, "2:1 ");
	assert_int_equal(new_crl(p, "full", 0, 1002), 4);
	entries(p, 0, "");
	/* revoked after it had ended: not until a CRL has listed it */
	SUM(withdraw(p, one, 4), 1, 1, 0);
	entries(p, 0, "1:4 ");
	assert_int_equal(new_crl(p, "full", 0, 1003), 5);
	entries(p, 0, "");
	entries(p, 4, "1:4 ");
}

static void
test_standing(void **state)
{
	struct place *p = *state;
	struct dv_buf out = { NULL, 0, 0 };
	const struct pki_which all = { .kind = PKI_ALL };

	OK(pki_ledger_begin(p->ledger, &p->err));
	put_one(p, 1, "unit-1", 0);
	OK(pki_ledger_commit(p->ledger, &p->err));
	OK(pki_ledger_standing(p->ledger, (dv_time){ 99 }, &out, &p->err));
	OK(pki_ledger_standing(p->ledger, (dv_time){ 1001 }, &out, &p->err));
	assert_int_equal(out.len, 0);
	OK(pki_ledger_standing(p->ledger, (dv_time){ 1000 }, &out, &p->err));
	assert_int_equal(out.len, sizeof(der));
	out.len = 0;
	SUM(withdraw(p, all, 6), 1, 1, 0);
	OK(pki_ledger_standing(p->ledger, (dv_time){ 100 }, &out, &p->err));
	assert_int_equal(out.len, 0);
	SUM(withdraw(p, all, 8), 1, 1, 0);
	OK(pki_ledger_standing(p->ledger, (dv_time){ 100 }, &out, &p->err));
	assert_int_equal(out.len, sizeof(der));
	dv_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_revoke),
		TEST(test_hold),
		TEST(test_crl),
		TEST(test_entries),
		TEST(test_standing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
