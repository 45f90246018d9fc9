/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading an envelope: form first, then the headers, then lengths. Judges no
 * signature and believes nothing it reads. docs/FORMAT.md; RFC 9052 4.2.
 */
#include "at.h"
#include "bytes.h"
#include "cose_map.h"
#include "sign1.h"

/* Strict: nothing stands here but countersignatures, for what an attacker can
 * change says nothing. Path: what may stand here depends on the protected
 * header. */
static enum dv_reason
unprotected_take(struct dv_cbor *in, struct dv_reading *r)
{
	struct dv_cbor_item map, label;
	enum dv_reason reason = dv_cbor_take(in, DV_CBOR_MAP,
	    DV_R_CBOR_MALFORMED, &map);

	if (reason != DV_R_NONE || map.number == 0)
		return reason;
	r->unprotected = in->rest;
	r->unprotected_count = (size_t)map.number;
	for (size_t i = 0; reason == DV_R_NONE && i < r->unprotected_count;
	    i++) {
		if (dv_cbor_loose(in)) {
			reason = dv_cbor_skip(in);
			if (reason == DV_R_NONE)
				reason = dv_cbor_skip(in);
			continue;
		}
		reason = dv_label_take(in, &label);
		if (reason == DV_R_NONE)
			reason = dv_open_take(in, r, &label);
	}
	return reason;
}

enum dv_reason
dv_buckets_take(struct dv_cbor *in, struct dv_reading *r,
    struct dv_bytes *protected_map)
{
	enum dv_reason reason = dv_bytes_take(in, DV_F_PROTECTED,
	    protected_map);

	in->field = DV_F_UNPROTECTED;
	if (reason == DV_R_NONE)
		reason = unprotected_take(in, r);
	return reason;
}

enum dv_reason
dv_bytes_take(struct dv_cbor *in, enum dv_field field, struct dv_bytes *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason;

	in->field = field;
	reason = dv_cbor_take(in, DV_CBOR_BYTES, DV_R_CBOR_MALFORMED, &item);
	*out = item.bytes;
	return reason;
}

/* RFC 9052 4.2: null for a payload that stands elsewhere. */
enum dv_reason
dv_payload_take(struct dv_cbor *in, struct dv_sign1 *out)
{
	in->field = DV_F_PAYLOAD;
	if (!dv_cbor_loose(in) || dv_cbor_ahead(in) != DV_CBOR_NULL)
		return dv_bytes_take(in, DV_F_PAYLOAD, &out->payload);
	out->detached = true;
	return dv_cbor_skip(in);
}

/* The tag; the path profile does without that of one signature. */
static enum dv_reason
tag_take(struct dv_cbor *in, int64_t tag)
{
	struct dv_cbor_item item;
	enum dv_reason reason;

	if (dv_cbor_loose(in) && tag == DV_COSE_TAG_SIGN1 &&
	    dv_cbor_ahead(in) == DV_CBOR_ARRAY)
		return DV_R_NONE;
	reason = dv_cbor_take(in, DV_CBOR_TAG, DV_R_ENVELOPE_TAG, &item);
	if (reason == DV_R_NONE && item.number != tag)
		return dv_refuse_item_found(in, DV_R_ENVELOPE_TAG, item.number);
	return reason;
}

enum dv_reason
dv_frame_take(struct dv_cbor *in, int64_t tag)
{
	enum dv_reason reason = tag_take(in, tag);

	if (reason == DV_R_NONE)
		reason = dv_form_check(in);
	return reason != DV_R_NONE ? reason :
	    dv_take_array(in, DV_R_CBOR_MALFORMED, 4);
}

/* A digest has the length of its hash, an artefact at most its limit. */
enum dv_reason
dv_payload_check(struct dv_cbor *in, const struct dv_sign1 *s)
{
	const size_t wanted = s->attached ? DV_MAX_ATTACHED :
	    dv_hash_size(s->hash);

	in->field = DV_F_PAYLOAD;
	if (DV_HAS_PATH && s->detached && !s->attached)
		return dv_refuse(in, DV_R_HEADER_CONFLICT, DV_NO_OFFSET);
	if (!s->attached && s->envelope.len > DV_MAX_ENVELOPE) {
		in->field = DV_F_ENVELOPE;
		return dv_refuse_size(in, DV_R_INPUT_TOO_BIG, 0,
		    DV_MAX_ENVELOPE, s->envelope.len);
	}
	if (s->payload.len == wanted ||
	    (s->attached && s->payload.len < wanted))
		return DV_R_NONE;
	return dv_refuse_size(in, s->attached ? DV_R_LIMIT :
	    DV_R_DIGEST_LENGTH, dv_offset(s->envelope, s->payload), wanted,
	    s->payload.len);
}

