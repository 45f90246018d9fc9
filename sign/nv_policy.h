/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who may delete the certificate in the TPM's NV memory: nobody, or the device's
 * maker by a signature. Computed without a TPM, by either side.
 */
#ifndef DS_NV_POLICY_H
#define DS_NV_POLICY_H

#include "dv_alg.h"
#include "host/err.h"

#define DS_NV_POLICY 32		/* octets, SHA-256 */
#define DS_NV_REF 32		/* octets of the device's id */
#define DS_NV_SIGNATURE 64	/* octets, r || s of P-256 */

/*
 * The id of a device in this policy: SHA-256 of its key's SubjectPublicKeyInfo,
 * so that a signature made for one device deletes nothing on another.
 */
DV_MUST_USE bool ds_nv_ref(const struct dv_key *device,
    uint8_t out[DS_NV_REF]);

/*
 * Digest of: PolicySigned(maker, ref), then PolicyCommandCode of
 * NV_UndefineSpaceSpecial. maker must be P-256.
 */
DV_MUST_USE enum dv_exit ds_nv_policy(const struct dv_key *maker,
    const uint8_t ref[DS_NV_REF], uint8_t out[DS_NV_POLICY],
    struct dv_err *err);

/* What the maker signs by ECDSA with SHA-256 for a device to be reworked: no
 * expiry, any parameters, this device. */
#define DS_NV_LEAVE (4 + DS_NV_REF)
void ds_nv_leave(const uint8_t ref[DS_NV_REF], uint8_t out[DS_NV_LEAVE]);

#endif
