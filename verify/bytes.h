/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparing, cutting and copying borrowed bytes: the only place in the core
 * that copies memory.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>

#include "dv_bytes.h"

#define DV_BYTES(array) ((struct dv_bytes){ (array), sizeof(array) })

bool dv_bytes_equal(struct dv_bytes a, struct dv_bytes b);

/* Equal to the characters of a string constant, without its NUL? */
bool dv_bytes_equal_text(struct dv_bytes a, const char *text);

/* Same answer, same time for any contents of equal length. */
bool dv_bytes_equal_secret(struct dv_bytes a, struct dv_bytes b);

/* len octets of from at offset, or {NULL, 0} when they are not all there. */
struct dv_bytes dv_bytes_cut(struct dv_bytes from, size_t offset, size_t len);

/* Copies from into room of cap octets; false, nothing written, if too large. */
DV_MUST_USE bool dv_bytes_copy(uint8_t *room, size_t cap,
    struct dv_bytes from);

/*
 * Octets before the first that is not UTF-8 (RFC 3629: shortest form, no
 * surrogates, at most U+10FFFF); text.len when all of it is.
 */
size_t dv_utf8_prefix(struct dv_bytes text);

/* Overwrites memory so that the compiler cannot leave it out. */
void dv_wipe(void *ptr, size_t len);

#endif
