/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign sign for a key behind another department's tool: --export-tbs writes
 * what that tool has to sign, --import-signature makes the envelope of what it
 * answers. No key is opened. The octets to be signed are all the state there is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_sign.h"
#include "host/json.h"
#include "host/open.h"

#define NOTE ".json"
#define SUFFIX ".cose"
#define SIGNATURE_FILE_MAX (8u * 1024)

bool
ds_sign_is_external(const struct dv_args *args)
{
	return dv_args_has(args, "export-tbs") ||
	    dv_args_has(args, "import-signature");
}

static enum dv_exit
usage_check(const struct dv_args *args, struct dv_err *err)
{
	static const char *const said[] = { "time", "name", "content-type",
		"hash", "artefact-version", "device", "model", "not-before",
		"expires", "claim" };
	const bool export = dv_args_has(args, "export-tbs");

	if (export && dv_args_has(args, "import-signature"))
		return dv_fail(err, DV_EXIT_USAGE, "sign: --export-tbs and "
		    "--import-signature are two steps, not one");
	if (dv_args_has(args, "key") || dv_args_has(args, "embed") ||
	    dv_args_has(args, "attach"))
		return dv_fail(err, DV_EXIT_USAGE, "sign: -k, --embed and "
		    "--attach do not go with a key that is somewhere else");
	if (args->operand_count != 1 || !dv_args_has(args, "chain"))
		return dv_fail(err, DV_EXIT_USAGE, "sign: a signature made "
		    "elsewhere is for one FILE and wants its chain (-c)");
	if (export && (dv_args_has(args, "tbs") || dv_args_has(args, "output")))
		return dv_fail(err, DV_EXIT_USAGE,
		    "sign: --tbs and -o are for --import-signature");
	if (!export && !dv_args_has(args, "tbs"))
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "sign: "
		    "--import-signature wants what was signed"), "name the "
		    "file that --export-tbs wrote with --tbs");
	for (size_t i = 0; !export && i < sizeof(said) / sizeof(said[0]); i++)
		if (dv_args_has(args, said[i]))
			return dv_fail(err, DV_EXIT_USAGE, "sign: --%s was "
			    "said to --export-tbs and is signed", said[i]);
	return DV_EXIT_YES;
}

static enum dv_exit
chain_load(const struct dv_args *args, dv_time at, struct ds_cmd_chain *chain,
    struct dv_err *err)
{
	struct ds_chain_check check = { .key = NULL, .at = at,
	    .for_signing = true };

	return ds_cmd_chain_load(dv_args_get(args, "chain"), &check, chain,
	    err);
}

/* ---- export ---- */

/* Everything that is signed and written beside it. */
struct export {
	struct ds_sign_task task;	/* target: OUT */
	struct dv_file_digest artefact;
	struct dv_buf tbs;
	struct dv_cert leaf;
};

static void
note_artefact(struct dv_json *j, const struct ds_sign_job *job,
    const struct export *e)
{
	dv_json_open(j, "artefact", '{');
	dv_json_text(j, "name", e->task.name);
	dv_json_number(j, "size", (int64_t)e->artefact.size);
	dv_json_text(j, "hash", dv_hash_name(job->hash));
	dv_json_hex(j, "digest", (struct dv_bytes){ e->artefact.digest,
	    e->artefact.len });
	dv_json_close(j, '{');
}

/* The key, and how it has to sign; Ed25519 takes no digest. */
static void
note_signature(struct dv_json *j, const struct export *e)
{
	const enum dv_sig_alg alg = dv_cose_sig(
	    dv_cose_alg(e->leaf.key.type));
	const enum dv_hash_id hash = dv_sig_hash(alg);
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_bytes hashed = { digest, 0 };

	dv_json_text(j, "algorithm", dv_sig_name(alg));
	if (hash != DV_HASH_NONE) {
		hashed.len = dv_hash_once(hash, dv_buf_bytes(&e->tbs), digest);
		dv_json_text(j, "hash", dv_hash_name(hash));
		dv_json_hex(j, "digest", hashed);
	}
	if (e->leaf.key.modulus.len > 0)
		dv_json_number(j, "salt", (int64_t)hashed.len);
	hashed.len = dv_hash_once(DV_HASH_SHA256, e->leaf.key.spki, digest);
	dv_json_hex(j, "key_sha256", hashed);
}

