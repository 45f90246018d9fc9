/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing DER into a bounded buffer, and what certificates and requests are
 * made of: names, keys, signed objects. X.690; RFC 5280, RFC 2986.
 * A writer that has failed stays failed; one check at the end is enough.
 */
#ifndef DS_DER_H
#define DS_DER_H

#include "ds_key.h"
#include "dv_cert.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DS_DER_DEPTH 16

struct ds_der {
	uint8_t *room;
	size_t cap, len;
	size_t open[DS_DER_DEPTH];	/* where unfinished elements begin */
	unsigned depth;
	bool failed;			/* room or depth was too small */
};

struct ds_der ds_der_start(uint8_t *room, size_t cap);

/* What was written; {NULL, 0} when anything failed or is still open. */
struct dv_bytes ds_der_done(const struct ds_der *w);

/* A constructed element (or one whose contents follow): begin ... end. */
void ds_der_begin(struct ds_der *w, uint8_t tag);
void ds_der_end(struct ds_der *w);

void ds_der_element(struct ds_der *w, uint8_t tag, struct dv_bytes value);
void ds_der_raw(struct ds_der *w, struct dv_bytes encoded);
void ds_der_text(struct ds_der *w, uint8_t tag, const char *text);
void ds_der_boolean(struct ds_der *w, bool value);

/*
 * An Extension (RFC 5280 4.1): what is written between the two is its value.
 * critical is left out when it is false, as its default (X.690 11.5).
 */
void ds_der_extension_begin(struct ds_der *w, const char *oid, bool critical);
void ds_der_extension_end(struct ds_der *w);

void ds_der_small(struct ds_der *w, unsigned value);
/* Positive INTEGER of big-endian magnitude: leading zeros cut, sign octet added. */
void ds_der_unsigned(struct ds_der *w, struct dv_bytes magnitude);
/* contents octets of an OID */
void ds_der_oid(struct ds_der *w, struct dv_bytes oid);
/* dotted OID constant of the program; anything else makes the writer fail */
void ds_der_oid_text(struct ds_der *w, const char *dotted);
void ds_der_bit_octets(struct ds_der *w, struct dv_bytes octets);
/* named bits (1 << n is bit n), trailing zero bits cut: keyUsage */
void ds_der_named_bits(struct ds_der *w, unsigned bits);
/* UTCTime through 2049, GeneralizedTime after: RFC 5280 4.1.2.5. The writer
 * fails for a date before 1950, which has no form. */
void ds_der_time(struct ds_der *w, dv_time at);

/* GeneralizedTime whatever the year: RFC 5280 5.3.2. Same bounds. */
void ds_der_general_time(struct ds_der *w, dv_time at);

/* Tag and length of an element whose contents the caller writes elsewhere. */
void ds_der_head(struct ds_der *w, uint8_t tag, size_t len);

/* SubjectPublicKeyInfo for a raw public key (point or 32 octets). */
void ds_der_spki(struct ds_der *w, enum dv_key_type type,
    struct dv_bytes point);

/* The same for RSA: modulus and exponent, big-endian (RFC 3279 2.3.1). */
void ds_der_spki_rsa(struct ds_der *w, struct dv_bytes modulus,
    struct dv_bytes exponent);

/* AlgorithmIdentifier of a key: id-ecPublicKey and its curve, Ed25519, or
 * rsaEncryption. */
void ds_der_key_alg(struct ds_der *w, enum dv_key_type type);

/* AlgorithmIdentifier: dv_sig_oid(alg); NULL as parameters for PKCS#1 v1.5
 * (RFC 4055 5), none for the others. The writer fails for RSASSA-PSS. */
void ds_der_sig_alg(struct ds_der *w, enum dv_sig_alg alg);

/*
 * A Name from text, RFC 4514 order reversed for people: "CN=unit-0042,O=Acme"
 * writes O first. Short names CN O OU C L ST serialNumber UID DC
 * businessCategory, VID and PID of Matter, or a dotted OID. `\` and two hex
 * digits are one octet, `\` escapes any other character. C and serialNumber are PrintableString
 * (RFC 5280 A.1), DC IA5String, others UTF8String. Each attribute is an RDN of
 * its own. Errors say which part and are DV_EXIT_USAGE.
 */
DV_MUST_USE enum dv_exit ds_der_name(struct ds_der *w, const char *text,
    struct dv_err *err);

/*
 * SIGNED{}: SEQUENCE { tbs, signature algorithm, BIT STRING }, appended to
 * *out. ECDSA signatures are written as ECDSA-Sig-Value.
 */
DV_MUST_USE enum dv_exit ds_der_signed(struct ds_key *key, struct dv_bytes tbs,
    struct dv_buf *out, struct dv_err *err);

/* What follows tbs in it, for who has tbs in a file: AlgorithmIdentifier and
 * BIT STRING. */
DV_MUST_USE enum dv_exit ds_der_signature(struct ds_der *w, struct ds_key *key,
    struct dv_bytes tbs, struct dv_err *err);

/*
 * A PKCS#10 request, version 0, for key, with a subject (ds_der_name text) and
 * no attributes, signed by key; DER appended to *out.
 */
DV_MUST_USE enum dv_exit ds_csr_make(struct ds_key *key, const char *subject,
    struct dv_buf *out, struct dv_err *err);

/* The same with a Name, whole DER element, as it is. */
DV_MUST_USE enum dv_exit ds_csr_make_named(struct ds_key *key,
    struct dv_bytes name, struct dv_buf *out, struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
