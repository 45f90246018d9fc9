/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * General names, and the extensions made of them: alternative names, key
 * identifiers, distribution points, access descriptions. Form only: what a
 * name means is for others. RFC 5280 4.2.1.6, 4.2.1.13, 4.2.2.
 */
#include "at.h"
#include "bytes.h"
#include "crl_point.h"
#include "ext.h"
#include "name.h"

size_t
dv_ia5_prefix(struct dv_bytes text)
{
	size_t i = 0;

	while (i < text.len && text.ptr[i] >= 0x20 && text.ptr[i] <= 0x7e)
		i++;
	return i;
}

enum dv_reason
dv_ia5_check(const struct dv_der *in, struct dv_bytes contents)
{
	const size_t good = dv_ia5_prefix(contents);

	return good == contents.len ? DV_R_NONE :
	    dv_ext_malformed(in, (struct dv_bytes){ contents.ptr + good, 1 });
}

int
dv_general_name_choice(uint8_t tag)
{
	switch (tag) {
	case DER_CONTEXT_CONS(DV_NAME_OTHER):
	case DER_CONTEXT(DV_NAME_EMAIL):
	case DER_CONTEXT(DV_NAME_DNS):
	case DER_CONTEXT_CONS(DV_NAME_X400):
	case DER_CONTEXT_CONS(DV_NAME_DIRECTORY):
	case DER_CONTEXT_CONS(DV_NAME_EDI_PARTY):
	case DER_CONTEXT(DV_NAME_URI):
	case DER_CONTEXT(DV_NAME_IP):
	case DER_CONTEXT(DV_NAME_REGISTERED_ID):
		return tag & 0x1f;
	default:
		return -1;
	}
}

/* OtherName: type-id, and a value of any type in an explicit [0]. */
static enum dv_reason
read_other(struct dv_der *in)
{
	struct dv_der inside;
	struct dv_bytes oid;
	struct dv_element ignored;
	enum dv_reason reason = dv_der_oid(in, &oid);

	if (reason == DV_R_NONE)
		reason = dv_der_enter(in, DER_CONTEXT_CONS(0), &inside);
	if (reason == DV_R_NONE)
		reason = dv_der_any(&inside, &ignored);
	reason = dv_der_finish(&inside, reason);
	return dv_der_finish(in, reason);
}

/* A Name that says something, and nothing after it. */
static enum dv_reason
read_directory(struct dv_der *in)
{
	struct dv_bytes name;
	enum dv_reason reason = dv_name_read(in, &name);

	if (reason != DV_R_NONE)
		return reason;
	if (dv_name_is_empty(name))
		return dv_ext_malformed(in, name);
	return dv_der_end(in);
}

/* Forms nobody reads: elements one after the other. */
static enum dv_reason
read_opaque(struct dv_der *in)
{
	struct dv_element ignored;
	enum dv_reason reason = DV_R_NONE;

	while (reason == DV_R_NONE && !dv_der_empty(in))
		reason = dv_der_any(in, &ignored);
	return reason;
}

static enum dv_reason
check_address(const struct dv_der *in, struct dv_bytes address)
{
	if (address.len == 4 || address.len == 16)
		return DV_R_NONE;
	(void)dv_ext_malformed(in, address);
	dv_found(in->at, dv_number((int64_t)address.len));
	return DV_R_EXTENSION_MALFORMED;
}

/* The form of a choice that is not empty. */
static enum dv_reason
check_choice(struct dv_der *in, int choice)
{
	switch (choice) {
	case DV_NAME_OTHER:
		return read_other(in);
	case DV_NAME_DIRECTORY:
		return read_directory(in);
	case DV_NAME_X400:
	case DV_NAME_EDI_PARTY:
		return read_opaque(in);
	case DV_NAME_IP:
		return check_address(in, in->rest);
	default:
		return dv_ia5_check(in, in->rest);
	}
}

