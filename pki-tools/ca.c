/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a CA's directory. Refuses what others could have touched and parts
 * that do not belong together; judges no certificate (judge.c does that).
 * docs/DESIGN.md, A CA on disk.
 */
#include "pki_ca.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "pki_log.h"

/* Longest KEYSPEC in key.uri, with its newline. */
#define KEYSPEC_MAX 4096

enum dv_exit
pki_fail_in(const char *path, enum dv_exit exit, struct dv_err *err)
{
	struct dv_err inner = *err;

	exit = dv_fail(err, exit, "%s: %s", path, inner.what);
	return inner.hint[0] == '\0' ? exit :
	    dv_hint(err, exit, "%s", inner.hint);
}

static enum dv_exit
not_a_ca(const char *dir, const char *why, struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_NONE,
	    "%s: not a CA directory: %s", dir, why);

	return dv_hint(err, exit, "make one with `pki-init root` or "
	    "`pki-init intermediate`, or name another with -d");
}

static bool
is_there(const char *dir, const char *name)
{
	char path[DV_PATH_MAX];
	struct dv_err ignored;
	struct stat st;

	return dv_path_join(path, dir, name, &ignored) == DV_EXIT_YES &&
	    lstat(path, &st) == 0;
}

static enum dv_exit
check_dir(const char *dir, struct dv_err *err)
{
	struct stat st;
	enum dv_exit exit;

	if (stat(dir, &st) != 0)
		return errno == ENOENT ? not_a_ca(dir, "it does not exist",
		    err) : not_a_ca(dir, strerror(errno), err);
	if (!S_ISDIR(st.st_mode))
		return not_a_ca(dir, "it is not a directory", err);
	exit = dv_dir_check(dir, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if ((st.st_mode & 077) != 0) {
		exit = dv_fail(err, DV_EXIT_NONE, "%s: others may look into "
		    "this CA directory (mode %04o)", dir,
		    (unsigned)st.st_mode & 07777u);
		return dv_hint(err, exit, "make it yours alone: chmod 700 %s",
		    dir);
	}
	return DV_EXIT_YES;
}

enum dv_exit
pki_ca_look(const char *dir, bool *certified, struct dv_err *err)
{
	enum dv_exit exit = check_dir(dir, err);

	if (exit != DV_EXIT_YES)
		return exit;
	*certified = is_there(dir, PKI_CA_CERT);
	if (!*certified && !pki_ca_has_request(dir))
		return not_a_ca(dir, "there is no " PKI_CA_CERT " in it", err);
	return DV_EXIT_YES;
}

bool
pki_ca_has_request(const char *dir)
{
	return is_there(dir, PKI_CA_REQUEST);
}

/* A CA that can act: it has its certificate. */
static enum dv_exit
check_certified(const char *dir, struct dv_err *err)
{
	bool certified;
	enum dv_exit exit = pki_ca_look(dir, &certified, err);

	if (exit != DV_EXIT_YES || certified)
		return exit;
	exit = dv_fail(err, DV_EXIT_NONE, "%s: this CA has no certificate yet",
	    dir);
	return dv_hint(err, exit, "carry %s/" PKI_CA_REQUEST " to the machine "
	    "of its issuer, have it signed there by `pki-init sign`, carry the "
	    "answer back, and: pki-init install -d %s ANSWER", dir, dir);
}

/* ca.crt is for people and other programs; it must be the chain's first. */
static enum dv_exit
check_own(const struct pki_ca *ca, struct dv_err *err)
{
	struct dv_ders *own = calloc(1, sizeof(*own));
	char path[DV_PATH_MAX];
	enum dv_exit exit;

	if (own == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = dv_path_join(path, ca->dir, PKI_CA_CERT, err);
	if (exit == DV_EXIT_YES)
		exit = dv_ders_load(own, path, "CERTIFICATE", err);
	if (exit == DV_EXIT_YES && (own->count != 1 ||
	    !dv_bytes_equal(dv_ders_at(own, 0), ca->chain[0])))
		exit = dv_hint(err, dv_fail(err, DV_EXIT_NO, "%s is not the "
		    "first certificate of %s", path, ca->path), "was "
		    "`pki-init install` cut off? Run it again");
	dv_ders_free(own);
	free(own);
	return exit;
}

static enum dv_exit
load_chain(struct pki_ca *ca, struct dv_err *err)
{
	struct dv_at at;
	enum dv_reason reason;
	enum dv_exit exit = dv_path_join(ca->path, ca->dir, PKI_CA_CHAIN, err);

	if (exit == DV_EXIT_YES)
		exit = dv_ders_load(&ca->files, ca->path, "CERTIFICATE", err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (ca->files.count == 0 || ca->files.count > DV_MAX_PATH)
		return dv_fail(err, DV_EXIT_NO, "%s holds %zu certificates; "
		    "1 to %d are possible", ca->path, ca->files.count,
		    DV_MAX_PATH);
	for (size_t i = 0; i < ca->files.count; i++)
		ca->chain[i] = dv_ders_at(&ca->files, i);
	ca->chain_count = ca->files.count;
	reason = dv_cert_parse(ca->chain[0], &ca->cert, &at);
	if (reason != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "%s: %s at %s (%s)", ca->path,
		    dv_reason_text(reason), dv_field_name(at.field),
		    dv_reason_rule(reason));
	return check_own(ca, err);
}

static enum dv_exit
load_profiles(struct pki_ca *ca, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, ca->dir, PKI_CA_PROFILES, err);

	return exit == DV_EXIT_YES ? pki_profiles_load(path, &ca->profiles,
	    err) : exit;
}

enum dv_exit
pki_ca_open(const char *dir, struct pki_ca **out, struct dv_err *err)
{
	struct pki_ca *ca;
	enum dv_exit exit = check_certified(dir, err);

	*out = NULL;
	if (exit != DV_EXIT_YES)
		return exit;
	ca = calloc(1, sizeof(*ca));
	if (ca == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	ca->dir = dir;
	exit = load_chain(ca, err);
	if (exit == DV_EXIT_YES)
		exit = load_profiles(ca, err);
	if (exit == DV_EXIT_YES)
		*out = ca;
	else
		pki_ca_close(ca);
	return exit;
}

/* The KEYSPEC: of ca.key, or what key.uri says. */
static enum dv_exit
keyspec(const char *dir, struct dv_buf *out, struct dv_err *err)
{
	bool own = is_there(dir, PKI_CA_KEY);
	bool uri = is_there(dir, PKI_CA_KEY_URI);
	char path[DV_PATH_MAX];
	enum dv_exit exit;

	if (own == uri)
		return not_a_ca(dir, own ? "it has both " PKI_CA_KEY " and "
		    PKI_CA_KEY_URI : "it has neither " PKI_CA_KEY " nor "
		    PKI_CA_KEY_URI, err);
	exit = dv_path_join(path, dir, own ? PKI_CA_KEY : PKI_CA_KEY_URI, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (own)
		return dv_buf_text(out, "file:%s", path) ? DV_EXIT_YES :
		    dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = dv_file_read_secret(path, KEYSPEC_MAX, out, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (out->len < 2 || memchr(out->ptr, '\n', out->len) !=
	    out->ptr + out->len - 1 || memchr(out->ptr, 0, out->len) != NULL)
		return dv_fail(err, DV_EXIT_NONE, "%s: is not one line with a "
		    "KEYSPEC", path);
	out->ptr[out->len - 1] = '\0';
	return DV_EXIT_YES;
}

enum dv_exit
pki_ca_key(const char *dir, const struct ds_access *access,
    struct ds_key **out, struct dv_err *err)
{
	struct dv_buf spec = { NULL, 0, 0 };
	enum dv_exit exit = keyspec(dir, &spec, err);

	*out = NULL;
	if (exit == DV_EXIT_YES)
		exit = ds_key_open((const char *)spec.ptr, access, out, err);
	dv_buf_free(&spec);
	return exit;
}

/* With the key open, if that came to yes: is it the CA's? */
static enum dv_exit
check_key(const struct pki_ca *ca, enum dv_exit exit, struct dv_err *err)
{
	if (exit == DV_EXIT_YES && !dv_bytes_equal(
	    ds_key_public(ca->key)->spki, ca->cert.key.spki)) {
		exit = dv_fail(err, DV_EXIT_NO, "%s is not the key of %s/"
		    PKI_CA_CERT, ds_key_spec(ca->key), ca->dir);
		exit = dv_hint(err, exit, "key and certificate are from two "
		    "CAs: restore this directory from a backup");
	}
	return exit;
}

enum dv_exit
pki_ca_open_key(struct pki_ca *ca, const struct ds_access *access,
    struct dv_err *err)
{
	return check_key(ca, pki_ca_key(ca->dir, access, &ca->key, err), err);
}

enum dv_exit
pki_ca_use_key(struct pki_ca *ca, const char *spec,
    const struct ds_access *access, struct dv_err *err)
{
	return spec == NULL ? pki_ca_open_key(ca, access, err) :
	    check_key(ca, ds_key_open(spec, access, &ca->key, err), err);
}

enum dv_exit
pki_ca_open_ledger(struct pki_ca *ca, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, ca->dir, PKI_CA_LEDGER, err);

	if (exit == DV_EXIT_YES)
		exit = pki_ledger_open(path, &ca->ledger, err);
	return exit;
}

enum dv_exit
pki_ca_open_all(const char *dir, const struct ds_access *access,
    struct pki_ca **out, struct dv_err *err)
{
	enum dv_exit exit = pki_ca_open(dir, out, err);

	if (*out == NULL)
		return exit;
	exit = pki_ca_open_ledger(*out, err);
	if (exit == DV_EXIT_YES)
		exit = pki_log_ready((*out)->ledger, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_key(*out, access, err);
	if (exit != DV_EXIT_YES) {
		pki_ca_close(*out);
		*out = NULL;
	}
	return exit;
}

void
pki_ca_close(struct pki_ca *ca)
{
	if (ca == NULL)
		return;
	ds_key_close(ca->key);
	pki_ledger_close(ca->ledger);
	pki_profiles_free(ca->profiles);
	dv_ders_free(&ca->files);
	free(ca);
}

struct pki_issuer
pki_ca_issuer(const struct pki_ca *ca)
{
	return (struct pki_issuer){
		.key = ca->key,
		.cert = &ca->cert,
		.chain = ca->chain,
		.chain_count = ca->chain_count,
		.ledger = ca->ledger,
		.profiles = ca->profiles,
	};
}
