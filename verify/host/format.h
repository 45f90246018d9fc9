/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vfprintf(3) without floating point, for static programs: libc's is 11 KB of
 * which half prints floating point. The linker puts it in libc's place.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>
#include <stdio.h>

/*
 * Flags `-` and `0`, width, precision (of %s only), `*`; l, ll and z; d u x o c
 * s and %. Octets written, or -1: what is not known here is never printed as
 * something else.
 */
int dv_vfprintf(FILE *out, const char *format, va_list ap);

#endif
