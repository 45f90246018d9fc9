/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes a voucher request. The verifier's own reader and rules judge it before
 * the key is asked, and again with its signature before anything is returned.
 * docs/FORMAT.md, "Vouchers"; RFC 8995 5.2.
 */
#include "ds_voucher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cbor_write.h"
#include "der.h"
#include "ds_der.h"
#include "host/text.h"
#include "sign1.h"
#include "sign1_external.h"

/* The fields of a request that are written, by their keys: SID 2501 and these
 * (draft-ietf-anima-rfc8366bis 9.3). */
enum {
	KEY_ASSERTION = 1,
	KEY_CREATED_ON = 2,
	KEY_IDEVID_ISSUER = 5,
	KEY_NONCE = 7,
	KEY_REGISTRAR_CERT = 10,
	KEY_REGISTRAR_HASH = 11,
	KEY_REGISTRAR_KEY = 12,
	KEY_SERIAL = 13
};

/* RFC 8995 2.3.2: what is to be assumed around an authority that stands alone. */
#define MASA_SCHEME "https://"
#define MASA_PATH "/.well-known/brski"

/* One request in the making; too large for the stack. */
struct making {
	const struct ds_voucher_new *what;
	struct dv_cert leaf, registrar;
	struct dv_bytes serial, issuer;
	uint8_t issuer_room[DV_MAX_CERT];
	uint8_t hash[DV_MAX_DIGEST];
	size_t hash_len;
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t sig_len;
	struct dv_voucher made;		/* as the verifier reads it */
	uint8_t payload[DV_MAX_ENVELOPE], map[DV_MAX_ENVELOPE];
	uint8_t envelope[DV_MAX_ENVELOPE], tbs[DV_MAX_ENVELOPE];
};

/* ---- before the key is asked ---- */

static enum dv_exit
leaf_read(struct making *m, struct dv_err *err)
{
	struct dv_at at;

	if (dv_cert_parse(m->what->chain->cert[0], &m->leaf, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO,
		    "the device's certificate cannot be read");
	if (dv_cert_has(&m->leaf, DV_EXT_KEY_USAGE) &&
	    (m->leaf.ext.key_usage & DV_KU_DIGITAL_SIGNATURE) == 0)
		return dv_fail(err, DV_EXIT_NO, "the device's certificate does "
		    "not permit its key to sign: keyUsage is without "
		    "digitalSignature");
	m->serial = dv_voucher_serial_of(&m->leaf);
	if (m->serial.len == 0)
		return dv_hint(err, dv_fail(err, DV_EXIT_NO, "the subject of "
		    "the device's certificate has no serialNumber, by which a "
		    "voucher names a device (RFC 8995 2.3.1)"), "have it issued "
		    "with `pki-issue device -p idevid`, which puts one there");
	return DV_EXIT_YES;
}

/* The extnValue of authorityKeyIdentifier, which is an OCTET STRING. */
static enum dv_exit
issuer_make(struct making *m, struct dv_err *err)
{
	struct ds_der w = ds_der_start(m->issuer_room, sizeof(m->issuer_room));

	if (!dv_cert_has(&m->leaf, DV_EXT_AUTHORITY_KEY_ID))
		return DV_EXIT_YES;
	ds_der_element(&w, DER_OCTET_STRING,
	    m->leaf.ext.value[DV_EXT_AUTHORITY_KEY_ID]);
	m->issuer = ds_der_done(&w);
	return m->issuer.ptr != NULL ? DV_EXIT_YES : dv_fail(err, DV_EXIT_NO,
	    "the authorityKeyIdentifier of the certificate is too large");
}

static enum dv_exit
registrar_read(struct making *m, struct dv_err *err)
{
	struct dv_at at;
	enum dv_reason reason;

	if (m->what->registrar.len == 0)
		return DV_EXIT_YES;
	reason = dv_cert_read(m->what->registrar, &m->registrar, &at);
	if (reason != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "the registrar's certificate "
		    "cannot be read: %s: %s", dv_field_name(at.field),
		    dv_reason_text(reason));
	m->hash_len = dv_hash_once(DV_HASH_SHA256, m->registrar.key.spki,
	    m->hash);
	return m->hash_len > 0 ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "the hash function failed");
}

/* ---- writing ---- */

