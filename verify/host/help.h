/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What --help prints, from the tables of host/args.h; used by args.c, and of
 * the texts by the tiny devverify.
 */
#ifndef HOST_HELP_H
#define HOST_HELP_H

#include "host/args.h"

/* Rows and lines that every program has. */
#define DV_HELP_HELP DV_OPT('h', "help", NULL, "show this text")
#define DV_HELP_VERSION DV_OPT('V', "version", NULL, "show the version")
#define DV_HELP_EXITS "\nexit status: 0 yes or done, 1 no, "                   \
    "2 wrong command line, 3 no verdict or cannot\n"

/* On standard output, one screen each. */
void dv_help_tool(const struct dv_tool *tool);
void dv_help_verb(const struct dv_tool *tool, const struct dv_verb *verb);

/*
 * The name that a word was meant to be, of those that are tried: the one that it
 * is the beginning of, when there are several none; else the first with the
 * fewest letters to change, at most two.
 */
struct dv_nearest {
	struct dv_bytes word;
	const char *name;	/* NULL: none */
	size_t changes;
};
struct dv_nearest dv_nearest_to(struct dv_bytes word);
void dv_nearest_try(struct dv_nearest *nearest, const char *name);

#endif
