/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading and hashing files, and checks of what may be trusted. Every read is
 * bounded; nothing is opened for writing here (newfile.c does that).
 */
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "host/open.h"
#include "host/progress.h"

#define READ_STEP (64u * 1024)
#define READ_FIRST 4096u		/* more than most certificates and requests */

bool
dv_is_stdio(const char *path)
{
	return strcmp(path, "-") == 0;
}

static const char *
shown(const char *path)
{
	return dv_is_stdio(path) ? "standard input" : path;
}

/* The words for errno that people can act on. */
static const char *
errno_hint(int number)
{
	switch (number) {
	case ENOENT:
		return "check the name; nothing is there";
	case EACCES:
	case EPERM:
		return "check who owns it and who may read or write it";
	case EMFILE:
	case ENFILE:
		return "close other programs' files and run again";
	case EIO:
		return "the disk or its cable may be failing";
	case ELOOP:
		return "a secret is not read through a link; name the file";
	case EROFS:
		return "the file system is mounted read-only";
	default:
		return "";
	}
}

enum dv_exit
dv_fail_errno(struct dv_err *err, const char *path, const char *cannot)
{
	int number = errno;

	return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: cannot %s: %s",
	    path, cannot, strerror(number)), "%s", errno_hint(number));
}

enum dv_exit
dv_fail_in(struct dv_err *err, enum dv_exit exit, const char *path)
{
	char hint[sizeof(err->hint)];

	memcpy(hint, err->hint, sizeof(hint));
	return dv_hint(err, dv_fail(err, exit, "%s: %s", path, err->what),
	    "%s", hint);
}

/* Opens for reading; *fd is -1 on failure, 0 for "-". */
static enum dv_exit
open_read(const char *path, int flags, int *fd, struct dv_err *err)
{
	struct stat st;

	*fd = STDIN_FILENO;
	if (dv_is_stdio(path))
		return DV_EXIT_YES;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
	if (*fd == -1)
		return dv_fail_errno(err, path, "open");
	if (fstat(*fd, &st) == 0 && !S_ISDIR(st.st_mode))
		return DV_EXIT_YES;
	(void)close(*fd);
	*fd = -1;
	return dv_fail(err, DV_EXIT_NONE, "%s: is a directory, wanted a file",
	    path);
}

static void
close_read(int fd)
{
	if (fd != -1 && fd != STDIN_FILENO)
		(void)close(fd);
}

ssize_t
dv_read_some(int fd, void *to, size_t len)
{
	ssize_t n;

	do
		n = read(fd, to, len);
	while (n == -1 && errno == EINTR);
	return n;
}

/* Appends everything up to the end of file, at most max octets; room for more
 * grows with what there is. */
static enum dv_exit
read_all(int fd, size_t max, struct dv_buf *out, struct dv_err *err)
{
	size_t total = 0, room;
	ssize_t n;

	for (;;) {
		if (out->len == out->cap && !dv_buf_reserve(out, READ_FIRST))
			return dv_fail(err, DV_EXIT_NONE, "memory is short");
		/* One octet more than allowed tells "too large" from "all". */
		room = out->cap - out->len;
		if (room > max - total)
			room = max - total + 1;
		n = dv_read_some(fd, out->ptr + out->len, room);
		if (n == -1)
			return dv_fail(err, DV_EXIT_NONE, "cannot read: %s",
			    strerror(errno));
		if (n == 0)
			return DV_EXIT_YES;
		if ((size_t)n > max - total)
			return dv_fail(err, DV_EXIT_NONE,
			    "is larger than %zu bytes", max);
		total += (size_t)n;
		out->len += (size_t)n;
	}
}

static enum dv_exit
read_named(const char *path, int fd, size_t max, struct dv_buf *out,
    struct dv_err *err)
{
	enum dv_exit exit = read_all(fd, max, out, err);

	close_read(fd);
	if (exit != DV_EXIT_YES)
		return dv_fail_in(err, exit, shown(path));
	return DV_EXIT_YES;
}

enum dv_exit
dv_file_read(const char *path, size_t max, struct dv_buf *out,
    struct dv_err *err)
{
	int fd;
	enum dv_exit exit = open_read(path, 0, &fd, err);

	if (exit != DV_EXIT_YES)
		return exit;
	return read_named(path, fd, max, out, err);
}

/* Who owns it may change it: it must be us or root. */
static enum dv_exit
check_owner(const char *path, const struct stat *st, struct dv_err *err)
{
	if (st->st_uid == geteuid() || st->st_uid == 0)
		return DV_EXIT_YES;
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE,
	    "%s: belongs to user %lu, not to you or root", path,
	    (unsigned long)st->st_uid), "chown it to yourself");
}

static enum dv_exit
check_secret(const char *path, int fd, struct dv_err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return dv_fail_errno(err, path, "look at");
	if (!S_ISREG(st.st_mode))
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: is not a regular file, so it may not hold a secret",
		    path);
	if (check_owner(path, &st, err) != DV_EXIT_YES)
		return DV_EXIT_NONE;
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return DV_EXIT_YES;
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE,
	    "%s: others than its owner may use this secret (mode %04o)", path,
	    (unsigned)(st.st_mode & 07777)),
	    "chmod 0600 it, and think about who may have read it");
}

