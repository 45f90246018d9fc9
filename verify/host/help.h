/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What --help prints, from the tables of host/args.h; used by args.c only.
 */
#ifndef HOST_HELP_H
#define HOST_HELP_H

#include "host/args.h"

/* On standard output, one screen each. */
void dv_help_tool(const struct dv_tool *tool);
void dv_help_verb(const struct dv_tool *tool, const struct dv_verb *verb);

/* The name (list ends with NULL) that word was meant to be; NULL: none. */
const char *dv_help_nearest(const char *word, const char *const *names);

#endif
