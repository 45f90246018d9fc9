/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for a valid path: from the leaf upwards, every link verified
 * before anything in the issuer is believed. Accepts in one place only, and
 * only what rules.c and constraints.c have passed. RFC 5280 section 6.1.
 */
#include "dv_chain.h"

#include "at.h"
#include "bytes.h"
#include "built.h"
#include "constraints.h"
#include "policy.h"
#include "revoke.h"
#include "rules.h"
#include "trace.h"

_Static_assert(2 * DV_MAX_INTERMEDIATES <= UINT8_MAX, "dv_work.next");

/* One question while it is being answered. */
struct search {
	const struct dv_chain *chain;
	const struct dv_policy *policy;
	struct dv_work *work;
	unsigned count;			/* certificates in the path so far, */
	const struct dv_cert *top;	/* and the last of them */
	unsigned max;			/* certificates it may have */
	bool has_issuer[DV_MAX_PATH];	/* somebody has the issuer's name */
	struct dv_at at;		/* of the reason found last */
};

/* Does it hold? Else s->at says where, and the nearest miss is remembered: of
 * equals, the first. */
static bool
holds(struct search *s, enum dv_reason reason, enum dv_object object,
    size_t index)
{
	struct dv_verdict *best = &s->work->best;

	if (dv_reason_rank(reason) > dv_reason_rank(best->reason)) {
		*best = (struct dv_verdict){ DV_REJECTED, reason, object,
		    (unsigned)index, s->at };
		dv_trace_keep(s->work);
	}
	return reason == DV_R_NONE;
}

/* The same, of a certificate of the path. */
static bool
cert_holds(struct search *s, enum dv_reason reason, unsigned index)
{
	return holds(s, reason, DV_OBJECT_CERTIFICATE, index);
}

/* The path has so many certificates now. */
static void
path_set(struct search *s, unsigned count)
{
	s->count = count;
	s->top = &s->work->cert[count > 0 ? count - 1 : 0];
}

/* A certificate as it would stand at a place of the present path. */
static struct dv_place
place_at(const struct search *s, const struct dv_cert *cert, unsigned index)
{
	struct dv_place place = { cert, s->policy, index, 0,
	    dv_trace_row(s->work, index) };

	for (unsigned i = 1; i < index; i++) {
		if (!dv_rules_self_issued(&s->work->cert[i]))
			place.cas_below++;
	}
	return place;
}

/* The only place where the path's signatures are checked, and paid for. */
static enum dv_reason
link_check(struct search *s, const struct dv_key *issuer)
{
	const struct dv_cert *below = s->top;
	enum dv_reason reason;

	if (s->work->signatures >= DV_MAX_SIGNATURES) {
		(void)dv_fail_part(&below->der, &s->at, DV_R_BUDGET_SPENT,
		    DV_F_SIGNATURE_VALUE, below->signature);
		dv_wanted(&s->at, dv_number(DV_MAX_SIGNATURES));
		return DV_R_BUDGET_SPENT;
	}
	s->work->signatures++;
	reason = dv_cert_check_signature(below, issuer, &s->at);
	dv_trace_note(s->work, s->count - 1, DV_STEP_SIGNATURE, reason);
	return reason;
}

/* Do the key identifiers of certificate and issuer contradict each other? */
static bool
key_ids_differ(const struct dv_cert *cert, struct dv_bytes issuer_key_id)
{
	return cert->ext.authority_key_id.len > 0 && issuer_key_id.len > 0 &&
	    !dv_bytes_equal(cert->ext.authority_key_id, issuer_key_id);
}

/* ---- names: RFC 5280 6.1.3 (b), (c), 6.1.4 (g) ------------------------- */

/* One certificate of the path against all who stand above it. */
static enum dv_reason
names_check_one(struct search *s, unsigned index,
    const struct dv_anchor *anchor)
{
	struct dv_work *work = s->work;
	struct dv_subtrees subtrees = { anchor->permitted, anchor->excluded };
	enum dv_reason reason;

	reason = dv_constraints_check(&work->cert[index], &subtrees,
	    &work->name_checks, &s->at);
	for (unsigned i = s->count - 1; i > index && reason == DV_R_NONE; i--) {
		subtrees.permitted = work->cert[i].ext.permitted;
		subtrees.excluded = work->cert[i].ext.excluded;
		reason = dv_constraints_check(&work->cert[index], &subtrees,
		    &work->name_checks, &s->at);
	}
	return reason;
}

