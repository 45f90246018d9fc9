/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Distribution points, read and compared. Names decide here what a CRL is
 * about, never whether it is genuine. RFC 5280 4.2.1.13, 5.2.5, 6.3.3 (b).
 */
#include "crl_point.h"

#include "bytes.h"
#include "ext.h"
#include "name.h"

#define MAX_REASONS 0x1ffu	/* RFC 5280 4.2.1.13: bits 0 to 8 */

/* fullName, or an RDN below the CRL issuer's name. */
enum dv_reason
dv_point_name_read(struct dv_der *in, struct dv_point_name *out)
{
	struct dv_der choice;
	struct dv_bytes rdn;
	enum dv_reason reason = dv_der_enter(in, DER_CONTEXT_CONS(0), &choice);

	*out = (struct dv_point_name){ .full = { NULL, 0 } };
	if (reason != DV_R_NONE)
		return reason;
	if (dv_der_peek(&choice) == DER_CONTEXT_CONS(1)) {
		reason = dv_rdn_read(&choice, DER_CONTEXT_CONS(1), &rdn);
		if (reason == DV_R_NONE)
			out->relative = rdn;
	} else {
		reason = dv_general_names_take(&choice, DER_CONTEXT_CONS(0),
		    &out->full);
	}
	return dv_der_finish(&choice, reason);
}

enum dv_reason
dv_point_reasons_read(struct dv_der *in, uint8_t tag, unsigned *out)
{
	struct dv_bytes here = in->rest;
	unsigned bits;
	enum dv_reason reason = dv_der_named_bits_as(in, tag, &bits);

	if (reason == DV_R_NONE && bits > MAX_REASONS)
		return dv_ext_malformed(in, here);
	if (reason == DV_R_NONE)
		*out = bits & DV_CRL_ALL_REASONS;
	return reason;
}

/* RFC 5280 4.2.1.13: a point has a name or a CRL issuer, or both. */
enum dv_reason
dv_point_read(struct dv_der *in, struct dv_point *out)
{
	struct dv_bytes here = in->rest;
	struct dv_der point;
	bool found = false;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &point);

	*out = (struct dv_point){ .reasons = DV_CRL_ALL_REASONS };
	if (reason == DV_R_NONE && dv_der_peek(&point) == DER_CONTEXT_CONS(0)) {
		reason = dv_point_name_read(&point, &out->name);
		found = true;
	}
	if (reason == DV_R_NONE && dv_der_peek(&point) == DER_CONTEXT(1))
		reason = dv_point_reasons_read(&point, DER_CONTEXT(1),
		    &out->reasons);
	if (reason == DV_R_NONE && dv_der_peek(&point) == DER_CONTEXT_CONS(2)) {
		reason = dv_general_names_take(&point, DER_CONTEXT_CONS(2),
		    &out->issuer);
		found = true;
	}
	reason = dv_der_finish(&point, reason);
	if (reason == DV_R_NONE && !found)
		return dv_ext_malformed(in, here);
	return reason;
}

/* ---- comparing --------------------------------------------------------- */

/* Next of a list of general names; false at its end. */
static bool
next_name(struct dv_bytes *names, struct dv_element *out)
{
	struct dv_at unused;
	struct dv_der in = dv_der_start(*names, DV_F_NONE, &unused);

	if (names->len == 0 || dv_general_name_read(&in, out) != DV_R_NONE)
		return false;
	*names = in.rest;
	return true;
}

static bool
is_directory(const struct dv_element *name)
{
	return name->tag == DER_CONTEXT_CONS(DV_NAME_DIRECTORY);
}

bool
dv_names_list(struct dv_bytes names, struct dv_bytes name)
{
	struct dv_element one;

	while (next_name(&names, &one)) {
		if (is_directory(&one) && dv_name_equal(one.value, name))
			return true;
	}
	return false;
}

static bool
general_equal(const struct dv_element *a, const struct dv_element *b)
{
	if (is_directory(a) && is_directory(b))
		return dv_name_equal(a->value, b->value);
	return dv_bytes_equal(a->whole, b->whole);
}

static bool
any_equal(struct dv_bytes a, struct dv_bytes b)
{
	struct dv_element one, other;

	while (next_name(&a, &one)) {
		struct dv_bytes rest = b;

		while (next_name(&rest, &other)) {
			if (general_equal(&one, &other))
				return true;
		}
	}
	return false;
}

