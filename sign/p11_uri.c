/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads pkcs11: URIs. Never guesses: an attribute that is unknown, repeated or
 * in the wrong place is an error that names it, and a PIN is never taken from
 * one or shown. RFC 7512.
 */
#include "p11_uri.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MODULE_EXAMPLE "/usr/lib/softhsm/libsofthsm2.so"

struct attribute {
	const char *name;
	bool query;		/* stands behind the "?" */
	size_t max;		/* octets, decoded */
};

/* Labels and the like are as long as PKCS#11 has them. */
static const struct attribute attributes[DS_P11_ATTRS] = {
	[DS_P11_TOKEN] = { "token", false, 32 },
	[DS_P11_SERIAL] = { "serial", false, 16 },
	[DS_P11_MODEL] = { "model", false, 16 },
	[DS_P11_MANUFACTURER] = { "manufacturer", false, 32 },
	[DS_P11_SLOT_ID] = { "slot-id", false, 20 },
	[DS_P11_OBJECT] = { "object", false, 64 },
	[DS_P11_ID] = { "id", false, 64 },
	[DS_P11_TYPE] = { "type", false, 16 },
	[DS_P11_PIN_SOURCE] = { "pin-source", true, DS_P11_VALUE_MAX },
	[DS_P11_MODULE_PATH] = { "module-path", true, DS_P11_VALUE_MAX },
};

static const char known[] = "known are token, serial, model, manufacturer, "
    "slot-id, object, id and type=private, and behind a \"?\" module-path and "
    "pin-source";

static enum dv_exit
refuse(struct dv_bytes name, const char *why, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_USAGE, "pkcs11: attribute \"%.*s\": %s",
	    name.len < 32 ? (int)name.len : 32, (const char *)name.ptr, why);
}

static enum dv_exit
refuse_value(enum ds_p11_attr attr, const char *why, struct dv_err *err)
{
	const char *name = attributes[attr].name;
	return refuse((struct dv_bytes){ (const uint8_t *)name, strlen(name) },
	    why, err);
}

/* ---- one value ------------------------------------------------------------ */

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)((at - digits) % 16) : -1;
}

