/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks a directory tree by open directories and names of one part, never
 * through a link, and notices when it changes. docs/FORMAT.md.
 */
#include "host/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dv_manifest.h"
#include "host/open.h"
#include "host/text.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define FILE_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* Of a manifest's entry, around the path: heads, size, digest. */
#define ENTRY_LEAST (1 + 1 + 2 + 32)

static const char *
name_of(const struct dv_tree *tree, const struct dv_tree_entry *entry)
{
	return (const char *)tree->names.ptr + entry->name;
}

/* "PATH: cannot WHAT", with the directory before it. */
static enum dv_exit
fail_at(const struct dv_tree *tree, const char *path, const char *cannot,
    struct dv_err *err)
{
	const int number = errno;
	char whole[sizeof(err->what)];

	(void)snprintf(whole, sizeof(whole), "%s%s%s", tree->dir,
	    path[0] != '\0' ? "/" : "", path);
	if (number == ELOOP || number == ENOTDIR || number == ENOENT)
		return dv_hint(err, dv_fail(err, DV_EXIT_NONE,
		    "%s: changed while the directory was read", whole),
		    "run again when nothing writes to it");
	errno = number;
	return dv_fail_errno(err, whole, cannot);
}

/* Opens one part after the other; -1 and errno when that fails. */
static int
open_below(int root, const char *path, int flags)
{
	char part[NAME_MAX + 1];
	int at = root, next;
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL) {
		(void)snprintf(part, sizeof(part), "%.*s",
		    (int)(slash - path), path);
		next = openat(at, part, DIR_FLAGS);
		if (at != root)
			(void)close(at);
		if (next == -1)
			return -1;
		at = next;
		path = slash + 1;
	}
	next = openat(at, path, flags);
	if (at != root)
		(void)close(at);
	return next;
}

/* ---- listing ---- */

static const char *
other_name(mode_t mode)
{
	if (S_ISLNK(mode))
		return "a link";
	if (S_ISFIFO(mode))
		return "a pipe";
	if (S_ISSOCK(mode))
		return "a socket";
	return "a device";
}

static void
entry_judge(struct dv_tree_entry *entry, size_t path_len)
{
	const mode_t mode = entry->st.st_mode;

	entry->kind = DV_TREE_OTHER;
	if (path_len > DV_MAX_MANIFEST_PATH)
		entry->what = "deeper than a manifest can say";
	else if (S_ISREG(mode))
		entry->kind = DV_TREE_FILE;
	else if (S_ISDIR(mode))
		entry->kind = DV_TREE_DIR;
	else
		entry->what = other_name(mode);
}

static bool
entry_room(struct dv_tree *tree)
{
	const size_t cap = tree->cap == 0 ? 256 : 2 * tree->cap;
	struct dv_tree_entry *grown;

	if (tree->count < tree->cap)
		return true;
	grown = realloc(tree->entry, cap * sizeof(*grown));
	if (grown == NULL)
		return false;
	tree->entry = grown;
	tree->cap = cap;
	return true;
}

/* Appends one name of the directory at `parent`, an offset into names. */
static enum dv_exit
entry_add(struct dv_tree *tree, int fd, size_t parent, const char *name,
    struct dv_err *err)
{
	struct dv_tree_entry entry = { .name = tree->names.len };
	char before[DV_MAX_MANIFEST_PATH + 1];
	const char *slash;

	(void)snprintf(before, sizeof(before), "%s",
	    (const char *)tree->names.ptr + parent);
	slash = before[0] != '\0' ? "/" : "";
	if (!entry_room(tree) ||
	    !dv_buf_text(&tree->names, "%s%s%s", before, slash, name) ||
	    !dv_buf_add(&tree->names, (struct dv_bytes){
	    (const uint8_t *)"", 1 }))
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	tree->listed += tree->names.len - entry.name + ENTRY_LEAST;
	if (tree->listed > DV_MAX_ATTACHED)
		return dv_hint(err, dv_fail(err, DV_EXIT_NONE, "%s: more files "
		    "than a manifest holds", tree->dir),
		    "treat its subdirectories one by one");
	if (fstatat(fd, name, &entry.st, AT_SYMLINK_NOFOLLOW) != 0)
		return fail_at(tree, name_of(tree, &entry), "look at", err);
	entry_judge(&entry, tree->names.len - 1 - entry.name);
	tree->entry[tree->count++] = entry;
	return DV_EXIT_YES;
}

static enum dv_exit
dir_read(struct dv_tree *tree, DIR *dir, size_t parent, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;
	struct dirent *found;

	for (;;) {
		errno = 0;
		found = readdir(dir);
		if (found == NULL && errno != 0)
			return fail_at(tree, (const char *)tree->names.ptr +
			    parent, "read", err);
		if (found == NULL)
			return DV_EXIT_YES;
		if (strcmp(found->d_name, ".") == 0 ||
		    strcmp(found->d_name, "..") == 0)
			continue;
		exit = entry_add(tree, dirfd(dir), parent, found->d_name, err);
		if (exit != DV_EXIT_YES)
			return exit;
	}
}

static enum dv_exit
dir_list(struct dv_tree *tree, size_t parent, struct dv_err *err)
{
	const char *path = (const char *)tree->names.ptr + parent;
	int fd = path[0] == '\0' ? openat(tree->fd, ".", DIR_FLAGS) :
	    open_below(tree->fd, path, DIR_FLAGS);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	enum dv_exit exit;

	if (dir == NULL) {
		exit = fail_at(tree, path, "open", err);
		if (fd != -1)
			(void)close(fd);
		return exit;
	}
	exit = dir_read(tree, dir, parent, err);
	(void)closedir(dir);
	return exit;
}

