/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the TBSCertificate that a profile describes. Nothing of a request
 * reaches it but key and subject. RFC 5280 4.1, 4.2.1.
 */
#include <string.h>

#include "der.h"
#include "dv_hash.h"
#include "extra.h"
#include "point.h"

#define OID_TEXT 128	/* of a policy or purpose, dotted */

bool
pki_key_id(const struct dv_key *key, uint8_t out[PKI_KEY_ID])
{
	uint8_t digest[DV_MAX_DIGEST];

	if (dv_hash_once(DV_HASH_SHA256, key->octets, digest) != PKI_SHA256)
		return false;
	memcpy(out, digest, PKI_KEY_ID);
	return true;
}

/* RFC 5280 4.2.1.1: not critical; a self-signed one may do without. */
static void
authority_key_id(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (tbs->issuer_key_id.len == 0)
		return;
	ds_der_extension_begin(w, "2.5.29.35", false);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_element(w, DER_CONTEXT(0), tbs->issuer_key_id);
	ds_der_end(w);
	ds_der_extension_end(w);
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
	ds_der_extension_begin(w, "2.5.29.14", false);
	ds_der_element(w, DER_OCTET_STRING, value);
	ds_der_extension_end(w);
}

/* RFC 5280 4.2.1.9: critical. Absent says "no CA" as well. */
static void
basic_constraints(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (!tbs->profile->ca && !tbs->profile->says_no_ca)
		return;
	ds_der_extension_begin(w, "2.5.29.19", true);
	ds_der_begin(w, DER_SEQUENCE);
	if (tbs->profile->ca)
		ds_der_boolean(w, true);
	if (tbs->profile->ca && tbs->path_len >= 0)
		ds_der_small(w, (unsigned)tbs->path_len);
	ds_der_end(w);
	ds_der_extension_end(w);
}

/* RFC 5280 4.2.1.3: critical. */
static void
key_usage(struct ds_der *w, const struct pki_tbs *tbs)
{
	ds_der_extension_begin(w, "2.5.29.15", true);
	ds_der_named_bits(w, tbs->profile->key_usage);
	ds_der_extension_end(w);
}

/* One OID of a list of words. */
static void
oid_word(struct ds_der *w, const char *word, size_t len)
{
	char oid[OID_TEXT];

	if (len >= sizeof(oid)) {
		w->failed = true;
		return;
	}
	memcpy(oid, word, len);
	oid[len] = '\0';
	ds_der_oid_text(w, oid);
}

void
pki_tbs_purposes(struct ds_der *w, const struct pki_tbs *tbs)
{
	const char *list = tbs->extra.eku != NULL ? tbs->extra.eku :
	    tbs->profile->eku;
	const char *word;
	size_t len;

	if (list == NULL)
		return;
	ds_der_begin(w, DER_SEQUENCE);
	while ((len = pki_word_next(&list, &word)) > 0)
		oid_word(w, word, len);
	ds_der_end(w);
}

void
pki_tbs_policies(struct ds_der *w, const struct pki_tbs *tbs)
{
	const char *list = tbs->extra.policies != NULL ?
	    tbs->extra.policies : tbs->profile->policies;
	const char *word;
	size_t len;

	if (list == NULL)
		return;
	ds_der_begin(w, DER_SEQUENCE);
	while ((len = pki_word_next(&list, &word)) > 0) {
		ds_der_begin(w, DER_SEQUENCE);
		oid_word(w, word, len);
		ds_der_end(w);
	}
	ds_der_end(w);
}

/* RFC 5280 4.2.1.12: critical or not, as the profile says. */
static void
ext_key_usage(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (tbs->extra.eku == NULL && tbs->profile->eku == NULL)
		return;
	ds_der_extension_begin(w, "2.5.29.37", tbs->profile->eku_critical);
	pki_tbs_purposes(w, tbs);
	ds_der_extension_end(w);
}

/* RFC 5280 4.2.1.4: not critical, no qualifiers. */
static void
policies(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (tbs->extra.policies == NULL && tbs->profile->policies == NULL)
		return;
	ds_der_extension_begin(w, "2.5.29.32", false);
	pki_tbs_policies(w, tbs);
	ds_der_extension_end(w);
}

/* An extension whose value is a SEQUENCE of these contents. */
static void
sequence(struct ds_der *w, const char *oid, bool critical,
    struct dv_bytes contents)
{
	if (contents.len == 0)
		return;
	ds_der_extension_begin(w, oid, critical);
	ds_der_element(w, DER_SEQUENCE, contents);
	ds_der_extension_end(w);
}

/* RFC 5280 4.2.1.13, 4.2.1.15: one point each, by its address. */
static void
crl_points(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (tbs->profile->crl_url != NULL)
		pki_point_write(w, "2.5.29.31", tbs->profile->crl_url);
	if (tbs->profile->delta_crl_url != NULL)
		pki_point_write(w, "2.5.29.46", tbs->profile->delta_crl_url);
}

/* RFC 8995 2.3.2: IA5String, not critical. */
static void
masa_url(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (tbs->profile->masa_url == NULL)
		return;
	ds_der_extension_begin(w, "1.3.6.1.5.5.7.1.32", false);
	ds_der_text(w, DER_IA5_STRING, tbs->profile->masa_url);
	ds_der_extension_end(w);
}

/* RFC 9608 2: NULL, not critical. */
static void
no_rev_avail(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (!tbs->profile->no_rev_avail)
		return;
	ds_der_extension_begin(w, "2.5.29.56", false);
	ds_der_element(w, DER_NULL, (struct dv_bytes){ NULL, 0 });
	ds_der_extension_end(w);
}

/* TCG DICE Attestation Architecture 6.1.1: DiceTcbInfo with its version. */
void
pki_tbs_firmware(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (tbs->extra.firmware == NULL)
		return;
	ds_der_extension_begin(w, PKI_TCB_INFO, false);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_text(w, DER_CONTEXT(2), tbs->extra.firmware);
	ds_der_end(w);
	ds_der_extension_end(w);
}

/* docs/PROFILES.md, By authorisation only: NULL, not critical. */
static void
authorised_only(struct ds_der *w, const struct pki_tbs *tbs)
{
	if (!tbs->extra.authorised_only)
		return;
	ds_der_extension_begin(w, PKI_AUTHORISED_ONLY, false);
	ds_der_element(w, DER_NULL, (struct dv_bytes){ NULL, 0 });
	ds_der_extension_end(w);
}

void
pki_tbs_extensions(struct ds_der *w, const struct pki_tbs *tbs)
{
	ds_der_begin(w, DER_CONTEXT_CONS(3));
	ds_der_begin(w, DER_SEQUENCE);
	authority_key_id(w, tbs);
	subject_key_id(w, tbs);
	basic_constraints(w, tbs);
	key_usage(w, tbs);
	ext_key_usage(w, tbs);
	policies(w, tbs);
	sequence(w, "2.5.29.17", false, tbs->extra.alt);
	sequence(w, "2.5.29.30", true, tbs->extra.constraints);
	crl_points(w, tbs);
	masa_url(w, tbs);
	no_rev_avail(w, tbs);
	pki_tbs_firmware(w, tbs);
	authorised_only(w, tbs);
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
	pki_tbs_extensions(w, tbs);
	ds_der_end(w);
}