/* For the people who sign, and for their tool: {NULL, 0}: memory is short. */
static struct dv_bytes
note_make(const struct ds_sign_job *job, const struct export *e)
{
	struct dv_json j = { .out = NULL };
	char *text = NULL;
	size_t len = 0;

	j.out = open_memstream(&text, &len);
	if (j.out == NULL)
		return (struct dv_bytes){ NULL, 0 };
	dv_json_begin(&j);
	dv_json_number(&j, "v", 1);
	dv_json_text(&j, "to_be_signed", e->task.target);
	dv_json_number(&j, "size", (int64_t)e->tbs.len);
	note_signature(&j, e);
	dv_json_instant(&j, "iat", job->at);
	note_artefact(&j, job, e);
	dv_json_end(&j);
	if (fclose(j.out) != 0)
		len = 0;
	return (struct dv_bytes){ (const uint8_t *)text, len };
}

static enum dv_exit
note_write(const struct ds_sign_job *job, const struct export *e,
    const char *path, struct dv_err *err)
{
	const struct dv_file_new file = { .path = path, .mode = 0644,
	    .replace = job->force };
	const struct dv_bytes note = note_make(job, e);
	enum dv_exit ret = note.len == 0 ?
	    dv_fail(err, DV_EXIT_NONE, "out of memory") :
	    dv_file_write(&file, note, err);

	free((void *)(uintptr_t)note.ptr);
	return ret;
}

static enum dv_exit
tbs_write(const struct ds_sign_job *job, const struct export *e,
    struct dv_err *err)
{
	const struct dv_file_new file = { .path = e->task.target,
	    .mode = 0644, .replace = job->force };
	struct ds_sign_task note = { .path = e->task.path };
	const int n = snprintf(note.target, DV_PATH_MAX, "%s" NOTE,
	    e->task.target);
	enum dv_exit ret;

	if (n < 0 || n >= DV_PATH_MAX)
		return dv_fail(err, DV_EXIT_NONE, "%.64s...: the path is too "
		    "long", e->task.target);
	ret = ds_sign_target_check(job, &note, err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(&e->tbs), err);
	if (ret == DV_EXIT_YES)
		ret = note_write(job, e, note.target, err);
	if (ret == DV_EXIT_YES)
		ds_cmd_say(e->task.target, "%s: sign these %zu bytes; %s says "
		    "how", e->task.target, e->tbs.len, note.target);
	return ret;
}

static enum dv_exit
export_make(const struct ds_sign_job *job, struct export *e,
    struct dv_err *err)
{
	struct ds_sign1_new what;
	struct dv_at at;
	enum dv_exit ret = dv_file_hash(e->task.path, job->hash, &e->artefact,
	    err);

