/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A CA on disk:
 *   ca.crt      its certificate, PEM
 *   chain.pem   its certificate first, each followed by its issuer, root last
 *   ca.key      its key (PKCS#8 PEM), or
 *   key.uri     the KEYSPEC of a key that is elsewhere
 *   ledger.db   what it has issued
 *   request.csr what it has asked its issuer for and has no answer to; as long
 *               as there is no ca.crt, the CA can do nothing
 *   transcript.txt  what pki_transcript_add() was given
 *   profiles.ini  its own profiles, if it has any
 * The directory is 0700, key and ledger are 0600; anything looser is refused.
 */
#ifndef PKI_CA_H
#define PKI_CA_H

#include "host/file.h"
#include "host/pem.h"
#include "pki_issue.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PKI_CA_CERT "ca.crt"
#define PKI_CA_CHAIN "chain.pem"
#define PKI_CA_KEY "ca.key"
#define PKI_CA_KEY_URI "key.uri"
#define PKI_CA_LEDGER "ledger.db"
#define PKI_CA_REQUEST "request.csr"
#define PKI_CA_TRANSCRIPT "transcript.txt"
#define PKI_CA_PROFILES "profiles.ini"

/* An opened CA. The caller closes it with pki_ca_close(). */
struct pki_ca {
	const char *dir;		/* borrowed */
	char path[DV_PATH_MAX];		/* of chain.pem */
	struct dv_ders files;		/* chain.pem, owned */
	struct dv_bytes chain[DV_MAX_PATH + 1];	/* own first, root last */
	size_t chain_count;
	struct dv_cert cert;		/* its own; views into files */
	struct pki_profiles *profiles;	/* its own; NULL: none */
	struct ds_key *key;		/* NULL until pki_ca_open_key() */
	struct pki_ledger *ledger;	/* NULL until pki_ca_open_ledger() */
};

/*
 * Reads ca.crt, chain.pem and profiles.ini after the directory's permissions.
 * *out is owned by the caller. The chain is read, not judged: see pki_cert_verify().
 */
DV_MUST_USE enum dv_exit pki_ca_open(const char *dir, struct pki_ca **out,
    struct dv_err *err);

/* Is it a directory of ours, closed to others? *certified: has it a ca.crt? A
 * directory with neither that nor a request is refused. */
DV_MUST_USE enum dv_exit pki_ca_look(const char *dir, bool *certified,
    struct dv_err *err);

/* The key of the CA in dir, whatever its certificate says. */
DV_MUST_USE enum dv_exit pki_ca_key(const char *dir,
    const struct ds_access *access, struct ds_key **out, struct dv_err *err);

/* Opens the key and checks that it is the one of the certificate. */
DV_MUST_USE enum dv_exit pki_ca_open_key(struct pki_ca *ca,
    const struct ds_access *access, struct dv_err *err);

DV_MUST_USE enum dv_exit pki_ca_open_ledger(struct pki_ca *ca,
    struct dv_err *err);

/* All three, and a log that goes on: ready to issue. */
DV_MUST_USE enum dv_exit pki_ca_open_all(const char *dir,
    const struct ds_access *access, struct pki_ca **out, struct dv_err *err);

void pki_ca_close(struct pki_ca *ca);

/* The issuer for pki_issue(); borrows from ca. */
struct pki_issuer pki_ca_issuer(const struct pki_ca *ca);

/* Is there nothing at this path yet? For before a passphrase is asked for. */
DV_MUST_USE enum dv_exit pki_ca_check_free(const char *dir,
    struct dv_err *err);

/*
 * Makes a new CA in a new directory. It grows beside, as DIR.partial, and is
 * renamed when it is complete. A run that was cut off is continued by asking
 * the same again; the key and certificate it had made are used.
 */
struct pki_ca_new {
	const char *dir;
	const char *keyspec;		/* NULL: file:DIR/ca.key */
	const struct ds_key_type *key_type;
	bool key_type_given;		/* an existing key must be of this type */
	const struct ds_access *access;
	const struct pki_profile *profile;
	const char *subject;		/* ds_der_name() text */
	dv_time not_before, not_after;
	bool end_given;
	int path_len;
	bool request;			/* no certificate yet: request.csr */
	struct pki_extra extra;
	const struct pki_ca *issuer;	/* opened; NULL: a root */
	dv_time now;
	char *key_where;		/* DS_KEY_WHERE octets: ds_key_where() */
};
DV_MUST_USE enum dv_exit pki_ca_make(const struct pki_ca_new *what,
    struct dv_err *err);

/* ---- the way to another machine and back ---------------------------------- */

/* request.csr, read and proved. The caller frees with pki_ca_request_free(). */
struct pki_ca_request {
	struct dv_ders files;
	struct dv_csr csr;
};
DV_MUST_USE enum dv_exit pki_ca_request_read(const char *dir,
    struct pki_ca_request **out, struct dv_err *err);
void pki_ca_request_free(struct pki_ca_request *request);

/* Is there one? */
DV_MUST_USE bool pki_ca_has_request(const char *dir);

/*
 * request.csr for a CA that has a certificate: the same key (open, as is the
 * ledger), the same subject. One that is there already is left as it is.
 */
DV_MUST_USE enum dv_exit pki_ca_request_again(const struct pki_ca *ca,
    struct dv_err *err);

/*
 * Puts a chain (DER: the CA's certificate first, the root last) in place as
 * ca.crt and chain.pem and removes request.csr. Refused when it is not for the
 * key of this directory, not under the name that was asked for or that the CA
 * has, not a CA's, or not accepted by the verifier at `now`. A run that was cut
 * off is ended by the same again.
 */
struct pki_ca_answer {
	const char *dir;
	const struct dv_bytes *chain;
	size_t chain_count;
	const struct ds_access *access;
	dv_time now;
};
DV_MUST_USE enum dv_exit pki_ca_install(const struct pki_ca_answer *answer,
    struct dv_err *err);

/*
 * Appends text, which ends with a newline, to the transcript of a CA's
 * ceremonies. It is on the disk when this returns; what was there before is
 * never touched.
 */
DV_MUST_USE enum dv_exit pki_transcript_add(const char *dir,
    struct dv_bytes text, struct dv_err *err);

/* Puts "path: " before what an inner function said; its hint stays. */
enum dv_exit pki_fail_in(const char *path, enum dv_exit exit,
    struct dv_err *err);

/*
 * Appends the C source that defines dv_builtin_anchors (dv_chain.h) for these
 * certificates, in this order. The same input gives the same bytes.
 */
DV_MUST_USE enum dv_exit pki_anchors_write(const struct dv_bytes *certs,
    size_t count, struct dv_buf *out, struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
