/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which version of the library this is. It never differs from the header that
 * it was compiled with. semver.org 2.0.0.
 */
#include "dv_version.h"

const char *
dv_version(void)
{
	return DV_VERSION;
}
