/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DER reader: lengths, ends and the one permitted encoding of each type.
 * Never looks outside its input and never goes back. X.690 sections 8, 10, 11.
 */
#include "der.h"

#include "at.h"
#include "bytes.h"

#define LONG_FORM 0x80u
#define MULTI_BYTE_TAG 0x1fu
#define CONSTRUCTED 0x20u

static const struct dv_bytes none;

struct dv_der
dv_der_start(struct dv_bytes object, enum dv_field field, struct dv_at *at)
{
	return (struct dv_der){ object, object, field, at, NULL };
}

struct dv_der
dv_der_inside(const struct dv_der *in, struct dv_bytes value,
    enum dv_field field)
{
	return (struct dv_der){ in->object, value, field, in->at, in->defect };
}

uint8_t
dv_der_peek(const struct dv_der *in)
{
	return in->rest.len == 0 ? 0 : in->rest.ptr[0];
}

enum dv_reason
dv_der_fail(const struct dv_der *in, enum dv_reason reason,
    struct dv_bytes where)
{
	return dv_fail_at(in->at, reason, in->field,
	    dv_offset(in->object, where));
}

enum dv_reason
dv_der_tolerate(const struct dv_der *in, enum dv_reason reason)
{
	if (in->defect == NULL)
		return reason;
	if (in->defect->reason == DV_R_NONE)
		*in->defect = (struct dv_defect){ reason, *in->at };
	return DV_R_NONE;
}

static enum dv_reason
fail_found(const struct dv_der *in, enum dv_reason reason,
    struct dv_bytes where, struct dv_value found)
{
	(void)dv_der_fail(in, reason, where);
	dv_found(in->at, found);
	return reason;
}

static struct dv_bytes
from(struct dv_bytes bytes, size_t offset)
{
	return dv_bytes_cut(bytes, offset, bytes.len - offset);
}

static struct dv_bytes
last(struct dv_bytes bytes)
{
	return from(bytes, bytes.len - 1);
}

/* Length octets after the tag; *used counts tag and length octets. */
static enum dv_reason
read_length(const struct dv_der *in, size_t *used, size_t *length)
{
	struct dv_bytes rest = in->rest;
	size_t octets, i, value = 0;

	if (rest.len < 2)
		return dv_der_fail(in, DV_R_TRUNCATED, rest);
	octets = rest.ptr[1] & ~LONG_FORM;
	if ((rest.ptr[1] & LONG_FORM) == 0) {
		*used = 2;
		*length = octets;
		return DV_R_NONE;
	}
	/* Indefinite length, or the reserved value of X.690 8.1.3.5 (c). */
	if (octets == 0 || octets == 0x7f)
		return dv_der_fail(in, DV_R_NOT_CANONICAL, from(rest, 1));
	if (octets > rest.len - 2)
		return dv_der_fail(in, DV_R_TRUNCATED, rest);
	if (rest.ptr[2] == 0)
		return dv_der_fail(in, DV_R_NOT_CANONICAL, from(rest, 1));
	if (octets > sizeof(uint32_t))
		return dv_der_fail(in, DV_R_TRUNCATED, rest);
	for (i = 0; i < octets; i++)
		value = value << 8 | rest.ptr[2 + i];
	if (value < LONG_FORM)
		return dv_der_fail(in, DV_R_NOT_CANONICAL, from(rest, 1));
	*used = 2 + octets;
	*length = value;
	return DV_R_NONE;
}

enum dv_reason
dv_der_any(struct dv_der *in, struct dv_element *out)
{
	struct dv_bytes rest = in->rest;
	size_t used = 0, length = 0;
	enum dv_reason reason;

	*out = (struct dv_element){ 0 };
	if (rest.len == 0)
		return fail_found(in, DV_R_NOT_DER, rest, dv_text("the end"));
	if (rest.ptr[0] == 0 ||
	    (rest.ptr[0] & MULTI_BYTE_TAG) == MULTI_BYTE_TAG)
		return fail_found(in, DV_R_NOT_DER, rest,
		    dv_number(rest.ptr[0]));
	reason = read_length(in, &used, &length);
	if (reason != DV_R_NONE)
		return reason;
	if (length > rest.len - used) {
		(void)fail_found(in, DV_R_TRUNCATED, rest,
		    dv_number((int64_t)(rest.len - used)));
		dv_wanted(in->at, dv_number((int64_t)length));
		return DV_R_TRUNCATED;
	}
	out->tag = rest.ptr[0];
	out->value = dv_bytes_cut(rest, used, length);
	out->whole = dv_bytes_cut(rest, 0, used + length);
	in->rest = from(rest, used + length);
	return DV_R_NONE;
}