/* Is name the base with this RDN below it? */
static bool
is_below(struct dv_bytes name, struct dv_bytes base, struct dv_bytes rdn)
{
	struct dv_bytes left = dv_name_contents(name);
	struct dv_bytes right = dv_name_contents(base), a, b;

	while (dv_rdn_next(&right, &b)) {
		if (!dv_rdn_next(&left, &a) || !dv_rdn_equal(a, b))
			return false;
	}
	return right.len == 0 && dv_rdn_next(&left, &a) &&
	    dv_rdn_equal(a, rdn) && left.len == 0;
}

static bool
lists_below(struct dv_bytes names, struct dv_bytes base, struct dv_bytes rdn)
{
	struct dv_element one;

	while (next_name(&names, &one)) {
		if (is_directory(&one) && is_below(one.value, base, rdn))
			return true;
	}
	return false;
}

/* A relative name of either stands below the CRL issuer's. */
static bool
names_meet(const struct dv_point_name *a, const struct dv_point_name *b,
    struct dv_bytes crl_issuer)
{
	if (a->relative.len > 0 && b->relative.len > 0)
		return dv_rdn_equal(a->relative, b->relative);
	if (a->relative.len > 0)
		return lists_below(b->full, crl_issuer, a->relative);
	if (b->relative.len > 0)
		return lists_below(a->full, crl_issuer, b->relative);
	return any_equal(a->full, b->full);
}

static bool
has_name(const struct dv_point_name *name)
{
	return name->full.len > 0 || name->relative.len > 0;
}

/* RFC 5280 6.3.3 (b)(1) */
static bool
issuer_fits(const struct dv_crl *crl, const struct dv_cert *cert,
    const struct dv_point *point)
{
	if (point->issuer.len > 0)
		return crl->point.indirect &&
		    dv_names_list(point->issuer, crl->issuer);
	return dv_name_equal(crl->issuer, cert->issuer);
}

/* RFC 5280 6.3.3 (b)(1), (b)(2)(i), (d)(1) to (4) */
static unsigned
point_scope(const struct dv_crl *crl, const struct dv_cert *cert,
    const struct dv_point *point)
{
	struct dv_point_name issuer = { .full = point->issuer };

	if (!issuer_fits(crl, cert, point))
		return 0;
	if (has_name(&crl->point.name) && !names_meet(&crl->point.name,
	    has_name(&point->name) ? &point->name : &issuer, crl->issuer))
		return 0;
	return point->reasons & crl->point.reasons;
}

/* RFC 5280 6.3.3, last paragraph: the point that every certificate has. */
static unsigned
implied_scope(const struct dv_crl *crl, const struct dv_cert *cert)
{
	const struct dv_point_name *name = &crl->point.name;

	if (!dv_name_equal(crl->issuer, cert->issuer) ||
	    (has_name(name) && !dv_names_list(name->full, cert->issuer)))
		return 0;
	return crl->point.reasons;
}

/* RFC 5280 6.3.3 (b)(2)(ii) to (iv). A version 1 certificate does not say
 * what it is. */
static bool
kind_fits(const struct dv_issuing_point *point, const struct dv_cert *cert)
{
	if (point->only_attribute)
		return false;
	if (point->only_ca)
		return cert->ext.ca;
	return !point->only_user || (cert->version == 3 && !cert->ext.ca);
}

/* Reader over the certificate's points, which were read before. */
static struct dv_der
points_of(const struct dv_cert *cert, struct dv_at *unused)
{
	struct dv_der in = dv_der_start(
	    cert->ext.value[DV_EXT_CRL_DISTRIBUTION_POINTS],
	    DV_F_CRL_DISTRIBUTION_POINTS, unused);
	struct dv_der points = in;

	if (dv_der_enter(&in, DER_SEQUENCE, &points) != DV_R_NONE)
		points.rest = (struct dv_bytes){ NULL, 0 };
	return points;
}

unsigned
dv_crl_scope(const struct dv_crl *crl, const struct dv_cert *cert)
{
	struct dv_at unused;
	struct dv_der points = points_of(cert, &unused);
	struct dv_point point;
	unsigned reasons;

	if (!kind_fits(&crl->point, cert))
		return 0;
	reasons = implied_scope(crl, cert);
	while (!dv_der_empty(&points) &&
	    dv_point_read(&points, &point) == DV_R_NONE)
		reasons |= point_scope(crl, cert, &point);
	return reasons;
}

bool
dv_crl_designated(const struct dv_crl *crl, const struct dv_cert *cert)
{
	struct dv_at unused;
	struct dv_der points = points_of(cert, &unused);
	struct dv_point point;

	while (!dv_der_empty(&points) &&
	    dv_point_read(&points, &point) == DV_R_NONE) {
		if (dv_names_list(point.issuer, crl->issuer))
			return true;
	}
	return false;
}
