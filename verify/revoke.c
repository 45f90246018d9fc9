/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Revocation of a path: which CRLs speak about which certificate, who signed
 * them, and what they say. A CRL is believed only when its signer's own
 * certificate leads to the anchor of the path and has a status that does not
 * rest on that CRL. No recursion: statuses are settled in rounds. RFC 5280 6.3.
 */
#include "revoke.h"

#include "at.h"
#include "bytes.h"
#include "built.h"

#if DV_HAS_CRL

#include "crl_point.h"
#include "crl_signer.h"

/* ---- what it says ------------------------------------------------------ */

/* Of INTEGERs that are not negative and in their shortest form, the leading
 * zero of a sign bit included, the longer is the larger. */
static bool
number_less(struct dv_bytes a, struct dv_bytes b)
{
	size_t i = 0;

	if (a.len != b.len)
		return a.len < b.len;
	while (i < a.len && a.ptr[i] == b.ptr[i])
		i++;
	return i < a.len && a.ptr[i] < b.ptr[i];
}

static bool
same_scope(const struct dv_crl *a, const struct dv_crl *b)
{
	return dv_name_equal(a->issuer, b->issuer) &&
	    dv_bytes_equal(a->issuing_value, b->issuing_value) &&
	    dv_bytes_equal(a->authority_key_id, b->authority_key_id);
}

static bool
is_delta(const struct dv_crl *crl)
{
	return dv_crl_has(crl, DV_CRL_EXT_DELTA);
}

/* Both of one scope and one signer, the second with a larger number? */
static bool
follows(const struct dv_revoke *q, size_t earlier, size_t later)
{
	const struct dv_crl *a = &q->chain->crls[earlier];
	const struct dv_crl *b = &q->chain->crls[later];

	return a->number.len > 0 && b->number.len > 0 &&
	    number_less(a->number, b->number) && same_scope(a, b) &&
	    b->this_update.s <= q->policy->at.s &&
	    dv_crl_resolve(q, later) == DV_R_NONE &&
	    dv_crls(q)->signer[earlier] == dv_crls(q)->signer[later];
}

/* A newer complete CRL of the same kind makes this one history. */
static bool
superseded(const struct dv_revoke *q, size_t index)
{
	for (size_t i = 0; i < q->chain->crl_count; i++) {
		if (!is_delta(&q->chain->crls[i]) && follows(q, index, i))
			return true;
	}
	return false;
}

/* RFC 5280 6.3.3 (c), 5.2.4: the newest delta that continues this CRL. */
static bool
newest_delta(const struct dv_revoke *q, size_t base, size_t *out)
{
	const struct dv_crl *crls = q->chain->crls;
	bool found = false;

	for (size_t i = 0; i < q->chain->crl_count; i++) {
		if (!is_delta(&crls[i]) || !follows(q, base, i) ||
		    number_less(crls[base].number, crls[i].base_number))
			continue;
		if (!found || number_less(crls[*out].number, crls[i].number))
			*out = i;
		found = true;
	}
	return found;
}

/* The entry of this certificate, the last when there are several. */
static bool
entry_find(const struct dv_crl *crl, const struct dv_cert *cert,
    struct dv_crl_entry *out)
{
	struct dv_bytes rest = crl->entries;
	struct dv_crl_entry entry = { .issuer = { NULL, 0 } };
	bool found = false;

	while (dv_crl_next(&rest, &entry)) {
		if (!dv_bytes_equal(entry.serial, cert->serial) ||
		    !(entry.issuer.len > 0 ?
		    dv_names_list(entry.issuer, cert->issuer) :
		    dv_name_equal(crl->issuer, cert->issuer)))
			continue;
		*out = entry;
		found = true;
	}
	return found;
}

/*
 * Does this complete CRL, with the delta that continues it, say that the
 * certificate is revoked? RFC 5280 6.3.3 (i) to (k). What a delta past its
 * nextUpdate revokes stays revoked, what it removes does not count.
 */
static bool
says_revoked(const struct dv_revoke *q, size_t index,
    const struct dv_cert *cert, struct dv_crl_entry *entry)
{
	struct dv_crl_work *crls = dv_crls(q);
	const struct dv_crl *delta;
	size_t i = 0;

	if (newest_delta(q, index, &i)) {
		delta = &q->chain->crls[i];
		if (dv_crl_age(q, delta) == DV_R_NONE &&
		    delta->next_update.s < crls->until.s)
			crls->until = delta->next_update;
		if (entry_find(delta, cert, entry)) {
			if (entry->reason != DV_CRL_REMOVE_FROM_CRL)
				return true;
			if (dv_crl_age(q, delta) == DV_R_NONE)
				return false;
		}
	}
	return entry_find(&q->chain->crls[index], cert, entry);
}

/* ---- one certificate --------------------------------------------------- */

/* What the CRLs given say about one certificate. */
struct finding {
	unsigned holder;
	const struct dv_cert *cert;	/* the holder's */
	unsigned reasons;	/* for which it is known not to be revoked */
	bool spoken;		/* some CRL speaks about it */
	bool waiting;		/* for the status of a signer */
	bool circular;		/* only its own key says so */
	bool revoked;
	struct dv_crl_entry entry;
};

