/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign key approve: the owner of a policy key lets a device's key sign under
 * other register values, before an update or after one.
 */
#include "cmd.h"
#include "tpm.h"

enum dv_exit
ds_cmd_key_approve(const struct dv_args *args, const struct ds_access *access,
    struct dv_err *err)
{
	struct ds_key *authority = NULL;
	struct ds_tpm_approval what = { .pcr = dv_args_get(args, "pcr"),
		.access = access };
	bool added;
	if (args->operand_count != 2 || what.pcr == NULL ||
	    dv_args_get(args, "key") == NULL) {
		enum dv_exit usage = dv_fail(err, DV_EXIT_USAGE, "key approve "
		    "needs the authority's key, registers and a key file");
		return dv_hint(err, usage, "devsign key approve -k "
		    "file:authority.key --pcr sha256:7 ldevid.pem");
	}
	what.path = args->operands[1];
	enum dv_exit ret = ds_key_open(ds_cmd_key_spec(args), access, &authority,
	    err);
	what.authority = authority;
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_approve(&what, &added, err);
	if (ret == DV_EXIT_YES)
		ds_cmd_say(NULL, "%s: %s, by %s", what.path, added ? "approved" :
		    "was approved already", ds_key_spec(authority));
	ds_key_close(authority);
	return ret;
}
