/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names as text for people. The names are hostile: nothing but printable ASCII
 * leaves this file. RFC 4514, with every other octet escaped as \xx.
 */
#include "bytes.h"
#include "name.h"
#include "oid.h"

static const struct short_name {
	const struct dv_bytes *oid;
	const char *text;
} short_names[] = {
	{ &dv_oid_common_name, "CN" },
	{ &dv_oid_serial_number, "serialNumber" },
	{ &dv_oid_country, "C" },
	{ &dv_oid_locality, "L" },
	{ &dv_oid_state, "ST" },
	{ &dv_oid_organization, "O" },
	{ &dv_oid_unit, "OU" },
	{ &dv_oid_user_id, "UID" },
	{ &dv_oid_component, "DC" },
	{ &dv_oid_email_address, "emailAddress" },
};

static void
put_type(struct dv_text *text, struct dv_bytes oid)
{
	size_t i;

	for (i = 0; i < sizeof(short_names) / sizeof(short_names[0]); i++)
		if (dv_bytes_equal(*short_names[i].oid, oid)) {
			dv_text_puts(text, short_names[i].text);
			return;
		}
	dv_oid_put(text, oid);
}

static bool
is_special(uint8_t c)
{
	static const char specials[] = ",+\"\\<>;=";
	size_t i;

	for (i = 0; i < sizeof(specials) - 1; i++)
		if (c == (uint8_t)specials[i])
			return true;
	return false;
}

/* RFC 4514 2.4; `edge`: a space or # here would be misread. */
static void
put_character(struct dv_text *text, uint8_t c, bool edge)
{
	static const char digits[] = "0123456789ABCDEF";
	char piece[3] = { '\\', digits[c >> 4], digits[c & 15] };

	if (c < 0x20 || c > 0x7e) {
		dv_text_put(text, piece, 3);
		return;
	}
	piece[1] = (char)c;
	if (is_special(c) || edge)
		dv_text_put(text, piece, 2);
	else
		dv_text_put(text, piece + 1, 1);
}

static void
put_string(struct dv_text *text, struct dv_bytes value)
{
	size_t i;

	for (i = 0; i < value.len; i++) {
		uint8_t c = value.ptr[i];
		bool edge = (c == ' ' && (i == 0 || i == value.len - 1)) ||
		    (c == '#' && i == 0);

		put_character(text, c, edge);
	}
}

static void
put_hex(struct dv_text *text, struct dv_bytes value)
{
	size_t i;

	dv_text_put(text, "#", 1);
	for (i = 0; i < value.len; i++)
		dv_text_hex(text, value.ptr[i]);
}

static void
put_value(struct dv_text *text, const struct dv_element *value)
{
	switch (value->tag) {
	case DER_UTF8_STRING:
	case DER_PRINTABLE_STRING:
	case DER_IA5_STRING:
	case DER_NUMERIC_STRING:
	case DER_TELETEX_STRING:
		put_string(text, value->value);
		break;
	default:
		put_hex(text, value->whole);
		break;
	}
}

static void
put_rdn(struct dv_text *text, struct dv_bytes rdn)
{
	struct dv_attribute attribute;
	bool first = true;

	while (dv_attribute_next(&rdn, &attribute)) {
		if (!first)
			dv_text_put(text, "+", 1);
		put_type(text, attribute.oid);
		dv_text_put(text, "=", 1);
		put_value(text, &attribute.value);
		first = false;
	}
}

void
dv_name_text(struct dv_bytes name, char *out, size_t cap)
{
	struct dv_text text = dv_text_start(out, cap);
	struct dv_bytes rdns = dv_name_contents(name), rdn[DV_MAX_RDNS];
	size_t count = 0, i;

	while (count < DV_MAX_RDNS && dv_rdn_next(&rdns, &rdn[count]))
		count++;
	for (i = count; i > 0; i--) {
		put_rdn(&text, rdn[i - 1]);
		if (i > 1)
			dv_text_put(&text, ",", 1);
	}
	dv_text_end(&text);
}
