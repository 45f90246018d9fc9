/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit log's file and its signature, for those who write and those who
 * verify them. Private to the files of the audit.
 */
#ifndef AUDIT_LOG_H
#define AUDIT_LOG_H

#include "pki_log.h"

/* Opened and locked; the caller closes it, also after a failure. */
struct pki_log_file {
	int fd;				/* -1: not open */
	char path[DV_PATH_MAX];
};
DV_MUST_USE enum dv_exit pki_log_open(const struct pki_ledger *ledger,
    struct pki_log_file *f, struct dv_err *err);
void pki_log_close(struct pki_log_file *f);

/* Writes the last line that the ledger knows, if a crash has kept it from the
 * file; refuses a file that does not end there. */
DV_MUST_USE enum dv_exit pki_log_bring(const struct pki_log_file *f,
    const struct pki_log_head *head, struct dv_err *err);

/* name in the directory of the ledger. */
DV_MUST_USE enum dv_exit pki_log_path(const struct pki_ledger *ledger,
    const char *name, char out[DV_PATH_MAX], struct dv_err *err);

/* What audit.sig says. */
struct pki_log_signed {
	int64_t seq;
	uint8_t hash[PKI_SHA256];
	dv_time at;			/* when it was signed */
};

/* Reads a signature by the holder of this key. */
DV_MUST_USE enum dv_exit pki_log_signed_read(struct dv_bytes file,
    const struct dv_key *key, struct pki_log_signed *out,
    struct dv_err *err);

#endif
