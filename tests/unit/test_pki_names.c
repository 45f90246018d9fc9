/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names beside the subject: each text to its octets or to a refusal, and which
 * of them a profile permits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "lib/hex.h"
#include "pki_names.h"

/* ---- identity ------------------------------------------------------------- */

static const struct {
	struct pki_identity who;
	const char *text;		/* or NULL, and what is said: */
	const char *says;
} identities[] = {
	{ { "unit-1", NULL, NULL }, "unit-1", NULL },
	{ { "unit-1", "", "" }, "unit-1", NULL },
	{ { "A.b+c=d(e):1", NULL, NULL }, "A.b+c=d(e):1", NULL },
	{ { NULL, "00:1b:21:3a:4f:05", NULL }, "00-1B-21-3A-4F-05", NULL },
	{ { NULL, "00-1B-21-3A-4F-05", NULL }, "00-1B-21-3A-4F-05", NULL },
	{ { NULL, "001B213A4F05", NULL }, "00-1B-21-3A-4F-05", NULL },
	{ { NULL, "AcDe48FfFe234567", NULL }, "AC-DE-48-FF-FE-23-45-67", NULL },
	{ { NULL, "02:00:00:00:00:01", NULL }, "02-00-00-00-00-01", NULL },
	{ { NULL, NULL, "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6" },
	  "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", NULL },
	{ { NULL, NULL, NULL }, NULL, "is not an id" },
	{ { "", "", "" }, NULL, "is not an id" },
	{ { ".a", NULL, NULL }, NULL, "is not an id" },
	{ { "-a", NULL, NULL }, NULL, "is not an id" },
	{ { "a_b", NULL, NULL }, NULL, "is not an id" },
	{ { "a/b", NULL, NULL }, NULL, "is not an id" },
	{ { "12345678901234567890123456789012345678901234567890123456789012345",
	    NULL, NULL }, NULL, "is not an id" },
	{ { "a", "001B213A4F05", NULL }, NULL, "not by 2" },
	{ { "a", "b", "c" }, NULL, "not by 3" },
	{ { NULL, "001B213A4F", NULL }, NULL, "is no MAC" },
	{ { NULL, "001B213A4F0506", NULL }, NULL, "is no MAC" },
	{ { NULL, "001B213A4F05060708", NULL }, NULL, "is no MAC" },
	{ { NULL, "0", NULL }, NULL, "is no MAC" },
	{ { NULL, "00:1b-21:3a:4f:05", NULL }, NULL, "is no MAC" },
	{ { NULL, "00:1b:21:3a:4f:05:", NULL }, NULL, "is no MAC" },
	{ { NULL, "00:1b:21:3a:4f05", NULL }, NULL, "is no MAC" },
	{ { NULL, "00.1b.21.3a.4f.05", NULL }, NULL, "is no MAC" },
	{ { NULL, "00:1b:21:3a:4f:0@", NULL }, NULL, "is no MAC" },
	{ { NULL, "ff:ff:ff:ff:ff:ff", NULL }, NULL, "it is a group's" },
	{ { NULL, "0000000000000000", NULL }, NULL, "it is empty" },
	{ { NULL, NULL, "f81d4fae7dec11d0a76500a0c91e6bf6" }, NULL, "no UUID" },
	{ { NULL, NULL, "f81d4fae-7dec-11d0-a765-00a0c91e6bf" }, NULL,
	  "no UUID" },
	{ { NULL, NULL, "f81d4fae-7dec-11d0-a765-00a0c91e6bf61" }, NULL,
	  "no UUID" },
	{ { NULL, NULL, "f81d4faeg7dec-11d0-a765-00a0c91e6bf6" }, NULL,
	  "no UUID" },
	{ { NULL, NULL, "f81d4fae-7dec-11d0-a765000a0c91e6bf6" }, NULL,
	  "no UUID" },
	{ { NULL, NULL, "00000000-0000-0000-0000-000000000000" }, NULL,
	  "the nil UUID" },
	{ { NULL, NULL, "FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFF" }, NULL,
	  "the max UUID" },
	{ { NULL, NULL, "FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFE" },
	  "ffffffff-ffff-ffff-ffff-fffffffffffe", NULL },
};

static void
test_identity(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]);
	    i++) {
		char text[PKI_IDENTITY + 1];
		struct dv_err err = { "", "" };
		enum dv_exit exit = pki_identity_text(&identities[i].who, text,
		    &err);

		if (identities[i].text != NULL) {
			assert_int_equal(exit, DV_EXIT_YES);
			assert_string_equal(text, identities[i].text);
		} else if (exit != DV_EXIT_NO ||
		    strstr(err.what, identities[i].says) == NULL)
			fail_msg("identity %zu: wanted \"%s\", got \"%s\"", i,
			    identities[i].says, err.what);
	}
	assert_true(pki_device_id_good("(a)"));
	assert_false(pki_device_id_good("a\n"));
}

