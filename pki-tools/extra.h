/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders: whether they can be filled, and what they add to their profile.
 * Private to issuing.
 */
#ifndef EXTRA_H
#define EXTRA_H

#include "pki_issue.h"

#define PKI_TCB_INFO "2.23.133.5.4.1"	/* tcg-dice-TcbInfo */

/* authorisedOnly: docs/PROFILES.md, By authorisation only. verify/ext.c reads it. */
#define PKI_AUTHORISED_ONLY "1.2.840.113556.1.8000.2554.39196.10988.21748" \
	".16572.43063.8719745.12703986.1"

/* An order that has its end, and who would fill it; NULL: a root itself. */
struct pki_wanted {
	const struct dv_cert *issuer;
	const struct pki_order *order;
	dv_time end;
};

/* Does it suit profile and issuer, extras included? */
DV_MUST_USE enum dv_exit pki_order_check(const struct pki_wanted *wanted,
    struct dv_err *err);

/* Does the profile permit it all, below this issuer (NULL: a root's own)? */
DV_MUST_USE enum dv_exit pki_extra_check(const struct pki_order *order,
    const struct dv_cert *issuer, struct dv_err *err);

/*
 * An issuer whose certificate says authorisedOnly certifies devices of an
 * authorised batch alone, and no CA (RFC 5280 4.2.1.9: its path length is 0).
 * Which batches are authorised: pki_authorisation_read().
 */
DV_MUST_USE enum dv_exit pki_authorised_check(const struct dv_cert *issuer,
    int64_t batch, struct dv_err *err);

/* Does a certificate on record say the same? Else *what is where it differs. */
DV_MUST_USE bool pki_extra_same(const struct pki_order *order,
    const struct dv_cert *cert, const char **what);

/* All extensions, under [3]. */
void pki_tbs_extensions(struct ds_der *w, const struct pki_tbs *tbs);

/* Values of extKeyUsage and certificatePolicies (nothing when absent), and the
 * whole extension of the firmware's version. */
void pki_tbs_purposes(struct ds_der *w, const struct pki_tbs *tbs);
void pki_tbs_policies(struct ds_der *w, const struct pki_tbs *tbs);
void pki_tbs_firmware(struct ds_der *w, const struct pki_tbs *tbs);

#endif