/* From the top down; self-issued certificates but the last are exempt. */
static bool
names_hold(struct search *s, const struct dv_anchor *anchor)
{
	enum dv_reason reason;

	/* No certificate with constraints could be read, and no anchor with
	 * them has been asked: verify/ext.c, verify/rules.c. */
	if (!DV_HAS_CONSTRAINTS)
		return true;
	for (unsigned i = s->count; i-- > 0;) {
		if (i > 0 && dv_rules_self_issued(&s->work->cert[i])) {
			dv_trace_set(s->work, i, DV_STEP_NAMES,
			    DV_STEP_NOT_HERE);
			continue;
		}
		reason = names_check_one(s, i, anchor);
		dv_trace_note(s->work, i, DV_STEP_NAMES, reason);
		if (!cert_holds(s, reason, i))
			return false;
	}
	return true;
}

/* ---- policies: RFC 5280 6.1.3 (d) to (f), 6.1.4 (a), (b), 6.1.5 (g) ---- */

static bool
policies_hold(struct search *s)
{
	struct dv_policies policies = { .path = s->work->cert,
	    .count = s->count, .policy = s->policy, .at = &s->at };
	enum dv_reason reason;

#if DV_HAS_POLICIES
	policies.work = &s->work->policies;
#endif
	reason = dv_policies_check(&policies);
	for (unsigned i = 0; reason == DV_R_NONE && i < s->count; i++)
		dv_trace_note(s->work, i, DV_STEP_POLICIES, DV_R_NONE);
	if (reason != DV_R_NONE)
		dv_trace_note(s->work, policies.index, DV_STEP_POLICIES, reason);
	return cert_holds(s, reason, policies.index);
}

/* ---- revocation: RFC 5280 6.1.3 (a)(3), 6.3 --------------------------- */

static bool
not_revoked(struct search *s, size_t anchor, const struct dv_key *key)
{
	struct dv_revoke question = { .chain = s->chain, .policy = s->policy,
	    .work = s->work, .count = s->count,
	    .anchor = &s->chain->anchors[anchor], .anchor_key = key };
	const struct dv_verdict *why;

	/* What this build cannot know is not asked: request_check(). */
	if (!DV_HAS_CRL || dv_revoke_check(&question, &why))
		return true;
	if (why->object == DV_OBJECT_CERTIFICATE && why->index < s->count)
		dv_trace_note(s->work, why->index, DV_STEP_REVOCATION,
		    why->reason);
	s->at = why->at;
	(void)holds(s, why->reason, why->object, why->index);
	return false;
}

/* What is known of each certificate of an accepted path. */
static void
trace_revocation(struct dv_work *work, const struct dv_path *path)
{
	for (unsigned i = 0; i < path->count; i++)
		dv_trace_set(work, i, DV_STEP_REVOCATION,
		    path->revocation[i] == DV_REVOCATION_NOT_CHECKED ?
		    DV_STEP_NOT_ASKED : DV_STEP_PASSED);
}

/* ---- anchors ----------------------------------------------------------- */

/* Does this anchor, whose name is right, complete a valid path? */
static bool
anchor_completes(struct search *s, size_t index)
{
	const struct dv_anchor *anchor = &s->chain->anchors[index];
	struct dv_place below = place_at(s, s->top, s->count - 1);
	enum dv_reason reason;
	struct dv_key key;

	below.trace = dv_trace_begin(s->work, s->count,
	    &(struct dv_trace_row){ .object = DV_OBJECT_ANCHOR,
	    .index = (unsigned)index, .name = anchor->name });
	reason = dv_rules_note(&below, DV_STEP_KEY_VALID,
	    dv_key_parse(anchor->spki, &key, &s->at));
	if (!holds(s, reason, DV_OBJECT_ANCHOR, index))
		return false;
	reason = link_check(s, &key);
	if (!cert_holds(s, reason, s->count - 1))
		return false;
	reason = dv_rules_anchor(anchor, &below, &s->at);
	return holds(s, reason, DV_OBJECT_ANCHOR, index) &&
	    names_hold(s, anchor) && policies_hold(s) &&
	    not_revoked(s, index, &key);
}

