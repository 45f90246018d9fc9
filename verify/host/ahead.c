/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading ahead by a second thread. Copying out of the page cache takes a tenth
 * of the time that hashing does; a mapping would save it, but a file that is cut
 * while it is mapped ends the program. The threads share the two steps and
 * nothing else; who may touch which is said by the two semaphores.
 */
#include "host/ahead.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "host/open.h"

static void
wait_for(sem_t *what)
{
	while (sem_wait(what) == -1 && errno == EINTR)
		;
}

static void *
read_ahead(void *context)
{
	struct dv_ahead *ahead = context;
	unsigned turn = 0;
	ssize_t n;

	do {
		wait_for(&ahead->room);
		if (ahead->stop)
			return NULL;
		n = dv_read_some(ahead->fd, ahead->step[turn], DV_AHEAD_STEP);
		ahead->len[turn] = n;
		ahead->error[turn] = errno;
		(void)sem_post(&ahead->full);
		turn ^= 1;
	} while (n > 0);
	return NULL;
}

/* On one processor two threads only take turns. */
static bool
has_two_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 &&
	    CPU_COUNT(&set) > 1;
}

bool
dv_ahead_start(struct dv_ahead *ahead, int fd)
{
	if (!has_two_processors())
		return false;
	*ahead = (struct dv_ahead){ .fd = fd };
	ahead->step[0] = malloc(2 * DV_AHEAD_STEP);
	if (ahead->step[0] == NULL)
		return false;
	ahead->step[1] = ahead->step[0] + DV_AHEAD_STEP;
	if (sem_init(&ahead->room, 0, 2) == 0 &&
	    sem_init(&ahead->full, 0, 0) == 0 &&
	    pthread_create(&ahead->reader, NULL, read_ahead, ahead) == 0)
		return true;
	free(ahead->step[0]);
	return false;
}

ssize_t
dv_ahead_next(struct dv_ahead *ahead, const uint8_t **at)
{
	ssize_t len;

	if (ahead->held) {
		(void)sem_post(&ahead->room);
		ahead->turn ^= 1;
	}
	wait_for(&ahead->full);
	ahead->held = true;
	*at = ahead->step[ahead->turn];
	len = ahead->len[ahead->turn];
	if (len == -1)
		errno = ahead->error[ahead->turn];
	return len;
}

void
dv_ahead_stop(struct dv_ahead *ahead)
{
	ahead->stop = true;
	(void)sem_post(&ahead->room);
	(void)pthread_join(ahead->reader, NULL);
	(void)sem_destroy(&ahead->room);
	(void)sem_destroy(&ahead->full);
	free(ahead->step[0]);
}
