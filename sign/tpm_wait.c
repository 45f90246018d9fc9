/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A way to a TPM that never makes us wait for ever: it stands before any other
 * one. What may block (opening, sending, receiving) is done by a thread of its
 * own, and whoever waits for that thread does so with a deadline. TCG TCTI.
 *
 * The libraries' own time-outs do not serve: of libtss2 3.2 the swtpm TCTI has
 * none, has no handle to poll, and asks for a locality while it is opened.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tss2/tss2_tctildr.h>

#include "bytes.h"
#include "tpm_esys.h"

#define WAIT_MAGIC UINT64_C(0x6473776169746d65)
#define WAIT_VERSION 2
#define SEND_MS 10000		/* how long the TPM may take no command */

enum work { WORK_NONE, WORK_OPEN, WORK_SEND, WORK_RECEIVE, WORK_END };

/*
 * Shared by the two threads. While a work is asked for and not done, all below
 * `done` is the worker's.
 */
struct wait {
	TSS2_TCTI_CONTEXT_COMMON_CURRENT common;	/* what ESAPI sees */
	pthread_t worker;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum work work;
	bool done;
	TSS2_RC rc;
	TSS2_TCTI_CONTEXT *inner;
	size_t size;
	uint8_t data[TPM2_MAX_RESPONSE_SIZE];
	char where[];
};

/* ---- the worker ----------------------------------------------------------- */

static TSS2_RC
work_do(struct wait *w, enum work work)
{
	switch (work) {
	case WORK_OPEN:
		return Tss2_TctiLdr_Initialize(w->where, &w->inner);
	case WORK_SEND:
		return Tss2_Tcti_Transmit(w->inner, w->size, w->data);
	case WORK_RECEIVE:
		w->size = sizeof(w->data);
		return Tss2_Tcti_Receive(w->inner, &w->size, w->data,
		    TSS2_TCTI_TIMEOUT_BLOCK);
	case WORK_NONE:
	case WORK_END:
		break;
	}
	return TSS2_TCTI_RC_GENERAL_FAILURE;
}

static void *
worker(void *arg)
{
	struct wait *w = arg;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->work == WORK_NONE || w->done)
			pthread_cond_wait(&w->changed, &w->lock);
		enum work work = w->work;
		if (work == WORK_END)
			break;
		pthread_mutex_unlock(&w->lock);
		TSS2_RC rc = work_do(w, work);
		pthread_mutex_lock(&w->lock);
		w->rc = rc;
		w->done = true;
		pthread_cond_broadcast(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/*
 * No signal is the worker's: handlers run where they were installed, and a
 * socket that is gone is an error code, not SIGPIPE.
 */
static bool
worker_start(struct wait *w)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool ok = pthread_create(&w->worker, NULL, worker, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

/* ---- who waits ------------------------------------------------------------ */

static struct timespec
deadline(int ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* Asks for a work; with the lock held. */
static void
work_ask(struct wait *w, enum work work)
{
	w->work = work;
	w->done = false;
	pthread_cond_broadcast(&w->changed);
}

/* The result of the work asked for, or "try again"; with the lock held. */
static TSS2_RC
work_await(struct wait *w, int ms)
{
	struct timespec end = deadline(ms > 0 ? ms : 0);
	int late = 0;
	while (!w->done && late != ETIMEDOUT)
		late = ms < 0 ? pthread_cond_wait(&w->changed, &w->lock) :
		    pthread_cond_timedwait(&w->changed, &w->lock, &end);
	return w->done ? w->rc : TSS2_TCTI_RC_TRY_AGAIN;
}

static TSS2_RC
wait_transmit(TSS2_TCTI_CONTEXT *tcti, size_t size, const uint8_t *command)
{
	struct wait *w = (struct wait *)tcti;
	TSS2_RC rc = TSS2_TCTI_RC_BAD_SEQUENCE;
	if (size > sizeof(w->data))
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	pthread_mutex_lock(&w->lock);
	if (w->work == WORK_NONE) {
		memcpy(w->data, command, size);
		w->size = size;
		work_ask(w, WORK_SEND);
		rc = work_await(w, SEND_MS);
		if (w->done) {
			w->work = WORK_NONE;
			dv_wipe(w->data, size);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return rc;
}

/* Hands out what was received; the next command may follow. */
static TSS2_RC
hand_out(struct wait *w, size_t *size, uint8_t *response)
{
	size_t room = *size;
	*size = w->size;
	if (response == NULL)
		return TSS2_RC_SUCCESS;
	if (room < w->size)
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	memcpy(response, w->data, w->size);
	dv_wipe(w->data, w->size);
	w->work = WORK_NONE;
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
wait_receive(TSS2_TCTI_CONTEXT *tcti, size_t *size, uint8_t *response,
    int32_t ms)
{
	struct wait *w = (struct wait *)tcti;
	TSS2_RC rc = TSS2_TCTI_RC_BAD_SEQUENCE;
	pthread_mutex_lock(&w->lock);
	if (w->work == WORK_NONE)
		work_ask(w, WORK_RECEIVE);
	if (w->work == WORK_RECEIVE) {
		rc = work_await(w, ms);
		if (rc == TSS2_RC_SUCCESS)
			rc = hand_out(w, size, response);
		else if (w->done)
			w->work = WORK_NONE;
	}
	pthread_mutex_unlock(&w->lock);
	return rc;
}

/* ---- begin and end -------------------------------------------------------- */

static struct wait *
wait_new(const char *where)
{
	size_t len = strlen(where);
	pthread_condattr_t monotonic;
	struct wait *w = calloc(1, sizeof(*w) + len + 1);
	if (w == NULL)
		return NULL;
	memcpy(w->where, where, len + 1);
	w->common.v1 = (TSS2_TCTI_CONTEXT_COMMON_V1){
		.magic = WAIT_MAGIC,
		.version = WAIT_VERSION,
		.transmit = wait_transmit,
		.receive = wait_receive,
	};
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return w;
}

static void
wait_free(struct wait *w)
{
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

TSS2_RC
ds_tpm_wait_open(const char *where, int ms, TSS2_TCTI_CONTEXT **out)
{
	struct wait *w = wait_new(where);
	*out = NULL;
	if (w == NULL)
		return TSS2_TCTI_RC_MEMORY;
	if (!worker_start(w)) {
		wait_free(w);
		return TSS2_TCTI_RC_MEMORY;
	}
	pthread_mutex_lock(&w->lock);
	work_ask(w, WORK_OPEN);
	TSS2_RC rc = work_await(w, ms);
	if (w->done)
		w->work = WORK_NONE;
	pthread_mutex_unlock(&w->lock);
	if (rc == TSS2_RC_SUCCESS)
		*out = (TSS2_TCTI_CONTEXT *)w;
	else
		ds_tpm_wait_close((TSS2_TCTI_CONTEXT *)w);
	return rc;
}

/*
 * A worker that still waits for the TPM is left to itself, with all that it
 * uses: there is no way to call it back.
 */
void
ds_tpm_wait_close(TSS2_TCTI_CONTEXT *tcti)
{
	struct wait *w = (struct wait *)tcti;
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	bool stuck = w->work != WORK_NONE && !w->done;
	if (!stuck)
		work_ask(w, WORK_END);
	pthread_mutex_unlock(&w->lock);
	if (stuck) {
		pthread_detach(w->worker);
		return;
	}
	pthread_join(w->worker, NULL);
	Tss2_TctiLdr_Finalize(&w->inner);
	wait_free(w);
}
