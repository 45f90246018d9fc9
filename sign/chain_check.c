/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A certificate chain before it is used or installed: is it the key's, whole
 * and in order, and would the verifier take it? Its rules are asked, none is
 * repeated here. What is proved is said in ds_sign1.h.
 */
#include <stdlib.h>

#include "bytes.h"
#include "ds_sign1.h"
#include "host/report.h"
#include "rules.h"

#define MAX_CERTS (DV_MAX_PATH + 1)
#define NAME_TEXT 160

/* id-kp-codeSigning, 1.3.6.1.5.5.7.3.3: RFC 5280 4.2.1.12. */
static const uint8_t code_signing[] = {
	0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03
};

struct checking {
	const struct ds_chain_check *what;
	struct dv_cert cert[MAX_CERTS];	/* in the order given */
	bool used[MAX_CERTS];
	size_t order[MAX_CERTS];	/* leaf first: index into cert */
	size_t count;			/* of order */
	struct dv_policy policy;
	struct dv_work work;
	struct dv_path path;
};

static const struct dv_cert *
at_place(const struct checking *c, size_t place)
{
	return &c->cert[c->order[place]];
}

/* The verifier's refusal in its own words, and whose certificate it is. */
static enum dv_exit
refused(const struct dv_verdict *verdict, const struct dv_cert *cert,
    struct dv_err *err)
{
	struct dv_buf line = { NULL, 0, 0 };
	char name[NAME_TEXT];
	enum dv_exit ret;
	dv_name_text(cert->subject, name, sizeof(name));
	if (dv_report_line(&line, verdict))
		ret = dv_fail(err, DV_EXIT_NO,
		    "the chain would not be accepted: %.*s: \"%s\"",
		    (int)line.len, (const char *)line.ptr, name);
	else
		ret = dv_fail(err, DV_EXIT_NONE, "out of memory");
	dv_buf_free(&line);
	return ret;
}

static enum dv_exit
certs_parse(struct checking *c, struct dv_err *err)
{
	const struct ds_chain_check *what = c->what;
	if (what->count == 0)
		return dv_fail(err, DV_EXIT_NO, "there is no certificate");
	if (what->count > MAX_CERTS)
		return dv_fail(err, DV_EXIT_NO, "%zu certificates are more than "
		    "a chain of %d and its root", what->count, DV_MAX_PATH);
	for (size_t i = 0; i < what->count; i++) {
		struct dv_at at;
		enum dv_reason why = dv_cert_parse(what->certs[i], &c->cert[i],
		    &at);
		if (why != DV_R_NONE)
			return dv_fail(err, DV_EXIT_NO,
			    "certificate %zu of %zu cannot be read: %s: %s",
			    i + 1, what->count, dv_field_name(at.field),
			    dv_reason_text(why));
	}
	return DV_EXIT_YES;
}

/* The first, or when there is a key the one that certifies it. */
static enum dv_exit
leaf_find(struct checking *c, struct dv_err *err)
{
	const struct dv_key *key = c->what->key;
	size_t leaf = 0;
	while (key != NULL && leaf < c->what->count &&
	    !dv_bytes_equal(c->cert[leaf].key.spki, key->spki))
		leaf++;
	if (leaf == c->what->count) {
		char name[NAME_TEXT];
		dv_name_text(c->cert[0].subject, name, sizeof(name));
		enum dv_exit ret = dv_fail(err, DV_EXIT_NO, "no certificate is "
		    "for this key; the first is for another key of \"%s\"",
		    name);
		return dv_hint(err, ret, "the key was exchanged or the chain is "
		    "another device's: `devsign request` asks for a new one");
	}
	c->order[0] = leaf;
	c->used[leaf] = true;
	c->count = 1;
	return DV_EXIT_YES;
}

/* The certificate whose key signed cert; what->count when it is not there. */
static size_t
issuer_find(const struct checking *c, const struct dv_cert *cert)
{
	size_t i = 0;
	for (; i < c->what->count; i++) {
		struct dv_at at;
		if (!c->used[i] &&
		    dv_name_equal(c->cert[i].subject, cert->issuer) &&
		    dv_cert_check_signature(cert, &c->cert[i].key, &at) ==
		    DV_R_NONE)
			break;
	}
	return i;
}

/* Every certificate must have its place: one left over is a mistake. */
static enum dv_exit
put_in_order(struct checking *c, struct dv_err *err)
{
	for (;;) {
		const struct dv_cert *last = at_place(c, c->count - 1);
		size_t next = dv_rules_self_issued(last) ? c->what->count :
		    issuer_find(c, last);
		if (next == c->what->count)
			break;
		c->used[next] = true;
		c->order[c->count++] = next;
	}
	for (size_t i = 0; i < c->what->count; i++) {
		char name[NAME_TEXT], issuer[NAME_TEXT];
		if (c->used[i])
			continue;
		dv_name_text(c->cert[i].subject, name, sizeof(name));
		dv_name_text(at_place(c, c->count - 1)->issuer, issuer,
		    sizeof(issuer));
		enum dv_exit ret = dv_fail(err, DV_EXIT_NO, "certificate %zu of "
		    "%zu does not belong to the chain: \"%s\"", i + 1,
		    c->what->count, name);
		return dv_hint(err, ret, "the chain ends at a certificate issued "
		    "by \"%s\", and none of the others signed it", issuer);
	}
	return DV_EXIT_YES;
}

