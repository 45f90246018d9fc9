/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Export marks of libcbor 0.10.2: empty, because we link it statically.
 * Stands in for the header its CMake run generates.
 */
#ifndef CBOR_EXPORT_H
#define CBOR_EXPORT_H

#define CBOR_EXPORT
#define CBOR_NO_EXPORT

#endif
