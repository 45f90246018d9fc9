/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DER of a CRL of any length: entries go to a file as they come, what must
 * stand before them is written last, into room left for it. RFC 5280 5.1, 5.2.
 */
#include "crl.h"

#include <string.h>

#include "der.h"
#include "point.h"

#define HEAD_ROOM 16384		/* everything before the entries: one name */
#define ENTRY_ROOM 256
#define TAIL_ROOM 1024		/* extensions; then algorithm and signature */

static const struct pki_crl_scope scopes[] = {
	{ PKI_CRL_FULL, false, false },
	{ "users", true, false },
	{ "cas", false, true },
};

const struct pki_crl_scope *
pki_crl_scope_find(const char *name)
{
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (strcmp(scopes[i].name, name) == 0)
			return &scopes[i];
	}
	return NULL;
}

static enum dv_exit
add_done(struct pki_scratch *s, const struct ds_der *w, struct dv_err *err)
{
	struct dv_bytes done = ds_der_done(w);

	if (done.ptr == NULL)
		return dv_fail(err, DV_EXIT_NONE, "a part of the CRL is too "
		    "long");
	return pki_scratch_add(s, done, err);
}

enum dv_exit
pki_crl_begin(struct pki_scratch *s, struct dv_err *err)
{
	static const uint8_t zero[HEAD_ROOM];

	return pki_scratch_add(s, (struct dv_bytes){ zero, HEAD_ROOM }, err);
}

/* ---- entries --------------------------------------------------------------- */

/* RFC 5280 5.3.1: absent rather than unspecified. 5.3.2. */
static void
entry_extensions(struct ds_der *w, const struct pki_entry *entry)
{
	const uint8_t reason = (uint8_t)entry->reason;

	if (entry->reason == (int)DV_CRL_UNSPECIFIED && !entry->invalid_given)
		return;
	ds_der_begin(w, DER_SEQUENCE);
	if (entry->reason != (int)DV_CRL_UNSPECIFIED) {
		ds_der_extension_begin(w, "2.5.29.21", false);
		ds_der_element(w, DER_ENUMERATED,
		    (struct dv_bytes){ &reason, 1 });
		ds_der_extension_end(w);
	}
	if (entry->invalid_given) {
		ds_der_extension_begin(w, "2.5.29.24", false);
		ds_der_general_time(w, entry->invalid_since);
		ds_der_extension_end(w);
	}
	ds_der_end(w);
}

enum dv_exit
pki_crl_add(struct pki_scratch *s, const struct pki_entry *entry,
    struct dv_err *err)
{
	uint8_t room[ENTRY_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));

	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_unsigned(&w, entry->serial);
	ds_der_time(&w, entry->revoked_at);
	entry_extensions(&w, entry);
	ds_der_end(&w);
	return add_done(s, &w, err);
}

/* ---- extensions of the list ------------------------------------------------ */

static void
number_write(struct ds_der *w, int64_t number)
{
	uint8_t big[8];

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
	ds_der_unsigned(w, (struct dv_bytes){ big, sizeof(big) });
}

/* RFC 5280 5.2.4, 5.2.5: both critical. */
static void
critical_extensions(struct ds_der *w, const struct pki_crl_form *form)
{
	static const uint8_t yes[] = { 0xff };
	const struct pki_crl_scope *scope = form->scope;

	if (form->base != 0) {
		ds_der_extension_begin(w, "2.5.29.27", true);
		number_write(w, form->base);
		ds_der_extension_end(w);
	}
	if (!scope->only_user && !scope->only_ca)
		return;
	ds_der_extension_begin(w, "2.5.29.28", true);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_element(w, scope->only_user ? DER_CONTEXT(1) : DER_CONTEXT(2),
	    (struct dv_bytes){ yes, 1 });
	ds_der_end(w);
	ds_der_extension_end(w);
}

