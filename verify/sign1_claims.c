/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the signer says of the artefact: the CWT claims, by one table, and the
 * free-form ones after them. Believes none of it. docs/FORMAT.md; RFC 8392,
 * RFC 9597, RFC 9711 4.2.7.
 */
#include "at.h"
#include "bytes.h"
#include "cose_map.h"
#include "version_order.h"

static enum dv_reason
take_iss(struct dv_cbor *in, struct dv_reading *r)
{
	return dv_take_text(in, &r->out->iss);
}

static enum dv_reason
take_sub(struct dv_cbor *in, struct dv_reading *r)
{
	return dv_take_text(in, &r->out->sub);
}

static enum dv_reason
take_device(struct dv_cbor *in, struct dv_reading *r)
{
	return dv_take_text(in, &r->out->device);
}

static enum dv_reason
take_model(struct dv_cbor *in, struct dv_reading *r)
{
	return dv_take_text(in, &r->out->model);
}

static enum dv_reason
take_time(struct dv_cbor *in, dv_time *out, bool *has)
{
	enum dv_reason reason = dv_take_int(in, &out->s);

	if (reason != DV_R_NONE)
		return reason;
	if (out->s < DV_TIME_MIN || out->s > DV_TIME_MAX)
		return dv_refuse_item_found(in, DV_R_HEADER_MALFORMED,
		    out->s);
	*has = true;
	return DV_R_NONE;
}

static enum dv_reason
take_iat(struct dv_cbor *in, struct dv_reading *r)
{
	return take_time(in, &r->out->iat, &r->out->has_iat);
}

static enum dv_reason
take_nbf(struct dv_cbor *in, struct dv_reading *r)
{
	return take_time(in, &r->out->nbf, &r->out->has_nbf);
}

static enum dv_reason
take_exp(struct dv_cbor *in, struct dv_reading *r)
{
	return take_time(in, &r->out->exp, &r->out->has_exp);
}

/* The scheme of a version; *out is OTHER for what only the path profile has. */
static enum dv_reason
take_scheme(struct dv_cbor *in, enum dv_version_scheme *out)
{
	int64_t scheme;
	enum dv_reason reason = dv_take_int(in, &scheme);

	*out = DV_VERSION_OTHER;
	if (reason != DV_R_NONE)
		return reason;
	if (scheme == DV_VERSION_SEMVER)
		*out = DV_VERSION_SEMVER;
	else if (scheme == DV_VERSION_DECIMAL)
		*out = DV_VERSION_DECIMAL;
	else if (!dv_cbor_loose(in))
		return dv_refuse_item_found(in, DV_R_HEADER_MALFORMED, scheme);
	return DV_R_NONE;
}

/* RFC 9711 4.2.7: [ version, scheme ]; the path profile does without scheme. */
static enum dv_reason
take_version(struct dv_cbor *in, struct dv_reading *r)
{
	struct dv_sign1 *out = r->out;
	uint32_t text_offset;
	struct dv_cbor_item list;
	enum dv_reason reason = dv_cbor_take(in, DV_CBOR_ARRAY,
	    DV_R_HEADER_MALFORMED, &list);

	if (reason != DV_R_NONE)
		return reason;
	if (list.number != 2 && !(dv_cbor_loose(in) && list.number == 1))
		return dv_refuse_item_size(in, DV_R_HEADER_MALFORMED, 2,
		    (size_t)list.number);
	text_offset = dv_cbor_here(in);
	out->scheme = DV_VERSION_OTHER;
	reason = dv_take_text(in, &out->version);
	if (reason == DV_R_NONE && list.number == 2)
		reason = take_scheme(in, &out->scheme);
	if (reason != DV_R_NONE)
		return reason;
	if (out->scheme != DV_VERSION_OTHER &&
	    !dv_version_valid(out->scheme, out->version))
		return dv_refuse(in, DV_R_HEADER_MALFORMED, text_offset);
	return DV_R_NONE;
}

/* Its value, when it is of a kind that a free-form claim has. */
static bool
claim_value(const struct dv_cbor_item *item, struct dv_claim *out)
{
	out->value = item->bytes;
	out->number = item->number;
	if (item->kind == DV_CBOR_TEXT)
		out->kind = DV_CLAIM_TEXT;
	else if (item->kind == DV_CBOR_BYTES)
		out->kind = DV_CLAIM_BYTES;
	else if (item->kind == DV_CBOR_INT)
		out->kind = DV_CLAIM_INT;
	else if (item->kind == DV_CBOR_BOOL)
		out->kind = DV_CLAIM_BOOL;
	else
		return false;
	return true;
}

