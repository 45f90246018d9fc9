/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys in files: made, kept, opened again, refused; and that no key, whatever
 * its kind, lets a bad signature out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"
#include "crypto.h"
#include "crypto_sign.h"
#include "ds_der.h"
#include "dv_csr.h"
#include "host/file.h"
#include "host/pem.h"
#include "key_ops.h"
#include "lib/key_type.h"

static const enum dv_key_type types[] = { DV_KEY_P256, DV_KEY_P384,
	DV_KEY_ED25519 };

#define TYPE_COUNT (sizeof(types) / sizeof(*types))

static struct dv_err err;

static struct dv_bytes
text(const char *s)
{
	return (struct dv_bytes){ (const uint8_t *)s, strlen(s) };
}

static void
put(const char *path, const char *contents, mode_t mode)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(contents, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static struct ds_access
plain(void)
{
	struct ds_access access = ds_access_default();
	access.secret.none = true;
	return access;
}

static struct ds_access
locked(const char *passphrase)
{
	struct ds_access access = ds_access_default();
	put("pass", passphrase, 0600);
	access.secret.file = "pass";
	return access;
}

static struct ds_key *
make(const char *path, enum dv_key_type type, const struct ds_access *access)
{
	char spec[64];
	bool created;
	struct ds_key *key;
	snprintf(spec, sizeof(spec), "file:%s", path);
	struct ds_key_new what = { .spec = spec, .type = key_type(type),
		.access = access };
	unlink(path);
	if (ds_key_create(&what, &key, &created, &err) != DV_EXIT_YES)
		fail_msg("%s", err.what);
	assert_true(created);
	return key;
}

static enum dv_exit
reopen(const char *spec, const struct ds_access *access, struct ds_key **key)
{
	err.what[0] = '\0';
	return ds_key_open(spec, access, key, &err);
}

static void
assert_signs(struct ds_key *key)
{
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t len;
	struct dv_bytes message = text("a message");
	struct ds_to_sign what = {
		dv_sig_for_key(ds_key_public(key)->type), message };
	assert_int_equal(ds_key_sign(key, &what, sig, &len, &err),
	    DV_EXIT_YES);
	assert_int_equal(len, dv_sig_size(ds_key_public(key)->type));
	struct dv_crypto_check check = {
		.key = ds_key_public(key),
		.alg = dv_sig_for_key(ds_key_public(key)->type),
		.parts = &message,
		.part_count = 1,
		.signature = { sig, len },
	};
	assert_int_equal(dv_crypto_verify(&check), DV_CRYPTO_VALID);
	sig[len - 1] ^= 1;
	assert_int_equal(dv_crypto_verify(&check), DV_CRYPTO_INVALID);
}

static void
round_trip(const struct ds_access *access)
{
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		struct stat st;
		struct ds_key *made = make("k", types[i], access), *found;
		assert_signs(made);
		assert_int_equal(stat("k", &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(reopen("file:k", access, &found), DV_EXIT_YES);
		assert_true(dv_bytes_equal(ds_key_public(made)->spki,
		    ds_key_public(found)->spki));
		assert_string_equal(ds_key_spec(found), "file:k");
		assert_signs(found);
		ds_key_close(made);
		ds_key_close(found);
	}
}

static void
test_round_trip_plain(void **state)
{
	(void)state;
	struct ds_access access = plain();
	round_trip(&access);
}

static void
test_round_trip_encrypted(void **state)
{
	(void)state;
	struct ds_access access = locked("correct horse\n");
	round_trip(&access);
}

static void
test_wrong_passphrase(void **state)
{
	struct ds_access access = locked("right\n");
	struct ds_key *key;
	(void)state;
	ds_key_close(make("k", DV_KEY_P256, &access));
	access = locked("wrong\n");
	assert_int_equal(reopen("file:k", &access, &key), DV_EXIT_NONE);
	assert_null(key);
	assert_string_equal(err.what, "wrong passphrase for k");
	access = plain();
	assert_int_equal(reopen("file:k", &access, &key), DV_EXIT_NONE);
	assert_non_null(strstr(err.what, "encrypted"));
}

static void
test_existing_file_is_kept(void **state)
{
	struct ds_access access = plain();
	struct ds_key_new what = { .spec = "file:k",
		.type = key_type(DV_KEY_P256), .access = &access };
	struct ds_key *key;
	struct dv_buf after = { 0 };
	bool created = true;
	(void)state;
	put("k", "precious", 0600);
	assert_int_equal(ds_key_create(&what, &key, &created, &err),
	    DV_EXIT_NONE);
	assert_null(key);
	assert_false(created);
	assert_non_null(strstr(err.what, "exists already"));
	assert_int_equal(dv_file_read("k", 100, &after, &err), DV_EXIT_YES);
	assert_true(dv_bytes_equal(dv_buf_bytes(&after), text("precious")));
	dv_buf_free(&after);
}

static void
test_loose_permissions(void **state)
{
	static const mode_t loose[] = { 0604, 0640, 0660, 0644, 0620, 0601 };
	struct ds_access access = plain();
	struct ds_key *key;
	(void)state;
	ds_key_close(make("k", DV_KEY_ED25519, &access));
	for (size_t i = 0; i < sizeof(loose) / sizeof(*loose); i++) {
		assert_int_equal(chmod("k", loose[i]), 0);
		assert_int_equal(reopen("file:k", &access, &key), DV_EXIT_NONE);
		assert_non_null(strstr(err.hint, "chmod 0600"));
	}
	assert_int_equal(chmod("k", 0600), 0);
	unlink("link");
	assert_int_equal(symlink("k", "link"), 0);
	assert_int_equal(reopen("file:link", &access, &key), DV_EXIT_NONE);
	unlink("link");
}

static void
test_unknown_specs(void **state)
{
	static const char *const specs[] = { "", "k", "File:k", "file", "tpmx:1",
		"pkcs11:x", "file:", "file:-", "tpm:", "tpm:12ab",
		"tpm:0x80000000", "tpm:0x81800000", "tpm:0x8102000",
		"tpm:0x810200000", "tpm:-0x7efe0000", "tpm: 0x81020000" };
	struct ds_access access = plain();
	struct ds_key *key;
	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
		if (reopen(specs[i], &access, &key) != DV_EXIT_USAGE)
			fail_msg("\"%s\": %s", specs[i], err.what);
		assert_null(key);
	}
}

/* Every single-octet change of the DER: refused, or the very same key. */
static void
test_damaged_file(void **state)
{
	struct ds_access access = plain();
	struct ds_key *made, *found;
	struct dv_buf file = { 0 }, der = { 0 };
	struct dv_bytes rest;
	char label[64];
	int opened = 0;
	(void)state;
	made = make("k", DV_KEY_P256, &access);
	assert_int_equal(dv_file_read("k", 4096, &file, &err), DV_EXIT_YES);
	rest = dv_buf_bytes(&file);
	assert_int_equal(dv_pem_next(&rest, label, &der, &err), DV_EXIT_YES);
	for (size_t i = 0; i < der.len; i++) {
		struct dv_buf pem = { 0 };
		der.ptr[i] ^= 0x01;
		assert_true(dv_pem_write(&pem, label, dv_buf_bytes(&der)));
		assert_true(dv_buf_add(&pem, (struct dv_bytes){
		    (const uint8_t *)"", 1 }));
		put("k", (const char *)pem.ptr, 0600);
		if (reopen("file:k", &access, &found) == DV_EXIT_YES) {
			assert_true(dv_bytes_equal(ds_key_public(made)->spki,
			    ds_key_public(found)->spki));
			ds_key_close(found);
			opened++;
		}
		der.ptr[i] ^= 0x01;
		dv_buf_free(&pem);
	}
	/* Version 1 instead of 0 says nothing else. */
	assert_in_range(opened, 0, 1);
	ds_key_close(made);
	dv_buf_free(&file);
	dv_buf_free(&der);
}

static void
test_not_a_key_file(void **state)
{
	static const char *const contents[][2] = {
		{ "", "not a PEM file" },
		{ "nonsense\n", "not a PEM file" },
		{ "-----BEGIN EC PRIVATE KEY-----\nAAAA\n"
		    "-----END EC PRIVATE KEY-----\n", "EC PRIVATE KEY" },
		{ "-----BEGIN PRIVATE KEY-----\nMAA=\n"
		    "-----END PRIVATE KEY-----\n", "cannot be read" },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n"
		    "-----END ENCRYPTED PRIVATE KEY-----\n",
		    "encrypted in a way" },
		{ "-----BEGIN PRIVATE KEY-----\nMAA=\n"
		    "-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\n"
		    "MAA=\n-----END PRIVATE KEY-----\n", "more than one" },
	};
	struct ds_access access = locked("x");
	struct ds_key *key;
	(void)state;
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++) {
		put("k", contents[i][0], 0600);
		assert_int_equal(reopen("file:k", &access, &key), DV_EXIT_NONE);
		if (strstr(err.what, contents[i][1]) == NULL)
			fail_msg("%zu: %s", i, err.what);
	}
}

