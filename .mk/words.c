/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Built and run by the build itself, on the building machine: writes the rows of
 * dv_reasons.def with rules, sentences and hints packed, for small static programs,
 * which unpack what they print (verify/verdict.c). Byte-pair encoding: the pair of
 * octets that is the most frequent gets an octet of its own from 128 on, again and
 * again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "built.h"

#define DV_ROWS_BUILT
#define FIRST 128		/* texts are ASCII */
#define PAIRS 128
#define FEWEST 4		/* a pair takes two octets itself */

static const char texts[] = ""
#define R(number, id, name, rank, rule, sentence, hint) \
	rule "\0" sentence "\0" hint "\0"
#include "dv_reasons.def"
#undef R
;

/* The columns that stay. */
static const char *const rows[] = {
#define R(number, id, name, rank, rule, sentence, hint) \
	#number ", " #id ", \"" name "\", " #rank,
#include "dv_reasons.def"
#undef R
};

static unsigned char packed[sizeof(texts)];
static size_t packed_len;
static unsigned char pairs[PAIRS][2];
static unsigned depth[256];	/* of pairs within pairs */

static unsigned
most_frequent(unsigned char pair[2])
{
	static unsigned count[256][256];
	unsigned most = 0;

	memset(count, 0, sizeof(count));
	for (size_t i = 0; i + 1 < packed_len; i++) {
		if (packed[i] != 0 && packed[i + 1] != 0)
			count[packed[i]][packed[i + 1]]++;
	}
	for (unsigned a = 1; a < 256; a++) {
		for (unsigned b = 1; b < 256; b++) {
			if (count[a][b] <= most)
				continue;
			most = count[a][b];
			pair[0] = (unsigned char)a;
			pair[1] = (unsigned char)b;
		}
	}
	return most;
}

static void
replace(const unsigned char pair[2], unsigned char by)
{
	size_t to = 0;

	for (size_t i = 0; i < packed_len; i++) {
		if (i + 1 < packed_len && memcmp(packed + i, pair, 2) == 0) {
			packed[to++] = by;
			i++;
		} else {
			packed[to++] = packed[i];
		}
	}
	packed_len = to;
}

static unsigned
pack(void)
{
	unsigned n = 0, a, b;

	packed_len = sizeof(texts) - 1;
	memcpy(packed, texts, packed_len);
	while (n < PAIRS && most_frequent(pairs[n]) >= FEWEST) {
		a = depth[pairs[n][0]];
		b = depth[pairs[n][1]];
		depth[FIRST + n] = 1 + (a > b ? a : b);
		replace(pairs[n], (unsigned char)(FIRST + n));
		n++;
	}
	return n;
}

/* One text of packed from *at on, as a literal. */
static void
put_text(size_t *at)
{
	(void)printf(", \"");
	for (; packed[*at] != 0; ++*at)
		(void)printf("\\%03o", packed[*at]);
	++*at;
	(void)putchar('"');
}

static size_t
longest(void)
{
	size_t most = 0;

	for (size_t at = 0; at < sizeof(texts); at += strlen(texts + at) + 1) {
		if (strlen(texts + at) > most)
			most = strlen(texts + at);
	}
	return most;
}

int
main(void)
{
	const unsigned n = pack();
	unsigned deepest = 0;
	size_t at = 0;

	(void)printf("#ifndef P\n#define P(first, second)\n#endif\n");
	for (unsigned i = 0; i < n; i++) {
		(void)printf("P(%u, %u)\n", pairs[i][0], pairs[i][1]);
		if (depth[FIRST + i] > deepest)
			deepest = depth[FIRST + i];
	}
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		(void)printf("R(%s", rows[row]);
		for (int column = 0; column < 3; column++)
			put_text(&at);
		(void)printf(")\n");
	}
	(void)printf("#undef P\n#undef WORDS_DEEPEST\n"
	    "#undef WORDS_LONGEST\n#define WORDS_DEEPEST %u\n"
	    "#define WORDS_LONGEST %zu\n", deepest, longest());
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS :
	    EXIT_FAILURE;
}
