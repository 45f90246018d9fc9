/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-issue: certificates for devices, from a CA made by pki-init. Cannot make
 * a CA. pki-issue(1).
 */
#include "cmd.h"

static const struct dv_verb verbs[] = {
	{ "device", "CSR", 1, 1, "certify the key of a certificate request",
	  pki_device_opts, pki_device_run },
	{ "batch", "", 0, 0, "certify a list of devices, as authorised",
	  pki_batch_opts, pki_batch_run_cmd },
	{ "profiles", "", 0, 0, "what each profile makes of a request",
	  pki_profiles_opts, pki_profiles_run },
	{ "lint", "CERT...", 1, -1, "say what is wrong with certificates",
	  pki_lint_opts, pki_lint_run_cmd },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL },
};

static const struct dv_tool tool = {
	.name = "pki-issue",
	.summary = "certify devices from a private CA",
	.verbs = verbs,
	.example = "pki-issue device -d ca/factory -p idevid -o unit.pem "
	    "unit.csr",
};

int
main(int argc, char **argv)
{
	return dv_tool_main(&tool, argc, argv);
}
