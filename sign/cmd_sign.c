/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign sign: one envelope a file. Chain, key, names and targets are checked
 * before gigabytes are hashed; a file that fails does not stop the others.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_sign.h"
#include "dv_manifest.h"
#include "host/open.h"
#include "host/text.h"
#include "host/when.h"

#define SUFFIX ".cose"
#define DS_TYPE_WASM "application/wasm"

const struct dv_opt ds_cmd_sign_options[] = {
	DS_KEY_OPTIONS,
	DS_DIR_OPTION,
	{ 'c', "chain", "FILE", "the key's certificates (" DS_DEFAULT_CHAIN ")",
	  false },
	{ 'o', "output", "FILE", "where to (FILE.cose); one file only", false },
	{ 't', "time", "TIME", "the signing time (now)", false },
	{ 0, "name", "NAME", "name of the artefact (that of the file)", false },
	{ 0, "content-type", "TYPE", "what it is (" DV_SIGN1_OCTETS ")", false },
	DS_CLAIM_OPTIONS,
	{ 0, "hash", "HASH", "sha256 (default), sha384, sha512", false },
	{ 0, "attach", NULL, "put the artefact into the envelope", false },
	{ 0, "manifest", NULL, "FILE is a directory: sign all that is in it",
	  false },
	{ 0, "multi", NULL, "make an envelope that others can sign, too", false },
	{ 0, "append", "ENVELOPE", "add a signature to such an envelope", false },
	{ 0, "embed", NULL, "put it into a WebAssembly module", false },
	{ 0, "export-tbs", "OUT", "write what another tool has to sign", false },
	{ 0, "import-signature", "SIG", "what that tool made of it", false },
	{ 0, "tbs", "FILE", "what --export-tbs wrote, for the import", false },
	{ 0, "force", NULL, "replace an existing file", false },
	{ 0, NULL, NULL, NULL, false },
};

static enum dv_exit
hash_parse(const char *text, enum dv_hash_id *out, struct dv_err *err)
{
	*out = text == NULL || strcmp(text, "sha256") == 0 ? DV_HASH_SHA256 :
	    strcmp(text, "sha384") == 0 ? DV_HASH_SHA384 :
	    strcmp(text, "sha512") == 0 ? DV_HASH_SHA512 : DV_HASH_NONE;
	if (*out != DV_HASH_NONE)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_USAGE,
	    "--hash %s: not one of sha256, sha384, sha512", text);
}

enum dv_exit
ds_sign_name(const struct ds_sign_job *job, struct ds_sign_task *task,
    struct dv_err *err)
{
	const char *slash = strrchr(task->path, '/');
	task->name = job->name != NULL ? job->name :
	    slash != NULL ? slash + 1 : task->path;
	if (job->name == NULL && strcmp(task->path, "-") == 0)
		return dv_fail(err, DV_EXIT_USAGE,
		    "standard input has no name: give --name and -o");
	enum dv_exit ret = ds_text_check("the artefact's name",
	    dv_text_bytes(task->name), err);
	return ret == DV_EXIT_YES || job->name != NULL ? ret :
	    dv_hint(err, ret, "give another with --name");
}

/* The path of what is written: given, or made from that of the file. */
static enum dv_exit
target_choose(const struct ds_sign_job *job, struct ds_sign_task *task,
    struct dv_err *err)
{
	if (dv_is_stdio(task->path) && job->output == NULL)
		return dv_fail(err, DV_EXIT_USAGE,
		    "standard input has no name: give --name and -o");
	if (job->embed && job->output == NULL)
		return ds_sign_embed_target(task, err);
	/* Nothing is lost of the envelope that is added to. */
	if (job->append != NULL && job->output == NULL)
		return snprintf(task->target, DV_PATH_MAX, "%s", job->append) <
		    DV_PATH_MAX ? DV_EXIT_YES : dv_fail_long(err, job->append);
	int n = job->output != NULL ?
	    snprintf(task->target, DV_PATH_MAX, "%s", job->output) :
	    snprintf(task->target, DV_PATH_MAX, "%s" SUFFIX, task->path);
	return n >= 0 && n < DV_PATH_MAX ? DV_EXIT_YES :
	    dv_fail_long(err, task->path);
}

enum dv_exit
ds_sign_target_check(const struct ds_sign_job *job, struct ds_sign_task *task,
    struct dv_err *err)
{
	struct stat st;
	if (dv_is_stdio(task->target))
		return DV_EXIT_YES;
	if (!job->force && lstat(task->target, &st) == 0) {
		enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
		    "%s: exists already", task->target);
		return dv_hint(err, ret, "--force replaces it");
	}
	char *slash = strrchr(task->target, '/');
	if (slash == task->target || slash == NULL)
		return DV_EXIT_YES;
	*slash = '\0';
	bool ok = access(task->target, W_OK | X_OK) == 0;
	*slash = '/';
	return ok ? DV_EXIT_YES : dv_fail_errno(err, task->target, "create");
}

