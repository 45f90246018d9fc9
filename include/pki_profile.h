/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificate profiles as data: what the CA decides, field by field. The table
 * is pki-tools/profiles.def; docs/PROFILES.md gives each value its clause.
 */
#ifndef PKI_PROFILE_H
#define PKI_PROFILE_H

#include "dv_cert.h"
#include "host/buf.h"
#include "host/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Set of key types: PKI_KEY_BIT(DV_KEY_P256) | ... */
#define PKI_KEY_BIT(type) (UINT32_C(1) << (type))

struct pki_profile {
	const char *name;	/* "idevid" */
	const char *summary;	/* one line */
	const char *rule;	/* the document it follows */
	bool ca;
	int path_len;		/* default of a CA; -1: no limit stated */
	int years;		/* default validity; 0: no well-defined end */
	bool may_outlive;	/* notAfter may lie beyond the issuer's */
	unsigned key_usage;	/* DV_KU_*, always critical */
	const char *eku;	/* dotted OID of the one purpose, or NULL */
	bool subject_key_id;
	const char *required;	/* attribute the subject must have, once */
	const char *batch_in;	/* attribute for the batch's name, or NULL */
	bool one_key_a_name;	/* a subject is certified for one key only */
	uint32_t key_types;	/* set of PKI_KEY_BIT() */
};

/* By name; NULL when there is none. */
const struct pki_profile *pki_profile_find(const char *name);

/* The i-th of the table; NULL past its end. */
const struct pki_profile *pki_profile_at(size_t i);

/* "idevid, device-client, code-signing": those for CAs, or those that are not. */
void pki_profile_names(bool ca, char *out, size_t cap);

/* 9999-12-31T23:59:59Z: no well-defined expiration, RFC 5280 4.1.2.5. */
#define PKI_NO_END ((dv_time){ DV_TIME_MAX })

/*
 * The same day and time years later (28 February for 29 February);
 * PKI_NO_END when years is 0 or the calendar ends before.
 */
dv_time pki_years_after(dv_time from, int years);

/*
 * Does this Name (whole DER element) suit the profile and small parsers?
 * Only UTF8String, PrintableString and, for DC, IA5String; one attribute in
 * each RDN; lengths of RFC 5280 A.1; no control characters, no blanks at the
 * ends or side by side; the required attribute exactly once.
 */
DV_MUST_USE enum dv_exit pki_subject_check(struct dv_bytes name,
    const struct pki_profile *profile, struct dv_err *err);

/* The value of the attribute that the profile demands: the device's identity.
 * Empty when there is none. */
struct dv_bytes pki_subject_identity(struct dv_bytes name,
    const struct pki_profile *profile);

/*
 * Appends to *out the Name with one more attribute at its end ("CN",
 * "serialNumber", "dnQualifier"), in the string type that RFC 5280 A.1 has for
 * it; its value is checked by pki_subject_check().
 */
DV_MUST_USE bool pki_subject_add(struct dv_bytes name, const char *attribute,
    const char *value, struct dv_buf *out);

/*
 * Appends to *out the Name with serialNumber = number. A Name that has this
 * serialNumber already is copied; one that has another is refused.
 */
DV_MUST_USE enum dv_exit pki_subject_number(struct dv_bytes name,
    const char *number, struct dv_buf *out, struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
