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

#include "dv_chain.h"
#include "dv_csr.h"
#include "host/pem.h"
#include "host/report.h"
#include "host/text.h"
#include "host/when.h"

#define MAX_OBJECTS 512
#define MAX_ANCHORS 64
#define MAX_POLICIES 16
#define MAX_CRLS 64
#define MAX_OID 64

/* One case: the question, what it borrows from, and the answer. */
struct question {
	const json_t *test, *ours;	/* the case; its "devtrust", or NULL */
	struct dv_buf der[MAX_OBJECTS];
	size_t der_count;
	struct dv_bytes pile[MAX_OBJECTS];
	struct dv_cert anchor_cert[MAX_ANCHORS];
	struct dv_anchor anchors[MAX_ANCHORS];
	size_t anchors_given;
	struct dv_crl crls[MAX_CRLS];
	uint8_t purpose[MAX_OID];
	uint8_t policy_room[MAX_POLICIES][MAX_OID];
	struct dv_bytes policies[MAX_POLICIES];
	struct dv_chain chain;
	struct dv_policy policy;
	struct dv_verdict verdict;
	struct dv_verdict unread;	/* a CRL that could not be read */
	struct dv_buf context;
	const char *skip;		/* why it cannot be asked */
};

static struct question q;
static struct dv_work work;
static struct dv_path path;
static enum dv_profile default_profile;

static void
die(const char *what)
{
	(void)fprintf(stderr, "limbo-harness: %s\n", what);
	exit(3);
}

/* ---- the parts of a case ----------------------------------------------- */

/* A value of the case, JSON null and absence alike are NULL. */
static const json_t *
member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_null(value) ? NULL : value;
}

static const char *
text_member(const json_t *object, const char *key)
{
	return json_string_value(member(object, key));
}

/* The object inside one PEM text; nothing when there is none. */
static struct dv_bytes
der_of(const char *pem)
{
	struct dv_bytes text = dv_text_bytes(pem);
	struct dv_err err;
	char label[64];

	if (q.der_count == MAX_OBJECTS)
		die("a case has too many certificates");
	q.der[q.der_count] = (struct dv_buf){ 0 };
	if (dv_pem_next(&text, label, &q.der[q.der_count], &err) !=
	    DV_EXIT_YES)
		q.der[q.der_count].len = 0;
	return dv_buf_bytes(&q.der[q.der_count++]);
}

/* All objects of a list into q.pile, from the first free place. */
static size_t
pile_add(const char *key, size_t from)
{
	const json_t *list = member(q.test, key);
	size_t i, n = from;
	const json_t *pem;

	json_array_foreach(list, i, pem) {
		if (n == MAX_OBJECTS)
			die("a case has too many certificates");
		q.pile[n++] = der_of(json_string_value(pem));
	}
	return n;
}

/* As the profile of the question reads it. */
static enum dv_reason
cert_read(struct dv_bytes der, struct dv_cert *out, struct dv_at *at)
{
	return q.policy.profile == DV_PROFILE_PATH ?
	    dv_cert_read(der, out, at) : dv_cert_parse(der, out, at);
}

/* What cannot be an anchor is left out; the last reason is kept. */
static void
anchor_add(struct dv_bytes der)
{
	size_t n = q.chain.anchor_count;
	struct dv_cert *cert = &q.anchor_cert[n];
	struct dv_at at;
	enum dv_reason reason = dv_cert_read(der, cert, &at);

	if (reason == DV_R_NONE && json_is_true(member(q.ours,
	    "bare_anchors")))
		q.anchors[n] = (struct dv_anchor){ .name = cert->subject,
		    .spki = cert->key.spki,
		    .key_id = cert->ext.subject_key_id,
		    .not_before = cert->not_before,
		    .not_after = cert->not_after, .path_len = -1 };
	else if (reason == DV_R_NONE)
		reason = dv_anchor_from_cert(cert, &q.anchors[n], &at);
	if (reason == DV_R_NONE)
		q.chain.anchor_count++;
	else
		q.verdict = (struct dv_verdict){ .status = DV_REJECTED,
		    .reason = reason, .object = DV_OBJECT_ANCHOR,
		    .index = (unsigned)q.anchors_given, .at = at };
	q.anchors_given++;
}

