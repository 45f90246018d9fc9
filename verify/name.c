/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Distinguished names: reading with their strings checked, comparing, showing.
 * Believes nothing and changes nothing. RFC 5280 4.1.2.4 and 7.1, RFC 4514.
 */
#include "name.h"

#include "at.h"
#include "bytes.h"
#include "oid.h"

/* Space to ?, of which PrintableString has digits and these (X.680 41.4). */
#define BIT(c) (UINT32_C(1) << ((c) - ' '))
#define PRINTABLE_SIGNS                                                        \
	(BIT(' ') | BIT('\'') | BIT('(') | BIT(')') | BIT('+') | BIT(',') |     \
	 BIT('-') | BIT('.') | BIT('/') | BIT(':') | BIT('=') | BIT('?'))

static bool
is_printable(uint8_t c)
{
	if (c >= ' ' && c <= '?')
		return (c >= '0' && c <= '9') || (PRINTABLE_SIGNS & BIT(c)) != 0;
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* White space of RFC 4518 2.2 within ASCII: space, TAB, LF, VT, FF, CR. */
static bool
is_space(uint8_t c)
{
	return c == ' ' || (c >= 0x09 && c <= 0x0d);
}

/* Controls that say nothing: NUL above all, which ends a name for others. */
static bool
is_control(uint8_t c)
{
	return (c < 0x20 && !is_space(c)) || c == 0x7f;
}

/* May this octet stand in a string of this type? */
static bool
is_allowed(uint8_t tag, uint8_t c)
{
	switch (tag) {
	case DER_PRINTABLE_STRING:
		return is_printable(c);
	case DER_NUMERIC_STRING:
		return c == ' ' || (c >= '0' && c <= '9');
	case DER_IA5_STRING:
		return c < 0x80 && !is_control(c);
	case DER_TELETEX_STRING:
		return c != 0;
	case DER_UTF8_STRING:
		return !is_control(c);
	default:
		return true;
	}
}

/* Not inlined: a loop for each type would be many. */
static __attribute__((noinline)) size_t
allowed_prefix(uint8_t tag, struct dv_bytes text)
{
	size_t i = 0;

	while (i < text.len && is_allowed(tag, text.ptr[i]))
		i++;
	return i;
}

/* What the type allows: octets before the first that it does not allow. */
static size_t
string_prefix(const struct dv_element *e)
{
	const size_t len = allowed_prefix(e->tag, e->value);
	size_t end = len;

	if (e->tag == DER_UTF8_STRING)
		end = dv_utf8_prefix(e->value);
	else if (e->tag == DER_BMP_STRING)
		end = len - len % 2;
	else if (e->tag == DER_UNIVERSAL_STRING)
		end = len - len % 4;
	return len < end ? len : end;
}

static enum dv_reason
check_string(const struct dv_der *in, const struct dv_element *e)
{
	const size_t good = string_prefix(e);

	if (good == e->value.len)
		return DV_R_NONE;
	(void)dv_der_fail(in, DV_R_NAME_MALFORMED,
	    (struct dv_bytes){ e->value.ptr + good, 1 });
	dv_found(in->at, dv_number(e->value.ptr[good]));
	/* Other characters than PrintableString has are still themselves. */
	if (e->tag == DER_PRINTABLE_STRING &&
	    allowed_prefix(DER_UTF8_STRING, e->value) == e->value.len)
		return dv_der_tolerate(in, DV_R_NAME_MALFORMED);
	return DV_R_NAME_MALFORMED;
}

/* AttributeTypeAndValue, whatever its value is. */
static enum dv_reason
take_attribute(struct dv_der *in, struct dv_attribute *out)
{
	struct dv_der pair;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &pair);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&pair, &out->oid);
	if (reason == DV_R_NONE)
		reason = dv_der_any(&pair, &out->value);
	return reason != DV_R_NONE ? reason : dv_der_end(&pair);
}

static enum dv_reason
read_attribute(struct dv_der *in)
{
	struct dv_attribute attribute;
	enum dv_reason reason = take_attribute(in, &attribute);

	return reason != DV_R_NONE ? reason : check_string(in, &attribute.value);
}

