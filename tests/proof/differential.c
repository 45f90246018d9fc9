/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict beside OpenSSL's: on every chain vector, and on chains made of
 * the accepted ones by altering a certificate and signing all of them anew.
 * What is accepted here and refused there must be on a written list.
 * Usage: proof_differential DIR LIST [COUNT [SEED]]. Prints TAP.
 */
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "edit.h"
#include "listed.h"

#define MAX_CERTS 12
#define MAX_VECTORS 1024

/* SubjectPublicKeyInfo of a P-256 key, up to and with the point's 04. */
static const uint8_t spki_head[] = {
	0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
	0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03,
	0x42, 0x00, 0x04,
};
static const uint8_t ecdsa_sha256[] = {
	0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
};

static struct {
	unsigned long both_accept, both_refuse, only_we, only_they;
} count;

/* ---- OpenSSL ---- */

static X509 *
x509_of(struct dv_bytes der)
{
	const unsigned char *p = der.ptr;
	X509 *x = d2i_X509(NULL, &p, (long)der.len);

	if (x != NULL && p != der.ptr + der.len) {
		X509_free(x);
		x = NULL;
	}
	return x;
}

#define ODD "attribute is no usual string"

/* Has a name an attribute whose value is none of the usual strings? */
static bool
odd_attribute(struct dv_bytes der)
{
	static struct edited d;
	static struct tree t;

	if (der.len > EDIT_MAX)
		return false;
	memcpy(d.octets, der.ptr, der.len);
	d.len = der.len;
	tree_read(&d, &t);
	for (int i = 1; i < t.count; i++) {
		const int pair = t.e[i].up;
		const int set = pair < 0 ? -1 : t.e[pair].up;

		if (set >= 0 && d.octets[t.e[set].at] == 0x31 &&
		    t.e[i - 1].up == pair &&
		    d.octets[t.e[i - 1].at] == 0x06 && strchr(
		    "\x0c\x13\x14\x16\x1e", d.octets[t.e[i].at]) == NULL)
			return true;
	}
	return false;
}

/* NULL when OpenSSL can read all of them. */
static const char *
unreadable(const struct dv_bytes *certs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		X509 *x = x509_of(certs[i]);

		if (x == NULL)
			return odd_attribute(certs[i]) ?
			    ODD :
			    "unreadable certificate";
		X509_free(x);
	}
	return NULL;
}

static X509_STORE *
store_of(const struct inputs *in, const struct dv_policy *policy)
{
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;

	for (size_t i = 0; i < in->anchor_count; i++) {
		X509 *x = x509_of(in->anchors[i]);

		if (x != NULL)
			X509_STORE_add_cert(store, x);
		X509_free(x);
	}
	if (policy->profile == DV_PROFILE_STRICT)
		flags |= X509_V_FLAG_X509_STRICT;
	X509_VERIFY_PARAM_set_flags(param, flags);
	/* A commonName is no dNSName (RFC 5280 4.2.1.10). */
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	X509_VERIFY_PARAM_set_time(param, (time_t)policy->at.s);
	return store;
}

/* "ok", or why not. */
static const char *
openssl_ask(const struct inputs *in, const struct dv_policy *policy)
{
	X509 *leaf = x509_of(in->main);
	STACK_OF(X509) *pile = sk_X509_new_null();
	X509_STORE *store = store_of(in, policy);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	const char *answer = unreadable(&in->main, 1);

	for (size_t i = 0; i < in->pile_count; i++) {
		X509 *x = x509_of(in->pile[i]);

		if (x != NULL)
			sk_X509_push(pile, x);
	}
	if (leaf != NULL && X509_STORE_CTX_init(ctx, store, leaf, pile) == 1) {
		answer = X509_verify_cert(ctx) == 1 ? "ok" :
		    X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(ctx));
	}
	if (strstr(answer, "unspecified") != NULL && odd_attribute(in->main))
		answer = ODD;
	/* What it cannot read is the reason why it finds no issuer. */
	if (strcmp(answer, "ok") != 0 && unreadable(in->anchors,
	    in->anchor_count) != NULL)
		answer = unreadable(in->anchors, in->anchor_count);
	if (strcmp(answer, "ok") != 0 && unreadable(in->pile,
	    in->pile_count) != NULL)
		answer = unreadable(in->pile, in->pile_count);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_pop_free(pile, X509_free);
	X509_free(leaf);
	return answer;
}

/* ---- comparing ---- */

