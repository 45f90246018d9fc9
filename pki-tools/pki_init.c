/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init: makes certification authorities and looks after them. Issues no
 * device certificates: the machine in the factory needs no code that makes
 * roots, and this one none that serves it. pki-init(1).
 */
#include "cmd.h"

static const struct dv_verb verbs[] = {
	{ "root", "", 0, 0, "make a self-signed root CA", pki_root_opts,
	  pki_root_run },
	{ "intermediate", "", 0, 0, "make a CA that another CA certifies",
	  pki_intermediate_opts, pki_intermediate_run },
	{ "request", "", 0, 0, "make a CA that a CA elsewhere is to certify",
	  pki_request_opts, pki_request_run },
	{ "sign", "REQUEST", 1, 1, "certify a CA that is elsewhere",
	  pki_sign_opts, pki_sign_run },
	{ "install", "CERT...", 1, -1, "put the answer to a request in place",
	  pki_install_opts, pki_install_run },
	{ "authorise", "", 0, 0, "let a CA below certify a batch of devices",
	  pki_authorise_opts, pki_authorise_run },
	{ "anchors", "[DIR|CERT.pem...]", 0, -1,
	  "write roots as C source for `make devverify ANCHORS=`",
	  pki_anchors_opts, pki_anchors_run },
	{ "check", "", 0, 0, "is this CA whole, and what ends when?",
	  pki_check_opts, pki_check_run },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL },
};

static const struct dv_tool tool = {
	.name = "pki-init",
	.summary = "make a private CA and look after it",
	.verbs = verbs,
	.example = "pki-init root -d ca/root -n \"CN=Root,O=Example\"",
};

int
main(int argc, char **argv)
{
	return dv_tool_main(&tool, argc, argv);
}
