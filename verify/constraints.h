/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Name constraints: is every name of a certificate inside what its issuers
 * permit and outside what they exclude? RFC 5280 4.2.1.10, 6.1.3 (b) and (c).
 */
#ifndef CONSTRAINTS_H
#define CONSTRAINTS_H

#include "dv_chain.h"

/* GeneralSubtrees contents as they stand in an issuer or anchor. */
struct dv_subtrees {
	struct dv_bytes permitted, excluded;
};

/*
 * Judges subject and subjectAltName of cert. *checks counts comparisons and
 * ends the search with DV_R_BUDGET_SPENT past DV_MAX_NAME_CHECKS.
 */
DV_MUST_USE enum dv_reason dv_constraints_check(const struct dv_cert *cert,
    const struct dv_subtrees *subtrees, unsigned *checks, struct dv_at *at);

#endif
