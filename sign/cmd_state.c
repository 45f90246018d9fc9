/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the verbs share that know the device's state directory. Nothing that
 * cannot be undone happens without a yes. docs/LIFECYCLE.md.
 */
#include "cmd_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/open.h"
#include "host/text.h"

const char *
ds_cmd_dir(const struct dv_args *args)
{
	const char *dir = dv_args_get(args, "dir");
	return dir != NULL ? dir : DS_DEFAULT_DIR;
}

bool
ds_cmd_is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static enum dv_exit
hash_of(struct dv_bytes der, char out[DS_RECORD_HASH], struct dv_err *err)
{
	struct dv_cert cert;
	struct dv_at at;
	enum dv_reason why = dv_cert_parse(der, &cert, &at);
	if (why != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE, "%s", dv_reason_text(why));
	if (!ds_record_hash(&cert.key, out))
		return dv_fail(err, DV_EXIT_NONE, "hashing failed");
	return DV_EXIT_YES;
}

enum dv_exit
ds_cmd_chain_hash(const char *path, char out[DS_RECORD_HASH],
    struct dv_err *err)
{
	struct dv_ders list = { .count = 0 };
	memset(out, 0, DS_RECORD_HASH);
	if (!ds_cmd_is_there(path))
		return DV_EXIT_YES;
	enum dv_exit ret = dv_ders_load(&list, path, "CERTIFICATE", err);
	if (ret == DV_EXIT_YES) {
		ret = hash_of(dv_ders_at(&list, 0), out, err);
		if (ret != DV_EXIT_YES)
			ret = dv_fail_in(err, ret, path);
	}
	dv_ders_free(&list);
	return ret;
}

/* A chain that cannot be read is in use by nobody, and can be replaced. */
static void
hash_in_use(const struct ds_device *device, char out[DS_RECORD_HASH])
{
	char path[DV_PATH_MAX];
	struct dv_err why;
	if (ds_device_path(device, DS_FILE_CHAIN, path, &why) != DV_EXIT_YES ||
	    ds_cmd_chain_hash(path, out, &why) != DV_EXIT_YES)
		memset(out, 0, DS_RECORD_HASH);
}

enum dv_exit
ds_cmd_begin(const struct dv_args *args, struct ds_device *out,
    struct dv_err *err)
{
	char hash[DS_RECORD_HASH];
	enum dv_exit ret = ds_device_begin(ds_cmd_dir(args), out, err);
	if (ret != DV_EXIT_YES)
		return ret;
	hash_in_use(out, hash);
	return ds_device_settle(out, hash, err);
}

/* The factory's identity keeps its chain also while another is in use. */
static const char *
chain_name(const struct ds_device *device, const char *key)
{
	return strcmp(key, device->record.idevid_key) == 0 &&
	    ds_device_has(device, DS_FILE_IDEVID) ? DS_FILE_IDEVID :
	    DS_FILE_CHAIN;
}

enum dv_exit
ds_cmd_use(const struct dv_args *args, struct ds_cmd_use *out,
    struct dv_err *err)
{
	char hash[DS_RECORD_HASH] = "";
	const char *chain = dv_args_get(args, "chain");
	out->device = (struct ds_device){ .lock = -1 };
	out->key = dv_args_get(args, "key");
	/* The record has no say when both are given. */
	enum dv_exit ret = out->key != NULL && chain != NULL ? DV_EXIT_YES :
	    ds_device_look(ds_cmd_dir(args), &out->device, err);
	if (ret != DV_EXIT_YES)
		return ret;
	if (out->key == NULL && chain == NULL)
		hash_in_use(&out->device, hash);
	const struct ds_record *r = &out->device.record;
	if (out->key == NULL)
		out->key = ds_device_in_use(&out->device, hash);
	if (out->key == NULL)
		out->key = r->ldevid_key[0] != '\0' ? r->ldevid_key :
		    r->idevid_key[0] != '\0' ? r->idevid_key :
		    r->next_key[0] != '\0' ? r->next_key : DS_DEFAULT_KEY;
	if (chain == NULL)
		return ds_device_path(&out->device,
		    chain_name(&out->device, out->key), out->chain, err);
	if (strlen(chain) >= sizeof(out->chain))
		return dv_fail(err, DV_EXIT_NONE, "%.64s...: the path is too "
		    "long", chain);
	memcpy(out->chain, chain, strlen(chain) + 1);
	return DV_EXIT_YES;
}

/* Which template made it, and which key salts the sessions of its TPM. */
static enum dv_exit
note_tpm(struct ds_key *key, struct ds_cmd_key *out, struct dv_err *err)
{
	uint8_t name[DS_SALT_NAME];
	size_t len;
	const char *template = ds_key_template(key);
	enum dv_exit ret = ds_key_salt_name(key, name, &len, err);
	out->salt_key[0] = out->template[0] = '\0';
	if (ret != DV_EXIT_YES)
		return ret;
	dv_hex_text((struct dv_bytes){ name, len }, out->salt_key);
	if (template != NULL)
		(void)snprintf(out->template, sizeof(out->template), "%s",
		    template);
	return DV_EXIT_YES;
}

