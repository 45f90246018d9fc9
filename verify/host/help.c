/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The texts of --help, printed from the tables that drive parsing, so that
 * they cannot differ from what the program does.
 */
#include "host/help.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 31		/* longer words have no nearest name */
#define LEFT_MAX 64
#define TOO_MANY 3		/* changes of a word: another was meant */

static const struct dv_opt built_in[] = {
	DV_HELP_HELP,
	DV_HELP_VERSION,
	{ .name = NULL },
};

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to add, take away or change to get from the word to the name. */
static size_t
distance(struct dv_bytes word, const char *name)
{
	size_t len = strlen(name), diagonal, above;
	size_t row[WORD_MAX + 1];

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; i < word.len; i++) {
		diagonal = row[0]++;
		for (size_t j = 1; j <= len; j++) {
			above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
			    diagonal + (word.ptr[i] != (uint8_t)name[j - 1]));
			diagonal = above;
		}
	}
	return row[len];
}

static bool
is_beginning(struct dv_bytes word, const char *name)
{
	size_t i = 0;

	while (i < word.len && name[i] != '\0' &&
	    word.ptr[i] == (uint8_t)name[i])
		i++;
	return i > 0 && i == word.len;
}

struct dv_nearest
dv_nearest_to(struct dv_bytes word)
{
	return (struct dv_nearest){ .word = word, .changes = TOO_MANY };
}

void
dv_nearest_try(struct dv_nearest *nearest, const char *name)
{
	const struct dv_bytes word = nearest->word;
	const size_t len = strlen(name);
	size_t changes = TOO_MANY;

	if (is_beginning(word, name))
		changes = 0;
	else if (word.len >= 2 && word.len <= WORD_MAX && len <= WORD_MAX)
		changes = distance(word, name);
	if (changes < nearest->changes && changes < len) {
		nearest->changes = changes;
		nearest->name = name;
	} else if (changes == 0) {
		nearest->name = NULL;
	}
}

/* "-o, --output FILE", or "    --max-depth N". */
static int
left_text(const struct dv_opt *opt, char out[LEFT_MAX])
{
	char letter[8] = "    ";

	if (opt->letter != 0)
		(void)snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
	return snprintf(out, LEFT_MAX, "%s--%s%s%s", letter, opt->name,
	    opt->arg != NULL ? " " : "", opt->arg != NULL ? opt->arg : "");
}

static int
widest(const struct dv_opt *opts, int width)
{
	char text[LEFT_MAX];
	int n;

	for (; opts->name != NULL; opts++) {
		if (opts->help == NULL)
			continue;
		n = left_text(opts, text);
		width = n > width ? n : width;
	}
	return width;
}

static void
print_options(const struct dv_opt *opts, int width)
{
	char text[LEFT_MAX];

	for (; opts->name != NULL; opts++) {
		if (opts->help == NULL)
			continue;
		(void)left_text(opts, text);
		(void)printf("  %-*s  %s%s\n", width, text, opts->help,
		    opts->many ? " (repeatable)" : "");
	}
}

static void
print_end(const struct dv_tool *tool)
{
	(void)fputs(DV_HELP_EXITS, stdout);
	if (tool->example != NULL)
		(void)printf("example: %s\n", tool->example);
}

void
dv_help_verb(const struct dv_tool *tool, const struct dv_verb *verb)
{
	int width = widest(verb->opts, widest(built_in, 0));

	(void)printf("usage: %s %s [options]%s%s\n%s\n\n", tool->name,
	    verb->name, verb->operands[0] != '\0' ? " " : "", verb->operands,
	    verb->summary);
	print_options(verb->opts, width);
	print_options(built_in, width);
	print_end(tool);
}

void
dv_help_tool(const struct dv_tool *tool)
{
	int width = 4;

	for (const struct dv_verb *v = tool->verbs; v->name != NULL; v++) {
		if ((int)strlen(v->name) > width)
			width = (int)strlen(v->name);
	}
	(void)printf("usage: %s COMMAND [options] ...\n%s\n\n", tool->name,
	    tool->summary);
	for (const struct dv_verb *v = tool->verbs; v->name != NULL; v++)
		(void)printf("  %-*s  %s\n", width, v->name, v->summary);
	(void)printf("\n`%s COMMAND --help` shows the options of a command.\n",
	    tool->name);
	print_end(tool);
}
