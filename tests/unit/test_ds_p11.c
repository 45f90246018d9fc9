/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pkcs11: URIs and public points of tokens: every form that is taken, and every
 * one that is refused, with what is said of it. RFC 7512.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "p11_point.h"
#include "p11_uri.h"

#define MODULE "?module-path=/m.so"
#define WHOLE "token=t;object=o" MODULE

static struct ds_p11_uri uri;
static struct dv_err err;

static void
assert_value(enum ds_p11_attr attr, const char *octets, size_t len)
{
	const struct dv_bytes wanted = { (const uint8_t *)octets, len };
	assert_true(dv_bytes_equal(ds_p11_uri_get(&uri, attr), wanted));
}

static void
accept(const char *text)
{
	if (ds_p11_uri_parse(text, &uri, &err) != DV_EXIT_YES)
		fail_msg("%s: %s", text, err.what);
}

static void
test_everything_given(void **state)
{
	(void)state;
	accept("token=root-ca;serial=0123456789abcdef;model=SoftHSM%20v2;"
	    "manufacturer=SoftHSM%20project;slot-id=1519086310;object=key%3b1;"
	    "id=%00%fF%01;type=private?module-path=/usr/lib/a%20b/m.so&"
	    "pin-source=file:/run/p%C3%AFn");
	assert_value(DS_P11_TOKEN, "root-ca", 7);
	assert_value(DS_P11_SERIAL, "0123456789abcdef", 16);
	assert_value(DS_P11_MODEL, "SoftHSM v2", 10);
	assert_value(DS_P11_MANUFACTURER, "SoftHSM project", 15);
	assert_value(DS_P11_OBJECT, "key;1", 5);
	assert_value(DS_P11_ID, "\x00\xff\x01", 3);
	assert_int_equal(uri.slot, 1519086310);
	assert_string_equal(uri.module, "/usr/lib/a b/m.so");
	assert_string_equal(uri.pin_path, "/run/p\xc3\xafn");
}

static void
test_the_least_that_is_needed(void **state)
{
	static const char *const texts[] = { WHOLE, "serial=1;id=%01" MODULE,
		"object=o;token=t" MODULE, "token=t;id=a" MODULE };
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		accept(texts[i]);
	accept(WHOLE);
	assert_null(ds_p11_uri_get(&uri, DS_P11_SERIAL).ptr);
	assert_null(ds_p11_uri_get(&uri, DS_P11_ID).ptr);
	assert_null(uri.pin_path);
	assert_string_equal(uri.module, "/m.so");
}

static void
test_pin_sources(void **state)
{
	static const char *const same[] = { "/run/pin", "file:/run/pin",
		"file:///run/pin", "file:%2frun%2Fpin" };
	char text[128];
	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		snprintf(text, sizeof(text), WHOLE "&pin-source=%s", same[i]);
		accept(text);
		assert_string_equal(uri.pin_path, "/run/pin");
	}
}

/* What stands for itself in a value, and what does not: RFC 7512 2.3. */
static void
test_characters(void **state)
{
	static const char path[] = ":[]@!$'()*+,=&-._~", query[] =
	    ":[]@!$'()*+,=-._~/?|";
	char text[64];
	(void)state;
	for (int c = 1; c < 256; c++) {
		bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z');
		snprintf(text, sizeof(text), "object=o%c;token=t" MODULE, c);
		bool ok = ds_p11_uri_parse(text, &uri, &err) == DV_EXIT_YES;
		assert_int_equal(ok && c != ';' && c != '?',
		    word || strchr(path, c) != NULL);
		snprintf(text, sizeof(text), "object=o;token=t?module-path=/%c",
		    c);
		ok = ds_p11_uri_parse(text, &uri, &err) == DV_EXIT_YES;
		assert_int_equal(ok && c != '&',
		    word || strchr(query, c) != NULL);
	}
}

