/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devsign lock: closes what a device in the field does not need of its TPM.
 * The owner's password is on disk before the TPM has it. Says in the end what
 * the TPM itself says is closed. TCG TPM 2.0 Library part 1, 13 and 19.8.
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "cmd_state.h"
#include "tpm_info.h"
#include "tpm_lock.h"

/* Power cuts and mistakes of years fit in; guessing does not. */
static const struct ds_tpm_tries tries = { 32, 600, 86400 };

#define PASSWORD 16		/* random octets, twice as many letters */

const struct dv_opt ds_cmd_lock_options[] = {
	DS_TCTI_OPTION,
	DS_DIR_OPTION,
	{ 0, "level", "LEVEL", "owner, or platform, which also does that of owner",
	  false },
	{ 0, "owner-passphrase-file", "FILE",
	  "the owner's password, made when it is not there (DIR/"
	  DS_FILE_OWNER ")", false },
	{ 0, NULL, NULL, NULL, false },
};

/* First line of a file, which is made when it is not there. */
static enum dv_exit
password_get(const char *path, struct dv_buf *out, struct dv_err *err)
{
	uint8_t random[PASSWORD];
	struct dv_buf text = { NULL, 0, 0 };
	struct dv_file_new file = { .path = path, .mode = 0600 };
	struct ds_secret source = { .file = path, .fd = -1 };
	enum dv_exit ret = DV_EXIT_YES;
	bool ok = true;
	if (!ds_cmd_is_there(path)) {
		ret = ds_random(random, sizeof(random), err);
		for (size_t i = 0; ok && i < sizeof(random); i++)
			ok = dv_buf_text(&text, "%02x", random[i]);
		ok = ok && dv_buf_text(&text, "\n");
		if (ret == DV_EXIT_YES)
			ret = ok ? dv_file_write(&file, dv_buf_bytes(&text),
			    err) : dv_fail(err, DV_EXIT_NONE, "out of memory");
		dv_wipe(random, sizeof(random));
		dv_buf_free(&text);
	}
	if (ret == DV_EXIT_YES)
		ret = ds_secret_get(&source, "owner password", false, out, err);
	return ret;
}

static enum dv_exit
owner_set(struct ds_tpm *tpm, const char *path, struct dv_err *err)
{
	struct dv_buf password = { NULL, 0, 0 };
	enum dv_exit ret = password_get(path, &password, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_lock_owner(tpm, dv_buf_bytes(&password), err);
	if (ret == DV_EXIT_YES)
		ds_cmd_say(NULL, "%s: the owner's password; keep a copy in a safe "
		    "place", path);
	dv_buf_free(&password);
	return ret;
}

/* Only this step needs the state directory: at each later start the others
 * must work also while it cannot be written. */
static enum dv_exit
lock_owner(const struct dv_args *args, struct ds_tpm *tpm, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	struct ds_device device = { .lock = -1 };
	const char *given = dv_args_get(args, "owner-passphrase-file");
	if (given != NULL)
		return owner_set(tpm, given, err);
	enum dv_exit ret = ds_cmd_begin(args, &device, err);
	if (ret == DV_EXIT_YES)
		ret = ds_device_path(&device, DS_FILE_OWNER, path, err);
	if (ret == DV_EXIT_YES)
		ret = owner_set(tpm, path, err);
	ds_device_end(&device);
	return ret;
}

/* Only what is still open: each step is done once. */
static enum dv_exit
lock_steps(const struct dv_args *args, struct ds_tpm *tpm,
    const struct ds_tpm_info *now, bool platform, struct dv_err *err)
{
	enum dv_exit ret = DV_EXIT_YES;
	bool as_wanted = now->lockout_max == tries.max &&
	    now->lockout_interval == tries.interval &&
	    now->lockout_recovery == tries.recovery;
	if (!now->owner_auth)
		ret = lock_owner(args, tpm, err);
	if (ret == DV_EXIT_YES && !as_wanted)
		ret = ds_tpm_lock_tries(tpm, &tries, err);
	if (ret == DV_EXIT_YES && !now->disable_clear)
		ret = ds_tpm_lock_clear(tpm, err);
	if (ret == DV_EXIT_YES && platform && now->platform_on)
		ret = ds_tpm_lock_platform(tpm, err);
	return ret;
}

static enum dv_exit
say(struct ds_tpm *tpm, struct dv_err *err)
{
	struct ds_tpm_info now;
	enum dv_exit ret = ds_tpm_info(tpm, &now, err);
	if (ret != DV_EXIT_YES)
		return ret;
	printf("owner password:      %s\n", now.owner_auth ? "set" : "not set");
	printf("TPM2_Clear:          %s\n",
	    now.disable_clear ? "forbidden" : "possible");
	printf("lockout:             after %u wrong tries, one forgotten each "
	    "%u s\n", (unsigned)now.lockout_max,
	    (unsigned)now.lockout_interval);
	printf("platform hierarchy:  %s\n", now.platform_on ? "open" :
	    "closed until the next start");
	return DV_EXIT_YES;
}

static enum dv_exit
level_read(const struct dv_args *args, bool *platform, struct dv_err *err)
{
	const char *level = dv_args_get(args, "level");
	*platform = level != NULL && strcmp(level, "platform") == 0;
	if (*platform || (level != NULL && strcmp(level, "owner") == 0))
		return DV_EXIT_YES;
	return dv_hint(err, dv_fail(err, DV_EXIT_USAGE,
	    "lock: --level must be owner or platform"), "devsign(1) says what "
	    "each closes");
}

enum dv_exit
ds_cmd_lock_run(const struct dv_args *args, struct dv_err *err)
{
	bool platform;
	struct ds_tpm *tpm = NULL;
	struct ds_tpm_info now;
	struct ds_access access;
	enum dv_exit ret = level_read(args, &platform, err);
	if (ret == DV_EXIT_YES)
		ret = ds_cmd_access(args, &access, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_open(ds_tpm_tcti(&access), &tpm, err);
	if (ret == DV_EXIT_YES)
		ret = ds_tpm_info(tpm, &now, err);
	if (ret == DV_EXIT_YES)
		ret = lock_steps(args, tpm, &now, platform, err);
	if (ret == DV_EXIT_YES)
		ret = say(tpm, err);
	ds_tpm_close(tpm);
	return ret;
}