/* Nobody here signed it: judged by the rules for a leaf and no more. */
static enum dv_exit
judge_alone(struct checking *c, struct dv_err *err)
{
	const struct dv_cert *leaf = at_place(c, 0);
	const struct dv_place place = { .cert = leaf, .policy = &c->policy };
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = DV_OBJECT_CERTIFICATE };
	if (dv_rules_self_issued(leaf))
		return dv_fail(err, DV_EXIT_NO, "the certificate is signed by "
		    "itself: no verifier would have a reason to believe it");
	verdict.reason = dv_rules_key(&place, &verdict.at);
	if (verdict.reason == DV_R_NONE)
		verdict.reason = dv_rules_check(&place, &verdict.at);
	if (verdict.reason != DV_R_NONE)
		return refused(&verdict, leaf, err);
	return DV_EXIT_YES;
}

static enum dv_exit
judge_chain(struct checking *c, struct dv_err *err)
{
	struct dv_bytes between[MAX_CERTS];
	struct dv_anchor anchor;
	const struct dv_cert *top = at_place(c, c->count - 1);
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = DV_OBJECT_ANCHOR };
	verdict.reason = dv_anchor_from_cert(top, &anchor, &verdict.at);
	if (verdict.reason != DV_R_NONE)
		return refused(&verdict, top, err);
	for (size_t i = 1; i + 1 < c->count; i++)
		between[i - 1] = at_place(c, i)->der;
	struct dv_chain chain = {
		.leaf = at_place(c, 0)->der,
		.intermediates = between,
		.intermediate_count = c->count - 2,
		.anchors = &anchor,
		.anchor_count = 1,
	};
	verdict = dv_chain_verify(&chain, &c->policy, &c->work, &c->path);
	if (verdict.status == DV_ACCEPTED)
		return DV_EXIT_YES;
	size_t place = verdict.object == DV_OBJECT_CERTIFICATE &&
	    verdict.index < c->count ? verdict.index : c->count - 1;
	return refused(&verdict, at_place(c, place), err);
}

/* The format's own rule for who may sign (dv_sign1.h): whoever says what the
 * key is for must say this; "for anything" is not enough. */
static enum dv_exit
may_sign(const struct dv_cert *leaf, struct dv_err *err)
{
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .object = DV_OBJECT_CERTIFICATE };
	if (!dv_cert_has(leaf, DV_EXT_EXT_KEY_USAGE) ||
	    dv_eku_lists(leaf->ext.eku, DV_BYTES(code_signing)))
		return DV_EXIT_YES;
	verdict.reason = DV_R_KEY_PURPOSE;
	verdict.at.field = DV_F_EXT_KEY_USAGE;
	verdict.at.offset = DV_NO_OFFSET;
	verdict.at.wanted = (struct dv_value){ .kind = DV_VALUE_OID,
	    .bytes = DV_BYTES(code_signing) };
	return refused(&verdict, leaf, err);
}

static enum dv_exit
check(struct checking *c, struct ds_chain *out, struct dv_err *err)
{
	c->policy = dv_policy_strict(c->what->at);
	if (c->what->for_signing)
		c->policy.purpose = DV_BYTES(code_signing);
	enum dv_exit ret = certs_parse(c, err);
	if (ret == DV_EXIT_YES)
		ret = leaf_find(c, err);
	if (ret == DV_EXIT_YES)
		ret = put_in_order(c, err);
	if (ret == DV_EXIT_YES)
		ret = c->count == 1 ? judge_alone(c, err) : judge_chain(c, err);
	if (ret == DV_EXIT_YES && c->what->for_signing)
		ret = may_sign(at_place(c, 0), err);
	if (ret != DV_EXIT_YES)
		return ret;
	for (size_t i = 0; i < c->count; i++)
		out->cert[i] = at_place(c, i)->der;
	out->count = c->count;
	out->ends_in_root = dv_rules_self_issued(at_place(c, c->count - 1));
	return DV_EXIT_YES;
}

enum dv_exit
ds_chain_check(const struct ds_chain_check *what, struct ds_chain *out,
    struct dv_err *err)
{
	struct checking *c = calloc(1, sizeof(*c));
	*out = (struct ds_chain){ .count = 0 };
	if (c == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	*c = (struct checking){ .what = what };
	enum dv_exit ret = check(c, out, err);
	free(c);
	return ret;
}
