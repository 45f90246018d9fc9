/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options of the tools of a CA, read and checked. A usage error names the
 * option; nothing has been touched when it is reported.
 */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "dv_hash.h"
#include "host/text.h"
#include "host/when.h"

enum dv_exit
pki_cmd_need(const struct dv_args *args, const char *name, const char **out,
    struct dv_err *err)
{
	enum dv_exit exit;

	*out = dv_args_get(args, name);
	if (*out != NULL && **out != '\0')
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_USAGE, "option --%s %s", name,
	    *out == NULL ? "is missing" : "is empty");
	return dv_hint(err, exit, "%s %s --help shows the options",
	    args->tool->name, args->verb->name);
}

static enum dv_exit
number(const char *name, const char *text, long max, int *out,
    struct dv_err *err)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || value > max)
		return dv_fail(err, DV_EXIT_USAGE, "option --%s: \"%s\" is not "
		    "a number from 0 to %ld", name, text, max);
	*out = (int)value;
	return DV_EXIT_YES;
}

enum dv_exit
pki_cmd_access(const struct dv_args *args, const char *prefix,
    struct ds_access *out, struct dv_err *err)
{
	char file[40], fd[40];
	const char *text;

	*out = ds_access_default();
	(void)snprintf(file, sizeof(file), "%spassphrase-file", prefix);
	(void)snprintf(fd, sizeof(fd), "%spassphrase-fd", prefix);
	out->tcti = dv_args_get(args, "tcti");
	out->secret.file = dv_args_get(args, file);
	out->secret.none = *prefix == '\0' && dv_args_has(args,
	    "no-passphrase");
	text = dv_args_get(args, fd);
	if ((out->secret.file != NULL) + (text != NULL) +
	    out->secret.none > 1)
		return dv_fail(err, DV_EXIT_USAGE, "give only one of --%s, "
		    "--%s%s", file, fd, *prefix == '\0' ?
		    " and --no-passphrase" : "");
	if (text == NULL)
		return DV_EXIT_YES;
	return number(fd, text, 1023, &out->secret.fd, err);
}

enum dv_exit
pki_cmd_time(const struct dv_args *args, const char *name, dv_time *out,
    bool *given, struct dv_err *err)
{
	const char *text = dv_args_get(args, name);
	struct dv_when when;
	enum dv_exit exit;

	*given = text != NULL;
	if (text == NULL)
		return DV_EXIT_YES;
	exit = dv_when(text, &when, err);
	if (exit == DV_EXIT_YES) {
		*out = when.at;
		return exit;
	}
	exit = dv_fail(err, DV_EXIT_USAGE, "option --%s: \"%s\" is not a time",
	    name, text);
	return dv_hint(err, exit, "write 2046-03-01T00:00:00Z or @seconds; "
	    "no end at all is 9999-12-31T23:59:59Z");
}

enum dv_exit
pki_cmd_now(dv_time *out, struct dv_err *err)
{
	struct dv_when when;
	enum dv_exit exit = dv_when(NULL, &when, err);

	if (exit == DV_EXIT_YES)
		*out = when.at;
	return exit;
}

enum dv_exit
pki_cmd_key_type(const struct dv_args *args, const char *usual,
    struct pki_ca_new *what, struct dv_err *err)
{
	const char *text = dv_args_get(args, "key-type");

	what->key_type_given = text != NULL;
	return ds_key_type_find(text != NULL ? text : usual, &what->key_type,
	    err);
}

enum dv_exit
pki_cmd_terms(const struct dv_args *args, struct pki_terms *out,
    struct dv_err *err)
{
	const char *path_len = dv_args_get(args, "path-length");
	bool begin_given;
	enum dv_exit exit = pki_cmd_now(&out->now, err);

	out->not_before = out->now;
	out->path_len_given = path_len != NULL;
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_time(args, "not-before", &out->not_before,
		    &begin_given, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_time(args, "not-after", &out->not_after,
		    &out->end_given, err);
	if (exit == DV_EXIT_YES && path_len != NULL)
		exit = number("path-length", path_len, DV_MAX_PATH - 1,
		    &out->path_len, err);
	return exit;
}

static enum dv_exit
read_terms(const struct dv_args *args, struct pki_ca_new *what,
    struct dv_err *err)
{
	struct pki_terms terms = { .path_len = 0 };
	enum dv_exit exit = pki_cmd_terms(args, &terms, err);

