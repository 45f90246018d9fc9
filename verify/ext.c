/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of extensions: each once, each known one read to its end. Never
 * refuses an unknown critical one, which is recorded for the rules. RFC 5280
 * 4.1.2.9 and 4.2.
 */
#include "ext.h"

#include "at.h"
#include "bytes.h"
#include "built.h"

#define MAX_KEY_USAGE 0x1ffu	/* RFC 5280 4.2.1.3: bits 0 to 8 */

enum dv_reason
dv_ext_list(struct dv_der *in, uint8_t tag, int max, struct dv_der_list *list)
{
	struct dv_bytes here = in->rest;
	enum dv_reason reason = dv_der_enter_list(in, tag, max, list);

	if (reason == DV_R_NONE && list->all.len == 0)
		return dv_ext_malformed(in, here);
	return reason;
}

/* RFC 5280 4.2.1.2; an empty identifier identifies nothing. */
static enum dv_reason
subject_key_id(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes here = in->rest;
	enum dv_reason reason = dv_der_take(in, DER_OCTET_STRING,
	    &out->subject_key_id);

	if (reason == DV_R_NONE && out->subject_key_id.len == 0)
		return dv_der_defect(in, DV_R_EXTENSION_MALFORMED, here);
	return reason;
}

/* RFC 5280 4.2.1.3: at least one bit is set. */
static enum dv_reason
key_usage(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes here = in->rest;
	enum dv_reason reason = dv_der_named_bits(in, &out->key_usage);

	if (reason == DV_R_NONE &&
	    (out->key_usage == 0 || out->key_usage > MAX_KEY_USAGE))
		return dv_ext_malformed(in, here);
	return reason;
}

/* BOOLEAN DEFAULT FALSE: X.690 11.5 forbids the default value. */
static enum dv_reason
read_flag(struct dv_der *in, bool *flag)
{
	struct dv_bytes here = in->rest;
	enum dv_reason reason;

	if (dv_der_peek(in) != DER_BOOLEAN)
		return DV_R_NONE;
	reason = dv_der_boolean(in, flag);
	if (reason == DV_R_NONE && !*flag)
		return dv_der_defect(in, DV_R_NOT_CANONICAL, here);
	return reason;
}

/* RFC 5280 4.2.1.9: a path length means something for a CA only. */
static enum dv_reason
basic_constraints(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_der inside;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE)
		reason = read_flag(&inside, &out->ca);
	if (reason == DV_R_NONE && dv_der_peek(&inside) == DER_INTEGER) {
		if (!out->ca)
			reason = dv_der_defect(in, DV_R_EXTENSION_MALFORMED,
			    inside.rest);
		if (reason == DV_R_NONE)
			reason = dv_der_small(&inside, INT32_MAX,
			    &out->path_len);
	}
	return dv_der_finish(&inside, reason);
}

bool
dv_eku_lists(struct dv_bytes eku, struct dv_bytes oid)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(eku, DV_F_EXT_KEY_USAGE, &at);
	struct dv_bytes purpose;

	while (dv_der_oid(&in, &purpose) == DV_R_NONE)
		if (dv_bytes_equal(purpose, oid))
			return true;
	return false;
}

static enum dv_reason
read_purpose(struct dv_der *in, struct dv_bytes before)
{
	struct dv_bytes purpose;
	enum dv_reason reason = dv_der_oid(in, &purpose);

	if (reason == DV_R_NONE && dv_eku_lists(before, purpose)) {
		(void)dv_ext_malformed(in, purpose);
		dv_found(in->at, dv_octets(DV_VALUE_OID, purpose));
		return dv_der_tolerate(in, DV_R_EXTENSION_MALFORMED);
	}
	return reason;
}

static enum dv_reason
ext_key_usage(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_der_list list;
	enum dv_reason reason = dv_ext_list(in, DER_SEQUENCE, DV_MAX_EKUS,
	    &list);

	while (dv_der_more(&list, &reason))
		reason = read_purpose(&list.in, dv_der_before(&list));
	if (reason == DV_R_NONE)
		out->eku = list.all;
	return reason;
}

/* noRevAvail (RFC 9608 2) and authorisedOnly: being there says it all. */
static enum dv_reason
only_null(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes here = in->rest, value;
	enum dv_reason reason = dv_der_take(in, DER_NULL, &value);

	(void)out;
	if (reason == DV_R_NONE && value.len != 0)
		return dv_ext_malformed(in, here);
	return reason;
}

