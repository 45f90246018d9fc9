/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any two byte strings as names: reading, comparing and showing them never
 * leaves their bytes; a well-formed name equals itself, and comparison does
 * not depend on the order. Input: one octet of length, a name, another.
 */
#include "der.h"
#include "dv_cert.h"
#include "fuzz.h"
#include "name.h"

static bool
reads(struct dv_bytes name)
{
	struct dv_at at = { .offset = 0 };
	struct dv_der in = dv_der_start(name, DV_F_SUBJECT, &at);
	struct dv_bytes whole;

	if (dv_name_read(&in, &whole) == DV_R_NONE &&
	    dv_der_end(&in) == DV_R_NONE)
		return true;
	must(at.field == DV_F_SUBJECT && at.offset <= name.len);
	return false;
}

static void
show(struct dv_bytes name)
{
	static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };
	char text[80];
	struct dv_bytes value;

	for (size_t cap = 8; cap <= sizeof(text); cap += 9) {
		memset(text, 'x', sizeof(text));
		dv_name_text(name, text, cap);
		must(memchr(text, '\0', cap) != NULL);
	}
	value = dv_name_attribute(name, (struct dv_bytes){ common_name,
	    sizeof(common_name) });
	must(value.ptr == NULL || (value.ptr >= name.ptr &&
	    value.ptr + value.len <= name.ptr + name.len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dv_bytes a, b;
	bool good_a, good_b;

	if (size < 1)
		return 0;
	a.ptr = data + 1;
	a.len = data[0] < size - 1 ? data[0] : size - 1;
	b.ptr = a.ptr + a.len;
	b.len = size - 1 - a.len;
	good_a = reads(a);
	good_b = reads(b);
	must(!good_a || dv_name_equal(a, a));
	must(!good_b || dv_name_equal(b, b));
	if (good_a && good_b)
		must(dv_name_equal(a, b) == dv_name_equal(b, a));
	show(a);
	show(b);
	return 0;
}
