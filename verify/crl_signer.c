/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * May a CRL be used, and whose key signed it? A signer is believed only when
 * its certificate leads to the anchor of the path. RFC 5280 6.3.3 (f), (g).
 */
#include "revoke.h"

#include "built.h"

#if DV_HAS_CRL

#include "at.h"
#include "bytes.h"
#include "constraints.h"
#include "crl_signer.h"
#include "profile.h"
#include "rules.h"

_Static_assert(DV_MAX_INTERMEDIATES <= UINT8_MAX, "dv_crl_work.outside");
_Static_assert(DV_R_CRL_ISSUER_BELOW <= UINT8_MAX, "dv_crl_work.refusal");

/* Remembers the nearest miss of the certificate in question. */
void
dv_revoke_note(const struct dv_revoke *q, const struct dv_verdict *miss)
{
	struct dv_verdict *best = &dv_crls(q)->best;

	if (dv_reason_rank(miss->reason) > dv_reason_rank(best->reason))
		*best = *miss;
}

/* ---- what is wrong with a CRL ----------------------------------------- */

/* Where a refusal of a CRL lies: the field, the member of struct dv_crl that
 * stands there, and as what it is told. */
struct fault {
	uint8_t reason;			/* enum dv_reason */
	uint8_t field;			/* enum dv_field */
	uint8_t member;			/* NONE, or its offset */
	uint8_t found;			/* enum dv_value_kind */
};
#define NONE offsetof(struct dv_crl, der)
#define MEMBER(name) offsetof(struct dv_crl, name)

static const struct fault faults[] = {
	{ DV_R_CRL_ISSUER, DV_F_ISSUER, MEMBER(issuer), DV_VALUE_NAME },
	{ DV_R_KEY_USAGE_CRL_SIGN, DV_F_ISSUER, MEMBER(issuer), DV_VALUE_NAME },
	{ DV_R_CRL_ISSUER_STATUS, DV_F_ISSUER, MEMBER(issuer), DV_VALUE_NAME },
	{ DV_R_CRL_ISSUER_BELOW, DV_F_ISSUER, MEMBER(issuer), DV_VALUE_NAME },
	{ DV_R_CRL_LIMIT, DV_F_ISSUER, MEMBER(issuer), DV_VALUE_NAME },
	{ DV_R_CRL_NOT_YET, DV_F_THIS_UPDATE, NONE, DV_VALUE_NONE },
	{ DV_R_CRL_STALE, DV_F_NEXT_UPDATE, NONE, DV_VALUE_NONE },
	{ DV_R_CRL_BASE_MISSING, DV_F_DELTA_CRL_INDICATOR, MEMBER(base_number),
	    DV_VALUE_NONE },
	{ DV_R_ALG_NOT_ALLOWED, DV_F_SIGNATURE_ALGORITHM, MEMBER(sig_oid),
	    DV_VALUE_OID },
	{ DV_R_KEY_ALG_MISMATCH, DV_F_SIGNATURE_ALGORITHM, MEMBER(sig_oid),
	    DV_VALUE_NONE },
	{ DV_R_CRL_REASONS, DV_F_ISSUING_DISTRIBUTION_POINT, NONE,
	    DV_VALUE_NONE },
	{ DV_R_CRL_CRITICAL_UNKNOWN, DV_F_EXTENSIONS, MEMBER(unknown_critical),
	    DV_VALUE_OID },
	{ DV_R_EXTENSION_CRITICALITY, DV_F_EXTENSIONS, NONE, DV_VALUE_NONE },
	{ DV_R_EXTENSION_MISSING, DV_F_EXTENSIONS, NONE, DV_VALUE_NONE },
	{ DV_R_CRL_SIGNATURE, DV_F_SIGNATURE_VALUE, MEMBER(signature),
	    DV_VALUE_NONE },
	{ DV_R_SIGNATURE_MALFORMED, DV_F_SIGNATURE_VALUE, MEMBER(signature),
	    DV_VALUE_NONE },
	{ DV_R_BUDGET_SPENT, DV_F_SIGNATURE_VALUE, MEMBER(signature),
	    DV_VALUE_NONE },
	/* Whatever else there is. */
	{ DV_R_NONE, DV_F_SIGNATURE_VALUE, NONE, DV_VALUE_NONE }
};

