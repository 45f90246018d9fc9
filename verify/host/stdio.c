/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What small static programs use of <stdio.h>, in place of libc's: two outputs
 * and strings, by the printf of host/format.h. Nothing is opened, read or
 * locked, and nothing is written at exit. ISO/IEC 9899:2011 7.21.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "host/format.h"
#include "host/open.h"

/* What FILE stands for. */
struct sink {
	int fd;			/* STRING: none */
	int failed;		/* errno of the first write that failed */
	size_t len, room;
	char *text;		/* octets not yet written, or the string */
};

#define STRING (-1)

static char out_text[1024], err_text[1024];
static struct sink out = { .fd = STDOUT_FILENO, .room = sizeof(out_text),
	.text = out_text };
static struct sink err = { .fd = STDERR_FILENO, .room = sizeof(err_text),
	.text = err_text };

/* As <stdio.h> declares them: constants in some libraries only. */
__typeof__(stdout) stdout = (FILE *)(void *)&out;
__typeof__(stderr) stderr = (FILE *)(void *)&err;

static struct sink *
sink_of(FILE *file)
{
	return (struct sink *)(void *)file;
}

/* After a failure nothing is written: no output with a hole in it. */
static void
write_out(struct sink *s)
{
	if (s->failed == 0 && !dv_write_all(s->fd, (struct dv_bytes){
	    (const uint8_t *)s->text, s->len }))
		s->failed = errno;
	s->len = 0;
}

/* By lines where a person waits for them. */
static bool
is_due(const struct sink *s, char last)
{
	if (s->fd == STRING)
		return false;
	return s->len == s->room || (last == '\n' &&
	    (s->fd == STDERR_FILENO || isatty(s->fd) == 1));
}

/* A string takes what it has room for. */
static void
put(struct sink *s, char c)
{
	if (s->len < s->room)
		s->text[s->len++] = c;
	if (is_due(s, c))
		write_out(s);
}

size_t
fwrite(const void *restrict from, size_t size, size_t count,
    FILE *restrict file)
{
	const char *text = from;

	for (size_t i = 0; i < size * count; i++)
		put(sink_of(file), text[i]);
	return ferror(file) == 0 ? count : 0;
}

int
fputs(const char *restrict text, FILE *restrict file)
{
	while (*text != '\0')
		put(sink_of(file), *text++);
	return ferror(file) == 0 ? 0 : EOF;
}

int
fputc(int c, FILE *file)
{
	put(sink_of(file), (char)c);
	return ferror(file) == 0 ? (unsigned char)c : EOF;
}

int
putc(int c, FILE *file)
{
	return fputc(c, file);
}

int
putchar(int c)
{
	return fputc(c, stdout);
}

int
puts(const char *text)
{
	(void)fputs(text, stdout);
	return fputc('\n', stdout);
}

int
fflush(FILE *file)
{
	write_out(sink_of(file));
	if (ferror(file) == 0)
		return 0;
	errno = ferror(file);
	return EOF;
}

int
ferror(FILE *file)
{
	return sink_of(file)->failed;
}

int
printf(const char *restrict format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = dv_vfprintf(stdout, format, ap);
	va_end(ap);
	return n;
}

int
fprintf(FILE *restrict file, const char *restrict format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = dv_vfprintf(file, format, ap);
	va_end(ap);
	return n;
}

int
vsnprintf(char *restrict to, size_t size, const char *restrict format,
    va_list ap)
{
	struct sink s = { .fd = STRING, .text = to,
		.room = size > 0 ? size - 1 : 0 };
	const int n = dv_vfprintf((FILE *)(void *)&s, format, ap);

	if (size > 0)
		to[s.len] = '\0';
	return n;
}

int
snprintf(char *restrict to, size_t size, const char *restrict format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(to, size, format, ap);
	va_end(ap);
	return n;
}
