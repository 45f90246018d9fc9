/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside of a CRL: its entries and the two kinds of extensions. Form only.
 * RFC 5280 5.2, 5.3.
 */
#ifndef CRL_EXT_H
#define CRL_EXT_H

#include "der.h"
#include "dv_crl.h"

/* What the entries hold that only some kinds of CRL may hold. */
struct dv_crl_tally {
	struct dv_bytes issuer;		/* first certificateIssuer */
	struct dv_bytes removed;	/* first removeFromCRL */
	struct dv_bytes extended;	/* first entry with extensions */
	struct dv_bytes unknown_critical;
	size_t count;
};

/*
 * Next element as an entry. entry->issuer is in force from the entry before;
 * the rest of entry is written anew.
 */
DV_MUST_USE enum dv_reason dv_crl_entry_read(struct dv_der *in,
    struct dv_crl_entry *entry, struct dv_crl_tally *tally);

/* Next element as the Extensions of the list, into its fields. */
DV_MUST_USE enum dv_reason dv_crl_extensions_read(struct dv_der *in,
    struct dv_crl *out);

#endif
