/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init request: a CA with its key and no certificate yet, and the request
 * that is carried to its issuer; or the request of a CA that is to be renewed.
 * Signs nothing but requests. pki-init(1), docs/CEREMONY.md.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "cmd.h"
#include "host/text.h"
#include "pki_log.h"

#define NAME_ROOM 8192

const struct dv_opt pki_request_opts[] = {
	PKI_OPT_DIR("directory to make, or of the CA to renew"),
	PKI_OPTS_NEW_KEY,
	{ 0, "renew", NULL, "for the same key and name once more", false },
	PKI_OPT_OUT("write the request there too"),
	PKI_OPT_END,
};

static enum dv_exit
copy_out(const char *dir, const char *out, struct dv_err *err)
{
	struct dv_buf pem = { NULL, 0, 0 };
	char path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, dir, PKI_CA_REQUEST, err);

	if (exit == DV_EXIT_YES)
		exit = dv_file_read(path, DV_FILE_MAX, &pem, err);
	if (exit == DV_EXIT_YES) {
		const struct dv_file_new file = { .path = out, .mode = 0644,
		    .replace = true };

		exit = dv_file_write(&file, dv_buf_bytes(&pem), err);
	}
	dv_buf_free(&pem);
	return exit;
}

/* What is read out to the people at the issuer, who see the same. */
static enum dv_exit
say(const char *dir, const char *out, const char *key_where,
    struct dv_err *err)
{
	struct pki_ca_request *request;
	char name[512], key[PKI_HEX], whole[PKI_HEX];
	enum dv_exit exit = pki_ca_request_read(dir, &request, err);

	if (exit != DV_EXIT_YES)
		return exit;
	dv_name_text(request->csr.subject, name, sizeof(name));
	if (!pki_cmd_hash(request->csr.key.spki, key) ||
	    !pki_cmd_hash(request->csr.der, whole)) {
		exit = dv_fail(err, DV_EXIT_NONE, "hashing failed");
	} else {
		(void)printf("%s: request for \"%s\" (%s)\n", dir, name,
		    dv_key_type_name(request->csr.key.type));
		if (key_where[0] != '\0') {
			(void)printf("  its key is ");
			dv_print_safe(stdout, dv_text_bytes(key_where));
			(void)putchar('\n');
		}
		(void)printf("  key      SHA-256 %s\n", key);
		(void)printf("  request  SHA-256 %s\n", whole);
		(void)printf("  next: carry %s%s to its issuer: pki-init sign; "
		    "carry the answer back: pki-init install\n",
		    out == NULL ? dir : out,
		    out == NULL ? "/" PKI_CA_REQUEST : "");
	}
	pki_ca_request_free(request);
	return exit;
}

/* The same command again: what it made is there. */
static enum dv_exit
is_the_same(const char *dir, const char *subject, struct dv_err *err)
{
	uint8_t room[NAME_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	struct pki_ca_request *request;
	bool same;
	enum dv_exit exit = ds_der_name(&w, subject, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ca_request_read(dir, &request, err);
	if (exit != DV_EXIT_YES)
		return exit;
	same = dv_bytes_equal(request->csr.subject, ds_der_done(&w));
	pki_ca_request_free(request);
	if (same)
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NO, "%s exists already, and its request is "
	    "for another subject; nothing was changed", dir);
	return dv_hint(err, exit, "name another directory with -d");
}

static enum dv_exit
make(const struct dv_args *args, const char *dir, const char *subject,
    char key_where[DS_KEY_WHERE], struct dv_err *err)
{
	struct ds_access access;
	struct pki_ca_new what = {
		.dir = dir,
		.keyspec = dv_args_get(args, "key"),
		.access = &access,
		.subject = subject,
		.request = true,
		.key_where = key_where,
	};
	enum dv_exit exit = pki_cmd_key_type(args, "p256", &what, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &access, err);
	return exit == DV_EXIT_YES ? pki_ca_make(&what, err) : exit;
}

static enum dv_exit
new_request(const struct dv_args *args, const char *dir,
    char key_where[DS_KEY_WHERE], struct dv_err *err)
{
	const char *subject;
	bool certified = true;
	struct stat st;
	enum dv_exit exit = pki_cmd_need(args, "subject", &subject, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (lstat(dir, &st) == 0 && pki_ca_look(dir, &certified, err) ==
	    DV_EXIT_YES && !certified)
		return is_the_same(dir, subject, err);
	exit = pki_ca_check_free(dir, err);
	return exit == DV_EXIT_YES ? make(args, dir, subject, key_where, err) :
	    exit;
}

static enum dv_exit
renew(const struct dv_args *args, const char *dir, struct dv_err *err)
{
	static const char *const others[] = { "subject", "key", "key-type",
	    "no-passphrase" };
	struct ds_access access;
	struct pki_ca *ca;
	enum dv_exit exit = DV_EXIT_YES;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (dv_args_has(args, others[i]))
			exit = dv_fail(err, DV_EXIT_USAGE, "option --%s: --renew "
			    "keeps key and subject", others[i]);
	}
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_all(dir, &access, &ca, err);
	if (exit != DV_EXIT_YES)
		return exit;
	exit = pki_ca_request_again(ca, err);
	return pki_log_end(ca, exit, err);
}

enum dv_exit
pki_request_run(const struct dv_args *args, struct dv_err *err)
{
	const char *dir, *out = dv_args_get(args, "output");
	char key_where[DS_KEY_WHERE] = "";
	enum dv_exit exit = pki_cmd_need(args, "directory", &dir, err);

	if (exit == DV_EXIT_YES)
		exit = dv_args_has(args, "renew") ? renew(args, dir, err) :
		    new_request(args, dir, key_where, err);
	if (exit == DV_EXIT_YES && out != NULL)
		exit = copy_out(dir, out, err);
	if (exit == DV_EXIT_YES && (out == NULL || strcmp(out, "-") != 0))
		exit = say(dir, out, key_where, err);
	return exit;
}
