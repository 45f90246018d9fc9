/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CRLs as `devverify chain` and `devverify file` take them. A CRL that cannot
 * be read refuses every operand: who gave it meant it. docs/DESIGN.md.
 */
#include <string.h>

#include "cmd.h"

static enum dv_exit
read_mode(struct dv_asked *asked, const char *text, struct dv_err *err)
{
	static const char *const modes[] = {
		[DV_REVOCATION_REQUIRED] = "required",
		[DV_REVOCATION_IF_GIVEN] = "if-given",
		[DV_REVOCATION_NONE] = "none",
	};

	if (text == NULL)
		return DV_EXIT_YES;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(text, modes[i]) == 0) {
			asked->policy.revocation = (enum dv_revocation_mode)i;
			return DV_EXIT_YES;
		}
	}
	return dv_fail_value(err, "--revocation", text,
	    "none of required, if-given and none", "");
}

static enum dv_exit
add_crl(struct dv_asked *asked, size_t index, struct dv_err *err)
{
	struct dv_verdict *bad = &asked->bad_crl;
	struct dv_at at;
	enum dv_reason reason;

	if (index == DV_MAX_CRLS)
		return dv_fail(err, DV_EXIT_NONE, "%s: more than %d CRLs",
		    asked->crl_files.path[index], DV_MAX_CRLS);
	reason = dv_crl_parse(dv_ders_at(&asked->crl_files, index),
	    &asked->crls[index], &at);
	if (reason != DV_R_NONE && bad->status == DV_UNDECIDED)
		*bad = (struct dv_verdict){ DV_REJECTED, reason, DV_OBJECT_CRL,
		    (unsigned)index, at };
	return DV_EXIT_YES;
}

enum dv_exit
dv_asked_crls(struct dv_asked *asked, struct dv_err *err)
{
	const struct dv_args *args = asked->args;
	enum dv_exit exit = read_mode(asked, dv_args_get(args, "revocation"),
	    err);
	const char *path;

	if (exit == DV_EXIT_YES && dv_args_has(args, "crl") &&
	    asked->policy.revocation == DV_REVOCATION_NONE)
		return dv_fail(err, DV_EXIT_USAGE, "%s: option -r (--crl) and "
		    "--revocation none contradict each other",
		    args->verb->name);
	for (int i = 0; exit == DV_EXIT_YES &&
	    (path = dv_args_nth(args, "crl", i)) != NULL; i++)
		exit = dv_ders_load(&asked->crl_files, path, DV_PEM_CRL, err);
	for (size_t i = 0; exit == DV_EXIT_YES && i < asked->crl_files.count;
	    i++)
		exit = add_crl(asked, i, err);
	return exit;
}
