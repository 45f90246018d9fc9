/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between the two halves of revocation: crl_signer.c (may this CRL be used, and
 * whose key signed it) and revoke.c (what it says about whom). RFC 5280 6.3.3.
 */
#ifndef CRL_SIGNER_H
#define CRL_SIGNER_H

#include "revoke.h"

/* dv_crl_work.status: before the last three there is no answer yet. */
enum {
	DV_HOLDER_WAITING = 0,		/* for the status of a CRL's signer */
	DV_HOLDER_BAD,			/* an outside signer: revoked, or not known */
	DV_HOLDER_NOT_CHECKED,
	DV_HOLDER_GOOD,
	DV_HOLDER_UNAVAILABLE
};

static inline struct dv_crl_work *
dv_crls(const struct dv_revoke *q)
{
	return &q->work->crls;
}

static inline unsigned
dv_anchor_holder(const struct dv_revoke *q)
{
	return q->count;
}

static inline unsigned
dv_holder_count(const struct dv_revoke *q)
{
	return q->count + 1 + dv_crls(q)->outside_count;
}

/* Remembers the nearest miss of the certificate in question. */
void dv_revoke_note(const struct dv_revoke *q, const struct dv_verdict *miss);

/* The same of one CRL, told from the CRL and the reason alone. */
void dv_revoke_note_crl(const struct dv_revoke *q, size_t index,
    enum dv_reason reason);

/*
 * Why the CRL cannot be used, whatever its age; DV_R_NONE when its signer is
 * found: dv_crl_work.signer[index]. Worked out once for each path.
 */
enum dv_reason dv_crl_resolve(const struct dv_revoke *q, size_t index);

/* thisUpdate <= the time of the question <= nextUpdate. */
DV_MUST_USE enum dv_reason dv_crl_age(const struct dv_revoke *q,
    const struct dv_crl *crl);

/* Reads a certificate of the pile that is not in the path. */
DV_MUST_USE bool dv_outside_read(const struct dv_revoke *q, size_t pile,
    struct dv_cert *out);

#endif
