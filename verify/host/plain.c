/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading and saying by system calls alone. Every descriptor it opens is for
 * reading, and closed before it returns: what is said can never go into a file.
 */
#include "host/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/open.h"
#include "host/text.h"

/* ---- saying ---- */

static struct {
	int fd;
	int failed;		/* errno of the first write that failed */
	size_t len;
	char text[512];
} said;

/* EINTR is no case: no signal has a handler here. */
static void
write_out(void)
{
	const char *at = said.text;
	ssize_t n;

	for (; said.failed == 0 && said.len > 0; at += n, said.len -= (size_t)n) {
		n = write(said.fd, at, said.len);
		if (n <= 0)
			said.failed = n == 0 ? ENOSPC : errno;
	}
	said.len = 0;
}

void
dv_put_on(int fd)
{
	said.fd = fd;
	said.failed = 0;
}

int
dv_put_end(void)
{
	write_out();
	return said.failed;
}

static void
put_octet(char c)
{
	if (said.len == sizeof(said.text))
		write_out();
	said.text[said.len++] = c;
}

void
dv_put(const char *text)
{
	while (*text != '\0')
		put_octet(*text++);
}

void
dv_put_number(uint64_t number)
{
	char room[DV_DECIMAL_MAX];

	dv_put(dv_decimal_text(number, room));
}

void
dv_put_time(dv_time at)
{
	char text[DV_TIME_TEXT];

	dv_time_format(at, text);
	dv_put(text);
}

static void
put_shown(struct dv_bytes text, enum dv_shown how)
{
	char one[DV_SHOWN_MAX];

	while (text.len > 0) {
		const size_t len = dv_shown_next(text, how, one);

		dv_put(one);
		text.ptr += len;
		text.len -= len;
	}
}

void
dv_put_safe(struct dv_bytes text)
{
	put_shown(text, DV_SHOWN_SAFE);
}

void
dv_put_quoted(struct dv_bytes text)
{
	dv_put("\"");
	put_shown(text, DV_SHOWN_QUOTED);
	dv_put("\"");
}

void
dv_put_subject(const char *subject)
{
	put_shown(dv_text_bytes(subject), DV_SHOWN_SUBJECT);
}

/* ---- reading ---- */

static bool
fail(struct dv_reading *r, const char *wrong, int number)
{
	r->wrong = wrong;
	r->number = number;
	return false;
}

/* Until the end, or until it is longer than it was. */
static bool
read_open(struct dv_reading *r, int fd, const struct stat *before)
{
	size_t kept = 0;
	ssize_t n;

	while (!S_ISREG(before->st_mode) ||
	    r->size <= (uint64_t)before->st_size) {
		n = dv_read_some(fd, r->room + kept, r->cap - kept);
		if (n == -1)
			return fail(r, "cannot read", errno);
		if (n == 0)
			return true;
		r->size += (uint64_t)n;
		if (r->hash != NULL)
			dv_hash_update(r->hash, (struct dv_bytes){ r->room,
			    (size_t)n });
		else if ((kept += (size_t)n) == r->cap)
			return fail(r, "is too large", 0);
	}
	return true;
}

/* Did anybody write to it while it was read? Only regular files can tell. */
static bool
check_same(struct dv_reading *r, int fd, const struct stat *before)
{
	struct stat after, there;

	if (!S_ISREG(before->st_mode))
		return true;
	if (fstat(fd, &after) != 0)
		return fail(r, "cannot look at", errno);
	if (!dv_same_contents(before, &after) ||
	    (uint64_t)after.st_size != r->size)
		return fail(r, "changed while it was read", 0);
	if (!dv_is_stdio(r->path) && (stat(r->path, &there) != 0 ||
	    !dv_same_file(&there, &after)))
		return fail(r, "was replaced by another file while it was read",
		    0);
	return true;
}

static bool
read_looked_at(struct dv_reading *r, int fd)
{
	struct stat before;

	if (fstat(fd, &before) != 0)
		return fail(r, "cannot look at", errno);
	if (S_ISDIR(before.st_mode))
		return fail(r, "is a directory, wanted a file", 0);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return read_open(r, fd, &before) && check_same(r, fd, &before);
}

bool
dv_plain_read(struct dv_reading *r)
{
	const bool named = !dv_is_stdio(r->path);
	int fd = STDIN_FILENO;
	bool done;

	r->size = 0;
	if (named)
		fd = (int)syscall(SYS_openat, AT_FDCWD, r->path,
		    O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return fail(r, "cannot open", errno);
	done = read_looked_at(r, fd);
	if (named)
		(void)close(fd);
	return done;
}
