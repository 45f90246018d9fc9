/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs every vector against the core, prints TAP: one line a claim, one line
 * for the properties of each accepted vector. Never skips: a vector it cannot
 * read ends the run. Usage: run_vectors [-q] DIR; -q leaves the properties out.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	return strcmp(dv_reason_name(got->reason), e->reason) == 0 &&
	    text_fits(e->object, dv_object_name(got->object)) &&
	    (e->index < 0 || got->index == (unsigned)e->index) &&
	    text_fits(e->field, dv_field_name(got->at.field)) &&
	    offset_fits(e, &got->at);
}

/*
 * Of a build that leaves something out: what needs that is refused, and what is
 * refused by the whole build is too; only the reason may be another.
 */
static bool
reduced_fits(const struct vector *v, const struct answer *a)
{
	return vector_needs_left_out(v) && a->broken == NULL &&
	    a->verdict.status == DV_REJECTED;
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
	if (e->offset_first >= 0)
		printf(" at %" PRId64 "-%" PRId64, e->offset_first,
		    e->offset_last);
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
	    "accepted" : dv_reason_name(got->reason),
	    dv_object_name(got->object), got->index,
	    dv_field_name(got->at.field));
	if (got->at.offset != DV_NO_OFFSET)
		printf(" at %" PRIu32, got->at.offset);
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

static void
vector_run(const char *root, enum vector_kind kind, const char *folder,
    bool quick)
{
	struct vector *v = vector_load(root, kind, folder);
	const struct answer a = vector_ask(v, &v->in);
	const bool same = answer_fits(&v->expect, &a);
	const bool ok = same || reduced_fits(v, &a);

	if (!same && ok)
		reduced++;
	if (same && v->expect.accepted)
		accepted++;
	tap(ok, v->name, "");
	if (!ok) {
		wanted_show(&v->expect);
		found_show(&a);
	}
	if (v->expect.accepted && same && !quick)
		properties(v);
	vector_free(v);
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
kind_run(const char *root, enum vector_kind kind, bool quick)
{
	char path[512];
	struct dirent **list;
	int n;

	snprintf(path, sizeof(path), "%s/%s", root, vector_kind_name(kind));
	n = scandir(path, &list, visible, alphasort);
	if (n <= 0) {
		printf("Bail out! %s: no vectors\n", path);
		exit(3);
	}
	for (int i = 0; i < n; i++) {
		vector_run(root, kind, list[i]->d_name, quick);
		free(list[i]);
	}
	free(list);
}

int
main(int argc, char **argv)
{
	const bool quick = argc == 3 && strcmp(argv[1], "-q") == 0;

	if (argc != (quick ? 3 : 2)) {
		fprintf(stderr, "usage: run_vectors [-q] DIR\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned kind = KIND_CERT; kind <= KIND_RECEIPT; kind++)
		kind_run(argv[argc - 1], (enum vector_kind)kind, quick);
	printf("# %lu bit flips, %lu cuts\n", flips, cuts);
	printf("# %u accepted; %u refused for what this build leaves out\n",
	    accepted, reduced);
	tap(accepted > 0, "some are accepted", "");
	printf("1..%u\n", done);
	return failed > 0 ? 1 : 0;
}