static void
anchors_load(void)
{
	const json_t *list = member(q.test, "trusted_certs");
	const json_t *pem;
	size_t i;

	q.chain.anchors = q.anchors;
	json_array_foreach(list, i, pem) {
		if (q.chain.anchor_count == MAX_ANCHORS)
			die("a case has too many trusted certificates");
		anchor_add(der_of(json_string_value(pem)));
	}
}

/* A list that cannot be read decides the case: nothing is left unchecked. */
static void
crls_load(void)
{
	const json_t *list = member(q.test, "crls"), *pem;
	enum dv_reason reason;
	struct dv_at at;
	size_t i;

	q.chain.crls = q.crls;
	json_array_foreach(list, i, pem) {
		if (q.chain.crl_count == MAX_CRLS)
			die("a case has too many CRLs");
		reason = dv_crl_parse(der_of(json_string_value(pem)),
		    &q.crls[q.chain.crl_count], &at);
		if (reason == DV_R_NONE)
			q.chain.crl_count++;
		else
			q.unread = (struct dv_verdict){ .status = DV_REJECTED,
			    .reason = reason, .object = DV_OBJECT_CRL,
			    .index = (unsigned)i, .at = at };
	}
}

/* ---- the settings ------------------------------------------------------ */

/* RFC 3339 with +00:00 for Z, as the suites write it; absent: now. */
static void
time_load(void)
{
	const char *text = text_member(q.test, "validation_time");
	struct dv_when when;
	struct dv_err err;
	char room[64];
	size_t len;

	if (text != NULL) {
		(void)snprintf(room, sizeof(room), "%s", text);
		len = strlen(room);
		if (len > 6 && strcmp(room + len - 6, "+00:00") == 0)
			memcpy(room + len - 6, "Z", 2);
		text = room;
	}
	if (dv_when(text, &when, &err) != DV_EXIT_YES)
		q.skip = "validation_time cannot be read";
	q.policy.at = when.at;
}

static const struct {
	const char *name, *oid;
} purposes[] = {
	{ "SERVER", "1.3.6.1.5.5.7.3.1" },
	{ "CLIENT", "1.3.6.1.5.5.7.3.2" },
	{ "serverAuth", "1.3.6.1.5.5.7.3.1" },
	{ "clientAuth", "1.3.6.1.5.5.7.3.2" },
	{ "codeSigning", "1.3.6.1.5.5.7.3.3" },
	{ "emailProtection", "1.3.6.1.5.5.7.3.4" },
	{ "timeStamping", "1.3.6.1.5.5.7.3.8" },
	{ "OCSPSigning", "1.3.6.1.5.5.7.3.9" },
	{ "anyExtendedKeyUsage", "2.5.29.37.0" },
};

static void
purpose_set(const char *name)
{
	const char *oid = name;
	size_t len;

	q.policy.purpose = (struct dv_bytes){ NULL, 0 };
	if (name == NULL || strcmp(name, "any") == 0)
		return;
	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++) {
		if (strcmp(name, purposes[i].name) == 0)
			oid = purposes[i].oid;
	}
	len = dv_oid_parse(oid, q.purpose, sizeof(q.purpose));
	if (len == 0)
		q.skip = "a purpose that is not known";
	q.policy.purpose = (struct dv_bytes){ q.purpose, len };
}

/* A limit of the schema counts intermediates; ours counts the leaf too. */
static void
depth_load(void)
{
	const json_t *depth = member(q.test, "max_chain_depth");

	if (depth != NULL && json_integer_value(depth) < DV_MAX_PATH - 1)
		q.policy.max_path = (unsigned)json_integer_value(depth) + 1;
}

static void
profile_load(void)
{
	const char *name = text_member(q.ours, "profile");

	q.policy.profile = default_profile;
	if (name != NULL)
		q.policy.profile = strcmp(name, "path") == 0 ?
		    DV_PROFILE_PATH : DV_PROFILE_STRICT;
}

static void
revocation_load(void)
{
	const char *mode = text_member(q.ours, "revocation");

	if (mode == NULL || strcmp(mode, "if-given") == 0)
		q.policy.revocation = DV_REVOCATION_IF_GIVEN;
	else if (strcmp(mode, "required") == 0)
		q.policy.revocation = DV_REVOCATION_REQUIRED;
	else if (strcmp(mode, "none") == 0)
		q.policy.revocation = DV_REVOCATION_NONE;
	else
		q.skip = "a revocation mode that is not known";
}

