/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An audit: a CA's log, ledger, certificates, batches and CRLs held against
 * each other. It writes nothing. Private to the files of `pki-audit verify`.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include <stdio.h>

#include "audit_log.h"
#include "host/progress.h"

/* Where: what is wrong with the first explains what is wrong with the next. */
enum pki_where { PKI_IN_FILE = 0, PKI_IN_LOG, PKI_IN_ROW, PKI_IN_OTHER };

/* What can be wrong. */
enum pki_wrong {
#define W(id, where, name, hint) PKI_WRONG_##id,
#include "audit_wrong.def"
#undef W
	PKI_WRONG_COUNT
};

/* Findings that are shown; more are counted. */
#define PKI_FINDINGS 100

struct pki_finding {
	enum pki_wrong wrong;
	char place[64];			/* "audit.log line 3" */
	char what[320];
};

/* The rows that one line of the log tells of. */
struct pki_group {
	int64_t line, first, last;
	uint8_t sha256[PKI_SHA256];
	char batch[64];			/* "": none */
	struct dv_hash hash;
	bool open;			/* rows are missing yet */
	bool spoilt;			/* some are missing for good */
};

struct pki_audit {
	struct pki_ca *ca;
	const char *since;		/* an earlier audit.sig; NULL: none */
	const char *issuer;		/* certificate of the CA above; NULL: none */
	struct pki_finding finding[PKI_FINDINGS];	/* by where, as found */
	uint64_t findings;

	/* the log, read line by line */
	FILE *log;
	char room[PKI_LOG_LINE + 2];
	int64_t number;			/* of the line read last, from 1 */
	struct pki_log_line line;	/* it; views into room */
	int64_t next_seq;
	uint8_t hash[PKI_SHA256];	/* of the line before */
	dv_time at;			/* of the latest line yet */
	struct pki_log_head head;	/* as the ledger knows it */
	bool pending;			/* the last line is in the ledger alone */
	bool end;
	bool has_signed, has_since;
	struct pki_log_signed is_signed, is_since;

	/* the ledger, row by row beside it */
	struct pki_group group;
	int64_t next_row, unlogged, unlogged_count, earlier_key;
	int64_t rows, batches, crls, earlier_crls;
	uint8_t key_id[PKI_KEY_ID];
	struct dv_buf r;		/* struct pki_seen, one a signature */
	struct dv_buf moduli;		/* struct pki_modulus, one a key */
	struct dv_buf octets;		/* which moduli point into */
	struct dv_buf revokes, made;	/* lines: of audit_revoked.c */
	struct dv_progress progress;
};

/* Notes a finding. place: "audit.log line %lld". */
void pki_audit_found(struct pki_audit *a, enum pki_wrong wrong,
    const char *what, const char *kind, int64_t number);
void pki_audit_text(struct pki_audit *a, enum pki_wrong wrong,
    const char *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const char *pki_wrong_name(enum pki_wrong wrong);
const char *pki_wrong_hint(enum pki_wrong wrong);

/* The log: open, next line (*end: there is none), and what its end must be. */
DV_MUST_USE enum dv_exit pki_audit_log_open(struct pki_audit *a,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_audit_log_next(struct pki_audit *a,
    struct dv_err *err);

/* All rows, beside all lines. */
DV_MUST_USE enum dv_exit pki_audit_rows(struct pki_audit *a,
    struct dv_err *err);

/* One certificate against its row. */
DV_MUST_USE enum dv_exit pki_audit_cert(struct pki_audit *a,
    const struct pki_record *row, struct dv_err *err);

/* What generators gave away: primes in common, an r twice. */
DV_MUST_USE enum dv_exit pki_audit_weak_add(struct pki_audit *a,
    const struct dv_cert *cert, int64_t row, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_audit_weak(struct pki_audit *a,
    struct dv_err *err);

/* The line that was just read, kept if it is of a revocation or a CRL; and all
 * that were, against the ledger. */
DV_MUST_USE enum dv_exit pki_audit_told(struct pki_audit *a,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_audit_revoked(struct pki_audit *a,
    struct dv_err *err);

/* Batches against their authorisations, revocations against CRLs. */
DV_MUST_USE enum dv_exit pki_audit_batches(struct pki_audit *a,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_audit_crls(struct pki_audit *a,
    struct dv_err *err);

/* Is this certificate, seen somewhere, on record here? */
DV_MUST_USE enum dv_exit pki_audit_seen(struct pki_audit *a, const char *path,
    struct dv_err *err);

/* Was its own certificate made by the CA that the auditor says is above it? */
DV_MUST_USE enum dv_exit pki_audit_issuer(struct pki_audit *a,
    struct dv_err *err);

/* All of it; the CA and its ledger are open. */
DV_MUST_USE enum dv_exit pki_audit_run(struct pki_audit *a,
    struct dv_err *err);
void pki_audit_free(struct pki_audit *a);

#endif
