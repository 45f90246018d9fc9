/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of algorithms. What is not here does not exist for this project.
 * RFC 4055, RFC 5758, RFC 8410, RFC 9802, RFC 9881 (X.509); RFC 8230, RFC 8778,
 * RFC 9053, RFC 9054, RFC 9864 (COSE).
 */
#include "dv_alg.h"

#include "built.h"
#include "bytes.h"
#include "key.h"

/*
 * Rows of what this build has (hashes: of all, for who computes them elsewhere),
 * and names of everything: a boot loader asks for none and is without them.
 */
struct hash_row {
	uint8_t id;		/* enum dv_hash_id */
	uint8_t size;
	int8_t cose;		/* RFC 9054 2.1 */
};

static const struct hash_row hashes[] = {
	{ DV_HASH_SHA256, 32, -16 },
	{ DV_HASH_SHA384, 48, -43 },
	{ DV_HASH_SHA512, 64, -44 },
};

static const char *const hash_names[] = {
	[DV_HASH_NONE] = "none",
	[DV_HASH_SHA256] = "SHA-256",
	[DV_HASH_SHA384] = "SHA-384",
	[DV_HASH_SHA512] = "SHA-512",
};

/* 1.2.840.10045.4.3.{2,3,4} (RFC 5758 3.2) and 1.3.101.112 (RFC 8410 3). */
#define ECDSA_OID(n) OID(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, (n))
#define ED25519_OID OID(0x2b, 0x65, 0x70)
/* 1.2.840.113549.1.1.{11,12,13}, and 10 (RFC 4055 5, 3.1). */
#define PKCS1_OID(n) OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, (n))
#define PSS_OID PKCS1_OID(0x0a)
/* 2.16.840.1.101.3.4.3.{17,18,19} (RFC 9881 2). */
#define MLDSA_OID(n) OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, (n))
/* 1.2.840.113549.1.9.16.3.17 (RFC 9802 3). */
#define HSS_LMS_OID OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, \
    0x03, 0x11)

struct sig_row {
	uint8_t alg;		/* enum dv_sig_alg */
	uint8_t hash;		/* enum dv_hash_id */
	uint8_t oid_len;
	uint8_t oid[11];
};

#define OID(...) sizeof((const uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ }
static const struct sig_row sigs[] = {
	{ DV_SIG_ECDSA_SHA256, DV_HASH_SHA256, ECDSA_OID(0x02) },
#if DV_HAS_SHA384
	{ DV_SIG_ECDSA_SHA384, DV_HASH_SHA384, ECDSA_OID(0x03) },
#endif
#if DV_HAS_SHA512
	{ DV_SIG_ECDSA_SHA512, DV_HASH_SHA512, ECDSA_OID(0x04) },
#endif
#if DV_HAS_ED25519
	{ DV_SIG_ED25519, DV_HASH_NONE, ED25519_OID },
#endif
#if DV_HAS_RSA
	{ DV_SIG_RSA_SHA256, DV_HASH_SHA256, PKCS1_OID(0x0b) },
	{ DV_SIG_RSA_SHA384, DV_HASH_SHA384, PKCS1_OID(0x0c) },
	{ DV_SIG_RSA_SHA512, DV_HASH_SHA512, PKCS1_OID(0x0d) },
	{ DV_SIG_PSS_SHA256, DV_HASH_SHA256, PSS_OID },
	{ DV_SIG_PSS_SHA384, DV_HASH_SHA384, PSS_OID },
	{ DV_SIG_PSS_SHA512, DV_HASH_SHA512, PSS_OID },
#endif
#if DV_HAS_MLDSA
	{ DV_SIG_MLDSA44, DV_HASH_NONE, MLDSA_OID(0x11) },
	{ DV_SIG_MLDSA65, DV_HASH_NONE, MLDSA_OID(0x12) },
	{ DV_SIG_MLDSA87, DV_HASH_NONE, MLDSA_OID(0x13) },
#endif
#if DV_HAS_LMS
	{ DV_SIG_HSS_LMS, DV_HASH_NONE, HSS_LMS_OID },
#endif
};

