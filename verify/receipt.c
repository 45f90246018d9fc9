/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reader of receipts, and what can be asked of two of them. Nothing here says
 * that a receipt is true: it is not signed. docs/FORMAT.md, "Receipts".
 */
#include "dv_receipt.h"

#include "at.h"
#include "bytes.h"
#include "cose_map.h"

/* Contents of an OBJECT IDENTIFIER, octets. */
#define PURPOSE_MAX 64

#define DEMAND_PARTS 3
#define PATH_PARTS 3

/* One key: its name, and how its value is read. */
struct key {
	const char *name;
	enum dv_reason (*take)(struct dv_cbor *in, struct dv_receipt *out);
	bool optional;
	bool changes;		/* from run to run; never compared */
};

/* ---- values ---- */

static enum dv_reason
take(struct dv_cbor *in, enum dv_cbor_kind kind, struct dv_cbor_item *out)
{
	return dv_cbor_take(in, kind, DV_R_RECEIPT_MALFORMED, out);
}

static enum dv_reason
take_text(struct dv_cbor *in, size_t max, struct dv_bytes *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_TEXT, &item);

	*out = (struct dv_bytes){ NULL, 0 };
	if (reason != DV_R_NONE)
		return reason;
	if (item.bytes.len > max)
		return dv_refuse_size(in, DV_R_LIMIT, offset, max,
		    item.bytes.len);
	if (dv_text_has_control(item.bytes))
		return dv_refuse(in, DV_R_RECEIPT_MALFORMED, offset);
	*out = item.bytes;
	return DV_R_NONE;
}

/* One of the words of a list that ends with NULL. */
static enum dv_reason
take_word(struct dv_cbor *in, const char *const *words, struct dv_bytes *out)
{
	const uint32_t offset = dv_cbor_here(in);
	enum dv_reason reason = take_text(in, DV_MAX_HEADER_TEXT, out);

	if (reason != DV_R_NONE)
		return reason;
	for (; *words != NULL; words++) {
		if (dv_bytes_equal_text(*out, *words))
			return DV_R_NONE;
	}
	return dv_refuse(in, DV_R_RECEIPT_MALFORMED, offset);
}

static enum dv_reason
take_bytes(struct dv_cbor *in, size_t len, struct dv_bytes *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_BYTES, &item);

	if (reason == DV_R_NONE && item.bytes.len != len)
		return dv_refuse_size(in, DV_R_RECEIPT_MALFORMED, offset, len,
		    item.bytes.len);
	*out = item.bytes;
	return reason;
}

static enum dv_reason
take_number(struct dv_cbor *in, int64_t min, int64_t max, int64_t *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_INT, &item);

	if (reason == DV_R_NONE && (item.number < min || item.number > max))
		return dv_refuse_found(in, DV_R_RECEIPT_MALFORMED, offset,
		    item.number);
	*out = item.number;
	return reason;
}

/* Head of an array of at most max; fewer than min are no receipt's. */
static enum dv_reason
take_array(struct dv_cbor *in, size_t min, size_t max, size_t *count)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_ARRAY, &item);

	if (reason != DV_R_NONE)
		return reason;
	*count = (size_t)item.number;
	if ((uint64_t)item.number > max)
		return dv_refuse_size(in, DV_R_LIMIT, offset, max, *count);
	if (*count < min)
		return dv_refuse_size(in, DV_R_RECEIPT_MALFORMED, offset, min,
		    *count);
	return DV_R_NONE;
}

/* ---- keys ---- */

static enum dv_reason
take_typ(struct dv_cbor *in, struct dv_receipt *out)
{
	static const char *const words[] = { DV_RECEIPT_TYP, NULL };
	struct dv_bytes typ;

	(void)out;
	return take_word(in, words, &typ);
}

static enum dv_reason
take_tool(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_text(in, DV_MAX_HEADER_TEXT, &out->tool);
}

static enum dv_reason
take_verdict(struct dv_cbor *in, struct dv_receipt *out)
{
	static const char *const words[] = { DV_RECEIPT_ACCEPTED, NULL };
	struct dv_bytes verdict;

	(void)out;
	return take_word(in, words, &verdict);
}

