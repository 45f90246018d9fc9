/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks over all vectors for the proofs of this folder, and prints TAP. Judges
 * nothing. Include it once in a program.
 */
#ifndef TESTS_PROOF_EACH_H
#define TESTS_PROOF_EACH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "vectors.h"

static unsigned tests_done, tests_failed;

static void
tap(bool ok, const char *name, const char *note)
{
	tests_done++;
	if (!ok)
		tests_failed++;
	printf("%s %u - %s%s\n", ok ? "ok" : "not ok", tests_done, name, note);
}

static int
tap_end(void)
{
	printf("1..%u\n", tests_done);
	return tests_failed > 0 ? 1 : 0;
}

static int
each_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
each_of_kind(const char *root, enum vector_kind kind,
    void (*one)(const struct vector *))
{
	char path[512];
	struct dirent **list;
	struct vector *v;
	int n;

	snprintf(path, sizeof(path), "%s/%s", root, vector_kind_name(kind));
	n = scandir(path, &list, each_visible, alphasort);
	if (n <= 0) {
		printf("Bail out! %s: no vectors\n", path);
		exit(3);
	}
	for (int i = 0; i < n; i++) {
		v = vector_load(root, kind, list[i]->d_name);
		one(v);
		vector_free(v);
		free(list[i]);
	}
	free(list);
}

static inline void
each_vector(const char *root, void (*one)(const struct vector *))
{
	for (unsigned kind = KIND_CERT; kind < KIND_COUNT; kind++)
		each_of_kind(root, (enum vector_kind)kind, one);
}

#endif
