/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Issuing: judge the order, look into the ledger, sign, verify, record, and
 * only then hand out. Nothing leaves that is not recorded. RFC 5280 4.
 */
#include "pki_issue.h"

#include <stdio.h>
#include <string.h>

#include "again.h"
#include "bytes.h"
#include "dv_hash.h"
#include "extra.h"
#include "lint.h"
#include "pki_log.h"
#include "weak.h"

/* Room for a certificate of ours: two names and a few extensions. */
#define TBS_ROOM 20000
#define NAME_TEXT 4096
#define DEVICE_TEXT 256

/* What is worked out on the way from an order to a certificate. */
struct work {
	const struct pki_issuer *issuer;
	const struct pki_order *order;
	struct pki_row row;
	char name[NAME_TEXT];
	char device[DEVICE_TEXT];
	uint8_t request[DV_MAX_DIGEST];
	enum pki_against against;
};

/* By default the profile's end, but never beyond the issuer's. */
dv_time
pki_order_end(const struct pki_issuer *issuer, const struct pki_order *order)
{
	dv_time end = pki_years_after(order->not_before,
	    order->profile->years);

	if (order->end_given)
		return order->not_after;
	if (issuer->cert != NULL && !order->profile->may_outlive &&
	    issuer->cert->not_after.s < end.s)
		return issuer->cert->not_after;
	return end;
}

static enum dv_exit
check_order(const struct work *w, struct dv_err *err)
{
	const struct pki_wanted wanted = { w->issuer->cert, w->order,
	    w->row.not_after };

	return pki_order_check(&wanted, err);
}

/* The key identifier of the issuer, which for a root is its own. */
static enum dv_exit
issuer_key_id(const struct work *w, uint8_t out[PKI_KEY_ID],
    struct dv_err *err)
{
	const struct dv_cert *issuer = w->issuer->cert;

	if (issuer == NULL)
		return pki_key_id(w->order->key, out) ? DV_EXIT_YES :
		    dv_fail(err, DV_EXIT_NONE, "the key cannot be hashed");
	if (!dv_bytes_copy(out, PKI_KEY_ID, issuer->ext.subject_key_id) ||
	    issuer->ext.subject_key_id.len != PKI_KEY_ID)
		return dv_fail(err, DV_EXIT_NO, "refused: the issuer's "
		    "certificate has no subjectKeyIdentifier of %d octets",
		    PKI_KEY_ID);
	return DV_EXIT_YES;
}

/* Who the device is: what was said, else what its profile names it by. */
static void
fill_device(struct work *w)
{
	const struct pki_order *order = w->order;
	struct dv_bytes value = pki_subject_identity(order->subject,
	    order->profile);

	w->row.model = order->model;
	w->row.batch = order->batch;
	w->row.device = order->device;
	if (order->device != NULL || order->profile->ca || value.len == 0 ||
	    value.len >= sizeof(w->device))
		return;
	memcpy(w->device, value.ptr, value.len);
	w->row.device = w->device;
}

/* Everything of the row but the serial number. */
static enum dv_exit
fill_row(struct work *w, struct dv_err *err)
{
	const struct pki_order *order = w->order;
	uint8_t digest[DV_MAX_DIGEST];

	dv_name_text(order->subject, w->name, sizeof(w->name));
	w->row.subject = order->subject;
	w->row.name = w->name;
	w->row.profile = order->profile->name;
	w->row.not_before = order->not_before;
	w->row.not_after = pki_order_end(w->issuer, order);
	w->row.issued_at = order->now;
	w->row.request_r = order->request_r;
	fill_device(w);
	if (dv_hash_once(DV_HASH_SHA256, order->key->spki, digest) !=
	    PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "the key cannot be hashed");
	memcpy(w->row.spki_sha256, digest, PKI_SHA256);
	if (order->request.len != 0) {
		if (dv_hash_once(DV_HASH_SHA256, order->request, w->request) !=
		    PKI_SHA256)
			return dv_fail(err, DV_EXIT_NONE,
			    "the request cannot be hashed");
		w->row.request_sha256 = (struct dv_bytes){ w->request,
		    PKI_SHA256 };
	}
	return issuer_key_id(w, w->row.issuer_key_id, err);
}

/*
 * 158 random bits behind 01: positive, and 20 octets in every place, for a
 * leading zero stands in the ledger and not in an INTEGER.
 */
