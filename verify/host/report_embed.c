/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several signatures on one artefact, one by one, below the verdict on it.
 * Decides nothing; what is said by a rejected envelope is only claimed.
 */
#include "host/report.h"

#include <inttypes.h>

#include "host/text.h"

static bool
is_accepted(const struct dv_outcome *s)
{
	return dv_report_reason(&s->verdict) == DV_R_NONE;
}

static void
print_one(FILE *out, const struct dv_report_signatures *all, size_t i)
{
	const struct dv_outcome *s = &all->each[i];
	char until[DV_TIME_TEXT];

	(void)fprintf(out, "  signature %zu of %zu: ", i + 1, all->count);
	if (is_accepted(s)) {
		dv_time_format(s->good_until, until);
		(void)fprintf(out, "accepted until %s", until);
	} else {
		(void)fprintf(out, "rejected, %s",
		    dv_reason_name(dv_report_reason(&s->verdict)));
	}
	if (all->iss[i].len > 0) {
		(void)fprintf(out, ", %siss ", is_accepted(s) ? "" : "claimed ");
		dv_print_quoted(out, all->iss[i]);
	}
	(void)fputs(i == all->shown ? "; the one above\n" : "\n", out);
}

void
dv_report_signatures_text(FILE *out, const struct dv_report *report)
{
	const struct dv_report_signatures *all = report->signatures;

	for (size_t i = 0; all != NULL && i < all->count; i++)
		print_one(out, all, i);
}

static void
json_one(struct dv_json *j, const struct dv_report_signatures *all, size_t i)
{
	const struct dv_outcome *s = &all->each[i];

	dv_json_open(j, NULL, '{');
	dv_json_text(j, "status", is_accepted(s) ? "accepted" : "rejected");
	if (is_accepted(s))
		dv_json_instant(j, "good_until", s->good_until);
	else
		dv_json_text(j, "reason",
		    dv_reason_name(dv_report_reason(&s->verdict)));
	if (all->iss[i].len > 0)
		dv_json_utf8(j, is_accepted(s) ? "iss" : "claimed_iss",
		    all->iss[i]);
	dv_json_close(j, '{');
}

void
dv_report_signatures_json(struct dv_json *j, const struct dv_report *report)
{
	const struct dv_report_signatures *all = report->signatures;

	if (all == NULL)
		return;
	if (all->shown < all->count)
		dv_json_number(j, "signature", (int64_t)all->shown + 1);
	dv_json_open(j, "signed_by", '[');
	for (size_t i = 0; i < all->count; i++)
		json_one(j, all, i);
	dv_json_close(j, '[');
}
