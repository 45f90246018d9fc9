/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign sign --manifest: one envelope for a directory tree, with the list of
 * its files inside. One operation of the key, however many there are.
 */
#include <string.h>

#include "cmd_sign.h"
#include "host/open.h"
#include "manifest_make.h"

enum dv_exit
ds_sign_manifest_name(const struct ds_sign_job *job, struct ds_sign_task *task,
    struct dv_err *err)
{
	size_t len = strlen(task->path);
	const char *last;

	while (len > 1 && task->path[len - 1] == '/')
		len--;
	if (len >= sizeof(task->dir))
		return dv_fail_long(err, task->path);
	memcpy(task->dir, task->path, len);
	task->dir[len] = '\0';
	task->path = task->dir;
	last = strrchr(task->dir, '/');
	last = last == NULL ? task->dir : last + 1;
	if ((job->name != NULL && job->output != NULL) ||
	    (last[0] != '\0' && strcmp(last, ".") != 0 &&
	    strcmp(last, "..") != 0 && strcmp(task->dir, "-") != 0))
		return DV_EXIT_YES;
	return dv_hint(err, dv_fail(err, DV_EXIT_USAGE, "sign: \"%s\" does not "
	    "name the directory", task->path), "write its name, or give --name "
	    "and -o");
}

enum dv_exit
ds_sign_manifest_read(const struct ds_sign_job *job, struct ds_sign_task *task,
    struct dv_buf *content, struct dv_err *err)
{
	struct dv_tree tree;
	enum dv_exit ret = dv_tree_open(task->path, &tree, err);

	if (ret == DV_EXIT_YES && dv_tree_holds(&tree, task->target))
		ret = dv_hint(err, dv_fail(err, DV_EXIT_NO, "%s: would lie in "
		    "the directory that it is about", task->target),
		    "name a place outside with -o");
	if (ret == DV_EXIT_YES)
		ret = ds_manifest_make(&tree, job->hash, content, &task->files,
		    err);
	dv_tree_close(&tree);
	return ret;
}
