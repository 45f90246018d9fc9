/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a TPM says of itself: who made it, what is locked, how near a lockout
 * is. Only reads. TCG TPM 2.0 Library part 2, 6.13 and 8.6 to 8.7.
 */
#ifndef DS_TPM_INFO_H
#define DS_TPM_INFO_H

#include "tpm.h"

struct ds_tpm_info {
	char maker[5];		/* "IFX", printable, blanks at the end cut */
	char vendor[17];	/* "SLB9672" */
	uint32_t firmware[2];	/* as the TPM gives it: words 1 and 2 */
	uint32_t revision;	/* of the specification: 164 is 1.64 */
	uint32_t nv_chunk;	/* octets of one NV_Read or NV_Write */
	uint32_t nv_max;	/* octets of one NV index */
	bool p256, p384;	/* has these curves */

	uint32_t lockout_count, lockout_max;	/* wrong tries, and the limit */
	uint32_t lockout_interval;	/* seconds until one is forgotten */
	uint32_t lockout_recovery;	/* seconds, of the lockout hierarchy */
	bool owner_auth, endorsement_auth, lockout_auth;	/* are set */
	bool disable_clear, in_lockout;
	bool platform_on, owner_on, endorsement_on;	/* since the start */
};

DV_MUST_USE enum dv_exit ds_tpm_info(struct ds_tpm *tpm,
    struct ds_tpm_info *out, struct dv_err *err);

/* Is there anything at this persistent handle? */
DV_MUST_USE enum dv_exit ds_tpm_has(struct ds_tpm *tpm, uint32_t handle,
    bool *there, struct dv_err *err);

/* Notes one property by its TPM_PT number; others are passed over. */
void ds_tpm_info_take(struct ds_tpm_info *info, uint32_t property,
    uint32_t value);

/* "7.85.17.51968": the two words in halves. */
#define DS_TPM_FIRMWARE_TEXT 24
void ds_tpm_firmware_text(const struct ds_tpm_info *info,
    char out[DS_TPM_FIRMWARE_TEXT]);

/* Will a few more wrong passwords or power cuts lock the TPM? Three quarters
 * of the tries are used up. */
bool ds_tpm_lockout_near(const struct ds_tpm_info *info);

#endif
