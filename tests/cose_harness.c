/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other people's COSE_Sign1 with the key beside it, for tests/suites/cose.py.
 * Lines `ID SPKI ENVELOPE ARTEFACT` in (hexadecimal, `-` when there is none),
 * `ID accepted|REASON WITHOUT-KEY` out: what the path profile says, and what it
 * says when the key is not known. Judges by the core's own functions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "lib/hex.h"
#include "sign1.h"

#define MAX_LINE (1 << 20)

static struct dv_bytes
bytes(const char *text, uint8_t *room)
{
	if (strcmp(text, "-") == 0)
		return (struct dv_bytes){ room, 0 };
	return hex(text, room, MAX_LINE / 2);
}

static enum dv_reason
judge(struct dv_bytes envelope, struct dv_bytes artefact,
    const struct dv_key *key)
{
	struct dv_sign1 s;
	struct dv_at at;
	uint8_t digest[DV_MAX_DIGEST];
	enum dv_reason reason = dv_sign1_parse_keyed(envelope, &s, &at);

	if (reason != DV_R_NONE)
		return reason;
	if (s.detached)
		s.payload = artefact;
	reason = dv_sign1_check_signature(&s, key, &at);
	if (reason != DV_R_NONE)
		return reason;
	return dv_sign1_check_digest(&s, (struct dv_bytes){ digest,
	    dv_hash_once(s.hash, artefact, digest) }, &at);
}

/* Every bit of what is signed, and of the signature, changes the answer. */
static bool
survives(struct dv_bytes part, struct dv_bytes envelope,
    struct dv_bytes artefact, const struct dv_key *key)
{
	uint8_t *octet = (uint8_t *)(uintptr_t)part.ptr;
	bool found = false;

	for (size_t i = 0; !found && i < 8 * part.len; i++) {
		octet[i / 8] ^= (uint8_t)(1u << i % 8);
		found = judge(envelope, artefact, key) == DV_R_NONE;
		octet[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	return found;
}

static const char *
answer(struct dv_bytes envelope, struct dv_bytes artefact,
    const struct dv_key *key)
{
	struct dv_sign1 s;
	struct dv_at at;
	enum dv_reason reason = judge(envelope, artefact, key);

	if (reason != DV_R_NONE)
		return dv_reason_name(reason);
	if (dv_sign1_parse_keyed(envelope, &s, &at) != DV_R_NONE ||
	    survives(s.protected_map, envelope, artefact, key) ||
	    survives(s.payload, envelope, artefact, key) ||
	    survives(s.signature, envelope, artefact, key))
		return "accepted-though-altered";
	return "accepted";
}

static void
line_judge(char *line)
{
	static uint8_t room[3][MAX_LINE / 2];
	char *word[4], *rest = line;
	struct dv_key key = { .type = DV_KEY_NONE };
	struct dv_sign1 s;
	struct dv_bytes envelope;
	struct dv_at at;

	for (size_t i = 0; i < 4; i++) {
		word[i] = strtok_r(rest, " \n", &rest);
		if (word[i] == NULL)
			exit(3);
	}
	envelope = bytes(word[2], room[1]);
	/* A key of a kind that the core does not know verifies nothing. */
	if (strcmp(word[1], "-") != 0 &&
	    dv_key_parse(bytes(word[1], room[0]), &key, &at) != DV_R_NONE)
		key = (struct dv_key){ .type = DV_KEY_NONE };
	printf("%s %s", word[0], answer(envelope, bytes(word[3], room[2]),
	    &key));
	printf(" %s\n", dv_reason_name(dv_sign1_parse(envelope,
	    DV_PROFILE_PATH, &s, &at)));
}

int
main(void)
{
	static char line[MAX_LINE];

	while (fgets(line, sizeof(line), stdin) != NULL)
		line_judge(line);
	return 0;
}
