/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between issue.c and again.c: an order for a key or name on record. Private to
 * pki-tools; reads what it is given and nothing else.
 */
#ifndef AGAIN_H
#define AGAIN_H

#include "pki_issue.h"

/* Is the key still good, and on record under this name and for this use? cert
 * is the one that was found. */
DV_MUST_USE enum dv_exit pki_same_use(const struct pki_order *order,
    const struct pki_found *old, const struct dv_cert *cert,
    struct dv_err *err);

/* Was the certificate on record issued for just this order? */
DV_MUST_USE enum dv_exit pki_same_order(const struct pki_order *order,
    const struct pki_found *old, const struct dv_cert *cert,
    struct dv_err *err);

/*
 * A name that stands for one device must not be given to a second key, under
 * this profile or another that is based on the same. row: of the order.
 */
DV_MUST_USE enum dv_exit pki_name_free(const struct pki_issuer *issuer,
    const struct pki_order *order, const struct pki_row *row,
    struct dv_err *err);

#endif
