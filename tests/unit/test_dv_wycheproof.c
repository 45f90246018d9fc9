/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All of Wycheproof's cases for the algorithms of the verifier, from the
 * folder $SUITES/wycheproof; skipped when SUITES is not set. Prints TAP, one
 * line for each case. Run from the top of the source tree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "der.h"
#include "lib/hex.h"

#define MAX_LINE 65536
#define WORDS 8

/* The words of one line of tests/suites/wycheproof.py. */
enum { CASE, FORM, KEY, HASH, POINT, MESSAGE, SIGNATURE, RESULT };

static enum dv_key_type
key_type(const char *name)
{
	if (strcmp(name, "P256") == 0)
		return DV_KEY_P256;
	return strcmp(name, "P384") == 0 ? DV_KEY_P384 : DV_KEY_ED25519;
}

static enum dv_sig_alg
algorithm(const char *hash)
{
	switch (atoi(hash)) {
	case 256:
		return DV_SIG_ECDSA_SHA256;
	case 384:
		return DV_SIG_ECDSA_SHA384;
	case 512:
		return DV_SIG_ECDSA_SHA512;
	default:
		return DV_SIG_ED25519;
	}
}

static struct dv_bytes
bytes(const char *text, uint8_t *room)
{
	if (strcmp(text, "-") == 0)
		return (struct dv_bytes){ room, 0 };
	return hex(text, room, MAX_LINE / 2);
}

/* What the verifier says: reading the signature is part of it. */
static bool
is_accepted(char *const *word)
{
	static uint8_t point[MAX_LINE / 2], message[MAX_LINE / 2],
	    signature[MAX_LINE / 2];
	uint8_t raw[DV_MAX_SIGNATURE];
	struct dv_key key = { .type = key_type(word[KEY]) };
	struct dv_bytes part = bytes(word[MESSAGE], message);
	struct dv_crypto_check check = { &key, algorithm(word[HASH]), &part, 1,
	    bytes(word[SIGNATURE], signature) };

	key.point = bytes(word[POINT], point);
	if (strcmp(word[FORM], "der") == 0) {
		size_t size = dv_sig_size(key.type);

		if (dv_der_ecdsa(check.signature, size / 2, raw) != DV_R_NONE)
			return false;
		check.signature = (struct dv_bytes){ raw, size };
	}
	return dv_crypto_point(&key) == DV_CRYPTO_VALID &&
	    dv_crypto_verify(&check) == DV_CRYPTO_VALID;
}

static bool
split(char *line, char **word)
{
	size_t n = 0;

	for (char *w = strtok(line, " \n"); w != NULL; w = strtok(NULL, " \n")) {
		if (n == WORDS)
			return false;
		word[n++] = w;
	}
	return n == WORDS;
}

static int
skip(const char *why)
{
	printf("1..1\nok 1 - wycheproof # SKIP %s\n", why);
	return 0;
}

int
main(void)
{
	static char line[2 * MAX_LINE];
	const char *suites = getenv("SUITES");
	unsigned count = 0, wrong = 0;
	char *word[WORDS];
	FILE *cases;

	if (suites == NULL || suites[0] == '\0')
		return skip("SUITES is not set");
	cases = popen("test ! -d \"$SUITES/wycheproof\" || "
	    "python3 tests/suites/wycheproof.py \"$SUITES/wycheproof\"", "r");
	if (cases == NULL)
		return 3;
	while (fgets(line, sizeof(line), cases) != NULL) {
		bool good = split(line, word) &&
		    is_accepted(word) == (strcmp(word[RESULT], "valid") == 0);

		wrong += !good;
		printf("%s %u - %s %s\n", good ? "ok" : "not ok", ++count,
		    word[CASE], word[RESULT]);
	}
	if (pclose(cases) != 0)
		return 3;
	if (count == 0)
		return skip("suite not present");
	printf("1..%u\n", count);
	return wrong != 0;
}
