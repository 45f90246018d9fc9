/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign install --nv: takes the certificate into NV memory, one step after the
 * other until it is locked. Looks anew after each, so that it goes on from
 * wherever a power cut stopped it. docs/LIFECYCLE.md.
 */
#include "cmd_nv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/open.h"
#include "nv_step.h"
#include "tpm_info.h"

#define STEPS_MAX 8		/* delete, define, write, lock, and some races */

enum dv_exit
ds_cmd_maker_load(const char *path, struct ds_cmd_maker *out,
    struct dv_err *err)
{
	struct dv_at at;
	out->list = calloc(1, sizeof(*out->list));
	if (out->list == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	enum dv_exit ret = dv_ders_load(out->list, path, "PUBLIC KEY", err);
	if (ret != DV_EXIT_YES)
		return ret;
	enum dv_reason why = dv_key_parse(dv_ders_at(out->list, 0), &out->key,
	    &at);
	return why == DV_R_NONE ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NONE,
	    "%s: %s", path, dv_reason_text(why));
}

void
ds_cmd_maker_free(struct ds_cmd_maker *maker)
{
	if (maker->list != NULL)
		dv_ders_free(maker->list);
	free(maker->list);
	maker->list = NULL;
}

enum dv_exit
ds_cmd_nv_options(const struct dv_args *args, struct dv_err *err)
{
	bool rma = dv_args_has(args, "rma-key");
	bool never = dv_args_has(args, "no-rma");
	if (!dv_args_has(args, "nv")) {
		if (rma || never || dv_args_has(args, "overwrite"))
			return dv_fail(err, DV_EXIT_USAGE, "install: --rma-key, "
			    "--no-rma and --overwrite are for --nv");
		return DV_EXIT_YES;
	}
	if (dv_args_has(args, "output"))
		return dv_fail(err, DV_EXIT_USAGE,
		    "install: --nv and -o do not go together");
	if (rma != never)
		return DV_EXIT_YES;
	enum dv_exit ret = dv_fail(err, DV_EXIT_USAGE, "install: --nv needs one "
	    "of --rma-key and --no-rma");
	return dv_hint(err, ret, "--rma-key FILE: whoever has its private key can "
	    "have the certificate deleted; --no-rma: nobody ever can");
}

/* ---- the steps ------------------------------------------------------------- */

struct ds_cmd_nv {
	struct ds_tpm *tpm;
	struct ds_nv_case at;
	struct dv_buf content;
};

static enum dv_exit
policy_choose(const struct dv_args *args, const struct dv_key *device,
    uint8_t out[DS_NV_POLICY], struct dv_err *err)
{
	struct ds_cmd_maker maker = { .list = NULL };
	uint8_t ref[DS_NV_REF];
	const char *path = dv_args_get(args, "rma-key");
	memset(out, 0, DS_NV_POLICY);
	if (path == NULL)
		return DV_EXIT_YES;
	enum dv_exit ret = ds_cmd_maker_load(path, &maker, err);
	if (ret == DV_EXIT_YES && !ds_nv_ref(device, ref))
		ret = dv_fail(err, DV_EXIT_NONE, "hashing failed");
	if (ret == DV_EXIT_YES) {
		ret = ds_nv_policy(&maker.key, ref, out, err);
		if (ret != DV_EXIT_YES)
			ret = dv_fail_in(err, ret, path);
	}
	ds_cmd_maker_free(&maker);
	return ret;
}

static enum dv_exit
look(struct ds_cmd_nv *nv, struct dv_err *err)
{
	struct ds_nv *found = &nv->at.found;
	dv_buf_free(&nv->content);
	enum dv_exit ret = ds_tpm_nv_look(nv->tpm, DS_NV_CERTIFICATE, found,
	    err);
	if (ret == DV_EXIT_YES && found->written)
		ret = ds_tpm_nv_read(nv->tpm, DS_NV_CERTIFICATE, found->size,
		    &nv->content, err);
	nv->at.content = dv_buf_bytes(&nv->content);
	return ret;
}

