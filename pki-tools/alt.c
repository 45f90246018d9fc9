/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * subjectAltName: writing the names that a CA puts there, and judging whether a
 * profile permits them. Nothing is left out: a name is written or refused.
 * RFC 5280 4.2.1.6, RFC 4108 5, RFC 4043 2.
 */
#include <arpa/inet.h>
#include <string.h>

#include "bytes.h"
#include "der.h"
#include "ds_der.h"
#include "ext.h"
#include "host/text.h"
#include "host_name.h"
#include "pki_names.h"

#define NAME_ROOM 1024
#define MAX_URI 512
#define MAX_REVISION 64		/* characters, as in the TCG's attributes */

#define HARDWARE_MODULE_NAME "1.3.6.1.5.5.7.8.4"
#define PERMANENT_IDENTIFIER "1.3.6.1.5.5.7.8.3"
#define PLATFORM_MODEL "2.23.133.5.1.4"		/* of the TCG */
#define PLATFORM_VERSION "2.23.133.5.1.5"

static const struct {
	unsigned bit;
	const char *name;
} types[] = {
	{ PKI_ALT_DNS, "dNSName" },
	{ PKI_ALT_IP, "iPAddress" },
	{ PKI_ALT_URI, "uniformResourceIdentifier" },
	{ PKI_ALT_HARDWARE, "hardwareModuleName" },
	{ PKI_ALT_PERMANENT, "permanentIdentifier" },
	{ PKI_ALT_PLATFORM, "directoryName" },
};

static const char *
type_name(unsigned bit)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].bit == bit)
			return types[i].name;
	}
	return "a name of another type";
}

static enum dv_exit
take(const struct ds_der *w, struct dv_buf *out, struct dv_err *err)
{
	struct dv_bytes made = ds_der_done(w);

	if (made.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "refused: a name for "
		    "subjectAltName is too long");
	return dv_buf_add(out, made) ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NONE, "out of memory");
}

/* ---- by what a person wrote ----------------------------------------------- */

