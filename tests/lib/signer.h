/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A root, an intermediate and a signer for tests, made at run time with fresh
 * keys in a temporary directory. What a test is about it changes in the
 * template of the signer's certificate.
 */
#ifndef LIB_SIGNER_H
#define LIB_SIGNER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"
#include "ds_der.h"
#include "ds_sign1.h"
#include "key_type.h"
#include "sign1.h"

#define NOW INT64_C(1772323200)		/* 2026-03-01T00:00:00Z */
#define DAY INT64_C(86400)

#define EKU_CODE_SIGNING "1.3.6.1.5.5.7.3.3"
#define EKU_CLIENT_AUTH "1.3.6.1.5.5.7.3.2"
#define EKU_ANY "2.5.29.37.0"

struct person {
	struct ds_key *key;
	struct dv_buf cert;
	const char *name;
};

/* A certificate to be: what differs between the three, and between tests. */
struct template {
	const struct person *subject, *issuer;
	unsigned serial;
	bool ca;
	unsigned usage;			/* DV_KU_*, 0: no keyUsage */
	const char *eku;		/* dotted, NULL: no extKeyUsage */
	int64_t not_before, not_after;
};

struct pki {
	struct person root, mid, leaf;
	struct dv_cert root_cert;
	struct dv_anchor anchor;
	struct ds_chain chain;
};

static inline struct ds_key *
key_new(enum dv_key_type type)
{
	char dir[] = "/tmp/signer.XXXXXX", path[64], spec[80];
	struct ds_access access = ds_access_default();
	struct ds_key *key = NULL;
	struct dv_err err;
	bool created = false;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/key.pem", dir);
	(void)snprintf(spec, sizeof(spec), "file:%s", path);
	access.secret.none = true;
	assert_int_equal(ds_key_create(&(struct ds_key_new){ .spec = spec,
	    .type = key_type(type), .access = &access }, &key, &created, &err),
	    DV_EXIT_YES);
	assert_true(created);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	return key;
}

static inline void
put_extension(struct ds_der *w, const char *oid, bool critical,
    const struct ds_der *value)
{
	const struct dv_bytes bytes = ds_der_done(value);

	assert_non_null(bytes.ptr);
	ds_der_begin(w, 0x30);
	ds_der_oid_text(w, oid);
	if (critical)
		ds_der_boolean(w, true);
	ds_der_element(w, 0x04, bytes);
	ds_der_end(w);
}

/* A key identifier that only has to be the same for the same key. */
static inline struct dv_bytes
key_id(const struct person *p)
{
	const struct dv_bytes point = ds_key_public(p->key)->octets;

	return dv_bytes_cut(point, point.len - 20, 20);
}

static inline void
put_extensions(struct ds_der *w, const struct template *t)
{
	uint8_t room[256];
	struct ds_der v = ds_der_start(room, sizeof(room));

	if (t->subject != t->issuer) {
		ds_der_begin(&v, 0x30);
		ds_der_element(&v, 0x80, key_id(t->issuer));
		ds_der_end(&v);
		put_extension(w, "2.5.29.35", false, &v);
	}
	v = ds_der_start(room, sizeof(room));
	ds_der_element(&v, 0x04, key_id(t->subject));
	put_extension(w, "2.5.29.14", false, &v);
	if (t->usage != 0) {
		v = ds_der_start(room, sizeof(room));
		ds_der_named_bits(&v, t->usage);
		put_extension(w, "2.5.29.15", true, &v);
	}
	if (t->ca) {
		v = ds_der_start(room, sizeof(room));
		ds_der_begin(&v, 0x30);
		ds_der_boolean(&v, true);
		ds_der_end(&v);
		put_extension(w, "2.5.29.19", true, &v);
	}
	if (t->eku != NULL) {
		v = ds_der_start(room, sizeof(room));
		ds_der_begin(&v, 0x30);
		ds_der_oid_text(&v, t->eku);
		ds_der_end(&v);
		put_extension(w, "2.5.29.37", false, &v);
	}
}

static inline void
put_name(struct ds_der *w, const char *name)
{
	struct dv_err err;

	assert_int_equal(ds_der_name(w, name, &err), DV_EXIT_YES);
}

