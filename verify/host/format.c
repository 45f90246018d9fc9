/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Formatted output as the programs here need it. Never reads more of a string
 * than its precision, and keeps nothing. ISO/IEC 9899:2011 7.21.6.1.
 */
#include "host/format.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* One conversion: everything between % and its letter. */
struct spec {
	bool left, zeros;
	int width, precision;	/* precision: -1 when there is none */
	char size;		/* 'l' for l, ll and z, which are 64 bits */
};

#define DIGITS_MAX 24		/* 2^64 in octal, and a sign */

_Static_assert(sizeof(long) == sizeof(int64_t) &&
    sizeof(size_t) == sizeof(int64_t), "l and z are 64 bits");

struct output {
	FILE *file;
	int count;		/* octets so far; -1: it failed */
};

static void
put(struct output *out, const char *text, size_t len)
{
	if (out->count < 0)
		return;
	if (len > (size_t)(INT_MAX - out->count) ||
	    fwrite(text, 1, len, out->file) != len)
		out->count = -1;
	else
		out->count += (int)len;
}

static void
pad(struct output *out, char with, int count)
{
	while (count-- > 0)
		put(out, &with, 1);
}

static void
put_padded(struct output *out, const struct spec *s, const char *text,
    size_t len)
{
	const int room = s->width > 0 && len < (size_t)s->width ?
	    s->width - (int)len : 0;

	pad(out, ' ', s->left ? 0 : room);
	put(out, text, len);
	pad(out, ' ', s->left ? room : 0);
}

static void
put_string(struct output *out, const struct spec *s, const char *text)
{
	size_t max = s->precision < 0 ? SIZE_MAX : (size_t)s->precision;
	size_t len = 0;

	while (len < max && text[len] != '\0')
		len++;
	put_padded(out, s, text, len);
}

static void
put_number(struct output *out, struct spec *s, uint64_t n, unsigned base,
    bool negative)
{
	char text[DIGITS_MAX];
	size_t at = sizeof(text);

	do {
		text[--at] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n > 0);
	if (s->zeros && !s->left) {
		put(out, "-", negative ? 1 : 0);
		pad(out, '0', s->width - (int)(sizeof(text) - at) - negative);
		s->width = 0;
	} else if (negative) {
		text[--at] = '-';
	}
	put_padded(out, s, text + at, sizeof(text) - at);
}

/* The digits of a width or precision, or the argument that `*` stands for. */
static int
read_size(const char **format, va_list *ap)
{
	int n = 0;

	if (**format == '*') {
		++*format;
		return va_arg(*ap, int);
	}
	for (; **format >= '0' && **format <= '9'; ++*format)
		n = n * 10 + (**format - '0');
	return n;
}

static struct spec
read_spec(const char **format, va_list *ap)
{
	struct spec s = { .precision = -1 };

	for (; **format == '-' || **format == '0'; ++*format) {
		s.left |= **format == '-';
		s.zeros |= **format == '0';
	}
	s.width = read_size(format, ap);
	if (**format == '.') {
		++*format;
		s.precision = read_size(format, ap);
	}
	for (; **format == 'l' || **format == 'z'; ++*format)
		s.size = 'l';
	return s;
}

static void
convert_number(struct output *out, struct spec *s, char letter, va_list *ap)
{
	const unsigned base = letter == 'x' ? 16 : letter == 'o' ? 8 : 10;
	const int64_t n = s->size == 'l' ? va_arg(*ap, int64_t) :
	    letter == 'd' ? va_arg(*ap, int) : (int64_t)va_arg(*ap, unsigned);
	const bool negative = letter == 'd' && n < 0;

	put_number(out, s, negative ? 0 - (uint64_t)n : (uint64_t)n, base,
	    negative);
}

static void
convert(struct output *out, struct spec *s, char letter, va_list *ap)
{
	switch (letter) {
	case 'd':
	case 'u':
	case 'x':
	case 'o':
		if (s->precision >= 0)
			out->count = -1;
		else
			convert_number(out, s, letter, ap);
		break;
	case 'c':
		put_padded(out, s, &(char){ (char)va_arg(*ap, int) }, 1);
		break;
	case 's':
		put_string(out, s, va_arg(*ap, const char *));
		break;
	case '%':
		put(out, "%", 1);
		break;
	default:
		out->count = -1;
	}
}

int
dv_vfprintf(FILE *file, const char *format, va_list ap)
{
	struct output out = { .file = file };
	struct spec s;
	va_list rest;
	size_t plain;

	va_copy(rest, ap);
	while (*format != '\0' && out.count >= 0) {
		plain = strcspn(format, "%");
		put(&out, format, plain);
		format += plain;
		if (*format != '%')
			continue;
		format++;
		s = read_spec(&format, &rest);
		convert(&out, &s, *format, &rest);
		if (*format != '\0')
			format++;
	}
	va_end(rest);
	return out.count;
}
