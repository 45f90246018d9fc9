/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init root: a new self-signed CA in a new directory. Never touches an
 * existing one. pki-init(1).
 */
#include "cmd.h"

const struct dv_opt pki_root_opts[] = {
	PKI_OPTS_NEW_CA,
	PKI_OPT_END,
};

enum dv_exit
pki_root_run(const struct dv_args *args, struct dv_err *err)
{
	return pki_cmd_new_ca(args, pki_profile_find("root"), "p384", NULL, err);
}