enum dv_exit
dv_file_read_secret(const char *path, size_t max, struct dv_buf *out,
    struct dv_err *err)
{
	enum dv_exit exit;
	int fd;

	if (dv_is_stdio(path))
		return dv_file_read(path, max, out, err);
	/* O_NONBLOCK: a pipe put there must not make us wait for ever. */
	exit = open_read(path, O_NOFOLLOW | O_NONBLOCK, &fd, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = check_secret(path, fd, err);
	if (exit == DV_EXIT_YES)
		return read_named(path, fd, max, out, err);
	close_read(fd);
	return exit;
}

enum dv_exit
dv_dir_check(const char *path, struct dv_err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return dv_fail_errno(err, path, "look at");
	if (!S_ISDIR(st.st_mode))
		return dv_fail(err, DV_EXIT_NONE, "%s: is not a directory",
		    path);
	if (check_owner(path, &st, err) != DV_EXIT_YES)
		return DV_EXIT_NONE;
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return DV_EXIT_YES;
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE,
	    "%s: others than its owner may write there (mode %04o)", path,
	    (unsigned)(st.st_mode & 07777)),
	    "chmod 0700 it, and check what is in it");
}

enum dv_exit
dv_path_join(char out[DV_PATH_MAX], const char *dir, const char *name,
    struct dv_err *err)
{
	size_t len = strlen(dir);
	const char *slash = len > 0 && dir[len - 1] == '/' ? "" : "/";
	int n = snprintf(out, DV_PATH_MAX, "%s%s%s", dir, slash, name);

	if (n >= 0 && n < DV_PATH_MAX)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE, "%.64s...: the path is too long",
	    dir);
}

/* Octets to come, for progress; 0 when that cannot be known. */
static uint64_t
size_of(int fd, const struct stat *st)
{
	off_t end = 0;

	if (S_ISREG(st->st_mode))
		end = st->st_size;
	if (S_ISBLK(st->st_mode)) {
		end = lseek(fd, 0, SEEK_END);
		(void)lseek(fd, 0, SEEK_SET);
	}
	return end > 0 ? (uint64_t)end : 0;
}

static enum dv_exit
hash_stream(int fd, struct dv_hash *hash, struct dv_progress *progress,
    uint64_t *size, struct dv_err *err)
{
	uint8_t step[READ_STEP];
	ssize_t n;

	*size = 0;
	while ((n = dv_read_some(fd, step, sizeof(step))) > 0) {
		dv_hash_update(hash, (struct dv_bytes){ step, (size_t)n });
		*size += (uint64_t)n;
		dv_progress_at(progress, *size);
	}
	if (n == 0)
		return DV_EXIT_YES;
	return dv_fail_errno(err, progress->what, "read");
}

static bool
same_instant(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Did anybody write to it while it was read? Only regular files can tell. */
static bool
changed(int fd, const struct stat *before, uint64_t size)
{
	struct stat after;

	if (!S_ISREG(before->st_mode))
		return false;
	return fstat(fd, &after) != 0 || after.st_ino != before->st_ino ||
	    after.st_size != before->st_size ||
	    (uint64_t)after.st_size != size ||
	    !same_instant(&after.st_mtim, &before->st_mtim) ||
	    !same_instant(&after.st_ctim, &before->st_ctim);
}

static enum dv_exit
hash_open(const char *name, int fd, enum dv_hash_id id,
    struct dv_file_digest *out, struct dv_err *err)
{
	struct dv_progress progress = { .what = name, .unit = "MB",
	    .per_unit = 1000000 };
	struct dv_hash hash;
	struct stat before;
	enum dv_exit exit;

	if (fstat(fd, &before) != 0)
		return dv_fail_errno(err, name, "look at");
	if (!dv_hash_start(&hash, id))
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: this build cannot compute %s", name,
		    dv_hash_name(id));
	progress.total = size_of(fd, &before);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	dv_progress_start(&progress);
	exit = hash_stream(fd, &hash, &progress, &out->size, err);
	dv_progress_end(&progress);
	out->len = dv_hash_finish(&hash, out->digest);
	if (exit != DV_EXIT_YES)
		return exit;
	if (changed(fd, &before, out->size)) {
		return dv_hint(err, dv_fail(err, DV_EXIT_NONE,
		    "%s: changed while it was read", name),
		    "run again when nothing writes to it");
	}
	if (out->len != dv_hash_size(id) || out->len == 0)
		return dv_fail(err, DV_EXIT_NONE, "%s: hashing failed", name);
	return DV_EXIT_YES;
}

enum dv_exit
dv_file_hash(const char *path, enum dv_hash_id hash,
    struct dv_file_digest *out, struct dv_err *err)
{
	enum dv_exit exit;
	int fd;

	*out = (struct dv_file_digest){ .len = 0 };
	exit = open_read(path, 0, &fd, err);
	if (exit == DV_EXIT_YES)
		exit = hash_open(shown(path), fd, hash, out, err);
	close_read(fd);
	if (exit != DV_EXIT_YES)
		*out = (struct dv_file_digest){ .len = 0 };
	return exit;
}
