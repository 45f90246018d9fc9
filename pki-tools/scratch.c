/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files as memory: a nameless one to write, and existing ones to read. What is
 * seen is the kernel's cache of the file, so that little memory is ours.
 */
#include "scratch.h"

#include <fcntl.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"
#include "host/open.h"

enum dv_exit
pki_scratch_open(struct pki_scratch *s, const char *dir, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, dir, ".XXXXXX.tmp", err);

	s->fd = -1;
	s->len = s->used = s->map_len = 0;
	s->map = NULL;
	if (exit != DV_EXIT_YES)
		return exit;
	s->fd = mkostemps(path, (int)strlen(".tmp"), O_CLOEXEC);
	if (s->fd < 0)
		return dv_fail_errno(err, dir, "create a file in it");
	(void)unlink(path);
	return exit;
}

static void
unsee(struct pki_scratch *s)
{
	if (s->map != NULL)
		(void)munmap(s->map, s->map_len);
	s->map = NULL;
}

static enum dv_exit
flush(struct pki_scratch *s, struct dv_err *err)
{
	for (size_t done = 0; done < s->used;) {
		ssize_t n = write(s->fd, s->buffer + done, s->used - done);

		if (n <= 0)
			return dv_fail_errno(err, "scratch file", "write");
		done += (size_t)n;
	}
	s->used = 0;
	return DV_EXIT_YES;
}

enum dv_exit
pki_scratch_add(struct pki_scratch *s, struct dv_bytes bytes,
    struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	size_t part;

	while (bytes.len > 0 && exit == DV_EXIT_YES) {
		part = sizeof(s->buffer) - s->used;
		if (part > bytes.len)
			part = bytes.len;
		memcpy(s->buffer + s->used, bytes.ptr, part);
		s->used += part;
		s->len += part;
		bytes.ptr += part;
		bytes.len -= part;
		if (s->used == sizeof(s->buffer))
			exit = flush(s, err);
	}
	return exit;
}

enum dv_exit
pki_scratch_see(struct pki_scratch *s, uint8_t **out, struct dv_err *err)
{
	enum dv_exit exit = flush(s, err);
	void *map;

	unsee(s);
	if (exit != DV_EXIT_YES)
		return exit;
	map = mmap(NULL, s->len, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	if (map == MAP_FAILED)
		return dv_fail_errno(err, "scratch file", "map");
	*out = s->map = map;
	s->map_len = s->len;
	return exit;
}

void
pki_scratch_close(struct pki_scratch *s)
{
	unsee(s);
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

static enum dv_exit
map_open(const char *path, int fd, struct dv_bytes *out, struct dv_err *err)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) != 0)
		return dv_fail_errno(err, path, "look at");
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return dv_fail(err, DV_EXIT_NONE, "%s: is %s", path,
		    S_ISREG(st.st_mode) ? "empty" : "not a regular file");
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return dv_fail_errno(err, path, "map");
	*out = (struct dv_bytes){ map, (size_t)st.st_size };
	return DV_EXIT_YES;
}

enum dv_exit
pki_map_file(const char *path, struct dv_bytes *out, struct dv_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum dv_exit exit;

	*out = (struct dv_bytes){ NULL, 0 };
	if (fd < 0)
		return dv_fail_errno(err, path, "open");
	exit = map_open(path, fd, out, err);
	(void)close(fd);
	return exit;
}

void
pki_map_end(struct dv_bytes *map)
{
	if (map->len > 0)
		(void)munmap((void *)(uintptr_t)map->ptr, map->len);
	*map = (struct dv_bytes){ NULL, 0 };
}
