/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who confirmed an envelope, one line each, below what its signer says. Decides
 * nothing: of an envelope that is rejected, everything is only claimed.
 */
#include "host/report.h"

#include "host/text.h"

#define NAME_MAX_TEXT 256

/* One of them, as it was read. */
struct who {
	const struct dv_countersigner *accepted;	/* or NULL */
	struct dv_sign1 one;
	char subject[NAME_MAX_TEXT];
};

static bool
who_read(const struct dv_report *r, size_t i, struct who *out)
{
	struct dv_cert cert;
	struct dv_at at;

	out->subject[0] = '\0';
	out->accepted = NULL;
	if (dv_sign1_countersignature(r->sign1, i, &out->one, &at) != DV_R_NONE)
		return false;
	if (dv_cert_read(out->one.x5chain[0], &cert, &at) == DV_R_NONE)
		dv_name_text(cert.subject, out->subject, sizeof(out->subject));
	if (dv_report_reason(r->verdict) == DV_R_NONE &&
	    r->countersigners != NULL)
		out->accepted = &r->countersigners[i];
	return true;
}

static void
print_one(FILE *out, const struct who *who)
{
	char at[DV_TIME_TEXT];

	(void)fprintf(out, "  %scountersigned by \"%s\"",
	    who->accepted != NULL ? "" : "claimed ", who->subject);
	if (who->one.iss.len > 0) {
		(void)fputs(", iss ", out);
		dv_print_quoted(out, who->one.iss);
	}
	if (who->one.has_iat) {
		dv_time_format(who->one.iat, at);
		(void)fprintf(out, ", at %s by its own clock", at);
	}
	if (who->accepted != NULL) {
		dv_time_format(who->accepted->good_until, at);
		(void)fprintf(out, ", until %s, ", at);
		dv_print_words(out,
		    dv_countersigner_revocation(who->accepted));
	}
	(void)fputc('\n', out);
}

void
dv_report_countersigned_text(FILE *out, const struct dv_report *r)
{
	struct who who;

	for (size_t i = 0; i < r->sign1->countersignatures; i++)
		if (who_read(r, i, &who))
			print_one(out, &who);
}

static void
json_one(struct dv_json *j, const struct who *who)
{
	dv_json_open(j, NULL, '{');
	dv_json_text(j, "subject", who->subject);
	if (who->one.iss.len > 0)
		dv_json_utf8(j, "iss", who->one.iss);
	if (who->one.has_iat)
		dv_json_instant(j, "iat", who->one.iat);
	if (who->accepted != NULL) {
		dv_json_instant(j, "good_until", who->accepted->good_until);
		dv_json_text(j, "revocation",
		    dv_countersigner_revocation(who->accepted));
	}
	dv_json_close(j, '{');
}

void
dv_report_countersigned_json(struct dv_json *j, const struct dv_report *r)
{
	struct who who;

	if (r->sign1 == NULL || r->sign1->countersignatures == 0)
		return;
	dv_json_open(j, dv_report_reason(r->verdict) == DV_R_NONE ?
	    "countersigned_by" : "claimed_countersigned_by", '[');
	for (size_t i = 0; i < r->sign1->countersignatures; i++)
		if (who_read(r, i, &who))
			json_one(j, &who);
	dv_json_close(j, '[');
}
