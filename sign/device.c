/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state directory: one writer at a time, every file whole or not at all,
 * nothing secret left behind by a power cut. docs/LIFECYCLE.md.
 */
#include "device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/open.h"

#define FILE_LOCK "lock"
#define WAIT_MS 30000		/* for another devsign to end */
#define WAIT_STEP_MS 50

/* ---- the directory --------------------------------------------------------- */

static enum dv_exit
sync_dir(const char *path, struct dv_err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd != -1 && (fsync(fd) == 0 || errno == EINVAL);
	enum dv_exit ret = ok ? DV_EXIT_YES :
	    dv_fail_errno(err, path, "make durable");
	if (fd != -1)
		(void)close(fd);
	return ret;
}

enum dv_exit
ds_device_path(const struct ds_device *device, const char *name,
    char out[DV_PATH_MAX], struct dv_err *err)
{
	return dv_path_join(out, device->dir, name, err);
}

bool
ds_device_has(const struct ds_device *device, const char *name)
{
	char path[DV_PATH_MAX];
	struct dv_err err;
	return ds_device_path(device, name, path, &err) == DV_EXIT_YES &&
	    access(path, F_OK) == 0;
}

static enum dv_exit
remove_path(const char *path, const char *dir, struct dv_err *err)
{
	if (unlink(path) == 0)
		return sync_dir(dir, err);
	return errno == ENOENT ? DV_EXIT_YES :
	    dv_fail_errno(err, path, "remove");
}

enum dv_exit
ds_device_remove(const struct ds_device *device, const char *name,
    struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit ret = ds_device_path(device, name, path, err);
	return ret == DV_EXIT_YES ? remove_path(path, device->dir, err) : ret;
}

enum dv_exit
ds_device_remove_key(const char *spec, struct dv_err *err)
{
	char dir[DV_PATH_MAX];
	const char *path = strchr(spec, ':');
	if (path == NULL || ds_spec_in_hardware(spec) ||
	    strlen(++path) >= sizeof(dir))
		return dv_fail(err, DV_EXIT_NONE, "%s: is not a key in a file",
		    spec);
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);
	memcpy(dir, path, len);
	memcpy(dir + len, len == 0 && slash == NULL ? "." : "/", 2);
	return remove_path(path, dir, err);
}

/* ".0123456789abcdef.tmp", as dv_file_write() names what it has not finished. */
static bool
is_temporary(const char *name)
{
	return name[0] == '.' && strspn(name + 1, "0123456789abcdef") == 16 &&
	    strcmp(name + 17, ".tmp") == 0;
}