/*
 * X.690 11.6: members of a SET OF in ascending order of their encodings. None
 * can be the beginning of another, so the first difference tells.
 */
static bool
is_before(struct dv_bytes a, struct dv_bytes b)
{
	size_t i;

	for (i = 0; i < a.len && i < b.len; i++)
		if (a.ptr[i] != b.ptr[i])
			return a.ptr[i] < b.ptr[i];
	return false;
}

enum dv_reason
dv_rdn_read(struct dv_der *in, uint8_t tag, struct dv_bytes *contents)
{
	struct dv_der_list list;
	struct dv_bytes previous = { NULL, 0 }, here;
	enum dv_reason reason = dv_der_enter_list(in, tag,
	    DV_MAX_RDN_ATTRIBUTES, &list);

	*contents = list.all;
	if (reason == DV_R_NONE && list.all.len == 0)
		return dv_der_fail(in, DV_R_NOT_DER, list.all);
	while (dv_der_more(&list, &reason)) {
		const struct dv_bytes before = list.in.rest;

		reason = read_attribute(&list.in);
		here = dv_der_since(&list.in, before);
		if (reason == DV_R_NONE && is_before(here, previous))
			reason = dv_der_defect(in, DV_R_NOT_CANONICAL, here);
		previous = here;
	}
	return reason;
}

enum dv_reason
dv_name_read(struct dv_der *in, struct dv_bytes *whole)
{
	const struct dv_bytes before = in->rest;
	struct dv_der_list rdns;
	struct dv_bytes ignored;
	enum dv_reason reason = dv_der_enter_list(in, DER_SEQUENCE,
	    DV_MAX_RDNS, &rdns);

	while (dv_der_more(&rdns, &reason))
		reason = dv_rdn_read(&rdns.in, DER_SET, &ignored);
	return dv_der_done(in, before, reason, whole);
}

enum dv_reason
dv_issuer_read(struct dv_der *tbs, struct dv_bytes *out)
{
	enum dv_reason reason;

	tbs->field = DV_F_ISSUER;
	reason = dv_name_read(tbs, out);
	/* What could not be read is not the empty name, but nothing. */
	return !dv_name_is_empty(*out) ? reason :
	    dv_der_fail(tbs, DV_R_NAME_EMPTY, *out);
}

/* Reader over bytes that have no object around them: places are not wanted. */
static struct dv_der
reader(struct dv_bytes bytes, struct dv_at *at)
{
	return dv_der_start(bytes, DV_F_NONE, at);
}

struct dv_bytes
dv_name_contents(struct dv_bytes name)
{
	struct dv_at at;
	struct dv_der in = reader(name, &at);
	struct dv_bytes value;

	if (dv_der_take(&in, DER_SEQUENCE, &value) != DV_R_NONE ||
	    !dv_der_empty(&in))
		return (struct dv_bytes){ NULL, 0 };
	return value;
}

bool
dv_rdn_next(struct dv_bytes *rdns, struct dv_bytes *rdn)
{
	struct dv_at at;
	struct dv_der in = reader(*rdns, &at);

	if (dv_der_take(&in, DER_SET, rdn) != DV_R_NONE)
		return false;
	*rdns = in.rest;
	return true;
}

bool
dv_attribute_next(struct dv_bytes *rdn, struct dv_attribute *out)
{
	struct dv_at at;
	struct dv_der in = reader(*rdn, &at);

	if (take_attribute(&in, out) != DV_R_NONE)
		return false;
	*rdn = in.rest;
	return true;
}

static bool
is_folded_type(uint8_t tag)
{
	return tag == DER_PRINTABLE_STRING || tag == DER_UTF8_STRING ||
	    tag == DER_IA5_STRING;
}

/* True when there was any. */
static bool
skip_space(struct dv_bytes *text)
{
	const size_t before = text->len;

	while (text->len > 0 && is_space(text->ptr[0])) {
		text->ptr++;
		text->len--;
	}
	return text->len < before;
}

