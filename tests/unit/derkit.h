/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small assembler for DER in tests, independent of the reader and of the
 * writer: lengths are computed, everything else is as written.
 *
 *	hex digits	octets			30
 *	{ ... }		length and contents	30{0101ff}
 *	'text'		ASCII			0c{'Acme'}
 *	@003(...)	repeated		@003(0500)
 *	#		two octets that differ in each repetition, fit for an OID
 *	blanks		nothing
 */
#ifndef DERKIT_H
#define DERKIT_H

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dv_verdict.h"

struct kit {
	uint8_t octets[80 * 1024];
	size_t len;
	unsigned turn;
};

static inline void
kit_put(struct kit *k, unsigned octet)
{
	assert_true(k->len < sizeof(k->octets));
	k->octets[k->len++] = (uint8_t)octet;
}

/* Inserts a length before the contents that begin at start. */
static inline void
kit_length(struct kit *k, size_t start)
{
	size_t len = k->len - start, head = len < 128 ? 1 : len < 256 ? 2 : 3;

	assert_true(len < 65536 && k->len + head < sizeof(k->octets));
	memmove(k->octets + start + head, k->octets + start, len);
	k->len += head;
	if (head > 1)
		k->octets[start] = (uint8_t)(0x7f + head);
	if (head == 3)
		k->octets[start + 1] = (uint8_t)(len >> 8);
	k->octets[start + head - 1] = (uint8_t)len;
}

static inline unsigned
kit_nibble(char c)
{
	assert_true(isxdigit((unsigned char)c));
	return (unsigned)(isdigit((unsigned char)c) ? c - '0' :
	    tolower((unsigned char)c) - 'a' + 10);
}

static inline const char *
kit_run(struct kit *k, const char *s)
{
	while (*s != '\0' && *s != '}' && *s != ')') {
		if (*s == '{') {
			size_t start = k->len;

			s = kit_run(k, s + 1);
			kit_length(k, start);
		} else if (*s == '@') {
			unsigned n = (unsigned)strtoul(s + 1, NULL, 10), i;
			const char *body = s + 5;

			assert_true(n > 0);
			for (i = 0; i < n; i++) {
				k->turn = i;
				s = kit_run(k, body);
			}
		} else if (*s == '#') {
			kit_put(k, 0x81 + (k->turn >> 7));
			kit_put(k, k->turn & 0x7f);
			s++;
		} else if (*s == '\'') {
			for (s++; *s != '\''; s++)
				kit_put(k, (unsigned char)*s);
			s++;
		} else if (*s == ' ') {
			s++;
		} else {
			kit_put(k, kit_nibble(s[0]) << 4 | kit_nibble(s[1]));
			s += 2;
		}
	}
	return *s == '\0' ? s : s + 1;
}

/* Exactly as many octets on the heap, so that sanitizers see every overrun. */
static inline struct dv_bytes
kit_make(const char *source)
{
	static struct kit k;
	uint8_t *copy;

	k.len = 0;
	k.turn = 0;
	assert_int_equal(*kit_run(&k, source), '\0');
	copy = malloc(k.len > 0 ? k.len : 1);
	assert_non_null(copy);
	memcpy(copy, k.octets, k.len);
	return (struct dv_bytes){ copy, k.len };
}

static inline void
kit_free(struct dv_bytes bytes)
{
	union {
		const uint8_t *in;
		void *out;
	} u = { .in = bytes.ptr };

	free(u.out);
}

/* Place of the first occurrence of needle (assembled), plus delta. */
static inline uint32_t
kit_find(struct dv_bytes in, const char *needle, int delta)
{
	struct dv_bytes n = kit_make(needle);
	size_t i;

	for (i = 0; i + n.len <= in.len; i++)
		if (memcmp(in.ptr + i, n.ptr, n.len) == 0)
			break;
	if (i + n.len > in.len)
		fail_msg("not there: %s", needle);
	kit_free(n);
	return (uint32_t)((int)i + delta);
}

static inline bool
kit_all_zero(const void *p, size_t len)
{
	const uint8_t *b = p;

	while (len > 0 && *b == 0) {
		b++;
		len--;
	}
	return len == 0;
}

/* One assertion that tells which row of a table failed, and all of how. */
struct kit_answer {
	enum dv_reason reason;
	enum dv_field field;
	uint32_t offset;
};

static inline void
kit_same(const char *row, struct kit_answer want, struct kit_answer have)
{
	if (want.reason == have.reason && (want.reason == DV_R_NONE ||
	    (want.field == have.field && want.offset == have.offset)))
		return;
	fail_msg("%s: wanted %s at %s+%u, have %s at %s+%u", row,
	    dv_reason_name(want.reason), dv_field_name(want.field),
	    want.offset, dv_reason_name(have.reason),
	    dv_field_name(have.field), have.offset);
}

#endif
