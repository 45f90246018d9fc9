/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a TPM's response codes mean and what to do about them: one table. The
 * code itself is always shown too. TCG TPM 2.0 Library part 2, 6.6.
 */
#include <tss2/tss2_rc.h>

#include "tpm_esys.h"

#define LAYER(rc) ((rc) & TSS2_RC_LAYER_MASK)
#define BASE(rc) ((rc) & ~(TSS2_RC)TSS2_RC_LAYER_MASK)

static const char policy_hint[] =
    "a key with a policy is used by the file it was made with, unchanged";
static const char password_hint[] =
    "give it with --passphrase-file, or --owner-passphrase-file and "
    "--endorsement-passphrase-file for those of the hierarchies";
static const char busy_hint[] = "try again in some seconds";
static const char slots_hint[] = "use /dev/tpmrm0 instead of /dev/tpm0, or "
    "run `tpm2_flushcontext -t` and `tpm2_flushcontext -l`";
static const char no_tpm_hint[] = "is the TCTI right?";

struct meaning {
	TSS2_RC code;		/* without handle, session, parameter number */
	const char *name, *means, *hint;
};

static const struct meaning of_tpm[] = {
	{ TPM2_RC_INITIALIZE, "TPM_RC_INITIALIZE",
	    "the TPM was not started", "firmware does that: power-cycle" },
	{ TPM2_RC_FAILURE, "TPM_RC_FAILURE",
	    "the TPM is in failure mode and takes no commands", "power-cycle; "
	    "a simulator needs an absolute, writable state directory" },
	{ TPM2_RC_AUTH_TYPE, "TPM_RC_AUTH_TYPE",
	    "the key wants a policy, not a password", policy_hint },
	{ TPM2_RC_AUTH_UNAVAILABLE, "TPM_RC_AUTH_UNAVAILABLE",
	    "the key wants a policy, not a password", policy_hint },
	{ TPM2_RC_POLICY_FAIL, "TPM_RC_POLICY_FAIL",
	    "the key's policy is not satisfied", policy_hint },
	{ TPM2_RC_SIGNATURE, "TPM_RC_SIGNATURE",
	    "an approved policy is not signed by the key's authority",
	    "take the file as the authority gave it" },
	{ TPM2_RC_AUTH_FAIL, "TPM_RC_AUTH_FAIL",
	    "a password is set, and each wrong try counts towards lockout",
	    password_hint },
	{ TPM2_RC_BAD_AUTH, "TPM_RC_BAD_AUTH",
	    "a password is set", password_hint },
	{ TPM2_RC_HANDLE, "TPM_RC_HANDLE",
	    "there is no key at this handle", "the device was not provisioned, "
	    "or its TPM was cleared: run `devsign key create`" },
	{ TPM2_RC_HIERARCHY, "TPM_RC_HIERARCHY",
	    "this hierarchy is closed, or is not the one that may do this",
	    "the platform's is closed once the device has booted; the owner's "
	    "and the endorsement hierarchy are switched on in the firmware "
	    "set-up" },
	{ TPM2_RC_INTEGRITY, "TPM_RC_INTEGRITY",
	    "this was made by another TPM, or before this one was cleared",
	    "only the TPM that made it can use it: make it again here, and ask "
	    "for a new certificate" },
	{ TPM2_RC_DISABLED, "TPM_RC_DISABLED",
	    "this command is switched off in the TPM",
	    "the firmware set-up, or who locked the device, can allow it" },
	{ TPM2_RC_PCR_CHANGED, "TPM_RC_PCR_CHANGED",
	    "a PCR changed while the policy was checked", busy_hint },
	{ TPM2_RC_NV_SPACE, "TPM_RC_NV_SPACE",
	    "the permanent memory of the TPM is full",
	    "`tpm2_getcap handles-persistent` and `tpm2_getcap "
	    "handles-nv-index` list what is there; remove what is not needed" },
	{ TPM2_RC_NV_DEFINED, "TPM_RC_NV_DEFINED",
	    "something is there already",
	    "run the command again: it compares before it writes" },
	{ TPM2_RC_NV_LOCKED, "TPM_RC_NV_LOCKED",
	    "it is locked: to be read, never to be written again",
	    "what was locked is final; another one needs a place of its own" },
	{ TPM2_RC_NV_AUTHORIZATION, "TPM_RC_NV_AUTHORIZATION",
	    "whoever asks may not do this to an NV index",
	    "an index made by the platform is changed by the platform alone, "
	    "early at boot" },
	{ TPM2_RC_CURVE, "TPM_RC_CURVE",
	    "this TPM has no P-256", "it cannot hold a device key" },
	{ TPM2_RC_SCHEME, "TPM_RC_SCHEME",
	    "the key does not sign by ECDSA with SHA-256",
	    "`devsign key create` makes one that does" },
	{ TPM2_RC_TICKET, "TPM_RC_TICKET",
	    "the key is restricted to what the TPM itself made",
	    "`devsign key create` makes one that signs files" },
	{ TPM2_RC_OBJECT_MEMORY, "TPM_RC_OBJECT_MEMORY",
	    "all object slots of the TPM are taken", slots_hint },
	{ TPM2_RC_OBJECT_HANDLES, "TPM_RC_OBJECT_HANDLES",
	    "all object slots of the TPM are taken", slots_hint },
	{ TPM2_RC_SESSION_MEMORY, "TPM_RC_SESSION_MEMORY",
	    "all session slots of the TPM are taken", slots_hint },
	{ TPM2_RC_SESSION_HANDLES, "TPM_RC_SESSION_HANDLES",
	    "all session slots of the TPM are taken", slots_hint },
	{ TPM2_RC_LOCKOUT, "TPM_RC_LOCKOUT",
	    "the TPM is locked after too many wrong passwords or power cuts",
	    "wait (`tpm2_getcap properties-variable` says how long), or "
	    "`tpm2_dictionarylockout -c`" },
	{ TPM2_RC_RETRY, "TPM_RC_RETRY", "the TPM stayed busy", busy_hint },
	{ TPM2_RC_YIELDED, "TPM_RC_YIELDED", "the TPM stayed busy", busy_hint },
	{ TPM2_RC_TESTING, "TPM_RC_TESTING",
	    "the TPM is still testing itself", busy_hint },
	{ TPM2_RC_CANCELED, "TPM_RC_CANCELED",
	    "the command was cancelled", busy_hint },
	{ TPM2_RC_NV_RATE, "TPM_RC_NV_RATE",
	    "the TPM limits how often it writes", busy_hint },
	{ TPM2_RC_NV_UNAVAILABLE, "TPM_RC_NV_UNAVAILABLE",
	    "the TPM cannot write now", busy_hint },
};