	if (exit != DV_EXIT_YES)
		return exit;
	what->now = terms.now;
	what->not_before = terms.not_before;
	what->not_after = terms.not_after;
	what->end_given = terms.end_given;
	if (terms.path_len_given)
		what->path_len = terms.path_len;
	return exit;
}

/* The very answer of an earlier run may be there already. */
static bool
holds(const char *path, struct dv_bytes bytes)
{
	struct dv_buf old = { NULL, 0, 0 };
	struct dv_err ignored;
	struct stat st;
	bool same = lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    dv_file_read(path, DV_FILE_MAX, &old, &ignored) ==
	    DV_EXIT_YES && dv_bytes_equal(dv_buf_bytes(&old), bytes);

	dv_buf_free(&old);
	return same;
}

enum dv_exit
pki_cmd_put(const char *path, struct dv_bytes bytes, struct dv_err *err)
{
	const struct dv_file_new file = { .path = path, .mode = 0644 };
	char what[sizeof(err->what)];
	enum dv_exit exit;

	if (strcmp(path, "-") != 0 && holds(path, bytes))
		return DV_EXIT_YES;
	exit = dv_file_write(&file, bytes, err);
	if (exit == DV_EXIT_YES)
		return exit;
	memcpy(what, err->what, sizeof(what));
	exit = dv_fail(err, exit, "%s", what);
	return dv_hint(err, exit, "the certificate is in the ledger: the same "
	    "command, with room on the disk or another -o, writes it out");
}

bool
pki_cmd_hash(struct dv_bytes bytes, char out[PKI_HEX])
{
	uint8_t digest[DV_MAX_DIGEST];

	if (dv_hash_once(DV_HASH_SHA256, bytes, digest) != PKI_SHA256)
		return false;
	dv_hex_text((struct dv_bytes){ digest, PKI_SHA256 }, out);
	return true;
}

static enum dv_exit
say_made(const char *dir, const char *key_where, struct dv_err *err)
{
	struct pki_ca *ca;
	char name[512], end[DV_TIME_TEXT];
	enum dv_exit exit = pki_ca_open(dir, &ca, err);

	if (exit != DV_EXIT_YES)
		return exit;
	dv_name_text(ca->cert.subject, name, sizeof(name));
	dv_time_format(ca->cert.not_after, end);
	(void)printf("%s: made CA \"%s\" (%s) until %s\n", dir, name,
	    dv_key_type_name(ca->cert.key.type), end);
	if (key_where[0] != '\0') {
		(void)printf("  its key is ");
		dv_print_safe(stdout, dv_text_bytes(key_where));
		(void)putchar('\n');
	}
	pki_ca_close(ca);
	return DV_EXIT_YES;
}

static const char *
usual_key_type(const struct pki_cmd_ca *ca)
{
	return ca->profile->key_types == PKI_KEY_BIT(DV_KEY_P256) ? "p256" :
	    ca->key_type;
}

enum dv_exit
pki_cmd_new_ca(const struct dv_args *args, const struct pki_cmd_ca *ca,
    struct dv_err *err)
{
	struct ds_access access;
	char key_where[DS_KEY_WHERE] = "";
	struct pki_ca_new what = {
		.keyspec = dv_args_get(args, "key"),
		.access = &access,
		.profile = ca->profile,
		.path_len = ca->profile->path_len,
		.extra = ca->extra,
		.issuer = ca->issuer,
		.key_where = key_where,
	};
	enum dv_exit exit = pki_cmd_need(args, "directory", &what.dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(args, "subject", &what.subject, err);
	if (exit == DV_EXIT_YES)
		exit = read_terms(args, &what, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_key_type(args, usual_key_type(ca), &what, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_make(&what, err);
	if (exit == DV_EXIT_YES)
		exit = say_made(what.dir, key_where, err);
	return exit;
}
