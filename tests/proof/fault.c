/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cryptography that fails: for each accepted vector the first, second, third
 * ... call through the seam fails in each way it can. Whatever is accepted
 * nevertheless rests on signatures that verified, on keys that were looked at
 * and, where it says good, on a CRL that verified. Usage: proof_fault DIR.
 */
#include <string.h>

#include "crypto.h"
#include "each.h"
#include "rsa.h"

enum dv_crypto __real_dv_crypto_key(const struct dv_key *key);
enum dv_crypto __real_dv_crypto_verify(const struct dv_crypto_check *c);
bool __real_dv_hash_start(struct dv_hash *hash, enum dv_hash_id id);
size_t __real_dv_hash_finish(struct dv_hash *hash, uint8_t *out);
size_t __real_dv_hash_once(enum dv_hash_id id, struct dv_bytes bytes,
    uint8_t *out);
enum dv_reason __real_dv_rsa_check(const struct dv_key *key, struct dv_at *at);
enum dv_crypto __wrap_dv_crypto_key(const struct dv_key *key);
enum dv_crypto __wrap_dv_crypto_verify(const struct dv_crypto_check *c);
bool __wrap_dv_hash_start(struct dv_hash *hash, enum dv_hash_id id);
size_t __wrap_dv_hash_finish(struct dv_hash *hash, uint8_t *out);
size_t __wrap_dv_hash_once(enum dv_hash_id id, struct dv_bytes bytes,
    uint8_t *out);
enum dv_reason __wrap_dv_rsa_check(const struct dv_key *key, struct dv_at *at);

#define MAX_GOOD 512

/* Functions of the seam, and how often each was asked; none may be never. */
static struct {
	unsigned long key, verify, start, finish, once;
} asked;

/* What happened in one question. */
static struct {
	unsigned calls;
	unsigned fail_at;	/* 0: none */
	enum dv_crypto instead;
	bool hash_failed;
	enum dv_hash_id failed_hash;	/* one done in steps */
	struct parts {
		size_t count;
		struct dv_bytes at[MAX_GOOD];
	} signed_parts, keys;	/* what verified, and keys that were good */
} seam;

static unsigned long faults;

/* Signed parts of several signatures that verify when nothing fails. */
static size_t all_good;

/* A hash-based signature asks for thousands of hashes: then every k-th fails. */
#define MOST_FAULTS 100

static bool
fails_now(void)
{
	return ++seam.calls == seam.fail_at;
}

static void
note(struct parts *parts, struct dv_bytes part)
{
	if (parts->count < MAX_GOOD)
		parts->at[parts->count++] = part;
}

enum dv_crypto
__wrap_dv_crypto_key(const struct dv_key *key)
{
	enum dv_crypto answer = fails_now() ? seam.instead :
	    __real_dv_crypto_key(key);

	asked.key++;
	if (answer == DV_CRYPTO_VALID)
		note(&seam.keys, key->octets);
	return answer;
}

/* No call through the seam; says that an RSA key was looked at. */
enum dv_reason
__wrap_dv_rsa_check(const struct dv_key *key, struct dv_at *at)
{
	enum dv_reason reason = __real_dv_rsa_check(key, at);

	if (reason == DV_R_NONE)
		note(&seam.keys, key->octets);
	return reason;
}

enum dv_crypto
__wrap_dv_crypto_verify(const struct dv_crypto_check *c)
{
	enum dv_crypto answer = fails_now() ? seam.instead :
	    __real_dv_crypto_verify(c);

	asked.verify++;
	for (size_t i = 0; answer == DV_CRYPTO_VALID && i < c->part_count; i++)
		note(&seam.signed_parts, c->parts[i]);
	return answer;
}

bool
__wrap_dv_hash_start(struct dv_hash *hash, enum dv_hash_id id)
{
	asked.start++;
	if (!fails_now()) {
		/* Begun again, as a module that is read twice: all is well. */
		if (seam.failed_hash == id)
			seam.hash_failed = false;
		return __real_dv_hash_start(hash, id);
	}
	seam.hash_failed = true;
	seam.failed_hash = id;
	return false;
}

size_t
__wrap_dv_hash_finish(struct dv_hash *hash, uint8_t *out)
{
	asked.finish++;
	if (!fails_now())
		return __real_dv_hash_finish(hash, out);
	seam.hash_failed = true;
	seam.failed_hash = hash->id;
	memset(out, 0, DV_MAX_DIGEST);
	return 0;
}

size_t
__wrap_dv_hash_once(enum dv_hash_id id, struct dv_bytes bytes, uint8_t *out)
{
	asked.once++;
	if (!fails_now())
		return __real_dv_hash_once(id, bytes, out);
	seam.hash_failed = true;
	memset(out, 0, DV_MAX_DIGEST);
	return 0;
}

/* How many of these parts are inside the whole? */
static size_t
count_inside(const struct parts *parts, struct dv_bytes whole)
{
	size_t count = 0;

	for (size_t i = 0; i < parts->count; i++)
		count += parts->at[i].len > 0 &&
		    parts->at[i].ptr >= whole.ptr &&
		    parts->at[i].ptr + parts->at[i].len <=
		    whole.ptr + whole.len;
	return count;
}

