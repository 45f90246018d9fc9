/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files tpm*.c share: the connection, calls that end in time, and
 * response codes as sentences. The only header that names the TPM library.
 */
#ifndef TPM_ESYS_H
#define TPM_ESYS_H

#include <tss2/tss2_esys.h>

#include "tpm.h"
#include "tpm_file.h"

/* Name of an object: hash algorithm and digest. len 0: none. */
#define DS_TPM_NAME_MAX (2 + DV_MAX_DIGEST)
struct ds_tpm_name {
	uint8_t octets[DS_TPM_NAME_MAX];
	size_t len;
};

struct ds_tpm {
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
	ESYS_TR key;			/* ESYS_TR_NONE: none loaded */
	bool flush;			/* key is loaded, not kept by the TPM */
	char spec[256];			/* of key: "tpm:0x81020000" */
	TPMT_PUBLIC pub;		/* of key */
	bool holds_slots;		/* so it may not wait for another */
	const TPM2B_AUTH *fits;		/* password that key took; NULL: unknown */
	char where[256];		/* the TCTI, for messages */
	struct ds_tpm_file *file;	/* key's, owned; NULL: at a handle */
	struct dv_buf der;		/* what file points into */
	/* tpm_session.c */
	bool plain;			/* no sessions: everything in clear */
	ESYS_TR session;		/* HMAC, salted; ESYS_TR_NONE: none yet */
	ESYS_TR primary;		/* the owner's, while it is loaded */
	bool keep_primary;		/* also when the session is started */
	struct ds_tpm_name pin, salt;	/* wanted, and used, for the session */
	bool salt_kept;			/* salt is at a handle */
	/* tpm_auth.c; wiped at the end */
	struct ds_secret secret;	/* of key, when the terminal is asked */
	TPM2B_AUTH auth;		/* of key, given; size 0: none */
	TPM2B_AUTH owner, endorsement;	/* of the hierarchies */
};

/* One command in its two halves. */
struct ds_tpm_call {
	TSS2_RC (*start)(ESYS_CONTEXT *esys, void *arg);
	TSS2_RC (*finish)(ESYS_CONTEXT *esys, void *arg);
	unsigned seconds;		/* how long an answer may take */
};

/* Lets go of the key: flushes it when it is only loaded. */
void ds_tpm_forget(struct ds_tpm *tpm);

/* Is tpm->key, whose public area this is, fit for signing? Fills *out. */
DV_MUST_USE enum dv_exit ds_tpm_take(struct ds_tpm *tpm,
    const TPMT_PUBLIC *pub, struct ds_tpm_public *out, struct dv_err *err);

/* Runs a command; while the TPM is busy or its slots are full, again, for two
 * seconds. */
TSS2_RC ds_tpm_run(struct ds_tpm *tpm, const struct ds_tpm_call *call,
    void *arg);

/*
 * What asks for all slots it needs and gives them back when it fails, tried
 * until others that use the TPM at the same time have given back theirs.
 */
TSS2_RC ds_tpm_patiently(struct ds_tpm *tpm,
    TSS2_RC (*once)(struct ds_tpm *tpm, void *arg), void *arg);

/*
 * Opens any TCTI so that nothing done with it, the opening included, takes
 * longer than was said; in ms. "Try again" is a time-out.
 */
TSS2_RC ds_tpm_wait_open(const char *where, int ms, TSS2_TCTI_CONTEXT **out);

/* Also after a time-out; NULL is fine. */
void ds_tpm_wait_close(TSS2_TCTI_CONTEXT *tcti);

/* A response code as "WHERE: DOING: meaning (TPM 0x921 NAME)" and a hint. */
DV_MUST_USE enum dv_exit ds_tpm_fail(struct dv_err *err, const char *where,
    const char *doing, TSS2_RC rc);

/* Is it this code of the TPM, whichever handle, session or parameter? */
bool ds_tpm_is(TSS2_RC rc, TSS2_RC code);

/* Are its object or session slots all taken? */
bool ds_tpm_slots_full(TSS2_RC rc);

/* ---- tpm_session.c -------------------------------------------------------- */

/*
 * What authorises the next command: the salted session, started when there is
 * none, or in plain the password itself. flags: TPMA_SESSION_DECRYPT when the
 * first parameter is a sized buffer, which then crosses encrypted; _ENCRYPT
 * the same of the response.
 */
DV_MUST_USE enum dv_exit ds_tpm_session(struct ds_tpm *tpm,
    TPMA_SESSION flags, ESYS_TR *out, struct dv_err *err);

/* The same for what may not wait because it holds slots. No error and no
 * session: the pinned key is not there, ds_tpm_session() says so. */
TSS2_RC ds_tpm_session_try(struct ds_tpm *tpm);

/* Ends it and gives back all that it holds. */
void ds_tpm_session_end(struct ds_tpm *tpm);

/* Gives back the owner's primary key. */
void ds_tpm_primary_drop(struct ds_tpm *tpm);

/* Name of an object by its public area, whatever the TPM says it is. False: a
 * hash that is not known here. */
DV_MUST_USE bool ds_tpm_name(const TPMT_PUBLIC *pub, struct ds_tpm_name *out);

/* ---- tpm_auth.c ----------------------------------------------------------- */

/* Signs with the key's password: none, the one given, or asked for. */
struct ds_tpm_sign_call;
DV_MUST_USE enum dv_exit ds_tpm_sign_by_auth(struct ds_tpm *tpm,
    struct ds_tpm_sign_call *s, struct dv_err *err);

/* What to give a new key: access->secret, asked for twice, or nothing. */
DV_MUST_USE enum dv_exit ds_tpm_new_auth(struct ds_tpm *tpm,
    const TPMT_PUBLIC *template, const char *spec, struct dv_err *err);

/* Why a hierarchy refused: its password is wrong, or was not given. */
DV_MUST_USE enum dv_exit ds_tpm_fail_hierarchy(struct ds_tpm *tpm,
    ESYS_TR hierarchy, const char *doing, TSS2_RC rc, struct dv_err *err);

/* Runs a command that a hierarchy authorises, by its password. */
TSS2_RC ds_tpm_run_as(struct ds_tpm *tpm, ESYS_TR hierarchy,
    const struct ds_tpm_call *call, void *arg);

#endif
