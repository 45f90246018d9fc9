/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Verification of HSS/LMS signatures on include/dv_hash.h. Holds no state and
 * signs nothing: a verifier cannot spend a one-time key. RFC 8554 sections 4.6,
 * 5.4.2, 6.3; RFC 9802; parameter sets of SP 800-208 with SHA-256.
 */
#include "lms.h"

#include "built.h"
#include "bytes.h"
#include "dv_limits.h"

#if DV_HAS_LMS

#define ID 16			/* octets of the identifier I */
#define MAX_NODE 32		/* n and m */
#define HEAD 8			/* two type codes */

/* RFC 8554 3.3, 4.3, 5.3: what a hash is of. */
#define D_PBLK 0x8080
#define D_MESG 0x8181
#define D_LEAF 0x8282
#define D_INTR 0x8383

/* RFC 8554 table 1, SP 800-208 table 2. */
struct ots {
	uint32_t type;
	unsigned n, w, p, ls;
};
static const struct ots ots_table[] = {
	{ 1, 32, 1, 265, 7 }, { 2, 32, 2, 133, 6 }, { 3, 32, 4, 67, 4 },
	{ 4, 32, 8, 34, 0 }, { 5, 24, 1, 200, 8 }, { 6, 24, 2, 101, 6 },
	{ 7, 24, 4, 51, 4 }, { 8, 24, 8, 26, 0 },
};

/* RFC 8554 table 2, SP 800-208 table 3: types 5 to 9 and 10 to 14. */
struct tree {
	unsigned m, h;
};

/* An LMS public key: type codes, I, T[1]. */
struct lms_key {
	const struct ots *ots;
	struct tree tree;
	struct dv_bytes octets, id, root;
};

static uint32_t
number(const uint8_t *octets)
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
	    (uint32_t)octets[2] << 8 | octets[3];
}

/* Takes len octets off the front; false when there are fewer. */
static bool
take(struct dv_bytes *in, size_t len, struct dv_bytes *out)
{
	if (in->len < len)
		return false;
	*out = (struct dv_bytes){ in->ptr, len };
	*in = (struct dv_bytes){ in->ptr + len, in->len - len };
	return true;
}

static bool
take_number(struct dv_bytes *in, uint32_t *out)
{
	struct dv_bytes four;

	if (!take(in, 4, &four))
		return false;
	*out = number(four.ptr);
	return true;
}

static const struct ots *
ots_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(ots_table) / sizeof(ots_table[0]); i++)
		if (ots_table[i].type == type)
			return &ots_table[i];
	return NULL;
}

static bool
tree_of(uint32_t type, struct tree *out)
{
	if (type < 5 || type > 14)
		return false;
	out->m = type < 10 ? 32 : 24;
	out->h = 5 * ((type - 5) % 5 + 1);
	return true;
}

/* RFC 8554 5.4.2: the key, all of its octets taken off the front. */
static bool
key_take(struct dv_bytes *in, struct lms_key *out)
{
	struct dv_bytes all = *in, head;

	if (!take(in, HEAD, &head) ||
	    !tree_of(number(head.ptr), &out->tree) ||
	    (out->ots = ots_of(number(head.ptr + 4))) == NULL ||
	    out->ots->n != out->tree.m || !take(in, ID, &out->id) ||
	    !take(in, out->tree.m, &out->root))
		return false;
	out->octets = (struct dv_bytes){ all.ptr, all.len - in->len };
	return true;
}

/* ---- hashes ------------------------------------------------------------ */

static void
hash_number(struct dv_hash *hash, uint32_t value, unsigned octets)
{
	uint8_t out[4];

	for (unsigned i = 0; i < octets; i++)
		out[i] = (uint8_t)(value >> (8 * (octets - 1 - i)));
	dv_hash_update(hash, (struct dv_bytes){ out, octets });
}

