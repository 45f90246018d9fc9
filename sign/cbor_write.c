/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writer over libcbor's encoders, which always choose the shortest head. Never
 * allocates and never writes past its room. RFC 8949 4.2.1.
 */
#include "cbor_write.h"

#include <string.h>

#include <cbor/encoding.h>

/* An encoder says 0 when the room was too small. */
static void
wrote(struct ds_cbor *w, size_t size)
{
	if (size == 0)
		w->failed = true;
	else
		w->len += size;
}

static uint8_t *
next(const struct ds_cbor *w)
{
	return w->room + w->len;
}

static size_t
left(const struct ds_cbor *w)
{
	return w->failed ? 0 : w->cap - w->len;
}

struct ds_cbor
ds_cbor_start(uint8_t *room, size_t cap)
{
	return (struct ds_cbor){ .room = room, .cap = cap };
}

struct dv_bytes
ds_cbor_done(const struct ds_cbor *w)
{
	if (w->failed)
		return (struct dv_bytes){ NULL, 0 };
	return (struct dv_bytes){ w->room, w->len };
}

void
ds_cbor_int(struct ds_cbor *w, int64_t number)
{
	if (number < 0)
		wrote(w, cbor_encode_negint((uint64_t)(-1 - number), next(w),
		    left(w)));
	else
		wrote(w, cbor_encode_uint((uint64_t)number, next(w), left(w)));
}

void
ds_cbor_bytes(struct ds_cbor *w, struct dv_bytes bytes)
{
	wrote(w, cbor_encode_bytestring_start(bytes.len, next(w), left(w)));
	ds_cbor_raw(w, bytes);
}

void
ds_cbor_text(struct ds_cbor *w, struct dv_bytes text)
{
	wrote(w, cbor_encode_string_start(text.len, next(w), left(w)));
	ds_cbor_raw(w, text);
}

void
ds_cbor_raw(struct ds_cbor *w, struct dv_bytes encoded)
{
	if (encoded.len > left(w)) {
		w->failed = true;
		return;
	}
	if (encoded.len > 0)
		memcpy(next(w), encoded.ptr, encoded.len);
	w->len += encoded.len;
}

void
ds_cbor_array(struct ds_cbor *w, size_t count)
{
	wrote(w, cbor_encode_array_start(count, next(w), left(w)));
}

void
ds_cbor_map(struct ds_cbor *w, size_t count)
{
	wrote(w, cbor_encode_map_start(count, next(w), left(w)));
}

void
ds_cbor_tag(struct ds_cbor *w, uint64_t number)
{
	wrote(w, cbor_encode_tag(number, next(w), left(w)));
}
