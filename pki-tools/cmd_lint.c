/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-issue lint: what is wrong with anybody's certificates, each finding with
 * its clause. Needs no CA directory and writes nothing. pki-issue(1).
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "dv_limits.h"
#include "host/json.h"
#include "host/open.h"
#include "host/report.h"
#include "host/text.h"
#include "pki_lint.h"

const struct dv_opt pki_lint_opts[] = {
	{ 'p', "profile", "NAME", "judge as this profile (as a CA or a device)",
	  false },
	{ 'i', "issuer", "FILE", "certificates that may be the issuer's",
	  true },
	{ 0, "vid", "ID", "Matter: vendor id that the device states", false },
	{ 0, "pid", "ID", "Matter: product id that the device states", false },
	{ 'j', "json", NULL, "one JSON object for each certificate", false },
	PKI_OPT_END,
};

/* One operand on its way. */
struct job {
	const struct dv_args *args;
	const char *subject;		/* the operand, for people */
	const char *profile;		/* NULL: by what it is */
	const char *vid, *pid;		/* NULL: not given */
	bool json;
	struct room *room;
	size_t issuer_count;
};

/* Too large for the stack. */
struct room {
	struct dv_ders above;		/* files of -i */
	struct dv_ders file;		/* the operand's: judged, then its chain */
	struct dv_cert issuers[2 * DV_DERS_MAX];
};

static enum dv_exit
read_profile(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	char names[256] = "";
	const char *name;
	enum dv_exit exit;

	job->profile = dv_args_get(args, "profile");
	if (job->profile == NULL || pki_lint_profile_known(job->profile))
		return DV_EXIT_YES;
	for (size_t i = 0; (name = pki_lint_profile_at(i)) != NULL; i++) {
		if (i > 0)
			(void)strncat(names, ", ", sizeof(names) -
			    strlen(names) - 1);
		(void)strncat(names, name, sizeof(names) - strlen(names) - 1);
	}
	exit = dv_fail(err, DV_EXIT_USAGE, "option --profile: there are no "
	    "rules for \"%s\"", job->profile);
	return dv_hint(err, exit, "the profiles are %s", names);
}

/* --vid or --pid: only Matter's certificates have one. */
static enum dv_exit
read_id(const struct job *job, const char *option, const char **out,
    struct dv_err *err)
{
	*out = dv_args_get(job->args, option);
	if (*out == NULL)
		return DV_EXIT_YES;
	if (!pki_lint_is_id(dv_text_bytes(*out)))
		return dv_fail(err, DV_EXIT_USAGE, "option --%s: \"%s\" is "
		    "not four of the digits 0-9 and A-F", option, *out);
	return pki_lint_has_ids(job->profile) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_USAGE, "option --%s: with --profile "
	    "matter-dac, matter-pai or matter-paa alone", option);
}

/* ---- results ---- */

static void
json_begin(const struct job *job, struct dv_json *j)
{
	*j = (struct dv_json){ .out = stdout };
	dv_json_begin(j);
	dv_json_number(j, "v", 1);
	dv_json_text(j, "tool", job->args->tool->name);
	dv_json_text(j, "subject", job->subject);
}

static void
json_finding(struct dv_json *j, const struct pki_finding *f)
{
	dv_json_open(j, NULL, '{');
	dv_json_number(j, "number", f->id);
	dv_json_text(j, "name", pki_lint_name(f->id));
	dv_json_text(j, "severity", pki_severity_name(
	    pki_lint_severity(f->id)));
	dv_json_text(j, "field", dv_field_name(f->field));
	if (f->offset != DV_NO_OFFSET)
		dv_json_number(j, "offset", f->offset);
	dv_json_text(j, "clause", pki_lint_clause(f->id));
	dv_json_text(j, "text", pki_lint_text(f->id));
	dv_json_utf8(j, "wanted", dv_text_bytes(f->wanted));
	dv_json_utf8(j, "found", dv_text_bytes(f->found));
	dv_json_text(j, "hint", pki_lint_hint(f->id));
	dv_json_close(j, '{');
}

