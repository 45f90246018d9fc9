/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign countersign: a release desk confirms an envelope with its own key.
 * Nothing of the envelope changes but that the confirmation is added; what it is
 * about is not looked at here. docs/FORMAT.md, "Countersignatures".
 */
#include <stdio.h>
#include <string.h>

#include "cmd_sign.h"
#include "host/open.h"
#include "host/when.h"

/* WebAssembly Core 5.5.16: how a module begins. */
static const uint8_t module_magic[] = { 0x00, 'a', 's', 'm' };

const struct dv_opt ds_cmd_countersign_options[] = {
	DS_KEY_OPTIONS,
	DS_DIR_OPTION,
	{ 'c', "chain", "FILE", "the key's certificates (" DS_DEFAULT_CHAIN ")",
	  false },
	{ 'o', "output", "FILE", "where to; otherwise FILE.cose is replaced",
	  false },
	{ 't', "time", "TIME", "the time of signing (now)", false },
	{ 0, "force", NULL, "replace an existing file of -o", false },
	{ 0, NULL, NULL, NULL, false },
};

/* The envelope, whose reader says what is wrong with anything else. */
static enum dv_exit
envelope_read(const char *path, struct dv_buf *out, struct dv_err *err)
{
	const enum dv_exit ret = dv_file_read(path, DV_FILE_MAX_ENVELOPE, out,
	    err);

	if (ret != DV_EXIT_YES)
		return ret;
	if (out->len == 0)
		return dv_fail(err, DV_EXIT_NO, "%s: is empty, wanted an "
		    "envelope", dv_path_shown(path));
	if (out->len >= sizeof(module_magic) &&
	    memcmp(out->ptr, module_magic, sizeof(module_magic)) == 0)
		return dv_hint(err, dv_fail(err, DV_EXIT_NO, "%s: is a "
		    "WebAssembly module; signatures inside one have no "
		    "countersignatures", dv_path_shown(path)), "sign the "
		    "module without --embed, or have the other sign it with "
		    "--embed, too");
	return DV_EXIT_YES;
}

/* What is replaced is the envelope itself, of which nothing is lost. */
static enum dv_exit
target_choose(const struct ds_sign_job *job, struct ds_sign_task *task,
    struct dv_err *err)
{
	const char *to = job->output != NULL ? job->output : task->path;
	const int n = snprintf(task->target, DV_PATH_MAX, "%s", to);

	if (job->output == NULL && dv_is_stdio(task->path))
		return dv_fail(err, DV_EXIT_USAGE, "countersign: standard "
		    "input cannot be replaced: say where to with -o");
	if (n < 0 || n >= DV_PATH_MAX)
		return dv_fail_long(err, to);
	return job->output == NULL ? DV_EXIT_YES :
	    ds_sign_target_check(job, task, err);
}

static enum dv_exit
say(const struct ds_sign_job *job, const struct ds_sign_task *task,
    struct dv_bytes envelope, struct dv_err *err)
{
	struct dv_sign1 whole, made;
	struct dv_at at;

	if (dv_sign1_parse(envelope, DV_PROFILE_STRICT, &whole, &at) !=
	    DV_R_NONE || dv_sign1_countersignature(&whole,
	    whole.countersignatures - 1, &made, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE, "%s: cannot be read back",
		    task->target);
	ds_cmd_say(task->target, "%s: countersigned \"%.*s\" as \"%.*s\" with "
	    "%s (%zu of %d)", task->target, (int)whole.sub.len,
	    (const char *)whole.sub.ptr, (int)made.iss.len,
	    (const char *)made.iss.ptr, ds_key_spec(job->key),
	    whole.countersignatures, DV_MAX_COUNTERSIGNATURES);
	return DV_EXIT_YES;
}

static enum dv_exit
countersign(const struct ds_sign_job *job, const struct ds_sign_task *task,
    struct dv_err *err)
{
	const struct dv_file_new file = { .path = task->target, .mode = 0644,
	    .replace = job->force || job->output == NULL };
	struct ds_sign1_new what = { .key = job->key, .chain = job->chain,
	    .iat = job->at };
	struct dv_buf before = { NULL, 0, 0 }, made = { NULL, 0, 0 };
	enum dv_exit ret = envelope_read(task->path, &before, err);

	what.before = dv_buf_bytes(&before);
	if (ret == DV_EXIT_YES)
		ret = ds_countersign(&what, &made, err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(&made), err);
	if (ret == DV_EXIT_YES)
		ret = say(job, task, dv_buf_bytes(&made), err);
	dv_buf_free(&before);
	dv_buf_free(&made);
	return ret;
}

enum dv_exit
ds_cmd_countersign_run(const struct dv_args *args, struct dv_err *err)
{
	struct ds_sign_job job = { .output = dv_args_get(args, "output"),
	    .force = dv_args_has(args, "force") };
	struct ds_sign_task task = { .path = args->operands[0] };
	struct ds_signer signer = { .key = NULL };
	struct dv_when when;
	enum dv_exit ret = target_choose(&job, &task, err);

	if (ret == DV_EXIT_YES)
		ret = dv_when(dv_args_get(args, "time"), &when, err);
	if (ret != DV_EXIT_YES)
		return ret;
	job.at = when.at;
	ret = ds_signer_open(args, job.at, &signer, err);
	job.key = signer.key;
	job.chain = &signer.chain.chain;
	if (ret == DV_EXIT_YES)
		ret = countersign(&job, &task, err);
	ds_signer_close(&signer);
	return ret;
}
