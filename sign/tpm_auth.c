/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords of TPM keys and hierarchies: where they come from, in which order
 * they are tried, and what a refusal costs. Never more wrong tries than one,
 * and none where a try counts and the answer is known.
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "host/when.h"
#include "tpm_cmd.h"

/* ---- reading -------------------------------------------------------------- */

static enum dv_exit
auth_read(const struct ds_secret *source, const char *what, bool twice,
    TPM2B_AUTH *out, struct dv_err *err)
{
	struct dv_buf secret = { 0 };
	enum dv_exit ret = ds_secret_get(source, what, twice, &secret, err);
	if (ret == DV_EXIT_YES && !dv_bytes_copy(out->buffer,
	    sizeof(out->buffer), dv_buf_bytes(&secret)))
		ret = dv_fail(err, DV_EXIT_NONE, "the %s is longer than a TPM "
		    "takes, %zu octets", what, sizeof(out->buffer));
	out->size = ret == DV_EXIT_YES ? (UINT16)secret.len : 0;
	dv_buf_free(&secret);
	return ret;
}

static enum dv_exit
hierarchy_read(const char *file, const char *what, TPM2B_AUTH *out,
    struct dv_err *err)
{
	const struct ds_secret source = { .file = file, .fd = -1 };
	return file == NULL ? DV_EXIT_YES :
	    auth_read(&source, what, false, out, err);
}

static bool
given(const struct ds_secret *secret)
{
	return secret->file != NULL || secret->fd >= 0;
}

enum dv_exit
ds_tpm_access(struct ds_tpm *tpm, const struct ds_access *access,
    struct dv_err *err)
{
	tpm->plain = access->plain_session;
	tpm->secret = (struct ds_secret){ .fd = -1,
		.none = access->secret.none, .ask = access->secret.ask };
	if (access->salt_name.len > 0 && !dv_bytes_copy(tpm->pin.octets,
	    sizeof(tpm->pin.octets), access->salt_name))
		return dv_fail(err, DV_EXIT_USAGE, "the Name of the key for "
		    "sessions is too long");
	tpm->pin.len = access->salt_name.len;
	enum dv_exit ret = hierarchy_read(access->owner_file,
	    "password of the owner hierarchy", &tpm->owner, err);
	if (ret == DV_EXIT_YES)
		ret = hierarchy_read(access->endorsement_file, "password of the "
		    "endorsement hierarchy", &tpm->endorsement, err);
	if (ret == DV_EXIT_YES && given(&access->secret))
		ret = auth_read(&access->secret, "password of the key", false,
		    &tpm->auth, err);
	return ret;
}

/* The terminal, when nothing else was said. */
static enum dv_exit
key_ask(struct ds_tpm *tpm, const char *spec, bool fresh, struct dv_err *err)
{
	char what[300];
	snprintf(what, sizeof(what), "%spassword for %s", fresh ? "new " : "",
	    spec);
	return tpm->auth.size > 0 ? DV_EXIT_YES :
	    auth_read(&tpm->secret, what, fresh, &tpm->auth, err);
}

enum dv_exit
ds_tpm_new_auth(struct ds_tpm *tpm, const TPMT_PUBLIC *template,
    const char *spec, struct dv_err *err)
{
	size_t most = template->nameAlg == TPM2_ALG_SHA384 ? 48 : 32;
	enum dv_exit ret = tpm->secret.ask ? key_ask(tpm, spec, true, err) :
	    DV_EXIT_YES;
	if (ret == DV_EXIT_YES && tpm->auth.size > most)
		return dv_fail(err, DV_EXIT_NONE, "%s: a password of this key "
		    "has at most %zu octets", spec, most);
	return ret;
}

/* ---- refusals ------------------------------------------------------------- */

/* A variable property of the TPM; false when it cannot be had now. */
static bool
property(struct ds_tpm *tpm, uint32_t which, uint32_t *value)
{
	struct ds_tpm_capability c = { .what = TPM2_CAP_TPM_PROPERTIES,
		.first = which, .count = 1 };
	bool ok = ds_tpm_run(tpm, &ds_tpm_call_capability, &c) ==
	    TSS2_RC_SUCCESS;
	if (ok) {
		const TPML_TAGGED_TPM_PROPERTY *p =
		    &c.found->data.tpmProperties;
		ok = p->count == 1 && p->tpmProperty[0].property == which;
		*value = ok ? p->tpmProperty[0].value : 0;
		Esys_Free(c.found);
	}
	return ok;
}

