/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tiny devverify (TINY=1): `file` for one FILE, in place of the frame, the
 * report and the commands of the others. What it prints are lines of theirs, and
 * an option that it does not have is a usage error. docs/man/devverify.1.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "cmd.h"
#include "dv_version.h"
#include "host/help.h"
#include "host/open.h"
#include "host/plain.h"
#include "host/text.h"
#include "host/words.h"
#include "tiny.h"
#include "version_order.h"

enum {
#ifdef DV_LAB
	ANCHOR,
#endif
	TIME, SIGNATURE, MIN_VERSION, TYPE, DEVICE, MODEL, QUIET, HELP, VERSION,
	OPTIONS
};

/* Of the rows that all tables have, without the sentences. */
struct option {
	char letter;		/* 0: long form only */
	const char *name;
	const char *arg;	/* NULL: a switch */
};
#undef DV_OPT
#define DV_OPT(of_letter, of_name, of_arg, of_help) { .letter = of_letter,     \
	.name = of_name, .arg = of_arg }

static const struct option options[OPTIONS] = {
#ifdef DV_LAB
	[ANCHOR] = DV_OPT('a', "anchor", "FILE", ""),
#endif
	[TIME] = DV_CMD_TIME,
	[SIGNATURE] = DV_CMD_SIGNATURE,
	[MIN_VERSION] = DV_CMD_MIN_VERSION,
	[TYPE] = DV_CMD_TYPE,
	[DEVICE] = DV_CMD_DEVICE,
	[MODEL] = DV_CMD_MODEL,
	[QUIET] = DV_CMD_QUIET,
	[HELP] = DV_HELP_HELP,
	[VERSION] = DV_HELP_VERSION,
};

/* Everything that is told, read and found; only pages that are written count. */
static struct {
	const char *value[OPTIONS];	/* "" of a switch; NULL: not given */
	const char *file;
	struct dv_reading reading;
	struct dv_sign1 sign1;
	struct dv_chain chain;
	struct dv_work work;
	struct dv_path path;
	uint8_t digest[DV_MAX_DIGEST];
	uint8_t name[DV_PATH_MAX];	/* of the envelope */
	uint8_t step[16 * 1024];
	uint8_t envelope[DV_MAX_ENVELOPE + 1];
} all;

/* ---- ends of the program ---- */

static void
complain(const char *before, const char *given, const char *after)
{
	dv_put_on(STDERR_FILENO);
	dv_put(DV_CMD_NAME ": ");
	dv_put(before);
	dv_put_safe(dv_text_bytes(given));
	dv_put(after);
}

static _Noreturn void
quit(enum dv_exit status)
{
	const int number = dv_put_end();

	/* Then it was standard output: what was not written was not said. */
	if (number != 0 && status <= DV_EXIT_NO) {
		complain("standard output: cannot write: ", "", "");
		dv_put(strerror(number));
		dv_put("\n");
		(void)dv_put_end();
		status = DV_EXIT_NONE;
	}
	exit((int)status);
}

static _Noreturn void
see_help(void)
{
	dv_put("\n" DV_CMD_NAME ": see `" DV_CMD_NAME " file --help`\n");
	quit(DV_EXIT_USAGE);
}

static _Noreturn void
usage(const char *before, const char *given, const char *after)
{
	complain(before, given, after);
	see_help();
}

static _Noreturn void
misused(const char *what)
{
	usage(what, "", "");
}

/* Of all.reading. */
static _Noreturn void
no_verdict(const char *wrong)
{
	complain("", dv_path_shown(all.reading.path), ": ");
	dv_put(wrong);
	if (all.reading.number != 0) {
		dv_put(": ");
		dv_put(strerror(all.reading.number));
	}
	dv_put("\n" DV_CMD_NAME ": no verdict for ");
	dv_put_subject(dv_tiny_subject(all.file));
	dv_put("\n");
	quit(DV_EXIT_NONE);
}

/* "[-s FILE]", or "[--type TYPE]". */
static void
help_option(const struct option *option)
{
	const char letter[] = { option->letter, '\0' };

	dv_put(option->letter != 0 ? " [-" : " [--");
	dv_put(option->letter != 0 ? letter : option->name);
	if (option->arg != NULL) {
		dv_put(" ");
		dv_put(option->arg);
	}
	dv_put("]");
}

static _Noreturn void
help(void)
{
	dv_put("usage: " DV_CMD_NAME " file");
	for (size_t i = 0; i < OPTIONS; i++)
		help_option(&options[i]);
	dv_put(" FILE\n" DV_HELP_EXITS);
	quit(DV_EXIT_YES);
}

/* ---- the command line ---- */