/* A signature has the one length that alg demands, unless the key says it. */
enum dv_reason
dv_signature_check(struct dv_cbor *in, const struct dv_sign1 *s)
{
	const size_t signature = dv_sig_size(s->key_type);

	in->field = DV_F_ENVELOPE_SIGNATURE;
	if (signature != 0 && s->signature.len != signature)
		return dv_refuse_size(in, DV_R_SIGNATURE_MALFORMED,
		    dv_offset(s->envelope, s->signature), signature,
		    s->signature.len);
	return DV_R_NONE;
}

/* What is not payload is small, before anybody looks for duplicates in it. */
enum dv_reason
dv_rest_check(struct dv_cbor *in, const struct dv_sign1 *s)
{
	const size_t rest = s->envelope.len - s->payload.len;

	in->field = DV_F_ENVELOPE;
	if (rest <= DV_MAX_ENVELOPE)
		return DV_R_NONE;
	return dv_refuse_size(in, DV_R_INPUT_TOO_BIG, 0, DV_MAX_ENVELOPE,
	    rest);
}

static enum dv_reason
envelope_take(struct dv_cbor *in, struct dv_reading *r)
{
	struct dv_sign1 *out = r->out;
	struct dv_cbor inner;
	enum dv_reason reason = dv_frame_take(in, DV_COSE_TAG_SIGN1);

	if (reason == DV_R_NONE)
		reason = dv_buckets_take(in, r, &out->protected_map);
	if (reason == DV_R_NONE)
		reason = dv_payload_take(in, out);
	if (reason == DV_R_NONE)
		reason = dv_bytes_take(in, DV_F_ENVELOPE_SIGNATURE,
		    &out->signature);
	if (reason == DV_R_NONE)
		reason = dv_rest_check(in, out);
	if (reason != DV_R_NONE)
		return reason;
	inner = dv_cbor_inside(in, out->protected_map, DV_F_PROTECTED);
	reason = dv_protected_take(&inner, r);
	if (reason == DV_R_NONE)
		reason = dv_payload_check(in, out);
	if (reason == DV_R_NONE)
		reason = dv_signature_check(in, out);
	return reason != DV_R_NONE ? reason : dv_countersigned_take(in, r);
}

static enum dv_reason
parse(struct dv_bytes envelope, enum dv_profile profile,
    struct dv_reading *r, struct dv_at *at)
{
	struct dv_cbor in = dv_cbor_start(envelope, DV_F_ENVELOPE, at);
	enum dv_reason reason;

	*at = (struct dv_at){ .offset = DV_NO_OFFSET };
	*r->out = (struct dv_sign1){ .envelope = envelope,
	    .profile = profile };
	in.loose = dv_profile_loose(profile);
	if (!DV_HAS_PATH && profile != DV_PROFILE_STRICT)
		reason = dv_refuse(&in, DV_R_NOT_BUILT, DV_NO_OFFSET);
	else if (envelope.len == 0)
		reason = dv_refuse(&in, DV_R_INPUT_EMPTY, 0);
	else if (envelope.len > DV_MAX_OCTETS)
		reason = dv_refuse_size(&in, DV_R_INPUT_TOO_BIG, 0, DV_MAX_OCTETS,
		    envelope.len);
	else
		reason = envelope_take(&in, r);
	if (reason != DV_R_NONE)
		*r->out = (struct dv_sign1){ .alg = 0 };
	return reason;
}

enum dv_reason
dv_sign1_parse(struct dv_bytes envelope, enum dv_profile profile,
    struct dv_sign1 *out, struct dv_at *at)
{
	struct dv_reading r = { .out = out, .place = DV_IN_SIGN1 };

	return parse(envelope, profile, &r, at);
}

enum dv_reason
dv_sign1_parse_voucher(struct dv_bytes envelope, enum dv_profile profile,
    struct dv_sign1 *out, struct dv_at *at)
{
	struct dv_reading r = { .out = out, .place = DV_IN_VOUCHER,
	    .keyless = true };

	return parse(envelope, profile, &r, at);
}

enum dv_reason
dv_sign1_parse_keyed(struct dv_bytes envelope, struct dv_sign1 *out,
    struct dv_at *at)
{
	struct dv_reading r = { .out = out, .place = DV_IN_SIGN1,
	    .keyless = true };

	return parse(envelope, DV_PROFILE_PATH, &r, at);
}
