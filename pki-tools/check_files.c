/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owner, kind and mode of everything in a CA's directory: one owner, no links,
 * secrets closed, nothing that others can write. docs/DESIGN.md, A CA on disk.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "pki_log.h"

/* Files that nobody else may read. */
static const char *const closed[] = {
	PKI_CA_KEY, PKI_CA_KEY_URI, PKI_CA_LEDGER, PKI_CA_LEDGER "-wal",
	PKI_CA_LEDGER "-shm", PKI_CA_LEDGER "-journal", PKI_CA_TRANSCRIPT,
	PKI_LOG_FILE,
};

/* Permission bits that must not be there. */
static mode_t
forbidden(const char *name, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return 077;
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		if (strcmp(name, closed[i]) == 0)
			return 077;
	}
	return 022;
}

static void
judge(struct pki_check *c, const char *path, const char *name,
    const struct stat *st)
{
	mode_t bad = forbidden(name, st);
	struct dv_err err;
	enum dv_exit exit = DV_EXIT_YES;

	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode)) {
		exit = dv_fail(&err, DV_EXIT_NONE, "%s: %s", path,
		    S_ISLNK(st->st_mode) ? "is a symbolic link" :
		    "is neither a file nor a directory");
		exit = dv_hint(&err, exit, "a CA's files are all in its "
		    "directory; a key elsewhere is named in " PKI_CA_KEY_URI);
	} else if (st->st_uid != geteuid()) {
		exit = dv_fail(&err, DV_EXIT_NONE, "%s: belongs to user %u, "
		    "not to you", path, (unsigned)st->st_uid);
	} else if ((st->st_mode & bad) != 0) {
		exit = dv_fail(&err, DV_EXIT_NONE, "%s: others may %s it (mode "
		    "%04o)", path, bad == 077 ? "read or write" : "write",
		    (unsigned)st->st_mode & 07777u);
		exit = dv_hint(&err, exit, "chmod %s %s", bad == 077 ? "go=" :
		    "go-w", path);
	} else if (name[0] == '.') {
		exit = dv_fail(&err, DV_EXIT_YES, "%s was left behind by a run "
		    "that was cut off; it can be removed", path);
		pki_check_add(c, exit, &err);
	}
	if (exit != DV_EXIT_YES)
		pki_check_add(c, exit, &err);
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* What is in one directory, and not below. */
static void
look(struct pki_check *c, const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	struct dv_err err;
	struct stat st;
	char path[DV_PATH_MAX];

	if (d == NULL) {
		pki_check_add(c, dv_fail(&err, DV_EXIT_NONE, "%s: %s", dir,
		    strerror(errno)), &err);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (is_dots(e->d_name) || dv_path_join(path, dir, e->d_name,
		    &err) != DV_EXIT_YES)
			continue;
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ==
		    0)
			judge(c, path, e->d_name, &st);
		else if (errno != ENOENT)
			pki_check_add(c, dv_fail(&err, DV_EXIT_NONE, "%s: %s",
			    path, strerror(errno)), &err);
	}
	(void)closedir(d);
}

void
pki_check_files(struct pki_check *c)
{
	char path[DV_PATH_MAX];
	struct dv_err err;
	struct stat st;

	look(c, c->dir);
	if (dv_path_join(path, c->dir, PKI_CHECK_CRLS, &err) == DV_EXIT_YES &&
	    lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
		look(c, path);
}
