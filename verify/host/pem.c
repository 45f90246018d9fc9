/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PEM text and files of DER or PEM. A broken block is an error, never passed
 * over: what a file seems to hold and what is read must be the same. RFC 7468.
 */
#include "host/pem.h"

#include <string.h>

#include "bytes.h"
#include "host/file.h"
#include "host/open.h"
#include "host/text.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"
#define LABEL_MAX 63

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One to three octets as four characters. */
static void
encode_group(const uint8_t *in, size_t len, uint8_t out[4])
{
	uint32_t bits = (uint32_t)in[0] << 16;

	if (len > 1)
		bits |= (uint32_t)in[1] << 8;
	if (len > 2)
		bits |= in[2];
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)alphabet[bits >> (18 - 6 * i) & 63];
	if (len < 3)
		out[3] = '=';
	if (len < 2)
		out[2] = '=';
}

static bool
encode_line(struct dv_buf *out, const uint8_t *in, size_t len)
{
	uint8_t line[64 + 1];
	size_t n = 0, part;
	bool done;

	for (size_t i = 0; i < len; i += 3, n += 4) {
		part = len - i < 3 ? len - i : 3;
		encode_group(in + i, part, line + n);
	}
	line[n++] = '\n';
	done = dv_buf_add(out, (struct dv_bytes){ line, n });
	dv_wipe(line, sizeof(line));
	return done;
}

bool
dv_pem_lines(struct dv_buf *out, struct dv_bytes der)
{
	size_t part;

	for (size_t i = 0; i < der.len; i += part) {
		part = der.len - i < DV_PEM_LINE ? der.len - i : DV_PEM_LINE;
		if (!encode_line(out, der.ptr + i, part))
			return false;
	}
	return true;
}

bool
dv_pem_write(struct dv_buf *out, const char *label, struct dv_bytes der)
{
	return dv_buf_text(out, BEGIN "%s" DASHES "\n", label) &&
	    dv_pem_lines(out, der) &&
	    dv_buf_text(out, END "%s" DASHES "\n", label);
}

static struct dv_bytes
behind(struct dv_bytes text, size_t len)
{
	return (struct dv_bytes){ text.ptr + len, text.len - len };
}

static bool
begins_with(struct dv_bytes text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len && memcmp(text.ptr, with, len) == 0;
}

/* The line without its end; *text moves behind it. CR LF, LF and CR end it. */
static struct dv_bytes
take_line(struct dv_bytes *text)
{
	struct dv_bytes line = { text->ptr, 0 };
	size_t end;

	while (line.len < text->len && text->ptr[line.len] != '\n' &&
	    text->ptr[line.len] != '\r')
		line.len++;
	end = line.len;
	if (end < text->len && text->ptr[end] == '\r')
		end++;
	if (end < text->len && text->ptr[end] == '\n')
		end++;
	*text = behind(*text, end);
	while (line.len > 0 && (line.ptr[line.len - 1] == ' ' ||
	    line.ptr[line.len - 1] == '\t'))
		line.len--;
	return line;
}

/* "-----BEGIN X-----" or END: is it one, and what is X? */
static bool
boundary(struct dv_bytes line, const char *kind, char label[64])
{
	size_t head = strlen(kind), tail = strlen(DASHES), len;

	if (!begins_with(line, kind) || line.len < head + tail)
		return false;
	len = line.len - head - tail;
	if (len > LABEL_MAX || !begins_with(behind(line, head + len), DASHES))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (line.ptr[head + i] < 0x20 || line.ptr[head + i] > 0x7e)
			return false;
	}
	memcpy(label, line.ptr + head, len);
	label[len] = '\0';
	return true;
}

/* Base64 between lines: what has been seen of the current group of four. */
struct base64 {
	uint32_t bits;
	unsigned count;		/* characters in the group, '=' included */
	unsigned pads;		/* a group that has any is the last */
};

/* Writes the octet that the character completes; false when it may not stand
 * there. */
static bool
decode_char(struct base64 *b, uint8_t c, struct dv_buf *der)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);
	const bool pad = c == '=' && b->count >= 2;

	if (!pad && (at == NULL || b->pads > 0))
		return false;
	b->pads += pad;
	b->bits = b->bits << 6 | (pad ? 0 : (uint32_t)(at - alphabet));
	b->count++;
	if (!pad && b->count > 1) {
		if (!dv_buf_reserve(der, 1))
			return false;
		der->ptr[der->len++] = (uint8_t)(b->bits >> (8 - 2 * b->count));
	}
	if (b->count < 4)
		return true;
	b->count = 0;
	/* Padding stands for octets that are not there: they are zero. */
	return (b->bits & ((1u << 8 * b->pads) - 1)) == 0;
}

