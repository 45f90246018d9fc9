/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The extensions of certificate policies, by their form. What they permit is
 * for the rules of the path. RFC 5280 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14.
 */
#include "at.h"
#include "bytes.h"
#include "ext.h"
#include "oid.h"

/* id-qt-cps and id-qt-unotice: 1.3.6.1.5.5.7.2.1 and .2 */
static const uint8_t id_qt_cps[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02,
	0x01 };
static const uint8_t id_qt_unotice[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07,
	0x02, 0x02 };

/* PolicyQualifierInfo: an OID and a value of any type. */
static enum dv_reason
read_qualifier(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_der inside;
	struct dv_bytes oid = { NULL, 0 };
	struct dv_element ignored;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &oid);
	if (reason == DV_R_NONE)
		reason = dv_der_any(&inside, &ignored);
	if (reason == DV_R_NONE && out->unknown_qualifier.ptr == NULL &&
	    !dv_bytes_equal(oid, DV_BYTES(id_qt_cps)) &&
	    !dv_bytes_equal(oid, DV_BYTES(id_qt_unotice)))
		out->unknown_qualifier = oid;
	return dv_der_finish(&inside, reason);
}

static enum dv_reason
read_qualifiers(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_der_list list;
	enum dv_reason reason = dv_ext_list(in, DER_SEQUENCE, DV_ANY_NUMBER,
	    &list);

	while (dv_der_more(&list, &reason))
		reason = read_qualifier(&list.in, out);
	return reason;
}

static enum dv_reason
read_policy(struct dv_der *in, struct dv_bytes *oid, struct dv_extensions *out)
{
	struct dv_der inside;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, oid);
	if (reason == DV_R_NONE && !dv_der_empty(&inside))
		reason = read_qualifiers(&inside, out);
	return dv_der_finish(&inside, reason);
}

/* RFC 5280 4.2.1.4: a policy occurs once. */
static enum dv_reason
check_new(const struct dv_der *in, const struct dv_bytes *seen, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (dv_bytes_equal(seen[i], seen[count])) {
			(void)dv_ext_malformed(in, seen[count]);
			dv_found(in->at, dv_octets(DV_VALUE_OID, seen[count]));
			return DV_R_EXTENSION_MALFORMED;
		}
	return DV_R_NONE;
}

enum dv_reason
dv_ext_policies(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes seen[DV_MAX_POLICIES];
	struct dv_der_list list;
	enum dv_reason reason = dv_ext_list(in, DER_SEQUENCE, DV_MAX_POLICIES,
	    &list);

	while (dv_der_more(&list, &reason)) {
		reason = read_policy(&list.in, &seen[list.count - 1], out);
		if (reason == DV_R_NONE)
			reason = check_new(in, seen, list.count - 1);
	}
	return reason;
}

/* RFC 5280 4.2.1.5: nothing is mapped to or from anyPolicy. */
static enum dv_reason
read_mapped(struct dv_der *in)
{
	struct dv_bytes oid;
	enum dv_reason reason = dv_der_oid(in, &oid);

	if (reason == DV_R_NONE && dv_bytes_equal(oid, dv_oid_any_policy))
		return dv_ext_malformed(in, oid);
	return reason;
}

enum dv_reason
dv_ext_policy_mappings(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_der pair;
	struct dv_der_list list;
	enum dv_reason reason = dv_ext_list(in, DER_SEQUENCE, DV_MAX_POLICIES,
	    &list);

	(void)out;
	while (dv_der_more(&list, &reason)) {
		reason = dv_der_enter(&list.in, DER_SEQUENCE, &pair);
		if (reason == DV_R_NONE)
			reason = read_mapped(&pair);
		if (reason == DV_R_NONE)
			reason = read_mapped(&pair);
		reason = dv_der_finish(&pair, reason);
	}
	return reason;
}

/* SkipCerts, kept plus one. */
static enum dv_reason
read_skip(struct dv_der *in, uint8_t tag, unsigned *out)
{
	int skip;
	enum dv_reason reason = dv_der_small_as(in, tag, INT32_MAX, &skip);

	if (reason == DV_R_NONE)
		*out = (unsigned)skip + 1;
	return reason;
}

enum dv_reason
dv_ext_policy_constraints(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes here = in->rest;
	struct dv_der inside;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE && dv_der_empty(&inside))
		return dv_ext_malformed(in, here);
	if (reason == DV_R_NONE && dv_der_peek(&inside) == DER_CONTEXT(0))
		reason = read_skip(&inside, DER_CONTEXT(0),
		    &out->require_explicit);
	if (reason == DV_R_NONE && dv_der_peek(&inside) == DER_CONTEXT(1))
		reason = read_skip(&inside, DER_CONTEXT(1),
		    &out->inhibit_mapping);
	return dv_der_finish(&inside, reason);
}

enum dv_reason
dv_ext_inhibit_any_policy(struct dv_der *in, struct dv_extensions *out)
{
	return read_skip(in, DER_INTEGER, &out->inhibit_any);
}
