/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage of a device's life and its next step, decided from what was found.
 * When in doubt the answer is "could not be told", never "not provisioned": a
 * boot script would provision anew. docs/LIFECYCLE.md.
 */
#include "status.h"

#include <stdio.h>
#include <string.h>

#define DAY INT64_C(86400)

/* ---- names ----------------------------------------------------------------- */

const char *
ds_stage_name(enum ds_stage stage)
{
	static const char *const names[] = {
		[DS_STAGE_UNKNOWN] = "unknown", [DS_STAGE_BLANK] = "blank",
		[DS_STAGE_KEY_MADE] = "key-made",
		[DS_STAGE_REQUESTED] = "requested",
		[DS_STAGE_INSTALLED] = "installed", [DS_STAGE_LOCKED] = "locked",
		[DS_STAGE_EXPIRED] = "expired", [DS_STAGE_BROKEN] = "broken",
	};
	return names[stage];
}

const char *
ds_renewal_name(enum ds_renewal renewal)
{
	return renewal == DS_RENEWAL_DUE ? "due" :
	    renewal == DS_RENEWAL_PENDING ? "pending" : "none";
}

const char *
ds_nv_name(const struct ds_nv *nv)
{
	return !nv->there ? "absent" : nv->locked && nv->written ? "locked" :
	    nv->written ? "written" : "defined";
}

const char *
ds_held_name(enum ds_held held)
{
	return held == DS_HELD_CERTIFICATE ? "certificate" :
	    held == DS_HELD_OTHER ? "other" : "unknown";
}

const char *
ds_nv_deleter(const struct ds_nv *nv)
{
	static const uint8_t never[DS_NV_POLICY];
	if (!nv->platform)
		return "owner";
	if (!nv->by_policy)
		return "platform";
	return memcmp(nv->policy, never, sizeof(never)) == 0 ? "nobody" :
	    "maker";
}

int64_t
ds_status_days(const struct ds_status *s)
{
	int64_t left = s->facts.until.s - s->now.s;
	return left >= 0 ? left / DAY : -((-left + DAY - 1) / DAY);
}

/* ---- deciding -------------------------------------------------------------- */

static enum ds_stage
problem(struct ds_status *s, enum ds_stage stage, const char *what)
{
	(void)snprintf(s->problem, sizeof(s->problem), "%s", what);
	return stage;
}

static bool
too_early(const struct ds_status *s)
{
	return s->chain_hash[0] != '\0' && s->now.s < s->facts.from.s;
}

static enum ds_stage
of_chain(struct ds_status *s)
{
	if (!s->key_there)
		return problem(s, DS_STAGE_BROKEN,
		    "there is a certificate, but its key is not there");
	if (s->key_hash[0] != '\0' && s->chain_hash[0] != '\0' &&
	    strcmp(s->key_hash, s->chain_hash) != 0)
		return problem(s, DS_STAGE_BROKEN,
		    "the certificate is for another key");
	if (s->chain_wrong.what[0] == '\0')
		return s->nv.locked && s->held == DS_HELD_CERTIFICATE ?
		    DS_STAGE_LOCKED : DS_STAGE_INSTALLED;
	if (s->chain_hash[0] != '\0' && s->now.s > s->facts.until.s)
		return problem(s, DS_STAGE_EXPIRED,
		    "the certificates are no longer valid");
	if (too_early(s))
		return problem(s, DS_STAGE_BROKEN, "the certificates are not "
		    "valid yet: is the clock right?");
	return problem(s, DS_STAGE_BROKEN, s->chain_wrong.what);
}

static enum ds_stage
stage_of(struct ds_status *s)
{
	if (s->wrong.what[0] != '\0')
		return problem(s, DS_STAGE_UNKNOWN, s->wrong.what);
	if (s->chain_there)
		return of_chain(s);
	if (!s->key_there)
		return DS_STAGE_BLANK;
	return s->request_there ? DS_STAGE_REQUESTED : DS_STAGE_KEY_MADE;
}

/* In the last third of its life, or past it. */
static enum ds_renewal
renewal_of(const struct ds_status *s)
{
	if (!s->usable && s->stage != DS_STAGE_EXPIRED)
		return DS_RENEWAL_NONE;
	if (s->request_there || s->next_there)
		return DS_RENEWAL_PENDING;
	int64_t life = s->facts.until.s - s->facts.from.s;
	return s->facts.until.s - s->now.s < life / 3 ? DS_RENEWAL_DUE :
	    DS_RENEWAL_NONE;
}

/* What to type when all is well. */
static const char *
next_of_usable(const struct ds_status *s)
{
	if (s->nv.there && !s->nv.locked)
		return "devsign install --nv, as before";
	if (s->renewal == DS_RENEWAL_PENDING)
		return "devsign install CHAIN";
	if (s->renewal == DS_RENEWAL_DUE)
		return "devsign renew";
	return s->tpm_there && !s->tpm.owner_auth ?
	    "devsign lock --level owner" : "devsign sign FILE";
}

static const char *
next_of(const struct ds_status *s)
{
	switch (s->stage) {
	case DS_STAGE_BLANK:
		return "devsign key create";
	case DS_STAGE_KEY_MADE:
		return "devsign request -n SUBJECT";
	case DS_STAGE_REQUESTED:
		return "devsign install CHAIN";
	case DS_STAGE_INSTALLED:
	case DS_STAGE_LOCKED:
		return next_of_usable(s);
	case DS_STAGE_EXPIRED:
		return s->renewal == DS_RENEWAL_PENDING ?
		    "devsign install CHAIN" : "devsign renew";
	case DS_STAGE_BROKEN:
		if (too_early(s))
			break;
		return s->key_there ? "devsign install CHAIN" :
		    s->operational ? "devsign reset" : "devsign key create";
	case DS_STAGE_UNKNOWN:
		break;
	}
	return "devsign status";
}

void
ds_status_decide(struct ds_status *s)
{
	bool elsewhere = strcmp(s->dir, DS_DEFAULT_DIR) != 0;
	s->problem[0] = '\0';
	s->stage = stage_of(s);
	s->usable = s->stage == DS_STAGE_INSTALLED ||
	    s->stage == DS_STAGE_LOCKED;
	s->renewal = renewal_of(s);
	const char *next = next_of(s);
	bool request = s->stage == DS_STAGE_KEY_MADE;
	bool with_dir = request ||
	    (elsewhere && s->stage != DS_STAGE_BLANK &&
	    strcmp(next, "devsign key create") != 0);
	(void)snprintf(s->next, sizeof(s->next), "%s%s%s", next,
	    with_dir ? " --dir " : "", with_dir ? s->dir : "");
}
