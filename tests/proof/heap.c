/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The core has no heap: every vector through it while the allocators, wrapped
 * by the linker, abort. Usage: proof_heap DIR.
 */
#include <string.h>
#include <unistd.h>

#include "each.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *ptr, size_t size);
void __real_free(void *ptr);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void __wrap_free(void *ptr);

static volatile bool in_core;
static unsigned long asked, outside;	/* questions; calls between them */

/* No stdio here: it may allocate. */
static void
refuse(const char *who)
{
	if (!in_core) {
		outside++;
		return;
	}
	(void)!write(STDOUT_FILENO, who, strlen(who));
	abort();
}

void *
__wrap_malloc(size_t size)
{
	refuse("not ok - the core called malloc\n");
	return __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	refuse("not ok - the core called calloc\n");
	return __real_calloc(n, size);
}

void *
__wrap_realloc(void *ptr, size_t size)
{
	refuse("not ok - the core called realloc\n");
	return __real_realloc(ptr, size);
}

void
__wrap_free(void *ptr)
{
	refuse("not ok - the core called free\n");
	__real_free(ptr);
}

static void
ask(const struct vector *v)
{
	in_core = true;
	(void)vector_ask(v, &v->in);
	in_core = false;
	asked++;
}

int
main(int argc, char **argv)
{
	char note[64];

	if (argc != 2) {
		fprintf(stderr, "usage: proof_heap DIR\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	each_vector(argv[1], ask);
	snprintf(note, sizeof(note), ", %lu vectors", asked);
	tap(outside > 0, "the allocators are watched", "");
	tap(asked > 0, "no allocator was called", note);
	return tap_end();
}
