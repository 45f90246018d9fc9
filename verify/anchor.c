/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One link of a path, and trust anchors made from certificates. Neither says
 * anything about a path. RFC 5280 6.1.1 (d), 6.1.3 (a)(1), RFC 5937.
 */
#include "dv_chain.h"

#include "at.h"
#include "built.h"
#include "bytes.h"
#include "crypto.h"
#include "key.h"
#include "rules.h"

/* RFC 4055 1.2, 3.3: the key's hash, and no less salt than it says. */
static bool
pss_permits(const struct dv_key *issuer, const struct dv_cert *cert)
{
	return !DV_HAS_RSA || issuer->only == DV_SIG_NONE || (issuer->only == cert->sig_alg &&
	    cert->salt >= issuer->min_salt);
}

static enum dv_reason
algorithm_check(const struct dv_cert *cert, const struct dv_key *issuer,
    struct dv_at *at)
{
	enum dv_reason reason = DV_R_KEY_ALG_MISMATCH;

	if (cert->sig_alg == DV_SIG_NONE)
		reason = DV_R_ALG_NOT_ALLOWED;
	else if (dv_sig_fits_key(cert->sig_alg, issuer->type) &&
	    pss_permits(issuer, cert))
		return DV_R_NONE;
	(void)dv_fail_part(&cert->der, at, reason, DV_F_SIGNATURE_ALGORITHM,
	    cert->sig_oid);
	dv_wanted(at, dv_text(dv_key_type_name(issuer->type)));
	dv_found(at, dv_octets(DV_VALUE_OID, cert->sig_oid));
	return reason;
}

/*
 * The signature as the seam wants it: ECDSA's in fixed width, in room; others
 * as they stand, when they have the one length that the key gives them.
 */
static enum dv_reason
signature_read(struct dv_bytes value, const struct dv_key *issuer,
    uint8_t room[DV_MAX_SIGNATURE], struct dv_bytes *out)
{
	size_t size = dv_sig_size(issuer->type);

	*out = value;
	if (DV_HAS_LMS && issuer->type == DV_KEY_HSS_LMS)
		return DV_R_NONE;
	if (DV_HAS_RSA && (issuer->type == DV_KEY_RSA ||
	    issuer->type == DV_KEY_RSA_PSS))
		size = issuer->modulus.len;
	if (!dv_key_on_curve(issuer->type))
		return value.len == size ? DV_R_NONE : DV_R_SIGNATURE_MALFORMED;
	if (size > DV_MAX_SIGNATURE)
		return DV_R_INTERNAL;
	*out = (struct dv_bytes){ room, size };
	return dv_der_ecdsa(value, size / 2, room);
}

enum dv_reason
dv_cert_check_signature(const struct dv_cert *cert,
    const struct dv_key *issuer, struct dv_at *at)
{
	struct dv_crypto_check check = { issuer, cert->sig_alg, &cert->tbs, 1,
	    { NULL, 0 }, cert->salt };
	enum dv_reason reason = algorithm_check(cert, issuer, at);
	uint8_t room[DV_MAX_SIGNATURE];

	if (reason != DV_R_NONE)
		return reason;
	reason = signature_read(cert->signature, issuer, room,
	    &check.signature);
	if (reason == DV_R_NONE && dv_crypto_verify(&check) != DV_CRYPTO_VALID)
		reason = DV_R_SIGNATURE_INVALID;
	if (reason != DV_R_NONE)
		return dv_fail_part(&cert->der, at, reason, DV_F_SIGNATURE_VALUE,
		    cert->signature);
	return DV_R_NONE;
}

/*
 * May this certificate stand at the top of paths? Its own signature is no part
 * of any (RFC 5280 6.1.1 (d)): it is checked, so that damage is seen, where its
 * algorithm is known.
 */
static enum dv_reason
anchor_rules(const struct dv_cert *cert, struct dv_at *at)
{
	const struct dv_place place = { .cert = cert, .index = 1 };
	enum dv_reason reason = dv_rules_key(&place, at);

	if (reason == DV_R_NONE)
		reason = dv_rules_issuer(&place, at);
	if (reason == DV_R_NONE && dv_rules_self_issued(cert) &&
	    cert->sig_alg != DV_SIG_NONE)
		reason = dv_cert_check_signature(cert, &cert->key, at);
	return reason;
}

enum dv_reason
dv_anchor_judge(const struct dv_cert *cert, struct dv_at *at)
{
	const struct dv_policy policy = dv_policy_strict((dv_time){ 0 });
	const struct dv_place place = { .cert = cert, .policy = &policy,
	    .index = 1 };
	const struct dv_bytes own = cert->ext.subject_key_id;
	const struct dv_bytes above = cert->ext.authority_key_id;
	enum dv_reason reason = dv_rules_anchor_form(&place, at);

	if (reason != DV_R_NONE || !dv_rules_self_issued(cert) ||
	    above.len == 0 || dv_bytes_equal(above, own))
		return reason;
	/* RFC 5280 4.2.1.2: it is its own issuer. */
	(void)dv_fail_part(&cert->der, at, DV_R_EXTENSION_MALFORMED,
	    DV_F_AUTHORITY_KEY_ID, above);
	dv_wanted(at, dv_octets(DV_VALUE_BYTES, own));
	dv_found(at, dv_octets(DV_VALUE_BYTES, above));
	return DV_R_EXTENSION_MALFORMED;
}

enum dv_reason
dv_anchor_from_cert(const struct dv_cert *cert, struct dv_anchor *out,
    struct dv_at *at)
{
	enum dv_reason reason = anchor_rules(cert, at);

	*out = (struct dv_anchor){ .path_len = -1 };
	if (reason != DV_R_NONE)
		return reason;
	*out = (struct dv_anchor){
		.name = cert->subject,
		.spki = cert->key.spki,
		.key_id = cert->ext.subject_key_id,
		.not_before = cert->not_before,
		.not_after = cert->not_after,
		.path_len = cert->ext.path_len,
		.permitted = cert->ext.permitted,
		.excluded = cert->ext.excluded,
		.eku = cert->ext.eku,
		.no_crls = dv_cert_has(cert, DV_EXT_KEY_USAGE) &&
		    (cert->ext.key_usage & DV_KU_CRL_SIGN) == 0,
	};
	return DV_R_NONE;
}
