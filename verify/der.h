/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A forward-only reader of DER elements. Takes only the one permitted encoding
 * of each value (X.690 sections 8 and 10). After a failed read nothing has
 * moved and outputs are zero. Multi-byte tags are refused: X.509 has none.
 * Places: an element that is missing, unexpected or empty is named by its tag,
 * a bad length by its first octet, a bad value by the first octet at fault.
 */
#ifndef DER_H
#define DER_H

#include "built.h"
#include "dv_verdict.h"

#define DER_BOOLEAN 0x01
#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_OCTET_STRING 0x04
#define DER_NULL 0x05
#define DER_OID 0x06
#define DER_ENUMERATED 0x0a
#define DER_UTF8_STRING 0x0c
#define DER_NUMERIC_STRING 0x12
#define DER_PRINTABLE_STRING 0x13
#define DER_TELETEX_STRING 0x14
#define DER_IA5_STRING 0x16
#define DER_UTC_TIME 0x17
#define DER_GENERALIZED_TIME 0x18
#define DER_UNIVERSAL_STRING 0x1c
#define DER_BMP_STRING 0x1e
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define DER_CONTEXT(n) ((uint8_t)(0x80 | (n)))		/* primitive */
#define DER_CONTEXT_CONS(n) ((uint8_t)(0xa0 | (n)))	/* constructed */

/*
 * A cursor over `rest`. `object` is the outermost input: offsets are counted
 * from its beginning. `field` is what dv_at will name when a read fails.
 * `defect`: NULL, or where defects that dv_der_tolerate() knows are noted.
 */
struct dv_der {
	struct dv_bytes object;
	struct dv_bytes rest;
	enum dv_field field : 8;
	struct dv_at *at;
	struct dv_defect *defect;
};

/* One element: tag, contents, and the whole with its header. */
struct dv_element {
	uint8_t tag;
	struct dv_bytes value;
	struct dv_bytes whole;
};

DV_APART struct dv_der dv_der_start(struct dv_bytes object,
    enum dv_field field, struct dv_at *at);

/* Reader over a value taken from `in`; same object, so offsets stay right. */
struct dv_der dv_der_inside(const struct dv_der *in, struct dv_bytes value,
    enum dv_field field);

static inline bool
dv_der_empty(const struct dv_der *in)
{
	return in->rest.len == 0;
}

/* What has been read since `rest` was `before`. */
static inline struct dv_bytes
dv_der_since(const struct dv_der *in, struct dv_bytes before)
{
	return (struct dv_bytes){ before.ptr, before.len - in->rest.len };
}

/* Tag of the next element, 0 at the end. Consumes nothing. */
uint8_t dv_der_peek(const struct dv_der *in);

/* Next element, any tag. */
DV_MUST_USE enum dv_reason dv_der_any(struct dv_der *in,
    struct dv_element *out);

/* Next element, this tag: its contents. wanted/found tags go to *at. */
DV_MUST_USE enum dv_reason dv_der_take(struct dv_der *in, uint8_t tag,
    struct dv_bytes *value);

/* As dv_der_take(), but with the header: names, keys, signed parts. */
DV_MUST_USE enum dv_reason dv_der_take_whole(struct dv_der *in, uint8_t tag,
    struct dv_bytes *whole);

/* Constructed element of this tag: a reader over its contents. */
DV_MUST_USE enum dv_reason dv_der_enter(struct dv_der *in, uint8_t tag,
    struct dv_der *inside);

/*
 * Ends the reading of one element that began at `before`: the whole of it, or
 * for a reason nothing has moved.
 */
DV_MUST_USE enum dv_reason dv_der_done(struct dv_der *in,
    struct dv_bytes before, enum dv_reason reason, struct dv_bytes *whole);

/* Refuses: names in->field and the place of `where` in the object. */
enum dv_reason dv_der_fail(const struct dv_der *in, enum dv_reason reason,
    struct dv_bytes where);

/*
 * Ends the refusal of a form that leaves no doubt about what is meant; *at is
 * filled. With a place to note it (the first counts) reading goes on:
 * DV_R_NONE. Without one it is `reason`.
 */
DV_MUST_USE enum dv_reason dv_der_tolerate(const struct dv_der *in,
    enum dv_reason reason);

/* The same, of a refusal that names in->field and the place of `where`. */
DV_MUST_USE enum dv_reason dv_der_defect(const struct dv_der *in,
    enum dv_reason reason, struct dv_bytes where);

/* Nothing may follow: DV_R_TRAILING_DATA otherwise. */
DV_MUST_USE enum dv_reason dv_der_end(const struct dv_der *in);

