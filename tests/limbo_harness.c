/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs any suite written in the schema of x509-limbo against the core: a JSON
 * document on standard input, results on standard output. Host names are not
 * looked at. The key "devtrust" of a case asks what the schema cannot: see
 * docs/TESTING.md. Never says SUCCESS for what the core did not accept.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dv_csr.h"
#include "host/report.h"
#include "limbo_case.h"

/* Exit status; a case that was refused is no failure of the harness. */
enum {
	ALL_ANSWERED = 0,
	USAGE = 2,
	NO_ANSWERS = 3		/* document not read, or results not written */
};

static struct limbo_case q;
static struct dv_verdict verdict;
static struct dv_work work;
static struct dv_path path;
static struct dv_cert alone;	/* when there is no path */

static void
die(int status, const char *what)
{
	(void)fprintf(stderr, "limbo-harness: %s\n", what);
	exit(status);
}

/* ---- the question ------------------------------------------------------ */

/* Does the accepted leaf permit every key usage the case asks for? */
static void
usage_check(void)
{
	unsigned wanted = limbo_case_usages(&q);

	if (!dv_cert_has(&path.cert[0], DV_EXT_KEY_USAGE) ||
	    (wanted & ~path.cert[0].ext.key_usage) == 0)
		return;
	verdict = (struct dv_verdict){ .status = DV_REJECTED,
	    .reason = DV_R_KEY_USAGE_SIGNATURE,
	    .object = DV_OBJECT_CERTIFICATE,
	    .at = { .offset = DV_NO_OFFSET } };
}

static void
ask_purpose(const char *purpose)
{
	limbo_case_purpose(&q, purpose);
	if (q.skip == NULL)
		verdict = dv_chain_verify(&q.chain, &q.policy, &work, &path);
	if (verdict.status == DV_ACCEPTED)
		usage_check();
}

/*
 * Every purpose asked for must be permitted. The schema leaves it to the
 * reader what is asked when the list is empty: what validation_kind implies.
 */
static void
ask_purposes(void)
{
	const json_t *list = limbo_member(q.test, "extended_key_usage");
	const char *own = limbo_text(q.ours, "purpose");
	size_t n = json_array_size(list);

	if (own != NULL || n == 0) {
		ask_purpose(own != NULL ? own :
		    limbo_text(q.test, "validation_kind"));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *name = json_array_get(list, i);

		if (!json_is_string(name))
			q.skip = "a purpose that is no text";
		ask_purpose(json_string_value(name));
		if (q.skip != NULL || verdict.status != DV_ACCEPTED)
			return;
	}
}

static void
ask_chain(void)
{
	if (q.unread.status == DV_REJECTED)
		verdict = q.unread;
	else if (q.anchors_given > 0 && q.chain.anchor_count == 0)
		verdict = q.no_anchor;
	else
		ask_purposes();
}

/* As the profile of the question reads it. */
static enum dv_reason
cert_read(struct dv_at *at)
{
	return q.policy.profile == DV_PROFILE_PATH ?
	    dv_cert_read(q.chain.leaf, &alone, at) :
	    dv_cert_parse(q.chain.leaf, &alone, at);
}

/* Only reads the object: is it what it should be? */
static void
ask_read(const char *task)
{
	enum dv_object object = DV_OBJECT_CERTIFICATE;
	enum dv_reason reason;
	struct dv_at at = { .offset = DV_NO_OFFSET };
	const bool proof = strcmp(task, "proof") == 0;
	static struct dv_csr csr;
	static struct dv_anchor anchor;
	static struct dv_crl crl;

	path = (struct dv_path){ .count = 0 };
	if (strcmp(task, "certificate") == 0) {
		reason = cert_read(&at);
	} else if (strcmp(task, "anchor") == 0) {
		reason = cert_read(&at);
		if (reason == DV_R_NONE &&
		    q.policy.profile == DV_PROFILE_STRICT)
			reason = dv_anchor_judge(&alone, &at);
		if (reason == DV_R_NONE)
			reason = dv_anchor_from_cert(&alone, &anchor, &at);
	} else if (strcmp(task, "crl") == 0) {
		object = DV_OBJECT_CRL;
		reason = dv_crl_parse(q.chain.leaf, &crl, &at);
	} else if (strcmp(task, "request") == 0 || proof) {
		object = DV_OBJECT_REQUEST;
		reason = dv_csr_parse(q.chain.leaf, &csr, &at);
		if (reason == DV_R_NONE && proof)
			reason = dv_csr_prove(&csr, &at);
	} else {
		q.skip = "a task that is not known";
		return;
	}
	verdict = (struct dv_verdict){ .status = reason == DV_R_NONE ?
	    DV_ACCEPTED : DV_REJECTED, .reason = reason, .object = object,
	    .at = at };
}