/* Anchors above the top of the path, those with a fitting key id first. */
static bool
anchors_try(struct search *s, size_t *found)
{
	const struct dv_chain *chain = s->chain;
	const struct dv_cert *top = s->top;

	for (int differ = 0; differ <= 1; differ++) {
		for (size_t i = 0; i < chain->anchor_count; i++) {
			const struct dv_anchor *anchor = &chain->anchors[i];

			if (key_ids_differ(top, anchor->key_id) != differ ||
			    !dv_name_equal(anchor->name, top->issuer))
				continue;
			s->has_issuer[s->count - 1] = true;
			dv_trace_note(s->work, s->count - 1, DV_STEP_ISSUER, DV_R_NONE);
			*found = i;
			if (anchor_completes(s, i))
				return true;
		}
	}
	return false;
}

/* ---- intermediates ----------------------------------------------------- */

/*
 * The same certificate, or another of the same name and key, twice in one path?
 * It could only lead around in a circle.
 */
static bool
repeats(const struct search *s, const struct dv_cert *candidate)
{
	for (unsigned i = 0; i < s->count; i++) {
		const struct dv_cert *cert = &s->work->cert[i];

		if (dv_bytes_equal(cert->key.spki, candidate->key.spki) &&
		    dv_name_equal(cert->subject, candidate->subject))
			return true;
	}
	return false;
}

/* Reads one intermediate and asks whether it has the name looked for. */
static bool
candidate_read(struct search *s, size_t index, bool differ)
{
	struct dv_cert *candidate = &s->work->candidate;
	enum dv_reason reason;

	reason = dv_cert_read(s->chain->intermediates[index], candidate,
	    &s->at);
	(void)dv_trace_begin(s->work, s->count,
	    &(struct dv_trace_row){ .object = DV_OBJECT_CERTIFICATE,
	    .index = s->count, .name = candidate->subject });
	dv_trace_note(s->work, s->count, DV_STEP_READ, reason);
	return cert_holds(s, reason, s->count) &&
	    dv_name_equal(candidate->subject, s->top->issuer) &&
	    key_ids_differ(s->top, candidate->ext.subject_key_id) ==
	    differ && !repeats(s, candidate);
}

static enum dv_reason
too_long(struct search *s)
{
	struct dv_at *at = &s->at;

	(void)dv_fail_part(&s->top->der, at, DV_R_PATH_TOO_LONG, DV_F_ISSUER,
	    s->top->issuer);
	dv_numbers(at, s->max, (int64_t)s->count + 1);
	return DV_R_PATH_TOO_LONG;
}

/* Is the candidate, whose name is right, a valid issuer of the top? */
static bool
candidate_issued(struct search *s)
{
	const struct dv_cert *candidate = &s->work->candidate;
	struct dv_place place = place_at(s, candidate, s->count);
	unsigned where = s->count;
	enum dv_reason reason;

	if (s->count >= s->max)
		return cert_holds(s, too_long(s), s->count - 1);
	reason = dv_rules_key(&place, &s->at);
	if (reason == DV_R_NONE) {
		reason = link_check(s, &candidate->key);
		if (reason != DV_R_NONE)
			where = s->count - 1;
	}
	if (reason == DV_R_NONE)
		reason = dv_rules_check(&place, &s->at);
	return cert_holds(s, reason, where);
}

static void
path_push(struct search *s)
{
	struct dv_work *work = s->work;

	work->cert[s->count] = work->candidate;
	work->next[s->count] = 0;
	s->has_issuer[s->count] = false;
	path_set(s, s->count + 1);
}

/*
 * Puts the next valid issuer of the top onto the path: in the order given, but
 * those whose key identifier fits before those whose does not.
 */
