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

/* Octets of the character that begins with `first`, and the range that its
 * second octet must be in: RFC 3629 section 4. */
static size_t
utf8_shape(uint8_t first, uint8_t *low, uint8_t *high)
{
	*low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	*high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t
dv_utf8_prefix(struct dv_bytes text)
{
	size_t at = 0, i, len;
	uint8_t low, high;

	for (; at < text.len; at += len) {
		len = utf8_shape(text.ptr[at], &low, &high);
		if (len == 0 || len > text.len - at)
			return at;
		for (i = 1; i < len; i++) {
			if (text.ptr[at + i] < low || text.ptr[at + i] > high)
				return at;
			low = 0x80;
			high = 0xbf;
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
