/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparing what was demanded with what an accepted envelope says. Never makes
 * anything acceptable, only refuses. docs/FORMAT.md; RFC 5280 4.2.1.6.
 */
#include "dv_demand.h"

#include <string.h>

#include "at.h"
#include "built.h"
#include "bytes.h"
#include "der.h"
#include "ext.h"
#include "version_order.h"

static struct dv_bytes
text_bytes(const char *text)
{
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) };
}

/* Refuses with both values; `found` may be a word of ours. */
static enum dv_reason
differs(struct dv_at *at, enum dv_reason reason, enum dv_field field,
    struct dv_bytes wanted, struct dv_value found)
{
	(void)dv_fail_at(at, reason, field, DV_NO_OFFSET);
	dv_wanted(at, dv_octets(DV_VALUE_UTF8, wanted));
	dv_found(at, found);
	return reason;
}

static struct dv_value
found_text(struct dv_bytes text)
{
	return text.len > 0 ? dv_octets(DV_VALUE_UTF8, text) :
	    dv_text("nothing");
}

/* ---- claims ---- */

/* Those that have a place of their own. */
static struct dv_bytes
own_claim(const struct dv_sign1 *s, struct dv_bytes key, enum dv_field *field)
{
	const struct {
		const char *key;
		struct dv_bytes value;
		enum dv_field field;
	} own[] = {
		{ "name", s->sub, DV_F_CLAIM_SUB },
		{ "version", s->version, DV_F_CLAIM_VERSION },
		{ "type", s->preimage_type, s->attached ?
		    DV_F_HEADER_CONTENT_TYPE : DV_F_HEADER_PREIMAGE_TYPE },
		{ "device", s->device, DV_F_CLAIM_DEVICE },
		{ "model", s->model, DV_F_CLAIM_MODEL },
		{ "iss", s->iss, DV_F_CLAIM_ISS },
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (!dv_bytes_equal_text(key, own[i].key))
			continue;
		*field = own[i].field;
		return own[i].value;
	}
	*field = DV_F_CLAIM_OTHER;
	return (struct dv_bytes){ NULL, 0 };
}

static bool
free_claim(const struct dv_sign1 *s, struct dv_bytes key, struct dv_claim *out)
{
	struct dv_bytes rest = s->claims;

	while (dv_sign1_claim_next(s, &rest, out)) {
		if (dv_bytes_equal(out->key, key))
			return true;
	}
	return false;
}

/*
 * Is it this number, in the one way to write it in decimal digits? No division:
 * one of 64 bits is a large function where the processor has none. 19 digits,
 * as many as an int64_t has, are no overflow.
 */
