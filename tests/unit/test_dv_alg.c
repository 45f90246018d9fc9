/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of algorithms, there and back, and out of their ranges.
 */
#include "unit/derkit.h"

#include "bytes.h"
#include "dv_alg.h"

static void
test_hashes(void **state)
{
	static const struct {
		enum dv_hash_id id;
		size_t size;
		int64_t cose;
	} rows[] = {
		{ DV_HASH_SHA256, 32, -16 },
		{ DV_HASH_SHA384, 48, -43 },
		{ DV_HASH_SHA512, 64, -44 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(dv_hash_size(rows[i].id), rows[i].size);
		assert_int_equal(dv_hash_cose(rows[i].id), rows[i].cose);
		assert_int_equal(dv_hash_from_cose(rows[i].cose), rows[i].id);
	}
	assert_string_equal(dv_hash_name(DV_HASH_SHA256), "SHA-256");
	assert_int_equal(dv_hash_from_cose(0), DV_HASH_NONE);
	assert_int_equal(dv_hash_from_cose(-17), DV_HASH_NONE);
	assert_int_equal(dv_hash_size(DV_HASH_NONE), 0);
	assert_int_equal(dv_hash_size((enum dv_hash_id)99), 0);
	assert_non_null(dv_hash_name((enum dv_hash_id)99));
}

static void
test_signatures(void **state)
{
	int alg;

	(void)state;
	for (alg = DV_SIG_ECDSA_SHA256; alg <= DV_SIG_ED25519; alg++) {
		struct dv_bytes oid = dv_sig_oid((enum dv_sig_alg)alg);

		assert_int_equal(dv_sig_from_oid(oid), alg);
		oid.len--;
		assert_int_equal(dv_sig_from_oid(oid), DV_SIG_NONE);
	}
	assert_int_equal(dv_sig_from_oid((struct dv_bytes){ NULL, 0 }),
	    DV_SIG_NONE);
	assert_null(dv_sig_oid(DV_SIG_NONE).ptr);
	assert_null(dv_sig_oid((enum dv_sig_alg)99).ptr);
	assert_int_equal(dv_sig_hash(DV_SIG_ECDSA_SHA512), DV_HASH_SHA512);
	assert_int_equal(dv_sig_hash(DV_SIG_ED25519), DV_HASH_NONE);
	assert_string_equal(dv_sig_name(DV_SIG_ECDSA_SHA384),
	    "ecdsa-with-SHA384");
}

/* All pairs: what is not in the list below does not fit. */
static bool
fits(int alg, int key)
{
	switch (key) {
	case DV_KEY_P256:
	case DV_KEY_P384:
		return alg >= DV_SIG_ECDSA_SHA256 && alg <= DV_SIG_ECDSA_SHA512;
	case DV_KEY_ED25519:
		return alg == DV_SIG_ED25519;
	case DV_KEY_RSA:
		return alg >= DV_SIG_RSA_SHA256 && alg <= DV_SIG_PSS_SHA512;
	case DV_KEY_RSA_PSS:
		return alg >= DV_SIG_PSS_SHA256 && alg <= DV_SIG_PSS_SHA512;
	case DV_KEY_MLDSA44:
	case DV_KEY_MLDSA65:
	case DV_KEY_MLDSA87:
		return alg - DV_SIG_MLDSA44 == key - DV_KEY_MLDSA44;
	case DV_KEY_HSS_LMS:
		return alg == DV_SIG_HSS_LMS;
	default:
		return false;
	}
}

static void
test_fits(void **state)
{
	(void)state;
	for (int alg = DV_SIG_NONE; alg <= DV_SIG_COUNT; alg++)
		for (int key = DV_KEY_NONE; key <= DV_KEY_HSS_LMS + 1; key++)
			assert_int_equal(dv_sig_fits_key((enum dv_sig_alg)alg,
			    (enum dv_key_type)key), fits(alg, key));
}

/* What is read beside what is written; RS256 (-257) and RS1 are not. */
static void
test_cose(void **state)
{
	static const struct {
		int64_t id;
		enum dv_key_type key;
		enum dv_sig_alg sig;
	} rows[] = {
		{ -37, DV_KEY_RSA, DV_SIG_PSS_SHA256 },
		{ -38, DV_KEY_RSA, DV_SIG_PSS_SHA384 },
		{ -39, DV_KEY_RSA, DV_SIG_PSS_SHA512 },
		{ -48, DV_KEY_MLDSA44, DV_SIG_MLDSA44 },
		{ -49, DV_KEY_MLDSA65, DV_SIG_MLDSA65 },
		{ -50, DV_KEY_MLDSA87, DV_SIG_MLDSA87 },
		{ -46, DV_KEY_HSS_LMS, DV_SIG_HSS_LMS },
		{ -257, DV_KEY_NONE, DV_SIG_NONE },
		{ -258, DV_KEY_NONE, DV_SIG_NONE },
		{ -65535, DV_KEY_NONE, DV_SIG_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(dv_cose_key_type(rows[i].id), rows[i].key);
		assert_int_equal(dv_cose_sig(rows[i].id), rows[i].sig);
	}
	assert_true(dv_cose_fits_key(DV_KEY_RSA, DV_KEY_RSA_PSS));
	assert_false(dv_cose_fits_key(DV_KEY_RSA_PSS, DV_KEY_RSA));
	assert_false(dv_cose_fits_key(DV_KEY_P256, DV_KEY_P384));
	assert_false(dv_cose_fits_key(DV_KEY_NONE, DV_KEY_NONE));
}

/* The tests are built with every family. */
static void
test_built(void **state)
{
	(void)state;
	assert_int_equal(dv_sig_built(), (1u << DV_SIG_COUNT) - 2);
	assert_false(dv_key_type_built(DV_KEY_NONE));
	for (int key = DV_KEY_P256; key <= DV_KEY_HSS_LMS; key++)
		assert_true(dv_key_type_built((enum dv_key_type)key));
}

static void
test_only_signs(void **state)
{
	(void)state;
	for (int key = DV_KEY_NONE; key <= DV_KEY_HSS_LMS + 1; key++)
		assert_int_equal(dv_key_only_signs((enum dv_key_type)key),
		    key == DV_KEY_ED25519 || (key >= DV_KEY_MLDSA44 &&
		    key <= DV_KEY_HSS_LMS));
}

static void
test_keys(void **state)
{
	static const struct {
		enum dv_key_type type;
		enum dv_sig_alg alg;
		size_t size;
		int64_t written, exact;
	} rows[] = {
		{ DV_KEY_P256, DV_SIG_ECDSA_SHA256, 64, -7, -9 },
		{ DV_KEY_P384, DV_SIG_ECDSA_SHA384, 96, -35, -51 },
		{ DV_KEY_ED25519, DV_SIG_ED25519, 64, -8, -19 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum dv_key_type type = rows[i].type;

		assert_int_equal(dv_sig_for_key(type), rows[i].alg);
		assert_int_equal(dv_sig_size(type), rows[i].size);
		assert_int_equal(dv_cose_alg(type), rows[i].written);
		assert_int_equal(dv_cose_key_type(rows[i].written), type);
		assert_int_equal(dv_cose_key_type(rows[i].exact), type);
	}
	assert_int_equal(dv_cose_key_type(0), DV_KEY_NONE);
	assert_int_equal(dv_cose_key_type(-36), DV_KEY_NONE);
	assert_int_equal(dv_sig_size(DV_KEY_NONE), 0);
	assert_int_equal(dv_sig_size((enum dv_key_type)99), 0);
	assert_string_equal(dv_key_type_name(DV_KEY_P384), "P-384");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_cose),
		cmocka_unit_test(test_built),
		cmocka_unit_test(test_only_signs),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
