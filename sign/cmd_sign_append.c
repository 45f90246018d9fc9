/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign sign --append: one signature more in an envelope of several. The
 * others stay octet by octet, and nothing is said anew of the artefact.
 * docs/FORMAT.md.
 */
#include <string.h>

#include "cmd_sign.h"
#include "host/open.h"

enum dv_exit
ds_sign_append_usage(const struct dv_args *args, struct dv_err *err)
{
	static const char *const said[] = { "name", "content-type", "hash",
		"attach", "multi", "artefact-version", "device", "model",
		"not-before", "expires", "claim" };
	static const char *const other[] = { "embed", "manifest",
		"export-tbs", "import-signature" };
	const bool append = dv_args_has(args, "append");

	if (!append && !dv_args_has(args, "multi"))
		return DV_EXIT_YES;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (dv_args_has(args, other[i]))
			return dv_fail(err, DV_EXIT_USAGE, "sign: --%s does "
			    "not go with --multi or --append", other[i]);
	if (append && args->operand_count != 1)
		return dv_fail(err, DV_EXIT_USAGE,
		    "sign: --append is for one file only");
	for (size_t i = 0; append && i < sizeof(said) / sizeof(said[0]); i++)
		if (dv_args_has(args, said[i]))
			return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "sign: "
			    "--%s does not go with --append: the envelope has "
			    "said it", said[i]), "whoever signs first says "
			    "what is signed");
	return DV_EXIT_YES;
}

/* What the envelope is about: the file, or its digest by the envelope's hash. */
static enum dv_exit
artefact_read(const struct ds_sign_task *task, const struct dv_sign1 *first,
    struct dv_file_digest *digest, struct dv_buf *content, struct dv_err *err)
{
	enum dv_exit ret;

	if (!first->attached)
		return dv_file_hash(task->path, first->hash, digest, err);
	ret = dv_file_read(task->path, DV_MAX_ATTACHED, content, err);
	digest->size = content->len;
	return ret;
}

static enum dv_exit
append(const struct ds_sign_job *job, const struct ds_sign_task *task,
    struct dv_bytes before, struct dv_buf *made, struct dv_err *err)
{
	const struct dv_file_new file = { .path = task->target, .mode = 0644,
	    .replace = job->force || job->output == NULL };
	struct ds_sign1_new what = ds_sign_new(job, task,
	    (struct dv_bytes){ NULL, 0 });
	struct dv_file_digest digest = { .len = 0 };
	struct dv_buf content = { NULL, 0, 0 };
	struct dv_sign read;
	struct dv_at at;
	enum dv_exit ret;

	/* One that cannot be read is refused with its reason below. */
	if (dv_sign_parse(before, DV_PROFILE_STRICT, &read, &at) != DV_R_NONE)
		read.each[0] = (struct dv_sign1){ .hash = DV_HASH_SHA256 };
	ret = artefact_read(task, &read.each[0], &digest, &content, err);
	what.several = true;
	what.before = before;
	what.attached = read.each[0].attached;
	what.content = dv_buf_bytes(&content);
	what.digest = (struct dv_bytes){ digest.digest, digest.len };
	if (ret == DV_EXIT_YES)
		ret = ds_sign1_make(&what, made, err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(made), err);
	if (ret == DV_EXIT_YES)
		ret = ds_sign_say(job, task, digest.size, dv_buf_bytes(made),
		    err);
	dv_buf_free(&content);
	return ret;
}

enum dv_exit
ds_sign_append(const struct ds_sign_job *job, const struct ds_sign_task *task,
    struct dv_err *err)
{
	struct dv_buf before = { NULL, 0, 0 }, made = { NULL, 0, 0 };
	enum dv_exit ret = dv_file_read(job->append, DV_FILE_MAX_ENVELOPE,
	    &before, err);

	if (ret == DV_EXIT_YES && before.len == 0)
		ret = dv_fail(err, DV_EXIT_NO, "%s: is empty, wanted an "
		    "envelope", dv_path_shown(job->append));
	if (ret == DV_EXIT_YES)
		ret = append(job, task, dv_buf_bytes(&before), &made, err);
	dv_buf_free(&before);
	dv_buf_free(&made);
	return ret;
}