static const struct {
	const char *text, *says;
} refused[] = {
	{ "", "token or serial is missing" },
	{ MODULE, "token or serial is missing" },
	{ "object=o" MODULE, "token or serial is missing" },
	{ "slot-id=1;model=m;object=o" MODULE, "token or serial is missing" },
	{ "token=t" MODULE, "object or id is missing" },
	{ "token=t;object=o", "module-path is missing" },
	{ "token=t;object=o?pin-source=/p", "module-path is missing" },
	/* the form of the whole */
	{ "token=t;object=o?", "has no \"=\"" },
	{ "token=t;;object=o" MODULE, "has no \"=\"" },
	{ "token=t;object=o;" MODULE, "has no \"=\"" },
	{ ";token=t;object=o" MODULE, "has no \"=\"" },
	{ WHOLE "&", "has no \"=\"" },
	{ "token;object=o" MODULE, "\"token\": has no \"=\"" },
	{ "=t;object=o" MODULE, "is not one that is used here" },
	{ WHOLE "#part", "\"module-path\": a character that must be written" },
	/* twice, empty, unknown, in the wrong half */
	{ "token=t;token=t;object=o" MODULE, "\"token\": given twice" },
	{ "token=t;object=o;id=%01;id=%02" MODULE, "\"id\": given twice" },
	{ WHOLE "&module-path=/n.so", "\"module-path\": given twice" },
	{ WHOLE "&pin-source=/a&pin-source=/a", "\"pin-source\": given twice" },
	{ "token=;object=o" MODULE, "\"token\": has no value" },
	{ "token=t;object=" MODULE, "\"object\": has no value" },
	{ "token=t;object=o?module-path=", "\"module-path\": has no value" },
	{ "Token=t;object=o" MODULE, "\"Token\": is not one that is used" },
	{ "token%20=t;object=o" MODULE, "is not one that is used" },
	{ "token=t;object=o;library-version=3" MODULE, "\"library-version\"" },
	{ "token=t;object=o;x-maker=3" MODULE, "\"x-maker\": is not one" },
	{ WHOLE "&module-name=softhsm2", "\"module-name\": is not one" },
	{ WHOLE "&token=t", "\"token\": stands behind the \"?\"" },
	{ "token=t;object=o;module-path=/m.so", "\"module-path\": stands" },
	{ "token=t;object=o;pin-source=/p" MODULE, "\"pin-source\": stands" },
	/* a PIN */
	{ WHOLE "&pin-value=1234", "\"pin-value\": a PIN is not taken" },
	{ "token=t;object=o;pin-value=1234" MODULE, "\"pin-value\": a PIN" },
	{ "pin-value=", "\"pin-value\": a PIN is not taken" },
	/* percent signs */
	{ "token=%;object=o" MODULE, "\"token\": \"%\" without two" },
	{ "token=%4;object=o" MODULE, "\"token\": \"%\" without two" },
	{ "token=%4g;object=o" MODULE, "\"token\": \"%\" without two" },
	{ "token=%g4;object=o" MODULE, "\"token\": \"%\" without two" },
	{ "token=%%20;object=o" MODULE, "\"token\": \"%\" without two" },
	{ "token=%00;object=o" MODULE, "\"token\": holds %00" },
	{ "token=t%00;object=o" MODULE, "\"token\": holds %00" },
	{ "token=t;object=o%00" MODULE, "\"object\": holds %00" },
	{ "token=t;object=o?module-path=/m%00.so", "\"module-path\": holds" },
	{ "token=a b;object=o" MODULE, "a blank as %20" },
	{ "token=\xc3\xa4;object=o" MODULE, "\"token\": a character that" },
	{ "token=a/b;object=o" MODULE, "\"token\": a character that" },
	/* too long */
	{ "token=123456789012345678901234567890123;object=o" MODULE,
	    "\"token\": the value is too long" },
	{ "serial=12345678901234567;object=o" MODULE,
	    "\"serial\": the value is too long" },
	{ "token=t;object=12345678901234567890123456789012345678901234567890"
	    "123456789012345" MODULE, "\"object\": the value is too long" },
	/* what values must be */
	{ "token=t;object=o;type=public" MODULE, "only a private key signs" },
	{ "token=t;object=o;type=cert" MODULE, "only a private key signs" },
	{ "token=t;object=o;type=Private" MODULE, "only a private key signs" },
	{ "token=t;object=o;slot-id=x" MODULE, "not the number of a slot" },
	{ "token=t;object=o;slot-id=-1" MODULE, "not the number of a slot" },
	{ "token=t;object=o;slot-id=1a" MODULE, "not the number of a slot" },
	{ "token=t;object=o;slot-id=%201" MODULE, "not the number of a slot" },
	{ "token=t;object=o;slot-id=18446744073709551616" MODULE,
	    "not the number of a slot" },
	{ "token=t;object=o?module-path=m.so", "not an absolute path" },
	{ "token=t;object=o?module-path=./m.so", "not an absolute path" },
	{ WHOLE "&pin-source=pin", "not the absolute path of a file" },
	{ WHOLE "&pin-source=file:pin", "not the absolute path of a file" },
	{ WHOLE "&pin-source=file:", "not the absolute path of a file" },
	{ WHOLE "&pin-source=file://host/pin", "not the absolute path" },
	{ WHOLE "&pin-source=|/bin/pin", "not the absolute path of a file" },
	{ WHOLE "&pin-source=http://h/p", "not the absolute path of a file" },
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (ds_p11_uri_parse(refused[i].text, &uri, &err) !=
		    DV_EXIT_USAGE)
			fail_msg("accepted: %s", refused[i].text);
		if (strstr(err.what, refused[i].says) == NULL)
			fail_msg("%s: %s", refused[i].text, err.what);
		assert_null(strstr(err.what, "1234"));
		assert_null(strstr(err.hint, "1234"));
	}
}

