/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A certificate as read: views into the caller's DER, nothing copied, nothing
 * judged beyond its form. RFC 5280 section 4, X.690 (DER only).
 * Everything here is a claim until dv_chain_verify() has accepted a path.
 */
#ifndef DV_CERT_H
#define DV_CERT_H

#include "dv_alg.h"
#include "dv_limits.h"
#include "dv_verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Known extensions: bit numbers in dv_extensions.present and .critical. */
enum dv_ext {
	DV_EXT_AUTHORITY_KEY_ID = 0,
	DV_EXT_SUBJECT_KEY_ID,
	DV_EXT_KEY_USAGE,
	DV_EXT_CERTIFICATE_POLICIES,
	DV_EXT_POLICY_MAPPINGS,
	DV_EXT_SUBJECT_ALT_NAME,
	DV_EXT_ISSUER_ALT_NAME,
	DV_EXT_BASIC_CONSTRAINTS,
	DV_EXT_NAME_CONSTRAINTS,
	DV_EXT_POLICY_CONSTRAINTS,
	DV_EXT_EXT_KEY_USAGE,
	DV_EXT_CRL_DISTRIBUTION_POINTS,
	DV_EXT_INHIBIT_ANY_POLICY,
	DV_EXT_FRESHEST_CRL,
	DV_EXT_AUTHORITY_INFO_ACCESS,
	DV_EXT_SUBJECT_INFO_ACCESS,
	DV_EXT_NO_REV_AVAIL,
	DV_EXT_MASA_URL,
	DV_EXT_AUTHORISED_ONLY,	/* docs/PROFILES.md, By authorisation only */
	DV_EXT_COUNT
};
#define DV_EXT_BIT(e) (UINT32_C(1) << (e))

/* keyUsage: bit n of RFC 5280 4.2.1.3 is 1 << n. */
#define DV_KU_DIGITAL_SIGNATURE 0x001u
#define DV_KU_NON_REPUDIATION 0x002u
#define DV_KU_KEY_ENCIPHERMENT 0x004u
#define DV_KU_DATA_ENCIPHERMENT 0x008u
#define DV_KU_KEY_AGREEMENT 0x010u
#define DV_KU_KEY_CERT_SIGN 0x020u
#define DV_KU_CRL_SIGN 0x040u
#define DV_KU_ENCIPHER_ONLY 0x080u
#define DV_KU_DECIPHER_ONLY 0x100u

/* Values of the known extensions. Absent ones are zero. Views borrow as those of
 * the certificate or request they are in. */
struct dv_extensions {
	uint32_t present, critical;		/* sets of DV_EXT_BIT() */
	struct dv_bytes unknown_critical;	/* OID contents of the first one */
	bool ca;				/* basicConstraints */
	int path_len;				/* -1: no limit stated */
	unsigned key_usage;			/* DV_KU_* */
	struct dv_bytes subject_key_id;		/* contents octets */
	struct dv_bytes authority_key_id;	/* keyIdentifier contents */
	struct dv_bytes authority_issuer;	/* GeneralNames contents */
	struct dv_bytes authority_serial;	/* INTEGER contents */
	struct dv_bytes eku;			/* sequence of OIDs, contents */
	struct dv_bytes subject_alt_name;	/* GeneralNames contents */
	struct dv_bytes permitted, excluded;	/* GeneralSubtrees contents */
	unsigned require_explicit;		/* the three numbers of policy */
	unsigned inhibit_mapping;		/* constraints, each plus one; */
	unsigned inhibit_any;			/* 0: not stated */
	struct dv_bytes unknown_qualifier;	/* OID contents of the first one */
	struct dv_bytes value[DV_EXT_COUNT];	/* DER inside extnValue */
};

/* Every view points into the DER it was read from, which is the caller's and has
 * to stay as it is for as long. */
struct dv_cert {
	struct dv_bytes der;		/* the whole certificate */
	struct dv_bytes tbs;		/* what is signed */
	unsigned version;		/* 1, 2 or 3 */
	struct dv_bytes serial;		/* INTEGER contents octets */
	enum dv_sig_alg sig_alg;	/* DV_SIG_NONE: not known here */
	unsigned salt;			/* RSASSA-PSS: octets */
	struct dv_bytes issuer, subject;/* Name, whole DER element */
	dv_time not_before, not_after;	/* both inclusive, RFC 5280 4.1.2.5 */
	struct dv_key key;		/* type DV_KEY_NONE: not known here */
	struct dv_bytes signature;	/* contents, unused-bits octet removed */
	struct dv_bytes sig_oid;	/* OID contents, known or not */
	struct dv_bytes from, until;	/* both times as they stand, DER elements */
	struct dv_extensions ext;
	struct dv_defect defect;	/* the first; see dv_cert_read() */
};

/*
 * Reads one certificate completely: every field, every extension known here,
 * nothing after the end. DV_R_NONE on success. On failure *at names the field,
 * offset and values, and *out is all zero. An unknown algorithm, key type or
 * critical extension is not a failure of reading: it is recorded, and refused
 * by the rules of the path. out borrows from der.
 */
DV_MUST_USE enum dv_reason dv_cert_parse(struct dv_bytes der,
    struct dv_cert *out, struct dv_at *at);

/*
 * As dv_cert_parse(), but a form that is wrong and leaves no doubt about what
 * is meant is noted in out->defect and is no failure. docs/PROFILES.md lists
 * them. For those who then ask dv_chain_verify(), or show what is there.
 */
DV_MUST_USE enum dv_reason dv_cert_read(struct dv_bytes der,
    struct dv_cert *out, struct dv_at *at);

/* Is this extension there? */
static inline bool
dv_cert_has(const struct dv_cert *cert, enum dv_ext ext)
{
	return (cert->ext.present & DV_EXT_BIT(ext)) != 0;
}

/*
 * Writes a Name or subject as text for people: "CN=unit-0042,O=Acme", most
 * significant RDN last as in RFC 4514, everything but printable ASCII escaped
 * as \xx, cut with "..." to fit. Always ends with NUL; cap must be at least 8.
 */
void dv_name_text(struct dv_bytes name, char *out, size_t cap);

/* RFC 5280 7.1 comparison of two DER Names (whole elements). */
DV_MUST_USE bool dv_name_equal(struct dv_bytes a, struct dv_bytes b);

/*
 * First value of attribute oid (contents octets) in a Name; {NULL, 0} when
 * absent. The value is the string's contents, its type is not told.
 */
struct dv_bytes dv_name_attribute(struct dv_bytes name, struct dv_bytes oid);

/*
 * Dotted text of an OID's contents octets, cut to fit, always NUL-terminated.
 */
void dv_oid_text(struct dv_bytes oid, char *out, size_t cap);

/*
 * Contents octets of a dotted OID text, at most cap of them into room.
 * Returns their number, 0 when the text is not an OID or does not fit.
 */
DV_MUST_USE size_t dv_oid_parse(const char *text, uint8_t *room, size_t cap);

/* Does an ExtKeyUsage value (contents of the SEQUENCE) list this OID? */
DV_MUST_USE bool dv_eku_lists(struct dv_bytes eku, struct dv_bytes oid);

#ifdef __cplusplus
}
#endif
#endif
