/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a device is called when it is known by its address or a number: one
 * spelling of each, so that one device has one name. IEEE 802-2014 8.1,
 * RFC 9562 4.
 */
#include <string.h>

#include "pki_names.h"

#define EUI48 6
#define EUI64 8
#define UUID_TEXT 36

/* PrintableString without what file systems, lists and people mistake. */
bool
pki_device_id_good(const char *id)
{
	size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
	    "tuvwxyz0123456789-.:+=()");

	return len > 0 && len <= PKI_IDENTITY && id[len] == '\0' &&
	    id[0] != '.' && id[0] != '-';
}

static int
digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);

	return c == '\0' || at == NULL ? -1 : (int)(at - digits);
}

/* Octets of "00:1b:..", "00-1B-.." or "001b..": their number, 0 for none. */
static size_t
read_eui(const char *text, uint8_t out[EUI64])
{
	char mark = text[0] != '\0' && text[1] != '\0' &&
	    (text[2] == ':' || text[2] == '-') ? text[2] : '\0';
	size_t n = 0;

	while (*text != '\0') {
		int high = digit(text[0]);
		int low = high < 0 ? -1 : digit(text[1]);

		if (low < 0 || n == EUI64)
			return 0;
		out[n++] = (uint8_t)(high << 4 | low);
		text += 2;
		if (mark != '\0' && *text != '\0' &&
		    (*text++ != mark || *text == '\0'))
			return 0;
	}
	return n == EUI48 || n == EUI64 ? n : 0;
}

static bool
all_are(const uint8_t *octets, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++) {
		if (octets[i] != value)
			return false;
	}
	return true;
}

static enum dv_exit
mac_text(const char *mac, char *out, struct dv_err *err)
{
	static const char digits[] = "0123456789ABCDEF";
	uint8_t octets[EUI64];
	size_t n = read_eui(mac, octets);

	if (n == 0)
		return dv_fail(err, DV_EXIT_NO, "\"%.64s\" is no MAC address: "
		    "wanted 6 or 8 octets in hexadecimal, like "
		    "AC-DE-48-23-45-67", mac);
	if ((octets[0] & 1) != 0 || all_are(octets, n, 0))
		return dv_fail(err, DV_EXIT_NO, "\"%.64s\" is not the address "
		    "of one device: %s", mac, (octets[0] & 1) != 0 ?
		    "it is a group's" : "it is empty");
	for (size_t i = 0; i < n; i++) {
		*out++ = digits[octets[i] >> 4];
		*out++ = digits[octets[i] & 15];
		*out++ = i + 1 < n ? '-' : '\0';
	}
	return DV_EXIT_YES;
}

static bool
hyphen_at(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

static enum dv_exit
uuid_text(const char *uuid, char *out, struct dv_err *err)
{
	bool nil = true, max = true, good = strlen(uuid) == UUID_TEXT;

	for (size_t i = 0; good && i < UUID_TEXT; i++) {
		int value = digit(uuid[i]);

		out[i] = uuid[i];
		if (hyphen_at(i)) {
			good = uuid[i] == '-';
			continue;
		}
		good = value >= 0;
		if (good)
			out[i] = "0123456789abcdef"[value];
		nil = nil && value == 0;
		max = max && value == 15;
	}
	out[UUID_TEXT] = '\0';
	if (!good)
		return dv_fail(err, DV_EXIT_NO, "\"%.64s\" is no UUID: wanted "
		    "8-4-4-4-12 hexadecimal digits", uuid);
	if (nil || max)
		return dv_fail(err, DV_EXIT_NO, "\"%.64s\" is the %s UUID, "
		    "which names nothing", uuid, nil ? "nil" : "max");
	return DV_EXIT_YES;
}

static enum dv_exit
id_text(const char *id, char *out, struct dv_err *err)
{
	if (!pki_device_id_good(id))
		return dv_fail(err, DV_EXIT_NO, "\"%.64s\" is not an id: 1 to "
		    "%d of letters, digits and - . : + = ( )", id,
		    PKI_IDENTITY);
	memcpy(out, id, strlen(id) + 1);
	return DV_EXIT_YES;
}

static bool
given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

enum dv_exit
pki_identity_text(const struct pki_identity *who, char out[PKI_IDENTITY + 1],
    struct dv_err *err)
{
	int count = given(who->id) + given(who->mac) + given(who->uuid);

	out[0] = '\0';
	if (count > 1)
		return dv_fail(err, DV_EXIT_NO, "a device is named by one of "
		    "id, mac and uuid, not by %d of them", count);
	if (given(who->mac))
		return mac_text(who->mac, out, err);
	if (given(who->uuid))
		return uuid_text(who->uuid, out, err);
	return id_text(who->id == NULL ? "" : who->id, out, err);
}
