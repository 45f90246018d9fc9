/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tokens: the one that was named, a session with it, its PIN. Slots go by their
 * ids, labels by all their octets, and no PIN is ever tried twice. PKCS#11 2.40
 * 5.5, 5.6.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "p11.h"

#define SLOTS_MAX 256
#define MECHANISMS_MAX 1024
#define LIST_TEXT 256		/* octets of a list in a message */

/* ---- finding -------------------------------------------------------------- */

/* Padded with blanks in the token: equal in every octet. */
static bool
padded_equal(const uint8_t *field, size_t size, const struct ds_p11_value *v)
{
	if (v->len == 0)
		return true;	/* not asked for */
	if (v->len > size || memcmp(field, v->octets, v->len) != 0)
		return false;
	for (size_t i = v->len; i < size; i++) {
		if (field[i] != ' ')
			return false;
	}
	return true;
}

static bool
wanted(const struct ds_p11_uri *uri, CK_SLOT_ID slot, const CK_TOKEN_INFO *t)
{
	const struct ds_p11_value *v = uri->value;
	return (v[DS_P11_SLOT_ID].len == 0 || slot == uri->slot) &&
	    padded_equal(t->label, sizeof(t->label), &v[DS_P11_TOKEN]) &&
	    padded_equal(t->serialNumber, sizeof(t->serialNumber),
	    &v[DS_P11_SERIAL]) &&
	    padded_equal(t->model, sizeof(t->model), &v[DS_P11_MODEL]) &&
	    padded_equal(t->manufacturerID, sizeof(t->manufacturerID),
	    &v[DS_P11_MANUFACTURER]);
}

static int
unpadded(const uint8_t *field, size_t size)
{
	while (size > 0 && field[size - 1] == ' ')
		size--;
	return (int)size;
}

/* What was seen on the way, for the message when it was not the right thing. */
struct search {
	size_t matches;
	char all[LIST_TEXT];		/* labels of every token */
	char matching[LIST_TEXT];	/* serials and slots of the wanted */
};

static void
list_add(char list[LIST_TEXT], const char *text)
{
	size_t len = strlen(list);
	snprintf(list + len, LIST_TEXT - len, "%s%s", len > 0 ? ", " : "",
	    text);
}

static void
look_at(struct ds_p11 *p, CK_SLOT_ID slot, const CK_TOKEN_INFO *t,
    struct search *s)
{
	char text[64];
	snprintf(text, sizeof(text), "\"%.*s\"",
	    unpadded(t->label, sizeof(t->label)), (const char *)t->label);
	if (strcmp(text, "\"\"") != 0)
		list_add(s->all, text);
	if (!wanted(&p->uri, slot, t))
		return;
	s->matches++;
	p->slot = slot;
	p->token = *t;
	snprintf(text, sizeof(text), "serial=%.*s slot-id=%lu",
	    unpadded(t->serialNumber, sizeof(t->serialNumber)),
	    (const char *)t->serialNumber, slot);
	list_add(s->matching, text);
}

static enum dv_exit
judge(struct ds_p11 *p, const struct search *s, struct dv_err *err)
{
	enum dv_exit ret;
	snprintf(p->label, sizeof(p->label), "%.*s",
	    unpadded(p->token.label, sizeof(p->token.label)),
	    (const char *)p->token.label);
	if (s->matches == 1)
		return DV_EXIT_YES;
	if (s->matches == 0) {
		ret = dv_fail(err, DV_EXIT_NONE, "%s: there is no such token",
		    p->where);
		return dv_hint(err, ret, s->all[0] == '\0' ? "the module %s "
		    "sees no token%s: is it plugged in?" : "the module %s sees "
		    "%s; a label must be equal in every character",
		    p->uri.module, s->all);
	}
	ret = dv_fail(err, DV_EXIT_NONE, "%s: %zu tokens are so named",
	    p->where, s->matches);
	return dv_hint(err, ret, "add one of: %s", s->matching);
}

static enum dv_exit
token_find(struct ds_p11 *p, struct dv_err *err)
{
	CK_SLOT_ID ids[SLOTS_MAX];
	CK_ULONG count = 0;
	struct search s = { 0 };
	/* Asked without room first: that is when a module looks around. */
	CK_RV rv = p->f->C_GetSlotList(CK_TRUE, NULL, &count);
	if (rv == CKR_OK && count > SLOTS_MAX)
		return dv_fail(err, DV_EXIT_NONE, "%s: the module has %lu "
		    "slots, at most %d are searched", p->where, count,
		    SLOTS_MAX);
	if (rv == CKR_OK && count > 0)
		rv = p->f->C_GetSlotList(CK_TRUE, ids, &count);
	if (rv != CKR_OK)
		return ds_p11_fail(err, p->where, "looking for tokens", rv);
	for (CK_ULONG i = 0; i < count; i++) {
		CK_TOKEN_INFO info;
		memset(&info, 0, sizeof(info));
		/* One that does not answer is not the one. */
		if (p->f->C_GetTokenInfo(ids[i], &info) == CKR_OK)
			look_at(p, ids[i], &info, &s);
	}
	return judge(p, &s, err);
}

enum dv_exit
ds_p11_connect(struct ds_p11 *p, bool write, struct dv_err *err)
{
	CK_FLAGS flags = CKF_SERIAL_SESSION | (write ? CKF_RW_SESSION : 0);
	enum dv_exit ret = token_find(p, err);
	if (ret != DV_EXIT_YES)
		return ret;
	CK_RV rv = p->f->C_OpenSession(p->slot, flags, NULL, NULL,
	    &p->session);
	if (rv != CKR_OK)
		return ds_p11_fail(err, p->where, "opening a session", rv);
	p->session_open = true;
	return DV_EXIT_YES;
}

