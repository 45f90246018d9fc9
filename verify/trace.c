/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of the steps of a path, and words for them, looked up in the table
 * dv_steps.def. Decides nothing. docs/DESIGN.md.
 */
#include "trace.h"

static const struct {
	const char *name, *rule;
} steps[DV_STEP_COUNT] = {
#define S(id, name, rule) { name, rule },
#include "dv_steps.def"
#undef S
};

const char *
dv_step_name(enum dv_step step)
{
	return (size_t)step < DV_STEP_COUNT ? steps[step].name : "";
}

const char *
dv_step_rule(enum dv_step step)
{
	return (size_t)step < DV_STEP_COUNT ? steps[step].rule : "";
}

#if DV_HAS_TRACE

struct dv_trace_row *
dv_trace_row(struct dv_work *work, unsigned place)
{
	return &work->trace.row[place];
}

struct dv_trace_row *
dv_trace_begin(struct dv_work *work, unsigned place,
    const struct dv_trace_row *row)
{
	struct dv_trace *trace = &work->trace;

	trace->count = place + 1;
	trace->row[place] = *row;
	for (unsigned i = 0; i < place; i++) {
		dv_trace_set(work, i, DV_STEP_NAMES, DV_STEP_NOT_REACHED);
		dv_trace_set(work, i, DV_STEP_POLICIES, DV_STEP_NOT_REACHED);
		dv_trace_set(work, i, DV_STEP_REVOCATION, DV_STEP_NOT_REACHED);
	}
	return &trace->row[place];
}

void
dv_trace_set(struct dv_work *work, unsigned place, enum dv_step step,
    enum dv_step_state state)
{
	work->trace.row[place].state[step] = (uint8_t)state;
}

void
dv_trace_note(struct dv_work *work, unsigned place, enum dv_step step,
    enum dv_reason reason)
{
	dv_trace_set(work, place, step, reason == DV_R_NONE ?
	    DV_STEP_PASSED : DV_STEP_FAILED);
}

void
dv_trace_end(struct dv_work *work, unsigned place)
{
	work->trace.count = place;
}

void
dv_trace_keep(struct dv_work *work)
{
	work->nearest = work->trace;
}

void
dv_trace_miss(struct dv_work *work)
{
	work->trace = work->nearest;
}

#endif