static const char *const sig_names[DV_SIG_COUNT] = {
	[DV_SIG_NONE] = "none",
	[DV_SIG_ECDSA_SHA256] = "ecdsa-with-SHA256",
	[DV_SIG_ECDSA_SHA384] = "ecdsa-with-SHA384",
	[DV_SIG_ECDSA_SHA512] = "ecdsa-with-SHA512",
	[DV_SIG_ED25519] = "Ed25519",
	[DV_SIG_RSA_SHA256] = "sha256WithRSAEncryption",
	[DV_SIG_RSA_SHA384] = "sha384WithRSAEncryption",
	[DV_SIG_RSA_SHA512] = "sha512WithRSAEncryption",
	[DV_SIG_PSS_SHA256] = "RSASSA-PSS-SHA256",
	[DV_SIG_PSS_SHA384] = "RSASSA-PSS-SHA384",
	[DV_SIG_PSS_SHA512] = "RSASSA-PSS-SHA512",
	[DV_SIG_MLDSA44] = "ML-DSA-44",
	[DV_SIG_MLDSA65] = "ML-DSA-65",
	[DV_SIG_MLDSA87] = "ML-DSA-87",
	[DV_SIG_HSS_LMS] = "HSS-LMS",
};

/*
 * Each curve with each of the three hashes, as RFC 5480 4 permits: a hash
 * weaker than the curve is as strong as the hash, and none here is weaker than
 * SHA-256.
 */
#define ECDSA                                                                  \
	(DV_SIG_BIT(DV_SIG_ECDSA_SHA256) | DV_SIG_BIT(DV_SIG_ECDSA_SHA384) |   \
	 DV_SIG_BIT(DV_SIG_ECDSA_SHA512))
#define RSA_PKCS1                                                              \
	(DV_SIG_BIT(DV_SIG_RSA_SHA256) | DV_SIG_BIT(DV_SIG_RSA_SHA384) |       \
	 DV_SIG_BIT(DV_SIG_RSA_SHA512))
#define RSA_PSS                                                                \
	(DV_SIG_BIT(DV_SIG_PSS_SHA256) | DV_SIG_BIT(DV_SIG_PSS_SHA384) |       \
	 DV_SIG_BIT(DV_SIG_PSS_SHA512))

struct key_row {
	uint8_t type;		/* enum dv_key_type */
	uint8_t sig;		/* what this project signs with in X.509 */
	uint16_t sig_size;	/* 0: the key decides */
	uint16_t octets;	/* of the key; 0: they have a form of their own */
	uint16_t sigs;		/* DV_SIG_BIT(): what such a key may make */
	int8_t cose;		/* RFC 9053 2.1, 2.2: what is written */
	bool only_signs;	/* RFC 9295 3, RFC 9802 5, RFC 9881 5 */
};
_Static_assert(DV_SIG_COUNT <= 16, "key_row.sigs");

static const struct key_row keys[] = {
	{ DV_KEY_P256, DV_SIG_ECDSA_SHA256, 64, 65, ECDSA, -7, false },
#if DV_HAS_P384
	{ DV_KEY_P384, DV_SIG_ECDSA_SHA384, 96, 97, ECDSA, -35, false },
#endif
#if DV_HAS_ED25519
	{ DV_KEY_ED25519, DV_SIG_ED25519, 64, 32, DV_SIG_BIT(DV_SIG_ED25519),
	    -8, true },
#endif
#if DV_HAS_RSA
	{ DV_KEY_RSA, DV_SIG_RSA_SHA256, 0, 0, RSA_PKCS1 | RSA_PSS, -37,
	    false },
	{ DV_KEY_RSA_PSS, DV_SIG_NONE, 0, 0, RSA_PSS, 0, false },
#endif
#if DV_HAS_MLDSA
	{ DV_KEY_MLDSA44, DV_SIG_NONE, 2420, 1312, DV_SIG_BIT(DV_SIG_MLDSA44),
	    0, true },
	{ DV_KEY_MLDSA65, DV_SIG_NONE, 3309, 1952, DV_SIG_BIT(DV_SIG_MLDSA65),
	    0, true },
	{ DV_KEY_MLDSA87, DV_SIG_NONE, 4627, 2592, DV_SIG_BIT(DV_SIG_MLDSA87),
	    0, true },
#endif
#if DV_HAS_LMS
	{ DV_KEY_HSS_LMS, DV_SIG_NONE, 0, 0, DV_SIG_BIT(DV_SIG_HSS_LMS), 0,
	    true },
#endif
};