static int
entry_order(const void *a, const void *b)
{
	const struct dv_tree_entry *left = a, *right = b;

	return dv_manifest_order(left->path, right->path);
}

/* Directories wait in the list itself until it is their turn. */
static enum dv_exit
tree_list(struct dv_tree *tree, struct dv_err *err)
{
	enum dv_exit exit;

	/* The empty path of the directory itself. */
	if (!dv_buf_add(&tree->names, (struct dv_bytes){
	    (const uint8_t *)"", 1 }))
		return dv_fail(err, DV_EXIT_NONE, "memory is short");
	exit = dir_list(tree, 0, err);
	for (size_t i = 0; exit == DV_EXIT_YES && i < tree->count; i++) {
		if (tree->entry[i].kind == DV_TREE_DIR)
			exit = dir_list(tree, tree->entry[i].name, err);
	}
	if (exit != DV_EXIT_YES)
		return exit;
	for (size_t i = 0; i < tree->count; i++)
		tree->entry[i].path = dv_text_bytes(name_of(tree,
		    &tree->entry[i]));
	if (tree->count > 0)
		qsort(tree->entry, tree->count, sizeof(*tree->entry),
		    entry_order);
	return DV_EXIT_YES;
}

enum dv_exit
dv_tree_open(const char *dir, struct dv_tree *tree, struct dv_err *err)
{
	*tree = (struct dv_tree){ .dir = dir, .fd = -1 };
	tree->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree->fd == -1 && errno == ENOTDIR)
		return dv_fail(err, DV_EXIT_NONE,
		    "%s: is not a directory, and a manifest is of one", dir);
	if (tree->fd == -1 || fstat(tree->fd, &tree->st) != 0)
		return dv_fail_errno(err, dir, "open");
	return tree_list(tree, err);
}

void
dv_tree_close(struct dv_tree *tree)
{
	if (tree->fd != -1)
		(void)close(tree->fd);
	dv_buf_free(&tree->names);
	free(tree->entry);
	*tree = (struct dv_tree){ .fd = -1 };
}

/* ---- what is in it ---- */

static bool
same_instant(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
same_object(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool
same_state(const struct stat *a, const struct stat *b)
{
	return same_object(a, b) && a->st_mode == b->st_mode &&
	    a->st_size == b->st_size &&
	    same_instant(&a->st_mtim, &b->st_mtim) &&
	    same_instant(&a->st_ctim, &b->st_ctim);
}

static enum dv_exit
fail_changed(const struct dv_tree *tree, const char *path, struct dv_err *err)
{
	errno = ENOENT;
	return fail_at(tree, path, "read", err);
}

enum dv_exit
dv_tree_hash(const struct dv_tree *tree, const struct dv_tree_entry *entry,
    enum dv_hash_id hash, struct dv_file_digest *out, struct dv_err *err)
{
	const char *path = name_of(tree, entry);
	int fd = open_below(tree->fd, path, FILE_FLAGS);
	char whole[DV_PATH_MAX];
	enum dv_exit exit;
	struct stat st;

	*out = (struct dv_file_digest){ .len = 0 };
	if (fd == -1)
		return fail_at(tree, path, "open", err);
	exit = dv_path_join(whole, tree->dir, path, err);
	if (exit == DV_EXIT_YES &&
	    (fstat(fd, &st) != 0 || !same_state(&st, &entry->st)))
		exit = fail_changed(tree, path, err);
	if (exit == DV_EXIT_YES)
		exit = dv_fd_hash(fd, whole, hash, out, err);
	(void)close(fd);
	return exit;
}

/* The first path of which two lists differ, or NULL. */
static const char *
first_difference(const struct dv_tree *a, const struct dv_tree *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const struct dv_tree_entry *x = &a->entry[i];
		const struct dv_tree_entry *y = &b->entry[i];
		int order = dv_manifest_order(x->path, y->path);

		if (order > 0)
			return name_of(b, y);
		if (order < 0 || !same_state(&x->st, &y->st))
			return name_of(a, x);
	}
	if (a->count != b->count)
		return a->count > b->count ? name_of(a, &a->entry[b->count]) :
		    name_of(b, &b->entry[a->count]);
	return same_state(&a->st, &b->st) ? NULL : "";
}

enum dv_exit
dv_tree_same(const struct dv_tree *tree, struct dv_err *err)
{
	struct dv_tree now;
	enum dv_exit exit = dv_tree_open(tree->dir, &now, err);
	const char *path = exit == DV_EXIT_YES ?
	    first_difference(tree, &now) : NULL;

	if (path != NULL)
		exit = fail_changed(tree, path, err);
	dv_tree_close(&now);
	return exit;
}

bool
dv_tree_holds(const struct dv_tree *tree, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[DV_PATH_MAX];
	struct stat st;

	(void)snprintf(dir, sizeof(dir), "%.*s",
	    slash == NULL ? 1 : (int)(slash - path) + 1,
	    slash == NULL ? "." : path);
	if (stat(dir, &st) != 0)
		return false;
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->entry[i].kind == DV_TREE_DIR &&
		    same_object(&tree->entry[i].st, &st))
			return true;
	}
	return same_object(&tree->st, &st);
}
