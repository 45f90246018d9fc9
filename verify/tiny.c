/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tiny devverify (TINY=1): `file` for one FILE, in place of the frame, the
 * report and the commands of the others. What it prints are lines of theirs, and
 * an option that it does not have is a usage error. docs/man/devverify.1.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "cmd.h"
#include "dv_version.h"
#include "host/help.h"
#include "host/open.h"
#include "host/plain.h"
#include "host/text.h"
#include "tiny.h"

enum {
#ifdef DV_LAB
	ANCHOR,
#endif
	TIME, SIGNATURE, MIN_VERSION, TYPE, DEVICE, MODEL, QUIET, HELP, VERSION,
	OPTIONS
};

static const struct dv_opt options[OPTIONS] = {
#ifdef DV_LAB
	[ANCHOR] = DV_TRUST_OPTION,
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

/* The command line: values by option, "" of a switch; NULL: not given. */
struct given {
	const char *value[OPTIONS];
	const char *file;
	bool only_files;	/* after -- */
};

/* Everything that is read and found; only the pages that are written count. */
static struct {
	uint8_t envelope[DV_MAX_ENVELOPE + 1];
	uint8_t step[16 * 1024];
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_sign1 sign1;
	struct dv_demanded demanded;
	struct dv_work work;
	struct dv_path path;
	struct dv_chain chain;
} all;

static void
complain(const char *before, const char *given, const char *after)
{
	dv_put_on(STDERR_FILENO);
	dv_put(DV_CMD_NAME ": ");
	dv_put(before);
	dv_put_safe(dv_text_bytes(given));
	dv_put(after);
}

static enum dv_exit
usage(const char *before, const char *given, const char *after)
{
	complain(before, given, after);
	dv_put("\n" DV_CMD_NAME ": see `" DV_CMD_NAME " file --help`\n");
	return DV_EXIT_USAGE;
}

static enum dv_exit
no_verdict(const struct dv_reading *r, const char *file)
{
	complain("", dv_path_shown(r->path), ": ");
	dv_put(r->wrong);
	if (r->number != 0) {
		dv_put(": ");
		dv_put_errno(r->number);
	}
	dv_put("\n" DV_CMD_NAME ": no verdict for ");
	dv_put_subject(dv_tiny_subject(file));
	dv_put("\n");
	return DV_EXIT_NONE;
}

/* ---- the command line ---- */

static size_t
option_find(struct dv_bytes name, bool is_long)
{
	size_t i = 0;

	while (i < OPTIONS && !(is_long ?
	    dv_bytes_equal_text(name, options[i].name) :
	    name.len == 1 && name.ptr[0] == (uint8_t)options[i].letter))
		i++;
	return i;
}

/* The word argv[*i] is an option, which may take the next one. */
static enum dv_exit
option_take(struct given *given, char **argv, int *i)
{
	const bool is_long = argv[*i][1] == '-';
	const char *name = argv[*i] + 1 + is_long;
	const char *equals = is_long ? strchr(name, '=') : NULL;
	const size_t len = equals != NULL ? (size_t)(equals - name) :
	    strlen(name);
	const size_t row = option_find(
	    (struct dv_bytes){ (const uint8_t *)name, len }, is_long);
	const char *value = equals != NULL ? equals + 1 : NULL;
	const char *wrong = NULL;

	if (row == OPTIONS)
		return usage("file: unknown option ", argv[*i], "");
	if (options[row].arg == NULL)
		wrong = value != NULL ? " takes no value" : NULL;
	else if (value == NULL && (value = argv[*i + 1]) != NULL)
		++*i;
	if (options[row].arg != NULL)
		wrong = value == NULL ? " needs a value" :
		    value[0] == '\0' ? " has an empty value" : NULL;
	if (wrong == NULL && given->value[row] != NULL)
		wrong = " is given twice";
	if (wrong != NULL)
		return usage("file: option --", options[row].name, wrong);
	given->value[row] = value != NULL ? value : "";
	return DV_EXIT_YES;
}

static enum dv_exit
word_take(struct given *given, char **argv, int *i)
{
	const char *word = argv[*i];

	if (!given->only_files && word[0] == '-' && word[1] != '\0') {
		given->only_files = strcmp(word, "--") == 0;
		return given->only_files ? DV_EXIT_YES :
		    option_take(given, argv, i);
	}
	if (given->file != NULL)
		return usage("file: ", word, " is one too many");
	given->file = word;
	return DV_EXIT_YES;
}

static enum dv_exit
command_line(struct given *given, char **argv)
{
	enum dv_exit exit = DV_EXIT_YES;

	for (int i = 0; exit == DV_EXIT_YES && argv[i] != NULL; i++) {
		exit = word_take(given, argv, &i);
		if (given->value[HELP] != NULL || given->value[VERSION] != NULL)
			return exit;
	}
	if (exit != DV_EXIT_YES)
		return exit;
	if (given->file == NULL)
		return usage("file: FILE is missing", "", "");
	if (given->file[0] == '\0')
		return usage("file: a name is empty", "", "");
	if (!dv_is_stdio(given->file))
		return exit;
	if (given->value[SIGNATURE] == NULL)
		return usage("file: standard input has no envelope beside it: "
		    "name it with -s", "", "");
	return dv_is_stdio(given->value[SIGNATURE]) ? usage("file: standard "
	    "input (-) can be named only once", "", "") : exit;
}

/* ---- the question ---- */

#ifdef DV_LAB
/* One CA certificate, in DER; who trusts it trusts the defects of its form. */
static enum dv_exit
anchors_read(const struct given *given, struct dv_tiny_report *report)
{
	static uint8_t room[DV_MAX_CERT + 1];
	static struct dv_anchor anchor;
	struct dv_reading r = { .path = given->value[ANCHOR], .room = room,
	    .cap = sizeof(room) };
	struct dv_cert cert;
	struct dv_at at;

	report->lab = DV_TRUST_NONE;
	if (r.path == NULL)
		return DV_EXIT_YES;
	report->lab = DV_TRUST_GIVEN;
	if (!dv_plain_read(&r))
		return no_verdict(&r, given->file);
	r.wrong = "not usable as an anchor";
	if (dv_cert_read((struct dv_bytes){ room, (size_t)r.size }, &cert,
	    &at) != DV_R_NONE ||
	    dv_anchor_from_cert(&cert, &anchor, &at) != DV_R_NONE)
		return no_verdict(&r, given->file);
	all.chain.anchors = &anchor;
	all.chain.anchor_count = 1;
	return DV_EXIT_YES;
}
#else
static enum dv_exit
anchors_read(const struct given *given, struct dv_tiny_report *report)
{
	(void)given;
	(void)report;
	all.chain.anchors = dv_builtin_anchors;
	all.chain.anchor_count = dv_builtin_anchor_count;
	return DV_EXIT_YES;
}
#endif

static void
demand(enum dv_demand_kind kind, const char *key, const char *value)
{
	if (value != NULL)
		all.demanded.at[all.demanded.count++] = (struct dv_demand){
		    .kind = kind, .key = dv_text_bytes(key),
		    .value = dv_text_bytes(value) };
}

static enum dv_exit
demands_read(const struct given *given)
{
	const char *version = given->value[MIN_VERSION];

	for (size_t i = TYPE; i <= MODEL; i++)
		demand(DV_DEMAND_CLAIM, options[i].name, given->value[i]);
	if (version != NULL && dv_version_scheme(dv_text_bytes(version)) ==
	    DV_VERSION_NONE)
		return usage("option --min-version: \"", version,
		    "\" is not a version");
	demand(DV_DEMAND_MIN_VERSION, NULL, version);
	return DV_EXIT_YES;
}

static enum dv_exit
time_read(const char *text, struct dv_when *out)
{
	out->source = "given";
	if (text != NULL && strcmp(text, "now") != 0)
		return dv_time_parse(dv_text_bytes(text), &out->at) ?
		    DV_EXIT_YES : usage("option -t (--time): \"", text,
		    "\" is not a time");
	out->source = "clock";
	if (dv_now(&out->at))
		return DV_EXIT_YES;
	complain("cannot read the clock\n", "", "");
	return DV_EXIT_NONE;
}

/* FILE.cose, or what -s says. */
static enum dv_exit
envelope_read(const struct given *given, struct dv_bytes *out)
{
	static const uint8_t suffix[] = DV_CMD_SUFFIX;
	static uint8_t path[DV_PATH_MAX];
	const struct dv_bytes file = dv_text_bytes(given->file);
	struct dv_reading r = { .path = given->value[SIGNATURE],
	    .room = all.envelope, .cap = sizeof(all.envelope) };

	if (r.path == NULL) {
		r.path = (const char *)path;
		if (!dv_bytes_copy(path, sizeof(path) - sizeof(suffix), file) ||
		    !dv_bytes_copy(path + file.len, sizeof(suffix),
		    DV_BYTES(suffix))) {
			r.path = given->file;
			r.wrong = "the path is too long";
		}
	}
	if (r.wrong != NULL || !dv_plain_read(&r))
		return no_verdict(&r, given->file);
	*out = (struct dv_bytes){ all.envelope, (size_t)r.size };
	return DV_EXIT_YES;
}

static enum dv_exit
artefact_read(const char *file, struct dv_bytes *digest)
{
	struct dv_hash hash;
	struct dv_reading r = { .path = file, .room = all.step,
	    .cap = sizeof(all.step), .hash = &hash,
	    .wrong = "this build cannot compute its hash" };

	if (!dv_hash_start(&hash, all.sign1.hash) || !dv_plain_read(&r))
		return no_verdict(&r, file);
	*digest = (struct dv_bytes){ all.digest,
	    dv_hash_finish(&hash, all.digest) };
	r.wrong = "hashing failed";
	return digest->len > 0 ? DV_EXIT_YES : no_verdict(&r, file);
}

static struct dv_verdict
verify(const struct dv_policy *policy, struct dv_bytes digest)
{
	const struct dv_question question = { .trust = &all.chain,
	    .policy = policy, .digest = digest };
	struct dv_verdict verdict = dv_sign1_verify(&all.sign1, &question,
	    &all.work, &all.path);

	if (verdict.status == DV_ACCEPTED)
		verdict = dv_demands_check(&all.sign1, &all.path.cert[0],
		    all.demanded.at, all.demanded.count);
	return verdict;
}

static enum dv_exit
judge(const struct given *given)
{
	struct dv_tiny_report report = { .file = given->file,
	    .sign1 = &all.sign1, .path = &all.path };
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE };
	struct dv_policy policy;
	struct dv_bytes envelope, digest;
	enum dv_exit exit = time_read(given->value[TIME], &report.when);

	if (exit == DV_EXIT_YES)
		exit = demands_read(given);
	if (exit == DV_EXIT_YES)
		exit = anchors_read(given, &report);
	if (exit == DV_EXIT_YES)
		exit = envelope_read(given, &envelope);
	if (exit != DV_EXIT_YES)
		return exit;
	policy = dv_policy_strict(report.when.at);
	verdict.reason = dv_sign1_parse(envelope, policy.profile, &all.sign1,
	    &verdict.at);
	if (verdict.reason == DV_R_NONE) {
		exit = artefact_read(given->file, &digest);
		if (exit != DV_EXIT_YES)
			return exit;
		verdict = verify(&policy, digest);
	}
	report.verdict = &verdict;
	if (given->value[QUIET] == NULL)
		dv_tiny_report(&report);
	return dv_report_reason(&verdict) == DV_R_NONE ? DV_EXIT_YES :
	    DV_EXIT_NO;
}

