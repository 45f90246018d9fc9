/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The linter against vectors/lint: of each certificate exactly the findings that
 * its `expect` lists, and of the table none that no vector brings about. Then
 * the table itself, places, and what a refusal says.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pki_lint.h"

#define FOLDER "vectors/lint"
#define LINES 64

/* One vector, read into memory of the test. */
struct vector {
	const char *name;
	uint8_t cert[DV_MAX_CERT], issuer[DV_MAX_CERT];
	size_t cert_len, issuer_len;
	char expect[4096];
	const char *profile;
	const char *vid, *pid;
	const char *wanted[LINES];
	size_t wanted_count;
};

static size_t
slurp(const char *folder, const char *file, void *room, size_t cap)
{
	char path[512];
	FILE *in;
	size_t n;

	(void)snprintf(path, sizeof(path), FOLDER "/%s/%s", folder, file);
	in = fopen(path, "rb");
	if (in == NULL)
		return 0;
	n = fread(room, 1, cap, in);
	assert_true(n < cap);
	assert_int_equal(fclose(in), 0);
	return n;
}

static void
read_vector(struct vector *v, const char *name)
{
	char *line, *next;
	size_t len;

	*v = (struct vector){ .name = name };
	v->cert_len = slurp(name, "cert.der", v->cert, sizeof(v->cert));
	v->issuer_len = slurp(name, "issuer.der", v->issuer,
	    sizeof(v->issuer));
	len = slurp(name, "expect", v->expect, sizeof(v->expect));
	assert_true(v->cert_len > 0);
	v->expect[len] = '\0';
	for (line = strtok_r(v->expect, "\n", &next); line != NULL;
	    line = strtok_r(NULL, "\n", &next)) {
		if (strncmp(line, "profile=", 8) == 0) {
			v->profile = line + 8;
			continue;
		}
		if (strncmp(line, "vid=", 4) == 0) {
			v->vid = line + 4;
			continue;
		}
		if (strncmp(line, "pid=", 4) == 0) {
			v->pid = line + 4;
			continue;
		}
		assert_int_equal(strncmp(line, "finding=", 8), 0);
		assert_true(v->wanted_count < LINES);
		v->wanted[v->wanted_count++] = line + 8;
	}
}

static void
run_vector(const struct vector *v, struct dv_cert *cert,
    struct pki_findings *out)
{
	struct dv_cert issuer;
	struct pki_lint_question q = { .cert = cert, .profile = v->profile,
	    .issuers = &issuer, .issuer_count = v->issuer_len > 0,
	    .vid = v->vid, .pid = v->pid };
	struct dv_at at;

	assert_int_equal(dv_cert_read((struct dv_bytes){ v->cert, v->cert_len },
	    cert, &at), DV_R_NONE);
	if (v->issuer_len > 0)
		assert_int_equal(dv_cert_read((struct dv_bytes){ v->issuer,
		    v->issuer_len }, &issuer, &at), DV_R_NONE);
	pki_lint(&q, out);
}

static bool
is_wanted(const struct vector *v, const char *name)
{
	for (size_t i = 0; i < v->wanted_count; i++) {
		if (strcmp(v->wanted[i], name) == 0)
			return true;
	}
	return false;
}

static bool
is_found(const struct pki_findings *found, const char *name)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(pki_lint_name(found->list[i].id), name) == 0)
			return true;
	}
	return false;
}

/* Number of differences; each is printed. */
static unsigned
compare(const struct vector *v, const struct pki_findings *found)
{
	unsigned bad = 0;

	for (size_t i = 0; i < found->count; i++) {
		const char *name = pki_lint_name(found->list[i].id);

		if (is_wanted(v, name))
			continue;
		print_message("%s: not wanted: %s, found %s\n", v->name, name,
		    found->list[i].found);
		bad++;
	}
	for (size_t i = 0; i < v->wanted_count; i++) {
		if (is_found(found, v->wanted[i]))
			continue;
		print_message("%s: missing: %s\n", v->name, v->wanted[i]);
		bad++;
	}
	return bad;
}

