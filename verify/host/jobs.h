/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One question of each of many operands, asked by several processes at once.
 * What they print comes out in the order of the operands, whole or not at all,
 * and an operand whose process died is said to be lost, never passed over.
 */
#ifndef HOST_JOBS_H
#define HOST_JOBS_H

#include <stddef.h>

#include "host/err.h"

#define DV_JOBS_MAX 64

struct dv_jobs {
	size_t count;		/* operands */
	unsigned at_once;	/* processes, 1..DV_JOBS_MAX; 1: this one alone */
	void *context;
	/* Asks about the i-th and prints; in a process of its own or in this. */
	enum dv_exit (*ask)(void *context, size_t i);
	/* Says, always in this process, that the i-th got no answer; NULL in a
	 * build that has this process alone. */
	void (*lost)(void *context, size_t i);
};

/* Returns the largest status; that of a lost one is DV_EXIT_NONE. */
DV_MUST_USE enum dv_exit dv_jobs_run(const struct dv_jobs *jobs);

#endif