/* ---- requests ------------------------------------------------------------- */

/* A Name that is there already gives the same request; an empty one gives none. */
static void
same_request(struct ds_key *key, const struct dv_csr *csr)
{
	struct dv_buf der = { 0 };
	struct dv_csr again;
	struct dv_at at;

	assert_int_equal(ds_csr_make_named(key, csr->subject, &der, &err),
	    DV_EXIT_YES);
	assert_int_equal(dv_csr_parse(dv_buf_bytes(&der), &again, &at),
	    DV_R_NONE);
	assert_int_equal(dv_csr_prove(&again, &at), DV_R_NONE);
	assert_true(dv_bytes_equal(again.info, csr->info));
	assert_int_equal(ds_csr_make_named(key, (struct dv_bytes){ NULL, 0 },
	    &der, &err), DV_EXIT_USAGE);
	dv_buf_free(&der);
}

static void
test_request(void **state)
{
	struct ds_access access = plain();
	(void)state;
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		struct ds_key *key = make("k", types[i], &access);
		struct dv_buf der = { 0 };
		struct dv_csr csr;
		struct dv_at at;
		char name[64];
		assert_int_equal(ds_csr_make(key, "CN=unit-7,O=Acme", &der,
		    &err), DV_EXIT_YES);
		assert_int_equal(dv_csr_parse(dv_buf_bytes(&der), &csr, &at),
		    DV_R_NONE);
		assert_int_equal(dv_csr_prove(&csr, &at), DV_R_NONE);
		dv_name_text(csr.subject, name, sizeof(name));
		assert_string_equal(name, "CN=unit-7,O=Acme");
		assert_true(dv_bytes_equal(csr.key.spki,
		    ds_key_public(key)->spki));
		same_request(key, &csr);
		dv_buf_free(&der);
		ds_key_close(key);
	}
}

