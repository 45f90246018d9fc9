/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init anchors: roots as C source for `make devverify ANCHORS=`. Reads
 * certificates only, and no key; a CA's own log tells of it. pki-init(1).
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "cmd.h"
#include "pki_log.h"

const struct dv_opt pki_anchors_opts[] = {
	PKI_OPT_DIR("CA directory: its root becomes an anchor"),
	PKI_OPT_OUT("C source to write (standard output)"),
	PKI_OPT_END,
};

/* Where the roots come from, and views of them in order. */
struct roots {
	struct dv_ders files;
	struct pki_ca *ca[DV_DERS_MAX];
	size_t ca_count;
	struct dv_bytes der[DV_DERS_MAX];
	size_t count;
};

static enum dv_exit
add(struct roots *roots, struct dv_bytes der, struct dv_err *err)
{
	if (roots->count == DV_DERS_MAX)
		return dv_fail(err, DV_EXIT_USAGE, "more than %d anchors",
		    DV_DERS_MAX);
	roots->der[roots->count++] = der;
	return DV_EXIT_YES;
}

static enum dv_exit
add_ca(struct roots *roots, const char *dir, struct dv_err *err)
{
	struct pki_ca *ca;
	enum dv_exit exit;

	if (roots->ca_count == DV_DERS_MAX)
		return dv_fail(err, DV_EXIT_USAGE, "more than %d anchors",
		    DV_DERS_MAX);
	exit = pki_ca_open(dir, &ca, err);
	if (exit != DV_EXIT_YES)
		return exit;
	roots->ca[roots->ca_count++] = ca;
	exit = pki_ca_open_ledger(ca, err);
	if (exit != DV_EXIT_YES)
		return exit;
	return add(roots, ca->chain[ca->chain_count - 1], err);
}

static enum dv_exit
add_path(struct roots *roots, const char *path, struct dv_err *err)
{
	size_t i = roots->files.count;
	struct stat st;
	enum dv_exit exit;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_ca(roots, path, err);
	exit = dv_ders_load(&roots->files, path, "CERTIFICATE", err);
	for (; exit == DV_EXIT_YES && i < roots->files.count; i++)
		exit = add(roots, dv_ders_at(&roots->files, i), err);
	return exit;
}

static enum dv_exit
collect(struct roots *roots, const struct dv_args *args, struct dv_err *err)
{
	const char *dir = dv_args_get(args, "directory");
	enum dv_exit exit = DV_EXIT_YES;

	if (dir == NULL && args->operand_count == 0)
		return dv_fail(err, DV_EXIT_USAGE, "no root: name a CA "
		    "directory with -d, or certificate files");
	if (dir != NULL)
		exit = add_ca(roots, dir, err);
	for (int i = 0; exit == DV_EXIT_YES && i < args->operand_count; i++)
		exit = add_path(roots, args->operands[i], err);
	return exit;
}

static enum dv_exit
write_source(const struct roots *roots, const char *path, struct dv_err *err)
{
	const struct dv_file_new file = {
		.path = path == NULL ? "-" : path,
		.mode = 0644,
		.replace = true,
	};
	struct dv_buf source = { NULL, 0, 0 };
	enum dv_exit exit = pki_anchors_write(roots->der, roots->count, &source,
	    err);

	if (exit == DV_EXIT_YES)
		exit = dv_file_write(&file, dv_buf_bytes(&source), err);
	dv_buf_free(&source);
	return exit;
}

static enum dv_exit
log_all(const struct roots *roots, struct dv_err *err)
{
	enum dv_exit exit = DV_EXIT_YES;

	for (size_t i = 0; exit == DV_EXIT_YES && i < roots->ca_count; i++) {
		struct pki_log_entry entry = { .event = "anchors" };

		pki_log_add(&entry, "anchors", "%zu", roots->count);
		exit = pki_log(roots->ca[i]->ledger, &entry, err);
	}
	return exit;
}

enum dv_exit
pki_anchors_run(const struct dv_args *args, struct dv_err *err)
{
	struct roots *roots = calloc(1, sizeof(*roots));
	enum dv_exit exit;

	if (roots == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = collect(roots, args, err);
	if (exit == DV_EXIT_YES)
		exit = log_all(roots, err);
	if (exit == DV_EXIT_YES)
		exit = write_source(roots, dv_args_get(args, "output"), err);
	for (size_t i = 0; i < roots->ca_count; i++)
		pki_ca_close(roots->ca[i]);
	dv_ders_free(&roots->files);
	free(roots);
	return exit;
}
