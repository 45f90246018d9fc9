/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificates made in the test itself, in DER, signed with pretended keys: a
 * key is a number, and fake_crypto.h knows which number signed what.
 */
#ifndef TEST_CERTKIT_H
#define TEST_CERTKIT_H

#include <assert.h>
#include <string.h>

#include "der.h"
#include "dv_cert.h"

/* Everything made by one test lives here; kit_reset() begins anew. */
static uint8_t kit_room[1 << 20];
static size_t kit_used;

static inline void
kit_reset(void)
{
	kit_used = 0;
}

static inline uint8_t *
kit_take(size_t n)
{
	assert(kit_used + n <= sizeof(kit_room));
	kit_used += n;
	return kit_room + kit_used - n;
}

static inline struct dv_bytes
kit_join(const struct dv_bytes *parts, size_t count)
{
	struct dv_bytes all = { NULL, 0 };
	size_t done = 0;
	uint8_t *room;

	for (size_t i = 0; i < count; i++)
		all.len += parts[i].len;
	all.ptr = room = kit_take(all.len);
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len > 0)
			memcpy(room + done, parts[i].ptr, parts[i].len);
		done += parts[i].len;
	}
	return all;
}

static inline struct dv_bytes
kit_tlv(uint8_t tag, const struct dv_bytes *parts, size_t count)
{
	struct dv_bytes contents = kit_join(parts, count);
	uint8_t head[4] = { tag, 0, 0, 0 };
	struct dv_bytes both[2] = { { head, 2 }, contents };

	if (contents.len < 0x80) {
		head[1] = (uint8_t)contents.len;
	} else if (contents.len < 0x100) {
		head[1] = 0x81;
		head[2] = (uint8_t)contents.len;
		both[0].len = 3;
	} else {
		head[1] = 0x82;
		head[2] = (uint8_t)(contents.len >> 8);
		head[3] = (uint8_t)contents.len;
		both[0].len = 4;
	}
	return kit_join(both, 2);
}

/* KIT(tag, part, part, ...): one element around those parts. */
#define KIT(tag, ...)                                                          \
	kit_tlv((tag), (const struct dv_bytes[]){ __VA_ARGS__ },               \
	    sizeof((const struct dv_bytes[]){ __VA_ARGS__ }) /                 \
	    sizeof(struct dv_bytes))
#define KIT_NONE ((struct dv_bytes){ NULL, 0 })

static inline struct dv_bytes
kit_text(const char *text)
{
	size_t n = strlen(text);
	uint8_t *room = kit_take(n);

	memcpy(room, text, n);
	return (struct dv_bytes){ room, n };
}

static inline struct dv_bytes
kit_octets(const char *octets, size_t n)
{
	uint8_t *room = kit_take(n);

	memcpy(room, octets, n);
	return (struct dv_bytes){ room, n };
}

/* Bytes of a string constant, without its NUL. */
#define KIT_OCTETS(constant) kit_octets((constant), sizeof(constant) - 1)

static inline struct dv_bytes
kit_rdn(const char *oid, const char *text)
{
	return KIT(DER_SET, KIT(DER_SEQUENCE, KIT(DER_OID, kit_octets(oid, 3)),
	    KIT(DER_UTF8_STRING, kit_text(text))));
}

#define KIT_CN "\x55\x04\x03"
#define KIT_O "\x55\x04\x0a"

/* "CN=text"; no text: the empty name. */
static inline struct dv_bytes
kit_name(const char *text)
{
	return text == NULL ? KIT(DER_SEQUENCE, KIT_NONE) :
	    KIT(DER_SEQUENCE, kit_rdn(KIT_CN, text));
}

static inline struct dv_bytes
kit_extension(uint8_t number, bool critical, struct dv_bytes value)
{
	const char oid[3] = { 0x55, 0x1d, (char)number };

	return KIT(DER_SEQUENCE, KIT(DER_OID, kit_octets(oid, 3)),
	    critical ? KIT_OCTETS("\x01\x01\xff") : KIT_NONE,
	    KIT(DER_OCTET_STRING, value));
}

/* A P-256 key that only the fake knows: 04, zeros, its number. */
static inline struct dv_bytes
kit_spki(uint8_t key)
{
	uint8_t *point = kit_take(66);

	memset(point, 0, 66);
	point[1] = 0x04;
	point[65] = key;
	return KIT(DER_SEQUENCE, KIT(DER_SEQUENCE,
	    KIT_OCTETS("\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"),
	    KIT_OCTETS("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")),
	    KIT(DER_BIT_STRING, (struct dv_bytes){ point, 66 }));
}