/*
 * Of an extension that restricts the path, in a build that does not follow it:
 * the certificate cannot be read.
 */
static enum dv_reason
left_out(struct dv_der *in, struct dv_extensions *out)
{
	(void)out;
	return dv_der_fail(in, DV_R_NOT_BUILT, in->rest);
}

#define POLICY(read) (DV_HAS_POLICIES ? (read) : left_out)
#define CONSTRAINT(read) (DV_HAS_CONSTRAINTS ? (read) : left_out)

/* id-ce is 2.5.29.n: 55 1d n. id-pe is 1.3.6.1.5.5.7.1.n: 2b 06 01 05 05 07
 * 01 n. The arc of this project: docs/PROFILES.md, By authorisation only. So
 * the last octet and the arc tell an extension known here. */
enum arc {
	ID_CE,
	ID_PE,
	ID_OWN,
	ARCS
};
static const uint8_t id_ce[] = { 0x55, 0x1d };
static const uint8_t id_pe[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01 };
static const uint8_t id_own[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x14, 0x01,
    0xbe, 0x40, 0x93, 0x7a, 0x82, 0xb2, 0x1c, 0xd5, 0x6c, 0x81, 0xa9, 0x74,
    0x81, 0x81, 0x3c, 0x82, 0xd0, 0x37, 0x84, 0x94, 0x9b, 0x01, 0x86, 0x87,
    0xb1, 0x72 };
static const struct dv_bytes arcs[ARCS] = {
	[ID_CE] = { id_ce, sizeof(id_ce) },
	[ID_PE] = { id_pe, sizeof(id_pe) },
	[ID_OWN] = { id_own, sizeof(id_own) },
};

static const struct known {
	enum arc arc;
	uint8_t last;
	enum dv_field field;
	dv_ext_reader *read;
} known[DV_EXT_COUNT] = {
	[DV_EXT_AUTHORITY_KEY_ID] = { ID_CE, 35, DV_F_AUTHORITY_KEY_ID,
	    dv_ext_authority_key_id },
	[DV_EXT_SUBJECT_KEY_ID] = { ID_CE, 14, DV_F_SUBJECT_KEY_ID,
	    subject_key_id },
	[DV_EXT_KEY_USAGE] = { ID_CE, 15, DV_F_KEY_USAGE, key_usage },
	[DV_EXT_CERTIFICATE_POLICIES] = { ID_CE, 32,
	    DV_F_CERTIFICATE_POLICIES, POLICY(dv_ext_policies) },
	[DV_EXT_POLICY_MAPPINGS] = { ID_CE, 33, DV_F_POLICY_MAPPINGS,
	    POLICY(dv_ext_policy_mappings) },
	[DV_EXT_SUBJECT_ALT_NAME] = { ID_CE, 17, DV_F_SUBJECT_ALT_NAME,
	    dv_ext_subject_alt_name },
	[DV_EXT_ISSUER_ALT_NAME] = { ID_CE, 18, DV_F_ISSUER_ALT_NAME,
	    dv_ext_issuer_alt_name },
	[DV_EXT_BASIC_CONSTRAINTS] = { ID_CE, 19, DV_F_BASIC_CONSTRAINTS,
	    basic_constraints },
	[DV_EXT_NAME_CONSTRAINTS] = { ID_CE, 30, DV_F_NAME_CONSTRAINTS,
	    CONSTRAINT(dv_ext_name_constraints) },
	[DV_EXT_POLICY_CONSTRAINTS] = { ID_CE, 36, DV_F_POLICY_CONSTRAINTS,
	    POLICY(dv_ext_policy_constraints) },
	[DV_EXT_EXT_KEY_USAGE] = { ID_CE, 37, DV_F_EXT_KEY_USAGE,
	    ext_key_usage },
	[DV_EXT_CRL_DISTRIBUTION_POINTS] = { ID_CE, 31,
	    DV_F_CRL_DISTRIBUTION_POINTS, dv_ext_crl_points },
	[DV_EXT_INHIBIT_ANY_POLICY] = { ID_CE, 54, DV_F_INHIBIT_ANY_POLICY,
	    POLICY(dv_ext_inhibit_any_policy) },
	[DV_EXT_FRESHEST_CRL] = { ID_CE, 46, DV_F_FRESHEST_CRL,
	    dv_ext_crl_points },
	[DV_EXT_AUTHORITY_INFO_ACCESS] = { ID_PE, 1,
	    DV_F_AUTHORITY_INFO_ACCESS, dv_ext_access },
	[DV_EXT_SUBJECT_INFO_ACCESS] = { ID_PE, 11,
	    DV_F_SUBJECT_INFO_ACCESS, dv_ext_access },
	[DV_EXT_NO_REV_AVAIL] = { ID_CE, 56, DV_F_NO_REV_AVAIL,
	    only_null },
	[DV_EXT_MASA_URL] = { ID_PE, 32, DV_F_MASA_URL, dv_ext_masa_url },
	[DV_EXT_AUTHORISED_ONLY] = { ID_OWN, 1, DV_F_AUTHORISED_ONLY,
	    only_null },
};

