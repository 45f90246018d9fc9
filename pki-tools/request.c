/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking a request in: form, proof of possession, and no wishes beyond key and
 * subject. What is refused is named, never silently left out. RFC 2986.
 */
#include "bytes.h"
#include "der.h"
#include "pki_issue.h"
#include "pki_names.h"

static const struct {
	const char *oid, *name;
} wishes[] = {
	{ "2.5.29.14", "subjectKeyIdentifier" },
	{ "2.5.29.15", "keyUsage" },
	{ "2.5.29.17", "subjectAltName" },
	{ "2.5.29.19", "basicConstraints" },
	{ "2.5.29.30", "nameConstraints" },
	{ "2.5.29.32", "certificatePolicies" },
	{ "2.5.29.37", "extKeyUsage" },
};

static enum dv_exit
refuse(const char *what, enum dv_reason reason, const struct dv_at *at,
    struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NO, "%s: %s at %s (%s: %s)", what,
	    dv_reason_text(reason), dv_field_name(at->field),
	    dv_reason_name(reason), dv_reason_rule(reason));
}

struct dv_bytes
pki_request_r(const struct dv_csr *csr, uint8_t room[2 * PKI_R_ROOM])
{
	size_t half = csr->key.type == DV_KEY_P256 ? 32 :
	    csr->key.type == DV_KEY_P384 ? PKI_R_ROOM : 0;

	if (half == 0 || dv_der_ecdsa(csr->signature, half, room) != DV_R_NONE)
		return (struct dv_bytes){ NULL, 0 };
	return (struct dv_bytes){ room, half };
}

/* The attributes of a request whose form has been checked. */
static enum dv_reason
attributes(const struct dv_csr *csr, struct dv_der *out, struct dv_at *at)
{
	struct dv_der in = dv_der_start(csr->info, DV_F_REQUEST, at);
	struct dv_der info;
	struct dv_element skipped;
	enum dv_reason reason = dv_der_enter(&in, DER_SEQUENCE, &info);

	/* version, subject, subjectPKInfo */
	for (int i = 0; reason == DV_R_NONE && i < 3; i++)
		reason = dv_der_any(&info, &skipped);
	if (reason == DV_R_NONE)
		reason = dv_der_enter(&info, DER_CONTEXT_CONS(0), out);
	return reason;
}

/* The list of extensions asked for, which may be empty. */
static enum dv_reason
wish_list(struct dv_der *in, struct dv_der *list)
{
	struct dv_der attribute, values;
	struct dv_bytes oid;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &attribute);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&attribute, &oid);
	if (reason == DV_R_NONE)
		reason = dv_der_enter(&attribute, DER_SET, &values);
	return reason == DV_R_NONE ?
	    dv_der_enter(&values, DER_SEQUENCE, list) : reason;
}

static bool
is_alt_name(struct dv_bytes oid)
{
	static const uint8_t alt_name[] = { 0x55, 0x1d, 0x11 };

	return dv_bytes_equal(oid, DV_BYTES(alt_name));
}

/* The first wish that no profile grants; *oid is empty when there is none. */
static enum dv_reason
first_refused(struct dv_der *in, bool alt, struct dv_bytes *oid)
{
	struct dv_der list, extension;
	enum dv_reason reason = wish_list(in, &list);

	*oid = (struct dv_bytes){ NULL, 0 };
	while (reason == DV_R_NONE && !dv_der_empty(&list)) {
		reason = dv_der_enter(&list, DER_SEQUENCE, &extension);
		if (reason == DV_R_NONE)
			reason = dv_der_oid(&extension, oid);
		if (reason != DV_R_NONE || !alt || !is_alt_name(*oid))
			return reason;
		*oid = (struct dv_bytes){ NULL, 0 };
	}
	return reason;
}

/* An attribute without a list asks for nothing, but it is there. */
static enum dv_exit
refuse_wish(struct dv_bytes oid, struct dv_err *err)
{
	char text[128] = "";
	const char *name = text;
	enum dv_exit exit;

	dv_oid_text(oid, text, sizeof(text));
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		uint8_t known[16];
		size_t len = dv_oid_parse(wishes[i].oid, known, sizeof(known));

		if (dv_bytes_equal(oid, (struct dv_bytes){ known, len }))
			name = wishes[i].name;
	}
	exit = dv_fail(err, DV_EXIT_NO, "refused: the request asks for the "
	    "extension %s", name);
	return dv_hint(err, exit, "a request brings a key and a subject; "
	    "everything else is the profile's: make it without extensions");
}

/* profile: NULL when nothing at all is granted. */
static enum dv_exit
check_wishes(const struct dv_csr *csr, const struct pki_profile *profile,
    struct dv_err *err)
{
	struct dv_at at = { .field = DV_F_ATTRIBUTES };
	struct dv_der in;
	struct dv_bytes oid = { NULL, 0 };
	bool alt = profile != NULL && profile->alt_from_request != 0;
	enum dv_reason reason = attributes(csr, &in, &at);

	if (reason == DV_R_NONE && dv_der_empty(&in))
		return DV_EXIT_YES;
	if (reason == DV_R_NONE)
		reason = first_refused(&in, alt, &oid);
	if (reason != DV_R_NONE)
		return refuse("the request cannot be read", reason, &at, err);
	if (oid.len != 0 || !alt)
		return refuse_wish(oid, err);
	return pki_alt_check_request(csr->ext.subject_alt_name, profile, err);
}

static enum dv_exit
read_proved(struct dv_bytes der, struct dv_csr *out, struct dv_err *err)
{
	struct dv_at at;
	enum dv_exit exit;
	enum dv_reason reason = dv_csr_parse(der, out, &at);

	if (reason != DV_R_NONE) {
		exit = refuse("this is not a certificate request that can be "
		    "taken", reason, &at, err);
		return dv_hint(err, exit, "a request is made by `devsign "
		    "request` or `openssl req -new`");
	}
	reason = dv_csr_prove(out, &at);
	if (reason != DV_R_NONE) {
		exit = refuse("refused", reason, &at, err);
		return dv_hint(err, exit, "the request was changed, or made "
		    "without the private key; have it made anew on the device");
	}
	return DV_EXIT_YES;
}

enum dv_exit
pki_request_read(struct dv_bytes der, struct dv_csr *out, struct dv_err *err)
{
	enum dv_exit exit = read_proved(der, out, err);

	return exit == DV_EXIT_YES ? check_wishes(out, NULL, err) : exit;
}

enum dv_exit
pki_request_take(struct dv_bytes der, const struct pki_profile *profile,
    struct dv_csr *out, struct dv_err *err)
{
	enum dv_exit exit = read_proved(der, out, err);

	return exit == DV_EXIT_YES ? check_wishes(out, profile, err) : exit;
}