static void
registrar_put(const struct making *m, struct ds_cbor *w)
{
	switch (m->what->registrar_as) {
	case DS_REGISTRAR_CERT:
		ds_cbor_int(w, KEY_REGISTRAR_CERT);
		ds_cbor_bytes(w, m->what->registrar);
		break;
	case DS_REGISTRAR_HASH:
		ds_cbor_int(w, KEY_REGISTRAR_HASH);
		ds_cbor_bytes(w, (struct dv_bytes){ m->hash, m->hash_len });
		break;
	case DS_REGISTRAR_KEY:
		ds_cbor_int(w, KEY_REGISTRAR_KEY);
		ds_cbor_bytes(w, m->registrar.key.spki);
		break;
	}
}

static struct dv_bytes
payload_make(struct making *m)
{
	const struct ds_voucher_new *what = m->what;
	const bool proximity = what->registrar.len > 0;
	struct ds_cbor w = ds_cbor_start(m->payload, sizeof(m->payload));
	char at[DV_TIME_TEXT];

	ds_cbor_map(&w, 1);
	ds_cbor_int(&w, DV_SID_VOUCHER_REQUEST);
	ds_cbor_map(&w, 1 + 2 * (size_t)proximity +
	    (size_t)what->has_created_on + (size_t)(m->issuer.len > 0) +
	    (size_t)(what->nonce.len > 0));
	if (proximity) {
		ds_cbor_int(&w, KEY_ASSERTION);
		ds_cbor_int(&w, DV_ASSERTION_PROXIMITY);
	}
	if (what->has_created_on) {
		dv_time_format(what->at, at);
		ds_cbor_int(&w, KEY_CREATED_ON);
		ds_cbor_text(&w, dv_text_bytes(at));
	}
	if (m->issuer.len > 0) {
		ds_cbor_int(&w, KEY_IDEVID_ISSUER);
		ds_cbor_bytes(&w, m->issuer);
	}
	if (what->nonce.len > 0) {
		ds_cbor_int(&w, KEY_NONCE);
		ds_cbor_bytes(&w, what->nonce);
	}
	if (proximity)
		registrar_put(m, &w);
	ds_cbor_int(&w, KEY_SERIAL);
	ds_cbor_text(&w, m->serial);
	return ds_cbor_done(&w);
}

/* A root that ends the chain stays out, as in every envelope. */
static void
x5chain_put(const struct ds_chain *chain, struct ds_cbor *w)
{
	const size_t count = chain->ends_in_root && chain->count > 1 ?
	    chain->count - 1 : chain->count;

	ds_cbor_int(w, DV_COSE_X5CHAIN);
	if (count > 1)
		ds_cbor_array(w, count);
	for (size_t i = 0; i < count; i++)
		ds_cbor_bytes(w, chain->cert[i]);
}

static struct dv_bytes
map_make(struct making *m)
{
	struct ds_cbor w = ds_cbor_start(m->map, sizeof(m->map));

	ds_cbor_map(&w, m->what->with_chain ? 3 : 2);
	ds_cbor_int(&w, DV_COSE_ALG);
	ds_cbor_int(&w, dv_cose_alg(m->leaf.key.type));
	ds_cbor_int(&w, DV_COSE_TYP);
	ds_cbor_text(&w, dv_text_bytes(DV_VOUCHER_TYP));
	if (m->what->with_chain)
		x5chain_put(m->what->chain, &w);
	return ds_cbor_done(&w);
}

/* Writes the envelope with the signature so far and reads it back. */
static enum dv_exit
envelope_make(struct making *m, struct dv_err *err)
{
	const struct dv_bytes payload = payload_make(m), map = map_make(m);
	struct ds_cbor w = ds_cbor_start(m->envelope, sizeof(m->envelope));
	struct dv_bytes envelope;
	struct dv_at at;
	enum dv_reason reason;

	ds_cbor_tag(&w, DV_COSE_TAG_SIGN1);
	ds_cbor_array(&w, 4);
	ds_cbor_bytes(&w, map);
	ds_cbor_map(&w, 0);
	ds_cbor_bytes(&w, payload);
	ds_cbor_bytes(&w, (struct dv_bytes){ m->sig, m->sig_len });
	envelope = ds_cbor_done(&w);
	if (envelope.ptr == NULL || payload.ptr == NULL || map.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the request is too large: it "
		    "has at most %d octets", DV_MAX_ENVELOPE);
	reason = dv_voucher_parse(envelope, DV_PROFILE_STRICT, &m->made, &at);
	return reason == DV_R_NONE ? DV_EXIT_YES :
	    ds_sign1_refused(err, reason, &at);
}

