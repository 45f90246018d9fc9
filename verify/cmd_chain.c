/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify chain: is there a valid path from an anchor to this certificate?
 * Reads files and prints; the answer is dv_chain_verify()'s. RFC 5280 6.1.
 */
#include <string.h>

#include "built.h"
#include "cmd.h"

const struct dv_opt dv_cmd_chain_opts[] = {
	DV_TRUST_OPTION,
	DV_CMD_INTERMEDIATE,
	DV_CMD_CRLS
	DV_CMD_TIME,
	{ .letter = 'p', .name = "purpose", .arg = "PURPOSE",
	    .help = "any (default), clientAuth, ..., or a dotted OID" },
	DV_CMD_PROFILE
	{ .name = "max-depth", .arg = "N",
	    .help = "at most N certificates below an anchor (1..8)" },
#if DV_HAS_POLICIES
	{ .name = "policy", .arg = "OID", .many = true,
	    .help = "a policy wanted; default: any" },
	{ .name = "require-explicit-policy",
	    .help = "refuse a path valid for no policy wanted" },
	{ .name = "inhibit-policy-mapping",
	    .help = "follow no mapping from one policy to another" },
	{ .name = "inhibit-any-policy",
	    .help = "anyPolicy in a certificate stands for none" },
#endif
#if DV_HAS_TRACE
	{ .letter = 'v', .name = "verbose",
	    .help = "list every step on every certificate" },
#endif
	DV_CMD_LISTS
	DV_CMD_JSON
	DV_CMD_QUIET,
	{ .name = NULL },
};

/* The limit is one digit. */
_Static_assert(DV_MAX_PATH <= 9, "read_depth() reads one digit");

static enum dv_exit
read_depth(struct dv_asked *asked, const char *text, struct dv_err *err)
{
	if (text == NULL)
		return DV_EXIT_YES;
	if (text[0] < '1' || text[0] > '0' + DV_MAX_PATH || text[1] != '\0')
		return dv_fail(err, DV_EXIT_USAGE,
		    "option --max-depth: \"%s\" is not a number from 1 to %d",
		    text, DV_MAX_PATH);
	asked->policy.max_path = (unsigned)(text[0] - '0');
	return DV_EXIT_YES;
}

/* RFC 5280 6.1.1 (c), (e), (f), (g) */
static enum dv_exit
read_policies(struct dv_asked *asked, struct dv_err *err)
{
	const struct dv_args *args = asked->args;
	const char *text;
	size_t n = 0;

	while ((text = dv_args_nth(args, "policy", (int)n)) != NULL) {
		if (n == DV_MAX_PATH_POLICIES)
			return dv_fail(err, DV_EXIT_USAGE, "option --policy: "
			    "given more than %d times", DV_MAX_PATH_POLICIES);
		asked->policies[n].ptr = asked->policy_room[n];
		asked->policies[n].len = dv_oid_parse(text,
		    asked->policy_room[n], DV_OID_ROOM);
		if (asked->policies[n].len == 0)
			return dv_fail_value(err, "--policy", text,
			    "not an OID",
			    "an OID like 2.16.840.1.101.3.2.1.48.1");
		n++;
	}
	asked->policy.initial_policies = asked->policies;
	asked->policy.initial_policy_count = n;
	asked->policy.require_explicit =
	    dv_args_has(args, "require-explicit-policy");
	asked->policy.inhibit_mapping =
	    dv_args_has(args, "inhibit-policy-mapping");
	asked->policy.inhibit_any = dv_args_has(args, "inhibit-any-policy");
	return DV_EXIT_YES;
}

static enum dv_exit
judge(struct dv_asked *asked, const struct dv_ders *leaf, const char *operand)
{
	const struct dv_chain *chain = dv_asked_chain(asked, leaf);
	struct dv_report report = { .subject = operand, .chain = chain,
	    .path = &asked->path };
	const struct dv_verdict verdict =
	    asked->bad_crl.status != DV_UNDECIDED ? asked->bad_crl :
	    dv_chain_verify(chain, &asked->policy, &asked->work, &asked->path);

	report.verdict = &verdict;
#if DV_HAS_TRACE
	if (dv_args_has(asked->args, "verbose"))
		report.trace = &asked->work.trace;
#endif
	return dv_asked_report(asked, &report);
}

static enum dv_exit
judge_operand(struct dv_asked *asked, const char *operand, struct dv_err *err)
{
	struct dv_ders leaf = { .count = 0 };
	enum dv_exit exit = dv_ders_load(&leaf, operand, "CERTIFICATE", err);

	if (exit == DV_EXIT_YES)
		exit = judge(asked, &leaf, operand);
	dv_ders_free(&leaf);
	return exit;
}

static enum dv_exit
ask_each(const struct dv_args *args, struct dv_err *err)
{
	static struct dv_asked asked;
	enum dv_exit exit = dv_asked_open(args, &asked, err);

	if (exit == DV_EXIT_YES)
		exit = read_depth(&asked, dv_args_get(args, "max-depth"), err);
	if (DV_HAS_POLICIES && exit == DV_EXIT_YES)
		exit = read_policies(&asked, err);
	if (exit == DV_EXIT_YES)
		exit = dv_asked_each(&asked, judge_operand);
	dv_asked_close(&asked);
	return exit;
}

enum dv_exit
dv_cmd_chain(const struct dv_args *args, struct dv_err *err)
{
	return DV_HAS_LISTS ? dv_cmd_listed(args, ask_each, err) :
	    ask_each(args, err);
}
