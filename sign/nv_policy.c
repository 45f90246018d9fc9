/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Policy digests as a TPM computes them, in software, so that the maker needs
 * no TPM. Holds no secret. TCG TPM 2.0 Library part 1, 19.7; part 3, 23.3 and
 * 23.11.
 */
#include "nv_policy.h"

#include <string.h>

#include "dv_hash.h"

#define NAME 34			/* nameAlg and SHA-256 */
#define POINT 65		/* 04 x y */
#define HALF 32

/* TPM_CC_PolicySigned; PolicyCommandCode, NV_UndefineSpaceSpecial. */
static const uint8_t signed_code[] = { 0x00, 0x00, 0x01, 0x60 };
static const uint8_t command_code[] = { 0x00, 0x00, 0x01, 0x6c,
	0x00, 0x00, 0x01, 0x1f };

/*
 * TPMT_PUBLIC of a P-256 key as LoadExternal takes it, up to x: ECC, SHA-256,
 * userWithAuth|decrypt|sign (as tpm2_loadexternal has it), no policy, no
 * symmetric algorithm, any scheme, NIST P-256, no KDF.
 */
static const uint8_t public_head[] = { 0x00, 0x23, 0x00, 0x0b,
	0x00, 0x06, 0x00, 0x40, 0x00, 0x00, 0x00, 0x10, 0x00, 0x10,
	0x00, 0x03, 0x00, 0x10 };

static const uint8_t half_size[] = { 0x00, HALF };

struct part {
	const uint8_t *ptr;
	size_t len;
};

static bool
hash_parts(const struct part *parts, size_t count, uint8_t *out)
{
	struct dv_hash hash;
	uint8_t digest[DV_MAX_DIGEST];
	if (!dv_hash_start(&hash, DV_HASH_SHA256))
		return false;
	for (size_t i = 0; i < count; i++)
		dv_hash_update(&hash,
		    (struct dv_bytes){ parts[i].ptr, parts[i].len });
	bool ok = dv_hash_finish(&hash, digest) == DS_NV_POLICY;
	if (ok)
		memcpy(out, digest, DS_NV_POLICY);
	return ok;
}

static bool
name_of(const struct dv_key *key, uint8_t out[NAME])
{
	const uint8_t *point = key->octets.ptr;
	const struct part parts[] = {
		{ public_head, sizeof(public_head) },
		{ half_size, sizeof(half_size) }, { point + 1, HALF },
		{ half_size, sizeof(half_size) }, { point + 1 + HALF, HALF },
	};
	out[0] = 0x00;
	out[1] = 0x0b;
	return hash_parts(parts, 5, out + 2);
}

bool
ds_nv_ref(const struct dv_key *device, uint8_t out[DS_NV_REF])
{
	const struct part spki = { device->spki.ptr, device->spki.len };
	return hash_parts(&spki, 1, out);
}

enum dv_exit
ds_nv_policy(const struct dv_key *maker, const uint8_t ref[DS_NV_REF],
    uint8_t out[DS_NV_POLICY], struct dv_err *err)
{
	static const uint8_t start[DS_NV_POLICY];
	uint8_t name[NAME];
	memset(out, 0, DS_NV_POLICY);
	if (maker->type != DV_KEY_P256 || maker->octets.len != POINT)
		return dv_fail(err, DV_EXIT_USAGE, "the RMA key is a %s key, "
		    "wanted P-256", dv_key_type_name(maker->type));
	const struct part by_maker[] = { { start, sizeof(start) },
		{ signed_code, sizeof(signed_code) }, { name, sizeof(name) } };
	const struct part of_device[] = { { out, DS_NV_POLICY },
		{ ref, DS_NV_REF } };
	const struct part for_command[] = { { out, DS_NV_POLICY },
		{ command_code, sizeof(command_code) } };
	if (name_of(maker, name) && hash_parts(by_maker, 3, out) &&
	    hash_parts(of_device, 2, out) && hash_parts(for_command, 2, out))
		return DV_EXIT_YES;
	memset(out, 0, DS_NV_POLICY);
	return dv_fail(err, DV_EXIT_NONE, "hashing failed");
}

void
ds_nv_leave(const uint8_t ref[DS_NV_REF], uint8_t out[DS_NV_LEAVE])
{
	memset(out, 0, 4);
	memcpy(out + 4, ref, DS_NV_REF);
}
