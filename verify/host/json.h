/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing JSON (RFC 8259), one object on one line. Always valid, whatever the
 * strings hold.
 */
#ifndef HOST_JSON_H
#define HOST_JSON_H

#include <stdio.h>

#include "dv_time.h"

/* Start from { .out = stdout }. key is NULL inside an array. */
struct dv_json {
	FILE *out;
	bool more;	/* a comma is due; private */
};

/* The outermost object, which ends with a newline; inner ones: { or [. */
void dv_json_begin(struct dv_json *json);
void dv_json_end(struct dv_json *json);
void dv_json_open(struct dv_json *json, const char *key, char bracket);
void dv_json_close(struct dv_json *json, char bracket);

void dv_json_text(struct dv_json *json, const char *key, const char *text);
void dv_json_utf8(struct dv_json *json, const char *key, struct dv_bytes text);
void dv_json_hex(struct dv_json *json, const char *key, struct dv_bytes bytes);
void dv_json_number(struct dv_json *json, const char *key, int64_t number);
void dv_json_instant(struct dv_json *json, const char *key, dv_time at);
void dv_json_flag(struct dv_json *json, const char *key, bool flag);

/* JSON string with quotes and escapes; not UTF-8 becomes \ufffd. */
void dv_json_string(FILE *out, struct dv_bytes text);

#endif
