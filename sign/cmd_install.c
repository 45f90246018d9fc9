/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign install: takes the chain that the CA gave only when it is for this
 * key, valid now and whole, and keeps it in signing order. Done again, it ends
 * what was cut off and changes nothing else.
 */
#include <string.h>

#include "cmd_nv.h"
#include "host/when.h"

const struct dv_opt ds_cmd_install_options[] = {
	DS_KEY_OPTIONS,
	DS_DIR_OPTION,
	{ 'o', "output", "FILE", "write the chain there and keep no record",
	  false },
	{ 't', "time", "TIME", "the time of the check (now)", false },
	{ 0, "nv", NULL, "the certificate into the TPM too, and lock it there",
	  false },
	{ 0, "rma-key", "FILE", "--nv: who has its private key can delete it",
	  false },
	{ 0, "no-rma", NULL, "--nv: nobody can ever delete it", false },
	{ 0, "overwrite", NULL, "--nv: replace what is not locked", false },
	DS_YES_OPTION,
	{ 0, NULL, NULL, NULL, false },
};

static enum dv_exit
say(const char *path, const struct ds_chain *chain, struct dv_err *err)
{
	struct ds_cmd_facts facts;
	char until[DV_TIME_TEXT];
	enum dv_exit ret = ds_cmd_facts(chain, &facts, err);
	if (ret != DV_EXIT_YES)
		return ret;
	dv_time_format(facts.until, until);
	ds_cmd_say(path, "%s: installed \"%s\", %zu certificate%s, until %s",
	    path, facts.subject, chain->count, chain->count == 1 ? "" : "s",
	    until);
	if (!chain->ends_in_root)
		ds_cmd_say(path, "the chain ends below \"%s\", which verifiers "
		    "must know", facts.top);
	return DV_EXIT_YES;
}

/* ---- with a record --------------------------------------------------------- */

struct job {
	const struct dv_args *args;
	struct ds_device device;
	struct ds_cmd_chain chain;
	struct ds_cmd_nv *nv;		/* NULL: not --nv */
	struct ds_cmd_key key;
};

/* The record's key that one of the certificates is for, or the default. */
static const char *
key_find(const struct job *job)
{
	const char *spec = NULL;
	for (size_t i = 0; spec == NULL && i < job->chain.list->count; i++) {
		struct dv_cert cert;
		struct dv_at at;
		char hash[DS_RECORD_HASH];
		if (dv_cert_parse(dv_ders_at(job->chain.list, i), &cert, &at) ==
		    DV_R_NONE && ds_record_hash(&cert.key, hash))
			spec = ds_device_in_use(&job->device, hash);
	}
	return spec != NULL ? spec : DS_DEFAULT_KEY;
}

