/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign: gives a device a key in its TPM, a certificate for it, and signs
 * files. Everything that can fail without the hardware fails before it is
 * asked. devsign(1).
 */
#include "cmd.h"

static const struct dv_verb verbs[] = {
	{ "key", "create|show|list|approve [FILE]", 1, 2,
	  "make the device's key, or show it",
	  ds_cmd_key_options, ds_cmd_key_run },
	{ "request", "", 0, 0, "write a certificate request for the key",
	  ds_cmd_request_options, ds_cmd_request_run },
	{ "install", "CHAIN", 1, 1, "check and install the issued chain",
	  ds_cmd_install_options, ds_cmd_install_run },
	{ "sign", "FILE...", 1, -1, "sign files, each into FILE.cose",
	  ds_cmd_sign_options, ds_cmd_sign_run },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL },
};

static const struct dv_tool tool = {
	.name = "devsign",
	.summary = "sign files with a key that stays in the TPM",
	.verbs = verbs,
	.example = "devsign sign -k " DS_DEFAULT_KEY " firmware.bin",
};

int
main(int argc, char **argv)
{
	return dv_tool_main(&tool, argc, argv);
}
