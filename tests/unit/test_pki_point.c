/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses of CRLs: which texts may stand in a certificate, and the octets that
 * become of one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "point.h"

#define LDAP "ldap://ldap.example/cn=CA,o=Example?"

static void
test_url(void **state)
{
	char text[160];

	(void)state;
	assert_true(pki_url_ok("https://a", "https://"));
	assert_false(pki_url_ok("https://", "https://"));
	assert_false(pki_url_ok("http://a", "https://"));
	assert_false(pki_url_ok("", "https://"));
	assert_false(pki_url_ok("https://a b", "https://"));
	assert_false(pki_url_ok("https://a\"", "https://"));
	assert_false(pki_url_ok("https://\xc3\xa4", "https://"));
	assert_false(pki_url_ok("https://a\n", "https://"));
	memset(text, 'a', sizeof(text));
	memcpy(text, "https://", 8);
	text[150] = '\0';
	assert_true(pki_url_ok(text, "https://"));
	text[150] = 'a';
	text[151] = '\0';
	assert_false(pki_url_ok(text, "https://"));
}

/* RFC 5280 4.2.1.13: of ldap, an entry and one attribute must be named. */
static void
test_point(void **state)
{
	(void)state;
	assert_true(pki_point_ok("http://crl.example/1.crl"));
	assert_true(pki_point_ok(LDAP "certificateRevocationList;binary"));
	assert_true(pki_point_ok("ldap:///cn=CA?certificateRevocationList"));
	assert_false(pki_point_ok("https://crl.example/1.crl"));
	assert_false(pki_point_ok("HTTP://crl.example/1.crl"));
	assert_false(pki_point_ok("ftp://crl.example/1.crl"));
	assert_false(pki_point_ok("file:///1.crl"));
	assert_false(pki_point_ok("ldaps://a/cn=CA?deltaRevocationList"));
	assert_false(pki_point_ok("ldap://ldap.example"));
	assert_false(pki_point_ok("ldap://ldap.example/cn=CA"));
	assert_false(pki_point_ok("ldap://ldap.example/?attribute"));
	assert_false(pki_point_ok("ldap://ldap.example?attribute"));
	assert_false(pki_point_ok(LDAP));
	assert_false(pki_point_ok(LDAP "?base"));
	assert_false(pki_point_ok(LDAP "one,two"));
	assert_false(pki_point_ok(""));
}

static void
test_write(void **state)
{
	static const uint8_t wanted[] = {
		0x30, 0x1b, 0x06, 0x03, 0x55, 0x1d, 0x2e, 0x04, 0x14,
		0x30, 0x12, 0x30, 0x10, 0xa0, 0x0e, 0xa0, 0x0c,
		0x86, 0x0a, 'h', 't', 't', 'p', ':', '/', '/', 'a', '/', 'b',
	};
	uint8_t room[64];
	struct ds_der w = ds_der_start(room, sizeof(room));
	struct dv_bytes done;

	(void)state;
	pki_point_write(&w, "2.5.29.46", "http://a/b");
	done = ds_der_done(&w);
	assert_int_equal(done.len, sizeof(wanted));
	assert_memory_equal(done.ptr, wanted, sizeof(wanted));
	w = ds_der_start(room, 16);
	pki_point_write(&w, "2.5.29.46", "http://a/b");
	assert_null(ds_der_done(&w).ptr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_point),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
