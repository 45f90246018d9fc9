/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init check: is this CA directory whole and fit to issue, and what ends
 * when? Changes nothing. pki-init(1).
 */
#include <inttypes.h>
#include <stdio.h>

#include "cmd.h"
#include "host/text.h"

const struct dv_opt pki_check_opts[] = {
	PKI_OPT_DIR("CA directory"),
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

static enum dv_exit
judge(const struct pki_ca *ca, dv_time now, dv_time *good_until,
    struct dv_err *err)
{
	const struct pki_question question = {
		.cert = ca->chain[0],
		.chain = &ca->chain[1],
		.chain_count = ca->chain_count - 1,
		.at = now,
	};
	enum dv_exit exit = pki_cert_verify(&question, good_until, err);

	if (exit != DV_EXIT_YES)
		return dv_fail(err, exit, "%s: %s", ca->path, err->what);
	return exit;
}

/* Each certificate of the chain, and the ledger, with their ends. */
static void
report(const struct pki_ca *ca, dv_time good_until,
    const struct pki_ledger_sum *sum)
{
	char name[512], at[DV_TIME_TEXT];

	dv_time_format(good_until, at);
	(void)printf("%s: OK until %s\n", ca->dir, at);
	(void)printf("  key: ");
	dv_print_safe(stdout, dv_text_bytes(ds_key_spec(ca->key)));
	(void)printf(" (%s)", dv_key_type_name(ca->cert.key.type));
	if (ds_key_where(ca->key)[0] != '\0') {
		(void)printf(", ");
		dv_print_safe(stdout, dv_text_bytes(ds_key_where(ca->key)));
	}
	(void)putchar('\n');
	for (size_t i = 0; i < ca->chain_count; i++) {
		struct dv_cert cert;
		struct dv_at where;

		if (dv_cert_parse(ca->chain[i], &cert, &where) != DV_R_NONE)
			continue;
		dv_name_text(cert.subject, name, sizeof(name));
		dv_time_format(cert.not_after, at);
		(void)printf("  certificate %zu: ends %s, \"%s\"\n", i, at,
		    name);
	}
	(void)printf("  ledger: %" PRId64 " issued, %" PRId64 " ended\n",
	    sum->issued, sum->ended);
	if (!sum->any)
		return;
	dv_time_format(sum->next_end, at);
	(void)printf("  next to end: %s, \"%s\"\n", at, sum->next_name);
}

static enum dv_exit
check(struct pki_ca *ca, const struct ds_access *access, struct dv_err *err)
{
	struct pki_ledger_sum sum;
	dv_time now, good_until;
	enum dv_exit exit = pki_cmd_now(&now, err);

	if (exit == DV_EXIT_YES)
		exit = judge(ca, now, &good_until, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_ledger(ca, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_check(ca->ledger, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ledger_sum(ca->ledger, now, &sum, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_key(ca, access, err);
	if (exit == DV_EXIT_YES)
		report(ca, good_until, &sum);
	return exit;
}

enum dv_exit
pki_check_run(const struct dv_args *args, struct dv_err *err)
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
	exit = check(ca, &access, err);
	pki_ca_close(ca);
	return exit;
}
