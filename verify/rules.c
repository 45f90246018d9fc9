/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules for one certificate, one function each, in one ordered table, to
 * be read beside RFC 5280. Rules that need more than one certificate are in
 * chain.c (signatures, names) and constraints.c.
 */
#include "rules.h"

#include "at.h"
#include "bytes.h"
#include "built.h"
#include "ext.h"
#include "key.h"
#include "name.h"
#include "oid.h"
#include "profile.h"

static bool
is_leaf(const struct dv_place *p)
{
	return p->index == 0;
}

static bool
is_critical(const struct dv_cert *cert, enum dv_ext ext)
{
	return (cert->ext.critical & DV_EXT_BIT(ext)) != 0;
}

bool
dv_rules_self_issued(const struct dv_cert *cert)
{
	return dv_name_equal(cert->issuer, cert->subject);
}

/* Sections 4 and X.690 where what is meant is plain all the same. */
static enum dv_reason
rule_form(const struct dv_place *p, struct dv_at *at)
{
	if (p->cert->defect.reason != DV_R_NONE)
		*at = p->cert->defect.at;
	return p->cert->defect.reason;
}

/* ---- keys and algorithms ----------------------------------------------- */

static enum dv_reason
rule_key_known(const struct dv_place *p, struct dv_at *at)
{
	return p->cert->key.type != DV_KEY_NONE ? DV_R_NONE :
	    dv_key_check(&p->cert->key, p->cert->der, at);
}

static enum dv_reason
rule_key_valid(const struct dv_place *p, struct dv_at *at)
{
	return dv_key_check(&p->cert->key, p->cert->der, at);
}

static enum dv_reason
rule_algorithm_allowed(const struct dv_place *p, struct dv_at *at)
{
	const struct dv_cert *cert = p->cert;

	if (cert->sig_alg != DV_SIG_NONE &&
	    (p->policy->algs & DV_SIG_BIT(cert->sig_alg)) != 0)
		return DV_R_NONE;
	(void)dv_fail_part(&cert->der, at, DV_R_ALG_NOT_ALLOWED,
	    DV_F_SIGNATURE_ALGORITHM, cert->sig_oid);
	dv_found(at, dv_octets(DV_VALUE_OID, cert->sig_oid));
	return DV_R_ALG_NOT_ALLOWED;
}

/* ---- extensions, RFC 5280 4.2 ------------------------------------------ */

/* Extensions of which a critical one is beyond this verifier. */
#define UNPROCESSED DV_EXT_BIT(DV_EXT_FRESHEST_CRL)

static enum dv_reason
refuse_unprocessed(const struct dv_place *p, uint32_t refused,
    struct dv_at *at)
{
	for (enum dv_ext e = 0; e < DV_EXT_COUNT; e++) {
		if ((refused & DV_EXT_BIT(e)) == 0)
			continue;
		(void)dv_fail_ext(p->cert, at, DV_R_EXTENSION_UNKNOWN_CRITICAL, e);
		dv_found(at, dv_text("not processed"));
		return DV_R_EXTENSION_UNKNOWN_CRITICAL;
	}
	return DV_R_NONE;
}

static enum dv_reason
rule_critical_understood(const struct dv_place *p, struct dv_at *at)
{
	const struct dv_extensions *ext = &p->cert->ext;

	if (ext->unknown_critical.ptr != NULL) {
		(void)dv_fail_part(&p->cert->der, at,
		    DV_R_EXTENSION_UNKNOWN_CRITICAL, DV_F_EXTENSION,
		    ext->unknown_critical);
		dv_found(at, dv_octets(DV_VALUE_OID, ext->unknown_critical));
		return DV_R_EXTENSION_UNKNOWN_CRITICAL;
	}
	return refuse_unprocessed(p, ext->critical & UNPROCESSED, at);
}

/* RFC 5280 4.2.1.4: who marks policies critical means their qualifiers too. A
 * build without policies reads no certificate that has any. */
static enum dv_reason
rule_qualifiers_understood(const struct dv_place *p, struct dv_at *at)
{
	struct dv_bytes unknown = p->cert->ext.unknown_qualifier;

	if (!DV_HAS_POLICIES || unknown.ptr == NULL ||
	    !is_critical(p->cert, DV_EXT_CERTIFICATE_POLICIES))
		return DV_R_NONE;
	(void)dv_fail_part(&p->cert->der, at, DV_R_EXTENSION_UNKNOWN_CRITICAL,
	    DV_F_CERTIFICATE_POLICIES, unknown);
	dv_found(at, dv_octets(DV_VALUE_OID, unknown));
	return DV_R_EXTENSION_UNKNOWN_CRITICAL;
}

