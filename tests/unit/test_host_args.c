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

/* As many options as nobody has, a beginning of each other among them. */
#define MANY 200
static struct dv_opt many_opts[MANY + 1];
static char many_names[MANY][8];

static const struct dv_verb verbs[] = {
	{ .name = "make", .operands = "FILE...", .min_operands = 1,
	    .max_operands = 2, .summary = "Make it.", .opts = opts,
	    .run = run },
	{ .name = "take", .operands = "FILE...", .max_operands = -1,
	    .summary = "Take them.", .opts = opts, .run = run },
	{ .name = "many", .operands = "", .summary = "Have many options.",
	    .opts = many_opts, .run = run },
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
values_are_what_stands_there(void **state)
{
	(void)state;
	assert_int_equal(RUN("make", "-o", "--", "f"), DV_EXIT_YES);
	assert_string_equal(dv_args_get(&seen, "output"), "--");
	assert_int_equal(seen.operand_count, 1);
	assert_int_equal(RUN("make", "--output", "--json", "f"), DV_EXIT_YES);
	assert_string_equal(dv_args_get(&seen, "output"), "--json");
	assert_false(dv_args_has(&seen, "json"));
	assert_int_equal(RUN("make", "-o-j", "--depth=-1", "f"), DV_EXIT_YES);
	assert_string_equal(dv_args_get(&seen, "output"), "-j");
	assert_string_equal(dv_args_get(&seen, "depth"), "-1");
	assert_int_equal(RUN("make", "-o=x", "--depth==", "f"), DV_EXIT_YES);
	assert_string_equal(dv_args_get(&seen, "output"), "=x");
	assert_string_equal(dv_args_get(&seen, "depth"), "=");
	assert_int_equal(RUN("make", "f", "-jo", "x"), DV_EXIT_YES);
	assert_string_equal(dv_args_get(&seen, "output"), "x");
	assert_true(dv_args_has(&seen, "json"));
	assert_int_equal(RUN("make", "-jox", "f"), DV_EXIT_YES);
	assert_string_equal(dv_args_get(&seen, "output"), "x");
	assert_int_equal(RUN("make", "-ojf", "-j", "f"), DV_EXIT_YES);
	assert_string_equal(dv_args_get(&seen, "output"), "jf");
	/* a value of one option, not the help that it looks like */
	assert_int_equal(RUN("make", "-o", "-h", "f"), DV_EXIT_YES);
	assert_int_equal(runs, 1);
}

static void
operands_keep_their_order(void **state)
{
	(void)state;
	assert_int_equal(RUN("take", "1", "-j", "2", "-o", "x", "-", "--",
	    "-i", "--", "--json", "-", "3"), DV_EXIT_USAGE);
	assert_true(file_has("err", "standard input (-) can be named only"));
	assert_int_equal(RUN("take", "1", "-j", "2", "-o", "x", "-", "--",
	    "-i", "--", "--json", "3"), DV_EXIT_YES);
	assert_int_equal(seen.operand_count, 7);
	assert_string_equal(seen.operands[0], "1");
	assert_string_equal(seen.operands[1], "2");
	assert_string_equal(seen.operands[2], "-");
	assert_string_equal(seen.operands[3], "-i");
	assert_string_equal(seen.operands[4], "--");
	assert_string_equal(seen.operands[5], "--json");
	assert_string_equal(seen.operands[6], "3");
	assert_null(seen.operands[7]);
	assert_int_equal(seen.given_count, 2);
	assert_int_equal(RUN("take", "--"), DV_EXIT_YES);
	assert_int_equal(seen.operand_count, 0);
	assert_null(seen.operands[0]);
}

#define OPERANDS 100000
static void
as_many_operands_as_there_are(void **state)
{
	static char *argv[OPERANDS + 6];
	static char text[OPERANDS][7];
	int n = 0;

	(void)state;
	argv[n++] = "tool";
	argv[n++] = "take";
	argv[n++] = "-j";
	for (int i = 0; i < OPERANDS; i++) {
		(void)snprintf(text[i], sizeof(text[i]), "%06d", i);
		argv[n++] = text[i];
		if (i == OPERANDS / 2)
			argv[n++] = "-ox";
	}
	argv[n++] = "--fail";
	assert_int_equal(tool_main(argv), DV_EXIT_NO);
	assert_int_equal(seen.operand_count, OPERANDS);
	assert_int_equal(seen.given_count, 3);
	for (int i = 0; i < OPERANDS; i++)
		assert_ptr_equal(seen.operands[i], text[i]);
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
	REFUSED("option -o (--output) has an empty value", "make", "--output=",
	    "f");
	REFUSED("option --depth has an empty value", "make", "--depth", "",
	    "f");
	REFUSED("option -o (--output) needs a value", "make", "f", "-jo");
	REFUSED("option -j (--json) takes no value", "make", "--json=", "f");
	REFUSED("option -j (--json) is given twice", "make", "-j", "f",
	    "--json");
	/* the first of two mistakes */
	REFUSED("unknown option -x", "make", "-x", "-y");
	REFUSED("unknown option -y", "make", "-jyx");
	REFUSED("FILE... is missing", "make");
	REFUSED("three is one too many", "make", "one", "two", "three");
	REFUSED("a name is empty", "make", "");
	REFUSED("standard input (-) can be named only once", "make", "-", "-");
	REFUSED("standard input (-) can be named only once", "make", "-i", "-",
	    "-");
	assert_int_equal(RUN("make", "-o", "-", "-"), DV_EXIT_YES);
}

/* Every name that is shorter, or longer, or has something in it. */
static void
names_are_whole(void **state)
{
	(void)state;
	REFUSED("unknown option --out\n", "make", "--out", "x", "f");
	REFUSED("did you mean --output?", "make", "--out", "x", "f");
	REFUSED("did you mean --output?", "make", "--outp=x", "f");
	REFUSED("did you mean --output?", "make", "--o", "x", "f");
	REFUSED("did you mean --json?", "make", "--jso", "f");
	REFUSED("unknown option --hel\n", "make", "--hel");
	REFUSED("unknown option --versio\n", "make", "--versio");
	REFUSED("unknown option --help\n", "make", "--help=x");
	REFUSED("unknown option --version\n", "make", "--version=");
	REFUSED("unknown option --jsonjson\n", "make", "--jsonjson", "f");
	REFUSED("unknown option --\n", "make", "--=x", "f");
	REFUSED("see `tool make --help`", "make", "--=x", "f");
	REFUSED("unknown option ---json\n", "make", "---json", "f");
	REFUSED("unknown option --Json\n", "make", "--Json", "f");
	REFUSED("unknown option -J\n", "make", "-J", "f");
	REFUSED("unknown option --j\n", "make", "--j", "f");
}

static void
words_of_any_octets(void **state)
{
	char word[1000];

	(void)state;
	REFUSED("unknown option -\\xc3\n", "make", "-\xc3\xa9", "f");
	REFUSED("unknown option -\\xff\n", "make", "-j\xff", "f");
	REFUSED("unknown option --\xc3\xa9\n", "make", "--\xc3\xa9", "f");
	REFUSED("unknown option -\\x0a\n", "make", "-\n", "f");
	REFUSED("unknown option -=\n", "make", "-=", "f");
	REFUSED("unknown option -:\n", "make", "-j:", "f");
	REFUSED("unknown option --\n", "make", "-j-", "f");
	REFUSED("a name is empty", "make", "--", "");
	REFUSED("option -o (--output) has an empty value", "make", "f", "-o",
	    "");
	assert_int_equal(RUN("make", "-i\xff", "\xc3\xa9"), DV_EXIT_YES);
	assert_string_equal(dv_args_get(&seen, "input"), "\xff");
	assert_string_equal(seen.operands[0], "\xc3\xa9");

	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_int_equal(RUN("make", word, "-o", word), DV_EXIT_YES);
	assert_ptr_equal(seen.operands[0], word);
	assert_ptr_equal(dv_args_get(&seen, "output"), word);
	word[0] = word[1] = '-';
	REFUSED("see `tool make --help`", "make", word, "f");
	/* cut, and what is behind its equals sign is not shown */
	word[63] = '\0';
	assert_true(file_has("err", word));
	assert_false(file_has("err", "x-"));
}

static void
options_of_other_builds_are_unknown(void **state)
{
	(void)state;
	REFUSED("unknown option -a (--anchor)", "make", "-a", "x", "f");
	REFUSED("not in this build", "make", "-a", "x", "f");
	REFUSED("not in this build", "make", "--anchor", "x", "f");
	REFUSED("not in this build", "make", "--anchor=x", "f");
	REFUSED("unknown option -a (--anchor)", "make", "f", "-a");
	REFUSED("unknown option -a (--anchor)", "make", "f", "--anchor");
	REFUSED("unknown option -a (--anchor)", "make", "-jax", "f");
	REFUSED("unknown option --anch\n", "make", "--anch", "f");
	assert_false(file_has("err", "did you mean"));
	assert_int_equal(RUN("make", "--help"), DV_EXIT_YES);
	assert_false(file_has("out", "anchor"));
}

/* `tool make -ix ... f`, with so many values. */
static int
with_values(int count)
{
	char *argv[DV_ARGS_MAX_VALUES + 5] = { "tool", "make" };

	for (int i = 0; i < count; i++)
		argv[2 + i] = "-ix";
	argv[2 + count] = "f";
	return tool_main(argv);
}

static void
too_many_values(void **state)
{
	(void)state;
	assert_int_equal(with_values(DV_ARGS_MAX_VALUES), DV_EXIT_YES);
	assert_int_equal(seen.given_count, DV_ARGS_MAX_VALUES);
	assert_string_equal(seen.operands[0], "f");
	assert_int_equal(with_values(DV_ARGS_MAX_VALUES + 1), DV_EXIT_USAGE);
	assert_true(file_has("err", "-i (--input) is one option too many"));
	assert_int_equal(runs, 0);
}

static void
many_options(void **state)
{
	char *argv[] = { "tool", "many", NULL, NULL };

	(void)state;
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(many_names[i], sizeof(many_names[i]), "o%d", i);
		many_opts[i] = (struct dv_opt){ .name = many_names[i],
		    .help = "one of them" };
	}
	for (int i = 0; i < MANY; i++) {
		char word[16];

		(void)snprintf(word, sizeof(word), "--o%d", i);
		argv[2] = word;
		assert_int_equal(tool_main(argv), DV_EXIT_YES);
		assert_int_equal(seen.given_count, 1);
		assert_ptr_equal(seen.given[0].opt, &many_opts[i]);
	}
	REFUSED("unknown option --o200", "many", "--o200");
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
	/* where they stand: what is before them counts, what is behind not */
	assert_int_equal(RUN("make", "-jh", "-x"), DV_EXIT_YES);
	assert_true(file_has("out", "usage: tool make"));
	assert_int_equal(RUN("make", "-V", "-h"), DV_EXIT_YES);
	assert_false(file_has("out", "usage: tool make"));
	assert_int_equal(RUN("make", "-hx"), DV_EXIT_YES);
	REFUSED("unknown option -x", "make", "-xh");
	REFUSED("-h is one too many", "make", "one", "two", "--", "-h");
	assert_int_equal(RUN("make", "f", "--", "--help"), DV_EXIT_YES);
	assert_int_equal(runs, 1);
}

