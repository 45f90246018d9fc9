/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transcript of a CA's ceremonies: text that only grows, durable before
 * what it tells of goes on. It never holds a secret. docs/CEREMONY.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pki_ca.h"

static bool
write_all(int fd, struct dv_bytes bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

/* A run that was cut off may have left half a line. */
static bool
end_line(int fd)
{
	struct stat st;
	char last = '\n';

	if (fstat(fd, &st) != 0 || (st.st_size > 0 &&
	    pread(fd, &last, 1, st.st_size - 1) != 1))
		return false;
	return last == '\n' || write_all(fd, (struct dv_bytes){
	    (const uint8_t *)"\n", 1 });
}

static bool
sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

static bool
is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid() && st.st_nlink == 1 &&
	    (st.st_mode & 077) == 0;
}

enum dv_exit
pki_transcript_add(const char *dir, struct dv_bytes text, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	int fd;
	bool ours, ok;
	enum dv_exit exit = dv_path_join(path, dir, PKI_CA_TRANSCRIPT, err);

	if (exit != DV_EXIT_YES)
		return exit;
	fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return dv_fail(err, DV_EXIT_NONE, "%s: %s", path,
		    strerror(errno));
	ours = is_ours(fd);
	ok = ours && flock(fd, LOCK_EX) == 0 && end_line(fd) &&
	    write_all(fd, text) && fsync(fd) == 0 && sync_dir(dir);
	if (!ours)
		exit = dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: not a "
		    "file that is yours alone", path), "chmod 600 %s", path);
	else if (!ok)
		exit = dv_fail(err, DV_EXIT_NONE, "%s: %s; nothing is signed "
		    "without a transcript", path, strerror(errno));
	(void)close(fd);
	return exit;
}
