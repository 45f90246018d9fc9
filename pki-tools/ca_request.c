/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way of a CA to its issuer on another machine: the request that goes there,
 * the certificate that comes back. Nothing is put in place that does not fit
 * key, name and root. docs/CEREMONY.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "dv_chain.h"
#include "dv_hash.h"
#include "pki_log.h"

/* ---- the request ---------------------------------------------------------- */

enum dv_exit
pki_ca_request_read(const char *dir, struct pki_ca_request **out,
    struct dv_err *err)
{
	struct pki_ca_request *request = calloc(1, sizeof(*request));
	char path[DV_PATH_MAX];
	enum dv_exit exit;

	*out = request;
	if (request == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = dv_path_join(path, dir, PKI_CA_REQUEST, err);
	if (exit == DV_EXIT_YES)
		exit = dv_ders_load(&request->files, path,
		    "CERTIFICATE REQUEST", err);
	if (exit == DV_EXIT_YES && request->files.count != 1)
		exit = dv_fail(err, DV_EXIT_NO, "%s holds %zu requests", path,
		    request->files.count);
	if (exit == DV_EXIT_YES) {
		exit = pki_request_read(dv_ders_at(&request->files, 0),
		    &request->csr, err);
		if (exit == DV_EXIT_YES)
			return exit;
		exit = pki_fail_in(path, exit, err);
	}
	pki_ca_request_free(request);
	*out = NULL;
	return exit;
}

void
pki_ca_request_free(struct pki_ca_request *request)
{
	if (request == NULL)
		return;
	dv_ders_free(&request->files);
	free(request);
}

/* One object as PEM in a file of the directory. */
static enum dv_exit
put(const char *dir, const char *name, struct dv_bytes pem,
    struct dv_err *err)
{
	char path[DV_PATH_MAX];
	const struct dv_file_new file = {
		.path = path,
		.mode = 0644,
		.replace = true,
	};
	enum dv_exit exit = dv_path_join(path, dir, name, err);

	return exit == DV_EXIT_YES ? dv_file_write(&file, pem, err) : exit;
}

static enum dv_exit
make_request(const struct pki_ca *ca, struct dv_err *err)
{
	const struct pki_log_entry entry = { .event = "request-renewal" };
	struct dv_buf der = { NULL, 0, 0 }, pem = { NULL, 0, 0 };
	enum dv_exit exit = ds_csr_make_named(ca->key, ca->cert.subject, &der,
	    err);

	if (exit == DV_EXIT_YES && !dv_pem_write(&pem, "CERTIFICATE REQUEST",
	    dv_buf_bytes(&der)))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (exit == DV_EXIT_YES)
		exit = pki_log(ca->ledger, &entry, err);
	if (exit == DV_EXIT_YES)
		exit = put(ca->dir, PKI_CA_REQUEST, dv_buf_bytes(&pem), err);
	dv_buf_free(&der);
	dv_buf_free(&pem);
	return exit;
}

enum dv_exit
pki_ca_request_again(const struct pki_ca *ca, struct dv_err *err)
{
	struct pki_ca_request *old;
	enum dv_exit exit;

	if (!pki_ca_has_request(ca->dir))
		return make_request(ca, err);
	exit = pki_ca_request_read(ca->dir, &old, err);
	if (old == NULL)
		return exit;
	if (!dv_bytes_equal(old->csr.key.spki, ca->cert.key.spki) ||
	    !dv_bytes_equal(old->csr.subject, ca->cert.subject))
		exit = dv_fail(err, DV_EXIT_NO, "%s/" PKI_CA_REQUEST " is for "
		    "another key or subject", ca->dir);
	pki_ca_request_free(old);
	return exit;
}

/* ---- the answer ----------------------------------------------------------- */

struct installing {
	const struct pki_ca_answer *what;
	struct dv_cert cert;		/* the first of the chain */
	bool certified;			/* there is a ca.crt */
	int lock;			/* on the directory */
	struct ds_key *key;
	struct pki_ledger *ledger;
};

static enum dv_exit
lock(struct installing *in, struct dv_err *err)
{
	in->lock = open(in->what->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in->lock >= 0 && flock(in->lock, LOCK_EX | LOCK_NB) == 0)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NONE, "%s: %s", in->what->dir,
	    errno == EWOULDBLOCK ? "another process is installing a "
	    "certificate" : strerror(errno));
}

static enum dv_exit
refuse_name(const struct installing *in, struct dv_bytes wanted,
    struct dv_err *err)
{
	char a[256], b[256];

