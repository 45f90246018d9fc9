/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of command lines: what each is taken for, by a reader that knows two
 * options with values and takes any other for a switch.
 */
#include "hostkit.h"

#include "host/words.h"

static char said[4096];

static void
say(const char *before, struct dv_bytes text, const char *after)
{
	const size_t len = strlen(said);

	(void)snprintf(said + len, sizeof(said) - len, "%s%s%.*s%s",
	    len > 0 ? " " : "", before, (int)text.len,
	    text.ptr != NULL ? (const char *)text.ptr : "", after);
}

static void
say_option(struct dv_words *words)
{
	const bool has = dv_words_is(words, 'o', "output") ||
	    dv_words_is(words, 0, "depth");
	const char *value;

	say(words->is_long ? "--" : "-", words->name, "");
	if (has) {
		value = dv_words_value(words);
		say("<", dv_text_bytes(value), value != NULL ? ">" : "none");
	} else if (dv_words_has_value(words)) {
		say("!<", dv_text_bytes(dv_words_value(words)), ">");
	}
}

/* "-j -o <x> [f]": a switch, an option with its value, an operand. */
static const char *
read_all(char *argv[])
{
	struct dv_words words = dv_words_of(argv);
	enum dv_word word;

	said[0] = '\0';
	while ((word = dv_words_next(&words)) != DV_WORD_NONE) {
		if (word == DV_WORD_OPTION)
			say_option(&words);
		else
			say("[", dv_text_bytes(words.operand), "]");
	}
	/* The end stays the end. */
	assert_int_equal(dv_words_next(&words), DV_WORD_NONE);
	assert_null(*words.next);
	return said;
}

#define READ(wanted, ...) assert_string_equal(                                \
	read_all((char *[]){ __VA_ARGS__, NULL }), (wanted))

static void
none(void **state)
{
	(void)state;
	assert_string_equal(read_all((char *[]){ NULL }), "");
	READ("", "--");
	READ("[]", "");
	READ("[-]", "-");
	READ("[] []", "", "");
	READ("[--]", "--", "--");
}

static void
options_and_operands(void **state)
{
	(void)state;
	READ("[f] -j [g] --json [h]", "f", "-j", "g", "--json", "h");
	READ("-j [-j] [--json] [-] []", "-j", "--", "-j", "--json", "-", "");
	READ("-o <x> [f]", "-o", "x", "f");
	READ("-o <x> [f]", "-ox", "f");
	READ("-o <=x>", "-o=x");
	READ("--output <x> [f]", "--output", "x", "f");
	READ("--output <x> [f]", "--output=x", "f");
	READ("--depth <a=b>", "--depth=a=b");
	READ("--depth <=>", "--depth==");
}

static void
letters_are_joined(void **state)
{
	(void)state;
	READ("-j -q [f]", "-jq", "f");
	READ("-j -o <x> [f]", "-jo", "x", "f");
	READ("-j -o <xq> [f]", "-joxq", "f");
	READ("-j -- -q", "-j-q");
	READ("-= -j", "-=j");
	READ("-j --json -q", "-j", "--json", "-q");
	READ("-j -\xc3 -\xa9 -\xff", "-j\xc3\xa9", "-\xff");
}

static void
values_of_any_form(void **state)
{
	(void)state;
	READ("-o <--> [f]", "-o", "--", "f");
	READ("-o <-j> --output <--json>", "-o", "-j", "--output", "--json");
	READ("-o <> --output <>", "-o", "", "--output=");
	READ("-o <-j>", "-o-j");
	READ("-o <none", "-o");
	READ("-j -o <none", "-jo");
	READ("[f] --output <none", "f", "--output");
	READ("--json !<> [f]", "--json=", "f");
	READ("--json !<1> --json !<--output> -j", "--json=1", "--json=--output", "-j");
}

static void
names_are_whole(void **state)
{
	(void)state;
	READ("--out [x]", "--out", "x");
	READ("--outputs !<1> [x]", "--outputs=1", "x");
	READ("--Output --o --d", "--Output", "--o", "--d");
	READ("-- !<x>", "--=x");
	READ("---output", "---output");
	READ("---- --- !<> -- !<>", "----", "---=", "--=");
	/* who has no letter is no letter */
	READ("-d [x]", "-d", "x");
}

static void
is_by_letter_or_name(void **state)
{
	struct dv_words words = dv_words_of((char *[]){ "-\xc3", "--o",
	    "--output", NULL });

	(void)state;
	assert_int_equal(dv_words_next(&words), DV_WORD_OPTION);
	assert_true(dv_words_is(&words, '\xc3', "x"));
	assert_false(dv_words_is(&words, 0, "\xc3"));
	assert_int_equal(dv_words_next(&words), DV_WORD_OPTION);
	assert_false(dv_words_is(&words, 'o', "output"));
	assert_true(dv_words_is(&words, 0, "o"));
	assert_int_equal(dv_words_next(&words), DV_WORD_OPTION);
	assert_true(dv_words_is(&words, 'x', "output"));
	assert_false(dv_words_is(&words, 'o', "outpu"));
	assert_false(dv_words_is(&words, 'o', "outputs"));
	assert_false(dv_words_is(&words, 'o', ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none),
		cmocka_unit_test(options_and_operands),
		cmocka_unit_test(letters_are_joined),
		cmocka_unit_test(values_of_any_form),
		cmocka_unit_test(names_are_whole),
		cmocka_unit_test(is_by_letter_or_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
