/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The CRLs in a CA's directory: whose they are, and until when the newest of
 * each scope is good. RFC 5280 5.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "check.h"

/* SCOPE-NUMBER.crl is kept as a record; SCOPE.crl is the one in force. */
static bool
is_record(const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *dash = strrchr(name, '-');

	return dot != NULL && dash != NULL && dash + 1 < dot &&
	    strspn(dash + 1, "0123456789") == (size_t)(dot - dash - 1);
}

/* CRLNumber (RFC 5280 5.2.3) of our own: at most 8 octets. */
static uint64_t
number_of(struct dv_bytes contents)
{
	uint64_t value = 0;

	for (size_t i = 0; i < contents.len && i < 9; i++)
		value = value << 8 | contents.ptr[i];
	return value;
}

static enum dv_exit
judge(const struct pki_check *c, struct dv_bytes der, struct dv_crl *crl,
    struct dv_err *err)
{
	struct dv_at at;
	enum dv_reason reason = dv_crl_parse(der, crl, &at);
	const struct dv_cert link = { .der = crl->der, .tbs = crl->tbs,
	    .sig_alg = crl->sig_alg, .sig_oid = crl->sig_oid,
	    .salt = crl->salt, .signature = crl->signature };

	if (reason == DV_R_NONE && !dv_name_equal(crl->issuer,
	    c->ca->cert.subject))
		return dv_fail(err, DV_EXIT_NO, "it is not a CRL of this CA");
	if (reason == DV_R_NONE)
		reason = dv_cert_check_signature(&link, &c->ca->cert.key, &at);
	return reason == DV_R_NONE ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NO,
	    "%s (%s)", dv_reason_text(reason), dv_reason_name(reason));
}

static bool
scope_of(const struct dv_crl *crl, uint8_t out[PKI_SHA256])
{
	const uint8_t delta = dv_crl_has(crl, DV_CRL_EXT_DELTA);
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_hash hash;

	if (!dv_hash_start(&hash, DV_HASH_SHA256))
		return false;
	dv_hash_update(&hash, (struct dv_bytes){ &delta, 1 });
	dv_hash_update(&hash, crl->issuing_value);
	if (dv_hash_finish(&hash, digest) != PKI_SHA256)
		return false;
	memcpy(out, digest, PKI_SHA256);
	return true;
}

/* Does this one take the place of that? Of the same one as DER and as PEM the
 * first by name, in whatever order the directory has them. */
static bool
is_better(const struct pki_check_crl *found, const struct pki_check_crl *old)
{
	return found->number > old->number || (found->number == old->number &&
	    strcmp(found->name, old->name) < 0);
}

static int
by_name(const void *a, const void *b)
{
	const struct pki_check_crl *one = a, *two = b;

	return strcmp(one->name, two->name);
}

/* The newest of a scope stays. */
static void
keep(struct pki_check *c, const struct pki_check_crl *found)
{
	struct pki_check_crl *place = &c->crls[c->crl_count];

	for (size_t i = 0; i < c->crl_count; i++) {
		if (memcmp(c->crls[i].scope, found->scope, PKI_SHA256) == 0)
			place = &c->crls[i];
	}
	if (place == &c->crls[c->crl_count]) {
		if (c->crl_count == PKI_CHECK_MAX)
			return;
		c->crl_count++;
	} else if (!is_better(found, place)) {
		return;
	}
	*place = *found;
}

/* One object of a file. */
static enum dv_exit
look_at(struct pki_check *c, struct dv_bytes der, const char *name,
    struct dv_err *err)
{
	struct dv_crl crl;
	struct pki_check_crl found;
	enum dv_exit exit = judge(c, der, &crl, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (!scope_of(&crl, found.scope))
		return dv_fail(err, DV_EXIT_NONE, "hashing failed");
	(void)snprintf(found.name, sizeof(found.name), "%s", name);
	found.number = number_of(crl.number);
	found.this_update = crl.this_update;
	found.next_update = crl.next_update;
	keep(c, &found);
	return DV_EXIT_YES;
}

static void
look(struct pki_check *c, const char *path, const char *name)
{
	struct dv_ders *files = calloc(1, sizeof(*files));
	struct dv_err err;
	enum dv_exit exit;

	if (files == NULL) {
		pki_check_add(c, dv_fail(&err, DV_EXIT_NONE, "out of memory"),
		    &err);
		return;
	}
	exit = dv_ders_load(files, path, DV_PEM_CRL, &err);
	for (size_t i = 0; exit == DV_EXIT_YES && i < files->count; i++) {
		exit = look_at(c, dv_ders_at(files, i), name, &err);
		if (exit != DV_EXIT_YES)
			exit = pki_fail_in(path, exit, &err);
	}
	if (exit != DV_EXIT_YES)
		pki_check_add(c, exit, &err);
	dv_ders_free(files);
	free(files);
}

static void
check_fresh(struct pki_check *c, const struct pki_check_crl *crl)
{
	char what[320], at[DV_TIME_TEXT];
	struct dv_err err;
	enum dv_exit exit;

	(void)snprintf(what, sizeof(what), PKI_CA_CRLS "/%s", crl->name);
	if (crl->next_update.s >= c->now.s) {
		pki_check_end(c, what, crl->next_update,
		    crl->next_update.s - crl->this_update.s);
		return;
	}
	dv_time_format(crl->next_update, at);
	exit = dv_fail(&err, DV_EXIT_NO, "%s: a new CRL was due at %s", what,
	    at);
	pki_check_add(c, dv_hint(&err, exit, "make it: pki-revoke crl -d %s",
	    c->dir), &err);
}

void
pki_check_crls(struct pki_check *c)
{
	char dir[DV_PATH_MAX], path[DV_PATH_MAX];
	struct dv_err err;
	const struct dirent *e;
	DIR *d;

	if (dv_path_join(dir, c->dir, PKI_CA_CRLS, &err) != DV_EXIT_YES)
		return;
	d = opendir(dir);
	/* None yet; anything else pki_check_files() has said. */
	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.' && !is_record(e->d_name) &&
		    dv_path_join(path, dir, e->d_name, &err) == DV_EXIT_YES)
			look(c, path, e->d_name);
	}
	(void)closedir(d);
	qsort(c->crls, c->crl_count, sizeof(*c->crls), by_name);
	for (size_t i = 0; i < c->crl_count; i++)
		check_fresh(c, &c->crls[i]);
}