	dv_name_text(in->cert.subject, a, sizeof(a));
	dv_name_text(wanted, b, sizeof(b));
	return dv_fail(err, DV_EXIT_NO, "refused: the certificate is for %.180s; "
	    "this CA is %.180s", a, b);
}

static enum dv_exit
load(const struct installing *in, const char *name, struct dv_ders *out,
    struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, in->what->dir, name, err);

	return exit == DV_EXIT_YES ? dv_ders_load(out, path, "CERTIFICATE",
	    err) : exit;
}

/* files: ca.crt, then chain.pem. Is the new one by the key of its issuer? */
static bool
same_issuer(const struct installing *in, const struct dv_ders *files)
{
	struct dv_cert above;
	struct dv_at at;

	return files->count > 2 && dv_cert_parse(dv_ders_at(files, 2), &above,
	    &at) == DV_R_NONE && dv_cert_check_signature(&in->cert,
	    &above.key, &at) == DV_R_NONE;
}

/*
 * A CA that issues by authorisation only stays one, under the key that said so:
 * else a root of its operator's own could free it.
 */
static enum dv_exit
check_bound(const struct installing *in, struct dv_ders *files,
    struct dv_err *err)
{
	bool bound = dv_cert_has(&in->cert, DV_EXT_AUTHORISED_ONLY);
	enum dv_exit exit = load(in, PKI_CA_CHAIN, files, err);

	if (exit != DV_EXIT_YES || (bound && same_issuer(in, files)))
		return exit;
	exit = dv_fail(err, DV_EXIT_NO, "refused: this CA issues by "
	    "authorisation only; the new certificate %s", bound ?
	    "is not by the CA that said so" : "does not say that");
	return dv_hint(err, exit, "for another issuer or other terms make a "
	    "new CA, with a key of its own: pki-init request");
}

/* The certificate that is there: its name, and what it binds the CA to. */
static enum dv_exit
check_old(const struct installing *in, struct dv_err *err)
{
	struct dv_ders *files = calloc(1, sizeof(*files));
	struct dv_cert cert;
	struct dv_at at;
	enum dv_exit exit;

	if (files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = load(in, PKI_CA_CERT, files, err);
	if (exit == DV_EXIT_YES && (files->count != 1 ||
	    dv_cert_parse(dv_ders_at(files, 0), &cert, &at) != DV_R_NONE))
		exit = dv_fail(err, DV_EXIT_NO, "%s/" PKI_CA_CERT ": not one "
		    "certificate", in->what->dir);
	else if (exit == DV_EXIT_YES && !dv_bytes_equal(cert.subject,
	    in->cert.subject))
		exit = refuse_name(in, cert.subject, err);
	else if (exit == DV_EXIT_YES && dv_cert_has(&cert,
	    DV_EXT_AUTHORISED_ONLY))
		exit = check_bound(in, files, err);
	dv_ders_free(files);
	free(files);
	return exit;
}

/* The name that was asked for. */
static enum dv_exit
check_name(const struct installing *in, struct dv_err *err)
{
	struct pki_ca_request *request;
	enum dv_exit exit;

	if (in->certified)
		return check_old(in, err);
	exit = pki_ca_request_read(in->what->dir, &request, err);
	if (request == NULL)
		return exit;
	if (!dv_bytes_equal(request->csr.subject, in->cert.subject))
		exit = refuse_name(in, request->csr.subject, err);
	pki_ca_request_free(request);
	return exit;
}

static enum dv_exit
check_key(struct installing *in, struct dv_err *err)
{
	enum dv_exit exit = pki_ca_key(in->what->dir, in->what->access,
	    &in->key, err);

	if (exit != DV_EXIT_YES || dv_bytes_equal(ds_key_public(in->key)->spki,
	    in->cert.key.spki))
		return exit;
	exit = dv_fail(err, DV_EXIT_NO, "refused: the certificate is not for "
	    "the key of this CA, %s", ds_key_spec(in->key));
	return dv_hint(err, exit, "it answers another request; take the answer "
	    "to %s/" PKI_CA_REQUEST, in->what->dir);
}

static enum dv_exit
check_answer(struct installing *in, struct dv_err *err)
{
	const struct pki_ca_answer *what = in->what;
	const struct pki_question question = {
		.cert = what->chain[0],
		.chain = what->chain_count > 1 ? &what->chain[1] : NULL,
		.chain_count = what->chain_count - 1,
		.at = what->now,
	};
	struct dv_at at;
	enum dv_exit exit;

	if (dv_cert_parse(what->chain[0], &in->cert, &at) != DV_R_NONE ||
	    !in->cert.ext.ca)
		return dv_fail(err, DV_EXIT_NO, "refused: the first "
		    "certificate is not that of a CA");
	exit = check_name(in, err);
	if (exit == DV_EXIT_YES && what->chain_count == 1 &&
	    !dv_name_equal(in->cert.issuer, in->cert.subject))
		exit = dv_hint(err, dv_fail(err, DV_EXIT_NO, "refused: the "
		    "certificates above it are missing, up to the root"),
		    "`pki-init sign` writes them with it; or name the files, "
		    "the CA's own first and the root last");
	if (exit == DV_EXIT_YES)
		exit = pki_cert_verify(&question, NULL, err);
	/* Last, for its passphrase. */
	return exit == DV_EXIT_YES ? check_key(in, err) : exit;
}

/* chain.pem before ca.crt: with ca.crt the CA is one that can act. */
static enum dv_exit
put_chain(const struct installing *in, struct dv_err *err)
{
	const struct pki_ca_answer *what = in->what;
	struct dv_buf pem = { NULL, 0, 0 };
	size_t own = 0;
	bool ok = true;
	enum dv_exit exit;

	for (size_t i = 0; ok && i < what->chain_count; i++) {
		ok = dv_pem_write(&pem, "CERTIFICATE", what->chain[i]);
		own = i == 0 ? pem.len : own;
	}
	exit = ok ? put(what->dir, PKI_CA_CHAIN, dv_buf_bytes(&pem), err) :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (exit == DV_EXIT_YES)
		exit = put(what->dir, PKI_CA_CERT,
		    (struct dv_bytes){ pem.ptr, own }, err);
	dv_buf_free(&pem);
	return exit;
}

/* Answered. A request that stays behind after a power cut asks for nothing. */
static enum dv_exit
end_request(const struct installing *in, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, in->what->dir, PKI_CA_REQUEST,
	    err);

	if (exit != DV_EXIT_YES)
		return exit;
	if ((unlink(path) != 0 && errno != ENOENT) || (fsync(in->lock) != 0 &&
	    errno != EINVAL))
		return dv_fail(err, DV_EXIT_NONE, "%s: %s", path,
		    strerror(errno));
	return DV_EXIT_YES;
}

