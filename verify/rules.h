/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules for one certificate at one place of a path, named after RFC 5280 6.1.
 * Each returns DV_R_NONE or its reason and fills *at; none looks elsewhere.
 */
#ifndef RULES_H
#define RULES_H

#include "dv_chain.h"

/* The certificate under judgement and what the path says about its place. */
struct dv_place {
	const struct dv_cert *cert;
	const struct dv_policy *policy;
	unsigned index;			/* 0 = leaf */
	unsigned cas_below;		/* CA certificates between it and the leaf,
					   self-issued ones not counted */
};

/* May its key be used at all? Asked before any signature is checked with it. */
DV_MUST_USE enum dv_reason dv_rules_key(const struct dv_place *place,
    struct dv_at *at);

/* Runs the one ordered table of rules that apply at this place. */
DV_MUST_USE enum dv_reason dv_rules_check(const struct dv_place *place,
    struct dv_at *at);

/* Constraints of an anchor on the path below it (RFC 5937). */
DV_MUST_USE enum dv_reason dv_rules_anchor(const struct dv_anchor *anchor,
    const struct dv_place *below, struct dv_at *at);

/* RFC 5280 6.1: the same name as subject and as issuer. */
bool dv_rules_self_issued(const struct dv_cert *cert);

/*
 * May it issue certificates, wherever it stands? A CA whose critical extensions
 * are all understood and whose key may sign. policy is not looked at.
 */
DV_MUST_USE enum dv_reason dv_rules_issuer(const struct dv_place *place,
    struct dv_at *at);

#endif
