/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A whole question from any bytes: anchors, leaf, pile, time. Nobody can sign
 * here, so an accepted path holds only certificates of the vectors, octet by
 * octet. Input, made by seeds.py: flags (1: path profile; 2, 4: number of
 * anchors less one), eight octets of time, then certificates, two octets of
 * length before each: anchors, leaf, pile.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dv_chain.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KNOWN_MAX 4096
#define ANCHORS_MAX 4

static struct dv_bytes known[KNOWN_MAX];
static size_t known_count;

static void
must(bool right)
{
	if (!right)
		abort();
}

/* ---- the vectors' certificates ---- */

static bool
is_known(struct dv_bytes der)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].len == der.len &&
		    memcmp(known[i].ptr, der.ptr, der.len) == 0)
			return true;
	return false;
}

static void
file_know(const char *path)
{
	uint8_t *room = malloc(DV_MAX_CERT + 2);
	FILE *f = fopen(path, "rb");
	struct dv_bytes der = { room, 0 };

	must(room != NULL && f != NULL);
	der.len = fread(room, 1, DV_MAX_CERT + 2, f);
	fclose(f);
	if (is_known(der)) {
		free(room);
		return;
	}
	must(known_count < KNOWN_MAX);
	known[known_count++] = der;
}

static void
folder_know(const char *folder)
{
	struct dirent *entry;
	char path[768];
	DIR *dir = opendir(folder);

	must(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (len < 4 || strcmp(entry->d_name + len - 4, ".der") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		file_know(path);
	}
	closedir(dir);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct dirent *entry;
	char path[512];
	DIR *dir = opendir("vectors/chain");

	(void)argc;
	(void)argv;
	must(dir != NULL);	/* run it from the top of the source tree */
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "vectors/chain/%s", entry->d_name);
		folder_know(path);
	}
	closedir(dir);
	return 0;
}

/* ---- the question ---- */

/* Next certificate of the input, empty at its end. */
static struct dv_bytes
next(struct dv_bytes *rest)
{
	struct dv_bytes one = { rest->ptr, 0 };
	size_t len;

	if (rest->len < 2)
		return one;
	len = (size_t)rest->ptr[0] << 8 | rest->ptr[1];
	one.ptr = rest->ptr + 2;
	one.len = len < rest->len - 2 ? len : rest->len - 2;
	rest->ptr += 2 + one.len;
	rest->len -= 2 + one.len;
	return one;
}

static size_t
anchors_read(struct dv_bytes *rest, size_t wanted, struct dv_anchor *out)
{
	static struct dv_cert cert;
	struct dv_at at;
	size_t n = 0;

	for (size_t i = 0; i < wanted; i++) {
		if (dv_cert_parse(next(rest), &cert, &at) == DV_R_NONE &&
		    dv_anchor_from_cert(&cert, &out[n], &at) == DV_R_NONE)
			n++;
	}
	return n;
}

static void
check(const struct dv_verdict *verdict, const struct dv_path *path)
{
	if (verdict->status != DV_ACCEPTED) {
		must(verdict->status == DV_REJECTED);
		must(verdict->reason != DV_R_NONE && path->count == 0);
		must(verdict->reason != DV_R_INTERNAL);
		return;
	}
	must(verdict->reason == DV_R_NONE);
	must(path->count >= 1 && path->count <= DV_MAX_PATH);
	must(path->signatures >= path->count);
	for (size_t i = 0; i < path->count; i++)
		must(is_known(path->cert[i].der));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dv_anchor anchors[ANCHORS_MAX];
	static struct dv_work work;
	static struct dv_path path;
	struct dv_bytes rest = { data, size }, pile[DV_MAX_INTERMEDIATES + 1];
	struct dv_chain chain = { .intermediates = pile, .anchors = anchors };
	struct dv_policy policy = dv_policy_strict((dv_time){ 0 });
	struct dv_verdict verdict;
	uint64_t at = 0;

	if (size < 9)
		return 0;
	for (size_t i = 1; i < 9; i++)
		at = at << 8 | data[i];
	policy.at.s = (int64_t)(at >> 24);	/* any, but no overflow */
	policy.profile = (data[0] & 1) != 0 ? DV_PROFILE_PATH :
	    DV_PROFILE_STRICT;
	rest = (struct dv_bytes){ data + 9, size - 9 };
	chain.anchor_count = anchors_read(&rest, 1u + (data[0] >> 1 & 3),
	    anchors);
	chain.leaf = next(&rest);
	while (rest.len >= 2 && chain.intermediate_count <
	    DV_MAX_INTERMEDIATES + 1)
		pile[chain.intermediate_count++] = next(&rest);
	verdict = dv_chain_verify(&chain, &policy, &work, &path);
	check(&verdict, &path);
	return 0;
}