/*
 * An anchor's policies do not reach the path below it (RFC 5280 6.1.1 (d)), so
 * a certificate that restricts them cannot be made one: constraints narrow
 * whether critical or not.
 */
static enum dv_reason
rule_no_policies_to_inherit(const struct dv_place *p, struct dv_at *at)
{
	const struct dv_extensions *ext = &p->cert->ext;
	uint32_t restricting = DV_EXT_BIT(DV_EXT_POLICY_MAPPINGS) |
	    DV_EXT_BIT(DV_EXT_INHIBIT_ANY_POLICY);

	return refuse_unprocessed(p, (ext->critical & restricting) |
	    (ext->present & DV_EXT_BIT(DV_EXT_POLICY_CONSTRAINTS)), at);
}

#define NEVER_CRITICAL                                                         \
	(DV_EXT_BIT(DV_EXT_AUTHORITY_KEY_ID) |     /* 4.2.1.1 */               \
	 DV_EXT_BIT(DV_EXT_SUBJECT_KEY_ID) |       /* 4.2.1.2 */               \
	 DV_EXT_BIT(DV_EXT_FRESHEST_CRL) |         /* 4.2.1.15 */              \
	 DV_EXT_BIT(DV_EXT_AUTHORITY_INFO_ACCESS) | /* 4.2.2.1 */              \
	 DV_EXT_BIT(DV_EXT_SUBJECT_INFO_ACCESS) |  /* 4.2.2.2 */               \
	 DV_EXT_BIT(DV_EXT_NO_REV_AVAIL) |         /* RFC 9608 2 */            \
	 DV_EXT_BIT(DV_EXT_MASA_URL) |             /* RFC 8995 2.3.2 */        \
	 DV_EXT_BIT(DV_EXT_AUTHORISED_ONLY))       /* docs/PROFILES.md */
#define ALWAYS_CRITICAL                                                        \
	(DV_EXT_BIT(DV_EXT_NAME_CONSTRAINTS) |     /* 4.2.1.10 */              \
	 DV_EXT_BIT(DV_EXT_POLICY_CONSTRAINTS) |   /* 4.2.1.11 */              \
	 DV_EXT_BIT(DV_EXT_INHIBIT_ANY_POLICY))    /* 4.2.1.14 */
#define CRITICAL_IN_CA DV_EXT_BIT(DV_EXT_BASIC_CONSTRAINTS) /* 4.2.1.9 */

static enum dv_reason
rule_criticality(const struct dv_place *p, struct dv_at *at)
{
	const struct dv_extensions *ext = &p->cert->ext;
	uint32_t must = ALWAYS_CRITICAL | (ext->ca ? CRITICAL_IN_CA : 0);
	uint32_t wrong = (ext->critical & NEVER_CRITICAL) |
	    (ext->present & ~ext->critical & must);

	for (enum dv_ext e = 0; e < DV_EXT_COUNT; e++) {
		if ((wrong & DV_EXT_BIT(e)) == 0)
			continue;
		(void)dv_fail_ext(p->cert, at, DV_R_EXTENSION_CRITICALITY, e);
		dv_found(at, dv_text(is_critical(p->cert, e) ? "critical" :
		    "not critical"));
		return DV_R_EXTENSION_CRITICALITY;
	}
	return DV_R_NONE;
}

/* RFC 5280 4.2.1.1: only the self-signed may do without, and then entirely. */
static enum dv_reason
rule_authority_key_id(const struct dv_place *p, struct dv_at *at)
{
	if (p->cert->ext.authority_key_id.len > 0 ||
	    (dv_rules_self_issued(p->cert) &&
	    !dv_cert_has(p->cert, DV_EXT_AUTHORITY_KEY_ID)))
		return DV_R_NONE;
	return dv_fail_ext(p->cert, at, DV_R_EXTENSION_MISSING,
	    DV_EXT_AUTHORITY_KEY_ID);
}

