/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an order adds to its profile: whether the profile lets it, and whether a
 * certificate on record says the same. RFC 5280 4.2.1.
 */
#include "extra.h"

#include <string.h>

#include "bytes.h"
#include "der.h"
#include "pki_names.h"

#define VALUE_ROOM 4096

static enum dv_exit
check_purposes(const struct pki_order *order, struct dv_err *err)
{
	const char *list = order->extra.eku, *word;
	const char *choice = order->profile->eku_choice;
	char oid[64];
	size_t len;

	while ((len = pki_word_next(&list, &word)) > 0) {
		if (len < sizeof(oid)) {
			memcpy(oid, word, len);
			oid[len] = '\0';
		}
		if (len >= sizeof(oid) || !pki_word_in(choice, oid))
			return dv_fail(err, DV_EXIT_NO, "refused: purpose "
			    "%.*s; profile %s lets one choose from: %s",
			    (int)len, word, order->profile->name,
			    choice == NULL ? "nothing" : choice);
	}
	return DV_EXIT_YES;
}

static enum dv_exit
check_issuer_key(const struct pki_profile *profile,
    const struct dv_cert *issuer, struct dv_err *err)
{
	if (!profile->issuer_key_too || issuer == NULL ||
	    (profile->key_types & PKI_KEY_BIT(issuer->key.type)) != 0)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "refused: the issuer has a key of "
	    "type %s; profile %s is not for it",
	    dv_key_type_name(issuer->key.type), profile->name);
}

enum dv_exit
pki_authorised_check(const struct dv_cert *issuer, int64_t batch,
    struct dv_err *err)
{
	enum dv_exit exit;

	if (issuer == NULL || batch != 0 ||
	    !dv_cert_has(issuer, DV_EXT_AUTHORISED_ONLY))
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NO, "refused: by its certificate this CA "
	    "issues by authorisation only, and this would be outside every "
	    "batch");
	return dv_hint(err, exit, "have the CA above make an authorisation "
	    "(pki-init authorise), also for one device, and use: pki-issue "
	    "batch --authorisation FILE");
}

/* No CA below one that is bound: it would not be, and certify anything. */
static enum dv_exit
check_authorised(const struct pki_order *order, const struct dv_cert *issuer,
    bool below, struct dv_err *err)
{
	if (order->profile->ca && issuer != NULL &&
	    dv_cert_has(issuer, DV_EXT_AUTHORISED_ONLY))
		return dv_fail(err, DV_EXIT_NO, "refused: by its certificate "
		    "this CA issues by authorisation only, and certifies no "
		    "CA");
	if (!order->extra.authorised_only)
		return DV_EXIT_YES;
	if (!below)
		return dv_fail(err, DV_EXIT_NO, "refused: authorised only; "
		    "profile %s has no CA above that could authorise",
		    order->profile->name);
	if (order->path_len == 0)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "refused: authorised only, and a path "
	    "length other than 0: a CA below it would not be bound");
}

enum dv_exit
pki_extra_check(const struct pki_order *order, const struct dv_cert *issuer,
    struct dv_err *err)
{
	const struct pki_profile *profile = order->profile;
	bool below = profile->ca && !profile->self_signed;
	enum dv_exit exit = check_issuer_key(profile, issuer, err);

	if (exit == DV_EXIT_YES)
		exit = pki_alt_check(order->extra.alt, profile, err);
	if (exit == DV_EXIT_YES)
		exit = check_purposes(order, err);
	if (exit == DV_EXIT_YES)
		exit = check_authorised(order, issuer, below, err);
	if (exit == DV_EXIT_YES)
		exit = pki_authorised_check(issuer, order->batch, err);
	if (exit != DV_EXIT_YES)
		return exit;
	if (order->extra.constraints.len != 0 && !below)
		return dv_fail(err, DV_EXIT_NO, "refused: name constraints; "
		    "profile %s has none", profile->name);
	if (order->extra.policies != NULL && !below)
		return dv_fail(err, DV_EXIT_NO, "refused: policies of an "
		    "order; profile %s states its own", profile->name);
	if (order->extra.firmware != NULL && !profile->firmware)
		return dv_fail(err, DV_EXIT_NO, "refused: a firmware version; "
		    "profile %s has no place for it", profile->name);
	return DV_EXIT_YES;
}

/* ---- once more ------------------------------------------------------------ */

static bool
same_value(const struct dv_cert *cert, enum dv_ext ext,
    const struct ds_der *wanted)
{
	struct dv_bytes value = ds_der_done(wanted);

	if (value.len == 0)
		return !wanted->failed && !dv_cert_has(cert, ext);
	return dv_cert_has(cert, ext) &&
	    dv_bytes_equal(cert->ext.value[ext], value);
}

static bool
same_sequence(const struct dv_cert *cert, enum dv_ext ext,
    struct dv_bytes contents)
{
	uint8_t room[VALUE_ROOM];
	struct ds_der w = ds_der_start(room, sizeof(room));

	if (contents.len != 0)
		ds_der_element(&w, DER_SEQUENCE, contents);
	return same_value(cert, ext, &w);
}

/* The firmware's extension as it is written, or its OID alone for none. */
static bool
same_firmware(const struct dv_cert *cert, const struct pki_tbs *tbs)
{
	uint8_t room[256];
	struct ds_der w = ds_der_start(room, sizeof(room));
	struct dv_bytes part;
	bool found;

	if (tbs->extra.firmware != NULL)
		pki_tbs_firmware(&w, tbs);
	else
		ds_der_oid_text(&w, PKI_TCB_INFO);
	part = ds_der_done(&w);
	found = part.len != 0 &&
	    memmem(cert->tbs.ptr, cert->tbs.len, part.ptr, part.len) != NULL;
	return found == (tbs->extra.firmware != NULL);
}

bool
pki_extra_same(const struct pki_order *order, const struct dv_cert *cert,
    const char **what)
{
	const struct pki_tbs tbs = { .profile = order->profile,
	    .extra = order->extra };
	uint8_t room[VALUE_ROOM];
	struct ds_der purposes = ds_der_start(room, sizeof(room));

	*what = "subjectAltName";
	if (!same_sequence(cert, DV_EXT_SUBJECT_ALT_NAME, order->extra.alt))
		return false;
	*what = "nameConstraints";
	if (!same_sequence(cert, DV_EXT_NAME_CONSTRAINTS,
	    order->extra.constraints))
		return false;
	*what = "extKeyUsage";
	pki_tbs_purposes(&purposes, &tbs);
	if (!same_value(cert, DV_EXT_EXT_KEY_USAGE, &purposes))
		return false;
	*what = "certificatePolicies";
	purposes = ds_der_start(room, sizeof(room));
	pki_tbs_policies(&purposes, &tbs);
	if (!same_value(cert, DV_EXT_CERTIFICATE_POLICIES, &purposes))
		return false;
	*what = "authorisedOnly";
	if (dv_cert_has(cert, DV_EXT_AUTHORISED_ONLY) !=
	    order->extra.authorised_only)
		return false;
	*what = "firmware version";
	return same_firmware(cert, &tbs);
}
