/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Issuing from inside: every field of a certificate as the parser reads it
 * back, and orders that are refused leave no trace in the ledger.
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
#include "lib/issuing.h"

static void
check_key_id(const struct dv_key *key, struct dv_bytes found)
{
	uint8_t wanted[PKI_KEY_ID];

	assert_true(pki_key_id(key, wanted));
	assert_int_equal(found.len, PKI_KEY_ID);
	assert_memory_equal(found.ptr, wanted, PKI_KEY_ID);
}

static void
test_root(void **state)
{
	const struct ca *ca = *state;
	const struct dv_cert *c = &ca->root;

	assert_int_equal(c->version, 3);
	assert_int_equal(c->sig_alg, DV_SIG_ECDSA_SHA384);
	assert_int_equal(c->not_before.s, NOW);
	assert_int_equal(c->not_after.s,
	    pki_years_after((dv_time){ NOW }, 30).s);
	assert_int_equal(c->ext.present, DV_EXT_BIT(DV_EXT_SUBJECT_KEY_ID) |
	    DV_EXT_BIT(DV_EXT_KEY_USAGE) |
	    DV_EXT_BIT(DV_EXT_BASIC_CONSTRAINTS));
	assert_int_equal(c->ext.critical, DV_EXT_BIT(DV_EXT_KEY_USAGE) |
	    DV_EXT_BIT(DV_EXT_BASIC_CONSTRAINTS));
	assert_true(c->ext.ca);
	assert_int_equal(c->ext.path_len, 1);
	assert_int_equal(c->ext.key_usage, DV_KU_KEY_CERT_SIGN |
	    DV_KU_CRL_SIGN);
	check_key_id(&c->key, c->ext.subject_key_id);
}

/* Issues once and gives the certificate back parsed; *der owns it. */
static struct dv_cert
issue(struct ca *ca, const char *profile, struct dv_buf *der)
{
	const struct pki_order o = order(ca, profile);
	struct dv_cert cert;
	struct dv_at at;
	bool again = true;

	if (pki_issue(&ca->issuer, &o, der, &again, &ca->err) != DV_EXIT_YES)
		fail_msg("%s", ca->err.what);
	assert_false(again);
	assert_int_equal(dv_cert_parse(dv_buf_bytes(der), &cert, &at),
	    DV_R_NONE);
	assert_int_equal(cert.serial.len, PKI_SERIAL);
	assert_int_equal(cert.serial.ptr[0] & 0xc0, 0x40);
	assert_true(dv_bytes_equal(cert.subject, ca->subject));
	assert_true(dv_bytes_equal(cert.issuer, ca->root.subject));
	check_key_id(&ca->root.key, cert.ext.authority_key_id);
	return cert;
}

static void
test_idevid(void **state)
{
	struct dv_buf der = { NULL, 0, 0 };
	struct dv_cert c = issue(*state, "idevid", &der);

	assert_int_equal(c.not_after.s, DV_TIME_MAX);
	assert_int_equal(c.ext.present, DV_EXT_BIT(DV_EXT_AUTHORITY_KEY_ID) |
	    DV_EXT_BIT(DV_EXT_KEY_USAGE));
	assert_int_equal(c.ext.critical, DV_EXT_BIT(DV_EXT_KEY_USAGE));
	assert_int_equal(c.ext.key_usage, DV_KU_DIGITAL_SIGNATURE);
	assert_false(c.ext.ca);
	dv_buf_free(&der);
}

/* Purpose, years, and whether it is as fleets' clients have it. */
static void
check_purpose(struct ca *ca, const char *profile, uint8_t purpose, int years,
    bool client)
{
	const uint8_t oid[] = { 0x2b, 6, 1, 5, 5, 7, 3, purpose };
	struct dv_buf der = { NULL, 0, 0 };
	struct dv_cert c = issue(ca, profile, &der);
	uint32_t usage = DV_EXT_BIT(DV_EXT_KEY_USAGE);
	uint32_t purposes = DV_EXT_BIT(DV_EXT_EXT_KEY_USAGE);

	assert_int_equal(c.not_after.s,
	    pki_years_after((dv_time){ NOW }, years).s);
	assert_int_equal(c.ext.present, DV_EXT_BIT(DV_EXT_AUTHORITY_KEY_ID) |
	    (client ? 0 : DV_EXT_BIT(DV_EXT_SUBJECT_KEY_ID)) | usage |
	    purposes);
	assert_int_equal(c.ext.critical, client ? usage | purposes : usage);
	assert_true(dv_eku_lists(c.ext.eku, DV_BYTES(oid)));
	assert_int_equal(c.ext.eku.len, sizeof(oid) + 2);
	if (!client)
		check_key_id(&c.key, c.ext.subject_key_id);
	dv_buf_free(&der);
}

