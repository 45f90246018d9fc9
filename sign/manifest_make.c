/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes manifests: everything in the tree is in the list or refuses it.
 * Nothing is left out in silence. docs/FORMAT.md, "Manifest of a tree".
 */
#include "manifest_make.h"

#include <stdio.h>

#include "cbor_write.h"

/* Around each path: heads of entry, path and digest, size, digest. */
#define ENTRY_MORE (1 + 3 + 9 + 2 + DV_MAX_DIGEST)
#define HEAD_MAX (1 + 1 + 9)

static enum dv_exit
fail_entry(const struct dv_tree *tree, const struct dv_tree_entry *entry,
    const char *why, struct dv_err *err)
{
	const bool fits = entry->path.len < sizeof(err->what) / 2;

	return dv_fail(err, DV_EXIT_NO, "%s/%.*s%s: %s", tree->dir,
	    fits ? (int)entry->path.len : 64, (const char *)entry->path.ptr,
	    fits ? "" : "...", why);
}

/* Before gigabytes are hashed: can all of it be in a manifest? */
static enum dv_exit
entry_check(const struct dv_tree *tree, const struct dv_tree_entry *entry,
    struct dv_err *err)
{
	char why[96];

	if (entry->kind == DV_TREE_OTHER) {
		(void)snprintf(why, sizeof(why), "is %s; a manifest has "
		    "regular files alone", entry->what);
		return dv_hint(err, fail_entry(tree, entry, why, err),
		    "take it out of the directory, or put a file there");
	}
	if (entry->kind == DV_TREE_FILE && !dv_manifest_path(entry->path))
		return dv_hint(err, fail_entry(tree, entry, "the name is not "
		    "UTF-8 or has control characters", err), "rename it");
	return DV_EXIT_YES;
}

static enum dv_exit
tree_check(const struct dv_tree *tree, uint64_t *files, size_t *room,
    struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	*files = 0;
	*room = HEAD_MAX;
	for (size_t i = 0; exit == DV_EXIT_YES && i < tree->count; i++) {
		exit = entry_check(tree, &tree->entry[i], err);
		if (tree->entry[i].kind != DV_TREE_FILE)
			continue;
		*files += 1;
		*room += tree->entry[i].path.len + ENTRY_MORE;
	}
	if (exit == DV_EXIT_YES && *files == 0)
		return dv_fail(err, DV_EXIT_NO,
		    "%s: no file is in it, so there is nothing to sign",
		    tree->dir);
	return exit;
}

static enum dv_exit
entry_put(const struct dv_tree *tree, const struct dv_tree_entry *entry,
    enum dv_hash_id hash, struct ds_cbor *w, struct dv_err *err)
{
	struct dv_file_digest digest;
	enum dv_exit exit = dv_tree_hash(tree, entry, hash, &digest, err);

	if (exit != DV_EXIT_YES)
		return exit;
	ds_cbor_array(w, 3);
	ds_cbor_text(w, entry->path);
	ds_cbor_int(w, (int64_t)digest.size);
	ds_cbor_bytes(w, (struct dv_bytes){ digest.digest, digest.len });
	return DV_EXIT_YES;
}

static enum dv_exit
list_put(const struct dv_tree *tree, enum dv_hash_id hash, uint64_t files,
    struct ds_cbor *w, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	ds_cbor_array(w, 2);
	ds_cbor_int(w, DV_MANIFEST_VERSION);
	ds_cbor_array(w, (size_t)files);
	for (size_t i = 0; exit == DV_EXIT_YES && i < tree->count; i++) {
		if (tree->entry[i].kind == DV_TREE_FILE)
			exit = entry_put(tree, &tree->entry[i], hash, w, err);
	}
	return exit == DV_EXIT_YES ? dv_tree_same(tree, err) : exit;
}

/* As the verifier will read it. */
static enum dv_exit
list_check(const struct dv_tree *tree, struct dv_bytes list, uint64_t files,
    struct dv_err *err)
{
	struct dv_manifest made;
	struct dv_at at;

	if (list.len > DV_MAX_ATTACHED)
		return dv_hint(err, dv_fail(err, DV_EXIT_NO, "%s: the list of "
		    "its files has %zu octets, a manifest at most %d",
		    tree->dir, list.len, DV_MAX_ATTACHED),
		    "sign its subdirectories one by one");
	if (list.len == 0 || dv_manifest_parse(list, &made, &at) != DV_R_NONE ||
	    made.count != files)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: its manifest cannot be read back", tree->dir);
	return DV_EXIT_YES;
}

enum dv_exit
ds_manifest_make(const struct dv_tree *tree, enum dv_hash_id hash,
    struct dv_buf *out, uint64_t *files, struct dv_err *err)
{
	struct ds_cbor w;
	size_t room;
	enum dv_exit exit = tree_check(tree, files, &room, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (!dv_buf_reserve(out, room))
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	w = ds_cbor_start(out->ptr + out->len, room);
	exit = list_put(tree, hash, *files, &w, err);
	if (exit == DV_EXIT_YES)
		exit = list_check(tree, ds_cbor_done(&w), *files, err);
	if (exit == DV_EXIT_YES)
		out->len += ds_cbor_done(&w).len;
	return exit;
}
