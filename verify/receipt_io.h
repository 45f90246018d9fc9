/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Receipts as files: making one of an accepted question, reading one. Used by
 * devverify alone. docs/FORMAT.md, "Receipts".
 */
#ifndef RECEIPT_IO_H
#define RECEIPT_IO_H

#include "cmd.h"
#include "dv_receipt.h"

/* An accepted question. */
struct dv_receipt_of {
	const struct dv_asked *asked;	/* its path is that of the answer */
	const struct dv_sign1 *sign1;
	struct dv_bytes digest;		/* of the artefact, by sign1->hash */
	uint64_t size;
	uint64_t files;			/* of a manifest; or 0 */
	const struct dv_receipt *previous;	/* or NULL */
};

/* Appends the receipt to *out, read back by the verifier's own reader. */
DV_MUST_USE enum dv_exit dv_receipt_make(const struct dv_receipt_of *of,
    struct dv_buf *out, struct dv_err *err);

/* Reads a receipt from a file; *out points into *room. */
DV_MUST_USE enum dv_exit dv_receipt_load(const char *path,
    struct dv_buf *room, struct dv_receipt *out, struct dv_err *err);

/* The file of --receipt, after that of --previous. */
DV_MUST_USE enum dv_exit dv_receipt_save(const struct dv_receipt_of *of,
    struct dv_err *err);

/* The file of --check-receipt; *verdict is refused when it says otherwise. */
DV_MUST_USE enum dv_exit dv_receipt_recheck(const struct dv_receipt_of *of,
    struct dv_verdict *verdict, struct dv_err *err);

#endif
