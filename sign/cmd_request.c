/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign request: a PKCS#10 request that proves possession of the key. What
 * the certificate will say is the CA's decision.
 */
#include "bytes.h"
#include "cmd_state.h"
#include "ds_der.h"
#include "host/file.h"

#define SUBJECT_MAX 4096

const struct dv_opt ds_cmd_request_options[] = {
	DS_KEY_OPTIONS,
	{ 0, "dir", "DIR", "keep it and a record of the key in DIR", false },
	{ 'n', "subject", "SUBJECT", "who the device is: CN=unit-0042,O=Acme",
	  false },
	{ 'o', "output", "FILE", "where to (standard output)", false },
	{ 0, NULL, NULL, NULL, false },
};

/* Before the key is asked: does the name make sense? */
static enum dv_exit
subject_check(const char *subject, struct dv_err *err)
{
	uint8_t room[SUBJECT_MAX];
	struct ds_der w = ds_der_start(room, sizeof(room));
	if (subject == NULL) {
		enum dv_exit ret = dv_fail(err, DV_EXIT_USAGE,
		    "request: option -n (--subject) is missing");
		return dv_hint(err, ret, "for example -n CN=unit-0042,O=Acme");
	}
	return ds_der_name(&w, subject, err);
}

static enum dv_exit
save(const struct dv_file_new *file, struct dv_bytes der, struct dv_err *err)
{
	struct dv_buf pem = { NULL, 0, 0 };
	enum dv_exit ret = dv_pem_write(&pem, "CERTIFICATE REQUEST", der) ?
	    dv_file_write(file, dv_buf_bytes(&pem), err) :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
	dv_buf_free(&pem);
	return ret;
}

enum dv_exit
ds_cmd_request_keep(struct ds_device *device, struct ds_key *key,
    const char *subject, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	struct ds_cmd_key note;
	struct dv_buf der = { NULL, 0, 0 };
	struct dv_file_new file = { .path = path, .mode = 0644,
		.replace = true };
	enum dv_exit ret = ds_device_path(device, DS_FILE_REQUEST, path, err);
	if (ret == DV_EXIT_YES)
		ret = ds_csr_make(key, subject, &der, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_key_note(key, &note, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_key_record(device, &note, err);
	if (ret == DV_EXIT_YES)
		ret = save(&file, dv_buf_bytes(&der), err);
	if (ret == DV_EXIT_YES)
		ds_cmd_say(path, "%s: request for \"%s\" with %s", path, subject,
		    note.spec);
	dv_buf_free(&der);
	return ret;
}

static enum dv_exit
keep(const struct dv_args *args, struct ds_key *key, const char *subject,
    struct dv_err *err)
{
	struct ds_device device = { .lock = -1 };
	enum dv_exit ret = ds_cmd_begin(args, &device, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_request_keep(&device, key, subject, err);
	ds_device_end(&device);
	return ret;
}

static enum dv_exit
give(const struct dv_args *args, struct ds_key *key, const char *subject,
    struct dv_err *err)
{
	const char *path = dv_args_get(args, "output");
	struct dv_buf der = { NULL, 0, 0 };
	struct dv_file_new file = { .path = path != NULL ? path : "-",
		.mode = 0644 };
	enum dv_exit ret = ds_csr_make(key, subject, &der, err);
	if (ret == DV_EXIT_YES)
		ret = save(&file, dv_buf_bytes(&der), err);
	if (ret == DV_EXIT_YES && path != NULL)
		ds_cmd_say(path, "%s: request for \"%s\" with %s", path, subject,
		    ds_key_spec(key));
	dv_buf_free(&der);
	return ret;
}

enum dv_exit
ds_cmd_request_run(const struct dv_args *args, struct dv_err *err)
{
	const char *subject = dv_args_get(args, "subject");
	bool kept = dv_args_has(args, "dir");
	struct ds_access access;
	struct ds_key *key = NULL;
	enum dv_exit ret = subject_check(subject, err);
	if (ret == DV_EXIT_YES && kept && dv_args_has(args, "output"))
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "request: --dir and -o do not go together");
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_access(args, &access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_open(ds_cmd_key_spec(args), &access, &key, err);
	if (ret == DV_EXIT_YES)
		ret = kept ? keep(args, key, subject, err) :
		    give(args, key, subject, err);
	ds_key_close(key);
	return ret;
}
