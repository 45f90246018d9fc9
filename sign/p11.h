/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files that speak PKCS#11 share: a module, a token with a session,
 * objects in it. Nothing of it shows outside sign/p11_*.c and
 * sign/key_pkcs11.c. PKCS#11 2.40.
 */
#ifndef P11_H
#define P11_H

#include <p11-kit/pkcs11.h>

#include "key_ops.h"
#include "p11_uri.h"

#define DS_P11_LABEL 33		/* a label without its padding, and a NUL */

struct ds_p11_module;

struct ds_p11 {
	struct ds_p11_uri uri;
	const char *where;		/* "pkcs11:token=...", borrowed */
	struct ds_p11_module *module;
	CK_FUNCTION_LIST *f;
	CK_SLOT_ID slot;
	CK_TOKEN_INFO token;
	char label[DS_P11_LABEL];	/* of the token */
	bool session_open;
	CK_SESSION_HANDLE session;
	bool logged_in;			/* here, and to be logged out here */
	bool refused;			/* a PIN was: none is tried again */
	bool each_time;			/* CKA_ALWAYS_AUTHENTICATE */
	struct dv_buf pin;		/* kept only for each_time */
	CK_OBJECT_HANDLE key;		/* the private key */
};

/* ---- p11_err.c ---- */

/* "WHERE: DOING: what it means (PKCS#11 0xa0 CKR_PIN_INCORRECT)". */
DV_MUST_USE enum dv_exit ds_p11_fail(struct dv_err *err, const char *where,
    const char *doing, CK_RV rv);

/* ---- p11_module.c ---- */

/*
 * Loads and initialises the module of that absolute path, once a process
 * however many keys use it. Released by ds_p11_unload(), NULL is fine.
 */
DV_MUST_USE enum dv_exit ds_p11_load(const char *path,
    struct ds_p11_module **out, struct dv_err *err);
void ds_p11_unload(struct ds_p11_module *module);
CK_FUNCTION_LIST *ds_p11_functions(const struct ds_p11_module *module);

/* ---- p11_token.c ---- */

/* Finds the one token that the URI names and opens a session with it. */
DV_MUST_USE enum dv_exit ds_p11_connect(struct ds_p11 *p, bool write,
    struct dv_err *err);

/* One attempt at most; nothing to do where the token wants no PIN or has it.
 * The PIN stays in p->pin. */
DV_MUST_USE enum dv_exit ds_p11_login(struct ds_p11 *p,
    const struct ds_access *access, struct dv_err *err);

/* Keys that want the PIN for each signature: p->pin is there afterwards. */
DV_MUST_USE enum dv_exit ds_p11_pin_keep(struct ds_p11 *p,
    const struct ds_access *access, struct dv_err *err);

/* Was a PIN refused? Then nothing that wants one is begun. */
DV_MUST_USE enum dv_exit ds_p11_not_refused(const struct ds_p11 *p,
    struct dv_err *err);

/* The PIN once more, between C_SignInit and C_Sign; one attempt. */
DV_MUST_USE enum dv_exit ds_p11_login_again(struct ds_p11 *p,
    struct dv_err *err);

/* Does the token have this mechanism? No: DV_EXIT_NONE and a sentence. */
DV_MUST_USE enum dv_exit ds_p11_need(const struct ds_p11 *p,
    CK_MECHANISM_TYPE type, const char *name, struct dv_err *err);

/* Logs out, closes the session, forgets the PIN. */
void ds_p11_disconnect(struct ds_p11 *p);

/* ---- p11_object.c ---- */

#define DS_P11_FOUND 8

/* What an object must be; {NULL, 0}: any. */
struct ds_p11_query {
	CK_OBJECT_CLASS class;
	struct dv_bytes label, id;
};
struct ds_p11_found {
	CK_OBJECT_HANDLE object[DS_P11_FOUND];
	size_t count;		/* DS_P11_FOUND: at least so many */
};
DV_MUST_USE enum dv_exit ds_p11_find(const struct ds_p11 *p,
    const struct ds_p11_query *query, struct ds_p11_found *out,
    struct dv_err *err);

/* An attribute into *out, emptied before; empty when the object has none. */
DV_MUST_USE enum dv_exit ds_p11_get(const struct ds_p11 *p,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, struct dv_buf *out,
    struct dv_err *err);

/* A CK_BBOOL: false when the object has none. */
DV_MUST_USE enum dv_exit ds_p11_get_bool(const struct ds_p11 *p,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, bool *out,
    struct dv_err *err);

/* The private keys that the URI names. */
DV_MUST_USE enum dv_exit ds_p11_keys(const struct ds_p11 *p,
    struct ds_p11_found *out, struct dv_err *err);

/* Refuses any number of them but one. */
DV_MUST_USE enum dv_exit ds_p11_one(const struct ds_p11 *p,
    const struct ds_p11_found *found, struct dv_err *err);

/* ---- p11_public.c ---- */

/* Fetches and checks the public half of p->key, into key. */
DV_MUST_USE enum dv_exit ds_p11_public(const struct ds_p11 *p,
    struct ds_key *key, struct dv_err *err);

/* Says in key->where what the token vouches for. */
DV_MUST_USE enum dv_exit ds_p11_vouch(const struct ds_p11 *p,
    struct ds_key *key, struct dv_err *err);

/* ---- p11_make.c ---- */

/* Makes the pair in the token, p->key and the public half of key. */
DV_MUST_USE enum dv_exit ds_p11_make(struct ds_p11 *p, struct ds_key *key,
    const struct ds_key_type *type, struct dv_err *err);

#endif