/* Wrong tag: another element, or a string cut into pieces (X.690 10.2)? */
static enum dv_reason
tag_mismatch(const struct dv_der *in, uint8_t wanted)
{
	uint8_t found = dv_der_peek(in);
	enum dv_reason reason = found == (wanted | CONSTRUCTED) ?
	    DV_R_NOT_CANONICAL : DV_R_NOT_DER;

	(void)fail_found(in, reason, in->rest, found == 0 ?
	    dv_text("the end") : dv_number(found));
	dv_wanted(in->at, dv_number(wanted));
	return reason;
}

static enum dv_reason
take(struct dv_der *in, uint8_t tag, struct dv_element *out)
{
	*out = (struct dv_element){ 0 };
	if (dv_der_peek(in) != tag)
		return tag_mismatch(in, tag);
	return dv_der_any(in, out);
}

enum dv_reason
dv_der_take(struct dv_der *in, uint8_t tag, struct dv_bytes *value)
{
	struct dv_element element;
	enum dv_reason reason = take(in, tag, &element);

	*value = element.value;
	return reason;
}

enum dv_reason
dv_der_take_whole(struct dv_der *in, uint8_t tag, struct dv_bytes *whole)
{
	struct dv_element element;
	enum dv_reason reason = take(in, tag, &element);

	*whole = element.whole;
	return reason;
}

enum dv_reason
dv_der_enter(struct dv_der *in, uint8_t tag, struct dv_der *inside)
{
	struct dv_bytes value;
	enum dv_reason reason = dv_der_take(in, tag, &value);

	*inside = dv_der_inside(in, value, in->field);
	return reason;
}

enum dv_reason
dv_der_end(const struct dv_der *in)
{
	if (dv_der_empty(in))
		return DV_R_NONE;
	return fail_found(in, DV_R_TRAILING_DATA, in->rest,
	    dv_number((int64_t)in->rest.len));
}

/* Element of this tag, not consumed until its contents are found good. */
static enum dv_reason
take_later(const struct dv_der *in, uint8_t tag, struct dv_der *after,
    struct dv_bytes *value)
{
	*after = *in;
	return dv_der_take(after, tag, value);
}

struct dv_der_list
dv_der_list(const struct dv_der *contents, int max)
{
	return (struct dv_der_list){ .in = *contents, .all = contents->rest,
	    .field = contents->field, .max = max };
}

bool
dv_der_more(struct dv_der_list *list, enum dv_reason *reason)
{
	if (*reason != DV_R_NONE || dv_der_empty(&list->in))
		return false;
	if (list->count < list->max) {
		list->count++;
		return true;
	}
	*reason = dv_fail_at(list->in.at, DV_R_LIMIT, list->field,
	    dv_offset(list->in.object, list->in.rest));
	dv_wanted(list->in.at, dv_number(list->max));
	return false;
}

struct dv_bytes
dv_der_before(const struct dv_der_list *list)
{
	return dv_bytes_cut(list->all, 0, list->all.len - list->in.rest.len);
}

enum dv_reason
dv_der_boolean(struct dv_der *in, bool *out)
{
	struct dv_der after;
	struct dv_bytes v;
	enum dv_reason reason = take_later(in, DER_BOOLEAN, &after, &v);

	*out = false;
	if (reason != DV_R_NONE)
		return reason;
	if (v.len != 1)
		return dv_der_fail(in, DV_R_NOT_DER, in->rest);
	if (v.ptr[0] != 0 && v.ptr[0] != 0xff)
		return fail_found(in, DV_R_NOT_CANONICAL, v,
		    dv_number(v.ptr[0]));
	*out = v.ptr[0] != 0;
	*in = after;
	return DV_R_NONE;
}

/* X.690 8.3.2: the first nine bits are neither all zero nor all one. */
static bool
is_padded(struct dv_bytes v)
{
	return v.len > 1 && ((v.ptr[0] == 0 && v.ptr[1] < 0x80) ||
	    (v.ptr[0] == 0xff && v.ptr[1] >= 0x80));
}

enum dv_reason
dv_der_integer_as(struct dv_der *in, uint8_t tag, struct dv_bytes *contents)
{
	struct dv_der after;
	struct dv_bytes v;
	enum dv_reason reason = take_later(in, tag, &after, &v);

	*contents = none;
	if (reason != DV_R_NONE)
		return reason;
	if (v.len == 0)
		return dv_der_fail(in, DV_R_NOT_DER, in->rest);
	if (is_padded(v))
		return dv_der_fail(in, DV_R_NOT_CANONICAL, v);
	*contents = v;
	*in = after;
	return DV_R_NONE;
}

