/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The linter from the inside: one function a rule, which adds what it finds and
 * changes nothing else. The order of the rules is lint.c's table.
 */
#ifndef LINT_H
#define LINT_H

#include "pki_lint.h"

/* Which certificates a rule is for; a profile is a set of these. */
enum pki_lint_scope {
	PKI_LS_ANY = 0x0001,
	PKI_LS_CA = 0x0002,
	PKI_LS_END = 0x0004,
	PKI_LS_ROOT = 0x0008,
	PKI_LS_BELOW = 0x0010,		/* a CA that another certified */
	PKI_LS_DEVID = 0x0020,
	PKI_LS_INITIAL = 0x0040,	/* for the life of the device */
	PKI_LS_IDEVID = 0x0080,
	PKI_LS_CLIENT = 0x0100,
	PKI_LS_SERVER = 0x0200,
	PKI_LS_CODE = 0x0400,
	PKI_LS_MATTER = 0x0800,
	PKI_LS_PAA = 0x1000,
	PKI_LS_PAI = 0x2000,
	PKI_LS_DAC = 0x4000
};

/* One run. */
struct pki_lint_run {
	const struct pki_lint_question *q;
	const struct dv_cert *cert;
	const struct dv_cert *issuer;	/* NULL: not given */
	uint32_t scopes;
	struct pki_findings *out;
};

typedef void pki_lint_rule(struct pki_lint_run *run);

/* Where a finding is: a field, and the part of the certificate or nothing. */
struct pki_lint_place {
	enum dv_field field;
	struct dv_bytes part;
};

/* Adds a finding, unless this field has it already: id, place, what was wanted,
 * and a format of what was found. */
struct pki_lint_what {
	enum pki_lint_id id;
	struct pki_lint_place place;
	const char *wanted;
};
void pki_lint_add(struct pki_lint_run *run, const struct pki_lint_what *what,
    const char *found, ...) __attribute__((format(printf, 3, 4)));
#define PKI_LINT_ADD(run, id, place, wanted, ...)                              \
	pki_lint_add(run, &(struct pki_lint_what){ id, place, wanted },        \
	    __VA_ARGS__)

/* An extension as a place: its value, or nowhere when it is missing. */
struct pki_lint_place pki_lint_ext(const struct dv_cert *cert,
    enum dv_ext ext);

static inline struct pki_lint_place
pki_lint_field(enum dv_field field, struct dv_bytes part)
{
	return (struct pki_lint_place){ field, part };
}

/* The subject as a place. */
static inline struct pki_lint_place
pki_lint_subject(const struct dv_cert *cert)
{
	return pki_lint_field(DV_F_SUBJECT, cert->subject);
}

static inline bool
pki_lint_critical(const struct dv_cert *cert, enum dv_ext ext)
{
	return (cert->ext.critical & DV_EXT_BIT(ext)) != 0;
}

static inline bool
pki_lint_self_issued(const struct dv_cert *cert)
{
	return dv_name_equal(cert->issuer, cert->subject);
}

/* "digitalSignature, keyCertSign"; "nothing" for 0. */
#define PKI_USAGE_TEXT 160
void pki_lint_usage_text(unsigned usage, char out[PKI_USAGE_TEXT]);

/* Up to the first 24 octets in hexadecimal. */
#define PKI_HEX_TEXT 56
void pki_lint_hex(struct dv_bytes bytes, char out[PKI_HEX_TEXT]);

/* Does extKeyUsage list this purpose, by name or dotted OID? */
DV_MUST_USE bool pki_lint_has_purpose(const struct dv_cert *cert,
    const char *purpose);

/* Whole days from notBefore to notAfter. */
int64_t pki_lint_days(const struct dv_cert *cert);

/*
 * lint_draft.c: refuses what is about to be signed when it has a fault, in the
 * finding's words. issuer is NULL for a root.
 */
DV_MUST_USE enum dv_exit pki_lint_draft(struct dv_bytes tbs,
    enum dv_sig_alg alg, const char *profile, const struct dv_cert *issuer,
    struct dv_err *err);

/* lint_field.c: version, serial number, algorithm, key, times. */
pki_lint_rule pki_lint_version, pki_lint_serial, pki_lint_algorithm,
    pki_lint_key, pki_lint_times, pki_lint_lifetime, pki_lint_form;

/* lint_name.c: the subject. */
pki_lint_rule pki_lint_subject_there, pki_lint_subject_strings,
    pki_lint_server_names;

/* lint_ext.c: extensions of any certificate, keyUsage. */
pki_lint_rule pki_lint_criticality, pki_lint_aki, pki_lint_not_ca,
    pki_lint_no_rev_avail, pki_lint_authorised_only, pki_lint_usage_form, pki_lint_usage_key;

/* lint_kind.c: CAs, devices and the profiles of RFC 5280 and IEEE 802.1AR. */
pki_lint_rule pki_lint_ca, pki_lint_ca_usage, pki_lint_ca_path, pki_lint_root,
    pki_lint_end, pki_lint_end_ids, pki_lint_purpose_any,
    pki_lint_may_sign, pki_lint_devid, pki_lint_devid_end,
    pki_lint_idevid, pki_lint_client, pki_lint_server, pki_lint_code;

/* lint_issuer.c: beside the issuer's certificate. */
const struct dv_cert *pki_lint_issuer(const struct pki_lint_question *q);
pki_lint_rule pki_lint_issuer_known, pki_lint_issuer_signed,
    pki_lint_issuer_fits;

/* lint_matter.c: PAA, PAI and DAC. */
pki_lint_rule pki_lint_matter_form, pki_lint_matter_basic,
    pki_lint_matter_usage, pki_lint_matter_ids, pki_lint_matter_vendor;

#endif
