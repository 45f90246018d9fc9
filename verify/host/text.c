/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that somebody else chose, made safe for a terminal. Decides nothing;
 * only what is printed changes. RFC 3629.
 */
#include "host/text.h"

#include <stdbool.h>
#include <string.h>

#include "bytes.h"

struct dv_bytes
dv_text_bytes(const char *text)
{
	if (text == NULL)
		return (struct dv_bytes){ NULL, 0 };
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) };
}

size_t
dv_utf8_next(struct dv_bytes text, uint32_t *point)
{
	size_t len = 1;

	*point = 0;
	while (len <= 4 && len <= text.len &&
	    dv_utf8_prefix((struct dv_bytes){ text.ptr, len }) != len)
		len++;
	if (len > 4 || len > text.len)
		return 0;
	/* The first octet of n > 1 has n + 1 bits that only tell n. */
	*point = text.ptr[0] & (len == 1 ? 0x7fu : 0x7fu >> len);
	for (size_t i = 1; i < len; i++)
		*point = *point << 6 | (text.ptr[i] & 0x3fu);
	return len;
}

/* Characters that act on a terminal or on the order of what is shown. */
static bool
acts(uint32_t point)
{
	static const struct { uint32_t first, last; } ranges[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad },
		{ 0x61c, 0x61c }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	}
	return false;
}

/* In a verdict line, ": " ends the subject. */
static bool
ends_subject(struct dv_bytes text)
{
	return text.ptr[0] == ':' && (text.len == 1 || text.ptr[1] == ' ');
}

size_t
dv_shown_next(struct dv_bytes text, enum dv_shown how,
    char out[DV_SHOWN_MAX])
{
	static const char digits[] = "0123456789abcdef";
	uint32_t point;
	size_t len = dv_utf8_next(text, &point), n = 0;
	const bool plain = len > 0 && !acts(point) &&
	    !(how == DV_SHOWN_SUBJECT && ends_subject(text));

	if (len == 0)
		len = 1;
	if ((point == '\\' && how != DV_SHOWN_SAFE) ||
	    (point == '"' && how == DV_SHOWN_QUOTED))
		out[n++] = '\\';
	for (size_t i = 0; i < len; i++) {
		const uint8_t octet = text.ptr[i];

		if (!plain) {
			out[n++] = '\\';
			out[n++] = 'x';
			out[n++] = digits[octet >> 4];
		}
		out[n++] = plain ? (char)octet : digits[octet & 15];
	}
	out[n] = '\0';
	return len;
}

static struct dv_bytes
behind(struct dv_bytes text, size_t len)
{
	return (struct dv_bytes){ text.ptr + len, text.len - len };
}

static void
print_shown(FILE *out, struct dv_bytes text, enum dv_shown how)
{
	char one[DV_SHOWN_MAX];

	while (text.len > 0) {
		text = behind(text, dv_shown_next(text, how, one));
		(void)fputs(one, out);
	}
}

void
dv_print_safe(FILE *out, struct dv_bytes text)
{
	print_shown(out, text, DV_SHOWN_SAFE);
}

void
dv_print_quoted(FILE *out, struct dv_bytes text)
{
	(void)fputc('"', out);
	print_shown(out, text, DV_SHOWN_QUOTED);
	(void)fputc('"', out);
}

void
dv_print_subject(FILE *out, const char *subject)
{
	print_shown(out, dv_text_bytes(subject), DV_SHOWN_SUBJECT);
}

void
dv_quote_text(struct dv_bytes text, char *out, size_t cap)
{
	char one[DV_SHOWN_MAX];
	size_t n = 1, taken, len;

	out[0] = '"';
	while (text.len > 0) {
		taken = dv_shown_next(text, DV_SHOWN_QUOTED, one);
		len = strlen(one);
		if (n + len + sizeof("...\"") > cap)
			break;
		memcpy(out + n, one, len);
		n += len;
		text = behind(text, taken);
	}
	(void)snprintf(out + n, cap - n, "%s\"", text.len > 0 ? "..." : "");
}

void
dv_print_words(FILE *out, const char *name)
{
	for (; *name != '\0'; name++)
		(void)fputc(*name == '-' ? ' ' : *name, out);
}

const char *
dv_decimal_text(uint64_t number, char room[DV_DECIMAL_MAX])
{
	char *at = &room[DV_DECIMAL_MAX - 1];

	*at = '\0';
	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return at;
}

void
dv_print_hex(FILE *out, struct dv_bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		(void)fprintf(out, "%02x", bytes.ptr[i]);
}

void
dv_hex_text(struct dv_bytes bytes, char *out)
{
	out[0] = '\0';
	for (size_t i = 0; i < bytes.len; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes.ptr[i]);
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL :
	    strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c);

	return at == NULL ? -1 : (int)(at - digits);
}

size_t
dv_hex_parse(const char *text, uint8_t *room, size_t cap)
{
	size_t n = 0;

	for (; n < cap && text[2 * n] != '\0'; n++) {
		int high = hex_digit(text[2 * n]);
		int low = high < 0 ? -1 : hex_digit(text[2 * n + 1]);

		if (low < 0)
			return 0;
		room[n] = (uint8_t)(high << 4 | low);
	}
	return text[2 * n] == '\0' ? n : 0;
}
