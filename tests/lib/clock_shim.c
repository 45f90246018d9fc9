/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time of day, CLOCK_SHIFT seconds from the real one. Loaded before the C
 * library, by tests alone.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static time_t
shift(void)
{
	const char *text = getenv("CLOCK_SHIFT");

	return text == NULL ? 0 : (time_t)strtoll(text, NULL, 10);
}

int
clock_gettime(clockid_t id, struct timespec *out)
{
	static int (*real)(clockid_t, struct timespec *);
	int rc;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	rc = real(id, out);
	if (rc == 0 && id == CLOCK_REALTIME)
		out->tv_sec += shift();
	return rc;
}

time_t
time(time_t *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}
