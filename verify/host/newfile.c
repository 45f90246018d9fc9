/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making files and directories that survive a power cut: whole or not at all.
 * Never writes into an existing file, never follows a link at the target.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/file.h"
#include "host/open.h"

/* linux/fs.h; musl's headers lack it. */
#define NOREPLACE 1u

/* Errors of writing say that the target is as it was. */
static enum dv_exit
fail_write(struct dv_err *err, const char *path, const char *cannot)
{
	int number = errno;
	enum dv_exit exit = dv_fail_errno(err, path, cannot);

	if (number == ENOSPC || number == EDQUOT || number == EFBIG)
		return dv_hint(err, exit, "disk full: free space and run "
		    "again; %s was not changed", path);
	return exit;
}

static enum dv_exit
fail_exists(struct dv_err *err, const char *path)
{
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: exists already", path),
	    "it was not changed: choose another name or move it away");
}

bool
dv_write_all(int fd, struct dv_bytes bytes)
{
	ssize_t n;

	while (bytes.len > 0) {
		n = write(fd, bytes.ptr, bytes.len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? ENOSPC : errno;
			return false;
		}
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

static enum dv_exit
write_stdout(struct dv_bytes bytes, struct dv_err *err)
{
	if (fflush(stdout) == 0 && dv_write_all(STDOUT_FILENO, bytes))
		return DV_EXIT_YES;
	return dv_fail_errno(err, "standard output", "write");
}

/* A device or link named by mistake must not be replaced by a file. */
static enum dv_exit
check_target(const struct dv_file_new *file, struct dv_err *err)
{
	struct stat st;

	if (lstat(file->path, &st) != 0)
		return errno == ENOENT ? DV_EXIT_YES :
		    dv_fail_errno(err, file->path, "look at");
	if (!file->replace)
		return fail_exists(err, file->path);
	if (S_ISREG(st.st_mode))
		return DV_EXIT_YES;
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE,
	    "%s: is there and is not a regular file", file->path),
	    "name a file, or - for standard output");
}

/* Cut when it is too long; then so is the name of a file in it. */
static void
dir_of(const char *path, char out[DV_PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	const size_t len = slash == NULL || slash == path ? 1 :
	    (size_t)(slash - path);

	(void)snprintf(out, DV_PATH_MAX, "%.*s", (int)len,
	    slash == NULL ? "." : path);
}

static enum dv_exit
temporary_open(struct dv_file_part *t, struct dv_err *err)
{
	const struct dv_file_new *file = &t->file;
	uint64_t suffix;
	int n;

	dir_of(file->path, t->dir);
	if (getrandom(&suffix, sizeof(suffix), 0) != sizeof(suffix))
		return dv_fail_errno(err, file->path, "get random bytes for");
	n = snprintf(t->path, DV_PATH_MAX, "%s/.%016llx.tmp", t->dir,
	    (unsigned long long)suffix);
	if (n < 0 || n >= DV_PATH_MAX)
		return dv_fail_long(err, t->dir);
	t->fd = open(t->path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, file->mode);
	return t->fd != -1 ? DV_EXIT_YES :
	    fail_write(err, file->path, "create");
}

/* Gives the file its name, which must be free. */
static bool
publish_new(const char *from, const char *to)
{
	if (link(from, to) == 0) {
		(void)unlink(from);
		return true;
	}
	if (errno == EEXIST)
		return false;
	/* FAT and some network file systems have no links. */
	return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to,
	    NOREPLACE) == 0;
}

static enum dv_exit
publish(const struct dv_file_part *t, struct dv_err *err)
{
	const struct dv_file_new *file = &t->file;

	if (file->replace ? rename(t->path, file->path) == 0 :
	    publish_new(t->path, file->path))
		return DV_EXIT_YES;
	if (errno == EEXIST)
		return fail_exists(err, file->path);
	return fail_write(err, file->path, "put in place");
}

/* Makes the names in a directory durable. */
static enum dv_exit
sync_dir(const char *path, struct dv_err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum dv_exit exit = DV_EXIT_YES;

	if (fd == -1)
		return dv_fail_errno(err, path, "open");
	/* EINVAL: this file system does not sync directories. */
	if (fsync(fd) != 0 && errno != EINVAL)
		exit = dv_fail_errno(err, path, "make durable");
	(void)close(fd);
	return exit;
}

enum dv_exit
dv_file_begin(struct dv_file_part *part, const struct dv_file_new *file,
    struct dv_err *err)
{
	enum dv_exit exit = check_target(file, err);

	part->file = *file;
	part->fd = -1;
	return exit == DV_EXIT_YES ? temporary_open(part, err) : exit;
}

enum dv_exit
dv_file_add(const struct dv_file_part *part, struct dv_bytes bytes,
    struct dv_err *err)
{
	return dv_write_all(part->fd, bytes) ? DV_EXIT_YES :
	    fail_write(err, part->file.path, "write");
}

enum dv_exit
dv_file_commit(struct dv_file_part *part, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	if (fsync(part->fd) != 0)
		exit = fail_write(err, part->file.path, "write");
	if (close(part->fd) != 0 && exit == DV_EXIT_YES)
		exit = fail_write(err, part->file.path, "write");
	part->fd = -1;
	if (exit == DV_EXIT_YES)
		exit = publish(part, err);
	if (exit == DV_EXIT_YES)
		return sync_dir(part->dir, err);
	(void)unlink(part->path);
	return exit;
}

void
dv_file_abort(struct dv_file_part *part)
{
	if (part->fd == -1)
		return;
	(void)close(part->fd);
	(void)unlink(part->path);
	part->fd = -1;
}

enum dv_exit
dv_file_write(const struct dv_file_new *file, struct dv_bytes bytes,
    struct dv_err *err)
{
	struct dv_file_part part;
	enum dv_exit exit;

	if (dv_is_stdio(file->path))
		return write_stdout(bytes, err);
	exit = dv_file_begin(&part, file, err);
	if (exit == DV_EXIT_YES)
		exit = dv_file_add(&part, bytes, err);
	if (exit == DV_EXIT_YES)
		return dv_file_commit(&part, err);
	dv_file_abort(&part);
	return exit;
}

enum dv_exit
dv_dir_make(const char *path, struct dv_err *err)
{
	char bare[DV_PATH_MAX], dir[DV_PATH_MAX];
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len >= sizeof(bare))
		return dv_fail_long(err, path);
	memcpy(bare, path, len);
	bare[len] = '\0';
	dir_of(bare, dir);
	if (mkdir(bare, 0700) != 0)
		return errno == EEXIST ? fail_exists(err, path) :
		    fail_write(err, path, "create");
	return sync_dir(dir, err);
}