/* ---- the PIN -------------------------------------------------------------- */

static bool
on_token(const struct ds_p11 *p)
{
	return (p->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
}

/* By option, else from where the URI says, else the terminal. */
static enum dv_exit
pin_get(struct ds_p11 *p, const struct ds_access *access, struct dv_err *err)
{
	struct ds_secret source = access->secret;
	char what[96];
	if (source.file == NULL && source.fd < 0 && !source.none)
		source.file = p->uri.pin_path;
	snprintf(what, sizeof(what), "PIN for token \"%s\"%s", p->label,
	    (p->token.flags & CKF_USER_PIN_FINAL_TRY) != 0 ?
	    " (its last try)" : "");
	return ds_secret_get(&source, what, false, &p->pin, err);
}

/* Several keys of one program share the state of the token. */
static bool
is_logged_in(const struct ds_p11 *p)
{
	CK_SESSION_INFO info;
	memset(&info, 0, sizeof(info));
	return p->f->C_GetSessionInfo(p->session, &info) == CKR_OK &&
	    (info.state == CKS_RO_USER_FUNCTIONS ||
	    info.state == CKS_RW_USER_FUNCTIONS);
}

static enum dv_exit
login_fail(struct ds_p11 *p, CK_RV rv, struct dv_err *err)
{
	CK_TOKEN_INFO now;
	memset(&now, 0, sizeof(now));
	p->refused = true;
	enum dv_exit ret = ds_p11_fail(err, p->where, "logging in", rv);
	if (rv != CKR_PIN_INCORRECT ||
	    p->f->C_GetTokenInfo(p->slot, &now) != CKR_OK)
		return ret;
	if ((now.flags & CKF_USER_PIN_LOCKED) != 0)
		return dv_hint(err, ret, "that was the last try: the PIN is "
		    "locked now, and the security officer must set a new one");
	if ((now.flags & CKF_USER_PIN_FINAL_TRY) != 0)
		return dv_hint(err, ret, "one try is left: the next wrong PIN "
		    "locks the token. It is not tried again here");
	if ((now.flags & CKF_USER_PIN_COUNT_LOW) != 0)
		return dv_hint(err, ret, "the token counts the tries and does "
		    "not say how many are left. It is not tried again here");
	return ret;
}

static enum dv_exit
pin_try(struct ds_p11 *p, CK_USER_TYPE user, struct dv_err *err)
{
	CK_RV rv = on_token(p) ? p->f->C_Login(p->session, user, NULL, 0) :
	    p->f->C_Login(p->session, user, p->pin.ptr, p->pin.len);
	if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN) {
		p->logged_in = p->logged_in || rv == CKR_OK;
		return DV_EXIT_YES;
	}
	return login_fail(p, rv, err);
}

enum dv_exit
ds_p11_login(struct ds_p11 *p, const struct ds_access *access,
    struct dv_err *err)
{
	if ((p->token.flags & CKF_LOGIN_REQUIRED) == 0 || is_logged_in(p))
		return DV_EXIT_YES;
	if ((p->token.flags & CKF_USER_PIN_LOCKED) != 0)
		return ds_p11_fail(err, p->where, "logging in",
		    CKR_PIN_LOCKED);
	enum dv_exit ret = on_token(p) ? DV_EXIT_YES : pin_get(p, access, err);
	return ret == DV_EXIT_YES ? pin_try(p, CKU_USER, err) : ret;
}

enum dv_exit
ds_p11_pin_keep(struct ds_p11 *p, const struct ds_access *access,
    struct dv_err *err)
{
	if (p->each_time && p->pin.len == 0 && !on_token(p))
		return pin_get(p, access, err);
	if (!p->each_time)
		dv_buf_free(&p->pin);
	return DV_EXIT_YES;
}

enum dv_exit
ds_p11_not_refused(const struct ds_p11 *p, struct dv_err *err)
{
	return !p->refused ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NONE, "%s: the "
	    "PIN was refused before, and is not tried again", p->where);
}

enum dv_exit
ds_p11_login_again(struct ds_p11 *p, struct dv_err *err)
{
	return p->each_time ? pin_try(p, CKU_CONTEXT_SPECIFIC, err) :
	    DV_EXIT_YES;
}

/* ---- what it can do ------------------------------------------------------- */

static bool
listed(const CK_MECHANISM_TYPE *list, CK_ULONG count, CK_MECHANISM_TYPE type)
{
	for (CK_ULONG i = 0; i < count; i++) {
		if (list[i] == type)
			return true;
	}
	return false;
}

enum dv_exit
ds_p11_need(const struct ds_p11 *p, CK_MECHANISM_TYPE type, const char *name,
    struct dv_err *err)
{
	CK_MECHANISM_TYPE list[MECHANISMS_MAX];
	CK_ULONG count = MECHANISMS_MAX;
	CK_RV rv = p->f->C_GetMechanismList(p->slot, list, &count);
	if (rv != CKR_OK)
		return ds_p11_fail(err, p->where, "asking for its mechanisms",
		    rv);
	if (listed(list, count, type))
		return DV_EXIT_YES;
	enum dv_exit ret = dv_fail(err, DV_EXIT_NONE, "%s: the token \"%s\" "
	    "cannot do this: it does not have %s", p->where, p->label, name);
	return dv_hint(err, ret, "`pkcs11-tool --module %s -M` shows what it "
	    "has", p->uri.module);
}

/* ---- the end -------------------------------------------------------------- */

void
ds_p11_disconnect(struct ds_p11 *p)
{
	/* Logging out ends it for all sessions: only who began it does. */
	if (p->logged_in)
		p->f->C_Logout(p->session);
	if (p->session_open)
		p->f->C_CloseSession(p->session);
	p->logged_in = p->session_open = false;
	dv_buf_free(&p->pin);
}