/* A refusal of one CRL, told again from the CRL and the reason alone. */
void
dv_revoke_note_crl(const struct dv_revoke *q, size_t index, enum dv_reason reason)
{
	const struct dv_crl *crl = &q->chain->crls[index];
	struct dv_verdict v = { .status = DV_REJECTED, .reason = reason,
	    .object = DV_OBJECT_CRL, .index = (unsigned)index };
	const struct fault *fault = faults;
	struct dv_bytes part = { NULL, 0 };
	const void *member;

	while (fault->reason != DV_R_NONE && fault->reason != (unsigned)reason)
		fault++;
	member = (const uint8_t *)crl + fault->member;
	if (fault->member != NONE)
		part = *(const struct dv_bytes *)member;
	(void)dv_fail_part(&crl->der, &v.at, reason,
	    (enum dv_field)fault->field, part);
	if (fault->found != DV_VALUE_NONE)
		dv_found(&v.at, dv_octets((enum dv_value_kind)fault->found,
		    part));
	if (reason == DV_R_CRL_STALE || reason == DV_R_CRL_NOT_YET) {
		dv_wanted(&v.at, dv_instant(q->policy->at));
		dv_found(&v.at, dv_instant(reason == DV_R_CRL_STALE ?
		    crl->next_update : crl->this_update));
	}
	dv_revoke_note(q, &v);
}

#define NEVER_CRITICAL                                                         \
	(DV_CRL_EXT_BIT(DV_CRL_EXT_AUTHORITY_KEY_ID) |	/* 5.2.1 */            \
	 DV_CRL_EXT_BIT(DV_CRL_EXT_NUMBER) |		/* 5.2.3 */            \
	 DV_CRL_EXT_BIT(DV_CRL_EXT_FRESHEST_CRL) |	/* 5.2.6 */            \
	 DV_CRL_EXT_BIT(DV_CRL_EXT_AUTHORITY_INFO_ACCESS)) /* 5.2.7 */
#define ALWAYS_CRITICAL                                                        \
	(DV_CRL_EXT_BIT(DV_CRL_EXT_DELTA) |		/* 5.2.4 */            \
	 DV_CRL_EXT_BIT(DV_CRL_EXT_ISSUING_POINT))	/* 5.2.5 */
#define ALWAYS_PRESENT                                                         \
	(DV_CRL_EXT_BIT(DV_CRL_EXT_AUTHORITY_KEY_ID) |                         \
	 DV_CRL_EXT_BIT(DV_CRL_EXT_NUMBER))

/* What the list says of itself, before anybody's key is asked. */
static enum dv_reason
list_check(const struct dv_revoke *q, const struct dv_crl *crl)
{
	if (crl->sig_alg == DV_SIG_NONE ||
	    (q->policy->algs & DV_SIG_BIT(crl->sig_alg)) == 0)
		return DV_R_ALG_NOT_ALLOWED;
	if (crl->unknown_critical.ptr != NULL)
		return DV_R_CRL_CRITICAL_UNKNOWN;
	if (dv_profile_loose(q->policy->profile))
		return DV_R_NONE;
	if ((crl->critical & NEVER_CRITICAL) != 0 ||
	    (crl->present & ~crl->critical & ALWAYS_CRITICAL) != 0)
		return DV_R_EXTENSION_CRITICALITY;
	if ((ALWAYS_PRESENT & ~crl->present) != 0 ||
	    crl->authority_key_id.len == 0)
		return DV_R_EXTENSION_MISSING;
	return DV_R_NONE;
}

enum dv_reason
dv_crl_age(const struct dv_revoke *q, const struct dv_crl *crl)
{
	if (q->policy->at.s < crl->this_update.s)
		return DV_R_CRL_NOT_YET;
	return q->policy->at.s > crl->next_update.s ? DV_R_CRL_STALE :
	    DV_R_NONE;
}

/* ---- who signed it, RFC 5280 6.3.3 (f), (g) ---------------------------- */

/* The only place where signatures are checked here, and paid for. */
static enum dv_reason
signature_check(const struct dv_revoke *q, const struct dv_cert *link,
    const struct dv_key *key)
{
	struct dv_at unused;

	if (q->work->signatures >= DV_MAX_SIGNATURES)
		return DV_R_BUDGET_SPENT;
	q->work->signatures++;
	return dv_cert_check_signature(link, key, &unused);
}