static bool
any_inside(const struct parts *parts, struct dv_bytes whole)
{
	return count_inside(parts, whole) > 0;
}

/* What is called good is so by a CRL whose signature verified. */
static bool
status_rests(const struct vector *v, const struct answer *a)
{
	if (strstr(a->statuses, "good") == NULL)
		return true;
	for (size_t i = 0; i < v->in.crl_count; i++)
		if (any_inside(&seam.signed_parts, v->in.crls[i]))
			return true;
	return false;
}

static bool
chain_rests(const struct vector *v, const struct answer *a)
{
	for (size_t u = 0; u < a->used_count; u++) {
		struct dv_bytes whole = v->in.main;

		for (size_t i = 0; i < v->in.pile_count; i++)
			if (a->used[u] == v->in.pile[i].ptr)
				whole = v->in.pile[i];
		if (a->used[u] == v->in.signer.ptr)
			whole = v->in.signer;
		/* In an envelope the certificate's end is not told: its
		 * beginning is enough, the body begins some octets later. */
		if ((v->kind == KIND_SIGN1 || v->kind == KIND_VOUCHER) &&
		    whole.ptr == v->in.main.ptr)
			whole = (struct dv_bytes){ a->used[u],
			    (size_t)(v->in.main.ptr + v->in.main.len -
			    a->used[u]) };
		if (!any_inside(&seam.signed_parts, whole) ||
		    !any_inside(&seam.keys, whole))
			return false;
	}
	return a->used_count > 0 && status_rests(v, a);
}

/* A module is hashed in each way before anybody knows which one is asked for. */
static bool
hash_unasked(const struct vector *v, const struct answer *a)
{
	return v->kind == KIND_WASM && seam.failed_hash != DV_HASH_NONE &&
	    (a->hashes & 1u << seam.failed_hash) == 0;
}

/* Of several signatures each is good, as when nothing failed. */
static bool
several_rest(const struct vector *v)
{
	/* A module's envelopes are read from a copy. */
	const size_t good = v->kind == KIND_WASM ? seam.signed_parts.count :
	    count_inside(&seam.signed_parts, v->in.main);

	if (seam.fail_at == 0)
		all_good = good;
	return good > 0 && good == all_good;
}

/* Accepted, and by right? */
static bool
rests(const struct vector *v, const struct answer *a)
{
	if (a->verdict.status != DV_ACCEPTED)
		return true;
	if (seam.hash_failed && !hash_unasked(v, a))
		return false;
	if (v->kind == KIND_REQUEST || v->kind == KIND_RECEIPT)
		return seam.fail_at == 0;
	if (v->kind == KIND_SIGN || v->kind == KIND_WASM)
		return several_rest(v);
	if ((v->kind == KIND_SIGN1 || v->kind == KIND_VOUCHER) &&
	    !any_inside(&seam.signed_parts, v->in.main))
		return false;
	return chain_rests(v, a);
}

static bool
fault_try(const struct vector *v, unsigned n, enum dv_crypto instead)
{
	struct answer a;

	memset(&seam, 0, sizeof(seam));
	seam.fail_at = n;
	seam.instead = instead;
	a = vector_ask(v, &v->in);
	faults++;
	return rests(v, &a) && a.broken == NULL;
}

static void
faults_try(const struct vector *v)
{
	char note[64] = "";
	unsigned calls, n, step;
	bool ok = true;

	/* Of a certificate or a list alone only the form is judged; where
	 * fewer than all signatures are enough, one may fail. */
	if (!v->expect.accepted || v->kind == KIND_CERT ||
	    v->kind == KIND_CRL || v->kind == KIND_MANIFEST ||
	    v->expect.threshold > 0)
		return;
	ok = fault_try(v, 0, DV_CRYPTO_FAILED);
	calls = seam.calls;
	/* A receipt is no signature; only one before it is hashed. */
	if (v->kind == KIND_RECEIPT && calls == 0)
		return;
	/* A reduced build refuses it before. */
	if (calls == 0 && vector_needs_left_out(v))
		return;
	step = calls / MOST_FAULTS + 1;
	for (n = 1; ok && n <= calls; n += step)
		ok = fault_try(v, n, DV_CRYPTO_FAILED) &&
		    fault_try(v, n, DV_CRYPTO_INVALID);
	snprintf(note, sizeof(note), ": %u calls%s", calls,
	    ok ? "" : ", accepted when the last named failed");
	tap(ok && calls > 0, v->name, note);
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: proof_fault DIR\n");
		return 2;
	}
	each_vector(argv[1], faults_try);
	tap(asked.key > 0 && asked.verify > 0 && asked.start > 0 &&
	    asked.finish > 0 && asked.once > 0,
	    "every function of the seam was asked", "");
	printf("# %lu faults\n", faults);
	return tap_end();
}
