/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys that live in a TPM: KEYSPEC tpm:0xHANDLE, or tpm:PATH for one in a TSS2
 * PRIVATE KEY file. The message is hashed here, the private key never leaves
 * the chip.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "dv_hash.h"
#include "key_ops.h"
#include "tpm.h"

/* Persistent handles the owner may use; above are the platform's. */
#define HANDLE_FIRST UINT32_C(0x81000000)
#define HANDLE_LAST UINT32_C(0x817fffff)

/* Is it meant as a handle, well written or not? All else is the path of a
 * file; "./" before it makes a path of anything. */
static bool
handle_meant(const char *text)
{
	return strncmp(text, "0x", 2) == 0 || text[0] == '-' ||
	    text[0] == ' ' ||
	    text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

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
public_set(struct ds_key *key, const struct ds_tpm_public *pub,
    struct dv_err *err)
{
	key->template = pub->template;
	if (pub->type == DV_KEY_RSA)
		return ds_key_set_public_rsa(key,
		    (struct dv_bytes){ pub->modulus, pub->modulus_len },
		    DV_BYTES(pub->exponent), err);
	return ds_key_set_public(key, pub->type,
	    (struct dv_bytes){ pub->point, pub->point_len }, err);
}

static enum dv_exit
load(struct ds_key *key, const char *rest, uint32_t handle,
    struct dv_err *err)
{
	struct ds_tpm_public pub;
	enum dv_exit ret = handle_meant(rest) ?
	    ds_tpm_load(key->state, handle, &pub, err) :
	    ds_tpm_load_file(key->state, rest, &pub, err);
	return ret == DV_EXIT_YES ? public_set(key, &pub, err) : ret;
}

static enum dv_exit
connect_to(struct ds_key *key, const struct ds_access *access,
    struct dv_err *err)
{
	struct ds_tpm *tpm;
	enum dv_exit ret = ds_tpm_open(ds_tpm_tcti(access), &tpm, err);
	key->state = tpm;
	return ret == DV_EXIT_YES ? ds_tpm_access(tpm, access, err) : ret;
}

static enum dv_exit
tpm_open(struct ds_key *key, const char *rest, const struct ds_access *access,
    struct dv_err *err)
{
	uint32_t handle = 0;
	enum dv_exit ret = handle_meant(rest) ?
	    handle_parse(rest, &handle, err) : DV_EXIT_YES;
	if (ret == DV_EXIT_YES)
		ret = connect_to(key, access, err);
	if (ret == DV_EXIT_YES)
		ret = load(key, rest, handle, err);
	return ret;
}

static enum dv_exit
policy_check(const struct ds_key *key, const struct ds_key_new *what,
    bool child, struct dv_err *err)
{
	if (what->pcr != NULL && what->policy_key != NULL)
		return dv_fail(err, DV_EXIT_USAGE, "--pcr contradicts "
		    "--policy-key, whose owner approves registers later");
	if (!child && (what->pcr != NULL || what->policy_key != NULL))
		return dv_fail(err, DV_EXIT_USAGE, "%s: a policy needs a file "
		    "that holds it: -k tpm:PATH", key->spec);
	return DV_EXIT_YES;
}

static enum dv_exit
tpm_create(struct ds_key *key, const char *rest,
    const struct ds_key_new *what, bool *created, struct dv_err *err)
{
	uint32_t handle = 0;
	const struct ds_tpm_template *template = NULL;
	bool child = !handle_meant(rest);
	enum dv_exit ret = child ? DV_EXIT_YES :
	    handle_parse(rest, &handle, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_template_choose(what, child, &template, err);
	if (ret == DV_EXIT_YES)
		ret = policy_check(key, what, child, err);
	if (ret == DV_EXIT_YES)
		ret = connect_to(key, what->access, err);
	if (ret == DV_EXIT_YES && child) {
		ret = ds_tpm_create_file(key->state, rest, what, template,
		    err);
		*created = ret == DV_EXIT_YES;
	} else if (ret == DV_EXIT_YES) {
		ret = ds_tpm_create(key->state, handle, template, created,
		    err);
	}
	if (ret == DV_EXIT_YES)
		ret = load(key, rest, handle, err);
	return ret;
}

static enum dv_exit
tpm_sign(struct ds_key *key, const struct ds_to_sign *what, uint8_t *sig,
    struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	size_t len = dv_hash_once(dv_sig_hash(what->alg), what->message,
	    digest);
	if (len == 0)
		return dv_fail(err, DV_EXIT_NONE, "%s: hashing failed",
		    key->spec);
	return ds_tpm_sign(key->state, what->alg,
	    (struct dv_bytes){ digest, len }, sig, err);
}

static void
tpm_close(struct ds_key *key)
{
	ds_tpm_close(key->state);
}

static enum dv_exit
tpm_salt_name(struct ds_key *key, uint8_t *name, size_t *len,
    struct dv_err *err)
{
	return ds_tpm_salt_name(key->state, name, len, err);
}

const struct ds_key_ops ds_key_tpm = {
	.scheme = "tpm",
	.open = tpm_open,
	.create = tpm_create,
	.sign = tpm_sign,
	.close = tpm_close,
	.salt_name = tpm_salt_name,
};
