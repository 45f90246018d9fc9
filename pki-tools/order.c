/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is an order one that this issuer may fill? Key, names, validity and path
 * length are judged before anything is signed. RFC 5280 4.1.2, 4.2.1.9.
 */
#include "extra.h"

#define NAME_TEXT 512

static enum dv_exit
check_key(const struct pki_order *order, struct dv_err *err)
{
	if ((order->profile->key_types & PKI_KEY_BIT(order->key->type)) != 0)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "refused: a key of type %s; profile "
	    "%s does not take it", dv_key_type_name(order->key->type),
	    order->profile->name);
}

static enum dv_exit
refuse_dates(const char *what, dv_time wanted, const char *limit,
    dv_time bound, struct dv_err *err)
{
	char a[DV_TIME_TEXT], b[DV_TIME_TEXT];

	dv_time_format(wanted, a);
	dv_time_format(bound, b);
	return dv_fail(err, DV_EXIT_NO, "refused: the certificate would %s "
	    "%s; %s %s", what, a, limit, b);
}

/* Validity is nested in the issuer's, with the profile's one exception. */
static enum dv_exit
check_validity(const struct pki_wanted *w, struct dv_err *err)
{
	const struct dv_cert *issuer = w->issuer;
	dv_time from = w->order->not_before, to = w->end;
	enum dv_exit exit;

	if (to.s < from.s)
		return refuse_dates("end at", to, "it would begin at", from,
		    err);
	if (issuer == NULL)
		return DV_EXIT_YES;
	if (from.s < issuer->not_before.s)
		return refuse_dates("begin at", from, "its issuer begins at",
		    issuer->not_before, err);
	if (from.s > issuer->not_after.s) {
		exit = refuse_dates("begin at", from, "its issuer ended at",
		    issuer->not_after, err);
		return dv_hint(err, exit, "this CA has expired: make a new "
		    "one");
	}
	if (to.s > issuer->not_after.s && !w->order->profile->may_outlive)
		return refuse_dates("end at", to, "its issuer ends at",
		    issuer->not_after, err);
	return DV_EXIT_YES;
}

/* A CA below a CA must leave it room: RFC 5280 4.2.1.9. */
static enum dv_exit
check_path_len(const struct pki_wanted *w, struct dv_err *err)
{
	const struct dv_cert *issuer = w->issuer;
	int wanted = w->order->path_len;

	if (!w->order->profile->ca || issuer == NULL ||
	    issuer->ext.path_len < 0)
		return DV_EXIT_YES;
	if (issuer->ext.path_len == 0)
		return dv_fail(err, DV_EXIT_NO, "refused: the issuer's path "
		    "length is 0: it may certify devices but no CA");
	if (wanted < 0 || wanted >= issuer->ext.path_len)
		return dv_fail(err, DV_EXIT_NO, "refused: path length %d; the "
		    "issuer's is %d, so at most %d is possible", wanted,
		    issuer->ext.path_len, issuer->ext.path_len - 1);
	return DV_EXIT_YES;
}

static enum dv_exit
same_name(struct dv_bytes subject, struct dv_err *err)
{
	char name[NAME_TEXT];

	dv_name_text(subject, name, sizeof(name));
	return dv_fail(err, DV_EXIT_NO, "refused: the subject %s is the "
	    "issuer's own name", name);
}

/* A name of its own: else a path could not tell the two apart. */
static enum dv_exit
check_names(const struct pki_wanted *w, struct dv_err *err)
{
	const struct dv_cert *issuer = w->issuer;
	enum dv_exit exit;

	if (issuer != NULL && dv_name_equal(issuer->subject,
	    w->order->subject))
		return same_name(issuer->subject, err);
	exit = pki_subject_check(w->order->subject, w->order->profile, err);
	if (exit == DV_EXIT_YES && issuer != NULL)
		exit = pki_subject_agrees(w->order->subject, issuer->subject,
		    w->order->profile, err);
	return exit;
}

enum dv_exit
pki_order_check(const struct pki_wanted *w, struct dv_err *err)
{
	enum dv_exit exit = check_key(w->order, err);

	if (exit == DV_EXIT_YES)
		exit = check_names(w, err);
	if (exit == DV_EXIT_YES)
		exit = pki_extra_check(w->order, w->issuer, err);
	if (exit == DV_EXIT_YES)
		exit = check_validity(w, err);
	if (exit == DV_EXIT_YES)
		exit = check_path_len(w, err);
	return exit;
}
