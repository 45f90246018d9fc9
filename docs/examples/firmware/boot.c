/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is this image signed by somebody the compiled-in roots vouch for, for this
 * model, and no older than what already ran here? Never starts anything, and
 * never stores a floor by itself. docs/EMBEDDING.md explains each step.
 */
#include "boot.h"

#include <string.h>

static struct dv_bytes
text(const char *s)
{
	return (struct dv_bytes){ (const uint8_t *)s, strlen(s) };
}

static struct dv_verdict
refused(enum dv_reason reason, enum dv_object object, const struct dv_at *at)
{
	return (struct dv_verdict){ .status = DV_REJECTED, .reason = reason,
	    .object = object, .at = *at };
}

/*
 * A clock that is behind what this device has seen is no clock. Without one the
 * signer's own time is taken, but none before the floor.
 */
static dv_time
boot_time(dv_time clock, dv_time seen, const struct dv_sign1 *sign1)
{
	if (clock.s >= seen.s)
		return clock;
	return sign1->has_iat && sign1->iat.s > seen.s ? sign1->iat : seen;
}

#ifndef DV_NO_CRL
/* Every CRL of the slot, and a good answer for every certificate. */
static struct dv_verdict
crls_read(const struct boot_slot *slot, struct dv_chain *trust,
    struct dv_policy *policy)
{
	static struct dv_crl crls[BOOT_CRLS];
	struct dv_at at = { .offset = DV_NO_OFFSET };
	enum dv_reason reason;

	policy->revocation = DV_REVOCATION_REQUIRED;
	trust->crls = crls;
	for (size_t i = 0; i < BOOT_CRLS && slot->crl[i].len > 0; i++) {
		reason = dv_crl_parse(slot->crl[i], &crls[i], &at);
		if (reason != DV_R_NONE)
			return refused(reason, DV_OBJECT_CRL, &at);
		trust->crl_count++;
	}
	return (struct dv_verdict){ .status = DV_ACCEPTED };
}
#endif

/* What an accepted envelope says must be what this device may run. */
static struct dv_verdict
demands_check(const struct dv_sign1 *sign1, const struct dv_cert *leaf,
    const struct boot_floor *floor)
{
	const struct dv_demand demands[] = {
		{ .kind = DV_DEMAND_CLAIM, .key = text("model"),
		    .value = text(BOOT_MODEL) },
		{ .kind = DV_DEMAND_MIN_VERSION, .key = text("version"),
		    .value = text(floor->version) },
	};

	return dv_demands_check(sign1, leaf, demands,
	    sizeof(demands) / sizeof(demands[0]));
}

/* False: the version is longer than the floor has room for. */
static bool
floor_raise(const struct dv_sign1 *sign1, struct boot_floor *next)
{
	if (sign1->version.len >= sizeof(next->version))
		return false;
	memset(next->version, 0, sizeof(next->version));
	memcpy(next->version, sign1->version.ptr, sign1->version.len);
	if (sign1->iat.s > next->seen.s)
		next->seen = sign1->iat;
	return true;
}

struct dv_verdict
boot_check(const struct boot_slot *slot, const struct boot_floor *floor,
    dv_time clock, struct boot_floor *next)
{
	static struct dv_sign1 sign1;
	static struct dv_work work;
	static struct dv_path path;
	struct dv_chain trust = { .anchors = dv_builtin_anchors,
	    .anchor_count = dv_builtin_anchor_count };
	struct dv_at at = { .offset = DV_NO_OFFSET };
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_policy policy;
	struct dv_question question = { .trust = &trust, .policy = &policy };
	struct dv_verdict verdict;
	enum dv_reason reason;

	*next = *floor;
	reason = dv_sign1_parse(slot->envelope, DV_PROFILE_STRICT, &sign1, &at);
	if (reason != DV_R_NONE)
		return refused(reason, DV_OBJECT_ENVELOPE, &at);

	question.digest.ptr = digest;
	question.digest.len = dv_hash_once(sign1.hash, slot->image, digest);

	policy = dv_policy_strict(boot_time(clock, floor->seen, &sign1));
#ifndef DV_NO_CRL
	verdict = crls_read(slot, &trust, &policy);
	if (verdict.status != DV_ACCEPTED)
		return verdict;
#endif
	verdict = dv_sign1_verify(&sign1, &question, &work, &path);
	if (verdict.status != DV_ACCEPTED)
		return verdict;
	verdict = demands_check(&sign1, &path.cert[0], floor);
	if (verdict.status != DV_ACCEPTED)
		return verdict;
	if (!floor_raise(&sign1, next))
		return refused(DV_R_LIMIT, DV_OBJECT_ENVELOPE, &at);
	return verdict;
}