static void
test_longest(void **state)
{
	char text[DS_P11_URI_MAX + 2];
	(void)state;
	accept("token=12345678901234567890123456789012;object=o" MODULE);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(ds_p11_uri_parse(text, &uri, &err), DV_EXIT_USAGE);
	assert_non_null(strstr(err.what, "longer than 2048"));
	/* A path as long as there is room for, and one octet more. */
	int n = snprintf(text, sizeof(text), "token=t;object=o?module-path=/");
	memset(text + n, 'a', DS_P11_VALUE_MAX - 1);
	text[n + DS_P11_VALUE_MAX - 1] = '\0';
	accept(text);
	assert_int_equal(strlen(uri.module), DS_P11_VALUE_MAX);
	strcat(text, "a");
	assert_int_equal(ds_p11_uri_parse(text, &uri, &err), DV_EXIT_USAGE);
	assert_non_null(strstr(err.what, "\"module-path\": the value is too"));
}

/* ---- points --------------------------------------------------------------- */

static void
test_curves(void **state)
{
	static const uint8_t secp256k1[] = { 0x06, 0x05, 0x2b, 0x81, 0x04,
		0x00, 0x0a };
	static const uint8_t name[] = "\x13\x0c" "edwards25519";
	static const uint8_t old[] = { 0x06, 0x09, 0x2b, 0x06, 0x01, 0x04, 0x01,
		0xda, 0x47, 0x0f, 0x01 };
	static const enum dv_key_type types[] = { DV_KEY_P256, DV_KEY_P384,
		DV_KEY_ED25519 };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct dv_bytes params = ds_p11_params(types[i]);
		assert_int_equal(ds_p11_curve(params), types[i]);
		params.len--;
		assert_int_equal(ds_p11_curve(params), DV_KEY_NONE);
	}
	assert_int_equal(ds_p11_curve((struct dv_bytes){ name, 14 }),
	    DV_KEY_ED25519);
	assert_int_equal(ds_p11_curve(DV_BYTES(old)), DV_KEY_ED25519);
	assert_int_equal(ds_p11_curve(DV_BYTES(secp256k1)), DV_KEY_NONE);
	assert_int_equal(ds_p11_curve((struct dv_bytes){ NULL, 0 }),
	    DV_KEY_NONE);
	assert_null(ds_p11_params(DV_KEY_RSA).ptr);
}

/* The point as it is, in an OCTET STRING, in a BIT STRING; other lengths. */
static void
test_points(void **state)
{
	static const struct {
		enum dv_key_type type;
		uint8_t size;
	} sizes[] = { { DV_KEY_P256, 65 }, { DV_KEY_P384, 97 },
		{ DV_KEY_ED25519, 32 } };
	uint8_t room[128];
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		enum dv_key_type type = sizes[i].type;
		uint8_t n = sizes[i].size;
		memset(room, 0x04, sizeof(room));
		struct dv_bytes raw = { room + 3, n };
		assert_ptr_equal(ds_p11_point(type, raw).ptr, room + 3);
		room[1] = 0x04;
		room[2] = n;
		struct dv_bytes octet = { room + 1, n + 2u };
		assert_ptr_equal(ds_p11_point(type, octet).ptr, room + 3);
		assert_int_equal(ds_p11_point(type, octet).len, n);
		room[0] = 0x03;
		room[1] = (uint8_t)(n + 1);
		room[2] = 0;
		struct dv_bytes bits = { room, n + 3u };
		assert_ptr_equal(ds_p11_point(type, bits).ptr, room + 3);
		room[2] = 1;
		assert_null(ds_p11_point(type, bits).ptr);
		for (size_t len = 0; len < sizeof(room) - 3; len++) {
			struct dv_bytes other = { room + 3, len };
			assert_int_equal(ds_p11_point(type, other).len,
			    len == n ? n : 0);
		}
	}
	assert_null(ds_p11_point(DV_KEY_RSA, DV_BYTES(room)).ptr);
}

/* A wrapped point with something behind it, or one octet short. */
static void
test_points_with_rest(void **state)
{
	uint8_t room[68] = { 0x04, 65, 0x04 };
	(void)state;
	assert_int_equal(ds_p11_point(DV_KEY_P256, (struct dv_bytes){ room,
	    67 }).len, 65);
	assert_null(ds_p11_point(DV_KEY_P256, DV_BYTES(room)).ptr);
	room[1] = 66;
	assert_null(ds_p11_point(DV_KEY_P256, DV_BYTES(room)).ptr);
	room[1] = 64;
	assert_null(ds_p11_point(DV_KEY_P256, (struct dv_bytes){ room,
	    66 }).ptr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_given),
		cmocka_unit_test(test_the_least_that_is_needed),
		cmocka_unit_test(test_pin_sources),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_curves),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_points_with_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
