/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the verifier says about a certificate of ours, before it leaves and
 * whenever a CA is checked. No second opinion: these are the verifier's rules.
 */
#include <string.h>

#include "bytes.h"
#include "host/report.h"
#include "pki_issue.h"
#include "rules.h"

static enum dv_exit
refuse(const struct dv_verdict *verdict, struct dv_err *err)
{
	struct dv_buf line = { NULL, 0, 0 };
	enum dv_exit exit;

	if (!dv_report_line(&line, verdict))
		exit = dv_fail(err, DV_EXIT_NO, "the verifier does not accept "
		    "the certificate: %s", dv_reason_name(verdict->reason));
	else
		exit = dv_fail(err, DV_EXIT_NO, "the verifier does not accept "
		    "the certificate: %.*s", (int)line.len,
		    (const char *)line.ptr);
	dv_buf_free(&line);
	return exit;
}

static enum dv_exit
refuse_cert(enum dv_reason reason, const struct dv_at *at, unsigned index,
    struct dv_err *err)
{
	const struct dv_verdict verdict = {
		.status = DV_REJECTED,
		.reason = reason,
		.object = DV_OBJECT_CERTIFICATE,
		.index = index,
		.at = *at,
	};

	return refuse(&verdict, err);
}

/* The strict demands on an issuer's certificate, places above one CA. */
static enum dv_exit
check_as_issuer(const struct dv_cert *cert, unsigned above, dv_time at,
    struct dv_err *err)
{
	const struct dv_policy policy = dv_policy_strict(at);
	const struct dv_place place = {
		.cert = cert,
		.policy = &policy,
		.index = above + 1,
		.cas_below = above,
	};
	struct dv_at where;
	enum dv_reason reason = dv_rules_check(&place, &where);

	if (reason != DV_R_NONE)
		return refuse_cert(reason, &where, above, err);
	return DV_EXIT_YES;
}

static enum dv_exit
check_root(const struct dv_cert *cert, dv_time at, dv_time *good_until,
    struct dv_err *err)
{
	struct dv_anchor anchor;
	struct dv_at where;
	enum dv_reason reason = dv_anchor_from_cert(cert, &anchor, &where);

	if (reason != DV_R_NONE)
		return refuse_cert(reason, &where, 0, err);
	if (!dv_name_equal(cert->issuer, cert->subject))
		return dv_fail(err, DV_EXIT_NO, "the chain does not end in a "
		    "self-signed certificate");
	if (good_until != NULL)
		*good_until = cert->not_after;
	return check_as_issuer(cert, 0, at, err);
}

/* A path to the root; a CA as its lower end is a matter of the path alone. */
static enum dv_exit
check_path(const struct pki_question *q, const struct dv_anchor *anchor,
    bool ca, dv_time *good_until, struct dv_err *err)
{
	const struct dv_chain chain = {
		.leaf = q->cert,
		.intermediates = q->chain,
		.intermediate_count = q->chain_count - 1,
		.anchors = anchor,
		.anchor_count = 1,
	};
	struct dv_policy policy = dv_policy_strict(q->at);
	struct dv_work work;
	struct dv_path path;
	struct dv_verdict verdict;
	enum dv_exit exit = DV_EXIT_YES;

	policy.profile = ca ? DV_PROFILE_PATH : DV_PROFILE_STRICT;
	verdict = dv_chain_verify(&chain, &policy, &work, &path);
	if (verdict.status != DV_ACCEPTED)
		return refuse(&verdict, err);
	if (path.count != q->chain_count)
		return dv_fail(err, DV_EXIT_NO, "the chain holds %zu "
		    "certificates, the path to its root needs %zu",
		    q->chain_count + 1, path.count + 1);
	for (unsigned i = 0; ca && exit == DV_EXIT_YES && i < path.count; i++)
		exit = check_as_issuer(&path.cert[i], i, q->at, err);
	if (good_until != NULL)
		*good_until = path.good_until;
	return exit;
}

