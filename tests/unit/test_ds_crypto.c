/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seam to the library for secrets: encrypted key files, the range of
 * private keys, and what signing leaves behind for the speed of hashing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "bytes.h"
#include "crypto_sign.h"
#include "ds_der.h"
#include "ds_key.h"
#include "dv_hash.h"

static const enum dv_key_type types[] = { DV_KEY_P256, DV_KEY_P384,
	DV_KEY_ED25519 };
#define TYPE_COUNT (sizeof(types) / sizeof(*types))

static struct dv_bytes
text(const char *s)
{
	return (struct dv_bytes){ (const uint8_t *)s, strlen(s) };
}

/* ---- PKCS#8 encryption ---------------------------------------------------- */

static struct dv_buf
wrapped(void)
{
	static const uint8_t info[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };
	struct dv_buf out = { 0 };
	assert_true(ds_crypto_wrap(DV_BYTES(info), text("pass"), &out));
	return out;
}

static void
test_wrapped(void **state)
{
	struct dv_buf found = { 0 }, file = wrapped();
	(void)state;
	assert_int_equal(ds_crypto_unwrap(dv_buf_bytes(&file), text("pass"),
	    &found), DS_UNLOCK_OK);
	assert_int_equal(found.len, 5);
	dv_buf_free(&found);
	assert_int_equal(ds_crypto_unwrap(dv_buf_bytes(&file), text("Pass"),
	    &found), DS_UNLOCK_WRONG_PASSPHRASE);
	assert_int_equal(found.len, 0);
	dv_buf_free(&file);
}

/* What an encrypted file says about its making. */
struct scheme {
	unsigned iterations;
	const char *prf, *cipher;
	size_t salt, iv, data;		/* octets */
	unsigned key_len;		/* 0: not stated */
	enum ds_unlock want;
};

#define PRF "1.2.840.113549.2.9"
#define AES "2.16.840.1.101.3.4.1.42"

static enum ds_unlock
unlock(const struct scheme *s)
{
	static const uint8_t zeros[2048];
	uint8_t room[4096];
	struct dv_buf found = { 0 };
	struct ds_der w = ds_der_start(room, sizeof(room));
	ds_der_begin(&w, 0x30);
	ds_der_begin(&w, 0x30);
	ds_der_oid_text(&w, "1.2.840.113549.1.5.13");
	ds_der_begin(&w, 0x30);
	ds_der_begin(&w, 0x30);
	ds_der_oid_text(&w, "1.2.840.113549.1.5.12");
	ds_der_begin(&w, 0x30);
	ds_der_element(&w, 0x04, (struct dv_bytes){ zeros, s->salt });
	ds_der_small(&w, s->iterations);
	if (s->key_len != 0)
		ds_der_small(&w, s->key_len);
	ds_der_begin(&w, 0x30);
	ds_der_oid_text(&w, s->prf);
	ds_der_element(&w, 0x05, (struct dv_bytes){ NULL, 0 });
	ds_der_end(&w);
	ds_der_end(&w);
	ds_der_end(&w);
	ds_der_begin(&w, 0x30);
	ds_der_oid_text(&w, s->cipher);
	ds_der_element(&w, 0x04, (struct dv_bytes){ zeros, s->iv });
	ds_der_end(&w);
	ds_der_end(&w);
	ds_der_end(&w);
	ds_der_element(&w, 0x04, (struct dv_bytes){ zeros, s->data });
	ds_der_end(&w);
	enum ds_unlock ret = ds_crypto_unwrap(ds_der_done(&w), text("pass"),
	    &found);
	assert_int_equal(found.len, 0);
	return ret;
}

/* Nothing is computed for a file that asks for what is not done here. */
static void
test_schemes(void **state)
{
	static const struct scheme schemes[] = {
		{ 1, PRF, AES, 16, 16, 32, 0, DS_UNLOCK_WRONG_PASSPHRASE },
		{ 1, PRF, AES, 16, 16, 32, 32, DS_UNLOCK_WRONG_PASSPHRASE },
		{ 1, PRF, AES, 16, 16, 32, 16, DS_UNLOCK_BROKEN },
		{ 1, PRF, AES, 16, 16, 32, 33, DS_UNLOCK_BROKEN },
		{ DS_PBKDF2_MAX, PRF, AES, 16, 16, 32, 0,
		    DS_UNLOCK_WRONG_PASSPHRASE },
		{ DS_PBKDF2_MAX + 1, PRF, AES, 16, 16, 32, 0,
		    DS_UNLOCK_BROKEN },
		{ 0, PRF, AES, 16, 16, 32, 0, DS_UNLOCK_BROKEN },
		{ 0x80000000u, PRF, AES, 16, 16, 32, 0, DS_UNLOCK_BROKEN },
		{ 1, "1.2.840.113549.2.7", AES, 16, 16, 32, 0,
		    DS_UNLOCK_BROKEN },		/* HMAC-SHA-1 */
		{ 1, PRF, "2.16.840.1.101.3.4.1.2", 16, 16, 32, 0,
		    DS_UNLOCK_BROKEN },		/* AES-128-CBC */
		{ 1, PRF, AES, 0, 16, 32, 0, DS_UNLOCK_BROKEN },
		{ 1, PRF, AES, 64, 16, 32, 0, DS_UNLOCK_WRONG_PASSPHRASE },
		{ 1, PRF, AES, 65, 16, 32, 0, DS_UNLOCK_BROKEN },
		{ 1, PRF, AES, 16, 15, 32, 0, DS_UNLOCK_BROKEN },
		{ 1, PRF, AES, 16, 17, 32, 0, DS_UNLOCK_BROKEN },
		{ 1, PRF, AES, 16, 16, 0, 0, DS_UNLOCK_BROKEN },
		{ 1, PRF, AES, 16, 16, 31, 0, DS_UNLOCK_BROKEN },
		{ 1, PRF, AES, 16, 16, 1024, 0, DS_UNLOCK_WRONG_PASSPHRASE },
		{ 1, PRF, AES, 16, 16, 1040, 0, DS_UNLOCK_BROKEN },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (unlock(&schemes[i]) != schemes[i].want)
			fail_msg("scheme %zu", i);
	}
}

