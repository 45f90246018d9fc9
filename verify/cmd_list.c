/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Operands from a list (--list), one a line, and how many are judged at once
 * (--jobs). A list with a line that is no name is refused whole, before
 * anything in it is judged. docs/man/devverify.1.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "host/file.h"
#include "host/open.h"
#include "host/text.h"

#define LIST_MAX (64u << 20)	/* octets of a list: a million long names */

/* Names read from a list, as the operands of a command line. */
struct list {
	struct dv_args args;
	struct dv_buf text;
	char **names;		/* into text */
};

static enum dv_exit
fail_line(const struct dv_args *args, int line, const char *wrong,
    struct dv_err *err)
{
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: line %d %s",
	    dv_path_shown(dv_args_get(args, "list")), line, wrong),
	    "a list has one file a line and nothing else");
}

static enum dv_exit
check_name(const struct list *list, int line, struct dv_bytes name,
    struct dv_err *err)
{
	if (name.len == 0)
		return fail_line(&list->args, line, "is empty", err);
	if (name.len >= DV_PATH_MAX)
		return fail_line(&list->args, line, "is too long", err);
	if (memchr(name.ptr, '\0', name.len) != NULL)
		return fail_line(&list->args, line, "holds a NUL", err);
	if (name.ptr[name.len - 1] == '\r')
		return fail_line(&list->args, line,
		    "ends in a carriage return", err);
	if (name.len == 1 && name.ptr[0] == '-')
		return fail_line(&list->args, line,
		    "is \"-\": standard input is in no list", err);
	return DV_EXIT_YES;
}

/* Cuts the text, which ends in a newline, into names. */
static enum dv_exit
cut_lines(struct list *list, struct dv_err *err)
{
	char *at = (char *)list->text.ptr, *end = at + list->text.len, *next;
	enum dv_exit exit = DV_EXIT_YES;

	for (int n = 0; exit == DV_EXIT_YES && at < end; n++, at = next + 1) {
		next = memchr(at, '\n', (size_t)(end - at));
		exit = check_name(list, n + 1, (struct dv_bytes){
		    (const uint8_t *)at, (size_t)(next - at) }, err);
		*next = '\0';
		list->names[n] = at;
		list->args.operand_count = n + 1;
	}
	return exit;
}

static size_t
count_lines(struct dv_bytes text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	return lines;
}

static enum dv_exit
list_read(struct list *list, const char *path, struct dv_err *err)
{
	const struct dv_bytes newline = dv_text_bytes("\n");
	struct dv_buf *text = &list->text;
	enum dv_exit exit = dv_file_read(path, LIST_MAX, text, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (text->len == 0)
		return dv_fail(err, DV_EXIT_NONE, "%s: is empty, wanted names "
		    "of files, one a line", dv_path_shown(path));
	if (text->ptr[text->len - 1] != '\n' && !dv_buf_add(text, newline))
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	/* As argv: NULL is behind the last. */
	list->names = calloc(count_lines(dv_buf_bytes(text)) + 1,
	    sizeof(*list->names));
	if (list->names == NULL)
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	list->args.operands = list->names;
	return cut_lines(list, err);
}

static enum dv_exit
list_open(struct list *list, struct dv_err *err)
{
	const struct dv_args *args = &list->args;
	const char *path = dv_args_get(args, "list");

	if (path == NULL && args->operand_count == 0)
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
		    "%s: %s is missing", args->verb->name,
		    args->verb->operands), "see `%s %s --help`",
		    args->tool->name, args->verb->name);
	if (path == NULL)
		return DV_EXIT_YES;
	if (args->operand_count > 0)
		return dv_fail(err, DV_EXIT_USAGE, "%s: --list has the names "
		    "of all files: %s is one beside it", args->verb->name,
		    args->operands[0]);
	return list_read(list, path, err);
}

enum dv_exit
dv_cmd_listed(const struct dv_args *args, dv_cmd_run *run, struct dv_err *err)
{
	struct list list = { .args = *args };
	enum dv_exit exit = list_open(&list, err);

	if (exit == DV_EXIT_YES)
		exit = run(&list.args, err);
	free(list.names);
	dv_buf_free(&list.text);
	return exit;
}

enum dv_exit
dv_jobs_read(const struct dv_args *args, unsigned *out, struct dv_err *err)
{
	const char *text = dv_args_get(args, "jobs");
	const char *p = text;

	*out = 1;
	if (text == NULL)
		return DV_EXIT_YES;
	for (*out = 0; *p >= '0' && *p <= '9' && *out <= DV_JOBS_MAX; p++)
		*out = 10 * *out + (unsigned)(*p - '0');
	if (*p != '\0' || *out < 1 || *out > DV_JOBS_MAX)
		return dv_fail(err, DV_EXIT_USAGE, "option --jobs: \"%.64s\" "
		    "is not a number from 1 to %d", text, DV_JOBS_MAX);
	return DV_EXIT_YES;
}
