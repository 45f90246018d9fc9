/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Command lines: `tool verb [options] operands`, written as host/words.h says.
 * One table per verb drives parsing, --help and the man-page check. Repeated
 * single-use options, empty values, unknown options and wrong operand counts are
 * usage errors that name the option.
 */
#ifndef HOST_ARGS_H
#define HOST_ARGS_H

#include <stdbool.h>

#include "host/err.h"

#define DV_ARGS_MAX_VALUES 64

struct dv_opt {
	char letter;		/* 0: long form only */
	const char *name;	/* long form, without dashes; NULL ends a table */
	const char *arg;	/* "FILE": takes a value; NULL: a switch */
	const char *help;	/* one line; NULL: no option of this build, and
				   arg is the hint that says why */
	bool many;		/* may be repeated */
};

/* A row that several tables have; who keeps less of it defines this anew. */
#define DV_OPT(of_letter, of_name, of_arg, of_help) { .letter = of_letter,     \
	.name = of_name, .arg = of_arg, .help = of_help }

struct dv_args;

struct dv_verb {
	const char *name;	/* "root"; NULL ends a table */
	const char *operands;	/* "FILE..." for the usage line; "" none */
	int min_operands, max_operands;	/* max -1: any number */
	const char *summary;	/* one line */
	const struct dv_opt *opts;
	enum dv_exit (*run)(const struct dv_args *args, struct dv_err *err);
};

struct dv_tool {
	const char *name;	/* "pki-init" */
	const char *summary;	/* one line */
	const struct dv_verb *verbs;
	const char *example;	/* one command line for --help */
};

/* One parsed command line; strings are those of argv. */
struct dv_args {
	const struct dv_tool *tool;
	const struct dv_verb *verb;
	char *const *operands;	/* in their order, NULL behind the last */
	int operand_count;
	int given_count;
	struct { const struct dv_opt *opt; const char *value; }
	    given[DV_ARGS_MAX_VALUES];
};

/* Value of a single-use option, NULL when not given. */
const char *dv_args_get(const struct dv_args *args, const char *name);

/* Was this option given? */
bool dv_args_has(const struct dv_args *args, const char *name);

/* i-th value of a repeatable option, NULL past the last. */
const char *dv_args_nth(const struct dv_args *args, const char *name, int i);

/*
 * Whole main(): parses, answers -h/--help and -V/--version (every tool, every
 * verb), runs the verb, prints the error if there is one, returns the status.
 * Operands are gathered in argv, where options were.
 * A failure to write standard output becomes DV_EXIT_NONE.
 */
int dv_tool_main(const struct dv_tool *tool, int argc, char **argv);

#endif
