/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between the parts of the tiny devverify. docs/VERDICTS.md.
 */
#ifndef TINY_H
#define TINY_H

#include "host/report.h"
#include "host/when.h"

struct dv_tiny_report {
	const char *file;
	const struct dv_verdict *verdict;
	enum dv_reason reason;		/* dv_report_reason() of it */
	const struct dv_sign1 *sign1;
	const struct dv_path *path;	/* on acceptance */
	struct dv_when when;
	const char *lab;		/* lab build: what it says; else NULL */
};

/* Puts the lines of dv_report_text() that it has (host/plain.h). */
void dv_tiny_report(const struct dv_tiny_report *report);

/* What the lines of a file begin with. */
const char *dv_tiny_subject(const char *file);

#endif
