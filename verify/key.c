/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Public keys, algorithm identifiers and the frame of signed objects. A type
 * not known here is recorded, a known one in the wrong form is refused.
 * RFC 5480, RFC 5758, RFC 8410.
 */
#include "key.h"

#include "at.h"
#include "bytes.h"
#include "crypto.h"
#include "dv_chain.h"

#define UNCOMPRESSED 0x04

/* 1.2.840.10045.2.1 (RFC 5480 2.1.1) and 1.3.101.112 (RFC 8410 3). */
static const uint8_t ec_public_key[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
    0x01 };
static const uint8_t ed25519[] = { 0x2b, 0x65, 0x70 };
/* 1.2.840.10045.3.1.7 and 1.3.132.0.34 (RFC 5480 2.1.1.1). */
static const uint8_t p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
    0x07 };
static const uint8_t p384[] = { 0x2b, 0x81, 0x04, 0x00, 0x22 };

static size_t
point_size(enum dv_key_type type)
{
	switch (type) {
	case DV_KEY_P256:
		return 65;
	case DV_KEY_P384:
		return 97;
	case DV_KEY_ED25519:
		return 32;
	case DV_KEY_NONE:
	default:
		return 0;
	}
}

/* Parameters of a type not known here: one element of any kind, or none. */
static enum dv_reason
read_any_parameters(struct dv_der *in)
{
	struct dv_element ignored;
	enum dv_reason reason = DV_R_NONE;

	if (!dv_der_empty(in))
		reason = dv_der_any(in, &ignored);
	return reason != DV_R_NONE ? reason : dv_der_end(in);
}

static enum dv_reason
read_no_parameters(const struct dv_der *in)
{
	if (dv_der_empty(in))
		return DV_R_NONE;
	return dv_der_fail(in, DV_R_ALG_PARAMETERS, in->rest);
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
	else if (dv_bytes_equal(curve, DV_BYTES(p384)))
		*type = DV_KEY_P384;
	return read_no_parameters(in);
}

static enum dv_reason
read_key_type(struct dv_der *in, enum dv_key_type *type)
{
	struct dv_der alg;
	struct dv_bytes oid;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &alg);

	*type = DV_KEY_NONE;
	if (reason == DV_R_NONE)
		reason = dv_der_oid(&alg, &oid);
	if (reason != DV_R_NONE)
		return reason;
	if (dv_bytes_equal(oid, DV_BYTES(ec_public_key)))
		return read_curve(&alg, type);
	if (!dv_bytes_equal(oid, DV_BYTES(ed25519)))
		return read_any_parameters(&alg);
	*type = DV_KEY_ED25519;
	return read_no_parameters(&alg);
}

static enum dv_reason
fail_key(const struct dv_der *in, struct dv_bytes where, size_t wanted,
    size_t found)
{
	(void)dv_der_fail(in, DV_R_KEY_INVALID, where);
	in->at->wanted = dv_number((int64_t)wanted);
	in->at->found = dv_number((int64_t)found);
	return DV_R_KEY_INVALID;
}

static enum dv_reason
check_point(const struct dv_der *in, const struct dv_key *key)
{
	struct dv_bytes point = key->point;

	if (key->type != DV_KEY_ED25519 && point.len > 0 &&
	    point.ptr[0] != UNCOMPRESSED)
		return fail_key(in, point, UNCOMPRESSED, point.ptr[0]);
	if (point.len != point_size(key->type))
		return fail_key(in, point, point_size(key->type), point.len);
	return DV_R_NONE;
}

