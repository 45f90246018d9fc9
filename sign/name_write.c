/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A DER Name from the text a person types: "CN=unit-0042,O=Acme". It refuses
 * what a reader might understand otherwise. RFC 4514, RFC 5280 A.1.
 */
#include <string.h>
#include <strings.h>

#include "bytes.h"
#include "der.h"
#include "ds_der.h"
#include "host/text.h"

#define MAX_VALUE 255		/* octets of one value; RFC 5280 stays below */

/* Attribute types by short name; max in characters: RFC 5280 A.1. */
static const struct attribute {
	const char *name, *oid;
	uint8_t tag;
	unsigned min, max;
} attributes[] = {
	{ "CN", "2.5.4.3", DER_UTF8_STRING, 1, 64 },
	{ "O", "2.5.4.10", DER_UTF8_STRING, 1, 64 },
	{ "OU", "2.5.4.11", DER_UTF8_STRING, 1, 64 },
	{ "C", "2.5.4.6", DER_PRINTABLE_STRING, 2, 2 },
	{ "L", "2.5.4.7", DER_UTF8_STRING, 1, 128 },
	{ "ST", "2.5.4.8", DER_UTF8_STRING, 1, 128 },
	{ "serialNumber", "2.5.4.5", DER_PRINTABLE_STRING, 1, 64 },
	{ "UID", "0.9.2342.19200300.100.1.1", DER_UTF8_STRING, 1, MAX_VALUE },
	{ "DC", "0.9.2342.19200300.100.1.25", DER_IA5_STRING, 1, 63 },
	{ "businessCategory", "2.5.4.15", DER_UTF8_STRING, 1, 128 },
	{ "VID", "1.3.6.1.4.1.37244.2.1", DER_UTF8_STRING, 4, 4 },
	{ "PID", "1.3.6.1.4.1.37244.2.2", DER_UTF8_STRING, 4, 4 },
};
static const struct attribute by_oid = {
	NULL, NULL, DER_UTF8_STRING, 1, MAX_VALUE
};

/* One "type=value" of the text; both as typed. */
struct part {
	const char *text;
	size_t len;
};

/* A value without its escapes. */
struct value {
	uint8_t octets[MAX_VALUE];
	size_t len;
};

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Octets of an escape behind its backslash, 0 when it is cut off. */
static size_t
escape_len(const char *text, size_t len)
{
	if (len >= 2 && hex_digit(text[0]) >= 0 && hex_digit(text[1]) >= 0)
		return 2;
	return len >= 1 ? 1 : 0;
}

/* Length of the part at text: up to a comma that is not escaped, or the end. */
static size_t
part_len(const char *text)
{
	size_t i = 0;
	while (text[i] != '\0' && text[i] != ',') {
		if (text[i] == '\\' && text[i + 1] != '\0')
			i++;
		i++;
	}
	return i;
}

static enum dv_exit
part_fail(struct part part, struct dv_err *err, const char *why)
{
	return dv_fail(err, DV_EXIT_USAGE, "name part \"%.*s\": %s",
	    part.len > 100 ? 100 : (int)part.len, part.text, why);
}

/* Characters of UTF-8 text without control characters, or -1. */
static int
utf8_count(struct dv_bytes text)
{
	int count = 0;
	while (text.len > 0) {
		uint32_t point;
		size_t n = dv_utf8_next(text, &point);
		if (n == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0))
			return -1;
		text.ptr += n;
		text.len -= n;
		count++;
	}
	return count;
}

