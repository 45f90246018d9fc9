/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init sign: this CA certifies one that is elsewhere, renews one with the
 * same key, or another root crosswise. Nothing is signed that was not shown and
 * agreed to. pki-init(1), docs/CEREMONY.md.
 */
#include "cmd_sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "dv_hash.h"
#include "pki_log.h"

const struct dv_opt pki_sign_opts[] = {
	PKI_OPT_DIR("directory of the CA that signs"),
	PKI_OPT_OUT("certificate and chain, PEM"),
	PKI_OPT_CA_PROFILE("intermediate (default) or matter-pai"),
	PKI_OPTS_TERMS,
	PKI_OPTS_EXTRA,
	{ 0, "renew", NULL, "another certificate for a key that has one",
	  false },
	{ 0, "cross", NULL, "REQUEST is the certificate of another root",
	  false },
	{ 0, "yes", NULL, "do not ask", false },
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

/* ---- what is asked for ---------------------------------------------------- */

static enum dv_exit
load(struct pki_signing *s, const char *label, struct dv_err *err)
{
	enum dv_exit exit = dv_ders_load(s->files, s->path, label, err);

	if (exit == DV_EXIT_YES && s->files->count != 1)
		exit = dv_fail(err, DV_EXIT_USAGE, "%s holds %zu objects; one "
		    "is signed at a time", s->path, s->files->count);
	return exit;
}

static enum dv_exit
read_request(struct pki_signing *s, struct dv_err *err)
{
	enum dv_exit exit = load(s, "CERTIFICATE REQUEST", err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_request_prove(dv_ders_at(s->files, 0), &s->csr, err);
	if (exit != DV_EXIT_YES)
		return pki_fail_in(s->path, exit, err);
	s->order.subject = s->csr.subject;
	s->order.key = &s->csr.key;
	s->order.request = s->csr.der;
	return DV_EXIT_YES;
}

/* A root proves that it holds its key by having signed itself. */
static enum dv_exit
read_root(struct pki_signing *s, struct dv_err *err)
{
	struct pki_question question = { .at = s->order.now };
	struct dv_at at;
	enum dv_exit exit = load(s, "CERTIFICATE", err);

	if (exit != DV_EXIT_YES)
		return exit;
	question.cert = dv_ders_at(s->files, 0);
	exit = pki_cert_verify(&question, NULL, err);
	if (exit == DV_EXIT_YES && (dv_cert_parse(question.cert, &s->other,
	    &at) != DV_R_NONE || dv_cert_check_signature(&s->other,
	    &s->other.key, &at) != DV_R_NONE))
		exit = dv_fail(err, DV_EXIT_NO, "it is not signed by its own "
		    "key");
	if (exit != DV_EXIT_YES)
		return pki_fail_in(s->path, exit, err);
	s->order.subject = s->other.subject;
	s->order.key = &s->other.key;
	s->order.subject_key_id = s->other.ext.subject_key_id;
	s->kind = PKI_SIGN_CROSS;
	return DV_EXIT_YES;
}

/* ---- on which terms ------------------------------------------------------- */

/* This CA's own request: only a root can answer it. */
static enum dv_exit
own_request(struct pki_signing *s, struct dv_err *err)
{
	enum dv_exit exit;

	if (s->ca->chain_count > 1)
		return dv_fail(err, DV_EXIT_NO, "refused: %s is the request of "
		    "%s itself: carry it to its issuer", s->path, s->dir);
	if (!s->order.renew) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: %s is the request of "
		    "%s itself", s->path, s->dir);
		return dv_hint(err, exit, "to renew this root with the same "
		    "key: --renew --not-after TIME");
	}
	s->kind = PKI_SIGN_ROOT;
	s->issuer.cert = NULL;
	s->issuer.chain = NULL;
	s->issuer.chain_count = 0;
	return DV_EXIT_YES;
}

/* A renewal keeps profile, path length and authorisedOnly, as agreed to. */
static enum dv_exit
take_old(struct pki_signing *s, struct dv_err *err)
{
	const struct pki_profile *profile;
	struct pki_found old = { .found = false };
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_cert cert;
	struct dv_at at;
	enum dv_exit exit;

	if (dv_hash_once(DV_HASH_SHA256, s->order.key->spki, digest) !=
	    PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "hashing failed");
	exit = pki_ledger_find_key(s->ca->ledger, digest, &old, err);
	profile = exit == DV_EXIT_YES && old.found ?
	    pki_profile_find(old.profile) : NULL;
	if (profile != NULL && profile->ca && dv_cert_parse(
	    dv_buf_bytes(&old.der), &cert, &at) == DV_R_NONE) {
		s->order.profile = profile;
		s->order.path_len = cert.ext.path_len;
		s->order.extra.authorised_only |= dv_cert_has(&cert,
		    DV_EXT_AUTHORISED_ONLY);
	}
	dv_buf_free(&old.der);
	return exit;
}

/* As much of its own limit as this CA can give. */
static int
cross_path_len(const struct pki_signing *s)
{
	int own = s->other.ext.path_len, most = s->ca->cert.ext.path_len - 1;

	if (s->ca->cert.ext.path_len < 0)
		return own;
	return own >= 0 && own < most ? own : most;
}

