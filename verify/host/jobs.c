/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several processes that take operands from one counter. Each catches what it
 * prints in memory and sends it when it is whole: a killed one leaves no part of
 * a verdict behind. Shares nothing but the counter; no threads, no locks.
 */
#include "host/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

#include "built.h"
#include "host/buf.h"
#include "host/file.h"
#include "host/open.h"

/* Before what was printed: an answer as it is sent. */
struct head {
	size_t i;
	size_t out, err;	/* octets printed */
	enum dv_exit exit;
};

struct worker {
	pid_t pid;
	int fd;			/* -1: it sends no more */
	bool waiting;		/* head is that of its next answer */
	struct head head;
};

struct crew {
	const struct dv_jobs *jobs;
	atomic_size_t *next;	/* shared: the operand to be taken next */
	struct worker worker[DV_JOBS_MAX];
	size_t count;
	struct dv_buf printed;
};

/* ---- in a worker ---- */

/* From now on what is printed there stays in memory. */
static bool
catch_printed(int fd)
{
	int memory = memfd_create("printed", MFD_CLOEXEC);

	return memory != -1 && dup2(memory, fd) == fd && close(memory) == 0;
}

static bool
send_head(int to, const struct head *head)
{
	/* Smaller than PIPE_BUF: all of it or nothing. */
	return write(to, head, sizeof(*head)) == (ssize_t)sizeof(*head);
}

/* Sends what was caught, and begins anew. */
static bool
send_printed(int to, int fd, size_t len)
{
	off_t from = 0;

	while ((size_t)from < len) {
		if (sendfile(to, fd, &from, len - (size_t)from) <= 0)
			return false;
	}
	return len == 0 || (ftruncate(fd, 0) == 0 &&
	    lseek(fd, 0, SEEK_SET) == 0);
}

static bool
answer(const struct dv_jobs *jobs, int to, size_t i)
{
	struct head head = { .i = i, .exit = jobs->ask(jobs->context, i) };
	off_t out, err;

	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		return false;
	out = lseek(STDOUT_FILENO, 0, SEEK_CUR);
	err = lseek(STDERR_FILENO, 0, SEEK_CUR);
	if (out < 0 || err < 0)
		return false;
	head.out = (size_t)out;
	head.err = (size_t)err;
	return send_head(to, &head) &&
	    send_printed(to, STDOUT_FILENO, head.out) &&
	    send_printed(to, STDERR_FILENO, head.err);
}

/* What it cannot send is lost, and its end tells so. */
static _Noreturn void
work(const struct crew *crew, int to)
{
	const struct dv_jobs *jobs = crew->jobs;
	bool well = catch_printed(STDOUT_FILENO) &&
	    catch_printed(STDERR_FILENO);
	size_t i;

	while (well && (i = atomic_fetch_add(crew->next, 1)) < jobs->count)
		well = answer(jobs, to, i);
	_exit(well ? 0 : 1);
}

/* ---- in the process that asked for them ---- */

static void
worker_begin(const struct crew *crew, pid_t parent, int to)
{
	/* Nobody is left to read what an orphan would say. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(1);
	/* Otherwise a pipe would stay open when its reader is gone. */
	for (size_t n = 0; n < crew->count; n++)
		(void)close(crew->worker[n].fd);
	work(crew, to);
}

static bool
worker_start(struct crew *crew)
{
	struct worker *w = &crew->worker[crew->count];
	const pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	w->pid = fork();
	if (w->pid == 0) {
		(void)close(ends[0]);
		worker_begin(crew, parent, ends[1]);
	}
	(void)close(ends[1]);
	if (w->pid == -1) {
		(void)close(ends[0]);
		return false;
	}
	w->fd = ends[0];
	crew->count++;
	return true;
}

/* It sends no more, or nothing that could be used: it ends when it tries. */
static void
worker_drop(struct worker *w)
{
	(void)close(w->fd);
	w->fd = -1;
	w->waiting = false;
}

/* False: the end came before. */
static bool
read_whole(int fd, void *to, size_t len)
{
	uint8_t *p = to;
	ssize_t n;

	for (; len > 0; p += n, len -= (size_t)n) {
		n = dv_read_some(fd, p, len);
		if (n <= 0)
			return false;
	}
	return true;
}