/* ---- one name ------------------------------------------------------------- */

typedef enum dv_exit writer(struct dv_buf *, const char *, struct dv_err *);

static void
check_written(writer *write, const char *text, const char *text_hex)
{
	uint8_t wanted[256];
	size_t len = text_hex == NULL ? 0 :
	    hex(text_hex, wanted, sizeof(wanted)).len;
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_err err = { "", "" };
	enum dv_exit exit = write(&out, text, &err);

	if (text_hex == NULL) {
		if (exit == DV_EXIT_YES)
			fail_msg("\"%s\" was written", text);
		assert_int_equal(out.len, 0);
		return;
	}
	if (exit != DV_EXIT_YES || out.len != len)
		fail_msg("\"%s\": %s, %zu octets", text, err.what, out.len);
	assert_memory_equal(out.ptr, wanted, len);
	dv_buf_free(&out);
}

static void
test_names(void **state)
{
	char uri[600] = "urn:";

	(void)state;
	check_written(pki_alt_dns, "a.example", "8209612e6578616d706c65");
	check_written(pki_alt_dns, "", NULL);
	check_written(pki_alt_dns, "*.example.com", NULL);
	check_written(pki_alt_dns, "a_b.example", NULL);
	check_written(pki_alt_dns, ".example", NULL);
	check_written(pki_alt_dns, "192.0.2.1", NULL);
	check_written(pki_alt_ip, "192.0.2.1", "8704c0000201");
	check_written(pki_alt_ip, "2001:db8::1",
	    "871020010db8000000000000000000000001");
	check_written(pki_alt_ip, "192.0.2", NULL);
	check_written(pki_alt_ip, "", NULL);
	check_written(pki_alt_uri, "urn:x", "860575726e3a78");
	check_written(pki_alt_uri, "x", NULL);
	check_written(pki_alt_uri, ":x", NULL);
	check_written(pki_alt_uri, "urn:", NULL);
	check_written(pki_alt_uri, "urn:a b", NULL);
	check_written(pki_alt_uri, "urn:a\"b", NULL);
	check_written(pki_alt_uri, "urn:\xc3\xbc", NULL);
	memset(uri + 4, 'x', sizeof(uri) - 5);
	check_written(pki_alt_uri, uri, NULL);
}

static void
test_subtrees(void **state)
{
	(void)state;
	check_written(pki_subtree, "dns:a.b", "30058203612e62");
	check_written(pki_subtree, "email:a.b", "30058103612e62");
	check_written(pki_subtree, "email:.a.b", "300681042e612e62");
	check_written(pki_subtree, "uri:.a.b", "300686042e612e62");
	check_written(pki_subtree, "uri:a.b", "30058603612e62");
	check_written(pki_subtree, "ip:10.0.0.0/8",
	    "300a87080a000000ff000000");
	check_written(pki_subtree, "ip:0.0.0.0/0",
	    "300a87080000000000000000");
	check_written(pki_subtree, "ip:192.0.2.128/25",
	    "300a8708c0000280ffffff80");
	check_written(pki_subtree, "ip:192.0.2.1/32",
	    "300a8708c0000201ffffffff");
	check_written(pki_subtree, "ip:2001:db8::/33", "3022872020010db80000"
	    "00000000000000000000ffffffff8000000000000000" "00000000");
	check_written(pki_subtree, "dn:O=X",
	    "3010a40e300c310a300806035504" "0a0c0158");
	check_written(pki_subtree, "dns:.a.b", NULL);
	check_written(pki_subtree, "dns:", NULL);
	check_written(pki_subtree, "dns:10.0.0.1", NULL);
	check_written(pki_subtree, "email:..a", NULL);
	check_written(pki_subtree, "ip:10.0.0.1/8", NULL);
	check_written(pki_subtree, "ip:192.0.2.64/25", NULL);
	check_written(pki_subtree, "ip:10.0.0.0/33", NULL);
	check_written(pki_subtree, "ip:2001:db8::/129", NULL);
	check_written(pki_subtree, "ip:10.0.0.0/", NULL);
	check_written(pki_subtree, "ip:10.0.0.0/8x", NULL);
	check_written(pki_subtree, "ip:10.0.0.0/-1", NULL);
	check_written(pki_subtree, "ip:/8", NULL);
	check_written(pki_subtree, "ip:10.0.0/8", NULL);
	check_written(pki_subtree, "dn:X", NULL);
	check_written(pki_subtree, "rid:1.2.3", NULL);
	check_written(pki_subtree, "", NULL);
}

