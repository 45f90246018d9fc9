/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files that call the system share: words for errno, reads that are
 * not interrupted. For verify/host only.
 */
#ifndef HOST_OPEN_H
#define HOST_OPEN_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "dv_bytes.h"
#include "host/err.h"

/* "-": standard input or output. */
bool dv_is_stdio(const char *path);

/* The path, or "standard input". */
const char *dv_path_shown(const char *path);

/* Opens for reading; *fd is -1 on failure, 0 for "-". */
DV_MUST_USE enum dv_exit dv_open_read(const char *path, int flags, int *fd,
    struct dv_err *err);
void dv_close_read(int fd);

/* "PATH: cannot WHAT: errno's words", DV_EXIT_NONE, a hint if there is one. */
DV_MUST_USE enum dv_exit dv_fail_errno(struct dv_err *err, const char *path,
    const char *cannot);

/* Puts "PATH: " before what an inner function said; the hint stays. */
DV_MUST_USE enum dv_exit dv_fail_in(struct dv_err *err, enum dv_exit exit,
    const char *path);

/* "PATH...: the path is too long" for a buffer of DV_PATH_MAX. */
DV_MUST_USE enum dv_exit dv_fail_long(struct dv_err *err, const char *path);

/* One file at two places or times? */
static inline bool
dv_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static inline bool
dv_same_instant(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Nobody wrote to it in between, as far as a regular file can tell. */
static inline bool
dv_same_contents(const struct stat *before, const struct stat *after)
{
	return after->st_size == before->st_size &&
	    dv_same_instant(&after->st_mtim, &before->st_mtim) &&
	    dv_same_instant(&after->st_ctim, &before->st_ctim);
}

/* read(2), begun again after a signal. */
DV_MUST_USE ssize_t dv_read_some(int fd, void *to, size_t len);

/* write(2) until all is written, begun again after a signal; false: errno. */
DV_MUST_USE bool dv_write_all(int fd, struct dv_bytes bytes);

#endif
