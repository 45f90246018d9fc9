/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options by which something is said of an artefact; for verbs that sign
 * one. Values borrow from the command line. docs/FORMAT.md.
 */
#ifndef CMD_CLAIMS_H
#define CMD_CLAIMS_H

#include "cmd.h"

#define DS_CLAIM_OPTIONS                                                       \
	{ 0, "artefact-version", "VERSION",                                    \
	    "its version: 1.4.0 (semver.org) or an integer", false },          \
	{ 0, "device", "NAME", "the device it is for", false },                \
	{ 0, "model", "NAME", "the model it is for", false },                  \
	{ 0, "not-before", "TIME", "not to be used before", false },           \
	{ 0, "expires", "TIME", "not to be used from then on", false },        \
	{ 0, "claim", "KEY=VALUE", "anything else said of it", true }

struct ds_cmd_claims {
	const char *version, *device, *model;	/* NULL: not said */
	bool has_nbf, has_exp;
	dv_time nbf, exp;
	struct ds_claim claim[DV_MAX_CLAIMS];
	size_t count;
};

/* *out begins all zero; iat is the signing time. */
DV_MUST_USE enum dv_exit ds_cmd_claims_read(const struct dv_args *args,
    dv_time iat, struct ds_cmd_claims *out, struct dv_err *err);
void ds_cmd_claims_put(const struct ds_cmd_claims *claims,
    struct ds_sign1_new *what);

/* Would the format take this text? what: how an error calls it. */
DV_MUST_USE enum dv_exit ds_text_check(const char *what, struct dv_bytes text,
    struct dv_err *err);

#endif
