/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The linter's tables: profiles, rules in their order, words. Judges nothing by
 * itself and changes no certificate. docs/LINT.md lists the findings.
 */
#include "lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define A_CA (PKI_LS_ANY | PKI_LS_CA)
#define A_DEVICE (PKI_LS_ANY | PKI_LS_END)

static const struct {
	const char *name;
	uint32_t scopes;
} profiles[] = {
	{ "root", A_CA | PKI_LS_ROOT },
	{ "intermediate", A_CA | PKI_LS_BELOW },
	{ "idevid", A_DEVICE | PKI_LS_DEVID | PKI_LS_INITIAL | PKI_LS_IDEVID },
	{ "iak", A_DEVICE | PKI_LS_DEVID | PKI_LS_INITIAL },
	{ "ldevid", A_DEVICE | PKI_LS_DEVID },
	{ "device-client", A_DEVICE | PKI_LS_CLIENT },
	{ "code-signing", A_DEVICE | PKI_LS_CODE },
	{ "tls-server", A_DEVICE | PKI_LS_SERVER },
	{ "matter-paa", A_CA | PKI_LS_ROOT | PKI_LS_MATTER | PKI_LS_PAA },
	{ "matter-pai", A_CA | PKI_LS_MATTER | PKI_LS_PAI },
	{ "matter-dac", A_DEVICE | PKI_LS_MATTER | PKI_LS_DAC },
};

/* In the order of a certificate's fields; not for any of `but`. */
static const struct {
	uint32_t scopes, but;
	pki_lint_rule *rule;
} rules[] = {
	{ PKI_LS_ANY, 0, pki_lint_version },
	{ PKI_LS_ANY, 0, pki_lint_serial },
	{ PKI_LS_ANY, PKI_LS_MATTER, pki_lint_algorithm },
	{ PKI_LS_ANY, 0, pki_lint_times },
	{ PKI_LS_ANY, 0, pki_lint_lifetime },
	{ PKI_LS_ANY, 0, pki_lint_subject_there },
	{ PKI_LS_ANY, 0, pki_lint_subject_strings },
	{ PKI_LS_ANY, PKI_LS_MATTER, pki_lint_key },
	{ PKI_LS_ANY, 0, pki_lint_form },
	{ PKI_LS_ANY, 0, pki_lint_criticality },
	{ PKI_LS_ANY, PKI_LS_MATTER, pki_lint_aki },
	{ PKI_LS_ANY, 0, pki_lint_not_ca },
	{ PKI_LS_ANY, 0, pki_lint_no_rev_avail },
	{ PKI_LS_ANY, 0, pki_lint_authorised_only },
	{ PKI_LS_ANY, PKI_LS_MATTER, pki_lint_usage_form },
	{ PKI_LS_ANY, 0, pki_lint_usage_key },
	{ PKI_LS_CA, 0, pki_lint_ca },
	{ PKI_LS_CA, PKI_LS_MATTER, pki_lint_ca_usage },
	{ PKI_LS_BELOW, 0, pki_lint_ca_path },
	{ PKI_LS_ROOT, 0, pki_lint_root },
	{ PKI_LS_END, PKI_LS_MATTER, pki_lint_end },
	{ PKI_LS_END, PKI_LS_MATTER | PKI_LS_DEVID, pki_lint_end_ids },
	{ PKI_LS_END, 0, pki_lint_purpose_any },
	{ PKI_LS_CLIENT | PKI_LS_CODE | PKI_LS_SERVER, 0, pki_lint_may_sign },
	{ PKI_LS_DEVID, 0, pki_lint_devid },
	{ PKI_LS_INITIAL, 0, pki_lint_devid_end },
	{ PKI_LS_IDEVID, 0, pki_lint_idevid },
	{ PKI_LS_CLIENT, 0, pki_lint_client },
	{ PKI_LS_SERVER, 0, pki_lint_server },
	{ PKI_LS_SERVER, 0, pki_lint_server_names },
	{ PKI_LS_CODE, 0, pki_lint_code },
	{ PKI_LS_MATTER, 0, pki_lint_matter_form },
	{ PKI_LS_MATTER, 0, pki_lint_matter_basic },
	{ PKI_LS_MATTER, 0, pki_lint_matter_usage },
	{ PKI_LS_MATTER, 0, pki_lint_matter_ids },
	{ PKI_LS_MATTER, 0, pki_lint_matter_vendor },
	{ PKI_LS_ANY, 0, pki_lint_issuer_known },
	{ PKI_LS_ANY, 0, pki_lint_issuer_signed },
	{ PKI_LS_ANY, 0, pki_lint_issuer_fits },
};

