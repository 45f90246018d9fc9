/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `devverify chain` and `devverify file` do alike: read the options, ask
 * each operand, print. Never changes a verdict. docs/DESIGN.md.
 */
#include <string.h>

#include "built.h"
#include "cmd.h"
#include "host/open.h"
#include "host/purpose.h"
#include "host/text.h"

static enum dv_exit
read_purpose(struct dv_asked *asked, const char *text, struct dv_err *err)
{
	size_t len;

	if (text == NULL || strcmp(text, "any") == 0)
		return DV_EXIT_YES;
	len = dv_purpose_oid(text, asked->purpose, sizeof(asked->purpose));
	if (len == 0)
		return dv_fail_value(err, "-p (--purpose)", text,
		    "not a purpose",
		    "any, clientAuth, serverAuth, codeSigning, "
		    "emailProtection, timeStamping, OCSPSigning, or an OID "
		    "like 1.3.6.1.5.5.7.3.2");
	asked->policy.purpose = (struct dv_bytes){ asked->purpose, len };
	return DV_EXIT_YES;
}

enum dv_exit
dv_asked_profile(const struct dv_args *args, enum dv_profile *out,
    struct dv_err *err)
{
	const char *text = DV_HAS_PATH ? dv_args_get(args, "profile") : NULL;

	if (text == NULL || strcmp(text, "strict") == 0)
		return DV_EXIT_YES;
	if (strcmp(text, "path") != 0)
		return dv_fail_value(err, "--profile", text,
		    "neither strict nor path", "");
	*out = DV_PROFILE_PATH;
	return DV_EXIT_YES;
}

/* Certificates of -i: a file that holds nothing is a mistake, not a choice. */
static enum dv_exit
load_loose(struct dv_asked *asked, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	const char *path;

	for (int i = 0; exit == DV_EXIT_YES &&
	    (path = dv_args_nth(asked->args, "intermediate", i)) != NULL; i++)
		exit = dv_ders_load(&asked->loose, path, "CERTIFICATE", err);
	for (size_t i = 0; exit == DV_EXIT_YES && i < asked->loose.count; i++) {
		if (asked->loose.file[i].len == 0)
			exit = dv_fail(err, DV_EXIT_NONE, "%s: is empty, "
			    "wanted a certificate", asked->loose.path[i]);
	}
	return exit;
}

enum dv_exit
dv_asked_open(const struct dv_args *args, struct dv_asked *asked,
    struct dv_err *err)
{
	enum dv_exit exit;

	asked->args = args;
	asked->json = DV_HAS_JSON && dv_args_has(args, "json");
	asked->quiet = dv_args_has(args, "quiet");
	if (asked->json && asked->quiet)
		return dv_fail(err, DV_EXIT_USAGE, "%s: --json and --quiet "
		    "contradict each other", args->verb->name);
	asked->jobs = 1;
	exit = DV_HAS_LISTS ? dv_jobs_read(args, &asked->jobs, err) :
	    DV_EXIT_YES;
	if (exit == DV_EXIT_YES)
		exit = dv_when(dv_args_get(args, "time"), &asked->when, err);
	asked->policy = dv_policy_strict(asked->when.at);
	if (exit == DV_EXIT_YES)
		exit = dv_asked_profile(args, &asked->policy.profile, err);
	if (exit == DV_EXIT_YES)
		exit = read_purpose(asked, dv_args_get(args, "purpose"), err);
	if (exit == DV_EXIT_YES)
		exit = dv_trust_load(args, &asked->trust, err);
	if (DV_HAS_CRL && exit == DV_EXIT_YES)
		exit = dv_asked_crls(asked, err);
	if (exit == DV_EXIT_YES)
		exit = load_loose(asked, err);
	asked->chain = (struct dv_chain){
	    .intermediates = asked->certificates,
	    .anchors = asked->trust.anchors,
	    .anchor_count = asked->trust.count, .crls = asked->crls,
	    .crl_count = asked->crl_files.count };
	return exit;
}

void
dv_asked_close(struct dv_asked *asked)
{
	dv_trust_free(&asked->trust);
	dv_ders_free(&asked->loose);
	dv_ders_free(&asked->crl_files);
}

/* The list from its from-th object on; two whole lists fit. */
static void
add_certificates(struct dv_asked *asked, const struct dv_ders *list,
    size_t from)
{
	struct dv_chain *chain = &asked->chain;

	for (size_t i = from; i < list->count; i++)
		asked->certificates[chain->intermediate_count++] =
		    dv_ders_at(list, i);
}

struct dv_chain *
dv_asked_chain(struct dv_asked *asked, const struct dv_ders *own)
{
	asked->chain.leaf = own != NULL && own->count > 0 ?
	    dv_ders_at(own, 0) : (struct dv_bytes){ NULL, 0 };
	asked->chain.intermediate_count = 0;
	if (own != NULL)
		add_certificates(asked, own, 1);
	add_certificates(asked, &asked->loose, 0);
	return &asked->chain;
}

static const char *
subject_of(const char *operand)
{
	return dv_is_stdio(operand) ? "(standard input)" : operand;
}

/* On standard error, after the error itself. */
static void
say_no_verdict(const struct dv_asked *asked, const char *operand,
    const struct dv_err *err)
{
	const struct dv_report report = { .tool = asked->args->tool->name,
	    .subject = subject_of(operand), .lab = asked->trust.lab };

	if (DV_HAS_JSON && asked->json)
		dv_report_none_json(stdout, &report, err);
	dv_err_print(asked->args->tool->name, err);
	(void)fprintf(stderr, "%s: no verdict for ", asked->args->tool->name);
	dv_print_subject(stderr, report.subject);
	(void)fputc('\n', stderr);
}

static enum dv_exit
ask_one(void *context, size_t i)
{
	struct dv_asked *asked = context;
	const char *operand = asked->args->operands[i];
	struct dv_err err = { .what = "" };
	enum dv_exit exit = asked->one(asked, operand, &err);

	if (err.what[0] != '\0')
		say_no_verdict(asked, operand, &err);
	return exit;
}

/* The process that had it was killed, or had no memory to answer. */
static void
say_lost(void *context, size_t i)
{
	const struct dv_asked *asked = context;
	const char *operand = asked->args->operands[i];
	struct dv_err err;

	(void)dv_hint(&err, dv_fail(&err, DV_EXIT_NONE,
	    "%s: the process that judged it ended without an answer",
	    subject_of(operand)), "it was killed, or memory was short; run "
	    "again, with fewer --jobs");
	say_no_verdict(asked, operand, &err);
}

enum dv_exit
dv_asked_each(struct dv_asked *asked, dv_asked_one *one)
{
	const struct dv_jobs jobs = { .at_once = asked->jobs,
	    .count = (size_t)asked->args->operand_count, .context = asked,
	    .ask = ask_one, .lost = DV_HAS_LISTS ? say_lost : NULL };

	asked->one = one;
	return dv_jobs_run(&jobs);
}

enum dv_exit
dv_asked_report(const struct dv_asked *asked, struct dv_report *report)
{
	report->tool = asked->args->tool->name;
	report->at = asked->when.at;
	report->time_source = asked->when.source;
	report->lab = asked->trust.lab;
	report->countersigners = asked->countersigners;
	report->subject = subject_of(report->subject);
	if (DV_HAS_JSON && asked->json)
		dv_report_json(stdout, report);
	else if (!asked->quiet)
		dv_report_text(stdout, report);
	return dv_report_reason(report->verdict) == DV_R_NONE ? DV_EXIT_YES :
	    DV_EXIT_NO;
}
