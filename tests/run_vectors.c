/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs every vector against the core and prints TAP; never leaves one out.
 * Usage: run_vectors [-q | -n N] DIR [KIND...]; -q leaves the properties of the
 * accepted out, -n asks them of every Nth vector. KIND: these alone, in this order.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vectors.h"

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The properties are asked of every step-th vector; 0: of none. */
static void
kind_run(const char *root, enum vector_kind kind, unsigned step)
{
	static unsigned seen;
	char path[512];
	struct dirent **list;
	int n;

	snprintf(path, sizeof(path), "%s/%s", root, vector_kind_name(kind));
	n = scandir(path, &list, visible, alphasort);
	if (n <= 0) {
		printf("Bail out! %s: no vectors\n", path);
		exit(3);
	}
	for (int i = 0; i < n; i++) {
		vector_check(root, kind, list[i]->d_name, step > 0 &&
		    seen++ % step == 0 ? VECTOR_ALTERED : VECTOR_AS_IS);
		free(list[i]);
	}
	free(list);
}

static bool
named_run(const char *root, const char *kind, unsigned step)
{
	for (unsigned k = KIND_CERT; k < KIND_COUNT; k++) {
		if (kind != NULL && strcmp(kind, vector_kind_name(
		    (enum vector_kind)k)) != 0)
			continue;
		kind_run(root, (enum vector_kind)k, step);
		if (kind != NULL)
			return true;
	}
	return kind == NULL;
}

int
main(int argc, char **argv)
{
	unsigned step = 1;
	int option;
	bool good = true;

	while ((option = getopt(argc, argv, "qn:")) != -1) {
		step = option == 'n' ? (unsigned)strtoul(optarg, NULL, 10) : 0;
		good = good && option != '?';
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (good && optind == argc - 1)
		good = named_run(argv[optind], NULL, step);
	for (int i = optind + 1; good && i < argc; i++)
		good = named_run(argv[optind], argv[i], step);
	if (!good || optind == argc) {
		fprintf(stderr, "usage: run_vectors [-q | -n N] DIR [KIND...]\n");
		return 2;
	}
	return vectors_end();
}
