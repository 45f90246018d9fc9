/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * System calls as the small static programs make them, in place of libc's: no
 * way round old kernels, no threads that are cancelled, no clock out of the
 * kernel's pages, no handlers. Each is its manual page otherwise. For machines
 * where kernel and libc have one struct stat.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(time_t) == 8 && sizeof(off_t) == 8 &&
    offsetof(struct stat, st_size) == 48, "the kernel's struct stat");

int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int
close(int fd)
{
	return (int)syscall(SYS_close, fd);
}

ssize_t
read(int fd, void *to, size_t len)
{
	return syscall(SYS_read, fd, to, len);
}

ssize_t
write(int fd, const void *from, size_t len)
{
	return syscall(SYS_write, fd, from, len);
}

int
fstat(int fd, struct stat *out)
{
	return (int)syscall(SYS_fstat, fd, out);
}

int
stat(const char *restrict path, struct stat *restrict out)
{
	return (int)syscall(SYS_newfstatat, AT_FDCWD, path, out, 0);
}

int
lstat(const char *restrict path, struct stat *restrict out)
{
	return (int)syscall(SYS_newfstatat, AT_FDCWD, path, out,
	    AT_SYMLINK_NOFOLLOW);
}

void *
mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	return (void *)syscall(SYS_mmap, at, len, prot, flags, fd, offset);
}

int
munmap(void *at, size_t len)
{
	return (int)syscall(SYS_munmap, at, len);
}

int
clock_gettime(clockid_t id, struct timespec *out)
{
	return (int)syscall(SYS_clock_gettime, id, out);
}

int
isatty(int fd)
{
	struct winsize size;

	return syscall(SYS_ioctl, fd, TIOCGWINSZ, &size) == 0;
}

/* Only to ignore a signal, or no longer. */
typedef void handler(int);

handler *
signal(int number, handler *what)
{
	struct {
		handler *what;
		unsigned long flags;
		void (*restorer)(void);
		unsigned long mask;
	} now = { .what = what }, before;

	if (what != SIG_IGN && what != SIG_DFL) {
		errno = EINVAL;
		return SIG_ERR;
	}
	return syscall(SYS_rt_sigaction, number, &now, &before,
	    sizeof(now.mask)) == 0 ? before.what : SIG_ERR;
}