static void
test_constraints(void **state)
{
	static const uint8_t one[] = { 0x30, 0x05, 0x82, 3, 'a', '.', 'b' };
	const struct dv_bytes tree = { one, sizeof(one) };
	const struct dv_bytes none = { NULL, 0 };
	struct dv_buf out = { NULL, 0, 0 };

	(void)state;
	assert_true(pki_constraints(none, none, &out));
	assert_int_equal(out.len, 0);
	assert_true(pki_constraints(tree, none, &out));
	assert_int_equal(out.len, 9);
	assert_int_equal(out.ptr[0], 0xa0);
	assert_true(pki_constraints(none, tree, &out));
	assert_int_equal(out.len, 18);
	assert_int_equal(out.ptr[9], 0xa1);
	assert_memory_equal(out.ptr + 11, one, sizeof(one));
	dv_buf_free(&out);
}

/* ---- what a profile permits ----------------------------------------------- */

static const struct {
	const char *profile, *hex;
	bool request;
	const char *says;		/* NULL: permitted */
} permitted[] = {
	{ "tls-server", "8203612e62", false, NULL },
	{ "tls-server", "8203612e628704c0000201", true, NULL },
	{ "tls-server", "", false, "no name in subjectAltName" },
	{ "tls-server", "", true, NULL },
	{ "tls-server", "860575726e3a78", false, "uniformResourceIdentifier" },
	{ "tls-server", "8103614062", true, "the request asks for a name of" },
	{ "tls-server", "82052a2e612e62", false, "not the name of one host" },
	{ "tls-server", "820831302e302e302e31", true, "asks for a dNSName" },
	{ "tls-server", "82", false, "cannot be read" },
	{ "device-client", "8203612e62", false, NULL },
	{ "device-client", "8203612e62", true, "asks for dNSName" },
	{ "device-client", "8704c0000201", false, "iPAddress" },
	{ "idevid", "", false, NULL },
	{ "idevid", "860575726e3a78", false, "without hardwareModuleName" },
	{ "idevid", "a01406082b06010505070804a008300606012a040131", false,
	  NULL },
	{ "idevid", "a01006082b06010505070803a00430020c00", false,
	  "without hardwareModuleName" },
	{ "idevid", "a00a06032a0304a0030c0131", false, "a name of another" },
	{ "code-signing", "8203612e62", false, "dNSName" },
};

static void
test_permitted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(permitted) / sizeof(permitted[0]); i++) {
		uint8_t room[64];
		const struct dv_bytes alt = hex(permitted[i].hex, room,
		    sizeof(room));
		const struct pki_profile *p =
		    pki_profile_find(permitted[i].profile);
		struct dv_err err = { "", "" };
		enum dv_exit exit = permitted[i].request ?
		    pki_alt_check_request(alt, p, &err) :
		    pki_alt_check(alt, p, &err);

		if (permitted[i].says == NULL ? exit != DV_EXIT_YES :
		    exit != DV_EXIT_NO ||
		    strstr(err.what, permitted[i].says) == NULL)
			fail_msg("names %zu: wanted \"%s\", got \"%s\"", i,
			    permitted[i].says == NULL ? "" :
			    permitted[i].says, err.what);
	}
}

static void
test_device(void **state)
{
	static const uint8_t id[] = { 'u' };
	static const uint8_t wanted[] = { 0xa0, 0x14, 6, 8, 0x2b, 6, 1, 5, 5, 7,
	    8, 4, 0xa0, 8, 0x30, 6, 6, 1, 0x2a, 4, 0x01, 'u' };
	struct pki_profile p = *pki_profile_find("idevid");
	struct pki_device d = { .model = "M" };
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_err err;

	(void)state;
	assert_int_equal(pki_alt_device(&out, &p, DV_BYTES(id), &d, &err),
	    DV_EXIT_YES);
	assert_int_equal(out.len, 0);
	d.hardware_revision = "C";
	assert_int_equal(pki_alt_device(&out, &p, DV_BYTES(id), &d, &err),
	    DV_EXIT_NO);
	p.hw_type = "1.2";
	d = (struct pki_device){ NULL, NULL, NULL };
	assert_int_equal(pki_alt_device(&out, &p, DV_BYTES(id), &d, &err),
	    DV_EXIT_YES);
	assert_int_equal(out.len, sizeof(wanted));
	assert_memory_equal(out.ptr, wanted, sizeof(wanted));
	dv_buf_free(&out);
	d.firmware_version = " 1";
	assert_int_equal(pki_alt_device(&out, &p, DV_BYTES(id), &d, &err),
	    DV_EXIT_NO);
	d = (struct pki_device){ .model = "a\tb" };
	assert_int_equal(pki_alt_device(&out, &p, DV_BYTES(id), &d, &err),
	    DV_EXIT_NO);
	d = (struct pki_device){ .hardware_revision = "" };
	assert_int_equal(pki_alt_device(&out, &p, DV_BYTES(id), &d, &err),
	    DV_EXIT_NO);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_subtrees),
		cmocka_unit_test(test_constraints),
		cmocka_unit_test(test_permitted),
		cmocka_unit_test(test_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