static bool
path_extend(struct search *s)
{
	size_t n = s->chain->intermediate_count;
	uint8_t *next = &s->work->next[s->count - 1];

	while (*next < 2 * n) {
		size_t turn = (*next)++;

		if (!candidate_read(s, turn % n, turn >= n))
			continue;
		s->has_issuer[s->count - 1] = true;
		dv_trace_note(s->work, s->count - 1, DV_STEP_ISSUER, DV_R_NONE);
		if (candidate_issued(s)) {
			path_push(s);
			return true;
		}
	}
	return false;
}

/* Whose certificate is missing, and with which key. */
static void
no_issuer_values(const struct dv_cert *cert, struct dv_at *at)
{
	dv_found_as(at, "issuer", dv_octets(DV_VALUE_NAME, cert->issuer));
	if (cert->ext.authority_key_id.len > 0)
		dv_wanted_as(at, "key id",
		    dv_octets(DV_VALUE_BYTES, cert->ext.authority_key_id));
}

/* Nothing more to try above the top: takes it off. */
static void
path_retreat(struct search *s)
{
	if (!s->has_issuer[s->count - 1]) {
		(void)dv_fail_part(&s->top->der, &s->at, DV_R_NO_ISSUER,
		    DV_F_ISSUER, s->top->issuer);
		no_issuer_values(s->top, &s->at);
		dv_trace_end(s->work, s->count);
		dv_trace_note(s->work, s->count - 1, DV_STEP_ISSUER, DV_R_NO_ISSUER);
		(void)cert_holds(s, DV_R_NO_ISSUER, s->count - 1);
	}
	path_set(s, s->count - 1);
}

/* ---- the question ------------------------------------------------------ */

static enum dv_reason
too_many(struct dv_at *at, enum dv_reason reason, size_t most, size_t found)
{
	(void)dv_fail_at(at, reason, DV_F_NONE, DV_NO_OFFSET);
	dv_numbers(at, (int64_t)most, (int64_t)found);
	return reason;
}

static enum dv_reason
request_check(const struct dv_chain *chain, const struct dv_policy *policy,
    struct dv_at *at)
{
	if (chain->anchor_count == 0)
		return dv_fail_at(at, DV_R_NO_ANCHORS, DV_F_NONE, DV_NO_OFFSET);
	/* What needs a part that this build is without. */
	if (!DV_HAS_PATH && policy->profile != DV_PROFILE_STRICT)
		return dv_fail_at(at, DV_R_NOT_BUILT, DV_F_NONE, DV_NO_OFFSET);
	if (!DV_HAS_POLICIES && (policy->initial_policy_count > 0 ||
	    policy->require_explicit || policy->inhibit_mapping ||
	    policy->inhibit_any))
		return dv_fail_at(at, DV_R_NOT_BUILT, DV_F_CERTIFICATE_POLICIES,
		    DV_NO_OFFSET);
	if (!DV_HAS_CRL && policy->revocation != DV_REVOCATION_NONE &&
	    (policy->revocation == DV_REVOCATION_REQUIRED ||
	    chain->crl_count > 0))
		return dv_fail_at(at, DV_R_NOT_BUILT,
		    DV_F_CRL_DISTRIBUTION_POINTS, DV_NO_OFFSET);
	if (chain->intermediate_count > DV_MAX_INTERMEDIATES)
		return too_many(at, DV_R_LIMIT, DV_MAX_INTERMEDIATES,
		    chain->intermediate_count);
	if (chain->crl_count > DV_MAX_CRLS)
		return too_many(at, DV_R_LIMIT, DV_MAX_CRLS, chain->crl_count);
	if (policy->initial_policy_count > DV_MAX_PATH_POLICIES)
		return too_many(at, DV_R_POLICY_LIMIT, DV_MAX_PATH_POLICIES,
		    policy->initial_policy_count);
	return DV_R_NONE;
}

