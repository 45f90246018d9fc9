/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What C and the compiler expect of <string.h>, in as few octets as possible;
 * newlib's are ten times as large. Copies octet by octet: leave it out where
 * speed counts. C11 7.24.
 */
#include <stdint.h>
#include <string.h>

/* used: the compiler asks for them when it is too late to keep them. */
#define KEPT __attribute__((used, \
    optimize("no-tree-loop-distribute-patterns")))

KEPT void *
memcpy(void *restrict to, const void *restrict from, size_t len)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	while (len-- > 0)
		*t++ = *f++;
	return to;
}

KEPT void *
memset(void *to, int octet, size_t len)
{
	uint8_t *t = to;

	while (len-- > 0)
		*t++ = (uint8_t)octet;
	return to;
}

KEPT int
memcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	for (; len > 0; len--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

KEPT size_t
strlen(const char *text)
{
	const char *end = text;

	while (*end != '\0')
		end++;
	return (size_t)(end - text);
}