static bool
printable(const struct value *value)
{
	for (size_t i = 0; i < value->len; i++) {
		uint8_t c = value->octets[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		bool digit = c >= '0' && c <= '9';
		if (!letter && !digit &&
		    (c == 0 || strchr(" '()+,-./:=?", c) == NULL))
			return false;
	}
	return true;
}

static bool
ascii(const struct value *value)
{
	for (size_t i = 0; i < value->len; i++) {
		if (value->octets[i] >= 0x80)
			return false;
	}
	return true;
}

/* Takes the escapes out of the text behind the equals sign. */
static enum dv_exit
value_read(struct part part, size_t from, struct value *out,
    struct dv_err *err)
{
	out->len = 0;
	for (size_t i = from; i < part.len; i++) {
		uint8_t octet = (uint8_t)part.text[i];
		if (strchr("\"+;<>", octet) != NULL && octet != 0)
			return part_fail(part, err, "a special character "
			    "(\" + ; < >) needs a \\ before it");
		if (octet == ' ' && (i == from || i + 1 == part.len))
			return part_fail(part, err,
			    "the value begins or ends with a space");
		if (octet == '\\') {
			const char *esc = part.text + i + 1;
			size_t n = escape_len(esc, part.len - i - 1);
			if (n == 0)
				return part_fail(part, err,
				    "it ends inside an escape");
			octet = n == 1 ? (uint8_t)esc[0] : (uint8_t)
			    (hex_digit(esc[0]) * 16 + hex_digit(esc[1]));
			i += n;
		}
		if (out->len == sizeof(out->octets))
			return part_fail(part, err, "the value is too long");
		out->octets[out->len++] = octet;
	}
	return DV_EXIT_YES;
}

static enum dv_exit
value_check(struct part part, const struct attribute *attr,
    const struct value *value, struct dv_err *err)
{
	int count = utf8_count(
	    (struct dv_bytes){ value->octets, value->len });
	if (value->len == 0)
		return part_fail(part, err, "the value is empty");
	if (count < 0)
		return part_fail(part, err,
		    "the value is not UTF-8 or holds a control character");
	if (attr->tag == DER_PRINTABLE_STRING && !printable(value))
		return part_fail(part, err, "only letters, digits, space "
		    "and ' ( ) + , - . / : = ? are allowed here");
	if (attr->tag == DER_IA5_STRING && !ascii(value))
		return part_fail(part, err, "only ASCII is allowed here");
	if (attr->min == attr->max && (unsigned)count != attr->max)
		return part_fail(part, err, "two letters are wanted here");
	if ((unsigned)count > attr->max)
		return dv_fail(err, DV_EXIT_USAGE,
		    "name part \"%.*s\": at most %u characters are allowed",
		    (int)part.len, part.text, attr->max);
	return DV_EXIT_YES;
}

static const struct attribute *
attribute_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		const struct attribute *a = &attributes[i];
		if (strlen(a->name) == len && strncasecmp(a->name, name, len) == 0)
			return a;
	}
	return NULL;
}

/* OID contents of a type given by short name or as a dotted OID. */
static const struct attribute *
type_read(struct part part, size_t len, uint8_t oid[64], size_t *oid_len)
{
	char dotted[128];
	const struct attribute *attr = attribute_find(part.text, len);
	if (attr != NULL) {
		*oid_len = dv_oid_parse(attr->oid, oid, 64);
		return attr;
	}
	if (len >= sizeof(dotted))
		return NULL;
	memcpy(dotted, part.text, len);
	dotted[len] = '\0';
	*oid_len = dv_oid_parse(dotted, oid, 64);
	return *oid_len > 0 ? &by_oid : NULL;
}

static enum dv_exit
part_write(struct ds_der *w, struct part part, struct dv_err *err)
{
	while (part.len > 0 && part.text[0] == ' ') {
		part.text++;
		part.len--;
	}
	const char *equals = memchr(part.text, '=', part.len);
	if (equals == NULL)
		return part_fail(part, err, "it is not TYPE=VALUE");
	uint8_t oid[64];
	size_t oid_len = 0, type_len = (size_t)(equals - part.text);
	const struct attribute *attr = type_read(part, type_len, oid, &oid_len);
	if (attr == NULL) {
		enum dv_exit no = part_fail(part, err,
		    "the attribute type is not known");
		return dv_hint(err, no, "known are CN O OU C L ST serialNumber "
		    "UID DC businessCategory VID PID, and dotted OIDs");
	}
	struct value value;
	enum dv_exit ret = value_read(part, type_len + 1, &value, err);
	if (ret == DV_EXIT_YES)
		ret = value_check(part, attr, &value, err);
	if (ret != DV_EXIT_YES)
		return ret;
	ds_der_begin(w, DER_SET);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid(w, (struct dv_bytes){ oid, oid_len });
	ds_der_element(w, attr->tag,
	    (struct dv_bytes){ value.octets, value.len });
	ds_der_end(w);
	ds_der_end(w);
	return DV_EXIT_YES;
}

static enum dv_exit
name_write(struct ds_der *w, const char *text, struct dv_err *err)
{
	struct part parts[DV_MAX_RDNS];
	size_t count = 0;
	if (*text == '\0')
		return dv_fail(err, DV_EXIT_USAGE, "the name is empty");
	for (const char *at = text;; at++) {
		if (count == DV_MAX_RDNS)
			return dv_fail(err, DV_EXIT_USAGE,
			    "the name has more than %d parts", DV_MAX_RDNS);
		parts[count] = (struct part){ at, part_len(at) };
		at += parts[count++].len;
		if (*at == '\0')
			break;
	}
	ds_der_begin(w, DER_SEQUENCE);
	while (count-- > 0) {
		enum dv_exit ret = part_write(w, parts[count], err);
		if (ret != DV_EXIT_YES)
			return ret;
	}
	ds_der_end(w);
	if (w->failed)
		return dv_fail(err, DV_EXIT_NONE, "the name is too long");
	return DV_EXIT_YES;
}

enum dv_exit
ds_der_name(struct ds_der *w, const char *text, struct dv_err *err)
{
	enum dv_exit ret = name_write(w, text, err);
	if (ret != DV_EXIT_YES)
		w->failed = true;
	return ret;
}
