/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One run over a list of devices: what was asked, where it stands, and what
 * came of each device. Private to the files of `pki-issue batch`.
 */
#ifndef BATCH_H
#define BATCH_H

#include <signal.h>
#include <stdio.h>

#include "csv.h"
#include "host/progress.h"
#include "pki_batch.h"
#include "pki_log.h"
#include "pki_names.h"

/*
 * A group is one transaction of the ledger: so many devices, or what is done
 * after so many milliseconds. Both keep the wait of another process short.
 */
#define PKI_GROUP 256
#define PKI_GROUP_TIME 200

#define PKI_DEVICE_ID PKI_IDENTITY

/* Columns of the list; a device is named by one of the first three. */
enum pki_column {
	PKI_COLUMN_ID = 0,
	PKI_COLUMN_MAC,
	PKI_COLUMN_UUID,
	PKI_COLUMN_MODEL,
	PKI_COLUMN_CSR,
	PKI_COLUMN_HARDWARE,
	PKI_COLUMN_FIRMWARE,
	PKI_COLUMN_COUNT
};
#define PKI_COLUMN_KEYS PKI_COLUMN_MODEL	/* those that name it */

/* Who the record in hand is about: pki_identity_text() of its columns. */
DV_MUST_USE enum dv_exit pki_batch_identity(const struct pki_csv *csv,
    char out[PKI_IDENTITY + 1], struct dv_err *err);

/* Why a device has no certificate. */
enum pki_cause {
	PKI_CAUSE_NONE = 0,
	PKI_CAUSE_LINE,
	PKI_CAUSE_ID,
	PKI_CAUSE_MODEL,
	PKI_CAUSE_MISSING,
	PKI_CAUSE_REQUEST,
	PKI_CAUSE_WEAK,
	PKI_CAUSE_TAKEN,
	PKI_CAUSE_FULL,
	PKI_CAUSE_ENDED,
	PKI_CAUSE_REFUSED,
	PKI_CAUSE_COUNT
};
const char *pki_cause_name(enum pki_cause cause);	/* "no-request" */
const char *pki_cause_text(enum pki_cause cause);

/* What came of one line of the list. */
struct pki_outcome {
	unsigned long line;
	char id[PKI_DEVICE_ID + 1];
	char model[PKI_MODEL + 1];
	enum pki_cause cause;
	char why[512], hint[512];
	bool again;			/* was on record before this run */
	struct dv_buf der, sealed;	/* owned */
};

struct pki_run {
	/* what was asked; all borrowed */
	struct pki_ca *ca;
	const struct pki_profile *profile;
	const char *list, *requests, *out;
	struct dv_bytes base;		/* DER Name before the id; or empty */
	bool keygen;			/* keys are made here, for: */
	struct dv_cert station;
	bool watch, close, json;
	const volatile sig_atomic_t *stop;	/* set: end after this group */

	/* where it stands */
	struct pki_authorisation auth;
	int64_t batch, issued;		/* id in the ledger; devices it has */
	bool opened;			/* by this run */
	bool closed;
	struct pki_issuer issuer;
	struct pki_above above;
	struct pki_csv csv;
	dv_time now, began;
	int out_fd, devices_fd;
	FILE *results;
	struct dv_buf chain_pem;	/* of the CA, after each certificate */
	struct dv_progress progress;
	uint8_t *done;			/* one bit a line, with watch */
	unsigned long done_lines;	/* bits there are */
	bool end;			/* of the list */
	uint64_t waiting;		/* lines without a request yet */

	/* the group in hand */
	struct pki_outcome outcome[PKI_GROUP];
	size_t count;

	/* sums */
	uint64_t listed, fresh, known, failed, cause[PKI_CAUSE_COUNT];
	int64_t milliseconds;
};

/* Fills the next outcome from a record of the list, inside the transaction.
 * Anything but DV_EXIT_YES ends the run. */
DV_MUST_USE enum dv_exit pki_batch_device(struct pki_run *run,
    struct pki_outcome *o, struct dv_err *err);

/* Hands a committed group out: bundles, results, a line for each. */
DV_MUST_USE enum dv_exit pki_batch_out_open(struct pki_run *run,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_batch_out_group(struct pki_run *run,
    struct dv_err *err);
void pki_batch_out_close(struct pki_run *run);

/* The signed manifest, and the report. */
DV_MUST_USE enum dv_exit pki_batch_manifest(struct pki_run *run,
    struct dv_err *err);
DV_MUST_USE enum dv_exit pki_batch_report(struct pki_run *run,
    struct dv_err *err);

/* Reads the authorisation and finds or begins its batch in the ledger. The CA
 * is open. */
DV_MUST_USE enum dv_exit pki_batch_begin(struct pki_run *run,
    const char *path, struct dv_err *err);

/* The whole run. DV_EXIT_NO: some devices have no certificate. */
DV_MUST_USE enum dv_exit pki_batch_run(struct pki_run *run,
    struct dv_err *err);

#endif