static bool seen[1000];

static void
check_findings(const struct dv_cert *cert, const struct pki_findings *found)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct pki_finding *f = &found->list[i];

		seen[f->id] = true;
		assert_true(f->wanted[0] != '\0');
		assert_true(f->found[0] != '\0');
		assert_true(dv_field_name(f->field)[0] != '\0');
		assert_true(f->offset == DV_NO_OFFSET ||
		    f->offset <= cert->der.len);
	}
}

static void
test_vectors(void **state)
{
	static struct vector v;
	static struct pki_findings found;
	struct dv_cert cert;
	DIR *dir = opendir(FOLDER);
	const struct dirent *entry;
	unsigned bad = 0, count = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, "--") == NULL)
			continue;
		read_vector(&v, entry->d_name);
		run_vector(&v, &cert, &found);
		bad += compare(&v, &found);
		check_findings(&cert, &found);
		count++;
	}
	assert_int_equal(closedir(dir), 0);
	assert_true(count > 100);
	assert_int_equal(bad, 0);
}

/* After test_vectors(): no finding without a vector. */
static void
test_every_finding(void **state)
{
	enum pki_lint_id id;
	size_t i;

	(void)state;
	for (i = 0; (id = pki_lint_at(i)) != PKI_L_NONE; i++) {
		if (!seen[id])
			fail_msg("no vector brings about %s",
			    pki_lint_name(id));
	}
	assert_true(i > 60 && i <= PKI_FINDINGS_MAX);
}

static void
test_table(void **state)
{
	enum pki_lint_id id, before = PKI_L_NONE;

	(void)state;
	for (size_t i = 0; (id = pki_lint_at(i)) != PKI_L_NONE; i++) {
		assert_true(id > before);
		before = id;
		assert_true(strlen(pki_lint_name(id)) > 2);
		assert_true(strlen(pki_lint_clause(id)) > 5);
		assert_true(strlen(pki_lint_text(id)) > 10);
		assert_true(strlen(pki_lint_hint(id)) > 10);
		assert_true(pki_lint_severity(id) <= PKI_LINT_ERROR);
	}
	assert_string_equal(pki_lint_name(PKI_L_NONE), "none");
	assert_string_equal(pki_severity_name(PKI_LINT_NOTICE), "notice");
	assert_string_equal(pki_severity_name(PKI_LINT_WARNING), "warning");
	assert_string_equal(pki_severity_name(PKI_LINT_ERROR), "error");
	for (size_t i = 0; pki_lint_profile_at(i) != NULL; i++)
		assert_true(pki_lint_profile_known(pki_lint_profile_at(i)));
	assert_false(pki_lint_profile_known("pump"));
}

/* The place is the value of the extension, found and wanted are told. */
static void
test_place(void **state)
{
	static struct vector v;
	static struct pki_findings found;
	struct dv_cert cert;
	const struct pki_finding *f = NULL;

	(void)state;
	read_vector(&v, "matter-dac-ca--profile-of-the-pai");
	run_vector(&v, &cert, &found);
	assert_int_equal(found.count, 3);
	for (size_t i = 0; i < found.count; i++) {
		if (found.list[i].id == PKI_L_MATTER_USAGE)
			f = &found.list[i];
	}
	assert_non_null(f);
	assert_int_equal(f->field, DV_F_KEY_USAGE);
	assert_ptr_equal(v.cert + f->offset,
	    cert.ext.value[DV_EXT_KEY_USAGE].ptr);
	assert_string_equal(f->wanted, "digitalSignature, critical");
	assert_string_equal(f->found, "digitalSignature, keyCertSign, cRLSign");
	assert_string_equal(pki_lint_clause(PKI_L_MATTER_DAC_CA),
	    "Matter 6.2.2.3");
}

