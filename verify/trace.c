/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words for the steps of a path: everything here is looked up in the table
 * dv_steps.def. Decides nothing.
 */
#include "dv_trace.h"

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