static enum dv_reason
take_hash(struct dv_cbor *in, struct dv_receipt *out)
{
	static const enum dv_hash_id ids[] = { DV_HASH_SHA256, DV_HASH_SHA384,
		DV_HASH_SHA512 };
	const uint32_t offset = dv_cbor_here(in);
	int64_t alg;
	enum dv_reason reason = take_number(in, INT64_MIN, INT64_MAX, &alg);

	if (reason != DV_R_NONE)
		return reason;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (dv_hash_cose(ids[i]) == alg)
			out->hash = ids[i];
	}
	if (out->hash == DV_HASH_NONE)
		return dv_refuse_found(in, DV_R_RECEIPT_MALFORMED, offset, alg);
	return DV_R_NONE;
}

static enum dv_reason
take_digest(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_bytes(in, dv_hash_size(out->hash), &out->digest);
}

static enum dv_reason
take_count(struct dv_cbor *in, int64_t min, uint64_t *out)
{
	int64_t number = 0;
	enum dv_reason reason = take_number(in, min, INT64_MAX, &number);

	*out = reason == DV_R_NONE ? (uint64_t)number : 0;
	return reason;
}

static enum dv_reason
take_size(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_count(in, 0, &out->size);
}

static enum dv_reason
take_files(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_count(in, 1, &out->files);
}

static enum dv_reason
take_envelope(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_bytes(in, DV_RECEIPT_HASH, &out->envelope);
}

static enum dv_reason
take_certs(struct dv_cbor *in, struct dv_receipt_path *out)
{
	enum dv_reason reason = take_array(in, 1, DV_MAX_PATH, &out->count);

	for (size_t i = 0; reason == DV_R_NONE && i < out->count; i++)
		reason = take_bytes(in, DV_RECEIPT_HASH, &out->cert[i]);
	return reason;
}

/* One for each certificate. */
static enum dv_reason
take_answers(struct dv_cbor *in, struct dv_receipt_path *out)
{
	static const char *const words[] = { "good", "not-checked",
		"not-available", NULL };
	size_t count;
	enum dv_reason reason = take_array(in, out->count, out->count, &count);

	for (size_t i = 0; reason == DV_R_NONE && i < count; i++)
		reason = take_word(in, words, &out->status[i]);
	return reason;
}

static enum dv_reason
take_path(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_certs(in, &out->path);
}

static enum dv_reason
take_anchor(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_bytes(in, DV_RECEIPT_HASH, &out->path.anchor);
}

static enum dv_reason
take_profile(struct dv_cbor *in, struct dv_receipt *out)
{
	static const char *const words[] = { "strict", "path", NULL };

	return take_word(in, words, &out->profile);
}

static enum dv_reason
take_purpose(struct dv_cbor *in, struct dv_receipt *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_BYTES, &item);

	if (reason == DV_R_NONE &&
	    (item.bytes.len == 0 || item.bytes.len > PURPOSE_MAX))
		return dv_refuse(in, DV_R_RECEIPT_MALFORMED, offset);
	out->purpose = item.bytes;
	return reason;
}

/* A key's hash is bytes, all other values are texts. */
static enum dv_reason
take_demand(struct dv_cbor *in, struct dv_demand *out)
{
	int64_t kind = 0;
	size_t parts;
	enum dv_reason reason = take_array(in, DEMAND_PARTS, DEMAND_PARTS,
	    &parts);

	if (reason == DV_R_NONE)
		reason = take_number(in, DV_DEMAND_CLAIM, DV_DEMAND_SIGNER_KEY +
		    DV_RECEIPT_OF_COUNTERSIGNER, &kind);
	if (reason == DV_R_NONE)
		reason = take_text(in, DV_MAX_HEADER_TEXT, &out->key);
	if (reason != DV_R_NONE)
		return reason;
	out->countersigner = kind > DV_DEMAND_COUNTERSIGNED;
	if (out->countersigner)
		kind -= DV_RECEIPT_OF_COUNTERSIGNER;
	out->kind = (enum dv_demand_kind)kind;
	if (out->kind == DV_DEMAND_SIGNER_KEY)
		return take_bytes(in, DV_RECEIPT_HASH, &out->value);
	return take_text(in, DV_MAX_DEMAND, &out->value);
}

static enum dv_reason
take_demands(struct dv_cbor *in, struct dv_receipt *out)
{
	enum dv_reason reason = take_array(in, 0, DV_MAX_DEMANDS,
	    &out->demand_count);

	for (size_t i = 0; reason == DV_R_NONE && i < out->demand_count; i++)
		reason = take_demand(in, &out->demand[i]);
	return reason;
}

