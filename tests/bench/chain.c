/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains of three certificates, judged by the library beside OpenSSL's
 * X509_verify_cert(), from DER to verdict, in turn, with fresh keys.
 * usage: bench_chain              the medians and their ratio, for each type of
 *                                 key: `TYPE US RATIO` with the peer's time
 *        bench_chain write DIR N  root.pem and N chains (P-256, leaf and
 *                                 intermediate), DIR/0.pem and so on
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "dv_chain.h"

#define CHAINS 15		/* of each type, each with keys of its own */
#define ROUNDS 67		/* of each chain */
#define TIMES (CHAINS * ROUNDS)

struct der {
	uint8_t *ptr;
	int len;
};

static void
must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(3);
}

static void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(e != NULL && X509_add_ext(cert, e, -1) == 1, "extension");
	X509_EXTENSION_free(e);
}

static const EVP_MD *
digest_for(EVP_PKEY *key)
{
	if (EVP_PKEY_id(key) == EVP_PKEY_ED25519)
		return NULL;
	return EVP_PKEY_id(key) == EVP_PKEY_EC && EVP_PKEY_bits(key) == 384 ?
	    EVP_sha384() : EVP_sha256();
}

/* One certificate; issuer NULL: self-signed. */
static X509 *
cert_make(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *by)
{
	X509 *x = X509_new();
	X509_NAME *subject = X509_get_subject_name(x);
	bool ca = by != NULL && strcmp(name, "leaf") != 0;

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1 + rand());
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
	    (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, issuer != NULL ?
	    X509_get_subject_name(issuer) : subject);
	X509_set_pubkey(x, key);
	extend(x, issuer != NULL ? issuer : x, NID_subject_key_identifier,
	    "hash");
	if (issuer != NULL)
		extend(x, issuer, NID_authority_key_identifier, "keyid:always");
	if (ca)
		extend(x, x, NID_basic_constraints, "critical,CA:TRUE");
	extend(x, x, NID_key_usage, ca ? "critical,keyCertSign,cRLSign" :
	    "critical,digitalSignature");
	must(X509_sign(x, by, digest_for(by)) > 0, "signing");
	return x;
}

static struct der
der_of(X509 *x)
{
	struct der out = { NULL, 0 };

	out.len = i2d_X509(x, &out.ptr);
	must(out.len > 0, "encoding");
	return out;
}

static struct dv_bytes
bytes_of(struct der der)
{
	return (struct dv_bytes){ der.ptr, (size_t)der.len };
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- the two ---- */

static struct der leaf, inter, root;
static struct dv_anchor anchor;
static struct dv_cert root_cert;
static X509_STORE *store;

static void
ours(void)
{
	static struct dv_work work;
	static struct dv_path path;
	const struct dv_bytes pile[] = { bytes_of(inter) };
	const struct dv_chain chain = { .leaf = bytes_of(leaf),
	    .intermediates = pile, .intermediate_count = 1,
	    .anchors = &anchor, .anchor_count = 1 };
	const struct dv_policy policy = dv_policy_strict((dv_time){
	    (int64_t)time(NULL) });

	must(dv_chain_verify(&chain, &policy, &work, &path).status ==
	    DV_ACCEPTED, "our verdict is not accepted");
}

static X509 *
x509_of(struct der der)
{
	const unsigned char *p = der.ptr;

	return d2i_X509(NULL, &p, der.len);
}

static void
theirs(void)
{
	X509 *l = x509_of(leaf), *i = x509_of(inter);
	STACK_OF(X509) *pile = sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	sk_X509_push(pile, i);
	X509_STORE_CTX_init(ctx, store, l, pile);
	must(X509_verify_cert(ctx) == 1, "OpenSSL's verdict is not ok");
	X509_STORE_CTX_free(ctx);
	sk_X509_pop_free(pile, X509_free);
	X509_free(l);
}

/* ---- measuring ---- */

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *times)
{
	qsort(times, TIMES, sizeof(times[0]), by_size);
	return times[TIMES / 2];
}

/* ---- the chains ---- */

static EVP_PKEY *
key_p256(void)
{
	return EVP_EC_gen("P-256");
}

static EVP_PKEY *
key_p384(void)
{
	return EVP_EC_gen("P-384");
}

static EVP_PKEY *
key_rsa(void)
{
	return EVP_RSA_gen(2048);
}

static EVP_PKEY *
key_ed25519(void)
{
	return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

static const struct kind {
	const char *name;
	EVP_PKEY *(*key)(void);
} kinds[] = {
	{ "P-256", key_p256 },
	{ "P-384", key_p384 },
	{ "RSA-2048", key_rsa },
	{ "Ed25519", key_ed25519 },
};

/* Three certificates by new keys, as DER and as OpenSSL's store. */
static void
chain_make(const struct kind *kind)
{
	EVP_PKEY *keys[3];
	X509 *r, *i, *l;
	struct dv_at at;

	for (int k = 0; k < 3; k++) {
		keys[k] = kind->key();
		must(keys[k] != NULL, "making a key");
	}
	r = cert_make("root", keys[0], NULL, keys[0]);
	i = cert_make("factory", keys[1], r, keys[0]);
	l = cert_make("leaf", keys[2], i, keys[1]);
	root = der_of(r);
	inter = der_of(i);
	leaf = der_of(l);
	store = X509_STORE_new();
	X509_STORE_add_cert(store, r);
	must(dv_cert_parse(bytes_of(root), &root_cert, &at) == DV_R_NONE &&
	    dv_anchor_from_cert(&root_cert, &anchor, &at) == DV_R_NONE,
	    "the root makes no anchor");
}

static void
measure(const struct kind *kind)
{
	static double a[TIMES], b[TIMES];
	static double ratio[TIMES];
	double start;

	for (int n = 0; n < TIMES; n++) {
		if (n % ROUNDS == 0)
			chain_make(kind);
		start = now();
		ours();
		a[n] = now() - start;
		start = now();
		theirs();
		b[n] = now() - start;
		ratio[n] = b[n] / a[n];
	}
	printf("%s %.1f %.3f %.1f\n", kind->name, median(a), median(ratio),
	    median(b));
}

static void
write_pem(const char *path, X509 *one, X509 *two)
{
	FILE *out = fopen(path, "w");

	must(out != NULL && PEM_write_X509(out, one) == 1 &&
	    (two == NULL || PEM_write_X509(out, two) == 1) &&
	    fclose(out) == 0, path);
}

/* All by one intermediate; each leaf with a key of its own. */
static void
write_chains(const char *dir, long count)
{
	EVP_PKEY *keys[2] = { key_p256(), key_p256() }, *key;
	X509 *r = cert_make("root", keys[0], NULL, keys[0]);
	X509 *i = cert_make("factory", keys[1], r, keys[0]), *l;
	char path[256];

	write_pem("root.pem", r, NULL);
	for (long n = 0; n < count; n++) {
		key = key_p256();
		l = cert_make("leaf", key, i, keys[1]);
		snprintf(path, sizeof(path), "%s/%ld.pem", dir, n);
		write_pem(path, l, i);
		X509_free(l);
		EVP_PKEY_free(key);
	}
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "write") == 0) {
		write_chains(argv[2], strtol(argv[3], NULL, 10));
		return 0;
	}
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		measure(&kinds[k]);
	return 0;
}
