/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the fuzz targets share: how they object, and what is known to be
 * signed. Nobody can sign while fuzzing, so what verifies is octet by octet
 * something of the vectors. Include it once in a program.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dv_verdict.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KNOWN_MAX 8192
#define KNOWN_FILE_MAX ((size_t)1 << 20)

static struct dv_bytes known[KNOWN_MAX];
static size_t known_count;

static inline void
must(bool right)
{
	if (!right)
		abort();
}

/* A refusal names a field and a place inside what was read. */
static inline void
must_be_placed(const struct dv_at *at, size_t size)
{
	must(at->field != DV_F_NONE);
	must(at->offset <= size || at->offset == DV_NO_OFFSET);
}

static inline bool
is_known(struct dv_bytes bytes)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].len == bytes.len &&
		    memcmp(known[i].ptr, bytes.ptr, bytes.len) == 0)
			return true;
	return false;
}

static inline void
file_know(const char *path)
{
	uint8_t *room = malloc(KNOWN_FILE_MAX);
	FILE *f = fopen(path, "rb");
	struct dv_bytes bytes = { room, 0 };

	must(room != NULL && f != NULL);
	bytes.len = fread(room, 1, KNOWN_FILE_MAX, f);
	fclose(f);
	if (is_known(bytes)) {
		free(room);
		return;
	}
	must(known_count < KNOWN_MAX);
	bytes.ptr = realloc(room, bytes.len > 0 ? bytes.len : 1);
	must(bytes.ptr != NULL);
	known[known_count++] = bytes;
}

/* What was done with one file of a vector. */
typedef void file_done(const char *path);

static inline void
folder_walk(const char *folder, const char *ending, file_done *one)
{
	struct dirent *entry;
	char path[768];
	DIR *dir = opendir(folder);
	const size_t want = strlen(ending);

	must(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		const size_t len = strlen(entry->d_name);

		if (len < want ||
		    strcmp(entry->d_name + len - want, ending) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		one(path);
	}
	closedir(dir);
}

/* Every file of the vectors of this kind whose name ends so. */
static inline void
vectors_walk(const char *kind, const char *ending, file_done *one)
{
	struct dirent *entry;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "vectors/%s", kind);
	dir = opendir(path);
	must(dir != NULL);	/* run it from the top of the source tree */
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "vectors/%s/%s", kind,
		    entry->d_name);
		folder_walk(path, ending, one);
	}
	closedir(dir);
}

#endif
