/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign key list: the keys that the TPM keeps, a line each, for people or as
 * JSON. Says "none" in words, and nothing in JSON.
 */
#include <stdio.h>

#include "cmd.h"
#include "host/json.h"
#include "tpm.h"

struct listing {
	bool json;
	size_t count;
};

static void
text_line(const struct ds_tpm_kept *k)
{
	printf("tpm:0x%08x  %-9s %s%s%s%s%s  %s\n", (unsigned)k->handle,
	    k->type, k->signs ? "sign" : "", k->signs && k->decrypts ? "," : "",
	    k->decrypts ? "decrypt" : "", k->restricted ? ",restricted" : "",
	    k->fixed_tpm ? k->no_da ? ",fixedTPM,noDA" : ",fixedTPM" :
	    k->no_da ? ",noDA" : "", k->template != NULL ? k->template : "-");
}

static void
json_line(const struct ds_tpm_kept *k)
{
	struct dv_json json = { .out = stdout };
	char handle[16];
	snprintf(handle, sizeof(handle), "0x%08x", (unsigned)k->handle);
	dv_json_begin(&json);
	dv_json_text(&json, "handle", handle);
	dv_json_text(&json, "type", k->type);
	if (k->template != NULL)
		dv_json_text(&json, "template", k->template);
	dv_json_flag(&json, "sign", k->signs);
	dv_json_flag(&json, "decrypt", k->decrypts);
	dv_json_flag(&json, "restricted", k->restricted);
	dv_json_flag(&json, "fixedTPM", k->fixed_tpm);
	dv_json_flag(&json, "noDA", k->no_da);
	dv_json_flag(&json, "userWithAuth", k->password);
	dv_json_end(&json);
}

static enum dv_exit
take(void *arg, const struct ds_tpm_kept *kept)
{
	struct listing *l = arg;
	l->count++;
	if (l->json)
		json_line(kept);
	else
		text_line(kept);
	return DV_EXIT_YES;
}

enum dv_exit
ds_cmd_key_list(const struct ds_access *access, bool json, struct dv_err *err)
{
	struct ds_tpm *tpm;
	struct listing l = { .json = json };
	enum dv_exit ret = ds_tpm_open(ds_tpm_tcti(access), &tpm, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_list(tpm, take, &l, err);
	if (ret == DV_EXIT_YES && l.count == 0 && !json)
		puts("the TPM keeps no keys");
	ds_tpm_close(tpm);
	return ret;
}
