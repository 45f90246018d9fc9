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
	{ "countersign", "FILE.cose", 1, 1, "confirm what another has signed",
	  ds_cmd_countersign_options, ds_cmd_countersign_run },
	{ "voucher-request", "", 0, 0,
	  "ask the manufacturer whose the device is now (BRSKI)",
	  ds_cmd_voucher_options, ds_cmd_voucher_run },
	{ "lock", "", 0, 0, "close the TPM for a device in the field",
	  ds_cmd_lock_options, ds_cmd_lock_run },
	{ "status", "", 0, 0, "what state the device is in, and what to do next",
	  ds_cmd_status_options, ds_cmd_status_run },
	{ "renew", "", 0, 0, "ask for the next certificate",
	  ds_cmd_renew_options, ds_cmd_renew_run },
	{ "reset", "", 0, 0, "back to what the factory left",
	  ds_cmd_reset_options, ds_cmd_reset_run },
	{ "retire", "", 0, 0, "end the life of the device's identities",
	  ds_cmd_retire_options, ds_cmd_retire_run },
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
