/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Growing memory for programs. The owner frees it; secrets are wiped first.
 */
#ifndef HOST_BUF_H
#define HOST_BUF_H

#include <stdbool.h>

#include "dv_bytes.h"

struct dv_buf {
	uint8_t *ptr;
	size_t len, cap;
};

/* Room for more octets behind ptr + len; false when memory is short. */
DV_MUST_USE bool dv_buf_reserve(struct dv_buf *buf, size_t more);

/* Appends; false (nothing changed) when memory is short. */
DV_MUST_USE bool dv_buf_add(struct dv_buf *buf, struct dv_bytes bytes);
DV_MUST_USE bool dv_buf_text(struct dv_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Wipes and frees; the buffer is then empty and may be used again. */
void dv_buf_free(struct dv_buf *buf);

static inline struct dv_bytes
dv_buf_bytes(const struct dv_buf *buf)
{
	return (struct dv_bytes){ buf->ptr, buf->len };
}

#endif
