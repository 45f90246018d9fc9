/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does a new key, or the request for it, share something secret with one that
 * the ledger has seen? Private to issue.c.
 */
#ifndef WEAK_H
#define WEAK_H

#include "dv_alg.h"
#include "pki_ledger.h"

/* r of the request's signature, empty for none. Refused: it was seen before, or
 * the key is an RSA key that shares a prime with another. */
DV_MUST_USE enum dv_exit pki_weak_check(struct pki_ledger *ledger,
    struct dv_bytes r, const struct dv_key *key, struct dv_err *err);

#endif