enum dv_reason
dv_fail_ext(const struct dv_cert *cert, struct dv_at *at,
    enum dv_reason reason, enum dv_ext ext)
{
	return dv_fail_part(&cert->der, at, reason, known[ext].field,
	    cert->ext.value[ext]);
}

/* oid is not empty. DV_EXT_COUNT when it is none of the known. */
static unsigned
find_known(struct dv_bytes oid)
{
	const struct dv_bytes arc = { oid.ptr, oid.len - 1 };
	unsigned ext;

	for (ext = 0; ext < DV_EXT_COUNT; ext++)
		if (known[ext].last == oid.ptr[oid.len - 1] &&
		    dv_bytes_equal(arc, arcs[known[ext].arc]))
			break;
	return ext;
}

/* One extension, its value not yet looked at. */
struct extension {
	struct dv_bytes oid;
	bool critical;
	struct dv_der value;	/* reader with the extension's own field */
	unsigned ext;		/* enum dv_ext, or DV_EXT_COUNT */
};

static enum dv_reason
read_extension(struct dv_der *in, struct extension *out)
{
	struct dv_der inside;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	*out = (struct extension){ .ext = DV_EXT_COUNT };
	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &out->oid);
	if (reason != DV_R_NONE)
		return reason;
	out->ext = find_known(out->oid);
	if (out->ext < DV_EXT_COUNT)
		inside.field = known[out->ext].field;
	reason = read_flag(&inside, &out->critical);
	if (reason == DV_R_NONE)
		reason = dv_der_enter(&inside, DER_OCTET_STRING, &out->value);
	return dv_der_finish(&inside, reason);
}

/* The value of a known extension, to its end; what is no reason of its own
 * becomes "malformed" at the same place. */
static enum dv_reason
read_value(struct extension *e, struct dv_extensions *out)
{
	enum dv_reason reason;

	out->present |= DV_EXT_BIT(e->ext);
	if (e->critical)
		out->critical |= DV_EXT_BIT(e->ext);
	out->value[e->ext] = e->value.rest;
	reason = known[e->ext].read(&e->value, out);
	reason = dv_der_finish(&e->value, reason);
	return reason == DV_R_NOT_DER ? DV_R_EXTENSION_MALFORMED : reason;
}

static enum dv_reason
fail_twice(const struct extension *e)
{
	(void)dv_der_fail(&e->value, DV_R_EXTENSION_DUPLICATE, e->oid);
	dv_found(e->value.at, dv_octets(DV_VALUE_OID, e->oid));
	return DV_R_EXTENSION_DUPLICATE;
}

static enum dv_reason
read_next(struct dv_der *in, struct dv_bytes seen[], int count,
    struct dv_extensions *out)
{
	struct extension e;
	int i;
	enum dv_reason reason = read_extension(in, &e);

	if (reason != DV_R_NONE)
		return reason;
	for (i = 0; i < count; i++)
		if (dv_bytes_equal(seen[i], e.oid))
			return fail_twice(&e);
	seen[count] = e.oid;
	if (e.ext < DV_EXT_COUNT)
		return read_value(&e, out);
	if (e.critical && out->unknown_critical.ptr == NULL)
		out->unknown_critical = e.oid;
	return DV_R_NONE;
}

enum dv_reason
dv_extensions_read(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_bytes seen[DV_MAX_EXTENSIONS] = { { NULL, 0 } };
	struct dv_der_list list;
	enum dv_reason reason = dv_ext_list(in, DER_SEQUENCE,
	    DV_MAX_EXTENSIONS, &list);

	*out = (struct dv_extensions){ .path_len = -1 };
	list.in.field = DV_F_EXTENSION;
	while (dv_der_more(&list, &reason))
		reason = read_next(&list.in, seen, list.count - 1, out);
	return reason;
}
