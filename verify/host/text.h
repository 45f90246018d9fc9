/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that somebody else chose, made safe for a terminal: file names, claimed
 * names. Nothing printed through here can move the cursor or start a line.
 */
#ifndef HOST_TEXT_H
#define HOST_TEXT_H

#include <stdio.h>

#include "dv_bytes.h"

/* View of a string without its NUL; {NULL, 0} for NULL. */
struct dv_bytes dv_text_bytes(const char *text);

/*
 * Octets of the UTF-8 character at the beginning (RFC 3629), its number in
 * *point; 0 when there is none or it is not well-formed.
 */
size_t dv_utf8_next(struct dv_bytes text, uint32_t *point);

/* As it is, but control, bidirectional and broken characters as \xNN. */
void dv_print_safe(FILE *out, struct dv_bytes text);

/* As dv_print_safe() between double quotes; quotes and \ get a \ before. */
void dv_print_quoted(FILE *out, struct dv_bytes text);

/* The same as text in a buffer, cut with "..." to fit; cap is at least 8. */
void dv_quote_text(struct dv_bytes text, char *out, size_t cap);

/*
 * As dv_print_safe(), and \ as \\ and the colon of ": " as \x3a: what stands
 * before the first ": " of a verdict line is the subject and nothing else.
 */
void dv_print_subject(FILE *out, const char *subject);

/* Lower-case hexadecimal without separators; out has 2 * bytes.len + 1 octets. */
void dv_print_hex(FILE *out, struct dv_bytes bytes);
void dv_hex_text(struct dv_bytes bytes, char *out);

/* Octets of hexadecimal text in either case, at most cap of them into room; 0
 * when the text is anything else, or empty, or does not fit. */
DV_MUST_USE size_t dv_hex_parse(const char *text, uint8_t *room, size_t cap);

#endif
