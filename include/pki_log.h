/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit log of a CA: DIR/audit.log, mode 0600, one line for every thing it
 * has done, each chained to the one before. docs/FORMAT.md has the form.
 *
 * The ledger has every line first: it is part of the transaction that it tells
 * of, and the ledger keeps the last line whole beside its number and hash. The
 * file is written after the commit. So a crash leaves the file at most one line
 * (or a piece of it) behind the ledger, and the next line, or pki_log_mend(),
 * writes what is missing before anything else. Nothing else is ever mended: a
 * file that is ahead of the ledger, or further behind, was changed or is from
 * another day than the ledger, and no operation is done until a person has
 * looked. What did not happen has no line; what happened has one.
 *
 * An operation takes its transaction, does its work in the ledger and ends with
 *	struct pki_log_entry entry = { .event = "revoke" };
 *	pki_log_add(&entry, "reason", "%d", reason);
 *	exit = pki_log_commit(ledger, &entry, err);
 * in place of pki_ledger_commit(): one line a transaction, however many
 * certificates are in it. Nothing may be handed out before that has returned.
 * A command that had the CA's key open ends with pki_log_end(). pki_issue()
 * has done all of this but the last.
 */
#ifndef PKI_LOG_H
#define PKI_LOG_H

#include "pki_ca.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PKI_LOG_FILE "audit.log"
#define PKI_LOG_SIGNATURE "audit.sig"
#define PKI_TYP_LOG_HEAD "application/vnd.pki-audit.head+cose"

/* Octets of what an entry says, as escaped. */
#define PKI_LOG_SAYS 3072

/*
 * Seconds that the clock may be behind the last line. More is refused: who
 * turns the clock back could use an authorisation that has ended.
 */
#define PKI_LOG_CLOCK 60

struct pki_log_entry {
	const char *event;		/* one word: "root", "device" */
	char says[PKI_LOG_SAYS + 1];	/* " key=value ..."; by pki_log_add() */
	size_t len;
	bool too_long;			/* then the entry is refused */
};

/* Who gives this command, as lines have it: "operator@host". */
#define PKI_LOG_WHO 256
DV_MUST_USE enum dv_exit pki_log_who(char *out, size_t cap,
    struct dv_err *err);

/* One more field. A value may be anything: blanks, control characters, % and
 * what is not ASCII are written as %XX. */
void pki_log_add(struct pki_log_entry *entry, const char *key,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void pki_log_add_hex(struct pki_log_entry *entry, const char *key,
    struct dv_bytes bytes);

/* Characters of a name that are written: it is there for people. */
#define PKI_LOG_VALUE 256

/*
 * The fields that tie a line to what its transaction has issued, as the newest
 * rows of the ledger: count, last (the id of the last row), and sha256 of their
 * certificates (DER), in the order of the rows, one behind the other.
 */
DV_MUST_USE enum dv_exit pki_log_add_certs(struct pki_log_entry *entry,
    struct pki_ledger *ledger, const struct dv_bytes *certs, size_t count,
    struct dv_err *err);

/*
 * Commits the ledger's open transaction together with this line, then writes
 * the line. On failure the transaction is rolled back, with one exception: when
 * only the writing of the file failed, the error says that what was done is
 * recorded, and the next operation writes the line.
 */
DV_MUST_USE enum dv_exit pki_log_commit(struct pki_ledger *ledger,
    const struct pki_log_entry *entry, struct dv_err *err);

/* The same in a transaction of its own: for what changes no ledger. */
DV_MUST_USE enum dv_exit pki_log(struct pki_ledger *ledger,
    const struct pki_log_entry *entry, struct dv_err *err);

/* As pki_log(), whatever the clock says: for the one event that sets it right. */
DV_MUST_USE enum dv_exit pki_log_clock(struct pki_ledger *ledger,
    const struct pki_log_entry *entry, struct dv_err *err);

/*
 * Before any work: would a line be taken? Mends as pki_log_mend() and refuses
 * what pki_log_commit() would refuse. pki_ca_open_all() asks; who opens ledger
 * and key apart asks in between.
 */
DV_MUST_USE enum dv_exit pki_log_ready(struct pki_ledger *ledger,
    struct dv_err *err);

/* Writes the last line, if a crash has kept it from the file. */
DV_MUST_USE enum dv_exit pki_log_mend(struct pki_ledger *ledger,
    struct dv_err *err);

/* Signs the last line by the CA's key, which is open, into DIR/audit.sig,
 * unless that is there. */
DV_MUST_USE enum dv_exit pki_log_sign(const struct pki_ca *ca,
    struct dv_err *err);

/*
 * The end of a command that came to `exit`: signs when the key is open, closes
 * the CA. Returns exit, or why nothing could be signed when exit was yes.
 */
DV_MUST_USE enum dv_exit pki_log_end(struct pki_ca *ca, enum dv_exit exit,
    struct dv_err *err);

/* The first line of a new CA in dir, whose key is open, and its signature. */
DV_MUST_USE enum dv_exit pki_log_begin(const char *dir, struct ds_key *key,
    struct pki_ledger *ledger, struct dv_err *err);

/* ---- reading -------------------------------------------------------------- */

/* One line, apart. Views into it. */
struct pki_log_line {
	int64_t seq;
	dv_time at;
	struct dv_bytes who, event;	/* "operator@host"; as escaped */
	struct dv_bytes says;		/* "key=value key=value"; as escaped */
	uint8_t before[PKI_SHA256];	/* hash of the line before; zeros */
	uint8_t hash[PKI_SHA256];	/* as written */
	bool whole;			/* is that the hash of this line? */
};

/* Takes a line, without its newline, apart. false: it is not of the form. */
DV_MUST_USE bool pki_log_parse(struct dv_bytes line,
    struct pki_log_line *out);

/* The last line, which the ledger knows, taken apart; false: there is none. */
DV_MUST_USE bool pki_log_head_line(const struct pki_log_head *head,
    struct pki_log_line *out);

/* The value of a field, as escaped; {NULL, 0} when there is none. */
struct dv_bytes pki_log_field(const struct pki_log_line *line,
    const char *key);

/* Such a value as a number above 0, or as a hash; false: it is none. */
DV_MUST_USE bool pki_log_number(struct dv_bytes value, int64_t *out);
DV_MUST_USE bool pki_log_hash(struct dv_bytes value,
    uint8_t out[PKI_SHA256]);

#ifdef __cplusplus
}
#endif
#endif
