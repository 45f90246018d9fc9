/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compares the answer to one vector with what it expects, and prints TAP: one
 * line a claim, one line for the properties of each accepted vector. Never
 * skips: a vector it cannot read ends the run.
 */
#include <stdio.h>
#include <string.h>

#include "built.h"
#include "vectors.h"

static unsigned done, failed, accepted, reduced;
static unsigned long flips, cuts;

static void
tap(bool ok, const char *name, const char *note)
{
	done++;
	if (!ok)
		failed++;
	printf("%s %u - %s%s\n", ok ? "ok" : "not ok", done, name, note);
}

/* ---- comparing ---- */

static bool
text_fits(const char *wanted, const char *found)
{
	return wanted[0] == '\0' || strcmp(wanted, found) == 0;
}

static bool
offset_fits(const struct expect *e, const struct dv_at *at)
{
	if (e->offset_first < 0)
		return true;
	return at->offset != DV_NO_OFFSET && at->offset >= e->offset_first &&
	    at->offset <= e->offset_last;
}

/* The words of the whole tables, also those that this build is without. */
static const char *
reason_name(enum dv_reason reason)
{
	static const struct {
		enum dv_reason reason;
		const char *name;
	} all[] = {
#define R(number, id, name, rank, rule, sentence, hint) { DV_R_##id, name },
#include "dv_reasons.def"
#undef R
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].reason == reason)
			return all[i].name;
	return "";
}

static const char *
field_name(enum dv_field field)
{
	static const char *const all[] = {
		"",
#define F(id, name) name,
#include "dv_fields.def"
#undef F
	};

	return all[field];
}

static bool
answer_fits(const struct expect *e, const struct answer *a)
{
	const struct dv_verdict *got = &a->verdict;

	if (a->broken != NULL ||
	    (got->status == DV_ACCEPTED) != e->accepted)
		return false;
	if (e->accepted)
		return (!e->has_good_until ||
		    a->good_until.s == e->good_until.s) &&
		    (e->policies[0] == '\0' ||
		    strcmp(a->policies, e->policies) == 0) &&
		    text_fits(e->statuses, a->statuses);
	return strcmp(reason_name(got->reason), e->reason) == 0 &&
	    text_fits(e->object, dv_object_name(got->object)) &&
	    (e->index < 0 || got->index == (unsigned)e->index) &&
	    got->at.countersignature == e->countersignature &&
	    text_fits(e->field, field_name(got->at.field)) &&
	    offset_fits(e, &got->at);
}

/* Who asks by a profile that is left out is told so, whatever else is wrong. */
static bool
profile_fits(const struct vector *v, const struct answer *a)
{
	return DV_HAS_PATH || v->expect.policy.profile != DV_PROFILE_PATH ||
	    a->verdict.reason == DV_R_NOT_BUILT;
}

/* A certificate that is read may be of a family that is left out, which is then
 * as unknown as any, and no path takes it (docs/PROFILES.md). */
static bool
is_refused(const struct vector *v, const struct answer *a)
{
	return a->verdict.status == DV_REJECTED ||
	    (v->kind == KIND_CERT && a->unknown);
}

/*
 * Of a build that leaves something out: what needs that is refused, and what is
 * refused by the whole build is too; only the reason may be another.
 */
static bool
reduced_fits(const struct vector *v, const struct answer *a)
{
	return vector_needs_left_out(v) && a->broken == NULL &&
	    is_refused(v, a) && profile_fits(v, a);
}

static void
wanted_show(const struct expect *e)
{
	char when[DV_TIME_TEXT];

	printf("#   wanted %s %s", e->accepted ? "accepted" : e->reason,
	    e->object);
	if (e->index >= 0)
		printf(" %d", e->index);
	printf(" %s", e->field);
	if (e->countersignature > 0)
		printf(" of countersignature %u", e->countersignature);
	if (e->offset_first >= 0)
		printf(" at %ld-%ld", (long)e->offset_first,
		    (long)e->offset_last);
	if (e->has_good_until) {
		dv_time_format(e->good_until, when);
		printf(" until %s", when);
	}
	if (e->policies[0] != '\0')
		printf(" for %s", e->policies);
	if (e->statuses[0] != '\0')
		printf(" with %s", e->statuses);
	printf("\n");
}

static void
found_show(const struct answer *a)
{
	const struct dv_verdict *got = &a->verdict;
	char when[DV_TIME_TEXT];

	printf("#   found  %s %s %u %s", got->status == DV_ACCEPTED ?
	    "accepted" : reason_name(got->reason),
	    dv_object_name(got->object), got->index,
	    field_name(got->at.field));
	if (got->at.countersignature > 0)
		printf(" of countersignature %u", got->at.countersignature);
	if (got->at.offset != DV_NO_OFFSET)
		printf(" at %lu", (unsigned long)got->at.offset);
	if (got->status == DV_ACCEPTED) {
		dv_time_format(a->good_until, when);
		printf(" until %s for %s with %s", when, a->policies,
		    a->statuses);
	}
	printf("%s%s\n", a->broken != NULL ? "; " : "",
	    a->broken != NULL ? a->broken : "");
}

/* ---- running ---- */

static void
properties(const struct vector *v)
{
	struct property_report report;
	char name[600], note[160];

	property_run(v, &report);
	flips += report.flips;
	cuts += report.cuts;
	snprintf(name, sizeof(name), "%s: properties", v->name);
	snprintf(note, sizeof(note),
	    ": every %u. bit: %lu flips, %lu cuts, %lu others", report.stride,
	    report.flips, report.cuts, report.others);
	tap(report.violation[0] == '\0', name, note);
	if (report.violation[0] != '\0')
		printf("#   %s\n", report.violation);
}

void
vector_check(const char *root, enum vector_kind kind, const char *folder,
    enum vector_how how)
{
	struct vector *v = vector_load(root, kind, folder);
	const struct answer a = vector_ask(v, &v->in);
	const bool same = answer_fits(&v->expect, &a);
	bool ok = same || reduced_fits(v, &a);

	reduced += !same && ok;
	accepted += same && v->expect.accepted;

	/* Another build may refuse for its own reason, and never accept more. */
	if (how == VECTOR_NEVER)
		ok = a.broken == NULL && (v->expect.accepted ||
		    is_refused(v, &a));
	tap(ok, v->name, how == VECTOR_NEVER ? ": no more than expected" : "");
	if (!ok) {
		wanted_show(&v->expect);
		found_show(&a);
	}
	if (v->expect.accepted && same && how == VECTOR_ALTERED)
		properties(v);
	vector_free(v);
}

int
vectors_end(void)
{
	printf("# %lu bit flips, %lu cuts\n", flips, cuts);
	printf("# %u accepted; %u refused for what this build leaves out\n",
	    accepted, reduced);
	printf("1..%u\n", done);
	return failed > 0 ? 1 : 0;
}
