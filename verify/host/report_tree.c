/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a directory differs from its signed list, for people and machines.
 * Whatever a name holds, a line stays a line.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "host/report.h"
#include "host/text.h"

bool
dv_differences_add(struct dv_differences *all, const struct dv_difference *one)
{
	const size_t cap = all->cap == 0 ? 64 : 2 * all->cap;
	struct dv_difference *grown;

	if (all->count == all->cap) {
		grown = realloc(all->at, cap * sizeof(*grown));
		if (grown == NULL)
			return false;
		all->at = grown;
		all->cap = cap;
	}
	all->at[all->count++] = *one;
	return true;
}

void
dv_differences_free(struct dv_differences *all)
{
	free(all->at);
	*all = (struct dv_differences){ .count = 0 };
}

static const char *
what_name(enum dv_difference_what what)
{
	switch (what) {
	case DV_MISSING:
		return "missing";
	case DV_EXTRA:
		return "extra";
	case DV_CHANGED:
		break;
	}
	return "changed";
}

void
dv_report_tree_text(FILE *out, const struct dv_report *report)
{
	const struct dv_differences *all = report->tree;

	if (all == NULL)
		return;
	(void)fprintf(out, "  %" PRIu64 " file%s in the signed list\n",
	    all->files, all->files == 1 ? "" : "s");
	for (size_t i = 0; i < all->count; i++) {
		const struct dv_difference *one = &all->at[i];

		(void)fprintf(out, "  %s ", what_name(one->what));
		dv_print_quoted(out, one->path);
		if (one->now != NULL)
			(void)fprintf(out, ", now %s", one->now);
		(void)fputc('\n', out);
	}
}

void
dv_report_tree_json(struct dv_json *j, const struct dv_report *report)
{
	const struct dv_differences *all = report->tree;

	if (all == NULL)
		return;
	dv_json_number(j, "files", (int64_t)all->files);
	dv_json_open(j, "differences", '[');
	for (size_t i = 0; i < all->count; i++) {
		dv_json_open(j, NULL, '{');
		dv_json_text(j, "what", what_name(all->at[i].what));
		dv_json_utf8(j, "path", all->at[i].path);
		if (all->at[i].now != NULL)
			dv_json_text(j, "now", all->at[i].now);
		dv_json_close(j, '{');
	}
	dv_json_close(j, '[');
}
