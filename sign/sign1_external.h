/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What making an envelope and finishing one that was signed elsewhere share.
 * For sign/sign1_*.c alone.
 */
#ifndef SIGN1_EXTERNAL_H
#define SIGN1_EXTERNAL_H

#include "ds_sign1.h"

/* The verifier's refusal as an error of ours. */
DV_MUST_USE enum dv_exit ds_sign1_refused(struct dv_err *err,
    enum dv_reason reason, const struct dv_at *at);

#endif
