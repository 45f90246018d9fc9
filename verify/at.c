/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Places and values of a refusal, made in one place because every rule makes
 * them. Decides nothing. docs/VERDICTS.md.
 */
#include "at.h"

enum dv_reason
dv_fail_at(struct dv_at *at, enum dv_reason reason, enum dv_field field,
    uint32_t offset)
{
	*at = (struct dv_at){ .field = field, .offset = offset };
	return reason;
}

enum dv_reason
dv_fail_part(const struct dv_bytes *object, struct dv_at *at,
    enum dv_reason reason, enum dv_field field, struct dv_bytes part)
{
	return dv_fail_at(at, reason, field, dv_offset(*object, part));
}

#if DV_HAS_VALUES

struct dv_value
dv_number(int64_t n)
{
	return (struct dv_value){ .kind = DV_VALUE_NUMBER, .number = n };
}

void
dv_numbers(struct dv_at *at, int64_t wanted, int64_t found)
{
	at->wanted = dv_number(wanted);
	at->found = dv_number(found);
}

struct dv_value
dv_value_time(int64_t seconds)
{
	return (struct dv_value){ .kind = DV_VALUE_TIME, .number = seconds };
}

struct dv_value
dv_text(const char *constant)
{
	return (struct dv_value){ .kind = DV_VALUE_TEXT, .text = constant };
}

struct dv_value
dv_value_octets(enum dv_value_kind kind, const uint8_t *ptr, size_t len)
{
	return (struct dv_value){ .kind = kind, .bytes = { ptr, len } };
}

#endif