enum dv_exit
ds_sign_say(const struct ds_sign_job *job, const struct ds_sign_task *task,
    uint64_t size, struct dv_bytes envelope, struct dv_err *err)
{
	char count[40];
	struct dv_sign read;
	struct dv_sign1 made;
	struct dv_at at;
	if (dv_sign_parse(envelope, DV_PROFILE_STRICT, &read, &at) !=
	    DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE, "%s: cannot be read back",
		    task->target);
	made = read.each[read.count - 1];
	(void)snprintf(count, sizeof(count), "%llu %s", (unsigned long long)
	    (job->manifest ? task->files : size),
	    !job->manifest ? "bytes" : task->files == 1 ? "file" : "files");
	ds_cmd_say(task->target, "%s: signed %s (%s) as \"%.*s\"%s%s",
	    task->target, task->path, count,
	    (int)made.iss.len, (const char *)made.iss.ptr,
	    job->key != NULL ? " with " : "",
	    job->key != NULL ? ds_key_spec(job->key) : "");
	return DV_EXIT_YES;
}

struct ds_sign1_new
ds_sign_new(const struct ds_sign_job *job, const struct ds_sign_task *task,
    struct dv_bytes digest)
{
	struct ds_sign1_new what = {
		.key = job->key,
		.chain = job->chain,
		.hash = job->hash,
		.digest = digest,
		.preimage_type = job->type,
		.sub = task->name,
		.iat = job->at,
		.several = job->multi,
	};

	ds_cmd_claims_put(&job->claims, &what);
	return what;
}

static enum dv_exit
sign_beside(const struct ds_sign_job *job, const struct ds_sign_task *task,
    struct dv_err *err)
{
	struct dv_file_digest digest;
	struct dv_buf envelope = { NULL, 0, 0 };
	enum dv_exit ret = dv_file_hash(task->path, job->hash, &digest, err);
	if (ret != DV_EXIT_YES)
		return ret;
	struct ds_sign1_new what = ds_sign_new(job, task,
	    (struct dv_bytes){ digest.digest, digest.len });
	struct dv_file_new file = { .path = task->target, .mode = 0644,
		.replace = job->force };
	ret = ds_sign1_make(&what, &envelope, err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(&envelope), err);
	if (ret == DV_EXIT_YES)
		ret = ds_sign_say(job, task, digest.size,
		    dv_buf_bytes(&envelope), err);
	dv_buf_free(&envelope);
	return ret;
}

/* The whole artefact is in memory: what is attached is what was read. */
static enum dv_exit
sign_attached(const struct ds_sign_job *job, struct ds_sign_task *task,
    struct dv_err *err)
{
	struct dv_buf content = { NULL, 0, 0 }, envelope = { NULL, 0, 0 };
	struct ds_sign1_new what = ds_sign_new(job, task,
	    (struct dv_bytes){ NULL, 0 });
	struct dv_file_new file = { .path = task->target, .mode = 0644,
		.replace = job->force };
	enum dv_exit ret = job->manifest ?
	    ds_sign_manifest_read(job, task, &content, err) :
	    dv_file_read(task->path, DV_MAX_ATTACHED, &content, err);

	if (ret != DV_EXIT_YES && !job->manifest && content.len >= DV_MAX_ATTACHED)
		ret = dv_hint(err, ret, "sign it without --attach: its digest "
		    "is signed then, and any size will do");
	what.attached = true;
	what.content = dv_buf_bytes(&content);
	if (ret == DV_EXIT_YES)
		ret = ds_sign1_make(&what, &envelope, err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(&envelope), err);
	if (ret == DV_EXIT_YES)
		ret = ds_sign_say(job, task, content.len,
		    dv_buf_bytes(&envelope), err);
	dv_buf_free(&content);
	dv_buf_free(&envelope);
	return ret;
}