static void
test_client(void **state)
{
	check_purpose(*state, "device-client", 2, 20, true);
}

static void
test_code_signing(void **state)
{
	check_purpose(*state, "code-signing", 3, 3, false);
}

static void
test_again(void **state)
{
	struct ca *ca = *state;
	struct dv_buf first = { NULL, 0, 0 }, second = { NULL, 0, 0 };
	struct pki_order o = order(ca, "idevid");
	uint8_t room[64];
	bool again = false;

	(void)issue(ca, "idevid", &first);
	o.now.s += YEAR;
	o.not_before = o.now;
	assert_int_equal(pki_issue(&ca->issuer, &o, &second, &again, &ca->err),
	    DV_EXIT_YES);
	assert_true(again);
	assert_true(dv_bytes_equal(dv_buf_bytes(&first),
	    dv_buf_bytes(&second)));
	assert_int_equal(issued(ca), 2);
	dv_buf_free(&second);
	o.subject = make_name(room, sizeof(room), "CN=y,serialNumber=2");
	assert_int_equal(pki_issue(&ca->issuer, &o, &second, &again, &ca->err),
	    DV_EXIT_NO);
	o = order(ca, "code-signing");
	assert_int_equal(pki_issue(&ca->issuer, &o, &second, &again, &ca->err),
	    DV_EXIT_NO);
	assert_int_equal(second.len, 0);
	assert_int_equal(issued(ca), 2);
	dv_buf_free(&first);
}

static void
test_ended(void **state)
{
	struct ca *ca = *state;
	struct dv_buf der = { NULL, 0, 0 };
	struct pki_order o = order(ca, "code-signing");
	bool again;

	(void)issue(ca, "code-signing", &der);
	dv_buf_free(&der);
	o.now.s += 4 * YEAR;
	o.not_before = o.now;
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, "ended at 2029-03-01T00:00:00Z"));
}

static void
test_refused(void **state)
{
	struct ca *ca = *state;
	struct pki_order o = order(ca, "code-signing");

	o.end_given = true;
	o.not_after = (dv_time){ ca->root.not_after.s + 1 };
	refused(ca, &o, "its issuer ends at");
	o.not_after = (dv_time){ NOW - 1 };
	refused(ca, &o, "it would begin at");
	o = order(ca, "code-signing");
	o.not_before.s = NOW - 1;
	refused(ca, &o, "its issuer begins at");
	o.not_before.s = ca->root.not_after.s + 1;
	o.end_given = true;
	o.not_after = PKI_NO_END;
	refused(ca, &o, "its issuer ended at");
	o = order(ca, "intermediate");
	o.path_len = 1;
	refused(ca, &o, "at most 0");
	o.path_len = -1;
	refused(ca, &o, "at most 0");
	o = order(ca, "code-signing");
	o.subject = ca->root.subject;
	refused(ca, &o, "the issuer's own name");
}

static void
test_name_taken(void **state)
{
	struct ca *ca = *state;
	struct dv_buf der = { NULL, 0, 0 };
	struct ds_key *other = make_key(ca, "other", DV_KEY_ED25519);
	struct pki_order o = order(ca, "idevid");
	bool again;

	(void)issue(ca, "idevid", &der);
	dv_buf_free(&der);
	o.key = ds_key_public(other);
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_NO);
	/* The other profiles let a name have a new key. */
	o.profile = pki_profile_find("device-client");
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_YES);
	dv_buf_free(&der);
	ds_key_close(other);
}

/* An issuer whose key is not that of its certificate signs nothing. */
static void
test_wrong_key(void **state)
{
	struct ca *ca = *state;
	struct ds_key *other = make_key(ca, "other", DV_KEY_P384);
	const struct pki_order o = order(ca, "idevid");

	ca->issuer.key = other;
	refused(ca, &o, "signature-invalid");
	ds_key_close(other);
}

/* A revoked certificate is not handed out again. */
static void
test_revoked(void **state)
{
	struct ca *ca = *state;
	struct dv_buf der = { NULL, 0, 0 };
	const struct pki_order o = order(ca, "idevid");
	const struct pki_revocation what = { 1, { NOW }, { NOW }, "test",
	    false, { 0 } };
	struct pki_revoke_sum sum;
	bool again;

	(void)issue(ca, "idevid", &der);
	dv_buf_free(&der);
	assert_int_equal(pki_ledger_begin(ca->ledger, &ca->err), DV_EXIT_YES);
	assert_int_equal(pki_ledger_revoke(ca->ledger, &(struct pki_which){
	    .kind = PKI_OF_DEVICE, .text = "1" }, &what, &sum, &ca->err),
	    DV_EXIT_YES);
	assert_int_equal(sum.changed, 1);
	assert_int_equal(pki_ledger_commit(ca->ledger, &ca->err), DV_EXIT_YES);
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, "revoked"));
}

