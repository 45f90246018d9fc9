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
