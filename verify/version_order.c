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

/* What stands before the first `end`; *rest is what follows it. */
static struct dv_bytes
before(struct dv_bytes text, char end, struct dv_bytes *rest)
{
	const uint8_t *at = text.len == 0 ? NULL :
	    memchr(text.ptr, end, text.len);
	size_t len = at == NULL ? text.len : (size_t)(at - text.ptr);

	*rest = at == NULL ? (struct dv_bytes){ NULL, 0 } :
	    dv_bytes_cut(text, len + 1, text.len - len - 1);
	return dv_bytes_cut(text, 0, len);
}

/* Three numbers, "-" and pre-release, "+" and build (semver.org 2, 9, 10). */
struct semver {
	struct dv_bytes core, pre, build;
	bool has_pre, has_build;
};

static struct semver
semver_split(struct dv_bytes text)
{
	struct semver v;
	struct dv_bytes front = before(text, '+', &v.build);

	v.has_build = front.len < text.len;
	v.core = before(front, '-', &v.pre);
	v.has_pre = v.core.len < front.len;
	return v;
}

/* Identifiers with dots between them; numbers: those of digits are numbers. */
static bool
is_list(struct dv_bytes text, bool numbers)
{
	struct dv_bytes rest = text, one;
	bool more;

	do {
		size_t len = rest.len;

		one = before(rest, '.', &rest);
		more = one.len < len;
		if (!is_identifier(one) ||
		    (numbers && all_digits(one) && !is_number(one)))
			return false;
	} while (more);
	return true;
}

static bool
is_core(struct dv_bytes core)
{
	struct dv_bytes rest = core;
	unsigned dots = 0;

	for (size_t i = 0; i < core.len; i++)
		dots += core.ptr[i] == '.';
	if (dots != CORE_NUMBERS - 1)
		return false;
	for (unsigned i = 0; i < CORE_NUMBERS; i++) {
		if (!is_number(before(rest, '.', &rest)))
			return false;
	}
	return true;
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
	return is_core(v.core) && (!v.has_pre || is_list(v.pre, true)) &&
	    (!v.has_build || is_list(v.build, false));
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
	if (v.has_pre != w.has_pre)
		return v.has_pre ? -1 : 1;
	return order_pre(v.pre, w.pre);
}