static enum dv_exit
envelope_sign(struct making *m, struct dv_err *err)
{
	struct ds_to_sign what = {
		.alg = dv_cose_sig(dv_cose_alg(m->leaf.key.type)),
	};
	struct ds_cbor w = ds_cbor_start(m->tbs, sizeof(m->tbs));
	struct dv_sign1_tbs tbs;

	dv_sign1_tbs(&m->made.sign1, &tbs);
	for (size_t i = 0; i < tbs.count; i++)
		ds_cbor_raw(&w, tbs.part[i]);
	what.message = ds_cbor_done(&w);
	if (what.message.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the request is too large");
	return ds_key_sign(m->what->key, &what, m->sig, &m->sig_len, err);
}

/* Every rule but the chain, which ds_chain_check() has judged. */
static enum dv_exit
rules_check(struct making *m, struct dv_err *err)
{
	const struct dv_policy policy = dv_policy_strict(m->what->at);
	const struct dv_voucher_question question = { .policy = &policy,
	    .registrar = m->what->registrar, .nonce = m->what->nonce };
	struct dv_at at;
	enum dv_reason reason = dv_voucher_check_request(&m->made, &m->leaf,
	    &question, &at);

	return reason == DV_R_NONE ? DV_EXIT_YES :
	    ds_sign1_refused(err, reason, &at);
}

static enum dv_exit
signature_check(struct making *m, struct dv_err *err)
{
	struct dv_at at;
	enum dv_reason reason = dv_sign1_check_signature(&m->made.sign1,
	    &m->leaf.key, &at);

	return reason == DV_R_NONE ? DV_EXIT_YES :
	    ds_sign1_refused(err, reason, &at);
}

static enum dv_exit
make(struct making *m, struct dv_buf *out, struct dv_err *err)
{
	enum dv_exit exit = leaf_read(m, err);

	if (exit == DV_EXIT_YES)
		exit = issuer_make(m, err);
	if (exit == DV_EXIT_YES)
		exit = registrar_read(m, err);
	if (exit != DV_EXIT_YES)
		return exit;
	m->sig_len = ds_key_signature_size(m->what->key);
	exit = envelope_make(m, err);
	if (exit == DV_EXIT_YES)
		exit = rules_check(m, err);
	if (exit == DV_EXIT_YES)
		exit = envelope_sign(m, err);
	if (exit == DV_EXIT_YES)
		exit = envelope_make(m, err);
	if (exit == DV_EXIT_YES)
		exit = signature_check(m, err);
	if (exit == DV_EXIT_YES && !dv_buf_add(out, m->made.sign1.envelope))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	return exit;
}

enum dv_exit
ds_voucher_make(const struct ds_voucher_new *what, struct dv_buf *out,
    struct dv_err *err)
{
	struct making *m = calloc(1, sizeof(*m));
	enum dv_exit exit;

	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	m->what = what;
	exit = make(m, out, err);
	free(m);
	return exit;
}

/* ---- where to ---- */

enum dv_exit
ds_voucher_masa_url(const struct dv_cert *leaf, char out[DS_MASA_URL],
    struct dv_err *err)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(leaf->ext.value[DV_EXT_MASA_URL],
	    DV_F_MASA_URL, &at);
	struct dv_bytes url;
	bool whole;
	int n;

	out[0] = '\0';
	if (!dv_cert_has(leaf, DV_EXT_MASA_URL))
		return DV_EXIT_YES;
	if (dv_der_take(&in, DER_IA5_STRING, &url) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "the masa-url of the device's "
		    "certificate cannot be read");
	whole = memchr(url.ptr, '/', url.len) != NULL;
	n = snprintf(out, DS_MASA_URL, "%s%.*s%s", whole ? "" : MASA_SCHEME,
	    (int)url.len, (const char *)url.ptr, whole ? "" : MASA_PATH);
	return n >= 0 && n < DS_MASA_URL ? DV_EXIT_YES : dv_fail(err,
	    DV_EXIT_NO, "the masa-url of the device's certificate has more "
	    "than %d octets", DS_MASA_URL - 1);
}
