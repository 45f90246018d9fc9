/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of the steps of a path, kept in dv_work while it is searched.
 * Nothing here is ever asked again, so a build may leave it out.
 */
#ifndef TRACE_H
#define TRACE_H

#include "built.h"
#include "dv_chain.h"

#if DV_HAS_TRACE

/* The row of a place, begun or not. */
struct dv_trace_row *dv_trace_row(struct dv_work *work, unsigned place);

/* Begins the row of what stands at this place; nothing is above it yet. */
struct dv_trace_row *dv_trace_begin(struct dv_work *work, unsigned place,
    const struct dv_trace_row *row);

void dv_trace_set(struct dv_work *work, unsigned place, enum dv_step step,
    enum dv_step_state state);

/* Passed when there is no reason, else failed. */
void dv_trace_note(struct dv_work *work, unsigned place, enum dv_step step,
    enum dv_reason reason);

/* Nothing stands at this place, nor above it. */
void dv_trace_end(struct dv_work *work, unsigned place);

/* The path as it stands is the nearest miss so far. */
void dv_trace_keep(struct dv_work *work);

/* No path was accepted: what is told is the nearest miss. */
void dv_trace_miss(struct dv_work *work);

#else

static inline struct dv_trace_row *
dv_trace_row(struct dv_work *work, unsigned place)
{
	(void)work;
	(void)place;
	return NULL;
}

static inline struct dv_trace_row *
dv_trace_begin(struct dv_work *work, unsigned place,
    const struct dv_trace_row *row)
{
	(void)work;
	(void)place;
	(void)row;
	return NULL;
}

#define dv_trace_set(work, place, step, state) ((void)(work))
#define dv_trace_note(work, place, step, reason) ((void)(work))
#define dv_trace_end(work, place) ((void)(work))
#define dv_trace_keep(work) ((void)(work))
#define dv_trace_miss(work) ((void)(work))

#endif

#endif
