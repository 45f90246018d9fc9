/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Verdicts for people. Decides nothing: what is not plainly accepted is printed
 * as rejected. docs/VERDICTS.md describes the lines.
 */
#include "host/report.h"

#include <inttypes.h>
#include <string.h>

#include "built.h"
#include "host/text.h"

#define NAME_MAX_TEXT 256
#define HEX_MAX 64		/* octets of a value that are shown */
#define VALUES_MAX (2 * DV_VALUE_TEXT_MAX + 32)	/* "wanted X, found Y" */

_Static_assert(2 * HEX_MAX + sizeof("...") <= DV_VALUE_TEXT_MIN, "hex_text()");

static void
hex_text(struct dv_bytes bytes, char *out, size_t cap)
{
	const size_t shown = bytes.len < HEX_MAX ? bytes.len : HEX_MAX;

	dv_hex_text((struct dv_bytes){ bytes.ptr, shown }, out);
	if (shown < bytes.len)
		(void)snprintf(out + 2 * shown, cap - 2 * shown, "...");
}

static void
name_value(struct dv_bytes name, char *out, size_t cap)
{
	char text[NAME_MAX_TEXT];

	dv_name_text(name, text, sizeof(text));
	(void)snprintf(out, cap, "claimed \"%s\"", text);
}

void
dv_value_text(const struct dv_value *value, char *out, size_t cap)
{
	const char *text = value->text != NULL ? value->text : "", *since = "";
	char at[DV_TIME_TEXT] = "";

	switch (value->kind) {
	case DV_VALUE_NONE:
		out[0] = '\0';
		return;
	case DV_VALUE_NUMBER:
		(void)snprintf(out, cap, "%" PRId64, value->number);
		return;
	case DV_VALUE_OID:
		dv_oid_text(value->bytes, out, cap);
		return;
	case DV_VALUE_BYTES:
		hex_text(value->bytes, out, cap);
		return;
	case DV_VALUE_NAME:
		name_value(value->bytes, out, cap);
		return;
	case DV_VALUE_UTF8:
		dv_quote_text(value->bytes, out, cap);
		return;
	case DV_VALUE_REVOKED:
		since = " since ";
		/* fallthrough */
	case DV_VALUE_TIME:
		dv_time_format((dv_time){ value->number }, at);
		break;
	case DV_VALUE_TEXT:
		break;
	}
	(void)snprintf(out, cap, "%s%s%s", text, since, at);
}

static const char *
label_of(const struct dv_value *value, const char *otherwise)
{
	if (value->kind == DV_VALUE_NONE)
		return "";
	return value->label != NULL ? value->label : otherwise;
}

/* "wanted X, found Y", parts that are not there left out. */
static void
values_text(const struct dv_at *at, char *out, size_t cap)
{
	char wanted[DV_VALUE_TEXT_MAX], found[DV_VALUE_TEXT_MAX];

	dv_value_text(&at->wanted, wanted, sizeof(wanted));
	dv_value_text(&at->found, found, sizeof(found));
	(void)snprintf(out, cap, "%s%s%s%s%s%s%s",
	    label_of(&at->wanted, "wanted"), wanted[0] != '\0' ? " " : "",
	    wanted, wanted[0] != '\0' && found[0] != '\0' ? ", " : "",
	    label_of(&at->found, "found"), found[0] != '\0' ? " " : "",
	    found);
}

/* "reason at place (rule)". */
#define REASON_LINE "%s%s%s (%s)"
#define BYTE_MAX 24		/* "byte 4294967295, " */

static const char *
at_word(const char *place)
{
	return place[0] != '\0' ? " at " : "";
}

static bool
has_byte(const struct dv_verdict *verdict)
{
	return verdict->at.offset != DV_NO_OFFSET &&
	    verdict->object != DV_OBJECT_NONE;
}

bool
dv_reason_line(struct dv_buf *out, const struct dv_verdict *verdict)
{
	const enum dv_reason reason = dv_report_reason(verdict);
	char place[DV_PLACE_MAX], values[VALUES_MAX], byte[BYTE_MAX] = "";

	dv_place_text(verdict, place, sizeof(place));
	values_text(&verdict->at, values, sizeof(values));
	if (!dv_buf_text(out, REASON_LINE, dv_reason_name(reason), at_word(place),
	    place, dv_reason_rule(reason)))
		return false;
	if (has_byte(verdict))
		(void)snprintf(byte, sizeof(byte), "byte %" PRIu32 "%s",
		    verdict->at.offset, values[0] == '\0' ? "" : ", ");
	return (byte[0] == '\0' && values[0] == '\0') ||
	    dv_buf_text(out, " (%s%s)", byte, values);
}

