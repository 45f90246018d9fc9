/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs every vector against the core and prints TAP; never leaves one out.
 * Usage: run_vectors [-q] DIR; -q leaves the properties of the accepted out.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
kind_run(const char *root, enum vector_kind kind, enum vector_how how)
{
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
		vector_check(root, kind, list[i]->d_name, how);
		free(list[i]);
	}
	free(list);
}

int
main(int argc, char **argv)
{
	const bool quick = argc == 3 && strcmp(argv[1], "-q") == 0;

	if (argc != (quick ? 3 : 2)) {
		fprintf(stderr, "usage: run_vectors [-q] DIR\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned kind = KIND_CERT; kind < KIND_COUNT; kind++)
		kind_run(argv[argc - 1], (enum vector_kind)kind, quick ?
		    VECTOR_AS_IS : VECTOR_ALTERED);
	return vectors_end();
}