static bool
decode_line(struct base64 *b, struct dv_bytes line, struct dv_buf *der)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == ' ' || line.ptr[i] == '\t')
			continue;
		if (!decode_char(b, line.ptr[i], der))
			return false;
	}
	return true;
}

static enum dv_exit
broken(struct dv_err *err, const char *label, unsigned line)
{
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE,
	    "PEM block \"%s\" is broken in its line %u", label, line),
	    "copy the file again; a key with \"Proc-Type\" lines must be "
	    "converted to PKCS#8 first");
}

/* From behind the BEGIN line to behind the END line. */
static enum dv_exit
decode_block(struct dv_bytes *text, const char *label, struct dv_buf *der,
    struct dv_err *err)
{
	struct base64 b = { .bits = 0 };
	struct dv_bytes line;
	char end[64];

	for (unsigned n = 1; text->len > 0; n++) {
		line = take_line(text);
		if (boundary(line, END, end)) {
			if (strcmp(end, label) != 0 || b.count != 0)
				return broken(err, label, n);
			return DV_EXIT_YES;
		}
		if (!decode_line(&b, line, der))
			return broken(err, label, n);
	}
	return dv_fail(err, DV_EXIT_NONE, "PEM block \"%s\" has no END line",
	    label);
}

/* The next BEGIN line is taken, and what is before it. */
static bool
find_begin(struct dv_bytes *text, char label[64])
{
	while (text->len > 0) {
		if (boundary(take_line(text), BEGIN, label))
			return true;
	}
	return false;
}

enum dv_exit
dv_pem_next(struct dv_bytes *text, char label[64], struct dv_buf *der,
    struct dv_err *err)
{
	size_t before = der->len;
	enum dv_exit exit;

	label[0] = '\0';
	if (!find_begin(text, label))
		return DV_EXIT_NO;
	exit = decode_block(text, label, der, err);
	if (exit != DV_EXIT_YES && der->len > before) {
		dv_wipe(der->ptr + before, der->len - before);
		der->len = before;
	}
	return exit;
}

bool
dv_is_pem(struct dv_bytes file)
{
	char label[64];

	if (file.len >= 2 && file.ptr[0] == 0x30 && file.ptr[1] >= 0x80)
		return false;
	return find_begin(&file, label);
}

/* The list owns it from now on. */
static enum dv_exit
list_add(struct dv_ders *list, const char *path, struct dv_buf *one,
    struct dv_err *err)
{
	if (list->count == DV_DERS_MAX)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: more than %d objects are given", path, DV_DERS_MAX);
	list->path[list->count] = path;
	list->file[list->count++] = *one;
	*one = (struct dv_buf){ 0 };
	return DV_EXIT_YES;
}

static const char *
article(const char *label)
{
	return label[0] != '\0' && strchr("AEIOU", label[0]) != NULL ? "an" :
	    "a";
}

static enum dv_exit
wrong_label(struct dv_err *err, const char *path, const char *found,
    const char *wanted)
{
	return dv_fail(err, DV_EXIT_NONE, "%s: holds %s %s, wanted %s %s",
	    path, article(found), found, article(wanted), wanted);
}

static enum dv_exit
load_pem(struct dv_ders *list, const char *path, struct dv_bytes text,
    const char *wanted, struct dv_err *err)
{
	struct dv_buf der = { 0 };
	enum dv_exit exit;
	char label[64];

	for (;;) {
		exit = dv_pem_next(&text, label, &der, err);
		if (exit == DV_EXIT_NO)
			return DV_EXIT_YES;
		if (exit != DV_EXIT_YES)
			exit = dv_fail_in(err, exit, path);
		else if (strcmp(label, wanted) != 0)
			exit = wrong_label(err, path, label, wanted);
		else
			exit = list_add(list, path, &der, err);
		dv_buf_free(&der);
		if (exit != DV_EXIT_YES)
			return exit;
	}
}

enum dv_exit
dv_ders_load(struct dv_ders *list, const char *path, const char *label,
    struct dv_err *err)
{
	struct dv_buf file = { 0 };
	bool crls = strcmp(label, DV_PEM_CRL) == 0;
	enum dv_exit exit = dv_file_read(path, crls ? DV_FILE_MAX_CRLS :
	    DV_FILE_MAX, &file, err);

	if (exit == DV_EXIT_YES)
		exit = dv_is_pem(dv_buf_bytes(&file)) ? load_pem(list, path,
		    dv_buf_bytes(&file), label, err) :
		    list_add(list, path, &file, err);
	dv_buf_free(&file);
	return exit;
}

void
dv_ders_free(struct dv_ders *list)
{
	for (size_t i = 0; i < list->count; i++)
		dv_buf_free(&list->file[i]);
	list->count = 0;
}
