/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of algorithms. What is not here does not exist for this project.
 * RFC 4055, RFC 5758, RFC 8410, RFC 9802, RFC 9881 (X.509); RFC 8230, RFC 8778,
 * RFC 9053, RFC 9054, RFC 9864 (COSE).
 */
#include "dv_alg.h"

#include "built.h"
#include "bytes.h"

struct hash_row {
	const char *name;
	size_t size;
	int64_t cose;		/* RFC 9054 2.1 */
};

static const struct hash_row hashes[] = {
	[DV_HASH_NONE] = { "none", 0, 0 },
	[DV_HASH_SHA256] = { "SHA-256", 32, -16 },
	[DV_HASH_SHA384] = { "SHA-384", 48, -43 },
	[DV_HASH_SHA512] = { "SHA-512", 64, -44 },
};

/* 1.2.840.10045.4.3.{2,3,4} (RFC 5758 3.2) and 1.3.101.112 (RFC 8410 3). */
static const uint8_t ecdsa_sha256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04,
    0x03, 0x02 };
static const uint8_t ecdsa_sha384[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04,
    0x03, 0x03 };
static const uint8_t ecdsa_sha512[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04,
    0x03, 0x04 };
static const uint8_t ed25519[] = { 0x2b, 0x65, 0x70 };
/* 1.2.840.113549.1.1.{10,11,12,13} (RFC 4055 3.1, 5). */
#define PKCS1(n) { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, (n) }
static const uint8_t rsa_pss[] = PKCS1(0x0a);
static const uint8_t rsa_sha256[] = PKCS1(0x0b);
static const uint8_t rsa_sha384[] = PKCS1(0x0c);
static const uint8_t rsa_sha512[] = PKCS1(0x0d);
/* 2.16.840.1.101.3.4.3.{17,18,19} (RFC 9881 2). */
#define MLDSA(n) { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, (n) }
static const uint8_t mldsa44[] = MLDSA(0x11);
static const uint8_t mldsa65[] = MLDSA(0x12);
static const uint8_t mldsa87[] = MLDSA(0x13);
/* 1.2.840.113549.1.9.16.3.17 (RFC 9802 3). */
static const uint8_t hss_lms[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
    0x09, 0x10, 0x03, 0x11 };

struct sig_row {
	const char *name;
	struct dv_bytes oid;
	enum dv_hash_id hash;
	bool built;
};

#define OID(array) { (array), sizeof(array) }
static const struct sig_row sigs[DV_SIG_COUNT] = {
	[DV_SIG_NONE] = { "none", { NULL, 0 }, DV_HASH_NONE, false },
	[DV_SIG_ECDSA_SHA256] = { "ecdsa-with-SHA256", OID(ecdsa_sha256),
	    DV_HASH_SHA256, true },
	[DV_SIG_ECDSA_SHA384] = { "ecdsa-with-SHA384", OID(ecdsa_sha384),
	    DV_HASH_SHA384, DV_HAS_SHA384 },
	[DV_SIG_ECDSA_SHA512] = { "ecdsa-with-SHA512", OID(ecdsa_sha512),
	    DV_HASH_SHA512, DV_HAS_SHA512 },
	[DV_SIG_ED25519] = { "Ed25519", OID(ed25519), DV_HASH_NONE,
	    DV_HAS_ED25519 },
	[DV_SIG_RSA_SHA256] = { "sha256WithRSAEncryption", OID(rsa_sha256),
	    DV_HASH_SHA256, DV_HAS_RSA },
	[DV_SIG_RSA_SHA384] = { "sha384WithRSAEncryption", OID(rsa_sha384),
	    DV_HASH_SHA384, DV_HAS_RSA },
	[DV_SIG_RSA_SHA512] = { "sha512WithRSAEncryption", OID(rsa_sha512),
	    DV_HASH_SHA512, DV_HAS_RSA },
	[DV_SIG_PSS_SHA256] = { "RSASSA-PSS-SHA256", OID(rsa_pss),
	    DV_HASH_SHA256, DV_HAS_RSA },
	[DV_SIG_PSS_SHA384] = { "RSASSA-PSS-SHA384", OID(rsa_pss),
	    DV_HASH_SHA384, DV_HAS_RSA },
	[DV_SIG_PSS_SHA512] = { "RSASSA-PSS-SHA512", OID(rsa_pss),
	    DV_HASH_SHA512, DV_HAS_RSA },
	[DV_SIG_MLDSA44] = { "ML-DSA-44", OID(mldsa44), DV_HASH_NONE,
	    DV_HAS_MLDSA },
	[DV_SIG_MLDSA65] = { "ML-DSA-65", OID(mldsa65), DV_HASH_NONE,
	    DV_HAS_MLDSA },
	[DV_SIG_MLDSA87] = { "ML-DSA-87", OID(mldsa87), DV_HASH_NONE,
	    DV_HAS_MLDSA },
	[DV_SIG_HSS_LMS] = { "HSS-LMS", OID(hss_lms), DV_HASH_NONE,
	    DV_HAS_LMS },
};