bool
dv_report_line(struct dv_buf *out, const struct dv_verdict *verdict)
{
	if (dv_report_reason(verdict) == DV_R_NONE)
		return dv_buf_text(out, "ACCEPTED");
	return dv_buf_text(out, "REJECTED ") && dv_reason_line(out, verdict);
}

const char *
dv_revocation_name(enum dv_revocation status)
{
	switch (status) {
	case DV_REVOCATION_GOOD:
		return "good";
	case DV_REVOCATION_UNAVAILABLE:
		return "not-available";
	case DV_REVOCATION_NOT_CHECKED:
		break;
	}
	return "not-checked";
}

/* How many certificates have which answer. */
struct statuses {
	size_t good, unavailable, count;
};

static void
statuses_add(struct statuses *s, const enum dv_revocation *revocation,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		s->good += revocation[i] == DV_REVOCATION_GOOD;
		s->unavailable += revocation[i] == DV_REVOCATION_UNAVAILABLE;
	}
	s->count += count;
}

static const char *
statuses_name(const struct statuses *s)
{
	if (s->good + s->unavailable < s->count)
		return s->good > 0 ? "partly-checked" : "not-checked";
	return s->good > 0 ? "good" : "not-available";
}

const char *
dv_countersigner_revocation(const struct dv_countersigner *who)
{
	struct statuses s = { .count = 0 };

	statuses_add(&s, who->revocation, who->count);
	return statuses_name(&s);
}

const char *
dv_report_revocation(const struct dv_report *r)
{
	const size_t others = r->sign1 != NULL && r->countersigners != NULL ?
	    r->sign1->countersignatures : 0;
	struct statuses s = { .count = 0 };

	if (dv_report_reason(r->verdict) != DV_R_NONE)
		return r->verdict->reason == DV_R_REVOKED ? "revoked" :
		    "not-checked";
	statuses_add(&s, r->path->revocation, r->path->count);
	for (size_t i = 0; i < others; i++)
		statuses_add(&s, r->countersigners[i].revocation,
		    r->countersigners[i].count);
	return statuses_name(&s);
}

static void
print_quoted_name(FILE *out, struct dv_bytes name)
{
	char text[NAME_MAX_TEXT];

	/* An empty name is escaped by what it is: nothing. */
	dv_name_text(name, text, sizeof(text));
	(void)fprintf(out, "\"%s\"", text);
}

static void
print_span(FILE *out, dv_time from, dv_time to)
{
	char a[DV_TIME_TEXT], b[DV_TIME_TEXT];

	dv_time_format(from, a);
	dv_time_format(to, b);
	(void)fprintf(out, "  %s .. %s", a, b);
}

static void
print_path(FILE *out, const struct dv_report *r)
{
	const struct dv_anchor *anchor = &r->chain->anchors[r->path->anchor];

	for (size_t i = 0; i < r->path->count; i++) {
		const struct dv_cert *cert = &r->path->cert[i];

		(void)fprintf(out, "  %zu  %s  ", i, i == 0 ? "leaf  " :
		    "issuer");
		print_quoted_name(out, cert->subject);
		print_span(out, cert->not_before, cert->not_after);
		(void)fputs("  serial ", out);
		dv_print_hex(out, cert->serial);
		(void)fputs("  ", out);
		dv_print_words(out, dv_revocation_name(r->path->revocation[i]));
		(void)fputc('\n', out);
	}
	(void)fprintf(out, "  %zu  anchor  ", r->path->count);
	print_quoted_name(out, anchor->name);
	print_span(out, anchor->not_before, anchor->not_after);
	(void)fprintf(out, "  anchor %zu\n", r->path->anchor);
}

/* RFC 5280 6.1.6: the user-constrained policy set. */
static void
print_policies(FILE *out, const struct dv_policy_set *set)
{
	char oid[DV_VALUE_TEXT_MAX];

	(void)fputs("  policies:", out);
	for (size_t i = 0; i < set->count; i++) {
		dv_oid_text(set->oid[i], oid, sizeof(oid));
		(void)fprintf(out, " %s", oid);
	}
	if (set->any)
		(void)fputs(" any", out);
	(void)fputs(set->count == 0 && !set->any ? " none\n" : "\n", out);
}

/* Signatures that were checked beside those of the path. */
static const char *
also_checked(const struct dv_report *r)
{
	if (r->sign1 != NULL && r->sign1->countersignatures > 0)
		return ", the envelope's, and all of who countersigned";
	return r->sign1 != NULL || (DV_HAS_VOUCHERS && r->voucher != NULL) ?
	    " and the envelope's" : "";
}

