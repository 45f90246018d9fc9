/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Printing claims, as lines or as JSON. Whatever is in a claim, a line stays a
 * line. docs/man/devverify.1 lists the keys.
 */
#include "show.h"

#include <inttypes.h>
#include <string.h>

#include "host/text.h"

#define NAME_MAX_TEXT 512
#define KEY_WIDTH 18

/* In text: the key with blanks for underscores; in a list, a comma. */
static void
put_key(struct dv_show *out, const char *key)
{
	char shown[32];

	if (key == NULL) {
		(void)fputs(out->in_list ? ", " : "", stdout);
		out->in_list = true;
		return;
	}
	(void)snprintf(shown, sizeof(shown), "%s", key);
	for (char *p = shown; *p != '\0'; p++)
		*p = *p == '_' ? ' ' : *p;
	(void)printf("  %-*s", KEY_WIDTH, shown);
}

static void
put_end(const char *key)
{
	if (key != NULL)
		(void)putchar('\n');
}

void
dv_show_utf8(struct dv_show *out, const char *key, struct dv_bytes text)
{
	if (out->silent)
		return;
	if (out->json) {
		dv_json_utf8(&out->j, key, text);
		return;
	}
	put_key(out, key);
	dv_print_safe(stdout, text);
	put_end(key);
}

void
dv_show_text(struct dv_show *out, const char *key, const char *text)
{
	dv_show_utf8(out, key, dv_text_bytes(text));
}

void
dv_show_hex(struct dv_show *out, const char *key, struct dv_bytes bytes)
{
	if (out->silent)
		return;
	if (out->json) {
		dv_json_hex(&out->j, key, bytes);
		return;
	}
	put_key(out, key);
	dv_print_hex(stdout, bytes);
	put_end(key);
}

void
dv_show_name(struct dv_show *out, const char *key, struct dv_bytes name)
{
	char text[NAME_MAX_TEXT];

	dv_name_text(name, text, sizeof(text));
	dv_show_text(out, key, text);
}

void
dv_show_oid(struct dv_show *out, const char *key, struct dv_bytes oid)
{
	char text[NAME_MAX_TEXT];

	dv_oid_text(oid, text, sizeof(text));
	dv_show_text(out, key, text);
}

void
dv_show_instant(struct dv_show *out, const char *key, dv_time at)
{
	char text[DV_TIME_TEXT];

	dv_time_format(at, text);
	dv_show_text(out, key, text);
}

void
dv_show_number(struct dv_show *out, const char *key, int64_t number)
{
	if (out->silent)
		return;
	if (out->json) {
		dv_json_number(&out->j, key, number);
		return;
	}
	put_key(out, key);
	(void)printf("%" PRId64, number);
	put_end(key);
}

void
dv_show_flag(struct dv_show *out, const char *key, bool flag)
{
	if (out->json && !out->silent)
		dv_json_flag(&out->j, key, flag);
	else
		dv_show_text(out, key, flag ? "yes" : "no");
}

void
dv_show_list(struct dv_show *out, const char *key)
{
	if (out->silent)
		return;
	out->in_list = false;
	if (out->json)
		dv_json_open(&out->j, key, '[');
	else
		put_key(out, key);
}

void
dv_show_list_end(struct dv_show *out)
{
	if (out->silent)
		return;
	if (out->json)
		dv_json_close(&out->j, '[');
	else
		(void)putchar('\n');
}
