/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files for programs: bounded reads, atomic durable writes, streamed hashing,
 * permission checks. Every error names the path and what to do.
 */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <sys/types.h>

#include "dv_hash.h"
#include "host/buf.h"
#include "host/err.h"

/* Largest text or certificate file a tool reads into memory. */
#define DV_FILE_MAX (4u << 20)
#define DV_FILE_MAX_CRLS (96u << 20)	/* DV_MAX_CRL as PEM */
#define DV_FILE_MAX_ENVELOPE (18u << 20)	/* DV_MAX_ATTACHED and more */

/*
 * Reads a whole regular file or pipe, at most max octets ("-": standard
 * input). Appends to *out, which the caller frees also on failure.
 */
DV_MUST_USE enum dv_exit dv_file_read(const char *path, size_t max,
    struct dv_buf *out, struct dv_err *err);

/* As above for secrets: refuses a file that group or others can read, a link,
 * or one that is not ours (owner neither us nor root). */
DV_MUST_USE enum dv_exit dv_file_read_secret(const char *path, size_t max,
    struct dv_buf *out, struct dv_err *err);

struct dv_file_new {
	const char *path;	/* "-": standard output */
	mode_t mode;		/* 0644, 0600 for secrets */
	bool replace;		/* false: an existing file is an error */
};

/*
 * Writes so that after a power cut the path holds either the old contents or
 * all of the new: temporary file beside it, fsync, rename (or link when an
 * existing file must not be replaced), fsync of the directory.
 */
DV_MUST_USE enum dv_exit dv_file_write(const struct dv_file_new *file,
    struct dv_bytes bytes, struct dv_err *err);

/* A new directory 0700, durable. An existing one is an error. */
DV_MUST_USE enum dv_exit dv_dir_make(const char *path, struct dv_err *err);

/* Refuses a directory that others may write or that is not ours. */
DV_MUST_USE enum dv_exit dv_dir_check(const char *path, struct dv_err *err);

/* path = dir "/" name; an error when it does not fit. */
#define DV_PATH_MAX 4096
DV_MUST_USE enum dv_exit dv_path_join(char out[DV_PATH_MAX], const char *dir,
    const char *name, struct dv_err *err);

/*
 * A file being written: nothing has the name before dv_file_commit(), which
 * is as durable as dv_file_write(). "-" is no such file. What was begun must be
 * ended by dv_file_commit() or dv_file_abort().
 */
struct dv_file_part {
	struct dv_file_new file;
	int fd;			/* -1: ended */
	char dir[DV_PATH_MAX];	/* of the target, "." when it has none */
	char path[DV_PATH_MAX];
};
DV_MUST_USE enum dv_exit dv_file_begin(struct dv_file_part *part,
    const struct dv_file_new *file, struct dv_err *err);
DV_MUST_USE enum dv_exit dv_file_add(const struct dv_file_part *part,
    struct dv_bytes bytes, struct dv_err *err);
DV_MUST_USE enum dv_exit dv_file_commit(struct dv_file_part *part,
    struct dv_err *err);
void dv_file_abort(struct dv_file_part *part);

/*
 * Gives a file of any size ("-": standard input) to take(), in order and in
 * fixed memory. Shows progress on a terminal's standard error. When take()
 * returns another status, reading ends with it. A regular file whose size or
 * times change meanwhile, or that is no longer the one at the path, is an
 * error: what was read never existed. *size: octets read.
 */
typedef enum dv_exit dv_file_taker(void *context, struct dv_bytes bytes,
    struct dv_err *err);
DV_MUST_USE enum dv_exit dv_file_stream(const char *path, dv_file_taker *take,
    void *context, uint64_t *size, struct dv_err *err);

/* Hashes a file, read as by dv_file_stream(). */
struct dv_file_digest {
	uint8_t digest[DV_MAX_DIGEST];
	size_t len;
	uint64_t size;		/* octets read */
};
DV_MUST_USE enum dv_exit dv_file_hash(const char *path, enum dv_hash_id hash,
    struct dv_file_digest *out, struct dv_err *err);

/* The same of an open file; the name is for people. Whether it still has that
 * name is the caller's to see. */
DV_MUST_USE enum dv_exit dv_fd_hash(int fd, const char *name,
    enum dv_hash_id hash, struct dv_file_digest *out, struct dv_err *err);

#endif