enum dv_reason
dv_key_read(struct dv_der *in, struct dv_key *out)
{
	struct dv_der after = *in, spki;
	struct dv_key key = { .type = DV_KEY_NONE };
	enum dv_reason reason = dv_der_enter(&after, DER_SEQUENCE, &spki);

	*out = key;
	if (reason == DV_R_NONE)
		reason = read_key_type(&spki, &key.type);
	if (reason == DV_R_NONE)
		reason = dv_der_bit_octets(&spki, DV_R_KEY_INVALID,
		    &key.point);
	if (reason == DV_R_NONE)
		reason = dv_der_end(&spki);
	if (reason != DV_R_NONE)
		return reason;
	if (key.type == DV_KEY_NONE)
		key.point = (struct dv_bytes){ NULL, 0 };
	else
		reason = check_point(&spki, &key);
	if (reason == DV_R_NONE)
		reason = dv_der_take_whole(in, DER_SEQUENCE, &key.spki);
	if (reason == DV_R_NONE)
		*out = key;
	return reason;
}

enum dv_reason
dv_key_parse(struct dv_bytes spki, struct dv_key *out, struct dv_at *at)
{
	struct dv_der in = dv_der_start(spki, DV_F_SPKI, at);
	struct dv_key key;
	enum dv_reason reason;

	*out = (struct dv_key){ .type = DV_KEY_NONE };
	*at = (struct dv_at){ .field = DV_F_NONE };
	if (spki.len == 0)
		return dv_fail_at(at, DV_R_INPUT_EMPTY, DV_F_SPKI, 0);
	reason = dv_key_read(&in, &key);
	if (reason == DV_R_NONE)
		reason = dv_der_end(&in);
	if (reason != DV_R_NONE)
		return reason;
	if (key.type == DV_KEY_NONE)
		return dv_fail_at(at, DV_R_ALG_NOT_ALLOWED, DV_F_SPKI, 0);
	if (dv_crypto_point(&key) != DV_CRYPTO_VALID)
		return dv_fail_at(at, DV_R_POINT_NOT_ON_CURVE, DV_F_SPKI,
		    dv_offset(spki, key.point));
	*out = key;
	return DV_R_NONE;
}

enum dv_reason
dv_algorithm_read(struct dv_der *in, struct dv_algorithm *out)
{
	struct dv_der after = *in, inside;
	struct dv_algorithm found = { .alg = DV_SIG_NONE };
	enum dv_reason reason = dv_der_enter(&after, DER_SEQUENCE, &inside);

	*out = found;
	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &found.oid);
	if (reason != DV_R_NONE)
		return reason;
	found.alg = dv_sig_from_oid(found.oid);
	reason = found.alg == DV_SIG_NONE ? read_any_parameters(&inside) :
	    read_no_parameters(&inside);
	if (reason == DV_R_NONE)
		reason = dv_der_take_whole(in, DER_SEQUENCE, &found.whole);
	if (reason == DV_R_NONE)
		*out = found;
	return reason;
}

enum dv_reason
dv_version_check(const struct dv_der *in, struct dv_bytes version,
    uint8_t last)
{
	if (version.len == 1 && version.ptr[0] <= last)
		return DV_R_NONE;
	(void)dv_der_fail(in, DV_R_UNSUPPORTED_VERSION, version);
	in->at->wanted = dv_number(last);
	in->at->found = dv_octets(DV_VALUE_BYTES, version);
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
	in->at->wanted = dv_number((int64_t)max);
	in->at->found = dv_number((int64_t)in->object.len);
	return DV_R_INPUT_TOO_BIG;
}

enum dv_reason
dv_signed_read(struct dv_der *in, size_t max, struct dv_signed *out)
{
	struct dv_der outer = *in;
	enum dv_reason reason = check_size(in, max);

	*out = (struct dv_signed){ .body = { NULL, 0 } };
	if (reason == DV_R_NONE)
		reason = dv_der_enter(in, DER_SEQUENCE, &outer);
	if (reason == DV_R_NONE)
		reason = dv_der_end(in);
	if (reason == DV_R_NONE)
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
	if (reason == DV_R_NONE)
		reason = dv_der_end(&outer);
	if (reason != DV_R_NONE)
		*out = (struct dv_signed){ .body = { NULL, 0 } };
	return reason;
}
