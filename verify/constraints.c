/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What name constraints mean. A name that cannot be compared with a constraint of
 * its own kind is refused, never passed over. RFC 5280 6.1.3 (b), (c).
 */
#include "constraints.h"

#include "at.h"
#include "bytes.h"
#include "built.h"
#include "ext.h"
#include "host_name.h"
#include "name.h"
#include "oid.h"

/* ---- one name against one constraint ----------------------------------- */

enum match {
	MATCH_UNKNOWN = 0,	/* cannot be told: refuse */
	MATCH_YES,
	MATCH_NO,
	MATCH_NOT_HERE		/* the constraint is about other names */
};

static enum match
match_if(bool matches)
{
	return matches ? MATCH_YES : MATCH_NO;
}

/*
 * A host stands for itself, ".domain" for every host below it: the rule of
 * mail and URI constraints. Nothing at all stands for everything.
 */
static enum match
host_match(struct dv_bytes host, struct dv_bytes base)
{
	if (base.len == 0)
		return MATCH_YES;
	if (!dv_host_valid(host) || dv_host_is_address(host))
		return MATCH_UNKNOWN;
	if (!dv_host_dotted(base))
		return match_if(dv_host_same(host, base));
	return match_if(host.len > base.len &&
	    dv_host_same(dv_host_tail(host, base.len), base));
}

/* The base and whatever has labels added on its left. */
static bool
dns_below(struct dv_bytes host, struct dv_bytes base)
{
	if (host.len > base.len && !dv_host_dotted(base) &&
	    host.ptr[host.len - base.len - 1] != '.')
		return false;
	return host.len >= base.len && dv_host_same(dv_host_tail(host, base.len), base);
}

/*
 * "*.example.com" stands for names that may lie in an excluded subtree one
 * label deeper than itself. ".example.com", which RFC 5280 does not know, is
 * taken for the lesser when it permits and for the greater when it excludes.
 */
static enum match
dns_match(struct dv_bytes name, struct dv_bytes base, bool excluded)
{
	bool wild = name.len > 2 && name.ptr[0] == '*' && name.ptr[1] == '.';
	struct dv_bytes host = wild ? dv_host_drop(name, 2) : name;
	size_t dot;

	if (base.len == 0)
		return MATCH_YES;
	if (!dv_host_valid(host))
		return MATCH_UNKNOWN;
	if (!excluded)
		return match_if(dns_below(name, base));
	if (dv_host_dotted(base))
		base = dv_host_drop(base, 1);
	dot = dv_host_find(base, '.');
	if (wild && dot < base.len &&
	    dv_host_same(host, dv_host_drop(base, dot + 1)))
		return MATCH_YES;
	return match_if(dns_below(host, base));
}

/* RFC 5280 7.5: the local part exactly, the host without case. */
static enum match
mail_match(struct dv_bytes name, struct dv_bytes base)
{
	size_t at = dv_host_find(name, '@'), base_at = dv_host_find(base, '@');
	struct dv_bytes host;

	if (base.len == 0)
		return MATCH_YES;
	if (at == 0 || at == name.len)
		return MATCH_UNKNOWN;
	host = dv_host_drop(name, at + 1);
	if (base_at == base.len)
		return host_match(host, base);
	/* A quoted local part may be another spelling of the same mailbox. */
	if (name.ptr[0] == '"' || base.ptr[0] == '"' || !dv_host_valid(host))
		return MATCH_UNKNOWN;
	return match_if(dv_host_same(host, dv_host_drop(base, base_at + 1)) &&
	    dv_bytes_equal((struct dv_bytes){ name.ptr, at },
	    (struct dv_bytes){ base.ptr, base_at }));
}

/* Host of a URI, {NULL, 0} when it has no authority (RFC 3986 3.2). */
static struct dv_bytes
uri_host(struct dv_bytes uri)
{
	size_t colon = dv_host_find(uri, ':'), end = 0, at;
	struct dv_bytes rest;

	if (uri.len - colon < 3 || uri.ptr[colon + 1] != '/' ||
	    uri.ptr[colon + 2] != '/')
		return (struct dv_bytes){ NULL, 0 };
	rest = dv_host_drop(uri, colon + 3);
	while (end < rest.len && rest.ptr[end] != '/' &&
	    rest.ptr[end] != '?' && rest.ptr[end] != '#')
		end++;
	rest.len = end;
	at = dv_host_find(rest, '@');
	if (at < rest.len)
		rest = dv_host_drop(rest, at + 1);
	rest.len = dv_host_find(rest, ':');
	return rest;
}

/*
 * Is it a Name that begins with all RDNs of prefix? What is excluded is so in
 * every spelling (RFC 5280 7.1): one that is not folded here cannot be told.
 */