static enum dv_exit
draw_serial(uint8_t serial[PKI_SERIAL], struct dv_err *err)
{
	uint8_t any = 0;
	enum dv_exit exit = ds_random(serial, PKI_SERIAL, err);

	if (exit != DV_EXIT_YES)
		return exit;
	for (size_t i = 0; i < PKI_SERIAL; i++)
		any |= serial[i];
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
	if (any == 0)
		return dv_fail(err, DV_EXIT_NONE,
		    "the random number generator returned zeros");
	return DV_EXIT_YES;
}

static enum dv_exit
sign(const struct work *w, struct dv_buf *out, struct dv_err *err)
{
	uint8_t room[TBS_ROOM];
	struct ds_der der = ds_der_start(room, sizeof(room));
	const struct dv_cert *issuer = w->issuer->cert;
	struct pki_tbs tbs = {
		.profile = w->order->profile,
		.serial = { w->row.serial, PKI_SERIAL },
		.alg = dv_sig_for_key(ds_key_public(w->issuer->key)->type),
		.issuer = issuer == NULL ? w->order->subject : issuer->subject,
		.subject = w->order->subject,
		.not_before = w->row.not_before,
		.not_after = w->row.not_after,
		.key = w->order->key,
		.path_len = w->order->path_len,
		.subject_key_id = w->order->subject_key_id,
		.extra = w->order->extra,
	};
	struct dv_bytes done;
	enum dv_exit exit;

	if (issuer != NULL)
		tbs.issuer_key_id = issuer->ext.subject_key_id;
	pki_tbs_write(&der, &tbs);
	done = ds_der_done(&der);
	if (done.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO,
		    "refused: the certificate would be too large");
	exit = pki_lint_draft(done, tbs.alg, pki_profile_family(w->order->profile), issuer,
	    err);
	return exit == DV_EXIT_YES ?
	    ds_der_signed(w->issuer->key, done, out, err) : exit;
}

/* The verifier's own answer, at the moment the certificate begins. */
static enum dv_exit
verify(const struct work *w, struct dv_bytes der, dv_time at,
    struct dv_err *err)
{
	const struct pki_question question = {
		.cert = der,
		.chain = w->issuer->cert == NULL ? NULL : w->issuer->chain,
		.chain_count = w->issuer->cert == NULL ? 0 :
		    w->issuer->chain_count,
		.at = at,
	};

	if (w->issuer->above != NULL && !w->order->profile->ca)
		return pki_cert_verify_below(&question, w->issuer->above, err);
	return pki_cert_verify(&question, NULL, err);
}

/* Nothing of it is in the ledger; the caller records it before it leaves. */
static enum dv_exit
sign_and_verify(const struct work *w, struct dv_buf *out, struct dv_err *err)
{
	struct dv_buf der = { NULL, 0, 0 };
	enum dv_exit exit = sign(w, &der, err);

	if (exit == DV_EXIT_YES)
		exit = verify(w, dv_buf_bytes(&der), w->row.not_before, err);
	if (exit == DV_EXIT_YES && !dv_buf_add(out, dv_buf_bytes(&der)))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	dv_buf_free(&der);
	return exit;
}

/* The first day on which it and all above it were valid: a CA that was renewed
 * since has a certificate that began later. */
static dv_time
first_day(const struct pki_issuer *issuer, const struct dv_cert *cert)
{
	dv_time day = cert->not_before;

	for (size_t i = 0; i < issuer->chain_count; i++) {
		struct dv_cert above;
		struct dv_at at;

		if (dv_cert_parse(issuer->chain[i], &above, &at) == DV_R_NONE &&
		    above.not_before.s > day.s)
			day = above.not_before;
	}
	return day;
}

/* The certificate on record once more, judged as on its first day. */
static enum dv_exit
repeat(const struct work *w, const struct dv_cert *cert, struct dv_buf *out,
    struct dv_err *err)
{
	enum dv_exit exit = verify(w, cert->der, first_day(w->issuer, cert),
	    err);

	if (exit == DV_EXIT_YES && !dv_buf_add(out, cert->der))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	return exit;
}

/* The one on record has other terms: the key, a CA's, gets its next one. */
static enum dv_exit
renew(struct work *w, const struct pki_found *old, const struct dv_cert *cert,
    struct dv_err *err)
{
	const char *what;
	enum dv_exit exit = pki_same_use(w->order, old, cert, err);

