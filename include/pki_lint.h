/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The linter: what is wrong with one certificate, each with its clause, what was
 * wanted and what is there. Asks no anchor and no clock, and trusts nothing: a
 * certificate without findings is not yet one to believe.
 */
#ifndef PKI_LINT_H
#define PKI_LINT_H

#include "dv_cert.h"
#include "host/err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum pki_severity {
	PKI_LINT_NOTICE = 0,	/* legal, and worth a look */
	PKI_LINT_WARNING,	/* works today, and somebody will regret it */
	PKI_LINT_ERROR		/* breaks its standard; never issued here */
};

/* What was found, from the closed table pki_findings.def. */
enum pki_lint_id {
	PKI_L_NONE = 0,
#define L(number, id, name, severity, clause, sentence, hint)                  \
	PKI_L_##id = number,
#include "pki_findings.def"
#undef L
};

/* One finding. wanted and found are text for people, not yet made safe. */
struct pki_finding {
	enum pki_lint_id id;
	enum dv_field field;
	uint32_t offset;	/* in the certificate, or DV_NO_OFFSET */
	char wanted[96], found[192];
};

/* Each id stands once for a field, so there is an end to them. */
#define PKI_FINDINGS_MAX 128
struct pki_findings {
	struct pki_finding list[PKI_FINDINGS_MAX];
	size_t count;
};

/* What is asked. Borrowed. */
struct pki_lint_question {
	const struct dv_cert *cert;	/* by dv_cert_read() */
	const char *profile;		/* pki_lint_profile_at(); NULL or one that
					   is not there: by cA, a CA or a device */
	const struct dv_cert *issuers;	/* candidates, may be none */
	size_t issuer_count;
	const char *vid, *pid;		/* of Matter: what the device states, by
					   pki_lint_is_id(); NULL: not known */
	bool draft;			/* not signed yet: no signature is looked
					   at, and the issuer is known */
};

/* Runs every rule of the profile, in the order of the table. */
void pki_lint(const struct pki_lint_question *question,
    struct pki_findings *out);

/* How many are of this severity. */
size_t pki_lint_count(const struct pki_findings *findings,
    enum pki_severity severity);

/*
 * Refuses (DV_EXIT_NO) when a finding is an error: field, clause, what was wanted
 * and found of the first one, and what to do.
 */
DV_MUST_USE enum dv_exit pki_lint_refuse(const struct pki_findings *findings,
    struct dv_err *err);

/* Profiles with rules of their own: the i-th name, NULL past the end. */
const char *pki_lint_profile_at(size_t i);

/* Is it one of them? */
DV_MUST_USE bool pki_lint_profile_known(const char *name);

/* Are there vendor and product ids in certificates of this profile? */
DV_MUST_USE bool pki_lint_has_ids(const char *profile);

/* Is it four of the digits 0-9 and A-F, as such ids are written? */
DV_MUST_USE bool pki_lint_is_id(struct dv_bytes text);

/* The i-th finding of the table, PKI_L_NONE past its end: for listings. */
enum pki_lint_id pki_lint_at(size_t i);

/* What the table says of one: never NULL. */
const char *pki_lint_name(enum pki_lint_id id);
const char *pki_lint_clause(enum pki_lint_id id);
const char *pki_lint_text(enum pki_lint_id id);
const char *pki_lint_hint(enum pki_lint_id id);
enum pki_severity pki_lint_severity(enum pki_lint_id id);

/* "error", "warning", "notice". */
const char *pki_severity_name(enum pki_severity severity);

#ifdef __cplusplus
}
#endif
#endif
