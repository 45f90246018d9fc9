/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Public keys, algorithm identifiers and the frame of signed objects. A type
 * not known here is recorded, a known one in the wrong form is refused.
 * RFC 4055, RFC 5480, RFC 5758, RFC 8410, RFC 9802, RFC 9881.
 */
#include "key.h"

#include "at.h"
#include "bytes.h"
#include "built.h"
#include "crypto.h"
#include "dv_chain.h"
#include "rsa.h"

#define UNCOMPRESSED 0x04

/* 1.2.840.10045.2.1 (RFC 5480 2.1.1). */
static const uint8_t ec_public_key[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
    0x01 };
/* 1.2.840.10045.3.1.7 and 1.3.132.0.34 (RFC 5480 2.1.1.1). */
static const uint8_t p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
    0x07 };
static const uint8_t p384[] = { 0x2b, 0x81, 0x04, 0x00, 0x22 };

/* 1.2.840.113549.1.1.{1,10} (RFC 3279 2.3.1, RFC 4055 1.2). */
static const uint8_t rsa_encryption[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
    0x01, 0x01, 0x01 };
static const uint8_t rsa_pss[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
    0x01, 0x0a };

/* Parameters of a type not known here: one element of any kind, or none. */
static enum dv_reason
read_any_parameters(struct dv_der *in)
{
	struct dv_element ignored;
	enum dv_reason reason = DV_R_NONE;

	if (!dv_der_empty(in))
		reason = dv_der_any(in, &ignored);
	return dv_der_finish(in, reason);
}

static enum dv_reason
read_no_parameters(const struct dv_der *in)
{
	if (dv_der_empty(in))
		return DV_R_NONE;
	return dv_der_fail(in, DV_R_ALG_PARAMETERS, in->rest);
}

/* RFC 5758 3.2: absent. A NULL in their place says the same. */
static enum dv_reason
read_no_parameters_or_null(const struct dv_der *in)
{
	static const uint8_t null[] = { DER_NULL, 0 };

	if (!dv_bytes_equal(in->rest, DV_BYTES(null)))
		return read_no_parameters(in);
	return dv_der_defect(in, DV_R_ALG_PARAMETERS, in->rest);
}

/* RFC 5480 2.1.1: namedCurve and nothing else. */
static enum dv_reason
read_curve(struct dv_der *in, enum dv_key_type *type)
{
	struct dv_bytes curve;
	enum dv_reason reason;

	if (dv_der_peek(in) != DER_OID)
		return dv_der_fail(in, DV_R_ALG_PARAMETERS, in->rest);
	reason = dv_der_oid(in, &curve);
	if (reason != DV_R_NONE)
		return reason;
	if (dv_bytes_equal(curve, DV_BYTES(p256)))
		*type = DV_KEY_P256;
	else if (DV_HAS_P384 && dv_bytes_equal(curve, DV_BYTES(p384)))
		*type = DV_KEY_P384;
	return read_no_parameters(in);
}

/*
 * RFC 4055 1.2: without parameters any of the type; with them only what they
 * say, and a hash not known here makes the key one that is not known here.
 */
static enum dv_reason
read_pss_key(struct dv_der *in, struct dv_key *key)
{
	struct dv_pss pss = { .alg = DV_SIG_NONE };
	enum dv_reason reason;

	key->type = DV_KEY_RSA_PSS;
	if (dv_der_empty(in))
		return DV_R_NONE;
	reason = dv_pss_read(in, &pss);
	key->only = pss.alg;
	key->min_salt = pss.salt;
	if (pss.alg == DV_SIG_NONE)
		key->type = DV_KEY_NONE;
	return reason;
}

static enum dv_reason
read_key_type(struct dv_der *in, struct dv_key *key)
{
	struct dv_der alg;
	struct dv_bytes oid;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &alg);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&alg, &oid);
	if (reason != DV_R_NONE)
		return reason;
	if (dv_bytes_equal(oid, DV_BYTES(ec_public_key)))
		return read_curve(&alg, &key->type);
	if (DV_HAS_RSA && dv_bytes_equal(oid, DV_BYTES(rsa_encryption))) {
		key->type = DV_KEY_RSA;
		return dv_rsa_null(&alg);
	}
	if (DV_HAS_RSA && dv_bytes_equal(oid, DV_BYTES(rsa_pss)))
		return read_pss_key(&alg, key);
	key->type = dv_key_type_of(dv_sig_from_oid(oid));
	return key->type == DV_KEY_NONE ? read_any_parameters(&alg) :
	    read_no_parameters(&alg);
}

static enum dv_reason
fail_key(const struct dv_der *in, struct dv_bytes where, size_t wanted,
    size_t found)
{
	(void)dv_der_fail(in, DV_R_KEY_INVALID, where);
	dv_numbers(in->at, (int64_t)wanted, (int64_t)found);
	return DV_R_KEY_INVALID;
}