/* No truncation is read. */
static void
test_wrapped_damaged(void **state)
{
	struct dv_buf found = { 0 }, file = wrapped();
	(void)state;
	for (size_t len = 0; len < file.len; len++)
		assert_int_equal(ds_crypto_unwrap((struct dv_bytes){ file.ptr,
		    len }, text("pass"), &found), DS_UNLOCK_BROKEN);
	assert_int_equal(found.len, 0);
	dv_buf_free(&file);
}

/* ---- edges of the scalar -------------------------------------------------- */

static bool
in_range(enum dv_key_type type, const uint8_t *d, size_t len)
{
	struct ds_private key = { .type = type, .d_len = len };
	memcpy(key.d, d, len);
	return ds_crypto_public(&key);
}

static void
test_scalar_edges(void **state)
{
	/* n - 1 of P-256; + 1 is n */
	uint8_t d[48] = {
		0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
		0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
		0x25, 0x50 };
	(void)state;
	assert_true(in_range(DV_KEY_P256, d, 32));
	d[31]++;
	assert_false(in_range(DV_KEY_P256, d, 32));
	memset(d, 0xff, sizeof(d));
	assert_false(in_range(DV_KEY_P256, d, 32));
	assert_false(in_range(DV_KEY_P384, d, 48));
	memset(d, 0, sizeof(d));
	assert_false(in_range(DV_KEY_P256, d, 32));
	assert_false(in_range(DV_KEY_P384, d, 48));
	d[31] = 1;
	assert_true(in_range(DV_KEY_P256, d, 32));
	assert_false(in_range(DV_KEY_P256, d, 31));
	assert_false(in_range(DV_KEY_NONE, d, 32));
}

/* RFC 8032 7.1, test 1. */
static void
test_ed25519_vector(void **state)
{
	static const uint8_t seed[32] = {
		0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84,
		0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69,
		0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
		0x7f, 0x60 };
	static const uint8_t public[] = { 0xd7, 0x5a, 0x98, 0x01 };
	static const uint8_t signature[] = { 0xe5, 0x56, 0x43, 0x00 };
	struct ds_private key = { .type = DV_KEY_ED25519, .d_len = 32 };
	uint8_t sig[DV_MAX_SIGNATURE];
	(void)state;
	memcpy(key.d, seed, sizeof(seed));
	assert_true(ds_crypto_public(&key));
	assert_memory_equal(key.point, public, sizeof(public));
	assert_true(ds_crypto_sign(&key, text(""), sig));
	assert_memory_equal(sig, signature, sizeof(signature));
}

/* ---- speed ---------------------------------------------------------------- */

#define MEGABYTE ((size_t)1 << 20)
/* Registers left dirty make the hash a hundred times slower, not three. */
#define SLOWER   3
static uint8_t megabyte[MEGABYTE];

static double
hash_seconds(void)
{
	struct timespec a, b;
	uint8_t digest[DV_MAX_DIGEST];
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(dv_hash_once(DV_HASH_SHA256, DV_BYTES(megabyte),
	    digest), 32);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) +
	    (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/*
 * Best of several, hashing after nothing and after the work by turns, for
 * others use this machine too.
 */
static void
best_by_turns(void (*work)(void), double *before, double *after)
{
	*before = *after = 1e9;
	for (int i = 0; i < 15; i++) {
		double s = hash_seconds();
		*before = s < *before ? s : *before;
		work();
		s = hash_seconds();
		*after = s < *after ? s : *after;
	}
}

static struct ds_private speed_key;
static enum dv_key_type speed_type;

static void
do_generate(void)
{
	assert_true(ds_crypto_generate(speed_type, &speed_key));
}

static void
do_public(void)
{
	assert_true(ds_crypto_public(&speed_key));
}

static void
do_sign(void)
{
	uint8_t sig[DV_MAX_SIGNATURE];
	assert_true(ds_crypto_sign(&speed_key, text("m"), sig));
}

static void
test_hashing_stays_fast(void **state)
{
	static void (*const work[])(void) = { do_generate, do_public, do_sign };
	(void)state;
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		speed_type = types[i];
		do_generate();
		for (size_t k = 0; k < 3; k++) {
			double before, after;
			best_by_turns(work[k], &before, &after);
			if (after > before * SLOWER)
				fail_msg("%s, step %zu: 1 MB in %.0f us, before"
				    " %.0f us", dv_key_type_name(types[i]), k,
				    after * 1e6, before * 1e6);
		}
	}
}

/* As many octets as asked for, and never the same twice. */
static void
test_random(void **state)
{
	uint8_t a[33] = { 0 }, b[33] = { 0 };
	struct dv_err err;

	(void)state;
	assert_int_equal(ds_random(a, 32, &err), DV_EXIT_YES);
	assert_int_equal(ds_random(b, 32, &err), DV_EXIT_YES);
	assert_memory_not_equal(a, b, 32);
	assert_int_equal(a[32], 0);
	assert_int_equal(b[32], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_wrapped_damaged),
		cmocka_unit_test(test_scalar_edges),
		cmocka_unit_test(test_ed25519_vector),
		cmocka_unit_test(test_hashing_stays_fast),
	};
	return cmocka_run_group_tests_name("ds_crypto", tests, NULL, NULL);
}
