/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificate policies of a path: RFC 5280 6.1 as updated by RFC 9618. No
 * tree is ever built, so no chain can make one grow.
 */
#ifndef POLICY_H
#define POLICY_H

#include "built.h"
#include "dv_chain.h"

/* A complete path whose signatures and other rules hold. */
struct dv_policies {
	const struct dv_cert *cert;	/* leaf first */
	unsigned count;
	const struct dv_policy *policy;
#if DV_HAS_POLICIES
	struct dv_policy_work *work;	/* set: what the path is valid for */
#endif
	unsigned index;			/* the certificate judged last */
};

/*
 * Do the policies of the path permit it? On success work->set is the
 * user-constrained policy set; on failure *at is a place in cert[index].
 */
DV_MUST_USE enum dv_reason dv_policies_check(struct dv_policies *path,
    struct dv_at *at);

#endif
