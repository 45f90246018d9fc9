/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys made in a token: born there, sensitive, never to be taken out. Never a
 * second one beside a key that has the same label or id. PKCS#11 2.40 5.13.
 */
#include <string.h>

#include "bytes.h"
#include "dv_hash.h"
#include "p11.h"
#include "p11_point.h"

#define ID_LEN 20		/* octets of an id that is chosen here */
#define TEMPLATE_MAX 12

static const uint8_t f4[] = { 0x01, 0x00, 0x01 };	/* 65537 */

struct template {
	CK_ATTRIBUTE a[TEMPLATE_MAX];
	CK_ULONG count;
};

/* What both halves and both templates point into. */
struct making {
	struct ds_p11 *p;
	const struct ds_key_type *type;
	CK_BBOOL yes, no;
	CK_ULONG bits;
	uint8_t params[16], exponent[sizeof(f4)];
	uint8_t label[DS_P11_VALUE_MAX], id[DS_P11_VALUE_MAX];
	size_t label_len, id_len;
	CK_OBJECT_HANDLE public, private;
};

/* ---- what stands in the way ----------------------------------------------- */

static enum dv_exit
free_of(const struct ds_p11 *p, const struct ds_p11_query *query,
    const char *by, struct dv_err *err)
{
	struct ds_p11_found found;
	if (query->label.len + query->id.len == 0)
		return DV_EXIT_YES;
	enum dv_exit ret = ds_p11_find(p, query, &found, err);
	if (ret != DV_EXIT_YES || found.count == 0)
		return ret;
	ret = dv_fail(err, DV_EXIT_NO, "%s: a %s key with this %s is in token "
	    "\"%s\" already; nothing was made", p->where,
	    query->class == CKO_PUBLIC_KEY ? "public" : "private", by,
	    p->label);
	return dv_hint(err, ret, "two keys with one %s could be taken for each "
	    "other: name another, or delete that one with `pkcs11-tool "
	    "--delete-object`", by);
}

/* Neither label nor id may belong to any key, of whichever half. */
static enum dv_exit
check_free(const struct ds_p11 *p, struct dv_err *err)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY,
		CKO_PUBLIC_KEY };
	const struct dv_bytes label = ds_p11_uri_get(&p->uri, DS_P11_OBJECT);
	const struct dv_bytes id = ds_p11_uri_get(&p->uri, DS_P11_ID);
	const struct dv_bytes any = { NULL, 0 };
	enum dv_exit ret = DV_EXIT_YES;
	for (size_t i = 0; ret == DV_EXIT_YES && i < 2; i++) {
		ret = free_of(p, &(struct ds_p11_query){ classes[i], label,
		    any }, "label", err);
		if (ret == DV_EXIT_YES)
			ret = free_of(p, &(struct ds_p11_query){ classes[i],
			    any, id }, "id", err);
	}
	return ret;
}

/* ---- the request ---------------------------------------------------------- */

static void
add(struct template *t, CK_ATTRIBUTE_TYPE type, void *value, size_t len)
{
	if (len > 0)
		t->a[t->count++] = (CK_ATTRIBUTE){ type, value, len };
}

static void
public_fill(struct making *m, struct template *t)
{
	add(t, CKA_TOKEN, &m->yes, sizeof(m->yes));
	add(t, CKA_VERIFY, &m->yes, sizeof(m->yes));
	add(t, CKA_LABEL, m->label, m->label_len);
	add(t, CKA_ID, m->id, m->id_len);
	if (m->type->type == DV_KEY_RSA) {
		add(t, CKA_MODULUS_BITS, &m->bits, sizeof(m->bits));
		add(t, CKA_PUBLIC_EXPONENT, m->exponent, sizeof(m->exponent));
	} else {
		add(t, CKA_EC_PARAMS, m->params,
		    ds_p11_params(m->type->type).len);
	}
}

static void
private_fill(struct making *m, struct template *t)
{
	add(t, CKA_TOKEN, &m->yes, sizeof(m->yes));
	add(t, CKA_PRIVATE, &m->yes, sizeof(m->yes));
	add(t, CKA_SENSITIVE, &m->yes, sizeof(m->yes));
	add(t, CKA_EXTRACTABLE, &m->no, sizeof(m->no));
	add(t, CKA_SIGN, &m->yes, sizeof(m->yes));
	add(t, CKA_LABEL, m->label, m->label_len);
	add(t, CKA_ID, m->id, m->id_len);
	if (m->type->type == DV_KEY_RSA) {
		/* A key that signs deciphers nothing. */
		add(t, CKA_DECRYPT, &m->no, sizeof(m->no));
		add(t, CKA_UNWRAP, &m->no, sizeof(m->no));
	}
}

