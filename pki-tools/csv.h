/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list of devices as CSV (RFC 4180), read line by line: one line is all that
 * is ever in memory. The first line names the columns.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stdio.h>

#include "host/err.h"

#define PKI_CSV_LINE 4096	/* octets of a line */
#define PKI_CSV_COLUMNS 16

struct pki_csv {
	FILE *in;
	const char *path;
	const char *const *names;	/* columns that are known, NULL at the end */
	size_t keys;			/* one of the first so many is there */
	unsigned long line;		/* of the record read last, from 1 */
	char room[PKI_CSV_LINE + 2];
	int column[PKI_CSV_COLUMNS];	/* index into names */
	size_t columns;
	const char *value[PKI_CSV_COLUMNS];	/* by name; "" when absent */
};

/*
 * Opens a list and reads its first line. Every column must be one of names, none
 * twice; at least one of the first `keys` of them must be there. The caller
 * closes with pki_csv_close(), also after a failure.
 */
DV_MUST_USE enum dv_exit pki_csv_open(struct pki_csv *csv, const char *path,
    const char *const *names, size_t keys, struct dv_err *err);

/* Back to the first record. */
DV_MUST_USE enum dv_exit pki_csv_rewind(struct pki_csv *csv,
    struct dv_err *err);

/*
 * Next record. DV_EXIT_NO: this line is not one, and err says why; the next may
 * be. Anything worse ends the reading. Empty lines are passed over.
 */
DV_MUST_USE enum dv_exit pki_csv_next(struct pki_csv *csv, bool *end,
    struct dv_err *err);

void pki_csv_close(struct pki_csv *csv);

#endif
