/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devverify file --manifest: is this directory what the accepted list says?
 * Every file is hashed; what is there and not listed counts as much as what is
 * listed and not there. docs/FORMAT.md, "Manifest of a tree".
 */
#include <string.h>

#include "bytes.h"
#include "cmd.h"
#include "dv_manifest.h"

/* One directory and its list, walked side by side. */
struct walk {
	const struct dv_tree *tree;
	struct dv_differences *out;
	enum dv_hash_id hash;
	bool short_of_memory;
};

static void
note(struct walk *w, enum dv_difference_what what, struct dv_bytes path,
    const char *now)
{
	const struct dv_difference one = { what, path, now };

	if (!dv_differences_add(w->out, &one))
		w->short_of_memory = true;
}

/* Something stands at the path of a listed file. */
static enum dv_exit
compare(struct walk *w, const struct dv_manifest_file *file,
    const struct dv_tree_entry *entry, struct dv_err *err)
{
	struct dv_file_digest digest;
	enum dv_exit exit;

	if (entry->kind != DV_TREE_FILE) {
		note(w, DV_CHANGED, file->path, entry->kind == DV_TREE_DIR ?
		    "a directory" : entry->what);
		return DV_EXIT_YES;
	}
	if ((uint64_t)entry->st.st_size != file->size) {
		note(w, DV_CHANGED, file->path, NULL);
		return DV_EXIT_YES;
	}
	exit = dv_tree_hash(w->tree, entry, w->hash, &digest, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (digest.size != file->size || !dv_bytes_equal(file->digest,
	    (struct dv_bytes){ digest.digest, digest.len }))
		note(w, DV_CHANGED, file->path, NULL);
	return DV_EXIT_YES;
}

static void
note_extra(struct walk *w, const struct dv_tree_entry *entry)
{
	/* A directory is no file, and the files in it speak for themselves. */
	if (entry->kind != DV_TREE_DIR)
		note(w, DV_EXTRA, entry->path, entry->what);
}

/* Both are in the order of paths. */
static enum dv_exit
walk(struct walk *w, struct dv_bytes rest, struct dv_err *err)
{
	const struct dv_tree *tree = w->tree;
	struct dv_manifest_file file;
	enum dv_exit exit = DV_EXIT_YES;
	size_t i = 0;

	while (exit == DV_EXIT_YES && dv_manifest_next(&rest, &file)) {
		while (i < tree->count && dv_manifest_order(
		    tree->entry[i].path, file.path) < 0)
			note_extra(w, &tree->entry[i++]);
		if (i < tree->count &&
		    dv_bytes_equal(tree->entry[i].path, file.path))
			exit = compare(w, &file, &tree->entry[i++], err);
		else
			note(w, DV_MISSING, file.path, NULL);
	}
	for (; exit == DV_EXIT_YES && i < tree->count; i++)
		note_extra(w, &tree->entry[i]);
	if (exit == DV_EXIT_YES && w->short_of_memory)
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	return exit;
}

/* The list is what its envelope says that it is. */
static struct dv_verdict
list_read(const struct dv_sign1 *sign1, struct dv_manifest *out)
{
	struct dv_verdict verdict = { .status = DV_REJECTED,
	    .reason = DV_R_MANIFEST_MALFORMED, .object = DV_OBJECT_ENVELOPE,
	    .at = { .field = DV_F_HEADER_CONTENT_TYPE,
	    .offset = DV_NO_OFFSET } };

	if (!dv_bytes_equal_text(sign1->preimage_type, DV_MANIFEST_TYPE)) {
		verdict.at.wanted = (struct dv_value){ .kind = DV_VALUE_TEXT,
		    .text = DV_MANIFEST_TYPE };
		verdict.at.found = (struct dv_value){ .kind = DV_VALUE_UTF8,
		    .bytes = sign1->preimage_type };
		return verdict;
	}
	verdict.object = DV_OBJECT_ARTEFACT;
	verdict.reason = dv_manifest_parse(sign1->payload, out, &verdict.at);
	if (verdict.reason == DV_R_NONE)
		verdict = (struct dv_verdict){ .status = DV_ACCEPTED };
	return verdict;
}

enum dv_exit
dv_cmd_manifest(struct dv_tree *tree, const struct dv_sign1 *sign1,
    struct dv_differences *out, struct dv_verdict *verdict,
    struct dv_err *err)
{
	struct walk w = { .tree = tree, .out = out };
	struct dv_manifest list = { .count = 0 };
	enum dv_exit exit;

	*verdict = list_read(sign1, &list);
	if (verdict->status != DV_ACCEPTED)
		return DV_EXIT_YES;
	w.hash = list.hash;
	out->files = list.count;
	exit = dv_tree_open(tree->dir, tree, err);
	if (exit == DV_EXIT_YES)
		exit = walk(&w, list.entries, err);
	if (exit == DV_EXIT_YES)
		exit = dv_tree_same(tree, err);
	if (exit != DV_EXIT_YES || out->count == 0)
		return exit;
	*verdict = (struct dv_verdict){ .status = DV_REJECTED,
	    .reason = DV_R_ARTEFACT_MISMATCH, .object = DV_OBJECT_ARTEFACT,
	    .at = { .field = DV_F_MANIFEST, .offset = DV_NO_OFFSET } };
	verdict->at.found = (struct dv_value){ .kind = DV_VALUE_NUMBER,
	    .number = (int64_t)out->count, .label = "paths that differ:" };
	return DV_EXIT_YES;
}