static enum match
directory_match(struct dv_bytes name, struct dv_bytes prefix, bool excluded)
{
	enum match match = MATCH_YES;
	struct dv_bytes all = dv_name_contents(name);
	struct dv_bytes head = dv_name_contents(prefix), a, b;

	if (all.ptr == NULL || head.ptr == NULL)
		return MATCH_UNKNOWN;
	while (head.len > 0) {
		if (!dv_rdn_next(&head, &b))
			return MATCH_UNKNOWN;
		if (all.len == 0)
			return MATCH_NO;
		if (!dv_rdn_next(&all, &a))
			return MATCH_UNKNOWN;
		if (dv_rdn_equal(a, b))
			continue;
		if (!excluded || !dv_rdn_undecided(a, b))
			return MATCH_NO;
		match = MATCH_UNKNOWN;
	}
	return match;
}

/* base: address and mask, each as long as an address. */
static enum match
address_match(struct dv_bytes address, struct dv_bytes base)
{
	if (address.len != 4 && address.len != 16)
		return MATCH_UNKNOWN;
	if (base.len != 2 * address.len)
		return MATCH_NO;
	for (size_t i = 0; i < address.len; i++) {
		uint8_t mask = base.ptr[address.len + i];

		if (((address.ptr[i] ^ base.ptr[i]) & mask) != 0)
			return MATCH_NO;
	}
	return MATCH_YES;
}

/* The type of an otherName: its first element, whole. */
static struct dv_bytes
other_type(struct dv_bytes other)
{
	struct dv_at unused;
	struct dv_der in = dv_der_start(other, DV_F_NONE, &unused);
	struct dv_element type;

	return dv_der_any(&in, &type) == DV_R_NONE ? type.whole :
	    (struct dv_bytes){ NULL, 0 };
}

/* Another type is another form. Of the same, only equality can be told: what is
 * below a name is for the type to say. */
static enum match
other_match(struct dv_bytes name, struct dv_bytes base)
{
	if (!dv_bytes_equal(other_type(name), other_type(base)))
		return MATCH_NOT_HERE;
	return dv_bytes_equal(name, base) ? MATCH_YES : MATCH_UNKNOWN;
}

/* A name of the certificate under judgement. */
struct name {
	enum dv_general_name form;
	struct dv_bytes value;		/* as dv_general_name_read() gives it */
	struct dv_bytes place;		/* where it stands */
	enum dv_field field;
};

static enum match
name_match(const struct name *name, struct dv_bytes base, bool excluded)
{
	switch (name->form) {
	case DV_NAME_DNS:
		return dns_match(name->value, base, excluded);
	case DV_NAME_EMAIL:
		return mail_match(name->value, base);
	case DV_NAME_URI:
		return host_match(uri_host(name->value), base);
	case DV_NAME_DIRECTORY:
		return directory_match(name->value, base, excluded);
	case DV_NAME_IP:
		return address_match(name->value, base);
	case DV_NAME_OTHER:
		return other_match(name->value, base);
	case DV_NAME_X400:
	case DV_NAME_EDI_PARTY:
	case DV_NAME_REGISTERED_ID:
	default:
		return MATCH_UNKNOWN;
	}
}

/* ---- one certificate against all constraints --------------------------- */

struct judge {
	const struct dv_cert *cert;
	const struct dv_subtrees *subtrees;
	unsigned *checks;
	struct dv_at *at;
};

static enum dv_reason
refuse(const struct judge *j, const struct name *name, enum dv_reason reason)
{
	enum dv_value_kind kind = name->form == DV_NAME_DIRECTORY ?
	    DV_VALUE_NAME : DV_VALUE_BYTES;

	(void)dv_fail_at(j->at, reason, name->field,
	    dv_offset(j->cert->der, name->place));
	dv_found(j->at, dv_octets(kind, name->value));
	return reason;
}

/* Base of the next subtree; false when the bytes are not one. */
static bool
base_next(struct dv_der *list, struct dv_element *base)
{
	struct dv_der subtree;

	return dv_der_enter(list, DER_SEQUENCE, &subtree) == DV_R_NONE &&
	    dv_der_any(&subtree, base) == DV_R_NONE;
}

/* One list of subtrees, and what it says of a name. */
struct scan {
	struct dv_bytes list;
	bool excluded;
	bool of_form;		/* there is a subtree of the name's form */
	bool matched;
	bool unknown;		/* and this of one that cannot be told */
};

static enum dv_reason
subtrees_scan(const struct judge *j, const struct name *name,
    struct scan *out)
{
	struct dv_at unused;
	struct dv_der in = dv_der_start(out->list, DV_F_NAME_CONSTRAINTS,
	    &unused);
	struct dv_element base;

