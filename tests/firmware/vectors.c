/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The vectors on a microcontroller: reads a list from the host, runs each
 * vector that it names and prints TAP. Its argument is the list; a line is
 * HOW KIND/FOLDER, and HOW is "as-is", "altered" or "never" (tests/vectors.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../docs/examples/firmware/semihost.h"
#include "../vectors.h"

static const char *const hows[] = { "as-is", "altered", "never" };

static _Noreturn void
bail(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(3);
}

static void
line_run(char *line)
{
	const char *how = strtok(line, " "), *kind = strtok(NULL, "/");
	const char *folder = strtok(NULL, "\n");

	for (unsigned h = 0; folder != NULL && h < 3; h++) {
		if (strcmp(how, hows[h]) != 0)
			continue;
		for (unsigned k = KIND_CERT; k < KIND_COUNT; k++)
			if (strcmp(kind, vector_kind_name(
			    (enum vector_kind)k)) == 0) {
				vector_check("vectors", (enum vector_kind)k,
				    folder, (enum vector_how)h);
				return;
			}
	}
	bail("the list has a line that is none");
}

int
main(void)
{
	static char list[512], line[512];
	const uintptr_t block[] = { (uintptr_t)list, sizeof(list) };
	FILE *f;

	if (semihost(SEMIHOST_CMDLINE, block) != 0)
		bail("no argument");
	f = fopen(list, "r");
	if (f == NULL)
		bail("there is no such list");
	while (fgets(line, sizeof(line), f) != NULL)
		line_run(line);
	fclose(f);
	exit(vectors_end());
}