static void
print_json(const struct job *job, const char *kind,
    const struct pki_findings *findings)
{
	struct dv_json j;

	json_begin(job, &j);
	dv_json_flag(&j, "readable", true);
	dv_json_text(&j, "profile", kind);
	for (int s = PKI_LINT_ERROR; s >= PKI_LINT_NOTICE; s--)
		dv_json_number(&j, s == PKI_LINT_ERROR ? "errors" :
		    s == PKI_LINT_WARNING ? "warnings" : "notices",
		    (int64_t)pki_lint_count(findings, (enum pki_severity)s));
	dv_json_open(&j, "findings", '[');
	for (size_t i = 0; i < findings->count; i++)
		json_finding(&j, &findings->list[i]);
	dv_json_close(&j, '[');
	dv_json_end(&j);
}

static void
print_finding(const struct pki_finding *f)
{
	(void)printf("%s: %s at %s", pki_severity_name(
	    pki_lint_severity(f->id)), pki_lint_name(f->id),
	    dv_field_name(f->field));
	if (f->offset != DV_NO_OFFSET)
		(void)printf(", byte %u", f->offset);
	(void)printf(" (%s): %s\n  wanted: ", pki_lint_clause(f->id),
	    pki_lint_text(f->id));
	dv_print_safe(stdout, dv_text_bytes(f->wanted));
	(void)printf("\n  found: ");
	dv_print_safe(stdout, dv_text_bytes(f->found));
	(void)printf("\n  do: %s\n", pki_lint_hint(f->id));
}

static void
print_text(const struct job *job, const char *kind,
    const struct pki_findings *findings)
{
	size_t errors = pki_lint_count(findings, PKI_LINT_ERROR);
	size_t warnings = pki_lint_count(findings, PKI_LINT_WARNING);
	size_t notices = pki_lint_count(findings, PKI_LINT_NOTICE);

	dv_print_subject(stdout, job->subject);
	(void)printf(": %zu error%s, %zu warning%s, %zu notice%s as %s\n",
	    errors, errors == 1 ? "" : "s", warnings,
	    warnings == 1 ? "" : "s", notices, notices == 1 ? "" : "s", kind);
	for (size_t i = 0; i < findings->count; i++)
		print_finding(&findings->list[i]);
}

/* The parser's own reason: nothing can be said of what has no form. */
static void
print_unreadable(const struct job *job, const struct dv_verdict *verdict)
{
	const char *reason = dv_reason_name(verdict->reason);
	struct dv_buf line = { NULL, 0, 0 };
	bool whole = dv_reason_line(&line, verdict);
	struct dv_json j;

	if (!job->json) {
		dv_print_subject(stdout, job->subject);
		(void)printf(": UNREADABLE ");
		dv_print_safe(stdout, whole ? dv_buf_bytes(&line) :
		    dv_text_bytes(reason));
		(void)printf("\n  %s\n", dv_reason_text(verdict->reason));
		dv_buf_free(&line);
		return;
	}
	json_begin(job, &j);
	dv_json_flag(&j, "readable", false);
	dv_json_text(&j, "reason", reason);
	dv_json_text(&j, "rule", dv_reason_rule(verdict->reason));
	dv_json_text(&j, "field", dv_field_name(verdict->at.field));
	if (verdict->at.offset != DV_NO_OFFSET)
		dv_json_number(&j, "offset", verdict->at.offset);
	dv_json_text(&j, "text", dv_reason_text(verdict->reason));
	dv_json_end(&j);
	dv_buf_free(&line);
}

/* A file that is not there, not PEM, or of something else. */
static void
print_no_file(const struct job *job, const struct dv_err *err)
{
	struct dv_json j;

	if (!job->json)
		return;
	json_begin(job, &j);
	dv_json_flag(&j, "readable", false);
	dv_json_utf8(&j, "text", dv_text_bytes(err->what));
	dv_json_end(&j);
}

/* ---- one certificate ---- */

/* All that can be read. */
static void
add_issuers(struct job *job, const struct dv_ders *from, size_t first)
{
	struct dv_at at;

	for (size_t i = first; i < from->count; i++) {
		if (dv_cert_read(dv_ders_at(from, i),
		    &job->room->issuers[job->issuer_count], &at) == DV_R_NONE)
			job->issuer_count++;
	}
}

