/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HSS/LMS signatures: nothing but SHA-256, so nothing of a foreign library.
 */
#ifndef LMS_H
#define LMS_H

#include "crypto.h"

/* Is this an HSS public key with parameters known here? */
DV_MUST_USE enum dv_crypto dv_lms_key(const struct dv_key *key);

DV_MUST_USE enum dv_crypto dv_lms_verify(const struct dv_crypto_check *c);

#endif