static enum dv_exit
step(struct ds_cmd_nv *nv, enum ds_nv_step what, struct dv_err *err)
{
	const struct ds_nv_data data = {
		.index = DS_NV_CERTIFICATE,
		.bytes = nv->at.wanted,
		.chunk = nv->at.chunk,
	};
	switch (what) {
	case DS_NV_DEFINE:
		return ds_tpm_nv_define(nv->tpm, DS_NV_CERTIFICATE,
		    nv->at.wanted.len, nv->at.policy, err);
	case DS_NV_WRITE:
		return ds_tpm_nv_write(nv->tpm, &data, err);
	case DS_NV_LOCK:
		return ds_tpm_nv_lock(nv->tpm, DS_NV_CERTIFICATE, err);
	case DS_NV_DELETE:
		return ds_tpm_nv_delete(nv->tpm, DS_NV_CERTIFICATE, err);
	case DS_NV_REFUSE:
	case DS_NV_DONE:
		break;
	}
	return DV_EXIT_NONE;
}

enum dv_exit
ds_cmd_nv_install(struct ds_cmd_nv *nv, struct dv_err *err)
{
	enum dv_exit ret;
	for (int i = 0; i < STEPS_MAX; i++) {
		ret = look(nv, err);
		if (ret != DV_EXIT_YES)
			return ret;
		enum ds_nv_step next = ds_nv_next(&nv->at, &ret, err);
		if (next == DS_NV_DONE) {
			ds_cmd_say(NULL, "NV 0x%08x: the certificate is locked "
			    "there%s", (unsigned)DS_NV_CERTIFICATE,
			    i > 0 ? "" : " already");
			return DV_EXIT_YES;
		}
		ret = next == DS_NV_REFUSE ? ret : step(nv, next, err);
		if (ret != DV_EXIT_YES)
			return ret;
	}
	return dv_fail(err, DV_EXIT_NONE, "NV 0x%08x: what is there changes while "
	    "it is installed", (unsigned)DS_NV_CERTIFICATE);
}

/* ---- before them ----------------------------------------------------------- */

static enum dv_exit
reach(const struct dv_args *args, struct ds_cmd_nv *nv, struct dv_err *err)
{
	struct ds_access access;
	struct ds_tpm_info info;
	enum dv_exit ret = ds_cmd_access(args, &access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_open(ds_tpm_tcti(&access), &nv->tpm, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_info(nv->tpm, &info, err);
	if (ret != DV_EXIT_YES)
		return ret;
	nv->at.chunk = info.nv_chunk;
	return nv->at.wanted.len <= info.nv_max ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "the certificate has %zu bytes, and this "
	    "TPM keeps %u in one index", nv->at.wanted.len,
	    (unsigned)info.nv_max);
}

enum dv_exit
ds_cmd_nv_ready(const struct dv_args *args, const struct dv_cert *certificate,
    struct ds_cmd_nv **out, struct dv_err *err)
{
	struct ds_cmd_nv *nv = *out = calloc(1, sizeof(*nv));
	if (nv == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	nv->at.wanted = certificate->der;
	nv->at.overwrite = dv_args_has(args, "overwrite");
	enum dv_exit ret = policy_choose(args, &certificate->key,
	    nv->at.policy, err);
	if (ret == DV_EXIT_YES)
		ret = reach(args, nv, err);
	if (ret == DV_EXIT_YES)
		ret = look(nv, err);
	if (ret != DV_EXIT_YES)
		return ret;
	enum ds_nv_step next = ds_nv_next(&nv->at, &ret, err);
	if (next == DS_NV_DONE || next == DS_NV_REFUSE)
		return ret;
	return ds_cmd_confirm(args, dv_args_has(args, "no-rma") ?
	    "this locks the certificate into the TPM, where nobody can ever "
	    "change or delete it" :
	    "this locks the certificate into the TPM, where only the holder of "
	    "the RMA key can ever delete it", err);
}

void
ds_cmd_nv_end(struct ds_cmd_nv *nv)
{
	if (nv == NULL)
		return;
	dv_buf_free(&nv->content);
	ds_tpm_close(nv->tpm);
	free(nv);
}
