/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PEM text (RFC 7468) and files that hold DER or PEM, one object or several.
 */
#ifndef HOST_PEM_H
#define HOST_PEM_H

#include "dv_chain.h"
#include "host/buf.h"
#include "host/err.h"

/* Appends "-----BEGIN label-----", base64 in 64 columns, END. */
DV_MUST_USE bool dv_pem_write(struct dv_buf *out, const char *label,
    struct dv_bytes der);

/* Part of a block, for a writer with little memory: the base64 alone. All parts
 * but the last are a multiple of this many octets. */
#define DV_PEM_LINE 48
DV_MUST_USE bool dv_pem_lines(struct dv_buf *out, struct dv_bytes der);

/*
 * Finds the next block in *text, moves *text behind it, appends its decoded
 * bytes to *der. DV_EXIT_NO: no further block. label must hold 64 characters.
 * Text outside blocks is passed over; a broken block is an error (NONE).
 */
DV_MUST_USE enum dv_exit dv_pem_next(struct dv_bytes *text, char label[64],
    struct dv_buf *der, struct dv_err *err);

/*
 * Is there a BEGIN line? A file that begins as a long DER SEQUENCE is DER
 * whatever text stands inside, or a certificate could hide another one.
 */
DV_MUST_USE bool dv_is_pem(struct dv_bytes file);

/* Label of a CRL; files of them may be larger than others. */
#define DV_PEM_CRL "X509 CRL"

/* DER objects of one or more files. der[i] points into memory of the list. */
#define DV_DERS_MAX 256
struct dv_ders {
	size_t count;
	struct dv_buf file[DV_DERS_MAX];	/* one object each, owned */
	const char *path[DV_DERS_MAX];		/* where it came from, borrowed */
};

/*
 * Adds all objects with this PEM label ("CERTIFICATE") in a file, or the one
 * DER object a file that is not PEM must be. Other labels are an error that
 * says what was found ("holds a PRIVATE KEY, wanted a CERTIFICATE").
 */
DV_MUST_USE enum dv_exit dv_ders_load(struct dv_ders *list, const char *path,
    const char *label, struct dv_err *err);
void dv_ders_free(struct dv_ders *list);

static inline struct dv_bytes
dv_ders_at(const struct dv_ders *list, size_t i)
{
	return dv_buf_bytes(&list->file[i]);
}

#endif