/* RFC 5280 4.2.1.2, 4.2.1.3: what every CA certificate must have. */
static enum dv_reason
rule_subject_key_id(const struct dv_place *p, struct dv_at *at)
{
	return dv_cert_has(p->cert, DV_EXT_SUBJECT_KEY_ID) ? DV_R_NONE :
	    dv_fail_ext(p->cert, at, DV_R_EXTENSION_MISSING, DV_EXT_SUBJECT_KEY_ID);
}

static enum dv_reason
rule_key_usage_present(const struct dv_place *p, struct dv_at *at)
{
	return dv_cert_has(p->cert, DV_EXT_KEY_USAGE) ? DV_R_NONE :
	    dv_fail_ext(p->cert, at, DV_R_EXTENSION_MISSING, DV_EXT_KEY_USAGE);
}

/* Usages of a key that can do more than sign. */
#define NOT_SIGNING                                                            \
	(DV_KU_KEY_ENCIPHERMENT | DV_KU_DATA_ENCIPHERMENT |                    \
	 DV_KU_KEY_AGREEMENT | DV_KU_ENCIPHER_ONLY | DV_KU_DECIPHER_ONLY)

/* RFC 9295 3, RFC 9802 5, RFC 9881 5 */
static enum dv_reason
rule_key_usage_fits(const struct dv_place *p, struct dv_at *at)
{
	if ((p->cert->ext.key_usage & NOT_SIGNING) == 0 ||
	    !dv_key_only_signs(p->cert->key.type))
		return DV_R_NONE;
	return dv_fail_ext(p->cert, at, DV_R_EXTENSION_MALFORMED, DV_EXT_KEY_USAGE);
}

/* RFC 5280 4.2.1.10: only in a CA certificate. */
static enum dv_reason
rule_no_constraints_on_leaf(const struct dv_place *p, struct dv_at *at)
{
	return !DV_HAS_CONSTRAINTS || p->cert->ext.ca ||
	    !dv_cert_has(p->cert, DV_EXT_NAME_CONSTRAINTS) ? DV_R_NONE :
	    dv_fail_ext(p->cert, at, DV_R_EXTENSION_MALFORMED,
	    DV_EXT_NAME_CONSTRAINTS);
}

/* ---- the place in the path, RFC 5280 6.1.4 ----------------------------- */

/* (k) */
static enum dv_reason
rule_ca_flag(const struct dv_place *p, struct dv_at *at)
{
	if (p->cert->version == 3 &&
	    dv_cert_has(p->cert, DV_EXT_BASIC_CONSTRAINTS) && p->cert->ext.ca)
		return DV_R_NONE;
	return dv_fail_ext(p->cert, at, DV_R_CA_FLAG_MISSING,
	    DV_EXT_BASIC_CONSTRAINTS);
}

/* (l), (m): self-issued certificates are not counted. */
static enum dv_reason
rule_path_length(const struct dv_place *p, struct dv_at *at)
{
	int allowed = p->cert->ext.path_len;

	if (allowed < 0 || p->cas_below <= (unsigned)allowed)
		return DV_R_NONE;
	(void)dv_fail_ext(p->cert, at, DV_R_PATH_LENGTH, DV_EXT_BASIC_CONSTRAINTS);
	dv_numbers(at, allowed, p->cas_below);
	return DV_R_PATH_LENGTH;
}

/* Any of these usages; a certificate that states none has them all. */
static enum dv_reason
check_usage(const struct dv_place *p, struct dv_at *at, unsigned usages,
    enum dv_reason otherwise)
{
	if (!dv_cert_has(p->cert, DV_EXT_KEY_USAGE) ||
	    (p->cert->ext.key_usage & usages) != 0)
		return DV_R_NONE;
	return dv_fail_ext(p->cert, at, otherwise, DV_EXT_KEY_USAGE);
}

/* (n) */
static enum dv_reason
rule_key_cert_sign(const struct dv_place *p, struct dv_at *at)
{
	return check_usage(p, at, DV_KU_KEY_CERT_SIGN,
	    DV_R_KEY_USAGE_CERT_SIGN);
}

/* RFC 5280 6.3.3 (f) */
static enum dv_reason
rule_key_crl_sign(const struct dv_place *p, struct dv_at *at)
{
	return check_usage(p, at, DV_KU_CRL_SIGN, DV_R_KEY_USAGE_CRL_SIGN);
}