/* I, a number and what the hash is of. */
static bool
hash_begin(struct dv_hash *hash, struct dv_bytes id, uint32_t q, uint16_t what)
{
	if (!dv_hash_start(hash, DV_HASH_SHA256))
		return false;
	dv_hash_update(hash, id);
	hash_number(hash, q, 4);
	hash_number(hash, what, 2);
	return true;
}

/* The first n octets of the hash. */
static bool
hash_end(struct dv_hash *hash, unsigned n, uint8_t *out)
{
	uint8_t digest[DV_MAX_DIGEST];

	return dv_hash_finish(hash, digest) == 32 && dv_bytes_copy(out, n,
	    (struct dv_bytes){ digest, n });
}

/* ---- one-time signature, RFC 8554 4.6 algorithm 4b --------------------- */

struct lms_signature {
	uint32_t q;
	struct dv_bytes c, y, path;
};

/* RFC 8554 3.1.3: i-th value of w bits. */
static unsigned
coef(const uint8_t *s, unsigned i, unsigned w)
{
	const unsigned at = i * w;

	return (unsigned)(s[at / 8] >> (8 - w - at % 8)) & ((1u << w) - 1);
}

/* Q and its checksum: RFC 8554 4.4 algorithm 2. */
static bool
q_make(const struct dv_crypto_check *m, const struct lms_key *key,
    const struct lms_signature *sig, uint8_t out[MAX_NODE + 2])
{
	const struct ots *o = key->ots;
	struct dv_hash hash;
	unsigned sum = 0;

	if (!hash_begin(&hash, key->id, sig->q, D_MESG))
		return false;
	dv_hash_update(&hash, sig->c);
	for (size_t i = 0; i < m->part_count; i++)
		dv_hash_update(&hash, m->parts[i]);
	if (!hash_end(&hash, o->n, out))
		return false;
	for (unsigned i = 0; i < o->n * 8 / o->w; i++)
		sum += (1u << o->w) - 1 - coef(out, i, o->w);
	sum <<= o->ls;
	out[o->n] = (uint8_t)(sum >> 8);
	out[o->n + 1] = (uint8_t)sum;
	return true;
}

/* The rest of the i-th chain, from value a on. */
static bool
chain_finish(const struct lms_key *key, uint32_t q, unsigned i,
    unsigned a, uint8_t value[MAX_NODE])
{
	const struct ots *o = key->ots;
	struct dv_hash hash;

	for (unsigned j = a; j < (1u << o->w) - 1; j++) {
		if (!dv_hash_start(&hash, DV_HASH_SHA256))
			return false;
		dv_hash_update(&hash, key->id);
		hash_number(&hash, q, 4);
		hash_number(&hash, i, 2);
		hash_number(&hash, j, 1);
		dv_hash_update(&hash, (struct dv_bytes){ value, o->n });
		if (!hash_end(&hash, o->n, value))
			return false;
	}
	return true;
}

/* Candidate for the one-time public key. */
static bool
ots_candidate(const struct dv_crypto_check *m, const struct lms_key *key,
    const struct lms_signature *sig, uint8_t out[MAX_NODE])
{
	const struct ots *o = key->ots;
	uint8_t q[MAX_NODE + 2], value[MAX_NODE];
	struct dv_hash all;

	if (!q_make(m, key, sig, q) ||
	    !hash_begin(&all, key->id, sig->q, D_PBLK))
		return false;
	for (unsigned i = 0; i < o->p; i++) {
		if (!dv_bytes_copy(value, sizeof(value),
		    dv_bytes_cut(sig->y, i * o->n, o->n)) ||
		    !chain_finish(key, sig->q, i, coef(q, i, o->w), value))
			return false;
		dv_hash_update(&all, (struct dv_bytes){ value, o->n });
	}
	return hash_end(&all, o->n, out);
}

/* ---- tree, RFC 8554 5.4.2 algorithm 6a --------------------------------- */

