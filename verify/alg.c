/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of algorithms. What is not here does not exist for this project.
 * RFC 5758, RFC 8410 (X.509); RFC 9053, RFC 9054, RFC 9864 (COSE).
 */
#include "dv_alg.h"

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

struct sig_row {
	const char *name;
	struct dv_bytes oid;
	enum dv_hash_id hash;
};

static const struct sig_row sigs[] = {
	[DV_SIG_NONE] = { "none", { NULL, 0 }, DV_HASH_NONE },
	[DV_SIG_ECDSA_SHA256] = { "ecdsa-with-SHA256",
	    { ecdsa_sha256, sizeof(ecdsa_sha256) }, DV_HASH_SHA256 },
	[DV_SIG_ECDSA_SHA384] = { "ecdsa-with-SHA384",
	    { ecdsa_sha384, sizeof(ecdsa_sha384) }, DV_HASH_SHA384 },
	[DV_SIG_ECDSA_SHA512] = { "ecdsa-with-SHA512",
	    { ecdsa_sha512, sizeof(ecdsa_sha512) }, DV_HASH_SHA512 },
	[DV_SIG_ED25519] = { "Ed25519", { ed25519, sizeof(ed25519) },
	    DV_HASH_NONE },
};

struct key_row {
	const char *name;
	enum dv_sig_alg sig;
	size_t sig_size;
	int64_t cose;		/* RFC 9053 2.1, 2.2: what is written */
	int64_t cose_exact;	/* RFC 9864: read as well */
};

static const struct key_row keys[] = {
	[DV_KEY_NONE] = { "none", DV_SIG_NONE, 0, 0, 0 },
	[DV_KEY_P256] = { "P-256", DV_SIG_ECDSA_SHA256, 64, -7, -9 },
	[DV_KEY_P384] = { "P-384", DV_SIG_ECDSA_SHA384, 96, -35, -51 },
	[DV_KEY_ED25519] = { "Ed25519", DV_SIG_ED25519, 64, -8, -19 },
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
		if (dv_bytes_equal(sigs[i].oid, oid))
			return (enum dv_sig_alg)i;
	return DV_SIG_NONE;
}

enum dv_hash_id
dv_sig_hash(enum dv_sig_alg alg)
{
	return sig_row(alg)->hash;
}

bool
dv_sig_fits_key(enum dv_sig_alg alg, enum dv_key_type type)
{
	switch (type) {
	case DV_KEY_P256:
	case DV_KEY_P384:
		return alg == DV_SIG_ECDSA_SHA256 ||
		    alg == DV_SIG_ECDSA_SHA384 || alg == DV_SIG_ECDSA_SHA512;
	case DV_KEY_ED25519:
		return alg == DV_SIG_ED25519;
	case DV_KEY_NONE:
	default:
		return false;
	}
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

enum dv_key_type
dv_cose_key_type(int64_t alg)
{
	size_t i;

	for (i = DV_KEY_NONE + 1; i < COUNT(keys); i++)
		if (keys[i].cose == alg || keys[i].cose_exact == alg)
			return (enum dv_key_type)i;
	return DV_KEY_NONE;
}