/* A key that makes certificates must not be the one that is asked about. */
static enum dv_reason
rule_leaf_not_ca(const struct dv_place *p, struct dv_at *at)
{
	if (p->cert->ext.ca)
		return dv_fail_ext(p->cert, at, DV_R_CA_FLAG_ON_LEAF,
		    DV_EXT_BASIC_CONSTRAINTS);
	if ((p->cert->ext.key_usage & DV_KU_KEY_CERT_SIGN) != 0)
		return dv_fail_ext(p->cert, at, DV_R_CA_FLAG_ON_LEAF, DV_EXT_KEY_USAGE);
	return DV_R_NONE;
}

/* ---- purposes ---------------------------------------------------------- */

/* id-kp, 1.3.6.1.5.5.7.3; one more octet names the purpose. */
static const uint8_t id_kp[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03 };

/* Purposes that are signatures, and the key usages any of which fits. */
static const struct {
	uint8_t purpose, key_usage;
} signing[] = {
	{ 3, DV_KU_DIGITAL_SIGNATURE },		/* codeSigning */
	{ 8, DV_KU_DIGITAL_SIGNATURE | DV_KU_NON_REPUDIATION }, /* time */
	{ 9, DV_KU_DIGITAL_SIGNATURE | DV_KU_NON_REPUDIATION },	/* OCSP */
	{ 36, DV_KU_DIGITAL_SIGNATURE | DV_KU_NON_REPUDIATION }, /* RFC 9336 */
	{ 41, DV_KU_DIGITAL_SIGNATURE },	/* RFC 9809: configuration, */
	{ 42, DV_KU_DIGITAL_SIGNATURE },	/* trust anchors, */
	{ 43, DV_KU_DIGITAL_SIGNATURE },	/* update packages */
};

/* Key usages, any of which the purpose needs; 0 when it is no signature. */
static unsigned
purpose_key_usage(struct dv_bytes purpose)
{
	const struct dv_bytes arc = { purpose.ptr, sizeof(id_kp) };

	if (purpose.len != sizeof(id_kp) + 1 ||
	    !dv_bytes_equal(arc, DV_BYTES(id_kp)))
		return 0;
	for (size_t i = 0; i < sizeof(signing) / sizeof(signing[0]); i++) {
		if (signing[i].purpose == purpose.ptr[sizeof(id_kp)])
			return signing[i].key_usage;
	}
	return 0;
}

/* RFC 5280 4.2.1.3, 4.2.1.12: the usage must be consistent with the purpose. */
static enum dv_reason
rule_key_usage_signature(const struct dv_place *p, struct dv_at *at)
{
	unsigned needed = purpose_key_usage(p->policy->purpose);

	return needed == 0 ? DV_R_NONE : check_usage(p, at, needed,
	    DV_R_KEY_USAGE_SIGNATURE);
}

static bool
eku_permits(struct dv_bytes eku, struct dv_bytes purpose)
{
	return eku.len == 0 || purpose.len == 0 ||
	    dv_eku_lists(eku, purpose) || dv_eku_lists(eku, dv_oid_any_purpose);
}

/*
 * RFC 5280 4.2.1.12 for the leaf. In a CA certificate the extension is, in the
 * strict profile, a limit on everything below it (docs/PROFILES.md).
 */
static enum dv_reason
rule_purpose(const struct dv_place *p, struct dv_at *at)
{
	if (eku_permits(p->cert->ext.eku, p->policy->purpose))
		return DV_R_NONE;
	(void)dv_fail_ext(p->cert, at, DV_R_KEY_PURPOSE, DV_EXT_EXT_KEY_USAGE);
	dv_wanted(at, dv_octets(DV_VALUE_OID, p->policy->purpose));
	return DV_R_KEY_PURPOSE;
}

/* ---- validity, RFC 5280 6.1.3 (a)(2) ----------------------------------- */

/* from and until: both inclusive. At no place, which is the caller's to add. */
static enum dv_reason
period_check(dv_time now, const dv_time *from, const dv_time *until,
    struct dv_at *at)
{
	enum dv_reason reason;

	if (now.s < from->s) {
		reason = dv_fail_at(at, DV_R_NOT_YET_VALID, DV_F_NOT_BEFORE,
		    DV_NO_OFFSET);
		dv_wanted_as(at, "valid from", dv_instant(*from));
	} else if (now.s > until->s) {
		reason = dv_fail_at(at, DV_R_EXPIRED, DV_F_NOT_AFTER,
		    DV_NO_OFFSET);
		dv_wanted_as(at, "valid until", dv_instant(*until));
	} else {
		return DV_R_NONE;
	}
	dv_found_as(at, "time used", dv_instant(now));
	return reason;
}

