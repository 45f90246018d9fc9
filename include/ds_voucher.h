/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making a voucher request of BRSKI with the device's key, in the constrained
 * form. docs/FORMAT.md, "Vouchers". Nothing is returned that the verifier's own
 * code would not accept for this certificate.
 */
#ifndef DS_VOUCHER_H
#define DS_VOUCHER_H

#include "ds_sign1.h"
#include "dv_voucher.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a request names the registrar. */
enum ds_registrar_as {
	DS_REGISTRAR_KEY = 0,		/* its SubjectPublicKeyInfo */
	DS_REGISTRAR_CERT,		/* its certificate */
	DS_REGISTRAR_HASH		/* SHA-256 of the key */
};

struct ds_voucher_new {
	struct ds_key *key;
	const struct ds_chain *chain;	/* from ds_chain_check() */
	bool with_chain;		/* its certificates inside (x5chain) */
	struct dv_bytes nonce;
	bool has_created_on;
	dv_time at;			/* the time it is checked for, and that of
					   created-on */
	struct dv_bytes registrar;	/* its certificate, DER: proximity is
					   asserted; empty: it is not */
	enum ds_registrar_as registrar_as;
};

/* Appends the request to *out, which has been read back and checked. */
DV_MUST_USE enum dv_exit ds_voucher_make(const struct ds_voucher_new *what,
    struct dv_buf *out, struct dv_err *err);

/*
 * Where a request of this certificate's device is to be carried in the end: the
 * MASA's address of its extension (RFC 8995 2.3.2), completed when only the
 * authority stands there. Empty text: the certificate has none.
 */
#define DS_MASA_URL 512
DV_MUST_USE enum dv_exit ds_voucher_masa_url(const struct dv_cert *leaf,
    char out[DS_MASA_URL], struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
