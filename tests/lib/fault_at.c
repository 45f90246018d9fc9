/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a command and counts its system calls that change a file; kills it when
 * it is about to make the N-th, or has that and all later ones fail.
 *	fault_at kill|ENOSPC|EROFS N FILE COMMAND...
 * N 0: nothing happens. FILE gets the number of calls. Exit status: the
 * command's, 137 when it was killed here, 77 when this machine cannot do it.
 * For tests alone. ptrace(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT 77

#ifndef __x86_64__

int
main(void)
{
	return CANNOT;
}

#else

struct run {
	int number;			/* errno; 0: kill */
	long at, seen;
	pid_t pid;
	int skipping;			/* the call in progress is to fail */
};

/* Where the descriptor of a call is; -1: none, -2: flags at argument 1, -3: at
 * argument 2. */
static const struct {
	long call;
	int what;
} calls[] = {
	{ SYS_write, 0 }, { SYS_pwrite64, 0 }, { SYS_writev, 0 },
	{ SYS_fsync, -1 }, { SYS_fdatasync, -1 }, { SYS_syncfs, -1 },
	{ SYS_ftruncate, -1 }, { SYS_fallocate, -1 }, { SYS_rename, -1 },
	{ SYS_renameat, -1 }, { SYS_renameat2, -1 }, { SYS_link, -1 },
	{ SYS_linkat, -1 }, { SYS_unlink, -1 }, { SYS_unlinkat, -1 },
	{ SYS_mkdir, -1 }, { SYS_mkdirat, -1 }, { SYS_open, -2 },
	{ SYS_openat, -3 }, { SYS_rmdir, -1 },
};

/* A pipe or terminal has no disk behind it, and what is said is not counted. */
static int
is_file(pid_t pid, unsigned long long fd)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%llu", (int)pid, fd);
	return fd > 2 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int
changes(const struct run *r, const struct user_regs_struct *regs)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if ((long)regs->orig_rax != calls[i].call)
			continue;
		if (calls[i].what == -2)
			return (regs->rsi & O_ACCMODE) != O_RDONLY;
		if (calls[i].what == -3)
			return (regs->rdx & O_ACCMODE) != O_RDONLY;
		return calls[i].what == -1 || is_file(r->pid, regs->rdi);
	}
	return 0;
}

static void
enter(struct run *r)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, r->pid, NULL, &regs) != 0 ||
	    !changes(r, &regs))
		return;
	r->seen++;
	if (r->at == 0 || r->seen < r->at)
		return;
	if (r->number == 0) {
		(void)kill(r->pid, SIGKILL);
		return;
	}
	/* a call that does not exist, which changes nothing */
	r->skipping = (long)regs.orig_rax != SYS_unlink &&
	    (long)regs.orig_rax != SYS_unlinkat;
	regs.orig_rax = (unsigned long long)-1;
	if (r->skipping)
		(void)ptrace(PTRACE_SETREGS, r->pid, NULL, &regs);
}

static void
leave(struct run *r)
{
	struct user_regs_struct regs;

	if (!r->skipping || ptrace(PTRACE_GETREGS, r->pid, NULL, &regs) != 0)
		return;
	r->skipping = 0;
	regs.rax = (unsigned long long)-(long long)r->number;
	(void)ptrace(PTRACE_SETREGS, r->pid, NULL, &regs);
}

/* To the end of the command; its exit status. */
static int
follow(struct run *r)
{
	int status, inside = 0, give;

	if (waitpid(r->pid, &status, 0) != r->pid)
		return CANNOT;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	(void)ptrace(PTRACE_SETOPTIONS, r->pid, NULL,
	    (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	for (give = 0;;) {
		(void)ptrace(PTRACE_SYSCALL, r->pid, NULL, (void *)(long)give);
		if (waitpid(r->pid, &status, 0) != r->pid)
			return CANNOT;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		give = WSTOPSIG(status);
		if (give != (SIGTRAP | 0x80)) {
			give = give == SIGTRAP ? 0 : give;
			continue;
		}
		give = 0;
		inside = !inside;
		if (inside)
			enter(r);
		else
			leave(r);
	}
}

static int
parse(char **argv, struct run *r)
{
	char *end;

	r->at = strtol(argv[2], &end, 10);
	if (strcmp(argv[1], "ENOSPC") == 0)
		r->number = ENOSPC;
	else if (strcmp(argv[1], "EROFS") == 0)
		r->number = EROFS;
	else if (strcmp(argv[1], "kill") != 0)
		return -1;
	return *end == '\0' ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct run r = { .at = 0 };
	int status;
	FILE *out;

	if (argc < 5 || parse(argv, &r) != 0) {
		(void)fprintf(stderr, "usage: fault_at kill|ENOSPC|EROFS N "
		    "FILE COMMAND...\n");
		return 2;
	}
	r.pid = fork();
	if (r.pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(CANNOT);
		(void)execvp(argv[4], argv + 4);
		_exit(127);
	}
	status = r.pid < 0 ? CANNOT : follow(&r);
	out = fopen(argv[3], "w");
	if (out == NULL || fprintf(out, "%ld\n", r.seen) < 0 ||
	    fclose(out) != 0)
		return 2;
	return status;
}

#endif