static const char *const key_names[] = {
	[DV_KEY_NONE] = "none",
	[DV_KEY_P256] = "P-256",
	[DV_KEY_P384] = "P-384",
	[DV_KEY_ED25519] = "Ed25519",
	[DV_KEY_RSA] = "RSA",
	[DV_KEY_RSA_PSS] = "RSASSA-PSS",
	[DV_KEY_MLDSA44] = "ML-DSA-44",
	[DV_KEY_MLDSA65] = "ML-DSA-65",
	[DV_KEY_MLDSA87] = "ML-DSA-87",
	[DV_KEY_HSS_LMS] = "HSS/LMS",
};

struct cose_row {
	int8_t id;
	uint8_t key;		/* enum dv_key_type */
	uint8_t sig;		/* enum dv_sig_alg */
};

/* What is read. Not here and so refused: RS256 (-257) and all with SHA-1. */
static const struct cose_row cose[] = {
	{ -7, DV_KEY_P256, DV_SIG_ECDSA_SHA256 },
	{ -9, DV_KEY_P256, DV_SIG_ECDSA_SHA256 },
#if DV_HAS_P384
	{ -35, DV_KEY_P384, DV_SIG_ECDSA_SHA384 },
	{ -51, DV_KEY_P384, DV_SIG_ECDSA_SHA384 },
#endif
#if DV_HAS_ED25519
	{ -8, DV_KEY_ED25519, DV_SIG_ED25519 },
	{ -19, DV_KEY_ED25519, DV_SIG_ED25519 },
#endif
#if DV_HAS_RSA
	{ -37, DV_KEY_RSA, DV_SIG_PSS_SHA256 },
	{ -38, DV_KEY_RSA, DV_SIG_PSS_SHA384 },
	{ -39, DV_KEY_RSA, DV_SIG_PSS_SHA512 },
#endif
#if DV_HAS_MLDSA
	{ -48, DV_KEY_MLDSA44, DV_SIG_MLDSA44 },
	{ -49, DV_KEY_MLDSA65, DV_SIG_MLDSA65 },
	{ -50, DV_KEY_MLDSA87, DV_SIG_MLDSA87 },
#endif
#if DV_HAS_LMS
	{ -46, DV_KEY_HSS_LMS, DV_SIG_HSS_LMS },
#endif
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What is said of what is in no row. */
static const struct hash_row no_hash;
static const struct sig_row no_sig;
static const struct key_row no_key;
static const struct cose_row no_cose;

static const struct hash_row *
hash_row(enum dv_hash_id id)
{
	for (size_t i = 0; i < COUNT(hashes); i++)
		if (hashes[i].id == id)
			return &hashes[i];
	return &no_hash;
}

static const struct sig_row *
sig_row(enum dv_sig_alg alg)
{
	for (size_t i = 0; i < COUNT(sigs); i++)
		if (sigs[i].alg == alg)
			return &sigs[i];
	return &no_sig;
}

static const struct key_row *
key_row(enum dv_key_type type)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].type == type)
			return &keys[i];
	return &no_key;
}

static const struct cose_row *
cose_row(int64_t id)
{
	for (size_t i = 0; i < COUNT(cose); i++)
		if (cose[i].id == id)
			return &cose[i];
	return &no_cose;
}

