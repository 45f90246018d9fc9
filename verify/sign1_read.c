/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the one permitted envelope: form first, then every header by one
 * table, then lengths. Judges no signature and believes nothing it reads.
 * docs/FORMAT.md; RFC 9052, 9360, 9596, 9597, 9995.
 */
#include "at.h"
#include "bytes.h"
#include "cbor.h"
#include "dv_sign1.h"

/* An envelope half read: the claims wait until the headers are known good. */
struct reading {
	struct dv_sign1 *out;
	struct dv_cbor claims;
};

/* One parameter of a map; take reads its value, in->field is its own. */
struct param {
	int64_t label;
	enum dv_field field;
	enum dv_reason (*take)(struct dv_cbor *in, struct reading *r);
	bool optional;
};

static uint32_t
here(const struct dv_cbor *in)
{
	return dv_offset(in->object, in->rest);
}

static enum dv_reason
refuse(const struct dv_cbor *in, enum dv_reason reason, uint32_t offset)
{
	return dv_fail_at(in->at, reason, in->field, offset);
}

/* As refuse(), with the numbers that were compared. */
static enum dv_reason
refuse_size(const struct dv_cbor *in, enum dv_reason reason, uint32_t offset,
    size_t wanted, size_t found)
{
	(void)refuse(in, reason, offset);
	in->at->wanted = dv_number((int64_t)wanted);
	in->at->found = dv_number((int64_t)found);
	return reason;
}

static enum dv_reason
refuse_found(const struct dv_cbor *in, enum dv_reason reason, uint32_t offset,
    int64_t found)
{
	(void)refuse(in, reason, offset);
	in->at->found = dv_number(found);
	return reason;
}

/* ---- values ---- */

static enum dv_reason
take_int(struct dv_cbor *in, int64_t *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_INT, DV_R_HEADER_MALFORMED }, &item);

	*out = item.number;
	return reason;
}

/* Control characters C0, DEL and C1; the bytes are valid UTF-8. */
static bool
has_control(struct dv_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return true;
		if (text.ptr[i] == 0xc2 && text.ptr[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static enum dv_reason
take_text(struct dv_cbor *in, struct dv_bytes *out)
{
	const uint32_t offset = here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_TEXT, DV_R_HEADER_MALFORMED }, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (item.bytes.len > DV_MAX_HEADER_TEXT)
		return refuse_size(in, DV_R_LIMIT, offset, DV_MAX_HEADER_TEXT,
		    item.bytes.len);
	if (item.bytes.len == 0 || has_control(item.bytes))
		return refuse(in, DV_R_HEADER_MALFORMED, offset);
	*out = item.bytes;
	return DV_R_NONE;
}

static enum dv_reason
take_alg(struct dv_cbor *in, struct reading *r)
{
	const uint32_t offset = here(in);
	enum dv_reason reason = take_int(in, &r->out->alg);

	if (reason != DV_R_NONE)
		return reason;
	r->out->key_type = dv_cose_key_type(r->out->alg);
	r->out->sig_alg = dv_cose_sig(r->out->alg);
	if (r->out->key_type == DV_KEY_NONE)
		return refuse_found(in, DV_R_ALG_NOT_ALLOWED, offset,
		    r->out->alg);
	return DV_R_NONE;
}

static enum dv_reason
take_hash(struct dv_cbor *in, struct reading *r)
{
	const uint32_t offset = here(in);
	int64_t id;
	enum dv_reason reason = take_int(in, &id);

	if (reason != DV_R_NONE)
		return reason;
	r->out->hash = dv_hash_from_cose(id);
	if (r->out->hash == DV_HASH_NONE)
		return refuse_found(in, DV_R_HASH_NOT_ALLOWED, offset, id);
	return DV_R_NONE;
}

static enum dv_reason
take_claims(struct dv_cbor *in, struct reading *r)
{
	r->claims = *in;
	return dv_cbor_skip(in);
}

static enum dv_reason
take_typ(struct dv_cbor *in, struct reading *r)
{
	const uint32_t offset = here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_TEXT, DV_R_TYPE_MISMATCH }, &item);

	(void)r;
	if (reason != DV_R_NONE)
		return reason;
	if (dv_bytes_equal_text(item.bytes, DV_SIGN1_TYP))
		return DV_R_NONE;
	(void)refuse(in, DV_R_TYPE_MISMATCH, offset);
	in->at->wanted = dv_text(DV_SIGN1_TYP);
	in->at->found = dv_octets(DV_VALUE_BYTES, item.bytes);
	return DV_R_TYPE_MISMATCH;
}

