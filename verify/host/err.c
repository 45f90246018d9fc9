/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors of programs: what, where, what to do. Never exits, never prints but
 * in dv_err_print(), where file names cannot act on the terminal.
 */
#include "host/err.h"

#include <stdio.h>
#include <string.h>

#include "host/text.h"

/* The old text may be an argument of the new one. */
static __attribute__((format(printf, 2, 0))) void
reword(char to[DV_ERR_TEXT], const char *format, va_list ap)
{
	char text[DV_ERR_TEXT];

	(void)vsnprintf(text, sizeof(text), format, ap);
	memcpy(to, text, sizeof(text));
}

enum dv_exit
dv_fail(struct dv_err *err, enum dv_exit exit, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	reword(err->what, format, ap);
	va_end(ap);
	err->hint[0] = '\0';
	return exit;
}

enum dv_exit
dv_hint(struct dv_err *err, enum dv_exit exit, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	reword(err->hint, format, ap);
	va_end(ap);
	return exit;
}

enum dv_exit
dv_fail_value(struct dv_err *err, const char *option, const char *text,
    const char *is, const char *hint)
{
	return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "option %s: \"%s\" "
	    "is %s", option, text, is), "%s", hint);
}

static void
print_line(const char *tool, const char *text)
{
	(void)fprintf(stderr, "%s: ", tool);
	dv_print_safe(stderr, dv_text_bytes(text));
	(void)fputc('\n', stderr);
}

void
dv_err_print(const char *tool, const struct dv_err *err)
{
	print_line(tool, err->what);
	if (err->hint[0] != '\0')
		print_line(tool, err->hint);
}