static bool
is_rsa(const struct dv_key *key)
{
	return DV_HAS_RSA &&
	    (key->type == DV_KEY_RSA || key->type == DV_KEY_RSA_PSS);
}

/* The form of the octets; whether they are a good key is dv_key_check()'s. */
static enum dv_reason
read_octets(const struct dv_der *in, struct dv_key *key)
{
	const struct dv_bytes octets = key->octets;
	const size_t size = dv_key_octets(key->type);

	if (is_rsa(key))
		return dv_rsa_read(in, key);
	if (DV_HAS_LMS && key->type == DV_KEY_HSS_LMS)
		return DV_R_NONE;
	if (dv_key_on_curve(key->type) && octets.len > 0 && octets.ptr[0] != UNCOMPRESSED)
		return fail_key(in, octets, UNCOMPRESSED, octets.ptr[0]);
	if (octets.len != size)
		return fail_key(in, octets, size, octets.len);
	return DV_R_NONE;
}

/* What this build cannot verify with is for it a type not known. */
enum dv_reason
dv_key_read(struct dv_der *in, struct dv_key *out)
{
	const struct dv_bytes before = in->rest;
	struct dv_der spki;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &spki);

	*out = (struct dv_key){ .type = DV_KEY_NONE };
	if (reason == DV_R_NONE)
		reason = read_key_type(&spki, out);
	if (reason == DV_R_NONE)
		reason = dv_der_bit_octets(&spki, DV_R_KEY_INVALID,
		    &out->octets);
	reason = dv_der_finish(&spki, reason);
	if (reason == DV_R_NONE && out->type != DV_KEY_NONE)
		reason = read_octets(&spki, out);
	if (reason != DV_R_NONE || !dv_key_type_built(out->type))
		*out = (struct dv_key){ .type = DV_KEY_NONE };
	return dv_der_done(in, before, reason, &out->spki);
}

enum dv_reason
dv_key_parse(struct dv_bytes spki, struct dv_key *out, struct dv_at *at)
{
	struct dv_der in = dv_der_start(spki, DV_F_SPKI, at);
	enum dv_reason reason;

	*at = (struct dv_at){ .field = DV_F_NONE };
	reason = spki.len == 0 ? dv_fail_at(at, DV_R_INPUT_EMPTY, DV_F_SPKI,
	    0) : dv_key_read(&in, out);
	reason = dv_der_finish(&in, reason);
	if (reason == DV_R_NONE)
		reason = dv_key_check(out, spki, at);
	if (reason != DV_R_NONE)
		*out = (struct dv_key){ .type = DV_KEY_NONE };
	return reason;
}

/* OID that says what kind of key it is: the curve if there is one. */
static struct dv_bytes
key_oid(struct dv_bytes spki)
{
	struct dv_bytes oid = { NULL, 0 }, curve;
	struct dv_der in, info, algorithm;
	struct dv_at unused;

	in = dv_der_start(spki, DV_F_SPKI, &unused);
	if (dv_der_enter(&in, DER_SEQUENCE, &info) != DV_R_NONE ||
	    dv_der_enter(&info, DER_SEQUENCE, &algorithm) != DV_R_NONE ||
	    dv_der_oid(&algorithm, &oid) != DV_R_NONE)
		return oid;
	if (dv_der_peek(&algorithm) == DER_OID &&
	    dv_der_oid(&algorithm, &curve) == DV_R_NONE)
		oid = curve;
	return oid;
}

enum dv_reason
dv_key_check(const struct dv_key *key, struct dv_bytes object,
    struct dv_at *at)
{
	enum dv_reason reason = DV_R_NONE;
	struct dv_at found = { .field = DV_F_SPKI,
	    .offset = dv_offset(object, key->octets) };

	if (key->type == DV_KEY_NONE) {
		reason = DV_R_ALG_NOT_ALLOWED;
		found.offset = dv_offset(object, key->spki);
		if (DV_HAS_VALUES) {
			const struct dv_bytes oid = key_oid(key->spki);

			dv_found(&found, dv_octets(DV_VALUE_OID, oid));
		}
	} else if (is_rsa(key)) {
		reason = dv_rsa_check(key, &found);
	} else if (dv_crypto_key(key) != DV_CRYPTO_VALID) {
		reason = dv_key_on_curve(key->type) ?
		    DV_R_POINT_NOT_ON_CURVE : DV_R_KEY_INVALID;
	}
	if (reason != DV_R_NONE)
		*at = found;
	return reason;
}

