/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Functions of <string.h> as loops, for small static programs: libc's read words
 * at a time and are four times as long; and words for the errors that people can
 * act on. Compiled without built-in functions, or each would be found to be
 * itself. ISO/IEC 9899:2011 7.24.
 */
#include <errno.h>
#include <string.h>

#include "host/text.h"

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

char *
strrchr(const char *text, int c)
{
	const char *last = NULL;

	for (; *text != '\0'; text++)
		last = *text == (char)c ? text : last;
	return (char *)(size_t)(c == '\0' ? text : last);
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

size_t
strcspn(const char *text, const char *ends)
{
	size_t len = 0;

	while (text[len] != '\0' && strchr(ends, text[len]) == NULL)
		len++;
	return len;
}

/* A number where there are no words: its manual page is errno(3). */
char *
strerror(int number)
{
	static const struct {
		uint8_t number;
		char words[26];
	} known[] = {
		{ ENOENT, "No such file or directory" },
		{ EACCES, "Permission denied" },
		{ EIO, "I/O error" },
		{ ELOOP, "Symbolic link loop" },
		{ ENOSPC, "No space left on device" },
	};
	static char other[6 + DV_DECIMAL_MAX] = "error ";
	char room[DV_DECIMAL_MAX];
	const char *digits = dv_decimal_text((unsigned)number, room);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].number == number)
			return (char *)(size_t)known[i].words;
	}
	for (size_t i = 6; (other[i] = *digits) != '\0'; i++)
		digits++;
	return other;
}