/* Half-written keys among them are secrets. */
static enum dv_exit
sweep(const struct ds_device *device, struct dv_err *err)
{
	DIR *dir = opendir(device->dir);
	const struct dirent *entry;
	if (dir == NULL)
		return dv_fail_errno(err, device->dir, "open");
	while ((entry = readdir(dir)) != NULL) {
		if (is_temporary(entry->d_name))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	(void)closedir(dir);
	return DV_EXIT_YES;
}

static enum dv_exit
lock_take(struct ds_device *device, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	enum dv_exit ret = ds_device_path(device, FILE_LOCK, path, err);
	if (ret != DV_EXIT_YES)
		return ret;
	device->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (device->lock == -1)
		return dv_fail_errno(err, path, "open");
	for (int waited = 0; waited < WAIT_MS; waited += WAIT_STEP_MS) {
		if (flock(device->lock, LOCK_EX | LOCK_NB) == 0)
			return DV_EXIT_YES;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return dv_fail_errno(err, path, "lock");
		poll(NULL, 0, WAIT_STEP_MS);
	}
	ret = dv_fail(err, DV_EXIT_NONE, "%s: another devsign is at work there",
	    device->dir);
	return dv_hint(err, ret, "wait until it has ended; `fuser %s` names it",
	    path);
}

/* ---- the record ------------------------------------------------------------ */

static enum dv_exit
record_load(struct ds_device *device, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	struct dv_buf text = { NULL, 0, 0 };
	if (!ds_device_has(device, DS_FILE_RECORD))
		return DV_EXIT_YES;
	enum dv_exit ret = dv_dir_check(device->dir, err);
	if (ret == DV_EXIT_YES)
		ret = ds_device_path(device, DS_FILE_RECORD, path, err);
	if (ret == DV_EXIT_YES)
		ret = dv_file_read(path, DS_RECORD_MAX, &text, err);
	if (ret == DV_EXIT_YES) {
		ret = ds_record_read(dv_buf_bytes(&text), &device->record, err);
		if (ret != DV_EXIT_YES) {
			ret = dv_fail_in(err, ret, path);
			dv_hint(err, ret, "it is written by devsign alone; move "
			    "it away, and `devsign install` writes it anew");
		}
	}
	device->there = ret == DV_EXIT_YES;
	dv_buf_free(&text);
	return ret;
}

static enum dv_exit
start(const char *dir, struct ds_device *out, struct dv_err *err)
{
	*out = (struct ds_device){ .lock = -1 };
	size_t len = strlen(dir);
	if (len == 0 || len >= sizeof(out->dir))
		return dv_fail(err, DV_EXIT_USAGE, "--dir: an empty or too long "
		    "name");
	memcpy(out->dir, dir, len + 1);
	return DV_EXIT_YES;
}

enum dv_exit
ds_device_look(const char *dir, struct ds_device *out, struct dv_err *err)
{
	enum dv_exit ret = start(dir, out, err);
	return ret == DV_EXIT_YES ? record_load(out, err) : ret;
}

enum dv_exit
ds_device_begin(const char *dir, struct ds_device *out, struct dv_err *err)
{
	enum dv_exit ret = start(dir, out, err);
	if (ret == DV_EXIT_YES && mkdir(dir, 0755) != 0 && errno != EEXIST)
		ret = dv_fail_errno(err, dir, "create");
	if (ret == DV_EXIT_YES)
		ret = dv_dir_check(dir, err);
	if (ret == DV_EXIT_YES)
		ret = lock_take(out, err);
	if (ret == DV_EXIT_YES)
		ret = sweep(out, err);
	if (ret == DV_EXIT_YES)
		ret = record_load(out, err);
	return ret;
}

void
ds_device_end(struct ds_device *device)
{
	if (device->lock != -1)
		(void)close(device->lock);
	device->lock = -1;
}

enum dv_exit
ds_device_save(struct ds_device *device, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	struct dv_buf text = { NULL, 0, 0 };
	struct dv_file_new file = { .path = path, .mode = 0644,
		.replace = true };
	enum dv_exit ret = ds_device_path(device, DS_FILE_RECORD, path, err);
	if (ret == DV_EXIT_YES && !ds_record_write(&device->record, &text))
		ret = dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (ret == DV_EXIT_YES)
		ret = dv_file_write(&file, dv_buf_bytes(&text), err);
	if (ret == DV_EXIT_YES)
		device->there = true;
	dv_buf_free(&text);
	return ret;
}

/* ---- which identity -------------------------------------------------------- */

const char *
ds_device_in_use(const struct ds_device *device, const char *hash)
{
	const struct ds_record *r = &device->record;
	if (hash[0] == '\0')
		return NULL;
	return strcmp(r->next_spki, hash) == 0 ? r->next_key :
	    strcmp(r->ldevid_spki, hash) == 0 ? r->ldevid_key :
	    strcmp(r->idevid_spki, hash) == 0 ? r->idevid_key : NULL;
}

enum dv_exit
ds_device_settle(struct ds_device *device, const char *hash,
    struct dv_err *err)
{
	struct ds_record *r = &device->record;
	enum dv_exit ret = DV_EXIT_YES;
	if (hash[0] != '\0' && strcmp(r->next_spki, hash) == 0) {
		if (strcmp(r->ldevid_key, r->next_key) != 0)
			memcpy(r->old_key, r->ldevid_key, sizeof(r->old_key));
		memcpy(r->ldevid_key, r->next_key, sizeof(r->ldevid_key));
		memcpy(r->ldevid_spki, r->next_spki, sizeof(r->ldevid_spki));
		memset(r->next_key, 0, sizeof(r->next_key));
		memset(r->next_spki, 0, sizeof(r->next_spki));
		r->generation++;
		ret = ds_device_save(device, err);
	}
	if (ret != DV_EXIT_YES || r->old_key[0] == '\0')
		return ret;
	ret = ds_device_remove_key(r->old_key, err);
	memset(r->old_key, 0, sizeof(r->old_key));
	return ret == DV_EXIT_YES ? ds_device_save(device, err) : ret;
}
