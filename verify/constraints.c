/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Name constraints, their form and their meaning. A name that cannot be
 * compared with a constraint of its own kind is refused, never passed over.
 * RFC 5280 4.2.1.10 and 6.1.3 (b), (c).
 */
#include "constraints.h"

#include "at.h"
#include "bytes.h"
#include "ext.h"
#include "name.h"
#include "oid.h"

/* ---- host names -------------------------------------------------------- */

#define MAX_LABEL 63	/* RFC 1034 3.1 */
#define MAX_HOST 253

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool
host_character(uint8_t c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_';
}

static bool
same_text(struct dv_bytes a, struct dv_bytes b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	}
	return true;
}

static struct dv_bytes
drop(struct dv_bytes from, size_t n)
{
	return (struct dv_bytes){ from.ptr + n, from.len - n };
}

static struct dv_bytes
tail(struct dv_bytes from, size_t n)
{
	return drop(from, from.len - n);
}

static bool
starts_with_dot(struct dv_bytes text)
{
	return text.len > 0 && text.ptr[0] == '.';
}

/* Labels of letters, digits, hyphens and underscores between single dots. */
static bool
host_valid(struct dv_bytes host)
{
	size_t label = 0;

	if (host.len > MAX_HOST)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if (host.ptr[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!host_character(host.ptr[i]) ||
		    ++label > MAX_LABEL) {
			return false;
		}
	}
	return label > 0;
}

/* Numbers with dots are an address; no top-level domain is a number. */
static bool
host_is_address(struct dv_bytes host)
{
	size_t i = host.len;

	while (i > 0 && host.ptr[i - 1] >= '0' && host.ptr[i - 1] <= '9')
		i--;
	return i < host.len && (i == 0 || host.ptr[i - 1] == '.');
}

/* First place of c, or len. */
static size_t
find(struct dv_bytes text, uint8_t c)
{
	size_t i = 0;

	while (i < text.len && text.ptr[i] != c)
		i++;
	return i;
}

/* ---- one name against one constraint ----------------------------------- */

enum match {
	MATCH_UNKNOWN = 0,	/* cannot be told: refuse */
	MATCH_YES,
	MATCH_NO
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
	if (!host_valid(host) || host_is_address(host))
		return MATCH_UNKNOWN;
	if (!starts_with_dot(base))
		return match_if(same_text(host, base));
	return match_if(host.len > base.len &&
	    same_text(tail(host, base.len), base));
}

/* The base and whatever has labels added on its left. */
static bool
dns_below(struct dv_bytes host, struct dv_bytes base)
{
	if (host.len > base.len && !starts_with_dot(base) &&
	    host.ptr[host.len - base.len - 1] != '.')
		return false;
	return host.len >= base.len && same_text(tail(host, base.len), base);
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
	struct dv_bytes host = wild ? drop(name, 2) : name;
	size_t dot;

	if (base.len == 0)
		return MATCH_YES;
	if (!host_valid(host))
		return MATCH_UNKNOWN;
	if (starts_with_dot(base) && !excluded)
		return match_if(dns_below(name, base));
	if (starts_with_dot(base))
		base = drop(base, 1);
	dot = find(base, '.');
	if (wild && excluded && dot < base.len &&
	    same_text(host, drop(base, dot + 1)))
		return MATCH_YES;
	return match_if(dns_below(host, base));
}

/* RFC 5280 7.5: the local part exactly, the host without case. */
static enum match
mail_match(struct dv_bytes name, struct dv_bytes base)
{
	size_t at = find(name, '@'), base_at = find(base, '@');
	struct dv_bytes host;

	if (base.len == 0)
		return MATCH_YES;
	if (at == 0 || at == name.len)
		return MATCH_UNKNOWN;
	host = drop(name, at + 1);
	if (base_at == base.len)
		return host_match(host, base);
	/* A quoted local part may be another spelling of the same mailbox. */
	if (name.ptr[0] == '"' || base.ptr[0] == '"' || !host_valid(host))
		return MATCH_UNKNOWN;
	return match_if(same_text(host, drop(base, base_at + 1)) &&
	    dv_bytes_equal((struct dv_bytes){ name.ptr, at },
	    (struct dv_bytes){ base.ptr, base_at }));
}