/* Many signatures: short r and s must stay in their places. */
static void
test_many_signatures(void **state)
{
	struct ds_access access = plain();
	struct ds_key *key = make("k", DV_KEY_P256, &access);
	struct dv_buf der = { 0 };
	int shorter = 0;
	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		uint8_t sig[DS_MAX_SIGNATURE];
		size_t len;
		struct ds_to_sign what = { DV_SIG_ECDSA_SHA256,
			{ (const uint8_t *)&i, sizeof(i) } };
		assert_int_equal(ds_key_sign(key, &what, sig, &len, &err),
		    DV_EXIT_YES);
		shorter += sig[0] == 0 || sig[32] == 0;
	}
	assert_in_range(shorter, 1, 50);
	ds_key_close(key);
	dv_buf_free(&der);
}

/* ---- a signer that lies --------------------------------------------------- */

static enum dv_exit
lying_sign(struct ds_key *key, const struct ds_to_sign *what, uint8_t *sig,
    struct dv_err *e)
{
	enum dv_exit ret = ds_key_file.sign(key, what, sig, e);
	sig[40] ^= 1;
	return ret;
}

static void
test_bad_signature_never_leaves(void **state)
{
	struct ds_access access = plain();
	struct ds_key_ops liar = ds_key_file;
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t len;
	(void)state;
	liar.sign = lying_sign;
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		struct ds_key *key = make("k", types[i], &access);
		key->ops = &liar;
		memset(sig, 0xaa, sizeof(sig));
		struct ds_to_sign what = { dv_sig_for_key(types[i]), text("m") };
		assert_int_equal(ds_key_sign(key, &what, sig, &len, &err),
		    DV_EXIT_NONE);
		assert_int_equal(len, 0);
		for (size_t k = 0; k < sizeof(sig); k++)
			assert_int_equal(sig[k], 0);
		ds_key_close(key);
	}
}