/* An r that was seen before, whoever's request it is in. */
static void
test_same_r(void **state)
{
	struct ca *ca = *state;
	const uint8_t octets[32] = { 7 };
	struct dv_buf der = { NULL, 0, 0 };
	struct ds_key *other = make_key(ca, "other", DV_KEY_P256);
	struct pki_order o = order(ca, "device-client");
	bool again;

	o.request_r = (struct dv_bytes){ octets, sizeof(octets) };
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_YES);
	dv_buf_free(&der);
	/* the very request once more is no repetition */
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_YES);
	assert_true(again);
	dv_buf_free(&der);
	o.key = ds_key_public(other);
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, "same random value"));
	assert_non_null(strstr(ca->err.hint, "random number generator"));
	assert_int_equal(issued(ca), 2);
	ds_key_close(other);
}

/* Many in one transaction: the refused one leaves no trace, the others stay. */
static void
test_group(void **state)
{
	struct ca *ca = *state;
	struct ds_key *other = make_key(ca, "other", DV_KEY_P256);
	struct pki_order o = order(ca, "idevid");
	struct pki_issued out = { .again = false };
	struct pki_signed ready = { .der = { NULL, 0, 0 } };
	uint8_t room[64];

	assert_int_equal(pki_ledger_begin(ca->ledger, &ca->err), DV_EXIT_YES);
	assert_int_equal(pki_issue_in(&ca->issuer, &o, NULL, &out, &ca->err),
	    DV_EXIT_YES);
	dv_buf_free(&out.der);
	o.key = ds_key_public(other);
	assert_int_equal(pki_issue_in(&ca->issuer, &o, NULL, &out, &ca->err),
	    DV_EXIT_NO);
	assert_int_equal(out.der.len, 0);
	o.subject = make_name(room, sizeof(room), "CN=y,serialNumber=2");
	/* signed elsewhere, recorded here */
	out.again = true;
	assert_int_equal(pki_issue_look(&ca->issuer, &o, &out, &ca->err),
	    DV_EXIT_YES);
	assert_false(out.again);
	assert_int_equal(pki_issue_sign(&ca->issuer, &o, &ready, &ca->err),
	    DV_EXIT_YES);
	assert_int_equal(pki_issue_in(&ca->issuer, &o, &ready, &out,
	    &ca->err), DV_EXIT_YES);
	assert_false(out.again);
	assert_true(dv_bytes_equal(dv_buf_bytes(&out.der),
	    dv_buf_bytes(&ready.der)));
	assert_int_equal(pki_ledger_commit(ca->ledger, &ca->err), DV_EXIT_YES);
	assert_int_equal(issued(ca), 3);
	dv_buf_free(&out.der);
	dv_buf_free(&ready.der);
	ds_key_close(other);
}

/* A device has one name, whatever else its subject says. */
static void
test_device_taken(void **state)
{
	struct ca *ca = *state;
	struct dv_buf der = { NULL, 0, 0 };
	struct ds_key *other = make_key(ca, "other", DV_KEY_P256);
	struct pki_order o = order(ca, "idevid");
	uint8_t room[64];
	bool again;

	(void)issue(ca, "idevid", &der);
	dv_buf_free(&der);
	o.key = ds_key_public(other);
	o.subject = make_name(room, sizeof(room), "CN=z,serialNumber=1");
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, "refused: 1 has a certificate"));
	ds_key_close(other);
}

/* ---- by authorisation only ------------------------------------------------ */

/* A factory below the root that is bound, or is not, as issuer of its own. */
struct factory {
	struct ds_key *key;
	struct dv_buf der;
	struct dv_cert cert;
	struct dv_bytes chain[2];
	struct pki_issuer issuer;
};

static void
make_factory(struct ca *ca, bool bound, struct factory *out)
{
	uint8_t room[64];
	struct pki_order o = order(ca, "intermediate");
	struct dv_at at;
	bool again;

	*out = (struct factory){ .key = make_key(ca, "other", DV_KEY_P256) };
	o.key = ds_key_public(out->key);
	o.subject = make_name(room, sizeof(room), "CN=Factory");
	o.extra.authorised_only = bound;
	if (pki_issue(&ca->issuer, &o, &out->der, &again, &ca->err) !=
	    DV_EXIT_YES)
		fail_msg("%s", ca->err.what);
	assert_int_equal(dv_cert_parse(dv_buf_bytes(&out->der), &out->cert,
	    &at), DV_R_NONE);
	assert_int_equal(dv_cert_has(&out->cert, DV_EXT_AUTHORISED_ONLY),
	    bound);
	assert_int_equal(out->cert.ext.critical &
	    DV_EXT_BIT(DV_EXT_AUTHORISED_ONLY), 0);
	out->chain[0] = out->cert.der;
	out->chain[1] = ca->root.der;
	out->issuer = (struct pki_issuer){ out->key, &out->cert, out->chain, 2,
	    ca->ledger, NULL, NULL };
}

