/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RSA keys and parameters as X.509 writes them. Computes nothing: whether a
 * signature verifies is asked elsewhere. RFC 3279 2.3.1, RFC 4055, RFC 8017.
 */
#include "rsa.h"

#include "at.h"
#include "bytes.h"
#include "dv_limits.h"

#define DER_NULL 0x05

/* 2.16.840.1.101.3.4.2.{1,2,3} (RFC 4055 2.1). */
#define SHA2(n) { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, (n) }
static const uint8_t sha256[] = SHA2(1);
static const uint8_t sha384[] = SHA2(2);
static const uint8_t sha512[] = SHA2(3);
/* 1.2.840.113549.1.1.8 (RFC 4055 2.2). */
static const uint8_t mgf1[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x08 };

/* RSASSA-PSS-params: a field that is absent has its default, SHA-1 and 20. */
#define DEFAULT_SALT 20

enum dv_reason
dv_rsa_null(struct dv_der *in)
{
	struct dv_bytes value;
	const struct dv_bytes here = in->rest;

	if (dv_der_peek(in) != DER_NULL ||
	    dv_der_take(in, DER_NULL, &value) != DV_R_NONE || value.len != 0 ||
	    !dv_der_empty(in))
		return dv_der_fail(in, DV_R_ALG_PARAMETERS, here);
	return DV_R_NONE;
}

/* AlgorithmIdentifier of a hash; RFC 4055 2.1: with NULL or without. */
static enum dv_reason
read_hash(struct dv_der *in, enum dv_hash_id *out)
{
	struct dv_der inside;
	struct dv_bytes oid;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &oid);
	if (reason == DV_R_NONE && !dv_der_empty(&inside))
		reason = dv_rsa_null(&inside);
	if (reason != DV_R_NONE)
		return reason;
	*out = dv_bytes_equal(oid, DV_BYTES(sha256)) ? DV_HASH_SHA256 :
	    dv_bytes_equal(oid, DV_BYTES(sha384)) ? DV_HASH_SHA384 :
	    dv_bytes_equal(oid, DV_BYTES(sha512)) ? DV_HASH_SHA512 :
	    DV_HASH_NONE;
	return dv_der_end(in);
}

/* MaskGenAlgorithm: MGF1, whose parameter is its hash. */
static enum dv_reason
read_mask(struct dv_der *in, enum dv_hash_id *out)
{
	struct dv_der inside;
	struct dv_bytes oid = { NULL, 0 };
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &oid);
	if (reason == DV_R_NONE && !dv_bytes_equal(oid, DV_BYTES(mgf1)))
		reason = dv_der_fail(in, DV_R_ALG_PARAMETERS, oid);
	if (reason == DV_R_NONE)
		reason = read_hash(&inside, out);
	return dv_der_finish(in, reason);
}

/* [2] INTEGER; X.690 11.5: the default is not written. */
static enum dv_reason
read_salt(struct dv_der *in, unsigned *out)
{
	const struct dv_bytes here = in->rest;
	int salt;
	enum dv_reason reason = dv_der_small(in, DV_MAX_RSA_BITS / 8, &salt);

	if (reason == DV_R_NOT_DER)	/* nor a number that fits */
		return dv_der_fail(in, DV_R_ALG_PARAMETERS, here);
	if (reason != DV_R_NONE)
		return reason;
	if (salt == DEFAULT_SALT)
		return dv_der_fail(in, DV_R_NOT_CANONICAL, here);
	*out = (unsigned)salt;
	return dv_der_end(in);
}

static enum dv_sig_alg
pss_with(enum dv_hash_id hash)
{
	switch (hash) {
	case DV_HASH_SHA256:
		return DV_SIG_PSS_SHA256;
	case DV_HASH_SHA384:
		return DV_SIG_PSS_SHA384;
	case DV_HASH_SHA512:
		return DV_SIG_PSS_SHA512;
	case DV_HASH_NONE:
	default:
		return DV_SIG_NONE;
	}
}

/* The fields in their order; a trailer other than 1 does not exist, and 1 is
 * the default, so that one that is written is always wrong. */