static bool
is_decimal_of(struct dv_bytes text, int64_t number)
{
	const size_t first = number < 0 ? 1 : 0;
	uint64_t value = 0;

	if (text.len <= first || text.len > first + 19 ||
	    (number < 0 && text.ptr[0] != '-') ||
	    (text.ptr[first] == '0' && text.len > first + 1))
		return false;
	for (size_t i = first; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	return value == (number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* Are these the octets that the text has in lower-case hex? */
static bool
is_hex_of(struct dv_bytes text, struct dv_bytes octets)
{
	static const char digits[] = "0123456789abcdef";
	bool same = text.len == 2 * octets.len;

	for (size_t i = 0; same && i < octets.len; i++)
		same = text.ptr[2 * i] == digits[octets.ptr[i] >> 4] &&
		    text.ptr[2 * i + 1] == digits[octets.ptr[i] & 15];
	return same;
}

static bool
claim_is(const struct dv_claim *claim, struct dv_bytes wanted)
{
	switch (claim->kind) {
	case DV_CLAIM_TEXT:
		return claim->value.len > 0 &&
		    dv_bytes_equal(claim->value, wanted);
	case DV_CLAIM_BYTES:
		return is_hex_of(wanted, claim->value);
	case DV_CLAIM_INT:
		return is_decimal_of(wanted, claim->number);
	case DV_CLAIM_BOOL:
		return dv_bytes_equal_text(wanted,
		    claim->number != 0 ? "true" : "false");
	}
	return false;
}

static struct dv_value
claim_found(const struct dv_claim *claim)
{
	if (claim->kind == DV_CLAIM_TEXT)
		return found_text(claim->value);
	if (claim->kind == DV_CLAIM_BYTES)
		return dv_octets(DV_VALUE_BYTES, claim->value);
	if (claim->kind == DV_CLAIM_INT)
		return dv_number(claim->number);
	return dv_text(claim->number != 0 ? "true" : "false");
}

static enum dv_reason
claim_check(const struct dv_sign1 *s, const struct dv_demand *demand,
    struct dv_at *at)
{
	enum dv_field field;
	struct dv_claim claim = { .kind = DV_CLAIM_TEXT };

	claim.value = own_claim(s, demand->key, &field);
	if (field == DV_F_CLAIM_OTHER && !free_claim(s, demand->key, &claim))
		return differs(at, DV_R_CLAIM_DEMANDED, field, demand->value,
		    dv_text("no such claim"));
	if (claim_is(&claim, demand->value))
		return DV_R_NONE;
	return differs(at, DV_R_CLAIM_DEMANDED, field, demand->value,
	    claim_found(&claim));
}

enum dv_version_scheme
dv_version_scheme(struct dv_bytes version)
{
	if (dv_version_valid(DV_VERSION_DECIMAL, version))
		return DV_VERSION_DECIMAL;
	return dv_version_valid(DV_VERSION_SEMVER, version) ?
	    DV_VERSION_SEMVER : DV_VERSION_NONE;
}

static enum dv_reason
version_check(const struct dv_sign1 *s, struct dv_bytes wanted,
    struct dv_at *at)
{
	const enum dv_version_scheme scheme = dv_version_scheme(wanted);
	enum dv_reason reason = DV_R_VERSION_TOO_OLD;

	if (s->scheme == DV_VERSION_NONE)
		reason = DV_R_CLAIM_DEMANDED;
	else if (scheme != s->scheme)
		reason = DV_R_VERSION_SCHEME;
	else if (dv_version_order(scheme, s->version, wanted) >= 0)
		return DV_R_NONE;
	(void)differs(at, reason, DV_F_CLAIM_VERSION, wanted,
	    found_text(s->version));
	dv_wanted_as(at, "wanted at least", dv_octets(DV_VALUE_UTF8, wanted));
	return reason;
}

/* ---- signer ---- */

static enum dv_reason
signer_name_check(const struct dv_cert *leaf, struct dv_bytes wanted,
    struct dv_at *at)
{
	static const char cut[] = "...";
	const size_t end = sizeof(cut) - 1;
	char text[DV_DEMANDED_NAME + sizeof(cut)];

	dv_name_text(leaf->subject, text, sizeof(text));
	/* A name that was cut to fit is nobody's; of a shorter one than the mark
	 * the end is nothing. */
	if (dv_bytes_equal_text(wanted, text) &&
	    !dv_bytes_equal_text(dv_bytes_cut(wanted, wanted.len - end, end),
	    cut))
		return DV_R_NONE;
	return differs(at, DV_R_SIGNER_DEMANDED, DV_F_SUBJECT, wanted,
	    dv_octets(DV_VALUE_NAME, leaf->subject));
}

/* RFC 4343: the names of DNS know no case. */
static bool
equal_name(struct dv_bytes a, struct dv_bytes b, bool any_case)
{
	bool same = a.len == b.len;

	for (size_t i = 0; same && i < a.len; i++) {
		uint8_t x = a.ptr[i], y = b.ptr[i];

		if (any_case && x >= 'A' && x <= 'Z')
			x |= 0x20;
		if (any_case && y >= 'A' && y <= 'Z')
			y |= 0x20;
		same = x == y;
	}
	return same;
}

/* "DNS:a.example" and the like against one name of a certificate. */
static bool
is_named(const struct dv_element *name, struct dv_bytes wanted)
{
	static const struct {
		const char *kind;
		int choice;
	} kinds[] = {
		{ "DNS:", DV_NAME_DNS }, { "email:", DV_NAME_EMAIL },
		{ "URI:", DV_NAME_URI },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const size_t len = strlen(kinds[i].kind);

		if (wanted.len > len &&
		    dv_bytes_equal(dv_bytes_cut(wanted, 0, len),
		    text_bytes(kinds[i].kind)) &&
		    dv_general_name_choice(name->tag) == kinds[i].choice)
			return equal_name(dv_bytes_cut(wanted, len,
			    wanted.len - len), name->value,
			    kinds[i].choice == DV_NAME_DNS);
	}
	return false;
}

static enum dv_reason
signer_san_check(const struct dv_cert *leaf, struct dv_bytes wanted,
    struct dv_at *at)
{
	struct dv_der in = dv_der_start(leaf->ext.subject_alt_name,
	    DV_F_SUBJECT_ALT_NAME, at);
	struct dv_element name;

	while (!dv_der_empty(&in) && dv_general_name_read(&in, &name) ==
	    DV_R_NONE) {
		if (is_named(&name, wanted))
			return DV_R_NONE;
	}
	return differs(at, DV_R_SIGNER_DEMANDED, DV_F_SUBJECT_ALT_NAME, wanted,
	    dv_text(leaf->ext.subject_alt_name.len > 0 ? "other names" :
	    "nothing"));
}

/* The digest that was found is on no stack but this one: it is not shown. */
static enum dv_reason
signer_key_check(const struct dv_cert *leaf, struct dv_bytes wanted,
    struct dv_at *at)
{
	uint8_t digest[DV_MAX_DIGEST];
	const size_t len = dv_hash_once(DV_HASH_SHA256, leaf->key.spki, digest);

	if (len == 0)
		return dv_fail_at(at, DV_R_INTERNAL, DV_F_SPKI, DV_NO_OFFSET);
	if (dv_bytes_equal(wanted, (struct dv_bytes){ digest, len }))
		return DV_R_NONE;
	(void)dv_fail_at(at, DV_R_SIGNER_DEMANDED, DV_F_SPKI, DV_NO_OFFSET);
	dv_wanted(at, dv_octets(DV_VALUE_BYTES, wanted));
	dv_found(at, dv_text("another key"));
	return DV_R_SIGNER_DEMANDED;
}

static enum dv_reason
signer_check(const struct dv_cert *leaf, const struct dv_demand *demand,
    struct dv_at *at)
{
	if (demand->kind == DV_DEMAND_SIGNER_NAME)
		return signer_name_check(leaf, demand->value, at);
	if (demand->kind == DV_DEMAND_SIGNER_SAN)
		return signer_san_check(leaf, demand->value, at);
	return signer_key_check(leaf, demand->value, at);
}

/* ---- who countersigned ---- */

/* The certificate of who made the i-th; false when that is the signer, who
 * confirms nothing. */
static bool
countersigner_read(const struct dv_sign1 *s, const struct dv_cert *leaf,
    size_t i, struct dv_cert *out)
{
	struct dv_sign1 one;
	struct dv_at unused;

	return dv_sign1_countersignature(s, i, &one, &unused) == DV_R_NONE &&
	    dv_cert_read(one.x5chain[0], out, &unused) == DV_R_NONE &&
	    !dv_key_same(&out->key, &leaf->key);
}

static enum dv_reason
countersigned_check(const struct dv_sign1 *s, const struct dv_cert *leaf,
    struct dv_bytes wanted, struct dv_at *at)
{
	struct dv_key keys[DV_MAX_COUNTERSIGNATURES];
	struct dv_cert cert;
	size_t count = 0;

	for (size_t i = 0; i < s->countersignatures; i++) {
		bool counts = countersigner_read(s, leaf, i, &cert);

		for (size_t k = 0; counts && k < count; k++)
			counts = !dv_key_same(&keys[k], &cert.key);
		if (counts)
			keys[count++] = cert.key;
	}
	if (wanted.len == 1 && wanted.ptr[0] > '0' &&
	    wanted.ptr[0] <= '0' + count)
		return DV_R_NONE;
	(void)differs(at, DV_R_COUNTERSIGNATURES_TOO_FEW,
	    DV_F_HEADER_COUNTERSIGNATURE, wanted, dv_number((int64_t)count));
	dv_wanted_as(at, "wanted at least", dv_octets(DV_VALUE_UTF8, wanted));
	return DV_R_COUNTERSIGNATURES_TOO_FEW;
}

/* One of them has to be who was demanded. */
static enum dv_reason
countersigner_check(const struct dv_sign1 *s, const struct dv_cert *leaf,
    const struct dv_demand *demand, struct dv_at *at)
{
	struct dv_cert cert;

	for (size_t i = 0; i < s->countersignatures; i++) {
		enum dv_reason reason = DV_R_SIGNER_DEMANDED;

		if (countersigner_read(s, leaf, i, &cert))
			reason = signer_check(&cert, demand, at);
		if (reason != DV_R_SIGNER_DEMANDED)
			return reason;
	}
	(void)differs(at, DV_R_COUNTERSIGNER_DEMANDED,
	    DV_F_HEADER_COUNTERSIGNATURE, demand->value,
	    dv_text(s->countersignatures > 0 ? "others" : "nobody"));
	if (demand->kind == DV_DEMAND_SIGNER_KEY)
		dv_wanted(at, dv_octets(DV_VALUE_BYTES, demand->value));
	return DV_R_COUNTERSIGNER_DEMANDED;
}

static enum dv_reason
demand_check(const struct dv_sign1 *s, const struct dv_cert *leaf,
    const struct dv_demand *demand, struct dv_at *at)
{
	if (demand->kind == DV_DEMAND_CLAIM)
		return claim_check(s, demand, at);
	if (demand->kind == DV_DEMAND_MIN_VERSION)
		return version_check(s, demand->value, at);
	if (!DV_HAS_SIGNERS)
		return dv_fail_at(at, DV_R_NOT_BUILT, DV_F_NONE, DV_NO_OFFSET);
	switch (demand->kind) {
	case DV_DEMAND_CLAIM:
	case DV_DEMAND_MIN_VERSION:
		break;
	case DV_DEMAND_SIGNER_NAME:
	case DV_DEMAND_SIGNER_SAN:
	case DV_DEMAND_SIGNER_KEY:
		return demand->countersigner ?
		    countersigner_check(s, leaf, demand, at) :
		    signer_check(leaf, demand, at);
	case DV_DEMAND_COUNTERSIGNED:
		return countersigned_check(s, leaf, demand->value, at);
	}
	return dv_fail_at(at, DV_R_INTERNAL, DV_F_NONE, DV_NO_OFFSET);
}

struct dv_verdict
dv_demands_check(const struct dv_sign1 *sign1, const struct dv_cert *leaf,
    const struct dv_demand *demands, size_t count)
{
	struct dv_verdict v = { .status = DV_ACCEPTED,
	    .at = { .offset = DV_NO_OFFSET } };

	for (size_t i = 0; v.status == DV_ACCEPTED && i < count; i++) {
		v.reason = demand_check(sign1, leaf, &demands[i], &v.at);
		if (v.reason == DV_R_NONE) {
			v.at = (struct dv_at){ .offset = DV_NO_OFFSET };
			continue;
		}
		v.status = DV_REJECTED;
		v.object = v.reason == DV_R_SIGNER_DEMANDED ?
		    DV_OBJECT_CERTIFICATE : DV_OBJECT_ENVELOPE;
	}
	return v;
}
