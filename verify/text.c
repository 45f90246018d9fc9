/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text into a buffer of fixed size. Cuts between pieces, so an escape sequence
 * is there as a whole or not at all. Used for names and identifiers.
 */
#include "text.h"

#include <string.h>

static const char dots[] = "...";
#define DOTS (sizeof(dots) - 1)

struct dv_text
dv_text_start(char *out, size_t cap)
{
	out[0] = '\0';
	return (struct dv_text){ .out = out, .cap = cap };
}

static void
append(struct dv_text *text, const char *piece, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		text->out[text->len++] = piece[i];
}

void
dv_text_put(struct dv_text *text, const char *piece, size_t len)
{
	if (text->cut || len >= text->cap - text->len) {
		text->cut = true;
		return;
	}
	append(text, piece, len);
	if (text->len + DOTS < text->cap)
		text->fits = text->len;
}

void
dv_text_puts(struct dv_text *text, const char *piece)
{
	dv_text_put(text, piece, strlen(piece));
}

void
dv_text_hex(struct dv_text *text, uint8_t octet)
{
	static const char digits[] = "0123456789ABCDEF";
	char piece[2];

	piece[0] = digits[octet >> 4];
	piece[1] = digits[octet & 15];
	dv_text_put(text, piece, sizeof(piece));
}

void
dv_text_end(struct dv_text *text)
{
	if (text->cut) {
		text->len = text->fits;
		append(text, dots, DOTS);
	}
	text->out[text->len] = '\0';
}
