/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a receipt says, as devverify show prints it. It is not signed: nothing
 * in it is believed. docs/FORMAT.md, "Receipts".
 */
#include "dv_receipt.h"
#include "show.h"

/* The kinds of demands by the options that make them. */
static const char *
demand_option(const struct dv_demand *demand)
{
	const bool other = demand->countersigner;

	switch (demand->kind) {
	case DV_DEMAND_CLAIM:
		return "require";
	case DV_DEMAND_MIN_VERSION:
		return "min-version";
	case DV_DEMAND_SIGNER_NAME:
		return other ? "countersigner-name" : "signer-name";
	case DV_DEMAND_SIGNER_SAN:
		return other ? "countersigner-san" : "signer-san";
	case DV_DEMAND_COUNTERSIGNED:
		return "countersigned";
	case DV_DEMAND_SIGNER_KEY:
		break;
	}
	return other ? "countersigner-key" : "signer-key";
}

/* Each demand as two items, three with a key, of one list. */
static void
show_demands(struct dv_show *out, const struct dv_receipt *r)
{
	if (r->demand_count == 0)
		return;
	dv_show_list(out, dv_receipt_key_name(DV_RECEIPT_KEY_DEMANDS));
	for (size_t i = 0; i < r->demand_count; i++) {
		const struct dv_demand *demand = &r->demand[i];

		dv_show_text(out, NULL, demand_option(demand));
		if (demand->kind == DV_DEMAND_CLAIM)
			dv_show_utf8(out, NULL, demand->key);
		if (demand->kind == DV_DEMAND_SIGNER_KEY)
			dv_show_hex(out, NULL, demand->value);
		else
			dv_show_utf8(out, NULL, demand->value);
	}
	dv_show_list_end(out);
}

static void
show_path(struct dv_show *out, const struct dv_receipt *r)
{
	dv_show_list(out, dv_receipt_key_name(DV_RECEIPT_KEY_PATH));
	for (size_t i = 0; i < r->path.count; i++)
		dv_show_hex(out, NULL, r->path.cert[i]);
	dv_show_list_end(out);
	dv_show_hex(out, dv_receipt_key_name(DV_RECEIPT_KEY_ANCHOR),
	    r->path.anchor);
}

/* The certificate of each: its first. */
static void
show_countersigners(struct dv_show *out, const struct dv_receipt *r)
{
	if (r->countersigner_count == 0)
		return;
	dv_show_list(out, dv_receipt_key_name(DV_RECEIPT_KEY_COUNTERSIGNERS));
	for (size_t i = 0; i < r->countersigner_count; i++)
		dv_show_hex(out, NULL, r->countersigner[i].cert[0]);
	dv_show_list_end(out);
}

static void
show_artefact(struct dv_show *out, const struct dv_receipt *r)
{
	dv_show_text(out, dv_receipt_key_name(DV_RECEIPT_KEY_HASH),
	    dv_hash_name(r->hash));
	dv_show_hex(out, dv_receipt_key_name(DV_RECEIPT_KEY_DIGEST),
	    r->digest);
	dv_show_number(out, dv_receipt_key_name(DV_RECEIPT_KEY_SIZE),
	    (int64_t)r->size);
	if (r->files > 0)
		dv_show_number(out, dv_receipt_key_name(
		    DV_RECEIPT_KEY_FILES), (int64_t)r->files);
	dv_show_hex(out, dv_receipt_key_name(DV_RECEIPT_KEY_ENVELOPE),
	    r->envelope);
}

static void
show_question(struct dv_show *out, const struct dv_receipt *r)
{
	dv_show_utf8(out, dv_receipt_key_name(DV_RECEIPT_KEY_PROFILE),
	    r->profile);
	if (r->purpose.len > 0)
		dv_show_oid(out, dv_receipt_key_name(DV_RECEIPT_KEY_PURPOSE),
		    r->purpose);
	show_demands(out, r);
	dv_show_instant(out, dv_receipt_key_name(DV_RECEIPT_KEY_TIME),
	    r->time);
	dv_show_utf8(out, dv_receipt_key_name(DV_RECEIPT_KEY_TIME_SOURCE),
	    r->time_source);
	dv_show_utf8(out, dv_receipt_key_name(DV_RECEIPT_KEY_REVOCATION),
	    r->revocation);
	dv_show_list(out, dv_receipt_key_name(DV_RECEIPT_KEY_STATUSES));
	for (size_t i = 0; i < r->path.count; i++)
		dv_show_utf8(out, NULL, r->path.status[i]);
	dv_show_list_end(out);
}

enum dv_reason
dv_show_receipt(struct dv_show *out, struct dv_bytes bytes, struct dv_at *at)
{
	struct dv_receipt r;
	enum dv_reason reason = dv_receipt_parse(bytes, &r, at);

	if (reason != DV_R_NONE)
		return reason;
	dv_show_text(out, dv_receipt_key_name(DV_RECEIPT_KEY_VERDICT),
	    DV_RECEIPT_ACCEPTED);
	dv_show_utf8(out, dv_receipt_key_name(DV_RECEIPT_KEY_TOOL), r.tool);
	show_artefact(out, &r);
	show_path(out, &r);
	show_question(out, &r);
	dv_show_instant(out, dv_receipt_key_name(DV_RECEIPT_KEY_GOOD_UNTIL),
	    r.good_until);
	if (r.previous.len > 0)
		dv_show_hex(out, dv_receipt_key_name(
		    DV_RECEIPT_KEY_PREVIOUS), r.previous);
	show_countersigners(out, &r);
	return DV_R_NONE;
}
