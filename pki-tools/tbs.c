/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the TBSCertificate that a profile describes. Nothing of a request
 * reaches it but key and subject. RFC 5280 4.1, 4.2.1.
 */
#include <string.h>

#include "der.h"
#include "dv_hash.h"
#include "pki_issue.h"

bool
pki_key_id(const struct dv_key *key, uint8_t out[PKI_KEY_ID])
{
	uint8_t digest[DV_MAX_DIGEST];

	if (dv_hash_once(DV_HASH_SHA256, key->octets, digest) != PKI_SHA256)
		return false;
	memcpy(out, digest, PKI_KEY_ID);
	return true;
}

/* Extension { oid, critical DEFAULT FALSE, OCTET STRING { ... */
static void
extension_begin(struct ds_der *w, const char *oid, bool critical)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, oid);
	if (critical)
		ds_der_boolean(w, true);
	ds_der_begin(w, DER_OCTET_STRING);
}

static void
extension_end(struct ds_der *w)
{
	ds_der_end(w);
	ds_der_end(w);
}

/* RFC 5280 4.2.1.1: not critical; a self-signed one may do without. */
static void
authority_key_id(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (tbs->issuer_key_id.len == 0)
		return;
	extension_begin(w, "2.5.29.35", false);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_element(w, DER_CONTEXT(0), tbs->issuer_key_id);
	ds_der_end(w);
	extension_end(w);
}

/* RFC 5280 4.2.1.2: not critical. */
static void
subject_key_id(struct ds_der *w, const struct pki_tbs *tbs)
{
	uint8_t id[PKI_KEY_ID];
	struct dv_bytes value = tbs->subject_key_id;

	if (!tbs->profile->subject_key_id)
		return;
	if (value.len == 0) {
		w->failed = w->failed || !pki_key_id(tbs->key, id);
		value = (struct dv_bytes){ id, sizeof(id) };
	}
	extension_begin(w, "2.5.29.14", false);
	ds_der_element(w, DER_OCTET_STRING, value);
	extension_end(w);
}

/* RFC 5280 4.2.1.9: critical in a CA. Absent elsewhere, which says "no CA". */
static void
basic_constraints(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (!tbs->profile->ca)
		return;
	extension_begin(w, "2.5.29.19", true);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_boolean(w, true);
	if (tbs->path_len >= 0)
		ds_der_small(w, (unsigned)tbs->path_len);
	ds_der_end(w);
	extension_end(w);
}

/* RFC 5280 4.2.1.3: critical. */
static void
key_usage(struct ds_der *w, const struct pki_tbs *tbs)
{
	extension_begin(w, "2.5.29.15", true);
	ds_der_named_bits(w, tbs->profile->key_usage);
	extension_end(w);
}

/* RFC 5280 4.2.1.12: not critical. */
static void
ext_key_usage(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (tbs->profile->eku == NULL)
		return;
	extension_begin(w, "2.5.29.37", false);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, tbs->profile->eku);
	ds_der_end(w);
	extension_end(w);
}

static void
extensions(struct ds_der *w, const struct pki_tbs *tbs)
{
	ds_der_begin(w, DER_CONTEXT_CONS(3));
	ds_der_begin(w, DER_SEQUENCE);
	authority_key_id(w, tbs);
	subject_key_id(w, tbs);
	basic_constraints(w, tbs);
	key_usage(w, tbs);
	ext_key_usage(w, tbs);
	ds_der_end(w);
	ds_der_end(w);
}

void
pki_tbs_write(struct ds_der *w, const struct pki_tbs *tbs)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_begin(w, DER_CONTEXT_CONS(0));
	ds_der_small(w, 2);	/* v3 */
	ds_der_end(w);
	ds_der_unsigned(w, tbs->serial);
	ds_der_sig_alg(w, tbs->alg);
	ds_der_raw(w, tbs->issuer);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_time(w, tbs->not_before);
	ds_der_time(w, tbs->not_after);
	ds_der_end(w);
	ds_der_raw(w, tbs->subject);
	ds_der_raw(w, tbs->key->spki);
	extensions(w, tbs);
	ds_der_end(w);
}
