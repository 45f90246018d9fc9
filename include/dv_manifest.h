/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of files of a signed directory tree: path, size and digest of each.
 * Believe only that of the payload of an accepted envelope.
 * docs/FORMAT.md, "Manifest of a tree".
 */
#ifndef DV_MANIFEST_H
#define DV_MANIFEST_H

#include "dv_hash.h"
#include "dv_limits.h"
#include "dv_verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Content type of the envelope's payload; the version of the list. */
#define DV_MANIFEST_TYPE "application/vnd.devsign.manifest+cbor"
#define DV_MANIFEST_VERSION 1

/* A list as read; views into the caller's bytes. */
struct dv_manifest {
	struct dv_bytes entries;	/* for dv_manifest_next() */
	uint64_t count;			/* at least 1 */
	enum dv_hash_id hash;		/* of every file */
};

/* One file; views into the same bytes. */
struct dv_manifest_file {
	struct dv_bytes path;		/* UTF-8, relative, parts between '/' */
	uint64_t size;			/* octets */
	struct dv_bytes digest;
};

/*
 * Reads the whole list: deterministic CBOR, paths that can only be below the
 * directory, in ascending order of their octets, each once; digests of one
 * length. DV_R_NONE on success; otherwise *at says where and *out is all zero.
 */
DV_MUST_USE enum dv_reason dv_manifest_parse(struct dv_bytes bytes,
    struct dv_manifest *out, struct dv_at *at);

/* The next file; false after the last. *rest begins as manifest->entries. */
DV_MUST_USE bool dv_manifest_next(struct dv_bytes *rest,
    struct dv_manifest_file *out);

/*
 * May a file of a manifest have this path? 1 to DV_MAX_MANIFEST_PATH octets of
 * UTF-8 without control characters; no part empty, "." or "..".
 */
DV_MUST_USE bool dv_manifest_path(struct dv_bytes path);

/* Order of paths: <0, 0 or >0, by octets, the shorter of equals first. */
int dv_manifest_order(struct dv_bytes a, struct dv_bytes b);

#ifdef __cplusplus
}
#endif
#endif
