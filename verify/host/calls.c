/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * System calls as the small static programs make them, in place of libc's: no
 * way round old kernels, no clock out of the kernel's pages, no handlers. Nothing
 * else; each is its manual page. For machines where both have one struct stat.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(time_t) == 8 && sizeof(off_t) == 8 &&
    offsetof(struct stat, st_size) == 48, "the kernel's struct stat");

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
clock_gettime(clockid_t id, struct timespec *out)
{
	return (int)syscall(SYS_clock_gettime, id, out);
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
