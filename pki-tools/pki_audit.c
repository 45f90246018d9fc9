/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-audit: proves what a CA has done. Issues nothing and revokes nothing.
 * pki-audit(1).
 */
#include "cmd.h"

static const struct dv_verb verbs[] = {
	{ "verify", "[CERT.pem...]", 0, -1,
	  "is this what the CA has done, all of it and unchanged?",
	  pki_verify_opts, pki_verify_run },
	{ "report", "", 0, 0, "figures of a batch, a day or a factory",
	  pki_report_opts, pki_report_run },
	{ "clock", "", 0, 0, "go on after a clock that was ahead",
	  pki_clock_opts, pki_clock_run },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL },
};

static const struct dv_tool tool = {
	.name = "pki-audit",
	.summary = "prove what a private CA has done",
	.verbs = verbs,
	.example = "pki-audit verify -d ca/factory",
};

int
main(int argc, char **argv)
{
	return dv_tool_main(&tool, argc, argv);
}
