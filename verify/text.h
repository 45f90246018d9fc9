/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text into a buffer of fixed size, cut with "..." between two pieces when it
 * does not fit. Never writes past the end, always ends with NUL.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>

#include "dv_bytes.h"

/* cap is at least 8. */
struct dv_text {
	char *out;
	size_t cap;
	size_t len;
	size_t fits;	/* longest whole pieces that leave room for "..." */
	bool cut;
};

struct dv_text dv_text_start(char *out, size_t cap);

/* One piece: all of it or nothing. After the first that did not fit, nothing. */
void dv_text_put(struct dv_text *text, const char *piece, size_t len);
void dv_text_puts(struct dv_text *text, const char *piece);

/* One octet as two digits, upper case. */
void dv_text_hex(struct dv_text *text, uint8_t octet);

void dv_text_end(struct dv_text *text);

#endif