static enum dv_reason
take_cert(struct dv_cbor *in, struct reading *r)
{
	const uint32_t offset = here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_BYTES, DV_R_HEADER_MALFORMED }, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (item.bytes.len == 0)
		return refuse(in, DV_R_HEADER_MALFORMED, offset);
	r->out->x5chain[r->out->x5chain_count++] = item.bytes;
	return DV_R_NONE;
}

/* RFC 9360 2: one certificate stands alone, an array has two or more. */
static enum dv_reason
take_x5chain(struct dv_cbor *in, struct reading *r)
{
	const uint32_t offset = here(in);
	struct dv_cbor inside = *in;
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_next(&inside, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (item.kind != DV_CBOR_ARRAY)
		return take_cert(in, r);
	if (item.number < 2)
		return refuse_size(in, DV_R_HEADER_MALFORMED, offset, 2,
		    (size_t)item.number);
	if (item.number > DV_MAX_PATH)
		return refuse_size(in, DV_R_LIMIT, offset, DV_MAX_PATH,
		    (size_t)item.number);
	*in = inside;
	for (int64_t i = 0; i < item.number; i++) {
		reason = take_cert(in, r);
		if (reason != DV_R_NONE)
			return reason;
	}
	return DV_R_NONE;
}

static enum dv_reason
take_preimage(struct dv_cbor *in, struct reading *r)
{
	return take_text(in, &r->out->preimage_type);
}

static enum dv_reason
take_iss(struct dv_cbor *in, struct reading *r)
{
	return take_text(in, &r->out->iss);
}

static enum dv_reason
take_sub(struct dv_cbor *in, struct reading *r)
{
	return take_text(in, &r->out->sub);
}

static enum dv_reason
take_iat(struct dv_cbor *in, struct reading *r)
{
	const uint32_t offset = here(in);
	enum dv_reason reason = take_int(in, &r->out->iat.s);

	if (reason != DV_R_NONE)
		return reason;
	if (r->out->iat.s < DV_TIME_MIN || r->out->iat.s > DV_TIME_MAX)
		return refuse_found(in, DV_R_HEADER_MALFORMED, offset,
		    r->out->iat.s);
	return DV_R_NONE;
}

static enum dv_reason take_crit(struct dv_cbor *in, struct reading *r);

/* ---- maps ---- */

struct table {
	const struct param *param;
	unsigned count;
	enum dv_field field;
	enum dv_reason otherwise;	/* when it is no map at all */
};

static const struct param header_params[] = {
	{ DV_COSE_ALG, DV_F_HEADER_ALG, take_alg, false },
	{ DV_COSE_CRIT, DV_F_HEADER_CRIT, take_crit, true },
	{ DV_COSE_CWT_CLAIMS, DV_F_HEADER_CWT_CLAIMS, take_claims, false },
	{ DV_COSE_TYP, DV_F_HEADER_TYP, take_typ, false },
	{ DV_COSE_X5CHAIN, DV_F_HEADER_X5CHAIN, take_x5chain, false },
	{ DV_COSE_PAYLOAD_HASH_ALG, DV_F_HEADER_HASH_ALG, take_hash, false },
	{ DV_COSE_PREIMAGE_TYPE, DV_F_HEADER_PREIMAGE_TYPE, take_preimage,
	    false },
};

static const struct param claim_params[] = {
	{ DV_CWT_ISS, DV_F_CLAIM_ISS, take_iss, false },
	{ DV_CWT_SUB, DV_F_CLAIM_SUB, take_sub, false },
	{ DV_CWT_IAT, DV_F_CLAIM_IAT, take_iat, false },
};

static const struct table headers = {
	header_params, sizeof(header_params) / sizeof(header_params[0]),
	DV_F_PROTECTED, DV_R_CBOR_MALFORMED
};

static const struct table claims = {
	claim_params, sizeof(claim_params) / sizeof(claim_params[0]),
	DV_F_HEADER_CWT_CLAIMS, DV_R_HEADER_MALFORMED
};

/* Number of the parameter with this label, table->count when unknown. */
static unsigned
param_find(const struct table *table, const struct dv_cbor_item *label)
{
	unsigned i = 0;

	while (i < table->count && (label->kind != DV_CBOR_INT ||
	    table->param[i].label != label->number))
		i++;
	return i;
}

/* RFC 9052 1.5: a label is an integer or a text. */
static enum dv_reason
label_take(struct dv_cbor *in, struct dv_cbor_item *out)
{
	const uint32_t offset = here(in);
	enum dv_reason reason = dv_cbor_next(in, out);

	if (reason != DV_R_NONE)
		return reason;
	if (out->kind != DV_CBOR_INT && out->kind != DV_CBOR_TEXT)
		return refuse(in, DV_R_HEADER_MALFORMED, offset);
	return DV_R_NONE;
}

static struct dv_value
label_value(const struct dv_cbor_item *label)
{
	if (label->kind == DV_CBOR_INT)
		return dv_number(label->number);
	return dv_octets(DV_VALUE_BYTES, label->bytes);
}

/*
 * RFC 9052 3.1: every label listed must be understood. All of those but crit
 * itself are required here, so that a listed one is there needs no check.
 */
static enum dv_reason
take_crit(struct dv_cbor *in, struct reading *r)
{
	uint32_t offset = here(in);
	struct dv_cbor_item list, label;
	enum dv_reason reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_ARRAY, DV_R_HEADER_MALFORMED }, &list);

	(void)r;
	if (reason != DV_R_NONE)
		return reason;
	if (list.number == 0)
		return refuse(in, DV_R_HEADER_MALFORMED, offset);
	for (int64_t i = 0; i < list.number; i++) {
		offset = here(in);
		reason = label_take(in, &label);
		if (reason != DV_R_NONE)
			return reason;
		if (param_find(&headers, &label) < headers.count)
			continue;
		(void)refuse(in, DV_R_HEADER_CRITICAL_UNKNOWN, offset);
		in->at->found = label_value(&label);
		return DV_R_HEADER_CRITICAL_UNKNOWN;
	}
	return DV_R_NONE;
}

