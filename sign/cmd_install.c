/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign install: takes the chain that the CA gave only when it is for this
 * key, valid now and whole, and keeps it in signing order.
 */
#include <sys/stat.h>

#include "cmd.h"
#include "host/file.h"
#include "host/when.h"

const struct dv_opt ds_cmd_install_options[] = {
	DS_KEY_OPTIONS,
	{ 'o', "output", "FILE", "where to (" DS_DEFAULT_CHAIN ")", false },
	{ 't', "time", "TIME", "the time of the check (now)", false },
	{ 0, NULL, NULL, NULL, false },
};

#define NAME_TEXT 256

/* What a person wants to know about a chain. */
struct facts {
	char subject[NAME_TEXT], issuer[NAME_TEXT];
	char until[DV_TIME_TEXT];
};

static enum dv_exit
facts_read(const struct ds_chain *chain, struct facts *out, struct dv_err *err)
{
	dv_time until = { DV_TIME_MAX };
	for (size_t i = 0; i < chain->count; i++) {
		struct dv_cert cert;
		struct dv_at at;
		enum dv_reason why = dv_cert_parse(chain->cert[i], &cert, &at);
		if (why != DV_R_NONE)
			return dv_fail(err, DV_EXIT_NONE, "%s",
			    dv_reason_text(why));
		if (cert.not_after.s < until.s)
			until = cert.not_after;
		if (i == 0)
			dv_name_text(cert.subject, out->subject, NAME_TEXT);
		dv_name_text(cert.issuer, out->issuer, NAME_TEXT);
	}
	dv_time_format(until, out->until);
	return DV_EXIT_YES;
}

static enum dv_exit
save(const char *path, const struct ds_chain *chain, struct dv_err *err)
{
	struct dv_buf pem = { NULL, 0, 0 };
	struct dv_file_new file = { .path = path, .mode = 0644,
		.replace = true };
	bool ok = true;
	for (size_t i = 0; ok && i < chain->count; i++)
		ok = dv_pem_write(&pem, "CERTIFICATE", chain->cert[i]);
	enum dv_exit ret = ok ? dv_file_write(&file, dv_buf_bytes(&pem), err) :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
	dv_buf_free(&pem);
	return ret;
}

static enum dv_exit
install(const struct ds_chain *chain, const char *path, struct dv_err *err)
{
	struct facts facts;
	enum dv_exit ret = facts_read(chain, &facts, err);
	if (path == NULL) {
		path = DS_DEFAULT_CHAIN;
		/* Its failure shows when the file is written. */
		(void)mkdir(DS_DEFAULT_DIR, 0755);
	}
	if (ret == DV_EXIT_YES)
		ret = save(path, chain, err);
	if (ret != DV_EXIT_YES)
		return ret;
	ds_cmd_say(path, "%s: installed \"%s\", %zu certificate%s, until %s",
	    path, facts.subject, chain->count, chain->count == 1 ? "" : "s",
	    facts.until);
	if (!chain->ends_in_root)
		ds_cmd_say(path, "the chain ends below \"%s\", which verifiers "
		    "must know", facts.issuer);
	return DV_EXIT_YES;
}

enum dv_exit
ds_cmd_install_run(const struct dv_args *args, struct dv_err *err)
{
	struct ds_access access;
	struct ds_key *key = NULL;
	struct dv_when when;
	struct ds_cmd_chain chain = { .list = NULL };
	enum dv_exit ret = dv_when(dv_args_get(args, "time"), &when, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_access(args, &access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_open(ds_cmd_key_spec(args), &access, &key, err);
	if (ret == DV_EXIT_YES) {
		struct ds_chain_check check = {
			.key = ds_key_public(key),
			.at = when.at,
		};
		ret = ds_cmd_chain_load(args->operands[0], &check, &chain, err);
	}
	if (ret == DV_EXIT_YES)
		ret = install(&chain.chain, dv_args_get(args, "output"), err);
	ds_cmd_chain_free(&chain);
	ds_key_close(key);
	return ret;
}
