/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init root: a new self-signed CA in a new directory. Never touches an
 * existing one. pki-init(1).
 */
#include "cmd.h"

const struct dv_opt pki_root_opts[] = {
	PKI_OPT_CA_PROFILE("root (default) or matter-paa"),
	PKI_OPTS_NEW_CA,
	PKI_OPT_END,
};

enum dv_exit
pki_root_run(const struct dv_args *args, struct dv_err *err)
{
	struct pki_cmd_ca ca = { .key_type = "p384" };
	enum dv_exit exit = pki_cmd_ca_profile(args, "root", true, &ca.profile,
	    err);

	return exit == DV_EXIT_YES ? pki_cmd_new_ca(args, &ca, err) : exit;
}
