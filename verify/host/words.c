/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of a command line; not by getopt_long(3), which takes beginnings of
 * names, obeys the environment and differs between libraries (host/words.h).
 */
#include "host/words.h"

#include <string.h>

#include "bytes.h"

struct dv_words
dv_words_of(char **words)
{
	return (struct dv_words){ .next = words, .behind = "" };
}

/* Takes a word; of an option, the dashes. */
static enum dv_word
word_begin(struct dv_words *words)
{
	char *word = *words->next;

	if (!words->only_operands && word != NULL && strcmp(word, "--") == 0) {
		words->only_operands = true;
		word = *++words->next;
	}
	if (word == NULL)
		return DV_WORD_NONE;
	words->next++;
	words->operand = word;
	if (words->only_operands || word[0] != '-' || word[1] == '\0')
		return DV_WORD_OPERAND;
	words->is_long = word[1] == '-';
	words->behind = word + 1 + words->is_long;
	return DV_WORD_OPTION;
}

/* Octets before the equals sign. */
static size_t
long_name(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0' && text[len] != '=')
		len++;
	return len;
}

enum dv_word
dv_words_next(struct dv_words *words)
{
	enum dv_word word = DV_WORD_OPTION;

	if (*words->behind == '\0')
		word = word_begin(words);
	if (word != DV_WORD_OPTION)
		return word;
	words->name.ptr = (const uint8_t *)words->behind;
	words->name.len = words->is_long ? long_name(words->behind) : 1;
	words->behind += words->name.len;
	return DV_WORD_OPTION;
}

bool
dv_words_is(const struct dv_words *words, char letter, const char *name)
{
	return words->is_long ? dv_bytes_equal_text(words->name, name) :
	    words->name.ptr[0] == (uint8_t)letter;
}

const char *
dv_words_value(struct dv_words *words)
{
	const char *value = words->behind;

	words->behind = "";
	if (value[0] != '\0')
		return value + words->is_long;
	value = *words->next;
	if (value != NULL)
		words->next++;
	return value;
}

bool
dv_words_has_value(const struct dv_words *words)
{
	return words->is_long && *words->behind != '\0';
}
