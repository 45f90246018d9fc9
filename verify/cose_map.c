/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walking header and claims maps by their tables. Reads each label once, skips
 * none in the strict profile, and judges no value itself.
 * docs/FORMAT.md; RFC 9052 1.5 and 3.
 */
#include "cose_map.h"

#include "at.h"
#include "bytes.h"

/* ---- values ---- */

enum dv_reason
dv_refuse(const struct dv_cbor *in, enum dv_reason reason, uint32_t offset)
{
	return dv_fail_at(in->at, reason, in->field, offset);
}

enum dv_reason
dv_refuse_size(const struct dv_cbor *in, enum dv_reason reason,
    uint32_t offset, size_t wanted, size_t found)
{
	(void)dv_refuse(in, reason, offset);
	dv_numbers(in->at, (int64_t)wanted, (int64_t)found);
	return reason;
}

enum dv_reason
dv_refuse_found(const struct dv_cbor *in, enum dv_reason reason,
    uint32_t offset, int64_t found)
{
	(void)dv_refuse(in, reason, offset);
	dv_found(in->at, dv_number(found));
	return reason;
}

enum dv_reason
dv_refuse_item(const struct dv_cbor *in, enum dv_reason reason)
{
	return dv_refuse(in, reason, dv_cbor_there(in));
}

enum dv_reason
dv_refuse_item_size(const struct dv_cbor *in, enum dv_reason reason,
    size_t wanted, size_t found)
{
	return dv_refuse_size(in, reason, dv_cbor_there(in), wanted, found);
}

enum dv_reason
dv_refuse_item_found(const struct dv_cbor *in, enum dv_reason reason,
    int64_t found)
{
	return dv_refuse_found(in, reason, dv_cbor_there(in), found);
}

enum dv_reason
dv_take_array(struct dv_cbor *in, enum dv_reason otherwise, size_t count)
{
	struct dv_cbor_item list;
	enum dv_reason reason = dv_cbor_take(in, DV_CBOR_ARRAY, otherwise,
	    &list);

	if (reason == DV_R_NONE && (size_t)list.number != count)
		reason = dv_refuse_item_size(in, otherwise, count,
		    (size_t)list.number);
	return reason;
}

enum dv_reason
dv_take_int(struct dv_cbor *in, int64_t *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_take(in, DV_CBOR_INT,
	    DV_R_HEADER_MALFORMED, &item);

	*out = item.number;
	return reason;
}

bool
dv_text_has_control(struct dv_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return true;
		if (text.ptr[i] == 0xc2 && text.ptr[i + 1] < 0xa0)
			return true;
	}
	return false;
}

enum dv_reason
dv_text_check(const struct dv_cbor *in, struct dv_bytes text)
{
	if (text.len > DV_MAX_HEADER_TEXT)
		return dv_refuse_item_size(in, DV_R_LIMIT, DV_MAX_HEADER_TEXT,
		    text.len);
	if (text.len == 0 || dv_text_has_control(text))
		return dv_refuse_item(in, DV_R_HEADER_MALFORMED);
	return DV_R_NONE;
}

enum dv_reason
dv_take_text(struct dv_cbor *in, struct dv_bytes *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = dv_cbor_take(in, DV_CBOR_TEXT,
	    DV_R_HEADER_MALFORMED, &item);

	if (reason == DV_R_NONE)
		reason = dv_text_check(in, item.bytes);
	if (reason == DV_R_NONE)
		*out = item.bytes;
	return reason;
}

/* ---- maps ---- */

static bool
param_is(const struct dv_param *param, const struct dv_cbor_item *label)
{
	if (param->text != NULL)
		return label->kind == DV_CBOR_TEXT &&
		    dv_bytes_equal_text(label->bytes, param->text);
	return label->kind == DV_CBOR_INT && label->number == param->label;
}

unsigned
dv_param_find(const struct dv_table *table, const struct dv_cbor_item *label,
    bool loose)
{
	unsigned i = 0;

	while (i < table->count && !param_is(&table->param[i], label))
		i++;
	if (i < table->count && table->param[i].path_only && !loose)
		return table->count;
	return i;
}

enum dv_reason
dv_label_take(struct dv_cbor *in, struct dv_cbor_item *out)
{
	enum dv_reason reason = dv_cbor_next(in, out);

	if (reason == DV_R_NONE && out->kind != DV_CBOR_INT &&
	    out->kind != DV_CBOR_TEXT)
		reason = dv_refuse_item(in, DV_R_HEADER_MALFORMED);
	return reason;
}

enum dv_reason
dv_refuse_label(const struct dv_cbor *in, enum dv_reason reason,
    const struct dv_cbor_item *label)
{
	(void)dv_refuse_item(in, reason);
	dv_found(in->at, dv_label_value(label));
	return reason;
}

struct dv_value
dv_label_value(const struct dv_cbor_item *label)
{
	if (label->kind == DV_CBOR_INT)
		return dv_number(label->number);
	return dv_octets(DV_VALUE_UTF8, label->bytes);
}

