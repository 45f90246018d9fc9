/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificate policies along a path, from the anchor down. Must never keep
 * more than two certificates' policies. RFC 5280 6.1.2 to 6.1.6, RFC 9618.
 *
 * What the standard asks of its graph at the end is one thing: which policies
 * that stand directly below anyPolicy still have a descendant at the leaf. So
 * each policy carries the set of these ancestors ("roots") instead of edges,
 * and one without descendants needs no pruning: nobody carries it any more.
 */
#include "policy.h"

#include "at.h"
#include "bytes.h"
#include "built.h"
#include "der.h"
#include "oid.h"
#include "rules.h"

#if DV_HAS_POLICIES

_Static_assert(DV_MAX_PATH_POLICIES <= 64, "dv_policy_node.roots");

/* ---- lists in extensions, whose form was checked when they were read ---- */

static struct dv_der
list_of(const struct dv_policies *w, enum dv_ext ext)
{
	struct dv_der in, list;

	in = dv_der_start(w->cert->ext.value[ext], DV_F_NONE, w->at);
	if (dv_der_enter(&in, DER_SEQUENCE, &list) != DV_R_NONE)
		list.rest.len = 0;
	return list;
}

static bool
next_policy(struct dv_der *list, struct dv_bytes *oid)
{
	struct dv_der info;

	return dv_der_enter(list, DER_SEQUENCE, &info) == DV_R_NONE &&
	    dv_der_oid(&info, oid) == DV_R_NONE;
}

/* issuerDomainPolicy and subjectDomainPolicy. */
struct mapping {
	struct dv_bytes from, to;
};

static bool
next_mapping(struct dv_der *list, struct mapping *mapping)
{
	struct dv_der pair;

	return dv_der_enter(list, DER_SEQUENCE, &pair) == DV_R_NONE &&
	    dv_der_oid(&pair, &mapping->from) == DV_R_NONE &&
	    dv_der_oid(&pair, &mapping->to) == DV_R_NONE;
}

static bool
is_mapped(const struct dv_policies *w, struct dv_bytes oid)
{
	struct dv_der list = list_of(w, DV_EXT_POLICY_MAPPINGS);
	struct mapping m;

	while (next_mapping(&list, &m)) {
		if (dv_bytes_equal(m.from, oid))
			return true;
	}
	return false;
}

/* ---- levels and sets ---------------------------------------------------- */

static enum dv_reason
fail_limit(const struct dv_policies *w, struct dv_bytes oid, unsigned limit)
{
	struct dv_bytes mappings = w->cert->ext.value[DV_EXT_POLICY_MAPPINGS];
	bool mapped = dv_offset(mappings, oid) != DV_NO_OFFSET;

	(void)dv_fail_at(w->at, DV_R_POLICY_LIMIT, mapped ?
	    DV_F_POLICY_MAPPINGS : DV_F_CERTIFICATE_POLICIES,
	    dv_offset(w->cert->der, oid));
	dv_wanted(w->at, dv_number(limit));
	return DV_R_POLICY_LIMIT;
}

static const struct dv_policy_node *
node_find(const struct dv_policy_level *level, struct dv_bytes oid)
{
	for (unsigned i = 0; i < level->count; i++) {
		if (dv_bytes_equal(level->node[i].oid, oid))
			return &level->node[i];
	}
	return NULL;
}

static enum dv_reason
node_add(const struct dv_policies *w, struct dv_policy_level *level,
    struct dv_bytes oid, uint64_t roots)
{
	for (unsigned i = 0; i < level->count; i++) {
		if (dv_bytes_equal(level->node[i].oid, oid)) {
			level->node[i].roots |= roots;
			return DV_R_NONE;
		}
	}
	if (level->count >= DV_MAX_POLICY_NODES)
		return fail_limit(w, oid, DV_MAX_POLICY_NODES);
	level->node[level->count++] = (struct dv_policy_node){ oid, roots };
	return DV_R_NONE;
}

static bool
level_empty(const struct dv_policy_level *level)
{
	return level->count == 0 && !level->any;
}

static void
level_clear(struct dv_policy_level *level)
{
	level->count = 0;
	level->any = false;
}

/* Place of a policy in the set; set->count when it is not there. */
static size_t
set_find(const struct dv_policy_set *set, struct dv_bytes oid)
{
	size_t i = 0;

	while (i < set->count && !dv_bytes_equal(set->oid[i], oid))
		i++;
	return i;
}

/* A policy whose parent is anyPolicy: it is its own root. */
static enum dv_reason
node_add_root(const struct dv_policies *w, struct dv_bytes oid)
{
	struct dv_policy_set *set = &w->work->set;
	size_t place = set_find(set, oid);

	if (place >= DV_MAX_PATH_POLICIES)
		return fail_limit(w, oid, DV_MAX_PATH_POLICIES);
	if (place == set->count)
		set->oid[set->count++] = oid;
	return node_add(w, w->here, oid, UINT64_C(1) << place);
}

