/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign renew: a request for the next certificate. An operational identity
 * gets a new key beside the old, which stays in use until the new chain is
 * installed; the factory's identity keeps its key. docs/LIFECYCLE.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cmd_state.h"
#include "ds_der.h"

#define SUBJECT_MAX 4096

const struct dv_opt ds_cmd_renew_options[] = {
	DS_KEY_OPTIONS,
	DS_DIR_OPTION,
	{ 'n', "subject", "SUBJECT", "who the device is (as until now)", false },
	{ 0, "no-passphrase", NULL, "leave a key file unencrypted", false },
	{ 0, NULL, NULL, NULL, false },
};

/* What there is, and what the new certificate is to be like. */
struct job {
	struct ds_device device;
	struct ds_access access;
	bool operational;
	char subject[SUBJECT_MAX];
	enum dv_key_type type;
	unsigned bits;
};

/* The same subject in text, when nothing is lost by that. */
static enum dv_exit
subject_take(struct job *job, struct dv_bytes name, const char *path,
    struct dv_err *err)
{
	uint8_t room[SUBJECT_MAX];
	struct dv_err lost;
	struct ds_der w = ds_der_start(room, sizeof(room));
	dv_name_text(name, job->subject, sizeof(job->subject));
	if (ds_der_name(&w, job->subject, &lost) == DV_EXIT_YES &&
	    ds_der_done(&w).ptr != NULL &&
	    dv_name_equal(ds_der_done(&w), name))
		return DV_EXIT_YES;
	return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "renew: the subject of "
	    "%s cannot be repeated as text", path), "give it with -n");
}

static enum dv_exit
leaf_take(const struct dv_args *args, struct job *job, const char *path,
    struct dv_err *err)
{
	struct ds_cmd_chain chain = { .list = NULL };
	const char *subject = dv_args_get(args, "subject");
	struct dv_cert leaf;
	struct dv_at at;
	enum dv_exit ret = ds_cmd_chain_read(path, &chain, err);
	enum dv_reason why = ret == DV_EXIT_YES ?
	    dv_cert_parse(dv_ders_at(chain.list, 0), &leaf, &at) : DV_R_NONE;
	if (ret == DV_EXIT_YES && why != DV_R_NONE)
		ret = dv_fail(err, DV_EXIT_NONE, "%s: %s", path,
		    dv_reason_text(why));
	if (ret == DV_EXIT_YES) {
		job->type = leaf.key.type;
		job->bits = (unsigned)leaf.key.modulus.len * 8;
		if (subject == NULL)
			ret = subject_take(job, leaf.subject, path, err);
		else if (strlen(subject) >= sizeof(job->subject))
			ret = dv_fail(err, DV_EXIT_USAGE,
			    "renew: the subject is too long");
		else
			memcpy(job->subject, subject, strlen(subject) + 1);
	}
	ds_cmd_chain_free(&chain);
	return ret;
}

/* Which identity: that of -k, else the operational one when there is one. */
static enum dv_exit
job_read(const struct dv_args *args, struct job *job, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	const struct ds_record *r = &job->device.record;
	const char *key = dv_args_get(args, "key");
	if (key != NULL && strcmp(key, r->idevid_key) != 0 &&
	    strcmp(key, r->ldevid_key) != 0)
		return dv_fail(err, DV_EXIT_NO, "%s: the record has no identity "
		    "with the key %s", job->device.dir, key);
	job->operational = key != NULL ? !ds_spec_in_hardware(key) :
	    r->ldevid_key[0] != '\0';
	if (!job->operational && r->idevid_key[0] == '\0')
		return dv_hint(err, dv_fail(err, DV_EXIT_NO, "%s: no identity is "
		    "installed there", job->device.dir), "`devsign status` says "
		    "what comes first");
	enum dv_exit ret = ds_cmd_access(args, &job->access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_device_path(&job->device, job->operational ?
		    DS_FILE_CHAIN : DS_FILE_IDEVID, path, err);
	return ret == DV_EXIT_YES ? leaf_take(args, job, path, err) : ret;
}

/* ---- the next key ---------------------------------------------------------- */

/* As the old one: file:DIR/ldevid-2.pem, tpm:DIR/ldevid-2.pem. */
static enum dv_exit
next_name(struct job *job, struct dv_err *err)
{
	struct ds_record *r = &job->device.record;
	if (r->next_key[0] != '\0')
		return DV_EXIT_YES;
	char *dir = realpath(job->device.dir, NULL);
	int scheme = (int)strcspn(r->ldevid_key, ":");
	int n = dir == NULL ? -1 : snprintf(r->next_key, sizeof(r->next_key),
	    "%.*s:%s/ldevid-%u.pem", scheme, r->ldevid_key, dir,
	    (unsigned)r->generation + 1);
	free(dir);
	if (n < 0 || (size_t)n >= sizeof(r->next_key))
		return dv_fail(err, DV_EXIT_NONE, "%s: the name of the directory "
		    "is too long", job->device.dir);
	/* Noted before it is made: no key without a record. */
	return ds_device_save(&job->device, err);
}

static enum dv_exit
next_type(const struct job *job, const struct ds_key_type **out,
    struct dv_err *err)
{
	char name[16];
	if (job->type == DV_KEY_RSA)
		(void)snprintf(name, sizeof(name), "rsa%u", job->bits);
	else
		(void)snprintf(name, sizeof(name), "%s",
		    job->type == DV_KEY_P384 ? "p384" :
		    job->type == DV_KEY_ED25519 ? "ed25519" : "p256");
	return ds_key_type_find(name, out, err);
}

/* Makes it, or opens the one that an earlier renew made. */
static enum dv_exit
next_open(struct job *job, struct ds_key **key, struct dv_err *err)
{
	bool created;
	const char *spec = job->device.record.next_key;
	struct ds_key_new what = { .spec = spec, .access = &job->access };
	if (ds_cmd_is_there(strchr(spec, ':') + 1))
		return ds_key_open(spec, &job->access, key, err);
	enum dv_exit ret = next_type(job, &what.type, err);
	return ret == DV_EXIT_YES ? ds_key_create(&what, key, &created, err) :
	    ret;
}

static enum dv_exit
renew(struct job *job, struct dv_err *err)
{
	struct ds_key *key = NULL;
	enum dv_exit ret;
	if (job->operational) {
		ret = next_name(job, err);
		if (ret == DV_EXIT_YES)
			ret = next_open(job, &key, err);
	} else {
		ret = ds_key_open(job->device.record.idevid_key, &job->access,
		    &key, err);
	}
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_request_keep(&job->device, key, job->subject, err);
	ds_key_close(key);
	return ret;
}

enum dv_exit
ds_cmd_renew_run(const struct dv_args *args, struct dv_err *err)
{
	struct job *job = calloc(1, sizeof(*job));
	if (job == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	enum dv_exit ret = ds_cmd_begin(args, &job->device, err);
	if (ret == DV_EXIT_YES)
		ret = job_read(args, job, err);
	if (ret == DV_EXIT_YES)
		ret = renew(job, err);
	ds_device_end(&job->device);
	free(job);
	return ret;
}