/* name: just read from `in`. */
static enum dv_reason
check_general_name(const struct dv_der *in, const struct dv_element *name)
{
	const int choice = dv_general_name_choice(name->tag);
	struct dv_der inside = *in;
	struct dv_bytes oid;

	if (choice == DV_NAME_REGISTERED_ID) {
		inside.rest = name->whole;
		return dv_der_oid_as(&inside, name->tag, &oid);
	}
	if (choice < 0 || name->value.len == 0)
		return dv_ext_malformed(in, name->whole);
	inside.rest = name->value;
	return check_choice(&inside, choice);
}

enum dv_reason
dv_general_name_read(struct dv_der *in, struct dv_element *out)
{
	const struct dv_bytes before = in->rest;
	enum dv_reason reason = dv_der_any(in, out);

	if (reason == DV_R_NONE)
		reason = check_general_name(in, out);
	if (reason != DV_R_NONE) {
		*out = (struct dv_element){ 0 };
		in->rest = before;
	}
	return reason;
}

enum dv_reason
dv_general_names_take(struct dv_der *in, uint8_t tag,
    struct dv_bytes *contents)
{
	struct dv_element ignored;
	struct dv_der_list names;
	enum dv_reason reason = dv_ext_list(in, tag, DV_MAX_GENERAL_NAMES,
	    &names);

	while (dv_der_more(&names, &reason))
		reason = dv_general_name_read(&names.in, &ignored);
	if (reason == DV_R_NONE)
		*contents = names.all;
	return reason;
}

#define MAX_LABEL 63	/* RFC 1034 3.1 */
#define MAX_HOST 253

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter_or_digit(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Length of the label text begins with: hyphens inside only. 0: none. */
static size_t
label_length(struct dv_bytes text)
{
	size_t n = 0;

	while (n < text.len && (is_letter_or_digit(text.ptr[n]) ||
	    (text.ptr[n] == '-' && n > 0)))
		n++;
	return n <= MAX_LABEL && n > 0 && text.ptr[n - 1] != '-' ? n : 0;
}

/*
 * The "preferred name syntax" of RFC 1034 3.5 and RFC 1123 2.1: labels between
 * single dots, and the last is neither empty nor a number. "*" may stand for
 * the first of two or more labels, RFC 9525 6.3.
 */
static bool
is_host_name(struct dv_bytes text)
{
	bool number = true;
	size_t n = text.len > 2 && text.ptr[0] == '*' ? 1 : label_length(text);

	if (text.len > MAX_HOST)
		return false;
	while (n > 0 && n < text.len && text.ptr[n] == '.') {
		text.ptr += n + 1;
		text.len -= n + 1;
		n = label_length(text);
	}
	if (n < text.len)
		return false;
	for (size_t i = 0; i < n; i++)
		number = number && is_digit(text.ptr[i]);
	return !number;
}

/* RFC 3986 3: not a relative one, and something after the scheme's colon. */
static bool
is_absolute_uri(struct dv_bytes text)
{
	size_t n = 0;

	while (n < text.len && (is_letter_or_digit(text.ptr[n]) || (n > 0 &&
	    (text.ptr[n] == '+' || text.ptr[n] == '-' || text.ptr[n] == '.'))))
		n++;
	return n > 0 && !is_digit(text.ptr[0]) && text.len - n > 1 &&
	    text.ptr[n] == ':';
}

static bool
is_well_formed(const struct dv_element *name)
{
	switch (dv_general_name_choice(name->tag)) {
	case DV_NAME_DNS:
		return is_host_name(name->value);
	case DV_NAME_URI:
		return is_absolute_uri(name->value);
	default:
		return true;
	}
}

/* RFC 5280 4.2.1.6: hosts and URIs among names that have been read. */
static enum dv_reason
check_forms(const struct dv_der *in, struct dv_bytes names)
{
	struct dv_der list = *in;
	enum dv_reason reason = DV_R_NONE;
	struct dv_element e;

	list.rest = names;
	while (reason == DV_R_NONE && !dv_der_empty(&list)) {
		reason = dv_der_any(&list, &e);
		if (reason == DV_R_NONE && !is_well_formed(&e))
			reason = dv_der_defect(in, DV_R_EXTENSION_MALFORMED,
			    e.value);
	}
	return reason;
}

static enum dv_reason
read_alt_name(struct dv_der *in, struct dv_bytes *names)
{
	enum dv_reason reason = dv_general_names_take(in, DER_SEQUENCE, names);

	return reason != DV_R_NONE ? reason : check_forms(in, *names);
}

enum dv_reason
dv_ext_subject_alt_name(struct dv_der *in, struct dv_extensions *out)
{
	return read_alt_name(in, &out->subject_alt_name);
}

enum dv_reason
dv_ext_issuer_alt_name(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes ignored = { NULL, 0 };

	(void)out;
	return read_alt_name(in, &ignored);
}

/* RFC 5280 4.2.1.1: issuer and serial number both or neither. */
static enum dv_reason
read_issuer_and_serial(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes here = in->rest;
	enum dv_reason reason;

	if (dv_der_peek(in) == DER_CONTEXT(2))
		return dv_ext_malformed(in, here);
	reason = dv_general_names_take(in, DER_CONTEXT_CONS(1),
	    &out->authority_issuer);
	if (reason != DV_R_NONE)
		return reason;
	if (dv_der_empty(in))
		return dv_ext_malformed(in, here);
	return dv_der_integer_as(in, DER_CONTEXT(2), &out->authority_serial);
}

enum dv_reason
dv_ext_authority_key_id(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_der inside;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);
	struct dv_bytes here = inside.rest;
	uint8_t tag = dv_der_peek(&inside);

	if (reason == DV_R_NONE && tag == DER_CONTEXT(0)) {
		reason = dv_der_take(&inside, tag, &out->authority_key_id);
		if (reason == DV_R_NONE && out->authority_key_id.len == 0)
			reason = dv_der_defect(in, DV_R_EXTENSION_MALFORMED,
			    here);
		tag = dv_der_peek(&inside);
	}
	if (reason == DV_R_NONE &&
	    (tag == DER_CONTEXT_CONS(1) || tag == DER_CONTEXT(2)))
		reason = read_issuer_and_serial(&inside, out);
	return dv_der_finish(&inside, reason);
}