/* The key is let go again: some ways to a TPM are for one user at a time. */
static enum dv_exit
judge(struct job *job, dv_time at, struct dv_err *err)
{
	struct ds_access access;
	struct ds_key *key = NULL;
	const char *spec = dv_args_get(job->args, "key");
	if (spec == NULL)
		spec = key_find(job);
	if (dv_args_has(job->args, "nv") && strncmp(spec, "tpm:0x", 6) != 0)
		return dv_fail(err, DV_EXIT_USAGE, "install: --nv is for the "
		    "identity whose key is at a handle of the TPM, and not for "
		    "%s", spec);
	enum dv_exit ret = ds_cmd_access(job->args, &access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_open(spec, &access, &key, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_key_note(key, &job->key, err);
	if (ret == DV_EXIT_YES) {
		struct ds_chain_check check = {
			.key = ds_key_public(key),
			.at = at,
		};
		ret = ds_cmd_chain_check(&job->chain, &check, err);
	}
	ds_key_close(key);
	return ret;
}

static enum dv_exit
nv_ready(struct job *job, struct dv_cert *leaf, struct dv_err *err)
{
	struct dv_at at;
	if (!dv_args_has(job->args, "nv"))
		return DV_EXIT_YES;
	enum dv_reason why = dv_cert_parse(job->chain.chain.cert[0], leaf, &at);
	if (why != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE, "%s", dv_reason_text(why));
	return ds_cmd_nv_ready(job->args, leaf, &job->nv, err);
}

static enum dv_exit
chain_save(const struct job *job, const char *name, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit ret = ds_device_path(&job->device, name, path, err);
	return ret == DV_EXIT_YES ?
	    ds_cmd_chain_save(path, &job->chain.chain, err) : ret;
}

/* The factory's: beside the one in use, or in use itself. */
static enum dv_exit
idevid_take(struct job *job, struct dv_err *err)
{
	struct ds_record *r = &job->device.record;
	enum dv_exit ret = chain_save(job, DS_FILE_IDEVID, err);
	if (ret == DV_EXIT_YES && r->ldevid_key[0] == '\0')
		ret = chain_save(job, DS_FILE_CHAIN, err);
	if (ret == DV_EXIT_YES && job->nv != NULL) {
		ret = ds_cmd_nv_install(job->nv, err);
		r->nv = DS_NV_CERTIFICATE;
	}
	return ret == DV_EXIT_YES ?
	    ds_cmd_key_record(&job->device, &job->key, err) : ret;
}

/* An operational one: named as the next, and taken over with its chain. */
static enum dv_exit
ldevid_take(struct job *job, struct dv_err *err)
{
	enum dv_exit ret = ds_cmd_key_record(&job->device, &job->key, err);
	if (ret == DV_EXIT_YES)
		ret = chain_save(job, DS_FILE_CHAIN, err);
	return ret == DV_EXIT_YES ?
	    ds_device_settle(&job->device, job->key.hash, err) : ret;
}

static enum dv_exit
install(struct job *job, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	bool hardware = ds_spec_in_hardware(job->key.spec);
	bool beside = hardware && job->device.record.ldevid_key[0] != '\0';
	enum dv_exit ret = hardware ? idevid_take(job, err) :
	    ldevid_take(job, err);
	/* A request that another key waits for stays. */
	if (ret == DV_EXIT_YES && job->device.record.next_key[0] == '\0')
		ret = ds_device_remove(&job->device, DS_FILE_REQUEST, err);
	if (ret == DV_EXIT_YES)
		ret = ds_device_path(&job->device, beside ? DS_FILE_IDEVID :
		    DS_FILE_CHAIN, path, err);
	return ret == DV_EXIT_YES ? say(path, &job->chain.chain, err) : ret;
}

static enum dv_exit
with_record(const struct dv_args *args, dv_time at, struct dv_err *err)
{
	struct job job = { .args = args, .device = { .lock = -1 } };
	struct dv_cert leaf;
	enum dv_exit ret = ds_cmd_begin(args, &job.device, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_chain_read(args->operands[0], &job.chain, err);
	if (ret == DV_EXIT_YES)
		ret = judge(&job, at, err);
	if (ret == DV_EXIT_YES)
		ret = nv_ready(&job, &leaf, err);
	if (ret == DV_EXIT_YES)
		ret = install(&job, err);
	ds_cmd_nv_end(job.nv);
	ds_cmd_chain_free(&job.chain);
	ds_device_end(&job.device);
	return ret;
}

/* ---- into a file alone ------------------------------------------------------ */

static enum dv_exit
into_file(const struct dv_args *args, dv_time at, struct dv_err *err)
{
	struct ds_access access;
	struct ds_key *key = NULL;
	struct ds_cmd_chain chain = { .list = NULL };
	const char *path = dv_args_get(args, "output");
	enum dv_exit ret = ds_cmd_access(args, &access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_open(ds_cmd_key_spec(args), &access, &key, err);
	if (ret == DV_EXIT_YES) {
		struct ds_chain_check check = {
			.key = ds_key_public(key),
			.at = at,
		};
		ret = ds_cmd_chain_load(args->operands[0], &check, &chain, err);
	}
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_chain_save(path, &chain.chain, err);
	if (ret == DV_EXIT_YES)
		ret = say(path, &chain.chain, err);
	ds_cmd_chain_free(&chain);
	ds_key_close(key);
	return ret;
}

enum dv_exit
ds_cmd_install_run(const struct dv_args *args, struct dv_err *err)
{
	struct dv_when when;
	enum dv_exit ret = ds_cmd_nv_options(args, err);
	if (ret == DV_EXIT_YES && dv_args_has(args, "output") &&
	    dv_args_has(args, "dir"))
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "install: --dir and -o do not go together");
	if (ret == DV_EXIT_YES)
		ret = dv_when(dv_args_get(args, "time"), &when, err);
	if (ret != DV_EXIT_YES)
		return ret;
	return dv_args_has(args, "output") ? into_file(args, when.at, err) :
	    with_record(args, when.at, err);
}
