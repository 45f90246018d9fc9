/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A CRL of ours before it leaves: what it says is compared with what was wanted,
 * and the verifier is asked about certificates of the ledger with nothing but
 * this CRL in its hands. These are the verifier's rules. RFC 5280 6.3.
 */
#include "crl.h"

#include <stdlib.h>

#include "bytes.h"
#include "host/report.h"

#define SAMPLES 16	/* entries looked at for one that can be asked about */

static enum dv_exit
differs(const char *what, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NONE, "the CRL that was made is wrong: %s; "
	    "it is not released", what);
}

/* INTEGER contents octets, not negative, of at most 8 octets. */
static bool
is_number(struct dv_bytes contents, int64_t number)
{
	uint64_t value = 0;

	if (contents.len == 0 || contents.len > 8)
		return number == 0 && contents.len == 0;
	for (size_t i = 0; i < contents.len; i++)
		value = value << 8 | contents.ptr[i];
	return value == (uint64_t)number;
}

/* What is wrong with it; NULL: nothing. */
static const char *
first_difference(const struct pki_crl_question *q, const struct dv_crl *crl)
{
	const struct pki_crl_form *form = q->form;

	if (!dv_bytes_equal(crl->issuer, q->ca->cert.subject))
		return "its issuer";
	if (!dv_bytes_equal(crl->authority_key_id,
	    q->ca->cert.ext.subject_key_id))
		return "its authorityKeyIdentifier";
	if (crl->this_update.s != form->this_update.s ||
	    crl->next_update.s != form->next_update.s)
		return "its dates";
	if (!is_number(crl->number, form->number) ||
	    !is_number(crl->base_number, form->base))
		return "its number";
	if (crl->point.only_user != form->scope->only_user ||
	    crl->point.only_ca != form->scope->only_ca ||
	    crl->point.reasons != DV_CRL_ALL_REASONS)
		return "what it speaks of";
	if (dv_crl_has(crl, DV_CRL_EXT_FRESHEST_CRL) !=
	    (form->delta_url != NULL && form->base == 0))
		return "its freshestCRL";
	if (crl->entry_count != q->count)
		return "the number of its entries";
	return NULL;
}

static enum dv_exit
check_form(const struct pki_crl_question *q, struct dv_crl *crl,
    struct dv_err *err)
{
	struct dv_at at;
	const char *what;
	enum dv_reason reason = dv_crl_parse(q->der, crl, &at);
	const struct dv_cert link = { .der = crl->der, .tbs = crl->tbs,
	    .sig_alg = crl->sig_alg, .sig_oid = crl->sig_oid,
	    .salt = crl->salt, .signature = crl->signature };

	if (reason == DV_R_NONE)
		reason = dv_cert_check_signature(&link, &q->ca->cert.key, &at);
	if (reason != DV_R_NONE)
		return differs(dv_reason_text(reason), err);
	what = first_difference(q, crl);
	return what == NULL ? DV_EXIT_YES : differs(what, err);
}

/* ---- the verifier ---------------------------------------------------------- */

/* Everything for asking; large, so on the heap. */
struct asking {
	struct dv_anchor anchor;
	struct dv_crl crls[2];
	size_t crl_count;
	struct dv_cert cert;
	struct dv_work work;
	struct dv_path path;
};

/* Can the CRL speak about this certificate, and the CA's key today? */
static bool
can_ask(const struct pki_crl_question *q, struct asking *a,
    struct dv_bytes der)
{
	struct dv_at at;
	int64_t now = q->form->this_update.s;
	const struct pki_crl_scope *scope = q->form->scope;

	return dv_cert_parse(der, &a->cert, &at) == DV_R_NONE &&
	    a->cert.not_before.s <= now && now <= a->cert.not_after.s &&
	    dv_bytes_equal(a->cert.ext.authority_key_id,
	    q->ca->cert.ext.subject_key_id) &&
	    !dv_bytes_equal(der, q->ca->cert.der) &&
	    !(a->cert.ext.ca ? scope->only_user : scope->only_ca);
}