/* One pair: its label decides which value must follow. */
static enum dv_reason
param_take(struct dv_cbor *in, const struct table *table, struct reading *r,
    uint32_t *present)
{
	const uint32_t offset = here(in);
	struct dv_cbor_item label;
	enum dv_reason reason = label_take(in, &label);
	unsigned i;

	if (reason != DV_R_NONE)
		return reason;
	i = param_find(table, &label);
	if (i == table->count) {
		(void)refuse(in, DV_R_HEADER_UNKNOWN, offset);
		in->at->found = label_value(&label);
		return DV_R_HEADER_UNKNOWN;
	}
	*present |= UINT32_C(1) << i;
	in->field = table->param[i].field;
	reason = table->param[i].take(in, r);
	in->field = table->field;
	return reason;
}

/* A whole map: known parameters only, none of the required ones missing. */
static enum dv_reason
map_take(struct dv_cbor *in, const struct table *table, struct reading *r)
{
	const uint32_t offset = here(in);
	uint32_t present = 0;
	struct dv_cbor_item map;
	enum dv_reason reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_MAP, table->otherwise }, &map);

	for (int64_t i = 0; reason == DV_R_NONE && i < map.number; i++)
		reason = param_take(in, table, r, &present);
	if (reason != DV_R_NONE)
		return reason;
	for (unsigned i = 0; i < table->count; i++) {
		if (table->param[i].optional ||
		    (present & UINT32_C(1) << i) != 0)
			continue;
		return dv_fail_at(in->at, DV_R_HEADER_MISSING,
		    table->param[i].field, offset);
	}
	return DV_R_NONE;
}

/* Form first: everything in order, once, and nothing after it. */
static enum dv_reason
form_check(const struct dv_cbor *in)
{
	struct dv_cbor ahead = *in;
	enum dv_reason reason = dv_cbor_skip(&ahead);

	return reason != DV_R_NONE ? reason : dv_cbor_end(&ahead);
}

/* The parameter in whose value an offset lies, else the map itself. */
static enum dv_field
field_at(const struct dv_cbor *whole, const struct table *table,
    uint32_t offset)
{
	struct dv_at unused;
	struct dv_cbor in = dv_cbor_start(whole->object, table->field, &unused);
	struct dv_cbor_item map, label;

	in.rest = whole->rest;
	if (dv_cbor_next(&in, &map) != DV_R_NONE || map.kind != DV_CBOR_MAP)
		return table->field;
	for (int64_t i = 0; i < map.number; i++) {
		unsigned found;

		if (dv_cbor_next(&in, &label) != DV_R_NONE ||
		    offset < here(&in))
			break;
		found = param_find(table, &label);
		if (dv_cbor_skip(&in) == DV_R_NONE && offset >= here(&in))
			continue;
		return found < table->count ? table->param[found].field :
		    table->field;
	}
	return table->field;
}

static enum dv_reason
protected_take(struct dv_cbor *in, struct reading *r)
{
	enum dv_reason reason;

	/* RFC 9052 3 writes the empty map as no bytes at all. */
	if (in->rest.len == 0)
		return dv_fail_at(in->at, DV_R_HEADER_MISSING, DV_F_HEADER_ALG,
		    here(in));
	reason = form_check(in);
	if (reason != DV_R_NONE)
		in->at->field = field_at(in, &headers, in->at->offset);
	if (reason == DV_R_NONE)
		reason = map_take(in, &headers, r);
	if (reason == DV_R_NONE)
		reason = map_take(&r->claims, &claims, r);
	return reason;
}

