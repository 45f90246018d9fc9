/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chains of `devverify selfcheck`: asks the core about each and compares.
 * Never used for any other question; its anchors are trusted here alone.
 */
#include "selfcheck.h"

/* What is asked, and the answer. Its objects: first in cert_order. */
struct chain_case {
	enum dv_reason reason;
	enum dv_profile profile;
	int64_t at;
	unsigned first;
	uint8_t anchor_count, pile_count, crl_count;
	uint8_t purpose, policy;	/* in oids */
	uint8_t max_path;		/* 0: the longest */
	enum dv_revocation_mode revocation;
	bool require_explicit;
	bool alone;			/* read the certificate, no chain */
};

/* Of an object: fresh octets, then octets that another has before. */
struct piece {
	uint8_t fresh, copied;
	uint16_t from;
};

#include "selfcheck_cases.inc"

#define CASES (sizeof(chain_cases) / sizeof(chain_cases[0]))
#define MAX_CERTS 16	/* in one case */
#define MAX_CRLS 4

size_t
dv_selfcheck_chain_count(void)
{
	return CASES;
}

/* All objects, one behind the other. */
static const uint8_t *
octets_unfolded(void)
{
	static uint8_t octets[OCTETS];
	static size_t at;
	const uint8_t *fresh = fresh_octets;

	/* The first call fills it. */
	if (at == OCTETS)
		return octets;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (unsigned n = 0; n < pieces[i].fresh; n++)
			octets[at++] = *fresh++;
		for (unsigned n = 0; n < pieces[i].copied; n++)
			octets[at++] = octets[pieces[i].from + n];
	}
	return octets;
}

static struct dv_bytes
cert_at(unsigned place)
{
	const uint8_t *ptr = octets_unfolded();
	unsigned n = cert_order[place];

	for (unsigned i = 0; i < n; i++)
		ptr += cert_lens[i];
	return (struct dv_bytes){ ptr, cert_lens[n] };
}

static enum dv_reason
anchors_make(const struct chain_case *c, struct dv_anchor *out)
{
	enum dv_reason reason = DV_R_NONE;
	struct dv_cert cert;
	struct dv_at at;

	for (unsigned i = 0; i < c->anchor_count && reason == DV_R_NONE; i++) {
		reason = dv_cert_parse(cert_at(c->first + i), &cert, &at);
		if (reason == DV_R_NONE)
			reason = dv_anchor_from_cert(&cert, &out[i], &at);
	}
	return reason;
}

static enum dv_reason
crls_read(const struct chain_case *c, struct dv_crl *out)
{
	const unsigned first = c->first + c->anchor_count + 1 + c->pile_count;
	enum dv_reason reason = DV_R_NONE;
	struct dv_at at;

	for (unsigned i = 0; i < c->crl_count && reason == DV_R_NONE; i++)
		reason = dv_crl_parse(cert_at(first + i), &out[i], &at);
	return reason;
}

static void
policy_set(struct dv_policy *policy, const struct chain_case *c)
{
	policy->profile = c->profile;
	policy->purpose = oids[c->purpose];
	policy->revocation = c->revocation;
	policy->require_explicit = c->require_explicit;
	if (c->policy > 0) {
		policy->initial_policies = &oids[c->policy];
		policy->initial_policy_count = 1;
	}
	if (c->max_path > 0)
		policy->max_path = c->max_path;
}

static enum dv_reason
chain_ask(const struct chain_case *c)
{
	static struct dv_work work;
	static struct dv_path path;
	struct dv_anchor anchors[MAX_CERTS];
	struct dv_bytes pile[MAX_CERTS];
	struct dv_crl crls[MAX_CRLS];
	unsigned leaf = c->first + c->anchor_count;
	struct dv_chain chain = { .leaf = cert_at(leaf),
	    .intermediates = pile, .intermediate_count = c->pile_count,
	    .anchors = anchors, .anchor_count = c->anchor_count,
	    .crls = crls, .crl_count = c->crl_count };
	struct dv_policy policy = dv_policy_strict((dv_time){ c->at });
	enum dv_reason reason;
	struct dv_verdict verdict;

	if (c->anchor_count > MAX_CERTS || c->pile_count > MAX_CERTS ||
	    c->crl_count > MAX_CRLS)
		return DV_R_INTERNAL;
	policy_set(&policy, c);
	reason = anchors_make(c, anchors);
	if (reason == DV_R_NONE)
		reason = crls_read(c, crls);
	if (reason != DV_R_NONE)
		return reason;
	for (unsigned i = 0; i < c->pile_count; i++)
		pile[i] = cert_at(leaf + 1 + i);
	verdict = dv_chain_verify(&chain, &policy, &work, &path);
	/* Not accepted and no reason would look like acceptance. */
	return (verdict.status == DV_ACCEPTED) ==
	    (verdict.reason == DV_R_NONE) ? verdict.reason : DV_R_INTERNAL;
}

bool
dv_selfcheck_chain(size_t i, enum dv_reason *wanted, enum dv_reason *found)
{
	const struct chain_case *c = &chain_cases[i];
	struct dv_cert cert;
	struct dv_at at;

	*wanted = c->reason;
	*found = c->alone ? dv_cert_parse(cert_at(c->first), &cert, &at) :
	    chain_ask(c);
	return *found == *wanted;
}
