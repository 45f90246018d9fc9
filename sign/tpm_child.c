/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys in TSS2 PRIVATE KEY files: wrapped by a parent in the TPM, loaded while
 * they are used. Makes them as OpenSSL's tpm2 provider can use them, and uses
 * those that it makes. Whatever is loaded is flushed, on every path.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tss2/tss2_mu.h>

#include "host/file.h"
#include "host/pem.h"
#include "tpm_cmd.h"
#include "tpm_policy.h"
#include "tpm_template.h"

#define BLOB_MAX (sizeof(TPM2B_PUBLIC) + sizeof(TPM2B_PRIVATE))

/* ---- the file ------------------------------------------------------------- */

static enum dv_exit
block_read(const char *path, struct dv_bytes text, struct dv_buf *der,
    struct dv_err *err)
{
	char label[64];
	struct dv_buf extra = { 0 };
	enum dv_exit ret = dv_pem_next(&text, label, der, err);
	if (ret == DV_EXIT_NO)
		ret = dv_fail(err, DV_EXIT_NONE, "%s: not a PEM file", path);
	else if (ret == DV_EXIT_YES && strcmp(label, DS_TPM_FILE_LABEL) != 0)
		ret = dv_fail(err, DV_EXIT_NONE, "%s: wanted a "
		    DS_TPM_FILE_LABEL ", found %s", path, label);
	if (ret != DV_EXIT_YES)
		return dv_hint(err, ret, "`devsign key create -k tpm:PATH` "
		    "makes one; a key without a TPM is file:PATH");
	ret = dv_pem_next(&text, label, &extra, err);
	dv_buf_free(&extra);
	if (ret == DV_EXIT_YES)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: holds more than one object, wanted one key", path);
	return ret == DV_EXIT_NO ? DV_EXIT_YES : ret;
}

enum dv_exit
ds_tpm_file_load(const char *path, struct dv_buf *der,
    struct ds_tpm_file *out, struct dv_err *err)
{
	struct dv_buf text = { 0 };
	enum dv_exit ret = dv_file_read_secret(path, DS_TPM_FILE_MAX, &text,
	    err);
	if (ret == DV_EXIT_YES)
		ret = block_read(path, dv_buf_bytes(&text), der, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_file_read(path, dv_buf_bytes(der), out, err);
	dv_buf_free(&text);
	return ret;
}

enum dv_exit
ds_tpm_file_save(const char *path, const struct ds_tpm_file *file,
    bool replace, struct dv_err *err)
{
	struct dv_buf pem = { 0 };
	struct dv_file_new new = { .path = path, .mode = 0600,
		.replace = replace };
	uint8_t *room = malloc(DS_TPM_FILE_MAX);
	struct ds_der w = ds_der_start(room, room != NULL ? DS_TPM_FILE_MAX / 2
	    : 0);
	ds_tpm_file_write(&w, file);
	struct dv_bytes der = ds_der_done(&w);
	enum dv_exit ret = der.ptr != NULL &&
	    dv_pem_write(&pem, DS_TPM_FILE_LABEL, der) ?
	    dv_file_write(&new, dv_buf_bytes(&pem), err) :
	    dv_fail(err, DV_EXIT_NONE, "%s: no room for the key", path);
	dv_buf_free(&pem);
	free(room);
	return ret;
}

/* ---- below a parent ------------------------------------------------------- */

/* Load or Create, with all that it needs. */
struct task {
	uint32_t parent;		/* handle, TPM2_RH_OWNER: made here */
	struct ds_tpm_below *at;	/* of arg */
	const struct ds_tpm_call *call;
	void *arg;
	struct dv_err *err;
	enum dv_exit ret;		/* YES: *err says nothing yet */
};

static TSS2_RC
owner_parent(struct ds_tpm *tpm, struct task *t)
{
	static const TPM2B_AUTH none;
	struct ds_tpm_derive d = { .hierarchy = ESYS_TR_RH_OWNER,
		.session = t->at->session, .template = &ds_tpm_owner_primary,
		.auth = &none };
	if (tpm->primary != ESYS_TR_NONE) {
		t->at->parent = tpm->primary;	/* the session has just used it */
		return TSS2_RC_SUCCESS;
	}
	TSS2_RC rc = ds_tpm_run_as(tpm, ESYS_TR_RH_OWNER, &ds_tpm_call_derive,
	    &d);
	if (rc == TSS2_RC_SUCCESS) {
		t->at->parent = tpm->primary = d.derived;
		Esys_Free(d.pub);
	} else if (!ds_tpm_slots_full(rc)) {
		t->ret = ds_tpm_fail_hierarchy(tpm, ESYS_TR_RH_OWNER,
		    "deriving the key's parent", rc, t->err);
	}
	return rc;
}

static TSS2_RC
kept_parent(struct ds_tpm *tpm, struct task *t)
{
	struct ds_tpm_lookup l = { .handle = t->parent };
	TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_lookup, &l);
	t->at->parent = l.found;
	if (ds_tpm_is(rc, TPM2_RC_HANDLE)) {
		t->ret = dv_fail(t->err, DV_EXIT_NONE, "%s: there is no key at "
		    "0x%08x, which is this key's parent (TPM 0x%x "
		    "TPM_RC_HANDLE)", tpm->spec, (unsigned)t->parent,
		    (unsigned)rc);
		dv_hint(t->err, t->ret, "it was evicted, the TPM was cleared, or "
		    "the file belongs to another TPM");
	}
	return rc;
}

