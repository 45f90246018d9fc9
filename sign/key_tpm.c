/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys that live in a TPM: KEYSPEC tpm:0xHANDLE. The message is hashed here,
 * the private key never leaves the chip.
 */
#include <stdlib.h>
#include <string.h>

#include "dv_hash.h"
#include "key_ops.h"
#include "tpm.h"

/* Persistent handles the owner may use; above are the platform's. */
#define HANDLE_FIRST UINT32_C(0x81000000)
#define HANDLE_LAST UINT32_C(0x817fffff)

static enum dv_exit
handle_parse(const char *text, uint32_t *out, struct dv_err *err)
{
	size_t digits = strncmp(text, "0x", 2) == 0 ?
	    strspn(text + 2, "0123456789abcdefABCDEF") : 0;
	unsigned long handle = digits == 8 && text[10] == '\0' ?
	    strtoul(text, NULL, 16) : 0;
	if (handle >= HANDLE_FIRST && handle <= HANDLE_LAST) {
		*out = (uint32_t)handle;
		return DV_EXIT_YES;
	}
	enum dv_exit ret = dv_fail(err, DV_EXIT_USAGE,
	    "tpm:%s: not a persistent handle of the owner", text);
	return dv_hint(err, ret, "they are 0x%08x to 0x%08x; the device key is "
	    "at 0x%08x", (unsigned)HANDLE_FIRST, (unsigned)HANDLE_LAST,
	    (unsigned)DS_IDEVID_HANDLE);
}

const char *
ds_tpm_tcti(const struct ds_access *access)
{
	if (access->tcti != NULL)
		return access->tcti;
	const char *set = getenv(DS_TCTI_ENV);
	return set != NULL ? set : DS_TCTI_DEFAULT;
}

static enum dv_exit
load(struct ds_key *key, uint32_t handle, struct dv_err *err)
{
	uint8_t point[DS_TPM_POINT];
	enum dv_exit ret = ds_tpm_load(key->state, handle, point, err);
	if (ret != DV_EXIT_YES)
		return ret;
	return ds_key_set_public(key, DV_KEY_P256,
	    (struct dv_bytes){ point, sizeof(point) }, err);
}

static enum dv_exit
connect_to(struct ds_key *key, const struct ds_access *access,
    struct dv_err *err)
{
	struct ds_tpm *tpm;
	enum dv_exit ret = ds_tpm_open(ds_tpm_tcti(access), &tpm, err);
	key->state = tpm;
	return ret;
}

static enum dv_exit
tpm_open(struct ds_key *key, const char *rest, const struct ds_access *access,
    struct dv_err *err)
{
	uint32_t handle = 0;
	enum dv_exit ret = handle_parse(rest, &handle, err);
	if (ret == DV_EXIT_YES)
		ret = connect_to(key, access, err);
	if (ret == DV_EXIT_YES)
		ret = load(key, handle, err);
	return ret;
}

static enum dv_exit
tpm_create(struct ds_key *key, const char *rest,
    const struct ds_key_new *what, bool *created, struct dv_err *err)
{
	uint32_t handle = 0;
	enum dv_exit ret = handle_parse(rest, &handle, err);
	if (ret == DV_EXIT_YES && what->type->type != DV_KEY_P256)
		ret = ds_key_type_refuse(key, what->type, "p256", err);
	if (ret == DV_EXIT_YES)
		ret = connect_to(key, what->access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_create(key->state, handle, created, err);
	if (ret == DV_EXIT_YES)
		ret = load(key, handle, err);
	return ret;
}

static enum dv_exit
tpm_sign(struct ds_key *key, const struct ds_to_sign *what, uint8_t *sig,
    struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	if (dv_hash_once(dv_sig_hash(what->alg), what->message, digest) !=
	    DS_TPM_DIGEST)
		return dv_fail(err, DV_EXIT_NONE, "%s: hashing failed",
		    key->spec);
	return ds_tpm_sign(key->state, digest, sig, err);
}

static void
tpm_close(struct ds_key *key)
{
	ds_tpm_close(key->state);
}

const struct ds_key_ops ds_key_tpm = {
	.scheme = "tpm",
	.open = tpm_open,
	.create = tpm_create,
	.sign = tpm_sign,
	.close = tpm_close,
};
