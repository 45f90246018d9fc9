/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A certification request (PKCS#10, RFC 2986) as read, with proof that its
 * maker holds the key. What a request asks for is a wish, never a decision.
 */
#ifndef DV_CSR_H
#define DV_CSR_H

#include "dv_cert.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every view points into der, which is the caller's, and stays as it is. */
struct dv_csr {
	struct dv_bytes der;		/* the whole request */
	struct dv_bytes info;		/* CertificationRequestInfo: signed */
	struct dv_bytes subject;	/* Name, whole DER element; may be empty */
	struct dv_key key;
	enum dv_sig_alg sig_alg;
	struct dv_bytes sig_oid;
	unsigned salt;			/* RSASSA-PSS: octets */
	struct dv_bytes signature;
	struct dv_extensions ext;	/* of extensionRequest, if any */
};

/*
 * Reads one request completely. The only attribute understood is
 * extensionRequest (RFC 2985 5.4.2). Failures as dv_cert_parse().
 */
DV_MUST_USE enum dv_reason dv_csr_parse(struct dv_bytes der,
    struct dv_csr *out, struct dv_at *at);

/*
 * Does the requester hold the private key? Checks algorithm, key (point on its
 * curve) and signature of a parsed request. DV_R_NONE when proved.
 */
DV_MUST_USE enum dv_reason dv_csr_prove(const struct dv_csr *csr,
    struct dv_at *at);

#ifdef __cplusplus
}
#endif
#endif
