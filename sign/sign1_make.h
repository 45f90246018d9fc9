/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What making an envelope and confirming one share: the signer's own header and
 * signature. For sign/sign1_make.c and sign/countersign.c alone.
 */
#ifndef SIGN1_MAKE_H
#define SIGN1_MAKE_H

#include "cose_map.h"
#include "ds_sign1.h"

/* One envelope in the making; too large for the stack. */
struct ds_making {
	const struct ds_sign1_new *what;
	struct dv_cert leaf;
	size_t certs;				/* of the chain that go in */
	struct dv_bytes iss;
	char subject[DV_MAX_HEADER_TEXT + 1];	/* what iss may point at */
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t sig_len;
	struct dv_sign1 made;			/* as the verifier reads it */
	uint8_t digest[DV_MAX_DIGEST];		/* of what is attached */
	struct dv_sign read;			/* of several: all of them */
	struct dv_bytes body, payload;		/* what is signed in common */
	struct dv_bytes earlier;		/* signatures, encoded */
	size_t earlier_count;
	uint8_t map[DV_MAX_ENVELOPE], body_map[DV_MAX_ENVELOPE];
	size_t cap;				/* of the two that follow */
	uint8_t *envelope, *tbs;
};

/* NULL: out of memory. What is attached stands in both rooms. */
struct ds_making *ds_making_begin(const struct ds_sign1_new *what);
void ds_making_end(struct ds_making *m);

/* Whether key, certificate and time go together, and who signs: asked before
 * the key is. */
DV_MUST_USE enum dv_exit ds_making_signer(struct ds_making *m,
    struct dv_err *err);

/* The protected header, or of several the part that stands in this place. */
struct dv_bytes ds_making_map(const struct ds_making *m, enum dv_place place,
    uint8_t *room);

/* The signature of m->made into m->sig. */
DV_MUST_USE enum dv_exit ds_making_sign(struct ds_making *m,
    struct dv_err *err);

#endif