/* Who certified a holder: the next of the path, its anchor, or, for a signer
 * outside, whoever it was. */
static unsigned
certifier_of(const struct dv_revoke *q, unsigned holder)
{
	return holder < q->count ? holder + 1 :
	    dv_crls(q)->certifier[holder - q->count - 1];
}

/*
 * The path of a CRL's signer must hold without the certificate in question (RFC
 * 5280 6.3.3 (f)): else a CA that was withdrawn would certify a signer who says
 * that it was not. A signer outside has the authority of who certified it.
 */
static bool
stands_above(const struct dv_revoke *q, unsigned signer, unsigned holder)
{
	unsigned authority = signer <= dv_anchor_holder(q) ? signer :
	    certifier_of(q, signer);

	return authority >= certifier_of(q, holder);
}

/* May the CRL's signer be believed about this holder? */
static bool
signer_settled(const struct dv_revoke *q, size_t index, struct finding *f)
{
	unsigned signer = dv_crls(q)->signer[index];

	if (signer == f->holder) {
		if (dv_crl_designated(&q->chain->crls[index], f->cert))
			return true;
		f->circular = true;
		if (q->policy->revocation == DV_REVOCATION_REQUIRED)
			dv_revoke_note_crl(q, index, DV_R_CRL_ISSUER_STATUS);
		return false;
	}
	if (!stands_above(q, signer, f->holder))
		dv_revoke_note_crl(q, index, DV_R_CRL_ISSUER_BELOW);
	else if (dv_crls(q)->status[signer] == DV_HOLDER_WAITING)
		dv_crls(q)->waited = f->waiting = true;
	else if (dv_crls(q)->status[signer] == DV_HOLDER_BAD)
		dv_revoke_note_crl(q, index, DV_R_CRL_ISSUER_STATUS);
	else
		return true;
	return false;
}

static void
ask_crl(const struct dv_revoke *q, size_t index, struct finding *f)
{
	const struct dv_crl *crl = &q->chain->crls[index];
	unsigned reasons = dv_crl_scope(crl, f->cert);
	enum dv_reason reason;
	bool believed;

	if (reasons == 0)
		return;
	f->spoken = true;
	reason = dv_crl_resolve(q, index);
	if (reason == DV_R_NONE)
		reason = dv_crl_age(q, crl);
	if (reason == DV_R_NONE && is_delta(crl))
		reason = DV_R_CRL_BASE_MISSING;
	if (reason != DV_R_NONE) {
		dv_revoke_note_crl(q, index, reason);
		return;
	}
	if (superseded(q, index))
		return;
	believed = signer_settled(q, index, f);
	if ((believed || f->circular) && !f->revoked)
		f->revoked = says_revoked(q, index, f->cert, &f->entry);
	if (believed) {
		f->reasons |= reasons;
		if (crl->next_update.s < dv_crls(q)->until.s)
			dv_crls(q)->until = crl->next_update;
		if (f->reasons != DV_CRL_ALL_REASONS)
			dv_revoke_note_crl(q, index, DV_R_CRL_REASONS);
	}
}

static void
note_revoked(const struct dv_revoke *q, const struct finding *f)
{
	struct dv_verdict v = { .status = DV_REJECTED, .reason = DV_R_REVOKED,
	    .object = DV_OBJECT_CERTIFICATE, .index = f->holder };

	(void)dv_fail_part(&f->cert->der, &v.at, DV_R_REVOKED, DV_F_SERIAL,
	    f->cert->serial);
	dv_found(&v.at, (struct dv_value){ .kind = DV_VALUE_REVOKED,
	    .number = f->entry.date.s,
	    .text = dv_crl_reason_name(f->entry.reason) });
	dv_revoke_note(q, &v);
}

static void
note_missing(const struct dv_revoke *q, unsigned holder,
    const struct dv_cert *cert)
{
	struct dv_verdict v = { .status = DV_REJECTED,
	    .reason = DV_R_CRL_MISSING, .object = DV_OBJECT_CERTIFICATE,
	    .index = holder };

	(void)dv_fail_at(&v.at, DV_R_CRL_MISSING, DV_F_CRL_DISTRIBUTION_POINTS,
	    DV_NO_OFFSET);
	dv_found(&v.at, dv_octets(DV_VALUE_NAME, cert->issuer));
	dv_revoke_note(q, &v);
}

/* RFC 9608: for end entities only. */
static bool
has_no_status(const struct dv_cert *cert)
{
	return dv_cert_has(cert, DV_EXT_NO_REV_AVAIL) && !cert->ext.ca;
}

