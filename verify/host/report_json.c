/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Verdicts for machines: one object on one line. Every change of it changes
 * docs/verdict.schema.json, and "v" when old readers would misread it.
 */
#include "host/report.h"

#include "built.h"
#include "host/text.h"

#define JSON_VERSION 1
#define NAME_MAX_TEXT 512

static void
json_name(struct dv_json *j, const char *key, struct dv_bytes name)
{
	char text[NAME_MAX_TEXT];

	dv_name_text(name, text, sizeof(text));
	dv_json_text(j, key, text);
}

static void
json_head(struct dv_json *j, const struct dv_report *r, const char *status)
{
	dv_json_begin(j);
	dv_json_number(j, "v", JSON_VERSION);
	dv_json_text(j, "tool", r->tool);
	dv_json_flag(j, "lab", r->lab != NULL);
	dv_json_text(j, "subject", r->subject);
	dv_json_text(j, "status", status);
}

static void
json_value(struct dv_json *j, const char *key, const struct dv_value *value)
{
	char text[DV_VALUE_TEXT_MAX];

	if (value->kind == DV_VALUE_NONE)
		return;
	if (value->kind == DV_VALUE_NUMBER) {
		dv_json_number(j, key, value->number);
		return;
	}
	if (value->kind == DV_VALUE_NAME) {
		json_name(j, key, value->bytes);
		return;
	}
	if (value->kind == DV_VALUE_UTF8) {
		dv_json_utf8(j, key, value->bytes);
		return;
	}
	dv_value_text(value, text, sizeof(text));
	dv_json_text(j, key, text);
}

static void
json_where(struct dv_json *j, const struct dv_verdict *v)
{
	dv_json_open(j, "where", '{');
	if (v->object != DV_OBJECT_NONE)
		dv_json_text(j, "object", dv_object_name(v->object));
	if (v->object == DV_OBJECT_CERTIFICATE ||
	    v->object == DV_OBJECT_ANCHOR || v->object == DV_OBJECT_CRL)
		dv_json_number(j, "index", (int64_t)v->index);
	if (v->at.countersignature > 0)
		dv_json_number(j, "countersignature",
		    (int64_t)v->at.countersignature);
	if (v->at.field != DV_F_NONE)
		dv_json_text(j, "field", dv_field_name(v->at.field));
	if (v->at.offset != DV_NO_OFFSET)
		dv_json_number(j, "offset", (int64_t)v->at.offset);
	dv_json_close(j, '{');
}

static void
json_claimed_cert(struct dv_json *j, struct dv_bytes der)
{
	struct dv_cert cert;
	struct dv_at at;

	if (dv_cert_read(der, &cert, &at) == DV_R_NONE)
		json_name(j, NULL, cert.subject);
	else
		dv_json_text(j, NULL, "");
}

/* Subjects of what was given, in that order; "" where it cannot be read. */
static void
json_claimed(struct dv_json *j, const struct dv_report *r)
{
	size_t count = r->chain != NULL ? r->chain->intermediate_count : 0;

	dv_json_open(j, "claimed", '[');
	if (r->sign1 != NULL) {
		for (size_t i = 0; i < r->sign1->x5chain_count; i++)
			json_claimed_cert(j, r->sign1->x5chain[i]);
	} else if (r->chain != NULL && r->chain->leaf.len > 0) {
		json_claimed_cert(j, r->chain->leaf);
	}
	for (size_t i = 0; i < count && i < DV_MAX_INTERMEDIATES; i++)
		json_claimed_cert(j, r->chain->intermediates[i]);
	dv_json_close(j, '[');
}

static void
json_cert(struct dv_json *j, const struct dv_path *path, size_t i)
{
	const struct dv_cert *cert = &path->cert[i];

	dv_json_open(j, NULL, '{');
	dv_json_text(j, "role", i == 0 ? "leaf" : "issuer");
	json_name(j, "subject", cert->subject);
	dv_json_hex(j, "serial", cert->serial);
	dv_json_instant(j, "not_before", cert->not_before);
	dv_json_instant(j, "not_after", cert->not_after);
	dv_json_text(j, "revocation", dv_revocation_name(path->revocation[i]));
	dv_json_close(j, '{');
}