enum dv_exit
ds_cmd_pin(const struct ds_record *record, uint8_t room[DS_SALT_NAME],
    struct ds_access *access, struct dv_err *err)
{
	size_t len = strlen(record->salt_key) / 2;
	for (size_t i = 0; i < len; i++) {
		const char pair[] = { record->salt_key[2 * i],
			record->salt_key[2 * i + 1], '\0' };
		if (i == DS_SALT_NAME ||
		    strspn(pair, "0123456789abcdef") != 2)
			return dv_fail(err, DV_EXIT_NONE, "the record's salt-key "
			    "is not the Name of a TPM key");
		room[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	access->salt_name = (struct dv_bytes){ room, len };
	return DV_EXIT_YES;
}

enum dv_exit
ds_cmd_key_note(struct ds_key *key, struct ds_cmd_key *out,
    struct dv_err *err)
{
	const char *given = ds_key_spec(key), *path = strchr(given, ':');
	char *whole = NULL;
	size_t scheme = path == NULL ? 0 : (size_t)(path - given) + 1;
	if (!ds_spec_in_hardware(given))
		whole = realpath(given + scheme, NULL);
	const char *rest = whole != NULL ? whole : given + scheme;
	bool fits = scheme + strlen(rest) < sizeof(out->spec);
	if (fits) {
		memcpy(out->spec, given, scheme);
		memcpy(out->spec + scheme, rest, strlen(rest) + 1);
	}
	free(whole);
	if (!fits)
		return dv_fail(err, DV_EXIT_USAGE,
		    "%.64s...: the name of the key is too long", given);
	return ds_record_hash(ds_key_public(key), out->hash) ?
	    note_tpm(key, out, err) :
	    dv_fail(err, DV_EXIT_NONE, "hashing failed");
}

enum dv_exit
ds_cmd_key_record(struct ds_device *device, const struct ds_cmd_key *key,
    struct dv_err *err)
{
	struct ds_record *r = &device->record;
	memcpy(r->salt_key, key->salt_key, sizeof(r->salt_key));
	if (ds_spec_in_hardware(key->spec)) {
		memcpy(r->template, key->template, sizeof(r->template));
		memcpy(r->idevid_key, key->spec, sizeof(r->idevid_key));
		memcpy(r->idevid_spki, key->hash, sizeof(r->idevid_spki));
		return ds_device_save(device, err);
	}
	if (strcmp(r->ldevid_spki, key->hash) == 0)
		return DV_EXIT_YES;
	if (r->next_key[0] != '\0' && strcmp(r->next_key, key->spec) != 0) {
		enum dv_exit ret = dv_fail(err, DV_EXIT_NO, "%s: another key "
		    "waits for its chain: %s", device->dir, r->next_key);
		return dv_hint(err, ret, "install the chain of that one, or "
		    "`devsign reset` drops both");
	}
	memcpy(r->next_key, key->spec, sizeof(r->next_key));
	memcpy(r->next_spki, key->hash, sizeof(r->next_spki));
	return ds_device_save(device, err);
}

enum dv_exit
ds_cmd_facts(const struct ds_chain *chain, struct ds_cmd_facts *out,
    struct dv_err *err)
{
	*out = (struct ds_cmd_facts){ .from = { DV_TIME_MIN },
		.until = { DV_TIME_MAX } };
	for (size_t i = 0; i < chain->count; i++) {
		struct dv_cert cert;
		struct dv_at at;
		enum dv_reason why = dv_cert_parse(chain->cert[i], &cert, &at);
		if (why != DV_R_NONE)
			return dv_fail(err, DV_EXIT_NONE, "%s",
			    dv_reason_text(why));
		if (cert.not_after.s < out->until.s)
			out->until = cert.not_after;
		if (cert.not_before.s > out->from.s)
			out->from = cert.not_before;
		if (i == 0) {
			dv_name_text(cert.subject, out->subject, DS_CMD_NAME);
			dv_name_text(cert.issuer, out->issuer, DS_CMD_NAME);
		}
		dv_name_text(cert.issuer, out->top, DS_CMD_NAME);
	}
	return DV_EXIT_YES;
}

enum dv_exit
ds_cmd_chain_save(const char *path, const struct ds_chain *chain,
    struct dv_err *err)
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

static bool
typed_yes(const char *what)
{
	char answer[8] = "";
	FILE *tty = fopen("/dev/tty", "r+e");
	if (tty == NULL)
		return false;
	(void)fprintf(tty, "%s.\nType yes to go on: ", what);
	(void)fflush(tty);
	bool yes = fgets(answer, sizeof(answer), tty) != NULL &&
	    strcmp(answer, "yes\n") == 0;
	(void)fclose(tty);
	return yes;
}

enum dv_exit
ds_cmd_confirm(const struct dv_args *args, const char *what,
    struct dv_err *err)
{
	if (dv_args_has(args, "yes"))
		return DV_EXIT_YES;
	if (isatty(STDIN_FILENO) && typed_yes(what))
		return DV_EXIT_YES;
	enum dv_exit ret = dv_fail(err, DV_EXIT_USAGE, "%s: %s; nothing was "
	    "done", args->verb->name, what);
	return dv_hint(err, ret, "--yes does it without asking");
}
