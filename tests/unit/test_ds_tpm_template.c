/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The templates of TPM keys: the policy of the TCG's is what its parts hash to,
 * and the name of a key made from one of ours will never be another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <tss2/tss2_mu.h>

#include "bytes.h"
#include "dv_hash.h"
#include "tpm_template.h"

/* ---- policies, TCG TPM 2.0 Library part 3, 23 ----------------------------- */

struct policy {
	enum dv_hash_id hash;
	uint8_t digest[DV_MAX_DIGEST];
};

struct text {
	uint8_t bytes[512];
	size_t len;
};

static void
put(struct text *t, const void *bytes, size_t len)
{
	assert_true(t->len + len <= sizeof(t->bytes));
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
}

static void
put_number(struct text *t, uint32_t number, unsigned octets)
{
	for (unsigned i = octets; i-- > 0;) {
		uint8_t octet = (uint8_t)(number >> (8 * i));
		put(t, &octet, 1);
	}
}

static void
digest(struct policy *p, const struct text *t)
{
	assert_int_equal(dv_hash_once(p->hash,
	    (struct dv_bytes){ t->bytes, t->len }, p->digest),
	    dv_hash_size(p->hash));
}

static void
extend(struct policy *p, uint32_t command, const struct text *more)
{
	struct text t = { .len = 0 };
	put(&t, p->digest, dv_hash_size(p->hash));
	put_number(&t, command, 4);
	put(&t, more->bytes, more->len);
	digest(p, &t);
}

/* PolicySecret(TPM_RH_ENDORSEMENT), no policyRef: hashed twice. */
static struct policy
secret(enum dv_hash_id hash)
{
	struct policy p = { .hash = hash };
	struct text name = { .len = 0 }, again = { .len = 0 };
	put_number(&name, TPM2_RH_ENDORSEMENT, 4);
	extend(&p, TPM2_CC_PolicySecret, &name);
	put(&again, p.digest, dv_hash_size(hash));
	digest(&p, &again);
	return p;
}

static struct policy
secret_for(enum dv_hash_id hash, uint32_t command)
{
	struct policy p = secret(hash);
	struct text code = { .len = 0 };
	put_number(&code, command, 4);
	extend(&p, TPM2_CC_PolicyCommandCode, &code);
	return p;
}

/* PolicyAuthorizeNV: the Name of the index whose contents decide. */
static struct policy
by_index(enum dv_hash_id hash, TPM2_ALG_ID alg, uint32_t index)
{
	struct policy inner = secret(hash), name = { .hash = hash },
	    p = { .hash = hash };
	size_t len = dv_hash_size(hash);
	struct text area = { .len = 0 }, whole = { .len = 0 };
	put_number(&area, index, 4);
	put_number(&area, alg, 2);
	put_number(&area, 0x220f1008, 4);
	put_number(&area, (uint32_t)len, 2);
	put(&area, inner.digest, len);
	put_number(&area, (uint32_t)len + 2, 2);
	digest(&name, &area);
	put_number(&whole, alg, 2);
	put(&whole, name.digest, len);
	extend(&p, TPM2_CC_PolicyAuthorizeNV, &whole);
	return p;
}

static void
check_policy(const char *template, enum dv_hash_id hash, TPM2_ALG_ID alg,
    uint32_t index)
{
	const struct ds_tpm_template *t = ds_tpm_template_named(template);
	struct policy branches[] = {
		secret(hash), secret_for(hash, TPM2_CC_Certify),
		secret_for(hash, TPM2_CC_ActivateCredential),
		by_index(hash, alg, index),
	};
	struct policy p = { .hash = hash };
	struct text all = { .len = 0 };
	for (size_t i = 0; i < 4; i++)
		put(&all, branches[i].digest, dv_hash_size(hash));
	extend(&p, TPM2_CC_PolicyOR, &all);
	assert_non_null(t);
	assert_int_equal(t->pub.publicArea.authPolicy.size, dv_hash_size(hash));
	assert_memory_equal(t->pub.publicArea.authPolicy.buffer, p.digest,
	    dv_hash_size(hash));
}

static void
test_tcg_policies(void **state)
{
	(void)state;
	check_policy("tcg-h2", DV_HASH_SHA256, TPM2_ALG_SHA256, 0x01c90010);
	check_policy("tcg-h3", DV_HASH_SHA384, TPM2_ALG_SHA384, 0x01c90011);
}

/* ---- what is fixed for good ----------------------------------------------- */

