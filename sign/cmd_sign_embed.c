/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign sign --embed: copies a WebAssembly module once, hashing what it
 * copies, and puts the envelope behind it. Signatures that are there stay as
 * they are. docs/FORMAT.md.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "cmd_sign.h"
#include "dv_wasm.h"
#include "host/open.h"
#include "host/report.h"

#define MODULE ".wasm"
#define SIGNED ".signed"

/* One module on its way from FILE to the target. */
struct copying {
	const struct ds_sign_task *task;
	struct dv_wasm wasm;
	struct dv_hash hash;
	uint64_t size;			/* signed octets */
	struct dv_file_part out;
};

enum dv_exit
ds_sign_embed_target(struct ds_sign_task *task, struct dv_err *err)
{
	const size_t len = strlen(task->path), end = sizeof(MODULE) - 1;
	const bool has = len > end &&
	    strcmp(task->path + len - end, MODULE) == 0;
	const int n = snprintf(task->target, DV_PATH_MAX, "%.*s%s%s",
	    (int)(has ? len - end : len), task->path, SIGNED,
	    has ? MODULE : "");

	return n >= 0 && n < DV_PATH_MAX ? DV_EXIT_YES :
	    dv_fail_long(err, task->path);
}

static enum dv_exit
fail_module(const struct copying *c, enum dv_reason reason,
    const struct dv_at *at, struct dv_err *err)
{
	const struct dv_verdict verdict = { .status = DV_REJECTED,
	    .reason = reason, .object = DV_OBJECT_ARTEFACT, .at = *at };
	struct dv_buf line = { NULL, 0, 0 };
	enum dv_exit exit;

	if (!dv_reason_line(&line, &verdict))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	else
		exit = dv_hint(err, dv_fail(err, DV_EXIT_NO,
		    "%s: cannot be signed inside: %.*s",
		    dv_path_shown(c->task->path), (int)line.len,
		    (const char *)line.ptr), "%s", dv_reason_hint(reason));
	dv_buf_free(&line);
	return exit;
}

static enum dv_exit
module_take(void *context, struct dv_bytes bytes, struct dv_err *err)
{
	struct copying *c = context;
	struct dv_bytes rest = bytes;
	struct dv_wasm_part part;
	struct dv_at at;

	do {
		const enum dv_reason reason = dv_wasm_next(&c->wasm, &rest,
		    &part, &at);
		if (reason != DV_R_NONE)
			return fail_module(c, reason, &at, err);
		if (part.kind == DV_WASM_SIGNED) {
			dv_hash_update(&c->hash, part.bytes);
			c->size += part.bytes.len;
		}
	} while (part.kind != DV_WASM_NONE);
	return dv_file_add(&c->out, bytes, err);
}

/* Nothing but a module that has room for one more signature. */
static enum dv_exit
module_end(struct copying *c, struct dv_err *err)
{
	struct dv_at at;
	const enum dv_reason reason = dv_wasm_end(&c->wasm, &at);

	if (reason != DV_R_NONE)
		return fail_module(c, reason, &at, err);
	if (dv_wasm_signatures(&c->wasm) < DV_MAX_EMBEDDED)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "%s: holds %u signatures already, as "
	    "many as a module may have", dv_path_shown(c->task->path),
	    dv_wasm_signatures(&c->wasm));
}

static enum dv_exit
envelope_add(const struct ds_sign_job *job, struct copying *c,
    struct dv_buf *envelope, struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST], head[DV_WASM_SIGNATURE_HEAD];
	const struct dv_bytes hashed = { digest,
	    dv_hash_finish(&c->hash, digest) };
	const struct ds_sign1_new what = ds_sign_new(job, c->task, hashed);
	struct dv_bytes begin = { head, 0 };
	enum dv_exit ret = ds_sign1_make(&what, envelope, err);

	if (ret != DV_EXIT_YES)
		return ret;
	begin.len = dv_wasm_head(envelope->len, head);
	ret = dv_file_add(&c->out, begin, err);
	return ret != DV_EXIT_YES ? ret :
	    dv_file_add(&c->out, dv_buf_bytes(envelope), err);
}

static enum dv_exit
copy_sign(const struct ds_sign_job *job, struct copying *c,
    struct dv_buf *envelope, struct dv_err *err)
{
	uint64_t size;
	enum dv_exit ret = dv_file_stream(c->task->path, module_take, c, &size,
	    err);

	if (ret == DV_EXIT_YES)
		ret = module_end(c, err);
	if (ret == DV_EXIT_YES)
		ret = envelope_add(job, c, envelope, err);
	if (ret == DV_EXIT_YES)
		return dv_file_commit(&c->out, err);
	dv_file_abort(&c->out);
	return ret;
}

/* The signed module may be read and run by whom the other may. */
static mode_t
mode_of(const char *path)
{
	struct stat st;

	if (dv_is_stdio(path) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return 0644;
	return st.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
}

enum dv_exit
ds_sign_embed(const struct ds_sign_job *job, const struct ds_sign_task *task,
    struct dv_err *err)
{
	const struct dv_file_new file = { .path = task->target,
	    .mode = mode_of(task->path), .replace = job->force };
	struct dv_buf envelope = { NULL, 0, 0 };
	struct copying c = { .task = task };
	enum dv_exit ret;

	dv_wasm_start(&c.wasm);
	if (!dv_hash_start(&c.hash, job->hash))
		return dv_fail(err, DV_EXIT_NONE,
		    "this build cannot compute %s", dv_hash_name(job->hash));
	ret = dv_file_begin(&c.out, &file, err);
	if (ret == DV_EXIT_YES)
		ret = copy_sign(job, &c, &envelope, err);
	if (ret == DV_EXIT_YES)
		ret = ds_sign_say(job, task, c.size, dv_buf_bytes(&envelope),
		    err);
	dv_buf_free(&envelope);
	return ret;
}