/* ---- RFC 5280 6.1.3: the policies of certificate i ---------------------- */

/* (d)(1) */
static enum dv_reason
policy_take(const struct dv_policies *w, struct dv_bytes oid)
{
	const struct dv_policy_node *expected = node_find(w->above, oid);

	if (expected != NULL)
		return node_add(w, w->here, oid, expected->roots);
	return w->above->any ? node_add_root(w, oid) : DV_R_NONE;
}

/* (d)(2): everything expected that was not stated. */
static enum dv_reason
any_take(const struct dv_policies *w)
{
	const struct dv_policy_level *above = w->above;
	enum dv_reason reason = DV_R_NONE;

	for (unsigned i = 0; i < above->count && reason == DV_R_NONE; i++) {
		if (node_find(w->here, above->node[i].oid) == NULL)
			reason = node_add(w, w->here, above->node[i].oid,
			    above->node[i].roots);
	}
	w->here->any = above->any;
	return reason;
}

/* (d), (e): without the extension, nothing is left. */
static enum dv_reason
policies_process(const struct dv_policies *w)
{
	struct dv_der list = list_of(w, DV_EXT_CERTIFICATE_POLICIES);
	bool any = false, permitted = w->inhibit_any > 0 ||
	    (w->index > 0 && dv_rules_self_issued(w->cert));
	enum dv_reason reason = DV_R_NONE;
	struct dv_bytes oid;

	level_clear(w->here);
	while (reason == DV_R_NONE && next_policy(&list, &oid)) {
		if (dv_bytes_equal(oid, dv_oid_any_policy))
			any = true;
		else
			reason = policy_take(w, oid);
	}
	if (reason == DV_R_NONE && any && permitted)
		reason = any_take(w);
	return reason;
}

static enum dv_reason
fail_policies(const struct dv_policies *w, enum dv_reason reason)
{
	return dv_fail_at(w->at, reason, DV_F_CERTIFICATE_POLICIES,
	    dv_offset(w->cert->der,
	    w->cert->ext.value[DV_EXT_CERTIFICATE_POLICIES]));
}

/* (f) */
static enum dv_reason
policies_exist(const struct dv_policies *w)
{
	if (w->explicit_policy > 0 || !level_empty(w->here))
		return DV_R_NONE;
	return fail_policies(w, DV_R_POLICY_REQUIRED);
}

/* ---- RFC 5280 6.1.4: before certificate i + 1 --------------------------- */

/* (b)(1), second half: a policy that is there by anyPolicy alone. */
static enum dv_reason
mappings_from_any(const struct dv_policies *w)
{
	struct dv_der list = list_of(w, DV_EXT_POLICY_MAPPINGS);
	enum dv_reason reason = DV_R_NONE;
	struct mapping m;

	while (w->here->any && reason == DV_R_NONE && next_mapping(&list, &m)) {
		if (node_find(w->here, m.from) == NULL)
			reason = node_add_root(w, m.from);
	}
	return reason;
}

/* (b)(1): what is expected of certificate i + 1, into w->above. */
static enum dv_reason
mappings_follow(const struct dv_policies *w)
{
	struct dv_der list = list_of(w, DV_EXT_POLICY_MAPPINGS);
	enum dv_reason reason = mappings_from_any(w);
	const struct dv_policy_node *node;
	struct mapping m;

	level_clear(w->above);
	w->above->any = w->here->any;
	while (reason == DV_R_NONE && next_mapping(&list, &m)) {
		node = node_find(w->here, m.from);
		if (node != NULL)
			reason = node_add(w, w->above, m.to, node->roots);
	}
	for (unsigned i = 0; i < w->here->count && reason == DV_R_NONE; i++) {
		node = &w->here->node[i];
		if (!is_mapped(w, node->oid))
			reason = node_add(w, w->above, node->oid, node->roots);
	}
	return reason;
}

/* (b)(2): a mapped policy ends where mapping is inhibited. */
static void
mappings_delete(const struct dv_policies *w)
{
	struct dv_policy_level *out = w->above;

	level_clear(out);
	out->any = w->here->any;
	for (unsigned i = 0; i < w->here->count; i++) {
		if (!is_mapped(w, w->here->node[i].oid))
			out->node[out->count++] = w->here->node[i];
	}
}

static unsigned
lesser(unsigned counter, unsigned skip_plus_one)
{
	return skip_plus_one > 0 && skip_plus_one - 1 < counter ?
	    skip_plus_one - 1 : counter;
}

