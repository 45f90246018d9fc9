/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small helpers by which rules say where they failed and what they wanted.
 * They never decide anything. Used by the core only.
 */
#ifndef AT_H
#define AT_H

#include "dv_verdict.h"

/* Not inlined: there are hundreds of rules, and a refusal is in no hurry. */
#define AT_CALL __attribute__((noinline))
AT_CALL struct dv_value dv_number(int64_t n);
AT_CALL struct dv_value dv_instant(dv_time t);
AT_CALL struct dv_value dv_text(const char *constant);
AT_CALL struct dv_value dv_octets(enum dv_value_kind kind, struct dv_bytes bytes);

/* The value with the words that people see before it. */
AT_CALL struct dv_value dv_labelled(const char *label, struct dv_value value);

/* Fills *at and returns reason, so that a rule can end with it. */
AT_CALL enum dv_reason dv_fail_at(struct dv_at *at, enum dv_reason reason,
    enum dv_field field, uint32_t offset);

/* Offset of a view inside the object it was read from. */
static inline uint32_t
dv_offset(struct dv_bytes object, struct dv_bytes part)
{
	if (part.ptr == NULL || object.ptr == NULL || part.ptr < object.ptr ||
	    part.ptr > object.ptr + object.len)
		return DV_NO_OFFSET;
	return (uint32_t)(part.ptr - object.ptr);
}

#endif
