/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the verbs of devsign share: reaching the key, loading the chain, saying
 * what was done. Never on standard output when that carries data.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "host/file.h"
#include "host/open.h"
#include "host/text.h"

#define FD_MAX 1023

const char *
ds_cmd_key_spec(const struct dv_args *args)
{
	const char *spec = dv_args_get(args, "key");
	return spec != NULL ? spec : DS_DEFAULT_KEY;
}

enum dv_exit
ds_cmd_access(const struct dv_args *args, struct ds_access *out,
    struct dv_err *err)
{
	const char *fd = dv_args_get(args, "passphrase-fd");
	*out = ds_access_default();
	out->tcti = dv_args_get(args, "tcti");
	out->secret.file = dv_args_get(args, "passphrase-file");
	out->secret.none = dv_args_has(args, "no-passphrase");
	out->secret.ask = dv_args_has(args, "ask-passphrase");
	out->owner_file = dv_args_get(args, "owner-passphrase-file");
	out->endorsement_file = dv_args_get(args,
	    "endorsement-passphrase-file");
	out->plain_session = dv_args_has(args, "plain-session");
	if ((fd != NULL) + (out->secret.file != NULL) + out->secret.none +
	    out->secret.ask > 1)
		return dv_fail(err, DV_EXIT_USAGE,
		    "more than one source of the passphrase is given");
	if (fd == NULL)
		return DV_EXIT_YES;
	size_t digits = strspn(fd, "0123456789");
	if (digits == 0 || digits > 4 || fd[digits] != '\0' ||
	    strtol(fd, NULL, 10) > FD_MAX)
		return dv_fail(err, DV_EXIT_USAGE,
		    "--passphrase-fd %s: not a descriptor number", fd);
	out->secret.fd = (int)strtol(fd, NULL, 10);
	return DV_EXIT_YES;
}

enum dv_exit
ds_cmd_chain_read(const char *path, struct ds_cmd_chain *out,
    struct dv_err *err)
{
	out->path = path;
	out->list = calloc(1, sizeof(*out->list));
	if (out->list == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	return dv_ders_load(out->list, path, "CERTIFICATE", err);
}

enum dv_exit
ds_cmd_chain_check(struct ds_cmd_chain *chain, struct ds_chain_check *check,
    struct dv_err *err)
{
	struct dv_bytes certs[DV_DERS_MAX];
	for (size_t i = 0; i < chain->list->count; i++)
		certs[i] = dv_ders_at(chain->list, i);
	check->certs = certs;
	check->count = chain->list->count;
	enum dv_exit ret = ds_chain_check(check, &chain->chain, err);
	check->certs = NULL;
	if (ret != DV_EXIT_YES)
		ret = dv_fail_in(err, ret, chain->path);
	return ret;
}

enum dv_exit
ds_cmd_chain_load(const char *path, struct ds_chain_check *check,
    struct ds_cmd_chain *out, struct dv_err *err)
{
	enum dv_exit ret = ds_cmd_chain_read(path, out, err);
	return ret == DV_EXIT_YES ? ds_cmd_chain_check(out, check, err) : ret;
}

void
ds_cmd_chain_free(struct ds_cmd_chain *chain)
{
	if (chain->list != NULL)
		dv_ders_free(chain->list);
	free(chain->list);
	chain->list = NULL;
}

void
ds_cmd_say(const char *output, const char *format, ...)
{
	char text[2 * DV_PATH_MAX];
	bool data = output != NULL && strcmp(output, "-") == 0;
	FILE *to = data ? stderr : stdout;
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	dv_print_safe(to, dv_text_bytes(text));
	fputc('\n', to);
}
