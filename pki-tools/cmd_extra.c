/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options by which one CA lays down what another may do: which kind of CA it
 * is, whose names it may certify, under which policies. pki-init(1).
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "pki_names.h"

static bool
fits(const struct pki_profile *profile, bool self_signed)
{
	return profile != NULL && profile->ca &&
	    profile->self_signed == self_signed;
}

enum dv_exit
pki_cmd_ca_profile(const struct dv_args *args, const char *usual,
    bool self_signed, const struct pki_profile **out, struct dv_err *err)
{
	const char *name = dv_args_get(args, "profile");
	enum dv_exit exit;

	*out = pki_profile_find(name == NULL ? usual : name);
	if (fits(*out, self_signed))
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_USAGE, "option --profile: \"%s\" is not a "
	    "profile of %s", name, self_signed ? "a root" : "a CA below "
	    "another");
	return dv_hint(err, exit, "the profiles are %s", self_signed ?
	    "root and matter-paa" : "intermediate and matter-pai");
}

static enum dv_exit
subtrees(const struct dv_args *args, const char *option, struct dv_buf *out,
    struct dv_err *err)
{
	const char *text;
	enum dv_exit exit = DV_EXIT_YES;

	for (int i = 0; exit == DV_EXIT_YES &&
	    (text = dv_args_nth(args, option, i)) != NULL; i++)
		exit = pki_subtree(out, text, err);
	return exit;
}

static enum dv_exit
read_constraints(const struct dv_args *args, struct pki_cmd_extra *out,
    struct dv_err *err)
{
	struct dv_buf permitted = { NULL, 0, 0 }, excluded = { NULL, 0, 0 };
	enum dv_exit exit = subtrees(args, "permit", &permitted, err);

	if (exit == DV_EXIT_YES)
		exit = subtrees(args, "exclude", &excluded, err);
	if (exit == DV_EXIT_YES && !pki_constraints(dv_buf_bytes(&permitted),
	    dv_buf_bytes(&excluded), &out->constraints))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	out->extra.constraints = dv_buf_bytes(&out->constraints);
	dv_buf_free(&permitted);
	dv_buf_free(&excluded);
	return exit;
}

static enum dv_exit
read_policies(const struct dv_args *args, struct pki_cmd_extra *out,
    struct dv_err *err)
{
	const char *text;
	size_t len = 0;

	for (int i = 0; (text = dv_args_nth(args, "policy", i)) != NULL; i++) {
		uint8_t oid[64];
		int n;

		if (dv_oid_parse(text, oid, sizeof(oid)) == 0 ||
		    pki_word_in(out->policies, text))
			return dv_fail(err, DV_EXIT_USAGE, "option --policy: "
			    "\"%s\" is not an OID, or stands there twice",
			    text);
		n = snprintf(out->policies + len, sizeof(out->policies) - len,
		    "%s%s", len == 0 ? "" : " ", text);
		if (n < 0 || (size_t)n >= sizeof(out->policies) - len)
			return dv_fail(err, DV_EXIT_USAGE, "option --policy: "
			    "too many of them");
		len += (size_t)n;
	}
	if (len != 0)
		out->extra.policies = out->policies;
	return DV_EXIT_YES;
}

enum dv_exit
pki_cmd_extra(const struct dv_args *args, struct pki_cmd_extra *out,
    struct dv_err *err)
{
	enum dv_exit exit;

	memset(out, 0, sizeof(*out));
	out->extra.authorised_only = dv_args_has(args, "authorised-only");
	exit = read_constraints(args, out, err);
	return exit == DV_EXIT_YES ? read_policies(args, out, err) : exit;
}

void
pki_cmd_extra_free(struct pki_cmd_extra *extra)
{
	dv_buf_free(&extra->constraints);
}
