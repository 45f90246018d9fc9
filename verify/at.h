/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small helpers by which rules say where they failed and what they wanted.
 * They never decide anything. Used by the core only.
 */
#ifndef AT_H
#define AT_H

#include "built.h"
#include "dv_verdict.h"

/* Fills *at and returns reason, so that a rule can end with it. */
DV_APART enum dv_reason dv_fail_at(struct dv_at *at, enum dv_reason reason,
    enum dv_field field, uint32_t offset);

/* The same, of a part of the object. */
DV_APART enum dv_reason dv_fail_part(const struct dv_bytes *object,
    struct dv_at *at, enum dv_reason reason, enum dv_field field,
    struct dv_bytes part);

#if DV_HAS_VALUES

DV_APART struct dv_value dv_number(int64_t n);
DV_APART struct dv_value dv_text(const char *constant);
DV_APART struct dv_value dv_value_time(int64_t seconds);
DV_APART struct dv_value dv_value_octets(enum dv_value_kind kind,
    const uint8_t *ptr, size_t len);

/* Not functions: a struct that is passed as a part of another has to be copied
 * first. The bytes are a name, not a call. */
#define dv_instant(t) dv_value_time((t).s)
#define dv_octets(kind, ...) \
	dv_value_octets(kind, (__VA_ARGS__).ptr, (__VA_ARGS__).len)

/* Not functions: what is called above writes into *at directly. The label is
 * the words that people see before the value. */
#define dv_wanted(at, ...) ((at)->wanted = (__VA_ARGS__))
#define dv_found(at, ...) ((at)->found = (__VA_ARGS__))
#define dv_wanted_as(at, words, ...) \
	(dv_wanted(at, __VA_ARGS__), (void)((at)->wanted.label = (words)))
#define dv_found_as(at, words, ...) \
	(dv_found(at, __VA_ARGS__), (void)((at)->found.label = (words)))

/* Both of them, of what was counted. */
DV_APART void dv_numbers(struct dv_at *at, int64_t wanted, int64_t found);

#else

/* Nobody is told the values, so they are nothing. */
static inline struct dv_value
dv_number(int64_t n)
{
	(void)n;
	return (struct dv_value){ .kind = DV_VALUE_NONE };
}

static inline struct dv_value
dv_instant(dv_time t)
{
	return dv_number(t.s);
}

static inline struct dv_value
dv_text(const char *constant)
{
	(void)constant;
	return dv_number(0);
}

static inline struct dv_value
dv_octets(enum dv_value_kind kind, struct dv_bytes bytes)
{
	(void)kind;
	(void)bytes;
	return dv_number(0);
}

static inline void
dv_wanted(struct dv_at *at, struct dv_value value)
{
	(void)at;
	(void)value;
}

static inline void
dv_found(struct dv_at *at, struct dv_value value)
{
	(void)at;
	(void)value;
}

static inline void
dv_numbers(struct dv_at *at, int64_t wanted, int64_t found)
{
	(void)at;
	(void)wanted;
	(void)found;
}

#define dv_wanted_as(at, words, value) ((void)(words), dv_wanted(at, value))
#define dv_found_as(at, words, value) ((void)(words), dv_found(at, value))

#endif

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