static enum dv_crypto
tree_check(const struct dv_crypto_check *m, const struct lms_key *key,
    const struct lms_signature *sig)
{
	const unsigned size = key->tree.m;
	uint32_t node = ((uint32_t)1 << key->tree.h) + sig->q;
	uint8_t value[MAX_NODE];
	struct dv_hash hash;

	if (!ots_candidate(m, key, sig, value) ||
	    !hash_begin(&hash, key->id, node, D_LEAF))
		return DV_CRYPTO_FAILED;
	dv_hash_update(&hash, (struct dv_bytes){ value, size });
	if (!hash_end(&hash, size, value))
		return DV_CRYPTO_FAILED;
	for (unsigned i = 0; i < key->tree.h; i++, node /= 2) {
		const struct dv_bytes own = { value, size },
		    other = dv_bytes_cut(sig->path, (size_t)i * size, size);

		if (!hash_begin(&hash, key->id, node / 2, D_INTR))
			return DV_CRYPTO_FAILED;
		dv_hash_update(&hash, node % 2 == 1 ? other : own);
		dv_hash_update(&hash, node % 2 == 1 ? own : other);
		if (!hash_end(&hash, size, value))
			return DV_CRYPTO_FAILED;
	}
	return dv_bytes_equal((struct dv_bytes){ value, size }, key->root) ?
	    DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

/* An LMS signature of the key's types: q, type, C, y, type, path. */
static bool
signature_take(struct dv_bytes *in, const struct lms_key *key,
    struct lms_signature *out)
{
	const struct ots *o = key->ots;
	uint32_t ots_type, tree_type;

	return take_number(in, &out->q) && take_number(in, &ots_type) &&
	    ots_type == o->type && take(in, o->n, &out->c) &&
	    take(in, (size_t)o->p * o->n, &out->y) &&
	    take_number(in, &tree_type) &&
	    tree_type == number(key->octets.ptr) &&
	    out->q < (uint32_t)1 << key->tree.h &&
	    take(in, (size_t)key->tree.h * key->tree.m, &out->path);
}

/* ---- levels, RFC 8554 6.3 algorithm 7 ---------------------------------- */

static bool
hss_key_take(struct dv_bytes in, uint32_t *levels, struct lms_key *out)
{
	return take_number(&in, levels) && *levels >= 1 &&
	    *levels <= DV_MAX_HSS_LEVELS && key_take(&in, out) && in.len == 0;
}

enum dv_crypto
dv_lms_key(const struct dv_key *key)
{
	struct lms_key top;
	uint32_t levels;

	return hss_key_take(key->octets, &levels, &top) ? DV_CRYPTO_VALID :
	    DV_CRYPTO_INVALID;
}

/* Each key but the top one is the message that the one above it signed. */
enum dv_crypto
dv_lms_verify(const struct dv_crypto_check *c)
{
	struct dv_bytes in = c->signature;
	struct lms_key key, next;
	struct lms_signature sig;
	uint32_t levels, below;

	if (!hss_key_take(c->key->octets, &levels, &key) ||
	    !take_number(&in, &below) || below != levels - 1)
		return DV_CRYPTO_INVALID;
	for (uint32_t i = 0; i < below; i++) {
		struct dv_crypto_check link = *c;
		enum dv_crypto answer;

		if (!signature_take(&in, &key, &sig) || !key_take(&in, &next))
			return DV_CRYPTO_INVALID;
		link.parts = &next.octets;
		link.part_count = 1;
		answer = tree_check(&link, &key, &sig);
		if (answer != DV_CRYPTO_VALID)
			return answer;
		key = next;
	}
	if (!signature_take(&in, &key, &sig) || in.len != 0)
		return DV_CRYPTO_INVALID;
	return tree_check(c, &key, &sig);
}

#else

enum dv_crypto
dv_lms_key(const struct dv_key *key)
{
	(void)key;
	return DV_CRYPTO_FAILED;
}

enum dv_crypto
dv_lms_verify(const struct dv_crypto_check *c)
{
	(void)c;
	return DV_CRYPTO_FAILED;
}

#endif