/* An error refuses, with the finding's words; a warning does not. */
static void
test_refusal(void **state)
{
	static struct vector v;
	static struct pki_findings found;
	struct dv_cert cert;
	struct dv_err err = { .what = "" };

	(void)state;
	read_vector(&v, "device-is-ca--client");
	run_vector(&v, &cert, &found);
	assert_int_equal(pki_lint_count(&found, PKI_LINT_ERROR), 1);
	assert_int_equal(pki_lint_refuse(&found, &err), DV_EXIT_NO);
	assert_non_null(strstr(err.what, "device-is-ca at basicConstraints "
	    "(RFC 5280 4.2.1.9)"));
	assert_non_null(strstr(err.what, "wanted cA FALSE, found cA TRUE"));
	assert_string_equal(err.hint, pki_lint_hint(PKI_L_END_IS_CA));
	read_vector(&v, "validity-30-days--client");
	run_vector(&v, &cert, &found);
	assert_int_equal(pki_lint_count(&found, PKI_LINT_WARNING), 2);
	assert_int_equal(pki_lint_count(&found, PKI_LINT_ERROR), 0);
	assert_int_equal(pki_lint_refuse(&found, &err), DV_EXIT_YES);
}

/* What is not signed yet has no signature to be wrong. */
static void
test_draft(void **state)
{
	static struct vector v;
	static struct pki_findings found;
	struct dv_cert cert;
	struct dv_at at;
	struct pki_lint_question q = { .cert = &cert, .profile = "root",
	    .draft = true };

	(void)state;
	read_vector(&v, "issuer-signature--root");
	assert_int_equal(dv_cert_read((struct dv_bytes){ v.cert, v.cert_len },
	    &cert, &at), DV_R_NONE);
	pki_lint(&q, &found);
	assert_int_equal(found.count, 0);
	q.draft = false;
	pki_lint(&q, &found);
	assert_int_equal(found.count, 1);
}

/* Certificates that nobody made so: nothing but findings with a place. */
static void
test_altered(void **state)
{
	static struct vector v;
	static struct pki_findings found;
	struct dv_cert cert;
	struct dv_at at;
	struct pki_lint_question q = { .cert = &cert };
	DIR *dir = opendir(FOLDER);
	const struct dirent *entry;
	unsigned read = 0, turn = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, "--") == NULL)
			continue;
		read_vector(&v, entry->d_name);
		for (size_t i = 0; i < v.cert_len; i++) {
			v.cert[i] ^= (uint8_t)(1u << turn++ % 8);
			q.profile = pki_lint_profile_at(turn % 12);
			if (dv_cert_read((struct dv_bytes){ v.cert,
			    v.cert_len }, &cert, &at) == DV_R_NONE) {
				read++;
				pki_lint(&q, &found);
				check_findings(&cert, &found);
			}
			v.cert[i] ^= (uint8_t)(1u << (turn - 1) % 8);
		}
	}
	assert_int_equal(closedir(dir), 0);
	assert_true(read > 10000);
}

static bool
is_id(const char *text)
{
	return pki_lint_is_id((struct dv_bytes){ (const uint8_t *)text,
	    strlen(text) });
}

static void
test_ids(void **state)
{
	(void)state;
	assert_true(is_id("FFF1"));
	assert_true(is_id("0000"));
	assert_false(is_id("fff1"));
	assert_false(is_id("FFG1"));
	assert_false(is_id("FF1"));
	assert_false(is_id("0FFF1"));
	assert_false(is_id(""));
	assert_false(pki_lint_is_id((struct dv_bytes){ NULL, 0 }));
	assert_true(pki_lint_has_ids("matter-dac"));
	assert_true(pki_lint_has_ids("matter-pai"));
	assert_true(pki_lint_has_ids("matter-paa"));
	assert_false(pki_lint_has_ids("idevid"));
	assert_false(pki_lint_has_ids("matter"));
	assert_false(pki_lint_has_ids(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_every_finding),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_draft),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_altered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
