/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A whole question from any bytes: anchors, leaf, pile, CRLs, time, settings.
 * Nobody can sign here, so an accepted path holds only certificates of the
 * vectors, octet by octet, and none of it is good but by a CRL of theirs.
 * Input, made by seeds.py: two octets of flags, eight of time, then objects,
 * two octets of length before each, the first bit of them set for a CRL:
 * anchors, leaf, and the rest in any order.
 */
#include "dv_chain.h"
#include "fuzz.h"

#define ANCHORS_MAX 4
#define CRL_BIT 0x8000u
#define HEAD 10

/* First octet: profile, anchors less one, enum dv_revocation_mode. */
#define FLAG_PATH 1
#define FLAG_ANCHORS(octet) (1u + ((octet) >> 1 & 3))
#define FLAG_REVOCATION(octet) ((octet) >> 3 & 3)
#define FLAG_PURPOSE 0x20
/* Second octet: RFC 5280 6.1.1 (e), (f), (g), and a limit to the path. */
#define FLAG_EXPLICIT 1
#define FLAG_NO_MAPPING 2
#define FLAG_NO_ANY 4
#define FLAG_LENGTH(octet) ((octet) >> 4 & 7)

static struct dv_anchor anchors[ANCHORS_MAX];
static struct dv_bytes pile[DV_MAX_INTERMEDIATES + 1];
static struct dv_crl crls[DV_MAX_CRLS + 1];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	vectors_walk("chain", ".der", file_know);
	return 0;
}

/* Next object of the input, empty at its end. */
static struct dv_bytes
next(struct dv_bytes *rest, bool *is_crl)
{
	struct dv_bytes one = { rest->ptr, 0 };
	size_t len;

	*is_crl = false;
	if (rest->len < 2)
		return one;
	len = (size_t)rest->ptr[0] << 8 | rest->ptr[1];
	*is_crl = (len & CRL_BIT) != 0;
	len &= ~(size_t)CRL_BIT;
	one.ptr = rest->ptr + 2;
	one.len = len < rest->len - 2 ? len : rest->len - 2;
	rest->ptr += 2 + one.len;
	rest->len -= 2 + one.len;
	return one;
}

static size_t
anchors_read(struct dv_bytes *rest, size_t wanted)
{
	static struct dv_cert cert;
	struct dv_at at;
	size_t n = 0;
	bool is_crl;

	for (size_t i = 0; i < wanted; i++) {
		if (dv_cert_read(next(rest, &is_crl), &cert, &at) ==
		    DV_R_NONE && dv_anchor_from_cert(&cert, &anchors[n], &at) ==
		    DV_R_NONE)
			n++;
	}
	return n;
}

/* As the programs do, but for a CRL that cannot be read: they stop there. */
static void
rest_read(struct dv_bytes rest, struct dv_chain *chain)
{
	struct dv_bytes one;
	struct dv_at at;
	bool is_crl;

	while (rest.len >= 2) {
		one = next(&rest, &is_crl);
		if (!is_crl && chain->intermediate_count <
		    DV_MAX_INTERMEDIATES + 1)
			pile[chain->intermediate_count++] = one;
		if (is_crl && chain->crl_count < DV_MAX_CRLS + 1 &&
		    dv_crl_parse(one, &crls[chain->crl_count], &at) ==
		    DV_R_NONE)
			chain->crl_count++;
	}
}

static struct dv_policy
policy_read(const uint8_t *head)
{
	static const uint8_t code_signing[] = { 0x2b, 0x06, 0x01, 0x05, 0x05,
	    0x07, 0x03, 0x03 };
	struct dv_policy policy = dv_policy_strict((dv_time){ 0 });
	uint64_t at = 0;

	for (size_t i = 2; i < HEAD; i++)
		at = at << 8 | head[i];
	policy.at.s = (int64_t)(at >> 24);	/* any, but no overflow */
	policy.profile = (head[0] & FLAG_PATH) != 0 ? DV_PROFILE_PATH :
	    DV_PROFILE_STRICT;
	policy.revocation = (enum dv_revocation_mode)(FLAG_REVOCATION(head[0]) %
	    (DV_REVOCATION_NONE + 1u));
	if ((head[0] & FLAG_PURPOSE) != 0)
		policy.purpose = (struct dv_bytes){ code_signing,
		    sizeof(code_signing) };
	policy.require_explicit = (head[1] & FLAG_EXPLICIT) != 0;
	policy.inhibit_mapping = (head[1] & FLAG_NO_MAPPING) != 0;
	policy.inhibit_any = (head[1] & FLAG_NO_ANY) != 0;
	if (FLAG_LENGTH(head[1]) != 0)
		policy.max_path = FLAG_LENGTH(head[1]);
	return policy;
}

static bool
any_crl_known(const struct dv_chain *chain)
{
	for (size_t i = 0; i < chain->crl_count; i++)
		if (is_known(chain->crls[i].der))
			return true;
	return false;
}

static void
accepted_check(const struct dv_chain *chain, const struct dv_policy *policy,
    const struct dv_path *path)
{
	must(path->count >= 1 && path->count <= policy->max_path);
	must(path->signatures >= path->count);
	must(path->signatures <= DV_MAX_SIGNATURES);
	must(path->good_until.s >= policy->at.s);
	for (size_t i = 0; i < path->count; i++) {
		must(is_known(path->cert[i].der));
		if (path->revocation[i] == DV_REVOCATION_GOOD)
			must(any_crl_known(chain));
		else
			must(policy->revocation != DV_REVOCATION_REQUIRED ||
			    path->revocation[i] == DV_REVOCATION_UNAVAILABLE);
		must(policy->revocation != DV_REVOCATION_NONE ||
		    path->revocation[i] == DV_REVOCATION_NOT_CHECKED);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dv_work work;
	static struct dv_path path;
	struct dv_bytes rest = { data, size };
	struct dv_chain chain = { .intermediates = pile, .anchors = anchors,
	    .crls = crls };
	struct dv_policy policy;
	struct dv_verdict verdict;
	bool is_crl;

	if (size < HEAD)
		return 0;
	policy = policy_read(data);
	rest = (struct dv_bytes){ data + HEAD, size - HEAD };
	chain.anchor_count = anchors_read(&rest, FLAG_ANCHORS(data[0]));
	chain.leaf = next(&rest, &is_crl);
	rest_read(rest, &chain);
	verdict = dv_chain_verify(&chain, &policy, &work, &path);
	if (verdict.status == DV_ACCEPTED) {
		must(verdict.reason == DV_R_NONE);
		accepted_check(&chain, &policy, &path);
		return 0;
	}
	must(verdict.status == DV_REJECTED && path.count == 0);
	must(verdict.reason != DV_R_NONE && verdict.reason != DV_R_INTERNAL);
	return 0;
}