/* The value of a free-form claim. */
static enum dv_reason
take_free(struct dv_cbor *in)
{
	const struct dv_cbor whole = *in;
	struct dv_cbor_item item;
	struct dv_claim claim;
	enum dv_reason reason = dv_cbor_next(in, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (!claim_value(&item, &claim)) {
		if (!dv_cbor_loose(in))
			return dv_refuse_item(in, DV_R_HEADER_MALFORMED);
		*in = whole;
		return dv_cbor_skip(in);
	}
	if (claim.kind == DV_CLAIM_TEXT)
		return dv_text_check(in, claim.value);
	return claim.value.len <= DV_MAX_CLAIM_BYTES ? DV_R_NONE :
	    dv_refuse_item_size(in, DV_R_LIMIT, DV_MAX_CLAIM_BYTES,
	    claim.value.len);
}

/* A text label that is none of ours: key and value within their bounds. */
static enum dv_reason
take_other(struct dv_cbor *in, const struct dv_cbor_item *label,
    struct dv_reading *r)
{
	const uint32_t offset = dv_cbor_there(in);
	enum dv_reason reason;

	in->field = DV_F_CLAIM_OTHER;
	reason = dv_text_check(in, label->bytes);
	if (reason == DV_R_NONE)
		reason = take_free(in);
	if (reason == DV_R_NONE && ++r->free_claims > DV_MAX_CLAIMS)
		reason = dv_refuse_size(in, DV_R_LIMIT, offset, DV_MAX_CLAIMS,
		    r->free_claims);
	in->field = DV_F_HEADER_CWT_CLAIMS;
	return reason;
}

static const struct dv_param params[] = {
	{ .label = DV_CWT_ISS, .field = DV_F_CLAIM_ISS, .take = take_iss,
	    .not_in = DV_IN_BODY,
	    .needed = DV_NEEDED_STRICT },
	{ .label = DV_CWT_SUB, .field = DV_F_CLAIM_SUB, .take = take_sub,
	    .not_in = DV_IN_SIGNATURE,
	    .needed = DV_NEEDED_STRICT },
	{ .label = DV_CWT_EXP, .field = DV_F_CLAIM_EXP, .take = take_exp,
	    .not_in = DV_IN_SIGNATURE },
	{ .label = DV_CWT_NBF, .field = DV_F_CLAIM_NBF, .take = take_nbf,
	    .not_in = DV_IN_SIGNATURE },
	{ .label = DV_CWT_IAT, .field = DV_F_CLAIM_IAT, .take = take_iat,
	    .not_in = DV_IN_BODY,
	    .needed = DV_NEEDED_STRICT },
	{ .label = DV_CWT_SWVERSION, .field = DV_F_CLAIM_VERSION,
	    .take = take_version, .not_in = DV_IN_SIGNATURE },
	{ .text = DV_CLAIM_MODEL, .field = DV_F_CLAIM_MODEL,
	    .take = take_model, .not_in = DV_IN_SIGNATURE },
	{ .text = DV_CLAIM_DEVICE, .field = DV_F_CLAIM_DEVICE,
	    .take = take_device, .not_in = DV_IN_SIGNATURE },
};

const struct dv_table dv_claim_table = {
	.param = params, .count = sizeof(params) / sizeof(params[0]),
	.field = DV_F_HEADER_CWT_CLAIMS, .otherwise = DV_R_HEADER_MALFORMED,
	.other = take_other
};

enum dv_reason
dv_claims_take(const struct dv_cbor *from, struct dv_reading *r)
{
	struct dv_cbor in = dv_cbor_inside(from, r->claims,
	    DV_F_HEADER_CWT_CLAIMS);
	struct dv_cbor pairs = in;
	struct dv_cbor_item map;
	uint32_t present;
	enum dv_reason reason = dv_map_take(&in, &dv_claim_table, r, &present);

	/* Of several signatures, what is said of the artefact is in common. */
	if (reason != DV_R_NONE || r->place == DV_IN_SIGNATURE)
		return reason;
	reason = dv_cbor_next(&pairs, &map);
	r->out->claims = dv_bytes_cut(pairs.rest, 0,
	    pairs.rest.len - in.rest.len);
	return reason;
}

bool
dv_sign1_claim_next(const struct dv_sign1 *sign1, struct dv_bytes *rest,
    struct dv_claim *out)
{
	struct dv_at unused;
	struct dv_cbor in = dv_cbor_start(*rest, DV_F_CLAIM_OTHER, &unused);
	struct dv_cbor_item label, value;
	bool found = false;

	*out = (struct dv_claim){ .number = 0 };
	in.loose = dv_profile_loose(sign1->profile);
	while (!found && in.rest.len > 0 &&
	    dv_label_take(&in, &label) == DV_R_NONE) {
		struct dv_cbor ahead = in;

		found = label.kind == DV_CBOR_TEXT &&
		    dv_param_find(&dv_claim_table, &label,
		    dv_cbor_loose(&in)) == dv_claim_table.count &&
		    dv_cbor_next(&ahead, &value) == DV_R_NONE &&
		    claim_value(&value, out);
		if (dv_cbor_skip(&in) != DV_R_NONE)
			found = false;
	}
	*rest = in.rest;
	if (found)
		out->key = label.bytes;
	return found;
}