static enum dv_exit
extensions(struct pki_scratch *s, const struct pki_crl_form *form,
    struct dv_err *err)
{
	uint8_t room[TAIL_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));

	ds_der_begin(&w, DER_CONTEXT_CONS(0));
	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_extension_begin(&w, "2.5.29.35", false);
	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_element(&w, DER_CONTEXT(0), form->key_id);
	ds_der_end(&w);
	ds_der_extension_end(&w);
	ds_der_extension_begin(&w, "2.5.29.20", false);
	number_write(&w, form->number);
	ds_der_extension_end(&w);
	critical_extensions(&w, form);
	/* RFC 5280 5.2.6: never in a delta. */
	if (form->delta_url != NULL && form->base == 0)
		pki_point_write(&w, "2.5.29.46", form->delta_url);
	ds_der_end(&w);
	ds_der_end(&w);
	return add_done(s, &w, err);
}

/* ---- what stands before the entries ---------------------------------------- */

/* Writes what is in w so that it ends at `at`, and moves `at` to its front. */
static bool
put_before(uint8_t *base, size_t *at, const struct ds_der *w)
{
	struct dv_bytes done = ds_der_done(w);

	if (done.ptr == NULL || done.len > *at)
		return false;
	*at -= done.len;
	memcpy(base + *at, done.ptr, done.len);
	return true;
}

/* The scratch file as seen: room, entries, extensions. */
struct seen {
	uint8_t *base;
	size_t len;
	size_t entries;			/* octets */
};

/* Makes a TBSCertList of it. *at: where that begins. */
static bool
front(const struct seen *seen, const struct pki_crl_form *form,
    enum dv_sig_alg alg, size_t *at)
{
	uint8_t room[HEAD_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));

	*at = HEAD_ROOM;
	ds_der_small(&w, 1);	/* v2 */
	ds_der_sig_alg(&w, alg);
	ds_der_raw(&w, form->issuer);
	ds_der_time(&w, form->this_update);
	ds_der_time(&w, form->next_update);
	if (seen->entries > 0)
		ds_der_head(&w, DER_SEQUENCE, seen->entries);
	if (!put_before(seen->base, at, &w))
		return false;
	w = ds_der_start(room, sizeof(room));
	ds_der_head(&w, DER_SEQUENCE, seen->len - *at);
	return put_before(seen->base, at, &w);
}

/* Algorithm and signature behind it, the outermost head before it. */
static enum dv_exit
sign(struct pki_scratch *s, uint8_t *base, size_t at, struct ds_key *key,
    struct dv_err *err)
{
	uint8_t room[TAIL_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	enum dv_exit exit = ds_der_signature(&w, key,
	    (struct dv_bytes){ base + at, s->len - at }, err);

	return exit == DV_EXIT_YES ? add_done(s, &w, err) : exit;
}

static enum dv_exit
too_large(const struct pki_scratch *s, struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_NO, "refused: the CRL would "
	    "have about %zu bytes; verifiers of this kind read %d", s->len,
	    DV_MAX_CRL);

	return dv_hint(err, exit, "revoke the CA that issued them at the "
	    "level above instead: one entry stops all of its devices");
}

enum dv_exit
pki_crl_end(struct pki_scratch *s, const struct pki_crl_form *form,
    struct ds_key *key, struct dv_bytes *der, struct dv_err *err)
{
	struct seen seen = { .entries = s->len - HEAD_ROOM };
	size_t at;
	uint8_t head[16];
	struct ds_der w = ds_der_start(head, sizeof(head));
	enum dv_exit exit = extensions(s, form, err);

	if (exit == DV_EXIT_YES && s->len > DV_MAX_CRL - TAIL_ROOM)
		exit = too_large(s, err);
	if (exit == DV_EXIT_YES)
		exit = pki_scratch_see(s, &seen.base, err);
	if (exit != DV_EXIT_YES)
		return exit;
	seen.len = s->len;
	if (!front(&seen, form, dv_sig_for_key(ds_key_public(key)->type), &at))
		return dv_fail(err, DV_EXIT_NONE, "the CRL cannot be written");
	exit = sign(s, seen.base, at, key, err);
	if (exit == DV_EXIT_YES)
		exit = pki_scratch_see(s, &seen.base, err);
	if (exit != DV_EXIT_YES)
		return exit;
	ds_der_head(&w, DER_SEQUENCE, s->len - at);
	if (!put_before(seen.base, &at, &w))
		return dv_fail(err, DV_EXIT_NONE, "the CRL cannot be written");
	*der = (struct dv_bytes){ seen.base + at, s->len - at };
	return DV_EXIT_YES;
}
