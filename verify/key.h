/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys, algorithm identifiers and signatures as they stand in certificates and
 * requests alike. Form only; arithmetic is behind crypto.h.
 */
#ifndef KEY_H
#define KEY_H

#include "built.h"
#include "der.h"
#include "dv_alg.h"

/*
 * Next element as SubjectPublicKeyInfo. A key type not known here is recorded
 * as DV_KEY_NONE. Does not ask whether it is a good key: dv_key_check() does.
 */
DV_MUST_USE enum dv_reason dv_key_read(struct dv_der *in,
    struct dv_key *out);

/*
 * Is this a key that may be used: of a type of this build, a point on its
 * curve, an RSA key of an accepted size? object is what offsets count from.
 */
DV_MUST_USE enum dv_reason dv_key_check(const struct dv_key *key,
    struct dv_bytes object, struct dv_at *at);

/* Is it a point on a curve, whose signatures are ECDSA's? */
static inline bool
dv_key_on_curve(enum dv_key_type type)
{
	return type == DV_KEY_P256 || (DV_HAS_P384 && type == DV_KEY_P384);
}

/* Octets of a key of this type; 0 where they have a form of their own. */
size_t dv_key_octets(enum dv_key_type type);

/* The type of key that is named by the OID of its one signature algorithm. */
enum dv_key_type dv_key_type_of(enum dv_sig_alg alg);

/*
 * A signature algorithm with the one form of parameters it has. An unknown one
 * is recorded as DV_SIG_NONE, so is RSASSA-PSS with hashes not known here.
 */
struct dv_algorithm {
	enum dv_sig_alg alg;
	unsigned salt;		/* RSASSA-PSS: octets, exactly */
	struct dv_bytes oid;
	struct dv_bytes whole;
};
DV_MUST_USE enum dv_reason dv_algorithm_read(struct dv_der *in,
    struct dv_algorithm *out);

/*
 * The one inside something signed, which is the one outside, octet for octet
 * (RFC 5280 4.1.1.2, 5.1.1.2): DV_R_ALG_MISMATCH otherwise.
 */
DV_MUST_USE enum dv_reason dv_algorithm_twice(struct dv_der *tbs,
    struct dv_bytes outer, struct dv_algorithm *out);

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