static enum dv_reason
read_point(struct dv_der *in)
{
	struct dv_point ignored;

	return dv_point_read(in, &ignored);
}

static enum dv_reason
read_access(struct dv_der *in)
{
	struct dv_der inside;
	struct dv_bytes method;
	struct dv_element ignored;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &method);
	if (reason == DV_R_NONE)
		reason = dv_general_name_read(&inside, &ignored);
	return dv_der_finish(&inside, reason);
}

/* SEQUENCE SIZE (1..MAX) OF one kind of entry. */
static enum dv_reason
read_list(struct dv_der *in, enum dv_reason (*entry)(struct dv_der *))
{
	struct dv_der_list list;
	enum dv_reason reason = dv_ext_list(in, DER_SEQUENCE, DV_ANY_NUMBER,
	    &list);

	while (dv_der_more(&list, &reason))
		reason = entry(&list.in);
	return reason;
}

enum dv_reason
dv_ext_crl_points(struct dv_der *in, struct dv_extensions *out)
{
	(void)out;
	return read_list(in, read_point);
}

enum dv_reason
dv_ext_access(struct dv_der *in, struct dv_extensions *out)
{
	(void)out;
	return read_list(in, read_access);
}

enum dv_reason
dv_ext_masa_url(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes here = in->rest, url;
	enum dv_reason reason = dv_der_take(in, DER_IA5_STRING, &url);

	(void)out;
	if (reason == DV_R_NONE && url.len == 0)
		return dv_ext_malformed(in, here);
	return reason != DV_R_NONE ? reason : dv_ia5_check(in, url);
}
