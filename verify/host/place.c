/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a verdict says and where, in the words of its tables. Decides nothing:
 * what is not plainly accepted has a reason. docs/VERDICTS.md.
 */
#include "host/report.h"

#include <string.h>

#include "host/text.h"

enum dv_reason
dv_report_reason(const struct dv_verdict *verdict)
{
	if (verdict->status == DV_REJECTED && verdict->reason != DV_R_NONE)
		return verdict->reason;
	return verdict->status == DV_ACCEPTED ? DV_R_NONE : DV_R_INTERNAL;
}

static bool
is_numbered(enum dv_object object)
{
	return object == DV_OBJECT_CERTIFICATE ||
	    object == DV_OBJECT_ANCHOR || object == DV_OBJECT_CRL;
}

struct place {
	char *out;
	size_t cap, len;
};

/* Words behind words, cut to fit. */
static void
put(struct place *place, const char *words)
{
	if (place->len > 0 && words[0] != '\0' && place->len + 1 < place->cap)
		place->out[place->len++] = ' ';
	for (; *words != '\0' && place->len + 1 < place->cap; words++)
		place->out[place->len++] = *words;
	place->out[place->len] = '\0';
}

static void
put_number(struct place *place, unsigned number)
{
	char room[DV_DECIMAL_MAX];

	put(place, dv_decimal_text(number, room));
}

void
dv_place_text(const struct dv_verdict *verdict, char *out, size_t cap)
{
	struct place place = { .out = out, .cap = cap };
	const char *object = dv_object_name(verdict->object);
	const char *field = dv_field_name(verdict->at.field);
	const char *counter = dv_field_name(DV_F_HEADER_COUNTERSIGNATURE);
	const bool envelope = verdict->object == DV_OBJECT_ENVELOPE;
	const bool inside = verdict->at.countersignature > 0 &&
	    (!envelope || field[0] != '\0');

	out[0] = '\0';
	if (inside) {
		put(&place, counter);
		put_number(&place, verdict->at.countersignature);
	}
	if (inside && envelope)
		object = counter;
	else
		put(&place, object);
	if (is_numbered(verdict->object))
		put_number(&place, verdict->index);
	/* "envelope", not "envelope envelope" */
	if (strcmp(object, field) != 0)
		put(&place, field);
}
