/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Command lines from tables: parsing and main(). Reads no environment and
 * knows no tool. The texts of --help are in help.c.
 */
#include "host/args.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dv_version.h"
#include "host/help.h"
#include "host/text.h"
#include "host/words.h"

#define LONGEST_SHOWN 61	/* octets of the name of an unknown option */

/* What is to be done after parsing. */
enum todo { TODO_NOTHING = 0, TODO_HELP, TODO_VERSION };

/* "option -o (--output)" or "option --max-depth". */
#define OPT_TEXT 64
static const char *
opt_text(const struct dv_opt *opt, char out[OPT_TEXT])
{
	if (opt->letter != 0)
		(void)snprintf(out, OPT_TEXT, "option -%c (--%s)", opt->letter,
		    opt->name);
	else
		(void)snprintf(out, OPT_TEXT, "option --%s", opt->name);
	return out;
}

static enum dv_exit
see_help(const struct dv_args *args, enum dv_exit exit, struct dv_err *err)
{
	return dv_hint(err, exit, "see `%s %s --help`",
	    args->tool->name, args->verb->name);
}

/* A usage error about one option. */
static enum dv_exit
bad_option(const struct dv_args *args, const struct dv_opt *opt,
    const char *wrong, struct dv_err *err)
{
	char text[OPT_TEXT];

	return see_help(args, dv_fail(err, DV_EXIT_USAGE, "%s: %s %s",
	    args->verb->name, opt_text(opt, text), wrong), err);
}

static enum dv_exit
unknown_option(const struct dv_args *args, const struct dv_words *words,
    struct dv_err *err)
{
	const size_t len = words->name.len;
	struct dv_nearest nearest = dv_nearest_to(words->name);
	enum dv_exit exit = dv_fail(err, DV_EXIT_USAGE,
	    "%s: unknown option %s%.*s", args->verb->name,
	    words->is_long ? "--" : "-",
	    (int)(len < LONGEST_SHOWN ? len : LONGEST_SHOWN),
	    (const char *)words->name.ptr);

	if (!words->is_long)
		return see_help(args, exit, err);
	for (const struct dv_opt *o = args->verb->opts; o->name != NULL; o++) {
		if (o->help != NULL)
			dv_nearest_try(&nearest, o->name);
	}
	if (nearest.name == NULL)
		return see_help(args, exit, err);
	return dv_hint(err, exit, "did you mean --%s?", nearest.name);
}

/* An option that other builds have: unknown here, and the table says why. */
static enum dv_exit
refused_option(const struct dv_args *args, const struct dv_opt *opt,
    struct dv_err *err)
{
	char text[OPT_TEXT];

	return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "%s: unknown %s",
	    args->verb->name, opt_text(opt, text)), "%s", opt->arg);
}

static enum dv_exit
add_option(struct dv_args *args, const struct dv_opt *opt, const char *value,
    struct dv_err *err)
{
	if (!opt->many && dv_args_has(args, opt->name))
		return bad_option(args, opt, "is given twice", err);
	if (opt->arg != NULL && value[0] == '\0')
		return bad_option(args, opt, "has an empty value", err);
	if (args->given_count == DV_ARGS_MAX_VALUES)
		return bad_option(args, opt, "is one option too many", err);
	args->given[args->given_count].opt = opt;
	args->given[args->given_count].value = value;
	args->given_count++;
	return DV_EXIT_YES;
}

/* -h and -V, which every verb has; TODO_NOTHING: it is neither. */
static enum todo
built_in(const struct dv_words *words)
{
	if (dv_words_has_value(words))
		return TODO_NOTHING;
	if (dv_words_is(words, 'h', "help"))
		return TODO_HELP;
	return dv_words_is(words, 'V', "version") ? TODO_VERSION : TODO_NOTHING;
}

static enum dv_exit
take_option(struct dv_args *args, struct dv_words *words, enum todo *todo,
    struct dv_err *err)
{
	const struct dv_opt *opt = args->verb->opts;
	const char *value = NULL;

