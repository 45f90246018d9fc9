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
#include "dv_chain.h"
#include "key.h"
#include "lib/hex.h"

#define MAX_LINE (1 << 18)
#define WORDS 7

/* The words of one line of tests/suites/wycheproof.py. */
enum { CASE, FORM, ALGORITHM, KEY, MESSAGE, SIGNATURE, WANTED };

static struct dv_bytes
bytes(const char *text, uint8_t *room)
{
	if (strcmp(text, "-") == 0)
		return (struct dv_bytes){ room, 0 };
	return hex(text, room, MAX_LINE / 2);
}

/* What the verifier says: reading key, algorithm and signature is part of it. */
static bool
is_accepted(char *const *word)
{
	static uint8_t room[4][MAX_LINE / 2];
	struct dv_bytes spki = bytes(word[KEY], room[0]);
	struct dv_cert link = { .tbs = bytes(word[MESSAGE], room[1]),
	    .signature = bytes(word[SIGNATURE], room[2]) };
	struct dv_at at;
	struct dv_der in = dv_der_start(bytes(word[ALGORITHM], room[3]),
	    DV_F_SIGNATURE_ALGORITHM, &at);
	struct dv_algorithm algorithm;
	struct dv_key key;

	if (dv_algorithm_read(&in, &algorithm) != DV_R_NONE ||
	    dv_key_parse(spki, &key, &at) != DV_R_NONE)
		return false;
	link.sig_alg = algorithm.alg;
	link.salt = algorithm.salt;
	if (strcmp(word[FORM], "raw") == 0)
		return dv_crypto_verify(&(struct dv_crypto_check){ .key = &key,
		    .alg = link.sig_alg, .parts = &link.tbs, .part_count = 1,
		    .signature = link.signature }) == DV_CRYPTO_VALID;
	return dv_cert_check_signature(&link, &key, &at) == DV_R_NONE;
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
	    "python3 tests/suites/wycheproof.py \"$SUITES/wycheproof\" "
	    "\"$SUITES/lms\"", "r");
	if (cases == NULL)
		return 3;
	while (fgets(line, sizeof(line), cases) != NULL) {
		bool good = split(line, word) &&
		    is_accepted(word) == (strcmp(word[WANTED], "accepted") == 0);

		wrong += !good;
		printf("%s %u - %s %s\n", good ? "ok" : "not ok", ++count,
		    word[CASE], word[WANTED]);
	}
	if (pclose(cases) != 0)
		return 3;
	if (count == 0)
		return skip("suite not present");
	printf("1..%u\n", count);
	return wrong != 0;
}
