/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * malloc(3) by whole pages, for static programs with few and large buffers
 * (PARTS without MANIFESTS): libc's is 8 KB. What was freed is given back at
 * once, so that its use ends the program. ISO/IEC 9899:2011 7.22.3.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Before every block: the size of its mapping. Keeps blocks aligned. */
#define HEAD 16

static size_t *
head_of(void *block)
{
	return (size_t *)(void *)((uint8_t *)block - HEAD);
}

static void *
block_of(void *mapping, size_t size)
{
	if (mapping == MAP_FAILED) {
		errno = ENOMEM;
		return NULL;
	}
	*(size_t *)mapping = size;
	return (uint8_t *)mapping + HEAD;
}

void *
malloc(size_t size)
{
	if (size > PTRDIFF_MAX - HEAD)
		return block_of(MAP_FAILED, 0);
	return block_of(mmap(NULL, size + HEAD, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), size + HEAD);
}

void *
calloc(size_t count, size_t size)
{
	if (size != 0 && count > PTRDIFF_MAX / size)
		return block_of(MAP_FAILED, 0);
	return malloc(count * size);
}

void *
realloc(void *block, size_t size)
{
	if (block == NULL)
		return malloc(size);
	if (size > PTRDIFF_MAX - HEAD)
		return block_of(MAP_FAILED, 0);
	return block_of(mremap(head_of(block), *head_of(block), size + HEAD,
	    MREMAP_MAYMOVE), size + HEAD);
}

void
free(void *block)
{
	if (block != NULL)
		(void)munmap(head_of(block), *head_of(block));
}
