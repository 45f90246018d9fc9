/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A root with its ledger in a directory of its own, and orders for it: what the
 * tests of issuing share. Real keys, a real ledger.
 */
#ifndef ISSUING_H
#define ISSUING_H

#include "bytes.h"
#include "lib/key_type.h"
#include "pki_issue.h"

#define NOW INT64_C(1772323200)		/* 2026-03-01T00:00:00Z */
#define YEAR (INT64_C(365) * 86400)

struct ca {
	char dir[64];
	struct ds_key *root_key, *key;	/* of the root, of a device */
	struct pki_ledger *ledger;
	struct dv_buf root_der;
	struct dv_cert root;
	struct dv_bytes chain[1];
	struct pki_issuer issuer;
	uint8_t room[256];
	struct dv_bytes subject;	/* CN=x,serialNumber=1 */
	struct dv_err err;
};

static inline struct ds_key *
make_key(struct ca *ca, const char *name, enum dv_key_type type)
{
	char spec[128];
	struct ds_access access = ds_access_default();
	const struct ds_key_new what = { .spec = spec,
		.type = key_type(type), .access = &access };
	struct ds_key *key;
	bool created;

	access.secret.none = true;
	(void)snprintf(spec, sizeof(spec), "file:%s/%s", ca->dir, name);
	assert_int_equal(ds_key_create(&what, &key, &created, &ca->err),
	    DV_EXIT_YES);
	return key;
}

static inline struct dv_bytes
make_name(uint8_t *room, size_t cap, const char *text)
{
	struct ds_der w = ds_der_start(room, cap);
	struct dv_err err;

	assert_int_equal(ds_der_name(&w, text, &err), DV_EXIT_YES);
	return ds_der_done(&w);
}

static inline struct pki_order
order(const struct ca *ca, const char *profile)
{
	const struct pki_profile *p = pki_profile_find(profile);

	return (struct pki_order){
		.profile = p,
		.subject = ca->subject,
		.key = ds_key_public(ca->key),
		.not_before = { NOW },
		.path_len = p->path_len,
		.now = { NOW },
	};
}

static inline void
make_root(struct ca *ca)
{
	uint8_t room[64];
	struct dv_at at;
	bool again;
	const struct pki_issuer self = { .key = ca->root_key,
	    .ledger = ca->ledger };
	struct pki_order o = order(ca, "root");

	o.subject = make_name(room, sizeof(room), "CN=Root");
	o.key = ds_key_public(ca->root_key);
	o.path_len = 1;
	assert_int_equal(pki_issue(&self, &o, &ca->root_der, &again, &ca->err),
	    DV_EXIT_YES);
	assert_false(again);
	assert_int_equal(dv_cert_parse(dv_buf_bytes(&ca->root_der), &ca->root,
	    &at), DV_R_NONE);
	ca->chain[0] = ca->root.der;
	ca->issuer = (struct pki_issuer){ ca->root_key, &ca->root, ca->chain,
	    1, ca->ledger, NULL, NULL };
}

static inline int
setup(void **state)
{
	struct ca *ca = calloc(1, sizeof(*ca));
	char path[80];

	assert_non_null(ca);
	(void)snprintf(ca->dir, sizeof(ca->dir), "/tmp/test_pki_issue.XXXXXX");
	assert_non_null(mkdtemp(ca->dir));
	(void)snprintf(path, sizeof(path), "%s/ledger", ca->dir);
	assert_int_equal(pki_ledger_create(path, false, &ca->ledger, &ca->err),
	    DV_EXIT_YES);
	ca->root_key = make_key(ca, "root", DV_KEY_P384);
	ca->key = make_key(ca, "device", DV_KEY_P256);
	ca->subject = make_name(ca->room, sizeof(ca->room),
	    "CN=x,serialNumber=1");
	make_root(ca);
	*state = ca;
	return 0;
}

static inline int
teardown(void **state)
{
	static const char *const files[] = { "root", "device", "other",
	    "ledger", "audit.log" };
	struct ca *ca = *state;
	char path[80];

	ds_key_close(ca->root_key);
	ds_key_close(ca->key);
	pki_ledger_close(ca->ledger);
	dv_buf_free(&ca->root_der);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", ca->dir, files[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(ca->dir), 0);
	free(ca);
	return 0;
}

static inline int64_t
issued(struct ca *ca)
{
	struct pki_ledger_sum sum;

	assert_int_equal(pki_ledger_sum(ca->ledger, (dv_time){ NOW }, &sum,
	    &ca->err), DV_EXIT_YES);
	return sum.issued;
}

/* One change to a good order that must be refused. */
static inline void
refused(struct ca *ca, const struct pki_order *o, const char *says)
{
	struct dv_buf der = { NULL, 0, 0 };
	bool again;

	assert_int_equal(pki_issue(&ca->issuer, o, &der, &again, &ca->err),
	    DV_EXIT_NO);
	if (strstr(ca->err.what, says) == NULL)
		fail_msg("wanted \"%s\", got \"%s\"", says, ca->err.what);
	assert_int_equal(der.len, 0);
	assert_int_equal(issued(ca), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