/* SHA-256 of the marshalled template: whoever changes one sees it here. */
static const struct fixed {
	const char *name, *sha256;
} fixed[] = {
	{ "devid-p256-v1",
	    "100f4edb0a10b3b6e347d75e3617e5b36a6f77930d36ee544e7d2dc6880ae4a5" },
	{ "devid-p384-v1",
	    "4ca11990aea2387f3607d79c6db40d7b4ca18c8932f3a0f18d78424247a9d29b" },
	{ "devid-rsa2048-v1",
	    "76ee9dc71cb853398b53639c02ba5d16b1acb210c02c966452bc689e5f0488ed" },
	{ "tcg-h2",
	    "5128d15c76265cd0ec5e6319c08aa79691d3d94231bf794738ab3c9974eddcf2" },
	{ "tcg-h3",
	    "d654f6097cdc51566ea0cf10e03265388ecf1bac4c93586c140d3ecd1f8adbfa" },
	{ "ldevid-p256-v1",
	    "1c3ae41593a14a2fae88581ed53f0ea421134167b0bd0fae9f336702e839e734" },
	{ "ldevid-p384-v1",
	    "292d6bea6fc34d3f6661784a3a666ddf71361f312aa2dc8e78a33e0608169dca" },
	{ "ldevid-rsa2048-v1",
	    "ef64da9118fcac82f4361b28842853d8aaf87dfce145e925cffe5868aa2d22b6" },
};

#define FIXED_COUNT (sizeof(fixed) / sizeof(*fixed))

static void
test_templates_never_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXED_COUNT; i++) {
		const struct ds_tpm_template *t =
		    ds_tpm_template_named(fixed[i].name);
		struct text area = { .len = 0 };
		struct policy p = { .hash = DV_HASH_SHA256 };
		assert_non_null(t);
		assert_int_equal(Tss2_MU_TPMT_PUBLIC_Marshal(
		    &t->pub.publicArea, area.bytes, sizeof(area.bytes),
		    &area.len), TSS2_RC_SUCCESS);
		digest(&p, &area);
		char found[65];
		for (size_t k = 0; k < 32; k++)
			(void)snprintf(found + 2 * k, 3, "%02x", p.digest[k]);
		assert_string_equal(found, fixed[i].sha256);
	}
}

static void
test_recognised_with_any_key_in_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXED_COUNT; i++) {
		const struct ds_tpm_template *t =
		    ds_tpm_template_named(fixed[i].name);
		TPMT_PUBLIC pub = t->pub.publicArea;
		memset(&pub.unique, 0x5a, sizeof(pub.unique));
		assert_ptr_equal(ds_tpm_template_of(&pub, t->child), t);
		assert_ptr_not_equal(ds_tpm_template_of(&pub, !t->child), t);
		pub.objectAttributes ^= TPMA_OBJECT_NODA;
		assert_null(ds_tpm_template_of(&pub, t->child));
		pub = t->pub.publicArea;
		pub.authPolicy.size ^= 32;
		assert_ptr_not_equal(ds_tpm_template_of(&pub, t->child), t);
		pub = t->pub.publicArea;
		pub.nameAlg = TPM2_ALG_SHA512;
		assert_null(ds_tpm_template_of(&pub, t->child));
	}
	assert_null(ds_tpm_template_of(&ds_tpm_owner_primary.publicArea, true));
	assert_null(ds_tpm_template_named("devid"));
}

static void
test_usual_for_a_type(void **state)
{
	static const struct {
		struct ds_key_type type;
		bool child;
		const char *name;
	} rows[] = {
		{ { "p256", DV_KEY_P256, 0 }, false, "devid-p256-v1" },
		{ { "p384", DV_KEY_P384, 0 }, false, "devid-p384-v1" },
		{ { "rsa2048", DV_KEY_RSA, 2048 }, false, "devid-rsa2048-v1" },
		{ { "p256", DV_KEY_P256, 0 }, true, "ldevid-p256-v1" },
		{ { "p384", DV_KEY_P384, 0 }, true, "ldevid-p384-v1" },
		{ { "rsa2048", DV_KEY_RSA, 2048 }, true, "ldevid-rsa2048-v1" },
		{ { "rsa3072", DV_KEY_RSA, 3072 }, false, NULL },
		{ { "ed25519", DV_KEY_ED25519, 0 }, true, NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct ds_tpm_template *t =
		    ds_tpm_template_usual(&rows[i].type, rows[i].child);
		if (rows[i].name == NULL)
			assert_null(t);
		else
			assert_string_equal(t->name, rows[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcg_policies),
		cmocka_unit_test(test_templates_never_change),
		cmocka_unit_test(test_recognised_with_any_key_in_it),
		cmocka_unit_test(test_usual_for_a_type),
	};
	return cmocka_run_group_tests_name("ds_tpm_template", tests, NULL, NULL);
}
