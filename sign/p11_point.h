/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The public halves of elliptic keys as tokens give them: CKA_EC_PARAMS and
 * CKA_EC_POINT in the forms that are about. PKCS#11 2.40 mechanisms 2.3.3.
 */
#ifndef P11_POINT_H
#define P11_POINT_H

#include "dv_alg.h"

/* CKA_EC_PARAMS: a named curve, or the name of Edwards25519; NONE: another. */
enum dv_key_type ds_p11_curve(struct dv_bytes params);

/* The CKA_EC_PARAMS that name the curve of a type; {NULL, 0} for others. */
struct dv_bytes ds_p11_params(enum dv_key_type type);

/*
 * CKA_EC_POINT: the point as it is, in an OCTET STRING as the standard has it,
 * or in a BIT STRING as some have it; a view, {NULL, 0} for anything else.
 */
struct dv_bytes ds_p11_point(enum dv_key_type type, struct dv_bytes value);

#endif
