/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Templates as one table. devid-*: our own, noDA, because a power cut must not
 * count towards a lockout that stops the device. tcg-*: the letter of TCG
 * "TPM 2.0 Keys for Device Identity and Attestation" 7.3.4, with its lockout.
 */
#include <string.h>

#include "tpm_template.h"

#define FIXED (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |              \
	TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH)
#define OURS (FIXED | TPMA_OBJECT_NODA | TPMA_OBJECT_SIGN_ENCRYPT)
#define OF_TCG (FIXED | TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_SIGN_ENCRYPT)

#define IDEVID { 6, { 'I', 'D', 'E', 'V', 'I', 'D' } }
#define EMPTY { 0, { 0 } }

#define ECDSA(hash_) { .scheme = TPM2_ALG_ECDSA,                             \
	.details.ecdsa.hashAlg = TPM2_ALG_##hash_ }
#define ANY_ECDSA { .scheme = TPM2_ALG_NULL }

#define ECC(attributes_, name_, curve_, scheme_, x_)                          \
	.pub.publicArea = {                                                   \
		.type = TPM2_ALG_ECC,                                         \
		.nameAlg = TPM2_ALG_##name_,                                  \
		.objectAttributes = (attributes_),                            \
		.parameters.eccDetail = {                                     \
			.symmetric.algorithm = TPM2_ALG_NULL,                 \
			.scheme = scheme_,                                    \
			.curveID = TPM2_ECC_NIST_##curve_,                    \
			.kdf.scheme = TPM2_ALG_NULL,                          \
		},                                                            \
		.unique.ecc.x = x_,                                           \
	}

#define ECC_WITH_POLICY(name_, curve_, policy_)                               \
	.pub.publicArea = {                                                   \
		.type = TPM2_ALG_ECC,                                         \
		.nameAlg = TPM2_ALG_##name_,                                  \
		.objectAttributes = OF_TCG,                                   \
		.authPolicy = policy_,                                        \
		.parameters.eccDetail = {                                     \
			.symmetric.algorithm = TPM2_ALG_NULL,                 \
			.scheme = ECDSA(name_),                               \
			.curveID = TPM2_ECC_NIST_##curve_,                    \
			.kdf.scheme = TPM2_ALG_NULL,                          \
		},                                                            \
		.unique.ecc.x = IDEVID,                                       \
	}

/* Scheme NULL: PKCS#1 v1.5 for X.509 and PSS for COSE with one key. */
#define RSA(unique_)                                                          \
	.pub.publicArea = {                                                   \
		.type = TPM2_ALG_RSA,                                         \
		.nameAlg = TPM2_ALG_SHA256,                                   \
		.objectAttributes = OURS,                                     \
		.parameters.rsaDetail = {                                     \
			.symmetric.algorithm = TPM2_ALG_NULL,                 \
			.scheme.scheme = TPM2_ALG_NULL,                       \
			.keyBits = 2048,                                      \
		},                                                            \
		.unique.rsa = unique_,                                        \
	}

/*
 * PolicyOR of PolicySecret(endorsement), that with Certify, that with
 * ActivateCredential, and PolicyAuthorizeNV(0x01C90010 for SHA-256, 0x01C90011
 * for SHA-384). tests/unit/test_ds_tpm_template.c computes it from its parts.
 */
#define IDEVID_POLICY_SHA256 { 32, {                                         \
	0xad, 0x6b, 0x3a, 0x22, 0x84, 0xfd, 0x69, 0x8a, 0x07, 0x10, 0xbf,     \
	0x5c, 0xc1, 0xb9, 0xbd, 0xf1, 0x5e, 0x25, 0x32, 0xe3, 0xf6, 0x01,     \
	0xfa, 0x4b, 0x93, 0xa6, 0xa8, 0xfa, 0x8d, 0xe5, 0x79, 0xea } }
#define IDEVID_POLICY_SHA384 { 48, {                                         \
	0x4d, 0xb1, 0xaa, 0x83, 0x6d, 0x0b, 0x56, 0x15, 0xdf, 0x6e, 0xe5,     \
	0x3a, 0x40, 0xef, 0x70, 0xc6, 0x1c, 0x21, 0x7f, 0x43, 0x03, 0xd4,     \
	0x46, 0x95, 0x92, 0x59, 0x72, 0xbc, 0x92, 0x70, 0x06, 0xcf, 0xa5,     \
	0xcb, 0xdf, 0x6d, 0xc1, 0x8c, 0x4d, 0xbe, 0x32, 0x9b, 0x2f, 0x15,     \
	0x42, 0xc3, 0xdd, 0x33 } }