static const char *
nearest_of(const char *word, const char *const *names)
{
	struct dv_nearest nearest = dv_nearest_to(dv_text_bytes(word));

	for (; *names != NULL; names++)
		dv_nearest_try(&nearest, *names);
	return nearest.name;
}

static void
nearest(void **state)
{
	static const char *const names[] = { "device", "batch", "ca", NULL };
	struct dv_nearest cut = dv_nearest_to((struct dv_bytes){
	    (const uint8_t *)"device\0", 7 });
	static const char *const begin[] = { "countersigner", "x-countersign",
		"countersigned", "counts", "a-name-of-more-than-thirty-one-"
		"letters", NULL };

	(void)state;
	assert_string_equal(nearest_of("devcie", names), "device");
	assert_string_equal(nearest_of("bach", names), "batch");
	assert_string_equal(nearest_of("batchs", names), "batch");
	assert_null(nearest_of("xyz", names));
	assert_null(nearest_of("x", names));
	assert_null(nearest_of("", names));
	assert_null(nearest_of("a-word-of-more-than-thirty-one-characters",
	    names));
	/* the one that it is the beginning of */
	assert_string_equal(nearest_of("d", names), "device");
	assert_string_equal(nearest_of("dev", names), "device");
	assert_string_equal(nearest_of("a-name-of-more-than-thirty-one-lett",
	    begin), "a-name-of-more-than-thirty-one-letters");
	assert_string_equal(nearest_of("count", (const char *const[]){
	    "coun", "countersigned", NULL }), "countersigned");
	/* of several: none of them, wherever they stand */
	assert_null(nearest_of("countersign", begin));
	assert_null(nearest_of("countersigne", begin));
	assert_null(nearest_of("count", begin));
	assert_null(nearest_of("", (const char *const[]){ "one", NULL }));
	/* a view ends where it says */
	dv_nearest_try(&cut, "device");
	assert_string_equal(cut.name, "device");
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
		cmocka_unit_test(values_are_what_stands_there),
		cmocka_unit_test(operands_keep_their_order),
		cmocka_unit_test(as_many_operands_as_there_are),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(names_are_whole),
		cmocka_unit_test(words_of_any_octets),
		cmocka_unit_test(options_of_other_builds_are_unknown),
		cmocka_unit_test(too_many_values),
		cmocka_unit_test(many_options),
		cmocka_unit_test(commands),
		cmocka_unit_test(help_and_version),
		cmocka_unit_test(nearest),
		cmocka_unit_test(times),
		cmocka_unit_test(errors_may_quote_themselves),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
