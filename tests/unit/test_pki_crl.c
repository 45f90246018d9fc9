/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CRLs from inside: every field as the parser reads it back, lengths around
 * each size of a head, and a judge that lets no wrong one pass.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"
#include "crl.h"
#include "pki_log.h"

#define NOW INT64_C(1772323200)		/* 2026-03-01T00:00:00Z */
#define DAY INT64_C(86400)

struct world {
	char dir[64];
	struct pki_ca ca;
	struct dv_buf root, device;	/* DER */
	struct ds_key *device_key;
	struct pki_scratch scratch;
	struct pki_crl_form form;
	struct dv_err err;
};

#define OK(call) do {                                                          \
	if ((call) != DV_EXIT_YES)                                             \
		fail_msg("%s: %s", #call, w->err.what);                        \
} while (0)

static struct ds_key *
make_key(struct world *w, const char *name, const char *type)
{
	char spec[128];
	struct ds_access access = ds_access_default();
	struct ds_key_new what = { .spec = spec, .access = &access };
	struct ds_key *key;
	bool created;

	access.secret.none = true;
	(void)snprintf(spec, sizeof(spec), "file:%s/%s", w->dir, name);
	OK(ds_key_type_find(type, &what.type, &w->err));
	OK(ds_key_create(&what, &key, &created, &w->err));
	return key;
}

/* A certificate by the CA, or its own when cert is NULL. */
static void
certify(struct world *w, const char *profile, const char *name,
    struct ds_key *key, struct dv_buf *out)
{
	uint8_t room[128];
	struct ds_der d = ds_der_start(room, sizeof(room));
	bool self = w->root.len == 0, again;
	const struct dv_bytes chain[] = { dv_buf_bytes(&w->root) };
	const struct pki_issuer issuer = { .key = w->ca.key,
	    .cert = self ? NULL : &w->ca.cert, .chain = chain,
	    .chain_count = 1, .ledger = w->ca.ledger };
	struct pki_order order = { .profile = pki_profile_find(profile),
	    .key = ds_key_public(key), .not_before = { NOW - DAY },
	    .path_len = -1, .now = { NOW - DAY } };

	OK(ds_der_name(&d, name, &w->err));
	order.subject = ds_der_done(&d);
	OK(pki_issue(&issuer, &order, out, &again, &w->err));
}

static int
setup_with(void **state, const char *type)
{
	struct world *w = calloc(1, sizeof(*w));
	char path[80];
	struct dv_at at;

	assert_non_null(w);
	(void)snprintf(w->dir, sizeof(w->dir), "/tmp/test_pki_crl.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	(void)snprintf(path, sizeof(path), "%s/ledger", w->dir);
	OK(pki_ledger_create(path, false, &w->ca.ledger, &w->err));
	w->ca.dir = w->dir;
	w->ca.key = make_key(w, "root", type);
	w->device_key = make_key(w, "device", "p256");
	certify(w, "root", "CN=Root", w->ca.key, &w->root);
	assert_int_equal(dv_cert_parse(dv_buf_bytes(&w->root), &w->ca.cert,
	    &at), DV_R_NONE);
	certify(w, "idevid", "serialNumber=1", w->device_key, &w->device);
	OK(pki_scratch_open(&w->scratch, w->dir, &w->err));
	w->form = (struct pki_crl_form){
		.scope = pki_crl_scope_find("full"),
		.issuer = w->ca.cert.subject,
		.key_id = w->ca.cert.ext.subject_key_id,
		.this_update = { NOW },
		.next_update = { NOW + DAY },
		.number = 129,
	};
	*state = w;
	return 0;
}

static int
setup(void **state)
{
	return setup_with(state, "p256");
}

static int
teardown(void **state)
{
	static const char *const files[] = { "root", "device", "ledger",
	    PKI_LOG_FILE };
	struct world *w = *state;
	char path[80];

	pki_scratch_close(&w->scratch);
	ds_key_close(w->ca.key);
	ds_key_close(w->device_key);
	pki_ledger_close(w->ca.ledger);
	dv_buf_free(&w->root);
	dv_buf_free(&w->device);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", w->dir, files[i]);
		(void)unlink(path);
	}
	/* nothing else was left there */
	assert_int_equal(rmdir(w->dir), 0);
	free(w);
	return 0;
}

static void
begin(struct world *w)
{
	pki_scratch_close(&w->scratch);
	OK(pki_scratch_open(&w->scratch, w->dir, &w->err));
	OK(pki_crl_begin(&w->scratch, &w->err));
}

static const uint8_t a_serial[PKI_SERIAL] = { 0, 0, 0x80, 1 };

static struct pki_entry
entry(int reason)
{
	return (struct pki_entry){ .serial = { a_serial, PKI_SERIAL },
	    .reason = reason, .revoked_at = { NOW } };
}

