/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * More than one certificate for a CA's key: who gets one, on which terms, and
 * that every other key has one only.
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

#include "lib/issuing.h"

/* The certificate of an order; what der held is freed first. */
static struct dv_cert
made(struct ca *ca, const struct pki_order *o, struct dv_buf *der,
    bool again_wanted)
{
	struct dv_cert cert;
	struct dv_at at;
	bool again;

	dv_buf_free(der);
	assert_int_equal(pki_issue(&ca->issuer, o, der, &again, &ca->err),
	    DV_EXIT_YES);
	assert_int_equal(again, again_wanted);
	assert_int_equal(dv_cert_parse(dv_buf_bytes(der), &cert, &at),
	    DV_R_NONE);
	return cert;
}

static void
test_renew(void **state)
{
	struct ca *ca = *state;
	struct dv_buf der = { NULL, 0, 0 };
	struct pki_order o = order(ca, "intermediate");
	struct dv_cert cert;

	o.renew = true;
	o.end_given = true;
	o.not_after.s = NOW + YEAR;
	refused(ca, &o, "nothing to renew");
	o.renew = false;
	(void)made(ca, &o, &der, false);
	o.renew = true;
	(void)made(ca, &o, &der, true);
	o.not_after.s = NOW + 2 * YEAR;
	o.not_before.s = NOW + 60;
	cert = made(ca, &o, &der, false);
	assert_int_equal(cert.not_after.s, NOW + 2 * YEAR);
	assert_int_equal(cert.not_before.s, NOW + 60);
	(void)made(ca, &o, &der, true);
	/* root, first, renewed */
	assert_int_equal(issued(ca), 3);
	/* not below what the issuer may give */
	o.not_after.s = NOW + 100 * YEAR;
	assert_int_not_equal(pki_issue(&ca->issuer, &o, &der, &(bool){ false },
	    &ca->err), DV_EXIT_YES);
	o.not_after.s = NOW + 3 * YEAR;
	o.path_len = 1;
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &(bool){ false },
	    &ca->err), DV_EXIT_NO);
	/* without renew the newest counts */
	o = order(ca, "intermediate");
	o.now.s += 120;
	cert = made(ca, &o, &der, true);
	assert_int_equal(cert.not_after.s, NOW + 2 * YEAR);
	assert_int_equal(issued(ca), 3);
	dv_buf_free(&der);
}

/* A device's key has one certificate, and a CA's renewal says its end. */
static void
test_renew_refused(void **state)
{
	struct ca *ca = *state;
	struct dv_buf der = { NULL, 0, 0 };
	struct pki_order o = order(ca, "code-signing");
	uint8_t room[64];

	(void)made(ca, &o, &der, false);
	o.renew = true;
	o.end_given = true;
	o.not_after.s = NOW + YEAR;
	assert_int_not_equal(pki_issue(&ca->issuer, &o, &der, &(bool){ false },
	    &ca->err), DV_EXIT_YES);
	o = order(ca, "intermediate");
	o.renew = true;
	o.end_given = true;
	o.not_after.s = NOW + YEAR;
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &(bool){ false },
	    &ca->err), DV_EXIT_NO);
	assert_non_null(strstr(ca->err.what, "with profile code-signing"));
	o = order(ca, "code-signing");
	o.renew = true;
	o.subject = make_name(room, sizeof(room), "CN=y");
	assert_int_equal(pki_issue(&ca->issuer, &o, &der, &(bool){ false },
	    &ca->err), DV_EXIT_NO);
	assert_int_equal(issued(ca), 2);
	dv_buf_free(&der);
}

/* What is shown before signing is what stands in the certificate. */
static void
test_order_end(void **state)
{
	struct ca *ca = *state;
	struct dv_buf der = { NULL, 0, 0 };
	struct pki_order o = order(ca, "intermediate");
	struct dv_cert cert;

	o.not_after.s = NOW + 7;
	assert_int_equal(pki_order_end(&ca->issuer, &o).s,
	    pki_years_after((dv_time){ NOW }, 10).s);
	o.end_given = true;
	assert_int_equal(pki_order_end(&ca->issuer, &o).s, NOW + 7);
	o.end_given = false;
	o.not_before.s = ca->root.not_after.s - 60;
	assert_int_equal(pki_order_end(&ca->issuer, &o).s,
	    ca->root.not_after.s);
	o.not_before.s = NOW;
	cert = made(ca, &o, &der, false);
	assert_int_equal(cert.not_after.s, pki_order_end(&ca->issuer, &o).s);
	dv_buf_free(&der);
}

/* A CA that has an identifier keeps it; another gets ours. */
static void
test_key_id_kept(void **state)
{
	struct ca *ca = *state;
	struct dv_buf der = { NULL, 0, 0 };
	struct pki_order o = order(ca, "intermediate");
	const struct dv_bytes id = { (const uint8_t *)"8 octets", 8 };
	struct dv_cert cert;

	o.subject_key_id = id;
	cert = made(ca, &o, &der, false);
	assert_true(dv_bytes_equal(cert.ext.subject_key_id, id));
	assert_true(dv_bytes_equal(cert.ext.authority_key_id,
	    ca->root.ext.subject_key_id));
	dv_buf_free(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_renew),
		TEST(test_renew_refused),
		TEST(test_order_end),
		TEST(test_key_id_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
