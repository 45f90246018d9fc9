/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Secrets for one reader: CMS AuthEnvelopedData (RFC 5083) for the holder of a
 * certificate's key, by ECDH and AES-256-GCM. `openssl cms -decrypt` opens it.
 */
#ifndef DS_SEAL_H
#define DS_SEAL_H

#include "ds_key.h"
#include "dv_cert.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Can something be sealed for this certificate? A key on P-256 or P-384, valid
 * at `at`, and with keyAgreement where it states a usage. */
DV_MUST_USE enum dv_exit ds_seal_check(const struct dv_cert *to, dv_time at,
    struct dv_err *err);

/*
 * Makes a key pair. Its PrivateKeyInfo (RFC 5958), sealed, is appended to
 * *sealed and the SubjectPublicKeyInfo to *spki; the private key exists in the
 * clear only inside this call and is wiped. Not RSA.
 */
struct ds_seal_new {
	const struct dv_cert *to;	/* has passed ds_seal_check() */
	enum dv_key_type type;
};
DV_MUST_USE enum dv_exit ds_seal_new_key(const struct ds_seal_new *what,
    struct dv_buf *spki, struct dv_buf *sealed, struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