	/* Not loosened by forgetting an option. */
	if (exit == DV_EXIT_YES && !pki_extra_same(w->order, cert, &what))
		exit = dv_hint(err, dv_fail(err, DV_EXIT_NO, "refused: the "
		    "certificate on record has another %s", what), "a renewal "
		    "keeps it: give the same options");
	if (exit == DV_EXIT_YES && (!w->order->profile->ca ||
	    !w->order->end_given))
		exit = dv_fail(err, DV_EXIT_USAGE, "only a CA is renewed with "
		    "the same key, and its new end must be said");
	if (exit == DV_EXIT_YES)
		exit = check_order(w, err);
	w->row.renewal = old->renewal + 1;
	return exit;
}

/* A key on record: its certificate again, or another for a CA that is renewed. */
static enum dv_exit
look_old(struct work *w, const struct pki_found *old, struct dv_buf *out,
    bool *again, struct dv_err *err)
{
	const struct pki_order *order = w->order;
	struct dv_cert cert;
	struct dv_at at;
	enum dv_exit exit;

	if (dv_cert_parse(dv_buf_bytes(&old->der), &cert, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE, "the ledger's certificate "
		    "of %s cannot be read: the ledger is damaged", old->name);
	*again = !order->renew || (cert.not_after.s == order->not_after.s &&
	    cert.ext.path_len == order->path_len);
	if (!*again)
		return renew(w, old, &cert, err);
	exit = pki_same_order(order, old, &cert, err);
	return exit == DV_EXIT_YES ? repeat(w, &cert, out, err) : exit;
}

static bool
is_rsa(const struct work *w)
{
	return w->order->key->modulus.len != 0;
}

/* Is anything against a certificate for this key, which has none? */
static enum dv_exit
look_new(struct work *w, struct dv_err *err)
{
	enum dv_exit exit = check_order(w, err);

	if (exit != DV_EXIT_YES)
		return exit;
	w->against = PKI_AGAINST_TAKEN;
	exit = pki_name_free(w->issuer, w->order, &w->row, err);
	if (exit != DV_EXIT_YES)
		return exit;
	w->against = PKI_AGAINST_WEAK;
	exit = pki_weak_check(w->issuer->ledger, w->row.request_r,
	    w->order->key, err);
	if (exit == DV_EXIT_YES)
		w->against = PKI_AGAINST_OTHER;
	return exit;
}

/* Is it on record, or is anything against it? Writes nothing. */
static enum dv_exit
look(struct work *w, struct dv_buf *out, bool *again, struct dv_err *err)
{
	struct pki_found old = { .found = false };
	enum dv_exit exit = pki_ledger_find_key(w->issuer->ledger,
	    w->row.spki_sha256, &old, err);

	*again = false;
	w->against = old.found ? PKI_AGAINST_TAKEN : PKI_AGAINST_OTHER;
	if (exit == DV_EXIT_YES && old.found)
		exit = look_old(w, &old, out, again, err);
	else if (exit == DV_EXIT_YES && w->order->renew)
		exit = dv_fail(err, DV_EXIT_NO, "refused: this CA has not "
		    "certified this key; there is nothing to renew");
	else if (exit == DV_EXIT_YES)
		exit = look_new(w, err);
	dv_buf_free(&old.der);
	return exit;
}

enum dv_exit
pki_issue_look(const struct pki_issuer *issuer, const struct pki_order *order,
    struct pki_issued *out, struct dv_err *err)
{
	struct work w = { .issuer = issuer, .order = order };
	enum dv_exit exit = fill_row(&w, err);

	out->again = false;
	if (exit == DV_EXIT_YES)
		exit = look(&w, &out->der, &out->again, err);
	out->against = w.against;
	return exit;
}

enum dv_exit
pki_issue_sign(const struct pki_issuer *issuer, const struct pki_order *order,
    struct pki_signed *out, struct dv_err *err)
{
	struct work w = { .issuer = issuer, .order = order };
	enum dv_exit exit = fill_row(&w, err);

	if (exit == DV_EXIT_YES)
		exit = check_order(&w, err);
	if (exit == DV_EXIT_YES)
		exit = draw_serial(w.row.serial, err);
	if (exit != DV_EXIT_YES)
		return exit;
	memcpy(out->serial, w.row.serial, PKI_SERIAL);
	return sign_and_verify(&w, &out->der, err);
}

/* Signed now, with the serial number that was taken, or taken as it is. */
static enum dv_exit
sign_or_take(struct work *w, const struct pki_signed *ready,
    struct dv_buf *out, struct dv_err *err)
{
	if (ready == NULL)
		return sign_and_verify(w, out, err);
	return dv_buf_add(out, dv_buf_bytes(&ready->der)) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

/* Takes the serial number, has the certificate signed unless it is, keeps it. */
static enum dv_exit
make(struct work *w, const struct pki_signed *ready, struct dv_buf *out,
    struct dv_err *err)
{
	struct pki_ledger *ledger = w->issuer->ledger;
	enum dv_exit exit = DV_EXIT_YES;

	if (ready != NULL)
		memcpy(w->row.serial, ready->serial, PKI_SERIAL);
	else
		exit = draw_serial(w->row.serial, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_reserve(ledger, &w->row, err);
	if (exit == DV_EXIT_YES)
		exit = sign_or_take(w, ready, out, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_store(ledger, w->row.serial,
		    dv_buf_bytes(out), err);
	if (exit == DV_EXIT_YES && is_rsa(w) && w->row.renewal == 0)
		exit = pki_ledger_modulus_put(ledger, w->row.serial,
		    w->order->key->modulus, err);
	return exit;
}

/* One part of a transaction; *out must be empty. */
static enum dv_exit
look_and_make(struct work *w, const struct pki_signed *ready,
    struct dv_buf *out, bool *again, struct dv_err *err)
{
	struct pki_ledger *ledger = w->issuer->ledger;
	struct dv_err lost;
	enum dv_exit exit = fill_row(w, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ledger_mark(ledger, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = look(w, out, again, err);
	if (exit == DV_EXIT_YES && !*again)
		exit = make(w, ready, out, err);
	if (exit == DV_EXIT_YES)
		return pki_ledger_keep(ledger, err);
	dv_buf_free(out);
	if (pki_ledger_drop(ledger, &lost) != DV_EXIT_YES)
		return exit == DV_EXIT_NONE ? exit :
		    dv_fail(err, DV_EXIT_NONE, "%s", lost.what);
	return exit;
}

enum dv_exit
pki_issue_in(const struct pki_issuer *issuer, const struct pki_order *order,
    const struct pki_signed *ready, struct pki_issued *out,
    struct dv_err *err)
{
	struct work w = { .issuer = issuer, .order = order };
	enum dv_exit exit = look_and_make(&w, ready, &out->der, &out->again,
	    err);

	out->against = w.against;
	return exit;
}

/* With its line in the log: who and what, and the row and hash to find it by. */
static enum dv_exit
commit_one(const struct pki_issuer *issuer, const struct pki_order *order,
    struct dv_bytes der, struct dv_err *err)
{
	struct pki_log_entry entry = { .event = order->profile->ca ?
	    "ca" : "device" };
	struct dv_cert cert;
	struct dv_at at;
	char name[NAME_TEXT];
	enum dv_exit exit = DV_EXIT_YES;

	if (dv_cert_parse(der, &cert, &at) != DV_R_NONE)
		exit = dv_fail(err, DV_EXIT_NONE, "what was made cannot be "
		    "read");
	if (exit == DV_EXIT_YES) {
		dv_name_text(order->subject, name, sizeof(name));
		pki_log_add(&entry, "profile", "%s", order->profile->name);
		pki_log_add(&entry, "name", "%.*s", PKI_LOG_VALUE, name);
		pki_log_add_hex(&entry, "serial", cert.serial);
		exit = pki_log_add_certs(&entry, issuer->ledger, &der, 1, err);
	}
	if (exit == DV_EXIT_YES)
		return pki_log_commit(issuer->ledger, &entry, err);
	pki_ledger_rollback(issuer->ledger);
	return exit;
}

enum dv_exit
pki_issue(const struct pki_issuer *issuer, const struct pki_order *order,
    struct dv_buf *out, bool *again, struct dv_err *err)
{
	struct pki_issued issued = { .again = false };
	enum dv_exit exit = pki_ledger_begin(issuer->ledger, err);

	*again = false;
	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_issue_in(issuer, order, NULL, &issued, err);
	if (exit == DV_EXIT_YES && !issued.again)
		exit = commit_one(issuer, order, dv_buf_bytes(&issued.der),
		    err);
	else
		pki_ledger_rollback(issuer->ledger);
	*again = issued.again;
	if (exit == DV_EXIT_YES && !dv_buf_add(out, dv_buf_bytes(&issued.der)))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory; the "
		    "certificate is recorded, run the same command again");
	dv_buf_free(&issued.der);
	return exit;
}