static TSS2_RC
run_below(struct ds_tpm *tpm, struct task *t)
{
	bool kept = t->parent != TPM2_RH_OWNER;
	t->ret = ds_tpm_session(tpm, TPMA_SESSION_DECRYPT, &t->at->session,
	    t->err);
	if (t->ret != DV_EXIT_YES)
		return TSS2_RC_SUCCESS;
	TSS2_RC rc = kept ? kept_parent(tpm, t) : owner_parent(tpm, t);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	rc = ds_tpm_run(tpm, t->call, t->arg);
	if (kept)
		Esys_TR_Close(tpm->esys, &t->at->parent);
	return rc;
}

/*
 * Two objects and a session are held at once: whoever waited for one of them
 * and kept the others could wait for another who does the same.
 */
static TSS2_RC
run_once(struct ds_tpm *tpm, void *arg)
{
	struct task *t = arg;
	t->ret = DV_EXIT_YES;
	tpm->keep_primary = true;
	TSS2_RC rc = ds_tpm_session_try(tpm);
	if (rc == TSS2_RC_SUCCESS)
		rc = run_below(tpm, t);
	tpm->keep_primary = false;
	ds_tpm_primary_drop(tpm);
	if (rc != TSS2_RC_SUCCESS)
		ds_tpm_session_end(tpm);
	return rc;
}

static enum dv_exit
run(struct ds_tpm *tpm, struct task *t, const char *doing)
{
	TSS2_RC rc = ds_tpm_patiently(tpm, run_once, t);
	if (t->ret != DV_EXIT_YES || rc == TSS2_RC_SUCCESS)
		return t->ret;
	return ds_tpm_fail(t->err, tpm->spec, doing, rc);
}

/* ---- loading -------------------------------------------------------------- */

/* Each fills its octets to the last. */
static enum dv_exit
blobs_read(const char *path, const struct ds_tpm_file *file,
    TPM2B_PUBLIC *pub, TPM2B_PRIVATE *priv, struct dv_err *err)
{
	size_t a = 0, b = 0;
	if (Tss2_MU_TPM2B_PUBLIC_Unmarshal(file->pub.ptr, file->pub.len, &a,
	    pub) == TSS2_RC_SUCCESS && a == file->pub.len &&
	    Tss2_MU_TPM2B_PRIVATE_Unmarshal(file->priv.ptr, file->priv.len, &b,
	    priv) == TSS2_RC_SUCCESS && b == file->priv.len)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE, "%s: what the file holds is not a "
	    "public area and a wrapped key of a TPM", path);
}

