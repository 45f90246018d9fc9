/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The version of the toolkit: one for all tools and for libdv, by semver.org
 * 2.0.0. The promise is about what the headers dv_*.h declare and say.
 */
#ifndef DV_VERSION_H
#define DV_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * MAJOR.MINOR.PATCH of this header. A program written for one version is
 * compatible with every later one of the same MAJOR (while that is 0: of the
 * same MINOR): compiled again it means the same. There
 *   PATCH adds and removes nothing, and accepts nothing that was rejected;
 *   MINOR may add functions, constants, reasons, and members of structs: name
 *         the members you set, and have a default in every switch;
 *   MAJOR may do anything.
 * Numbers and names of reasons never change. Any version may reject what an
 * older one accepted by mistake. Objects are not compatible: structs may grow,
 * so compile with the headers that came with the library.
 */
#define DV_VERSION "0.1.0"

/* DV_VERSION of the library: a constant. The program's own differs when it was
 * compiled with other headers; such a pair must not be used. */
const char *dv_version(void);

#ifdef __cplusplus
}
#endif
#endif
