/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads CSV strictly: a line that could be understood in two ways is refused by
 * its number. A field holds no line break, which no device's name does either.
 * RFC 4180.
 */
#include "csv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum dv_exit
fail_line(const struct pki_csv *csv, const char *what, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NO, "%s, line %lu: %s", csv->path,
	    csv->line, what);
}

/* To the end of a line that is too long. */
static void
skip_line(FILE *in)
{
	int c;

	while ((c = getc(in)) != EOF && c != '\n')
		continue;
}

/* One line without its end, in room. */
static enum dv_exit
read_line(struct pki_csv *csv, bool *end, struct dv_err *err)
{
	size_t len = 0;
	int c;

	csv->line++;
	while ((c = getc(csv->in)) != EOF && c != '\n') {
		if (len >= PKI_CSV_LINE) {
			skip_line(csv->in);
			return fail_line(csv, "longer than 4096 octets", err);
		}
		csv->room[len++] = (char)c;
	}
	if (ferror(csv->in))
		return dv_fail(err, DV_EXIT_NONE, "%s: cannot read: %s",
		    csv->path, strerror(errno));
	*end = c == EOF && len == 0;
	if (len > 0 && csv->room[len - 1] == '\r')
		len--;
	csv->room[len] = '\0';
	if (strlen(csv->room) != len || strpbrk(csv->room, "\r") != NULL)
		return fail_line(csv, "a NUL or a carriage return inside", err);
	return DV_EXIT_YES;
}

/* A field in quotes, in place; *at moves behind it. NULL: not well-formed. */
static char *
quoted(char **at)
{
	char *from = *at + 1, *to = *at + 1, *begin = from;
	bool closed = false;

	for (; *from != '\0' && !closed; from++) {
		closed = *from == '"' && from[1] != '"';
		if (*from == '"' && !closed)
			from++;
		if (!closed)
			*to++ = *from;
	}
	if (!closed || (*from != '\0' && *from != ','))
		return NULL;
	*at = from;
	*to = '\0';
	return begin;
}

/* Splits room into fields; their number, or 0 with a reason. */
static size_t
split(struct pki_csv *csv, char *field[PKI_CSV_COLUMNS], const char **why)
{
	char *at = csv->room;
	size_t count = 0;
	bool more = true;

	while (more) {
		char *begin = at;

		*why = "too many fields";
		if (count >= PKI_CSV_COLUMNS)
			return 0;
		*why = "a quote that is not closed, or text beside one";
		if (*at == '"')
			begin = quoted(&at);
		else
			at += strcspn(at, ",\"");
		if (begin == NULL || *at == '"')
			return 0;
		more = *at == ',';
		*at++ = '\0';
		field[count++] = begin;
	}
	return count;
}

static enum dv_exit
next_fields(struct pki_csv *csv, char *field[PKI_CSV_COLUMNS], size_t *count,
    bool *end, struct dv_err *err)
{
	const char *why = NULL;
	enum dv_exit exit;

	do {
		exit = read_line(csv, end, err);
		if (exit != DV_EXIT_YES || *end)
			return exit;
	} while (csv->room[0] == '\0');
	*count = split(csv, field, &why);
	return *count > 0 ? DV_EXIT_YES : fail_line(csv, why, err);
}

static int
name_index(const struct pki_csv *csv, const char *name)
{
	for (int i = 0; csv->names[i] != NULL; i++) {
		if (strcmp(csv->names[i], name) == 0)
			return i;
	}
	return -1;
}

static enum dv_exit
take_column(struct pki_csv *csv, const char *name, struct dv_err *err)
{
	int index = name_index(csv, name);
	enum dv_exit exit;

	if (index < 0) {
		char known[256] = "";

		for (size_t i = 0; csv->names[i] != NULL; i++)
			(void)snprintf(known + strlen(known), sizeof(known) -
			    strlen(known), " %s", csv->names[i]);
		exit = dv_fail(err, DV_EXIT_NONE, "%s, line 1: there is no "
		    "column \"%.64s\"", csv->path, name);
		return dv_hint(err, exit, "the first line names the columns, "
		    "some of:%s", known);
	}
	for (size_t i = 0; i < csv->columns; i++) {
		if (csv->column[i] == index)
			return dv_fail(err, DV_EXIT_NONE, "%s, line 1: column "
			    "%s stands there twice", csv->path, name);
	}
	csv->column[csv->columns++] = index;
	return DV_EXIT_YES;
}

/* The first line. A byte order mark is what some programs write before it. */
static enum dv_exit
read_names(struct pki_csv *csv, struct dv_err *err)
{
	char *field[PKI_CSV_COLUMNS] = { NULL };
	size_t count = 0;
	bool end = false, first = false;
	enum dv_exit exit = next_fields(csv, field, &count, &end, err);

	if (exit == DV_EXIT_YES && end)
		return dv_fail(err, DV_EXIT_NONE, "%s: is empty", csv->path);
	if (field[0] != NULL && strncmp(field[0], "\xef\xbb\xbf", 3) == 0)
		field[0] += 3;
	for (size_t i = 0; exit == DV_EXIT_YES && i < count; i++) {
		exit = take_column(csv, field[i], err);
		first = first || (size_t)csv->column[csv->columns - 1] <
		    csv->keys;
	}
	if (exit == DV_EXIT_YES && !first)
		return dv_fail(err, DV_EXIT_NONE, "%s, line 1: there is no "
		    "column \"%s\"", csv->path, csv->names[0]);
	return exit == DV_EXIT_NO ? DV_EXIT_NONE : exit;
}

enum dv_exit
pki_csv_open(struct pki_csv *csv, const char *path, const char *const *names,
    size_t keys, struct dv_err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*csv = (struct pki_csv){ .path = path, .names = names,
	    .keys = keys };
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		csv->in = fdopen(fd, "r");
	if (csv->in == NULL) {
		enum dv_exit exit = dv_fail(err, DV_EXIT_NONE, "%s: cannot "
		    "open: %s", path, fd < 0 ? strerror(errno) :
		    "not a regular file");

		if (fd >= 0)
			(void)close(fd);
		return exit;
	}
	return read_names(csv, err);
}

enum dv_exit
pki_csv_rewind(struct pki_csv *csv, struct dv_err *err)
{
	csv->columns = 0;
	csv->line = 0;
	rewind(csv->in);
	return read_names(csv, err);
}

enum dv_exit
pki_csv_next(struct pki_csv *csv, bool *end, struct dv_err *err)
{
	char *field[PKI_CSV_COLUMNS];
	size_t count = 0;
	enum dv_exit exit;

	for (size_t i = 0; i < PKI_CSV_COLUMNS; i++)
		csv->value[i] = "";
	exit = next_fields(csv, field, &count, end, err);
	if (exit != DV_EXIT_YES || *end)
		return exit;
	if (count != csv->columns)
		return dv_fail(err, DV_EXIT_NO, "%s, line %lu: %zu fields, "
		    "the first line has %zu", csv->path, csv->line, count,
		    csv->columns);
	for (size_t i = 0; i < count; i++)
		csv->value[csv->column[i]] = field[i];
	return DV_EXIT_YES;
}

void
pki_csv_close(struct pki_csv *csv)
{
	if (csv->in != NULL)
		(void)fclose(csv->in);
	csv->in = NULL;
}
