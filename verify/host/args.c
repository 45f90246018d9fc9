/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Command lines from tables: parsing and main(). Reads no environment and
 * knows no tool. The texts of --help are in help.c.
 */
#include "host/args.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dv_version.h"
#include "host/help.h"

/* What getopt_long() returns for long options; letters are below. */
#define LONG_BASE 256
#define LONG_HELP 512
#define LONG_VERSION 513

/* What is to be done after parsing. */
enum todo { TODO_NOTHING = 0, TODO_RUN, TODO_HELP, TODO_VERSION };

struct spec {
	char letters[2 * DV_ARGS_MAX_OPTIONS + 8];
	struct option longs[DV_ARGS_MAX_OPTIONS + 3];
};

static int
has_arg(const struct dv_opt *opt)
{
	/* A refused option is refused with and without a value. */
	if (opt->help == NULL)
		return optional_argument;
	return opt->arg != NULL ? required_argument : no_argument;
}

/* False: the table has more options than there is room for. */
static bool
spec_make(const struct dv_opt *opts, struct spec *spec)
{
	char *p = spec->letters;
	size_t n = 0;

	*p++ = ':';
	*p++ = 'h';
	*p++ = 'V';
	for (; n < DV_ARGS_MAX_OPTIONS && opts[n].name != NULL; n++) {
		spec->longs[n] = (struct option){ opts[n].name,
		    has_arg(&opts[n]), NULL, LONG_BASE + (int)n };
		if (opts[n].letter == 0)
			continue;
		*p++ = opts[n].letter;
		if (has_arg(&opts[n]) == required_argument)
			*p++ = ':';
	}
	*p = '\0';
	spec->longs[n++] = (struct option){ "help", no_argument, NULL,
	    LONG_HELP };
	spec->longs[n++] = (struct option){ "version", no_argument, NULL,
	    LONG_VERSION };
	spec->longs[n] = (struct option){ NULL, 0, NULL, 0 };
	return opts[n - 2].name == NULL;
}

/* The option that getopt_long() means by this value; NULL: none. */
static const struct dv_opt *
opt_by_value(const struct dv_opt *opts, int value)
{
	for (int n = 0; opts[n].name != NULL; n++) {
		if (value == LONG_BASE + n ||
		    (opts[n].letter != 0 && value == opts[n].letter))
			return &opts[n];
	}
	return NULL;
}

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

/* word is "--name", "--name=value" or "-x": as the user wrote it. */
static enum dv_exit
unknown_option(const struct dv_args *args, const char *word,
    struct dv_err *err)
{
	const char *names[DV_ARGS_MAX_OPTIONS + 1] = { NULL };
	const struct dv_opt *opts = args->verb->opts;
	const char *near;
	char name[OPT_TEXT];
	enum dv_exit exit;
	size_t n = 0;

	for (size_t i = 0; opts[i].name != NULL && n < DV_ARGS_MAX_OPTIONS; i++)
		if (opts[i].help != NULL)
			names[n++] = opts[i].name;
	(void)snprintf(name, sizeof(name), "%s", word);
	name[strcspn(name, "=")] = '\0';
	exit = dv_fail(err, DV_EXIT_USAGE, "%s: unknown option %s",
	    args->verb->name, name);
	near = name[1] == '-' ? dv_help_nearest(name + 2, names) : NULL;
	if (near == NULL)
		return see_help(args, exit, err);
	return dv_hint(err, exit, "did you mean --%s?", near);
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
	if (opt->help == NULL)
		return refused_option(args, opt, err);
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

/* After getopt_long() returned ':' or '?': says which mistake it was. */
static enum dv_exit
explain(const struct dv_args *args, int c, char **argv, struct dv_err *err)
{
	const struct dv_opt *opt = opt_by_value(args->verb->opts, optopt);
	char word[3] = { '-', (char)optopt, '\0' };

	if (opt != NULL)
		return bad_option(args, opt, c == ':' ? "needs a value" :
		    "takes no value", err);
	if (optopt == LONG_HELP || optopt == LONG_VERSION || optopt == 0)
		return unknown_option(args, argv[optind - 1], err);
	return unknown_option(args, word, err);
}

static enum dv_exit
parse_options(struct dv_args *args, int argc, char **argv, enum todo *todo,
    struct dv_err *err)
{
	struct spec spec;
	enum dv_exit exit = DV_EXIT_YES;
	const struct dv_opt *opt;
	int c;

	if (!spec_make(args->verb->opts, &spec))
		return dv_fail(err, DV_EXIT_NONE, "%s: has more than %d "
		    "options", args->verb->name, DV_ARGS_MAX_OPTIONS);
	opterr = 0;
	optind = 0;		/* begin anew, in glibc and in musl */
	while (exit == DV_EXIT_YES && (c = getopt_long(argc, argv,
	    spec.letters, spec.longs, NULL)) != -1) {
		opt = opt_by_value(args->verb->opts, c);
		if (opt != NULL)
			exit = add_option(args, opt, optarg, err);
		else if (c == 'h' || c == LONG_HELP)
			*todo = TODO_HELP;
		else if (c == 'V' || c == LONG_VERSION)
			*todo = TODO_VERSION;
		else
			exit = explain(args, c, argv, err);
		if (*todo != TODO_NOTHING)
			return DV_EXIT_YES;
	}
	args->operands = argv + optind;
	args->operand_count = argc - optind;
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
	const char *names[32] = { NULL };
	const char *near;
	enum dv_exit exit;

	for (size_t i = 0; i < 31 && tool->verbs[i].name != NULL; i++)
		names[i] = tool->verbs[i].name;
	exit = dv_fail(err, DV_EXIT_USAGE, "unknown command \"%s\"", word);
	near = dv_help_nearest(word, names);
	if (near == NULL)
		return dv_hint(err, exit, "see `%s --help`", tool->name);
	return dv_hint(err, exit, "did you mean `%s %s`?", tool->name, near);
}

static enum dv_exit
run_verb(struct dv_args *args, int argc, char **argv, struct dv_err *err)
{
	enum todo todo = TODO_NOTHING;
	enum dv_exit exit = parse_options(args, argc, argv, &todo, err);

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
		return run_verb(&args, argc - 1, argv + 1, err);
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