static const struct words {
	enum pki_lint_id id;
	enum pki_severity severity;
	const char *name, *clause, *text, *hint;
} table[] = {
#define L(number, id, name, severity, clause, sentence, hint)                  \
	{ PKI_L_##id, PKI_LINT_##severity, name, clause, sentence, hint },
#include "pki_findings.def"
#undef L
};

static const struct words nothing = { PKI_L_NONE, PKI_LINT_NOTICE, "none", "",
	"", "" };

static const struct words *
words(enum pki_lint_id id)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		if (table[i].id == id)
			return &table[i];
	}
	return &nothing;
}

const char *
pki_lint_name(enum pki_lint_id id)
{
	return words(id)->name;
}

const char *
pki_lint_clause(enum pki_lint_id id)
{
	return words(id)->clause;
}

const char *
pki_lint_text(enum pki_lint_id id)
{
	return words(id)->text;
}

const char *
pki_lint_hint(enum pki_lint_id id)
{
	return words(id)->hint;
}

enum pki_severity
pki_lint_severity(enum pki_lint_id id)
{
	return words(id)->severity;
}

enum pki_lint_id
pki_lint_at(size_t i)
{
	return i < COUNT(table) ? table[i].id : PKI_L_NONE;
}

const char *
pki_severity_name(enum pki_severity severity)
{
	static const char *const names[] = { "notice", "warning", "error" };

	return names[severity];
}

const char *
pki_lint_profile_at(size_t i)
{
	return i < COUNT(profiles) ? profiles[i].name : NULL;
}

/* Profiles that a CA made for itself have the rules of their kind alone. */
static uint32_t
scopes(const struct pki_lint_question *q)
{
	for (size_t i = 0; q->profile != NULL && i < COUNT(profiles); i++) {
		if (strcmp(profiles[i].name, q->profile) == 0)
			return profiles[i].scopes;
	}
	return q->cert->ext.ca ? A_CA : A_DEVICE;
}

bool
pki_lint_profile_known(const char *name)
{
	for (size_t i = 0; i < COUNT(profiles); i++) {
		if (strcmp(profiles[i].name, name) == 0)
			return true;
	}
	return false;
}

bool
pki_lint_has_ids(const char *profile)
{
	for (size_t i = 0; profile != NULL && i < COUNT(profiles); i++) {
		if (strcmp(profiles[i].name, profile) == 0)
			return (profiles[i].scopes & PKI_LS_MATTER) != 0;
	}
	return false;
}

/* Offset of a view inside the certificate it was read from. */
static uint32_t
offset_in(const struct dv_cert *cert, struct dv_bytes part)
{
	if (part.ptr == NULL || part.ptr < cert->der.ptr ||
	    part.ptr > cert->der.ptr + cert->der.len)
		return DV_NO_OFFSET;
	return (uint32_t)(part.ptr - cert->der.ptr);
}

void
pki_lint_add(struct pki_lint_run *run, const struct pki_lint_what *what,
    const char *found, ...)
{
	struct pki_findings *out = run->out;
	struct pki_finding *f = &out->list[out->count];
	va_list args;

	for (size_t i = 0; i < out->count; i++) {
		if (out->list[i].id == what->id &&
		    out->list[i].field == what->place.field)
			return;
	}
	if (out->count == PKI_FINDINGS_MAX)
		return;
	f->id = what->id;
	f->field = what->place.field;
	f->offset = offset_in(run->cert, what->place.part);
	(void)snprintf(f->wanted, sizeof(f->wanted), "%s", what->wanted);
	va_start(args, found);
	(void)vsnprintf(f->found, sizeof(f->found), found, args);
	va_end(args);
	out->count++;
}

void
pki_lint(const struct pki_lint_question *question, struct pki_findings *out)
{
	struct pki_lint_run run = {
		.q = question,
		.cert = question->cert,
		.issuer = pki_lint_issuer(question),
		.scopes = scopes(question),
		.out = out,
	};

	out->count = 0;
	for (size_t i = 0; i < COUNT(rules); i++) {
		if ((run.scopes & rules[i].scopes) != 0 &&
		    (run.scopes & rules[i].but) == 0)
			rules[i].rule(&run);
	}
}

size_t
pki_lint_count(const struct pki_findings *findings, enum pki_severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->count; i++)
		n += pki_lint_severity(findings->list[i].id) == severity;
	return n;
}

enum dv_exit
pki_lint_refuse(const struct pki_findings *findings, struct dv_err *err)
{
	const struct pki_finding *f = NULL;
	enum dv_exit exit;

	for (size_t i = 0; f == NULL && i < findings->count; i++) {
		if (pki_lint_severity(findings->list[i].id) == PKI_LINT_ERROR)
			f = &findings->list[i];
	}
	if (f == NULL)
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NO, "refused: the certificate would have a "
	    "fault: %s at %s (%s): %s; wanted %s, found %s",
	    pki_lint_name(f->id), dv_field_name(f->field),
	    pki_lint_clause(f->id), pki_lint_text(f->id), f->wanted, f->found);
	return dv_hint(err, exit, "%s", pki_lint_hint(f->id));
}