/* An algorithm of another type, and one that this project does not use. */
static void
test_other_algorithms_refused(void **state)
{
	static const enum dv_sig_alg wrong[] = { DV_SIG_NONE,
		DV_SIG_ECDSA_SHA384, DV_SIG_ED25519, DV_SIG_RSA_SHA256 };
	struct ds_access access = plain();
	struct ds_key *key = make("k", DV_KEY_P256, &access);
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t len;
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct ds_to_sign what = { wrong[i], text("m") };
		assert_int_equal(ds_key_sign(key, &what, sig, &len, &err),
		    DV_EXIT_NONE);
		assert_int_equal(len, 0);
	}
	ds_key_close(key);
}

/* What is known of a key in a file: no token, no template, no session. */
static void
test_what_is_known(void **state)
{
	struct ds_access access = plain();
	uint8_t name[DS_SALT_NAME];
	size_t len = 1;
	(void)state;
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		struct ds_key *key = make("k", types[i], &access);
		for (size_t k = 0; k < TYPE_COUNT; k++)
			assert_int_equal(ds_key_has_type(key,
			    key_type(types[k])), i == k);
		assert_int_equal(ds_key_signature_size(key),
		    dv_sig_size(types[i]));
		assert_null(ds_key_template(key));
		assert_string_equal(ds_key_where(key), "");
		assert_int_equal(ds_key_salt_name(key, name, &len, &err),
		    DV_EXIT_YES);
		assert_int_equal(len, 0);
		ds_key_close(key);
	}
}

static void
test_types(void **state)
{
	const struct ds_key_type *row;
	struct ds_access access = plain();
	struct ds_key *key;
	bool created;
	(void)state;
	assert_int_equal(ds_key_type_find("rsa4096", &row, &err), DV_EXIT_YES);
	assert_int_equal(row->type, DV_KEY_RSA);
	assert_int_equal(row->bits, 4096);
	struct ds_key_new what = { .spec = "file:r", .type = row,
		    .access = &access };
	assert_int_equal(ds_key_create(&what, &key, &created, &err),
	    DV_EXIT_USAGE);
	assert_non_null(strstr(err.what, "no key of type rsa4096 can be made"));
	assert_int_equal(ds_key_type_find("rsa", &row, &err), DV_EXIT_USAGE);
	assert_null(row);
}

static int
enter_directory(void **state)
{
	static char path[] = "/tmp/test_ds_key.XXXXXX";
	*state = path;
	return mkdtemp(path) == NULL || chdir(path) != 0;
}

static int
leave_directory(void **state)
{
	unlink("k");
	unlink("pass");
	return rmdir(*state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip_plain),
		cmocka_unit_test(test_round_trip_encrypted),
		cmocka_unit_test(test_wrong_passphrase),
		cmocka_unit_test(test_existing_file_is_kept),
		cmocka_unit_test(test_loose_permissions),
		cmocka_unit_test(test_unknown_specs),
		cmocka_unit_test(test_damaged_file),
		cmocka_unit_test(test_not_a_key_file),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_many_signatures),
		cmocka_unit_test(test_bad_signature_never_leaves),
		cmocka_unit_test(test_other_algorithms_refused),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_what_is_known),
	};
	return cmocka_run_group_tests_name("ds_key", tests, enter_directory,
	    leave_directory);
}
