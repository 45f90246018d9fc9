/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chain of three P-256 certificates, judged by the library beside OpenSSL's
 * X509_verify_cert(), from DER to verdict, in turn, with fresh keys. Prints the
 * medians and their ratio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "dv_chain.h"

#define ROUNDS 1001

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
	must(X509_sign(x, by, EVP_sha256()) > 0, "signing");
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
	qsort(times, ROUNDS, sizeof(times[0]), by_size);
	return times[ROUNDS / 2];
}

int
main(void)
{
	static double a[ROUNDS], b[ROUNDS];
	EVP_PKEY *keys[3];
	X509 *r, *i, *l;
	struct dv_at at;
	double start, us, them;

	for (int k = 0; k < 3; k++)
		keys[k] = EVP_EC_gen("P-256");
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
	for (int n = 0; n < ROUNDS; n++) {
		start = now();
		ours();
		a[n] = now() - start;
		start = now();
		theirs();
		b[n] = now() - start;
	}
	us = median(a);
	them = median(b);
	printf("chain of three P-256 certificates: %.1f us, X509_verify_cert "
	    "%.1f us, ratio %.2f\n", us, them, us / them);
	return 0;
}
