/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Judging a CA's directory: certificates by the verifier's own rules, key,
 * ledger, request. One thing that is wrong does not hide another. Changes
 * nothing. docs/DESIGN.md, A CA on disk.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"

void
pki_check_add(struct pki_check *c, enum dv_exit exit,
    const struct dv_err *err)
{
	if (c->count == PKI_CHECK_MAX) {
		c->left_out++;
		return;
	}
	c->findings[c->count].exit = exit;
	c->findings[c->count++].err = *err;
}

/* The earlier of 90 days and a third of its life. */
void
pki_check_end(struct pki_check *c, const char *what, dv_time end,
    int64_t life)
{
	int64_t left = end.s - c->now.s;
	char at[DV_TIME_TEXT];
	struct dv_err err;

	if (left < 0 || left >= PKI_CHECK_SOON || left >= life / 3)
		return;
	dv_time_format(end, at);
	pki_check_add(c, dv_fail(&err, DV_EXIT_YES, "%s ends in %d days, at %s",
	    what, (int)(left / 86400), at), &err);
}

static void
check_ends(struct pki_check *c)
{
	for (size_t i = 0; i < c->ca->chain_count; i++) {
		struct dv_cert cert;
		struct dv_at at;
		char name[256], what[320];

		if (dv_cert_parse(c->ca->chain[i], &cert, &at) != DV_R_NONE)
			continue;
		dv_name_text(cert.subject, name, sizeof(name));
		(void)snprintf(what, sizeof(what), "certificate %zu, \"%s\",",
		    i, name);
		pki_check_end(c, what, cert.not_after,
		    cert.not_after.s - cert.not_before.s);
	}
}

static void
check_chain(struct pki_check *c)
{
	struct dv_err err;
	enum dv_exit exit = pki_ca_open(c->dir, &c->ca, &err);

	if (exit == DV_EXIT_YES) {
		const struct pki_question question = {
			.cert = c->ca->chain[0],
			.chain = &c->ca->chain[1],
			.chain_count = c->ca->chain_count - 1,
			.at = c->now,
		};

		exit = pki_cert_verify(&question, &c->good_until, &err);
		if (exit != DV_EXIT_YES)
			exit = pki_fail_in(c->ca->path, exit, &err);
		c->judged = exit == DV_EXIT_YES;
		check_ends(c);
	}
	if (exit != DV_EXIT_YES)
		pki_check_add(c, exit, &err);
}

static void
check_ledger(struct pki_check *c)
{
	struct pki_ledger *ledger = NULL;
	char path[DV_PATH_MAX];
	struct dv_err err;
	enum dv_exit exit = dv_path_join(path, c->dir, PKI_CA_LEDGER, &err);

	if (exit == DV_EXIT_YES)
		exit = pki_ledger_open(path, &ledger, &err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_check(ledger, &err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_sum(ledger, c->now, &c->sum, &err);
	c->counted = exit == DV_EXIT_YES;
	if (exit != DV_EXIT_YES)
		pki_check_add(c, exit, &err);
	pki_ledger_close(ledger);
}

/* Of the certificate, or of the request while there is none. */
static void
check_key(struct pki_check *c)
{
	struct ds_key *key;
	struct dv_err err;
	enum dv_exit exit;

	if (c->ca != NULL) {
		exit = pki_ca_open_key(c->ca, &c->access, &err);
	} else if (c->request != NULL) {
		exit = pki_ca_key(c->dir, &c->access, &key, &err);
		if (exit == DV_EXIT_YES && !dv_bytes_equal(
		    ds_key_public(key)->spki, c->request->csr.key.spki))
			exit = dv_fail(&err, DV_EXIT_NO, "%s is not the key of "
			    "%s/" PKI_CA_REQUEST, ds_key_spec(key), c->dir);
		ds_key_close(key);
	} else {
		return;
	}
	if (exit != DV_EXIT_YES)
		pki_check_add(c, exit, &err);
}

static void
check_request(struct pki_check *c)
{
	struct dv_err err;
	enum dv_exit exit;

	if (!pki_ca_has_request(c->dir))
		return;
	exit = pki_ca_request_read(c->dir, &c->request, &err);
	if (exit == DV_EXIT_YES && c->ca != NULL && (!dv_bytes_equal(
	    c->request->csr.key.spki, c->ca->cert.key.spki) ||
	    !dv_bytes_equal(c->request->csr.subject, c->ca->cert.subject)))
		exit = dv_fail(&err, DV_EXIT_NO, "%s/" PKI_CA_REQUEST " is for "
		    "another key or subject than " PKI_CA_CERT, c->dir);
	if (exit != DV_EXIT_YES)
		pki_check_add(c, exit, &err);
}

enum dv_exit
pki_check_dir(struct pki_check *c, struct dv_err *err)
{
	bool certified;
	enum dv_exit exit;

	c->findings = calloc(PKI_CHECK_MAX, sizeof(*c->findings));
	c->crls = calloc(PKI_CHECK_MAX, sizeof(*c->crls));
	if (c->findings == NULL || c->crls == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = pki_ca_look(c->dir, &certified, err);
	if (exit != DV_EXIT_YES)
		return exit;
	c->state = certified ? PKI_CHECK_OK : PKI_CHECK_WAITING;
	pki_check_files(c);
	if (certified)
		check_chain(c);
	check_request(c);
	check_ledger(c);
	if (c->ca != NULL)
		pki_check_crls(c);
	/* Last, for its passphrase. */
	check_key(c);
	return DV_EXIT_YES;
}

void
pki_check_free(struct pki_check *c)
{
	pki_ca_close(c->ca);
	pki_ca_request_free(c->request);
	free(c->findings);
	free(c->crls);
}
