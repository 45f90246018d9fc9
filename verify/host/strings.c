/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Functions of <string.h> as loops, for small static programs: libc's read words
 * at a time and are four times as long. Compiled without built-in functions, or
 * each would be found to be itself. ISO/IEC 9899:2011 7.24.
 */
#include <string.h>

void *
memchr(const void *where, int c, size_t len)
{
	const unsigned char *at = where;

	for (; len > 0; at++, len--) {
		if (*at == (unsigned char)c)
			return (void *)(size_t)at;
	}
	return NULL;
}

char *
strchr(const char *text, int c)
{
	for (; *text != (char)c; text++) {
		if (*text == '\0')
			return NULL;
	}
	return (char *)(size_t)text;
}

int
strcmp(const char *a, const char *b)
{
	for (; *a == *b && *a != '\0'; a++)
		b++;
	return (unsigned char)*a - (unsigned char)*b;
}

size_t
strlen(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0')
		len++;
	return len;
}
