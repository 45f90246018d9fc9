/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Purposes of a key as people name them. Knows names, judges nothing.
 * RFC 5280 4.2.1.12.
 */
#ifndef HOST_PURPOSE_H
#define HOST_PURPOSE_H

#include "dv_bytes.h"

/*
 * OID contents of "clientAuth" and the like, or of a dotted OID, at most cap
 * octets into room: their number, 0 when the text is neither.
 */
DV_MUST_USE size_t dv_purpose_oid(const char *text, uint8_t *room, size_t cap);

#endif