/* One host, by name; a device is not "*" (RFC 9525 6.3 lets it be). */
enum dv_exit
pki_alt_dns(struct dv_buf *out, const char *host, struct dv_err *err)
{
	uint8_t room[NAME_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	struct dv_bytes text = dv_text_bytes(host);

	if (!dv_host_valid(text) || dv_host_is_address(text) ||
	    strchr(host, '_') != NULL)
		return dv_fail(err, DV_EXIT_NO, "refused: \"%.64s\" is not the "
		    "name of a host (RFC 1034 3.5)", host);
	ds_der_text(&w, DER_CONTEXT(DV_NAME_DNS), host);
	return take(&w, out, err);
}

enum dv_exit
pki_alt_ip(struct dv_buf *out, const char *address, struct dv_err *err)
{
	uint8_t room[32], octets[16];
	struct ds_der w = ds_der_start(room, sizeof(room));
	size_t len = inet_pton(AF_INET, address, octets) == 1 ? 4 :
	    inet_pton(AF_INET6, address, octets) == 1 ? 16 : 0;

	if (len == 0)
		return dv_fail(err, DV_EXIT_NO, "refused: \"%.64s\" is not an "
		    "IPv4 or IPv6 address", address);
	ds_der_element(&w, DER_CONTEXT(DV_NAME_IP),
	    (struct dv_bytes){ octets, len });
	return take(&w, out, err);
}

/* RFC 3986 3: a scheme, a colon, something; no blanks, 7 bits. */
enum dv_exit
pki_alt_uri(struct dv_buf *out, const char *uri, struct dv_err *err)
{
	uint8_t room[NAME_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	size_t scheme = strspn(uri, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
	    "pqrstuvwxyz0123456789+-.");
	struct dv_bytes text = dv_text_bytes(uri);

	if (scheme == 0 || uri[scheme] != ':' || uri[scheme + 1] == '\0' ||
	    text.len > MAX_URI || dv_ia5_prefix(text) != text.len ||
	    strpbrk(uri, " \"<>\\^`{|}") != NULL)
		return dv_fail(err, DV_EXIT_NO, "refused: \"%.64s\" is not a "
		    "URI with a scheme (RFC 3986)", uri);
	ds_der_text(&w, DER_CONTEXT(DV_NAME_URI), uri);
	return take(&w, out, err);
}

/* ---- by the profile ------------------------------------------------------- */

/* OtherName: its type, then the value in [0]. */
static void
other_begin(struct ds_der *w, const char *oid)
{
	ds_der_begin(w, DER_CONTEXT_CONS(DV_NAME_OTHER));
	ds_der_oid_text(w, oid);
	ds_der_begin(w, DER_CONTEXT_CONS(0));
	ds_der_begin(w, DER_SEQUENCE);
}

static void
other_end(struct ds_der *w)
{
	ds_der_end(w);
	ds_der_end(w);
	ds_der_end(w);
}

static void
put_attribute(struct ds_der *w, const char *oid, const char *value)
{
	if (value == NULL)
		return;
	ds_der_begin(w, DER_SET);
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, oid);
	ds_der_text(w, DER_UTF8_STRING, value);
	ds_der_end(w);
	ds_der_end(w);
}

static void
put_platform(struct ds_der *w, const struct pki_device *device)
{
	ds_der_begin(w, DER_CONTEXT_CONS(DV_NAME_DIRECTORY));
	ds_der_begin(w, DER_SEQUENCE);
	put_attribute(w, PLATFORM_MODEL, device->model);
	put_attribute(w, PLATFORM_VERSION, device->hardware_revision);
	ds_der_end(w);
	ds_der_end(w);
}

static enum dv_exit
no_place(const struct pki_profile *profile, const char *what,
    struct dv_err *err)
{
	enum dv_exit exit = dv_fail(err, DV_EXIT_NO, "refused: profile %s has "
	    "no place for %s", profile->name, what);

	if (profile->alt_is_hardware)
		return dv_hint(err, exit, "its subjectAltName stands with a "
		    "hardwareModuleName: give it a hw-type in profiles.ini");
	return dv_hint(err, exit, "a profile in profiles.ini can have one: "
	    "subject-alt-names with platform, firmware-version = yes");
}

/* What a label on a device can show. */
static enum dv_exit
check_text(const char *what, const char *text, struct dv_err *err)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (text == NULL)
		return DV_EXIT_YES;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~')
			return dv_fail(err, DV_EXIT_NO, "refused: a %s with a "
			    "character that is not printable ASCII", what);
	}
	return len > 0 && len <= MAX_REVISION && text[0] != ' ' &&
	    text[len - 1] != ' ' ? DV_EXIT_YES :
	    dv_fail(err, DV_EXIT_NO, "refused: a %s of %zu characters; 1 to %d "
	    "with no blank at an end are permitted", what, len, MAX_REVISION);
}

static enum dv_exit
check_device(const struct pki_profile *profile,
    const struct pki_device *device, bool platform, struct dv_err *err)
{
	enum dv_exit exit;

	if (device->hardware_revision != NULL && !platform)
		return no_place(profile, "a hardware revision", err);
	if (device->firmware_version != NULL && !profile->firmware)
		return no_place(profile, "a firmware version", err);
	exit = check_text("model", device->model, err);
	if (exit == DV_EXIT_YES)
		exit = check_text("hardware revision",
		    device->hardware_revision, err);
	if (exit == DV_EXIT_YES)
		exit = check_text("firmware version",
		    device->firmware_version, err);
	return exit;
}