static enum dv_reason
read_fields(struct dv_der *in, struct dv_pss *out)
{
	enum dv_hash_id hash = DV_HASH_NONE, mask = DV_HASH_NONE;
	struct dv_bytes mask_place;
	struct dv_der field;
	enum dv_reason reason = DV_R_NONE;

	out->salt = DEFAULT_SALT;
	if (dv_der_peek(in) == DER_CONTEXT_CONS(0)) {
		reason = dv_der_enter(in, DER_CONTEXT_CONS(0), &field);
		if (reason == DV_R_NONE)
			reason = read_hash(&field, &hash);
	}
	mask_place = in->rest;
	if (reason == DV_R_NONE && dv_der_peek(in) == DER_CONTEXT_CONS(1)) {
		reason = dv_der_enter(in, DER_CONTEXT_CONS(1), &field);
		if (reason == DV_R_NONE)
			reason = read_mask(&field, &mask);
	}
	if (reason == DV_R_NONE && dv_der_peek(in) == DER_CONTEXT_CONS(2)) {
		reason = dv_der_enter(in, DER_CONTEXT_CONS(2), &field);
		if (reason == DV_R_NONE)
			reason = read_salt(&field, &out->salt);
	}
	if (reason == DV_R_NONE && !dv_der_empty(in))
		reason = dv_der_fail(in, DV_R_ALG_PARAMETERS, in->rest);
	if (reason == DV_R_NONE && hash != mask)
		reason = dv_der_fail(in, DV_R_ALG_PARAMETERS, mask_place);
	out->alg = pss_with(hash);
	return reason;
}

enum dv_reason
dv_pss_read(struct dv_der *in, struct dv_pss *out)
{
	struct dv_pss found = { .alg = DV_SIG_NONE };
	struct dv_der fields;
	enum dv_reason reason;

	*out = found;
	if (dv_der_peek(in) != DER_SEQUENCE)
		return dv_der_fail(in, DV_R_ALG_PARAMETERS, in->rest);
	reason = dv_der_enter(in, DER_SEQUENCE, &fields);
	if (reason == DV_R_NONE)
		reason = read_fields(&fields, &found);
	reason = dv_der_finish(in, reason);
	if (reason == DV_R_NONE)
		*out = found;
	return reason;
}

/* INTEGER, positive, without the zero that keeps it so. */
static enum dv_reason
read_positive(struct dv_der *in, struct dv_bytes *out)
{
	struct dv_bytes number;
	enum dv_reason reason = dv_der_integer(in, &number);

	if (reason != DV_R_NONE)
		return reason;
	if (number.ptr[0] >= 0x80 || (number.len == 1 && number.ptr[0] == 0))
		return dv_der_fail(in, DV_R_KEY_INVALID, number);
	if (number.ptr[0] == 0)
		number = (struct dv_bytes){ number.ptr + 1, number.len - 1 };
	*out = number;
	return DV_R_NONE;
}

enum dv_reason
dv_rsa_read(const struct dv_der *in, struct dv_key *key)
{
	struct dv_der octets = dv_der_inside(in, key->octets, in->field), inside;
	enum dv_reason reason = dv_der_enter(&octets, DER_SEQUENCE, &inside);

	reason = dv_der_finish(&octets, reason);
	if (reason == DV_R_NONE)
		reason = read_positive(&inside, &key->modulus);
	if (reason == DV_R_NONE)
		reason = read_positive(&inside, &key->exponent);
	return dv_der_finish(&inside, reason);
}

/* Bits of a number without leading zero octets. */
static unsigned
bits(struct dv_bytes number)
{
	unsigned n = (unsigned)number.len * 8;

	for (uint8_t top = number.ptr[0]; top < 0x80; top = (uint8_t)(top << 1))
		n--;
	return n;
}

static bool
is_odd(struct dv_bytes number)
{
	return (number.ptr[number.len - 1] & 1) != 0;
}

static enum dv_reason
refuse(struct dv_at *at, enum dv_reason reason, unsigned wanted,
    unsigned found)
{
	dv_numbers(at, wanted, found);
	return reason;
}

enum dv_reason
dv_rsa_check(const struct dv_key *key, struct dv_at *at)
{
	const struct dv_bytes n = key->modulus, e = key->exponent;

	if (n.len == 0 || n.ptr[0] == 0 || e.len == 0 || e.ptr[0] == 0)
		return DV_R_INTERNAL;
	if (bits(n) < DV_MIN_RSA_BITS)
		return refuse(at, DV_R_KEY_TOO_SMALL, DV_MIN_RSA_BITS, bits(n));
	if (n.len > DV_MAX_RSA_BITS / 8)
		return refuse(at, DV_R_KEY_TOO_LARGE, DV_MAX_RSA_BITS, bits(n));
	if (e.len > DV_MAX_RSA_EXPONENT_BITS / 8)
		return refuse(at, DV_R_KEY_TOO_LARGE, DV_MAX_RSA_EXPONENT_BITS,
		    bits(e));
	if (!is_odd(n) || !is_odd(e) || (e.len == 1 && e.ptr[0] == 1)) {
		dv_found(at, dv_text("an even modulus, or an exponent that is "
		    "even or 1"));
		return DV_R_KEY_INVALID;
	}
	return DV_R_NONE;
}