enum dv_reason
dv_der_small_as(struct dv_der *in, uint8_t tag, int max, int *out)
{
	struct dv_der after = *in;
	struct dv_bytes v;
	enum dv_reason reason = dv_der_integer_as(&after, tag, &v);
	uint32_t value = 0;
	size_t i;

	*out = 0;
	if (reason != DV_R_NONE)
		return reason;
	/* Four octets without sign bit are at most INT32_MAX. */
	for (i = 0; i < v.len && v.len <= sizeof(value); i++)
		value = value << 8 | v.ptr[i];
	if (v.ptr[0] >= 0x80 || v.len > sizeof(value) ||
	    value > (uint32_t)max) {
		(void)fail_found(in, DV_R_NOT_DER, v,
		    dv_octets(DV_VALUE_BYTES, v));
		dv_wanted(in->at, dv_number(max));
		return DV_R_NOT_DER;
	}
	*out = (int)value;
	*in = after;
	return DV_R_NONE;
}

enum dv_reason
dv_der_bits_as(struct dv_der *in, uint8_t tag, struct dv_bits *out)
{
	struct dv_der after;
	struct dv_bytes v;
	enum dv_reason reason = take_later(in, tag, &after, &v);

	*out = (struct dv_bits){ none, 0 };
	if (reason != DV_R_NONE)
		return reason;
	if (v.len == 0)
		return dv_der_fail(in, DV_R_NOT_DER, in->rest);
	if (v.ptr[0] > 7 || (v.len == 1 && v.ptr[0] != 0))
		return fail_found(in, DV_R_NOT_DER, v, dv_number(v.ptr[0]));
	if ((v.ptr[v.len - 1] & ((1u << v.ptr[0]) - 1)) != 0)
		return dv_der_fail(in, DV_R_NOT_CANONICAL, last(v));
	out->unused = v.ptr[0];
	out->octets = from(v, 1);
	*in = after;
	return DV_R_NONE;
}

enum dv_reason
dv_der_bit_octets(struct dv_der *in, enum dv_reason otherwise,
    struct dv_bytes *octets)
{
	struct dv_der after = *in;
	struct dv_bits bits;
	enum dv_reason reason = dv_der_bits_as(&after, DER_BIT_STRING, &bits);

	*octets = none;
	if (reason != DV_R_NONE)
		return reason;
	if (bits.unused != 0) {
		(void)fail_found(in, otherwise, (struct dv_bytes){
		    bits.octets.ptr - 1, 1 }, dv_number(bits.unused));
		dv_wanted(in->at, dv_number(0));
		return otherwise;
	}
	*octets = bits.octets;
	*in = after;
	return DV_R_NONE;
}

/* Bit 0 of the standard is the top bit of the first octet. */
static unsigned
named_bits(struct dv_bytes octets)
{
	unsigned bits = 0, n;

	for (n = 0; n < octets.len * 8; n++)
		if ((octets.ptr[n / 8] >> (7 - n % 8) & 1) != 0)
			bits |= 1u << n;
	return bits;
}

enum dv_reason
dv_der_named_bits_as(struct dv_der *in, uint8_t tag, unsigned *out)
{
	struct dv_der after = *in;
	struct dv_bits bits;
	enum dv_reason reason = dv_der_bits_as(&after, tag, &bits);

	*out = 0;
	if (reason != DV_R_NONE)
		return reason;
	if (bits.octets.len > 2)
		return dv_der_fail(in, DV_R_NOT_DER, bits.octets);
	if (bits.octets.len > 0 &&
	    (last(bits.octets).ptr[0] >> bits.unused & 1) == 0)
		reason = dv_der_tolerate(in, dv_der_fail(in,
		    DV_R_NOT_CANONICAL, last(bits.octets)));
	if (reason != DV_R_NONE)
		return reason;
	*out = named_bits(bits.octets);
	*in = after;
	return DV_R_NONE;
}

enum dv_reason
dv_der_oid_as(struct dv_der *in, uint8_t tag, struct dv_bytes *contents)
{
	struct dv_der after;
	struct dv_bytes v;
	bool first = true;
	size_t i;
	enum dv_reason reason = take_later(in, tag, &after, &v);

	*contents = none;
	if (reason != DV_R_NONE)
		return reason;
	if (v.len == 0)
		return dv_der_fail(in, DV_R_NOT_DER, in->rest);
	for (i = 0; i < v.len; i++) {
		if (first && v.ptr[i] == 0x80)
			return dv_der_fail(in, DV_R_NOT_CANONICAL, from(v, i));
		first = v.ptr[i] < 0x80;
	}
	if (!first)
		return dv_der_fail(in, DV_R_NOT_DER, last(v));
	*contents = v;
	*in = after;
	return DV_R_NONE;
}

