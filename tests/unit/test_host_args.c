/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Command lines: every way to write an option, every mistake and the words it
 * gets, times, and the exit status of main().
 */
#include "hostkit.h"

#include <fcntl.h>

#include "dv_version.h"
#include "host/args.h"
#include "host/help.h"
#include "host/when.h"

static struct dv_args seen;
static int runs;

static enum dv_exit
run(const struct dv_args *args, struct dv_err *err)
{
	seen = *args;
	runs++;
	if (dv_args_has(args, "fail"))
		return dv_fail(err, DV_EXIT_NO, "asked to fail");
	return DV_EXIT_YES;
}

static const struct dv_opt opts[] = {
	{ .letter = 'o', .name = "output", .arg = "FILE", .help = "where" },
	{ .letter = 'i', .name = "input", .arg = "FILE", .help = "what",
	    .many = true },
	{ .letter = 'j', .name = "json", .help = "as JSON" },
	{ .name = "fail", .help = "fail" },
	{ .name = "depth", .arg = "N", .help = "how far" },
	{ .letter = 'a', .name = "anchor", .arg = "not in this build" },
	{ .name = NULL },
};

static const struct dv_verb verbs[] = {
	{ .name = "make", .operands = "FILE...", .min_operands = 1,
	    .max_operands = 2, .summary = "Make it.", .opts = opts,
	    .run = run },
	{ .name = NULL },
};

static const struct dv_tool tool = { .name = "tool", .summary = "A tool.",
	.verbs = verbs, .example = "tool make x" };

/* Runs dv_tool_main() with standard output and error in files. */
static int
tool_main(char *argv[])
{
	int out = dup(1), err = dup(2), status, argc = 0;

	while (argv[argc] != NULL)
		argc++;
	(void)fflush(stdout);
	assert_non_null(freopen("out", "w", stdout));
	assert_non_null(freopen("err", "w", stderr));
	runs = 0;
	memset(&seen, 0, sizeof(seen));
	status = dv_tool_main(&tool, argc, argv);
	(void)fflush(stdout);
	(void)fflush(stderr);
	(void)dup2(out, 1);
	(void)dup2(err, 2);
	(void)close(out);
	(void)close(err);
	return status;
}

#define RUN(...) tool_main((char *[]){ "tool", __VA_ARGS__, NULL })

static bool
file_has(const char *name, const char *text)
{
	static char contents[8192];
	FILE *f = fopen(name, "r");
	size_t len;

	assert_non_null(f);
	len = fread(contents, 1, sizeof(contents) - 1, f);
	contents[len] = '\0';
	(void)fclose(f);
	return strstr(contents, text) != NULL;
}

/* A usage error that says this and runs nothing. */
#define REFUSED(text, ...)                                                    \
	do {                                                                  \
		assert_int_equal(RUN(__VA_ARGS__), DV_EXIT_USAGE);            \
		assert_int_equal(runs, 0);                                    \
		assert_true(file_has("err", (text)));                         \
	} while (0)

static void
options_are_read(void **state)
{
	(void)state;
	assert_int_equal(RUN("make", "-o", "x", "-i1", "f", "--input=2", "-j",
	    "g", "--input", "3"), DV_EXIT_YES);
	assert_int_equal(runs, 1);
	assert_string_equal(dv_args_get(&seen, "output"), "x");
	assert_string_equal(dv_args_nth(&seen, "input", 0), "1");
	assert_string_equal(dv_args_nth(&seen, "input", 1), "2");
	assert_string_equal(dv_args_nth(&seen, "input", 2), "3");
	assert_null(dv_args_nth(&seen, "input", 3));
	assert_true(dv_args_has(&seen, "json"));
	assert_false(dv_args_has(&seen, "fail"));
	assert_null(dv_args_get(&seen, "depth"));
	assert_int_equal(seen.operand_count, 2);
	assert_string_equal(seen.operands[0], "f");
	assert_string_equal(seen.operands[1], "g");
	assert_int_equal(RUN("make", "--", "-j"), DV_EXIT_YES);
	assert_string_equal(seen.operands[0], "-j");
	assert_false(dv_args_has(&seen, "json"));
}

static void
mistakes_are_named(void **state)
{
	(void)state;
	REFUSED("unknown option --outptu", "make", "--outptu", "x", "f");
	REFUSED("did you mean --output?", "make", "--outptu", "x", "f");
	REFUSED("unknown option --zzz", "make", "--zzz=secret", "f");
	assert_false(file_has("err", "secret"));
	REFUSED("unknown option -x", "make", "-x", "f");
	REFUSED("unknown option -x", "make", "-jx", "f");
	REFUSED("option -o (--output) needs a value", "make", "f", "-o");
	REFUSED("option --depth needs a value", "make", "f", "--depth");
	REFUSED("option -j (--json) takes no value", "make", "--json=1", "f");
	REFUSED("option -o (--output) is given twice", "make", "-o", "1",
	    "--output", "2", "f");
	REFUSED("option -j (--json) is given twice", "make", "-jj", "f");
	REFUSED("option -o (--output) has an empty value", "make", "-o", "",
	    "f");
	REFUSED("FILE... is missing", "make");
	REFUSED("three is one too many", "make", "one", "two", "three");
	REFUSED("a name is empty", "make", "");
	REFUSED("standard input (-) can be named only once", "make", "-", "-");
	REFUSED("standard input (-) can be named only once", "make", "-i", "-",
	    "-");
	assert_int_equal(RUN("make", "-o", "-", "-"), DV_EXIT_YES);
}

