/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading and writing the device's record by one table of fields. Accepts
 * nothing it would not write. docs/LIFECYCLE.md.
 */
#include "record.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "dv_hash.h"
#include "host/text.h"

#define VERSION "devsign-record"
#define NAME_MAX_LEN 32

enum kind { TEXT, HASH, TPM_NAME, NUMBER, INDEX };

static const struct field {
	const char *name;
	enum kind kind;
	size_t at, room;
	const char *with;	/* another field that must be there too */
} fields[] = {
#define F(name, kind, member, with) { name, kind, \
	offsetof(struct ds_record, member), \
	sizeof(((struct ds_record *)0)->member), with }
	F("idevid-key", TEXT, idevid_key, "idevid-spki"),
	F("idevid-spki", HASH, idevid_spki, "idevid-key"),
	F("template", TEXT, template, "idevid-key"),
	F("nv", INDEX, nv, "idevid-key"),
	F("ldevid-key", TEXT, ldevid_key, "ldevid-spki"),
	F("ldevid-spki", HASH, ldevid_spki, "ldevid-key"),
	F("generation", NUMBER, generation, NULL),
	F("next-key", TEXT, next_key, NULL),
	F("next-spki", HASH, next_spki, "next-key"),
	F("old-key", TEXT, old_key, NULL),
	F("salt-key", TPM_NAME, salt_key, NULL),
};
#define FIELDS (sizeof(fields) / sizeof(*fields))

static bool
is_text(const struct field *f)
{
	return f->kind != NUMBER && f->kind != INDEX;
}

/* ---- reading --------------------------------------------------------------- */

struct line {
	unsigned number;
	struct dv_bytes name, value;
};

static bool
line_split(struct dv_bytes text, struct line *line)
{
	static const char between[] = " = ";
	for (size_t i = 0; i + 3 <= text.len; i++) {
		if (memcmp(text.ptr + i, between, 3) != 0)
			continue;
		line->name = dv_bytes_cut(text, 0, i);
		line->value = dv_bytes_cut(text, i + 3, text.len - i - 3);
		return i > 0 && line->value.len > 0;
	}
	return false;
}

static bool
text_ok(struct dv_bytes value)
{
	if (dv_utf8_prefix(value) != value.len)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < 0x20 || value.ptr[i] == 0x7f)
			return false;
	}
	return true;
}

/* Lower case only; -1: no digit. */
static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
hex_ok(struct dv_bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (hex_digit(value.ptr[i]) < 0)
			return false;
	}
	return value.len % 2 == 0;
}

/* Digits only, no leading zero, at most 9 of them. */
static bool
number_read(struct dv_bytes value, uint32_t *out)
{
	*out = 0;
	if (value.len == 0 || value.len > 9 || value.ptr[0] == '0')
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return false;
		*out = *out * 10 + (uint32_t)(value.ptr[i] - '0');
	}
	return true;
}

/* "0x01c90200": the range of NV indices. */
static bool
index_read(struct dv_bytes value, uint32_t *out)
{
	*out = 0;
	if (value.len != 10 || memcmp(value.ptr, "0x01", 4) != 0)
		return false;
	for (size_t i = 2; i < value.len; i++) {
		int digit = hex_digit(value.ptr[i]);
		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

static bool
value_take(const struct field *f, struct dv_bytes value, uint8_t *room)
{
	uint32_t number;
	if (is_text(f)) {
		bool ok = value.len < f->room && text_ok(value) &&
		    (f->kind == TEXT || hex_ok(value)) &&
		    (f->kind != HASH || value.len == f->room - 1);
		if (ok)
			memcpy(room, value.ptr, value.len);
		return ok;
	}
	if (f->kind == NUMBER ? !number_read(value, &number) :
	    !index_read(value, &number))
		return false;
	memcpy(room, &number, sizeof(number));
	return true;
}

static const struct field *
field_find(struct dv_bytes name)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (dv_bytes_equal_text(name, fields[i].name))
			return &fields[i];
	}
	return NULL;
}

