/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Host names as text, for name constraints: what a name and a base are made of.
 * Knows nothing of certificates. RFC 1034 3.1, 3.5; RFC 5280 7.2.
 */
#ifndef HOST_NAME_H
#define HOST_NAME_H

#include "dv_bytes.h"

#include <stdbool.h>

/* Labels of letters, digits, hyphens and underscores between single dots. */
DV_MUST_USE bool dv_host_valid(struct dv_bytes host);

/* Numbers with dots are an address; no top-level domain is a number. */
DV_MUST_USE bool dv_host_is_address(struct dv_bytes host);

/* Equal but for the case of ASCII letters? */
DV_MUST_USE bool dv_host_same(struct dv_bytes a, struct dv_bytes b);

/* ".example.com" */
DV_MUST_USE bool dv_host_dotted(struct dv_bytes text);

/* First place of c, or len. */
size_t dv_host_find(struct dv_bytes text, uint8_t c);

/* Without its first n octets; its last n octets. n is at most len. */
struct dv_bytes dv_host_drop(struct dv_bytes from, size_t n);
struct dv_bytes dv_host_tail(struct dv_bytes from, size_t n);

#endif
