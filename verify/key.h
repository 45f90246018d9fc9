/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys, algorithm identifiers and signatures as they stand in certificates and
 * requests alike. Form only; arithmetic is behind crypto.h.
 */
#ifndef KEY_H
#define KEY_H

#include "der.h"
#include "dv_alg.h"

/*
 * Next element as SubjectPublicKeyInfo. A key type not known here is recorded
 * as DV_KEY_NONE. Does not ask whether a point is on its curve.
 */
DV_MUST_USE enum dv_reason dv_key_read(struct dv_der *in,
    struct dv_key *out);

/*
 * A signature algorithm: none of the known ones has parameters, not even NULL
 * (RFC 5758 3.2, RFC 8410 3). An unknown one is recorded as DV_SIG_NONE.
 */
struct dv_algorithm {
	enum dv_sig_alg alg;
	struct dv_bytes oid;
	struct dv_bytes whole;
};
DV_MUST_USE enum dv_reason dv_algorithm_read(struct dv_der *in,
    struct dv_algorithm *out);

/*
 * Certificates and requests have one frame (RFC 5280 4.1.1, RFC 2986 4.2):
 * something signed, the algorithm, the signature. algorithm is left unread.
 * Reads all of `in`, which must be neither empty nor longer than max.
 */
struct dv_signed {
	struct dv_bytes body;		/* SEQUENCE, whole */
	struct dv_bytes algorithm;	/* AlgorithmIdentifier, whole */
	struct dv_bytes signature;
};
DV_MUST_USE enum dv_reason dv_signed_read(struct dv_der *in, size_t max,
    struct dv_signed *out);

/* Is this INTEGER (contents) a version as encoded, 0 to last? */
DV_MUST_USE enum dv_reason dv_version_check(const struct dv_der *in,
    struct dv_bytes version, uint8_t last);

#endif
