/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Batches against what the level above has signed, revoked rows against the
 * CRLs. What is found is noted; nothing here ends the audit. docs/FORMAT.md.
 */
#include <inttypes.h>
#include <string.h>

#include "audit.h"
#include "bytes.h"
#include "dv_chain.h"
#include "crl.h"
#include "pki_batch.h"

/* ---- batches -------------------------------------------------------------- */

static __attribute__((format(printf, 4, 5))) void
found_batch(struct pki_audit *a, const struct pki_batch *batch,
    enum pki_wrong wrong, const char *format, ...)
{
	char place[64], what[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	(void)snprintf(place, sizeof(place), "batch %.48s", batch->name);
	pki_audit_text(a, wrong, place, "%s", what);
}

/* An authorisation that this CA gave to one below: it issues nothing here. */
static bool
is_own(const struct pki_audit *a, const struct pki_batch *batch)
{
	struct pki_statement statement;
	struct dv_err ignored;

	return pki_statement_read(batch->authorisation,
	    PKI_TYP_AUTHORISATION, &statement, &ignored) == DV_EXIT_YES &&
	    pki_statement_verify(&statement, &a->ca->cert.key, &ignored) ==
	    DV_EXIT_YES;
}

struct members {
	struct pki_audit *a;
	const struct pki_batch *batch;
	const struct pki_authorisation *auth;
	int64_t count;
};

static enum dv_exit
one_member(void *arg, const struct pki_record *row, struct dv_err *err)
{
	struct members *m = arg;

	(void)err;
	m->count++;
	if (m->count == m->auth->quantity + 1)
		found_batch(m->a, m->batch, PKI_WRONG_BATCH_OVER, "ledger row "
		    "%" PRId64 " is one more than the %" PRId64 " authorised",
		    row->id, m->auth->quantity);
	if (row->issued_at.s > m->auth->not_after.s)
		found_batch(m->a, m->batch, PKI_WRONG_BATCH_OVER, "ledger row "
		    "%" PRId64 " was issued after the authorisation had "
		    "ended", row->id);
	if (!pki_model_allowed(m->auth->models, row->model))
		found_batch(m->a, m->batch, PKI_WRONG_BATCH_OVER, "ledger row "
		    "%" PRId64 " is of a model that was not authorised",
		    row->id);
	if (strcmp(row->profile, m->auth->profile) != 0)
		found_batch(m->a, m->batch, PKI_WRONG_BATCH_OVER, "ledger row "
		    "%" PRId64 " has another profile than authorised",
		    row->id);
	return DV_EXIT_YES;
}

static bool
same_terms(const struct pki_batch *b, const struct pki_authorisation *auth)
{
	return strcmp(b->name, auth->batch) == 0 &&
	    strcmp(b->profile, auth->profile) == 0 &&
	    strcmp(b->models, auth->models) == 0 &&
	    b->quantity == auth->quantity &&
	    b->not_after.s == auth->not_after.s;
}

static enum dv_exit
check_members(struct pki_audit *a, const struct pki_batch *batch,
    const struct pki_authorisation *auth, struct dv_err *err)
{
	struct members m = { a, batch, auth, 0 };
	const struct pki_which which = { .kind = PKI_OF_BATCH,
	    .batch = batch->id };
	enum dv_exit exit;

	if (!same_terms(batch, auth))
		found_batch(a, batch, PKI_WRONG_BATCH_CHANGED, "the ledger's "
		    "row says other terms than the authorisation in it");
	exit = pki_ledger_each(a->ca->ledger, &which, one_member, &m, err);
	if (exit == DV_EXIT_YES && m.count != batch->issued)
		found_batch(a, batch, PKI_WRONG_BATCH_CHANGED, "the ledger "
		    "counts %" PRId64 " certificates in it and holds %" PRId64,
		    batch->issued, m.count);
	return exit;
}

static enum dv_exit
one_batch(void *arg, const struct pki_batch *batch, struct dv_err *err)
{
	struct pki_audit *a = arg;
	struct pki_authorisation auth;
	struct dv_err why;

	a->batches++;
	if (is_own(a, batch)) {
		if (batch->issued != 0)
			found_batch(a, batch, PKI_WRONG_BATCH_OVER, "this CA "
			    "has authorised it itself");
		return DV_EXIT_YES;
	}
	if (pki_authorisation_read(batch->authorisation, a->ca,
	    batch->opened_at, &auth, &why) == DV_EXIT_YES)
		return check_members(a, batch, &auth, err);
	found_batch(a, batch, PKI_WRONG_BATCH_CHANGED, "its authorisation is "
	    "not one: %.160s", why.what);
	return DV_EXIT_YES;
}

enum dv_exit
pki_audit_batches(struct pki_audit *a, struct dv_err *err)
{
	return pki_ledger_each_batch(a->ca->ledger, one_batch, a, err);
}

/* ---- CRLs ----------------------------------------------------------------- */

static void
found_crl(struct pki_audit *a, enum pki_wrong wrong, int64_t number,
    const char *what)
{
	pki_audit_found(a, wrong, what, "CRL", number);
}

static bool
is_number(struct dv_bytes integer, int64_t number)
{
	int64_t value = 0;

	if (integer.len == 0 || integer.len > 8 || integer.ptr[0] > 0x7f)
		return false;
	for (size_t i = 0; i < integer.len; i++)
		value = value << 8 | integer.ptr[i];
	return value == number;
}

static bool
is_signed(const struct pki_audit *a, const struct dv_crl *crl)
{
	const struct dv_cert link = { .der = crl->der, .tbs = crl->tbs,
	    .sig_alg = crl->sig_alg, .sig_oid = crl->sig_oid,
	    .salt = crl->salt, .signature = crl->signature };
	struct dv_at at;

	return dv_cert_check_signature(&link, &a->ca->cert.key, &at) ==
	    DV_R_NONE;
}

/* The first thing that the row says otherwise than the CRL. */
static const char *
crl_differs(const struct pki_crl *row, const struct dv_crl *crl)
{
	if (!is_number(crl->number, row->number))
		return "its number is not that of the CRL in its row";
	if (row->base_number != 0 ? !is_number(crl->base_number,
	    row->base_number) : dv_crl_has(crl, DV_CRL_EXT_DELTA))
		return "its base_number is not that of the CRL in its row";
	if (row->this_update.s != crl->this_update.s ||
	    row->next_update.s != crl->next_update.s)
		return "its times are not those of the CRL in its row";
	return NULL;
}

/* Is each of them revoked in the ledger too? */
static enum dv_exit
check_entries(struct pki_audit *a, const struct pki_crl *row,
    const struct dv_crl *crl, struct dv_err *err)
{
	struct dv_bytes rest = crl->entries;
	struct dv_crl_entry entry = { .serial = { NULL, 0 } };
	enum dv_exit exit = DV_EXIT_YES;

	while (exit == DV_EXIT_YES && dv_crl_next(&rest, &entry)) {
		struct pki_found old = { .found = false };

		exit = pki_ledger_find_serial(a->ca->ledger, entry.serial,
		    &old, err);
		if (exit == DV_EXIT_YES && !old.was_revoked &&
		    entry.reason != DV_CRL_REMOVE_FROM_CRL)
			found_crl(a, PKI_WRONG_CRL_CHANGED, row->number,
			    "revokes what the ledger does not know as "
			    "revoked");
		dv_buf_free(&old.der);
	}
	return exit;
}

/* The CRL itself, its file. */
static enum dv_exit
check_crl(struct pki_audit *a, const struct pki_crl *row, struct dv_bytes der,
    struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_crl crl;
	struct dv_at at;
	const char *what;

	if (dv_hash_once(DV_HASH_SHA256, der, digest) != PKI_SHA256 ||
	    !dv_bytes_equal(row->sha256, (struct dv_bytes){ digest,
	    PKI_SHA256 }))
		found_crl(a, PKI_WRONG_CRL_CHANGED, row->number, "its file is "
		    "not the one that was recorded");
	if (dv_crl_parse(der, &crl, &at) != DV_R_NONE) {
		found_crl(a, PKI_WRONG_CRL_CHANGED, row->number, "cannot be "
		    "read");
		return DV_EXIT_YES;
	}
	/* an earlier key's is in the log all the same, by its hash */
	if (!dv_bytes_equal(crl.authority_key_id, (struct dv_bytes){ a->key_id,
	    PKI_KEY_ID }))
		a->earlier_crls++;
	else if (!is_signed(a, &crl))
		found_crl(a, PKI_WRONG_CRL_CHANGED, row->number, "was not "
		    "signed by this CA, or was changed since");
	what = crl_differs(row, &crl);
	if (what != NULL)
		found_crl(a, PKI_WRONG_CRL_CHANGED, row->number, what);
	return check_entries(a, row, &crl, err);
}

static enum dv_exit
one_crl(void *arg, const struct pki_crl *row, struct dv_err *err)
{
	struct pki_audit *a = arg;
	char path[DV_PATH_MAX];
	struct dv_err why;
	struct dv_bytes der;
	enum dv_exit exit = pki_crl_path(a->ca->dir, row->scope, row->number,
	    path, err);

	/* A number that was taken, and nothing came of it. */
	if (exit != DV_EXIT_YES || row->sha256.len == 0)
		return exit;
	a->crls++;
	if (pki_map_file(path, &der, &why) != DV_EXIT_YES) {
		found_crl(a, PKI_WRONG_CRL_CHANGED, row->number, "its file is "
		    "gone or cannot be read");
		return exit;
	}
	exit = check_crl(a, row, der, err);
	pki_map_end(&der);
	return exit;
}

struct newest {
	struct pki_audit *a;
	int64_t number;
	dv_time at;
	struct dv_bytes rest;		/* of its entries */
};

/* Entries stand in the order of the ledger's rows, so that each is found where
 * the one before it was; rows of holds lifted since are passed over. */
static bool
lists(struct newest *n, struct dv_bytes serial)
{
	struct dv_bytes rest = n->rest;
	struct dv_crl_entry entry = { .serial = { NULL, 0 } };

	while (dv_crl_next(&rest, &entry)) {
		if (dv_bytes_equal(entry.serial, serial)) {
			n->rest = rest;
			return true;
		}
	}
	return false;
}

/* What was revoked before the newest CRL of the whole CA must be in it. */
static enum dv_exit
one_revoked(void *arg, const struct pki_record *row, struct dv_err *err)
{
	struct newest *n = arg;
	struct dv_cert cert;
	struct dv_at at;
	char what[120];

	(void)err;
	if (row->recorded_at.s >= n->at.s || row->not_after.s < n->at.s ||
	    dv_cert_parse(row->der, &cert, &at) != DV_R_NONE ||
	    lists(n, cert.serial))
		return DV_EXIT_YES;
	(void)snprintf(what, sizeof(what), "does not list ledger row %" PRId64
	    ", which was revoked before it", row->id);
	found_crl(n->a, PKI_WRONG_CRL_INCOMPLETE, n->number, what);
	return DV_EXIT_YES;
}

static enum dv_exit
check_revoked(struct pki_audit *a, struct dv_err *err)
{
	const struct pki_which which = { .kind = PKI_REVOKED };
	struct pki_crl_found found;
	struct newest n = { .a = a };
	struct dv_bytes der = { NULL, 0 };
	struct dv_crl crl;
	struct dv_err why;
	struct dv_at at;
	char path[DV_PATH_MAX];
	enum dv_exit exit = pki_ledger_find_crl(a->ca->ledger, PKI_CRL_FULL, 0,
	    &found, err);

	if (exit == DV_EXIT_YES && found.found)
		exit = pki_crl_path(a->ca->dir, PKI_CRL_FULL, found.number,
		    path, err);
	if (exit != DV_EXIT_YES || !found.found)
		return exit;
	/* One that cannot be read was found before. */
	if (pki_map_file(path, &der, &why) == DV_EXIT_YES &&
	    dv_crl_parse(der, &crl, &at) == DV_R_NONE) {
		n.number = found.number;
		n.at = found.this_update;
		n.rest = crl.entries;
		exit = pki_ledger_each(a->ca->ledger, &which, one_revoked, &n,
		    err);
	}
	pki_map_end(&der);
	return exit;
}

enum dv_exit
pki_audit_crls(struct pki_audit *a, struct dv_err *err)
{
	enum dv_exit exit = pki_ledger_each_crl(a->ca->ledger, one_crl, a,
	    err);

	return exit == DV_EXIT_YES ? check_revoked(a, err) : exit;
}
