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
	struct dv_trace_row *trace;	/* what was asked is noted here; or NULL */
};

/* Notes how a step went; returns reason as it came. */
enum dv_reason dv_rules_note(const struct dv_place *place, enum dv_step step,
    enum dv_reason reason);

/* May its key be used at all? Asked before any signature is checked with it. */
DV_MUST_USE enum dv_reason dv_rules_key(const struct dv_place *place,
    struct dv_at *at);

/* Runs the one ordered table of rules that apply at this place. */
DV_MUST_USE enum dv_reason dv_rules_check(const struct dv_place *place,
    struct dv_at *at);

/* What section 4 asks of the certificate of an anchor; the policy is strict. */
DV_MUST_USE enum dv_reason dv_rules_anchor_form(const struct dv_place *place,
    struct dv_at *at);

/* Constraints of an anchor on the path below it (RFC 5937); below->trace is the
 * anchor's. */
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

/*
 * May its key sign CRLs, and is it valid now? For signers that need not be CAs:
 * place->index is 0 for these, 1 for CAs.
 */
DV_MUST_USE enum dv_reason dv_rules_crl_signer(const struct dv_place *place,
    struct dv_at *at);

#endif
