/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Versions in their order. semver.org 2.0.0 sections 2 to 11; decimal numbers
 * of any length. Never compares across schemes.
 */
#ifndef VERSION_ORDER_H
#define VERSION_ORDER_H

#include <stdbool.h>

#include "dv_sign1.h"

/* Is this a version of this scheme? */
DV_MUST_USE bool dv_version_valid(enum dv_version_scheme scheme,
    struct dv_bytes version);

/* Below, at or above 0 as a is before, level with or after b in precedence.
 * Both are valid in this scheme. */
int dv_version_order(enum dv_version_scheme scheme, struct dv_bytes a,
    struct dv_bytes b);

#endif
