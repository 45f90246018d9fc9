/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making CRLs: the DER of one, what our own verifier says of it, and the run
 * that numbers, signs, judges and releases it. RFC 5280 5.
 */
#ifndef CRL_H
#define CRL_H

#include "dv_crl.h"
#include "pki_ca.h"
#include "scratch.h"

#define PKI_CRL_FULL "full"	/* the scope of everything */

/*
 * What a CRL of ours speaks of; the name is its scope in the ledger and the
 * beginning of its files' names.
 */
struct pki_crl_scope {
	const char *name;		/* PKI_CRL_FULL, "users", "cas" */
	bool only_user, only_ca;	/* RFC 5280 5.2.5 */
};

/* By name; NULL: there is none. */
const struct pki_crl_scope *pki_crl_scope_find(const char *name);

/* DIR/crl/SCOPE-NUMBER.crl, where each is kept. */
DV_MUST_USE enum dv_exit pki_crl_path(const char *dir, const char *scope,
    int64_t number, char out[DV_PATH_MAX], struct dv_err *err);

/* ---- DER ------------------------------------------------------------------ */

/* Everything but the entries. Borrowed. */
struct pki_crl_form {
	const struct pki_crl_scope *scope;
	struct dv_bytes issuer;		/* DER Name */
	struct dv_bytes key_id;
	dv_time this_update, next_update;
	int64_t number, base;		/* base 0: complete */
	const char *delta_url;		/* freshestCRL of a complete one, or NULL */
};

/* An empty scratch file becomes the CRL: begin, entries, end. */
DV_MUST_USE enum dv_exit pki_crl_begin(struct pki_scratch *s,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_crl_add(struct pki_scratch *s,
    const struct pki_entry *entry, struct dv_err *err);

/* Signs; *der is the whole CRL, until the scratch file is touched again. One
 * that devverify would not read for its size is refused before it is signed. */
DV_MUST_USE enum dv_exit pki_crl_end(struct pki_scratch *s,
    const struct pki_crl_form *form, struct ds_key *key, struct dv_bytes *der,
    struct dv_err *err);

/* ---- judgement ------------------------------------------------------------ */

struct pki_crl_question {
	const struct pki_ca *ca;	/* opened, with its ledger */
	const struct pki_crl_form *form;	/* what it should say */
	size_t count;			/* entries it should have */
	struct dv_bytes der;
	struct dv_bytes base;		/* DER, of a delta CRL */
};

/*
 * Is it, read by the verifier's own parser, what was wanted, signed by the CA?
 * And does the verifier, given it, refuse a certificate of the ledger that it
 * lists, and accept one that is not revoked?
 */
DV_MUST_USE enum dv_exit pki_crl_judge(const struct pki_crl_question *q,
    struct dv_err *err);

/* ---- the run -------------------------------------------------------------- */

struct pki_crl_order {
	const struct pki_crl_scope *scope;
	bool delta;
	int64_t base;			/* of the delta; 0: the newest */
	dv_time now;			/* thisUpdate */
	dv_time next_update;
	const char *delta_url;		/* where deltas will be; NULL: unsaid */
	const char *out;		/* one more copy, PEM; NULL: none */
};

struct pki_crl_made {
	int64_t number, base;
	size_t count;
	bool ahead;			/* an earlier one is dated later, at: */
	dv_time dated;
	char path[DV_PATH_MAX];		/* DER, the newest of its scope */
};

/*
 * Takes a number, makes the CRL, judges it, keeps it as crl/SCOPE-NUMBER.crl,
 * records it, and only then puts it in the place of the last one. ca is opened
 * with ledger and key. A clock that is behind the last CRL is refused, unless
 * `pki-audit clock` has said since that it was ahead then. Whenever it ends, each name holds an old CRL or a new
 * one, whole, and the number is not given again.
 */
DV_MUST_USE enum dv_exit pki_crl_make(const struct pki_ca *ca,
    const struct pki_crl_order *order, struct pki_crl_made *made,
    struct dv_err *err);

#endif