static enum dv_exit
judge(struct job *job)
{
	struct dv_verdict bad = { .status = DV_REJECTED,
	    .object = DV_OBJECT_CERTIFICATE };
	struct dv_cert cert;
	struct pki_lint_question question = { .cert = &cert,
	    .profile = job->profile, .issuers = job->room->issuers,
	    .vid = job->vid, .pid = job->pid };
	struct pki_findings findings;
	const char *kind = job->profile;

	bad.reason = dv_cert_read(dv_ders_at(&job->room->file, 0), &cert, &bad.at);
	if (bad.reason != DV_R_NONE) {
		print_unreadable(job, &bad);
		return DV_EXIT_NONE;
	}
	if (kind == NULL)
		kind = cert.ext.ca ? "CA" : "device";
	job->issuer_count = 0;
	add_issuers(job, &job->room->above, 0);
	add_issuers(job, &job->room->file, 1);
	question.issuer_count = job->issuer_count;
	pki_lint(&question, &findings);
	if (job->json)
		print_json(job, kind, &findings);
	else
		print_text(job, kind, &findings);
	return pki_lint_count(&findings, PKI_LINT_ERROR) +
	    pki_lint_count(&findings, PKI_LINT_WARNING) == 0 ? DV_EXIT_YES :
	    DV_EXIT_NO;
}

static enum dv_exit
lint_file(struct job *job, const char *path, struct dv_err *err)
{
	enum dv_exit exit = dv_ders_load(&job->room->file, path, "CERTIFICATE",
	    err);

	job->subject = dv_is_stdio(path) ? "(standard input)" : path;
	if (exit == DV_EXIT_YES)
		exit = judge(job);
	else
		print_no_file(job, err);
	dv_ders_free(&job->room->file);
	return exit;
}

/* Every operand has its turn; the largest status wins. */
static enum dv_exit
lint_all(struct job *job)
{
	enum dv_exit largest = DV_EXIT_YES, exit;
	struct dv_err one;

	for (int i = 0; i < job->args->operand_count; i++) {
		one = (struct dv_err){ .what = "" };
		exit = lint_file(job, job->args->operands[i], &one);
		if (one.what[0] != '\0')
			dv_err_print(job->args->tool->name, &one);
		largest = exit > largest ? exit : largest;
	}
	return largest;
}

/* Who gives an issuer means it: one that cannot be read is said. */
static enum dv_exit
check_issuers(const struct job *job)
{
	const struct dv_ders *above = &job->room->above;
	enum dv_exit largest = DV_EXIT_YES;
	struct dv_cert cert;
	struct dv_at at;
	struct dv_err err;

	for (size_t i = 0; i < above->count; i++) {
		enum dv_reason reason = dv_cert_read(dv_ders_at(above, i),
		    &cert, &at);

		if (reason == DV_R_NONE)
			continue;
		largest = dv_fail(&err, DV_EXIT_NONE, "%s: an issuer that "
		    "cannot be read: %s at %s (%s)", above->path[i],
		    dv_reason_name(reason), dv_field_name(at.field),
		    dv_reason_rule(reason));
		dv_err_print(job->args->tool->name, &err);
	}
	return largest;
}

static enum dv_exit
run(struct job *job, struct dv_err *err)
{
	enum dv_exit exit = read_profile(job->args, job, err), issuers;
	const char *path;

	if (exit == DV_EXIT_YES)
		exit = read_id(job, "vid", &job->vid, err);
	if (exit == DV_EXIT_YES)
		exit = read_id(job, "pid", &job->pid, err);
	for (int i = 0; exit == DV_EXIT_YES &&
	    (path = dv_args_nth(job->args, "issuer", i)) != NULL; i++)
		exit = dv_ders_load(&job->room->above, path, "CERTIFICATE",
		    err);
	if (exit != DV_EXIT_YES)
		return exit;
	issuers = check_issuers(job);
	exit = lint_all(job);
	return issuers > exit ? issuers : exit;
}

enum dv_exit
pki_lint_run_cmd(const struct dv_args *args, struct dv_err *err)
{
	struct room *room = calloc(1, sizeof(*room));
	struct job job = { .args = args, .json = dv_args_has(args, "json"),
	    .room = room };
	enum dv_exit exit;

	if (room == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = run(&job, err);
	dv_ders_free(&room->above);
	free(room);
	return exit;
}