/* What the signer says about itself and the artefact. */
static void
print_accepted(FILE *out, const struct dv_report *r)
{
	char until[DV_TIME_TEXT];

	dv_time_format(r->path->good_until, until);
	(void)fprintf(out, ": ACCEPTED until %s\n", until);
	print_path(out, r);
	print_policies(out, &r->path->policies);
	if (r->sign1 != NULL) {
		dv_report_signed_text(out, r->sign1, "");
		dv_report_artefact_text(out, r);
		dv_report_countersigned_text(out, r);
	}
	if (DV_HAS_VOUCHERS && r->voucher != NULL)
		dv_report_voucher_text(out, r->voucher, "");
	(void)fprintf(out, "  %u signatures of the path%s checked\n",
	    r->path->signatures, also_checked(r));
}

static void
print_claimed_cert(FILE *out, size_t number, struct dv_bytes der)
{
	struct dv_cert cert;
	struct dv_at at;

	(void)fprintf(out, "  given %zu ", number);
	if (dv_cert_read(der, &cert, &at) != DV_R_NONE) {
		(void)fputs("cannot be read as a certificate\n", out);
		return;
	}
	(void)fputs("claimed ", out);
	print_quoted_name(out, cert.subject);
	(void)fputs(", issued by claimed ", out);
	print_quoted_name(out, cert.issuer);
	(void)fputc('\n', out);
}

/* Names in what was given: claims, because nothing was accepted. */
static void
print_claimed(FILE *out, const struct dv_report *r)
{
	size_t n = 1;

	if (r->sign1 != NULL) {
		for (size_t i = 0; i < r->sign1->x5chain_count; i++)
			print_claimed_cert(out, i, r->sign1->x5chain[i]);
		n = r->sign1->x5chain_count;
		dv_report_signed_text(out, r->sign1, "claimed ");
		dv_report_countersigned_text(out, r);
	} else if (r->chain != NULL && r->chain->leaf.len > 0) {
		print_claimed_cert(out, 0, r->chain->leaf);
	}
	if (DV_HAS_VOUCHERS && r->voucher != NULL)
		dv_report_voucher_text(out, r->voucher, "claimed ");
	for (size_t i = 0; r->chain != NULL &&
	    i < r->chain->intermediate_count && n < DV_MAX_PATH; i++, n++)
		print_claimed_cert(out, n, r->chain->intermediates[i]);
}

static void
print_rejected(FILE *out, const struct dv_report *r)
{
	const struct dv_verdict *v = r->verdict;
	const enum dv_reason reason = dv_report_reason(v);
	char place[DV_PLACE_MAX], values[VALUES_MAX];
	struct dv_verdict object = *v;

	dv_place_text(v, place, sizeof(place));
	(void)fprintf(out, ": REJECTED " REASON_LINE "\n  %s\n",
	    dv_reason_name(reason), at_word(place), place, dv_reason_rule(reason),
	    dv_reason_text(reason));
	values_text(&v->at, values, sizeof(values));
	if (values[0] != '\0')
		(void)fprintf(out, "  %s\n", values);
	object.at.field = DV_F_NONE;
	dv_place_text(&object, place, sizeof(place));
	if (has_byte(v))
		(void)fprintf(out, "  byte %" PRIu32 " of %s\n", v->at.offset,
		    place);
	print_claimed(out, r);
}

void
dv_report_text(FILE *out, const struct dv_report *report)
{
	const enum dv_reason reason = dv_report_reason(report->verdict);
	char at[DV_TIME_TEXT];

	dv_print_subject(out, report->subject);
	if (reason == DV_R_NONE)
		print_accepted(out, report);
	else
		print_rejected(out, report);
	if (DV_HAS_SEVERAL || DV_HAS_MODULES)
		dv_report_signatures_text(out, report);
	if (DV_HAS_MANIFESTS)
		dv_report_tree_text(out, report);
	dv_time_format(report->at, at);
	(void)fprintf(out, "  time used %s (%s); revocation ", at,
	    report->time_source);
	dv_print_words(out, dv_report_revocation(report));
	(void)fputc('\n', out);
	if (report->lab != NULL)
		(void)fprintf(out, "  lab build: %s\n", report->lab);
	if (DV_HAS_TRACE)
		dv_report_trace_text(out, report);
	if (reason != DV_R_NONE)
		(void)fprintf(out, "  what to do: %s\n",
		    dv_reason_hint(reason));
}
