/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of any size as a stream through fixed memory, by read(2) alone, never
 * by a mapping: a file that is cut while it is read must not end the program.
 * What changed meanwhile is noticed and is an error, never a digest.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/ahead.h"
#include "host/file.h"
#include "host/open.h"
#include "host/progress.h"

/* From here on a second thread pays. */
#define LARGE (8u << 20)

/* A program that is to be small has one thread, and less memory to read into. */
#ifdef DV_ONE_THREAD
#define MAY_READ_AHEAD false
#define READ_STEP (16u * 1024)
#else
#define MAY_READ_AHEAD true
#define READ_STEP (64u * 1024)
#endif

/* One file being read. */
struct stream {
	const char *path;	/* NULL: it came open */
	const char *name;	/* as people see it */
	int fd;
	bool ended;		/* all of it was read */
	bool ahead_of_us;	/* a second thread reads */
	uint64_t size;		/* octets read */
	dv_file_taker *take;
	void *context;
	struct stat before;
	struct dv_ahead ahead;
};

/* Octets to come, for progress; 0 when that cannot be known. */
static uint64_t
size_of(const struct stream *s)
{
	off_t end = 0;

	if (S_ISREG(s->before.st_mode))
		end = s->before.st_size;
	if (S_ISBLK(s->before.st_mode)) {
		end = lseek(s->fd, 0, SEEK_END);
		(void)lseek(s->fd, 0, SEEK_SET);
	}
	return end > 0 ? (uint64_t)end : 0;
}

/* A file that grows as fast as it is read has no end: enough is enough. */
static bool
is_overlong(const struct stream *s)
{
	return S_ISREG(s->before.st_mode) &&
	    s->size > (uint64_t)s->before.st_size;
}

static bool
is_ahead(const struct stream *s)
{
	return MAY_READ_AHEAD && s->ahead_of_us;
}

static enum dv_exit
read_each(struct stream *s, struct dv_progress *progress, struct dv_err *err)
{
	uint8_t step[READ_STEP];
	const uint8_t *at = step;
	enum dv_exit exit;
	ssize_t n;

	while (!is_overlong(s) && (n = is_ahead(s) ?
	    dv_ahead_next(&s->ahead, &at) :
	    dv_read_some(s->fd, step, sizeof(step))) != 0) {
		if (n == -1)
			return dv_fail_errno(err, s->name, "read");
		exit = s->take(s->context,
		    (struct dv_bytes){ at, (size_t)n }, err);
		if (exit != DV_EXIT_YES)
			return exit;
		s->size += (uint64_t)n;
		dv_progress_at(progress, s->size);
	}
	s->ended = true;
	return DV_EXIT_YES;
}

static enum dv_exit
fail_changed(const struct stream *s, const char *how, struct dv_err *err)
{
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE,
	    "%s: %s while it was read", s->name, how),
	    "run again when nothing writes to it");
}

/* Did anybody write to it while it was read? Only regular files can tell. */
static enum dv_exit
check_same(const struct stream *s, struct dv_err *err)
{
	struct stat after, there;

	if (!S_ISREG(s->before.st_mode))
		return DV_EXIT_YES;
	if (fstat(s->fd, &after) != 0)
		return dv_fail_errno(err, s->name, "look at");
	if (!dv_same_contents(&s->before, &after) ||
	    (s->ended && (uint64_t)after.st_size != s->size))
		return fail_changed(s, "changed", err);
	if (s->path != NULL && !dv_is_stdio(s->path) &&
	    (stat(s->path, &there) != 0 || !dv_same_file(&there, &after)))
		return fail_changed(s, "was replaced by another file", err);
	return DV_EXIT_YES;
}

static enum dv_exit
stream_open(struct stream *s, struct dv_err *err)
{
	struct dv_progress progress = { .what = s->name, .unit = "MB",
	    .per_unit = 1000000 };
	enum dv_exit exit, same;

	if (fstat(s->fd, &s->before) != 0)
		return dv_fail_errno(err, s->name, "look at");
	progress.total = size_of(s);
	(void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	s->ahead_of_us = MAY_READ_AHEAD && progress.total >= LARGE &&
	    dv_ahead_start(&s->ahead, s->fd);
	dv_progress_start(&progress);
	exit = read_each(s, &progress, err);
	dv_progress_end(&progress);
	if (is_ahead(s))
		dv_ahead_stop(&s->ahead);
	if (exit != DV_EXIT_YES && exit != DV_EXIT_NO)
		return exit;
	same = check_same(s, err);
	return same == DV_EXIT_YES ? exit : same;
}

enum dv_exit
dv_file_stream(const char *path, dv_file_taker *take, void *context,
    uint64_t *size, struct dv_err *err)
{
	struct stream s = { .path = path, .name = dv_path_shown(path),
	    .take = take, .context = context };
	enum dv_exit exit = dv_open_read(path, 0, &s.fd, err);

	if (exit == DV_EXIT_YES)
		exit = stream_open(&s, err);
	dv_close_read(s.fd);
	*size = s.size;
	return exit;
}

static enum dv_exit
hash_take(void *context, struct dv_bytes bytes, struct dv_err *err)
{
	(void)err;
	dv_hash_update(context, bytes);
	return DV_EXIT_YES;
}

/* Hashes what `s` is to read; the file is open. */
static enum dv_exit
stream_hash(struct stream *s, enum dv_hash_id id, struct dv_file_digest *out,
    struct dv_err *err)
{
	struct dv_hash hash;
	enum dv_exit exit;

	if (!dv_hash_start(&hash, id))
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: this build cannot compute %s", s->name,
		    dv_hash_name(id));
	s->take = hash_take;
	s->context = &hash;
	exit = stream_open(s, err);
	out->size = s->size;
	s->context = NULL;
	out->len = dv_hash_finish(&hash, out->digest);
	if (exit == DV_EXIT_YES &&
	    (out->len != dv_hash_size(id) || out->len == 0))
		exit = dv_fail(err, DV_EXIT_NONE, "%s: hashing failed",
		    s->name);
	if (exit != DV_EXIT_YES)
		*out = (struct dv_file_digest){ .len = 0 };
	return exit;
}

enum dv_exit
dv_fd_hash(int fd, const char *name, enum dv_hash_id id,
    struct dv_file_digest *out, struct dv_err *err)
{
	struct stream s = { .name = name, .fd = fd };

	*out = (struct dv_file_digest){ .len = 0 };
	return stream_hash(&s, id, out, err);
}

enum dv_exit
dv_file_hash(const char *path, enum dv_hash_id id,
    struct dv_file_digest *out, struct dv_err *err)
{
	struct stream s = { .path = path, .name = dv_path_shown(path) };
	enum dv_exit exit = dv_open_read(path, 0, &s.fd, err);

	*out = (struct dv_file_digest){ .len = 0 };
	if (exit == DV_EXIT_YES)
		exit = stream_hash(&s, id, out, err);
	dv_close_read(s.fd);
	return exit;
}
