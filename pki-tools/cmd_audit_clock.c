/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-audit clock: a CA goes on by today's clock after one that was ahead.
 * Needs the CA's key, and leaves a line that says so. pki-audit(1).
 */
#include <stdio.h>

#include "audit_log.h"
#include "cmd.h"

const struct dv_opt pki_clock_opts[] = {
	PKI_OPT_DIR("CA directory"),
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

static enum dv_exit
set_right(struct pki_ca *ca, struct dv_err *err)
{
	struct pki_log_entry entry = { .event = "clock" };
	struct pki_log_head head;
	struct pki_log_line line;
	char was[DV_TIME_TEXT];
	dv_time now;
	enum dv_exit exit = pki_ledger_log_get(ca->ledger, &head, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_now(&now, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (!pki_log_head_line(&head, &line) || line.at.s <= now.s)
		return dv_fail(err, DV_EXIT_NO, "%s: the clock has not gone "
		    "back; nothing was done", ca->dir);
	dv_time_format(line.at, was);
	pki_log_add(&entry, "was", "%s", was);
	exit = pki_log_clock(ca->ledger, &entry, err);
	if (exit == DV_EXIT_YES)
		(void)printf("%s: goes on by this clock; it was last used at "
		    "%s\n", ca->dir, was);
	return exit;
}

enum dv_exit
pki_clock_run(const struct dv_args *args, struct dv_err *err)
{
	const char *dir;
	struct ds_access access;
	struct pki_ca *ca;
	enum dv_exit exit = pki_cmd_need(args, "directory", &dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open(dir, &ca, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_ca_open_ledger(ca, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_key(ca, &access, err);
	if (exit == DV_EXIT_YES)
		exit = set_right(ca, err);
	return pki_log_end(ca, exit, err);
}