struct key_row {
	const char *name;
	enum dv_sig_alg sig;	/* what this project signs with in X.509 */
	size_t sig_size;
	int64_t cose;		/* RFC 9053 2.1, 2.2: what is written */
	bool built;
	bool only_signs;	/* RFC 9295 3, RFC 9802 5, RFC 9881 5 */
};

static const struct key_row keys[] = {
	[DV_KEY_NONE] = { "none", DV_SIG_NONE, 0, 0, false, false },
	[DV_KEY_P256] = { "P-256", DV_SIG_ECDSA_SHA256, 64, -7, true, false },
	[DV_KEY_P384] = { "P-384", DV_SIG_ECDSA_SHA384, 96, -35, DV_HAS_P384,
	    false },
	[DV_KEY_ED25519] = { "Ed25519", DV_SIG_ED25519, 64, -8,
	    DV_HAS_ED25519, true },
	[DV_KEY_RSA] = { "RSA", DV_SIG_RSA_SHA256, 0, -37, DV_HAS_RSA, false },
	[DV_KEY_RSA_PSS] = { "RSASSA-PSS", DV_SIG_NONE, 0, 0, DV_HAS_RSA,
	    false },
	[DV_KEY_MLDSA44] = { "ML-DSA-44", DV_SIG_NONE, 2420, 0, DV_HAS_MLDSA,
	    true },
	[DV_KEY_MLDSA65] = { "ML-DSA-65", DV_SIG_NONE, 3309, 0, DV_HAS_MLDSA,
	    true },
	[DV_KEY_MLDSA87] = { "ML-DSA-87", DV_SIG_NONE, 4627, 0, DV_HAS_MLDSA,
	    true },
	[DV_KEY_HSS_LMS] = { "HSS/LMS", DV_SIG_NONE, 0, 0, DV_HAS_LMS, true },
};

struct cose_row {
	int64_t id;
	enum dv_key_type key;
	enum dv_sig_alg sig;
};