/* When the next try is allowed: one is forgotten each interval. */
static enum dv_exit
fail_lockout(struct ds_tpm *tpm, const char *doing, TSS2_RC rc,
    struct dv_err *err)
{
	uint32_t tries = 0, most = 0, seconds = 0;
	struct dv_when now;
	char until[DV_TIME_TEXT];
	if (!property(tpm, TPM2_PT_LOCKOUT_COUNTER, &tries) ||
	    !property(tpm, TPM2_PT_MAX_AUTH_FAIL, &most) ||
	    !property(tpm, TPM2_PT_LOCKOUT_INTERVAL, &seconds) ||
	    dv_when(NULL, &now, err) != DV_EXIT_YES)
		return ds_tpm_fail(err, tpm->spec, doing, rc);
	uint64_t over = tries >= most ? (uint64_t)tries - most + 1 : 1;
	now.at.s += (int64_t)(over * seconds);
	dv_time_format(now.at, until);
	/* 2026-03-01T17:05:30Z: the minutes are exact enough */
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE, "%s: %s: the TPM is in "
	    "lockout until about %.10s %.5s UTC (%u s per try) "
	    "(TPM 0x%x TPM_RC_LOCKOUT)", tpm->spec, doing, until, until + 11,
	    (unsigned)seconds, (unsigned)rc);
	return dv_hint(err, ret, "too many wrong passwords or power cuts; wait, "
	    "or clear it with `tpm2_dictionarylockout -c`");
}

static enum dv_exit
fail_password(struct ds_tpm *tpm, const char *doing, TSS2_RC rc,
    struct dv_err *err)
{
	uint32_t tries = 0, most = 0;
	bool counts = ds_tpm_is(rc, TPM2_RC_AUTH_FAIL);
	const char *what = tpm->auth.size > 0 ? "wrong key password" :
	    "the key has a password and none was given";
	enum dv_exit ret;
	if (!counts)
		ret = dv_fail(err, DV_EXIT_NONE, "%s: %s: %s; this does not "
		    "count towards lockout (TPM 0x%x TPM_RC_BAD_AUTH)",
		    tpm->spec, doing, what, (unsigned)rc);
	else if (property(tpm, TPM2_PT_LOCKOUT_COUNTER, &tries) &&
	    property(tpm, TPM2_PT_MAX_AUTH_FAIL, &most))
		ret = dv_fail(err, DV_EXIT_NONE, "%s: %s: %s; %u of %u tries "
		    "left (TPM 0x%x TPM_RC_AUTH_FAIL)", tpm->spec, doing, what,
		    (unsigned)(tries < most ? most - tries : 0),
		    (unsigned)most, (unsigned)rc);
	else
		ret = ds_tpm_fail(err, tpm->spec, doing, rc);
	return dv_hint(err, ret, "give --passphrase-file FILE, "
	    "--passphrase-fd N or --ask-passphrase");
}

static bool
wrong(TSS2_RC rc)
{
	return ds_tpm_is(rc, TPM2_RC_BAD_AUTH) ||
	    ds_tpm_is(rc, TPM2_RC_AUTH_FAIL);
}

static enum dv_exit
fail_key(struct ds_tpm *tpm, const char *doing, TSS2_RC rc,
    struct dv_err *err)
{
	if (ds_tpm_is(rc, TPM2_RC_LOCKOUT))
		return fail_lockout(tpm, doing, rc, err);
	if (wrong(rc))
		return fail_password(tpm, doing, rc, err);
	return ds_tpm_fail(err, tpm->spec, doing, rc);
}

/* ---- using a key ---------------------------------------------------------- */

static TSS2_RC
sign_with(struct ds_tpm *tpm, const TPM2B_AUTH *auth,
    struct ds_tpm_sign_call *s)
{
	TSS2_RC rc = Esys_TR_SetAuth(tpm->esys, tpm->key, auth);
	if (rc == TSS2_RC_SUCCESS)
		rc = ds_tpm_run(tpm, &ds_tpm_call_sign, s);
	tpm->fits = rc == TSS2_RC_SUCCESS ? auth : NULL;
	return rc;
}

/*
 * A session says which key it means, and a TPM that finds another one calls
 * that a wrong password. Is it still the key that was opened?
 */
