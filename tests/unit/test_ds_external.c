/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures made elsewhere: what is exported is what ds_sign1_make() signs, and
 * of what is imported only what fits in every part becomes an envelope.
 */
#include "lib/signer.h"

static const enum dv_key_type types[] = { DV_KEY_P256, DV_KEY_P384,
	DV_KEY_ED25519 };
#define TYPES (sizeof(types) / sizeof(types[0]))

/* One export and the signature of its octets. */
struct errand {
	struct pki *pki;
	struct ds_sign1_new what;
	struct dv_buf tbs, out;
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t len;
	struct dv_sign1 made;
	struct dv_err err;
};

static void
errand_begin(struct errand *e, enum dv_key_type type)
{
	struct ds_to_sign what = { .alg = dv_cose_sig(dv_cose_alg(type)) };

	*e = (struct errand){ .pki = pki_new(type) };
	e->what = order(e->pki);
	e->what.key = NULL;
	assert_int_equal(ds_sign1_export(&e->what, &e->tbs, &e->err),
	    DV_EXIT_YES);
	what.message = dv_buf_bytes(&e->tbs);
	assert_int_equal(ds_key_sign(e->pki->leaf.key, &what, e->sig, &e->len,
	    &e->err), DV_EXIT_YES);
}

static void
errand_end(struct errand *e)
{
	dv_buf_free(&e->tbs);
	dv_buf_free(&e->out);
	pki_free(e->pki);
}

static enum dv_exit
import(struct errand *e, struct dv_bytes tbs, struct dv_bytes sig)
{
	e->out.len = 0;
	return ds_sign1_import(tbs, sig, &e->out, &e->made, &e->err);
}

static enum dv_exit
import_right(struct errand *e)
{
	return import(e, dv_buf_bytes(&e->tbs),
	    (struct dv_bytes){ e->sig, e->len });
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < TYPES; i++) {
		struct errand e;

		errand_begin(&e, types[i]);
		assert_int_equal(import_right(&e), DV_EXIT_YES);
		assert_int_equal(ds_sign1_accept(&e.made, &e.pki->chain,
		    e.what.digest, &e.err), DV_EXIT_YES);
		assert_int_equal(e.made.iat.s, e.what.iat.s);
		assert_true(dv_bytes_equal(e.made.payload, e.what.digest));
		errand_end(&e);
	}
}

/* With the key here, the envelope has the same protected header and payload. */
static void
test_same_as_made_here(void **state)
{
	struct errand e;
	struct dv_buf here = { NULL, 0, 0 };
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	errand_begin(&e, DV_KEY_ED25519);
	e.what.key = e.pki->leaf.key;
	sign(&e.what, &here);
	assert_int_equal(import_right(&e), DV_EXIT_YES);
	/* Ed25519 has no chance in it: the same octets */
	assert_int_equal(here.len, e.out.len);
	assert_memory_equal(here.ptr, e.out.ptr, here.len);
	assert_int_equal(dv_sign1_parse(dv_buf_bytes(&here),
	    DV_PROFILE_STRICT, &s, &at),
	    DV_R_NONE);
	dv_buf_free(&here);
	errand_end(&e);
}

/* What is there already stays, as with ds_sign1_make(). */
static void
test_appends(void **state)
{
	struct errand e;

	(void)state;
	errand_begin(&e, DV_KEY_P256);
	assert_true(dv_buf_add(&e.out, (struct dv_bytes){ e.sig, 3 }));
	assert_int_equal(ds_sign1_import(dv_buf_bytes(&e.tbs),
	    (struct dv_bytes){ e.sig, e.len }, &e.out, &e.made, &e.err),
	    DV_EXIT_YES);
	assert_memory_equal(e.out.ptr, e.sig, 3);
	assert_ptr_equal(e.made.envelope.ptr, e.out.ptr + 3);
	errand_end(&e);
}

/* Every bit of what was to be signed counts; most are not even read. */
static void
test_every_bit_of_the_export(void **state)
{
	struct errand e;

	(void)state;
	errand_begin(&e, DV_KEY_P256);
	for (size_t bit = 0; bit < e.tbs.len * 8; bit++) {
		enum dv_exit exit;

		e.tbs.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		exit = import_right(&e);
		if (exit == DV_EXIT_YES)
			exit = ds_sign1_accept(&e.made, &e.pki->chain,
			    e.what.digest, &e.err);
		assert_int_equal(exit, DV_EXIT_NO);
		e.tbs.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	errand_end(&e);
}

static void
test_every_length_of_the_export(void **state)
{
	struct errand e;

	(void)state;
	errand_begin(&e, DV_KEY_P256);
	for (size_t len = 0; len < e.tbs.len; len++)
		assert_int_equal(import(&e, dv_bytes_cut(dv_buf_bytes(&e.tbs),
		    0, len), (struct dv_bytes){ e.sig, e.len }), DV_EXIT_NO);
	errand_end(&e);
}

static void
test_wrong_signatures(void **state)
{
	struct errand e;
	uint8_t other[2 * DS_MAX_SIGNATURE] = { 0 };

	(void)state;
	errand_begin(&e, DV_KEY_P256);
	for (size_t len = 0; len < sizeof(other); len++) {
		enum dv_exit exit = import(&e, dv_buf_bytes(&e.tbs),
		    (struct dv_bytes){ other, len });

		assert_int_equal(exit, len == 64 ? DV_EXIT_YES : DV_EXIT_NO);
	}
	for (size_t bit = 0; bit < e.len * 8; bit++) {
		e.sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(import_right(&e), DV_EXIT_YES);
		assert_int_equal(ds_sign1_accept(&e.made, &e.pki->chain,
		    e.what.digest, &e.err), DV_EXIT_NO);
		e.sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	errand_end(&e);
}

static void
test_another_chain_or_artefact(void **state)
{
	struct errand e;
	struct ds_chain chain;
	uint8_t digest[32];

	(void)state;
	errand_begin(&e, DV_KEY_P256);
	assert_int_equal(import_right(&e), DV_EXIT_YES);
	chain = e.pki->chain;
	chain.cert[0] = chain.cert[1];
	assert_int_equal(ds_sign1_accept(&e.made, &chain, e.what.digest,
	    &e.err), DV_EXIT_NO);
	assert_non_null(strstr(e.err.what, "other certificates"));
	chain = e.pki->chain;
	chain.count = 1;
	chain.ends_in_root = false;
	assert_int_equal(ds_sign1_accept(&e.made, &chain, e.what.digest,
	    &e.err), DV_EXIT_NO);
	assert_int_equal(e.what.digest.len, sizeof(digest));
	memcpy(digest, e.what.digest.ptr, sizeof(digest));
	digest[31] ^= 1;
	assert_int_equal(ds_sign1_accept(&e.made, &e.pki->chain,
	    DV_BYTES(digest), &e.err), DV_EXIT_NO);
	assert_non_null(strstr(e.err.what, "artefact-mismatch"));
	errand_end(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_same_as_made_here),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_every_bit_of_the_export),
		cmocka_unit_test(test_every_length_of_the_export),
		cmocka_unit_test(test_wrong_signatures),
		cmocka_unit_test(test_another_chain_or_artefact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
