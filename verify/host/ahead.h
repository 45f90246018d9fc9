/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a large file ahead: while one step of it is hashed, a second thread
 * reads the next. Fixed memory, read(2) alone. For verify/host/stream.c.
 */
#ifndef HOST_AHEAD_H
#define HOST_AHEAD_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Handing over a step takes as long as hashing some 8 KB: it is to be rare. */
#define DV_AHEAD_STEP (512u * 1024)

struct dv_ahead {
	int fd;
	uint8_t *step[2];	/* read into in turn */
	ssize_t len[2];		/* as read(2) returned */
	int error[2];		/* errno, when that is -1 */
	unsigned turn;		/* the caller's step */
	bool held;		/* the caller still has it */
	atomic_bool stop;
	sem_t room, full;	/* steps to be read, steps to be taken */
	pthread_t reader;
};

/*
 * Begins to read; false, and nothing is begun, where a second thread is not to
 * be had or has no processor to run on. dv_ahead_stop() ends it.
 */
bool dv_ahead_start(struct dv_ahead *ahead, int fd);

/*
 * The next step, which is the caller's until the next call: as read(2), with
 * *at what was read. After 0 or -1 there is no other call but the stop.
 */
ssize_t dv_ahead_next(struct dv_ahead *ahead, const uint8_t **at);

void dv_ahead_stop(struct dv_ahead *ahead);

#endif
