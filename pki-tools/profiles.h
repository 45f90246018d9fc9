/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A profile of profiles.ini while it is read: its strings and the lines they
 * stand in. Private to profiles_ini.c and profiles_keys.c.
 */
#ifndef PROFILES_H
#define PROFILES_H

#include "pki_profile.h"

#define PKI_KEYS 24		/* of a section */
#define PKI_KEY_TEXT 512	/* octets of a value, lists of OIDs included */

struct pki_own {
	struct pki_profile p;
	char name[PKI_PROFILE_NAME + 1];
	unsigned line;			/* of [name] */
	unsigned key_line[PKI_KEYS];	/* 0: not there */
	char text[PKI_KEYS][PKI_KEY_TEXT];
};

/* Where an error is. */
struct pki_where {
	const char *path;
	unsigned line;
	const char *section, *key;
};

/* "PATH, line 4: [gateway] years: wanted ..., found "..."". DV_EXIT_NO. */
enum dv_exit pki_own_refuse(const struct pki_where *where, const char *wanted,
    const char *found, struct dv_err *err);

/*
 * Takes one key and its value into the profile. based-on is not one of them:
 * pki_own_base() takes it before all others.
 */
DV_MUST_USE enum dv_exit pki_own_key(struct pki_own *own,
    const struct pki_where *where, const char *value, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_own_base(struct pki_own *own,
    const struct pki_where *where, const struct pki_profile *base,
    const char *name, struct dv_err *err);

/* A profile of its own, with nothing in it yet. */
void pki_own_bare(struct pki_own *own);

/* Do the keys that were given go together? */
DV_MUST_USE enum dv_exit pki_own_finish(const struct pki_own *own,
    const char *path, struct dv_err *err);

#endif
