/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign reset and retire: reset drops the operational identity and leaves what
 * the factory made; retire drops that too. A key in hardware stays: the TPM
 * derives it. Done again, each ends what was cut off. docs/LIFECYCLE.md.
 */
#include <stdio.h>
#include <string.h>

#include "cmd_nv.h"
#include "crypto.h"
#include "der.h"

#define SIGNATURE_MAX 4096	/* octets of the file */
#define HALF 32

const struct dv_opt ds_cmd_reset_options[] = {
	DS_DIR_OPTION,
	DS_YES_OPTION,
	{ 0, NULL, NULL, NULL, false },
};

const struct dv_opt ds_cmd_retire_options[] = {
	DS_TCTI_OPTION,
	DS_DIR_OPTION,
	{ 0, "rma-key", "FILE", "the maker's public key, to delete the "
	    "certificate in the TPM", false },
	{ 0, "rma-signature", "FILE", "and its signature for this device",
	  false },
	DS_YES_OPTION,
	{ 0, NULL, NULL, NULL, false },
};

/* ---- the operational identity ----------------------------------------------- */

/* Back to the factory's chain, or to none: from here on it is in use. */
static enum dv_exit
chain_back(const struct ds_device *device, struct dv_err *err)
{
	char from[DV_PATH_MAX], to[DV_PATH_MAX];
	struct dv_buf pem = { NULL, 0, 0 };
	struct dv_file_new file = { .path = to, .mode = 0644, .replace = true };
	if (!ds_device_has(device, DS_FILE_IDEVID))
		return ds_device_remove(device, DS_FILE_CHAIN, err);
	enum dv_exit ret = ds_device_path(device, DS_FILE_IDEVID, from, err);
	if (ret == DV_EXIT_YES)
		ret = ds_device_path(device, DS_FILE_CHAIN, to, err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_read(from, DV_FILE_MAX, &pem, err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(&pem), err);
	dv_buf_free(&pem);
	return ret;
}

/* The file of a key, then what the record says of it. */
static enum dv_exit
key_drop(struct ds_device *device, char spec[DS_RECORD_SPEC],
    char hash[DS_RECORD_HASH], struct dv_err *err)
{
	if (spec[0] == '\0')
		return DV_EXIT_YES;
	enum dv_exit ret = ds_device_remove_key(spec, err);
	if (ret != DV_EXIT_YES)
		return ret;
	memset(spec, 0, DS_RECORD_SPEC);
	memset(hash, 0, DS_RECORD_HASH);
	return ds_device_save(device, err);
}

static enum dv_exit
operational_drop(struct ds_device *device, struct dv_err *err)
{
	struct ds_record *r = &device->record;
	enum dv_exit ret = DV_EXIT_YES;
	if (r->ldevid_key[0] != '\0')
		ret = chain_back(device, err);
	if (ret == DV_EXIT_YES)
		ret = ds_device_remove(device, DS_FILE_REQUEST, err);
	if (ret == DV_EXIT_YES)
		ret = key_drop(device, r->next_key, r->next_spki, err);
	if (ret == DV_EXIT_YES)
		ret = key_drop(device, r->ldevid_key, r->ldevid_spki, err);
	if (ret == DV_EXIT_YES && r->generation != 0) {
		r->generation = 0;
		ret = ds_device_save(device, err);
	}
	return ret;
}

static enum dv_exit
reset(const struct dv_args *args, struct ds_device *device, struct dv_err *err)
{
	const struct ds_record *r = &device->record;
	char what[2 * DS_RECORD_SPEC + 64];
	const char *key = r->ldevid_key[0] != '\0' ? r->ldevid_key :
	    r->next_key;
	enum dv_exit ret = DV_EXIT_YES;
	(void)snprintf(what, sizeof(what), "this destroys the key %s", key);
	if (key[0] != '\0')
		ret = ds_cmd_confirm(args, what, err);
	if (ret == DV_EXIT_YES)
		ret = operational_drop(device, err);
	if (ret == DV_EXIT_YES)
		ds_cmd_say(NULL, "%s: %s", device->dir,
		    r->idevid_key[0] != '\0' ? "the identity from the factory is "
		    "in use" : "no identity is left");
	return ret;
}

enum dv_exit
ds_cmd_reset_run(const struct dv_args *args, struct dv_err *err)
{
	struct ds_device device = { .lock = -1 };
	enum dv_exit ret = ds_cmd_begin(args, &device, err);
	if (ret == DV_EXIT_YES)
		ret = reset(args, &device, err);
	ds_device_end(&device);
	return ret;
}

/* ---- the certificate in the TPM --------------------------------------------- */

static enum dv_exit
ref_of_key(const struct dv_args *args, uint8_t ref[DS_NV_REF],
    struct dv_err *err)
{
	struct ds_access access;
	struct ds_key *key = NULL;
	enum dv_exit ret = ds_cmd_access(args, &access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_open(DS_DEFAULT_KEY, &access, &key, err);
	if (ret == DV_EXIT_YES && !ds_nv_ref(ds_key_public(key), ref))
		ret = dv_fail(err, DV_EXIT_NONE, "hashing failed");
	ds_key_close(key);
	return ret;
}

/* The device's id: of the key in the certificate, else of the device's key. */
static enum dv_exit
ref_of(const struct dv_args *args, struct ds_tpm *tpm,
    const struct ds_nv *found, uint8_t ref[DS_NV_REF], struct dv_err *err)
{
	struct dv_buf der = { NULL, 0, 0 };
	struct dv_cert cert;
	struct dv_at at;
	bool known = false;
	enum dv_exit ret = DV_EXIT_YES;
	if (found->written) {
		ret = ds_tpm_nv_read(tpm, DS_NV_CERTIFICATE, found->size, &der,
		    err);
		known = ret == DV_EXIT_YES && dv_cert_parse(dv_buf_bytes(&der),
		    &cert, &at) == DV_R_NONE && ds_nv_ref(&cert.key, ref);
	}
	dv_buf_free(&der);
	return ret != DV_EXIT_YES || known ? ret : ref_of_key(args, ref, err);
}

/* The maker's signature, seen to be one before the TPM is asked. */
static enum dv_exit
leave_read(const char *path, struct ds_nv_leave *leave, struct dv_err *err)
{
	struct dv_buf der = { NULL, 0, 0 };
	uint8_t text[DS_NV_LEAVE];
	struct dv_bytes message = { text, sizeof(text) };
	struct dv_crypto_check check = {
		.key = leave->maker,
		.alg = DV_SIG_ECDSA_SHA256,
		.parts = &message,
		.part_count = 1,
		.signature = { leave->signature, sizeof(leave->signature) },
	};
	ds_nv_leave(leave->ref, text);
	enum dv_exit ret = dv_file_read(path, SIGNATURE_MAX, &der, err);
	if (ret == DV_EXIT_YES && (leave->maker->type != DV_KEY_P256 ||
	    dv_der_ecdsa(dv_buf_bytes(&der), HALF, leave->signature) !=
	    DV_R_NONE || dv_crypto_verify(&check) != DV_CRYPTO_VALID)) {
		ret = dv_fail(err, DV_EXIT_NO, "%s: is not a signature by the RMA "
		    "key for this device", path);
		dv_hint(err, ret, "devsign(1), under retire, says what the maker "
		    "signs");
	}
	dv_buf_free(&der);
	return ret;
}

static enum dv_exit
nv_delete(const struct dv_args *args, struct ds_tpm *tpm, struct dv_err *err)
{
	struct ds_nv found;
	struct ds_cmd_maker maker = { .list = NULL };
	struct ds_nv_leave leave = { .maker = &maker.key };
	enum dv_exit ret = ds_tpm_nv_look(tpm, DS_NV_CERTIFICATE, &found, err);
	if (ret != DV_EXIT_YES || !found.there)
		return ret;
	ret = ds_cmd_maker_load(dv_args_get(args, "rma-key"), &maker, err);
	if (ret == DV_EXIT_YES)
		ret = ref_of(args, tpm, &found, leave.ref, err);
	if (ret == DV_EXIT_YES)
		ret = leave_read(dv_args_get(args, "rma-signature"), &leave,
		    err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_nv_delete_by(tpm, DS_NV_CERTIFICATE, &leave, err);
	ds_cmd_maker_free(&maker);
	return ret;
}

static enum dv_exit
nv_retire(const struct dv_args *args, struct ds_device *device,
    struct dv_err *err)
{
	struct ds_access access;
	struct ds_tpm *tpm = NULL;
	if (!dv_args_has(args, "rma-key"))
		return DV_EXIT_YES;
	enum dv_exit ret = ds_cmd_access(args, &access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_open(ds_tpm_tcti(&access), &tpm, err);
	if (ret == DV_EXIT_YES)
		ret = nv_delete(args, tpm, err);
	if (ret == DV_EXIT_YES)
		device->record.nv = 0;
	ds_tpm_close(tpm);
	return ret;
}

/* ---- everything -------------------------------------------------------------- */

static enum dv_exit
retire(const struct dv_args *args, struct ds_device *device,
    struct dv_err *err)
{
	static const char *const files[] = { DS_FILE_CHAIN, DS_FILE_IDEVID,
		DS_FILE_RECORD };
	enum dv_exit ret = ds_cmd_confirm(args, "this ends all identities of the "
	    "device and destroys the keys that are in files", err);
	if (ret == DV_EXIT_YES)
		ret = nv_retire(args, device, err);
	bool stays = device->record.nv != 0;
	if (ret == DV_EXIT_YES)
		ret = operational_drop(device, err);
	for (size_t i = 0; ret == DV_EXIT_YES &&
	    i < sizeof(files) / sizeof(*files); i++)
		ret = ds_device_remove(device, files[i], err);
	if (ret == DV_EXIT_YES)
		ds_cmd_say(NULL, "%s: no identity is left%s", device->dir,
		    stays ? "; the certificate in the TPM stays" : "");
	return ret;
}

enum dv_exit
ds_cmd_retire_run(const struct dv_args *args, struct dv_err *err)
{
	struct ds_device device = { .lock = -1 };
	enum dv_exit ret = DV_EXIT_YES;
	if (dv_args_has(args, "rma-key") != dv_args_has(args, "rma-signature"))
		return dv_fail(err, DV_EXIT_USAGE, "retire: --rma-key and "
		    "--rma-signature go together");
	ret = ds_cmd_begin(args, &device, err);
	if (ret == DV_EXIT_YES)
		ret = retire(args, &device, err);
	ds_device_end(&device);
	return ret;
}