static enum dv_exit
generate(struct making *m, struct dv_err *err)
{
	static const struct {
		enum dv_key_type type;
		CK_MECHANISM_TYPE mechanism;
		const char *name;
	} ways[] = {
		{ DV_KEY_P256, CKM_EC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN" },
		{ DV_KEY_P384, CKM_EC_KEY_PAIR_GEN, "CKM_EC_KEY_PAIR_GEN" },
		{ DV_KEY_ED25519, CKM_EC_EDWARDS_KEY_PAIR_GEN,
		    "CKM_EC_EDWARDS_KEY_PAIR_GEN" },
		{ DV_KEY_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN,
		    "CKM_RSA_PKCS_KEY_PAIR_GEN" },
	};
	struct template public = { .count = 0 }, private = { .count = 0 };
	const struct ds_p11 *p = m->p;
	size_t way = 0;
	while (ways[way].type != m->type->type)
		way++;
	enum dv_exit ret = ds_p11_need(p, ways[way].mechanism, ways[way].name,
	    err);
	if (ret != DV_EXIT_YES)
		return ret;
	CK_MECHANISM mechanism = { ways[way].mechanism, NULL, 0 };
	public_fill(m, &public);
	private_fill(m, &private);
	CK_RV rv = p->f->C_GenerateKeyPair(p->session, &mechanism, public.a,
	    public.count, private.a, private.count, &m->public, &m->private);
	return rv == CKR_OK ? DV_EXIT_YES :
	    ds_p11_fail(err, p->where, "making the key", rv);
}

/* ---- the id --------------------------------------------------------------- */

static bool
id_set(const struct making *m, CK_OBJECT_HANDLE object, uint8_t *id)
{
	CK_ATTRIBUTE a = { CKA_ID, id, ID_LEN };
	return m->p->f->C_SetAttributeValue(m->p->session, object, &a, 1) ==
	    CKR_OK;
}

/*
 * An id that was not asked for becomes the hash of the public key, as other
 * programs expect it. The pair has a random one until then, which stays where
 * a token does not let ids be changed. Cut off between the two halves, the
 * public one is still found by its label.
 */
static enum dv_exit
id_from_key(struct making *m, const struct ds_key *key, struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	if (ds_p11_uri_get(&m->p->uri, DS_P11_ID).len > 0)
		return DV_EXIT_YES;
	if (dv_hash_once(DV_HASH_SHA256, key->pub.spki, digest) < ID_LEN)
		return dv_fail(err, DV_EXIT_NONE, "%s: hashing failed",
		    m->p->where);
	if (!id_set(m, m->private, digest) || id_set(m, m->public, digest) ||
	    id_set(m, m->private, m->id))
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE, "%s: the two halves of the key that "
	    "was made have different ids", m->p->where);
}

/* ---- the whole ------------------------------------------------------------ */

/* Tokens have no locks: another program may have made one at the same time. */
static enum dv_exit
check_alone(const struct ds_p11 *p, struct dv_err *err)
{
	struct ds_p11_found found;
	enum dv_exit ret = ds_p11_keys(p, &found, err);
	if (ret != DV_EXIT_YES || found.count == 1)
		return ret;
	ret = dv_fail(err, DV_EXIT_NONE, "%s: %zu keys are so named after one "
	    "was made, which was deleted again", p->where, found.count);
	return dv_hint(err, ret, "does another program make keys in token "
	    "\"%s\"? Try again when it has ended", p->label);
}

/* A pair that could not be opened again is of no use to anybody. */
static void
undo(const struct making *m)
{
	m->p->f->C_DestroyObject(m->p->session, m->private);
	m->p->f->C_DestroyObject(m->p->session, m->public);
}

static enum dv_exit
prepare(struct making *m, struct dv_err *err)
{
	const struct dv_bytes params = ds_p11_params(m->type->type);
	const struct dv_bytes label = ds_p11_uri_get(&m->p->uri, DS_P11_OBJECT);
	const struct dv_bytes id = ds_p11_uri_get(&m->p->uri, DS_P11_ID);
	bool ok = dv_bytes_copy(m->params, sizeof(m->params), params) &&
	    dv_bytes_copy(m->exponent, sizeof(m->exponent), DV_BYTES(f4)) &&
	    dv_bytes_copy(m->label, sizeof(m->label), label) &&
	    dv_bytes_copy(m->id, sizeof(m->id), id);
	m->yes = CK_TRUE;
	m->no = CK_FALSE;
	m->bits = m->type->bits;
	m->label_len = label.len;
	m->id_len = id.len;
	if (!ok)
		return dv_fail(err, DV_EXIT_NONE, "%s: the label or id is too "
		    "long", m->p->where);
	if (id.len > 0)
		return DV_EXIT_YES;
	m->id_len = ID_LEN;
	return ds_random(m->id, ID_LEN, err);
}

enum dv_exit
ds_p11_make(struct ds_p11 *p, struct ds_key *key,
    const struct ds_key_type *type, struct dv_err *err)
{
	struct making m = { .p = p, .type = type };
	enum dv_exit ret = check_free(p, err);
	if (ret == DV_EXIT_YES)
		ret = prepare(&m, err);
	if (ret == DV_EXIT_YES)
		ret = generate(&m, err);
	if (ret != DV_EXIT_YES)
		return ret;
	p->key = m.private;
	ret = check_alone(p, err);
	if (ret == DV_EXIT_YES)
		ret = ds_p11_public(p, key, err);
	if (ret == DV_EXIT_YES)
		ret = id_from_key(&m, key, err);
	if (ret != DV_EXIT_YES)
		undo(&m);
	return ret;
}
