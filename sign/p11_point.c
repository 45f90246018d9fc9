/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The forms of CKA_EC_PARAMS and CKA_EC_POINT. Whether a point is on its curve
 * is not asked here. PKCS#11 2.40 mechanisms 2.3.3, 3.0 2.3.5; RFC 8410.
 */
#include "p11_point.h"

#include "bytes.h"
#include "der.h"

struct curve {
	enum dv_key_type type;
	size_t size;		/* octets of a public point */
	uint8_t len;
	uint8_t params[16];
};

/* The first of a type is the one that is asked for when a key is made. */
static const struct curve curves[] = {
	/* 1.2.840.10045.3.1.7 */
	{ DV_KEY_P256, 65, 10, { DER_OID, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	    0x03, 0x01, 0x07 } },
	/* 1.3.132.0.34 */
	{ DV_KEY_P384, 97, 7, { DER_OID, 5, 0x2b, 0x81, 0x04, 0x00, 0x22 } },
	/* 1.3.101.112 */
	{ DV_KEY_ED25519, 32, 5, { DER_OID, 3, 0x2b, 0x65, 0x70 } },
	{ DV_KEY_ED25519, 32, 14, { DER_PRINTABLE_STRING, 12, 'e', 'd', 'w',
	    'a', 'r', 'd', 's', '2', '5', '5', '1', '9' } },
	/* 1.3.6.1.4.1.11591.15.1, before RFC 8410 */
	{ DV_KEY_ED25519, 32, 11, { DER_OID, 9, 0x2b, 0x06, 0x01, 0x04, 0x01,
	    0xda, 0x47, 0x0f, 0x01 } },
};
#define CURVES (sizeof(curves) / sizeof(*curves))

static struct dv_bytes
params_of(const struct curve *c)
{
	return (struct dv_bytes){ c->params, c->len };
}

enum dv_key_type
ds_p11_curve(struct dv_bytes params)
{
	for (size_t i = 0; i < CURVES; i++) {
		if (dv_bytes_equal(params, params_of(&curves[i])))
			return curves[i].type;
	}
	return DV_KEY_NONE;
}

static const struct curve *
curve_find(enum dv_key_type type)
{
	for (size_t i = 0; i < CURVES; i++) {
		if (curves[i].type == type)
			return &curves[i];
	}
	return NULL;
}

struct dv_bytes
ds_p11_params(enum dv_key_type type)
{
	const struct curve *c = curve_find(type);
	return c != NULL ? params_of(c) : (struct dv_bytes){ NULL, 0 };
}

/* A raw P-256 point of 65 octets begins with 04 too: the length decides. */
struct dv_bytes
ds_p11_point(enum dv_key_type type, struct dv_bytes value)
{
	const struct curve *c = curve_find(type);
	struct dv_at at;
	struct dv_der in = dv_der_start(value, DV_F_SPKI, &at);
	struct dv_bytes point = { NULL, 0 };
	enum dv_reason why;
	if (c == NULL)
		return point;
	if (value.len == c->size)
		return value;
	why = dv_der_peek(&in) == DER_BIT_STRING ?
	    dv_der_bit_octets(&in, DV_R_KEY_INVALID, &point) :
	    dv_der_take(&in, DER_OCTET_STRING, &point);
	if (why != DV_R_NONE || !dv_der_empty(&in) || point.len != c->size)
		return (struct dv_bytes){ NULL, 0 };
	return point;
}