/* True when the two agree, we are the stricter, or the list has it. */
static bool
compare(const struct vector *v, const struct inputs *in, const char *name,
    const char **why)
{
	const struct answer a = vector_ask(v, in);
	bool ours = a.verdict.status == DV_ACCEPTED;
	bool theirs;

	*why = openssl_ask(in, &v->expect.policy);
	theirs = strcmp(*why, "ok") == 0;
	count.both_accept += ours && theirs;
	count.both_refuse += !ours && !theirs;
	count.only_they += !ours && theirs;
	count.only_we += ours && !theirs;
	if (!ours || theirs)
		return true;
	return is_listed(name, *why) || is_listed(v->name, *why);
}

static void
vector_compare(const struct vector *v)
{
	const char *why;
	char note[160];

	if (!compare(v, &v->in, v->name, &why)) {
		snprintf(note, sizeof(note), ": accepted, OpenSSL: %s", why);
		tap(false, v->name, note);
	}
}

/* ---- chains made anew ---- */

/* A chain that can be signed anew: leaf, its issuers, the anchor. */
struct world {
	struct vector *v;
	struct dv_bytes cert[MAX_CERTS];
	size_t count;
};

static struct world worlds[MAX_VECTORS];
static size_t world_count;
static EVP_PKEY *keys[MAX_CERTS];

static size_t
find(struct dv_bytes in, const uint8_t *what, size_t len)
{
	for (size_t i = 0; i + len <= in.len; i++)
		if (memcmp(in.ptr + i, what, len) == 0)
			return i;
	return SIZE_MAX;
}

/* The signed part, whole; empty when the form is not the usual one. */
static struct dv_bytes
tbs_of(struct dv_bytes der)
{
	struct dv_bytes none = { NULL, 0 };
	size_t len;

	if (der.len < 8 || der.ptr[0] != 0x30 || der.ptr[1] != 0x82 ||
	    der.ptr[4] != 0x30 || der.ptr[5] != 0x82)
		return none;
	len = 4 + ((size_t)der.ptr[6] << 8 | der.ptr[7]);
	return len + 4 > der.len ? none :
	    (struct dv_bytes){ der.ptr + 4, len };
}

/* Only P-256 with SHA-256 can be signed anew here. */
static bool
can_make(struct dv_bytes der)
{
	struct dv_bytes tbs = tbs_of(der);

	return tbs.len > 0 && tbs.len < 4096 &&
	    find(tbs, spki_head, sizeof(spki_head)) != SIZE_MAX &&
	    find(tbs, ecdsa_sha256, sizeof(ecdsa_sha256)) != SIZE_MAX;
}

/* Keeps the accepted vectors whose path can be made anew. */
static void
world_keep(const struct vector *seen)
{
	struct vector *v;
	struct answer a;
	struct world *w = &worlds[world_count];

	if (!seen->expect.accepted || seen->in.anchor_count != 1 ||
	    world_count == MAX_VECTORS)
		return;
	v = vector_load("vectors", KIND_CHAIN, strchr(seen->name, '/') + 1);
	a = vector_ask(v, &v->in);
	w->v = v;
	w->count = 0;
	for (size_t u = 0; u < a.used_count; u++) {
		struct dv_bytes der = v->in.main;

		for (size_t i = 0; i < v->in.pile_count; i++)
			if (v->in.pile[i].ptr == a.used[u])
				der = v->in.pile[i];
		w->cert[w->count++] = der;
	}
	w->cert[w->count++] = v->in.anchors[0];
	for (size_t i = 0; i < w->count; i++) {
		if (!can_make(w->cert[i])) {
			vector_free(v);
			return;
		}
	}
	world_count++;
}

static void
key_put(struct edited *tbs, EVP_PKEY *key)
{
	size_t at = find((struct dv_bytes){ tbs->octets, tbs->len }, spki_head,
	    sizeof(spki_head)), len;
	uint8_t point[65];

	EVP_PKEY_get_octet_string_param(key, "pub", point, sizeof(point), &len);
	memcpy(tbs->octets + at + sizeof(spki_head) - 1, point, sizeof(point));
}

/* Do these octets touch an extension with this OID? */
static bool
in_extension(const struct edited *tbs, uint8_t oid, size_t at, size_t len)
{
	const uint8_t head[] = { 0x06, 0x03, 0x55, 0x1d, oid };
	size_t place = find((struct dv_bytes){ tbs->octets, tbs->len }, head,
	    sizeof(head));

	return place != SIZE_MAX && at + len + 2 > place &&
	    at < place + tbs->octets[place - 1];
}

/*
 * May these octets be altered? Not the head; not the key; not the key
 * identifiers, which OpenSSL obeys and we, as RFC 4158 3.5.12, use to choose.
 */
static bool
may_alter(const struct edited *tbs, size_t at, size_t len)
{
	size_t key = find((struct dv_bytes){ tbs->octets, tbs->len }, spki_head,
	    sizeof(spki_head));

	/* Most of what decides is behind the key: the extensions. */
	if (at < key && chance(4) != 0)
		return false;
	return at >= 4 && (at + len <= key || at >= key + 91) &&
	    !in_extension(tbs, 14, at, len) && !in_extension(tbs, 35, at, len);
}