/* Children have no fixed scheme and SHA-256 as their name's hash, which is
 * what OpenSSL's provider makes and what policies are computed with. */
static const struct ds_tpm_template templates[] = {
	{ "devid-p256-v1", DV_KEY_P256, 0, false, true,
	    ECC(OURS, SHA256, P256, ECDSA(SHA256), IDEVID) },
	{ "devid-p384-v1", DV_KEY_P384, 0, false, true,
	    ECC(OURS, SHA384, P384, ECDSA(SHA384), IDEVID) },
	{ "devid-rsa2048-v1", DV_KEY_RSA, 2048, false, true, RSA(IDEVID) },
	{ "tcg-h2", DV_KEY_P256, 0, false, false,
	    ECC_WITH_POLICY(SHA256, P256, IDEVID_POLICY_SHA256) },
	{ "tcg-h3", DV_KEY_P384, 0, false, false,
	    ECC_WITH_POLICY(SHA384, P384, IDEVID_POLICY_SHA384) },
	{ "ldevid-p256-v1", DV_KEY_P256, 0, true, true,
	    ECC(OURS, SHA256, P256, ANY_ECDSA, EMPTY) },
	{ "ldevid-p384-v1", DV_KEY_P384, 0, true, true,
	    ECC(OURS, SHA256, P384, ANY_ECDSA, EMPTY) },
	{ "ldevid-rsa2048-v1", DV_KEY_RSA, 2048, true, true, RSA(EMPTY) },
};

#define COUNT (sizeof(templates) / sizeof(*templates))

const TPM2B_PUBLIC ds_tpm_owner_primary = {
	.publicArea = {
		.type = TPM2_ALG_ECC,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = FIXED | TPMA_OBJECT_NODA |
		    TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
		.parameters.eccDetail = {
			.symmetric = {
				.algorithm = TPM2_ALG_AES,
				.keyBits.aes = 128,
				.mode.aes = TPM2_ALG_CFB,
			},
			.scheme.scheme = TPM2_ALG_NULL,
			.curveID = TPM2_ECC_NIST_P256,
			.kdf.scheme = TPM2_ALG_NULL,
		},
	},
};

const struct ds_tpm_template *
ds_tpm_template_named(const char *name)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(templates[i].name, name) == 0)
			return &templates[i];
	}
	return NULL;
}

const struct ds_tpm_template *
ds_tpm_template_usual(const struct ds_key_type *type, bool child)
{
	for (size_t i = 0; i < COUNT; i++) {
		const struct ds_tpm_template *t = &templates[i];
		if (t->usual && t->child == child && t->type == type->type &&
		    t->bits == type->bits)
			return t;
	}
	return NULL;
}

/* The union's other members have no bytes that are compared. */
static bool
same_parameters(const TPMT_PUBLIC *a, const TPMT_PUBLIC *b)
{
	const TPMS_ECC_PARMS *ea = &a->parameters.eccDetail,
	    *eb = &b->parameters.eccDetail;
	const TPMS_RSA_PARMS *ra = &a->parameters.rsaDetail,
	    *rb = &b->parameters.rsaDetail;
	if (a->type == TPM2_ALG_RSA)
		return ra->keyBits == rb->keyBits &&
		    ra->exponent == rb->exponent &&
		    ra->scheme.scheme == rb->scheme.scheme &&
		    ra->symmetric.algorithm == rb->symmetric.algorithm;
	return ea->curveID == eb->curveID &&
	    ea->symmetric.algorithm == eb->symmetric.algorithm &&
	    ea->kdf.scheme == eb->kdf.scheme &&
	    ea->scheme.scheme == eb->scheme.scheme &&
	    (ea->scheme.scheme == TPM2_ALG_NULL ||
	    ea->scheme.details.ecdsa.hashAlg ==
	    eb->scheme.details.ecdsa.hashAlg);
}

const struct ds_tpm_template *
ds_tpm_template_of(const TPMT_PUBLIC *pub, bool child)
{
	for (size_t i = 0; i < COUNT; i++) {
		const TPMT_PUBLIC *t = &templates[i].pub.publicArea;
		if (templates[i].child == child && t->type == pub->type &&
		    t->nameAlg == pub->nameAlg &&
		    t->objectAttributes == pub->objectAttributes &&
		    t->authPolicy.size == pub->authPolicy.size &&
		    memcmp(t->authPolicy.buffer, pub->authPolicy.buffer,
		    t->authPolicy.size) == 0 && same_parameters(t, pub))
			return &templates[i];
	}
	return NULL;
}
