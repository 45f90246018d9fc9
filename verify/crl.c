/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a CRL, completely and strictly, its entries in place. Judges form
 * alone and checks no signature: everything read is a claim. RFC 5280 5.
 */
#include "dv_crl.h"

#include "at.h"
#include "built.h"
#include "crl_ext.h"
#include "key.h"
#include "name.h"

/* ---- the list ---------------------------------------------------------- */

/* RFC 5280 5.1.2.1: absent for version 1, else 1 for version 2. */
static enum dv_reason
read_version(struct dv_der *tbs, struct dv_crl *out)
{
	struct dv_bytes version;
	enum dv_reason reason;

	tbs->field = DV_F_VERSION;
	out->version = 1;
	if (dv_der_peek(tbs) != DER_INTEGER)
		return DV_R_NONE;
	reason = dv_der_integer(tbs, &version);
	if (reason != DV_R_NONE)
		return reason;
	if (version.len != 1 || version.ptr[0] != 1) {
		(void)dv_der_fail(tbs, DV_R_UNSUPPORTED_VERSION, version);
		dv_wanted(tbs->at, dv_number(1));
		dv_found(tbs->at, dv_octets(DV_VALUE_BYTES, version));
		return DV_R_UNSUPPORTED_VERSION;
	}
	out->version = 2;
	return DV_R_NONE;
}

static enum dv_reason
read_algorithm(struct dv_der *tbs, struct dv_bytes outer, struct dv_crl *out)
{
	struct dv_algorithm algorithm;
	enum dv_reason reason = dv_algorithm_twice(tbs, outer, &algorithm);

	out->sig_alg = algorithm.alg;
	out->sig_oid = algorithm.oid;
	out->salt = algorithm.salt;
	return reason;
}

/* RFC 5280 5.1.2.5: nextUpdate is required, or the CRL would never age. */
static enum dv_reason
read_updates(struct dv_der *tbs, struct dv_crl *out)
{
	struct dv_bytes here;
	enum dv_reason reason;

	tbs->field = DV_F_THIS_UPDATE;
	reason = dv_der_time(tbs, &out->this_update);
	tbs->field = DV_F_NEXT_UPDATE;
	here = tbs->rest;
	if (reason == DV_R_NONE)
		reason = dv_der_time(tbs, &out->next_update);
	if (reason != DV_R_NONE || out->next_update.s >= out->this_update.s)
		return reason;
	(void)dv_der_fail(tbs, DV_R_VALIDITY_REVERSED, here);
	dv_wanted(tbs->at, dv_instant(out->this_update));
	dv_found(tbs->at, dv_instant(out->next_update));
	return DV_R_VALIDITY_REVERSED;
}

/* RFC 5280 5.1.2.6: absent when nothing is revoked, so never empty. */
static enum dv_reason
read_entries(struct dv_der *tbs, struct dv_crl *out, struct dv_crl_tally *tally)
{
	struct dv_crl_entry entry = { .has_invalidity = false };
	struct dv_bytes here = tbs->rest;
	struct dv_der list;
	enum dv_reason reason;

	if (dv_der_peek(tbs) != DER_SEQUENCE)
		return DV_R_NONE;
	tbs->field = DV_F_REVOKED_CERTIFICATES;
	reason = dv_der_enter(tbs, DER_SEQUENCE, &list);
	if (reason != DV_R_NONE)
		return reason;
	if (dv_der_empty(&list))
		return dv_der_fail(tbs, DV_R_NOT_CANONICAL, here);
	out->entries = list.rest;
	for (; reason == DV_R_NONE && !dv_der_empty(&list); tally->count++)
		reason = dv_crl_entry_read(&list, &entry, tally);
	out->entry_count = tally->count;
	out->unknown_critical = tally->unknown_critical;
	return reason;
}

static enum dv_reason
list_extensions(struct dv_der *tbs, struct dv_crl *out, struct dv_crl_tally *tally)
{
	struct dv_der inside;
	enum dv_reason reason;

	out->point.reasons = DV_CRL_ALL_REASONS;
	tbs->field = DV_F_EXTENSIONS;
	if (dv_der_peek(tbs) != DER_CONTEXT_CONS(0))
		return DV_R_NONE;
	if (tally->extended.ptr == NULL)
		tally->extended = tbs->rest;
	reason = dv_der_enter(tbs, DER_CONTEXT_CONS(0), &inside);
	if (reason == DV_R_NONE)
		reason = dv_crl_extensions_read(&inside, out);
	return dv_der_finish(&inside, reason);
}

