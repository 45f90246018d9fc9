/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words for verdicts: everything here is looked up in the tables
 * dv_reasons.def and dv_fields.def. Decides nothing.
 */
#include "dv_verdict.h"

#include "built.h"

/* Of the reasons and fields, those that this build can say. */
#define DV_ROWS_BUILT

/* The rows of the reasons; packed, they are the same with other octets. */
#ifdef DV_PACKED_WORDS
#define REASONS "words.def"
#else
#define REASONS "dv_reasons.def"
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * A table for each column, so that a program has those it asks for: a boot
 * loader the ranks alone. Texts stand one behind the other, each with its NUL.
 * A rank stands at the number of its reason; where there is none, there is 0.
 */
static const uint8_t ranks[] = {
#define R(number, id, name, rank, rule, sentence, hint) [number] = rank,
#include REASONS
#undef R
};

static const char names[] = "none\0"
#define R(number, id, name, rank, rule, sentence, hint) name "\0"
#include REASONS
#undef R
;

static const char rules[] = "\0"
#define R(number, id, name, rank, rule, sentence, hint) rule "\0"
#include REASONS
#undef R
;

#if DV_HAS_WORDS
static const char sentences[] = "\0"
#define R(number, id, name, rank, rule, sentence, hint) sentence "\0"
#include REASONS
#undef R
;

static const char hints[] = "\0"
#define R(number, id, name, rank, rule, sentence, hint) hint "\0"
#include REASONS
#undef R
;
#endif

static const char fields[] = "\0"
#define F(id, name) name "\0"
#include "dv_fields.def"
#undef F
;

static const uint8_t field_rows[] = {
#define F(id, name) DV_F_##id,
#include "dv_fields.def"
#undef F
};

static const char *const objects[] = {
	"", "certificate", "anchor", "envelope", "artefact", "request",
	"crl", "receipt"
};

enum column { RULE, SENTENCE, HINT, COLUMNS };

#ifdef DV_PACKED_WORDS
/*
 * .mk/words.c packed them: an octet of FIRST_PAIR or more stands for two octets,
 * each of which may stand for two again, WORDS_DEEPEST times at most.
 */
#define FIRST_PAIR 128

static const uint8_t pairs[][2] = {
#define P(first, second) { first, second },
#define R(number, id, name, rank, rule, sentence, hint)
#include REASONS
#undef R
};

/* The text unpacked, until the next one of its column. */
static const char *
shown(const char *text, enum column column)
{
	static char room[COLUMNS][WORDS_LONGEST + 1];
	uint8_t waiting[WORDS_DEEPEST + 1];
	char *to = room[column];
	unsigned n;

	for (; *text != '\0'; text++) {
		waiting[0] = (uint8_t)*text;
		for (n = 1; n > 0;) {
			const uint8_t octet = waiting[--n];

			if (octet < FIRST_PAIR) {
				*to++ = (char)octet;
				continue;
			}
			waiting[n++] = pairs[octet - FIRST_PAIR][1];
			waiting[n++] = pairs[octet - FIRST_PAIR][0];
		}
	}
	*to = '\0';
	return room[column];
}
#else
static const char *
shown(const char *text, enum column column)
{
	(void)column;
	return text;
}
#endif

/* Its row, counted from 1; 0: it is none of the table, whose numbers rise. */
static size_t
row_of(enum dv_reason reason)
{
	size_t row = 0;

	if (dv_reason_rank(reason) == 0)
		return 0;
	for (size_t i = 0; i <= (size_t)reason; i++)
		row += ranks[i] > 0;
	return row;
}

/* The text of a row, of those that stand one behind the other. */
static const char *
text_at(const char *text, size_t row)
{
	while (row > 0) {
		if (*text++ == '\0')
			row--;
	}
	return text;
}

const char *
dv_reason_name(enum dv_reason reason)
{
	return text_at(names, row_of(reason));
}

const char *
dv_reason_text(enum dv_reason reason)
{
#if DV_HAS_WORDS
	return shown(text_at(sentences, row_of(reason)), SENTENCE);
#else
	return dv_reason_name(reason);
#endif
}

const char *
dv_reason_rule(enum dv_reason reason)
{
	return shown(text_at(rules, row_of(reason)), RULE);
}

const char *
dv_reason_hint(enum dv_reason reason)
{
#if DV_HAS_WORDS
	return shown(text_at(hints, row_of(reason)), HINT);
#else
	return reason == DV_R_NONE ? "" : "see docs/VERDICTS.md";
#endif
}

int
dv_reason_rank(enum dv_reason reason)
{
	return (size_t)reason < COUNT(ranks) ? ranks[reason] : 0;
}

enum dv_reason
dv_reason_at(size_t i)
{
	for (size_t reason = 0; reason < COUNT(ranks); reason++) {
		if (ranks[reason] > 0 && i-- == 0)
			return (enum dv_reason)reason;
	}
	return DV_R_NONE;
}

const char *
dv_field_name(enum dv_field field)
{
	size_t row = 0;

	for (size_t i = 0; i < COUNT(field_rows); i++) {
		if (field_rows[i] == field)
			row = i + 1;
	}
	return text_at(fields, row);
}

const char *
dv_object_name(enum dv_object object)
{
	return (size_t)object < COUNT(objects) ? objects[object] : "";
}