	while (!dv_der_empty(&in)) {
		enum match match;

		if (*j->checks >= DV_MAX_NAME_CHECKS)
			return refuse(j, name, DV_R_BUDGET_SPENT);
		++*j->checks;
		if (!base_next(&in, &base))
			return refuse(j, name, DV_R_NAME_CONSTRAINT_UNSUPPORTED);
		if (dv_general_name_choice(base.tag) != (int)name->form)
			continue;
		match = name_match(name, base.value, out->excluded);
		out->of_form |= match != MATCH_NOT_HERE;
		out->matched |= match == MATCH_YES;
		out->unknown |= match == MATCH_UNKNOWN;
	}
	return DV_R_NONE;
}

/* RFC 5280 6.1.3 (b), then (c). */
static enum dv_reason
name_judge(const struct judge *j, const struct name *name)
{
	struct scan permitted = { .list = j->subtrees->permitted };
	struct scan excluded = { .list = j->subtrees->excluded,
	    .excluded = true };
	enum dv_reason reason;

	reason = subtrees_scan(j, name, &permitted);
	if (reason != DV_R_NONE)
		return reason;
	if (permitted.of_form && !permitted.matched)
		return refuse(j, name, permitted.unknown ?
		    DV_R_NAME_CONSTRAINT_UNSUPPORTED : DV_R_NAME_NOT_PERMITTED);
	reason = subtrees_scan(j, name, &excluded);
	if (reason != DV_R_NONE)
		return reason;
	if (excluded.matched)
		return refuse(j, name, DV_R_NAME_EXCLUDED);
	return excluded.unknown ? refuse(j, name,
	    DV_R_NAME_CONSTRAINT_UNSUPPORTED) : DV_R_NONE;
}

static enum dv_reason
alt_names_judge(const struct judge *j, bool *has_mail)
{
	struct dv_der in = dv_der_start(j->cert->der, DV_F_SUBJECT_ALT_NAME,
	    j->at);
	struct dv_defect known = { .reason = DV_R_NONE };
	enum dv_reason reason = DV_R_NONE;
	struct dv_element e;

	/* Read before: what could be tolerated was then. */
	in.defect = &known;
	in.rest = j->cert->ext.subject_alt_name;
	while (reason == DV_R_NONE && !dv_der_empty(&in)) {
		struct name name = { .field = DV_F_SUBJECT_ALT_NAME };

		reason = dv_general_name_read(&in, &e);
		if (reason != DV_R_NONE)
			return reason;
		name.form = (enum dv_general_name)dv_general_name_choice(e.tag);
		name.value = e.value;
		name.place = e.whole;
		if (name.form == DV_NAME_EMAIL)
			*has_mail = true;
		reason = name_judge(j, &name);
	}
	return reason;
}

/* Mail addresses in the subject, of old: when no subjectAltName holds one. */
static enum dv_reason
subject_mail_judge(const struct judge *j)
{
	struct dv_bytes rdns = dv_name_contents(j->cert->subject), rdn;
	enum dv_reason reason = DV_R_NONE;
	struct dv_attribute attribute;

	while (reason == DV_R_NONE && dv_rdn_next(&rdns, &rdn)) {
		while (reason == DV_R_NONE &&
		    dv_attribute_next(&rdn, &attribute)) {
			struct name name = { DV_NAME_EMAIL,
			    attribute.value.value, attribute.value.whole,
			    DV_F_SUBJECT };

			if (dv_bytes_equal(attribute.oid, dv_oid_email_address))
				reason = name_judge(j, &name);
		}
	}
	return reason;
}

static enum dv_reason
subject_judge(const struct judge *j)
{
	struct name name = { DV_NAME_DIRECTORY, j->cert->subject,
	    j->cert->subject, DV_F_SUBJECT };

	return dv_name_is_empty(j->cert->subject) ? DV_R_NONE :
	    name_judge(j, &name);
}

enum dv_reason
dv_constraints_check(const struct dv_cert *cert,
    const struct dv_subtrees *subtrees, unsigned *checks, struct dv_at *at)
{
	const struct judge j = { cert, subtrees, checks, at };
	enum dv_reason reason;
	bool has_mail = false;

	if (subtrees->permitted.len == 0 && subtrees->excluded.len == 0)
		return DV_R_NONE;
	if (!DV_HAS_CONSTRAINTS)
		return dv_fail_at(at, DV_R_NOT_BUILT, DV_F_NAME_CONSTRAINTS,
		    DV_NO_OFFSET);
	reason = subject_judge(&j);
	if (reason == DV_R_NONE)
		reason = alt_names_judge(&j, &has_mail);
	if (reason == DV_R_NONE && !has_mail)
		reason = subject_mail_judge(&j);
	return reason;
}