static enum dv_exit
set_terms(struct pki_signing *s, struct dv_err *err)
{
	struct pki_terms terms = { .path_len = 0 };
	enum dv_exit exit = pki_cmd_terms(s->args, &terms, err);

	if (exit != DV_EXIT_YES)
		return exit;
	s->order.not_before = terms.not_before;
	s->order.not_after = terms.not_after;
	s->order.end_given = terms.end_given;
	if (s->order.renew && !terms.end_given)
		return dv_fail(err, DV_EXIT_USAGE, "option --renew: say until "
		    "when, with --not-after");
	s->order.path_len = s->order.profile->path_len;
	if (dv_bytes_equal(s->order.key->spki, s->ca->cert.key.spki))
		exit = own_request(s, err);
	if (exit == DV_EXIT_YES && s->order.renew)
		exit = take_old(s, err);
	else if (s->kind == PKI_SIGN_CROSS)
		s->order.path_len = cross_path_len(s);
	if (s->kind == PKI_SIGN_NEW && s->order.renew)
		s->kind = PKI_SIGN_RENEWAL;
	/* The ledger has the r of the key's first request. */
	if (s->kind == PKI_SIGN_NEW)
		s->order.request_r = pki_request_r(&s->csr, s->r);
	if (terms.path_len_given)
		s->order.path_len = terms.path_len;
	return exit;
}

/* ---- signing -------------------------------------------------------------- */

static enum dv_exit
make_pem(struct pki_signing *s, struct dv_err *err)
{
	bool ok = dv_pem_write(&s->pem, "CERTIFICATE", dv_buf_bytes(&s->cert));

	for (size_t i = 0; ok && i < s->issuer.chain_count; i++)
		ok = dv_pem_write(&s->pem, "CERTIFICATE", s->issuer.chain[i]);
	return ok ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NONE, "out of memory");
}

static enum dv_exit
agree_and_sign(struct pki_signing *s, struct dv_err *err)
{
	bool again;
	enum dv_exit exit = pki_sign_ask(s, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_key(s->ca, &s->access, err);
	if (exit != DV_EXIT_YES)
		return exit;
	s->issuer.key = s->ca->key;
	return pki_issue(&s->issuer, &s->order, &s->cert, &again, err);
}

static void
say(const struct pki_signing *s)
{
	struct dv_cert cert;
	struct dv_at at;
	char name[512], end[DV_TIME_TEXT];

	if (strcmp(s->out, "-") == 0 || dv_cert_parse(dv_buf_bytes(&s->cert),
	    &cert, &at) != DV_R_NONE)
		return;
	dv_name_text(cert.subject, name, sizeof(name));
	dv_time_format(cert.not_after, end);
	(void)printf("%s: %s \"%s\" until %s\n", s->out, s->again ?
	    "on record as" : "signed", name, end);
}

/* With the CA open, its key not yet. */
static enum dv_exit
sign(struct pki_signing *s, struct dv_err *err)
{
	struct pki_issued old = { .again = false };
	enum dv_exit exit = pki_ca_open_ledger(s->ca, err);

	s->issuer = pki_ca_issuer(s->ca);
	if (exit == DV_EXIT_YES)
		exit = set_terms(s, err);
	/* Before anybody is asked, or a passphrase. */
	if (exit == DV_EXIT_YES && s->kind != PKI_SIGN_CROSS) {
		exit = pki_request_agrees(&s->csr, &s->order, s->issuer.cert,
		    err);
		if (exit != DV_EXIT_YES)
			exit = pki_fail_in(s->path, exit, err);
	}
	if (exit == DV_EXIT_YES)
		exit = pki_issue_look(&s->issuer, &s->order, &old, err);
	s->cert = old.der;
	s->again = old.again;
	if (exit == DV_EXIT_YES && !s->again)
		exit = agree_and_sign(s, err);
	if (exit == DV_EXIT_YES)
		exit = pki_sign_done(s, err);
	if (exit == DV_EXIT_YES)
		exit = make_pem(s, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_put(s->out, dv_buf_bytes(&s->pem), err);
	if (exit == DV_EXIT_YES)
		say(s);
	return exit;
}

static enum dv_exit
run(struct pki_signing *s, struct dv_err *err)
{
	const struct dv_args *args = s->args;
	enum dv_exit exit = pki_cmd_need(args, "directory", &s->dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "output", &s->out, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &s->access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_ca_profile(args, "intermediate", false,
		    &s->order.profile, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_extra(args, &s->extra, err);
	s->order.extra = s->extra.extra;
	if (exit == DV_EXIT_YES && s->order.extra.authorised_only &&
	    dv_args_has(args, "cross"))
		exit = dv_fail(err, DV_EXIT_USAGE, "give only one of --cross "
		    "and --authorised-only: what another root issues is not "
		    "authorised here");
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_now(&s->order.now, err);
	if (exit == DV_EXIT_YES)
		exit = dv_args_has(args, "cross") ? read_root(s, err) :
		    read_request(s, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open(s->dir, &s->ca, err);
	return exit == DV_EXIT_YES ? sign(s, err) : exit;
}

enum dv_exit
pki_sign_run(const struct dv_args *args, struct dv_err *err)
{
	struct pki_signing s = {
		.args = args,
		.path = args->operands[0],
		.files = calloc(1, sizeof(*s.files)),
		.order = {
			.renew = dv_args_has(args, "renew"),
		},
	};
	enum dv_exit exit;

	if (s.files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = run(&s, err);
	pki_cmd_extra_free(&s.extra);
	if (s.ca != NULL)
		exit = pki_log_end(s.ca, exit, err);
	dv_buf_free(&s.cert);
	dv_buf_free(&s.pem);
	dv_ders_free(s.files);
	free(s.files);
	return exit;
}
