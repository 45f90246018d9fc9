/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A DER writer over a bounded buffer: lengths are filled in when an element
 * ends. It never writes past its room; once failed it stays failed. X.690.
 */
#include <string.h>

#include "bytes.h"
#include "der.h"
#include "ds_der.h"

#define LENGTH_OCTETS 4		/* of the long form; room is never larger */
#define DS_RSA_ROOM 544		/* octets of an RSAPublicKey with 4096 bits */

struct ds_der
ds_der_start(uint8_t *room, size_t cap)
{
	return (struct ds_der){ .room = room, .cap = cap,
		.failed = cap > UINT32_MAX };
}

struct dv_bytes
ds_der_done(const struct ds_der *w)
{
	if (w->failed || w->depth != 0)
		return (struct dv_bytes){ NULL, 0 };
	return (struct dv_bytes){ w->room, w->len };
}

void
ds_der_raw(struct ds_der *w, struct dv_bytes encoded)
{
	if (w->failed || encoded.len > w->cap - w->len) {
		w->failed = true;
		return;
	}
	if (encoded.len > 0)
		memcpy(w->room + w->len, encoded.ptr, encoded.len);
	w->len += encoded.len;
}

static void
octet(struct ds_der *w, uint8_t value)
{
	ds_der_raw(w, (struct dv_bytes){ &value, 1 });
}

/* Length octets of X.690 8.1.3, shortest form; returns how many. */
static size_t
length_octets(size_t len, uint8_t out[1 + LENGTH_OCTETS])
{
	if (len < 0x80) {
		out[0] = (uint8_t)len;
		return 1;
	}
	size_t n = 0;
	for (size_t rest = len; rest != 0; rest >>= 8)
		n++;
	out[0] = (uint8_t)(0x80 | n);
	for (size_t i = 0; i < n; i++)
		out[n - i] = (uint8_t)(len >> (8 * i));
	return 1 + n;
}

void
ds_der_head(struct ds_der *w, uint8_t tag, size_t len)
{
	uint8_t head[1 + LENGTH_OCTETS];
	w->failed = w->failed || len > UINT32_MAX;
	octet(w, tag);
	if (!w->failed)
		ds_der_raw(w, (struct dv_bytes){ head, length_octets(len, head) });
}

void
ds_der_begin(struct ds_der *w, uint8_t tag)
{
	octet(w, tag);
	if (w->failed || w->depth == DS_DER_DEPTH) {
		w->failed = true;
		return;
	}
	w->open[w->depth++] = w->len;
}

void
ds_der_end(struct ds_der *w)
{
	if (w->failed || w->depth == 0) {
		w->failed = true;
		return;
	}
	size_t from = w->open[--w->depth], len = w->len - from;
	uint8_t head[1 + LENGTH_OCTETS];
	size_t head_len = length_octets(len, head);
	if (head_len > w->cap - w->len) {
		w->failed = true;
		return;
	}
	memmove(w->room + from + head_len, w->room + from, len);
	memcpy(w->room + from, head, head_len);
	w->len += head_len;
}

void
ds_der_element(struct ds_der *w, uint8_t tag, struct dv_bytes value)
{
	ds_der_begin(w, tag);
	ds_der_raw(w, value);
	ds_der_end(w);
}

void
ds_der_text(struct ds_der *w, uint8_t tag, const char *text)
{
	ds_der_element(w, tag,
	    (struct dv_bytes){ (const uint8_t *)text, strlen(text) });
}

void
ds_der_boolean(struct ds_der *w, bool value)
{
	uint8_t contents = value ? 0xff : 0x00;
	ds_der_element(w, DER_BOOLEAN, (struct dv_bytes){ &contents, 1 });
}

void
ds_der_small(struct ds_der *w, unsigned value)
{
	uint8_t big[sizeof(value)];
	for (size_t i = 0; i < sizeof(big); i++)
		big[sizeof(big) - 1 - i] = (uint8_t)(value >> (8 * i));
	ds_der_unsigned(w, DV_BYTES(big));
}

void
ds_der_unsigned(struct ds_der *w, struct dv_bytes magnitude)
{
	while (magnitude.len > 0 && magnitude.ptr[0] == 0) {
		magnitude.ptr++;
		magnitude.len--;
	}
	ds_der_begin(w, DER_INTEGER);
	if (magnitude.len == 0 || magnitude.ptr[0] >= 0x80)
		octet(w, 0);
	ds_der_raw(w, magnitude);
	ds_der_end(w);
}

void
ds_der_oid(struct ds_der *w, struct dv_bytes oid)
{
	w->failed = w->failed || oid.len == 0;
	ds_der_element(w, DER_OID, oid);
}

void
ds_der_oid_text(struct ds_der *w, const char *dotted)
{
	uint8_t oid[64];
	size_t len = dv_oid_parse(dotted, oid, sizeof(oid));
	ds_der_oid(w, (struct dv_bytes){ oid, len });
}