/* The value of this option, the last one of the words; "" of a switch. */
static const char *
option_value(const struct option *option, struct dv_words *words)
{
	const char *value = option->arg != NULL ? dv_words_value(words) : "";
	const char *wrong = NULL;

	if (option->arg == NULL && dv_words_has_value(words))
		wrong = " takes no value";
	else if (value == NULL)
		wrong = " needs a value";
	else if (option->arg != NULL && value[0] == '\0')
		wrong = " has an empty value";
	if (wrong != NULL)
		usage("file: option --", option->name, wrong);
	return value;
}

static void
option_take(struct dv_words *words)
{
	const char *value;
	size_t row = 0;

	while (row < OPTIONS && !dv_words_is(words, options[row].letter,
	    options[row].name))
		row++;
	if (row == OPTIONS) {
		complain(words->is_long ? "file: unknown option --" :
		    "file: unknown option -", "", "");
		dv_put_safe(words->name);
		see_help();
	}
	value = option_value(&options[row], words);
	if (all.value[row] != NULL)
		usage("file: option --", options[row].name, " is given twice");
	all.value[row] = value;
	if (row == HELP)
		help();
	if (row == VERSION) {
		dv_put(DV_CMD_NAME " " DV_VERSION "\n");
		quit(DV_EXIT_YES);
	}
}

/* Standard input can be read once, and has no envelope beside it. */
static void
check_stdin(void)
{
	if (!dv_is_stdio(all.file))
		return;
	if (all.value[SIGNATURE] == NULL)
		misused("file: standard input has no envelope beside it: name it "
		    "with -s");
	if (dv_is_stdio(all.value[SIGNATURE]))
		misused("file: standard input (-) can be named only once");
}

static void
command_line(struct dv_words *words)
{
	enum dv_word word;

	while ((word = dv_words_next(words)) != DV_WORD_NONE) {
		if (word == DV_WORD_OPTION)
			option_take(words);
		else if (all.file != NULL)
			usage("file: ", words->operand, " is one too many");
		else
			all.file = words->operand;
	}
	if (all.file == NULL)
		misused("file: FILE is missing");
	if (all.file[0] == '\0')
		misused("file: a name is empty");
	check_stdin();
}

/* ---- the question ---- */

static void
time_read(const char *text, struct dv_when *out)
{
	out->source = "given";
	if (text == NULL || strcmp(text, "now") == 0) {
		out->source = "clock";
		if (dv_now(&out->at))
			return;
		complain("cannot read the clock\n", "", "");
		quit(DV_EXIT_NONE);
	}
	if (!dv_time_parse(dv_text_bytes(text), &out->at))
		usage("option -t (--time): \"", text, "\" is not a time");
}

static void
version_read(const char *text)
{
	if (text != NULL && dv_version_scheme(dv_text_bytes(text)) ==
	    DV_VERSION_NONE)
		usage("option --min-version: \"", text,
		    "\" is not a version");
}

static void
read_all(const char *path, uint8_t *room, size_t cap, struct dv_hash *hash)
{
	all.reading.path = path;
	all.reading.room = room;
	all.reading.cap = cap;
	all.reading.hash = hash;
	if (!dv_plain_read(&all.reading))
		no_verdict(all.reading.wrong);
}

#ifdef DV_LAB
/* One CA certificate, in DER; who trusts it trusts the defects of its form. */
static void
anchors_read(struct dv_tiny_report *report)
{
	static uint8_t room[DV_MAX_CERT + 1];
	static struct dv_anchor anchor;
	struct dv_cert cert;
	struct dv_at at;

	report->lab = DV_TRUST_NONE;
	if (all.value[ANCHOR] == NULL)
		return;
	report->lab = DV_TRUST_GIVEN;
	read_all(all.value[ANCHOR], room, sizeof(room), NULL);
	if (dv_cert_read((struct dv_bytes){ room, (size_t)all.reading.size },
	    &cert, &at) != DV_R_NONE ||
	    dv_anchor_from_cert(&cert, &anchor, &at) != DV_R_NONE)
		no_verdict("not usable as an anchor");
	all.chain.anchors = &anchor;
	all.chain.anchor_count = 1;
}
#else
static void
anchors_read(struct dv_tiny_report *report)
{
	(void)report;
	all.chain.anchors = dv_builtin_anchors;
	all.chain.anchor_count = dv_builtin_anchor_count;
}
#endif

/* FILE.cose, or what -s says. */
static struct dv_bytes
envelope_read(void)
{
	static const uint8_t suffix[] = DV_CMD_SUFFIX;
	const struct dv_bytes file = dv_text_bytes(all.file);
	const char *path = all.value[SIGNATURE];

	if (path == NULL) {
		path = (const char *)all.name;
		all.reading.path = all.file;
		if (!dv_bytes_copy(all.name, sizeof(all.name) - sizeof(suffix),
		    file) || !dv_bytes_copy(all.name + file.len, sizeof(suffix),
		    DV_BYTES(suffix)))
			no_verdict("the path is too long");
	}
	read_all(path, all.envelope, sizeof(all.envelope), NULL);
	return (struct dv_bytes){ all.envelope, (size_t)all.reading.size };
}

