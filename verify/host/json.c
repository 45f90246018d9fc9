/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing JSON. Knows nothing of what it writes; never prints a byte that a
 * terminal could act on. RFC 8259.
 */
#include "host/json.h"

#include <inttypes.h>

#include "host/text.h"

/* One character as \uXXXX, a surrogate pair beyond the first plane. */
static void
escape(FILE *out, uint32_t point)
{
	if (point > 0xffff) {
		(void)fprintf(out, "\\u%04" PRIx32,
		    0xd800 + ((point - 0x10000) >> 10));
		point = 0xdc00 + ((point - 0x10000) & 0x3ff);
	}
	(void)fprintf(out, "\\u%04" PRIx32, point);
}

void
dv_json_string(FILE *out, struct dv_bytes text)
{
	uint32_t point;
	size_t len;

	(void)fputc('"', out);
	while (text.len > 0) {
		len = dv_utf8_next(text, &point);
		if (len == 0) {
			len = 1;
			point = 0xfffd;
		}
		if (point == '"' || point == '\\')
			(void)fprintf(out, "\\%c", (int)point);
		else if (point >= 0x20 && point < 0x7f)
			(void)fputc((int)point, out);
		else
			escape(out, point);
		text.ptr += len;
		text.len -= len;
	}
	(void)fputc('"', out);
}

static void
key_out(struct dv_json *json, const char *key)
{
	if (json->more)
		(void)fputc(',', json->out);
	json->more = true;
	if (key == NULL)
		return;
	dv_json_string(json->out, dv_text_bytes(key));
	(void)fputc(':', json->out);
}

void
dv_json_begin(struct dv_json *json)
{
	json->more = false;
	(void)fputc('{', json->out);
}

void
dv_json_end(struct dv_json *json)
{
	(void)fputs("}\n", json->out);
	json->more = false;
}

void
dv_json_open(struct dv_json *json, const char *key, char bracket)
{
	key_out(json, key);
	(void)fputc(bracket, json->out);
	json->more = false;
}

void
dv_json_close(struct dv_json *json, char bracket)
{
	(void)fputc(bracket == '{' ? '}' : ']', json->out);
	json->more = true;
}

void
dv_json_text(struct dv_json *json, const char *key, const char *text)
{
	dv_json_utf8(json, key, dv_text_bytes(text));
}

void
dv_json_utf8(struct dv_json *json, const char *key, struct dv_bytes text)
{
	key_out(json, key);
	dv_json_string(json->out, text);
}

void
dv_json_hex(struct dv_json *json, const char *key, struct dv_bytes bytes)
{
	key_out(json, key);
	(void)fputc('"', json->out);
	dv_print_hex(json->out, bytes);
	(void)fputc('"', json->out);
}

void
dv_json_number(struct dv_json *json, const char *key, int64_t number)
{
	key_out(json, key);
	(void)fprintf(json->out, "%" PRId64, number);
}

void
dv_json_instant(struct dv_json *json, const char *key, dv_time at)
{
	char text[DV_TIME_TEXT];

	dv_time_format(at, text);
	dv_json_text(json, key, text);
}

void
dv_json_flag(struct dv_json *json, const char *key, bool flag)
{
	key_out(json, key);
	(void)fputs(flag ? "true" : "false", json->out);
}
