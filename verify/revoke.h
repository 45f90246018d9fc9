/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Has any certificate of a path been revoked? Asked when all else holds, from
 * the CRLs of the question alone. RFC 5280 6.1.3 (a)(3), 6.3.3, RFC 9608.
 */
#ifndef REVOKE_H
#define REVOKE_H

#include "dv_chain.h"

/* A complete path: work->cert[0..count-1], leaf first, below the anchor. */
struct dv_revoke {
	const struct dv_chain *chain;
	const struct dv_policy *policy;
	struct dv_work *work;
	unsigned count;
	const struct dv_anchor *anchor;
	const struct dv_key *anchor_key;
};

/* No: *why is the reason and its place, in the work of the question. Signatures
 * are paid from its budget. */
DV_MUST_USE bool dv_revoke_check(const struct dv_revoke *q,
    const struct dv_verdict **why);

/* What the last accepted check found, into the path it was about. */
void dv_revoke_fill(const struct dv_work *work, struct dv_path *path);

#endif