bool
dv_label_among(const struct dv_cbor *pairs, size_t count,
    const struct dv_cbor_item *label)
{
	struct dv_at unused;
	struct dv_cbor in = *pairs;
	struct dv_cbor_item item;

	in.at = &unused;
	for (; count > 0; count--) {
		if (dv_cbor_next(&in, &item) != DV_R_NONE)
			return false;
		if (item.kind == label->kind && item.number == label->number &&
		    dv_bytes_equal(item.bytes, label->bytes))
			return true;
		if (dv_cbor_skip(&in) != DV_R_NONE)
			return false;
	}
	return false;
}

/* What to do with a label that the table does not have. */
static enum dv_reason
unknown_take(struct dv_cbor *in, const struct dv_table *table,
    const struct dv_cbor_item *label, struct dv_reading *r)
{
	if (table->other != NULL && label->kind == DV_CBOR_TEXT &&
	    r->place != DV_IN_SIGNATURE)
		return table->other(in, label, r);
	if (dv_cbor_loose(in))
		return dv_cbor_skip(in);
	return dv_refuse_label(in, DV_R_HEADER_UNKNOWN, label);
}

/* A map while it is read. */
struct walk {
	const struct dv_table *table;
	struct dv_cbor pairs;		/* at the first of them */
	size_t index;			/* of the pair that is next */
	uint32_t present;
};

/* One pair: its label decides which value must follow. */
static enum dv_reason
param_take(struct dv_cbor *in, struct walk *walk, struct dv_reading *r)
{
	const struct dv_table *table = walk->table;
	const struct dv_param *param;
	struct dv_cbor_item label;
	enum dv_reason reason = dv_label_take(in, &label);
	unsigned n;

	if (reason != DV_R_NONE)
		return reason;
	/* dv_cbor_skip() has looked already, unless the order is free. */
	if (dv_cbor_loose(in) &&
	    dv_label_among(&walk->pairs, walk->index, &label))
		return dv_refuse_item(in, DV_R_HEADER_DUPLICATE);
	n = dv_param_find(table, &label, dv_cbor_loose(in));
	if (n == table->count)
		return unknown_take(in, table, &label, r);
	param = &table->param[n];
	/* What speaks of an artefact makes an artefact of a voucher. */
	if ((param->not_in & r->place) != 0)
		return dv_refuse_label(in, r->place == DV_IN_VOUCHER &&
		    (param->not_in & DV_IN_SIGN1) == 0 ? DV_R_TYPE_MISMATCH :
		    DV_R_HEADER_UNKNOWN, &label);
	walk->present |= UINT32_C(1) << n;
	in->field = param->field;
	reason = param->take(in, r);
	in->field = table->field;
	return reason;
}

static bool
is_needed(enum dv_needed needed, bool loose)
{
	return needed == DV_NEEDED || (needed == DV_NEEDED_STRICT && !loose);
}

enum dv_reason
dv_map_take(struct dv_cbor *in, const struct dv_table *table,
    struct dv_reading *r, uint32_t *present)
{
	const uint32_t offset = dv_cbor_here(in);
	struct walk walk = { .table = table };
	struct dv_cbor_item map;
	enum dv_reason reason = dv_cbor_take(in, DV_CBOR_MAP, table->otherwise,
	    &map);

	walk.pairs = *in;
	for (; reason == DV_R_NONE && walk.index < (size_t)map.number;
	    walk.index++)
		reason = param_take(in, &walk, r);
	if (reason != DV_R_NONE)
		return reason;
	*present = walk.present;
	for (unsigned i = 0; i < table->count; i++) {
		if (is_needed(table->param[i].needed, dv_cbor_loose(in)) &&
		    ((table->param[i].not_in | table->param[i].free_in) &
		    r->place) == 0 &&
		    (walk.present & UINT32_C(1) << i) == 0)
			return dv_fail_at(in->at, DV_R_HEADER_MISSING,
			    table->param[i].field, offset);
	}
	return DV_R_NONE;
}

/* ---- form ---- */

enum dv_reason
dv_form_check(const struct dv_cbor *in)
{
	struct dv_cbor ahead = *in;
	enum dv_reason reason = dv_cbor_skip(&ahead);

	return reason != DV_R_NONE ? reason : dv_cbor_end(&ahead);
}

enum dv_field
dv_field_at(const struct dv_cbor *whole, const struct dv_table *table,
    uint32_t offset)
{
	struct dv_at unused;
	struct dv_cbor in = *whole;
	struct dv_cbor_item map, label;

	in.at = &unused;
	if (dv_cbor_next(&in, &map) != DV_R_NONE || map.kind != DV_CBOR_MAP)
		return table->field;
	for (size_t i = 0; i < (size_t)map.number; i++) {
		unsigned found;

		if (dv_cbor_next(&in, &label) != DV_R_NONE ||
		    offset < dv_cbor_here(&in))
			break;
		found = dv_param_find(table, &label, dv_cbor_loose(&in));
		if (dv_cbor_skip(&in) == DV_R_NONE &&
		    offset >= dv_cbor_here(&in))
			continue;
		return found < table->count ? table->param[found].field :
		    table->field;
	}
	return table->field;
}