	while (opt->name != NULL &&
	    !dv_words_is(words, opt->letter, opt->name))
		opt++;
	if (opt->name == NULL) {
		*todo = built_in(words);
		return *todo != TODO_NOTHING ? DV_EXIT_YES :
		    unknown_option(args, words, err);
	}
	if (opt->help == NULL)
		return refused_option(args, opt, err);
	if (opt->arg != NULL) {
		value = dv_words_value(words);
		if (value == NULL)
			return bad_option(args, opt, "needs a value", err);
	} else if (dv_words_has_value(words)) {
		return bad_option(args, opt, "takes no value", err);
	}
	return add_option(args, opt, value, err);
}

/* The operands gather at the beginning of argv, in their order. */
static enum dv_exit
parse_words(struct dv_args *args, char **argv, enum todo *todo,
    struct dv_err *err)
{
	struct dv_words words = dv_words_of(argv);
	enum dv_exit exit = DV_EXIT_YES;
	enum dv_word word;
	char **end = argv;

	while (exit == DV_EXIT_YES && *todo == TODO_NOTHING &&
	    (word = dv_words_next(&words)) != DV_WORD_NONE) {
		if (word == DV_WORD_OPERAND)
			*end++ = words.operand;
		else
			exit = take_option(args, &words, todo, err);
	}
	*end = NULL;
	args->operands = argv;
	args->operand_count = (int)(end - argv);
	return exit;
}

static enum dv_exit
check_operands(const struct dv_args *args, struct dv_err *err)
{
	const struct dv_verb *verb = args->verb;

	if (args->operand_count < verb->min_operands) {
		return see_help(args, dv_fail(err, DV_EXIT_USAGE,
		    "%s: %s is missing", verb->name, verb->operands), err);
	}
	if (verb->max_operands >= 0 &&
	    args->operand_count > verb->max_operands) {
		return see_help(args, dv_fail(err, DV_EXIT_USAGE,
		    "%s: %s is one too many", verb->name,
		    args->operands[verb->max_operands]), err);
	}
	for (int i = 0; i < args->operand_count; i++) {
		if (args->operands[i][0] != '\0')
			continue;
		return see_help(args, dv_fail(err, DV_EXIT_USAGE,
		    "%s: a name is empty", verb->name), err);
	}
	return DV_EXIT_YES;
}

/* Standard input can be read once, so "-" can be said once (not for -o). */
static enum dv_exit
check_stdin(const struct dv_args *args, struct dv_err *err)
{
	int count = 0;

	for (int i = 0; i < args->operand_count; i++)
		count += strcmp(args->operands[i], "-") == 0;
	for (int i = 0; i < args->given_count; i++) {
		if (args->given[i].opt->arg != NULL &&
		    args->given[i].opt->letter != 'o')
			count += strcmp(args->given[i].value, "-") == 0;
	}
	if (count <= 1)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_USAGE,
	    "%s: standard input (-) can be named only once", args->verb->name);
}

const char *
dv_args_nth(const struct dv_args *args, const char *name, int i)
{
	for (int g = 0; g < args->given_count; g++) {
		if (strcmp(args->given[g].opt->name, name) == 0 && i-- == 0)
			return args->given[g].value;
	}
	return NULL;
}

const char *
dv_args_get(const struct dv_args *args, const char *name)
{
	return dv_args_nth(args, name, 0);
}

bool
dv_args_has(const struct dv_args *args, const char *name)
{
	for (int g = 0; g < args->given_count; g++) {
		if (strcmp(args->given[g].opt->name, name) == 0)
			return true;
	}
	return false;
}

static const struct dv_verb *
verb_find(const struct dv_tool *tool, const char *name)
{
	for (const struct dv_verb *v = tool->verbs; v->name != NULL; v++) {
		if (strcmp(v->name, name) == 0)
			return v;
	}
	return NULL;
}

