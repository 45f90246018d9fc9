/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was asked of each certificate of a path and how it went: for people who
 * want to know, read after the verdict. It is a record and decides nothing.
 */
#ifndef DV_TRACE_H
#define DV_TRACE_H

#include "dv_limits.h"
#include "dv_verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dv_step {
#define S(id, name, rule) DV_STEP_##id,
#include "dv_steps.def"
#undef S
	DV_STEP_COUNT
};

enum dv_step_state {
	DV_STEP_NOT_REACHED = 0,	/* decided before */
	DV_STEP_PASSED,
	DV_STEP_FAILED,
	DV_STEP_NOT_IN_PROFILE,		/* the strict profile alone asks */
	DV_STEP_NOT_HERE,		/* does not concern this place */
	DV_STEP_NOT_ASKED		/* the question does not ask for it */
};

/* One certificate, or the anchor at the end. name borrows from the question. */
struct dv_trace_row {
	enum dv_object object;		/* certificate or anchor */
	unsigned index;			/* place in the path, or the anchor's */
	struct dv_bytes name;		/* DER, as it claims; may be empty */
	uint8_t state[DV_STEP_COUNT];	/* enum dv_step_state */
};

struct dv_trace {
	unsigned count;			/* rows in use, leaf first */
	struct dv_trace_row row[DV_MAX_PATH + 1];
};

/* "validity", and the rule it stands for. Never NULL. */
const char *dv_step_name(enum dv_step step);
const char *dv_step_rule(enum dv_step step);

#ifdef __cplusplus
}
#endif
#endif