static enum dv_reason
crl_signature(const struct dv_revoke *q, const struct dv_crl *crl,
    const struct dv_key *key)
{
	const struct dv_cert link = { .der = crl->der, .tbs = crl->tbs,
	    .sig_alg = crl->sig_alg, .sig_oid = crl->sig_oid,
	    .salt = crl->salt, .signature = crl->signature };
	enum dv_reason reason = signature_check(q, &link, key);

	return reason == DV_R_SIGNATURE_INVALID ? DV_R_CRL_SIGNATURE : reason;
}

/* The highest-ranking refusal of one CRL, until a key verifies it; a search
 * that was given up is not told as something else. */
static void
refuse(const struct dv_revoke *q, size_t index, enum dv_reason reason)
{
	uint8_t *refusal = &dv_crls(q)->refusal[index];

	if (*refusal == DV_R_BUDGET_SPENT)
		return;
	if (dv_reason_rank(reason) > dv_reason_rank(*refusal) ||
	    *refusal == DV_R_CRL_ISSUER || reason == DV_R_BUDGET_SPENT)
		*refusal = (uint8_t)reason;
}

static bool
signed_by(const struct dv_revoke *q, size_t index, unsigned holder,
    const struct dv_key *key)
{
	struct dv_crl_work *crls = dv_crls(q);
	enum dv_reason reason = crl_signature(q, &q->chain->crls[index], key);

	if (reason != DV_R_NONE) {
		refuse(q, index, reason);
		return false;
	}
	crls->signer[index] = (uint8_t)holder;
	crls->refusal[index] = DV_R_NONE;
	return true;
}

static bool
may_sign_crls(const struct dv_cert *cert)
{
	return !dv_cert_has(cert, DV_EXT_KEY_USAGE) ||
	    (cert->ext.key_usage & DV_KU_CRL_SIGN) != 0;
}

/* Do the key identifiers of CRL and signer contradict each other? */
static bool
key_ids_differ(const struct dv_crl *crl, struct dv_bytes key_id)
{
	return crl->authority_key_id.len > 0 && key_id.len > 0 &&
	    !dv_bytes_equal(crl->authority_key_id, key_id);
}

/* The anchor and the certificates of the path: their keys are proved. */
static bool
signed_inside(const struct dv_revoke *q, size_t index, bool differ)
{
	const struct dv_crl *crl = &q->chain->crls[index];

	if (dv_name_equal(q->anchor->name, crl->issuer) &&
	    key_ids_differ(crl, q->anchor->key_id) == differ) {
		if (q->anchor->no_crls)
			refuse(q, index, DV_R_KEY_USAGE_CRL_SIGN);
		else if (signed_by(q, index, dv_anchor_holder(q),
		    q->anchor_key))
			return true;
	}
	for (unsigned i = q->count; i-- > 0;) {
		const struct dv_cert *cert = &q->work->cert[i];

		if (!dv_name_equal(cert->subject, crl->issuer) ||
		    key_ids_differ(crl, cert->ext.subject_key_id) != differ)
			continue;
		if (!may_sign_crls(cert))
			refuse(q, index, DV_R_KEY_USAGE_CRL_SIGN);
		else if (signed_by(q, index, i, &cert->key))
			return true;
	}
	return false;
}

/* Names of the candidate within the constraints of the anchor and of the
 * certificates of the path from its issuer up. */
static bool
names_permitted(const struct dv_revoke *q, const struct dv_cert *cert,
    unsigned issuer)
{
	struct dv_subtrees subtrees = { q->anchor->permitted,
	    q->anchor->excluded };
	struct dv_at unused;
	enum dv_reason reason = dv_constraints_check(cert, &subtrees,
	    &q->work->name_checks, &unused);

	for (unsigned i = issuer; i < q->count && reason == DV_R_NONE; i++) {
		subtrees.permitted = q->work->cert[i].ext.permitted;
		subtrees.excluded = q->work->cert[i].ext.excluded;
		reason = dv_constraints_check(cert, &subtrees,
		    &q->work->name_checks, &unused);
	}
	return reason == DV_R_NONE;
}

/*
 * Does a certificate from outside the path lead to its anchor: issued by the
 * anchor or by a CA of the path? Who that is goes into *certifier.
 */