size_t
dv_hash_size(enum dv_hash_id id)
{
	return hash_row(id)->size;
}

const char *
dv_hash_name(enum dv_hash_id id)
{
	return hash_names[(size_t)id < COUNT(hash_names) ? id : DV_HASH_NONE];
}

int64_t
dv_hash_cose(enum dv_hash_id id)
{
	return hash_row(id)->cose;
}

enum dv_hash_id
dv_hash_from_cose(int64_t id)
{
	for (size_t i = 0; i < COUNT(hashes); i++)
		if (hashes[i].cose == id)
			return (enum dv_hash_id)hashes[i].id;
	return DV_HASH_NONE;
}

const char *
dv_key_type_name(enum dv_key_type type)
{
	return key_names[(size_t)type < COUNT(key_names) ? type : DV_KEY_NONE];
}

bool
dv_key_only_signs(enum dv_key_type type)
{
	return (DV_HAS_ED25519 || DV_HAS_MLDSA || DV_HAS_LMS) &&
	    key_row(type)->only_signs;
}

size_t
dv_key_octets(enum dv_key_type type)
{
	return key_row(type)->octets;
}

/* RFC 8410, RFC 9802, RFC 9881: those that have one algorithm and no other use. */
enum dv_key_type
dv_key_type_of(enum dv_sig_alg alg)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].only_signs && keys[i].sigs == DV_SIG_BIT(alg))
			return (enum dv_key_type)keys[i].type;
	return DV_KEY_NONE;
}

const char *
dv_sig_name(enum dv_sig_alg alg)
{
	return sig_names[(size_t)alg < COUNT(sig_names) ? alg : DV_SIG_NONE];
}

static struct dv_bytes
oid_of(const struct sig_row *row)
{
	return (struct dv_bytes){ row->oid_len > 0 ? row->oid : NULL,
	    row->oid_len };
}

struct dv_bytes
dv_sig_oid(enum dv_sig_alg alg)
{
	return oid_of(sig_row(alg));
}

static bool
is_pss(enum dv_sig_alg alg)
{
	return (RSA_PSS & DV_SIG_BIT(alg)) != 0;
}

enum dv_sig_alg
dv_sig_from_oid(struct dv_bytes oid)
{
	for (size_t i = 0; i < COUNT(sigs); i++) {
		const enum dv_sig_alg alg = (enum dv_sig_alg)sigs[i].alg;

		if (dv_bytes_equal(oid_of(&sigs[i]), oid) && !is_pss(alg))
			return alg;
	}
	return DV_SIG_NONE;
}

uint32_t
dv_sig_built(void)
{
	uint32_t set = 0;

	for (size_t i = 0; i < COUNT(sigs); i++)
		set |= DV_SIG_BIT(sigs[i].alg);
	return set;
}

enum dv_hash_id
dv_sig_hash(enum dv_sig_alg alg)
{
	return (enum dv_hash_id)sig_row(alg)->hash;
}

bool
dv_sig_fits_key(enum dv_sig_alg alg, enum dv_key_type type)
{
	return alg < DV_SIG_COUNT &&
	    (key_row(type)->sigs & DV_SIG_BIT(alg)) != 0;
}

bool
dv_key_type_built(enum dv_key_type type)
{
	return key_row(type) != &no_key;
}

enum dv_sig_alg
dv_sig_for_key(enum dv_key_type type)
{
	return (enum dv_sig_alg)key_row(type)->sig;
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

enum dv_key_type
dv_cose_key_type(int64_t alg)
{
	return (enum dv_key_type)cose_row(alg)->key;
}

enum dv_sig_alg
dv_cose_sig(int64_t alg)
{
	return (enum dv_sig_alg)cose_row(alg)->sig;
}

bool
dv_cose_fits_key(enum dv_key_type wanted, enum dv_key_type type)
{
	return wanted != DV_KEY_NONE && (type == wanted ||
	    (DV_HAS_RSA && wanted == DV_KEY_RSA && type == DV_KEY_RSA_PSS));
}