/* RFC 4055 5: NULL. RFC 5758 3.2, RFC 8410 3, RFC 9802 3, RFC 9881 2: none. */
static enum dv_reason
read_parameters(struct dv_der *in, struct dv_algorithm *out)
{
	struct dv_pss pss = { .alg = DV_SIG_NONE };
	enum dv_reason reason;

	if (DV_HAS_RSA && dv_bytes_equal(out->oid, DV_BYTES(rsa_pss))) {
		reason = dv_pss_read(in, &pss);
		out->alg = pss.alg;
		out->salt = pss.salt;
		return reason;
	}
	out->alg = dv_sig_from_oid(out->oid);
	if (out->alg == DV_SIG_NONE)
		return read_any_parameters(in);
	if (DV_HAS_RSA && dv_sig_fits_key(out->alg, DV_KEY_RSA))
		return dv_rsa_null(in);
	if (dv_sig_fits_key(out->alg, DV_KEY_P256))
		return read_no_parameters_or_null(in);
	return read_no_parameters(in);
}

enum dv_reason
dv_algorithm_read(struct dv_der *in, struct dv_algorithm *out)
{
	const struct dv_bytes before = in->rest;
	struct dv_der inside;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	*out = (struct dv_algorithm){ .alg = DV_SIG_NONE };
	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &out->oid);
	if (reason == DV_R_NONE)
		reason = read_parameters(&inside, out);
	if (reason != DV_R_NONE)
		*out = (struct dv_algorithm){ .alg = DV_SIG_NONE };
	return dv_der_done(in, before, reason, &out->whole);
}

enum dv_reason
dv_algorithm_twice(struct dv_der *tbs, struct dv_bytes outer,
    struct dv_algorithm *out)
{
	const struct dv_bytes before = tbs->rest;
	struct dv_bytes inner;
	enum dv_reason reason;

	*out = (struct dv_algorithm){ .alg = DV_SIG_NONE };
	tbs->field = DV_F_TBS_SIGNATURE;
	reason = dv_der_take_whole(tbs, DER_SEQUENCE, &inner);
	tbs->rest = before;
	if (reason != DV_R_NONE)
		return reason;
	if (!dv_bytes_equal(inner, outer)) {
		(void)dv_der_fail(tbs, DV_R_ALG_MISMATCH, inner);
		dv_wanted(tbs->at, dv_octets(DV_VALUE_BYTES, outer));
		dv_found(tbs->at, dv_octets(DV_VALUE_BYTES, inner));
		return DV_R_ALG_MISMATCH;
	}
	return dv_algorithm_read(tbs, out);
}

enum dv_reason
dv_version_check(const struct dv_der *in, struct dv_bytes version,
    uint8_t last)
{
	if (version.len == 1 && version.ptr[0] <= last)
		return DV_R_NONE;
	(void)dv_der_fail(in, DV_R_UNSUPPORTED_VERSION, version);
	dv_wanted(in->at, dv_number(last));
	dv_found(in->at, dv_octets(DV_VALUE_BYTES, version));
	return DV_R_UNSUPPORTED_VERSION;
}

static enum dv_reason
check_size(const struct dv_der *in, size_t max)
{
	if (in->object.len == 0)
		return dv_fail_at(in->at, DV_R_INPUT_EMPTY, in->field, 0);
	if (in->object.len <= max)
		return DV_R_NONE;
	(void)dv_fail_at(in->at, DV_R_INPUT_TOO_BIG, in->field, 0);
	dv_numbers(in->at, (int64_t)max, (int64_t)in->object.len);
	return DV_R_INPUT_TOO_BIG;
}

enum dv_reason
dv_signed_read(struct dv_der *in, size_t max, struct dv_signed *out)
{
	struct dv_der outer;
	enum dv_reason reason = check_size(in, max);

	if (reason == DV_R_NONE)
		reason = dv_der_enter(in, DER_SEQUENCE, &outer);
	reason = dv_der_finish(in, reason);
	if (reason != DV_R_NONE)
		return reason;
	reason = dv_der_take_whole(&outer, DER_SEQUENCE, &out->body);
	outer.field = DV_F_SIGNATURE_ALGORITHM;
	if (reason == DV_R_NONE)
		reason = dv_der_take_whole(&outer, DER_SEQUENCE,
		    &out->algorithm);
	outer.field = DV_F_SIGNATURE_VALUE;
	if (reason == DV_R_NONE)
		reason = dv_der_bit_octets(&outer, DV_R_SIGNATURE_MALFORMED,
		    &out->signature);
	outer.field = in->field;
	return dv_der_finish(&outer, reason);
}

bool
dv_key_same(const struct dv_key *a, const struct dv_key *b)
{
	if (a->modulus.len > 0 || b->modulus.len > 0)
		return dv_bytes_equal(a->modulus, b->modulus);
	return a->type == b->type && dv_bytes_equal(a->octets, b->octets);
}
