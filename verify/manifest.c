/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reader of manifests: one pass over the bytes, no memory of its own. A path
 * that could lead out of the directory never gets past it. docs/FORMAT.md,
 * "Manifest of a tree".
 */
#include "dv_manifest.h"

#include <string.h>

#include "at.h"
#include "bytes.h"
#include "cose_map.h"

/* Parts of the list and of an entry. */
#define MANIFEST_PARTS 2
#define ENTRY_PARTS 3

/* While it is read: the entry before, and the length of every digest. */
struct reading {
	struct dv_bytes before;
	size_t digest_len;
};

static enum dv_hash_id
hash_of(size_t digest_len)
{
	return digest_len == dv_hash_size(DV_HASH_SHA256) ? DV_HASH_SHA256 :
	    digest_len == dv_hash_size(DV_HASH_SHA384) ? DV_HASH_SHA384 :
	    digest_len == dv_hash_size(DV_HASH_SHA512) ? DV_HASH_SHA512 :
	    DV_HASH_NONE;
}

/* Neither empty nor "." nor ".."? */
static bool
part_is_name(const uint8_t *part, size_t len)
{
	return len > 2 || memcmp(part, "..", len) != 0;
}

static bool
parts_are_names(struct dv_bytes path)
{
	size_t start = 0;

	for (size_t i = 0; i <= path.len; i++) {
		if (i < path.len && path.ptr[i] != '/')
			continue;
		if (!part_is_name(path.ptr + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

bool
dv_manifest_path(struct dv_bytes path)
{
	return path.len > 0 && path.len <= DV_MAX_MANIFEST_PATH &&
	    dv_utf8_prefix(path) == path.len && !dv_text_has_control(path) &&
	    parts_are_names(path);
}

int
dv_manifest_order(struct dv_bytes a, struct dv_bytes b)
{
	const size_t common = a.len < b.len ? a.len : b.len;
	const int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

static enum dv_reason
take(struct dv_cbor *in, enum dv_cbor_kind kind, struct dv_cbor_item *out)
{
	return dv_cbor_take(in, kind, DV_R_MANIFEST_MALFORMED, out);
}

/* An array of so many items. */
static enum dv_reason
take_array(struct dv_cbor *in, int64_t count)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_ARRAY, &item);

	if (reason == DV_R_NONE && item.number != count)
		return dv_refuse_size(in, DV_R_MANIFEST_MALFORMED, offset,
		    (size_t)count, (size_t)item.number);
	return reason;
}

static enum dv_reason
take_path(struct dv_cbor *in, struct reading *r, struct dv_bytes *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason;
	int order;

	in->field = DV_F_MANIFEST_PATH;
	reason = take(in, DV_CBOR_TEXT, &item);
	if (reason != DV_R_NONE)
		return reason;
	if (item.bytes.len > DV_MAX_MANIFEST_PATH)
		return dv_refuse_size(in, DV_R_LIMIT, offset,
		    DV_MAX_MANIFEST_PATH, item.bytes.len);
	if (!dv_manifest_path(item.bytes))
		return dv_refuse(in, DV_R_MANIFEST_PATH, offset);
	order = r->before.len == 0 ? -1 :
	    dv_manifest_order(r->before, item.bytes);
	if (order >= 0)
		return dv_refuse(in, order == 0 ? DV_R_MANIFEST_TWICE :
		    DV_R_MANIFEST_ORDER, offset);
	r->before = *out = item.bytes;
	return DV_R_NONE;
}

static enum dv_reason
take_size(struct dv_cbor *in, uint64_t *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason;

	in->field = DV_F_MANIFEST_SIZE;
	reason = take(in, DV_CBOR_INT, &item);
	if (reason == DV_R_NONE && item.number < 0)
		return dv_refuse(in, DV_R_MANIFEST_MALFORMED, offset);
	*out = (uint64_t)item.number;
	return reason;
}

/* The first tells what all the others are. */
static enum dv_reason
take_digest(struct dv_cbor *in, struct reading *r, struct dv_bytes *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item item;
	enum dv_reason reason;

	in->field = DV_F_DIGEST;
	reason = take(in, DV_CBOR_BYTES, &item);
	if (reason != DV_R_NONE)
		return reason;
	if (r->digest_len == 0 && hash_of(item.bytes.len) != DV_HASH_NONE)
		r->digest_len = item.bytes.len;
	if (r->digest_len == 0)
		return dv_refuse(in, DV_R_MANIFEST_MALFORMED, offset);
	if (item.bytes.len != r->digest_len)
		return dv_refuse_size(in, DV_R_MANIFEST_MALFORMED, offset,
		    r->digest_len, item.bytes.len);
	*out = item.bytes;
	return DV_R_NONE;
}

static enum dv_reason
take_entry(struct dv_cbor *in, struct reading *r, struct dv_manifest_file *out)
{
	enum dv_reason reason;

	in->field = DV_F_MANIFEST;
	reason = take_array(in, ENTRY_PARTS);
	if (reason == DV_R_NONE)
		reason = take_path(in, r, &out->path);
	if (reason == DV_R_NONE)
		reason = take_size(in, &out->size);
	if (reason == DV_R_NONE)
		reason = take_digest(in, r, &out->digest);
	return reason;
}

/* The version, and how many entries follow. */
static enum dv_reason
take_head(struct dv_cbor *in, uint64_t *count)
{
	struct dv_cbor_item item;
	enum dv_reason reason = take_array(in, MANIFEST_PARTS);
	uint32_t offset = dv_cbor_here(in);

	if (reason == DV_R_NONE)
		reason = take(in, DV_CBOR_INT, &item);
	if (reason == DV_R_NONE && item.number != DV_MANIFEST_VERSION)
		return dv_refuse_found(in, DV_R_MANIFEST_MALFORMED, offset,
		    item.number);
	offset = dv_cbor_here(in);
	if (reason == DV_R_NONE)
		reason = take(in, DV_CBOR_ARRAY, &item);
	if (reason == DV_R_NONE && item.number == 0)
		return dv_refuse(in, DV_R_MANIFEST_MALFORMED, offset);
	*count = reason == DV_R_NONE ? (uint64_t)item.number : 0;
	return reason;
}

enum dv_reason
dv_manifest_parse(struct dv_bytes bytes, struct dv_manifest *out,
    struct dv_at *at)
{
	struct dv_cbor in = dv_cbor_start(bytes, DV_F_MANIFEST, at);
	struct reading r = { .digest_len = 0 };
	struct dv_manifest_file file;
	struct dv_bytes entries;
	enum dv_reason reason;
	uint64_t count = 0;

	*out = (struct dv_manifest){ .count = 0 };
	if (bytes.len == 0)
		return dv_fail_at(at, DV_R_INPUT_EMPTY, DV_F_MANIFEST, 0);
	if (bytes.len > DV_MAX_ATTACHED)
		return dv_refuse_size(&in, DV_R_INPUT_TOO_BIG, 0,
		    DV_MAX_ATTACHED, bytes.len);
	reason = take_head(&in, &count);
	entries = in.rest;
	for (uint64_t i = 0; reason == DV_R_NONE && i < count; i++)
		reason = take_entry(&in, &r, &file);
	in.field = reason == DV_R_NONE ? DV_F_MANIFEST : in.field;
	if (reason == DV_R_NONE)
		reason = dv_cbor_end(&in);
	if (reason != DV_R_NONE)
		return reason;
	*out = (struct dv_manifest){ entries, count, hash_of(r.digest_len) };
	return DV_R_NONE;
}

bool
dv_manifest_next(struct dv_bytes *rest, struct dv_manifest_file *out)
{
	struct dv_at at;
	struct dv_cbor in = dv_cbor_start(*rest, DV_F_MANIFEST, &at);
	struct reading r = { .digest_len = 0 };

	*out = (struct dv_manifest_file){ .size = 0 };
	if (rest->len == 0 || take_entry(&in, &r, out) != DV_R_NONE)
		return false;
	*rest = in.rest;
	return true;
}
