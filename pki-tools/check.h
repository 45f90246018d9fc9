/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What pki-init check finds in a CA's directory: everything, not the first
 * thing. Changes nothing. Private to pki-init.
 */
#ifndef CHECK_H
#define CHECK_H

#include "dv_crl.h"
#include "pki_ca.h"

/* Where CRLs are, in the directory of the CA. */
#define PKI_CHECK_CRLS "crl"

/* Seconds before an end at which people are told. */
#define PKI_CHECK_SOON (INT64_C(90) * 86400)

/* Findings and CRLs of one directory; the rest is counted. */
#define PKI_CHECK_MAX 64

struct pki_finding {
	enum dv_exit exit;		/* YES: a warning */
	struct dv_err err;
};

/* The newest CRL of a scope. */
struct pki_check_crl {
	char name[256];			/* of the file, in crl/ */
	uint8_t scope[PKI_SHA256];	/* of its issuing point and kind */
	uint64_t number;
	dv_time this_update, next_update;
};

enum pki_check_state {
	PKI_CHECK_OK = 0,		/* when nothing was found */
	PKI_CHECK_WAITING		/* no certificate yet */
};

struct pki_check {
	const char *dir;
	dv_time now;
	struct ds_access access;
	enum pki_check_state state;
	struct pki_finding *findings;	/* PKI_CHECK_MAX of them */
	size_t count, left_out;
	struct pki_ca *ca;		/* NULL: cannot be opened */
	struct pki_ca_request *request;	/* NULL: none */
	bool judged;			/* good_until is there */
	dv_time good_until;
	bool counted;			/* sum is there */
	struct pki_ledger_sum sum;
	struct pki_check_crl *crls;	/* PKI_CHECK_MAX of them */
	size_t crl_count;
};

/*
 * Looks at everything. Fails only when the directory is none of a CA; then
 * nothing else was looked at. The caller frees with pki_check_free().
 */
DV_MUST_USE enum dv_exit pki_check_dir(struct pki_check *c,
    struct dv_err *err);
void pki_check_free(struct pki_check *c);

/* Keeps a finding. exit YES: a warning. */
void pki_check_add(struct pki_check *c, enum dv_exit exit,
    const struct dv_err *err);

/* Owner, mode and kind of each file; check_files.c. */
void pki_check_files(struct pki_check *c);

/* The CRLs, when there are any; check_crl.c. The CA is open. */
void pki_check_crls(struct pki_check *c);

/* Something that ends: a warning when it is soon. life: seconds it was made
 * for. */
void pki_check_end(struct pki_check *c, const char *what, dv_time end,
    int64_t life);

#endif