/* (h), (i), (j) */
static void
counters_step(struct dv_policies *w)
{
	const struct dv_extensions *ext = &w->cert->ext;

	if (!dv_rules_self_issued(w->cert)) {
		w->explicit_policy -= w->explicit_policy > 0;
		w->policy_mapping -= w->policy_mapping > 0;
		w->inhibit_any -= w->inhibit_any > 0;
	}
	w->explicit_policy = lesser(w->explicit_policy, ext->require_explicit);
	w->policy_mapping = lesser(w->policy_mapping, ext->inhibit_mapping);
	w->inhibit_any = lesser(w->inhibit_any, ext->inhibit_any);
}

static enum dv_reason
next_prepare(struct dv_policies *w)
{
	enum dv_reason reason = DV_R_NONE;

	if (w->policy_mapping > 0)
		reason = mappings_follow(w);
	else
		mappings_delete(w);
	counters_step(w);
	return reason;
}

/* ---- RFC 5280 6.1.5: wrap-up -------------------------------------------- */

static bool
is_asked(const struct dv_policy *policy, struct dv_bytes oid)
{
	for (size_t i = 0; i < policy->initial_policy_count; i++) {
		if (dv_bytes_equal(policy->initial_policies[i], oid))
			return true;
	}
	return false;
}

/* Drops the roots that have no descendant at the leaf. */
static void
set_prune(const struct dv_policy_level *leaf, struct dv_policy_set *set)
{
	uint64_t alive = 0;
	size_t kept = 0;

	for (unsigned i = 0; i < leaf->count; i++)
		alive |= leaf->node[i].roots;
	for (size_t i = 0; i < set->count; i++) {
		if ((alive >> i & 1) != 0)
			set->oid[kept++] = set->oid[i];
	}
	set->count = kept;
	set->any = leaf->any;
}

/* (g)(6): what was asked for, of the authority-constrained set. */
static void
set_constrain(struct dv_policy_set *set, const struct dv_policy *policy)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (is_asked(policy, set->oid[i]))
			set->oid[kept++] = set->oid[i];
	}
	set->count = kept;
	for (size_t i = 0; i < policy->initial_policy_count && set->any; i++) {
		struct dv_bytes oid = policy->initial_policies[i];

		if (set_find(set, oid) == set->count)
			set->oid[set->count++] = oid;
	}
	set->any = false;
}

/* (a), (b), (g) */
static enum dv_reason
wrap_up(struct dv_policies *w)
{
	const struct dv_policy *policy = w->policy;
	struct dv_policy_set *set = &w->work->set;

	w->explicit_policy -= w->explicit_policy > 0;
	if (w->cert->ext.require_explicit == 1)
		w->explicit_policy = 0;
	set_prune(w->here, set);
	if (policy->initial_policy_count > 0 &&
	    !is_asked(policy, dv_oid_any_policy))
		set_constrain(set, policy);
	if (w->explicit_policy > 0 || set->count > 0 || set->any)
		return DV_R_NONE;
	if (level_empty(w->here) || policy->initial_policy_count == 0)
		return fail_policies(w, DV_R_POLICY_REQUIRED);
	(void)fail_policies(w, DV_R_POLICY_NOT_ACCEPTED);
	dv_wanted(w->at, dv_octets(DV_VALUE_OID, policy->initial_policies[0]));
	return DV_R_POLICY_NOT_ACCEPTED;
}

/* RFC 5280 6.1.2 (a), (d), (e), (f): depth 0 is anyPolicy alone. */
static void
walk_start(struct dv_policies *w)
{
	const struct dv_policy *policy = w->policy;

	w->above = &w->work->level[0];
	w->here = &w->work->level[1];
	level_clear(w->above);
	w->above->any = true;
	w->work->set.count = 0;
	w->work->set.any = false;
	w->explicit_policy = policy->require_explicit ? 0 : w->count + 1;
	w->policy_mapping = policy->inhibit_mapping ? 0 : w->count + 1;
	w->inhibit_any = policy->inhibit_any ? 0 : w->count + 1;
}

enum dv_reason
dv_policies_check(struct dv_policies *w)
{
	enum dv_reason reason = DV_R_NONE;

	walk_start(w);
	for (unsigned i = w->count; i-- > 0 && reason == DV_R_NONE;) {
		w->index = i;
		w->cert = &w->path[i];
		reason = policies_process(w);
		if (reason == DV_R_NONE)
			reason = policies_exist(w);
		if (reason == DV_R_NONE && i > 0)
			reason = next_prepare(w);
	}
	return reason != DV_R_NONE ? reason : wrap_up(w);
}

#else

/* The certificates state none, or they could not have been read; and to be asked
 * for one is refused before: verify/chain.c. */
enum dv_reason
dv_policies_check(struct dv_policies *w)
{
	w->index = 0;
	return DV_R_NONE;
}

#endif
