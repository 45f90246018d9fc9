/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signs of a random number generator that repeats itself, in what a ledger has
 * seen: an r used twice, a prime used twice. docs/PROFILES.md; FIPS 186-5.
 */
#include "weak.h"

#include <stdio.h>

#include "factor.h"
#include "pki_issue.h"

/* Two signatures with one r give both keys away: FIPS 186-5 6.3. */
static enum dv_exit
check_r(struct pki_ledger *ledger, struct dv_bytes r, struct dv_err *err)
{
	struct pki_found old = { .found = false };
	enum dv_exit exit;

	if (r.len == 0)
		return DV_EXIT_YES;
	exit = pki_ledger_find_r(ledger, r, &old, err);
	if (exit == DV_EXIT_YES && old.found) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: the request is "
		    "signed with the same random value as that of %s", old.name);
		exit = dv_hint(err, exit, "the random number generator of "
		    "these devices repeats itself: whoever has both requests "
		    "can compute their keys; stop, and revoke both");
	}
	dv_buf_free(&old.der);
	return exit;
}

/* ---- RSA keys that share a prime -------------------------------------------- */

struct moduli {
	struct pki_factor all;
	struct dv_bytes modulus;
	char name[256];		/* of the first that shares a prime */
};

static enum dv_exit
add_modulus(void *arg, const char *name, struct dv_bytes modulus,
    struct dv_err *err)
{
	struct moduli *m = arg;

	(void)name;
	(void)err;
	pki_factor_add(&m->all, modulus);
	return DV_EXIT_YES;
}

static enum dv_exit
name_modulus(void *arg, const char *name, struct dv_bytes modulus,
    struct dv_err *err)
{
	struct moduli *m = arg;
	struct pki_factor one;

	(void)err;
	if (m->name[0] != '\0' || !pki_factor_start(&one, m->modulus))
		return DV_EXIT_YES;
	pki_factor_add(&one, modulus);
	if (modulus.len == m->modulus.len && pki_factor_shared(&one))
		(void)snprintf(m->name, sizeof(m->name), "%s", name);
	return DV_EXIT_YES;
}

static enum dv_exit
compare_moduli(struct pki_ledger *ledger, struct moduli *m,
    struct dv_err *err)
{
	enum dv_exit exit = pki_ledger_each_modulus(ledger, PKI_MODULI,
	    add_modulus, m, err);

	if (exit != DV_EXIT_YES || !pki_factor_shared(&m->all))
		return exit;
	exit = pki_ledger_each_modulus(ledger, PKI_MODULI, name_modulus, m,
	    err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = dv_fail(err, DV_EXIT_NO, "refused: the RSA key shares a prime "
	    "with that of %s", m->name);
	return dv_hint(err, exit, "the random number generator of these "
	    "devices repeats itself: whoever has both keys can compute their "
	    "private ones; stop, and revoke both");
}

static enum dv_exit
check_modulus(struct pki_ledger *ledger, struct dv_bytes modulus,
    struct dv_err *err)
{
	struct moduli m = { .modulus = modulus };

	if (modulus.len == 0)
		return DV_EXIT_YES;
	if (!pki_factor_start(&m.all, modulus))
		return dv_fail(err, DV_EXIT_NO, "refused: the RSA modulus is "
		    "even or too long");
	return compare_moduli(ledger, &m, err);
}

enum dv_exit
pki_weak_check(struct pki_ledger *ledger, struct dv_bytes r,
    const struct dv_key *key, struct dv_err *err)
{
	enum dv_exit exit = check_r(ledger, r, err);

	return exit == DV_EXIT_YES ? check_modulus(ledger, key->modulus, err) :
	    exit;
}