/* Host of a URI, {NULL, 0} when it has no authority (RFC 3986 3.2). */
static struct dv_bytes
uri_host(struct dv_bytes uri)
{
	size_t colon = find(uri, ':'), end = 0, at;
	struct dv_bytes rest;

	if (uri.len - colon < 3 || uri.ptr[colon + 1] != '/' ||
	    uri.ptr[colon + 2] != '/')
		return (struct dv_bytes){ NULL, 0 };
	rest = drop(uri, colon + 3);
	while (end < rest.len && rest.ptr[end] != '/' &&
	    rest.ptr[end] != '?' && rest.ptr[end] != '#')
		end++;
	rest.len = end;
	at = find(rest, '@');
	if (at < rest.len)
		rest = drop(rest, at + 1);
	rest.len = find(rest, ':');
	return rest;
}

/* Is it a Name that begins with all RDNs of prefix? */
static enum match
directory_match(struct dv_bytes name, struct dv_bytes prefix)
{
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
		if (!dv_rdn_equal(a, b))
			return MATCH_NO;
	}
	return MATCH_YES;
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
		return directory_match(name->value, base);
	case DV_NAME_IP:
		return address_match(name->value, base);
	case DV_NAME_OTHER:
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
	j->at->found = dv_octets(kind, name->value);
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
		if (match == MATCH_UNKNOWN)
			return refuse(j, name, DV_R_NAME_CONSTRAINT_UNSUPPORTED);
		out->of_form = true;
		if (match == MATCH_YES)
			out->matched = true;
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
		return refuse(j, name, DV_R_NAME_NOT_PERMITTED);
	reason = subtrees_scan(j, name, &excluded);
	if (reason == DV_R_NONE && excluded.matched)
		return refuse(j, name, DV_R_NAME_EXCLUDED);
	return reason;
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
	reason = subject_judge(&j);
	if (reason == DV_R_NONE)
		reason = alt_names_judge(&j, &has_mail);
	if (reason == DV_R_NONE && !has_mail)
		reason = subject_mail_judge(&j);
	return reason;
}

/* ---- form -------------------------------------------------------------- */

static enum dv_reason
malformed(const struct dv_der *in, struct dv_bytes place)
{
	return dv_fail_at(in->at, DV_R_EXTENSION_MALFORMED, in->field,
	    dv_offset(in->object, place));
}

static bool
mail_base_valid(struct dv_bytes base)
{
	size_t at = find(base, '@');

	if (at < base.len)
		return at > 0 && host_valid(drop(base, at + 1));
	return host_valid(starts_with_dot(base) ? drop(base, 1) : base);
}

/* Address and mask of the same length, ones before zeros (RFC 4632 3.1). */
static bool
address_base_valid(struct dv_bytes base)
{
	bool zeros = false;

	if (base.len != 8 && base.len != 32)
		return false;
	for (size_t bit = 0; bit < 4 * base.len; bit++) {
		uint8_t octet = base.ptr[base.len / 2 + bit / 8];
		bool one = (octet >> (7 - bit % 8) & 1) != 0;

		if (one && zeros)
			return false;
		zeros = !one;
	}
	return true;
}

static bool
base_valid(enum dv_general_name form, struct dv_bytes base)
{
	if (form == DV_NAME_IP)
		return address_base_valid(base);
	if (base.len == 0)
		return true;
	if (form == DV_NAME_EMAIL)
		return mail_base_valid(base);
	if (form == DV_NAME_URI && starts_with_dot(base))
		base = drop(base, 1);
	return host_valid(base);
}

