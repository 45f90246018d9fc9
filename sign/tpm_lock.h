/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Closing what a device in the field no longer needs of its TPM. Each closes
 * more, none opens anything. TCG TPM 2.0 Library part 3, 24 and 25.
 */
#ifndef DS_TPM_LOCK_H
#define DS_TPM_LOCK_H

#include "tpm.h"

/* A hierarchy's password may be as long as its smallest hash. */
#define DS_TPM_AUTH_MAX 32

/* Gives the owner a password; there must be none yet. */
DV_MUST_USE enum dv_exit ds_tpm_lock_owner(struct ds_tpm *tpm,
    struct dv_bytes password, struct dv_err *err);

/* Forbids TPM2_Clear; only the platform can permit it again. */
DV_MUST_USE enum dv_exit ds_tpm_lock_clear(struct ds_tpm *tpm,
    struct dv_err *err);

/* How many wrong tries lock the TPM, and for how long. */
struct ds_tpm_tries {
	uint32_t max;		/* wrong tries until lockout */
	uint32_t interval;	/* seconds until one is forgotten */
	uint32_t recovery;	/* seconds, of the lockout hierarchy */
};
DV_MUST_USE enum dv_exit ds_tpm_lock_tries(struct ds_tpm *tpm,
    const struct ds_tpm_tries *tries, struct dv_err *err);

/* Switches the platform hierarchy off until the next start. */
DV_MUST_USE enum dv_exit ds_tpm_lock_platform(struct ds_tpm *tpm,
    struct dv_err *err);

#endif