/* ---- the program ---- */

/* As wide as "-s, --signature FILE", the longest, and two blanks. */
#define LEFT 27

static void
help_row(const struct dv_opt *option)
{
	const char letter[] = { '-', option->letter, ',', ' ', '\0' };
	const char *arg = option->arg != NULL ? option->arg : "";
	size_t width = 6 + strlen(option->name) + 1 + strlen(arg);

	dv_put("  ");
	dv_put(option->letter != 0 ? letter : "    ");
	dv_put("--");
	dv_put(option->name);
	dv_put(" ");
	dv_put(arg);
	for (; width < LEFT; width++)
		dv_put(" ");
	dv_put(option->help);
	dv_put("\n");
}

static enum dv_exit
help(void)
{
	dv_put("usage: " DV_CMD_NAME " file [options] FILE\n"
	    DV_CMD_FILE_SUMMARY "\n\n");
	for (size_t i = 0; i < OPTIONS; i++)
		help_row(&options[i]);
	dv_put(DV_HELP_EXITS);
	return DV_EXIT_YES;
}

static enum dv_exit
version(void)
{
	dv_put(DV_CMD_NAME " " DV_VERSION "\n");
	return DV_EXIT_YES;
}

static bool
is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static enum dv_exit
run(char **argv)
{
	struct given given = { .file = NULL };
	enum dv_exit exit;

	if (argv[0] == NULL || argv[1] == NULL)
		return usage("no command given", "", "");
	if (is_one_of(argv[1], "-h", "--help") || strcmp(argv[1], "help") == 0)
		return help();
	if (is_one_of(argv[1], "-V", "--version"))
		return version();
	if (strcmp(argv[1], "file") != 0)
		return usage("unknown command \"", argv[1], "\"");
	exit = command_line(&given, argv + 2);
	if (exit != DV_EXIT_YES)
		return exit;
	if (given.value[HELP] != NULL)
		return help();
	return given.value[VERSION] != NULL ? version() : judge(&given);
}

int
main(int argc, char **argv)
{
	enum dv_exit exit;
	int number;

	(void)argc;
	/* A reader that went away must show as an error, not kill us. */
	(void)signal(SIGPIPE, SIG_IGN);
	dv_put_on(STDOUT_FILENO);
	exit = run(argv);
	number = dv_put_end();
	/* Then it was standard output: what was not written was not said. */
	if (number != 0 && exit <= DV_EXIT_NO) {
		complain("standard output: cannot write: ", "", "");
		dv_put_errno(number);
		dv_put("\n");
		(void)dv_put_end();
		exit = DV_EXIT_NONE;
	}
	return (int)exit;
}
