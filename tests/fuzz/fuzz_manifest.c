/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a manifest: an answer with its place, and nothing left of a
 * refusal. Of what is accepted, every path stays below its directory and is
 * after the one before it, by rules written here once more.
 */
#include "dv_manifest.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	vectors_walk("manifest", ".cbor", file_know);
	return 0;
}

/* No part of it is empty, "." or "..", no octet a control character. */
static void
must_stay_below(struct dv_bytes path)
{
	char text[DV_MAX_MANIFEST_PATH + 3];

	must(path.len > 0 && path.len <= DV_MAX_MANIFEST_PATH);
	for (size_t i = 0; i < path.len; i++)
		must(path.ptr[i] >= 0x20 && path.ptr[i] != 0x7f);
	text[0] = '/';
	memcpy(text + 1, path.ptr, path.len);
	text[path.len + 1] = '/';
	text[path.len + 2] = '\0';
	must(strstr(text, "//") == NULL && strstr(text, "/./") == NULL &&
	    strstr(text, "/../") == NULL);
}

static void
must_ascend(struct dv_bytes before, struct dv_bytes path)
{
	const size_t common = before.len < path.len ? before.len : path.len;
	const int order = common == 0 ? 0 :
	    memcmp(before.ptr, path.ptr, common);

	must(order < 0 || (order == 0 && before.len < path.len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dv_bytes input = { data, size }, rest, before = { NULL, 0 };
	struct dv_manifest list;
	struct dv_manifest_file file;
	struct dv_at at;
	uint64_t count = 0;

	if (dv_manifest_parse(input, &list, &at) != DV_R_NONE) {
		must_be_placed(&at, size);
		must(list.count == 0 && list.entries.ptr == NULL);
		return 0;
	}
	rest = list.entries;
	while (dv_manifest_next(&rest, &file)) {
		must_stay_below(file.path);
		must_ascend(before, file.path);
		must(file.digest.len == dv_hash_size(list.hash));
		before = file.path;
		count++;
	}
	must(count == list.count && count > 0 && rest.len == 0);
	return 0;
}
