/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What to do next with the certificate's place in NV memory, from what is found
 * there. A power cut may have stopped an earlier run anywhere: each state has
 * its way on, or a sentence why there is none. Asks no TPM.
 */
#ifndef DS_NV_STEP_H
#define DS_NV_STEP_H

#include "tpm_nv.h"

enum ds_nv_step {
	DS_NV_REFUSE = 0,	/* *err says why */
	DS_NV_DEFINE,
	DS_NV_WRITE,
	DS_NV_LOCK,
	DS_NV_DELETE,		/* to be defined anew */
	DS_NV_DONE
};

struct ds_nv_case {
	struct ds_nv found;
	struct dv_bytes content;	/* of found, when it is written */
	struct dv_bytes wanted;		/* the certificate */
	uint8_t policy[DS_NV_POLICY];	/* who may delete it */
	size_t chunk;			/* octets written at once */
	bool overwrite;			/* what is not locked may go */
};

/* The next step; a refusal leaves DV_EXIT_NO in *ret and its reason in *err. */
DV_MUST_USE enum ds_nv_step ds_nv_next(const struct ds_nv_case *c,
    enum dv_exit *ret, struct dv_err *err);

/* Is content what a write of wanted that was cut off leaves: some whole chunks,
 * then octets that never were written? */
DV_MUST_USE bool ds_nv_unfinished(struct dv_bytes content,
    struct dv_bytes wanted, size_t chunk);

#endif
