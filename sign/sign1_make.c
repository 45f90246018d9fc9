/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the envelope of a signed artefact, or adds a signature. The verifier's own reader judges
 * the envelope before the key is asked, and again with its signature before
 * anything is returned. docs/FORMAT.md; RFC 9052 4.4.
 */
#include "ds_sign1.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cbor.h"
#include "cbor_write.h"
#include "dv_demand.h"
#include "host/report.h"
#include "sign1.h"
#include "sign1_external.h"
#include "sign1_make.h"

/* id-at-serialNumber 2.5.4.5 and id-at-commonName 2.5.4.3: RFC 5280 A.1. */
static const uint8_t oid_serial_number[] = { 0x55, 0x04, 0x05 };
static const uint8_t oid_common_name[] = { 0x55, 0x04, 0x03 };

void
ds_making_end(struct ds_making *m)
{
	free(m->envelope);
	free(m->tbs);
	free(m);
}

struct ds_making *
ds_making_begin(const struct ds_sign1_new *what)
{
	struct ds_making *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->what = what;
	m->payload = what->attached ? what->content : what->digest;
	m->cap = DV_MAX_ENVELOPE + (what->attached ? what->content.len : 0);
	m->envelope = malloc(m->cap);
	m->tbs = malloc(m->cap);
	if (m->envelope != NULL && m->tbs != NULL)
		return m;
	ds_making_end(m);
	return NULL;
}

static struct dv_bytes
text_bytes(const char *text)
{
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) };
}

enum dv_exit
ds_sign1_refused(struct dv_err *err, enum dv_reason reason,
    const struct dv_at *at)
{
	const struct dv_verdict verdict = { .status = DV_REJECTED,
	    .reason = reason, .object = DV_OBJECT_ENVELOPE, .at = *at };
	struct dv_buf line = { NULL, 0, 0 };
	enum dv_exit exit;

	if (!dv_report_line(&line, &verdict))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	else
		exit = dv_fail(err, DV_EXIT_NO,
		    "the envelope would be refused: %.*s", (int)line.len,
		    (const char *)line.ptr);
	dv_buf_free(&line);
	return exit;
}

/* Who signs, when the caller leaves it to the certificate. */
static void
iss_choose(struct ds_making *m)
{
	const struct dv_bytes name = m->leaf.subject;

	if (m->what->iss != NULL) {
		m->iss = text_bytes(m->what->iss);
		return;
	}
	m->iss = dv_name_attribute(name, DV_BYTES(oid_serial_number));
	if (m->iss.len == 0)
		m->iss = dv_name_attribute(name, DV_BYTES(oid_common_name));
	if (m->iss.len == 0) {
		dv_name_text(name, m->subject, sizeof(m->subject));
		m->iss = text_bytes(m->subject);
	}
}