static enum dv_reason
rule_validity(const struct dv_place *p, struct dv_at *at)
{
	const struct dv_cert *cert = p->cert;
	enum dv_reason reason = period_check(p->policy->at, &cert->not_before,
	    &cert->not_after, at);

	if (reason != DV_R_NONE)
		at->offset = dv_offset(cert->der, reason == DV_R_EXPIRED ?
		    cert->until : cert->from);
	return reason;
}

/* ---- the table --------------------------------------------------------- */

#define LEAF 1u
#define CA 2u
#define ALL (LEAF | CA)
#define ANCHOR 4u		/* the certificate of an anchor */

struct rule {
	enum dv_reason (*check)(const struct dv_place *, struct dv_at *);
	uint8_t step;		/* enum dv_step */
	uint8_t path;		/* where section 6 alone demands it */
	uint8_t strict;		/* where the strict profile does */
};

/*
 * What the certificate is comes first, since what it must contain depends on
 * it; then in the order of ranks: who fails a later rule was nearer.
 */
static const struct rule rules[] = {
	{ rule_form, DV_STEP_FORM, 0, ALL | ANCHOR },
	{ rule_algorithm_allowed, DV_STEP_ALGORITHM, ALL, ALL },
	{ rule_ca_flag, DV_STEP_CA_FLAG, CA, CA },
	{ rule_leaf_not_ca, DV_STEP_LEAF_NOT_CA, 0, LEAF },
	{ rule_no_constraints_on_leaf, DV_STEP_LEAF_CONSTRAINTS, 0, LEAF },
	{ rule_criticality, DV_STEP_CRITICALITY, 0, ALL | ANCHOR },
	{ rule_critical_understood, DV_STEP_CRITICAL, ALL, ALL },
	{ rule_qualifiers_understood, DV_STEP_QUALIFIERS, ALL, ALL },
	{ rule_authority_key_id, DV_STEP_AUTHORITY_KEY_ID, 0, ALL | ANCHOR },
	{ rule_subject_key_id, DV_STEP_SUBJECT_KEY_ID, 0, CA | ANCHOR },
	{ rule_key_usage_present, DV_STEP_KEY_USAGE_PRESENT, 0, CA },
	{ rule_key_usage_fits, DV_STEP_KEY_USAGE_FITS, 0, ALL | ANCHOR },
	{ rule_key_cert_sign, DV_STEP_KEY_CERT_SIGN, CA, CA },
	{ rule_path_length, DV_STEP_PATH_LENGTH, CA, CA },
	{ rule_key_usage_signature, DV_STEP_KEY_USAGE_SIGNATURE, LEAF, LEAF },
	{ rule_purpose, DV_STEP_PURPOSE, LEAF, ALL },
	{ rule_validity, DV_STEP_VALIDITY, ALL, ALL },
};

enum dv_reason
dv_rules_key(const struct dv_place *place, struct dv_at *at)
{
	enum dv_reason reason = dv_rules_note(place, DV_STEP_KEY_KNOWN,
	    rule_key_known(place, at));

	return reason != DV_R_NONE ? reason : dv_rules_note(place,
	    DV_STEP_KEY_VALID, rule_key_valid(place, at));
}

/* Is it a rule about the purpose, where none was asked for? */
static bool
not_asked(const struct dv_place *place, enum dv_step step)
{
	return place->policy->purpose.len == 0 &&
	    (step == DV_STEP_PURPOSE || step == DV_STEP_KEY_USAGE_SIGNATURE);
}

enum dv_reason
dv_rules_note(const struct dv_place *place, enum dv_step step,
    enum dv_reason reason)
{
	if (!DV_HAS_TRACE || place->trace == NULL)
		return reason;
	place->trace->state[step] = reason != DV_R_NONE ? DV_STEP_FAILED :
	    not_asked(place, step) ? DV_STEP_NOT_ASKED : DV_STEP_PASSED;
	return reason;
}

/* Why a rule is not asked here. */
static void
note_skipped(const struct dv_place *place, const struct rule *rule,
    unsigned here)
{
	if (DV_HAS_TRACE && place->trace != NULL)
		place->trace->state[rule->step] = (rule->strict & here) != 0 ?
		    DV_STEP_NOT_IN_PROFILE : DV_STEP_NOT_HERE;
}

