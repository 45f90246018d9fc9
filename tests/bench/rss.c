/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The most memory that a command had, in KB, on standard output. What the
 * kernel counts begins with the process that starts it: this one is to be
 * static and small (musl), unlike a shell or time(1).
 * usage: rss COMMAND ARG...
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rusage used;
	pid_t pid;
	int status, null;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid == 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, 1);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &used) != pid || status != 0)
		return 1;
	printf("%ld\n", used.ru_maxrss);
	return 0;
}