static enum dv_exit
sign_file(const struct ds_sign_job *job, const char *path, struct dv_err *err)
{
	struct ds_sign_task task = { .path = path };
	enum dv_exit ret = job->manifest ?
	    ds_sign_manifest_name(job, &task, err) : DV_EXIT_YES;
	if (ret == DV_EXIT_YES)
		ret = ds_sign_name(job, &task, err);
	if (ret == DV_EXIT_YES)
		ret = target_choose(job, &task, err);
	if (ret == DV_EXIT_YES && (job->append == NULL || job->output != NULL))
		ret = ds_sign_target_check(job, &task, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (job->append != NULL)
		return ds_sign_append(job, &task, err);
	if (job->embed)
		return ds_sign_embed(job, &task, err);
	return job->attach || job->manifest ? sign_attached(job, &task, err) :
	    sign_beside(job, &task, err);
}

/* The last error is left to the caller, those before are shown here. */
static enum dv_exit
sign_all(const struct ds_sign_job *job, const struct dv_args *args,
    struct dv_err *err)
{
	enum dv_exit worst = DV_EXIT_YES;
	for (int i = 0; i < args->operand_count; i++) {
		struct dv_err here = { .what = "" };
		enum dv_exit ret = sign_file(job, args->operands[i], &here);
		if (ret == DV_EXIT_YES)
			continue;
		if (err->what[0] != '\0')
			dv_err_print(args->tool->name, err);
		*err = here;
		worst = ret > worst ? ret : worst;
	}
	return worst;
}

/* Everything the command line alone can be asked. */
static enum dv_exit
job_read(const struct dv_args *args, struct ds_sign_job *job, struct dv_err *err)
{
	struct dv_when when;
	job->output = dv_args_get(args, "output");
	job->name = dv_args_get(args, "name");
	job->type = dv_args_get(args, "content-type");
	job->force = dv_args_has(args, "force");
	job->embed = dv_args_has(args, "embed");
	job->attach = dv_args_has(args, "attach");
	job->multi = dv_args_has(args, "multi");
	job->append = dv_args_get(args, "append");
	enum dv_exit ret = ds_sign_append_usage(args, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (job->attach && (job->embed || dv_args_has(args, "hash")))
		return dv_fail(err, DV_EXIT_USAGE, "sign: --attach does not go "
		    "with --embed or --hash: what is attached is signed as it "
		    "is");
	job->manifest = dv_args_has(args, "manifest");
	if (job->manifest && (job->embed || job->attach || job->type != NULL ||
	    ds_sign_is_external(args)))
		return dv_fail(err, DV_EXIT_USAGE, "sign: --manifest does not "
		    "go with --attach, --embed, --content-type, --export-tbs "
		    "or --import-signature");
	if (args->operand_count > 1 &&
	    (job->output != NULL || job->name != NULL))
		return dv_fail(err, DV_EXIT_USAGE,
		    "sign: -o and --name are for one file only");
	if (job->embed && job->output != NULL && dv_is_stdio(job->output))
		return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "sign: --embed "
		    "does not write to standard output: half a module cannot "
		    "be taken back"), "name a file with -o");
	ret = dv_when(dv_args_get(args, "time"), &when, err);
	if (ret != DV_EXIT_YES)
		return ret;
	job->at = when.at;
	if (job->type == NULL)
		job->type = job->embed ? DS_TYPE_WASM : job->manifest ?
		    DV_MANIFEST_TYPE : DV_SIGN1_OCTETS;
	else
		ret = ds_text_check("--content-type", dv_text_bytes(job->type),
		    err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_claims_read(args, job->at, &job->claims, err);
	if (ret == DV_EXIT_YES)
		ret = hash_parse(dv_args_get(args, "hash"), &job->hash, err);
	return ret;
}

/* Both together, before anything is read that is to be signed. */
enum dv_exit
ds_signer_open(const struct dv_args *args, dv_time at, struct ds_signer *out,
    struct dv_err *err)
{
	enum dv_exit ret = ds_cmd_access(args, &out->reach, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_use(args, &out->use, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_pin(&out->use.device.record, out->salt,
		    &out->reach, err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_open(out->use.key, &out->reach, &out->key, err);
	if (ret != DV_EXIT_YES)
		return ret;
	struct ds_chain_check check = {
		.key = ds_key_public(out->key),
		.at = at,
		.for_signing = true,
	};
	ret = ds_cmd_chain_load(out->use.chain, &check, &out->chain, err);
	if (ret != DV_EXIT_YES && !dv_args_has(args, "chain") &&
	    access(out->use.chain, F_OK) != 0)
		dv_hint(err, ret, "`devsign install CHAIN` puts it "
		    "there, -c names another");
	return ret;
}

void
ds_signer_close(struct ds_signer *signer)
{
	ds_cmd_chain_free(&signer->chain);
	ds_key_close(signer->key);
}

enum dv_exit
ds_cmd_sign_run(const struct dv_args *args, struct dv_err *err)
{
	struct ds_sign_job job = { .key = NULL };
	struct ds_signer signer = { .key = NULL };
	enum dv_exit ret = job_read(args, &job, err);
	if (ret == DV_EXIT_YES && ds_sign_is_external(args))
		return ds_sign_external(args, &job, err);
	if (ret == DV_EXIT_YES && dv_args_has(args, "tbs"))
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "sign: --tbs goes with --import-signature");
	if (ret == DV_EXIT_YES)
		ret = ds_signer_open(args, job.at, &signer, err);
	job.key = signer.key;
	job.chain = &signer.chain.chain;
	if (ret == DV_EXIT_YES)
		ret = sign_all(&job, args, err);
	ds_signer_close(&signer);
	return ret;
}
