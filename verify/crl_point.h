/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Distribution points: where a certificate says its CRLs are, what a CRL says
 * it is about, and whether the two agree. RFC 5280 4.2.1.13, 5.2.5, 6.3.3 (b).
 */
#ifndef CRL_POINT_H
#define CRL_POINT_H

#include "der.h"
#include "dv_cert.h"
#include "dv_crl.h"

struct dv_point {
	struct dv_point_name name;
	unsigned reasons;		/* DV_CRL_ALL_REASONS when not limited */
	struct dv_bytes issuer;		/* cRLIssuer: GeneralNames contents */
};

/* Next element as a DistributionPointName inside its explicit [0]. */
DV_MUST_USE enum dv_reason dv_point_name_read(struct dv_der *in,
    struct dv_point_name *out);

/* Next element as ReasonFlags under an implicit tag. */
DV_MUST_USE enum dv_reason dv_point_reasons_read(struct dv_der *in,
    uint8_t tag, unsigned *out);

/* Next element as a DistributionPoint. */
DV_MUST_USE enum dv_reason dv_point_read(struct dv_der *in,
    struct dv_point *out);

/*
 * For which reasons of revocation does this CRL speak about this certificate?
 * 0: it is out of scope. RFC 5280 6.3.3 (b), (d); looks at no entry.
 */
DV_MUST_USE unsigned dv_crl_scope(const struct dv_crl *crl,
    const struct dv_cert *cert);

/* Does the certificate itself name this CRL's issuer as a cRLIssuer? */
DV_MUST_USE bool dv_crl_designated(const struct dv_crl *crl,
    const struct dv_cert *cert);

/* Is this Name (whole element) among these GeneralNames (contents)? */
DV_MUST_USE bool dv_names_list(struct dv_bytes names, struct dv_bytes name);

#endif