static void
options_of_other_builds_are_unknown(void **state)
{
	(void)state;
	REFUSED("unknown option -a (--anchor)", "make", "-a", "x", "f");
	REFUSED("not in this build", "make", "-a", "x", "f");
	REFUSED("not in this build", "make", "--anchor", "x", "f");
	REFUSED("not in this build", "make", "--anchor=x", "f");
	assert_int_equal(RUN("make", "--help"), DV_EXIT_YES);
	assert_false(file_has("out", "anchor"));
}

static void
too_many_values(void **state)
{
	char *argv[DV_ARGS_MAX_VALUES + 5] = { "tool", "make" };
	int n = 2;

	(void)state;
	for (int i = 0; i < DV_ARGS_MAX_VALUES; i++)
		argv[n++] = "-ix";
	argv[n++] = "f";
	assert_int_equal(tool_main(argv), DV_EXIT_YES);
	argv[n++] = "-ix";
	assert_int_equal(tool_main(argv), DV_EXIT_USAGE);
	assert_int_equal(runs, 0);
}

static void
commands(void **state)
{
	(void)state;
	assert_int_equal(tool_main((char *[]){ "tool", NULL }), DV_EXIT_USAGE);
	REFUSED("unknown command \"mkae\"", "mkae");
	REFUSED("did you mean `tool make`?", "mkae");
	REFUSED("see `tool --help`", "certify");
	REFUSED("unknown command \"x\\x1b\"", "x\x1b");
	assert_int_equal(RUN("make", "--fail", "f"), DV_EXIT_NO);
	assert_true(file_has("err", "tool: asked to fail\n"));
}

static void
help_and_version(void **state)
{
	(void)state;
	assert_int_equal(RUN("--help"), DV_EXIT_YES);
	assert_true(file_has("out", "make  Make it."));
	assert_int_equal(RUN("help"), DV_EXIT_YES);
	assert_int_equal(RUN("-h"), DV_EXIT_YES);
	assert_int_equal(RUN("help", "make"), DV_EXIT_YES);
	assert_true(file_has("out", "usage: tool make [options] FILE...\n"));
	assert_int_equal(RUN("make", "--help"), DV_EXIT_YES);
	assert_true(file_has("out", "  -o, --output FILE  where\n"));
	assert_true(file_has("out", "  -i, --input FILE   what (repeatable)"));
	assert_true(file_has("out", "      --depth N      how far\n"));
	assert_true(file_has("out", "example: tool make x\n"));
	assert_int_equal(runs, 0);
	assert_int_equal(RUN("help", "mak"), DV_EXIT_USAGE);
	assert_int_equal(RUN("-V"), DV_EXIT_YES);
	assert_true(file_has("out", "tool " DV_VERSION "\n"));
	assert_int_equal(RUN("make", "-V"), DV_EXIT_YES);
	assert_true(file_has("out", "tool " DV_VERSION "\n"));
}

static void
nearest(void **state)
{
	static const char *const names[] = { "device", "batch", "ca", NULL };

	(void)state;
	assert_string_equal(dv_help_nearest("devcie", names), "device");
	assert_string_equal(dv_help_nearest("bach", names), "batch");
	assert_string_equal(dv_help_nearest("batchs", names), "batch");
	assert_null(dv_help_nearest("xyz", names));
	assert_null(dv_help_nearest("x", names));
	assert_null(dv_help_nearest("", names));
	assert_null(dv_help_nearest("a-word-of-more-than-thirty-one-characters",
	    names));
}

static void
times(void **state)
{
	struct dv_when when;
	struct dv_err err;

	(void)state;
	assert_int_equal(dv_when("2026-03-01T00:00:00Z", &when, &err),
	    DV_EXIT_YES);
	assert_int_equal(when.at.s, 1772323200);
	assert_string_equal(when.source, "given");
	assert_int_equal(dv_when("@-1", &when, &err), DV_EXIT_YES);
	assert_int_equal(when.at.s, -1);
	assert_int_equal(dv_when("yesterday", &when, &err), DV_EXIT_USAGE);
	assert_string_equal(err.what,
	    "option -t (--time): \"yesterday\" is not a time");
	assert_int_equal(dv_when(NULL, &when, &err), DV_EXIT_YES);
	assert_string_equal(when.source, "clock");
	assert_true(when.at.s > 1700000000);
	assert_int_equal(dv_when("now", &when, &err), DV_EXIT_YES);
	assert_string_equal(when.source, "clock");
}

static void
errors_may_quote_themselves(void **state)
{
	struct dv_err err = { .what = "inner", .hint = "old" };

	(void)state;
	assert_int_equal(dv_fail(&err, DV_EXIT_NO, "outer: %s", err.what),
	    DV_EXIT_NO);
	assert_string_equal(err.what, "outer: inner");
	assert_string_equal(err.hint, "");
	assert_int_equal(dv_hint(&err, DV_EXIT_NO, "do %d", 1), DV_EXIT_NO);
	assert_string_equal(err.hint, "do 1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(options_of_other_builds_are_unknown),
		cmocka_unit_test(too_many_values),
		cmocka_unit_test(commands),
		cmocka_unit_test(help_and_version),
		cmocka_unit_test(nearest),
		cmocka_unit_test(times),
		cmocka_unit_test(errors_may_quote_themselves),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
