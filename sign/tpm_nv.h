/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device certificate in the NV memory of a TPM: an index of the platform
 * that is written once, then locked, and survives TPM2_Clear. Every step may be
 * cut off by a power failure and found so later. TCG TPM 2.0 Library part 3, 31.
 */
#ifndef DS_TPM_NV_H
#define DS_TPM_NV_H

#include "nv_policy.h"
#include "tpm.h"

/* Where the certificate of the device identity is. */
#define DS_NV_CERTIFICATE UINT32_C(0x01c90200)

/* An index as the TPM shows it; all zero: there is none. */
struct ds_nv {
	bool there;
	size_t size;		/* octets */
	bool written, locked;
	bool recipe;		/* has the attributes that define() gives */
	bool platform;		/* the owner cannot delete it */
	bool by_policy;		/* deleted by this policy alone: */
	uint8_t policy[DS_NV_POLICY];
};

DV_MUST_USE enum dv_exit ds_tpm_nv_look(struct ds_tpm *tpm, uint32_t index,
    struct ds_nv *out, struct dv_err *err);

/*
 * Defines an index of size octets, which only somebody who satisfies the policy
 * can delete; 32 zero octets, and nobody can.
 */
DV_MUST_USE enum dv_exit ds_tpm_nv_define(struct ds_tpm *tpm, uint32_t index,
    size_t size, const uint8_t policy[DS_NV_POLICY], struct dv_err *err);

/* Writes all of it, chunk octets (ds_tpm_info.nv_chunk) at a time. */
struct ds_nv_data {
	uint32_t index;
	struct dv_bytes bytes;
	size_t chunk;
};
DV_MUST_USE enum dv_exit ds_tpm_nv_write(struct ds_tpm *tpm,
    const struct ds_nv_data *data, struct dv_err *err);

/* From now on nobody can write it, for ever. */
DV_MUST_USE enum dv_exit ds_tpm_nv_lock(struct ds_tpm *tpm, uint32_t index,
    struct dv_err *err);

/* Appends the size octets that stand there to *out. */
DV_MUST_USE enum dv_exit ds_tpm_nv_read(struct ds_tpm *tpm, uint32_t index,
    size_t size, struct dv_buf *out, struct dv_err *err);

/* Deletes an index that no policy protects, by the platform. */
DV_MUST_USE enum dv_exit ds_tpm_nv_delete(struct ds_tpm *tpm, uint32_t index,
    struct dv_err *err);

/* Deletes one that ds_nv_policy() protects, with the maker's signature. */
struct ds_nv_leave {
	const struct dv_key *maker;		/* P-256 */
	uint8_t ref[DS_NV_REF];
	uint8_t signature[DS_NV_SIGNATURE];	/* over ds_nv_leave() */
};
DV_MUST_USE enum dv_exit ds_tpm_nv_delete_by(struct ds_tpm *tpm,
    uint32_t index, const struct ds_nv_leave *leave, struct dv_err *err);

#endif
