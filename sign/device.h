/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state directory of a device, 0755, so that other services can read the
 * chain: the record and certificates 0644, keys and passwords 0600, less what
 * the umask takes away. It belongs to devsign alone. docs/LIFECYCLE.md.
 */
#ifndef DS_DEVICE_H
#define DS_DEVICE_H

#include "host/file.h"
#include "record.h"

#define DS_FILE_RECORD "device"
#define DS_FILE_CHAIN "chain.pem"	/* of the identity in use */
#define DS_FILE_IDEVID "idevid.pem"	/* chain of the factory's identity */
#define DS_FILE_REQUEST "request.pem"
#define DS_FILE_OWNER "owner.auth"	/* password of the TPM's owner */

struct ds_device {
	char dir[DV_PATH_MAX];
	struct ds_record record;
	bool there;		/* there was a record */
	int lock;		/* descriptor, -1: only looking */
};

/* Reads the record. Neither the directory nor the record need be there. */
DV_MUST_USE enum dv_exit ds_device_look(const char *dir,
    struct ds_device *out, struct dv_err *err);

/*
 * To change something: makes the directory, waits until no other program
 * changes it, removes what an interrupted one left half-written, reads the
 * record. ds_device_end() lets others in, also after a failure.
 */
DV_MUST_USE enum dv_exit ds_device_begin(const char *dir,
    struct ds_device *out, struct dv_err *err);
void ds_device_end(struct ds_device *device);

/* Writes the record. */
DV_MUST_USE enum dv_exit ds_device_save(struct ds_device *device,
    struct dv_err *err);

/* A file of the directory: its path, whether it is there, without it. */
DV_MUST_USE enum dv_exit ds_device_path(const struct ds_device *device,
    const char *name, char out[DV_PATH_MAX], struct dv_err *err);
DV_MUST_USE bool ds_device_has(const struct ds_device *device,
    const char *name);
DV_MUST_USE enum dv_exit ds_device_remove(const struct ds_device *device,
    const char *name, struct dv_err *err);

/* Removes a key that is in a file: the path of its KEYSPEC. */
DV_MUST_USE enum dv_exit ds_device_remove_key(const char *spec,
    struct dv_err *err);

/*
 * Whose the key in chain.pem is decides which identity is in use, so that
 * replacing that one file is the moment of every change of identity. hash is
 * of that key; the result is its KEYSPEC, NULL when the record knows none.
 */
const char *ds_device_in_use(const struct ds_device *device, const char *hash);

/*
 * Ends what a power cut left between replacing chain.pem and the rest: the
 * next key is taken over when the chain is for it, the old one is removed.
 */
DV_MUST_USE enum dv_exit ds_device_settle(struct ds_device *device,
    const char *hash, struct dv_err *err);

#endif
