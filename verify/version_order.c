/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Order of versions: which artefact is the newer one. Works on the text, so
 * that no number is too large. semver.org 2.0.0, 9 to 11; RFC 9393 4.1.
 */
#include "version_order.h"

#include <string.h>

#include "bytes.h"

#define CORE_NUMBERS 3		/* major, minor, patch */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
all_digits(struct dv_bytes text)
{
	size_t i = 0;

	while (i < text.len && is_digit(text.ptr[i]))
		i++;
	return i == text.len && i > 0;
}

/* No leading zeros: one number has one spelling. */
static bool
is_number(struct dv_bytes text)
{
	return all_digits(text) && (text.len == 1 || text.ptr[0] != '0');
}

static bool
is_identifier(struct dv_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i] | 0x20;

		if (!is_digit(text.ptr[i]) && text.ptr[i] != '-' &&
		    (c < 'a' || c > 'z'))
			return false;
	}
	return text.len > 0;
}

/* semver.org 9: one of digits alone is a number. */
static bool
is_pre_release(struct dv_bytes text)
{
	return is_identifier(text) && (!all_digits(text) || is_number(text));
}

/* What stands before the first `end`; *rest is what follows it, {NULL, 0} when
 * there is none. */
static struct dv_bytes
before(struct dv_bytes text, char end, struct dv_bytes *rest)
{
	size_t len = 0;

	while (len < text.len && text.ptr[len] != (uint8_t)end)
		len++;
	*rest = len == text.len ? (struct dv_bytes){ NULL, 0 } :
	    (struct dv_bytes){ text.ptr + len + 1, text.len - len - 1 };
	return (struct dv_bytes){ text.ptr, len };
}

/* Three numbers, "-" and pre-release, "+" and build (semver.org 2, 9, 10);
 * {NULL, 0}: it has none. */
struct semver {
	struct dv_bytes core, pre, build;
};

static struct semver
semver_split(struct dv_bytes text)
{
	struct semver v;

	v.core = before(before(text, '+', &v.build), '-', &v.pre);
	return v;
}

/* How many parts with dots between them; 0 when one of them is wrong. */
static size_t
parts(struct dv_bytes text, bool (*is_part)(struct dv_bytes))
{
	size_t count = 0;

	do {
		if (!is_part(before(text, '.', &text)))
			return 0;
		count++;
	} while (text.ptr != NULL);
	return count;
}

bool
dv_version_valid(enum dv_version_scheme scheme, struct dv_bytes version)
{
	struct semver v;

	if (scheme == DV_VERSION_DECIMAL)
		return is_number(version);
	if (scheme != DV_VERSION_SEMVER)
		return false;
	v = semver_split(version);
	return parts(v.core, is_number) == CORE_NUMBERS &&
	    (v.pre.ptr == NULL || parts(v.pre, is_pre_release) > 0) &&
	    (v.build.ptr == NULL || parts(v.build, is_identifier) > 0);
}

static int
order_size(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* Without leading zeros the longer number is the larger. */
static int
order_number(struct dv_bytes a, struct dv_bytes b)
{
	if (a.len != b.len)
		return order_size(a.len, b.len);
	return a.len == 0 ? 0 : memcmp(a.ptr, b.ptr, a.len);
}

static int
order_text(struct dv_bytes a, struct dv_bytes b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

	return order != 0 ? order : order_size(a.len, b.len);
}

/* semver.org 11.4: numbers below words, a longer list above its beginning. */
static int
order_pre(struct dv_bytes a, struct dv_bytes b)
{
	int order = 0;

	while (order == 0 && a.len > 0 && b.len > 0) {
		const struct dv_bytes x = before(a, '.', &a);
		const struct dv_bytes y = before(b, '.', &b);
		const bool nx = all_digits(x), ny = all_digits(y);

		if (nx != ny)
			order = nx ? -1 : 1;
		else
			order = nx ? order_number(x, y) : order_text(x, y);
	}
	return order != 0 ? order : order_size(a.len, b.len);
}

int
dv_version_order(enum dv_version_scheme scheme, struct dv_bytes a,
    struct dv_bytes b)
{
	struct semver v, w;
	int order = 0;

	if (scheme == DV_VERSION_DECIMAL)
		return order_number(a, b);
	v = semver_split(a);
	w = semver_split(b);
	for (unsigned i = 0; order == 0 && i < CORE_NUMBERS; i++)
		order = order_number(before(v.core, '.', &v.core),
		    before(w.core, '.', &w.core));
	if (order != 0)
		return order;
	/* 11.3: a release stands above its own pre-releases. */
	if ((v.pre.ptr == NULL) != (w.pre.ptr == NULL))
		return w.pre.ptr == NULL ? -1 : 1;
	return order_pre(v.pre, w.pre);
}
