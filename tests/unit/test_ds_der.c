/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DER writer against the reader, and names against what people type.
 * Expected bytes are written by hand from X.690.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "der.h"
#include "ds_der.h"
#include "dv_chain.h"

#define WRITTEN(w, hex) assert_written(&(w), (hex), __LINE__)

static uint8_t room[70000];

static void
assert_written(const struct ds_der *w, const char *want, int line)
{
	struct dv_bytes done = ds_der_done(w);
	char found[4096] = "nothing";
	if (done.ptr != NULL && done.len < sizeof(found) / 2) {
		for (size_t i = 0; i < done.len; i++)
			snprintf(found + 2 * i, 3, "%02x", done.ptr[i]);
	}
	if (strcmp(found, want) != 0)
		fail_msg("line %d: wanted %s, found %s", line, want, found);
}

static struct ds_der
fresh(void)
{
	return ds_der_start(room, sizeof(room));
}

static void
test_integers(void **state)
{
	static const struct { unsigned value; const char *want; } cases[] = {
		{ 0, "020100" }, { 1, "020101" }, { 127, "02017f" },
		{ 128, "02020080" }, { 255, "020200ff" }, { 256, "02020100" },
		{ 65535, "020300ffff" }, { 4294967295u, "020500ffffffff" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ds_der w = fresh();
		ds_der_small(&w, cases[i].value);
		WRITTEN(w, cases[i].want);
	}
	struct ds_der w = fresh();
	ds_der_unsigned(&w, (struct dv_bytes){
	    (const uint8_t *)"\0\0\x80\1", 4 });
	WRITTEN(w, "0203008001");
	w = fresh();
	ds_der_unsigned(&w, (struct dv_bytes){ NULL, 0 });
	WRITTEN(w, "020100");
}

static void
test_named_bits(void **state)
{
	static const struct { unsigned bits; const char *want; } cases[] = {
		{ 0, "030100" },
		{ DV_KU_DIGITAL_SIGNATURE, "03020780" },
		{ DV_KU_KEY_CERT_SIGN | DV_KU_CRL_SIGN, "03020106" },
		{ DV_KU_ENCIPHER_ONLY, "03020001" },
		{ DV_KU_DECIPHER_ONLY, "0303070080" },
		{ 0x1ff, "030307ff80" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ds_der w = fresh();
		struct dv_at at;
		unsigned back;
		ds_der_named_bits(&w, cases[i].bits);
		WRITTEN(w, cases[i].want);
		if (cases[i].bits == 0)
			continue;
		struct dv_der in = dv_der_start(ds_der_done(&w),
		    DV_F_KEY_USAGE, &at);
		assert_int_equal(dv_der_named_bits(&in, &back), DV_R_NONE);
		assert_int_equal(back, cases[i].bits);
	}
}

static void
test_times(void **state)
{
	static const char *const texts[][2] = {
		{ "1950-01-01T00:00:00Z", "170d3530303130313030303030305a" },
		{ "2049-12-31T23:59:59Z", "170d3439313233313233353935395a" },
		{ "2050-01-01T00:00:00Z", "180f32303530303130313030303030305a" },
		{ "9999-12-31T23:59:59Z", "180f39393939313233313233353935395a" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct ds_der w = fresh();
		struct dv_at where;
		dv_time at, back;
		assert_true(dv_time_parse((struct dv_bytes){
		    (const uint8_t *)texts[i][0], 20 }, &at));
		ds_der_time(&w, at);
		WRITTEN(w, texts[i][1]);
		struct dv_der in = dv_der_start(ds_der_done(&w),
		    DV_F_NOT_AFTER, &where);
		assert_int_equal(dv_der_time(&in, &back), DV_R_NONE);
		assert_int_equal(back.s, at.s);
	}
	struct ds_der w = fresh();
	ds_der_time(&w, (dv_time){ DV_TIME_MAX + 1 });
	assert_null(ds_der_done(&w).ptr);
	w = fresh();
	ds_der_time(&w, (dv_time){ INT64_C(-631152001) });	/* 1949 */
	assert_null(ds_der_done(&w).ptr);
	/* RFC 5280 5.3.2: never UTCTime */
	w = fresh();
	ds_der_general_time(&w, (dv_time){ 0 });
	WRITTEN(w, "180f31393730303130313030303030305a");
}

/* The head that begin and end write, for contents that are elsewhere. */
static void
test_heads(void **state)
{
	static const struct { size_t len; const char *want; } cases[] = {
		{ 0, "3000" }, { 127, "307f" }, { 128, "308180" },
		{ 255, "3081ff" }, { 256, "30820100" },
		{ 65536, "3083010000" }, { UINT32_MAX, "3084ffffffff" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ds_der w = fresh();
		ds_der_head(&w, DER_SEQUENCE, cases[i].len);
		WRITTEN(w, cases[i].want);
	}
	struct ds_der w = fresh();
	ds_der_head(&w, DER_SEQUENCE, (size_t)UINT32_MAX + 1);
	assert_null(ds_der_done(&w).ptr);
}

static void
test_lengths_read_back(void **state)
{
	static const size_t lens[] = { 0, 1, 126, 127, 128, 129, 255, 256, 257,
		65535, 65536 };
	static uint8_t value[65536];
	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		struct ds_der w = fresh();
		struct dv_at at;
		struct dv_der in, seq;
		struct dv_bytes back;
		memset(value, (int)i + 1, sizeof(value));
		ds_der_begin(&w, DER_SEQUENCE);
		ds_der_element(&w, DER_OCTET_STRING,
		    (struct dv_bytes){ value, lens[i] });
		ds_der_boolean(&w, true);
		ds_der_end(&w);
		in = dv_der_start(ds_der_done(&w), DV_F_CERTIFICATE, &at);
		assert_int_equal(dv_der_enter(&in, DER_SEQUENCE, &seq),
		    DV_R_NONE);
		assert_int_equal(dv_der_end(&in), DV_R_NONE);
		assert_int_equal(dv_der_take(&seq, DER_OCTET_STRING, &back),
		    DV_R_NONE);
		assert_int_equal(back.len, lens[i]);
		assert_memory_equal(back.ptr, value, lens[i]);
	}
}

/* basicConstraints of a CA, critical and not. */
static void
test_extension(void **state)
{
	(void)state;
	for (int critical = 0; critical < 2; critical++) {
		struct ds_der w = fresh();
		ds_der_extension_begin(&w, "2.5.29.19", critical);
		ds_der_begin(&w, DER_SEQUENCE);
		ds_der_boolean(&w, true);
		ds_der_end(&w);
		ds_der_extension_end(&w);
		WRITTEN(w, critical ? "300f0603551d130101ff040530030101ff" :
		    "300c0603551d13040530030101ff");
	}
}

/* Every capacity short of the need fails, and nothing is written past it. */
static void
test_room(void **state)
{
	uint8_t small[64];
	(void)state;
	for (size_t cap = 0; cap <= 20; cap++) {
		memset(small, 0xee, sizeof(small));
		struct ds_der w = ds_der_start(small, cap);
		ds_der_begin(&w, DER_SEQUENCE);
		ds_der_small(&w, 5);
		ds_der_begin(&w, DER_SET);
		ds_der_text(&w, DER_UTF8_STRING, "abcdef");
		ds_der_end(&w);
		ds_der_end(&w);
		assert_int_equal(ds_der_done(&w).ptr != NULL, cap >= 15);
		for (size_t i = cap; i < sizeof(small); i++)
			assert_int_equal(small[i], 0xee);
	}
}

static void
test_failed_stays_failed(void **state)
{
	(void)state;
	struct ds_der w = fresh();
	ds_der_oid_text(&w, "not an oid");
	ds_der_small(&w, 1);
	assert_null(ds_der_done(&w).ptr);
	w = fresh();
	ds_der_begin(&w, DER_SEQUENCE);
	assert_null(ds_der_done(&w).ptr);
	w = fresh();
	ds_der_end(&w);
	assert_null(ds_der_done(&w).ptr);
	w = fresh();
	for (int i = 0; i <= DS_DER_DEPTH; i++)
		ds_der_begin(&w, DER_SEQUENCE);
	for (int i = 0; i <= DS_DER_DEPTH; i++)
		ds_der_end(&w);
	assert_null(ds_der_done(&w).ptr);
	w = fresh();
	ds_der_key_alg(&w, DV_KEY_NONE);
	assert_null(ds_der_done(&w).ptr);
	w = fresh();
	ds_der_sig_alg(&w, DV_SIG_NONE);
	assert_null(ds_der_done(&w).ptr);
}

static void
test_algorithms(void **state)
{
	(void)state;
	struct ds_der w = fresh();
	ds_der_key_alg(&w, DV_KEY_P256);
	WRITTEN(w, "301306072a8648ce3d020106082a8648ce3d030107");
	w = fresh();
	ds_der_key_alg(&w, DV_KEY_P384);
	WRITTEN(w, "301006072a8648ce3d020106052b81040022");
	w = fresh();
	ds_der_key_alg(&w, DV_KEY_ED25519);
	WRITTEN(w, "300506032b6570");
	w = fresh();
	ds_der_sig_alg(&w, DV_SIG_ECDSA_SHA256);
	WRITTEN(w, "300a06082a8648ce3d040302");
	w = fresh();
	ds_der_key_alg(&w, DV_KEY_RSA);
	WRITTEN(w, "300d06092a864886f70d0101010500");
	w = fresh();
	ds_der_sig_alg(&w, DV_SIG_RSA_SHA256);
	WRITTEN(w, "300d06092a864886f70d01010b0500");
	w = fresh();
	ds_der_sig_alg(&w, DV_SIG_PSS_SHA256);
	assert_null(ds_der_done(&w).ptr);
}

/* RSAPublicKey is read back as it was given; its length is not judged here. */
static void
test_spki_rsa(void **state)
{
	uint8_t modulus[256], exponent[] = { 0, 1, 0, 1 };
	struct dv_key key;
	struct dv_at at;
	(void)state;
	memset(modulus, 0x93, sizeof(modulus));
	struct ds_der w = fresh();
	ds_der_spki_rsa(&w, DV_BYTES(modulus), DV_BYTES(exponent));
	assert_int_equal(dv_key_parse(ds_der_done(&w), &key, &at), DV_R_NONE);
	assert_int_equal(key.type, DV_KEY_RSA);
	assert_true(dv_bytes_equal(key.modulus, DV_BYTES(modulus)));
	assert_int_equal(key.exponent.len, 3);
	w = fresh();
	ds_der_spki_rsa(&w, DV_BYTES(modulus), (struct dv_bytes){ NULL, 0 });
	assert_int_not_equal(dv_key_parse(ds_der_done(&w), &key, &at),
	    DV_R_NONE);
}

/* P-256's generator: SubjectPublicKeyInfo by hand (RFC 5480). */
static void
test_spki(void **state)
{
	static const char want[] =
	    "3059301306072a8648ce3d020106082a8648ce3d030107034200"
	    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
	    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
	uint8_t point[65];
	struct dv_key key;
	struct dv_at at;
	(void)state;
	for (size_t i = 0; i < sizeof(point); i++) {
		unsigned octet;
		sscanf(want + 52 + 2 * i, "%2x", &octet);
		point[i] = (uint8_t)octet;
	}
	struct ds_der w = fresh();
	ds_der_spki(&w, DV_KEY_P256, DV_BYTES(point));
	WRITTEN(w, want);
	assert_int_equal(dv_key_parse(ds_der_done(&w), &key, &at), DV_R_NONE);
	assert_int_equal(key.type, DV_KEY_P256);
	point[64] ^= 1;
	w = fresh();
	ds_der_spki(&w, DV_KEY_P256, DV_BYTES(point));
	assert_int_equal(dv_key_parse(ds_der_done(&w), &key, &at),
	    DV_R_POINT_NOT_ON_CURVE);
}

static void
test_names(void **state)
{
	static const char *const good[][3] = {
		{ "CN=a", "300c310a300806035504030c0161", "CN=a" },
		{ "CN=a,O=b", "3018310a3008060355040a0c0162310a300806035504030c0161",
		    "CN=a,O=b" },
		{ "CN=a, O=b", "3018310a3008060355040a0c0162310a300806035504030c0161",
		    "CN=a,O=b" },
		{ "cn=a", "300c310a300806035504030c0161", "CN=a" },
		{ "C=DE", "300d310b3009060355040613024445", "C=DE" },
		{ "serialNumber=7", "300c310a30080603550405130137",
		    "serialNumber=7" },
		{ "2.5.4.3=a", "300c310a300806035504030c0161", "CN=a" },
		{ "CN=a\\,b", "300e310c300a06035504030c03612c62", "CN=a\\,b" },
		{ "CN=a\\2Cb", "300e310c300a06035504030c03612c62", "CN=a\\,b" },
		{ "CN=a=b", "300e310c300a06035504030c03613d62", "CN=a\\=b" },
		{ "CN=\\ a", "300d310b300906035504030c022061", "CN=\\ a" },
		{ "CN=\xc3\xa9", "300d310b300906035504030c02c3a9",
		    "CN=\\C3\\A9" },
		{ "DC=test", "30163114301206" "0a0992268993f22c640119" "160474657374",
		    "DC=test" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct dv_err err;
		char text[64];
		struct ds_der w = fresh();
		assert_int_equal(ds_der_name(&w, good[i][0], &err),
		    DV_EXIT_YES);
		WRITTEN(w, good[i][1]);
		dv_name_text(ds_der_done(&w), text, sizeof(text));
		assert_string_equal(text, good[i][2]);
	}
}

static void
test_names_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "", "empty" }, { "a", "TYPE=VALUE" }, { "CN=", "empty" },
		{ "CN=a,", "TYPE=VALUE" }, { ",CN=a", "TYPE=VALUE" },
		{ "=a", "not known" }, { "XY=a", "not known" },
		{ "1.2.=a", "not known" }, { "CN=a+O=b", "special" },
		{ "CN=a;b", "special" }, { "CN=a<b", "special" },
		{ "CN=\"a\"", "special" }, { "CN= a", "space" },
		{ "CN=a ", "space" }, { "CN=a\\", "inside an escape" },
		{ "CN=\\00", "control" }, { "CN=a\nb", "control" },
		{ "CN=\xff", "UTF-8" }, { "CN=\\C3", "UTF-8" },
		{ "CN=\xc2\x85", "control" }, { "C=D", "two letters" },
		{ "C=DEU", "two letters" }, { "serialNumber=a_b", "letters" },
		{ "DC=\xc3\xa9", "ASCII" },
		{ "CN=0123456789012345678901234567890123456789012345678901234567"
		    "8901234", "at most 64" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct dv_err err = { .what = "" };
		struct ds_der w = fresh();
		assert_int_equal(ds_der_name(&w, bad[i][0], &err),
		    DV_EXIT_USAGE);
		if (strstr(err.what, bad[i][1]) == NULL)
			fail_msg("\"%s\": %s", bad[i][0], err.what);
		ds_der_small(&w, 1);
		assert_null(ds_der_done(&w).ptr);
	}
}

static void
test_name_limits(void **state)
{
	char text[4 * (DV_MAX_RDNS + 1) + 5];
	struct dv_err err;
	(void)state;
	for (unsigned n = DV_MAX_RDNS; n <= DV_MAX_RDNS + 1; n++) {
		text[0] = '\0';
		for (unsigned i = 0; i < n; i++)
			strcat(text, i == 0 ? "O=a" : ",O=a");
		struct ds_der w = fresh();
		assert_int_equal(ds_der_name(&w, text, &err),
		    n <= DV_MAX_RDNS ? DV_EXIT_YES : DV_EXIT_USAGE);
	}
}

static void
test_octets(void **state)
{
	static const uint8_t oid[] = { 0x55, 0x1d, 0x0f };
	static const uint8_t null[] = { 0x05, 0x00 };
	struct ds_der w = fresh();

	(void)state;
	ds_der_oid(&w, DV_BYTES(oid));
	ds_der_raw(&w, DV_BYTES(null));
	ds_der_bit_octets(&w, DV_BYTES(oid));
	ds_der_bit_octets(&w, (struct dv_bytes){ NULL, 0 });
	WRITTEN(w, "0603551d0f" "0500" "030400551d0f" "030100");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_named_bits),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_lengths_read_back),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_failed_stays_failed),
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_spki),
		cmocka_unit_test(test_spki_rsa),
		cmocka_unit_test(test_extension),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_refused),
		cmocka_unit_test(test_name_limits),
	};
	return cmocka_run_group_tests_name("ds_der", tests, NULL, NULL);
}
