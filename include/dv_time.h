/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An instant of UTC, to the second, as certificates know it.
 * The core never reads a clock: time is an argument (docs/DESIGN.md, Time).
 */
#ifndef DV_TIME_H
#define DV_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "dv_bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds since 1970-01-01T00:00:00Z, no leap seconds. */
typedef struct {
	int64_t s;
} dv_time;

/* 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: RFC 5280 4.1.2.5 ends there. */
#define DV_TIME_MIN INT64_C(-62167219200)
#define DV_TIME_MAX INT64_C(253402300799)

/* Room for "2026-03-01T00:00:00Z" and its NUL. */
#define DV_TIME_TEXT 21

/*
 * Instant of a proleptic Gregorian date. month 1-12, day 1-31, hour 0-23,
 * minute and second 0-59. False, *out untouched, when the date does not exist
 * or the year is outside 0-9999.
 */
struct dv_date {
	int year, month, day, hour, minute, second;
};
DV_MUST_USE bool dv_time_from_date(const struct dv_date *date, dv_time *out);

/* Inverse of dv_time_from_date(); values outside MIN..MAX are clamped. */
void dv_time_to_date(dv_time at, struct dv_date *out);

/*
 * Reads "2026-03-01T00:00:00Z" (RFC 3339, capital T and Z, whole seconds) or
 * "@1772323200" (decimal seconds since 1970, may be negative). False, *out
 * untouched, for anything else.
 */
DV_MUST_USE bool dv_time_parse(struct dv_bytes text, dv_time *out);

/* Writes RFC 3339 text and a NUL into out. */
void dv_time_format(dv_time at, char out[DV_TIME_TEXT]);

#ifdef __cplusplus
}
#endif
#endif