/* RFC 7512 2.3: what may stand for itself in a value. */
static bool
plain(char c, bool query)
{
	static const char both[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:[]@!$'()*+,=";
	return c != '\0' && (strchr(both, c) != NULL ||
	    strchr(query ? "/?|" : "&", c) != NULL);
}

/* The next octet of a value; what is wrong with it, or NULL. */
static const char *
octet_read(struct dv_bytes *in, bool query, uint8_t *out)
{
	char c = (char)in->ptr[0];
	size_t used = 1;
	if (c == '%') {
		int high = in->len > 2 ? hex((char)in->ptr[1]) : -1;
		int low = in->len > 2 ? hex((char)in->ptr[2]) : -1;
		if (high < 0 || low < 0)
			return "\"%\" without two hexadecimal digits";
		*out = (uint8_t)(high * 16 + low);
		used = 3;
	} else if (plain(c, query)) {
		*out = (uint8_t)c;
	} else {
		return "a character that must be written as % and two "
		    "hexadecimal digits, a blank as %20";
	}
	in->ptr += used;
	in->len -= used;
	return NULL;
}

static enum dv_exit
value_read(enum ds_p11_attr attr, struct dv_bytes text,
    struct ds_p11_value *out, struct dv_err *err)
{
	const struct attribute *a = &attributes[attr];
	if (out->len > 0)
		return refuse_value(attr, "given twice", err);
	if (text.len == 0)
		return refuse_value(attr, "has no value", err);
	while (text.len > 0) {
		uint8_t octet;
		const char *why = octet_read(&text, a->query, &octet);
		if (why == NULL && octet == 0 && attr != DS_P11_ID)
			why = "holds %00";
		if (why == NULL && out->len == a->max)
			why = "the value is too long";
		if (why != NULL)
			return refuse_value(attr, why, err);
		out->octets[out->len++] = octet;
	}
	return DV_EXIT_YES;
}

/* ---- one attribute -------------------------------------------------------- */

static enum dv_exit
refuse_pin(struct dv_bytes name, struct dv_err *err)
{
	enum dv_exit ret = refuse(name, "a PIN is not taken from a KEYSPEC, "
	    "which other users of this machine can see", err);
	return dv_hint(err, ret, "put it into a file of mode 0600 and give "
	    "pin-source=file:/PATH or --passphrase-file; this PIN has been "
	    "seen: change it");
}

static enum dv_exit
attribute_read(struct dv_bytes text, bool query, struct ds_p11_uri *out,
    struct dv_err *err)
{
	const uint8_t *equals = text.len > 0 ? memchr(text.ptr, '=', text.len) :
	    NULL;
	if (equals == NULL)
		return dv_hint(err, refuse(text, "has no \"=\"", err), "%s",
		    known);
	struct dv_bytes name = { text.ptr, (size_t)(equals - text.ptr) };
	struct dv_bytes value = { equals + 1, text.len - name.len - 1 };
	if (name.len == 9 && memcmp(name.ptr, "pin-value", 9) == 0)
		return refuse_pin(name, err);
	for (unsigned i = 0; i < DS_P11_ATTRS; i++) {
		if (strlen(attributes[i].name) != name.len ||
		    memcmp(attributes[i].name, name.ptr, name.len) != 0)
			continue;
		if (attributes[i].query != query)
			return refuse(name, query ? "stands behind the \"?\", "
			    "its place is before it" : "stands before the "
			    "\"?\", its place is behind it", err);
		return value_read((enum ds_p11_attr)i, value, &out->value[i],
		    err);
	}
	return dv_hint(err, refuse(name, "is not one that is used here", err),
	    "%s", known);
}

/* Attributes of one half, with their separator between them. */
static enum dv_exit
half_read(struct dv_bytes text, bool query, struct ds_p11_uri *out,
    struct dv_err *err)
{
	enum dv_exit ret = DV_EXIT_YES;
	bool more = text.len > 0 || query;
	while (ret == DV_EXIT_YES && more) {
		const uint8_t *end = text.len > 0 ?
		    memchr(text.ptr, query ? '&' : ';', text.len) : NULL;
		struct dv_bytes one = text;
		more = end != NULL;
		if (more) {
			one.len = (size_t)(end - text.ptr);
			text.ptr += one.len + 1;
			text.len -= one.len + 1;
		}
		ret = attribute_read(one, query, out, err);
	}
	return ret;
}

/* ---- the whole ------------------------------------------------------------ */

static enum dv_exit
slot_read(struct ds_p11_uri *uri, struct dv_err *err)
{
	const char *text = (const char *)uri->value[DS_P11_SLOT_ID].octets;
	if (text[0] == '\0')
		return DV_EXIT_YES;
	errno = 0;
	uri->slot = strtoul(text, NULL, 10);
	if (text[strspn(text, "0123456789")] == '\0' && errno == 0)
		return DV_EXIT_YES;
	return refuse_value(DS_P11_SLOT_ID, "not the number of a slot", err);
}

/* RFC 7512 2.4: a path or a file: URI; programs are not run. */
static enum dv_exit
pin_source_read(struct ds_p11_uri *uri, struct dv_err *err)
{
	const char *path = (const char *)uri->value[DS_P11_PIN_SOURCE].octets;
	if (path[0] == '\0')
		return DV_EXIT_YES;
	if (strncmp(path, "file:", 5) == 0)
		path += strncmp(path, "file:///", 8) == 0 ? 7 : 5;
	if (path[0] != '/' || path[1] == '/')
		return refuse_value(DS_P11_PIN_SOURCE, "not the absolute path "
		    "of a file, as in file:/run/pin", err);
	uri->pin_path = path;
	return DV_EXIT_YES;
}

static enum dv_exit
module_read(struct ds_p11_uri *uri, struct dv_err *err)
{
	const char *path = (const char *)uri->value[DS_P11_MODULE_PATH].octets;
	enum dv_exit ret;
	uri->module = path;
	if (path[0] == '/')
		return DV_EXIT_YES;
	ret = path[0] == '\0' ? dv_fail(err, DV_EXIT_USAGE, "pkcs11: "
	    "module-path is missing: no module is loaded that is not named") :
	    refuse_value(DS_P11_MODULE_PATH, "not an absolute path", err);
	return dv_hint(err, ret, "name the module of the token's maker, as in "
	    "?module-path=" MODULE_EXAMPLE);
}

static enum dv_exit
enough(const struct ds_p11_uri *uri, struct dv_err *err)
{
	enum dv_exit ret;
	if (uri->value[DS_P11_TOKEN].len == 0 &&
	    uri->value[DS_P11_SERIAL].len == 0) {
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "pkcs11: names no token: token or serial is missing");
		return dv_hint(err, ret, "`pkcs11-tool --module PATH -L` shows "
		    "the tokens, as in pkcs11:token=root-ca;object=root?"
		    "module-path=" MODULE_EXAMPLE);
	}
	if (uri->value[DS_P11_OBJECT].len == 0 &&
	    uri->value[DS_P11_ID].len == 0) {
		ret = dv_fail(err, DV_EXIT_USAGE,
		    "pkcs11: names no key: object or id is missing");
		return dv_hint(err, ret, "`pkcs11-tool --module PATH "
		    "--token-label LABEL --login -O` shows the keys");
	}
	if (uri->value[DS_P11_TYPE].len > 0 && strcmp("private",
	    (const char *)uri->value[DS_P11_TYPE].octets) != 0)
		return refuse_value(DS_P11_TYPE, "only a private key signs",
		    err);
	return DV_EXIT_YES;
}

enum dv_exit
ds_p11_uri_parse(const char *text, struct ds_p11_uri *out, struct dv_err *err)
{
	size_t len = strlen(text), path = strcspn(text, "?");
	const uint8_t *octets = (const uint8_t *)text;
	memset(out, 0, sizeof(*out));
	if (len > DS_P11_URI_MAX)
		return dv_fail(err, DV_EXIT_USAGE, "pkcs11: longer than %d "
		    "octets", DS_P11_URI_MAX);
	enum dv_exit ret = half_read((struct dv_bytes){ octets, path }, false,
	    out, err);
	if (ret == DV_EXIT_YES && path < len)
		ret = half_read((struct dv_bytes){ octets + path + 1,
		    len - path - 1 }, true, out, err);
	if (ret == DV_EXIT_YES)
		ret = enough(out, err);
	if (ret == DV_EXIT_YES)
		ret = slot_read(out, err);
	if (ret == DV_EXIT_YES)
		ret = pin_source_read(out, err);
	if (ret == DV_EXIT_YES)
		ret = module_read(out, err);
	return ret;
}

struct dv_bytes
ds_p11_uri_get(const struct ds_p11_uri *uri, enum ds_p11_attr attr)
{
	const struct ds_p11_value *v = &uri->value[attr];
	return (struct dv_bytes){ v->len > 0 ? v->octets : NULL, v->len };
}