/* SEQUENCE of signed part, algorithm and signature, in place of tbs. */
static void
sign(struct edited *cert, EVP_PKEY *key)
{
	uint8_t signature[80], body[EDIT_MAX + EDIT_FRAME];
	size_t len = sizeof(signature), n;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key);
	if (EVP_DigestSign(ctx, signature, &len, cert->octets, cert->len) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
	memcpy(body, cert->octets, cert->len);
	n = cert->len;
	memcpy(body + n, ecdsa_sha256, sizeof(ecdsa_sha256));
	n += sizeof(ecdsa_sha256);
	body[n++] = 0x03;
	body[n++] = (uint8_t)(len + 1);
	body[n++] = 0;
	memcpy(body + n, signature, len);
	n += len;
	cert->octets[0] = 0x30;
	cert->octets[1] = 0x82;
	cert->octets[2] = (uint8_t)(n >> 8);
	cert->octets[3] = (uint8_t)n;
	memcpy(cert->octets + 4, body, n);
	cert->len = n + 4;
}

static void
dump(const struct edited *cert, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("#   certificate %zu: ", i);
		for (size_t j = 0; j < cert[i].len; j++)
			printf("%02x", cert[i].octets[j]);
		printf("\n");
	}
}

static void
tbs_put(struct edited *out, const struct world *w, size_t i)
{
	const struct dv_bytes tbs = tbs_of(w->cert[i]);

	memcpy(out->octets, tbs.ptr, tbs.len);
	out->len = tbs.len;
}

static void
made_compare(unsigned long turn)
{
	static struct edited cert[MAX_CERTS], donor;
	const struct world *w = &worlds[chance((uint32_t)world_count)];
	const size_t victim = chance((uint32_t)w->count);
	struct inputs in = { .pile_count = w->count - 2, .anchor_count = 1 };
	char name[640], note[160];
	const char *why;

	tbs_put(&donor, &worlds[chance((uint32_t)world_count)], 0);
	for (size_t i = 0; i < w->count; i++) {
		tbs_put(&cert[i], w, i);
		key_put(&cert[i], keys[i]);
		if (i == victim)
			edit_some(&cert[i], &donor, may_alter);
		sign(&cert[i], keys[i + 1 < w->count ? i + 1 : i]);
	}
	in.main = (struct dv_bytes){ cert[0].octets, cert[0].len };
	for (size_t i = 1; i + 1 < w->count; i++)
		in.pile[i - 1] = (struct dv_bytes){ cert[i].octets,
		    cert[i].len };
	in.anchors[0] = (struct dv_bytes){ cert[w->count - 1].octets,
	    cert[w->count - 1].len };
	snprintf(name, sizeof(name), "%s%s", w->v->name,
	    victim + 1 == w->count ? "@anchor" : "");
	if (compare(w->v, &in, name, &why))
		return;
	snprintf(name, sizeof(name), "made %lu of %s", turn, w->v->name);
	snprintf(note, sizeof(note), ", certificate %zu: accepted, OpenSSL: %s",
	    victim, why);
	tap(false, name, note);
	if (tests_failed < 20)
		dump(cert, w->count);
}

static void
count_show(const char *what)
{
	printf("# %s: both accept %lu, both refuse %lu, only OpenSSL accepts "
	    "%lu, only we accept %lu (all but what failed on the list)\n",
	    what, count.both_accept, count.both_refuse, count.only_they,
	    count.only_we);
	memset(&count, 0, sizeof(count));
}

int
main(int argc, char **argv)
{
	unsigned long turns;
	char note[64];

	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: proof_differential DIR LIST [COUNT "
		    "[SEED]]\n");
		return 2;
	}
	turns = argc > 3 ? strtoul(argv[3], NULL, 10) : 2000;
	edit_state = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
	listed_load(argv[2]);
	for (size_t i = 0; i < MAX_CERTS; i++)
		keys[i] = EVP_EC_gen("P-256");
	each_of_kind(argv[1], KIND_CHAIN, vector_compare);
	listed_check();
	count_show("vectors");
	tap(tests_failed == 0, "vectors: nothing is accepted without a reason "
	    "that OpenSSL refuses", "");
	each_of_kind(argv[1], KIND_CHAIN, world_keep);
	for (unsigned long i = 0; i < turns && world_count > 0; i++)
		made_compare(i);
	count_show("made");
	snprintf(note, sizeof(note), ": %lu of %zu chains", turns, world_count);
	tap(tests_failed == 0 && world_count > 0, "made chains", note);
	return tap_end();
}