static enum dv_exit
still_there(struct ds_tpm *tpm, struct dv_err *err)
{
	struct ds_tpm_read_public r = { .key = tpm->key };
	struct ds_tpm_name was, is;
	TSS2_RC rc = ds_tpm_run(tpm, &ds_tpm_call_read_public, &r);
	if (rc != TSS2_RC_SUCCESS)
		return ds_tpm_fail(err, tpm->spec, "looking at the key again",
		    rc);
	bool same = ds_tpm_name(&tpm->pub, &was) &&
	    ds_tpm_name(&r.found->publicArea, &is) && was.len == is.len &&
	    memcmp(was.octets, is.octets, was.len) == 0;
	Esys_Free(r.found);
	if (same)
		return DV_EXIT_YES;
	enum dv_exit ret = dv_fail(err, DV_EXIT_NO, "%s: another key is there "
	    "now, not the one that was opened", tpm->spec);
	return dv_hint(err, ret, "nothing was signed; somebody exchanged it");
}

/*
 * A wrong try of a noDA key costs nothing: the empty password first, whatever
 * is said about the key, then the other. A try that counts is made once.
 */
enum dv_exit
ds_tpm_sign_by_auth(struct ds_tpm *tpm, struct ds_tpm_sign_call *s,
    struct dv_err *err)
{
	static const TPM2B_AUTH none;
	bool counts = (tpm->pub.objectAttributes & TPMA_OBJECT_NODA) == 0;
	bool known = tpm->auth.size > 0 || tpm->secret.ask ||
	    (tpm->file != NULL && !tpm->file->empty_auth && !tpm->secret.none);
	const TPM2B_AUTH *try = tpm->fits != NULL ? tpm->fits :
	    counts && known ? &tpm->auth : &none;
	enum dv_exit ret = ds_tpm_session(tpm, TPMA_SESSION_DECRYPT,
	    &s->session, err);
	if (ret == DV_EXIT_YES && try == &tpm->auth)
		ret = key_ask(tpm, tpm->spec, false, err);
	if (ret != DV_EXIT_YES)
		return ret;
	TSS2_RC rc = sign_with(tpm, try, s);
	if (wrong(rc))
		ret = still_there(tpm, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (wrong(rc) && try == &none && !counts && !tpm->secret.none) {
		ret = key_ask(tpm, tpm->spec, false, err);
		if (ret != DV_EXIT_YES)
			return ret;
		rc = sign_with(tpm, &tpm->auth, s);
	}
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    fail_key(tpm, "signing", rc, err);
}

/* ---- hierarchies ---------------------------------------------------------- */

static const TPM2B_AUTH *
hierarchy_auth(const struct ds_tpm *tpm, ESYS_TR hierarchy)
{
	return hierarchy == ESYS_TR_RH_OWNER ? &tpm->owner : &tpm->endorsement;
}

TSS2_RC
ds_tpm_run_as(struct ds_tpm *tpm, ESYS_TR hierarchy,
    const struct ds_tpm_call *call, void *arg)
{
	TSS2_RC rc = Esys_TR_SetAuth(tpm->esys, hierarchy,
	    hierarchy_auth(tpm, hierarchy));
	if (rc == TSS2_RC_SUCCESS)
		rc = ds_tpm_run(tpm, call, arg);
	/* It must not stay: without a session it would cross in clear. */
	Esys_TR_SetAuth(tpm->esys, hierarchy, NULL);
	return rc;
}

enum dv_exit
ds_tpm_fail_hierarchy(struct ds_tpm *tpm, ESYS_TR hierarchy,
    const char *doing, TSS2_RC rc, struct dv_err *err)
{
	const char *name = hierarchy == ESYS_TR_RH_OWNER ? "owner" :
	    "endorsement";
	bool none = hierarchy_auth(tpm, hierarchy)->size == 0;
	/* Hierarchies are not subject to lockout (part 1, 19.8.2). */
	if (!ds_tpm_is(rc, TPM2_RC_BAD_AUTH))
		return ds_tpm_fail(err, tpm->where, doing, rc);
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE, "%s: %s: the %s hierarchy "
	    "has %s (TPM 0x%x TPM_RC_BAD_AUTH)", tpm->where, doing, name, none ?
	    "a password and none was given" : "another password",
	    (unsigned)rc);
	return dv_hint(err, ret, "give it with --%s-passphrase-file", name);
}