/* Of the library and the way to the TPM. */
static const struct meaning of_way[] = {
	{ TSS2_BASE_RC_TRY_AGAIN, "time-out",
	    "the TPM did not answer in time", "power-cycle the device if it "
	    "happens again" },
	{ TSS2_BASE_RC_IO_ERROR, "I/O error",
	    "the connection to the TPM broke", "is the TPM, its driver or its "
	    "simulator still there? Then try again" },
	{ TSS2_BASE_RC_NO_CONNECTION, "no connection",
	    "the connection to the TPM broke", "try again" },
	{ TSS2_BASE_RC_BAD_SEQUENCE, "bad sequence",
	    "the connection to the TPM is unusable after an error",
	    "try again" },
	{ TSS2_BASE_RC_RSP_AUTH_FAILED, "response authentication failed",
	    "the answer was altered on its way from the TPM",
	    "something stands between this program and the TPM: trust "
	    "nothing it said" },
	{ TSS2_BASE_RC_MALFORMED_RESPONSE, "malformed response",
	    "what answered does not speak TPM 2.0", no_tpm_hint },
	{ TSS2_BASE_RC_INSUFFICIENT_RESPONSE, "size of the response",
	    "what answered does not speak TPM 2.0", no_tpm_hint },
	{ TSS2_BASE_RC_INSUFFICIENT_BUFFER, "size of the response",
	    "what answered does not speak TPM 2.0", no_tpm_hint },
	{ TSS2_BASE_RC_INSUFFICIENT_CONTEXT, "size of the response",
	    "what answered does not speak TPM 2.0", no_tpm_hint },
	{ TSS2_BASE_RC_MEMORY, "memory", "out of memory", "" },
};

static bool
from_tpm(TSS2_RC rc)
{
	return LAYER(rc) == TSS2_TPM_RC_LAYER ||
	    LAYER(rc) == TSS2_RESMGR_TPM_RC_LAYER;
}

/* Format-one codes carry the number of what they speak about: cut it off. */
static TSS2_RC
tpm_code(TSS2_RC rc)
{
	rc = BASE(rc);
	return (rc & TPM2_RC_FMT1) != 0 ? rc & (TPM2_RC_FMT1 | 0x3f) : rc;
}

bool
ds_tpm_is(TSS2_RC rc, TSS2_RC code)
{
	return rc != TSS2_RC_SUCCESS && from_tpm(rc) && tpm_code(rc) == code;
}

static const struct meaning *
meaning_find(TSS2_RC rc)
{
	const struct meaning *table = from_tpm(rc) ? of_tpm : of_way;
	size_t count = from_tpm(rc) ? sizeof(of_tpm) / sizeof(*of_tpm) :
	    sizeof(of_way) / sizeof(*of_way);
	TSS2_RC code = from_tpm(rc) ? tpm_code(rc) : BASE(rc);
	for (size_t i = 0; i < count; i++) {
		if (table[i].code == code)
			return &table[i];
	}
	return NULL;
}

enum dv_exit
ds_tpm_fail(struct dv_err *err, const char *where, const char *doing,
    TSS2_RC rc)
{
	const struct meaning *m = meaning_find(rc);
	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "%s: %s failed (TPM 0x%x %s)",
		    where, doing, (unsigned)rc, Tss2_RC_Decode(rc));
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE,
	    "%s: %s: %s (TPM 0x%x %s)", where, doing, m->means, (unsigned)rc,
	    m->name);
	return m->hint[0] != '\0' ? dv_hint(err, ret, "%s", m->hint) : ret;
}
