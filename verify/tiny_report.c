/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict of the tiny devverify: of the lines of host/report.c those that a
 * boot log needs. Decides nothing. docs/VERDICTS.md.
 */
#include "host/open.h"
#include "host/plain.h"
#include "tiny.h"

const char *
dv_tiny_subject(const char *file)
{
	return dv_is_stdio(file) ? "(standard input)" : file;
}

/* The strict profile has all three, or the envelope was not read. */
static void
put_signer(const struct dv_sign1 *s, const char *claimed)
{
	if (s->iss.len == 0)
		return;
	dv_put(claimed);
	dv_put_quoted(s->iss);
	dv_put(", sub ");
	dv_put_quoted(s->sub);
	dv_put(", signed at ");
	dv_put_time(s->iat);
	dv_put(" by the signer's clock\n");
}

static void
put_rejected(const struct dv_verdict *verdict, enum dv_reason reason)
{
	struct dv_verdict object = *verdict;
	char place[DV_PLACE_MAX];

	dv_place_text(verdict, place, sizeof(place));
	dv_put(": REJECTED ");
	dv_put(dv_reason_name(reason));
	if (place[0] != '\0')
		dv_put(" at ");
	dv_put(place);
	dv_put(" (");
	dv_put(dv_reason_rule(reason));
	dv_put(")\n");
	if (verdict->at.offset == DV_NO_OFFSET ||
	    verdict->object == DV_OBJECT_NONE)
		return;
	object.at.field = DV_F_NONE;
	dv_place_text(&object, place, sizeof(place));
	dv_put("  byte ");
	dv_put_number(verdict->at.offset);
	dv_put(" of ");
	dv_put(place);
	dv_put("\n");
}

void
dv_tiny_report(const struct dv_tiny_report *report)
{
	const bool accepted = report->reason == DV_R_NONE;

	dv_put_subject(dv_tiny_subject(report->file));
	if (accepted) {
		dv_put(": ACCEPTED until ");
		dv_put_time(report->path->good_until);
		dv_put("\n");
	} else {
		put_rejected(report->verdict, report->reason);
	}
	put_signer(report->sign1, accepted ? "  iss " : "  claimed iss ");
	dv_put("  time used ");
	dv_put_time(report->when.at);
	dv_put(" (");
	dv_put(report->when.source);
	dv_put("); revocation not checked\n");
#ifdef DV_LAB
	dv_put("  lab build: ");
	dv_put(report->lab);
	dv_put("\n");
#endif
	if (!accepted)
		dv_put("  what to do: see docs/VERDICTS.md\n");
}