static enum dv_reason
take_time(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_number(in, DV_TIME_MIN, DV_TIME_MAX, &out->time.s);
}

static enum dv_reason
take_source(struct dv_cbor *in, struct dv_receipt *out)
{
	static const char *const words[] = { "clock", "given", NULL };

	return take_word(in, words, &out->time_source);
}

static enum dv_reason
take_revocation(struct dv_cbor *in, struct dv_receipt *out)
{
	static const char *const words[] = { "required", "if-given", "none",
		NULL };

	return take_word(in, words, &out->revocation);
}

static enum dv_reason
take_statuses(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_answers(in, &out->path);
}

static enum dv_reason
take_until(struct dv_cbor *in, struct dv_receipt *out)
{
	return take_number(in, DV_TIME_MIN, DV_TIME_MAX, &out->good_until.s);
}

static enum dv_reason
take_previous(struct dv_cbor *in, struct dv_receipt *out)
{
	struct dv_cbor_item item;

	if (dv_cbor_ahead(in) == DV_CBOR_NULL)
		return take(in, DV_CBOR_NULL, &item);
	return take_bytes(in, DV_RECEIPT_HASH, &out->previous);
}

/* [ path, anchor, statuses ]: as 9, 10 and 17 have them of the signer. */
static enum dv_reason
take_countersigner(struct dv_cbor *in, struct dv_receipt_path *out)
{
	size_t parts;
	enum dv_reason reason = take_array(in, PATH_PARTS, PATH_PARTS, &parts);

	if (reason == DV_R_NONE)
		reason = take_certs(in, out);
	if (reason == DV_R_NONE)
		reason = take_bytes(in, DV_RECEIPT_HASH, &out->anchor);
	return reason == DV_R_NONE ? take_answers(in, out) : reason;
}

static enum dv_reason
take_countersigners(struct dv_cbor *in, struct dv_receipt *out)
{
	enum dv_reason reason = take_array(in, 1, DV_MAX_COUNTERSIGNATURES,
	    &out->countersigner_count);

	for (size_t i = 0; reason == DV_R_NONE &&
	    i < out->countersigner_count; i++)
		reason = take_countersigner(in, &out->countersigner[i]);
	return reason;
}

static const struct key keys[DV_RECEIPT_KEY_END] = {
	[DV_RECEIPT_KEY_TYP] = { "typ", take_typ, false, false },
	[DV_RECEIPT_KEY_TOOL] = { "made_by", take_tool, false, true },
	[DV_RECEIPT_KEY_VERDICT] = { "verdict", take_verdict, false, false },
	[DV_RECEIPT_KEY_HASH] = { "hash", take_hash, false, false },
	[DV_RECEIPT_KEY_DIGEST] = { "digest", take_digest, false, false },
	[DV_RECEIPT_KEY_SIZE] = { "size", take_size, false, false },
	[DV_RECEIPT_KEY_FILES] = { "files", take_files, true, false },
	[DV_RECEIPT_KEY_ENVELOPE] = { "envelope", take_envelope, false, false },
	[DV_RECEIPT_KEY_PATH] = { "path", take_path, false, false },
	[DV_RECEIPT_KEY_ANCHOR] = { "anchor", take_anchor, false, false },
	[DV_RECEIPT_KEY_PROFILE] = { "profile", take_profile, false, false },
	[DV_RECEIPT_KEY_PURPOSE] = { "purpose", take_purpose, true, false },
	[DV_RECEIPT_KEY_DEMANDS] = { "demands", take_demands, false, false },
	[DV_RECEIPT_KEY_TIME] = { "time", take_time, false, false },
	[DV_RECEIPT_KEY_TIME_SOURCE] = { "time_source", take_source, false,
	    true },
	[DV_RECEIPT_KEY_REVOCATION] = { "revocation", take_revocation, false,
	    false },
	[DV_RECEIPT_KEY_STATUSES] = { "statuses", take_statuses, false, false },
	[DV_RECEIPT_KEY_GOOD_UNTIL] = { "good_until", take_until, false,
	    false },
	[DV_RECEIPT_KEY_PREVIOUS] = { "previous", take_previous, false, true },
	[DV_RECEIPT_KEY_COUNTERSIGNERS] = { "countersigners",
	    take_countersigners, true, false },
};

const char *
dv_receipt_key_name(enum dv_receipt_key key)
{
	return key >= DV_RECEIPT_KEY_TYP && key < DV_RECEIPT_KEY_END ?
	    keys[key].name : "";
}

