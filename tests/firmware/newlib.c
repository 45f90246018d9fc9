/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What newlib asks of a system, over semihosting: files of the host to read,
 * one output, a heap at _heap. For tests; libdv.a needs none of it.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "../../docs/examples/firmware/semihost.h"

#define HEAP_OCTETS (15 * 1024 * 1024)
#define MODE_READ_BINARY 1
#define MODE_WRITE_BINARY 5
#define FILES 8

extern char _heap[];

int _open(const char *path, int flags, int mode);
int _close(int file);
int _read(int file, char *out, int len);
int _write(int file, const char *bytes, int len);
off_t _lseek(int file, off_t offset, int whence);
int _fstat(int file, struct stat *st);
int _isatty(int file);
void *_sbrk(ptrdiff_t more);
int _kill(pid_t pid, int signal);
pid_t _getpid(void);
_Noreturn void _exit(int status);

/* The host's number for each of ours, plus one; 0: not open. */
static intptr_t host[FILES];
static off_t place[FILES];

static intptr_t
host_open(const char *path, uintptr_t mode)
{
	const uintptr_t block[] = { (uintptr_t)path, mode, strlen(path) };

	return semihost(SEMIHOST_OPEN, block);
}

int
_open(const char *path, int flags, int mode)
{
	intptr_t handle;
	int file = STDERR_FILENO + 1;

	(void)flags;
	(void)mode;
	while (file < FILES && host[file] != 0)
		file++;
	handle = file < FILES ? host_open(path, MODE_READ_BINARY) : -1;
	if (handle < 0) {
		errno = ENOENT;
		return -1;
	}
	host[file] = handle + 1;
	place[file] = 0;
	return file;
}

int
_close(int file)
{
	const uintptr_t block[] = { (uintptr_t)(host[file] - 1) };

	host[file] = 0;
	return (int)semihost(SEMIHOST_CLOSE, block);
}

/* SYS_READ and SYS_WRITE answer how much is left undone. */
static int
host_move(enum semihost_call call, int file, const void *bytes, int len)
{
	const uintptr_t block[] = { (uintptr_t)(host[file] - 1),
	    (uintptr_t)bytes, (uintptr_t)len };
	const intptr_t undone = semihost(call, block);

	if (undone < 0 || undone > len) {
		errno = EIO;
		return -1;
	}
	place[file] += len - undone;
	return len - (int)undone;
}

int
_read(int file, char *out, int len)
{
	return host_move(SEMIHOST_READ, file, out, len);
}

int
_write(int file, const char *bytes, int len)
{
	if (host[file] == 0)
		host[file] = host_open(":tt", MODE_WRITE_BINARY) + 1;
	return host_move(SEMIHOST_WRITE, file, bytes, len);
}

off_t
_lseek(int file, off_t offset, int whence)
{
	const off_t to = whence == SEEK_CUR ? place[file] + offset : offset;
	const uintptr_t block[] = { (uintptr_t)(host[file] - 1),
	    (uintptr_t)to };

	if (whence == SEEK_END || semihost(SEMIHOST_SEEK, block) != 0) {
		errno = EINVAL;
		return -1;
	}
	place[file] = to;
	return to;
}

int
_fstat(int file, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_mode = _isatty(file) ? S_IFCHR : S_IFREG;
	return 0;
}

int
_isatty(int file)
{
	return file <= STDERR_FILENO;
}

void *
_sbrk(ptrdiff_t more)
{
	static ptrdiff_t used;
	char *was = _heap + used;

	if (more > HEAP_OCTETS - used) {
		errno = ENOMEM;
		return (void *)-1;
	}
	used += more;
	return was;
}

int
_kill(pid_t pid, int signal)
{
	(void)pid;
	(void)signal;
	semihost_exit(3);
}

pid_t
_getpid(void)
{
	return 1;
}

void
_exit(int status)
{
	semihost_exit(status);
}
