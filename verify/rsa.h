/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What X.509 writes about RSA: keys, their parameters and those of a
 * signature. Form and sizes only; arithmetic is behind crypto.h.
 */
#ifndef RSA_H
#define RSA_H

#include "der.h"
#include "dv_alg.h"

/* The parameters of rsaEncryption and of PKCS#1 v1.5: NULL and nothing else. */
DV_MUST_USE enum dv_reason dv_rsa_null(struct dv_der *in);

/*
 * RSASSA-PSS-params (RFC 4055 3.1), all of `in`. Hashes not known here give
 * DV_SIG_NONE; a mask made with another hash, or another trailer, is refused.
 */
struct dv_pss {
	enum dv_sig_alg alg;
	unsigned salt;		/* octets */
};
DV_MUST_USE enum dv_reason dv_pss_read(struct dv_der *in, struct dv_pss *out);

/* Fills modulus and exponent from key->octets; `in` says where they stand. */
DV_MUST_USE enum dv_reason dv_rsa_read(const struct dv_der *in,
    struct dv_key *key);

/* Are the numbers of this key such as the verifier accepts? On a refusal
 * *wanted and *found say more. */
DV_MUST_USE enum dv_reason dv_rsa_check(const struct dv_key *key,
    struct dv_at *at);

#endif
