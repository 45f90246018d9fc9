/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time of a question: `-t now`, `-t RFC3339`, `-t @seconds`. The only
 * place in the programs that reads the clock.
 */
#ifndef HOST_WHEN_H
#define HOST_WHEN_H

#include "dv_time.h"
#include "host/err.h"

struct dv_when {
	dv_time at;
	const char *source;	/* "clock" or "given" */
};

/* text NULL means now. */
DV_MUST_USE enum dv_exit dv_when(const char *text, struct dv_when *out,
    struct dv_err *err);

/* What time it is; false: nobody knows, and errno. */
DV_MUST_USE bool dv_now(dv_time *out);

/* Milliseconds that only go forward, from no particular begin; 0: no clock. */
int64_t dv_milliseconds(void);

#endif