static enum dv_exit
unknown_verb(const struct dv_tool *tool, const char *word, struct dv_err *err)
{
	struct dv_nearest nearest = dv_nearest_to(dv_text_bytes(word));
	enum dv_exit exit = dv_fail(err, DV_EXIT_USAGE,
	    "unknown command \"%s\"", word);

	for (const struct dv_verb *v = tool->verbs; v->name != NULL; v++)
		dv_nearest_try(&nearest, v->name);
	if (nearest.name == NULL)
		return dv_hint(err, exit, "see `%s --help`", tool->name);
	return dv_hint(err, exit, "did you mean `%s %s`?", tool->name,
	    nearest.name);
}

static enum dv_exit
run_verb(struct dv_args *args, char **argv, struct dv_err *err)
{
	enum todo todo = TODO_NOTHING;
	enum dv_exit exit = parse_words(args, argv, &todo, err);

	if (todo == TODO_HELP)
		dv_help_verb(args->tool, args->verb);
	if (todo == TODO_VERSION)
		(void)printf("%s %s\n", args->tool->name, DV_VERSION);
	if (exit != DV_EXIT_YES || todo != TODO_NOTHING)
		return exit;
	exit = check_operands(args, err);
	if (exit == DV_EXIT_YES)
		exit = check_stdin(args, err);
	return exit == DV_EXIT_YES ? args->verb->run(args, err) : exit;
}

/* `tool help`, `tool --help`, `tool help VERB`. */
static enum dv_exit
run_help(const struct dv_tool *tool, const char *word, struct dv_err *err)
{
	const struct dv_verb *verb;

	if (word == NULL) {
		dv_help_tool(tool);
		return DV_EXIT_YES;
	}
	verb = verb_find(tool, word);
	if (verb == NULL)
		return unknown_verb(tool, word, err);
	dv_help_verb(tool, verb);
	return DV_EXIT_YES;
}

static bool
is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static enum dv_exit
run_tool(const struct dv_tool *tool, int argc, char **argv, struct dv_err *err)
{
	struct dv_args args = { .tool = tool };

	if (argc < 2) {
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
		    "no command given"), "see `%s --help`", tool->name);
	}
	args.verb = verb_find(tool, argv[1]);
	if (args.verb != NULL)
		return run_verb(&args, argv + 2, err);
	if (is_one_of(argv[1], "-h", "--help") || strcmp(argv[1], "help") == 0)
		return run_help(tool, argc > 2 ? argv[2] : NULL, err);
	if (is_one_of(argv[1], "-V", "--version")) {
		(void)printf("%s %s\n", tool->name, DV_VERSION);
		return DV_EXIT_YES;
	}
	return unknown_verb(tool, argv[1], err);
}

/*
 * A closed standard descriptor would be given to the next file opened, and
 * what is printed would go into it. The stand-in makes reads and writes fail.
 */
static void
hold_standard_descriptors(void)
{
	struct stat st;

	for (int fd = 0; fd <= 2; fd++) {
		if (fstat(fd, &st) == -1 && errno == EBADF)
			(void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
	}
}

/* What was not written was not said: no verdict. */
static enum dv_exit
finish_output(enum dv_exit exit, struct dv_err *err)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) == 0 && !failed)
		return exit;
	/* An earlier error keeps its own words. */
	if (err->what[0] != '\0')
		return DV_EXIT_NONE;
	return dv_fail(err, DV_EXIT_NONE, "standard output: cannot write: %s",
	    errno != 0 ? strerror(errno) : "write error");
}

int
dv_tool_main(const struct dv_tool *tool, int argc, char **argv)
{
	struct dv_err err = { .what = "" };
	enum dv_exit exit;

	hold_standard_descriptors();
	/* A reader that went away must show as an error, not kill us. */
	(void)signal(SIGPIPE, SIG_IGN);
	exit = run_tool(tool, argc, argv, &err);
	exit = finish_output(exit, &err);
	if (err.what[0] != '\0')
		dv_err_print(tool->name, &err);
	return (int)exit;
}
