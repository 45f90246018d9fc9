/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading countersignatures of an envelope of one signature: the one or the list
 * of them, each like a signature of several. Judges none, passes over none.
 * docs/FORMAT.md; RFC 9338 2 and 3.
 */
#include "at.h"
#include "built.h"
#include "bytes.h"
#include "cose_map.h"

/* What a countersignature confirms, and its own header and signature. */
static enum dv_reason
one_take(struct dv_cbor *in, const struct dv_sign1 *target,
    struct dv_sign1 *out)
{
	*out = (struct dv_sign1){ .envelope = target->envelope,
	    .profile = target->profile, .body_map = target->protected_map,
	    .payload = target->payload, .target = target->signature };
	in->field = DV_F_HEADER_COUNTERSIGNATURE;
	return dv_signature_take(in, out);
}

/*
 * RFC 9338 2: one stands alone, several in a list. The strict profile has no
 * list of one: the same is not said in two ways.
 */
static enum dv_reason
list_take(struct dv_cbor *in, struct dv_sign1 *out)
{
	const size_t least = dv_cbor_loose(in) ? 1 : 2;
	struct dv_cbor inside = *in;
	struct dv_cbor_item list;
	enum dv_reason reason = dv_cbor_take(&inside, DV_CBOR_ARRAY,
	    DV_R_HEADER_MALFORMED, &list);

	if (reason != DV_R_NONE)
		return reason;
	out->countersignatures = 1;
	if (list.number > 0 && dv_cbor_ahead(&inside) != DV_CBOR_ARRAY)
		return DV_R_NONE;
	if ((size_t)list.number < least)
		return dv_refuse_item_size(&inside, DV_R_HEADER_MALFORMED,
		    least, (size_t)list.number);
	if (list.number > DV_MAX_COUNTERSIGNATURES)
		return dv_refuse_item_size(&inside, DV_R_LIMIT,
		    DV_MAX_COUNTERSIGNATURES, (size_t)list.number);
	out->countersignatures = (size_t)list.number;
	*in = inside;
	return DV_R_NONE;
}

enum dv_reason
dv_countersigned_take(const struct dv_cbor *from, struct dv_reading *r)
{
	struct dv_cbor in = dv_cbor_inside(from, r->countersigned,
	    DV_F_HEADER_COUNTERSIGNATURE);
	struct dv_sign1 *out = r->out;
	struct dv_bytes list;
	struct dv_sign1 one;
	enum dv_reason reason;

	if (r->countersigned.ptr == NULL)
		return DV_R_NONE;
	if (!DV_HAS_COUNTERSIGNATURES)
		return dv_refuse(&in, DV_R_NOT_BUILT, dv_cbor_here(&in));
	reason = list_take(&in, out);
	list = in.rest;
	for (size_t i = 0; reason == DV_R_NONE &&
	    i < out->countersignatures; i++) {
		reason = one_take(&in, out, &one);
		if (reason != DV_R_NONE)
			in.at->countersignature = (unsigned)i + 1;
	}
	out->countersigned = dv_bytes_cut(list, 0, list.len - in.rest.len);
	return reason;
}

enum dv_reason
dv_sign1_countersignature(const struct dv_sign1 *sign1, size_t i,
    struct dv_sign1 *out, struct dv_at *at)
{
	struct dv_cbor all = dv_cbor_start(sign1->envelope,
	    DV_F_HEADER_COUNTERSIGNATURE, at);
	struct dv_cbor in = dv_cbor_inside(&all, sign1->countersigned,
	    DV_F_HEADER_COUNTERSIGNATURE);
	enum dv_reason reason = DV_R_NONE;

	*at = (struct dv_at){ .offset = DV_NO_OFFSET };
	*out = (struct dv_sign1){ .alg = 0 };
	if (i >= sign1->countersignatures)
		return DV_R_INTERNAL;
	in.loose = dv_profile_loose(sign1->profile);
	for (size_t n = 0; reason == DV_R_NONE && n < i; n++)
		reason = dv_cbor_skip(&in);
	if (reason == DV_R_NONE)
		reason = one_take(&in, sign1, out);
	if (reason == DV_R_NONE)
		return reason;
	*out = (struct dv_sign1){ .alg = 0 };
	at->countersignature = (unsigned)i + 1;
	return reason;
}