static struct dv_crl
end(struct world *w)
{
	struct dv_bytes der;
	struct dv_crl crl;
	struct dv_at at;

	OK(pki_crl_end(&w->scratch, &w->form, w->ca.key, &der, &w->err));
	assert_int_equal(dv_crl_parse(der, &crl, &at), DV_R_NONE);
	return crl;
}

static void
test_empty(void **state)
{
	struct world *w = *state;
	struct dv_crl crl;

	begin(w);
	crl = end(w);
	assert_int_equal(crl.version, 2);
	assert_true(dv_bytes_equal(crl.issuer, w->ca.cert.subject));
	assert_int_equal(crl.this_update.s, NOW);
	assert_int_equal(crl.next_update.s, NOW + DAY);
	assert_int_equal(crl.entry_count, 0);
	assert_true(dv_bytes_equal(crl.authority_key_id, w->form.key_id));
	assert_int_equal(crl.number.len, 2);
	assert_memory_equal(crl.number.ptr, "\0\x81", 2);
	assert_int_equal(crl.present, DV_CRL_EXT_BIT(
	    DV_CRL_EXT_AUTHORITY_KEY_ID) | DV_CRL_EXT_BIT(DV_CRL_EXT_NUMBER));
	assert_int_equal(crl.critical, 0);
}

static void
test_entries(void **state)
{
	struct world *w = *state;
	struct pki_entry e = entry(0);
	struct dv_crl_entry read = { .reason = 0 };
	struct dv_bytes rest;
	struct dv_crl crl;

	begin(w);
	OK(pki_crl_add(&w->scratch, &e, &w->err));
	e = entry(10);
	e.invalid_given = true;
	e.invalid_since = (dv_time){ NOW - 5 };
	OK(pki_crl_add(&w->scratch, &e, &w->err));
	e.reason = 0;
	OK(pki_crl_add(&w->scratch, &e, &w->err));
	crl = end(w);
	assert_int_equal(crl.entry_count, 3);
	rest = crl.entries;
	assert_true(dv_crl_next(&rest, &read));
	assert_int_equal(read.serial.len, PKI_SERIAL - 1);
	assert_int_equal(read.date.s, NOW);
	assert_int_equal(read.reason, 0);
	assert_false(read.has_invalidity);
	/* serial, 2+19; date, 15; head, 2; and no extensions: RFC 5280 5.3.1 */
	assert_int_equal(crl.entries.len - rest.len, 2 + 21 + 15);
	assert_true(dv_crl_next(&rest, &read));
	assert_int_equal(read.reason, DV_CRL_AA_COMPROMISE);
	assert_true(read.has_invalidity);
	assert_int_equal(read.invalidity.s, NOW - 5);
	assert_true(dv_crl_next(&rest, &read));
	assert_int_equal(read.reason, 0);
	assert_true(read.has_invalidity);
	assert_int_equal(rest.len, 0);
}

/* Entries of 38 octets: heads of two to five octets, each side of a step. */
static void
test_lengths(void **state)
{
	static const size_t counts[] = { 1, 3, 4, 6, 7, 1720, 1724, 1725, 1800 };
	struct world *w = *state;
	const struct pki_entry e = entry(0);

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		begin(w);
		for (size_t n = 0; n < counts[i]; n++)
			OK(pki_crl_add(&w->scratch, &e, &w->err));
		assert_int_equal(end(w).entry_count, counts[i]);
	}
}

static void
test_kinds(void **state)
{
	struct world *w = *state;
	struct dv_crl crl;

	w->form.scope = pki_crl_scope_find("users");
	w->form.base = 128;
	begin(w);
	crl = end(w);
	assert_true(crl.point.only_user);
	assert_false(crl.point.only_ca);
	assert_int_equal(crl.base_number.len, 2);
	/* RFC 5280 5.2.4, 5.2.5 */
	assert_int_equal(crl.critical, DV_CRL_EXT_BIT(DV_CRL_EXT_DELTA) |
	    DV_CRL_EXT_BIT(DV_CRL_EXT_ISSUING_POINT));
	w->form.scope = pki_crl_scope_find("cas");
	w->form.base = 0;
	begin(w);
	crl = end(w);
	assert_true(crl.point.only_ca);
	assert_false(crl.point.only_user);
	assert_int_equal(crl.critical,
	    DV_CRL_EXT_BIT(DV_CRL_EXT_ISSUING_POINT));
	assert_null(pki_crl_scope_find("devices"));
}

/* What devverify would not read is refused before it is signed. */
static void
test_too_large(void **state)
{
	static const uint8_t zero[1 << 20];
	struct world *w = *state;
	struct dv_bytes der;

	begin(w);
	for (int i = 0; i < 64; i++)
		OK(pki_scratch_add(&w->scratch, (struct dv_bytes){ zero,
		    sizeof(zero) }, &w->err));
	assert_int_equal(pki_crl_end(&w->scratch, &w->form, w->ca.key, &der,
	    &w->err), DV_EXIT_NO);
	assert_non_null(strstr(w->err.hint, "level above"));
}