/* RFC 5280 5.1.2.1: extensions came with version 2. */
static enum dv_reason
check_version(struct dv_der *tbs, const struct dv_crl *crl,
    const struct dv_crl_tally *tally)
{
	if (crl->version == 2 ||
	    tally->extended.ptr == NULL)
		return DV_R_NONE;
	tbs->field = DV_F_VERSION;
	(void)dv_der_fail(tbs, DV_R_UNSUPPORTED_VERSION, tally->extended);
	dv_numbers(tbs->at, 2, 1);
	return DV_R_UNSUPPORTED_VERSION;
}

/* What an entry may say only in some kinds of CRL: RFC 5280 5.3.1, 5.3.3. */
static enum dv_reason
check_kind(struct dv_der *tbs, const struct dv_crl *crl,
    const struct dv_crl_tally *tally)
{
	if (tally->issuer.ptr != NULL && !crl->point.indirect) {
		tbs->field = DV_F_CERTIFICATE_ISSUER;
		return dv_der_fail(tbs, DV_R_EXTENSION_MALFORMED,
		    tally->issuer);
	}
	if (tally->removed.ptr != NULL && !dv_crl_has(crl, DV_CRL_EXT_DELTA)) {
		tbs->field = DV_F_REASON_CODE;
		return dv_der_fail(tbs, DV_R_EXTENSION_MALFORMED,
		    tally->removed);
	}
	return DV_R_NONE;
}

static enum dv_reason
read_tbs(struct dv_der *in, const struct dv_signed *frame, struct dv_crl *out)
{
	struct dv_der whole = dv_der_inside(in, frame->body, DV_F_TBS_CRL), tbs;
	struct dv_crl_tally tally = { .count = 0 };
	enum dv_reason reason = dv_der_enter(&whole, DER_SEQUENCE, &tbs);

	if (reason == DV_R_NONE)
		reason = read_version(&tbs, out);
	if (reason == DV_R_NONE)
		reason = read_algorithm(&tbs, frame->algorithm, out);
	if (reason == DV_R_NONE)
		reason = dv_issuer_read(&tbs, &out->issuer);
	if (reason == DV_R_NONE)
		reason = read_updates(&tbs, out);
	if (reason == DV_R_NONE)
		reason = read_entries(&tbs, out, &tally);
	if (reason == DV_R_NONE)
		reason = list_extensions(&tbs, out, &tally);
	if (reason == DV_R_NONE)
		reason = check_version(&tbs, out, &tally);
	if (reason == DV_R_NONE)
		reason = check_kind(&tbs, out, &tally);
	tbs.field = DV_F_TBS_CRL;
	return dv_der_finish(&tbs, reason);
}

static enum dv_reason
read_crl(struct dv_bytes der, struct dv_crl *out, struct dv_at *at)
{
	struct dv_der in = dv_der_start(der, DV_F_CRL, at);
	struct dv_signed frame;
	enum dv_reason reason = dv_signed_read(&in, DV_MAX_CRL, &frame);

	if (reason != DV_R_NONE)
		return reason;
	out->der = der;
	out->tbs = frame.body;
	out->signature = frame.signature;
	return read_tbs(&in, &frame, out);
}

enum dv_reason
dv_crl_parse(struct dv_bytes der, struct dv_crl *out, struct dv_at *at)
{
	enum dv_reason reason;

	*out = (struct dv_crl){ .version = 0 };
	if (!DV_HAS_CRL)
		return dv_fail_at(at, DV_R_NOT_BUILT, DV_F_CRL, 0);
	*at = (struct dv_at){ .field = DV_F_NONE };
	reason = read_crl(der, out, at);
	if (reason != DV_R_NONE)
		*out = (struct dv_crl){ .version = 0 };
	return reason;
}

const char *
dv_crl_reason_name(enum dv_crl_reason reason)
{
	static const char *const names[] = { "unspecified", "keyCompromise",
		"cACompromise", "affiliationChanged", "superseded",
		"cessationOfOperation", "certificateHold", "", "removeFromCRL",
		"privilegeWithdrawn", "aACompromise" };

	return (size_t)reason < sizeof(names) / sizeof(names[0]) ?
	    names[reason] : "";
}