static void
read_head(struct worker *w)
{
	w->waiting = read_whole(w->fd, &w->head, sizeof(w->head));
	if (!w->waiting)
		worker_drop(w);
}

/* Reads a head from each that has something to say; false: none will have. */
static bool
wait_heads(struct crew *crew)
{
	struct pollfd ask[DV_JOBS_MAX];
	size_t open = 0;

	for (size_t n = 0; n < crew->count; n++) {
		const struct worker *w = &crew->worker[n];

		ask[n] = (struct pollfd){ .fd = w->waiting ? -1 : w->fd,
		    .events = POLLIN };
		open += ask[n].fd != -1;
	}
	if (open == 0)
		return false;
	if (poll(ask, (nfds_t)crew->count, -1) == -1)
		return errno == EINTR;
	for (size_t n = 0; n < crew->count; n++) {
		if (ask[n].fd != -1 && ask[n].revents != 0)
			read_head(&crew->worker[n]);
	}
	return true;
}

/*
 * The worker that sends the answer about the i-th; NULL: nobody does. Answers
 * before it are all read, so its worker is not kept waiting by others.
 */
static struct worker *
worker_of(struct crew *crew, size_t i)
{
	do {
		for (size_t n = 0; n < crew->count; n++) {
			if (crew->worker[n].waiting &&
			    crew->worker[n].head.i == i)
				return &crew->worker[n];
		}
	} while (wait_heads(crew));
	return NULL;
}

static bool
read_answer(struct crew *crew, struct worker *w)
{
	const struct head *head = &w->head;
	struct dv_buf *printed = &crew->printed;

	w->waiting = false;
	printed->len = 0;
	if (head->exit > DV_EXIT_NONE || head->out > SIZE_MAX / 4 ||
	    head->err > SIZE_MAX / 4 ||
	    !dv_buf_reserve(printed, head->out + head->err + 1) ||
	    !read_whole(w->fd, printed->ptr, head->out + head->err))
		return false;
	(void)fwrite(printed->ptr, 1, head->out, stdout);
	(void)fwrite(printed->ptr + head->out, 1, head->err, stderr);
	return true;
}

static enum dv_exit
hear(struct crew *crew, size_t i)
{
	struct worker *w = worker_of(crew, i);

	if (w != NULL && read_answer(crew, w))
		return w->head.exit;
	if (w != NULL)
		worker_drop(w);
	crew->jobs->lost(crew->jobs->context, i);
	return DV_EXIT_NONE;
}

static void
crew_end(struct crew *crew)
{
	for (size_t n = 0; n < crew->count; n++) {
		if (crew->worker[n].fd != -1)
			worker_drop(&crew->worker[n]);
		while (waitpid(crew->worker[n].pid, NULL, 0) == -1 &&
		    errno == EINTR)
			;
	}
	dv_buf_free(&crew->printed);
}

static enum dv_exit
alone(const struct dv_jobs *jobs)
{
	enum dv_exit largest = DV_EXIT_YES, exit;

	for (size_t i = 0; i < jobs->count; i++) {
		exit = jobs->ask(jobs->context, i);
		if (exit > largest)
			largest = exit;
	}
	return largest;
}

static enum dv_exit
together(struct crew *crew)
{
	const struct dv_jobs *jobs = crew->jobs;
	enum dv_exit largest = DV_EXIT_YES, exit;

	/* What waits to be printed would be printed by each of them. */
	(void)fflush(stdout);
	while (crew->count < jobs->at_once && crew->count < jobs->count &&
	    worker_start(crew))
		;
	/* No other process is to be had: this one can do it all. */
	if (crew->count == 0)
		return alone(jobs);
	for (size_t i = 0; i < jobs->count; i++) {
		exit = hear(crew, i);
		if (exit > largest)
			largest = exit;
	}
	crew_end(crew);
	return largest;
}

enum dv_exit
dv_jobs_run(const struct dv_jobs *jobs)
{
	struct crew crew = { .jobs = jobs };
	enum dv_exit exit;

	if (!DV_HAS_LISTS || jobs->at_once == 1 || jobs->count < 2)
		return alone(jobs);
	crew.next = mmap(NULL, sizeof(*crew.next), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crew.next == MAP_FAILED)
		return alone(jobs);
	exit = together(&crew);
	(void)munmap(crew.next, sizeof(*crew.next));
	return exit;
}
