/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The version of the toolkit: one for all tools, from the Makefile when it
 * builds them.
 */
#ifndef DV_VERSION_H
#define DV_VERSION_H

#ifndef DV_VERSION
#define DV_VERSION "0.1.0"
#endif

#endif
