/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the verbs of devsign share: their entry points, common options, and
 * reading a certificate chain.
 */
#ifndef DEVSIGN_CMD_H
#define DEVSIGN_CMD_H

#include "ds_sign1.h"
#include "host/args.h"
#include "host/pem.h"

#define DS_DEFAULT_KEY "tpm:0x81020000"
#define DS_DEFAULT_DIR "/var/lib/devsign"
#define DS_DEFAULT_CHAIN DS_DEFAULT_DIR "/chain.pem"

/* Options of every verb that opens a key. */
#define DS_KEY_OPTIONS                                                            \
	{ 'k', "key", "KEYSPEC",                                               \
	    "tpm:0x81020000 (default), file:PATH or pkcs11:URI", false },      \
	{ 0, "tcti", "TCTI",                                                   \
	    "way to the TPM (device:/dev/tpmrm0, or " DS_TCTI_ENV ")", false },\
	{ 0, "passphrase-file", "FILE",                                        \
	    "first line of FILE: passphrase or PIN of the key", false },       \
	{ 0, "passphrase-fd", "N",                                             \
	    "as that, from an open descriptor", false },                       \
	{ 0, "ask-passphrase", NULL,                                           \
	    "ask for the password of a TPM key", false },                      \
	{ 0, "owner-passphrase-file", "FILE",                                  \
	    "as that, of the TPM's owner hierarchy", false },                  \
	{ 0, "endorsement-passphrase-file", "FILE",                            \
	    "as that, of the endorsement hierarchy", false },                  \
	{ 0, "plain-session", NULL,                                            \
	    "do not encrypt what goes to the TPM", false }

/* Those options as ds_key_open() wants them. */
DV_MUST_USE enum dv_exit ds_cmd_access(const struct dv_args *args,
    struct ds_access *out, struct dv_err *err);

/* The KEYSPEC given, or the default. */
const char *ds_cmd_key_spec(const struct dv_args *args);

/*
 * Loads the chain in path and checks it, in one or in two steps. list owns what
 * chain points into; ds_cmd_chain_free() releases it, also after a failure.
 */
struct ds_cmd_chain {
	const char *path;
	struct dv_ders *list;
	struct ds_chain chain;
};
DV_MUST_USE enum dv_exit ds_cmd_chain_read(const char *path,
    struct ds_cmd_chain *out, struct dv_err *err);
DV_MUST_USE enum dv_exit ds_cmd_chain_check(struct ds_cmd_chain *chain,
    struct ds_chain_check *check, struct dv_err *err);
DV_MUST_USE enum dv_exit ds_cmd_chain_load(const char *path,
    struct ds_chain_check *check, struct ds_cmd_chain *out, struct dv_err *err);
void ds_cmd_chain_free(struct ds_cmd_chain *chain);

/* Says it on standard output, or on standard error when that carries data. */
void ds_cmd_say(const char *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* devsign key approve: the authority's key and options are in args */
DV_MUST_USE enum dv_exit ds_cmd_key_approve(const struct dv_args *args,
    const struct ds_access *access, struct dv_err *err);

/* devsign key list */
DV_MUST_USE enum dv_exit ds_cmd_key_list(const struct ds_access *access,
    bool json, struct dv_err *err);

extern const struct dv_opt ds_cmd_key_options[], ds_cmd_request_options[],
    ds_cmd_install_options[], ds_cmd_sign_options[], ds_cmd_lock_options[],
    ds_cmd_status_options[], ds_cmd_renew_options[], ds_cmd_reset_options[],
    ds_cmd_retire_options[], ds_cmd_countersign_options[],
    ds_cmd_voucher_options[];
enum dv_exit ds_cmd_key_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_request_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_install_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_sign_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_countersign_run(const struct dv_args *args,
    struct dv_err *err);
enum dv_exit ds_cmd_lock_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_status_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_renew_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_reset_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_retire_run(const struct dv_args *args, struct dv_err *err);
enum dv_exit ds_cmd_voucher_run(const struct dv_args *args, struct dv_err *err);

#endif