static inline struct dv_bytes
kit_key_id(uint8_t key)
{
	const char id[1] = { (char)key };

	return kit_octets(id, 1);
}

/* A number that stands for all bytes of what is signed. */
static inline uint32_t
kit_sum(struct dv_bytes bytes, uint32_t sum)
{
	for (size_t i = 0; i < bytes.len; i++)
		sum = (sum ^ bytes.ptr[i]) * UINT32_C(16777619);
	return sum;
}
#define KIT_SUM_START UINT32_C(2166136261)

/* What makes one certificate; zero is a good leaf but for names and keys. */
struct kit_cert {
	const char *subject, *issuer;
	uint8_t key, signer;		/* numbers of keys, 1..127 */
	bool ca, no_key_ids, bad_signature, crl_sign;
	int path_len;			/* written when more than 0, as n - 1 */
	const char *until;		/* UTCTime; NULL: 350101000000Z */
	struct dv_bytes extra;		/* further Extension elements */
};

static inline struct dv_bytes
kit_signature(const struct kit_cert *c, struct dv_bytes tbs)
{
	uint32_t sum = kit_sum(tbs, KIT_SUM_START);
	const char s[5] = { 0x41, (char)(sum >> 24), (char)(sum >> 16),
	    (char)(sum >> 8), (char)sum };
	const char r[1] = { (char)(c->bad_signature ? 127 : c->signer) };

	return KIT(DER_BIT_STRING, KIT_OCTETS("\0"), KIT(DER_SEQUENCE,
	    KIT(DER_INTEGER, kit_octets(r, 1)),
	    KIT(DER_INTEGER, kit_octets(s, 5))));
}

static inline struct dv_bytes
kit_basic_constraints(const struct kit_cert *c)
{
	const char length[1] = { (char)(c->path_len - 1) };

	return kit_extension(19, true, KIT(DER_SEQUENCE,
	    KIT_OCTETS("\x01\x01\xff"), c->path_len == 0 ? KIT_NONE :
	    KIT(DER_INTEGER, kit_octets(length, 1))));
}

static inline struct dv_bytes
kit_extensions(const struct kit_cert *c)
{
	struct dv_bytes ids = KIT_NONE, role;

	if (!c->no_key_ids)
		ids = kit_join((struct dv_bytes[]){
		    kit_extension(14, false, KIT(DER_OCTET_STRING,
		    kit_key_id(c->key))),
		    kit_extension(35, false, KIT(DER_SEQUENCE,
		    KIT(DER_CONTEXT(0), kit_key_id(c->signer)))) }, 2);
	role = kit_extension(15, true, c->crl_sign && c->ca ?
	    KIT_OCTETS("\x03\x02\x01\x06") :
	    c->crl_sign ? KIT_OCTETS("\x03\x02\x01\x02") :
	    c->ca ? KIT_OCTETS("\x03\x02\x02\x04") :
	    KIT_OCTETS("\x03\x02\x07\x80"));
	if (c->ca)
		role = kit_join((struct dv_bytes[]){ kit_basic_constraints(c),
		    role }, 2);
	return KIT(DER_CONTEXT_CONS(3), KIT(DER_SEQUENCE, ids, role, c->extra));
}

static inline struct dv_bytes
kit_make(const struct kit_cert *c)
{
	struct dv_bytes alg = KIT(DER_SEQUENCE,
	    KIT_OCTETS("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"));
	struct dv_bytes validity = KIT(DER_SEQUENCE,
	    KIT(DER_UTC_TIME, kit_text("250101000000Z")),
	    KIT(DER_UTC_TIME, kit_text(c->until != NULL ? c->until :
	    "350101000000Z")));
	struct dv_bytes tbs = KIT(DER_SEQUENCE,
	    KIT_OCTETS("\xa0\x03\x02\x01\x02\x02\x01\x01"), alg,
	    kit_name(c->issuer), validity, kit_name(c->subject),
	    kit_spki(c->key), kit_extensions(c));

	return KIT(DER_SEQUENCE, tbs, alg, kit_signature(c, tbs));
}

/* 2030-01-01T00:00:00Z, inside every validity made here. */
#define KIT_NOW INT64_C(1893456000)

#endif
