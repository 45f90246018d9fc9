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

/* 0 when there is none. */
static uint8_t
first_of(struct dv_bytes bytes)
{
	return bytes.len > 0 ? bytes.ptr[0] : 0;
}

uint8_t
dv_der_peek(const struct dv_der *in)
{
	return first_of(in->rest);
}

enum dv_reason
dv_der_fail(const struct dv_der *in, enum dv_reason reason,
    struct dv_bytes where)
{
	return dv_fail_part(&in->object, in->at, reason, in->field, where);
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

enum dv_reason
dv_der_defect(const struct dv_der *in, enum dv_reason reason,
    struct dv_bytes where)
{
	return dv_der_tolerate(in, dv_der_fail(in, reason, where));
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

/* One of the octets, as a place. */
static struct dv_bytes
octet(struct dv_bytes bytes, size_t i)
{
	return (struct dv_bytes){ bytes.ptr + i, 1 };
}

static struct dv_bytes
last(struct dv_bytes bytes)
{
	return octet(bytes, bytes.len - 1);
}

/*
 * Length octets after the tag; *used counts tag and length octets. The reason,
 * at no place yet: what is too short is named by its tag.
 */
static enum dv_reason
read_length(struct dv_bytes rest, size_t *used, size_t *length)
{
	size_t octets, i, value = 0;

	if (rest.len < 2)
		return DV_R_TRUNCATED;
	octets = rest.ptr[1] & ~LONG_FORM;
	if ((rest.ptr[1] & LONG_FORM) == 0) {
		*used = 2;
		*length = octets;
		return DV_R_NONE;
	}
	/* Indefinite length, or the reserved value of X.690 8.1.3.5 (c). */
	if (octets == 0 || octets == 0x7f)
		return DV_R_NOT_CANONICAL;
	if (octets > rest.len - 2)
		return DV_R_TRUNCATED;
	if (rest.ptr[2] == 0)
		return DV_R_NOT_CANONICAL;
	if (octets > sizeof(uint32_t))
		return DV_R_TRUNCATED;
	for (i = 0; i < octets; i++)
		value = value << 8 | rest.ptr[2 + i];
	if (value < LONG_FORM)
		return DV_R_NOT_CANONICAL;
	*used = 2 + octets;
	*length = value;
	return DV_R_NONE;
}

enum dv_reason
dv_der_any(struct dv_der *in, struct dv_element *out)
{
	const struct dv_bytes rest = in->rest;
	const uint8_t tag = dv_der_peek(in);
	size_t used = 0, length = 0;
	enum dv_reason reason;

	*out = (struct dv_element){ 0 };
	if (tag == 0 || (tag & MULTI_BYTE_TAG) == MULTI_BYTE_TAG)
		return fail_found(in, DV_R_NOT_DER, rest, rest.len == 0 ?
		    dv_text("the end") : dv_number(tag));
	reason = read_length(rest, &used, &length);
	if (reason != DV_R_NONE)
		return dv_der_fail(in, reason, reason == DV_R_TRUNCATED ?
		    rest : octet(rest, 1));
	if (length > rest.len - used) {
		(void)fail_found(in, DV_R_TRUNCATED, rest,
		    dv_number((int64_t)(rest.len - used)));
		dv_wanted(in->at, dv_number((int64_t)length));
		return DV_R_TRUNCATED;
	}
	out->tag = tag;
	out->value = (struct dv_bytes){ rest.ptr + used, length };
	out->whole = (struct dv_bytes){ rest.ptr, used + length };
	in->rest = (struct dv_bytes){ rest.ptr + used + length,
	    rest.len - used - length };
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

/* What is wrong with the contents, which are some, of an element that has been
 * taken. */
typedef enum dv_reason contents_check(const struct dv_der *in,
    const struct dv_element *e);

/* After a failed read nothing has moved. */
static enum dv_reason
undo(struct dv_der *in, struct dv_bytes before, enum dv_reason reason)
{
	if (reason != DV_R_NONE)
		in->rest = before;
	return reason;
}

/* Element of this tag, whose contents are good: of no type are there none. */
static enum dv_reason
take_good(struct dv_der *in, uint8_t tag, contents_check *check,
    struct dv_bytes *value)
{
	const struct dv_bytes before = in->rest;
	struct dv_element e;
	enum dv_reason reason = take(in, tag, &e);

	*value = none;
	if (reason == DV_R_NONE)
		reason = e.value.len == 0 ? dv_der_fail(in, DV_R_NOT_DER,
		    e.whole) : check(in, &e);
	if (reason == DV_R_NONE)
		*value = e.value;
	return undo(in, before, reason);
}

enum dv_reason
dv_der_done(struct dv_der *in, struct dv_bytes before, enum dv_reason reason,
    struct dv_bytes *whole)
{
	*whole = reason == DV_R_NONE ? dv_der_since(in, before) : none;
	return undo(in, before, reason);
}

enum dv_reason
dv_der_enter_list(struct dv_der *in, uint8_t tag, int max,
    struct dv_der_list *list)
{
	enum dv_reason reason = dv_der_enter(in, tag, &list->in);

	list->all = list->in.rest;
	list->field = in->field;
	list->count = 0;
	list->max = max;
	return reason;
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
	return dv_der_since(&list->in, list->all);
}

static enum dv_reason
check_boolean(const struct dv_der *in, const struct dv_element *e)
{
	const struct dv_bytes v = e->value;

	if (v.len != 1)
		return dv_der_fail(in, DV_R_NOT_DER, e->whole);
	if (v.ptr[0] == 0 || v.ptr[0] == 0xff)
		return DV_R_NONE;
	return fail_found(in, DV_R_NOT_CANONICAL, v, dv_number(v.ptr[0]));
}

enum dv_reason
dv_der_boolean(struct dv_der *in, bool *out)
{
	struct dv_bytes v;
	enum dv_reason reason = take_good(in, DER_BOOLEAN, check_boolean, &v);

	*out = first_of(v) != 0;
	return reason;
}

/* X.690 8.3.2: the first nine bits are neither all zero nor all one. */
static enum dv_reason
check_integer(const struct dv_der *in, const struct dv_element *e)
{
	const struct dv_bytes v = e->value;

	if (v.len > 1 && ((v.ptr[0] == 0 && v.ptr[1] < 0x80) ||
	    (v.ptr[0] == 0xff && v.ptr[1] >= 0x80)))
		return dv_der_fail(in, DV_R_NOT_CANONICAL, v);
	return DV_R_NONE;
}

enum dv_reason
dv_der_integer_as(struct dv_der *in, uint8_t tag, struct dv_bytes *contents)
{
	return take_good(in, tag, check_integer, contents);
}

enum dv_reason
dv_der_small_as(struct dv_der *in, uint8_t tag, int max, int *out)
{
	const struct dv_bytes before = in->rest;
	struct dv_bytes v;
	enum dv_reason reason = dv_der_integer_as(in, tag, &v);
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
		return undo(in, before, DV_R_NOT_DER);
	}
	*out = (int)value;
	return DV_R_NONE;
}

static enum dv_reason
check_bits(const struct dv_der *in, const struct dv_element *e)
{
	const struct dv_bytes v = e->value;

	if (v.ptr[0] > 7 || (v.len == 1 && v.ptr[0] != 0))
		return fail_found(in, DV_R_NOT_DER, v, dv_number(v.ptr[0]));
	if ((v.ptr[v.len - 1] & ((1u << v.ptr[0]) - 1)) != 0)
		return dv_der_fail(in, DV_R_NOT_CANONICAL, last(v));
	return DV_R_NONE;
}

enum dv_reason
dv_der_bits_as(struct dv_der *in, uint8_t tag, struct dv_bits *out)
{
	struct dv_bytes v;
	enum dv_reason reason = take_good(in, tag, check_bits, &v);

	out->octets = from(v, 1);
	out->unused = first_of(v);
	return reason;
}

enum dv_reason
dv_der_bit_octets(struct dv_der *in, enum dv_reason otherwise,
    struct dv_bytes *octets)
{
	const struct dv_bytes before = in->rest;
	struct dv_bits bits;
	enum dv_reason reason = dv_der_bits_as(in, DER_BIT_STRING, &bits);