/* Next character after folding, -1 at the end, where white space is none. */
static int
next_folded(struct dv_bytes *text)
{
	const bool space = skip_space(text);
	uint8_t c;

	if (text->len == 0)
		return -1;
	if (space)
		return ' ';
	c = *text->ptr++;
	text->len--;
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool
folded_equal(struct dv_bytes a, struct dv_bytes b)
{
	int x, y;

	(void)skip_space(&a);
	(void)skip_space(&b);
	do {
		x = next_folded(&a);
		y = next_folded(&b);
	} while (x == y && x >= 0);
	return x == y;
}

static bool
attribute_equal(const struct dv_attribute *a, const struct dv_attribute *b)
{
	if (!dv_bytes_equal(a->oid, b->oid))
		return false;
	if (is_folded_type(a->value.tag) && is_folded_type(b->value.tag))
		return folded_equal(a->value.value, b->value.value);
	return dv_bytes_equal(a->value.whole, b->value.whole);
}

/* Strikes the first member of rdn that equals wanted and is not yet struck. */
static bool
strike_equal(struct dv_bytes rdn, const struct dv_attribute *wanted,
    unsigned *struck)
{
	struct dv_attribute have;
	unsigned bit;

	for (bit = 0; bit < DV_MAX_RDN_ATTRIBUTES; bit++) {
		if (!dv_attribute_next(&rdn, &have))
			break;
		if ((*struck >> bit & 1) == 0 &&
		    attribute_equal(&have, wanted)) {
			*struck |= 1u << bit;
			return true;
		}
	}
	return false;
}

static bool
is_string(uint8_t tag)
{
	return is_folded_type(tag) || tag == DER_NUMERIC_STRING ||
	    tag == DER_TELETEX_STRING || tag == DER_BMP_STRING ||
	    tag == DER_UNIVERSAL_STRING;
}

/* Folded here as RFC 5280 7.1 wants it: nothing is left to other rules. */
static bool
is_folded(const struct dv_element *value)
{
	return is_folded_type(value->tag) &&
	    allowed_prefix(DER_IA5_STRING, value->value) == value->value.len;
}

static bool
may_be_equal(const struct dv_attribute *a, const struct dv_attribute *b)
{
	return attribute_equal(a, b) || (dv_bytes_equal(a->oid, b->oid) &&
	    is_string(a->value.tag) && is_string(b->value.tag) &&
	    !(is_folded(&a->value) && is_folded(&b->value)));
}

static unsigned
count_attributes(struct dv_bytes rdn)
{
	struct dv_attribute ignored;
	unsigned count = 0;

	while (dv_attribute_next(&rdn, &ignored))
		count++;
	return count;
}

bool
dv_rdn_equal(struct dv_bytes a, struct dv_bytes b)
{
	struct dv_attribute attribute;
	unsigned struck = 0, count = 0;

	while (dv_attribute_next(&a, &attribute)) {
		if (!strike_equal(b, &attribute, &struck))
			return false;
		count++;
	}
	return count > 0 && count == count_attributes(b) && a.len == 0;
}

bool
dv_rdn_undecided(struct dv_bytes a, struct dv_bytes b)
{
	struct dv_attribute one, other;
	struct dv_bytes rest;
	bool found = true;

	if (count_attributes(a) != count_attributes(b))
		return false;
	while (found && dv_attribute_next(&a, &one)) {
		found = false;
		rest = b;
		while (!found && dv_attribute_next(&rest, &other))
			found = may_be_equal(&one, &other);
	}
	return found;
}

bool
dv_name_equal(struct dv_bytes a, struct dv_bytes b)
{
	struct dv_bytes x = dv_name_contents(a), y = dv_name_contents(b);
	struct dv_bytes rdn, other;

	if (x.ptr == NULL || y.ptr == NULL)
		return false;
	while (dv_rdn_next(&x, &rdn))
		if (!dv_rdn_next(&y, &other) || !dv_rdn_equal(rdn, other))
			return false;
	return x.len == 0 && y.len == 0;
}

struct dv_bytes
dv_name_attribute(struct dv_bytes name, struct dv_bytes oid)
{
	struct dv_bytes rdns = dv_name_contents(name), rdn;
	struct dv_attribute attribute;

	while (dv_rdn_next(&rdns, &rdn))
		while (dv_attribute_next(&rdn, &attribute))
			if (dv_bytes_equal(attribute.oid, oid))
				return attribute.value.value;
	return (struct dv_bytes){ NULL, 0 };
}
