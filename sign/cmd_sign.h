/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `devsign countersign` and the ways of `devsign sign` share: beside the
 * file, inside a module, by a key that is somewhere else. For sign/cmd_sign*.c
 * and sign/cmd_countersign.c alone.
 */
#ifndef CMD_SIGN_H
#define CMD_SIGN_H

#include "cmd_claims.h"
#include "cmd_state.h"
#include "host/file.h"

/* Who signs: key and chain, opened and checked together. Set to zeros before
 * ds_signer_open(); ds_signer_close() ends it, also after a failure. */
struct ds_signer {
	struct ds_access reach;
	struct ds_cmd_use use;
	uint8_t salt[DS_SALT_NAME];
	struct ds_key *key;
	struct ds_cmd_chain chain;
};
DV_MUST_USE enum dv_exit ds_signer_open(const struct dv_args *args, dv_time at,
    struct ds_signer *out, struct dv_err *err);
void ds_signer_close(struct ds_signer *signer);

/* What is the same for all files of one command. */
struct ds_sign_job {
	struct ds_key *key;		/* NULL: it is somewhere else */
	const struct ds_chain *chain;
	const char *output, *name, *type;
	struct ds_cmd_claims claims;
	enum dv_hash_id hash;
	dv_time at;
	bool force, embed, attach, manifest, multi;
	const char *append;		/* envelope to be added to, or NULL */
};

/* One file. */
struct ds_sign_task {
	const char *path, *name;
	char dir[DV_PATH_MAX];	/* manifest: the path without slashes at its end */
	char target[DV_PATH_MAX];
	uint64_t files;		/* of the manifest */
};

/* The name in the envelope: given, or the last part of the path. */
DV_MUST_USE enum dv_exit ds_sign_name(const struct ds_sign_job *job,
    struct ds_sign_task *task, struct dv_err *err);

/* Can task->target be made? dv_file_write() decides in the end. */
DV_MUST_USE enum dv_exit ds_sign_target_check(const struct ds_sign_job *job,
    struct ds_sign_task *task, struct dv_err *err);

/* What the envelope says; digest is borrowed. */
struct ds_sign1_new ds_sign_new(const struct ds_sign_job *job,
    const struct ds_sign_task *task, struct dv_bytes digest);

/* Says on standard output what was signed. */
DV_MUST_USE enum dv_exit ds_sign_say(const struct ds_sign_job *job,
    const struct ds_sign_task *task, uint64_t size, struct dv_bytes envelope,
    struct dv_err *err);

/* A signature more in the envelope job->append. */
DV_MUST_USE enum dv_exit ds_sign_append(const struct ds_sign_job *job,
    const struct ds_sign_task *task, struct dv_err *err);

/* --multi and --append go with less than a new envelope does. */
DV_MUST_USE enum dv_exit ds_sign_append_usage(const struct dv_args *args,
    struct dv_err *err);

/* A module with its envelope inside, into task->target. */
DV_MUST_USE enum dv_exit ds_sign_embed(const struct ds_sign_job *job,
    const struct ds_sign_task *task, struct dv_err *err);

/* Name of the signed module when none is given. */
DV_MUST_USE enum dv_exit ds_sign_embed_target(struct ds_sign_task *task,
    struct dv_err *err);

/* A directory: how it is called, and what is in it; see manifest_make.h. */
DV_MUST_USE enum dv_exit ds_sign_manifest_name(const struct ds_sign_job *job,
    struct ds_sign_task *task, struct dv_err *err);
DV_MUST_USE enum dv_exit ds_sign_manifest_read(const struct ds_sign_job *job,
    struct ds_sign_task *task, struct dv_buf *content, struct dv_err *err);

/* Is the key somewhere else (--export-tbs, --import-signature)? Then these. */
bool ds_sign_is_external(const struct dv_args *args);
DV_MUST_USE enum dv_exit ds_sign_external(const struct dv_args *args,
    const struct ds_sign_job *job, struct dv_err *err);

#endif
