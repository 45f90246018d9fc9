/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Batches: what the level above lets a CA issue, and the signed list of what it
 * has issued. Both are statements of a CA, COSE_Sign1: docs/FORMAT.md.
 */
#ifndef PKI_BATCH_H
#define PKI_BATCH_H

#include "pki_ca.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PKI_TYP_AUTHORISATION "application/vnd.pki-init.authorisation+cose"
#define PKI_TYP_MANIFEST "application/vnd.pki-issue.manifest+cose"

/* Octets of a statement: a chain and a few lines. */
#define PKI_MAX_STATEMENT (256u * 1024)

/* ---- statements ----------------------------------------------------------- */

/*
 * Appends a COSE_Sign1 of the CA's key over payload (CBOR), with its chain but
 * for the root, to *out. It has been verified before this returns. The CA's key
 * is open.
 */
struct pki_statement_new {
	const struct pki_ca *ca;
	const char *typ;
	struct dv_bytes payload;
	dv_time iat;
};
DV_MUST_USE enum dv_exit pki_statement_make(
    const struct pki_statement_new *what, struct dv_buf *out,
    struct dv_err *err);

/* As read; views into the file. Claims, until pki_statement_verify(). */
struct pki_statement {
	struct dv_bytes payload;
	struct dv_bytes signer;		/* DER of its certificate */
	dv_time iat;
	struct dv_bytes protected_map, signature, file;
	int64_t alg;
};
DV_MUST_USE enum dv_exit pki_statement_read(struct dv_bytes file,
    const char *typ, struct pki_statement *out, struct dv_err *err);

/* Did the holder of this key make it? */
DV_MUST_USE enum dv_exit pki_statement_verify(
    const struct pki_statement *statement, const struct dv_key *key,
    struct dv_err *err);

/* ---- authorisations ------------------------------------------------------- */

#define PKI_BATCH_NAME 32		/* characters of a batch's name */
#define PKI_MODEL 64			/* characters of a model */
#define PKI_MAX_MODELS 64		/* in one authorisation */
#define PKI_MAX_QUANTITY INT64_C(1000000000)

struct pki_authorisation {
	char batch[PKI_BATCH_NAME + 1];	/* letters, digits, - . _ */
	char profile[32];
	char models[PKI_MAX_MODELS * (PKI_MODEL + 1) + 1]; /* one a line, "": any */
	int64_t quantity;
	dv_time not_after;
	uint8_t issuer_key_id[PKI_KEY_ID];	/* of the CA that may issue */
};

/* Is this a name for a batch, this one for a model? The names stand in
 * certificates, files and file names. */
DV_MUST_USE enum dv_exit pki_batch_name_check(const char *name,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_model_check(const char *model,
    struct dv_err *err);

/* Does the list of models allow this one? NULL: the device has none. */
DV_MUST_USE bool pki_model_allowed(const char *models, const char *model);

/* Made by a CA (its key open) for one directly below it. */
DV_MUST_USE enum dv_exit pki_authorise(const struct pki_ca *ca,
    const struct pki_authorisation *what, dv_time now, struct dv_buf *out,
    struct dv_err *err);

/* Does this file, which is ours, say just this? */
DV_MUST_USE bool pki_authorisation_is(struct dv_bytes file,
    const struct pki_authorisation *what);

/*
 * Reads an authorisation for this CA. It is believed when it is signed by a
 * key of the CA's own chain, above the CA, that chain is accepted up to its
 * root at `now`, and it names this CA's key. Expiry is not judged here.
 */
DV_MUST_USE enum dv_exit pki_authorisation_read(struct dv_bytes file,
    const struct pki_ca *ca, dv_time now, struct pki_authorisation *out,
    struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