static struct dv_verdict
ask(const struct pki_crl_question *q, struct asking *a, struct dv_bytes der)
{
	const struct dv_chain chain = {
		.leaf = der,
		.anchors = &a->anchor,
		.anchor_count = 1,
		.crls = a->crls,
		.crl_count = a->crl_count,
	};
	struct dv_policy policy = dv_policy_strict(q->form->this_update);

	/* A CA as the lower end is a matter of the path alone. */
	policy.profile = DV_PROFILE_PATH;
	policy.revocation = DV_REVOCATION_REQUIRED;
	return dv_chain_verify(&chain, &policy, &a->work, &a->path);
}

static enum dv_exit
wrong_verdict(const char *wanted, const struct dv_verdict *verdict,
    struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NONE, "the CRL that was made is wrong: the "
	    "verifier is given a certificate that is %s and says \"%s\"; it "
	    "is not released", wanted, verdict->status == DV_ACCEPTED ?
	    "accepted" : dv_reason_text(verdict->reason));
}

/* One listed certificate is refused for that. *asked: it could be asked. */
static enum dv_exit
ask_listed(const struct pki_crl_question *q, struct asking *a,
    struct dv_bytes serial, bool *asked, struct dv_err *err)
{
	struct pki_found found = { .found = false };
	struct dv_verdict verdict;
	enum dv_exit exit = pki_ledger_find_serial(q->ca->ledger, serial,
	    &found, err);

	if (exit == DV_EXIT_YES && !found.found)
		exit = differs("an entry is of no certificate", err);
	*asked = exit == DV_EXIT_YES && can_ask(q, a,
	    dv_buf_bytes(&found.der));
	if (*asked) {
		verdict = ask(q, a, dv_buf_bytes(&found.der));
		if (verdict.status == DV_ACCEPTED ||
		    verdict.reason != DV_R_REVOKED)
			exit = wrong_verdict("revoked", &verdict, err);
	}
	dv_buf_free(&found.der);
	return exit;
}

static enum dv_exit
ask_first_listed(const struct pki_crl_question *q, struct asking *a,
    struct dv_err *err)
{
	struct dv_bytes rest = a->crls[a->crl_count - 1].entries;
	struct dv_crl_entry entry = { .issuer = { NULL, 0 } };
	enum dv_exit exit = DV_EXIT_YES;
	bool asked = false;

	for (int i = 0; i < SAMPLES && exit == DV_EXIT_YES && !asked &&
	    dv_crl_next(&rest, &entry); i++) {
		if (entry.reason != DV_CRL_REMOVE_FROM_CRL)
			exit = ask_listed(q, a, entry.serial, &asked, err);
	}
	return exit;
}

/* And one that is not revoked is accepted, with that known. */
static enum dv_exit
ask_standing(const struct pki_crl_question *q, struct asking *a,
    struct dv_err *err)
{
	struct dv_buf der = { NULL, 0, 0 };
	struct dv_verdict verdict;
	enum dv_exit exit = pki_ledger_standing(q->ca->ledger,
	    q->form->this_update, &der, err);

	if (exit == DV_EXIT_YES && der.len > 0 && can_ask(q, a,
	    dv_buf_bytes(&der))) {
		verdict = ask(q, a, dv_buf_bytes(&der));
		if (verdict.status != DV_ACCEPTED)
			exit = wrong_verdict("not revoked", &verdict, err);
	}
	dv_buf_free(&der);
	return exit;
}

static enum dv_exit
judge(const struct pki_crl_question *q, struct asking *a, struct dv_err *err)
{
	struct dv_at at;
	enum dv_reason reason = dv_anchor_from_cert(&q->ca->cert, &a->anchor,
	    &at);
	enum dv_exit exit;

	if (reason == DV_R_NONE && q->base.len > 0)
		reason = dv_crl_parse(q->base, &a->crls[a->crl_count++], &at);
	if (reason != DV_R_NONE)
		return differs(dv_reason_text(reason), err);
	exit = check_form(q, &a->crls[a->crl_count++], err);
	if (exit == DV_EXIT_YES)
		exit = ask_first_listed(q, a, err);
	if (exit == DV_EXIT_YES)
		exit = ask_standing(q, a, err);
	return exit;
}

enum dv_exit
pki_crl_judge(const struct pki_crl_question *q, struct dv_err *err)
{
	struct asking *a = calloc(1, sizeof(*a));
	enum dv_exit exit;

	if (a == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = judge(q, a, err);
	free(a);
	return exit;
}