/* n decimal digits at *text, which moves on; -1 when one is no digit. */
static int
digits(const uint8_t **text, unsigned n)
{
	int value = 0;

	for (; n > 0; n--, (*text)++) {
		if (**text < '0' || **text > '9')
			return -1;
		value = value * 10 + (**text - '0');
	}
	return value;
}

/* X.690 11.7.5 and RFC 5280 4.1.2.5.1: years 1950 to 2049 in two digits. */
static int
read_year(uint8_t tag, const uint8_t **text)
{
	int year = digits(text, tag == DER_UTC_TIME ? 2 : 4);

	if (year < 0 || tag != DER_UTC_TIME)
		return year;
	return year >= 50 ? 1900 + year : 2000 + year;
}

static bool
read_time(const struct dv_element *e, dv_time *out)
{
	size_t len = e->tag == DER_UTC_TIME ? 13 : 15;
	const uint8_t *text = e->value.ptr;
	struct dv_date date;

	if (e->value.len != len || text[len - 1] != 'Z')
		return false;
	date.year = read_year(e->tag, &text);
	if (date.year < 0)
		return false;
	date.month = digits(&text, 2);
	date.day = date.month < 0 ? -1 : digits(&text, 2);
	date.hour = date.day < 0 ? -1 : digits(&text, 2);
	date.minute = date.hour < 0 ? -1 : digits(&text, 2);
	date.second = date.minute < 0 ? -1 : digits(&text, 2);
	return dv_time_from_date(&date, out);
}

static enum dv_reason
time_as(struct dv_der *in, uint8_t tag, dv_time *out)
{
	struct dv_der after = *in;
	struct dv_element element;
	enum dv_reason reason = take(&after, tag, &element);

	*out = (dv_time){ 0 };
	if (reason != DV_R_NONE)
		return reason;
	if (!read_time(&element, out))
		return fail_found(in, DV_R_TIME_MALFORMED, element.value,
		    dv_octets(DV_VALUE_BYTES, element.value));
	*in = after;
	return DV_R_NONE;
}

#define YEAR_2050 INT64_C(2524608000)

/* As a malformed time is refused: at its contents, which are shown. */
static enum dv_reason
early_general(const struct dv_der *in)
{
	struct dv_der copy = *in;
	struct dv_bytes value;
	enum dv_reason reason = dv_der_take(&copy, DER_GENERALIZED_TIME,
	    &value);

	return reason != DV_R_NONE ? reason : fail_found(in,
	    DV_R_TIME_MALFORMED, value, dv_octets(DV_VALUE_BYTES, value));
}

enum dv_reason
dv_der_time(struct dv_der *in, dv_time *out)
{
	bool general = dv_der_peek(in) == DER_GENERALIZED_TIME;
	struct dv_der after = *in;
	enum dv_reason reason = time_as(&after, general ?
	    DER_GENERALIZED_TIME : DER_UTC_TIME, out);

	/* RFC 5280 4.1.2.5: years until 2049 are UTCTime. */
	if (reason == DV_R_NONE && general && out->s < YEAR_2050)
		reason = dv_der_tolerate(in, early_general(in));
	if (reason == DV_R_NONE)
		*in = after;
	else
		*out = (dv_time){ 0 };
	return reason;
}

enum dv_reason
dv_der_general_time(struct dv_der *in, dv_time *out)
{
	return time_as(in, DER_GENERALIZED_TIME, out);
}

/* One half of ECDSA-Sig-Value, right-aligned; raw was zero before. */
static bool
read_half(struct dv_der *in, size_t half, uint8_t *raw)
{
	struct dv_bytes v;

	if (dv_der_integer(in, &v) != DV_R_NONE || v.ptr[0] >= 0x80)
		return false;
	if (v.ptr[0] == 0)
		v = from(v, 1);
	return v.len > 0 && v.len <= half &&
	    dv_bytes_copy(raw + (half - v.len), v.len, v);
}

enum dv_reason
dv_der_ecdsa(struct dv_bytes der, size_t half, uint8_t *raw)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(der, DV_F_SIGNATURE_VALUE, &at), pair;

	dv_wipe(raw, 2 * half);
	if (dv_der_enter(&in, DER_SEQUENCE, &pair) != DV_R_NONE ||
	    dv_der_end(&in) != DV_R_NONE || !read_half(&pair, half, raw) ||
	    !read_half(&pair, half, raw + half) ||
	    dv_der_end(&pair) != DV_R_NONE) {
		dv_wipe(raw, 2 * half);
		return DV_R_SIGNATURE_MALFORMED;
	}
	return DV_R_NONE;
}
