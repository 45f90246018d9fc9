/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init intermediate: a new CA in a new directory, certified by another CA
 * on this machine. The issuer's key signs once and is closed. pki-init(1).
 */
#include "cmd.h"
#include "pki_log.h"

const struct dv_opt pki_intermediate_opts[] = {
	{ 0, "issuer", "DIR", "directory of the CA that certifies it", false },
	{ 0, "issuer-passphrase-file", "FILE",
	  "issuer's passphrase: first line of FILE", false },
	{ 0, "issuer-passphrase-fd", "N",
	  "issuer's passphrase: first line of descriptor N", false },
	PKI_OPT_CA_PROFILE("intermediate (default) or matter-pai"),
	PKI_OPTS_EXTRA,
	PKI_OPTS_NEW_CA,
	PKI_OPT_END,
};

/* Below an issuer whose key is asked for last. */
static enum dv_exit
make(const struct dv_args *args, struct pki_cmd_ca *ca, struct dv_err *err)
{
	const char *dir, *subject, *issuer_dir;
	struct ds_access access;
	struct pki_ca *issuer;
	/* Before a passphrase is asked for. */
	enum dv_exit exit = pki_cmd_need(args, "directory", &dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "subject", &subject, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "issuer", &issuer_dir, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_check_free(dir, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "issuer-", &access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_all(issuer_dir, &access, &issuer, err);
	if (exit != DV_EXIT_YES)
		return exit;
	ca->issuer = issuer;
	exit = pki_cmd_new_ca(args, ca, err);
	return pki_log_end(issuer, exit, err);
}

enum dv_exit
pki_intermediate_run(const struct dv_args *args, struct dv_err *err)
{
	struct pki_cmd_ca ca = { .key_type = "p256" };
	struct pki_cmd_extra extra;
	enum dv_exit exit = pki_cmd_ca_profile(args, "intermediate", false,
	    &ca.profile, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_cmd_extra(args, &extra, err);
	ca.extra = extra.extra;
	if (exit == DV_EXIT_YES)
		exit = make(args, &ca, err);
	pki_cmd_extra_free(&extra);
	return exit;
}
