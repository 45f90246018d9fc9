/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking a request in: form, proof of possession, and no wishes beyond key and
 * subject. What is refused is named, never silently left out. RFC 2986.
 */
#include "bytes.h"
#include "der.h"
#include "extra.h"
#include "pki_names.h"

/* Room for the extensions of a CA's certificate. */
#define EXTENSIONS_ROOM 16384

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

/* The name of an extension, or its OID in room. */
static const char *
wish_name(struct dv_bytes oid, char *room, size_t cap)
{
	dv_oid_text(oid, room, cap);
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		uint8_t known[16];
		size_t len = dv_oid_parse(wishes[i].oid, known, sizeof(known));

		if (dv_bytes_equal(oid, (struct dv_bytes){ known, len }))
			return wishes[i].name;
	}
	return room;
}

/* An attribute without a list asks for nothing, but it is there. */
static enum dv_exit
refuse_wish(struct dv_bytes oid, struct dv_err *err)
{
	char text[128] = "";
	enum dv_exit exit = dv_fail(err, DV_EXIT_NO, "refused: the request "
	    "asks for the extension %s", wish_name(oid, text, sizeof(text)));

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

/* ---- a CA's ---------------------------------------------------------------- */

enum dv_exit
pki_request_prove(struct dv_bytes der, struct dv_csr *out,
    struct dv_err *err)
{
	return read_proved(der, out, err);
}

/* Does one of these extensions have just these octets? list by value: each
 * search begins at its front. */
static bool
has_extension(struct dv_der list, struct dv_bytes wish)
{
	struct dv_element one;

	while (!dv_der_empty(&list) && dv_der_any(&list, &one) == DV_R_NONE) {
		if (dv_bytes_equal(one.whole, wish))
			return true;
	}
	return false;
}

static enum dv_exit
refuse_other(struct dv_bytes extension, struct dv_err *err)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(extension, DV_F_EXTENSION, &at);
	struct dv_bytes oid = { NULL, 0 };
	char text[128] = "";
	enum dv_exit exit;

	if (dv_der_oid(&in, &oid) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "refused: the request asks for "
		    "an extension that cannot be read");
	exit = dv_fail(err, DV_EXIT_NO, "refused: the request asks for the "
	    "extension %s, which the certificate will not have so",
	    wish_name(oid, text, sizeof(text)));
	return dv_hint(err, exit, "a CA's request may only repeat what profile "
	    "and options say, octet by octet: make it without extensions, or "
	    "change the options");
}

/* Each wish in turn, beside what will be written. */
static enum dv_exit
compare(const struct dv_csr *csr, struct dv_der written, struct dv_err *err)
{
	struct dv_at at = { .field = DV_F_ATTRIBUTES };
	struct dv_der in, list;
	struct dv_element wish;
	enum dv_reason reason = attributes(csr, &in, &at);

	if (reason == DV_R_NONE && dv_der_empty(&in))
		return DV_EXIT_YES;
	if (reason == DV_R_NONE)
		reason = wish_list(&in, &list);
	while (reason == DV_R_NONE && !dv_der_empty(&list)) {
		reason = dv_der_any(&list, &wish);
		if (reason == DV_R_NONE && !has_extension(written, wish.whole))
			return refuse_other(wish.value, err);
	}
	return reason == DV_R_NONE ? DV_EXIT_YES :
	    refuse("the request cannot be read", reason, &at, err);
}

enum dv_exit
pki_request_agrees(const struct dv_csr *csr, const struct pki_order *order,
    const struct dv_cert *issuer, struct dv_err *err)
{
	uint8_t room[EXTENSIONS_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));
	const struct pki_tbs tbs = {
		.profile = order->profile,
		.key = order->key,
		.path_len = order->path_len,
		.subject_key_id = order->subject_key_id,
		.issuer_key_id = issuer == NULL ?
		    (struct dv_bytes){ NULL, 0 } : issuer->ext.subject_key_id,
		.extra = order->extra,
	};
	struct dv_at at;
	struct dv_der in, outer, list;

	pki_tbs_extensions(&w, &tbs);
	in = dv_der_start(ds_der_done(&w), DV_F_EXTENSIONS, &at);
	if (dv_der_enter(&in, DER_CONTEXT_CONS(3), &outer) != DV_R_NONE ||
	    dv_der_enter(&outer, DER_SEQUENCE, &list) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "refused: the certificate "
		    "would be too large");
	return compare(csr, list, err);
}
