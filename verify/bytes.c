/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparing, cutting, copying and wiping bytes. The only file of the core that
 * calls the memory functions of the C library, so bounds are checked here.
 */
#include "bytes.h"

#include <string.h>

bool
dv_bytes_equal(struct dv_bytes a, struct dv_bytes b)
{
	if (a.len != b.len)
		return false;
	return a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0;
}

bool
dv_bytes_equal_text(struct dv_bytes a, const char *text)
{
	size_t i = 0;

	while (i < a.len && text[i] != '\0' && a.ptr[i] == (uint8_t)text[i])
		i++;
	return i == a.len && text[i] == '\0';
}

bool
dv_bytes_equal_secret(struct dv_bytes a, struct dv_bytes b)
{
	uint8_t different = 0;
	size_t i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		different |= a.ptr[i] ^ b.ptr[i];
	return different == 0;
}

struct dv_bytes
dv_bytes_cut(struct dv_bytes from, size_t offset, size_t len)
{
	if (from.ptr == NULL || offset > from.len || len > from.len - offset)
		return (struct dv_bytes){ NULL, 0 };
	return (struct dv_bytes){ from.ptr + offset, len };
}

bool
dv_bytes_copy(uint8_t *room, size_t cap, struct dv_bytes from)
{
	if (from.len > cap)
		return false;
	if (from.len > 0)
		memcpy(room, from.ptr, from.len);
	return true;
}

/* Octets of the character that begins with `first`; 0: none does. */
static size_t
utf8_length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* RFC 3629 4: in the shortest form, no surrogate, and not past U+10FFFF. */
static bool
utf8_second_fits(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

size_t
dv_utf8_prefix(struct dv_bytes text)
{
	size_t at = 0, len;

	for (; at < text.len; at += len) {
		const uint8_t *c = text.ptr + at;

		len = utf8_length(c[0]);
		if (len == 0 || len > text.len - at ||
		    (len > 1 && !utf8_second_fits(c[0], c[1])))
			return at;
		for (size_t i = 1; i < len; i++) {
			if ((c[i] & 0xc0) != 0x80)
				return at;
		}
	}
	return at;
}

/* The empty statement reads the memory, as far as a compiler can know, so that
 * what nobody else reads afterwards is wiped too. */
void
dv_wipe(void *ptr, size_t len)
{
	if (len > 0)
		(void)memset(ptr, 0, len);
	__asm__ volatile("" : : "r"(ptr) : "memory");
}
