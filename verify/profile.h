/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which profile of strictness something is read or judged by: asked here and
 * nowhere else, so that a build without the path profile (verify/built.h) is
 * without its branches. Refuses nothing itself: who asks by the other there gets
 * DV_R_NOT_BUILT from dv_chain_verify(), or from who reads. docs/PROFILES.md.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "built.h"
#include "dv_chain.h"

/* Is it the path profile, which passes over what the strict one asks for? */
static inline bool
dv_profile_loose(enum dv_profile profile)
{
	return DV_HAS_PATH && profile == DV_PROFILE_PATH;
}

#endif
