/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading files, and checks of what may be trusted. Every read is bounded;
 * nothing is opened for writing here (newfile.c does that).
 */
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/open.h"

#define READ_STEP (64u * 1024)
#define READ_FIRST 4096u		/* more than most certificates and requests */

bool
dv_is_stdio(const char *path)
{
	return strcmp(path, "-") == 0;
}

const char *
dv_path_shown(const char *path)
{
	return dv_is_stdio(path) ? "standard input" : path;
}

/* The words for errno that people can act on. */
static const struct { int number; const char *hint; } hints[] = {
	{ ENOENT, "check the name; nothing is there" },
	{ EACCES, "check who owns it and who may read or write it" },
	{ EPERM, "check who owns it and who may read or write it" },
	{ EMFILE, "close other programs' files and run again" },
	{ ENFILE, "close other programs' files and run again" },
	{ EIO, "the disk or its cable may be failing" },
	{ ELOOP, "a secret is not read through a link; name the file" },
	{ EROFS, "the file system is mounted read-only" },
};

static const char *
errno_hint(int number)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (hints[i].number == number)
			return hints[i].hint;
	}
	return "";
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

enum dv_exit
dv_fail_long(struct dv_err *err, const char *path)
{
	return dv_fail(err, DV_EXIT_NONE, "%.64s...: the path is too long",
	    path);
}

enum dv_exit
dv_open_read(const char *path, int flags, int *fd, struct dv_err *err)
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

void
dv_close_read(int fd)
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

	dv_close_read(fd);
	if (exit != DV_EXIT_YES)
		return dv_fail_in(err, exit, dv_path_shown(path));
	return DV_EXIT_YES;
}

enum dv_exit
dv_file_read(const char *path, size_t max, struct dv_buf *out,
    struct dv_err *err)
{
	int fd;
	enum dv_exit exit = dv_open_read(path, 0, &fd, err);

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
	exit = dv_open_read(path, O_NOFOLLOW | O_NONBLOCK, &fd, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = check_secret(path, fd, err);
	if (exit == DV_EXIT_YES)
		return read_named(path, fd, max, out, err);
	dv_close_read(fd);
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
	return dv_fail_long(err, dir);
}
