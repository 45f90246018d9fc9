/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An example of libdv: did a signer below our roots sign FILE? docs/LIBDV.md.
 *
 *   pki-init anchors -d root -o anchors.c
 *   cc -o verify_file verify_file.c anchors.c $(pkg-config --cflags --libs libdv)
 *   verify_file FILE FILE.cose
 *
 * Exit status: 0 accepted, 1 rejected, 3 no verdict.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <dv_sign1.h>
#include <dv_version.h>

/* The library has no memory of its own: too big for a small stack, so static. */
static uint8_t room[DV_MAX_ENVELOPE + 1];
static struct dv_sign1 sign1;
static struct dv_work work;
static struct dv_path path;

static int
no_verdict(const char *name, const char *why)
{
	fprintf(stderr, "verify_file: %s: %s\n", name, why);
	return 3;
}

/* The whole envelope into room: sign1 will borrow from there. */
static struct dv_bytes
envelope_read(const char *name)
{
	struct dv_bytes bytes = { NULL, 0 };
	FILE *f = fopen(name, "rb");

	if (f == NULL)
		return bytes;
	bytes = (struct dv_bytes){ room, fread(room, 1, sizeof room, f) };
	if (ferror(f) || bytes.len > DV_MAX_ENVELOPE)
		bytes.len = 0;
	fclose(f);
	return bytes;
}

/* The file's digest with the hash the envelope names; 0: could not be read. */
static size_t
file_hash(const char *name, uint8_t digest[DV_MAX_DIGEST])
{
	static uint8_t piece[64 * 1024];
	struct dv_hash hash;
	FILE *f = fopen(name, "rb");
	size_t n = 0;

	if (f == NULL)
		return 0;
	if (dv_hash_start(&hash, sign1.hash))
		while ((n = fread(piece, 1, sizeof piece, f)) > 0)
			dv_hash_update(&hash, (struct dv_bytes){ piece, n });
	n = ferror(f) ? 0 : dv_hash_finish(&hash, digest);
	fclose(f);
	return n;
}

int
main(int argc, char **argv)
{
	const struct dv_chain trust = { .anchors = dv_builtin_anchors,
	    .anchor_count = dv_builtin_anchor_count };
	const struct dv_policy policy = dv_policy_strict((dv_time){ time(NULL) });
	struct dv_question question = { .trust = &trust, .policy = &policy };
	struct dv_verdict verdict = { .status = DV_UNDECIDED };
	struct dv_bytes envelope;
	uint8_t digest[DV_MAX_DIGEST];
	char until[DV_TIME_TEXT];

	if (argc != 3 || strcmp(dv_version(), DV_VERSION) != 0)
		return no_verdict("usage", "verify_file FILE ENVELOPE");
	envelope = envelope_read(argv[2]);
	if (envelope.len == 0)
		return no_verdict(argv[2], "not readable, empty or too big");
	verdict.reason = dv_sign1_parse(envelope, DV_PROFILE_STRICT, &sign1,
	    &verdict.at);
	if (verdict.reason == DV_R_NONE) {
		question.digest = (struct dv_bytes){ digest,
		    file_hash(argv[1], digest) };
		if (question.digest.len == 0)
			return no_verdict(argv[1], "not readable");
		verdict = dv_sign1_verify(&sign1, &question, &work, &path);
	}
	if (verdict.status != DV_ACCEPTED) {
		printf("%s: REJECTED %s\n", argv[1], dv_reason_name(verdict.reason));
		return 1;
	}
	dv_time_format(path.good_until, until);
	printf("%s: ACCEPTED until %s\n", argv[1], until);
	return 0;
}
