/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The protected header of an envelope: every parameter by one table, then what
 * they say together. Judges no signature and believes nothing it reads.
 * docs/FORMAT.md; RFC 9052 3.1, RFC 9360, RFC 9596, RFC 9995.
 */
#include "at.h"
#include "bytes.h"
#include "cose_map.h"
#include "dv_voucher.h"

static enum dv_reason
take_alg(struct dv_cbor *in, struct dv_reading *r)
{
	enum dv_reason reason = dv_take_int(in, &r->out->alg);

	if (reason != DV_R_NONE)
		return reason;
	r->out->key_type = dv_cose_key_type(r->out->alg);
	r->out->sig_alg = dv_cose_sig(r->out->alg);
	if (r->out->key_type == DV_KEY_NONE)
		return dv_refuse_item_found(in, DV_R_ALG_NOT_ALLOWED,
		    r->out->alg);
	return DV_R_NONE;
}

/* Of the list in crit; *n is the parameter that it names. */
static enum dv_reason
take_critical(struct dv_cbor *in, enum dv_place place, unsigned *n)
{
	struct dv_cbor_item label;
	enum dv_reason reason = dv_label_take(in, &label);

	if (reason != DV_R_NONE)
		return reason;
	*n = dv_param_find(&dv_header_table, &label, dv_cbor_loose(in));
	return *n < dv_header_table.count &&
	    (dv_header_table.param[*n].not_in & place) == 0 ? DV_R_NONE :
	    dv_refuse_label(in, DV_R_HEADER_CRITICAL_UNKNOWN, &label);
}

/* RFC 9052 3.1: every label listed must be understood. */
static enum dv_reason
take_crit(struct dv_cbor *in, struct dv_reading *r)
{
	unsigned n;
	struct dv_cbor_item list;
	enum dv_reason reason;

	r->crit = in->rest;
	reason = dv_cbor_take(in, DV_CBOR_ARRAY, DV_R_HEADER_MALFORMED, &list);
	if (reason == DV_R_NONE && list.number == 0)
		reason = dv_refuse_item(in, DV_R_HEADER_MALFORMED);
	for (size_t left = (size_t)list.number; reason == DV_R_NONE && left > 0;
	    left--)
		reason = take_critical(in, r->place, &n);
	return reason;
}

/* A text; the path profile passes over a number of RFC 7252 12.3. */
static enum dv_reason
take_type(struct dv_cbor *in, struct dv_reading *r)
{
	if (dv_cbor_loose(in) && dv_cbor_ahead(in) == DV_CBOR_INT)
		return dv_cbor_skip(in);
	return dv_take_text(in, &r->out->preimage_type);
}

static enum dv_reason
take_claims(struct dv_cbor *in, struct dv_reading *r)
{
	r->claims = in->rest;
	return dv_cbor_skip(in);
}

/* RFC 9596 2: a media type may be written as the number of its content format;
 * of all of ours, a voucher's has one. */
static enum dv_reason
take_typ_number(struct dv_cbor *in, struct dv_reading *r)
{
	int64_t number;
	enum dv_reason reason = dv_take_int(in, &number);

	if (reason != DV_R_NONE)
		return reason;
	r->out->typed = true;
	if (number == DV_VOUCHER_CONTENT_FORMAT)
		return DV_R_NONE;
	(void)dv_refuse_item_found(in, DV_R_TYPE_MISMATCH, number);
	dv_wanted(in->at, dv_number(DV_VOUCHER_CONTENT_FORMAT));
	return DV_R_TYPE_MISMATCH;
}

static enum dv_reason
take_typ(struct dv_cbor *in, struct dv_reading *r)
{
	const char *typ = r->place == DV_IN_VOUCHER ? DV_VOUCHER_TYP :
	    DV_SIGN1_TYP;
	struct dv_cbor_item item;
	enum dv_reason reason;

	if (dv_cbor_loose(in) && r->place == DV_IN_VOUCHER &&
	    dv_cbor_ahead(in) == DV_CBOR_INT)
		return take_typ_number(in, r);
	reason = dv_cbor_take(in, DV_CBOR_TEXT, DV_R_TYPE_MISMATCH, &item);
	if (reason != DV_R_NONE)
		return reason;
	r->out->typed = true;
	if (dv_bytes_equal_text(item.bytes, typ))
		return DV_R_NONE;
	(void)dv_refuse_item(in, DV_R_TYPE_MISMATCH);
	dv_wanted(in->at, dv_text(typ));
	dv_found(in->at, dv_octets(DV_VALUE_UTF8, item.bytes));
	return DV_R_TYPE_MISMATCH;
}

