/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-revoke: takes trust back from certificates of a CA, and makes the lists
 * that tell verifiers. Issues nothing. pki-revoke(1).
 */
#include "cmd.h"

static const struct dv_verb verbs[] = {
	{ "revoke", "", 0, 0, "record that certificates are not trusted any more",
	  pki_revoke_opts, pki_revoke_run },
	{ "crl", "", 0, 0, "make a certificate revocation list",
	  pki_crl_opts, pki_crl_run },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL },
};

static const struct dv_tool tool = {
	.name = "pki-revoke",
	.summary = "revoke certificates of a private CA",
	.verbs = verbs,
	.example = "pki-revoke revoke -d ca/factory --device unit-0042 "
	    "--reason keyCompromise",
};

int
main(int argc, char **argv)
{
	return dv_tool_main(&tool, argc, argv);
}
