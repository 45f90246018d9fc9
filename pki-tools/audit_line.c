/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line of the audit log taken apart, as strictly as it is written. Believes
 * nothing: whether a line is in its place is for those who have all of them.
 * pki_log.h; docs/FORMAT.md.
 */
#include <string.h>

#include "pki_log.h"

#define HEX_HASH (2 * PKI_SHA256)

/* Up to the next blank, which is passed over. Empty: there is none. */
static struct dv_bytes
word(struct dv_bytes *rest)
{
	const uint8_t *blank = rest->len == 0 ? NULL :
	    memchr(rest->ptr, ' ', rest->len);
	struct dv_bytes out = { rest->ptr, 0 };

	if (blank == NULL)
		return (struct dv_bytes){ NULL, 0 };
	out.len = (size_t)(blank - rest->ptr);
	rest->ptr += out.len + 1;
	rest->len -= out.len + 1;
	return out;
}

bool
pki_log_number(struct dv_bytes text, int64_t *out)
{
	int64_t value = 0;

	if (text.len == 0 || text.len > 18 || text.ptr[0] == '0')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		value = 10 * value + (text.ptr[i] - '0');
	}
	*out = value;
	return true;
}

static int
nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
pki_log_hash(struct dv_bytes text, uint8_t out[PKI_SHA256])
{
	if (text.len != HEX_HASH)
		return false;
	for (size_t i = 0; i < PKI_SHA256; i++) {
		int high = nibble(text.ptr[2 * i]), low =
		    nibble(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

/* " BEFORE HASH" at the end, cut off from *line. */
static bool
take_hashes(struct dv_bytes *line, struct pki_log_line *out)
{
	const size_t len = 2 * (1 + HEX_HASH);
	uint8_t digest[DV_MAX_DIGEST];
	const uint8_t *at;

	if (line->len < len)
		return false;
	at = line->ptr + line->len - len;
	if (at[0] != ' ' || at[1 + HEX_HASH] != ' ' ||
	    !pki_log_hash((struct dv_bytes){ at + 1, HEX_HASH },
	    out->before) || !pki_log_hash((struct dv_bytes){
	    at + 2 + HEX_HASH, HEX_HASH }, out->hash))
		return false;
	out->whole = dv_hash_once(DV_HASH_SHA256, (struct dv_bytes){ line->ptr,
	    line->len - 1 - HEX_HASH }, digest) == PKI_SHA256 &&
	    memcmp(digest, out->hash, PKI_SHA256) == 0;
	line->len -= len;
	return true;
}

bool
pki_log_parse(struct dv_bytes line, struct pki_log_line *out)
{
	struct dv_bytes rest = line;
	const uint8_t *blank;

	*out = (struct pki_log_line){ .seq = 0 };
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] < ' ' || line.ptr[i] > '~')
			return false;
	}
	if (!take_hashes(&rest, out) || !pki_log_number(word(&rest), &out->seq) ||
	    !dv_time_parse(word(&rest), &out->at))
		return false;
	out->who = word(&rest);
	blank = rest.len == 0 ? NULL : memchr(rest.ptr, ' ', rest.len);
	out->event = rest;
	if (blank != NULL) {
		out->event.len = (size_t)(blank - rest.ptr);
		out->says = (struct dv_bytes){ blank + 1,
		    rest.len - out->event.len - 1 };
	}
	return out->who.len > 0 && out->event.len > 0;
}

struct dv_bytes
pki_log_field(const struct pki_log_line *line, const char *key)
{
	struct dv_bytes rest = line->says;
	size_t len = strlen(key);

	while (rest.len > 0) {
		struct dv_bytes one = word(&rest);

		if (one.ptr == NULL) {
			one = rest;
			rest.len = 0;
		}
		if (one.len > len && memcmp(one.ptr, key, len) == 0 &&
		    one.ptr[len] == '=')
			return (struct dv_bytes){ one.ptr + len + 1,
			    one.len - len - 1 };
	}
	return (struct dv_bytes){ NULL, 0 };
}
