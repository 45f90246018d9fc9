/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stage of its life a device is at, from what was found on its disk and in
 * its TPM, and what comes next. Decides only; cmd_status.c looks.
 * docs/LIFECYCLE.md.
 */
#ifndef DS_STATUS_H
#define DS_STATUS_H

#include "cmd_state.h"
#include "tpm_info.h"
#include "tpm_nv.h"

enum ds_stage {
	DS_STAGE_UNKNOWN = 0,	/* could not be told */
	DS_STAGE_BLANK,
	DS_STAGE_KEY_MADE,
	DS_STAGE_REQUESTED,
	DS_STAGE_INSTALLED,
	DS_STAGE_LOCKED,	/* and its certificate is locked in the TPM */
	DS_STAGE_EXPIRED,
	DS_STAGE_BROKEN
};

enum ds_renewal { DS_RENEWAL_NONE = 0, DS_RENEWAL_DUE, DS_RENEWAL_PENDING };

/* What the certificate's place in NV memory holds. */
enum ds_held { DS_HELD_UNKNOWN = 0, DS_HELD_CERTIFICATE, DS_HELD_OTHER };

struct ds_status {
	const char *dir;
	dv_time now;

	const char *key;		/* KEYSPEC, NULL: not known */
	bool operational;		/* an LDevID */
	bool key_there;
	char key_hash[DS_RECORD_HASH];	/* "": not known */
	char key_type[16];		/* "P-256", "": not known */

	const char *chain_path;
	bool chain_there;
	char chain_hash[DS_RECORD_HASH];
	struct ds_cmd_facts facts;	/* of the chain, when it can be read */
	struct dv_err chain_wrong;	/* why it would not be accepted, or "" */

	bool request_there, next_there;

	bool tpm_wanted, tpm_there;
	struct dv_err wrong;		/* why something could not be told */
	struct ds_tpm_info tpm;
	struct ds_nv nv;
	enum ds_held held;

	/* decided: */
	enum ds_stage stage;
	bool usable;
	enum ds_renewal renewal;
	char problem[512];		/* or "" */
	char next[DV_PATH_MAX + 128];	/* a command line */
};

/* Fills in what is decided from what was found. */
void ds_status_decide(struct ds_status *s);

/* "blank", "key-made", ...; "none", "due", "pending"; "absent", "defined", ... */
const char *ds_stage_name(enum ds_stage stage);
const char *ds_renewal_name(enum ds_renewal renewal);
const char *ds_nv_name(const struct ds_nv *nv);
const char *ds_held_name(enum ds_held held);

/* Who can delete the index: "nobody", "maker", "platform", "owner". */
const char *ds_nv_deleter(const struct ds_nv *nv);

/* Whole days until the first certificate of the chain ends; negative: since. */
int64_t ds_status_days(const struct ds_status *s);

/* On standard output, for people and as one JSON object. */
void ds_status_say(const struct ds_status *s);
void ds_status_json(const struct ds_status *s);

#endif
