/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configuration of libcbor 0.10.2, in place of the one its CMake run writes.
 * Only the streaming decoder and the encoders are built, so the sizes below
 * bound nothing we run; they are here because the headers ask for them.
 */
#ifndef LIBCBOR_CONFIGURATION_H
#define LIBCBOR_CONFIGURATION_H

#define CBOR_MAJOR_VERSION 0
#define CBOR_MINOR_VERSION 10
#define CBOR_PATCH_VERSION 2

#define CBOR_BUFFER_GROWTH 2
#define CBOR_MAX_STACK_SIZE 16
#define CBOR_PRETTY_PRINTER 0

#define CBOR_RESTRICT_SPECIFIER restrict
#define CBOR_INLINE_SPECIFIER

#endif
