/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains that the program carries to prove itself on the machine where it
 * runs: one for each reason, which must be refused for it, and a good one.
 */
#ifndef SELFCHECK_H
#define SELFCHECK_H

#include "dv_chain.h"

/* How many there are. */
size_t dv_selfcheck_chain_count(void);

/*
 * Asks about the i-th. Returns whether the answer was the right one; *wanted is
 * the reason that should be given, DV_R_NONE for the good chain, *found is what
 * was given.
 */
DV_MUST_USE bool dv_selfcheck_chain(size_t i, enum dv_reason *wanted,
    enum dv_reason *found);

#endif