/* What is read. Not here and so refused: RS256 (-257) and all with SHA-1. */
static const struct cose_row cose[] = {
	{ -7, DV_KEY_P256, DV_SIG_ECDSA_SHA256 },
	{ -9, DV_KEY_P256, DV_SIG_ECDSA_SHA256 },
	{ -35, DV_KEY_P384, DV_SIG_ECDSA_SHA384 },
	{ -51, DV_KEY_P384, DV_SIG_ECDSA_SHA384 },
	{ -8, DV_KEY_ED25519, DV_SIG_ED25519 },
	{ -19, DV_KEY_ED25519, DV_SIG_ED25519 },
	{ -37, DV_KEY_RSA, DV_SIG_PSS_SHA256 },
	{ -38, DV_KEY_RSA, DV_SIG_PSS_SHA384 },
	{ -39, DV_KEY_RSA, DV_SIG_PSS_SHA512 },
	{ -48, DV_KEY_MLDSA44, DV_SIG_MLDSA44 },
	{ -49, DV_KEY_MLDSA65, DV_SIG_MLDSA65 },
	{ -50, DV_KEY_MLDSA87, DV_SIG_MLDSA87 },
	{ -46, DV_KEY_HSS_LMS, DV_SIG_HSS_LMS },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct hash_row *
hash_row(enum dv_hash_id id)
{
	return &hashes[(size_t)id < COUNT(hashes) ? id : DV_HASH_NONE];
}

static const struct sig_row *
sig_row(enum dv_sig_alg alg)
{
	return &sigs[(size_t)alg < COUNT(sigs) ? alg : DV_SIG_NONE];
}

static const struct key_row *
key_row(enum dv_key_type type)
{
	return &keys[(size_t)type < COUNT(keys) ? type : DV_KEY_NONE];
}

size_t
dv_hash_size(enum dv_hash_id id)
{
	return hash_row(id)->size;
}

const char *
dv_hash_name(enum dv_hash_id id)
{
	return hash_row(id)->name;
}

int64_t
dv_hash_cose(enum dv_hash_id id)
{
	return hash_row(id)->cose;
}

enum dv_hash_id
dv_hash_from_cose(int64_t id)
{
	size_t i;

	for (i = DV_HASH_NONE + 1; i < COUNT(hashes); i++)
		if (hashes[i].cose == id)
			return (enum dv_hash_id)i;
	return DV_HASH_NONE;
}

const char *
dv_key_type_name(enum dv_key_type type)
{
	return key_row(type)->name;
}

bool
dv_key_only_signs(enum dv_key_type type)
{
	return key_row(type)->only_signs;
}

const char *
dv_sig_name(enum dv_sig_alg alg)
{
	return sig_row(alg)->name;
}

struct dv_bytes
dv_sig_oid(enum dv_sig_alg alg)
{
	return sig_row(alg)->oid;
}

enum dv_sig_alg
dv_sig_from_oid(struct dv_bytes oid)
{
	size_t i;

	for (i = DV_SIG_NONE + 1; i < COUNT(sigs); i++)
		if (dv_bytes_equal(sigs[i].oid, oid) &&
		    sigs[i].oid.ptr != rsa_pss)
			return (enum dv_sig_alg)i;
	return DV_SIG_NONE;
}

uint32_t
dv_sig_built(void)
{
	uint32_t set = 0;

	for (size_t i = DV_SIG_NONE + 1; i < COUNT(sigs); i++)
		if (sigs[i].built)
			set |= DV_SIG_BIT(i);
	return set;
}

enum dv_hash_id
dv_sig_hash(enum dv_sig_alg alg)
{
	return sig_row(alg)->hash;
}

#define ECDSA                                                                  \
	(DV_SIG_BIT(DV_SIG_ECDSA_SHA256) | DV_SIG_BIT(DV_SIG_ECDSA_SHA384) |   \
	 DV_SIG_BIT(DV_SIG_ECDSA_SHA512))
#define RSA_PKCS1                                                              \
	(DV_SIG_BIT(DV_SIG_RSA_SHA256) | DV_SIG_BIT(DV_SIG_RSA_SHA384) |       \
	 DV_SIG_BIT(DV_SIG_RSA_SHA512))
#define RSA_PSS                                                                \
	(DV_SIG_BIT(DV_SIG_PSS_SHA256) | DV_SIG_BIT(DV_SIG_PSS_SHA384) |       \
	 DV_SIG_BIT(DV_SIG_PSS_SHA512))

/*
 * Each curve with each of the three hashes, as RFC 5480 4 permits: a hash
 * weaker than the curve is as strong as the hash, and none here is weaker than
 * SHA-256.
 */
static uint32_t
sigs_of(enum dv_key_type type)
{
	switch (type) {
	case DV_KEY_P256:
	case DV_KEY_P384:
		return ECDSA;
	case DV_KEY_ED25519:
		return DV_SIG_BIT(DV_SIG_ED25519);
	case DV_KEY_RSA:
		return RSA_PKCS1 | RSA_PSS;
	case DV_KEY_RSA_PSS:
		return RSA_PSS;
	case DV_KEY_MLDSA44:
		return DV_SIG_BIT(DV_SIG_MLDSA44);
	case DV_KEY_MLDSA65:
		return DV_SIG_BIT(DV_SIG_MLDSA65);
	case DV_KEY_MLDSA87:
		return DV_SIG_BIT(DV_SIG_MLDSA87);
	case DV_KEY_HSS_LMS:
		return DV_SIG_BIT(DV_SIG_HSS_LMS);
	case DV_KEY_NONE:
	default:
		return 0;
	}
}

bool
dv_sig_fits_key(enum dv_sig_alg alg, enum dv_key_type type)
{
	return alg < DV_SIG_COUNT && (sigs_of(type) & DV_SIG_BIT(alg)) != 0;
}

bool
dv_key_type_built(enum dv_key_type type)
{
	return key_row(type)->built;
}

enum dv_sig_alg
dv_sig_for_key(enum dv_key_type type)
{
	return key_row(type)->sig;
}

size_t
dv_sig_size(enum dv_key_type type)
{
	return key_row(type)->sig_size;
}

int64_t
dv_cose_alg(enum dv_key_type type)
{
	return key_row(type)->cose;
}

static const struct cose_row *
cose_row(int64_t id)
{
	for (size_t i = 0; i < COUNT(cose); i++)
		if (cose[i].id == id && key_row(cose[i].key)->built)
			return &cose[i];
	return NULL;
}

enum dv_key_type
dv_cose_key_type(int64_t alg)
{
	const struct cose_row *row = cose_row(alg);

	return row != NULL ? row->key : DV_KEY_NONE;
}

enum dv_sig_alg
dv_cose_sig(int64_t alg)
{
	const struct cose_row *row = cose_row(alg);

	return row != NULL ? row->sig : DV_SIG_NONE;
}

bool
dv_cose_fits_key(enum dv_key_type wanted, enum dv_key_type type)
{
	return wanted != DV_KEY_NONE && (type == wanted ||
	    (wanted == DV_KEY_RSA && type == DV_KEY_RSA_PSS));
}