/* Makes t->subject's certificate anew. */
static inline void
certify(const struct template *t, struct person *subject)
{
	uint8_t room[2048];
	struct ds_der w = ds_der_start(room, sizeof(room));
	const struct dv_key *pub = ds_key_public(t->subject->key);
	struct dv_err err;

	ds_der_begin(&w, 0x30);
	ds_der_begin(&w, 0xa0);
	ds_der_small(&w, 2);
	ds_der_end(&w);
	ds_der_small(&w, t->serial);
	ds_der_sig_alg(&w, dv_sig_for_key(ds_key_public(t->issuer->key)->type));
	put_name(&w, t->issuer->name);
	ds_der_begin(&w, 0x30);
	ds_der_time(&w, (dv_time){ t->not_before });
	ds_der_time(&w, (dv_time){ t->not_after });
	ds_der_end(&w);
	put_name(&w, t->subject->name);
	ds_der_spki(&w, pub->type, pub->octets);
	ds_der_begin(&w, 0xa3);
	ds_der_begin(&w, 0x30);
	put_extensions(&w, t);
	ds_der_end(&w);
	ds_der_end(&w);
	ds_der_end(&w);
	assert_non_null(ds_der_done(&w).ptr);
	dv_buf_free(&subject->cert);
	assert_int_equal(ds_der_signed(t->issuer->key, ds_der_done(&w),
	    &subject->cert, &err), DV_EXIT_YES);
}

static inline struct template
leaf_template(const struct pki *p)
{
	return (struct template){ .subject = &p->leaf, .issuer = &p->mid,
	    .serial = 3, .usage = DV_KU_DIGITAL_SIGNATURE,
	    .eku = EKU_CODE_SIGNING, .not_before = NOW - 30 * DAY,
	    .not_after = NOW + 30 * DAY };
}

/* The signer with another certificate, chain and all. */
static inline void
leaf_certify(struct pki *p, const struct template *t)
{
	certify(t, &p->leaf);
	p->chain = (struct ds_chain){ .cert = { dv_buf_bytes(&p->leaf.cert),
	    dv_buf_bytes(&p->mid.cert), dv_buf_bytes(&p->root.cert) },
	    .count = 3, .ends_in_root = true };
}

static inline struct pki *
pki_new(enum dv_key_type type)
{
	struct pki *p = calloc(1, sizeof(*p));
	struct template t;
	struct dv_at at;

	assert_non_null(p);
	p->root = (struct person){ .key = key_new(DV_KEY_P256),
	    .name = "CN=Root,O=Acme" };
	p->mid = (struct person){ .key = key_new(DV_KEY_P256),
	    .name = "CN=Factory,O=Acme" };
	p->leaf = (struct person){ .key = key_new(type),
	    .name = "serialNumber=0042,CN=unit-0042,O=Acme" };
	t = (struct template){ .subject = &p->root, .issuer = &p->root,
	    .serial = 1, .ca = true, .usage = DV_KU_KEY_CERT_SIGN,
	    .not_before = NOW - 60 * DAY, .not_after = NOW + 60 * DAY };
	certify(&t, &p->root);
	t.subject = &p->mid;
	t.serial = 2;
	certify(&t, &p->mid);
	t = leaf_template(p);
	leaf_certify(p, &t);
	assert_int_equal(dv_cert_parse(dv_buf_bytes(&p->root.cert),
	    &p->root_cert, &at), DV_R_NONE);
	assert_int_equal(dv_anchor_from_cert(&p->root_cert, &p->anchor, &at),
	    DV_R_NONE);
	return p;
}

static inline void
pki_free(struct pki *p)
{
	struct person *all[] = { &p->root, &p->mid, &p->leaf };

	for (size_t i = 0; i < 3; i++) {
		ds_key_close(all[i]->key);
		dv_buf_free(&all[i]->cert);
	}
	free(p);
}

/* One with a P-256 signer, for the tests of a group that needs no other. */
static struct pki *pki;

static inline int
pki_setup(void **state)
{
	(void)state;
	pki = pki_new(DV_KEY_P256);
	return 0;
}

static inline int
pki_teardown(void **state)
{
	(void)state;
	pki_free(pki);
	return 0;
}

/* The digest of nothing in particular. */
static const uint8_t digest_octets[DV_MAX_DIGEST] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static inline struct ds_sign1_new
order(const struct pki *p)
{
	return (struct ds_sign1_new){ .key = p->leaf.key, .chain = &p->chain,
	    .hash = DV_HASH_SHA256, .digest = { digest_octets, 32 },
	    .preimage_type = DV_SIGN1_OCTETS, .sub = "app.bin",
	    .iat = { NOW } };
}

static inline void
sign(const struct ds_sign1_new *what, struct dv_buf *out)
{
	struct dv_err err = { "", "" };
	enum dv_exit exit = ds_sign1_make(what, out, &err);

	assert_string_equal(err.what, "");
	assert_int_equal(exit, DV_EXIT_YES);
}

#endif