static void
policy_add(const char *text)
{
	size_t n = q.policy.initial_policy_count, len;

	if (n == MAX_POLICIES)
		die("a case has too many policies");
	len = dv_oid_parse(strcmp(text, "anyPolicy") == 0 ? "2.5.29.32.0" :
	    text, q.policy_room[n], MAX_OID);
	if (len == 0)
		q.skip = "a policy that is not an OID";
	q.policies[n] = (struct dv_bytes){ q.policy_room[n], len };
	q.policy.initial_policy_count++;
}

/* RFC 5280 6.1.1 (c), (e), (f), (g). */
static void
policies_load(void)
{
	const json_t *list = member(q.ours, "policies"), *oid;
	size_t i;

	q.policy.initial_policies = q.policies;
	json_array_foreach(list, i, oid)
		policy_add(json_string_value(oid));
	q.policy.require_explicit = json_is_true(member(q.ours,
	    "require_explicit_policy"));
	q.policy.inhibit_mapping = json_is_true(member(q.ours,
	    "inhibit_policy_mapping"));
	q.policy.inhibit_any = json_is_true(member(q.ours,
	    "inhibit_any_policy"));
}

static void
question_load(const json_t *test)
{
	q = (struct question){ .test = test, .ours = member(test, "devtrust") };
	q.policy = dv_policy_strict((dv_time){ 0 });
	time_load();
	depth_load();
	profile_load();
	policies_load();
	revocation_load();
	q.chain.leaf = der_of(text_member(test, "peer_certificate"));
	q.chain.intermediates = q.pile;
	q.chain.intermediate_count = pile_add("untrusted_intermediates", 0);
	anchors_load();
	crls_load();
}

static void
question_free(void)
{
	for (size_t i = 0; i < q.der_count; i++)
		dv_buf_free(&q.der[i]);
	dv_buf_free(&q.context);
}

/* ---- the answer -------------------------------------------------------- */

static const struct {
	const char *name;
	unsigned bit;
} usages[] = {
	{ "digitalSignature", DV_KU_DIGITAL_SIGNATURE },
	{ "contentCommitment", DV_KU_NON_REPUDIATION },
	{ "keyEncipherment", DV_KU_KEY_ENCIPHERMENT },
	{ "dataEncipherment", DV_KU_DATA_ENCIPHERMENT },
	{ "keyAgreement", DV_KU_KEY_AGREEMENT },
	{ "keyCertSign", DV_KU_KEY_CERT_SIGN },
	{ "cRLSign", DV_KU_CRL_SIGN },
	{ "encipherOnly", DV_KU_ENCIPHER_ONLY },
	{ "decipherOnly", DV_KU_DECIPHER_ONLY },
};

/* Does the accepted leaf permit every key usage the case asks for? */
static void
usage_check(void)
{
	const json_t *list = member(q.test, "key_usage");
	const json_t *name;
	unsigned wanted = 0;
	size_t i, u;

	json_array_foreach(list, i, name) {
		for (u = 0; u < sizeof(usages) / sizeof(usages[0]); u++) {
			if (strcmp(usages[u].name,
			    json_string_value(name)) == 0)
				wanted |= usages[u].bit;
		}
	}
	if (!dv_cert_has(&path.cert[0], DV_EXT_KEY_USAGE) ||
	    (wanted & ~path.cert[0].ext.key_usage) == 0)
		return;
	q.verdict = (struct dv_verdict){ .status = DV_REJECTED,
	    .reason = DV_R_KEY_USAGE_SIGNATURE,
	    .object = DV_OBJECT_CERTIFICATE,
	    .at = { .offset = DV_NO_OFFSET } };
}

static void
ask_purpose(const char *purpose)
{
	purpose_set(purpose);
	if (q.skip == NULL)
		q.verdict = dv_chain_verify(&q.chain, &q.policy, &work, &path);
	if (q.verdict.status == DV_ACCEPTED)
		usage_check();
}

/*
 * Every purpose asked for must be permitted. The schema leaves it to the
 * reader what is asked when the list is empty: what validation_kind implies.
 */
