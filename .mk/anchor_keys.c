/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Built and run by the build itself, on the building machine: writes the key
 * of every anchor into DIRECTORY/<number>.spki, for .mk/anchors.sh to compare
 * with the keys of the test vectors. Never part of a program.
 */
#include <stdio.h>

#include "dv_chain.h"

static int
key_write(const char *dir, size_t i)
{
	struct dv_bytes key = dv_builtin_anchors[i].spki;
	char path[4096];
	FILE *f;
	int ok;

	if (key.len == 0)
		return 0;
	ok = snprintf(path, sizeof path, "%s/%zu.spki", dir, i);
	if (ok < 0 || (size_t)ok >= sizeof path)
		return 0;
	f = fopen(path, "wb");
	if (f == NULL)
		return 0;
	ok = fwrite(key.ptr, 1, key.len, f) == key.len;
	return (fclose(f) == 0) && ok;
}

int
main(int argc, char **argv)
{
	if (argc != 2 || dv_builtin_anchor_count == 0)
		return 1;
	for (size_t i = 0; i < dv_builtin_anchor_count; i++)
		if (!key_write(argv[1], i))
			return 1;
	return 0;
}
