/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The written list of what is accepted here and refused by others:
 * VECTOR<tab>ANSWER<tab>REASON, the first two patterns. One that names a single
 * vector and is not true of it is stale. Include it once in a program.
 */
#ifndef TESTS_PROOF_LISTED_H
#define TESTS_PROOF_LISTED_H

#include <fnmatch.h>
#include <string.h>

#include "each.h"

#define MAX_LISTED 256

static struct {
	char vector[96], answer[96];
	unsigned long used;
} listed[MAX_LISTED];
static size_t listed_count;

static void
listed_load(const char *path)
{
	char line[512], reason[2];
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		printf("Bail out! %s: cannot be read\n", path);
		exit(3);
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (listed_count == MAX_LISTED || sscanf(line,
		    "%95[^\t]\t%95[^\t]\t%1s", listed[listed_count].vector,
		    listed[listed_count].answer, reason) != 3) {
			printf("Bail out! %s: VECTOR<tab>ANSWER<tab>REASON\n",
			    path);
			exit(3);
		}
		listed_count++;
	}
	fclose(f);
}

static bool
is_listed(const char *vector, const char *answer)
{
	for (size_t i = 0; i < listed_count; i++) {
		if (fnmatch(listed[i].vector, vector, 0) == 0 &&
		    fnmatch(listed[i].answer, answer, 0) == 0) {
			listed[i].used++;
			return true;
		}
	}
	return false;
}

/* After all vectors: entries for one of them that it has not needed. */
static void
listed_check(void)
{
	for (size_t i = 0; i < listed_count; i++)
		if (strchr(listed[i].vector, '*') == NULL &&
		    listed[i].used == 0)
			tap(false, listed[i].vector, ": listed, and not true");
}

#endif
