/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hexadecimal text to bytes, for constants in tests.
 */
#ifndef TEST_HEX_H
#define TEST_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "dv_bytes.h"

static inline int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Decodes text into room; {NULL, 0} when it is not hexadecimal or too long. */
static inline struct dv_bytes
hex(const char *text, uint8_t *room, size_t cap)
{
	size_t n = 0;

	while (text[2 * n] != '\0') {
		int high = hex_digit(text[2 * n]), low;

		if (high < 0 || n == cap)
			return (struct dv_bytes){ NULL, 0 };
		low = hex_digit(text[2 * n + 1]);
		if (low < 0)
			return (struct dv_bytes){ NULL, 0 };
		room[n++] = (uint8_t)(high * 16 + low);
	}
	return (struct dv_bytes){ room, n };
}

#endif