/* ---- the map ---- */

/* Is `found`, or the end, next after `last`, but for what may be absent? */
static bool
key_is_next(int64_t last, int64_t found)
{
	if (found <= last || found > DV_RECEIPT_KEY_END)
		return false;
	for (int64_t k = last + 1; k < found; k++) {
		if (!keys[k].optional)
			return false;
	}
	return true;
}

static enum dv_reason
take_pair(struct dv_cbor *in, int64_t *last, struct dv_receipt *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item label;
	struct dv_bytes before;
	enum dv_reason reason = take(in, DV_CBOR_INT, &label);

	if (reason != DV_R_NONE)
		return reason;
	if (label.number == DV_RECEIPT_KEY_END ||
	    !key_is_next(*last, label.number))
		return dv_refuse_found(in, DV_R_RECEIPT_MALFORMED, offset,
		    label.number);
	*last = label.number;
	before = in->rest;
	reason = keys[label.number].take(in, out);
	out->item[label.number] = dv_bytes_cut(before, 0,
	    before.len - in->rest.len);
	return reason;
}

static enum dv_reason
take_map(struct dv_cbor *in, struct dv_receipt *out)
{
	struct dv_cbor_item map;
	int64_t last = 0;
	enum dv_reason reason = take(in, DV_CBOR_MAP, &map);

	for (int64_t i = 0; reason == DV_R_NONE && i < map.number; i++)
		reason = take_pair(in, &last, out);
	if (reason == DV_R_NONE && !key_is_next(last, DV_RECEIPT_KEY_END))
		return dv_refuse(in, DV_R_RECEIPT_MALFORMED, dv_cbor_here(in));
	return reason == DV_R_NONE ? dv_cbor_end(in) : reason;
}

enum dv_reason
dv_receipt_parse(struct dv_bytes bytes, struct dv_receipt *out,
    struct dv_at *at)
{
	struct dv_cbor in = dv_cbor_start(bytes, DV_F_RECEIPT, at);
	enum dv_reason reason;

	*out = (struct dv_receipt){ .bytes = bytes };
	reason = bytes.len == 0 ? dv_refuse(&in, DV_R_INPUT_EMPTY, 0) :
	    bytes.len > DV_MAX_ENVELOPE ? dv_refuse_size(&in,
	    DV_R_INPUT_TOO_BIG, 0, DV_MAX_ENVELOPE, bytes.len) :
	    take_map(&in, out);
	if (reason != DV_R_NONE)
		*out = (struct dv_receipt){ .demand_count = 0 };
	return reason;
}

/* ---- two receipts ---- */

enum dv_reason
dv_receipt_compare(const struct dv_receipt *was,
    const struct dv_receipt *again, struct dv_at *at)
{
	for (int k = DV_RECEIPT_KEY_TYP; k < DV_RECEIPT_KEY_END; k++) {
		if (keys[k].changes ||
		    dv_bytes_equal(was->item[k], again->item[k]))
			continue;
		(void)dv_fail_at(at, DV_R_RECEIPT_DIFFERS, DV_F_RECEIPT,
		    dv_offset(was->bytes, was->item[k]));
		dv_wanted_as(at, "the first that differs is",
		    dv_text(keys[k].name));
		return DV_R_RECEIPT_DIFFERS;
	}
	return DV_R_NONE;
}

enum dv_reason
dv_receipt_follows(const struct dv_receipt *receipt,
    const struct dv_receipt *previous, struct dv_at *at)
{
	const struct dv_bytes named = receipt->previous;
	uint8_t hash[DV_MAX_DIGEST];
	size_t len = previous == NULL ? 0 :
	    dv_hash_once(DV_HASH_SHA256, previous->bytes, hash);

	/* Nothing before it and nothing named; a hash that failed is not that. */
	if (dv_bytes_equal(named, (struct dv_bytes){ hash, len }) &&
	    (previous == NULL || len > 0))
		return DV_R_NONE;
	(void)dv_fail_at(at, DV_R_RECEIPT_SEQUENCE, DV_F_RECEIPT,
	    dv_offset(receipt->bytes, receipt->item[DV_RECEIPT_KEY_PREVIOUS]));
	dv_found(at, named.len > 0 ? dv_octets(DV_VALUE_BYTES, named) :
	    dv_text("the first of a sequence"));
	return DV_R_RECEIPT_SEQUENCE;
}