static enum dv_exit
open_ledger(struct installing *in, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit exit = dv_path_join(path, in->what->dir, PKI_CA_LEDGER,
	    err);

	return exit == DV_EXIT_YES ? pki_ledger_open(path, &in->ledger, err) :
	    exit;
}

/* A line in the log, signed by the CA that the directory is now of. */
static enum dv_exit
record(struct installing *in, struct dv_err *err)
{
	struct pki_log_entry entry = { .event = "install" };
	struct pki_ca *ca;
	uint8_t digest[DV_MAX_DIGEST];
	enum dv_exit exit;

	if (dv_hash_once(DV_HASH_SHA256, in->cert.der, digest) != PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "cannot hash");
	pki_log_add_hex(&entry, "serial", in->cert.serial);
	pki_log_add_hex(&entry, "sha256", (struct dv_bytes){ digest,
	    PKI_SHA256 });
	pki_log_add(&entry, "chain", "%zu", in->what->chain_count);
	exit = pki_ca_open(in->what->dir, &ca, err);
	if (exit != DV_EXIT_YES)
		return exit;
	ca->key = in->key;
	ca->ledger = in->ledger;
	in->key = NULL;
	in->ledger = NULL;
	exit = pki_log(ca->ledger, &entry, err);
	return pki_log_end(ca, exit, err);
}

enum dv_exit
pki_ca_install(const struct pki_ca_answer *answer, struct dv_err *err)
{
	struct installing in = { .what = answer, .lock = -1 };
	enum dv_exit exit = pki_ca_look(answer->dir, &in.certified, err);

	if (exit == DV_EXIT_YES)
		exit = lock(&in, err);
	if (exit == DV_EXIT_YES)
		exit = check_answer(&in, err);
	if (exit == DV_EXIT_YES)
		exit = open_ledger(&in, err);
	if (exit == DV_EXIT_YES)
		exit = put_chain(&in, err);
	if (exit == DV_EXIT_YES)
		exit = record(&in, err);
	if (exit == DV_EXIT_YES)
		exit = end_request(&in, err);
	ds_key_close(in.key);
	pki_ledger_close(in.ledger);
	if (in.lock >= 0)
		(void)close(in.lock);
	return exit;
}
