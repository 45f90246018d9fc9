/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Borrowed bytes: a pointer and a length that always travel together.
 * Nothing here owns memory; whoever supplied the bytes keeps them alive.
 */
#ifndef DV_BYTES_H
#define DV_BYTES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every function whose result decides something must have it looked at. */
#define DV_MUST_USE __attribute__((warn_unused_result))

/* Read-only view of somebody else's memory. {NULL, 0} means "absent". */
struct dv_bytes {
	const uint8_t *ptr;
	size_t len;
};

#ifdef __cplusplus
}
#endif
#endif
