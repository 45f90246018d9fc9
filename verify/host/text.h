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

/*
 * How text is shown. SAFE: as it is, but control, bidirectional and broken
 * characters as \xNN. QUOTED: and a \ before quotes and \, to stand between
 * double quotes. SUBJECT: \ as \\ and the colon of ": " as \x3a: what stands
 * before the first ": " of a verdict line is the subject and nothing else.
 */
enum dv_shown { DV_SHOWN_SAFE, DV_SHOWN_QUOTED, DV_SHOWN_SUBJECT };

/* The first character so, with a NUL behind it; the octets it took, 1 to 4. */
#define DV_SHOWN_MAX 17		/* four octets as \xNN */
size_t dv_shown_next(struct dv_bytes text, enum dv_shown how,
    char out[DV_SHOWN_MAX]);

/* The whole text so; quoted: with the quotes. */
void dv_print_safe(FILE *out, struct dv_bytes text);
void dv_print_quoted(FILE *out, struct dv_bytes text);
void dv_print_subject(FILE *out, const char *subject);

/* A name for machines as words for people: - as a blank. */
void dv_print_words(FILE *out, const char *name);

/* Quoted in a buffer, cut with "..." to fit; cap is at least 8. */
void dv_quote_text(struct dv_bytes text, char *out, size_t cap);

/* Decimal digits and a NUL at the end of the room; where they begin. */
#define DV_DECIMAL_MAX 21	/* of 2^64 - 1 */
const char *dv_decimal_text(uint64_t number, char room[DV_DECIMAL_MAX]);

/* Lower-case hexadecimal without separators; out has 2 * bytes.len + 1 octets. */
void dv_print_hex(FILE *out, struct dv_bytes bytes);
void dv_hex_text(struct dv_bytes bytes, char *out);

/* Octets of hexadecimal text in either case, at most cap of them into room; 0
 * when the text is anything else, or empty, or does not fit. */
DV_MUST_USE size_t dv_hex_parse(const char *text, uint8_t *room, size_t cap);

#endif
