/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the verbs share that know the device's state directory: where it is,
 * whose the chain in use is, and asking before what cannot be undone.
 */
#ifndef CMD_STATE_H
#define CMD_STATE_H

#include "cmd.h"
#include "device.h"

#define DS_DIR_OPTION                                                         \
	{ 0, "dir", "DIR", "the device's state (" DS_DEFAULT_DIR ")", false }
#define DS_TCTI_OPTION                                                        \
	{ 0, "tcti", "TCTI",                                                   \
	    "way to the TPM (device:/dev/tpmrm0, or " DS_TCTI_ENV ")", false }
#define DS_YES_OPTION                                                         \
	{ 0, "yes", NULL, "do not ask before what cannot be undone", false }

/* The directory given, or the default. */
const char *ds_cmd_dir(const struct dv_args *args);

/* Is there anything of that name? */
DV_MUST_USE bool ds_cmd_is_there(const char *path);

/*
 * Hash of the key of the first certificate in a file, as the record has it;
 * "" when the file is not there.
 */
DV_MUST_USE enum dv_exit ds_cmd_chain_hash(const char *path,
    char out[DS_RECORD_HASH], struct dv_err *err);

/* Begins to change the state, and ends what a power cut left. */
DV_MUST_USE enum dv_exit ds_cmd_begin(const struct dv_args *args,
    struct ds_device *out, struct dv_err *err);

/*
 * The key and the chain to sign with: those given, else those in use by the
 * record, else the defaults. key and chain are valid as long as this is.
 */
struct ds_cmd_use {
	struct ds_device device;
	char chain[DV_PATH_MAX];
	const char *key;
};
DV_MUST_USE enum dv_exit ds_cmd_use(const struct dv_args *args,
    struct ds_cmd_use *out, struct dv_err *err);

/* A key as the record notes it: with an absolute path. */
struct ds_cmd_key {
	char spec[DS_RECORD_SPEC], hash[DS_RECORD_HASH];
	char template[DS_RECORD_WORD], salt_key[DS_RECORD_NAME];
};
DV_MUST_USE enum dv_exit ds_cmd_key_note(struct ds_key *key,
    struct ds_cmd_key *out, struct dv_err *err);

/*
 * From now on sessions with the TPM are salted with the key of the record, when
 * it has one. room is what access then points into.
 */
DV_MUST_USE enum dv_exit ds_cmd_pin(const struct ds_record *record,
    uint8_t room[DS_SALT_NAME], struct ds_access *access, struct dv_err *err);

/*
 * Writes the key into the record: one in hardware as the factory's identity,
 * one in a file as the next, which its chain makes the one in use. There can be
 * only one next.
 */
DV_MUST_USE enum dv_exit ds_cmd_key_record(struct ds_device *device,
    const struct ds_cmd_key *key, struct dv_err *err);

/* A request for key into DIR/request.pem, in place of an older one, and the key
 * into the record. */
DV_MUST_USE enum dv_exit ds_cmd_request_keep(struct ds_device *device,
    struct ds_key *key, const char *subject, struct dv_err *err);

/* What a person wants to know about a chain. */
#define DS_CMD_NAME 256
struct ds_cmd_facts {
	char subject[DS_CMD_NAME], issuer[DS_CMD_NAME];	/* of the first */
	char top[DS_CMD_NAME];		/* issuer of the last */
	dv_time from, until;		/* when all are valid */
};
DV_MUST_USE enum dv_exit ds_cmd_facts(const struct ds_chain *chain,
    struct ds_cmd_facts *out, struct dv_err *err);

/* Writes certificates as PEM, in place of what is there. */
DV_MUST_USE enum dv_exit ds_cmd_chain_save(const char *path,
    const struct ds_chain *chain, struct dv_err *err);

/*
 * what: "this locks the certificate into the TPM for ever". Goes on with --yes
 * or after "yes" is typed on a terminal; otherwise nothing is done.
 */
DV_MUST_USE enum dv_exit ds_cmd_confirm(const struct dv_args *args,
    const char *what, struct dv_err *err);

#endif
