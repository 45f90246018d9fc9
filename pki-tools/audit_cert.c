/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A certificate in the ledger against the columns beside it and the CA's key.
 * What is found is noted; nothing here ends the audit.
 */
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "bytes.h"
#include "dv_chain.h"

#define NAME_TEXT 4096

static void
found(struct pki_audit *a, const struct pki_record *row, enum pki_wrong wrong,
    const char *what)
{
	pki_audit_found(a, wrong, what, "ledger row", row->id);
}

/* The ledger keeps the zeros in front that an INTEGER has lost. */
static bool
same_serial(struct dv_bytes column, struct dv_bytes integer)
{
	uint8_t full[PKI_SERIAL] = { 0 };

	if (integer.len > PKI_SERIAL || column.len != PKI_SERIAL)
		return false;
	memcpy(full + PKI_SERIAL - integer.len, integer.ptr, integer.len);
	return memcmp(full, column.ptr, PKI_SERIAL) == 0;
}

static bool
same_key(struct dv_bytes column, const struct dv_key *key)
{
	uint8_t digest[DV_MAX_DIGEST];

	return dv_hash_once(DV_HASH_SHA256, key->spki, digest) ==
	    PKI_SHA256 && dv_bytes_equal(column,
	    (struct dv_bytes){ digest, PKI_SHA256 });
}

static bool
same_name(const char *column, struct dv_bytes subject)
{
	char name[NAME_TEXT];

	dv_name_text(subject, name, sizeof(name));
	return strcmp(column, name) == 0;
}

/* The first column that says something else than the certificate. */
static const char *
differs(const struct pki_record *row, const struct dv_cert *cert)
{
	if (!same_serial(row->serial, cert->serial))
		return "its serial is not that of its certificate";
	if (!same_key(row->spki_sha256, &cert->key))
		return "its spki_sha256 is not of its certificate's key";
	if (!dv_bytes_equal(row->subject, cert->subject))
		return "its subject is not that of its certificate";
	if (!same_name(row->name, cert->subject))
		return "its name is not that of its certificate";
	if (!dv_bytes_equal(row->issuer_key_id, cert->ext.authority_key_id) &&
	    !dv_bytes_equal(row->issuer_key_id, cert->ext.subject_key_id))
		return "its issuer_key_id is not that of its certificate";
	if (row->not_before.s != cert->not_before.s)
		return "its not_before is not that of its certificate";
	return row->not_after.s == cert->not_after.s ? NULL :
	    "its not_after is not that of its certificate";
}

static void
check_signature(struct pki_audit *a, const struct pki_record *row,
    const struct dv_cert *cert)
{
	struct dv_at at;

	/* the CA has had another key since */
	if (!dv_bytes_equal(row->issuer_key_id, (struct dv_bytes){ a->key_id,
	    PKI_KEY_ID })) {
		a->earlier_key++;
		return;
	}
	if (dv_cert_check_signature(cert, &a->ca->cert.key, &at) !=
	    DV_R_NONE)
		found(a, row, PKI_WRONG_ROW_FOREIGN, "its certificate was not "
		    "signed by this CA, or was changed since");
}

/* By a CA that is bound, its present key: in a batch. */
static void
check_authorised(struct pki_audit *a, const struct pki_record *row)
{
	if (row->batch != 0 ||
	    !dv_cert_has(&a->ca->cert, DV_EXT_AUTHORISED_ONLY) ||
	    !dv_bytes_equal(row->issuer_key_id, (struct dv_bytes){ a->key_id,
	    PKI_KEY_ID }))
		return;
	found(a, row, PKI_WRONG_UNAUTHORISED, "is in no authorised batch");
}

enum dv_exit
pki_audit_cert(struct pki_audit *a, const struct pki_record *row,
    struct dv_err *err)
{
	struct dv_cert cert;
	struct dv_at at;
	const char *what;

	if (dv_cert_parse(row->der, &cert, &at) != DV_R_NONE) {
		found(a, row, PKI_WRONG_ROW_CHANGED, "holds no certificate "
		    "that can be read");
		return DV_EXIT_YES;
	}
	what = differs(row, &cert);
	if (what != NULL)
		found(a, row, PKI_WRONG_ROW_CHANGED, what);
	check_signature(a, row, &cert);
	check_authorised(a, row);
	return pki_audit_weak_add(a, &cert, row->id, err);
}

enum dv_exit
pki_audit_issuer(struct pki_audit *a, struct dv_err *err)
{
	struct dv_ders *files = calloc(1, sizeof(*files));
	struct dv_cert above;
	struct dv_at at;
	enum dv_exit exit;

	if (files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = dv_ders_load(files, a->issuer, "CERTIFICATE", err);
	if (exit == DV_EXIT_YES && (files->count == 0 || dv_cert_parse(
	    dv_ders_at(files, 0), &above, &at) != DV_R_NONE))
		exit = dv_fail(err, DV_EXIT_NONE, "%s: not a certificate that "
		    "can be read", a->issuer);
	else if (exit == DV_EXIT_YES && dv_cert_check_signature(&a->ca->cert,
	    &above.key, &at) != DV_R_NONE)
		pki_audit_text(a, PKI_WRONG_CA_OTHER, PKI_CA_CERT, "was not "
		    "made by the CA in %.200s", a->issuer);
	dv_ders_free(files);
	free(files);
	return exit;
}