/* Everything that can be said of the leaf alone. */
static enum dv_reason
leaf_check(struct search *s)
{
	struct dv_at *at = &s->at;
	struct dv_cert *leaf = &s->work->cert[0];
	struct dv_place place = place_at(s, leaf, 0);
	enum dv_reason reason;

	if (s->chain->leaf.len == 0)
		return dv_fail_at(at, DV_R_INPUT_EMPTY, DV_F_CERTIFICATE, 0);
	reason = dv_cert_read(s->chain->leaf, leaf, at);
	(void)dv_trace_begin(s->work, 0,
	    &(struct dv_trace_row){ .object = DV_OBJECT_CERTIFICATE,
	    .name = leaf->subject });
	dv_trace_note(s->work, 0, DV_STEP_READ, reason);
	if (reason == DV_R_NONE)
		reason = dv_rules_key(&place, at);
	return reason != DV_R_NONE ? reason : dv_rules_check(&place, at);
}

static bool
begin(struct search *s)
{
	struct dv_work *work = s->work;
	enum dv_reason reason;

	work->signatures = 0;
	work->name_checks = 0;
	work->best = (struct dv_verdict){ .status = DV_UNDECIDED };
	dv_trace_end(work, 0);
	dv_trace_keep(work);
	work->next[0] = 0;
	reason = request_check(s->chain, s->policy, &s->at);
	if (!holds(s, reason, DV_OBJECT_NONE, 0))
		return false;
	reason = leaf_check(s);
	path_set(s, 1);
	if (reason == DV_R_NONE && s->max == 0)
		reason = too_long(s);
	return cert_holds(s, reason, 0);
}

/*
 * Depth first, without recursion: a place is visited once for every verified
 * signature, so the budget of signatures bounds the whole.
 */
static bool
search_path(struct search *s, size_t *anchor)
{
	bool fresh = true;	/* the top has just been put there */

	while (s->count > 0) {
		if (fresh && anchors_try(s, anchor))
			return true;
		fresh = path_extend(s);
		if (!fresh)
			path_retreat(s);
	}
	return false;
}

/* Every certificate of an accepted path has paid for its signature. */
static bool
result_possible(const struct search *s, size_t anchor)
{
	return s->count >= 1 && s->count <= s->max &&
	    s->max <= DV_MAX_PATH && anchor < s->chain->anchor_count &&
	    s->work->signatures >= s->count &&
	    s->work->signatures <= DV_MAX_SIGNATURES;
}

static void
path_fill(const struct search *s, size_t anchor, struct dv_path *path)
{
	path->count = s->count;
	path->anchor = anchor;
	path->signatures = s->work->signatures;
#if DV_HAS_POLICIES
	path->policies = s->work->policies.set;
#endif
	path->good_until = s->chain->anchors[anchor].not_after;
	path->cert = s->work->cert;
	for (unsigned i = 0; i < s->count; i++) {
		if (path->cert[i].not_after.s < path->good_until.s)
			path->good_until = path->cert[i].not_after;
	}
	if (DV_HAS_CRL)
		dv_revoke_fill(s->work, path);
}

struct dv_policy
dv_policy_strict(dv_time at)
{
	return (struct dv_policy){ .at = at, .algs = dv_sig_built(),
	    .max_path = DV_MAX_PATH, .profile = DV_PROFILE_STRICT,
	    .revocation = DV_REVOCATION_IF_GIVEN };
}

struct dv_verdict
dv_chain_verify(const struct dv_chain *chain, const struct dv_policy *policy,
    struct dv_work *work, struct dv_path *path)
{
	struct search s = { .chain = chain, .policy = policy, .work = work };
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .reason = DV_R_INTERNAL, .at = { .offset = DV_NO_OFFSET } };
	size_t anchor = 0;

	dv_wipe(path, sizeof(*path));
	s.max = policy->max_path < DV_MAX_PATH ? policy->max_path : DV_MAX_PATH;
	if (begin(&s) && search_path(&s, &anchor)) {
		if (!result_possible(&s, anchor))
			return verdict;
		path_fill(&s, anchor, path);
		trace_revocation(work, path);
		verdict.status = DV_ACCEPTED;
		verdict.reason = DV_R_NONE;
		return verdict;
	}
	dv_trace_miss(work);
	return work->best.status == DV_REJECTED ? work->best : verdict;
}
