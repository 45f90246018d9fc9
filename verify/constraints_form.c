/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Name constraints as they stand in a certificate: read completely, judged by
 * nobody here. RFC 5280 4.2.1.10.
 */
#include "constraints.h"

#include "at.h"
#include "bytes.h"
#include "ext.h"
#include "host_name.h"
#include "name.h"

static enum dv_reason
malformed(const struct dv_der *in, struct dv_bytes place)
{
	return dv_fail_at(in->at, DV_R_EXTENSION_MALFORMED, in->field,
	    dv_offset(in->object, place));
}

static bool
mail_base_valid(struct dv_bytes base)
{
	size_t at = dv_host_find(base, '@');

	if (at < base.len)
		return at > 0 && dv_ia5_prefix(base) == base.len &&
		    dv_host_valid(dv_host_drop(base, at + 1));
	return dv_host_valid(dv_host_dotted(base) ? dv_host_drop(base, 1) : base);
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
	if (form == DV_NAME_URI && dv_host_dotted(base))
		base = dv_host_drop(base, 1);
	return dv_host_valid(base);
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
		return dv_der_finish(&inside, reason);
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
	reason = dv_der_finish(outer, reason);
	if (reason == DV_R_NONE && dv_der_empty(&in))
		reason = malformed(outer, here);
	if (reason == DV_R_NONE)
		reason = subtrees_read(&in, DER_CONTEXT_CONS(0), &permitted);
	if (reason == DV_R_NONE)
		reason = subtrees_read(&in, DER_CONTEXT_CONS(1), &excluded);
	reason = dv_der_finish(&in, reason);
	if (reason != DV_R_NONE)
		return reason;
	ext->permitted = permitted;
	ext->excluded = excluded;
	return DV_R_NONE;
}
