/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Growing memory for programs. Every piece of memory it leaves is wiped first,
 * because any of them may have held a secret.
 */
#include "host/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

bool
dv_buf_reserve(struct dv_buf *buf, size_t more)
{
	size_t cap = buf->cap > 0 ? buf->cap : 256;
	uint8_t *ptr;

	if (more <= buf->cap - buf->len)
		return true;
	if (more > SIZE_MAX / 2 - buf->len)
		return false;
	while (cap - buf->len < more)
		cap *= 2;
	/* Not realloc(): it may leave the old contents behind. */
	ptr = malloc(cap);
	if (ptr == NULL)
		return false;
	if (buf->len > 0)
		memcpy(ptr, buf->ptr, buf->len);
	if (buf->ptr != NULL)
		dv_wipe(buf->ptr, buf->cap);
	free(buf->ptr);
	buf->ptr = ptr;
	buf->cap = cap;
	return true;
}

bool
dv_buf_add(struct dv_buf *buf, struct dv_bytes bytes)
{
	if (!dv_buf_reserve(buf, bytes.len))
		return false;
	if (bytes.len > 0)
		memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
	buf->len += bytes.len;
	return true;
}

bool
dv_buf_text(struct dv_buf *buf, const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	/* One more: vsnprintf() always writes a NUL, which is not counted. */
	if (len < 0 || !dv_buf_reserve(buf, (size_t)len + 1))
		return false;
	va_start(ap, format);
	(void)vsnprintf((char *)buf->ptr + buf->len, (size_t)len + 1, format,
	    ap);
	va_end(ap);
	buf->len += (size_t)len;
	return true;
}

void
dv_buf_free(struct dv_buf *buf)
{
	if (buf->ptr != NULL)
		dv_wipe(buf->ptr, buf->cap);
	free(buf->ptr);
	*buf = (struct dv_buf){ 0 };
}
