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
	bool flush;			/* key is loaded, not kept by the TPM */
	char spec[256];			/* of key: "tpm:0x81020000" */
	TPMT_PUBLIC pub;		/* of key */
	char where[256];		/* the TCTI, for messages */
};

/* One command in its two halves. */
struct ds_tpm_call {
	TSS2_RC (*start)(ESYS_CONTEXT *esys, void *arg);
	TSS2_RC (*finish)(ESYS_CONTEXT *esys, void *arg);
	unsigned seconds;		/* how long an answer may take */
};

/* Lets go of the key: flushes it when it is only loaded. */
void ds_tpm_forget(struct ds_tpm *tpm);

/* Is tpm->key, whose public area this is, fit for signing? Fills *out. */
DV_MUST_USE enum dv_exit ds_tpm_take(struct ds_tpm *tpm,
    const TPMT_PUBLIC *pub, struct ds_tpm_public *out, struct dv_err *err);

/* Runs a command; while the TPM says that it is busy, again, for two seconds.*/
TSS2_RC ds_tpm_run(struct ds_tpm *tpm, const struct ds_tpm_call *call,
    void *arg);

/* A response code as "WHERE: DOING: meaning (TPM 0x921 NAME)" and a hint. */
DV_MUST_USE enum dv_exit ds_tpm_fail(struct dv_err *err, const char *where,
    const char *doing, TSS2_RC rc);

/* Is it this code of the TPM, whichever handle, session or parameter? */
bool ds_tpm_is(TSS2_RC rc, TSS2_RC code);

#endif
