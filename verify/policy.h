/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificate policies of a path: RFC 5280 6.1 as updated by RFC 9618. No
 * tree is ever built, so no chain can make one grow.
 */
#ifndef POLICY_H
#define POLICY_H

#include "built.h"
#include "dv_chain.h"

/* A complete path whose signatures and other rules hold, and the walk from the
 * anchor to the leaf; names of RFC 5280 6.1.2. */
struct dv_policies {
	const struct dv_cert *path;	/* leaf first */
	unsigned count;
	unsigned index;			/* the certificate judged last */
	const struct dv_policy *policy;
	struct dv_at *at;
#if DV_HAS_POLICIES
	struct dv_policy_work *work;	/* set: what the path is valid for */
	/* From here on the walk's own. */
	const struct dv_cert *cert;	/* certificate i, path[index] */
	struct dv_policy_level *above;	/* what is expected of i; no node and
					   no any: the graph is NULL */
	struct dv_policy_level *here;	/* depth i */
	unsigned explicit_policy, policy_mapping, inhibit_any;
#endif
};

/*
 * Do the policies of the path permit it? On success work->set is the
 * user-constrained policy set; on failure *at is a place in path[index].
 */
DV_MUST_USE enum dv_reason dv_policies_check(struct dv_policies *w);

#endif
