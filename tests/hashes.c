/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests of a file's beginnings by every hash of the core, for a comparison
 * with somebody else's: `hashes FILE`, a line `NAME OCTETS HEX` each. Hashed in
 * two parts that share no boundary with a block. FIPS 180-4.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dv_hash.h"

#define SHORT 300	/* more than two blocks of the widest hash */

static void
digest_show(enum dv_hash_id id, const uint8_t *bytes, size_t len)
{
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_hash hash;
	size_t n;

	if (!dv_hash_start(&hash, id))
		exit(3);
	dv_hash_update(&hash, (struct dv_bytes){ bytes, len / 3 });
	dv_hash_update(&hash, (struct dv_bytes){ bytes + len / 3,
	    len - len / 3 });
	n = dv_hash_finish(&hash, digest);
	printf("%s %zu ", dv_hash_name(id), len);
	for (size_t i = 0; i < n; i++)
		printf("%02x", digest[i]);
	printf("\n");
}

int
main(int argc, char **argv)
{
	static uint8_t bytes[1 << 16];
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	size_t len;

	if (f == NULL) {
		fprintf(stderr, "usage: hashes FILE\n");
		return 2;
	}
	len = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	for (unsigned id = DV_HASH_SHA256; id <= DV_HASH_SHA512; id++) {
		for (size_t n = 0; n < len && n <= SHORT; n++)
			digest_show((enum dv_hash_id)id, bytes, n);
		digest_show((enum dv_hash_id)id, bytes, len);
	}
	return 0;
}
