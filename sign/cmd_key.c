/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign key: makes the device's key, shows the public half of it, lists what
 * the TPM keeps, approves policies. Making a key again where it is already
 * changes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "dv_hash.h"
#include "host/text.h"

const struct dv_opt ds_cmd_key_options[] = {
	DS_KEY_OPTIONS,
	{ 0, "key-type", "TYPE", "create: p256 (default), p384, ed25519,"
	    " rsa2048, rsa3072, rsa4096", false },
	{ 0, "template", "NAME", "create: that of a TPM key, by its name", false },
	{ 0, "no-passphrase", NULL, "create: leave a key file unencrypted",
	  false },
	{ 0, "pcr", "LIST", "create: sign only while these PCRs stay;"
	    " approve: these: sha256:0,7 or sha256:7=HEX", false },
	{ 0, "policy-key", "FILE", "create: sign by what this public key"
	    " approves", false },
	{ 'j', "json", NULL, "list: one JSON object a line", false },
	{ 0, NULL, NULL, NULL, false },
};

static enum dv_exit
show(const struct ds_key *key, const char *made, struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	const struct dv_key *pub = ds_key_public(key);
	struct dv_buf pem = { NULL, 0, 0 };
	size_t len = dv_hash_once(DV_HASH_SHA256, pub->spki, digest);
	if (len == 0 || !dv_pem_write(&pem, "PUBLIC KEY", pub->spki)) {
		dv_buf_free(&pem);
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	}
	ds_cmd_say(NULL, "%s: %s key%s%s%s", ds_key_spec(key),
	    dv_key_type_name(pub->type), made,
	    ds_key_where(key)[0] != '\0' ? ", " : "", ds_key_where(key));
	printf("SPKI SHA-256: ");
	dv_print_hex(stdout, (struct dv_bytes){ digest, len });
	if (ds_key_template(key) != NULL)
		printf("\nTemplate: %s", ds_key_template(key));
	printf("\n%.*s", (int)pem.len, (const char *)pem.ptr);
	dv_buf_free(&pem);
	return DV_EXIT_YES;
}

static enum dv_exit
create(const struct dv_args *args, const struct ds_access *access,
    struct ds_key **key, const char **made, struct dv_err *err)
{
	bool created = false;
	struct ds_key_new what = {
		.spec = ds_cmd_key_spec(args),
		.access = access,
		.template_name = dv_args_get(args, "template"),
		.pcr = dv_args_get(args, "pcr"),
		.policy_key = dv_args_get(args, "policy-key"),
	};
	const char *type = dv_args_get(args, "key-type");
	enum dv_exit ret = DV_EXIT_YES;
	if (type != NULL)
		ret = ds_key_type_find(type, &what.type, err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_create(&what, key, &created, err);
	*made = created ? ", created" : ", was there already";
	if (ret == DV_EXIT_YES && type != NULL &&
	    !ds_key_has_type(*key, what.type))
		ret = dv_fail(err, DV_EXIT_NO, "%s: a %s key is there already, "
		    "not one of type %s", ds_key_spec(*key),
		    dv_key_type_name(ds_key_public(*key)->type), type);
	return ret;
}

enum dv_exit
ds_cmd_key_run(const struct dv_args *args, struct dv_err *err)
{
	struct ds_access access;
	struct ds_key *key = NULL;
	const char *made = "", *what = args->operands[0];
	enum dv_exit ret = ds_cmd_access(args, &access, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (strcmp(what, "approve") == 0)
		return ds_cmd_key_approve(args, &access, err);
	if (args->operand_count > 1)
		return dv_fail(err, DV_EXIT_USAGE, "key %s takes no \"%s\"",
		    what, args->operands[1]);
	if (strcmp(what, "list") == 0)
		return ds_cmd_key_list(&access, dv_args_has(args, "json"), err);
	if (strcmp(what, "create") == 0)
		ret = create(args, &access, &key, &made, err);
	else if (strcmp(what, "show") == 0)
		ret = ds_key_open(ds_cmd_key_spec(args), &access, &key, err);
	else
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "key: \"%s\" is none of create, show, list, "
		    "approve", what);
	if (ret == DV_EXIT_YES)
		ret = show(key, made, err);
	ds_key_close(key);
	return ret;
}
