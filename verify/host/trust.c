/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which anchors a program trusts. Without DV_LAB nothing in this file reads
 * anything: the anchors are constants of the program.
 */
#include "host/trust.h"

#ifdef DV_LAB
#include "host/report.h"

static enum dv_exit
not_an_anchor(const char *path, enum dv_reason reason, const struct dv_at *at,
    struct dv_err *err)
{
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .reason = reason, .at = *at };
	struct dv_buf line = { 0 };
	enum dv_exit exit;

	if (!dv_reason_line(&line, &verdict))
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	exit = dv_fail(err, DV_EXIT_NONE, "%s: not usable as an anchor: %.*s",
	    path, (int)line.len, (const char *)line.ptr);
	dv_buf_free(&line);
	return dv_hint(err, exit, "%s", dv_reason_text(reason));
}

static enum dv_exit
add_anchor(struct dv_trust *trust, size_t i, struct dv_err *err)
{
	const char *path = trust->files.path[i];
	struct dv_cert cert;
	struct dv_at at;
	enum dv_reason reason;

	if (trust->count == DV_TRUST_MAX)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: more than %d anchors", path, DV_TRUST_MAX);
	/* Who trusts it trusts it with the defects of its form. */
	reason = dv_cert_read(dv_ders_at(&trust->files, i), &cert, &at);
	if (reason == DV_R_NONE)
		reason = dv_anchor_from_cert(&cert,
		    &trust->room[trust->count], &at);
	if (reason != DV_R_NONE)
		return not_an_anchor(path, reason, &at, err);
	trust->count++;
	return DV_EXIT_YES;
}

enum dv_exit
dv_trust_load(const struct dv_args *args, struct dv_trust *out,
    struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	const char *path;

	*out = (struct dv_trust){ .lab = DV_TRUST_NONE };
	out->anchors = out->room;
	for (size_t i = 0; i < dv_builtin_anchor_count; i++) {
		if (out->count < DV_TRUST_MAX)
			out->room[out->count++] = dv_builtin_anchors[i];
	}
	for (int i = 0; exit == DV_EXIT_YES &&
	    (path = dv_args_nth(args, "anchor", i)) != NULL; i++) {
		out->lab = DV_TRUST_GIVEN;
		exit = dv_ders_load(&out->files, path, "CERTIFICATE", err);
	}
	for (size_t i = 0; exit == DV_EXIT_YES && i < out->files.count; i++)
		exit = add_anchor(out, i, err);
	return exit;
}

void
dv_trust_free(struct dv_trust *trust)
{
	dv_ders_free(&trust->files);
}

#else

enum dv_exit
dv_trust_load(const struct dv_args *args, struct dv_trust *out,
    struct dv_err *err)
{
	(void)args;
	(void)err;
	*out = (struct dv_trust){ .anchors = dv_builtin_anchors,
	    .count = dv_builtin_anchor_count };
	return DV_EXIT_YES;
}

void
dv_trust_free(struct dv_trust *trust)
{
	(void)trust;
}

#endif