static enum dv_exit
line_take(const struct line *line, unsigned seen[FIELDS],
    struct ds_record *out, struct dv_err *err)
{
	const struct field *f = field_find(line->name);
	if (f == NULL)
		return dv_fail(err, DV_EXIT_NONE, "line %u: unknown name "
		    "\"%.*s\"", line->number,
		    (int)(line->name.len < NAME_MAX_LEN ? line->name.len :
		    NAME_MAX_LEN), (const char *)line->name.ptr);
	unsigned *at = &seen[f - fields];
	if (*at != 0)
		return dv_fail(err, DV_EXIT_NONE, "line %u: %s stands in line %u "
		    "already", line->number, f->name, *at);
	*at = line->number;
	if (value_take(f, line->value, (uint8_t *)out + f->at))
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE, "line %u: the value of %s is not one",
	    line->number, f->name);
}

/* The next line without its end; its last one must have an end too. */
static bool
line_next(struct dv_bytes *text, struct dv_bytes *line)
{
	const uint8_t *end = memchr(text->ptr, '\n', text->len);
	if (end == NULL)
		return false;
	*line = dv_bytes_cut(*text, 0, (size_t)(end - text->ptr));
	text->ptr = end + 1;
	text->len -= line->len + 1;
	return true;
}

/* What each field that is there needs beside it. */
static enum dv_exit
together(const unsigned seen[FIELDS], struct dv_err *err)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const char *with = fields[i].with;
		if (seen[i] == 0 || with == NULL)
			continue;
		const struct field *other = field_find(dv_text_bytes(with));
		if (seen[other - fields] == 0)
			return dv_fail(err, DV_EXIT_NONE, "line %u: %s needs %s, "
			    "which is missing", seen[i], fields[i].name, with);
	}
	return DV_EXIT_YES;
}

static enum dv_exit
lines_read(struct dv_bytes text, struct ds_record *out, struct dv_err *err)
{
	unsigned seen[FIELDS] = { 0 };
	struct line line = { .number = 1 };
	struct dv_bytes one;
	if (text.len == 0 || !line_next(&text, &one) ||
	    !dv_bytes_equal_text(one, VERSION " = 1"))
		return dv_fail(err, DV_EXIT_NONE, "line 1: wanted \"" VERSION
		    " = 1\"");
	while (text.len > 0) {
		line.number++;
		if (!line_next(&text, &one))
			return dv_fail(err, DV_EXIT_NONE,
			    "line %u: has no end", line.number);
		if (!text_ok(one) || !line_split(one, &line))
			return dv_fail(err, DV_EXIT_NONE,
			    "line %u: wanted \"name = value\"", line.number);
		enum dv_exit ret = line_take(&line, seen, out, err);
		if (ret != DV_EXIT_YES)
			return ret;
	}
	return together(seen, err);
}

enum dv_exit
ds_record_read(struct dv_bytes text, struct ds_record *out, struct dv_err *err)
{
	*out = (struct ds_record){ .nv = 0 };
	enum dv_exit ret = lines_read(text, out, err);
	if (ret != DV_EXIT_YES)
		*out = (struct ds_record){ .nv = 0 };
	return ret;
}

/* ---- writing --------------------------------------------------------------- */

static bool
field_write(const struct field *f, const struct ds_record *record,
    struct dv_buf *out)
{
	const uint8_t *at = (const uint8_t *)record + f->at;
	uint32_t number = 0;
	if (is_text(f))
		return *at == '\0' || dv_buf_text(out, "%s = %s\n", f->name,
		    (const char *)at);
	memcpy(&number, at, sizeof(number));
	if (number == 0)
		return true;
	return f->kind == NUMBER ?
	    dv_buf_text(out, "%s = %u\n", f->name, (unsigned)number) :
	    dv_buf_text(out, "%s = 0x%08x\n", f->name, (unsigned)number);
}

bool
ds_record_write(const struct ds_record *record, struct dv_buf *out)
{
	bool ok = dv_buf_text(out, VERSION " = 1\n");
	for (size_t i = 0; ok && i < FIELDS; i++)
		ok = field_write(&fields[i], record, out);
	return ok;
}

/* ---- keys ------------------------------------------------------------------ */

bool
ds_record_hash(const struct dv_key *key, char out[DS_RECORD_HASH])
{
	uint8_t digest[DV_MAX_DIGEST];
	size_t len = dv_hash_once(DV_HASH_SHA256, key->spki, digest);
	memset(out, 0, DS_RECORD_HASH);
	dv_hex_text((struct dv_bytes){ digest, len }, out);
	return len > 0;
}

bool
ds_spec_in_hardware(const char *spec)
{
	return strncmp(spec, "tpm:0x", 6) == 0 ||
	    strncmp(spec, "pkcs11:", 7) == 0;
}