static void
json_path(struct dv_json *j, const struct dv_report *r)
{
	const struct dv_anchor *anchor = &r->chain->anchors[r->path->anchor];

	dv_json_open(j, "path", '[');
	for (size_t i = 0; i < r->path->count; i++)
		json_cert(j, r->path, i);
	dv_json_open(j, NULL, '{');
	dv_json_text(j, "role", "anchor");
	json_name(j, "subject", anchor->name);
	dv_json_number(j, "anchor", (int64_t)r->path->anchor);
	dv_json_instant(j, "not_before", anchor->not_before);
	dv_json_instant(j, "not_after", anchor->not_after);
	dv_json_close(j, '{');
	dv_json_close(j, '[');
	dv_json_number(j, "signatures", (int64_t)r->path->signatures);
}

static void
json_policies(struct dv_json *j, const struct dv_policy_set *set)
{
	char oid[DV_VALUE_TEXT_MAX];

	dv_json_open(j, "policies", '[');
	for (size_t i = 0; i < set->count; i++) {
		dv_oid_text(set->oid[i], oid, sizeof(oid));
		dv_json_text(j, NULL, oid);
	}
	dv_json_close(j, '[');
	dv_json_flag(j, "any_policy", set->any);
}

static void
json_accepted(struct dv_json *j, const struct dv_report *r)
{
	json_head(j, r, "accepted");
	dv_json_instant(j, "good_until", r->path->good_until);
	json_path(j, r);
	json_policies(j, &r->path->policies);
	if (r->sign1 != NULL)
		dv_report_signed_json(j, "signed", r->sign1);
	if (r->sign1 != NULL)
		dv_json_number(j, "size", (int64_t)r->size);
	if (DV_HAS_VOUCHERS && r->voucher != NULL)
		dv_report_voucher_json(j, "voucher", r->voucher);
}

static void
json_rejected(struct dv_json *j, const struct dv_report *r)
{
	enum dv_reason reason = dv_report_reason(r->verdict);

	json_head(j, r, "rejected");
	dv_json_text(j, "reason", dv_reason_name(reason));
	dv_json_text(j, "rule", dv_reason_rule(reason));
	dv_json_text(j, "sentence", dv_reason_text(reason));
	json_where(j, r->verdict);
	json_value(j, "wanted", &r->verdict->at.wanted);
	json_value(j, "found", &r->verdict->at.found);
	dv_json_text(j, "hint", dv_reason_hint(reason));
	json_claimed(j, r);
	if (r->sign1 != NULL)
		dv_report_signed_json(j, "claimed_signed", r->sign1);
	if (DV_HAS_VOUCHERS && r->voucher != NULL)
		dv_report_voucher_json(j, "claimed_voucher", r->voucher);
}

void
dv_report_json(FILE *out, const struct dv_report *report)
{
	struct dv_json j = { .out = out };

	if (dv_report_reason(report->verdict) == DV_R_NONE)
		json_accepted(&j, report);
	else
		json_rejected(&j, report);
	dv_json_instant(&j, "time", report->at);
	dv_json_text(&j, "time_source", report->time_source);
	dv_json_text(&j, "revocation", dv_report_revocation(report));
	dv_report_countersigned_json(&j, report);
	if (DV_HAS_SEVERAL || DV_HAS_MODULES)
		dv_report_signatures_json(&j, report);
	if (DV_HAS_MANIFESTS)
		dv_report_tree_json(&j, report);
	if (DV_HAS_TRACE)
		dv_report_trace_json(&j, report);
	dv_json_end(&j);
}

void
dv_report_none_json(FILE *out, const struct dv_report *report,
    const struct dv_err *err)
{
	struct dv_json j = { .out = out };

	json_head(&j, report, "none");
	dv_json_text(&j, "error", err->what);
	if (err->hint[0] != '\0')
		dv_json_text(&j, "hint", err->hint);
	dv_json_end(&j);
}