void
ds_der_extension_begin(struct ds_der *w, const char *oid, bool critical)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, oid);
	if (critical)
		ds_der_boolean(w, true);
	ds_der_begin(w, DER_OCTET_STRING);
}

void
ds_der_extension_end(struct ds_der *w)
{
	ds_der_end(w);
	ds_der_end(w);
}

void
ds_der_bit_octets(struct ds_der *w, struct dv_bytes octets)
{
	ds_der_begin(w, DER_BIT_STRING);
	octet(w, 0);
	ds_der_raw(w, octets);
	ds_der_end(w);
}

/* Bit 0 of a named bit list is the highest bit of the first octet. */
void
ds_der_named_bits(struct ds_der *w, unsigned bits)
{
	uint8_t octets[sizeof(bits)] = { 0 };
	unsigned count = 0;
	for (unsigned i = 0; i < 8 * sizeof(bits); i++) {
		if ((bits >> i & 1) == 0)
			continue;
		octets[i / 8] |= (uint8_t)(0x80u >> i % 8);
		count = i + 1;
	}
	ds_der_begin(w, DER_BIT_STRING);
	octet(w, (uint8_t)((8 - count % 8) % 8));
	ds_der_raw(w, (struct dv_bytes){ octets, (count + 7) / 8 });
	ds_der_end(w);
}

static void
digits(char *out, size_t width, int value)
{
	for (size_t i = width; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
}

static void
time_as(struct ds_der *w, dv_time at, bool utc)
{
	struct dv_date d;
	dv_time_to_date(at, &d);
	/* Certificates have no form for dates before 1950. */
	w->failed = w->failed || d.year < 1950 || at.s > DV_TIME_MAX;
	char text[] = "YYYYMMDDHHMMSSZ";
	const int parts[] = { d.month, d.day, d.hour, d.minute, d.second };
	digits(text, 4, d.year);
	for (size_t i = 0; i < 5; i++)
		digits(text + 4 + 2 * i, 2, parts[i]);
	ds_der_text(w, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME,
	    utc ? text + 2 : text);
}

void
ds_der_time(struct ds_der *w, dv_time at)
{
	struct dv_date d;
	dv_time_to_date(at, &d);
	time_as(w, at, d.year <= 2049);
}

void
ds_der_general_time(struct ds_der *w, dv_time at)
{
	time_as(w, at, false);
}

static void
null(struct ds_der *w)
{
	ds_der_element(w, DER_NULL, (struct dv_bytes){ NULL, 0 });
}

void
ds_der_spki(struct ds_der *w, enum dv_key_type type, struct dv_bytes point)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_key_alg(w, type);
	ds_der_bit_octets(w, point);
	ds_der_end(w);
}

void
ds_der_spki_rsa(struct ds_der *w, struct dv_bytes modulus,
    struct dv_bytes exponent)
{
	uint8_t room[DS_RSA_ROOM];
	struct ds_der key = ds_der_start(room, sizeof(room));
	ds_der_begin(&key, DER_SEQUENCE);
	ds_der_unsigned(&key, modulus);
	ds_der_unsigned(&key, exponent);
	ds_der_end(&key);
	w->failed = w->failed || key.failed;
	ds_der_spki(w, DV_KEY_RSA, ds_der_done(&key));
}

void
ds_der_key_alg(struct ds_der *w, enum dv_key_type type)
{
	ds_der_begin(w, DER_SEQUENCE);
	switch (type) {
	case DV_KEY_P256:
		ds_der_oid_text(w, "1.2.840.10045.2.1");
		ds_der_oid_text(w, "1.2.840.10045.3.1.7");
		break;
	case DV_KEY_P384:
		ds_der_oid_text(w, "1.2.840.10045.2.1");
		ds_der_oid_text(w, "1.3.132.0.34");
		break;
	case DV_KEY_ED25519:
		ds_der_oid_text(w, "1.3.101.112");
		break;
	case DV_KEY_RSA:
		ds_der_oid_text(w, "1.2.840.113549.1.1.1");
		null(w);
		break;
	case DV_KEY_RSA_PSS:
	case DV_KEY_MLDSA44:
	case DV_KEY_MLDSA65:
	case DV_KEY_MLDSA87:
	case DV_KEY_HSS_LMS:
	case DV_KEY_NONE:
	default:
		w->failed = true;
	}
	ds_der_end(w);
}

void
ds_der_sig_alg(struct ds_der *w, enum dv_sig_alg alg)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid(w, dv_sig_oid(alg));
	if (dv_sig_fits_key(alg, DV_KEY_RSA)) {
		w->failed = w->failed || dv_sig_fits_key(alg, DV_KEY_RSA_PSS);
		null(w);
	}
	ds_der_end(w);
}