static void
ask_chain(void)
{
	const json_t *list = member(q.test, "extended_key_usage");
	size_t i, n = json_array_size(list);

	if (q.unread.status == DV_REJECTED) {
		q.verdict = q.unread;
		return;
	}
	if (q.anchors_given > 0 && q.chain.anchor_count == 0)
		return;
	if (text_member(q.ours, "purpose") != NULL) {
		ask_purpose(text_member(q.ours, "purpose"));
		return;
	}
	if (n == 0)
		ask_purpose(text_member(q.test, "validation_kind"));
	for (i = 0; i < n; i++) {
		ask_purpose(json_string_value(json_array_get(list, i)));
		if (q.verdict.status != DV_ACCEPTED)
			return;
	}
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
		reason = cert_read(q.chain.leaf, &path.cert[0], &at);
	} else if (strcmp(task, "anchor") == 0) {
		reason = cert_read(q.chain.leaf, &path.cert[0], &at);
		if (reason == DV_R_NONE)
			reason = dv_anchor_from_cert(&path.cert[0], &anchor,
			    &at);
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
	q.verdict = (struct dv_verdict){ .status = reason == DV_R_NONE ?
	    DV_ACCEPTED : DV_REJECTED, .reason = reason, .object = object,
	    .at = at };
}

static void
ask(void)
{
	const char *task = text_member(q.ours, "task");

	if (q.skip != NULL)
		return;
	if (task == NULL || strcmp(task, "chain") == 0)
		ask_chain();
	else
		ask_read(task);
}

/* What a path is valid for: "ACCEPTED", then the policies, if any. */
static bool
accepted_line(void)
{
	bool fits = dv_buf_text(&q.context, "ACCEPTED policies");
	char text[256];

	if (fits && path.policies.any)
		fits = dv_buf_text(&q.context, " anyPolicy");
	for (size_t i = 0; fits && i < path.policies.count; i++) {
		dv_oid_text(path.policies.oid[i], text, sizeof(text));
		fits = dv_buf_text(&q.context, " %s", text);
	}
	return fits;
}

static json_t *
result_make(void)
{
	const char *actual = "FAILURE";
	const char *id = text_member(q.test, "id");
	bool fits = true;

	if (q.skip != NULL) {
		actual = "SKIPPED";
		fits = dv_buf_text(&q.context, "%s", q.skip);
	} else if (q.verdict.status == DV_ACCEPTED) {
		actual = "SUCCESS";
		fits = accepted_line();
	} else {
		fits = dv_report_line(&q.context, &q.verdict);
	}
	if (!fits)
		die("memory is short");
	return json_pack("{s:s, s:s, s:s%}", "id", id == NULL ? "" : id,
	    "actual_result", actual, "context", q.context.ptr,
	    q.context.len);
}

static json_t *
results_make(const json_t *limbo)
{
	const json_t *tests = json_object_get(limbo, "testcases");
	json_t *results = json_array(), *result;
	const json_t *test;
	size_t i;

	json_array_foreach(tests, i, test) {
		question_load(test);
		ask();
		result = result_make();
		if (result == NULL)
			die("a result is not UTF-8");
		(void)json_array_append_new(results, result);
		question_free();
	}
	return results;
}

static void
options_read(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--profile") != 0 || ++i == argc)
			die("usage: limbo-harness [--profile strict|path]");
		if (strcmp(argv[i], "path") == 0)
			default_profile = DV_PROFILE_PATH;
		else if (strcmp(argv[i], "strict") != 0)
			die("--profile: strict or path");
	}
}

int
main(int argc, char **argv)
{
	json_error_t error;
	json_t *limbo, *out;

	options_read(argc, argv);
	limbo = json_loadf(stdin, 0, &error);
	if (limbo == NULL)
		die(error.text);
	out = json_pack("{s:i, s:s, s:o}", "version", 1, "harness",
	    "devtrust", "results", results_make(limbo));
	if (out == NULL || json_dumpf(out, stdout, JSON_INDENT(1)) != 0 ||
	    putchar('\n') == EOF || fflush(stdout) != 0)
		die("the results cannot be written");
	json_decref(out);
	json_decref(limbo);
	return 0;
}
