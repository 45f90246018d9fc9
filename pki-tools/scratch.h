/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file without a name, for what is too large for memory: written from front
 * to back, then seen as one piece. It is gone with the process. Whole files are
 * seen the same way. No format is known here.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include "host/err.h"

#define PKI_SCRATCH_BUFFER 65536

struct pki_scratch {
	int fd;
	size_t len;			/* octets, those in the buffer included */
	size_t used;
	uint8_t *map;
	size_t map_len;
	uint8_t buffer[PKI_SCRATCH_BUFFER];
};

/* In this directory. The caller closes it, also after a failure. */
DV_MUST_USE enum dv_exit pki_scratch_open(struct pki_scratch *s,
    const char *dir, struct dv_err *err);
DV_MUST_USE enum dv_exit pki_scratch_add(struct pki_scratch *s,
    struct dv_bytes bytes, struct dv_err *err);

/* All of it, to read and to change, until the next call. */
DV_MUST_USE enum dv_exit pki_scratch_see(struct pki_scratch *s, uint8_t **out,
    struct dv_err *err);
void pki_scratch_close(struct pki_scratch *s);

/* A whole file to read; *out is ended with pki_map_end(), also when empty. */
DV_MUST_USE enum dv_exit pki_map_file(const char *path, struct dv_bytes *out,
    struct dv_err *err);
void pki_map_end(struct dv_bytes *map);

#endif
