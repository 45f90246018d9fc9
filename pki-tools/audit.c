/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An audit from its beginning to its end, and what it has found. Changes
 * nothing of what it looks at.
 */
#include "audit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

static const struct {
	enum pki_where where;
	const char *name, *hint;
} wrongs[PKI_WRONG_COUNT] = {
#define W(id, where, name, hint) { PKI_IN_##where, name, hint },
#include "audit_wrong.def"
#undef W
};

const char *
pki_wrong_name(enum pki_wrong wrong)
{
	return wrongs[wrong].name;
}

const char *
pki_wrong_hint(enum pki_wrong wrong)
{
	return wrongs[wrong].hint;
}

/* Its place among the findings, freed; NULL: it is not shown. */
static struct pki_finding *
make_room(struct pki_audit *a, enum pki_wrong wrong)
{
	size_t count = a->findings < PKI_FINDINGS ? (size_t)a->findings :
	    PKI_FINDINGS, at = count;

	a->findings++;
	while (at > 0 && wrongs[a->finding[at - 1].wrong].where >
	    wrongs[wrong].where)
		at--;
	if (at == PKI_FINDINGS)
		return NULL;
	if (count == PKI_FINDINGS)
		count--;
	memmove(&a->finding[at + 1], &a->finding[at],
	    (count - at) * sizeof(*a->finding));
	return &a->finding[at];
}

void
pki_audit_text(struct pki_audit *a, enum pki_wrong wrong, const char *place,
    const char *format, ...)
{
	struct pki_finding *f = make_room(a, wrong);
	va_list args;

	if (f == NULL)
		return;
	f->wrong = wrong;
	(void)snprintf(f->place, sizeof(f->place), "%s", place);
	va_start(args, format);
	(void)vsnprintf(f->what, sizeof(f->what), format, args);
	va_end(args);
}

void
pki_audit_found(struct pki_audit *a, enum pki_wrong wrong, const char *what,
    const char *kind, int64_t number)
{
	char place[64];

	(void)snprintf(place, sizeof(place), "%s %" PRId64, kind, number);
	pki_audit_text(a, wrong, place, "%s", what);
}

/* One certificate of a file. */
static enum dv_exit
seen_one(struct pki_audit *a, const char *path, struct dv_bytes der,
    struct dv_err *err)
{
	struct pki_found old = { .found = false };
	struct dv_cert cert;
	struct dv_at at;
	enum dv_exit exit;

	if (dv_cert_parse(der, &cert, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "%s: not a certificate that "
		    "can be read", path);
	/* those above it in the same file are others' to know */
	if (dv_cert_check_signature(&cert, &a->ca->cert.key, &at) != DV_R_NONE)
		return DV_EXIT_YES;
	exit = pki_ledger_find_serial(a->ca->ledger, cert.serial, &old, err);
	if (exit == DV_EXIT_YES && !(old.found && dv_bytes_equal(
	    dv_buf_bytes(&old.der), der)) && !dv_bytes_equal(der,
	    a->ca->cert.der))
		pki_audit_text(a, PKI_WRONG_NOT_ON_RECORD, path, "the CA has "
		    "signed it, and the ledger does not have it");
	dv_buf_free(&old.der);
	return exit;
}

enum dv_exit
pki_audit_seen(struct pki_audit *a, const char *path, struct dv_err *err)
{
	struct dv_ders *files = calloc(1, sizeof(*files));
	enum dv_exit exit;

	if (files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = dv_ders_load(files, path, "CERTIFICATE", err);
	for (size_t i = 0; exit == DV_EXIT_YES && i < files->count; i++)
		exit = seen_one(a, path, dv_ders_at(files, i), err);
	dv_ders_free(files);
	free(files);
	return exit;
}

/* A damaged file is not read any further. */
static enum dv_exit
check_file(struct pki_audit *a, struct dv_err *err)
{
	enum dv_exit exit = pki_ledger_check(a->ca->ledger, err);

	if (exit != DV_EXIT_NO)
		return exit;
	pki_audit_text(a, PKI_WRONG_LEDGER_DAMAGED, PKI_CA_LEDGER, "%s",
	    err->what);
	return exit;
}

enum dv_exit
pki_audit_run(struct pki_audit *a, struct dv_err *err)
{
	enum dv_exit exit = check_file(a, err);

	if (exit == DV_EXIT_NO)
		return DV_EXIT_YES;
	if (!dv_bytes_copy(a->key_id, PKI_KEY_ID,
	    a->ca->cert.ext.subject_key_id))
		return dv_fail(err, DV_EXIT_NO, "%s: the CA's certificate has "
		    "no subjectKeyIdentifier", a->ca->path);
	if (exit == DV_EXIT_YES && a->issuer != NULL)
		exit = pki_audit_issuer(a, err);
	if (exit == DV_EXIT_YES)
		exit = pki_audit_log_open(a, err);
	a->progress = (struct dv_progress){ .what = a->ca->dir,
	    .unit = "certificates", .per_unit = 1 };
	dv_progress_start(&a->progress);
	if (exit == DV_EXIT_YES)
		exit = pki_audit_rows(a, err);
	dv_progress_end(&a->progress);
	if (exit == DV_EXIT_YES)
		exit = pki_audit_batches(a, err);
	if (exit == DV_EXIT_YES)
		exit = pki_audit_revoked(a, err);
	if (exit == DV_EXIT_YES)
		exit = pki_audit_crls(a, err);
	if (exit == DV_EXIT_YES)
		exit = pki_audit_weak(a, err);
	return exit;
}

void
pki_audit_free(struct pki_audit *a)
{
	if (a->log != NULL)
		(void)fclose(a->log);
	dv_buf_free(&a->r);
	dv_buf_free(&a->moduli);
	dv_buf_free(&a->octets);
	dv_buf_free(&a->revokes);
	dv_buf_free(&a->made);
}
