/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HSS/LMS, cut at every octet and with every type: whatever is missing is not
 * taken from what was read before. Key and signature come from a vector. Run
 * from the top of the source tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto.h"
#include "dv_cert.h"

#define FOLDER "vectors/chain/accepted--hss-two-levels/"

static struct {
	uint8_t room[8192];
	struct dv_cert cert;
} ca, leaf;

static void
load(const char *path, uint8_t *room, size_t cap, struct dv_cert *out)
{
	FILE *f = fopen(path, "rb");
	struct dv_bytes der = { room, 0 };
	struct dv_at at;

	assert_non_null(f);
	der.len = fread(room, 1, cap, f);
	assert_int_equal(fclose(f), 0);
	assert_true(der.len < cap);
	assert_int_equal(dv_cert_parse(der, out, &at), DV_R_NONE);
}

static int
setup(void **state)
{
	(void)state;
	load(FOLDER "i1.der", ca.room, sizeof(ca.room), &ca.cert);
	load(FOLDER "leaf.der", leaf.room, sizeof(leaf.room), &leaf.cert);
	assert_int_equal(ca.cert.key.type, DV_KEY_HSS_LMS);
	return 0;
}

static enum dv_crypto
verify(struct dv_bytes signature)
{
	return dv_crypto_verify(&(struct dv_crypto_check){ &ca.cert.key,
	    leaf.cert.sig_alg, &leaf.cert.tbs, 1, signature, 0 });
}

/* Each after a good one, whose parts may still lie on the stack. */
static void
test_cut_signatures(void **state)
{
	struct dv_bytes signature = leaf.cert.signature;

	(void)state;
	assert_int_equal(verify(signature), DV_CRYPTO_VALID);
	while (signature.len-- > 0) {
		if (signature.len % 97 == 0 || signature.len % 32 == 0)
			assert_int_equal(verify(leaf.cert.signature),
			    DV_CRYPTO_VALID);
		assert_int_equal(verify(signature), DV_CRYPTO_INVALID);
	}
}

static enum dv_crypto
ask(const uint8_t *octets, size_t len)
{
	struct dv_key key = { .type = DV_KEY_HSS_LMS,
	    .octets = { octets, len } };

	return dv_crypto_key(&key);
}

static void
test_cut_keys(void **state)
{
	struct dv_bytes key = ca.cert.key.octets;

	(void)state;
	for (size_t len = 0; len < key.len; len++) {
		assert_int_equal(ask(key.ptr, key.len), DV_CRYPTO_VALID);
		assert_int_equal(ask(key.ptr, len), DV_CRYPTO_INVALID);
	}
}

/* Types of a tree and of its one-time signatures: those of 32 octets fit. */
static void
test_types(void **state)
{
	struct dv_bytes key = ca.cert.key.octets;
	uint8_t other[100];

	(void)state;
	assert_true(key.len <= sizeof(other));
	memcpy(other, key.ptr, key.len);
	for (unsigned type = 0; type < 256; type++) {
		assert_int_equal(ask(key.ptr, key.len), DV_CRYPTO_VALID);
		other[7] = (uint8_t)type;
		assert_int_equal(ask(other, key.len), type >= 5 && type <= 9 ?
		    DV_CRYPTO_VALID : DV_CRYPTO_INVALID);
		other[7] = key.ptr[7];
		other[11] = (uint8_t)type;
		assert_int_equal(ask(other, key.len), type >= 1 && type <= 4 ?
		    DV_CRYPTO_VALID : DV_CRYPTO_INVALID);
		other[11] = key.ptr[11];
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_signatures),
		cmocka_unit_test(test_cut_keys),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests_name("lms", tests, setup, NULL);
}