/* ---- the judge ------------------------------------------------------------- */

static struct dv_bytes
make(struct world *w, const struct pki_entry *e)
{
	struct dv_bytes der;

	begin(w);
	if (e != NULL)
		OK(pki_crl_add(&w->scratch, e, &w->err));
	OK(pki_crl_end(&w->scratch, &w->form, w->ca.key, &der, &w->err));
	return der;
}

static void
wrong(struct world *w, const struct pki_crl_question *q, const char *why)
{
	assert_int_equal(pki_crl_judge(q, &w->err), DV_EXIT_NONE);
	if (strstr(w->err.what, why) == NULL)
		fail_msg("wanted %s, got %s", why, w->err.what);
	assert_non_null(strstr(w->err.what, "not released"));
}

static void
test_judge_form(void **state)
{
	struct world *w = *state;
	struct pki_crl_form other = w->form;
	struct pki_crl_question q = { .ca = &w->ca, .form = &w->form,
	    .der = make(w, NULL) };
	struct dv_buf flipped = { NULL, 0, 0 };

	OK(pki_crl_judge(&q, &w->err));
	q.count = 1;
	wrong(w, &q, "number of its entries");
	q.count = 0;
	q.form = &other;
	other.number = 130;
	wrong(w, &q, "its number");
	other = w->form;
	other.base = 1;
	wrong(w, &q, "its number");
	other = w->form;
	other.next_update.s++;
	wrong(w, &q, "its dates");
	other = w->form;
	other.scope = pki_crl_scope_find("users");
	wrong(w, &q, "what it speaks of");
	q.form = &w->form;
	assert_true(dv_buf_add(&flipped, q.der));
	flipped.ptr[flipped.len - 1] ^= 1;
	q.der = dv_buf_bytes(&flipped);
	wrong(w, &q, "signature");
	flipped.len--;
	q.der = dv_buf_bytes(&flipped);
	wrong(w, &q, "");
	dv_buf_free(&flipped);
	w->form.key_id = (struct dv_bytes){ a_serial, PKI_SERIAL };
	q.der = make(w, NULL);
	wrong(w, &q, "authorityKeyIdentifier");
	w->form.key_id = w->ca.cert.ext.subject_key_id;
	w->form.issuer = (struct dv_bytes){ (const uint8_t *)"\x30\x0c\x31\x0a"
	    "\x30\x08\x06\x03\x55\x04\x03\x0c\x01x", 14 };
	q.der = make(w, NULL);
	wrong(w, &q, "its issuer");
}

static struct dv_cert
device(const struct world *w)
{
	struct dv_cert cert;
	struct dv_at at;

	assert_int_equal(dv_cert_parse(dv_buf_bytes(&w->device), &cert, &at),
	    DV_R_NONE);
	return cert;
}

/* The verifier must say of the ledger's certificates what the ledger says. */
static void
test_judge_verdicts(void **state)
{
	struct world *w = *state;
	struct pki_crl_question q = { .ca = &w->ca, .form = &w->form,
	    .count = 1 };
	struct pki_entry e = entry(1);
	const struct pki_revocation what = { 1, { NOW }, { NOW }, "test", false,
	    { 0 } };
	struct pki_revoke_sum sum;

	q.der = make(w, &e);
	wrong(w, &q, "an entry is of no certificate");
	/* lists what the ledger has not revoked */
	e.serial = device(w).serial;
	q.der = make(w, &e);
	wrong(w, &q, "not revoked");
	OK(pki_ledger_begin(w->ca.ledger, &w->err));
	OK(pki_ledger_revoke(w->ca.ledger, &(struct pki_which){
	    .kind = PKI_OF_DEVICE, .text = "1" }, &what, &sum, &w->err));
	OK(pki_ledger_commit(w->ca.ledger, &w->err));
	OK(pki_crl_judge(&q, &w->err));
	/* a delta without its base says nothing */
	w->form.base = 128;
	q.der = make(w, &e);
	wrong(w, &q, "given a certificate that is revoked");
}

static int
setup_p384(void **state)
{
	return setup_with(state, "p384");
}

static int
setup_ed25519(void **state)
{
	return setup_with(state, "ed25519");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TEST_KEY(type)                                                         \
	cmocka_unit_test_setup_teardown(test_judge_verdicts, setup_##type,     \
	    teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty),
		TEST(test_entries),
		TEST(test_lengths),
		TEST(test_kinds),
		TEST(test_too_large),
		TEST(test_judge_form),
		TEST(test_judge_verdicts),
		TEST_KEY(p384),
		TEST_KEY(ed25519),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