	*octets = bits.octets;
	if (bits.unused == 0)
		return reason;
	(void)fail_found(in, otherwise, (struct dv_bytes){
	    bits.octets.ptr - 1, 1 }, dv_number(bits.unused));
	dv_wanted(in->at, dv_number(0));
	*octets = none;
	return undo(in, before, otherwise);
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

/* X.690 11.2.2: the last bit that is there is set. */
static enum dv_reason
check_named(const struct dv_der *in, const struct dv_bits *bits)
{
	if (bits->octets.len > 2)
		return dv_der_fail(in, DV_R_NOT_DER, bits->octets);
	if (bits->octets.len == 0 ||
	    (last(bits->octets).ptr[0] >> bits->unused & 1) != 0)
		return DV_R_NONE;
	return dv_der_defect(in, DV_R_NOT_CANONICAL, last(bits->octets));
}

enum dv_reason
dv_der_named_bits_as(struct dv_der *in, uint8_t tag, unsigned *out)
{
	const struct dv_bytes before = in->rest;
	struct dv_bits bits;
	enum dv_reason reason = dv_der_bits_as(in, tag, &bits);

	if (reason == DV_R_NONE)
		reason = check_named(in, &bits);
	*out = reason == DV_R_NONE ? named_bits(bits.octets) : 0;
	return undo(in, before, reason);
}

static enum dv_reason
check_oid(const struct dv_der *in, const struct dv_element *e)
{
	const struct dv_bytes v = e->value;
	bool first = true;

	for (size_t i = 0; i < v.len; i++) {
		if (first && v.ptr[i] == 0x80)
			return dv_der_fail(in, DV_R_NOT_CANONICAL, octet(v, i));
		first = v.ptr[i] < 0x80;
	}
	return first ? DV_R_NONE : dv_der_fail(in, DV_R_NOT_DER, last(v));
}

enum dv_reason
dv_der_oid_as(struct dv_der *in, uint8_t tag, struct dv_bytes *contents)
{
	return take_good(in, tag, check_oid, contents);
}

#define UTC_TIME_LEN 13
#define GENERAL_TIME_LEN 15

static bool
are_digits(const uint8_t *text, size_t len)
{
	while (len > 0 && *text >= '0' && *text <= '9') {
		text++;
		len--;
	}
	return len == 0;
}

/* The two decimal digits at *text, which moves on. */
static int
two_digits(const uint8_t **text)
{
	const uint8_t *d = *text;

	*text += 2;
	return (d[0] - '0') * 10 + (d[1] - '0');
}

/* X.690 11.7.5 and RFC 5280 4.1.2.5.1: years 1950 to 2049 in two digits. */
static int
read_year(uint8_t tag, const uint8_t **text)
{
	const int first = two_digits(text);

	if (tag != DER_UTC_TIME)
		return first * 100 + two_digits(text);
	return first >= 50 ? 1900 + first : 2000 + first;
}

static bool
read_time(const struct dv_element *e, dv_time *out)
{
	const size_t len = e->tag == DER_UTC_TIME ? UTC_TIME_LEN :
	    GENERAL_TIME_LEN;
	const uint8_t *text = e->value.ptr;
	struct dv_date date;

	if (e->value.len != len || text[len - 1] != 'Z' ||
	    !are_digits(text, len - 1))
		return false;
	date.year = read_year(e->tag, &text);
	date.month = two_digits(&text);
	date.day = two_digits(&text);
	date.hour = two_digits(&text);
	date.minute = two_digits(&text);
	date.second = two_digits(&text);
	return dv_time_from_date(&date, out);
}

static enum dv_reason
fail_time(const struct dv_der *in, struct dv_bytes value)
{
	return fail_found(in, DV_R_TIME_MALFORMED, value,
	    dv_octets(DV_VALUE_BYTES, value));
}

static enum dv_reason
time_as(struct dv_der *in, uint8_t tag, dv_time *out)
{
	const struct dv_bytes before = in->rest;
	struct dv_element element;
	enum dv_reason reason = take(in, tag, &element);

	*out = (dv_time){ 0 };
	if (reason == DV_R_NONE && !read_time(&element, out))
		reason = fail_time(in, element.value);
	return undo(in, before, reason);
}

#define YEAR_2050 INT64_C(2524608000)

enum dv_reason
dv_der_time(struct dv_der *in, dv_time *out)
{
	const bool general = dv_der_peek(in) == DER_GENERALIZED_TIME;
	const struct dv_bytes before = in->rest;
	enum dv_reason reason = time_as(in, general ? DER_GENERALIZED_TIME :
	    DER_UTC_TIME, out);

	/* RFC 5280 4.1.2.5: years until 2049 are UTCTime. Refused as a
	 * malformed one, at its contents. */
	if (reason == DV_R_NONE && general && out->s < YEAR_2050)
		reason = dv_der_tolerate(in, fail_time(in,
		    dv_bytes_cut(before, 2, GENERAL_TIME_LEN)));
	if (reason != DV_R_NONE)
		*out = (dv_time){ 0 };
	return undo(in, before, reason);
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

	if (dv_der_integer(in, &v) != DV_R_NONE || first_of(v) >= 0x80)
		return false;
	if (first_of(v) == 0)
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
