/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TSS2 PRIVATE KEY files: a key that only one TPM can unwrap, and how it wants
 * to be used (draft-bottomley-tpm2-keys-00). Form only; no TPM is asked.
 */
#ifndef TPM_FILE_H
#define TPM_FILE_H

#include "ds_der.h"

#define DS_TPM_FILE_LABEL "TSS2 PRIVATE KEY"
#define DS_TPM_FILE_MAX 65536		/* octets of a file */
#define DS_TPM_STEPS 32			/* commands of one policy */
#define DS_TPM_APPROVALS 32		/* approved policies of one key */

/* A policy command with its parameters, without handle and session. */
struct ds_tpm_step {
	uint32_t command;
	struct dv_bytes body;
};

struct ds_tpm_policy {
	struct dv_bytes name;		/* of an approved one; absent: none */
	struct ds_tpm_step step[DS_TPM_STEPS];
	size_t count;
};

/* Views into what was read. */
struct ds_tpm_file {
	bool empty_auth;		/* as stated, which may be wrong */
	struct ds_tpm_policy policy;	/* count 0: a password is enough */
	struct ds_tpm_policy approved[DS_TPM_APPROVALS];
	size_t approved_count;
	struct dv_bytes description;	/* absent: none */
	uint32_t parent;		/* 0x40000001: owner, or 0x81...... */
	struct dv_bytes pub, priv;	/* TPM2B, with their sizes */
};

/* Reads the DER of a file; path is for messages. */
DV_MUST_USE enum dv_exit ds_tpm_file_read(const char *path,
    struct dv_bytes der, struct ds_tpm_file *out, struct dv_err *err);

/* That of a file on disk; *der is what *out points into, also after a failure
 * the caller's. (tpm_child.c) */
DV_MUST_USE enum dv_exit ds_tpm_file_load(const char *path,
    struct dv_buf *der, struct ds_tpm_file *out, struct dv_err *err);
DV_MUST_USE enum dv_exit ds_tpm_file_save(const char *path,
    const struct ds_tpm_file *file, bool replace, struct dv_err *err);

void ds_tpm_file_write(struct ds_der *w, const struct ds_tpm_file *file);

#endif