/* Whether key, certificate and time go together. */
static enum dv_exit
signer_check(struct ds_making *m, struct dv_err *err)
{
	const struct ds_chain *chain = m->what->chain;
	const struct ds_key *key = m->what->key;
	const dv_time iat = m->what->iat;
	struct dv_at at;

	m->certs = chain->count;
	if (chain->ends_in_root && m->certs > 1)
		m->certs--;
	if (m->certs == 0 || m->certs > DV_MAX_PATH)
		return dv_fail(err, DV_EXIT_NO, "the chain has %zu certificates"
		    " below its root, an envelope takes 1 to %d", m->certs,
		    DV_MAX_PATH);
	if (dv_cert_parse(chain->cert[0], &m->leaf, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO,
		    "the signer's certificate cannot be read");
	if (key != NULL &&
	    !dv_bytes_equal(ds_key_public(key)->spki, m->leaf.key.spki))
		return dv_fail(err, DV_EXIT_NO,
		    "the signer's certificate is not for the key %s",
		    ds_key_spec(key));
	if (iat.s < m->leaf.not_before.s || iat.s > m->leaf.not_after.s)
		return dv_fail(err, DV_EXIT_NO,
		    "the signer's certificate is not valid at the signing time");
	return DV_EXIT_YES;
}

enum dv_exit
ds_making_signer(struct ds_making *m, struct dv_err *err)
{
	enum dv_exit exit = signer_check(m, err);

	if (exit == DV_EXIT_YES)
		iss_choose(m);
	return exit;
}

/* Those with a text for a key, in the order of their encodings. */
struct texts {
	struct ds_claim at[DV_MAX_CLAIMS + 2];
	size_t count;
};

/* RFC 8949 4.2.1: a shorter text begins with the smaller head. */
static bool
is_before(struct dv_bytes a, struct dv_bytes b)
{
	if (a.len != b.len)
		return a.len < b.len;
	return a.len > 0 && memcmp(a.ptr, b.ptr, a.len) < 0;
}

static void
texts_add(struct texts *texts, struct ds_claim claim)
{
	size_t i = texts->count++;

	for (; i > 0 && is_before(claim.key, texts->at[i - 1].key); i--)
		texts->at[i] = texts->at[i - 1];
	texts->at[i] = claim;
}

static void
texts_collect(const struct ds_sign1_new *what, struct texts *out)
{
	*out = (struct texts){ .count = 0 };
	if (what->device != NULL)
		texts_add(out, (struct ds_claim){ text_bytes(DV_CLAIM_DEVICE),
		    text_bytes(what->device) });
	if (what->model != NULL)
		texts_add(out, (struct ds_claim){ text_bytes(DV_CLAIM_MODEL),
		    text_bytes(what->model) });
	for (size_t i = 0; i < what->claim_count && i < DV_MAX_CLAIMS; i++)
		texts_add(out, what->claims[i]);
}

static void
time_put(struct ds_cbor *w, int64_t key, bool has, dv_time time)
{
	if (!has)
		return;
	ds_cbor_int(w, key);
	ds_cbor_int(w, time.s);
}

/* RFC 9711 4.2.7: [ version, scheme ]. */
static void
version_put(struct ds_cbor *w, const char *version)
{
	if (version == NULL)
		return;
	ds_cbor_int(w, DV_CWT_SWVERSION);
	ds_cbor_array(w, 2);
	ds_cbor_text(w, text_bytes(version));
	ds_cbor_int(w, dv_version_scheme(text_bytes(version)));
}

/* Of several signatures the signer's claims stand apart from the artefact's. */
static void
claims_put(const struct ds_making *m, struct ds_cbor *w, enum dv_place place)
{
	const bool own = place != DV_IN_BODY;
	struct ds_sign1_new what = { .sub = NULL };
	struct texts texts;

	if (place != DV_IN_SIGNATURE)
		what = *m->what;
	texts_collect(&what, &texts);
	ds_cbor_map(w, (own ? 2 : 0) + (size_t)(what.sub != NULL) +
	    (size_t)what.has_exp + (size_t)what.has_nbf +
	    (what.version != NULL) + texts.count);
	if (own) {
		ds_cbor_int(w, DV_CWT_ISS);
		ds_cbor_text(w, m->iss);
	}
	if (what.sub != NULL) {
		ds_cbor_int(w, DV_CWT_SUB);
		ds_cbor_text(w, text_bytes(what.sub));
	}
	time_put(w, DV_CWT_EXP, what.has_exp, what.exp);
	time_put(w, DV_CWT_NBF, what.has_nbf, what.nbf);
	time_put(w, DV_CWT_IAT, own, m->what->iat);
	version_put(w, what.version);
	for (size_t i = 0; i < texts.count; i++) {
		ds_cbor_text(w, texts.at[i].key);
		ds_cbor_text(w, texts.at[i].value);
	}
}

static void
x5chain_put(const struct ds_making *m, struct ds_cbor *w)
{
	if (m->certs > 1)
		ds_cbor_array(w, m->certs);
	for (size_t i = 0; i < m->certs; i++)
		ds_cbor_bytes(w, m->what->chain->cert[i]);
}

struct dv_bytes
ds_making_map(const struct ds_making *m, enum dv_place place, uint8_t *room)
{
	const bool own = place != DV_IN_BODY, common = place != DV_IN_SIGNATURE;
	const bool attached = m->what->attached;
	struct ds_cbor w = ds_cbor_start(room, DV_MAX_ENVELOPE);

	ds_cbor_map(&w, 1u + (own ? 2 : 0) + (common ? 2 : 0) +
	    (common && !attached ? 1 : 0));
	if (own) {
		ds_cbor_int(&w, DV_COSE_ALG);
		ds_cbor_int(&w, dv_cose_alg(m->leaf.key.type));
	}
	if (common && attached) {
		ds_cbor_int(&w, DV_COSE_CONTENT_TYPE);
		ds_cbor_text(&w, text_bytes(m->what->preimage_type));
	}
	ds_cbor_int(&w, DV_COSE_CWT_CLAIMS);
	claims_put(m, &w, place);
	if (common) {
		ds_cbor_int(&w, DV_COSE_TYP);
		ds_cbor_text(&w, text_bytes(DV_SIGN1_TYP));
	}
	if (own) {
		ds_cbor_int(&w, DV_COSE_X5CHAIN);
		x5chain_put(m, &w);
	}
	if (common && !attached) {
		ds_cbor_int(&w, DV_COSE_PAYLOAD_HASH_ALG);
		ds_cbor_int(&w, dv_hash_cose(m->what->hash));
		ds_cbor_int(&w, DV_COSE_PREIMAGE_TYPE);
		ds_cbor_text(&w, text_bytes(m->what->preimage_type));
	}
	return ds_cbor_done(&w);
}

static void
map_put(struct ds_making *m, struct ds_cbor *w, enum dv_place place)
{
	const struct dv_bytes map = ds_making_map(m, place, m->map);

	w->failed = w->failed || map.ptr == NULL;
	ds_cbor_bytes(w, map);
}

static void
sign1_put(struct ds_making *m, struct ds_cbor *w)
{
	ds_cbor_tag(w, DV_COSE_TAG_SIGN1);
	ds_cbor_array(w, 4);
	map_put(m, w, DV_IN_SIGN1);
	ds_cbor_map(w, 0);
	ds_cbor_bytes(w, m->payload);
	ds_cbor_bytes(w, (struct dv_bytes){ m->sig, m->sig_len });
}

/* RFC 9052 4.1: earlier signatures stay as they are, ours is the last. */
static void
sign_put(struct ds_making *m, struct ds_cbor *w)
{
	if (m->earlier_count == 0)
		m->body = ds_making_map(m, DV_IN_BODY, m->body_map);
	ds_cbor_tag(w, DV_COSE_TAG_SIGN);
	ds_cbor_array(w, 4);
	ds_cbor_bytes(w, m->body);
	ds_cbor_map(w, 0);
	ds_cbor_bytes(w, m->payload);
	ds_cbor_array(w, m->earlier_count + 1);
	ds_cbor_raw(w, m->earlier);
	ds_cbor_array(w, 3);
	map_put(m, w, DV_IN_SIGNATURE);
	ds_cbor_map(w, 0);
	ds_cbor_bytes(w, (struct dv_bytes){ m->sig, m->sig_len });
}

/* Writes the envelope with the signature so far and reads it back. */
static enum dv_exit
envelope_make(struct ds_making *m, struct dv_err *err)
{
	struct ds_cbor w = ds_cbor_start(m->envelope, m->cap);
	struct dv_bytes envelope;
	struct dv_at at;
	enum dv_reason reason;

	if (m->what->several)
		sign_put(m, &w);
	else
		sign1_put(m, &w);
	envelope = ds_cbor_done(&w);
	if (envelope.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the chain is too large: an "
		    "envelope has at most %d octets, and an artefact inside "
		    "%d", DV_MAX_ENVELOPE, DV_MAX_ATTACHED);
	reason = dv_sign_parse(envelope, DV_PROFILE_STRICT, &m->read, &at);
	if (reason != DV_R_NONE)
		return ds_sign1_refused(err, reason, &at);
	m->made = m->read.each[m->read.count - 1];
	return DV_EXIT_YES;
}

/* The signatures of an envelope, which has been read, as they stand in it. */
static void
earlier_take(struct ds_making *m)
{
	struct dv_at at;
	struct dv_cbor in = dv_cbor_start(m->what->before, DV_F_ENVELOPE, &at);
	struct dv_cbor_item item;

	/* tag, array, protected; unprotected and payload; the list */
	for (int i = 0; i < 3; i++)
		if (dv_cbor_next(&in, &item) != DV_R_NONE)
			return;
	for (int i = 0; i < 2; i++)
		if (dv_cbor_skip(&in) != DV_R_NONE)
			return;
	if (dv_cbor_next(&in, &item) == DV_R_NONE)
		m->earlier = in.rest;
}

/* An envelope that others have signed: is there room, and is it about this? */
static enum dv_exit
before_check(struct ds_making *m, struct dv_err *err)
{
	const struct dv_sign1 *first = &m->read.each[0];
	struct dv_at at;
	enum dv_reason reason;

	if (m->what->before.len == 0)
		return DV_EXIT_YES;
	reason = dv_sign_parse(m->what->before, DV_PROFILE_STRICT, &m->read,
	    &at);
	if (reason != DV_R_NONE)
		return ds_sign1_refused(err, reason, &at);
	if (!first->several)
		return dv_hint(err, dv_fail(err, DV_EXIT_NO, "the envelope is "
		    "of one signature (COSE_Sign1), and stays so"), "the first "
		    "to sign says --multi");
	if (m->read.count == DV_MAX_SIGNERS)
		return dv_fail(err, DV_EXIT_NO, "the envelope has %d signatures "
		    "already, as many as it may have", DV_MAX_SIGNERS);
	if (first->attached != m->what->attached ||
	    !dv_bytes_equal(first->payload, m->payload))
		return dv_fail(err, DV_EXIT_NO,
		    "the envelope is about another artefact");
	m->body = first->body_map;
	m->earlier_count = m->read.count;
	earlier_take(m);
	return DV_EXIT_YES;
}

/* What is signed, in one piece. */
static struct dv_bytes
tbs_make(struct ds_making *m)
{
	struct ds_cbor w = ds_cbor_start(m->tbs, m->cap);
	struct dv_sign1_tbs tbs;

	dv_sign1_tbs(&m->made, &tbs);
	for (size_t i = 0; i < tbs.count; i++)
		ds_cbor_raw(&w, tbs.part[i]);
	return ds_cbor_done(&w);
}

enum dv_exit
ds_making_sign(struct ds_making *m, struct dv_err *err)
{
	struct ds_to_sign what = {
		.alg = dv_cose_sig(dv_cose_alg(m->leaf.key.type)),
	};

	what.message = tbs_make(m);
	if (what.message.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the chain is too large");
	return ds_key_sign(m->what->key, &what, m->sig, &m->sig_len, err);
}

/* The last word before the envelope leaves: signature and digest. */
static enum dv_exit
envelope_check(struct ds_making *m, struct dv_err *err)
{
	struct dv_bytes digest = m->what->digest;
	struct dv_at at;
	enum dv_reason reason = dv_sign1_check_signature(&m->made,
	    &m->leaf.key, &at);

	if (m->what->attached)
		digest = (struct dv_bytes){ m->digest, dv_hash_once(
		    m->made.hash, m->what->content, m->digest) };
	if (reason == DV_R_NONE)
		reason = dv_sign1_check_digest(&m->made, digest, &at);
	if (reason != DV_R_NONE)
		return ds_sign1_refused(err, reason, &at);
	return DV_EXIT_YES;
}

static enum dv_exit
make(struct ds_making *m, struct dv_buf *out, struct dv_err *err)
{
	enum dv_exit exit = ds_making_signer(m, err);

	if (exit != DV_EXIT_YES)
		return exit;
	m->sig_len = ds_key_signature_size(m->what->key);
	exit = before_check(m, err);
	if (exit == DV_EXIT_YES)
		exit = envelope_make(m, err);
	if (exit == DV_EXIT_YES)
		exit = ds_making_sign(m, err);
	if (exit == DV_EXIT_YES)
		exit = envelope_make(m, err);
	if (exit == DV_EXIT_YES)
		exit = envelope_check(m, err);
	if (exit == DV_EXIT_YES && !dv_buf_add(out, m->made.envelope))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	return exit;
}

enum dv_exit
ds_sign1_make(const struct ds_sign1_new *what, struct dv_buf *out,
    struct dv_err *err)
{
	struct ds_making *m = ds_making_begin(what);
	enum dv_exit exit;

	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = make(m, out, err);
	ds_making_end(m);
	return exit;
}

/* Up to the signature, whose place is held by zeros. */
static enum dv_exit
export(struct ds_making *m, struct dv_buf *tbs, struct dv_err *err)
{
	enum dv_exit exit = ds_making_signer(m, err);
	struct dv_bytes message;

	if (exit != DV_EXIT_YES)
		return exit;
	if (dv_cose_alg(m->leaf.key.type) == 0)
		return dv_fail(err, DV_EXIT_NO, "the signer's key is %s, with "
		    "which no envelope is signed here",
		    dv_key_type_name(m->leaf.key.type));
	m->sig_len = dv_sig_size(m->leaf.key.type);
	if (m->sig_len == 0)
		m->sig_len = m->leaf.key.modulus.len;
	exit = envelope_make(m, err);
	if (exit != DV_EXIT_YES)
		return exit;
	message = tbs_make(m);
	if (message.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the chain is too large");
	return dv_buf_add(tbs, message) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

enum dv_exit
ds_sign1_export(const struct ds_sign1_new *what, struct dv_buf *tbs,
    struct dv_err *err)
{
	struct ds_making *m = ds_making_begin(what);
	enum dv_exit exit;

	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = export(m, tbs, err);
	ds_making_end(m);
	return exit;
}
