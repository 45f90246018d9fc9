/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How programs say that something went wrong: what, where, what to do, and the
 * exit status. Host code returns enum dv_exit; DV_EXIT_YES means done.
 */
#ifndef HOST_ERR_H
#define HOST_ERR_H

#include <stdarg.h>

#include "dv_bytes.h"

/* Exit status of every tool (docs/DESIGN.md). The largest wins. */
enum dv_exit {
	DV_EXIT_YES = 0,	/* yes, done */
	DV_EXIT_NO = 1,		/* no: rejected, refused by policy */
	DV_EXIT_USAGE = 2,	/* the command line is wrong */
	DV_EXIT_NONE = 3	/* no verdict: cannot read, TPM missing, disk full */
};

#define DV_ERR_TEXT 512

struct dv_err {
	char what[DV_ERR_TEXT];	/* "/dev/tpmrm0: no TPM: No such file ..." */
	char hint[DV_ERR_TEXT];	/* what to do, may be empty */
};

/* Sets what (clears hint) and returns exit, so that a function ends with it. */
DV_MUST_USE enum dv_exit dv_fail(struct dv_err *err, enum dv_exit exit,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds what to do about it; returns exit unchanged for the same purpose. */
enum dv_exit dv_hint(struct dv_err *err, enum dv_exit exit,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "option OPTION: "TEXT" is IS" and what to do, or "": DV_EXIT_USAGE. */
DV_MUST_USE enum dv_exit dv_fail_value(struct dv_err *err, const char *option,
    const char *text, const char *is, const char *hint);

/* "tool: what" and, if there is one, "tool: hint" on standard error. */
void dv_err_print(const char *tool, const struct dv_err *err);

#endif
