/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Confirms an envelope by a countersignature. Never confirms one whose own
 * signatures do not verify, and never says whom to trust. docs/FORMAT.md;
 * RFC 9338 3.
 */
#include "bytes.h"
#include "cbor_write.h"
#include "sign1.h"
#include "sign1_external.h"
#include "sign1_make.h"

static enum dv_exit
target_read(struct dv_bytes envelope, struct dv_sign1 *target,
    struct dv_err *err)
{
	struct dv_at at;
	enum dv_reason reason;

	if (dv_sign_is_several(envelope, DV_PROFILE_STRICT))
		return dv_hint(err, dv_fail(err, DV_EXIT_NO, "the envelope is "
		    "one of several signatures (COSE_Sign), which has no "
		    "countersignatures"), "`devsign sign --append` adds a "
		    "signature to it");
	reason = dv_sign1_parse(envelope, DV_PROFILE_STRICT, target, &at);
	return reason == DV_R_NONE ? DV_EXIT_YES :
	    ds_sign1_refused(err, reason, &at);
}

/* One signature that is there: good, and not by the key that is to confirm. */
static enum dv_exit
signed_check(const struct ds_making *m, const struct dv_sign1 *s, size_t n,
    struct dv_err *err)
{
	struct dv_cert cert;
	struct dv_at at;
	enum dv_reason reason = dv_cert_parse(s->x5chain[0], &cert, &at);

	if (reason != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "the certificate of who %s the "
		    "envelope cannot be read: %s: %s", n == 0 ? "signed" :
		    "countersigned", dv_field_name(at.field),
		    dv_reason_text(reason));
	reason = dv_sign1_check_signature(s, &cert.key, &at);
	at.countersignature = (unsigned)n;
	if (reason != DV_R_NONE)
		return ds_sign1_refused(err, reason, &at);
	if (!dv_key_same(&cert.key, &m->leaf.key))
		return DV_EXIT_YES;
	if (n > 0)
		return dv_fail(err, DV_EXIT_NO,
		    "this key has countersigned the envelope already");
	return dv_hint(err, dv_fail(err, DV_EXIT_NO, "this key has signed the "
	    "envelope: its countersignature would confirm nothing"),
	    "another key has to confirm it");
}

static enum dv_exit
target_check(const struct ds_making *m, const struct dv_sign1 *target,
    struct dv_err *err)
{
	struct dv_sign1 one;
	struct dv_at at;
	enum dv_exit exit = signed_check(m, target, 0, err);

	for (size_t i = 0; exit == DV_EXIT_YES &&
	    i < target->countersignatures; i++) {
		const enum dv_reason reason = dv_sign1_countersignature(target,
		    i, &one, &at);

		exit = reason != DV_R_NONE ?
		    ds_sign1_refused(err, reason, &at) :
		    signed_check(m, &one, i + 1, err);
	}
	if (exit == DV_EXIT_YES &&
	    target->countersignatures == DV_MAX_COUNTERSIGNATURES)
		return dv_fail(err, DV_EXIT_NO, "the envelope has %d "
		    "countersignatures already, as many as it may have",
		    DV_MAX_COUNTERSIGNATURES);
	return exit;
}

/* RFC 9338 2: the first stands alone, from the second on they are a list. */
static struct dv_bytes
envelope_put(struct ds_making *m, const struct dv_sign1 *target)
{
	const struct dv_bytes map = ds_making_map(m, DV_IN_SIGNATURE, m->map);
	struct ds_cbor w = ds_cbor_start(m->envelope, m->cap);

	w.failed = map.ptr == NULL;
	ds_cbor_tag(&w, DV_COSE_TAG_SIGN1);
	ds_cbor_array(&w, 4);
	ds_cbor_bytes(&w, target->protected_map);
	ds_cbor_map(&w, 1);
	ds_cbor_int(&w, DV_COSE_COUNTERSIGNATURE);
	if (target->countersignatures > 0)
		ds_cbor_array(&w, target->countersignatures + 1);
	ds_cbor_raw(&w, target->countersigned);
	ds_cbor_array(&w, 3);
	ds_cbor_bytes(&w, map);
	ds_cbor_map(&w, 0);
	ds_cbor_bytes(&w, (struct dv_bytes){ m->sig, m->sig_len });
	ds_cbor_bytes(&w, target->payload);
	ds_cbor_bytes(&w, target->signature);
	return ds_cbor_done(&w);
}

/* Writes the envelope with the signature so far and reads it back. */
static enum dv_exit
envelope_make(struct ds_making *m, const struct dv_sign1 *target,
    struct dv_err *err)
{
	struct dv_sign1 *whole = &m->read.each[0];
	const struct dv_bytes envelope = envelope_put(m, target);
	struct dv_at at;
	enum dv_reason reason;

	if (envelope.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the chain is too large: an "
		    "envelope has at most %d octets", DV_MAX_ENVELOPE);
	reason = dv_sign1_parse(envelope, DV_PROFILE_STRICT, whole, &at);
	if (reason == DV_R_NONE)
		reason = dv_sign1_countersignature(whole,
		    target->countersignatures, &m->made, &at);
	return reason == DV_R_NONE ? DV_EXIT_YES :
	    ds_sign1_refused(err, reason, &at);
}

/* The last word: ours verifies, and what was there is what it was. */
static enum dv_exit
envelope_check(const struct ds_making *m, const struct dv_sign1 *target,
    struct dv_err *err)
{
	const struct dv_sign1 *whole = &m->read.each[0];
	struct dv_at at;
	const enum dv_reason reason = dv_sign1_check_signature(&m->made,
	    &m->leaf.key, &at);

	if (reason != DV_R_NONE)
		return ds_sign1_refused(err, reason, &at);
	if (!dv_bytes_equal(whole->protected_map, target->protected_map) ||
	    !dv_bytes_equal(whole->payload, target->payload) ||
	    !dv_bytes_equal(whole->signature, target->signature))
		return dv_fail(err, DV_EXIT_NONE,
		    "the envelope has changed while it was countersigned");
	return DV_EXIT_YES;
}

static enum dv_exit
confirm(struct ds_making *m, const struct dv_sign1 *target,
    struct dv_buf *out, struct dv_err *err)
{
	enum dv_exit exit = ds_making_signer(m, err);

	if (exit == DV_EXIT_YES)
		exit = target_check(m, target, err);
	if (exit != DV_EXIT_YES)
		return exit;
	m->sig_len = ds_key_signature_size(m->what->key);
	exit = envelope_make(m, target, err);
	if (exit == DV_EXIT_YES)
		exit = ds_making_sign(m, err);
	if (exit == DV_EXIT_YES)
		exit = envelope_make(m, target, err);
	if (exit == DV_EXIT_YES)
		exit = envelope_check(m, target, err);
	if (exit == DV_EXIT_YES &&
	    !dv_buf_add(out, m->read.each[0].envelope))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	return exit;
}

enum dv_exit
ds_countersign(const struct ds_sign1_new *what, struct dv_buf *out,
    struct dv_err *err)
{
	struct ds_sign1_new full = *what;
	struct dv_sign1 target = { .alg = 0 };
	struct ds_making *m;
	enum dv_exit exit = target_read(what->before, &target, err);

	if (exit != DV_EXIT_YES)
		return exit;
	full.attached = target.attached;
	full.content = target.payload;
	m = ds_making_begin(&full);
	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = confirm(m, &target, out, err);
	ds_making_end(m);
	return exit;
}
