/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of files of a directory tree, to be signed as one artefact.
 * docs/FORMAT.md, "Manifest of a tree".
 */
#ifndef MANIFEST_MAKE_H
#define MANIFEST_MAKE_H

#include "dv_manifest.h"
#include "host/tree.h"

/*
 * Hashes every file of the list and appends the manifest to *out; it has been
 * read back by the verifier's own reader. *files: how many. Refuses, by name,
 * what a manifest cannot hold, and a tree that changes meanwhile.
 */
DV_MUST_USE enum dv_exit ds_manifest_make(const struct dv_tree *tree,
    enum dv_hash_id hash, struct dv_buf *out, uint64_t *files,
    struct dv_err *err);

#endif