enum dv_exit
pki_cert_verify(const struct pki_question *question, dv_time *good_until,
    struct dv_err *err)
{
	struct dv_cert cert, root;
	struct dv_anchor anchor;
	struct dv_at at;
	enum dv_reason reason = dv_cert_parse(question->cert, &cert, &at);
	unsigned last = (unsigned)question->chain_count;
	enum dv_exit exit;

	if (reason != DV_R_NONE)
		return refuse_cert(reason, &at, 0, err);
	if (last == 0)
		return check_root(&cert, question->at, good_until, err);
	reason = dv_cert_parse(question->chain[last - 1], &root, &at);
	if (reason != DV_R_NONE)
		return refuse_cert(reason, &at, last, err);
	if (dv_bytes_equal(cert.der, root.der))
		return dv_fail(err, DV_EXIT_NO, "the chain holds the root "
		    "twice");
	exit = check_root(&root, question->at, NULL, err);
	if (exit != DV_EXIT_YES)
		return exit;
	reason = dv_anchor_from_cert(&root, &anchor, &at);
	if (reason != DV_R_NONE)
		return refuse_cert(reason, &at, last, err);
	return check_path(question, &anchor, cert.ext.ca, good_until, err);
}

#define CONSTRAINING (DV_EXT_BIT(DV_EXT_NAME_CONSTRAINTS) |                     \
	DV_EXT_BIT(DV_EXT_CERTIFICATE_POLICIES) |                              \
	DV_EXT_BIT(DV_EXT_POLICY_MAPPINGS) |                                   \
	DV_EXT_BIT(DV_EXT_POLICY_CONSTRAINTS) |                                \
	DV_EXT_BIT(DV_EXT_INHIBIT_ANY_POLICY) |                                \
	DV_EXT_BIT(DV_EXT_EXT_KEY_USAGE))

/* Does the chain say anything about what is below its first certificate? */
static bool
constrains(const struct pki_question *q)
{
	struct dv_cert cert;
	struct dv_at at;

	for (size_t i = 0; i < q->chain_count; i++) {
		if (dv_cert_parse(q->chain[i], &cert, &at) != DV_R_NONE ||
		    (cert.ext.present & CONSTRAINING) != 0)
			return true;
	}
	return false;
}

/* The issuer as anchor; its chain has been judged. */
static enum dv_exit
check_below(const struct pki_question *q, struct dv_err *err)
{
	const struct dv_policy policy = dv_policy_strict(q->at);
	struct dv_anchor anchor;
	struct dv_chain chain = {
		.leaf = q->cert,
		.anchors = &anchor,
		.anchor_count = 1,
	};
	struct dv_cert issuer;
	struct dv_at at;
	struct dv_work work;
	struct dv_path path;
	struct dv_verdict verdict;
	enum dv_reason reason = dv_cert_parse(q->chain[0], &issuer, &at);

	if (reason == DV_R_NONE)
		reason = dv_anchor_from_cert(&issuer, &anchor, &at);
	if (reason != DV_R_NONE)
		return refuse_cert(reason, &at, 1, err);
	verdict = dv_chain_verify(&chain, &policy, &work, &path);
	return verdict.status == DV_ACCEPTED ? DV_EXIT_YES :
	    refuse(&verdict, err);
}

enum dv_exit
pki_cert_verify_below(const struct pki_question *question,
    struct pki_above *above, struct dv_err *err)
{
	struct dv_cert cert;
	struct dv_at at;
	enum dv_exit exit;

	if (above->judged && above->at.s == question->at.s &&
	    dv_cert_parse(question->cert, &cert, &at) == DV_R_NONE &&
	    !cert.ext.ca)
		return check_below(question, err);
	exit = pki_cert_verify(question, NULL, err);
	above->judged = exit == DV_EXIT_YES && question->chain_count > 0 &&
	    !constrains(question);
	above->at = question->at;
	return exit;
}
