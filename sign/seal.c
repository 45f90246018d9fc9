/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys that are made for somebody else, and leave only sealed. Never returns a
 * private key. RFC 5083, RFC 5084, RFC 5652 6.2.2, RFC 5753.
 */
#include "ds_seal.h"

#include <string.h>

#include "bytes.h"
#include "crypto_sign.h"
#include "der.h"
#include "ds_der.h"
#include "key_ops.h"

#define OID_DATA "1.2.840.113549.1.7.1"
#define OID_AUTH_ENVELOPED "1.2.840.113549.1.9.16.1.23"
#define OID_ECDH_SHA256 "1.3.132.1.11.1"	/* stdDH, X9.63 with SHA-256 */
#define OID_AES256_WRAP "2.16.840.1.101.3.4.1.45"
#define OID_AES256_GCM "2.16.840.1.101.3.4.1.46"

#define SEALED_ROOM 8192	/* a key, and the issuer's name of the reader */

enum dv_exit
ds_seal_check(const struct dv_cert *to, dv_time at, struct dv_err *err)
{
	char end[DV_TIME_TEXT];

	if (to->key.type != DV_KEY_P256 && to->key.type != DV_KEY_P384)
		return dv_fail(err, DV_EXIT_NO, "it has a key of type %s; keys "
		    "are sealed for P-256 and P-384",
		    dv_key_type_name(to->key.type));
	if (dv_cert_has(to, DV_EXT_KEY_USAGE) &&
	    (to->ext.key_usage & DV_KU_KEY_AGREEMENT) == 0)
		return dv_fail(err, DV_EXIT_NO, "its key usage is without "
		    "keyAgreement (RFC 5753 3.1)");
	dv_time_format(at.s < to->not_before.s ? to->not_before :
	    to->not_after, end);
	if (at.s < to->not_before.s)
		return dv_fail(err, DV_EXIT_NO, "it begins at %s", end);
	if (at.s > to->not_after.s)
		return dv_fail(err, DV_EXIT_NO, "it ended at %s", end);
	return DV_EXIT_YES;
}

static void
wrap_alg(struct ds_der *w)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, OID_AES256_WRAP);
	ds_der_end(w);
}

/* ECC-CMS-SharedInfo, RFC 5753 7.2: 256 bits are wanted, and no ukm. */
static struct dv_bytes
shared_info(uint8_t *room, size_t cap)
{
	static const uint8_t bits[] = { 0, 0, 1, 0 };
	struct ds_der w = ds_der_start(room, cap);

	ds_der_begin(&w, DER_SEQUENCE);
	wrap_alg(&w);
	ds_der_begin(&w, DER_CONTEXT_CONS(2));
	ds_der_element(&w, DER_OCTET_STRING, DV_BYTES(bits));
	ds_der_end(&w);
	ds_der_end(&w);
	return ds_der_done(&w);
}

/* KeyAgreeRecipientInfo, RFC 5652 6.2.2. */
static void
recipient(struct ds_der *w, const struct dv_cert *to,
    const struct ds_sealed *s)
{
	ds_der_begin(w, DER_CONTEXT_CONS(1));
	ds_der_small(w, 3);
	ds_der_begin(w, DER_CONTEXT_CONS(0));
	ds_der_begin(w, DER_CONTEXT_CONS(1));	/* originatorKey */
	ds_der_key_alg(w, to->key.type);
	ds_der_bit_octets(w, (struct dv_bytes){ s->point, s->point_len });
	ds_der_end(w);
	ds_der_end(w);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, OID_ECDH_SHA256);
	wrap_alg(w);
	ds_der_end(w);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_begin(w, DER_SEQUENCE);		/* issuerAndSerialNumber */
	ds_der_raw(w, to->issuer);
	ds_der_element(w, DER_INTEGER, to->serial);
	ds_der_end(w);
	ds_der_element(w, DER_OCTET_STRING,
	    (struct dv_bytes){ s->wrapped, DS_SEAL_WRAPPED });
	ds_der_end(w);
	ds_der_end(w);
	ds_der_end(w);
}

/* EncryptedContentInfo, with GCMParameters of RFC 5084 3.2. */
static void
content(struct ds_der *w, const struct ds_sealed *s, struct dv_bytes cipher)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, OID_DATA);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, OID_AES256_GCM);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_element(w, DER_OCTET_STRING,
	    (struct dv_bytes){ s->nonce, DS_SEAL_NONCE });
	ds_der_small(w, DS_SEAL_TAG);
	ds_der_end(w);
	ds_der_end(w);
	ds_der_element(w, DER_CONTEXT(0), cipher);
	ds_der_end(w);
}

static enum dv_exit
write_cms(const struct dv_cert *to, const struct ds_sealed *s,
    struct dv_bytes cipher, struct dv_buf *out, struct dv_err *err)
{
	uint8_t room[SEALED_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	struct dv_bytes done;

	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_oid_text(&w, OID_AUTH_ENVELOPED);
	ds_der_begin(&w, DER_CONTEXT_CONS(0));
	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_small(&w, 0);
	ds_der_begin(&w, DER_SET);
	recipient(&w, to, s);
	ds_der_end(&w);
	content(&w, s, cipher);
	ds_der_element(&w, DER_OCTET_STRING,
	    (struct dv_bytes){ s->tag, DS_SEAL_TAG });
	ds_der_end(&w);
	ds_der_end(&w);
	ds_der_end(&w);
	done = ds_der_done(&w);
	if (done.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the reader's certificate is "
		    "too large");
	return dv_buf_add(out, done) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

static enum dv_exit
seal(const struct dv_cert *to, struct dv_bytes plain, struct dv_buf *out,
    struct dv_err *err)
{
	uint8_t info[64], cipher[DS_PRIVATE_INFO_MAX];
	struct ds_sealed s;

	if (plain.ptr == NULL || plain.len > sizeof(cipher) ||
	    !ds_crypto_seal(&to->key, shared_info(info, sizeof(info)), plain,
	    cipher, &s))
		return dv_fail(err, DV_EXIT_NONE, "the key could not be "
		    "sealed");
	return write_cms(to, &s, (struct dv_bytes){ cipher, plain.len }, out,
	    err);
}

static bool
write_spki(const struct ds_private *key, struct dv_buf *out)
{
	uint8_t room[DS_MAX_SPKI];
	struct ds_der w = ds_der_start(room, sizeof(room));
	struct dv_bytes done;

	ds_der_spki(&w, key->type, (struct dv_bytes){ key->point,
	    key->point_len });
	done = ds_der_done(&w);
	return done.ptr != NULL && dv_buf_add(out, done);
}

enum dv_exit
ds_seal_new_key(const struct ds_seal_new *what, struct dv_buf *spki,
    struct dv_buf *sealed, struct dv_err *err)
{
	struct ds_private key;
	uint8_t plain[DS_PRIVATE_INFO_MAX];
	struct ds_der w = ds_der_start(plain, sizeof(plain));
	enum dv_exit exit;

	if (!ds_crypto_generate(what->type, &key))
		return dv_fail(err, DV_EXIT_NONE, "no key could be made");
	ds_private_info_write(&w, &key);
	exit = seal(what->to, ds_der_done(&w), sealed, err);
	if (exit == DV_EXIT_YES && !write_spki(&key, spki))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	dv_wipe(&key, sizeof(key));
	dv_wipe(plain, sizeof(plain));
	return exit;
}
