/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was asked of each certificate, for `devverify chain -v`: words and JSON
 * for a record that the core made. Decides nothing.
 */
#include "host/report.h"

#include <inttypes.h>

#define NAME_MAX_TEXT 256

static const char *
result_of(enum dv_step_state state)
{
	switch (state) {
	case DV_STEP_PASSED:
		return "pass";
	case DV_STEP_FAILED:
		return "fail";
	case DV_STEP_NOT_REACHED:
	case DV_STEP_NOT_IN_PROFILE:
	case DV_STEP_NOT_HERE:
	case DV_STEP_NOT_ASKED:
		break;
	}
	return "skipped";
}

/* Why a step was skipped, "" when it was not. */
static const char *
why_of(enum dv_step step, enum dv_step_state state)
{
	switch (state) {
	case DV_STEP_NOT_REACHED:
		return "decided before";
	case DV_STEP_NOT_IN_PROFILE:
		return "the strict profile alone asks";
	case DV_STEP_NOT_HERE:
		return "does not concern this place";
	case DV_STEP_NOT_ASKED:
		return step == DV_STEP_REVOCATION ?
		    "no CRL given speaks of it" : "no purpose was asked for";
	case DV_STEP_PASSED:
	case DV_STEP_FAILED:
		break;
	}
	return "";
}

/* Of an anchor, only what was asked is listed: it is no certificate. */
static bool
is_listed(const struct dv_trace_row *row, enum dv_step step)
{
	return row->object == DV_OBJECT_CERTIFICATE ||
	    row->state[step] != DV_STEP_NOT_REACHED;
}

static void
print_step(FILE *out, const struct dv_trace_row *row, enum dv_step step)
{
	enum dv_step_state state = (enum dv_step_state)row->state[step];
	const char *why = why_of(step, state);

	(void)fprintf(out, "    %-7s  %-22s  %s%s%s\n", result_of(state),
	    dv_step_name(step), dv_step_rule(step), why[0] != '\0' ? ": " : "",
	    why);
}

static void
print_row(FILE *out, const struct dv_trace_row *row, bool accepted)
{
	bool claimed = !accepted && row->object == DV_OBJECT_CERTIFICATE;
	char name[NAME_MAX_TEXT] = "";

	if (row->name.len > 0)
		dv_name_text(row->name, name, sizeof(name));
	(void)fprintf(out, "  %s %u %s\"%s\"\n", dv_object_name(row->object),
	    row->index, claimed ? "claimed " : "", name);
	for (enum dv_step s = 0; s < DV_STEP_COUNT; s++) {
		if (is_listed(row, s))
			print_step(out, row, s);
	}
}

void
dv_report_trace_text(FILE *out, const struct dv_report *r)
{
	bool accepted = dv_report_reason(r->verdict) == DV_R_NONE;

	for (unsigned i = 0; r->trace != NULL && i < r->trace->count; i++)
		print_row(out, &r->trace->row[i], accepted);
}

static void
json_step(struct dv_json *j, const struct dv_trace_row *row, enum dv_step step)
{
	enum dv_step_state state = (enum dv_step_state)row->state[step];
	const char *why = why_of(step, state);

	dv_json_open(j, NULL, '{');
	dv_json_text(j, "step", dv_step_name(step));
	dv_json_text(j, "rule", dv_step_rule(step));
	dv_json_text(j, "result", result_of(state));
	if (why[0] != '\0')
		dv_json_text(j, "why", why);
	dv_json_close(j, '{');
}

static void
json_row(struct dv_json *j, const struct dv_trace_row *row)
{
	char name[NAME_MAX_TEXT] = "";

	if (row->name.len > 0)
		dv_name_text(row->name, name, sizeof(name));
	dv_json_open(j, NULL, '{');
	dv_json_text(j, "object", dv_object_name(row->object));
	dv_json_number(j, "index", (int64_t)row->index);
	dv_json_text(j, "claimed", name);
	dv_json_open(j, "steps", '[');
	for (enum dv_step s = 0; s < DV_STEP_COUNT; s++) {
		if (is_listed(row, s))
			json_step(j, row, s);
	}
	dv_json_close(j, '[');
	dv_json_close(j, '{');
}

void
dv_report_trace_json(struct dv_json *j, const struct dv_report *r)
{
	if (r->trace == NULL)
		return;
	dv_json_open(j, "trace", '[');
	for (unsigned i = 0; i < r->trace->count; i++)
		json_row(j, &r->trace->row[i]);
	dv_json_close(j, '[');
}