static void
free_factory(struct factory *f)
{
	ds_key_close(f->key);
	dv_buf_free(&f->der);
}

/* Each way into the issuing core says no, and why. */
static void
unauthorised(struct ca *ca, const struct pki_issuer *issuer,
    const struct pki_order *o, const char *says)
{
	struct dv_buf der = { NULL, 0, 0 };
	struct pki_signed ready = { .der = { NULL, 0, 0 } };
	struct pki_issued out = { .again = false };
	bool again;

	assert_int_equal(pki_issue(issuer, o, &der, &again, &ca->err),
	    DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, says));
	assert_int_equal(pki_issue_look(issuer, o, &out, &ca->err),
	    DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, says));
	assert_int_equal(pki_issue_sign(issuer, o, &ready, &ca->err),
	    DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, says));
	assert_int_equal(pki_ledger_begin(ca->ledger, &ca->err), DV_EXIT_YES);
	assert_int_equal(pki_issue_in(issuer, o, NULL, &out, &ca->err),
	    DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, says));
	assert_int_equal(pki_issue_in(issuer, o, &ready, &out, &ca->err),
	    DV_EXIT_NO);
	pki_ledger_rollback(ca->ledger);
	assert_int_equal(der.len + out.der.len + ready.der.len, 0);
	assert_int_equal(issued(ca), 2);
}

static void
test_authorised_only(void **state)
{
	static const char *const devices[] = { "idevid", "iak", "ldevid",
	    "device-client", "tls-server", "code-signing" };
	struct ca *ca = *state;
	const struct pki_batch batch = { .name = "lot", .profile = "idevid",
	    .models = "", .authorisation = ca->root.der, .quantity = 1,
	    .not_after = { NOW + YEAR }, .opened_at = { NOW } };
	struct pki_order o;
	struct dv_buf der = { NULL, 0, 0 };
	struct factory f;
	uint8_t room[64];
	bool again;

	make_factory(ca, true, &f);
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		o = order(ca, devices[i]);
		unauthorised(ca, &f.issuer, &o, o.profile->alt_needed ?
		    "subjectAltName" : "issues by authorisation only");
	}
	o = order(ca, "intermediate");
	o.subject = make_name(room, sizeof(room), "CN=Below");
	unauthorised(ca, &f.issuer, &o, "certifies no CA");
	o.extra.authorised_only = true;
	unauthorised(ca, &f.issuer, &o, "certifies no CA");
	o = order(ca, "idevid");
	assert_int_equal(pki_ledger_begin(ca->ledger, &ca->err), DV_EXIT_YES);
	assert_int_equal(pki_ledger_batch_add(ca->ledger, &batch, &o.batch,
	    &ca->err), DV_EXIT_YES);
	assert_int_equal(pki_ledger_commit(ca->ledger, &ca->err), DV_EXIT_YES);
	assert_int_equal(pki_issue(&f.issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_YES);
	assert_int_equal(issued(ca), 3);
	dv_buf_free(&der);
	free_factory(&f);
}

static void
test_not_bound(void **state)
{
	struct ca *ca = *state;
	struct pki_order o = order(ca, "idevid");
	struct dv_buf der = { NULL, 0, 0 };
	struct factory f;
	bool again;

	make_factory(ca, false, &f);
	assert_int_equal(pki_issue(&f.issuer, &o, &der, &again, &ca->err),
	    DV_EXIT_YES);
	dv_buf_free(&der);
	free_factory(&f);
}

/* Where it would mean nothing. */
static void
test_cannot_bind(void **state)
{
	struct ca *ca = *state;
	struct pki_order o = order(ca, "intermediate");
	uint8_t room[64];

	o.subject = make_name(room, sizeof(room), "CN=Factory");
	o.extra.authorised_only = true;
	o.path_len = 1;
	refused(ca, &o, "a path length other than 0");
	o.path_len = -1;
	refused(ca, &o, "a path length other than 0");
	o = order(ca, "idevid");
	o.extra.authorised_only = true;
	refused(ca, &o, "profile idevid has no CA above that could authorise");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_root),
		TEST(test_idevid),
		TEST(test_client),
		TEST(test_code_signing),
		TEST(test_again),
		TEST(test_ended),
		TEST(test_refused),
		TEST(test_name_taken),
		TEST(test_wrong_key),
		TEST(test_revoked),
		TEST(test_same_r),
		TEST(test_group),
		TEST(test_device_taken),
		TEST(test_authorised_only),
		TEST(test_not_bound),
		TEST(test_cannot_bind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
