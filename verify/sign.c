/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several signatures on one artefact as one answer: which of them count, and
 * for how long. Judges none of them, and counts no key twice. docs/FORMAT.md.
 */
#include "dv_sign1.h"

#include "at.h"

static bool
is_accepted(const struct dv_outcome *one)
{
	return one->verdict.status == DV_ACCEPTED;
}

/* All must be accepted: the first refusal decides, else the one that ends
 * first. */
static size_t
decide_all(const struct dv_outcome *each, size_t count)
{
	size_t decides = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_accepted(&each[i]))
			return i;
		if (each[i].good_until.s < each[decides].good_until.s)
			decides = i;
	}
	return decides;
}

/* None is accepted: the refusal that came nearest. */
static size_t
decide_nearest(const struct dv_outcome *each, size_t count)
{
	size_t decides = 0;

	for (size_t i = 1; i < count; i++)
		if (dv_reason_rank(each[i].verdict.reason) >
		    dv_reason_rank(each[decides].verdict.reason))
			decides = i;
	return decides;
}

/* Those that count, as numbers of them. */
struct taken {
	size_t at[DV_MAX_SIGNERS];
	size_t count;
};

/* The accepted one that ends last, of a key that does not count yet; count when
 * there is none. */
static size_t
next_best(const struct dv_outcome *each, size_t count,
    const struct taken *taken)
{
	size_t best = count;

	for (size_t i = 0; i < count; i++) {
		bool counts = is_accepted(&each[i]);

		for (size_t k = 0; counts && k < taken->count; k++)
			counts = !dv_key_same(&each[i].key,
			    &each[taken->at[k]].key);
		if (counts && (best == count ||
		    each[i].good_until.s > each[best].good_until.s))
			best = i;
	}
	return best;
}

static struct dv_verdict
too_few(size_t needed, size_t found)
{
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .reason = DV_R_SIGNATURES_TOO_FEW, .object = DV_OBJECT_ARTEFACT,
	    .at = { .offset = DV_NO_OFFSET } };

	dv_wanted_as(&verdict.at, "wanted at least",
	    dv_number((int64_t)needed));
	dv_found(&verdict.at, dv_number((int64_t)found));
	return verdict;
}

struct dv_verdict
dv_outcomes_decide(const struct dv_outcome *each, size_t count, size_t needed,
    size_t *decides)
{
	struct taken taken = { .count = 0 };
	size_t best = count;

	*decides = count;
	if (count == 0 || count > DV_MAX_SIGNERS)
		return too_few(needed, 0);
	if (needed == 0) {
		*decides = decide_all(each, count);
		return each[*decides].verdict;
	}
	while (taken.count < needed &&
	    (best = next_best(each, count, &taken)) < count)
		taken.at[taken.count++] = best;
	if (taken.count < needed && needed > 1)
		return too_few(needed, taken.count);
	*decides = taken.count == needed ? best : decide_nearest(each, count);
	return each[*decides].verdict;
}