static enum dv_reason
check_table(const struct dv_place *place, unsigned here, struct dv_at *at)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		unsigned where = dv_profile_loose(place->policy->profile) ?
		    rules[i].path : rules[i].strict;
		enum dv_reason reason;

		if ((where & here) == 0) {
			note_skipped(place, &rules[i], here);
			continue;
		}
		reason = dv_rules_note(place, (enum dv_step)rules[i].step,
		    rules[i].check(place, at));
		if (reason != DV_R_NONE)
			return reason;
	}
	return DV_R_NONE;
}

enum dv_reason
dv_rules_check(const struct dv_place *place, struct dv_at *at)
{
	return check_table(place, is_leaf(place) ? LEAF : CA, at);
}

enum dv_reason
dv_rules_anchor_form(const struct dv_place *place, struct dv_at *at)
{
	return check_table(place, ANCHOR, at);
}

enum dv_reason
dv_rules_issuer(const struct dv_place *place, struct dv_at *at)
{
	enum dv_reason reason = rule_ca_flag(place, at);

	if (reason == DV_R_NONE)
		reason = rule_critical_understood(place, at);
	if (reason == DV_R_NONE)
		reason = rule_no_policies_to_inherit(place, at);
	return reason != DV_R_NONE ? reason : rule_key_cert_sign(place, at);
}

enum dv_reason
dv_rules_crl_signer(const struct dv_place *place, struct dv_at *at)
{
	bool strict = !dv_profile_loose(place->policy->profile);
	enum dv_reason reason = dv_rules_key(place, at);

	if (reason == DV_R_NONE && strict)
		reason = rule_form(place, at);
	if (reason == DV_R_NONE)
		reason = rule_algorithm_allowed(place, at);
	if (reason == DV_R_NONE && strict)
		reason = rule_criticality(place, at);
	if (reason == DV_R_NONE)
		reason = rule_critical_understood(place, at);
	if (reason == DV_R_NONE)
		reason = rule_qualifiers_understood(place, at);
	if (reason == DV_R_NONE && strict)
		reason = rule_authority_key_id(place, at);
	if (reason == DV_R_NONE)
		reason = rule_validity(place, at);
	return reason != DV_R_NONE ? reason : rule_key_crl_sign(place, at);
}

/* CA certificates below the anchor, self-issued ones not counted. */
static unsigned
cas_below_anchor(const struct dv_place *below)
{
	bool counts = !is_leaf(below) && !dv_rules_self_issued(below->cert);

	return below->cas_below + (counts ? 1 : 0);
}

enum dv_reason
dv_rules_anchor(const struct dv_anchor *anchor, const struct dv_place *below,
    struct dv_at *at)
{
	unsigned cas = cas_below_anchor(below);

	if (!DV_HAS_CONSTRAINTS &&
	    (anchor->permitted.len > 0 || anchor->excluded.len > 0))
		return dv_fail_at(at, DV_R_NOT_BUILT, DV_F_NAME_CONSTRAINTS,
		    DV_NO_OFFSET);
	if (anchor->path_len >= 0 && cas > (unsigned)anchor->path_len) {
		(void)dv_fail_at(at, DV_R_PATH_LENGTH, DV_F_BASIC_CONSTRAINTS,
		    DV_NO_OFFSET);
		dv_numbers(at, anchor->path_len, cas);
		return dv_rules_note(below, DV_STEP_PATH_LENGTH,
		    DV_R_PATH_LENGTH);
	}
	(void)dv_rules_note(below, DV_STEP_PATH_LENGTH, DV_R_NONE);
	if (!eku_permits(anchor->eku, below->policy->purpose)) {
		(void)dv_fail_at(at, DV_R_KEY_PURPOSE, DV_F_EXT_KEY_USAGE,
		    DV_NO_OFFSET);
		dv_wanted(at, dv_octets(DV_VALUE_OID, below->policy->purpose));
		return dv_rules_note(below, DV_STEP_PURPOSE, DV_R_KEY_PURPOSE);
	}
	(void)dv_rules_note(below, DV_STEP_PURPOSE, DV_R_NONE);
	return dv_rules_note(below, DV_STEP_VALIDITY,
	    period_check(below->policy->at, &anchor->not_before,
	    &anchor->not_after, at));
}
