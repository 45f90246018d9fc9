/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names from the inside: form, attributes, comparison by the rules of
 * RFC 5280 7.1. Never touches trust: two equal names prove nothing.
 */
#ifndef NAME_H
#define NAME_H

#include "der.h"
#include "dv_cert.h"

/*
 * Next element as a Name: form, order of sets, characters of its strings.
 * An empty Name passes; whether one may stand there is the caller's matter.
 */
DV_MUST_USE enum dv_reason dv_name_read(struct dv_der *in,
    struct dv_bytes *whole);

/* The issuer of a certificate or a CRL: a Name that says something. */
DV_MUST_USE enum dv_reason dv_issuer_read(struct dv_der *tbs,
    struct dv_bytes *out);

/* Next element as one RDN, a set that is not empty, under this tag: its
 * contents. */
DV_MUST_USE enum dv_reason dv_rdn_read(struct dv_der *in, uint8_t tag,
    struct dv_bytes *contents);

/* Is this well-formed Name the empty sequence? */
static inline bool
dv_name_is_empty(struct dv_bytes whole)
{
	return whole.len == 2;
}

/*
 * Next RDN of a list of them (contents of a Name): contents of the SET, and
 * *rdns moves on. False at the end and on bytes that are no RDN; at the end,
 * and only there, rdns->len is 0.
 */
DV_MUST_USE bool dv_rdn_next(struct dv_bytes *rdns, struct dv_bytes *rdn);

/*
 * Equal as sets of attributes? Types are equal when their OIDs are. Values of
 * PrintableString, UTF8String and IA5String are compared by characters, across
 * these types: ASCII letters without case, white space at the ends dropped and
 * inside reduced to one. Octets outside ASCII are compared as they are, after
 * the same folding. Every other value is compared octet by octet with its tag.
 */
DV_MUST_USE bool dv_rdn_equal(struct dv_bytes a, struct dv_bytes b);

/*
 * Of RDNs that are not equal by dv_rdn_equal(): might they be by RFC 5280 7.1? A
 * value is in a string type, or has letters, that are not folded here.
 */
DV_MUST_USE bool dv_rdn_undecided(struct dv_bytes a, struct dv_bytes b);

/* Contents of a Name given as a whole element; {NULL, 0} when it is none. */
struct dv_bytes dv_name_contents(struct dv_bytes name);

/* Next attribute of an RDN's contents. False at the end, as dv_rdn_next(). */
struct dv_attribute {
	struct dv_bytes oid;		/* contents */
	struct dv_element value;
};
DV_MUST_USE bool dv_attribute_next(struct dv_bytes *rdn,
    struct dv_attribute *out);

#endif
