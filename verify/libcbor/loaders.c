/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Big-endian numbers for libcbor's decoder, in place of its own file, in small
 * builds. Floating point is refused by verify/cbor.c, which never looks at the
 * value: to work one out takes 2 KB on a machine without it. RFC 8949 3.
 */
#include "cbor/internal/loaders.h"

static uint64_t
big_endian(const unsigned char *source, unsigned octets)
{
	uint64_t n = 0;

	while (octets-- > 0)
		n = n << 8 | *source++;
	return n;
}

uint8_t
_cbor_load_uint8(const unsigned char *source)
{
	return *source;
}

uint16_t
_cbor_load_uint16(const unsigned char *source)
{
	return (uint16_t)big_endian(source, 2);
}

uint32_t
_cbor_load_uint32(const unsigned char *source)
{
	return (uint32_t)big_endian(source, 4);
}

uint64_t
_cbor_load_uint64(const unsigned char *source)
{
	return big_endian(source, 8);
}

float
_cbor_load_half(cbor_data source)
{
	(void)source;
	return 0;
}

float
_cbor_load_float(cbor_data source)
{
	(void)source;
	return 0;
}

double
_cbor_load_double(cbor_data source)
{
	(void)source;
	return 0;
}
