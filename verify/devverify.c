/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify: is this file, or this certificate, to be believed? Offline, with
 * the anchors it was built with. Built with -DDV_LAB it is devverify-lab.
 */
#include "built.h"
#include "cmd.h"

#ifdef DV_LAB
#define SUMMARY "Tells whether to believe a signed file or a certificate (lab " \
    "build: takes\nanchors at run time, for tests and benches)."
#define EXAMPLE DV_CMD_NAME " chain -a root.pem -i ca.pem device.pem"
#else
#define SUMMARY "Tells offline whether to believe a signed file or a " \
    "certificate."
#define EXAMPLE DV_CMD_NAME " file firmware.bin"
#endif

/* Nothing to judge is no yes. Who may have a list looks for it first. */
#define FEWEST (DV_HAS_LISTS ? 0 : 1)

static const struct dv_verb verbs[] = {
	{ .name = "file", .operands = "FILE...",
	    .min_operands = FEWEST, .max_operands = -1,
	    .summary = DV_CMD_FILE_SUMMARY,
	    .opts = dv_cmd_file_opts, .run = dv_cmd_file },
#if DV_HAS_CHAIN
	{ .name = "chain", .operands = "LEAF...",
	    .min_operands = FEWEST, .max_operands = -1,
	    .summary = "Judge certificates: is there a path to an anchor?",
	    .opts = dv_cmd_chain_opts, .run = dv_cmd_chain },
#endif
#if DV_HAS_VOUCHERS
	{ .name = "voucher", .operands = "FILE...", .min_operands = 1,
	    .max_operands = -1,
	    .summary = "Judge voucher requests of BRSKI, or a voucher.",
	    .opts = dv_cmd_voucher_opts, .run = dv_cmd_voucher },
#endif
#if DV_HAS_SHOW
	{ .name = "show", .operands = "FILE...", .min_operands = 1,
	    .max_operands = -1,
	    .summary = "Show what a certificate, envelope, voucher or "
		"receipt says; judge nothing.",
	    .opts = dv_cmd_show_opts, .run = dv_cmd_show },
#endif
#if DV_HAS_RECEIPTS
	{ .name = "receipts", .operands = "FILE...", .min_operands = 1,
	    .max_operands = -1,
	    .summary = "Check that receipts are a sequence, from its first on.",
	    .opts = dv_cmd_receipts_opts, .run = dv_cmd_receipts },
#endif
	{ .name = "anchors", .operands = "",
	    .summary = "List the anchors this program was built with.",
	    .opts = dv_cmd_anchors_opts, .run = dv_cmd_anchors },
#if DV_HAS_SELFCHECK
	{ .name = "selfcheck", .operands = "",
	    .summary = "Prove algorithms and rules on this machine.",
	    .opts = dv_cmd_selfcheck_opts, .run = dv_cmd_selfcheck },
#endif
	{ .name = NULL },
};

static const struct dv_tool tool = {
	.name = DV_CMD_NAME,
	.summary = SUMMARY,
	.verbs = verbs,
	.example = EXAMPLE,
};

int
main(int argc, char **argv)
{
	return dv_tool_main(&tool, argc, argv);
}
