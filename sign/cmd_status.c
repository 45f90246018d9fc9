/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign status: looks at the disk and the TPM, changes nothing, asks for no
 * secret. With --boot the answer is the exit status alone. docs/LIFECYCLE.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "host/open.h"
#include "host/when.h"
#include "status.h"

const struct dv_opt ds_cmd_status_options[] = {
	DS_TCTI_OPTION,
	DS_DIR_OPTION,
	{ 't', "time", "TIME", "the time of the check (now)", false },
	{ 'j', "json", NULL, "one JSON object (docs/status.schema.json)", false },
	{ 0, "boot", NULL,
	  "say nothing: 0 usable, 1 not, 3 could not be told", false },
	{ 0, NULL, NULL, NULL, false },
};

struct job {
	struct ds_status s;
	struct ds_cmd_use use;
	struct ds_access access;
	struct ds_cmd_chain chain;
	char idevid_path[DV_PATH_MAX];
};

/* ---- the chain -------------------------------------------------------------- */

/* Its facts are taken before it is judged: an expired one has them too. */
static enum dv_exit
chain_read(struct job *job, struct dv_err *err)
{
	struct ds_status *s = &job->s;
	struct ds_chain all = { .count = 0 };
	struct ds_chain_check check = { .at = s->now };
	enum dv_exit ret = ds_cmd_chain_hash(s->chain_path, s->chain_hash, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_chain_read(s->chain_path, &job->chain, err);
	if (ret != DV_EXIT_YES)
		return ret;
	for (size_t i = 0; i < job->chain.list->count && i <= DV_MAX_PATH; i++)
		all.cert[all.count++] = dv_ders_at(job->chain.list, i);
	ret = ds_cmd_facts(&all, &s->facts, err);
	return ret == DV_EXIT_YES ?
	    ds_cmd_chain_check(&job->chain, &check, err) : ret;
}

static enum dv_exit
chain_look(struct job *job, struct dv_err *err)
{
	struct ds_status *s = &job->s;
	s->chain_there = ds_cmd_is_there(s->chain_path);
	if (s->chain_there && access(s->chain_path, R_OK) != 0)
		return dv_fail_errno(err, s->chain_path, "open");
	if (s->chain_there && chain_read(job, &s->chain_wrong) == DV_EXIT_YES)
		s->chain_wrong.what[0] = '\0';
	return DV_EXIT_YES;
}

/* ---- the key ---------------------------------------------------------------- */

static const char *
hash_recorded(const struct job *job)
{
	const struct ds_record *r = &job->use.device.record;
	return strcmp(job->s.key, r->next_key) == 0 ? r->next_spki :
	    strcmp(job->s.key, r->ldevid_key) == 0 ? r->ldevid_spki :
	    strcmp(job->s.key, r->idevid_key) == 0 ? r->idevid_spki : "";
}

static enum dv_exit
key_open(struct job *job, struct dv_err *err)
{
	struct ds_status *s = &job->s;
	struct ds_key *key = NULL;
	enum dv_exit ret = ds_key_open(s->key, &job->access, &key, err);
	if (ret == DV_EXIT_YES) {
		const struct dv_key *pub = ds_key_public(key);
		s->key_there = true;
		(void)snprintf(s->key_type, sizeof(s->key_type), "%s",
		    dv_key_type_name(pub->type));
		if (!ds_record_hash(pub, s->key_hash))
			ret = dv_fail(err, DV_EXIT_NONE, "hashing failed");
	}
	ds_key_close(key);
	return ret;
}

/* Only a key in the TPM is opened: others would want their secret. */
static enum dv_exit
key_look(struct job *job, struct dv_err *err)
{
	struct ds_status *s = &job->s;
	bool hardware = ds_spec_in_hardware(s->key);
	bool in_tpm = strncmp(s->key, "tpm:", 4) == 0;
	(void)snprintf(s->key_hash, sizeof(s->key_hash), "%s",
	    hash_recorded(job));
	if (!hardware)
		s->key_there = ds_cmd_is_there(strchr(s->key, ':') + 1);
	else if (!in_tpm)
		s->key_there = s->key_hash[0] != '\0';
	/* At a handle, tpm_look() has seen to it. */
	return in_tpm && s->key_there ? key_open(job, err) : DV_EXIT_YES;
}

/* ---- the TPM ---------------------------------------------------------------- */

/* With what the index is compared: the first certificate of the factory's. */
static enum dv_exit
nv_compare(struct job *job, struct ds_tpm *tpm, struct dv_err *err)
{
	struct ds_status *s = &job->s;
	struct dv_buf held = { NULL, 0, 0 };
	struct ds_cmd_chain idevid = { .list = NULL };
	if (!s->nv.written || !ds_cmd_is_there(job->idevid_path))
		return DV_EXIT_YES;
	enum dv_exit ret = ds_tpm_nv_read(tpm, DS_NV_CERTIFICATE, s->nv.size,
	    &held, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_chain_read(job->idevid_path, &idevid, err);
	if (ret == DV_EXIT_YES)
		s->held = dv_bytes_equal(dv_buf_bytes(&held),
		    dv_ders_at(idevid.list, 0)) ? DS_HELD_CERTIFICATE :
		    DS_HELD_OTHER;
	ds_cmd_chain_free(&idevid);
	dv_buf_free(&held);
	return ret;
}

static enum dv_exit
tpm_ask(struct job *job, struct ds_tpm *tpm, struct dv_err *err)
{
	struct ds_status *s = &job->s;
	enum dv_exit ret = ds_tpm_info(tpm, &s->tpm, err);
	s->tpm_there = ret == DV_EXIT_YES;
	if (ret == DV_EXIT_YES && strncmp(s->key, "tpm:0x", 6) == 0)
		ret = ds_tpm_has(tpm, (uint32_t)strtoul(s->key + 4, NULL, 16),
		    &s->key_there, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_nv_look(tpm, DS_NV_CERTIFICATE, &s->nv, err);
	return ret == DV_EXIT_YES ? nv_compare(job, tpm, err) : ret;
}

/* A device whose keys are in files may well have none. */
static enum dv_exit
tpm_look(struct job *job, struct dv_err *err)
{
	struct ds_status *s = &job->s;
	struct ds_tpm *tpm = NULL;
	s->tpm_wanted = strncmp(s->key, "tpm:", 4) == 0 ||
	    strncmp(job->use.device.record.idevid_key, "tpm:", 4) == 0;
	enum dv_exit ret = ds_tpm_open(ds_tpm_tcti(&job->access), &tpm, err);
	if (ret != DV_EXIT_YES)
		return s->tpm_wanted ? ret : DV_EXIT_YES;
	ret = tpm_ask(job, tpm, err);
	ds_tpm_close(tpm);
	return ret;
}

/* ---- all of it -------------------------------------------------------------- */

static enum dv_exit
look(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	struct ds_status *s = &job->s;
	enum dv_exit ret = ds_cmd_use(args, &job->use, err);
	if (ret == DV_EXIT_YES)
		ret = ds_device_path(&job->use.device, DS_FILE_IDEVID,
		    job->idevid_path, err);
	if (ret != DV_EXIT_YES)
		return ret;
	s->key = job->use.key;
	s->chain_path = job->use.chain;
	s->operational = !ds_spec_in_hardware(s->key);
	s->request_there = ds_device_has(&job->use.device, DS_FILE_REQUEST);
	s->next_there = job->use.device.record.next_key[0] != '\0' &&
	    strcmp(job->use.device.record.next_key, s->key) != 0;
	ret = chain_look(job, err);
	if (ret == DV_EXIT_YES)
		ret = tpm_look(job, err);
	return ret == DV_EXIT_YES ? key_look(job, err) : ret;
}

static enum dv_exit
answer(const struct dv_args *args, const struct ds_status *s)
{
	if (dv_args_has(args, "boot"))
		return s->usable ? DV_EXIT_YES :
		    s->stage == DS_STAGE_UNKNOWN ? DV_EXIT_NONE : DV_EXIT_NO;
	if (dv_args_has(args, "json"))
		ds_status_json(s);
	else
		ds_status_say(s);
	return s->stage == DS_STAGE_UNKNOWN ? DV_EXIT_NONE : DV_EXIT_YES;
}

enum dv_exit
ds_cmd_status_run(const struct dv_args *args, struct dv_err *err)
{
	struct dv_when when;
	struct job *job = calloc(1, sizeof(*job));
	if (job == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	enum dv_exit ret = dv_when(dv_args_get(args, "time"), &when, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_access(args, &job->access, err);
	if (ret == DV_EXIT_YES) {
		job->s.now = when.at;
		job->s.dir = ds_cmd_dir(args);
		/* What it says, if anything, is why it cannot be told. */
		if (look(args, job, &job->s.wrong) == DV_EXIT_YES)
			job->s.wrong.what[0] = '\0';
		ds_status_decide(&job->s);
		ret = answer(args, &job->s);
	}
	ds_cmd_chain_free(&job->chain);
	free(job);
	return ret;
}
