/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How deep the core's stack goes: each vector is asked on a painted stack, the
 * deepest changed octet counts. Compared with the bounds of the file, which
 * docs/LIMITS.md repeats. Usage: proof_stack DIR BOUNDS.
 */
#include <string.h>
#include <ucontext.h>

#include "each.h"

#define ROOM ((size_t)1 << 20)
#define PAINT 0xb7

static _Alignas(64) uint8_t room[ROOM];
static ucontext_t back, there;
static const struct vector *asked;
static size_t deepest[KIND_SIGN1 + 1];

static void
ask(void)
{
	(void)vector_ask(asked, &asked->in);
}

static void
measure(const struct vector *v)
{
	size_t clean = 0;

	memset(room, PAINT, sizeof(room));
	asked = v;
	getcontext(&there);
	there.uc_stack.ss_sp = room;
	there.uc_stack.ss_size = sizeof(room);
	there.uc_link = &back;
	makecontext(&there, ask, 0);
	swapcontext(&back, &there);
	while (clean < ROOM && room[clean] == PAINT)
		clean++;
	if (ROOM - clean > deepest[v->kind])
		deepest[v->kind] = ROOM - clean;
}

/* Lines `KIND OCTETS`, and comments. */
static void
bounds_check(const char *path)
{
	char line[256], kind[16], note[96];
	unsigned long bound;
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		printf("Bail out! %s: cannot be read\n", path);
		exit(3);
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%15[a-z0-9] %lu", kind, &bound) != 2)
			continue;
		for (unsigned k = KIND_CERT; k <= KIND_SIGN1; k++) {
			if (strcmp(vector_kind_name((enum vector_kind)k),
			    kind) != 0)
				continue;
			snprintf(note, sizeof(note),
			    ": %zu octets of stack, bound %lu", deepest[k],
			    bound);
			tap(deepest[k] > 0 && deepest[k] <= bound, kind, note);
		}
	}
	fclose(f);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: proof_stack DIR BOUNDS\n");
		return 2;
	}
#ifdef __SANITIZE_ADDRESS__
	printf("1..1\nok 1 - stack # skip the sanitizer has frames of its own\n");
	return 0;
#endif
	each_vector(argv[1], measure);
	bounds_check(argv[2]);
	return tap_end();
}
