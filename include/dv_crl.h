/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A certificate revocation list as read: views into the caller's DER, entries
 * left in place, nothing believed. RFC 5280 section 5, X.690 (DER only).
 * Everything here is a claim until dv_chain_verify() has used it.
 */
#ifndef DV_CRL_H
#define DV_CRL_H

#include "dv_alg.h"
#include "dv_limits.h"
#include "dv_verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Known extensions of a CRL: bit numbers in dv_crl.present and .critical. */
enum dv_crl_ext {
	DV_CRL_EXT_AUTHORITY_KEY_ID = 0,
	DV_CRL_EXT_ISSUER_ALT_NAME,
	DV_CRL_EXT_NUMBER,
	DV_CRL_EXT_DELTA,
	DV_CRL_EXT_ISSUING_POINT,
	DV_CRL_EXT_FRESHEST_CRL,
	DV_CRL_EXT_AUTHORITY_INFO_ACCESS,
	DV_CRL_EXT_COUNT
};
#define DV_CRL_EXT_BIT(e) (UINT32_C(1) << (e))

/* ReasonFlags: bit n of RFC 5280 4.2.1.13 is 1 << n; bit 0 is not used. */
#define DV_CRL_ALL_REASONS 0x1feu

/* CRLReason, RFC 5280 5.3.1. 7 does not exist. */
enum dv_crl_reason {
	DV_CRL_UNSPECIFIED = 0,
	DV_CRL_KEY_COMPROMISE = 1,
	DV_CRL_CA_COMPROMISE = 2,
	DV_CRL_AFFILIATION_CHANGED = 3,
	DV_CRL_SUPERSEDED = 4,
	DV_CRL_CESSATION_OF_OPERATION = 5,
	DV_CRL_CERTIFICATE_HOLD = 6,
	DV_CRL_REMOVE_FROM_CRL = 8,
	DV_CRL_PRIVILEGE_WITHDRAWN = 9,
	DV_CRL_AA_COMPROMISE = 10
};

/* DistributionPointName: one of the two, or neither. */
struct dv_point_name {
	struct dv_bytes full;		/* GeneralNames contents */
	struct dv_bytes relative;	/* RelativeDistinguishedName contents */
};

/* RFC 5280 5.2.5: what a CRL is about. Absent: everything of its issuer. */
struct dv_issuing_point {
	struct dv_point_name name;
	bool only_user, only_ca, only_attribute, indirect;
	unsigned reasons;		/* DV_CRL_ALL_REASONS when not limited */
};

/* Every view points into der, which is the caller's, and stays as it is. */
struct dv_crl {
	struct dv_bytes der;		/* the whole CRL */
	struct dv_bytes tbs;		/* what is signed */
	unsigned version;		/* 1 or 2 */
	enum dv_sig_alg sig_alg;	/* DV_SIG_NONE: not known here */
	uint32_t present, critical;	/* sets of DV_CRL_EXT_BIT() */
	struct dv_bytes issuer;		/* Name, whole DER element */
	dv_time this_update, next_update;	/* both inclusive */
	struct dv_issuing_point point;
	struct dv_bytes authority_key_id;	/* keyIdentifier contents */
	struct dv_bytes number, base_number;	/* INTEGER contents */
	struct dv_bytes unknown_critical;	/* OID contents of the first one,
						   of the list or an entry */
	struct dv_bytes entries;	/* revokedCertificates, contents */
	size_t entry_count;
	struct dv_bytes issuing_value;	/* DER inside extnValue */
	struct dv_bytes signature;	/* contents, unused-bits octet removed */
	struct dv_bytes sig_oid;	/* OID contents, known or not */
	unsigned salt;			/* RSASSA-PSS: octets */
};

/* One entry; views into the CRL. issuer stays in force for the entries after it (5.3.3). */
struct dv_crl_entry {
	struct dv_bytes serial;		/* INTEGER contents */
	dv_time date;
	enum dv_crl_reason reason;
	bool has_invalidity;
	dv_time invalidity;
	struct dv_bytes issuer;		/* GeneralNames contents; empty: the
					   CRL's issuer */
};

/*
 * Reads one CRL completely: every field, entry and extension known here,
 * nothing after the end. DV_R_NONE on success. On failure *at names the field,
 * offset and values, and *out is all zero. An unknown algorithm or critical
 * extension is recorded, and refused when the CRL is used. out borrows from
 * der. Takes time in proportion to the length, and no memory.
 */
DV_MUST_USE enum dv_reason dv_crl_parse(struct dv_bytes der,
    struct dv_crl *out, struct dv_at *at);

static inline bool
dv_crl_has(const struct dv_crl *crl, enum dv_crl_ext ext)
{
	return (crl->present & DV_CRL_EXT_BIT(ext)) != 0;
}

/*
 * Next entry of a CRL that was read: begin with rest = crl->entries and a zero
 * entry. False at the end.
 */
DV_MUST_USE bool dv_crl_next(struct dv_bytes *rest,
    struct dv_crl_entry *entry);

/* "keyCompromise". Never NULL. */
const char *dv_crl_reason_name(enum dv_crl_reason reason);

#ifdef __cplusplus
}
#endif
#endif
