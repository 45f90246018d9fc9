/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files tpm*.c share: the connection, calls that end in time, and
 * response codes as sentences. The only header that names the TPM library.
 */
#ifndef TPM_ESYS_H
#define TPM_ESYS_H

#include <tss2/tss2_esys.h>

#include "tpm.h"

struct ds_tpm {
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
	ESYS_TR key;			/* ESYS_TR_NONE: none loaded */
	uint32_t handle;		/* of key */
	bool holds_slots;		/* so it may not wait for another */
	char where[256];		/* the TCTI, for messages */
};

/* One command in its two halves. */
struct ds_tpm_call {
	TSS2_RC (*start)(ESYS_CONTEXT *esys, void *arg);
	TSS2_RC (*finish)(ESYS_CONTEXT *esys, void *arg);
	unsigned seconds;		/* how long an answer may take */
};

/* Runs a command; while the TPM is busy or its slots are full, again, for two
 * seconds. */
TSS2_RC ds_tpm_run(struct ds_tpm *tpm, const struct ds_tpm_call *call,
    void *arg);

/*
 * What asks for all slots it needs and gives them back when it fails, tried
 * until others that use the TPM at the same time have given back theirs.
 */
TSS2_RC ds_tpm_patiently(struct ds_tpm *tpm,
    TSS2_RC (*once)(struct ds_tpm *tpm, void *arg), void *arg);

/*
 * Opens any TCTI so that nothing done with it, the opening included, takes
 * longer than was said; in ms. "Try again" is a time-out.
 */
TSS2_RC ds_tpm_wait_open(const char *where, int ms, TSS2_TCTI_CONTEXT **out);

/* Also after a time-out; NULL is fine. */
void ds_tpm_wait_close(TSS2_TCTI_CONTEXT *tcti);

/* A response code as "WHERE: DOING: meaning (TPM 0x921 NAME)" and a hint. */
DV_MUST_USE enum dv_exit ds_tpm_fail(struct dv_err *err, const char *where,
    const char *doing, TSS2_RC rc);

/* Is it this code of the TPM, whichever handle, session or parameter? */
bool ds_tpm_is(TSS2_RC rc, TSS2_RC code);

#endif
