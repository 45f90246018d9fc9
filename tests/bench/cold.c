/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times whole processes: runs several commands in turn, round after round, and
 * prints of each the median, the lowest, and the median of the processor time.
 * Alternating them lets a busy machine slow all alike.
 * Usage: cold [-w RAW] ROUNDS NAME COMMAND ARG... [-- NAME COMMAND ARG...]...
 * A command whose exit status is not 0 ends the measurement. Into RAW go the
 * times of all rounds, for tests/bench/rows.py.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define COMMANDS 12
#define ROUNDS 2000

extern char **environ;

static double times[COMMANDS][ROUNDS];
static double busy[COMMANDS][ROUNDS];	/* of the processor, kernel and all */

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
us_of(struct timeval t)
{
	return (double)t.tv_sec * 1e6 + (double)t.tv_usec;
}

/* Microseconds from spawn to exit; negative when the command failed. */
static double
run(char **argv, const posix_spawn_file_actions_t *quiet, double *processor)
{
	double began = now_us();
	struct rusage used;
	pid_t pid;
	int status;

	if (posix_spawnp(&pid, argv[0], quiet, NULL, argv, environ) != 0)
		return -1;
	if (wait4(pid, &status, 0, &used) != pid || status != 0)
		return -1;
	*processor = us_of(used.ru_utime) + us_of(used.ru_stime);
	return now_us() - began;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Cuts argv at "--" into commands; each begins with its name. */
static int
commands_split(char **argv, char **commands[COMMANDS])
{
	int n = 0;

	while (*argv != NULL && n < COMMANDS) {
		commands[n++] = argv;
		while (*argv != NULL && strcmp(*argv, "--") != 0)
			argv++;
		if (*argv != NULL)
			*argv++ = NULL;
	}
	return n;
}

/* Before they are sorted: the n-th of one belongs to the n-th of the others. */
static int
write_raw(const char *path, char **commands[COMMANDS], int n, long rounds)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return -1;
	for (int i = 0; i < n; i++)
		for (long r = 0; r < rounds; r++)
			fprintf(out, "%s %.1f\n", commands[i][0], times[i][r]);
	return fclose(out);
}

int
main(int argc, char **argv)
{
	char **commands[COMMANDS];
	const char *raw = NULL;
	posix_spawn_file_actions_t quiet;
	long rounds;
	int n;

	if (argc > 3 && strcmp(argv[1], "-w") == 0) {
		raw = argv[2];
		argc -= 2;
		argv += 2;
	}
	rounds = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
	if (rounds < 1 || rounds > ROUNDS)
		return 2;
	n = commands_split(argv + 2, commands);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	for (long r = 0; r < rounds; r++)
		for (int i = 0; i < n; i++) {
			times[i][r] = run(commands[i] + 1, &quiet,
			    &busy[i][r]);
			if (times[i][r] < 0) {
				fprintf(stderr, "cold: %s failed\n",
				    commands[i][0]);
				return 1;
			}
		}
	if (raw != NULL && write_raw(raw, commands, n, rounds) != 0) {
		perror(raw);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		qsort(times[i], (size_t)rounds, sizeof times[i][0], ascending);
		qsort(busy[i], (size_t)rounds, sizeof busy[i][0], ascending);
		printf("%-24s %8.0f us  (lowest %.0f, processor %.0f)\n",
		    commands[i][0], times[i][rounds / 2], times[i][0],
		    busy[i][rounds / 2]);
	}
	return 0;
}
