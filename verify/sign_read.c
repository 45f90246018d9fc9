/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading an envelope of one signature or of several: what is common to them
 * first, then each. Judges none of them. docs/FORMAT.md; RFC 9052 4.1.
 */
#include "at.h"
#include "bytes.h"
#include "cose_map.h"

/* Protected header, unprotected header, signature: of one of several. */
enum dv_reason
dv_signature_take(struct dv_cbor *in, struct dv_sign1 *out)
{
	struct dv_reading r = { .out = out, .place = DV_IN_SIGNATURE };
	struct dv_cbor inner;
	enum dv_reason reason = dv_take_array(in, DV_R_CBOR_MALFORMED, 3);

	if (reason == DV_R_NONE)
		reason = dv_buckets_take(in, &r, &out->protected_map);
	if (reason == DV_R_NONE)
		reason = dv_bytes_take(in, DV_F_ENVELOPE_SIGNATURE,
		    &out->signature);
	if (reason != DV_R_NONE)
		return reason;
	inner = dv_cbor_inside(in, out->protected_map, DV_F_PROTECTED);
	reason = dv_protected_take(&inner, &r);
	return reason != DV_R_NONE ? reason : dv_signature_check(in, out);
}

/* What all of them sign; the list of signatures is next. */
static enum dv_reason
body_take(struct dv_cbor *in, struct dv_sign1 *out)
{
	struct dv_reading r = { .out = out, .place = DV_IN_BODY };
	struct dv_cbor inner;
	enum dv_reason reason = dv_frame_take(in, DV_COSE_TAG_SIGN);

	if (reason == DV_R_NONE)
		reason = dv_buckets_take(in, &r, &out->body_map);
	if (reason == DV_R_NONE)
		reason = dv_payload_take(in, out);
	if (reason == DV_R_NONE)
		reason = dv_rest_check(in, out);
	if (reason != DV_R_NONE)
		return reason;
	inner = dv_cbor_inside(in, out->body_map, DV_F_PROTECTED);
	reason = dv_protected_take(&inner, &r);
	/* RFC 9052 4.4: an empty map is signed as no bytes at all. */
	if (out->body_map.len == 1)
		out->body_map.len = 0;
	return reason != DV_R_NONE ? reason : dv_payload_check(in, out);
}

static enum dv_reason
list_take(struct dv_cbor *in, size_t *count)
{
	struct dv_cbor_item list;
	enum dv_reason reason;

	in->field = DV_F_ENVELOPE_SIGNATURE;
	reason = dv_cbor_take(in, DV_CBOR_ARRAY, DV_R_CBOR_MALFORMED, &list);
	if (reason != DV_R_NONE)
		return reason;
	if (list.number == 0)
		return dv_refuse_item_size(in, DV_R_CBOR_MALFORMED, 1, 0);
	if (list.number > DV_MAX_SIGNERS)
		return dv_refuse_item_size(in, DV_R_LIMIT, DV_MAX_SIGNERS,
		    (size_t)list.number);
	*count = (size_t)list.number;
	return DV_R_NONE;
}

static enum dv_reason
several_take(struct dv_cbor *in, struct dv_sign *out)
{
	enum dv_reason reason = body_take(in, &out->each[0]);

	if (reason == DV_R_NONE)
		reason = list_take(in, &out->count);
	for (size_t i = 1; i < out->count; i++)
		out->each[i] = out->each[0];
	for (size_t i = 0; reason == DV_R_NONE && i < out->count; i++) {
		in->field = DV_F_ENVELOPE_SIGNATURE;
		reason = dv_signature_take(in, &out->each[i]);
	}
	return reason;
}

bool
dv_sign_is_several(struct dv_bytes envelope, enum dv_profile profile)
{
	struct dv_at unused;
	struct dv_cbor in = dv_cbor_start(envelope, DV_F_ENVELOPE, &unused);
	struct dv_cbor_item item;

	in.loose = dv_profile_loose(profile);
	return dv_cbor_next(&in, &item) == DV_R_NONE &&
	    item.kind == DV_CBOR_TAG && item.number == DV_COSE_TAG_SIGN;
}

enum dv_reason
dv_sign_parse(struct dv_bytes envelope, enum dv_profile profile,
    struct dv_sign *out, struct dv_at *at)
{
	struct dv_cbor in = dv_cbor_start(envelope, DV_F_ENVELOPE, at);
	enum dv_reason reason;

	*out = (struct dv_sign){ .count = 0 };
	/* A profile that is not in this build is refused there. */
	if ((!DV_HAS_PATH && profile != DV_PROFILE_STRICT) ||
	    !dv_sign_is_several(envelope, profile)) {
		reason = dv_sign1_parse(envelope, profile, &out->each[0], at);
		out->count = reason == DV_R_NONE;
		return reason;
	}
	*at = (struct dv_at){ .offset = DV_NO_OFFSET };
	out->each[0] = (struct dv_sign1){ .envelope = envelope,
	    .profile = profile, .several = true };
	in.loose = dv_profile_loose(profile);
	reason = envelope.len > DV_MAX_OCTETS ?
	    dv_refuse_size(&in, DV_R_INPUT_TOO_BIG, 0, DV_MAX_OCTETS,
	    envelope.len) : several_take(&in, out);
	if (reason != DV_R_NONE)
		*out = (struct dv_sign){ .count = 0 };
	return reason;
}
