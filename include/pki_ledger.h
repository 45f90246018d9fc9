/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger: which certificates a CA has issued, in which batches, which it
 * has revoked and which CRLs it has made. A certificate is in it, durably,
 * before anybody else sees it. One file, DIR/ledger.db, mode 0600.
 */
#ifndef PKI_LEDGER_H
#define PKI_LEDGER_H

#include "dv_time.h"
#include "host/buf.h"
#include "host/err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PKI_SERIAL 20		/* octets drawn for a serial number */
#define PKI_KEY_ID 20		/* octets of a key identifier */
#define PKI_SHA256 32

/* Milliseconds to wait for another process that is issuing. */
#define PKI_LEDGER_WAIT 10000

struct pki_ledger;

/* ---- the file ------------------------------------------------------------- */

/* Makes a new file 0600 (opens the one that is there when resume is set). */
DV_MUST_USE enum dv_exit pki_ledger_create(const char *path, bool resume,
    struct pki_ledger **out, struct dv_err *err);

/*
 * Opens an existing one; refuses loose permissions and other formats. A ledger
 * of an earlier version of this program is brought to today's first: whole, in
 * one transaction, or not at all.
 */
DV_MUST_USE enum dv_exit pki_ledger_open(const char *path,
    struct pki_ledger **out, struct dv_err *err);

/* Where it is, as it was opened; borrowed from it. */
const char *pki_ledger_path(const struct pki_ledger *ledger);

/* Ends an open transaction without effect; NULL is fine. */
void pki_ledger_close(struct pki_ledger *ledger);

/* Reads the whole file and checks its structure and indexes. */
DV_MUST_USE enum dv_exit pki_ledger_check(struct pki_ledger *ledger,
    struct dv_err *err);

/* ---- transactions --------------------------------------------------------- */

/*
 * A transaction: between begin and commit no other process can write. Nothing
 * of it exists unless commit returned success; then it is on the disk. Every
 * function below that writes is called inside one.
 */
