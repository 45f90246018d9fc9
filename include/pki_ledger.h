/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ledger: which certificates a CA has issued. A certificate is in it,
 * durably, before anybody else sees it. One file, DIR/ledger.db, mode 0600.
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
};

/* What was found; the caller frees der. */
struct pki_found {
	bool found;
	char profile[32];
	char name[256];			/* cut to fit, for messages */
	struct dv_buf der;
};

/* Makes a new file 0600 (opens the one that is there when resume is set). */
DV_MUST_USE enum dv_exit pki_ledger_create(const char *path, bool resume,
    struct pki_ledger **out, struct dv_err *err);

/* Opens an existing one; refuses loose permissions and other formats. */
DV_MUST_USE enum dv_exit pki_ledger_open(const char *path,
    struct pki_ledger **out, struct dv_err *err);

/* Ends an open transaction without effect; NULL is fine. */
void pki_ledger_close(struct pki_ledger *ledger);

/*
 * A transaction: between begin and commit no other process can write. Nothing
 * of it exists unless commit returned success; then it is on the disk.
 */
DV_MUST_USE enum dv_exit pki_ledger_begin(struct pki_ledger *ledger,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_commit(struct pki_ledger *ledger,
    struct dv_err *err);
void pki_ledger_rollback(struct pki_ledger *ledger);

/* The certificate of a key, or the one of a subject in a profile. */
DV_MUST_USE enum dv_exit pki_ledger_find_key(struct pki_ledger *ledger,
    const uint8_t spki_sha256[PKI_SHA256], struct pki_found *out,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_find_name(struct pki_ledger *ledger,
    const char *profile, const char *name, struct pki_found *out,
    struct dv_err *err);

/* Inside a transaction: takes the serial number, then keeps the certificate. */
DV_MUST_USE enum dv_exit pki_ledger_reserve(struct pki_ledger *ledger,
    const struct pki_row *row, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_ledger_store(struct pki_ledger *ledger,
    const uint8_t serial[PKI_SERIAL], struct dv_bytes der,
    struct dv_err *err);

/* For people: how many, and which of those valid at `at` ends first. */
struct pki_ledger_sum {
	int64_t issued, ended;
	bool any;			/* is there one that ends next? */
	dv_time next_end;
	char next_name[256];
};
DV_MUST_USE enum dv_exit pki_ledger_sum(struct pki_ledger *ledger, dv_time at,
    struct pki_ledger_sum *out, struct dv_err *err);

/* Reads the whole file and checks its structure and indexes. */
DV_MUST_USE enum dv_exit pki_ledger_check(struct pki_ledger *ledger,
    struct dv_err *err);

#ifdef __cplusplus
}
#endif
#endif
