/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TPM 2.0 as this project uses it: one connection, one P-256 key at a
 * persistent handle. Nothing of the TPM library shows here.
 */
#ifndef DS_TPM_H
#define DS_TPM_H

#include "ds_key.h"

struct ds_tpm;

#define DS_TPM_POINT 65		/* 04 x y */
#define DS_TPM_DIGEST 32	/* SHA-256 */
#define DS_TPM_SIGNATURE 64	/* r || s */

/*
 * Connects by a TCTI configuration, which must say where: never the library's
 * own default. *out is owned by the caller.
 */
DV_MUST_USE enum dv_exit ds_tpm_open(const char *tcti, struct ds_tpm **out,
    struct dv_err *err);

/* Which that is: --tcti, else the environment, else the kernel's manager. */
const char *ds_tpm_tcti(const struct ds_access *access);

/* Flushes and disconnects; NULL is fine. */
void ds_tpm_close(struct ds_tpm *tpm);

/* Takes the key at handle for signing; its public point. */
DV_MUST_USE enum dv_exit ds_tpm_load(struct ds_tpm *tpm, uint32_t handle,
    uint8_t point[DS_TPM_POINT], struct dv_err *err);

/*
 * Derives the key of template devid-p256-v1 and keeps it at handle. The same
 * TPM gives the same key until its endorsement seed is changed. When that key
 * is there already, *created is false; another key there is DV_EXIT_NO.
 */
DV_MUST_USE enum dv_exit ds_tpm_create(struct ds_tpm *tpm, uint32_t handle,
    bool *created, struct dv_err *err);

/* ECDSA over a SHA-256 digest, with the key last loaded. */
DV_MUST_USE enum dv_exit ds_tpm_sign(struct ds_tpm *tpm,
    const uint8_t digest[DS_TPM_DIGEST], uint8_t sig[DS_TPM_SIGNATURE],
    struct dv_err *err);

#endif
