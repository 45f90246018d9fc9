/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The TPM commands that are used, each with what goes in and what comes out, to
 * be run by ds_tpm_run(). What comes out as a pointer is freed with Esys_Free().
 */
#ifndef TPM_CMD_H
#define TPM_CMD_H

#include "tpm_esys.h"

/* The first persistent handle; the library's own constant shifts into the sign
 * of an int. */
#define DS_TPM_KEPT_FIRST UINT32_C(0x81000000)

/* An object that the TPM keeps: handle in, reference out. */
struct ds_tpm_lookup {
	uint32_t handle;
	ESYS_TR found;
};
extern const struct ds_tpm_call ds_tpm_call_lookup;

struct ds_tpm_read_public {
	ESYS_TR key;
	TPM2B_PUBLIC *found;
};
extern const struct ds_tpm_call ds_tpm_call_read_public;

/* Reference and public area of what stands at a persistent handle; the caller closes the
 * one and frees the other. */
TSS2_RC ds_tpm_find(struct ds_tpm *tpm, uint32_t handle, ESYS_TR *found,
    TPM2B_PUBLIC **pub);

/* A primary key: derived from a hierarchy's seed, loaded until flushed. */
struct ds_tpm_derive {
	ESYS_TR hierarchy, session;
	const TPM2B_PUBLIC *template;
	const TPM2B_AUTH *auth;		/* of the new key */
	ESYS_TR derived;
	TPM2B_PUBLIC *pub;
};
extern const struct ds_tpm_call ds_tpm_call_derive;

/* That with the hierarchy's password, in a session (tpm_key.c). */
DV_MUST_USE enum dv_exit ds_tpm_primary(struct ds_tpm *tpm,
    struct ds_tpm_derive *d, const char *doing, struct dv_err *err);

/* What is done below a parent key, and by which session. */
struct ds_tpm_below {
	ESYS_TR parent, session;
};

/* A key below another: comes out wrapped, is not loaded. */
struct ds_tpm_create_child {
	struct ds_tpm_below at;
	const TPM2B_PUBLIC *template;
	const TPM2B_AUTH *auth;
	TPM2B_PUBLIC *pub;
	TPM2B_PRIVATE *priv;
};
extern const struct ds_tpm_call ds_tpm_call_create;

struct ds_tpm_load_child {
	struct ds_tpm_below at;
	const TPM2B_PUBLIC *pub;
	const TPM2B_PRIVATE *priv;
	ESYS_TR loaded;
};
extern const struct ds_tpm_call ds_tpm_call_load;

/* The owner keeps objects of the endorsement hierarchy too. */
struct ds_tpm_persist {
	ESYS_TR session, derived, kept;
	uint32_t handle;
};
extern const struct ds_tpm_call ds_tpm_call_persist;

/* arg: const ESYS_TR *, an object or a session. */
extern const struct ds_tpm_call ds_tpm_call_flush;

/* Salted by a key of the TPM, or not (ESYS_TR_NONE). */
struct ds_tpm_start {
	ESYS_TR salt;
	TPM2_SE type;
	TPMI_ALG_HASH hash;
	ESYS_TR made;
};
extern const struct ds_tpm_call ds_tpm_call_start;

struct ds_tpm_sign_call {
	ESYS_TR key, session;
	ESYS_TR second;			/* encrypts parameters, or ESYS_TR_NONE */
	TPMT_SIG_SCHEME scheme;
	TPM2B_DIGEST digest;
	TPMT_SIGNATURE *made;
};
extern const struct ds_tpm_call ds_tpm_call_sign;

/* One page of what the TPM tells about itself. */
struct ds_tpm_capability {
	TPM2_CAP what;
	uint32_t first, count;
	TPMI_YES_NO more;
	TPMS_CAPABILITY_DATA *found;
};
extern const struct ds_tpm_call ds_tpm_call_capability;

/* ---- policies (tpm_cmd_policy.c) ------------------------------------------ */

struct ds_tpm_pcr_read {
	TPML_PCR_SELECTION selection;
	TPML_DIGEST *values;
};
extern const struct ds_tpm_call ds_tpm_call_pcr_read;

struct ds_tpm_policy_pcr {
	ESYS_TR session;
	TPM2B_DIGEST digest;
	TPML_PCR_SELECTION selection;
};
extern const struct ds_tpm_call ds_tpm_call_policy_pcr;

/* A public key for VerifySignature, in the owner hierarchy for its tickets. */
struct ds_tpm_load_external {
	const TPM2B_PUBLIC *pub;
	ESYS_TR loaded;
};
extern const struct ds_tpm_call ds_tpm_call_load_external;

struct ds_tpm_verify {
	ESYS_TR key;
	TPM2B_DIGEST digest;
	const TPMT_SIGNATURE *signature;
	TPMT_TK_VERIFIED *ticket;
};
extern const struct ds_tpm_call ds_tpm_call_verify;

struct ds_tpm_policy_authorize {
	ESYS_TR session;
	TPM2B_DIGEST approved;
	TPM2B_NONCE ref;
	TPM2B_NAME name;
	const TPMT_TK_VERIFIED *ticket;
};
extern const struct ds_tpm_call ds_tpm_call_policy_authorize;

#endif
