/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A directory tree as a sorted list: what is in it, and the digest of each
 * file. No link below the directory is ever followed. docs/FORMAT.md, "Manifest
 * of a tree".
 */
#ifndef HOST_TREE_H
#define HOST_TREE_H

#include <sys/stat.h>

#include "host/file.h"

/* What is no regular file, or can be in no manifest, is "other". */
enum dv_tree_kind { DV_TREE_FILE, DV_TREE_DIR, DV_TREE_OTHER };

struct dv_tree_entry {
	struct dv_bytes path;	/* relative; a NUL follows it */
	size_t name;		/* private: where the path is kept */
	enum dv_tree_kind kind;
	const char *what;	/* other: "a link" */
	struct stat st;
};

struct dv_tree {
	const char *dir;	/* as it was named; borrowed */
	int fd;
	struct stat st;
	struct dv_buf names;
	struct dv_tree_entry *entry;	/* in the order of paths */
	size_t count, cap;
	size_t listed;		/* octets that a manifest of it has at least */
};

/*
 * Lists all that is below the directory, which may be named by a link; no more
 * than a manifest of DV_MAX_ATTACHED octets holds. dv_tree_close() in any case.
 */
DV_MUST_USE enum dv_exit dv_tree_open(const char *dir, struct dv_tree *tree,
    struct dv_err *err);
void dv_tree_close(struct dv_tree *tree);

/* Hashes a file of the list; an error when it is not the one listed. */
DV_MUST_USE enum dv_exit dv_tree_hash(const struct dv_tree *tree,
    const struct dv_tree_entry *entry, enum dv_hash_id hash,
    struct dv_file_digest *out, struct dv_err *err);

/* Lists it again: an error that names what came, went or changed. */
DV_MUST_USE enum dv_exit dv_tree_same(const struct dv_tree *tree,
    struct dv_err *err);

/* Would a file with this path lie in the tree? */
bool dv_tree_holds(const struct dv_tree *tree, const char *path);

#endif
