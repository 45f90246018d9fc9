/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify file: is this file what a trusted signer signed? Reads the
 * envelope, hashes the file as a stream, prints dv_sign1_verify()'s answer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "built.h"
#include "cmd.h"
#include "host/file.h"
#include "host/open.h"
#include "receipt_io.h"

const struct dv_opt dv_cmd_file_opts[] = {
	DV_TRUST_OPTION,
	DV_CMD_INTERMEDIATE,
	DV_CMD_CRLS
	DV_CMD_TIME,
	DV_CMD_SIGNATURE,
	{ .letter = 'p', .name = "purpose", .arg = "PURPOSE",
	    .help = "purpose of the signer (default codeSigning)" },
	DV_CMD_PROFILE
	{ .name = "attached",
	    .help = "FILE is an envelope with the artefact inside" },
#if DV_HAS_MANIFESTS
	{ .name = "manifest",
	    .help = "FILE is a directory, its list in FILE" DV_CMD_SUFFIX },
#endif
	{ .letter = 'o', .name = "output", .arg = "FILE",
	    .help = "write that artefact there when it is accepted" },
#if DV_HAS_MODULES
	{ .name = "embed",
	    .help = "judge the signatures inside WebAssembly modules" },
#endif
#if DV_HAS_SEVERAL
	{ .name = "any-signature",
	    .help = "of several signatures, one accepted is enough" },
	{ .name = "threshold", .arg = "N",
	    .help = "of several, those of N different keys will do" },
#endif
#if DV_HAS_DEMANDS
	{ .name = "require", .arg = "KEY=VALUE", .many = true,
	    .help = "what the signer must say of it" },
	DV_CMD_MIN_VERSION,
	DV_CMD_TYPE,
	DV_CMD_DEVICE,
	DV_CMD_MODEL,
	{ .name = "signer-name", .arg = "DN",
	    .help = "subject of the signer's certificate" },
	{ .name = "signer-san", .arg = "NAME",
	    .help = "a name of the signer: DNS:, email: or URI:" },
	{ .name = "signer-key", .arg = "SHA256",
	    .help = "SHA-256 of the signer's SubjectPublicKeyInfo" },
	{ .name = "countersigned", .arg = "N",
	    .help = "so many others must have countersigned it" },
	{ .name = "countersigner-name", .arg = "DN",
	    .help = "as --signer-name, of one of those" },
	{ .name = "countersigner-san", .arg = "NAME",
	    .help = "as --signer-san, of one of those" },
	{ .name = "countersigner-key", .arg = "HASH",
	    .help = "as --signer-key, of one of those" },
#endif
#if DV_HAS_RECEIPTS
	{ .name = "receipt", .arg = "OUT",
	    .help = "write what was found there when it is accepted" },
	{ .name = "previous", .arg = "FILE",
	    .help = "the receipt that this one follows" },
	{ .name = "check-receipt", .arg = "FILE",
	    .help = "ask again as of this receipt's time, compare" },
#endif
	DV_CMD_LISTS
	DV_CMD_JSON
	DV_CMD_QUIET,
	{ .name = NULL },
};

/* One file and its envelope. */
struct task {
	struct dv_asked *asked;
	const char *operand;
	bool attached;			/* the operand is the envelope */
	bool named;			/* somebody named the envelope */
	struct dv_buf envelope;
	struct dv_buf content;		/* of a detached payload */
	struct dv_sign1 sign1;
	struct dv_file_digest digest;
	struct dv_tree tree;		/* of a manifest */
	struct dv_differences differences;
	char path[DV_PATH_MAX];		/* of the envelope */
};

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);

	return len >= tail && strcmp(text + len - tail, end) == 0;
}

static bool
is_manifest(const struct task *task)
{
	return DV_HAS_MANIFESTS && dv_args_has(task->asked->args, "manifest");
}

/* Path of the envelope: named, or that beside the file. */
static enum dv_exit
envelope_path(struct task *task, struct dv_err *err)
{
	const char *option = dv_args_get(task->asked->args, "signature");
	const char *from = option != NULL ? option : task->operand;
	size_t len = strlen(from);
	int n;

	/* DIR/ and DIR are one directory. */
	while (!task->named && is_manifest(task) && len > 1 &&
	    from[len - 1] == '/')
		len--;
	n = snprintf(task->path, DV_PATH_MAX, "%.*s%s", (int)len, from,
	    task->named ? "" : DV_CMD_SUFFIX);

	return n >= 0 && n < DV_PATH_MAX ? DV_EXIT_YES :
	    dv_fail_long(err, task->operand);
}

