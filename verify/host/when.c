/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time of a question. The only place in the programs that asks what time
 * it is; everything below takes the answer as an argument.
 */
#include "host/when.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "host/text.h"

bool
dv_now(dv_time *out)
{
	struct timespec clock;

	if (clock_gettime(CLOCK_REALTIME, &clock) != 0)
		return false;
	out->s = clock.tv_sec;
	return true;
}

static enum dv_exit
now(struct dv_when *out, struct dv_err *err)
{
	if (!dv_now(&out->at))
		return dv_fail(err, DV_EXIT_NONE, "cannot read the clock: %s",
		    strerror(errno));
	out->source = "clock";
	return DV_EXIT_YES;
}

enum dv_exit
dv_when(const char *text, struct dv_when *out, struct dv_err *err)
{
	*out = (struct dv_when){ .source = "" };
	if (text == NULL || strcmp(text, "now") == 0)
		return now(out, err);
	if (dv_time_parse(dv_text_bytes(text), &out->at)) {
		out->source = "given";
		return DV_EXIT_YES;
	}
	return dv_fail_value(err, "-t (--time)", text, "not a time",
	    "write now, 2026-03-01T00:00:00Z or @1772323200");
}

int64_t
dv_milliseconds(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
