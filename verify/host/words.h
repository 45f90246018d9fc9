/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of a command line, one option or operand after the other. Knows no
 * option, keeps no list and says nothing; reads no environment.
 *
 * Options and operands stand in any order. Options are `--name`, `--name=value`,
 * `--name value`, `-n`, `-nvalue` and `-n value`; letters may be joined, of which
 * the last may have a value. A value is what stands there, with a dash or without.
 * `--` ends the options; `-` is an operand. A name is whole: no beginning of
 * it stands for it.
 */
#ifndef HOST_WORDS_H
#define HOST_WORDS_H

#include <stdbool.h>

#include "dv_bytes.h"

struct dv_words {
	char **next;		/* not looked at yet; NULL ends them */
	char *operand;		/* the last one */
	struct dv_bytes name;	/* of the last option: "output", or its letter */
	const char *behind;	/* what stands behind that in the same word */
	bool is_long;		/* it is a name, no letter */
	bool only_operands;	/* `--` was there */
};

/* Begins with these words; NULL is behind the last. */
struct dv_words dv_words_of(char **words);

enum dv_word { DV_WORD_NONE, DV_WORD_OPERAND, DV_WORD_OPTION };
DV_MUST_USE enum dv_word dv_words_next(struct dv_words *words);

/* Is the last option this one? Letter 0: it has none. */
bool dv_words_is(const struct dv_words *words, char letter, const char *name);

/* Takes the value of the last option, which has to have one; NULL: none. */
DV_MUST_USE const char *dv_words_value(struct dv_words *words);

/* Was the last option, which has none, given one: `--name=value`? */
DV_MUST_USE bool dv_words_has_value(const struct dv_words *words);

#endif
