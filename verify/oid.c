/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Object identifiers between their contents octets and dotted text. Arcs may
 * be large (2.25 takes 128-bit numbers), so digits are kept, not integers.
 * X.690 8.19.
 */
#include "oid.h"

#include "bytes.h"
#include "dv_cert.h"

#define OID(id, ...)                                                           \
	static const uint8_t id[] = { __VA_ARGS__ };                           \
	const struct dv_bytes dv_oid_##id = { id, sizeof(id) }

OID(any_policy, 0x55, 0x1d, 0x20, 0x00);
OID(any_purpose, 0x55, 0x1d, 0x25, 0x00);
OID(common_name, 0x55, 0x04, 0x03);
OID(serial_number, 0x55, 0x04, 0x05);
OID(country, 0x55, 0x04, 0x06);
OID(locality, 0x55, 0x04, 0x07);
OID(state, 0x55, 0x04, 0x08);
OID(organization, 0x55, 0x04, 0x0a);
OID(unit, 0x55, 0x04, 0x0b);
/* 0.9.2342.19200300.100.1.{1,25} */
OID(user_id, 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01);
OID(component, 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19);
/* 1.2.840.113549.1.9.1 */
OID(email_address, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01);

/* Number in some base, least significant digit first, zero above count. */
#define MAX_DIGITS 40
struct number {
	uint8_t digit[MAX_DIGITS];
	unsigned count;
};

enum base {
	DECIMAL = 10,
	SEPTETS = 128
};
struct step {
	enum base base;
	unsigned times, add;
};

/* n = n * times + add; false when it does not fit. */
static bool
number_step(struct number *n, struct step s)
{
	unsigned carry = s.add, value, i;

	for (i = 0; i < n->count || carry > 0; i++) {
		if (i == MAX_DIGITS)
			return false;
		value = n->digit[i] * s.times + carry;
		n->digit[i] = (uint8_t)(value % s.base);
		carry = value / s.base;
	}
	n->count = i;
	return true;
}

/* Next subidentifier as decimal digits; moves oid on. */
static bool
next_arc(struct dv_bytes *oid, struct number *arc)
{
	bool more = true, fits = true;

	*arc = (struct number){ .count = 0 };
	while (more && oid->len > 0) {
		more = oid->ptr[0] >= 0x80;
		fits = fits && number_step(arc,
		    (struct step){ DECIMAL, 128, oid->ptr[0] & 0x7fu });
		oid->ptr++;
		oid->len--;
	}
	return fits;
}

/* n - 80, for n of at least 80. */
static void
take_80(struct number *n)
{
	unsigned i = 1, borrow = 8;

	for (; borrow > 0; i++) {
		unsigned digit = n->digit[i];

		n->digit[i] = (uint8_t)((digit + 10 - borrow) % 10);
		borrow = digit < borrow ? 1 : 0;
	}
	while (n->count > 0 && n->digit[n->count - 1] == 0)
		n->count--;
}

static void
put_arc(struct dv_text *text, const struct number *arc)
{
	char piece[MAX_DIGITS + 1];
	size_t len = 0;
	unsigned i;

	piece[len++] = '.';
	if (arc->count == 0)
		piece[len++] = '0';
	for (i = arc->count; i > 0; i--)
		piece[len++] = (char)('0' + arc->digit[i - 1]);
	dv_text_put(text, piece, len);
}

/* X.690 8.19.4: the first subidentifier holds two arcs, 40 * X + Y. */
static void
put_first_arcs(struct dv_text *text, struct number *arc)
{
	if (arc->count > 2 || arc->digit[1] >= 8) {
		dv_text_put(text, "2", 1);
		take_80(arc);
	} else if (arc->digit[1] >= 4) {
		dv_text_put(text, "1", 1);
		arc->digit[1] = (uint8_t)(arc->digit[1] - 4);
		arc->count = arc->digit[1] == 0 ? 1 : 2;
	} else {
		dv_text_put(text, "0", 1);
	}
	put_arc(text, arc);
}

void
dv_oid_put(struct dv_text *text, struct dv_bytes oid)
{
	struct number arc;
	bool first = true;

	while (oid.len > 0) {
		if (!next_arc(&oid, &arc)) {
			text->cut = true;
			return;
		}
		if (first)
			put_first_arcs(text, &arc);
		else
			put_arc(text, &arc);
		first = false;
	}
}

void
dv_oid_text(struct dv_bytes oid, char *out, size_t cap)
{
	struct dv_text text = dv_text_start(out, cap);

	dv_oid_put(&text, oid);
	dv_text_end(&text);
}

/* Digits without leading zero at *text, which moves on, in base 128. */
static bool
read_arc(const char **text, struct number *arc)
{
	const char *start = *text;

	*arc = (struct number){ .count = 0 };
	for (; **text >= '0' && **text <= '9'; (*text)++)
		if (!number_step(arc, (struct step){ SEPTETS, 10,
		    (unsigned)(**text - '0') }))
			return false;
	return *text > start && (*start != '0' || *text == start + 1);
}

/* Where octets go, and how many are there. */
struct room {
	uint8_t *out;
	size_t cap, len;
};

static bool
write_arc(struct room *room, const struct number *arc)
{
	unsigned i = arc->count == 0 ? 1 : arc->count;

	if (i > room->cap - room->len)
		return false;
	for (; i > 0; i--)
		room->out[room->len++] = (uint8_t)(arc->digit[i - 1] |
		    (i > 1 ? 0x80 : 0));
	return true;
}

/* "X.Y" as one subidentifier; Y is below 40 unless X is 2. */
static bool
read_first_arcs(const char **text, struct number *arc)
{
	unsigned first = (unsigned)(**text - '0');

	if (first > 2 || (*text)[1] != '.')
		return false;
	*text += 2;
	if (!read_arc(text, arc))
		return false;
	if (first < 2 && (arc->count > 1 || arc->digit[0] >= 40))
		return false;
	return number_step(arc, (struct step){ SEPTETS, 1, 40 * first });
}

size_t
dv_oid_parse(const char *text, uint8_t *out, size_t cap)
{
	struct room room = { out, cap, 0 };
	struct number arc;

	if (!read_first_arcs(&text, &arc) || !write_arc(&room, &arc))
		return 0;
	while (*text == '.') {
		text++;
		if (!read_arc(&text, &arc) || !write_arc(&room, &arc))
			return 0;
	}
	return *text == '\0' ? room.len : 0;
}
