/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-revoke crl: what is revoked, as a list for verifiers. Reads its options;
 * crl_make.c does the work. pki-revoke(1).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "crl.h"
#include "host/text.h"
#include "pki_log.h"
#include "point.h"

#define DAY 86400
#define USUAL_DAYS 30
#define MAX_DAYS 36525		/* a century */

const struct dv_opt pki_crl_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 'k', "key", "KEYSPEC", "the CA's key (what the directory says)",
	  false },
	{ 0, "days", "N", "good for N days (30)", false },
	{ 0, "until", "TIME", "good until then, for sites that are visited "
	  "seldom", false },
	{ 0, "only", "KIND", "users or cas: a list of these alone", false },
	{ 0, "delta", NULL, "what has changed since the last complete list",
	  false },
	{ 0, "base", "NUMBER", "with --delta: since that one", false },
	{ 0, "delta-url", "URL", "in a complete list: where others will find "
	  "its changes", false },
	PKI_OPT_OUT("one more copy, PEM"),
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

static enum dv_exit
number(const char *name, const char *text, int64_t max, int64_t *out,
    struct dv_err *err)
{
	char *end;
	long long value = strtoll(text, &end, 10);

	if (*text < '1' || *text > '9' || *end != '\0' || value > max)
		return dv_fail(err, DV_EXIT_USAGE, "option --%s: \"%s\" is not "
		    "a number from 1 to %" PRId64, name, text, max);
	*out = value;
	return DV_EXIT_YES;
}

/* --until, --days, or 30 days; the last two not beyond the CA's own end. */
static enum dv_exit
read_end(const struct dv_args *args, const struct pki_ca *ca,
    struct pki_crl_order *order, struct dv_err *err)
{
	const char *days = dv_args_get(args, "days");
	int64_t count = USUAL_DAYS;
	bool given;
	enum dv_exit exit = pki_cmd_time(args, "until", &order->next_update,
	    &given, err);

	if (exit != DV_EXIT_YES || (given && days == NULL))
		return exit;
	if (given)
		return dv_fail(err, DV_EXIT_USAGE, "give only one of --days "
		    "and --until");
	if (days != NULL)
		exit = number("days", days, MAX_DAYS, &count, err);
	order->next_update.s = order->now.s + count * DAY;
	if (order->next_update.s > ca->cert.not_after.s)
		order->next_update = ca->cert.not_after;
	return exit;
}

static enum dv_exit
read_scope(const struct dv_args *args, struct pki_crl_order *order,
    struct dv_err *err)
{
	const char *only = dv_args_get(args, "only");

	order->scope = pki_crl_scope_find(only == NULL ? PKI_CRL_FULL : only);
	if (order->scope != NULL && (only == NULL ||
	    order->scope->only_user || order->scope->only_ca))
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_USAGE, "option --only: \"%s\" is not users "
	    "or cas", only);
}

static enum dv_exit
read_delta(const struct dv_args *args, struct pki_crl_order *order,
    struct dv_err *err)
{
	const char *base = dv_args_get(args, "base");

	order->delta = dv_args_has(args, "delta");
	order->delta_url = dv_args_get(args, "delta-url");
	if (order->delta_url != NULL && order->delta)
		return dv_fail(err, DV_EXIT_USAGE, "--delta-url is for the "
		    "complete list: a list of changes says nothing of others "
		    "(RFC 5280 5.2.6)");
	if (order->delta_url != NULL && !pki_point_ok(order->delta_url))
		return dv_fail(err, DV_EXIT_USAGE, "option --delta-url: "
		    "\"%.64s\" is not " PKI_POINT_WANTED, order->delta_url);
	if (base == NULL)
		return DV_EXIT_YES;
	if (!order->delta)
		return dv_fail(err, DV_EXIT_USAGE, "--base says what a --delta "
		    "continues: give both");
	return number("base", base, INT64_MAX, &order->base, err);
}

static void
say(const struct pki_crl_order *order, const struct pki_crl_made *made)
{
	char end[DV_TIME_TEXT];
	FILE *to = order->out != NULL && strcmp(order->out, "-") == 0 ?
	    stderr : stdout;

	dv_time_format(order->next_update, end);
	dv_print_safe(to, dv_text_bytes(made->path));
	(void)fprintf(to, ": CRL %" PRId64, made->number);
	if (order->delta)
		(void)fprintf(to, " (changes since %" PRId64 ")", made->base);
	(void)fprintf(to, ", %zu %s, until %s\n", made->count,
	    made->count == 1 ? "entry" : "entries", end);
	if (!made->ahead)
		return;
	dv_time_format(made->dated, end);
	(void)fprintf(to, "  a CRL that is dated %s was made by a clock that "
	    "was ahead: take it back\n  wherever it is; some verifiers will "
	    "prefer it to this one from then on\n", end);
}

static enum dv_exit
make(const struct dv_args *args, struct pki_ca *ca,
    struct pki_crl_order *order, struct dv_err *err)
{
	struct pki_crl_made made;
	enum dv_exit exit = pki_cmd_now(&order->now, err);

	if (exit == DV_EXIT_YES)
		exit = read_end(args, ca, order, err);
	if (exit == DV_EXIT_YES)
		exit = pki_crl_make(ca, order, &made, err);
	if (exit == DV_EXIT_YES)
		say(order, &made);
	return exit;
}

static enum dv_exit
open_ca(const struct dv_args *args, const char *dir, struct pki_ca **out,
    struct dv_err *err)
{
	struct ds_access access;
	enum dv_exit exit = pki_cmd_access(args, "", &access, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ca_open(dir, out, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_ledger(*out, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_use_key(*out, dv_args_get(args, "key"), &access,
		    err);
	return exit;
}

enum dv_exit
pki_crl_run(const struct dv_args *args, struct dv_err *err)
{
	struct pki_crl_order order = { .out = dv_args_get(args, "output") };
	struct pki_ca *ca = NULL;
	const char *dir;
	enum dv_exit exit = pki_cmd_need(args, "directory", &dir, err);

	if (exit == DV_EXIT_YES)
		exit = read_scope(args, &order, err);
	if (exit == DV_EXIT_YES)
		exit = read_delta(args, &order, err);
	if (exit == DV_EXIT_YES)
		exit = open_ca(args, dir, &ca, err);
	if (exit == DV_EXIT_YES)
		exit = make(args, ca, &order, err);
	return ca == NULL ? exit : pki_log_end(ca, exit, err);
}
