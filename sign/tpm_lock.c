/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords and switches of the hierarchies. Works with those that still have
 * an empty password and never guesses one: a wrong try would count. TCG TPM 2.0
 * Library part 3, 24 and 25.
 */
#include <string.h>

#include "bytes.h"
#include "tpm_esys.h"
#include "tpm_lock.h"

#define ANSWER_S 10

struct owner {
	TPM2B_AUTH password;
	ESYS_TR session;		/* it crosses encrypted */
};

static TSS2_RC
owner_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct owner *o = arg;
	return Esys_HierarchyChangeAuth_Async(esys, ESYS_TR_RH_OWNER,
	    o->session, ESYS_TR_NONE, ESYS_TR_NONE, &o->password);
}

static TSS2_RC
owner_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_HierarchyChangeAuth_Finish(esys);
}

static TSS2_RC
clear_start(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_ClearControl_Async(esys, ESYS_TR_RH_LOCKOUT,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_YES);
}

static TSS2_RC
clear_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_ClearControl_Finish(esys);
}

static TSS2_RC
tries_start(ESYS_CONTEXT *esys, void *arg)
{
	const struct ds_tpm_tries *tries = arg;
	return Esys_DictionaryAttackParameters_Async(esys, ESYS_TR_RH_LOCKOUT,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, tries->max,
	    tries->interval, tries->recovery);
}

static TSS2_RC
tries_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_DictionaryAttackParameters_Finish(esys);
}

static TSS2_RC
platform_start(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_HierarchyControl_Async(esys, ESYS_TR_RH_PLATFORM,
	    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
	    ESYS_TR_RH_PLATFORM, TPM2_NO);
}

static TSS2_RC
platform_finish(ESYS_CONTEXT *esys, void *arg)
{
	(void)arg;
	return Esys_HierarchyControl_Finish(esys);
}

static const struct ds_tpm_call
    set_owner = { owner_start, owner_finish, ANSWER_S },
    set_clear = { clear_start, clear_finish, ANSWER_S },
    set_tries = { tries_start, tries_finish, ANSWER_S },
    set_platform = { platform_start, platform_finish, ANSWER_S };

static enum dv_exit
done(struct ds_tpm *tpm, TSS2_RC rc, const char *doing, struct dv_err *err)
{
	return rc == TSS2_RC_SUCCESS ? DV_EXIT_YES :
	    ds_tpm_fail(err, tpm->where, doing, rc);
}

enum dv_exit
ds_tpm_lock_owner(struct ds_tpm *tpm, struct dv_bytes password,
    struct dv_err *err)
{
	struct owner o = { .password.size = (uint16_t)password.len };
	if (password.len == 0 || password.len > DS_TPM_AUTH_MAX)
		return dv_fail(err, DV_EXIT_USAGE, "the owner password must have "
		    "1 to %d octets, not %zu", DS_TPM_AUTH_MAX, password.len);
	enum dv_exit ret = ds_tpm_session(tpm, TPMA_SESSION_DECRYPT,
	    &o.session, err);
	if (ret != DV_EXIT_YES)
		return ret;
	memcpy(o.password.buffer, password.ptr, password.len);
	TSS2_RC rc = ds_tpm_run(tpm, &set_owner, &o);
	dv_wipe(&o, sizeof(o));
	return done(tpm, rc, "setting the owner password", err);
}

enum dv_exit
ds_tpm_lock_clear(struct ds_tpm *tpm, struct dv_err *err)
{
	return done(tpm, ds_tpm_run(tpm, &set_clear, NULL),
	    "forbidding TPM2_Clear", err);
}

enum dv_exit
ds_tpm_lock_tries(struct ds_tpm *tpm, const struct ds_tpm_tries *tries,
    struct dv_err *err)
{
	struct ds_tpm_tries copy = *tries;
	return done(tpm, ds_tpm_run(tpm, &set_tries, &copy),
	    "setting the lockout parameters", err);
}

enum dv_exit
ds_tpm_lock_platform(struct ds_tpm *tpm, struct dv_err *err)
{
	return done(tpm, ds_tpm_run(tpm, &set_platform, NULL),
	    "switching the platform hierarchy off", err);
}