/* A GeneralName, but four forms are written otherwise. ".host" is plain. */
static enum dv_reason
base_read(struct dv_der *in)
{
	int choice = dv_general_name_choice(dv_der_peek(in));
	struct dv_bytes before = in->rest, name;
	enum dv_reason reason;
	struct dv_element e;
	struct dv_der inside;

	if (choice == DV_NAME_DIRECTORY) {
		reason = dv_der_enter(in, DER_CONTEXT_CONS(4), &inside);
		if (reason == DV_R_NONE)
			reason = dv_name_read(&inside, &name);
		return reason != DV_R_NONE ? reason : dv_der_end(&inside);
	}
	if (choice != DV_NAME_EMAIL && choice != DV_NAME_DNS &&
	    choice != DV_NAME_URI && choice != DV_NAME_IP)
		return dv_general_name_read(in, &e);
	reason = dv_der_any(in, &e);
	if (reason != DV_R_NONE ||
	    base_valid((enum dv_general_name)choice, e.value))
		return reason;
	reason = malformed(in, before);
	return choice == DV_NAME_DNS && base_valid(DV_NAME_URI, e.value) ?
	    dv_der_tolerate(in, reason) : reason;
}

/* RFC 5280 4.2.1.10: minimum is its default, 0, and maximum is absent. */
static enum dv_reason
subtree_read(struct dv_der *list)
{
	struct dv_der in;
	enum dv_reason reason = dv_der_enter(list, DER_SEQUENCE, &in);

	if (reason == DV_R_NONE)
		reason = base_read(&in);
	if (reason != DV_R_NONE)
		return reason;
	if (in.rest.len == 3 && in.rest.ptr[0] == DER_CONTEXT(0) &&
	    in.rest.ptr[1] == 1 && in.rest.ptr[2] == 0)
		return dv_fail_at(in.at, DV_R_NOT_CANONICAL, in.field,
		    dv_offset(in.object, in.rest));
	if (dv_der_peek(&in) == DER_CONTEXT(0) ||
	    dv_der_peek(&in) == DER_CONTEXT(1))
		return malformed(&in, in.rest);
	return dv_der_end(&in);
}

/* Optional list of subtrees under this tag; at least one when it is there. */
static enum dv_reason
subtrees_read(struct dv_der *in, uint8_t tag, struct dv_bytes *contents)
{
	struct dv_der list;
	enum dv_reason reason;

	if (dv_der_peek(in) != tag)
		return DV_R_NONE;
	reason = dv_der_enter(in, tag, &list);
	if (reason != DV_R_NONE)
		return reason;
	*contents = list.rest;
	if (dv_der_empty(&list))
		return malformed(in, list.rest);
	while (reason == DV_R_NONE && !dv_der_empty(&list))
		reason = subtree_read(&list);
	return reason;
}

enum dv_reason
dv_ext_name_constraints(struct dv_der *outer, struct dv_extensions *ext)
{
	struct dv_bytes permitted = { NULL, 0 }, excluded = { NULL, 0 };
	struct dv_bytes here = outer->rest;
	enum dv_reason reason;
	struct dv_der in;

	reason = dv_der_enter(outer, DER_SEQUENCE, &in);
	if (reason == DV_R_NONE)
		reason = dv_der_end(outer);
	if (reason == DV_R_NONE && dv_der_empty(&in))
		reason = malformed(outer, here);
	if (reason == DV_R_NONE)
		reason = subtrees_read(&in, DER_CONTEXT_CONS(0), &permitted);
	if (reason == DV_R_NONE)
		reason = subtrees_read(&in, DER_CONTEXT_CONS(1), &excluded);
	if (reason == DV_R_NONE)
		reason = dv_der_end(&in);
	if (reason != DV_R_NONE)
		return reason;
	ext->permitted = permitted;
	ext->excluded = excluded;
	return DV_R_NONE;
}