/* The status of one holder, from what is settled by now. BAD: see best. */
static uint8_t
judge(const struct dv_revoke *q, unsigned holder, const struct dv_cert *cert)
{
	bool required = q->policy->revocation == DV_REVOCATION_REQUIRED;
	struct finding f = { .holder = holder, .cert = cert };

	dv_crls(q)->best = (struct dv_verdict){ .status = DV_UNDECIDED };
	for (size_t i = 0; i < q->chain->crl_count; i++)
		ask_crl(q, i, &f);
	if (f.revoked) {
		note_revoked(q, &f);
		return DV_HOLDER_BAD;
	}
	if (f.reasons == DV_CRL_ALL_REASONS)
		return DV_HOLDER_GOOD;
	if (has_no_status(cert))
		return DV_HOLDER_UNAVAILABLE;
	if (f.waiting)
		return DV_HOLDER_WAITING;
	if (!f.spoken || (f.circular &&
	    dv_crls(q)->best.reason == DV_R_NONE)) {
		if (!required)
			return DV_HOLDER_NOT_CHECKED;
		note_missing(q, holder, cert);
	}
	return DV_HOLDER_BAD;
}

/* ---- the path ---------------------------------------------------------- */

/*
 * A signer's certificate from outside the path, read again. Every CRL has been
 * resolved before, so that nothing else is read into its place.
 */
static const struct dv_cert *
outside_cert(const struct dv_revoke *q, unsigned holder)
{
	size_t pile = dv_crls(q)->outside[holder - q->count - 1];

	for (size_t i = 0; i < q->chain->crl_count; i++)
		(void)dv_crl_resolve(q, i);
	return dv_outside_read(q, pile, &q->work->candidate) ?
	    &q->work->candidate : NULL;
}

/* Nothing that rests on a signer who turned out bad may stand. */
static void
unsettle(const struct dv_revoke *q)
{
	uint8_t *status = dv_crls(q)->status;

	for (unsigned i = 0; i < dv_holder_count(q); i++) {
		if (i != dv_anchor_holder(q) && status[i] != DV_HOLDER_BAD)
			status[i] = DV_HOLDER_WAITING;
	}
}

/* One holder again, from what is settled now. False: a path is refused. */
static bool
judge_holder(const struct dv_revoke *q, unsigned holder, bool *changed)
{
	struct dv_crl_work *crls = dv_crls(q);
	const struct dv_cert *cert = holder < q->count ?
	    &q->work->cert[holder] : outside_cert(q, holder);
	uint8_t status = cert == NULL ? DV_HOLDER_BAD : judge(q, holder, cert);

	if (status == DV_HOLDER_BAD && holder < q->count)
		return false;
	if (status == crls->status[holder])
		return true;
	*changed = true;
	crls->status[holder] = status;
	if (status == DV_HOLDER_BAD)
		unsettle(q);
	return true;
}

/* Everybody once; the outside signers that appear meanwhile too. */
static bool
judge_all(const struct dv_revoke *q, bool *changed)
{
	struct dv_crl_work *crls = dv_crls(q);

	*changed = false;
	crls->waited = false;
	crls->until = (dv_time){ DV_TIME_MAX };
	for (unsigned i = 0; i < dv_holder_count(q); i++) {
		if (i != dv_anchor_holder(q) && crls->status[i] != DV_HOLDER_BAD &&
		    !judge_holder(q, i, changed))
			return false;
	}
	return true;
}

/* Rounds until nobody waits for anybody. Each signer who turns out bad costs as
 * many again as there are between it and the leaf: who needs more is refused. */
#define MAX_ROUNDS (DV_MAX_PATH + 2 * DV_MAX_CRL_SIGNERS)

static bool
settle(const struct dv_revoke *q)
{
	bool changed = true;
	unsigned round;

	for (round = 0; changed && round < MAX_ROUNDS; round++) {
		if (!judge_all(q, &changed))
			return false;
		changed = changed && dv_crls(q)->waited;
	}
	for (unsigned i = 0; i < q->count; i++) {
		if (dv_crls(q)->status[i] > DV_HOLDER_BAD && !changed)
			continue;
		note_missing(q, i, &q->work->cert[i]);
		dv_crls(q)->best.reason = DV_R_CRL_ISSUER_STATUS;
		return false;
	}
	return true;
}

bool
dv_revoke_check(const struct dv_revoke *q, const struct dv_verdict **why)
{
	*dv_crls(q) = (struct dv_crl_work){ .until = { DV_TIME_MAX } };
	dv_crls(q)->status[dv_anchor_holder(q)] = DV_HOLDER_GOOD;
	*why = &dv_crls(q)->best;
	return q->policy->revocation == DV_REVOCATION_NONE || settle(q);
}

void
dv_revoke_fill(const struct dv_work *work, struct dv_path *path)
{
	for (size_t i = 0; i < path->count; i++) {
		uint8_t status = work->crls.status[i];

		path->revocation[i] = status == DV_HOLDER_GOOD ? DV_REVOCATION_GOOD :
		    status == DV_HOLDER_UNAVAILABLE ? DV_REVOCATION_UNAVAILABLE :
		    DV_REVOCATION_NOT_CHECKED;
	}
	if (work->crls.until.s < path->good_until.s)
		path->good_until = work->crls.until;
}

#endif