/* Nothing stands here yet: what an attacker can change says nothing. */
static enum dv_reason
unprotected_take(struct dv_cbor *in)
{
	struct dv_cbor_item map, label;
	uint32_t offset;
	enum dv_reason reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_MAP, DV_R_CBOR_MALFORMED }, &map);

	if (reason != DV_R_NONE || map.number == 0)
		return reason;
	offset = here(in);
	reason = label_take(in, &label);
	if (reason != DV_R_NONE)
		return reason;
	reason = param_find(&headers, &label) < headers.count ?
	    DV_R_HEADER_UNPROTECTED : DV_R_HEADER_UNKNOWN;
	(void)refuse(in, reason, offset);
	in->at->found = label_value(&label);
	return reason;
}

/* ---- the envelope ---- */

static enum dv_reason
bytes_take(struct dv_cbor *in, enum dv_field field, struct dv_bytes *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason;

	in->field = field;
	reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_BYTES, DV_R_CBOR_MALFORMED }, &item);
	*out = item.bytes;
	return reason;
}

/* Tag 18, then all of it well formed, then an array of four. */
static enum dv_reason
frame_take(struct dv_cbor *in)
{
	const uint32_t offset = here(in);
	uint32_t array_offset;
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_TAG, DV_R_ENVELOPE_TAG }, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (item.number != DV_COSE_TAG_SIGN1)
		return refuse_found(in, DV_R_ENVELOPE_TAG, offset, item.number);
	reason = form_check(in);
	if (reason != DV_R_NONE)
		return reason;
	array_offset = here(in);
	reason = dv_cbor_take(in, (struct dv_cbor_want){
	    DV_CBOR_ARRAY, DV_R_CBOR_MALFORMED }, &item);
	if (reason == DV_R_NONE && item.number != 4)
		return refuse_size(in, DV_R_CBOR_MALFORMED, array_offset, 4,
		    (size_t)item.number);
	return reason;
}

/* Payload and signature have the one length that the headers demand, unless
 * the key says how long a signature is. */
static enum dv_reason
lengths_check(struct dv_cbor *in, const struct dv_sign1 *s)
{
	const size_t digest = dv_hash_size(s->hash);
	const size_t signature = dv_sig_size(s->key_type);

	in->field = DV_F_PAYLOAD;
	if (s->payload.len != digest)
		return refuse_size(in, DV_R_DIGEST_LENGTH,
		    dv_offset(s->envelope, s->payload), digest,
		    s->payload.len);
	in->field = DV_F_ENVELOPE_SIGNATURE;
	if (signature != 0 && s->signature.len != signature)
		return refuse_size(in, DV_R_SIGNATURE_MALFORMED,
		    dv_offset(s->envelope, s->signature), signature,
		    s->signature.len);
	return DV_R_NONE;
}

static enum dv_reason
envelope_take(struct dv_cbor *in, struct dv_sign1 *out)
{
	struct reading r = { .out = out };
	struct dv_cbor inner;
	enum dv_reason reason = frame_take(in);

	if (reason == DV_R_NONE)
		reason = bytes_take(in, DV_F_PROTECTED, &out->protected_map);
	in->field = DV_F_UNPROTECTED;
	if (reason == DV_R_NONE)
		reason = unprotected_take(in);
	if (reason == DV_R_NONE)
		reason = bytes_take(in, DV_F_PAYLOAD, &out->payload);
	if (reason == DV_R_NONE)
		reason = bytes_take(in, DV_F_ENVELOPE_SIGNATURE,
		    &out->signature);
	if (reason != DV_R_NONE)
		return reason;
	inner = dv_cbor_inside(in, out->protected_map, DV_F_PROTECTED);
	reason = protected_take(&inner, &r);
	return reason != DV_R_NONE ? reason : lengths_check(in, out);
}

enum dv_reason
dv_sign1_parse(struct dv_bytes envelope, struct dv_sign1 *out,
    struct dv_at *at)
{
	struct dv_cbor in = dv_cbor_start(envelope, DV_F_ENVELOPE, at);
	enum dv_reason reason;

	*at = (struct dv_at){ .offset = DV_NO_OFFSET };
	*out = (struct dv_sign1){ .envelope = envelope };
	if (envelope.len == 0)
		reason = refuse(&in, DV_R_INPUT_EMPTY, 0);
	else if (envelope.len > DV_MAX_ENVELOPE)
		reason = refuse_size(&in, DV_R_INPUT_TOO_BIG, 0,
		    DV_MAX_ENVELOPE, envelope.len);
	else
		reason = envelope_take(&in, out);
	if (reason != DV_R_NONE)
		*out = (struct dv_sign1){ .alg = 0 };
	return reason;
}