	if (ret != DV_EXIT_YES)
		return ret;
	what = ds_sign_new(job, &e->task,
	    (struct dv_bytes){ e->artefact.digest, e->artefact.len });
	ret = ds_sign1_export(&what, &e->tbs, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (dv_cert_parse(job->chain->cert[0], &e->leaf, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE,
		    "the signer's certificate cannot be read");
	return tbs_write(job, e, err);
}

static enum dv_exit
export_run(const struct dv_args *args, const struct ds_sign_job *job,
    struct dv_err *err)
{
	struct export e = { .task = { .path = args->operands[0] } };
	struct ds_cmd_chain chain = { .list = NULL };
	struct ds_sign_job with = *job;
	const char *out = dv_args_get(args, "export-tbs");
	enum dv_exit ret = ds_sign_name(job, &e.task, err);

	if (ret == DV_EXIT_YES && (dv_is_stdio(out) ||
	    snprintf(e.task.target, DV_PATH_MAX, "%s", out) >= DV_PATH_MAX))
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "sign: --export-tbs wants the name of a file");
	if (ret == DV_EXIT_YES)
		ret = ds_sign_target_check(job, &e.task, err);
	if (ret == DV_EXIT_YES)
		ret = chain_load(args, job->at, &chain, err);
	with.chain = &chain.chain;
	if (ret == DV_EXIT_YES)
		ret = export_make(&with, &e, err);
	dv_buf_free(&e.tbs);
	ds_cmd_chain_free(&chain);
	return ret;
}

/* ---- import ---- */

struct import {
	struct ds_sign_task task;	/* target: the envelope */
	struct dv_buf tbs, signature, envelope;
	struct dv_sign1 made;
	struct dv_file_digest artefact;
	struct ds_cmd_chain chain;
};

static enum dv_exit
import_read(const struct dv_args *args, struct import *in, struct dv_err *err)
{
	enum dv_exit ret = dv_file_read(dv_args_get(args, "tbs"),
	    DV_MAX_ENVELOPE, &in->tbs, err);

	if (ret == DV_EXIT_YES)
		ret = dv_file_read(dv_args_get(args, "import-signature"),
		    SIGNATURE_FILE_MAX, &in->signature, err);
	if (ret == DV_EXIT_YES)
		ret = ds_sign1_import(dv_buf_bytes(&in->tbs),
		    dv_buf_bytes(&in->signature), &in->envelope, &in->made,
		    err);
	if (ret == DV_EXIT_YES)
		ret = chain_load(args, in->made.iat, &in->chain, err);
	return ret;
}

static enum dv_exit
import_write(const struct ds_sign_job *job, struct import *in,
    struct dv_err *err)
{
	const struct dv_file_new file = { .path = in->task.target,
	    .mode = 0644, .replace = job->force };
	enum dv_exit ret = dv_file_hash(in->task.path, in->made.hash,
	    &in->artefact, err);

	if (ret == DV_EXIT_YES)
		ret = ds_sign1_accept(&in->made, &in->chain.chain,
		    (struct dv_bytes){ in->artefact.digest, in->artefact.len },
		    err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(&in->envelope), err);
	if (ret == DV_EXIT_YES)
		ret = ds_sign_say(job, &in->task, in->artefact.size,
		    dv_buf_bytes(&in->envelope), err);
	return ret;
}

static enum dv_exit
import_run(const struct dv_args *args, const struct ds_sign_job *job,
    struct dv_err *err)
{
	struct import in = { .task = { .path = args->operands[0] } };
	const int n = job->output != NULL ?
	    snprintf(in.task.target, DV_PATH_MAX, "%s", job->output) :
	    snprintf(in.task.target, DV_PATH_MAX, "%s" SUFFIX, in.task.path);
	enum dv_exit ret = DV_EXIT_YES;

	if (n < 0 || n >= DV_PATH_MAX ||
	    (job->output == NULL && dv_is_stdio(in.task.path)))
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "sign: say with -o where the envelope goes");
	if (ret == DV_EXIT_YES)
		ret = ds_sign_target_check(job, &in.task, err);
	if (ret == DV_EXIT_YES)
		ret = import_read(args, &in, err);
	if (ret == DV_EXIT_YES)
		ret = import_write(job, &in, err);
	dv_buf_free(&in.tbs);
	dv_buf_free(&in.signature);
	dv_buf_free(&in.envelope);
	ds_cmd_chain_free(&in.chain);
	return ret;
}

enum dv_exit
ds_sign_external(const struct dv_args *args, const struct ds_sign_job *job,
    struct dv_err *err)
{
	const enum dv_exit ret = usage_check(args, err);

	if (ret != DV_EXIT_YES)
		return ret;
	return dv_args_has(args, "export-tbs") ? export_run(args, job, err) :
	    import_run(args, job, err);
}