static void
ask(void)
{
	const char *task = limbo_text(q.ours, "task");

	verdict = (struct dv_verdict){ .status = DV_UNDECIDED };
	if (q.skip != NULL)
		return;
	if (task == NULL || strcmp(task, "chain") == 0)
		ask_chain();
	else
		ask_read(task);
}

/* ---- the answer -------------------------------------------------------- */

/* What a path is valid for: "ACCEPTED", then the policies, if any. */
static bool
accepted_line(struct dv_buf *context)
{
	bool fits = dv_buf_text(context, "ACCEPTED policies");
	char text[256];

	if (fits && path.policies.any)
		fits = dv_buf_text(context, " anyPolicy");
	for (size_t i = 0; fits && i < path.policies.count; i++) {
		dv_oid_text(path.policies.oid[i], text, sizeof(text));
		fits = dv_buf_text(context, " %s", text);
	}
	return fits;
}

static json_t *
result_make(void)
{
	const char *actual = "FAILURE";
	const char *id = limbo_text(q.test, "id");
	struct dv_buf context = { 0 };
	json_t *result;
	bool fits;

	if (q.skip != NULL) {
		actual = "SKIPPED";
		fits = dv_buf_text(&context, "%s", q.skip);
	} else if (verdict.status == DV_ACCEPTED) {
		actual = "SUCCESS";
		fits = accepted_line(&context);
	} else {
		fits = dv_report_line(&context, &verdict);
	}
	if (!fits)
		die(NO_ANSWERS, "memory is short");
	result = json_pack("{s:s, s:s, s:s%}", "id", id == NULL ? "" : id,
	    "actual_result", actual, "context", context.ptr, context.len);
	dv_buf_free(&context);
	return result;
}

static json_t *
results_make(const json_t *limbo, enum dv_profile profile)
{
	const json_t *tests = limbo_member(limbo, "testcases");
	json_t *results = json_array(), *result;
	const json_t *test;
	size_t i;

	if (!json_is_array(tests))
		die(NO_ANSWERS, "the document has no list \"testcases\"");
	json_array_foreach(tests, i, test) {
		limbo_case_load(&q, test, profile);
		ask();
		result = result_make();
		if (result == NULL || json_array_append_new(results, result))
			die(NO_ANSWERS, "a result cannot be written");
		limbo_case_free(&q);
	}
	return results;
}

static enum dv_profile
options_read(int argc, char **argv)
{
	enum dv_profile profile = DV_PROFILE_STRICT;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--profile") != 0 || ++i == argc)
			die(USAGE, "usage: limbo-harness "
			    "[--profile strict|path] <DOCUMENT >RESULTS");
		if (strcmp(argv[i], "path") == 0)
			profile = DV_PROFILE_PATH;
		else if (strcmp(argv[i], "strict") == 0)
			profile = DV_PROFILE_STRICT;
		else
			die(USAGE, "--profile: strict or path");
	}
	return profile;
}

int
main(int argc, char **argv)
{
	enum dv_profile profile = options_read(argc, argv);
	json_error_t error;
	json_t *limbo = json_loadf(stdin, JSON_ALLOW_NUL, &error), *out;

	if (limbo == NULL)
		die(NO_ANSWERS, error.text);
	out = json_pack("{s:i, s:s, s:o}", "version", 1, "harness",
	    "devtrust", "results", results_make(limbo, profile));
	if (out == NULL || json_dumpf(out, stdout, JSON_INDENT(1)) != 0 ||
	    putchar('\n') == EOF || fflush(stdout) != 0)
		die(NO_ANSWERS, "the results cannot be written");
	json_decref(out);
	json_decref(limbo);
	return ALL_ANSWERED;
}