static enum dv_reason
take_cert(struct dv_cbor *in, struct dv_sign1 *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_take(in, DV_CBOR_BYTES,
	    DV_R_HEADER_MALFORMED, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (item.bytes.len == 0)
		return dv_refuse_item(in, DV_R_HEADER_MALFORMED);
	if (out->x5chain_count == DV_MAX_PATH)
		return dv_refuse_item_size(in, DV_R_LIMIT, DV_MAX_PATH,
		    DV_MAX_PATH + 1);
	out->x5chain[out->x5chain_count++] = item.bytes;
	return DV_R_NONE;
}

/* RFC 9360 2: one certificate stands alone, an array has two or more. */
static enum dv_reason
take_certs(struct dv_cbor *in, struct dv_sign1 *out)
{
	struct dv_cbor_item list;
	enum dv_reason reason;
	size_t left;

	if (dv_cbor_ahead(in) != DV_CBOR_ARRAY)
		return take_cert(in, out);
	reason = dv_cbor_next(in, &list);
	if (reason != DV_R_NONE)
		return reason;
	left = (size_t)list.number;
	if (left < 2)
		return dv_refuse_item_size(in, DV_R_HEADER_MALFORMED, 2, left);
	if (left > DV_MAX_PATH)
		return dv_refuse_item_size(in, DV_R_LIMIT, DV_MAX_PATH, left);
	for (; reason == DV_R_NONE && left > 0; left--)
		reason = take_cert(in, out);
	return reason;
}

static enum dv_reason
take_x5chain(struct dv_cbor *in, struct dv_reading *r)
{
	return take_certs(in, r->out);
}

/* Read after the headers: whatever x5chain has stands before it. */
static enum dv_reason
take_x5bag(struct dv_cbor *in, struct dv_reading *r)
{
	r->bag = in->rest;
	return dv_cbor_skip(in);
}

/* A hash function by its COSE number: one that is known here. */
static enum dv_reason
take_hash_id(struct dv_cbor *in, enum dv_hash_id *out)
{
	int64_t id;
	enum dv_reason reason = dv_take_int(in, &id);

	if (reason != DV_R_NONE)
		return reason;
	*out = dv_hash_from_cose(id);
	return *out != DV_HASH_NONE ? DV_R_NONE :
	    dv_refuse_item_found(in, DV_R_HASH_NOT_ALLOWED, id);
}

/* RFC 9360 2: [ hash algorithm, hash of the signer's certificate ]. */
static enum dv_reason
take_x5t(struct dv_cbor *in, struct dv_reading *r)
{
	struct dv_cbor_item item;
	enum dv_reason reason = dv_take_array(in, DV_R_HEADER_MALFORMED, 2);

	if (reason == DV_R_NONE)
		reason = take_hash_id(in, &r->x5t_hash);
	if (reason != DV_R_NONE)
		return reason;
	reason = dv_cbor_take(in, DV_CBOR_BYTES, DV_R_HEADER_MALFORMED, &item);
	if (reason == DV_R_NONE && item.bytes.len != dv_hash_size(r->x5t_hash))
		reason = dv_refuse_item_size(in, DV_R_HEADER_MALFORMED,
		    dv_hash_size(r->x5t_hash), item.bytes.len);
	r->x5t = item.bytes;
	return reason;
}

static enum dv_reason
take_hash(struct dv_cbor *in, struct dv_reading *r)
{
	return take_hash_id(in, &r->out->hash);
}

/* Countersignatures confirm the header from outside. */
#define DV_IN_ANY (DV_IN_SIGN1 | DV_IN_BODY | DV_IN_SIGNATURE | DV_IN_VOUCHER)

/* What is path_only is not there in a build without that profile. */
#define IN_PATH(take) (DV_HAS_PATH ? (take) : NULL)

/* The order of the table, which is that of the labels. */
enum { ALG, CRIT, CONTENT_TYPE, VERSION_1, ABBREVIATED_1, COUNTERSIGNATURE,
	ABBREVIATED, CLAIMS, TYP, X5BAG, X5CHAIN, X5T, HASH, PREIMAGE };

static const struct dv_param params[] = {
	[ALG] = { .label = DV_COSE_ALG, .field = DV_F_HEADER_ALG,
	    .take = take_alg, .needed = DV_NEEDED, .not_in = DV_IN_BODY },
	[CRIT] = { .label = DV_COSE_CRIT, .field = DV_F_HEADER_CRIT,
	    .take = take_crit },
	[CONTENT_TYPE] = { .label = DV_COSE_CONTENT_TYPE,
	    .field = DV_F_HEADER_CONTENT_TYPE, .take = take_type,
	    .not_in = DV_IN_SIGNATURE | DV_IN_VOUCHER },
	/* RFC 8152 4.5: of version 1, whole and abbreviated. */
	[VERSION_1] = { .label = 7, .field = DV_F_HEADER_COUNTERSIGNATURE,
	    .not_in = DV_IN_ANY },
	[ABBREVIATED_1] = { .label = 9, .field = DV_F_HEADER_COUNTERSIGNATURE,
	    .not_in = DV_IN_ANY },
	/* RFC 9338 2 */
	[COUNTERSIGNATURE] = { .label = DV_COSE_COUNTERSIGNATURE,
	    .field = DV_F_HEADER_COUNTERSIGNATURE, .not_in = DV_IN_ANY },
	[ABBREVIATED] = { .label = 12, .field = DV_F_HEADER_COUNTERSIGNATURE,
	    .not_in = DV_IN_ANY },
	[CLAIMS] = { .label = DV_COSE_CWT_CLAIMS,
	    .field = DV_F_HEADER_CWT_CLAIMS, .take = take_claims,
	    .needed = DV_NEEDED_STRICT, .not_in = DV_IN_VOUCHER },
	[TYP] = { .label = DV_COSE_TYP, .field = DV_F_HEADER_TYP,
	    .take = take_typ, .needed = DV_NEEDED_STRICT,
	    .not_in = DV_IN_SIGNATURE },
	[X5BAG] = { .label = DV_COSE_X5BAG, .field = DV_F_HEADER_X5BAG,
	    .take = IN_PATH(take_x5bag), .path_only = true,
	    .not_in = DV_IN_BODY },
	[X5CHAIN] = { .label = DV_COSE_X5CHAIN, .field = DV_F_HEADER_X5CHAIN,
	    .take = take_x5chain, .needed = DV_NEEDED_STRICT,
	    .not_in = DV_IN_BODY, .free_in = DV_IN_VOUCHER },
	[X5T] = { .label = DV_COSE_X5T, .field = DV_F_HEADER_X5T,
	    .take = IN_PATH(take_x5t), .path_only = true,
	    .not_in = DV_IN_BODY },
	[HASH] = { .label = DV_COSE_PAYLOAD_HASH_ALG,
	    .field = DV_F_HEADER_HASH_ALG, .take = take_hash,
	    .not_in = DV_IN_SIGNATURE | DV_IN_VOUCHER },
	[PREIMAGE] = { .label = DV_COSE_PREIMAGE_TYPE,
	    .field = DV_F_HEADER_PREIMAGE_TYPE, .take = take_type,
	    .not_in = DV_IN_SIGNATURE | DV_IN_VOUCHER },
};

const struct dv_table dv_header_table = {
	.param = params, .count = sizeof(params) / sizeof(params[0]),
	.field = DV_F_PROTECTED, .otherwise = DV_R_CBOR_MALFORMED
};

static bool
has(const struct dv_reading *r, unsigned which)
{
	return (r->headers & UINT32_C(1) << which) != 0;
}

static enum dv_reason
missing(const struct dv_cbor *in, unsigned which, uint32_t map)
{
	return dv_fail_at(in->at, DV_R_HEADER_MISSING, params[which].field,
	    map);
}

/* RFC 9052 3.1: what crit lists is there. It has been read before. */
static enum dv_reason
crit_check(const struct dv_cbor *map, const struct dv_reading *r)
{
	struct dv_cbor in = dv_cbor_inside(map, r->crit, DV_F_HEADER_CRIT);
	struct dv_cbor_item list;
	enum dv_reason reason = dv_cbor_next(&in, &list);
	unsigned n;

	for (size_t left = (size_t)list.number; reason == DV_R_NONE && left > 0;
	    left--) {
		reason = take_critical(&in, r->place, &n);
		if (reason == DV_R_NONE && !has(r, n))
			reason = missing(&in, n, dv_cbor_there(&in));
	}
	return reason;
}

/*
 * RFC 9995 4: a hash envelope has no content type (3), and only it has a
 * preimage content type (259). What neither says is attached.
 */
static enum dv_reason
kind_check(const struct dv_cbor *in, struct dv_reading *r, uint32_t map)
{
	const bool hashed = has(r, HASH) || has(r, PREIMAGE);

	if (has(r, CONTENT_TYPE) && hashed) {
		(void)dv_fail_at(in->at, DV_R_HEADER_CONFLICT,
		    DV_F_HEADER_CONTENT_TYPE, map);
		dv_found(in->at, dv_text(has(r, HASH) ?
		    "payload-hash-alg too" : "preimage content type too"));
		return DV_R_HEADER_CONFLICT;
	}
	r->out->attached = has(r, CONTENT_TYPE) ||
	    (dv_cbor_loose(in) && !hashed) ||
	    r->place == DV_IN_VOUCHER;
	if (r->out->attached) {
		r->out->hash = DV_HASH_SHA256;
		return DV_R_NONE;
	}
	if (!has(r, HASH))
		return missing(in, HASH, map);
	return dv_cbor_loose(in) || has(r, PREIMAGE) ? DV_R_NONE :
	    missing(in, PREIMAGE, map);
}

/* Puts the certificate that x5t names, of the first `count`, in front. */
static enum dv_reason
leaf_find(const struct dv_reading *r, size_t count)
{
	struct dv_bytes *certs = r->out->x5chain;
	struct dv_bytes leaf = { NULL, 0 };
	uint8_t digest[DV_MAX_DIGEST];

	for (size_t i = 0; leaf.ptr == NULL && i < count; i++) {
		const size_t len = dv_hash_once(r->x5t_hash, certs[i], digest);

		if (len == 0)
			return DV_R_INTERNAL;
		if (!dv_bytes_equal(r->x5t, (struct dv_bytes){ digest, len }))
			continue;
		leaf = certs[i];
		certs[i] = certs[0];
		certs[0] = leaf;
	}
	return leaf.ptr == NULL ? DV_R_CERTIFICATE_MISMATCH : DV_R_NONE;
}

/* Who signed: the first of x5chain, or what x5t names in x5bag. */
static enum dv_reason
signer_check(const struct dv_cbor *in, struct dv_reading *r, uint32_t map)
{
	const bool chain = r->out->x5chain_count > 0;
	const bool named = DV_HAS_PATH && has(r, X5T);
	struct dv_cbor bag;
	enum dv_reason reason = DV_R_NONE;

	if (!has(r, X5CHAIN) && !named)
		return r->keyless ? DV_R_NONE : missing(in, X5CHAIN, map);
	if (DV_HAS_PATH && r->bag.ptr != NULL) {
		bag = dv_cbor_inside(in, r->bag, DV_F_HEADER_X5BAG);
		reason = take_certs(&bag, r->out);
	}
	if (reason != DV_R_NONE || !named)
		return reason;
	/* Of a voucher the caller has a certificate, not for what names one. */
	if (r->out->x5chain_count == 0)
		return r->keyless && r->place != DV_IN_VOUCHER ? DV_R_NONE :
		    missing(in, X5BAG, map);
	/* With a chain, its first has to be the one that x5t names. */
	reason = leaf_find(r, chain ? 1 : r->out->x5chain_count);
	return reason == DV_R_NONE ? reason : dv_fail_at(in->at, reason,
	    DV_F_HEADER_X5T, dv_offset(in->object, r->x5t));
}

/* Who countersigns says so in one form and one place, or is not passed over. */
enum dv_reason
dv_open_take(struct dv_cbor *in, struct dv_reading *r,
    const struct dv_cbor_item *label)
{
	const unsigned n = dv_param_find(&dv_header_table, label,
	    dv_cbor_loose(in));
	enum dv_reason reason = DV_R_HEADER_UNPROTECTED;

	if (n == COUNTERSIGNATURE && r->place == DV_IN_SIGN1) {
		r->countersigned = in->rest;
		return dv_cbor_skip(in);
	}
	if (DV_HAS_PATH && n == X5BAG && r->place != DV_IN_BODY) {
		r->bag = in->rest;
		return dv_cbor_skip(in);
	}
	if (n == dv_header_table.count && dv_cbor_loose(in))
		return dv_cbor_skip(in);
	if (n == dv_header_table.count)
		reason = DV_R_HEADER_UNKNOWN;
	else if (params[n].field == DV_F_HEADER_COUNTERSIGNATURE)
		reason = DV_R_COUNTERSIGNATURE_FORM;
	return dv_refuse_label(in, reason, label);
}

/*
 * Path: the unprotected bucket may hold what changes nothing that is believed.
 * Certificates of a bag are looked for, never trusted; RFC 9052 3: no label
 * stands in both buckets.
 */
static enum dv_reason
unprotected_check(struct dv_reading *r, const struct dv_cbor *protected_pairs,
    size_t protected_count)
{
	const struct dv_cbor pairs = dv_cbor_inside(protected_pairs,
	    r->unprotected, DV_F_UNPROTECTED);
	struct dv_cbor in = pairs;
	struct dv_cbor_item label;
	enum dv_reason reason = DV_R_NONE;

	for (size_t i = 0; reason == DV_R_NONE &&
	    i < r->unprotected_count; i++) {
		reason = dv_label_take(&in, &label);
		if (reason != DV_R_NONE)
			return reason;
		if (dv_label_among(&pairs, i, &label) ||
		    dv_label_among(protected_pairs, protected_count, &label))
			return dv_refuse_item(&in, DV_R_HEADER_DUPLICATE);
		reason = dv_open_take(&in, r, &label);
	}
	return reason;
}

/* The same, of a protected map that is good and begins here. */
static enum dv_reason
open_check(struct dv_cbor *protected_map, struct dv_reading *r)
{
	struct dv_cbor_item head;
	enum dv_reason reason = dv_cbor_next(protected_map, &head);

	return reason != DV_R_NONE ? reason :
	    unprotected_check(r, protected_map, (size_t)head.number);
}

/* What the map says as a whole, each part where it may stand. */
static enum dv_reason
whole_check(const struct dv_cbor *in, struct dv_reading *r, uint32_t map)
{
	enum dv_reason reason = DV_R_NONE;

	if (has(r, CRIT))
		reason = crit_check(in, r);
	if (reason == DV_R_NONE && r->place != DV_IN_BODY)
		reason = signer_check(in, r, map);
	if (reason == DV_R_NONE && r->place != DV_IN_SIGNATURE)
		reason = kind_check(in, r, map);
	if (reason == DV_R_NONE && has(r, CLAIMS))
		reason = dv_claims_take(in, r);
	return reason;
}

/* RFC 9052 3 writes the empty map as no bytes at all: what is common to several
 * signatures of the path profile may be. */
static enum dv_reason
empty_take(struct dv_cbor *in, struct dv_reading *r)
{
	const uint32_t map = dv_cbor_here(in);
	enum dv_reason reason;

	if (r->place != DV_IN_BODY)
		return missing(in, ALG, map);
	if (!dv_cbor_loose(in))
		return missing(in, CLAIMS, map);
	reason = unprotected_check(r, in, 0);
	return reason != DV_R_NONE ? reason : whole_check(in, r, map);
}

enum dv_reason
dv_protected_take(struct dv_cbor *in, struct dv_reading *r)
{
	const uint32_t map = dv_cbor_here(in);
	struct dv_cbor whole = *in;
	enum dv_reason reason;

	if (in->rest.len == 0)
		return empty_take(in, r);
	reason = dv_form_check(in);
	if (reason != DV_R_NONE)
		in->at->field = dv_field_at(in, &dv_header_table,
		    in->at->offset);
	if (reason == DV_R_NONE)
		reason = dv_map_take(in, &dv_header_table, r, &r->headers);
	if (reason == DV_R_NONE && dv_cbor_loose(in))
		reason = open_check(&whole, r);
	return reason != DV_R_NONE ? reason : whole_check(in, r, map);
}
