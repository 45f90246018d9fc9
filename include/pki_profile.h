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
#define PKI_ANY_KEY                                                            \
	(PKI_KEY_BIT(DV_KEY_P256) | PKI_KEY_BIT(DV_KEY_P384) |                 \
	 PKI_KEY_BIT(DV_KEY_ED25519) | PKI_KEY_BIT(DV_KEY_RSA))

/* What a subjectAltName may hold; RFC 5280 4.2.1.6. */
#define PKI_ALT_DNS 0x01u		/* dNSName */
#define PKI_ALT_IP 0x02u		/* iPAddress */
#define PKI_ALT_URI 0x04u		/* uniformResourceIdentifier */
#define PKI_ALT_HARDWARE 0x08u		/* hardwareModuleName, RFC 4108 5 */
#define PKI_ALT_PERMANENT 0x10u		/* permanentIdentifier, RFC 4043 2 */
#define PKI_ALT_PLATFORM 0x20u		/* directoryName: model, revision */

/*
 * Lists are words with one blank between them. Attributes of a subject have
 * their short names ("serialNumber", "VID"), purposes and policies are dotted
 * OIDs; NULL is an empty list.
 */
struct pki_profile {
	const char *name;	/* "idevid" */
	const char *summary;	/* one line */
	const char *rule;	/* the document it follows */
	const char *family;	/* what it is based on in the end; NULL: itself */
	bool fixed;		/* no other profile can be based on it */
	bool ca;
	bool self_signed;	/* of a CA: a trust anchor */
	bool says_no_ca;	/* basicConstraints with cA FALSE is written */
	int path_len;		/* default of a CA; -1: no limit stated */
	int years;		/* default validity; 0: no well-defined end */
	bool may_outlive;	/* notAfter may lie beyond the issuer's */
	unsigned key_usage;	/* DV_KU_*, always critical */
	const char *eku;	/* the purposes; NULL: no extKeyUsage */
	const char *eku_choice;	/* the order may choose some of these instead */
	bool eku_critical;
	bool subject_key_id;
	const char *required;	/* attribute the subject must have, once */
	const char *also;	/* others it must have, once each */
	const char *never;	/* attributes it must not have */
	const char *as_issuer;	/* issuer and subject have these, and equal */
	const char *as_issuer_if;	/* equal, when the issuer has them */
	const char *batch_in;	/* attribute for the batch's name, or NULL */
	bool one_key_a_name;	/* a subject is certified for one key only */
	const char *from_request;	/* attributes a request may bring */
	unsigned alt;		/* PKI_ALT_*: what subjectAltName may hold */
	unsigned alt_from_request;	/* those a request may bring */
	bool alt_needed;	/* subjectAltName must be there */
	bool alt_is_hardware;	/* and never without hardwareModuleName */
	bool permanent;		/* writes permanentIdentifier */
	bool firmware;		/* may state a firmware version (TcbInfo) */
	const char *hw_type;	/* hwType of hardwareModuleName, or NULL */
	const char *masa_url;	/* RFC 8995 2.3.2, or NULL */
	const char *crl_url;	/* cRLDistributionPoints, or NULL */
	const char *delta_crl_url;	/* freshestCRL, or NULL */
	const char *policies;	/* certificatePolicies */
	bool no_rev_avail;	/* RFC 9608 */
	bool issuer_key_too;	/* the issuer's key is of these types as well */
	uint32_t key_types;	/* set of PKI_KEY_BIT() */
};

/* Is this word in a list of words? */
DV_MUST_USE bool pki_word_in(const char *list, const char *word);

/* Next word of a list: length, 0 at the end; *at moves behind it. */
size_t pki_word_next(const char **at, const char **word);

/* By name; NULL when there is none. */
const struct pki_profile *pki_profile_find(const char *name);

/* The i-th of the table; NULL past its end. */
const struct pki_profile *pki_profile_at(size_t i);

/*
 * The profiles of one CA: the built-in ones, then those of its profiles.ini
 * (docs/PROFILES.md). A file that is not there has none. An error names file
 * and line, what was wanted and what was found. NULL is a CA without its own.
 */
#define PKI_PROFILE_NAME 31	/* characters: a-z, 0-9, - */
struct pki_profiles;
DV_MUST_USE enum dv_exit pki_profiles_load(const char *path,
    struct pki_profiles **out, struct dv_err *err);
void pki_profiles_free(struct pki_profiles *set);
const struct pki_profile *pki_profiles_find(const struct pki_profiles *set,
    const char *name);
const struct pki_profile *pki_profiles_at(const struct pki_profiles *set,
    size_t i);

/* "idevid, device-client, code-signing": those for CAs, or those that are not. */
void pki_profiles_names(const struct pki_profiles *set, bool ca, char *out,
    size_t cap);

/* 9999-12-31T23:59:59Z: no well-defined expiration, RFC 5280 4.1.2.5. */
#define PKI_NO_END ((dv_time){ DV_TIME_MAX })

/* The built-in profile it is based on in the end; itself when on none. */
const char *pki_profile_family(const struct pki_profile *profile);

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
 * Appends to *out the Name with this attribute = value. A Name that has it so
 * already is copied; one that has another value is refused.
 */
DV_MUST_USE enum dv_exit pki_subject_identify(struct dv_bytes name,
    const char *attribute, const char *value, struct dv_buf *out,
    struct dv_err *err);

/* Do subject and issuer agree where the profile wants them to? */
DV_MUST_USE enum dv_exit pki_subject_agrees(struct dv_bytes name,
    struct dv_bytes issuer, const struct pki_profile *profile,
    struct dv_err *err);

/* Are all attributes of a request's subject among those it may bring? */
DV_MUST_USE enum dv_exit pki_subject_check_request(struct dv_bytes name,
    const struct pki_profile *profile, struct dv_err *err);

/* Does the name say all that a request's subject says? */
DV_MUST_USE enum dv_exit pki_subject_within(struct dv_bytes request,
    struct dv_bytes name, struct dv_err *err);

/* Is this the short name of an attribute that is known here? */
DV_MUST_USE bool pki_attribute_known(const char *name);

/* How often this attribute stands in a name whose form has been checked. */
unsigned pki_attribute_count(struct dv_bytes name, struct dv_bytes oid);

#ifdef __cplusplus
}
#endif
#endif