enum dv_exit
pki_alt_device(struct dv_buf *out, const struct pki_profile *profile,
    struct dv_bytes identity, const struct pki_device *device,
    struct dv_err *err)
{
	uint8_t room[NAME_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	bool platform = (profile->alt & PKI_ALT_PLATFORM) != 0 &&
	    (!profile->alt_is_hardware || profile->hw_type != NULL);
	enum dv_exit exit = check_device(profile, device, platform, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (profile->hw_type != NULL) {
		other_begin(&w, HARDWARE_MODULE_NAME);
		ds_der_oid_text(&w, profile->hw_type);
		ds_der_element(&w, DER_OCTET_STRING, identity);
		other_end(&w);
	}
	if (profile->permanent) {
		other_begin(&w, PERMANENT_IDENTIFIER);
		ds_der_element(&w, DER_UTF8_STRING, identity);
		other_end(&w);
	}
	if (platform && (device->model != NULL ||
	    device->hardware_revision != NULL))
		put_platform(&w, device);
	return w.len == 0 && !w.failed ? DV_EXIT_YES : take(&w, out, err);
}

/* ---- judging -------------------------------------------------------------- */

static bool
is_oid(struct dv_bytes oid, const char *dotted)
{
	uint8_t known[16];
	size_t len = dv_oid_parse(dotted, known, sizeof(known));

	return dv_bytes_equal(oid, (struct dv_bytes){ known, len });
}

/* A form that the reader has checked: type-id first. */
static unsigned
other_type(struct dv_bytes value)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(value, DV_F_SUBJECT_ALT_NAME, &at);
	struct dv_bytes oid;

	if (dv_der_oid(&in, &oid) != DV_R_NONE)
		return 0;
	return is_oid(oid, HARDWARE_MODULE_NAME) ? PKI_ALT_HARDWARE :
	    is_oid(oid, PERMANENT_IDENTIFIER) ? PKI_ALT_PERMANENT : 0;
}

static unsigned
type_of(const struct dv_element *name)
{
	switch (dv_general_name_choice(name->tag)) {
	case DV_NAME_DNS:
		return PKI_ALT_DNS;
	case DV_NAME_IP:
		return PKI_ALT_IP;
	case DV_NAME_URI:
		return PKI_ALT_URI;
	case DV_NAME_DIRECTORY:
		return PKI_ALT_PLATFORM;
	case DV_NAME_OTHER:
		return other_type(name->value);
	default:
		return 0;
	}
}

/* Names, and what is permitted of them. */
struct judged {
	struct dv_bytes alt;
	const struct pki_profile *profile;
	unsigned permitted;		/* PKI_ALT_* */
	const char *who;		/* "" or "the request asks for " */
	unsigned found;
};

/* A host's name as pki_alt_dns() takes it. */
static bool
odd_host(const struct dv_element *name)
{
	return type_of(name) == PKI_ALT_DNS && (!dv_host_valid(name->value) ||
	    dv_host_is_address(name->value));
}

static enum dv_exit
check_name(struct judged *j, const struct dv_element *name,
    struct dv_err *err)
{
	unsigned type = type_of(name);
	enum dv_exit exit;

	j->found |= type;
	if ((type & j->permitted) == 0) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: %s%s in "
		    "subjectAltName, which profile %s does not let it have",
		    j->who, type_name(type), j->profile->name);
		return dv_hint(err, exit, "docs/PROFILES.md and `pki-issue "
		    "profiles` say what each profile permits");
	}
	if (odd_host(name))
		return dv_fail(err, DV_EXIT_NO, "refused: %sa dNSName that is "
		    "not the name of one host: \"%.*s\"", j->who,
		    name->value.len > 64 ? 64 : (int)name->value.len,
		    (const char *)name->value.ptr);
	return DV_EXIT_YES;
}

static enum dv_exit
check_types(struct judged *j, struct dv_err *err)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(j->alt, DV_F_SUBJECT_ALT_NAME, &at);
	struct dv_element name;
	enum dv_exit exit = DV_EXIT_YES;

	while (exit == DV_EXIT_YES && !dv_der_empty(&in)) {
		if (dv_general_name_read(&in, &name) != DV_R_NONE)
			return dv_fail(err, DV_EXIT_NO, "refused: "
			    "subjectAltName cannot be read");
		exit = check_name(j, &name, err);
	}
	return exit;
}

enum dv_exit
pki_alt_check(struct dv_bytes alt, const struct pki_profile *profile,
    struct dv_err *err)
{
	struct judged j = { alt, profile, profile->alt, "", 0 };
	enum dv_exit exit = check_types(&j, err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (profile->alt_needed && alt.len == 0) {
		exit = dv_fail(err, DV_EXIT_NO, "refused: no name in "
		    "subjectAltName, which profile %s demands", profile->name);
		return dv_hint(err, exit, "give it with --dns or --ip, or "
		    "have it in the request");
	}
	if (profile->alt_is_hardware && alt.len != 0 &&
	    (j.found & PKI_ALT_HARDWARE) == 0)
		return no_place(profile, "a subjectAltName without "
		    "hardwareModuleName", err);
	return DV_EXIT_YES;
}

enum dv_exit
pki_alt_check_request(struct dv_bytes alt, const struct pki_profile *profile,
    struct dv_err *err)
{
	struct judged j = { alt, profile, profile->alt_from_request,
	    "the request asks for ", 0 };

	return check_types(&j, err);
}