enum dv_exit
ds_tpm_load_file(struct ds_tpm *tpm, const char *path,
    struct ds_tpm_public *out, struct dv_err *err)
{
	TPM2B_PUBLIC pub = { .size = 0 };
	TPM2B_PRIVATE priv = { .size = 0 };
	struct ds_tpm_load_child l = { .pub = &pub, .priv = &priv };
	struct task t = { .at = &l.at, .call = &ds_tpm_call_load, .arg = &l,
		.err = err };
	ds_tpm_forget(tpm);
	snprintf(tpm->spec, sizeof(tpm->spec), "tpm:%s", path);
	tpm->file = calloc(1, sizeof(*tpm->file));
	if (tpm->file == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	enum dv_exit ret = ds_tpm_file_load(path, &tpm->der, tpm->file, err);
	if (ret == DV_EXIT_YES)
		ret = blobs_read(path, tpm->file, &pub, &priv, err);
	t.parent = tpm->file->parent;
	if (ret == DV_EXIT_YES)
		ret = run(tpm, &t, "loading the key");
	if (ret != DV_EXIT_YES)
		return ret;
	tpm->key = l.loaded;
	tpm->flush = true;
	return ds_tpm_take(tpm, &pub.publicArea, out, err);
}

/* ---- making --------------------------------------------------------------- */

/* Asked before a password is; dv_file_write() decides in the end. */
static enum dv_exit
path_free(const char *path, struct dv_err *err)
{
	struct stat st;
	if (lstat(path, &st) != 0 && errno == ENOENT)
		return DV_EXIT_YES;
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
	    "%s: exists already, and a key is never overwritten", path);
	return dv_hint(err, ret, "name another file, or move that one away");
}

static enum dv_exit
child_save(const char *path, struct ds_tpm_file *file,
    const struct ds_tpm_create_child *made, struct dv_err *err)
{
	uint8_t room[BLOB_MAX];
	size_t pub = 0, end = 0;
	bool ok = Tss2_MU_TPM2B_PUBLIC_Marshal(made->pub, room, sizeof(room),
	    &pub) == TSS2_RC_SUCCESS;
	end = pub;
	ok = ok && Tss2_MU_TPM2B_PRIVATE_Marshal(made->priv, room, sizeof(room),
	    &end) == TSS2_RC_SUCCESS;
	if (!ok)
		return dv_fail(err, DV_EXIT_NONE, "%s: what the TPM made cannot "
		    "be written", path);
	file->parent = TPM2_RH_OWNER;
	file->pub = (struct dv_bytes){ room, pub };
	file->priv = (struct dv_bytes){ room + pub, end - pub };
	return ds_tpm_file_save(path, file, false, err);
}

/* A key with a policy is used by that alone: no password, not even none. */
static enum dv_exit
policy_take(struct ds_tpm *tpm, const struct ds_tpm_steps *steps,
    TPM2B_PUBLIC *pub, struct dv_err *err)
{
	if (steps->policy.count == 0)
		return DV_EXIT_YES;
	pub->publicArea.objectAttributes &= ~(TPMA_OBJECT)
	    TPMA_OBJECT_USERWITHAUTH;
	if (tpm->auth.size > 0 || tpm->secret.ask)
		return dv_fail(err, DV_EXIT_USAGE, "%s: a key with a policy has "
		    "no password", tpm->spec);
	return ds_tpm_policy_digest(&steps->policy, steps->policy.count,
	    ds_tpm_hash_id(pub->publicArea.nameAlg),
	    &pub->publicArea.authPolicy) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "%s: the policy cannot be computed",
	    tpm->spec);
}

static enum dv_exit
make(struct ds_tpm *tpm, const char *path, const struct ds_tpm_steps *steps,
    struct ds_tpm_create_child *c, struct dv_err *err)
{
	struct task t = { .parent = TPM2_RH_OWNER, .at = &c->at,
		.call = &ds_tpm_call_create, .arg = c, .err = err };
	struct ds_tpm_file *file = calloc(1, sizeof(*file));
	if (file == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	enum dv_exit ret = run(tpm, &t, "making the key");
	if (ret == DV_EXIT_YES) {
		file->empty_auth = tpm->auth.size == 0;
		file->policy = steps->policy;
		ret = child_save(path, file, c, err);
	}
	free(file);
	Esys_Free(c->pub);
	Esys_Free(c->priv);
	return ret;
}

enum dv_exit
ds_tpm_create_file(struct ds_tpm *tpm, const char *path,
    const struct ds_key_new *what, const struct ds_tpm_template *template,
    struct dv_err *err)
{
	TPM2B_PUBLIC pub = template->pub;
	struct ds_tpm_create_child c = { .template = &pub,
		.auth = &tpm->auth };
	struct ds_tpm_steps steps;
	ds_tpm_forget(tpm);
	snprintf(tpm->spec, sizeof(tpm->spec), "tpm:%s", path);
	enum dv_exit ret = path_free(path, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_policy_new(tpm, what, &steps, err);
	if (ret == DV_EXIT_YES)
		ret = policy_take(tpm, &steps, &pub, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_new_auth(tpm, &pub.publicArea, tpm->spec, err);
	return ret == DV_EXIT_YES ? make(tpm, path, &steps, &c, err) : ret;
}