DV_MUST_USE enum dv_exit pki_ledger_begin(struct pki_ledger *ledger,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_commit(struct pki_ledger *ledger,
    struct dv_err *err);
void pki_ledger_rollback(struct pki_ledger *ledger);

/*
 * A part of a transaction that can fail alone, not nested: keep makes it count
 * with the transaction, drop leaves no trace of it. drop fails when the whole
 * transaction is gone (a full disk), and then nothing of it may be used.
 */
DV_MUST_USE enum dv_exit pki_ledger_mark(struct pki_ledger *ledger,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_keep(struct pki_ledger *ledger,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_drop(struct pki_ledger *ledger,
    struct dv_err *err);

/* ---- certificates --------------------------------------------------------- */

/* One certificate. Views are borrowed by the calls that take a row. */
struct pki_row {
	uint8_t serial[PKI_SERIAL];
	uint8_t issuer_key_id[PKI_KEY_ID];
	uint8_t spki_sha256[PKI_SHA256];
	struct dv_bytes subject;	/* DER Name */
	const char *name;		/* the same as text, for people */
	const char *profile;
	dv_time not_before, not_after, issued_at;
	struct dv_bytes request_sha256;	/* of the PKCS#10; empty: none */
	struct dv_bytes request_r;	/* r of its ECDSA signature; empty: none */
	const char *device;		/* the device's identity; NULL: none */
	const char *model;		/* NULL: none */
	int64_t batch;			/* id of its batch; 0: none */
	int renewal;			/* how many certificates the key had */
};

/* Takes the serial number, then keeps the certificate. */
DV_MUST_USE enum dv_exit pki_ledger_reserve(struct pki_ledger *ledger,
    const struct pki_row *row, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_store(struct pki_ledger *ledger,
    const uint8_t serial[PKI_SERIAL], struct dv_bytes der,
    struct dv_err *err);

/* What was found; the caller frees der. */
struct pki_found {
	bool found;
	int64_t id;			/* the row, for those who revoke */
	int64_t batch;			/* 0: none */
	bool revoked;
	int renewal;			/* how many the key had before this one */
	char profile[32];
	char name[256];			/* cut to fit, for messages */
	char device[256];		/* cut to fit; empty: none */
	struct dv_buf der;
};

/* The certificate with this serial number (contents octets of the INTEGER),
 * or the newest of this key. */
DV_MUST_USE enum dv_exit pki_ledger_find_serial(struct pki_ledger *ledger,
    struct dv_bytes serial, struct pki_found *out, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_find_key(struct pki_ledger *ledger,
    const uint8_t spki_sha256[PKI_SHA256], struct pki_found *out,
    struct dv_err *err);

/* The first of a subject, or of a device, in a profile; compared without
 * regard to the case of ASCII letters. */
DV_MUST_USE enum dv_exit pki_ledger_find_name(struct pki_ledger *ledger,
    const char *profile, const char *name, struct pki_found *out,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_find_device(struct pki_ledger *ledger,
    const char *profile, const char *device, struct pki_found *out,
    struct dv_err *err);

/* The one whose request was signed with this r. Two that share it were made by
 * a generator that repeats itself: their keys are no secret. */
DV_MUST_USE enum dv_exit pki_ledger_find_r(struct pki_ledger *ledger,
    struct dv_bytes r, struct pki_found *out, struct dv_err *err);

/*
 * The moduli of RSA keys, without leading zeros: put, and the newest so many,
 * newest first, as pki_ledger_each().
 */
DV_MUST_USE enum dv_exit pki_ledger_modulus_put(struct pki_ledger *ledger,
    const uint8_t serial[PKI_SERIAL], struct dv_bytes modulus,
    struct dv_err *err);
typedef enum dv_exit pki_each_modulus(void *arg, const char *name,
    struct dv_bytes modulus, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_each_modulus(struct pki_ledger *ledger,
    int64_t newest, pki_each_modulus *each, void *arg, struct dv_err *err);

/* The id of the newest row; 0: there is none. Ids are 1, 2, 3 and so on. */
DV_MUST_USE enum dv_exit pki_ledger_last(struct pki_ledger *ledger,
    int64_t *id, struct dv_err *err);

/* For people: how many, and which of those valid at `at` ends first. */
struct pki_ledger_sum {
	int64_t issued, ended;
	bool any;			/* is there one that ends next? */
	dv_time next_end;
	char next_name[256];
};
DV_MUST_USE enum dv_exit pki_ledger_sum(struct pki_ledger *ledger, dv_time at,
    struct pki_ledger_sum *out, struct dv_err *err);

/* ---- many of them --------------------------------------------------------- */

enum pki_which_kind {
	PKI_ALL = 0,
	PKI_WITH_SERIAL,	/* bytes */
	PKI_WITH_KEY,		/* bytes: SHA-256 of the SubjectPublicKeyInfo */
	PKI_OF_DEVICE,		/* text, in all profiles */
	PKI_OF_BATCH,		/* batch */
	PKI_REVOKED
};

struct pki_which {
	enum pki_which_kind kind;
	struct dv_bytes bytes;
	const char *text;
	int64_t batch;
};

/* One row as read back, until the callback returns. Absent texts are NULL,
 * absent bytes {NULL, 0}. */
struct pki_record {
	int64_t id;
	struct dv_bytes serial, issuer_key_id, spki_sha256, subject,
	    request_sha256, request_r, der;
	const char *name, *profile, *device, *model;
	int64_t batch;			/* 0: none */
	dv_time not_before, not_after, issued_at;
	bool revoked;
	int reason;			/* CRLReason, RFC 5280 5.3.1 */
	dv_time revoked_at, recorded_at;
	const char *operator_name;
};

/*
 * Calls each() for every one, in the order of issuing and in memory that does
 * not grow; anything but DV_EXIT_YES ends it and is returned. each() may look
 * things up in the ledger but must not write to it.
 */
typedef enum dv_exit pki_each(void *arg, const struct pki_record *record,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_each(struct pki_ledger *ledger,
    const struct pki_which *which, pki_each *each, void *arg,
    struct dv_err *err);

/* ---- revocation ----------------------------------------------------------- */

struct pki_revocation {
	int reason;			/* CRLReason: 0 to 6, 8 to 10 */
	dv_time revoked_at;		/* when trust ended */
	dv_time recorded_at;		/* when it was written here */
	const char *operator_name;
};

/* Revokes all of these that are not revoked yet; *count is their number. What
 * is revoked stays as it was recorded. */
DV_MUST_USE enum dv_exit pki_ledger_revoke(struct pki_ledger *ledger,
    const struct pki_which *which, const struct pki_revocation *what,
    int64_t *count, struct dv_err *err);

/* ---- CRLs ----------------------------------------------------------------- */

/*
 * Numbers are one row for the whole CA, whatever the scope, so that each scope
 * by itself counts upwards (RFC 5280 5.2.3).
 */
struct pki_crl {
	int64_t number;
	const char *scope;		/* "" is the whole CA */
	int64_t base_number;		/* of a delta CRL; 0: complete */
	dv_time this_update, next_update;
	struct dv_bytes der;
};
DV_MUST_USE enum dv_exit pki_ledger_next_crl(struct pki_ledger *ledger,
    int64_t *number, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_put_crl(struct pki_ledger *ledger,
    const struct pki_crl *crl, struct dv_err *err);

/* The newest complete one of a scope; the caller frees der. */
struct pki_crl_found {
	bool found;
	int64_t number;
	dv_time this_update, next_update;
	struct dv_buf der;
};
DV_MUST_USE enum dv_exit pki_ledger_find_crl(struct pki_ledger *ledger,
    const char *scope, struct pki_crl_found *out, struct dv_err *err);

/* Every one, in the order of numbers; as pki_ledger_each(). */
typedef enum dv_exit pki_each_crl(void *arg, const struct pki_crl *crl,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_each_crl(struct pki_ledger *ledger,
    pki_each_crl *each, void *arg, struct dv_err *err);

/* ---- batches -------------------------------------------------------------- */

/* One batch as its authorisation says, and how far it has come. */
struct pki_batch {
	int64_t id;			/* found, not given */
	const char *name;
	const char *profile;
	const char *models;		/* one a line; "": any */
	struct dv_bytes authorisation;	/* the signed file itself */
	int64_t quantity;
	dv_time not_after, opened_at;
	int64_t issued;			/* found, not given */
	bool closed;			/* found, not given */
	dv_time closed_at;
};

/* A new one. Its name must be free. */
DV_MUST_USE enum dv_exit pki_ledger_batch_add(struct pki_ledger *ledger,
    const struct pki_batch *batch, int64_t *id, struct dv_err *err);

/* The one of this name; names differ by more than case. The caller frees room,
 * which batch borrows from. */
struct pki_batch_found {
	bool found;
	struct pki_batch batch;
	struct dv_buf room;
};
DV_MUST_USE enum dv_exit pki_ledger_batch_find(struct pki_ledger *ledger,
    const char *name, struct pki_batch_found *out, struct dv_err *err);

/* How many the batch has, counted one by one; batch.issued must agree. */
DV_MUST_USE enum dv_exit pki_ledger_batch_count(struct pki_ledger *ledger,
    int64_t id, int64_t *count, struct dv_err *err);

/* Nothing more is to be issued in it. The sealed keys of its devices go. */
DV_MUST_USE enum dv_exit pki_ledger_batch_close(struct pki_ledger *ledger,
    int64_t id, dv_time at, struct dv_err *err);

/*
 * The private key that was made for a device, as encrypted for the programming
 * station: it is in the ledger until its batch is closed, so that what was
 * committed can be handed out after a crash. get appends nothing when there is
 * none.
 */
DV_MUST_USE enum dv_exit pki_ledger_seal_put(struct pki_ledger *ledger,
    const uint8_t spki_sha256[PKI_SHA256], struct dv_bytes cms,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_seal_get(struct pki_ledger *ledger,
    int64_t issued_id, struct dv_buf *out, struct dv_err *err);

/* Every batch, oldest first; as pki_ledger_each(). */
typedef enum dv_exit pki_each_batch(void *arg, const struct pki_batch *batch,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_each_batch(struct pki_ledger *ledger,
    pki_each_batch *each, void *arg, struct dv_err *err);

/* ---- head of the audit log ------------------------------------------------ */

/* Octets of a line of the audit log, with its newline. */
#define PKI_LOG_LINE 4096

/* Its last line: one of the two rolled back is noticed by the other. seq 0:
 * nothing yet. For pki_log.h and those who verify. */
struct pki_log_head {
	int64_t seq;
	uint8_t hash[PKI_SHA256];
	char line[PKI_LOG_LINE + 1];	/* with its newline */
};
DV_MUST_USE enum dv_exit pki_ledger_log_get(struct pki_ledger *ledger,
    struct pki_log_head *out, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_log_set(struct pki_ledger *ledger,
    const struct pki_log_head *head, struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