static enum dv_exit
read_envelope(struct task *task, struct dv_err *err)
{
	enum dv_exit exit = dv_file_read(task->path, DV_FILE_MAX_ENVELOPE,
	    &task->envelope, err);

	if (exit == DV_EXIT_YES || task->named)
		return exit;
	if (ends_with(task->operand, DV_CMD_SUFFIX))
		return dv_hint(err, exit,
		    "name the signed file, not its envelope");
	return dv_hint(err, exit, "a signed file comes with its envelope; "
	    "when it has another name, say it with -s");
}

static enum dv_exit
report(struct task *task, const struct dv_chain *chain,
    const struct dv_verdict *verdict)
{
	struct dv_report r = { .subject = task->operand, .verdict = verdict,
	    .chain = chain, .path = &task->asked->path,
	    .size = task->digest.size };

	if (task->differences.files > 0)
		r.tree = &task->differences;
	if (task->sign1.envelope.len > 0)
		r.sign1 = &task->sign1;
	return dv_asked_report(task->asked, &r);
}

/* What goes on from an accepted envelope; may refuse in its turn. */
static enum dv_exit
go_on(struct task *task, struct dv_verdict *verdict, struct dv_err *err)
{
	struct dv_receipt_of of = { .asked = task->asked,
	    .sign1 = &task->sign1,
	    .digest = { task->digest.digest, task->digest.len },
	    .size = task->digest.size };
	enum dv_exit exit = DV_EXIT_YES;

	if (is_manifest(task))
		exit = dv_cmd_manifest(&task->tree, &task->sign1,
		    &task->differences, verdict, err);
	of.files = task->differences.files;
	if (DV_HAS_RECEIPTS && exit == DV_EXIT_YES &&
	    verdict->status == DV_ACCEPTED)
		exit = dv_receipt_recheck(&of, verdict, err);
	if (DV_HAS_RECEIPTS && exit == DV_EXIT_YES &&
	    verdict->status == DV_ACCEPTED)
		exit = dv_receipt_save(&of, err);
	return exit;
}

/* What is inside leaves when it is accepted, and before anybody is told. */
static enum dv_exit
give_out(const struct task *task, const struct dv_verdict *verdict,
    struct dv_err *err)
{
	const struct dv_file_new file = {
	    .path = dv_args_get(task->asked->args, "output"), .mode = 0644 };

	if (file.path == NULL || dv_report_reason(verdict) != DV_R_NONE)
		return DV_EXIT_YES;
	return dv_file_write(&file, task->sign1.payload, err);
}

static enum dv_exit
judge(struct task *task, struct dv_err *err)
{
	enum dv_exit exit;
	struct dv_asked *asked = task->asked;
	const struct dv_chain *chain = dv_asked_chain(asked, NULL);
	const struct dv_question question = { .trust = chain,
	    .policy = &asked->policy,
	    .digest = { task->digest.digest, task->digest.len },
	    .countersigners = asked->countersigners };
	struct dv_verdict verdict =
	    asked->bad_crl.status != DV_UNDECIDED ? asked->bad_crl :
	    dv_sign1_verify(&task->sign1, &question, &asked->work,
	    &asked->path);

	if (DV_HAS_DEMANDS && verdict.status == DV_ACCEPTED)
		verdict = dv_demands_check(&task->sign1, &asked->path.cert[0],
		    asked->demanded.at, asked->demanded.count);
	exit = verdict.status == DV_ACCEPTED ? go_on(task, &verdict, err) :
	    DV_EXIT_YES;
	if (exit == DV_EXIT_YES)
		exit = give_out(task, &verdict, err);
	return exit == DV_EXIT_YES ? report(task, chain, &verdict) : exit;
}

static enum dv_exit
fail_nothing_inside(const struct task *task, struct dv_err *err)
{
	if (is_manifest(task))
		return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: no list of "
		    "files is inside its envelope", task->operand),
		    "devsign sign --manifest makes one of a directory");
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: no artefact is "
	    "inside this envelope", task->operand),
	    "name the artefact, and this envelope with -s");
}

/* The artefact: inside the envelope, or the file that is named. */
static enum dv_exit
read_artefact(struct task *task, struct dv_err *err)
{
	struct dv_sign1 *sign1 = &task->sign1;
	enum dv_exit exit;

	if (task->attached || is_manifest(task)) {
		if (!sign1->attached || sign1->detached)
			return fail_nothing_inside(task, err);
		task->digest.size = sign1->payload.len;
		task->digest.len = dv_hash_once(sign1->hash, sign1->payload,
		    task->digest.digest);
		return DV_EXIT_YES;
	}
	if (!sign1->detached)
		return dv_file_hash(task->operand, sign1->hash, &task->digest,
		    err);
	exit = dv_file_read(task->operand, DV_MAX_ATTACHED, &task->content,
	    err);
	if (exit != DV_EXIT_YES)
		return exit;
	sign1->payload = dv_buf_bytes(&task->content);
	task->digest.size = sign1->payload.len;
	task->digest.len = dv_hash_once(sign1->hash, sign1->payload,
	    task->digest.digest);
	return DV_EXIT_YES;
}

