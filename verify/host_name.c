/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Host names as text: their form, their parts, comparing. Believes nothing and
 * asks nobody. RFC 1034 3.1, 3.5; RFC 5280 7.2.
 */
#include "host_name.h"

#define MAX_LABEL 63	/* RFC 1034 3.1 */
#define MAX_HOST 253

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool
host_character(uint8_t c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_';
}

bool
dv_host_same(struct dv_bytes a, struct dv_bytes b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	}
	return true;
}

struct dv_bytes
dv_host_drop(struct dv_bytes from, size_t n)
{
	return (struct dv_bytes){ from.ptr + n, from.len - n };
}

struct dv_bytes
dv_host_tail(struct dv_bytes from, size_t n)
{
	return dv_host_drop(from, from.len - n);
}

bool
dv_host_dotted(struct dv_bytes text)
{
	return text.len > 0 && text.ptr[0] == '.';
}

bool
dv_host_valid(struct dv_bytes host)
{
	size_t label = 0;

	if (host.len > MAX_HOST)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if (host.ptr[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!host_character(host.ptr[i]) ||
		    ++label > MAX_LABEL) {
			return false;
		}
	}
	return label > 0;
}

bool
dv_host_is_address(struct dv_bytes host)
{
	size_t i = host.len;

	while (i > 0 && host.ptr[i - 1] >= '0' && host.ptr[i - 1] <= '9')
		i--;
	return i < host.len && (i == 0 || host.ptr[i - 1] == '.');
}

size_t
dv_host_find(struct dv_bytes text, uint8_t c)
{
	size_t i = 0;

	while (i < text.len && text.ptr[i] != c)
		i++;
	return i;
}