static bool
leads_to_anchor(const struct dv_revoke *q, const struct dv_cert *cert,
    unsigned *certifier)
{
	*certifier = dv_anchor_holder(q);
	if (dv_name_equal(q->anchor->name, cert->issuer) &&
	    signature_check(q, cert, q->anchor_key) == DV_R_NONE)
		return names_permitted(q, cert, q->count);
	for (unsigned i = 1; i < q->count; i++) {
		const struct dv_cert *issuer = &q->work->cert[i];

		*certifier = i;
		if (dv_name_equal(issuer->subject, cert->issuer) &&
		    signature_check(q, cert, &issuer->key) == DV_R_NONE)
			return names_permitted(q, cert, i);
	}
	return false;
}

/* Holder number of a certificate of the pile that was used before, or 0. */
static unsigned
outside_holder(const struct dv_revoke *q, size_t pile)
{
	for (unsigned i = 0; i < dv_crls(q)->outside_count; i++) {
		if (dv_crls(q)->outside[i] == pile)
			return q->count + 1 + i;
	}
	return 0;
}

static bool
in_path(const struct dv_revoke *q, struct dv_bytes der)
{
	for (unsigned i = 0; i < q->count; i++) {
		if (dv_bytes_equal(q->work->cert[i].der, der))
			return true;
	}
	return false;
}

/* Reads a certificate of the pile that is not in the path. */
bool
dv_outside_read(const struct dv_revoke *q, size_t pile, struct dv_cert *out)
{
	struct dv_at unused;

	return !in_path(q, q->chain->intermediates[pile]) &&
	    dv_cert_read(q->chain->intermediates[pile], out, &unused) ==
	    DV_R_NONE;
}

/* May this certificate, whose name is right, sign the CRL, and did it? */
static bool
signed_by_outside(const struct dv_revoke *q, size_t index, size_t pile)
{
	struct dv_crl_work *crls = dv_crls(q);
	const struct dv_cert *cert = &q->work->candidate;
	const struct dv_place place = { .cert = cert, .policy = q->policy,
	    .index = cert->ext.ca ? 1 : 0 };
	unsigned holder = outside_holder(q, pile), certifier;
	enum dv_reason reason;
	struct dv_at unused;

	reason = dv_rules_crl_signer(&place, &unused);
	if (reason != DV_R_NONE) {
		refuse(q, index, reason == DV_R_KEY_USAGE_CRL_SIGN ? reason :
		    DV_R_CRL_ISSUER);
		return false;
	}
	if (holder == 0 && crls->outside_count == DV_MAX_CRL_SIGNERS) {
		refuse(q, index, DV_R_CRL_LIMIT);
		return false;
	}
	if (holder != 0)
		return signed_by(q, index, holder, &cert->key);
	holder = q->count + 1 + crls->outside_count;
	if (!signed_by(q, index, holder, &cert->key))
		return false;
	if (!leads_to_anchor(q, cert, &certifier)) {
		refuse(q, index, DV_R_CRL_ISSUER);
		return false;
	}
	crls->status[holder] = DV_HOLDER_WAITING;
	crls->certifier[crls->outside_count] = (uint8_t)certifier;
	crls->outside[crls->outside_count++] = (uint8_t)pile;
	return true;
}

static bool
signed_outside(const struct dv_revoke *q, size_t index, bool differ)
{
	const struct dv_crl *crl = &q->chain->crls[index];
	const struct dv_cert *cert = &q->work->candidate;

	for (size_t i = 0; i < q->chain->intermediate_count; i++) {
		if (dv_outside_read(q, i, &q->work->candidate) &&
		    dv_name_equal(cert->subject, crl->issuer) &&
		    key_ids_differ(crl, cert->ext.subject_key_id) == differ &&
		    signed_by_outside(q, index, i))
			return true;
	}
	return false;
}

/* Those whose key identifier fits before those whose does not. */
static void
signer_find(const struct dv_revoke *q, size_t index)
{
	if (!signed_inside(q, index, false) &&
	    !signed_outside(q, index, false) &&
	    !signed_inside(q, index, true))
		(void)signed_outside(q, index, true);
}

enum dv_reason
dv_crl_resolve(const struct dv_revoke *q, size_t index)
{
	struct dv_crl_work *crls = dv_crls(q);

	if (!crls->resolved[index]) {
		crls->resolved[index] = true;
		crls->refusal[index] = (uint8_t)list_check(q,
		    &q->chain->crls[index]);
		if (crls->refusal[index] == DV_R_NONE) {
			crls->refusal[index] = DV_R_CRL_ISSUER;
			signer_find(q, index);
		}
	}
	return (enum dv_reason)crls->refusal[index];
}

#endif