static enum dv_exit
several_ask(struct task *task, struct dv_several *s, struct dv_err *err)
{
	struct dv_verdict refused = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE };
	enum dv_exit exit;

	refused.reason = dv_sign_parse(dv_buf_bytes(&task->envelope),
	    task->asked->policy.profile, &s->sign, &refused.at);
	if (refused.reason != DV_R_NONE)
		return report(task, NULL, &refused);
	/* What is signed is the same for all of them. */
	task->sign1 = s->sign.each[0];
	exit = read_artefact(task, err);
	if (exit != DV_EXIT_YES)
		return exit;
	for (size_t i = 0; i < s->sign.count; i++) {
		s->sign.each[i].payload = task->sign1.payload;
		s->digest[i] = (struct dv_bytes){ task->digest.digest,
		    task->digest.len };
	}
	s->size = task->digest.size;
	dv_several_judge(s);
	exit = give_out(task, &s->verdict, err);
	return exit == DV_EXIT_YES ? dv_several_report(s) : exit;
}

static enum dv_exit
judge_several(struct task *task, struct dv_err *err)
{
	struct dv_several *s = calloc(1, sizeof(*s));
	enum dv_exit exit;

	if (s == NULL)
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	s->asked = task->asked;
	s->operand = task->operand;
	exit = several_ask(task, s, err);
	free(s);
	return exit;
}

/* Lists of files and receipts are about one signature: several are refused. */
static bool
wants_one(const struct dv_args *args)
{
	return dv_args_has(args, "manifest") || dv_args_has(args, "receipt") ||
	    dv_args_has(args, "check-receipt");
}

/*
 * Nothing lies beside the file and nobody named an envelope: a module may carry
 * its own. What it carries is judged by the same rules, so nobody gains by
 * taking an envelope away.
 */
static bool
may_carry(const struct task *task)
{
	struct stat st;

	return DV_HAS_MODULES && !task->named && !wants_one(task->asked->args) &&
	    lstat(task->path, &st) != 0 && errno == ENOENT &&
	    access(task->operand, R_OK) == 0;
}

static enum dv_exit
judge_envelope_of_several(struct task *task, struct dv_err *err)
{
	if (!wants_one(task->asked->args))
		return judge_several(task, err);
	return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: its envelope is "
	    "one of several signatures, which --manifest, --receipt and "
	    "--check-receipt do not take", task->operand),
	    "have it signed without devsign sign --multi");
}

static enum dv_exit
judge_task(struct task *task, struct dv_err *err)
{
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ENVELOPE };
	enum dv_exit exit = envelope_path(task, err);

	if (exit == DV_EXIT_YES && may_carry(task)) {
		exit = dv_cmd_embedded(task->asked, task->operand, true, err);
		if (exit != DV_EXIT_USAGE)
			return exit;
		exit = DV_EXIT_YES;
	}
	if (exit == DV_EXIT_YES)
		exit = read_envelope(task, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (DV_HAS_SEVERAL && (task->asked->threshold > 1 || dv_sign_is_several(
	    dv_buf_bytes(&task->envelope), task->asked->policy.profile)))
		return judge_envelope_of_several(task, err);
	verdict.reason = dv_sign1_parse(dv_buf_bytes(&task->envelope),
	    task->asked->policy.profile, &task->sign1, &verdict.at);
	if (verdict.reason != DV_R_NONE)
		return report(task, NULL, &verdict);
	exit = read_artefact(task, err);
	return exit == DV_EXIT_YES ? judge(task, err) : exit;
}

static enum dv_exit
judge_operand(struct dv_asked *asked, const char *operand, struct dv_err *err)
{
	struct task task = { .asked = asked, .operand = operand,
	    .attached = dv_args_has(asked->args, "attached"),
	    .tree = { .dir = operand, .fd = -1 } };
	enum dv_exit exit;

	if (DV_HAS_MODULES && dv_args_has(asked->args, "embed"))
		return dv_cmd_embedded(asked, operand, false, err);
	task.named = task.attached || dv_args_has(asked->args, "signature");
	exit = judge_task(&task, err);

	dv_buf_free(&task.envelope);
	dv_buf_free(&task.content);
	if (DV_HAS_MANIFESTS) {
		dv_differences_free(&task.differences);
		dv_tree_close(&task.tree);
	}
	return exit;
}