/* The same, of what was read without a reason; else that reason. */
DV_MUST_USE static inline enum dv_reason
dv_der_finish(const struct dv_der *in, enum dv_reason reason)
{
	return reason != DV_R_NONE ? reason : dv_der_end(in);
}

/*
 * Members of a SEQUENCE OF or SET OF, at most `max`: read one from `in` as
 * often as dv_der_more() says so. One too many is DV_R_LIMIT, named by the
 * field of the reader that the list was made of.
 */
struct dv_der_list {
	struct dv_der in;	/* over the members that are left */
	struct dv_bytes all;	/* the contents */
	enum dv_field field;
	int count, max;		/* count: with the one to be read next */
};

/* As `max`: as many as there is room for in the object. */
#define DV_ANY_NUMBER INT32_MAX

/* Constructed element of this tag: a list of its members. */
DV_MUST_USE enum dv_reason dv_der_enter_list(struct dv_der *in, uint8_t tag,
    int max, struct dv_der_list *list);

/* Is there a member to read? Not after another reason than DV_R_NONE. */
DV_MUST_USE bool dv_der_more(struct dv_der_list *list,
    enum dv_reason *reason);

/* While one is read: the contents of the list before it. */
struct dv_bytes dv_der_before(const struct dv_der_list *list);

/* BOOLEAN: FF or 00 only. */
DV_MUST_USE enum dv_reason dv_der_boolean(struct dv_der *in, bool *out);

/* The next ones come as IMPLICIT types too: `_as` takes the tag that stands
 * in the place of the universal one. */

/* INTEGER contents, minimal, not empty; sign left to the caller. */
DV_MUST_USE enum dv_reason dv_der_integer_as(struct dv_der *in, uint8_t tag,
    struct dv_bytes *contents);

static inline enum dv_reason
dv_der_integer(struct dv_der *in, struct dv_bytes *contents)
{
	return dv_der_integer_as(in, DER_INTEGER, contents);
}

/* INTEGER 0..max (max <= INT32_MAX). */
DV_MUST_USE enum dv_reason dv_der_small_as(struct dv_der *in, uint8_t tag,
    int max, int *out);

static inline enum dv_reason
dv_der_small(struct dv_der *in, int max, int *out)
{
	return dv_der_small_as(in, DER_INTEGER, max, out);
}

/* BIT STRING, any number of bits; unused bits are zero (X.690 11.2.1). */
struct dv_bits {
	struct dv_bytes octets;
	unsigned unused;	/* 0-7, in the last octet */
};
DV_MUST_USE enum dv_reason dv_der_bits_as(struct dv_der *in, uint8_t tag,
    struct dv_bits *out);

/* BIT STRING in whole octets: `otherwise` when there are unused bits. */
DV_MUST_USE enum dv_reason dv_der_bit_octets(struct dv_der *in,
    enum dv_reason otherwise, struct dv_bytes *octets);

/*
 * Named BIT STRING (X.690 11.2.2: no trailing zero bits, a defect that can be
 * tolerated) of at most 16 bits; bit n of the standard is 1 << n of *bits.
 */
DV_MUST_USE enum dv_reason dv_der_named_bits_as(struct dv_der *in,
    uint8_t tag, unsigned *bits);

static inline enum dv_reason
dv_der_named_bits(struct dv_der *in, unsigned *bits)
{
	return dv_der_named_bits_as(in, DER_BIT_STRING, bits);
}

/* OBJECT IDENTIFIER contents, minimal subidentifiers, not empty. */
DV_MUST_USE enum dv_reason dv_der_oid_as(struct dv_der *in, uint8_t tag,
    struct dv_bytes *contents);

static inline enum dv_reason
dv_der_oid(struct dv_der *in, struct dv_bytes *contents)
{
	return dv_der_oid_as(in, DER_OID, contents);
}

/*
 * Time as RFC 5280 4.1.2.5 demands: UTCTime YYMMDDHHMMSSZ through 2049,
 * GeneralizedTime YYYYMMDDHHMMSSZ from 2050, a date that exists. A
 * GeneralizedTime before 2050 can be tolerated.
 */
DV_MUST_USE enum dv_reason dv_der_time(struct dv_der *in, dv_time *out);

/* GeneralizedTime YYYYMMDDHHMMSSZ of any year (RFC 5280 5.3.2). */
DV_MUST_USE enum dv_reason dv_der_general_time(struct dv_der *in,
    dv_time *out);

/*
 * ECDSA-Sig-Value (RFC 3279 2.2.3) into r || s of `half` octets each.
 * DV_R_SIGNATURE_MALFORMED when it is anything but the one DER encoding of two
 * positive integers that fit.
 */
DV_MUST_USE enum dv_reason dv_der_ecdsa(struct dv_bytes der, size_t half,
    uint8_t *raw);

#endif