static struct dv_bytes
artefact_read(void)
{
	struct dv_hash hash;
	size_t len;

	all.reading.path = all.file;
	if (!dv_hash_start(&hash, all.sign1.hash))
		no_verdict("this build cannot compute its hash");
	read_all(all.file, all.step, sizeof(all.step), &hash);
	len = dv_hash_finish(&hash, all.digest);
	if (len == 0)
		no_verdict("hashing failed");
	return (struct dv_bytes){ all.digest, len };
}

/* As dv_demands_check(), without what no option here can demand. */
static enum dv_reason
version_check(const struct dv_sign1 *s, struct dv_bytes wanted)
{
	const enum dv_version_scheme scheme = dv_version_scheme(wanted);

	if (s->scheme == DV_VERSION_NONE)
		return DV_R_CLAIM_DEMANDED;
	if (s->scheme != scheme)
		return DV_R_VERSION_SCHEME;
	return dv_version_order(scheme, s->version, wanted) >= 0 ? DV_R_NONE :
	    DV_R_VERSION_TOO_OLD;
}

static enum dv_reason
demands_check(enum dv_field *field)
{
	const struct dv_sign1 *s = &all.sign1;
	const char *version = all.value[MIN_VERSION];
	const struct {
		const char *wanted;
		struct dv_bytes said;
		enum dv_field field;
	} demands[] = {
		{ all.value[TYPE], s->preimage_type, s->attached ?
		    DV_F_HEADER_CONTENT_TYPE : DV_F_HEADER_PREIMAGE_TYPE },
		{ all.value[DEVICE], s->device, DV_F_CLAIM_DEVICE },
		{ all.value[MODEL], s->model, DV_F_CLAIM_MODEL },
	};

	for (size_t i = 0; i < sizeof(demands) / sizeof(demands[0]); i++) {
		*field = demands[i].field;
		if (demands[i].wanted != NULL && !dv_bytes_equal_text(
		    demands[i].said, demands[i].wanted))
			return DV_R_CLAIM_DEMANDED;
	}
	*field = DV_F_CLAIM_VERSION;
	return version == NULL ? DV_R_NONE :
	    version_check(s, dv_text_bytes(version));
}

static struct dv_verdict
verify(const struct dv_policy *policy, struct dv_bytes digest)
{
	const struct dv_question question = { .trust = &all.chain,
	    .policy = policy, .digest = digest };
	struct dv_verdict refused = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE, .at = { .offset = DV_NO_OFFSET } };
	struct dv_verdict verdict = dv_sign1_verify(&all.sign1, &question,
	    &all.work, &all.path);

	if (verdict.status != DV_ACCEPTED)
		return verdict;
	refused.reason = demands_check(&refused.at.field);
	return refused.reason == DV_R_NONE ? verdict : refused;
}

static struct dv_verdict
judge(dv_time at)
{
	const struct dv_policy policy = dv_policy_strict(at);
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE };

	verdict.reason = dv_sign1_parse(envelope_read(), policy.profile,
	    &all.sign1, &verdict.at);
	return verdict.reason != DV_R_NONE ? verdict :
	    verify(&policy, artefact_read());
}

static _Noreturn void
answer(void)
{
	struct dv_tiny_report report = { .file = all.file,
	    .sign1 = &all.sign1, .path = &all.path };
	struct dv_verdict verdict;

	time_read(all.value[TIME], &report.when);
	version_read(all.value[MIN_VERSION]);
	anchors_read(&report);
	verdict = judge(report.when.at);
	report.verdict = &verdict;
	report.reason = dv_report_reason(&verdict);
	if (all.value[QUIET] == NULL)
		dv_tiny_report(&report);
	quit(report.reason == DV_R_NONE ? DV_EXIT_YES : DV_EXIT_NO);
}

int
main(int argc, char **argv)
{
	struct dv_words words = dv_words_of(argv + 1);

	/* A reader that went away must show as an error, not kill us. */
	(void)signal(SIGPIPE, SIG_IGN);
	dv_put_on(STDOUT_FILENO);
	if (argc < 2)
		misused("no command given");
	if (strcmp(argv[1], "file") == 0) {
		words.next++;
		command_line(&words);
		answer();
	}
	/* Help and version need no verb. */
	if (strcmp(argv[1], "help") == 0)
		help();
	if (dv_words_next(&words) == DV_WORD_OPTION)
		option_take(&words);
	usage("unknown command \"", argv[1], "\"");
}