/* Options that do not go together, in words; NULL: they do. */
static const char *
contradiction(const struct dv_args *args)
{
	const char *output = dv_args_get(args, "output");
	const bool attached = dv_args_has(args, "attached");
	const bool named = dv_args_has(args, "signature");
	const bool embed = DV_HAS_MODULES && dv_args_has(args, "embed");

	if (named + attached + embed > 1)
		return "-s (--signature), --attached and --embed contradict "
		    "each other: where is the signature?";
	if (output != NULL && (!attached || args->operand_count != 1))
		return "option -o (--output) is for one FILE and --attached";
	if (output != NULL && dv_is_stdio(output) && !dv_args_has(args, "quiet"))
		return "standard output cannot have the artefact and the "
		    "verdict: say -q";
	for (int i = 0; i < args->operand_count; i++) {
		if (dv_is_stdio(args->operands[i]) && !named && !attached &&
		    !embed)
			return "standard input has no envelope beside it: name "
			    "it with -s, or say --embed";
	}
	return NULL;
}

/* The same of receipts and directories. */
static const char *
contradiction_of_more(const struct dv_args *args)
{
	const bool made = dv_args_has(args, "receipt");
	const bool checked = dv_args_has(args, "check-receipt");

	if (dv_args_has(args, "manifest") && (dv_args_has(args, "attached") ||
	    dv_args_has(args, "embed")))
		return "--manifest is of a directory, --attached and --embed "
		    "of files";
	for (int i = 0; dv_args_has(args, "manifest") &&
	    i < args->operand_count; i++) {
		if (dv_is_stdio(args->operands[i]))
			return "standard input is no directory";
	}
	if (wants_one(args) && (dv_args_has(args, "threshold") ||
	    dv_args_has(args, "any-signature")))
		return "--threshold and --any-signature are of several "
		    "signatures; --manifest, --receipt and --check-receipt are "
		    "of one";
	if (dv_args_has(args, "previous") && !made)
		return "--previous goes with --receipt";
	if (made && checked)
		return "--receipt and --check-receipt contradict each other";
	if (checked && dv_args_has(args, "time"))
		return "the time of --check-receipt is that of the receipt, "
		    "not of -t";
	if ((made || checked) && (args->operand_count != 1 ||
	    dv_args_has(args, "embed")))
		return "a receipt is of one FILE, and not of --embed";
	if (made && dv_is_stdio(dv_args_get(args, "receipt")))
		return "standard output has the verdict: name a file with "
		    "--receipt";
	return NULL;
}

static enum dv_exit
check_usage(const struct dv_args *args, struct dv_err *err)
{
	const char *purpose = dv_args_get(args, "purpose");
	const char *wrong = contradiction(args);

	if (wrong == NULL && dv_args_has(args, "signature") &&
	    args->operand_count != 1)
		return dv_fail(err, DV_EXIT_USAGE, "file: option -s "
		    "(--signature) names the envelope of one FILE, not of %d",
		    args->operand_count);
	if (wrong == NULL && purpose != NULL && strcmp(purpose, "any") == 0)
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "file: option "
		    "-p (--purpose): a signer is always asked for a purpose, "
		    "never any"), "leave -p away for codeSigning");
	if (wrong == NULL && (DV_HAS_MANIFESTS || DV_HAS_RECEIPTS))
		wrong = contradiction_of_more(args);
	return wrong == NULL ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_USAGE, "file: %s", wrong);
}

/* A receipt is checked as of its own time. */
static enum dv_exit
time_of_receipt(struct dv_asked *asked, struct dv_err *err)
{
	const char *path = dv_args_get(asked->args, "check-receipt");
	struct dv_receipt receipt;
	struct dv_buf room = { 0 };
	enum dv_exit exit;

	if (path == NULL)
		return DV_EXIT_YES;
	exit = dv_receipt_load(path, &room, &receipt, err);
	if (exit == DV_EXIT_YES) {
		asked->when = (struct dv_when){ receipt.time, "given" };
		asked->policy.at = receipt.time;
	}
	dv_buf_free(&room);
	/* It is no answer about the file. */
	return exit == DV_EXIT_YES ? exit : DV_EXIT_NONE;
}

static enum dv_exit
ask_each(const struct dv_args *args, struct dv_err *err)
{
	static struct dv_asked asked;
	enum dv_exit exit = check_usage(args, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = dv_asked_open(args, &asked, err);
	if (DV_HAS_DEMANDS && exit == DV_EXIT_YES)
		exit = dv_demanded_read(args, &asked.demanded, err);
	if (DV_HAS_SEVERAL && exit == DV_EXIT_YES)
		exit = dv_threshold_read(args, &asked.threshold, err);
	if (DV_HAS_RECEIPTS && exit == DV_EXIT_YES)
		exit = time_of_receipt(&asked, err);
	if (exit == DV_EXIT_YES)
		exit = dv_asked_each(&asked, judge_operand);
	dv_asked_close(&asked);
	return exit;
}

enum dv_exit
dv_cmd_file(const struct dv_args *args, struct dv_err *err)
{
	return DV_HAS_LISTS ? dv_cmd_listed(args, ask_each, err) :
	    ask_each(args, err);
}
