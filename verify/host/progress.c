/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Progress of long work. Reads the monotonic clock, which says how long, never
 * what time it is; prints nothing when standard error is not a terminal.
 */
#include "host/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "host/text.h"
#include "host/when.h"

/* Milliseconds before the first line, and between lines. */
#define FIRST_AFTER 1000
#define AGAIN_AFTER 200
#define NEVER INT64_MAX

void
dv_progress_start(struct dv_progress *progress)
{
	progress->shown = false;
	progress->began = dv_milliseconds();
	progress->next = isatty(STDERR_FILENO) == 1 ?
	    progress->began + FIRST_AFTER : NEVER;
}

/* ", 812 a second, 0:42 left": the rate since the beginning. */
static void
rate(const struct dv_progress *p, uint64_t done, int64_t now)
{
	uint64_t spent = (uint64_t)(now - p->began), left;

	if (spent == 0 || done == 0)
		return;
	(void)fprintf(stderr, ", %" PRIu64 " a second",
	    done / p->per_unit * 1000 / spent);
	if (p->total <= done)
		return;
	left = p->total - done;
	/* Halved until their product has room. */
	for (; left > UINT64_MAX / spent && done > 1; left /= 2)
		done /= 2;
	left = left * spent / done / 1000;
	(void)fprintf(stderr, ", %" PRIu64 ":%02" PRIu64 " left", left / 60,
	    left % 60);
}

void
dv_progress_at(struct dv_progress *progress, uint64_t done)
{
	int64_t now;

	if (progress->next == NEVER || (now = dv_milliseconds()) < progress->next)
		return;
	progress->next = now + AGAIN_AFTER;
	progress->shown = true;
	(void)fputs("\r\033[K", stderr);
	dv_print_safe(stderr, dv_text_bytes(progress->what));
	(void)fprintf(stderr, ": %" PRIu64, done / progress->per_unit);
	if (progress->total > 0)
		(void)fprintf(stderr, " of %" PRIu64,
		    progress->total / progress->per_unit);
	(void)fprintf(stderr, " %s", progress->unit);
	rate(progress, done, now);
	(void)fflush(stderr);
}

void
dv_progress_end(struct dv_progress *progress)
{
	if (progress->shown) {
		(void)fputs("\r\033[K", stderr);
		(void)fflush(stderr);
	}
	progress->next = NEVER;
}
