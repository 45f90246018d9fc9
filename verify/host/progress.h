/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Progress of long work, on a terminal's standard error and only there: how
 * much, how fast, and how long yet. Quick work shows nothing.
 */
#ifndef HOST_PROGRESS_H
#define HOST_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct dv_progress {
	const char *what;	/* "fw.bin": borrowed */
	const char *unit;	/* "MB", "devices" */
	uint64_t per_unit;	/* 1000000 octets, 1 device */
	uint64_t total;		/* 0: not known */
	int64_t began;		/* private */
	int64_t next;		/* when to show again; private */
	bool shown;		/* private */
};

/* Fill what, unit, per_unit and total before; see dv_progress_end(). */
void dv_progress_start(struct dv_progress *progress);
void dv_progress_at(struct dv_progress *progress, uint64_t done);

/* Takes the line away again. */
void dv_progress_end(struct dv_progress *progress);

#endif
