/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries of a CRL and the extensions of both, each read to its end. Never
 * refuses an unknown critical one, which is recorded. RFC 5280 5.2, 5.3.
 */
#include "crl_ext.h"

#include "at.h"
#include "bytes.h"
#include "crl_point.h"
#include "ext.h"

#define MAX_NUMBER 20		/* octets, RFC 5280 5.2.3 */

/* ---- extensions of lists and entries ----------------------------------- */

/* One extension, its value not yet looked at. */
struct item {
	struct dv_bytes oid;
	bool critical;
	struct dv_der value;
};

/* What is being read: the list's extensions, or those of one entry. */
struct target {
	struct dv_crl *crl;
	struct dv_crl_entry *entry;
};

/* An extension known here: id-ce is 2.5.29.n, id-pe 1.3.6.1.5.5.7.1.n. */
struct known {
	uint8_t last;
	bool pe;
	enum dv_field field;
	enum dv_reason (*read)(struct dv_der *in, const struct target *out);
};

static const uint8_t id_ce[] = { 0x55, 0x1d };
static const uint8_t id_pe[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01 };

static enum dv_reason
read_authority_key_id(struct dv_der *in, const struct target *out)
{
	struct dv_extensions found = { .path_len = -1 };
	enum dv_reason reason = dv_ext_authority_key_id(in, &found);

	out->crl->authority_key_id = found.authority_key_id;
	return reason;
}

static enum dv_reason
read_issuer_alt_name(struct dv_der *in, const struct target *out)
{
	struct dv_bytes ignored;

	(void)out;
	return dv_general_names_take(in, DER_SEQUENCE, &ignored);
}

/* RFC 5280 5.2.3: not negative, at most 20 octets. */
static enum dv_reason
read_any_number(struct dv_der *in, struct dv_bytes *out)
{
	struct dv_bytes here = in->rest, number;
	enum dv_reason reason = dv_der_integer(in, &number);

	if (reason != DV_R_NONE)
		return reason;
	if (number.ptr[0] >= 0x80 || number.len > MAX_NUMBER)
		return dv_ext_malformed(in, here);
	*out = number;
	return DV_R_NONE;
}

static enum dv_reason
read_number(struct dv_der *in, const struct target *out)
{
	return read_any_number(in, &out->crl->number);
}

static enum dv_reason
read_delta(struct dv_der *in, const struct target *out)
{
	return read_any_number(in, &out->crl->base_number);
}

/* BOOLEAN DEFAULT FALSE under an implicit tag: present only when TRUE. */
static enum dv_reason
read_flag(struct dv_der *in, uint8_t tag, bool *out)
{
	struct dv_bytes here = in->rest, value;
	enum dv_reason reason;

	if (dv_der_peek(in) != tag)
		return DV_R_NONE;
	reason = dv_der_take(in, tag, &value);
	if (reason == DV_R_NONE && value.len != 1)
		return dv_der_fail(in, DV_R_NOT_DER, here);
	if (reason == DV_R_NONE && value.ptr[0] != 0xff)
		return dv_der_fail(in, DV_R_NOT_CANONICAL, here);
	*out = reason == DV_R_NONE;
	return reason;
}

static enum dv_reason
read_point_fields(struct dv_der *in, struct dv_issuing_point *out)
{
	enum dv_reason reason = DV_R_NONE;

	if (dv_der_peek(in) == DER_CONTEXT_CONS(0))
		reason = dv_point_name_read(in, &out->name);
	if (reason == DV_R_NONE)
		reason = read_flag(in, DER_CONTEXT(1), &out->only_user);
	if (reason == DV_R_NONE)
		reason = read_flag(in, DER_CONTEXT(2), &out->only_ca);
	if (reason == DV_R_NONE && dv_der_peek(in) == DER_CONTEXT(3))
		reason = dv_point_reasons_read(in, DER_CONTEXT(3),
		    &out->reasons);
	if (reason == DV_R_NONE)
		reason = read_flag(in, DER_CONTEXT(4), &out->indirect);
	if (reason == DV_R_NONE)
		reason = read_flag(in, DER_CONTEXT(5), &out->only_attribute);
	return dv_der_finish(in, reason);
}

/* RFC 5280 5.2.5: not empty; at most one of the three kinds. */
static enum dv_reason
read_issuing_point(struct dv_der *in, const struct target *out)
{
	struct dv_issuing_point *point = &out->crl->point;
	struct dv_bytes here = in->rest;
	struct dv_der inside;
	int kinds;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE && dv_der_empty(&inside))
		return dv_ext_malformed(in, here);
	out->crl->issuing_value = here;
	if (reason == DV_R_NONE)
		reason = read_point_fields(&inside, point);
	kinds = point->only_user + point->only_ca + point->only_attribute;
	if (reason == DV_R_NONE && (kinds > 1 || point->reasons == 0))
		return dv_ext_malformed(in, here);
	return reason;
}

static enum dv_reason
read_freshest(struct dv_der *in, const struct target *out)
{
	struct dv_extensions ignored;

	(void)out;
	return dv_ext_crl_points(in, &ignored);
}

static enum dv_reason
read_access(struct dv_der *in, const struct target *out)
{
	struct dv_extensions ignored;

	(void)out;
	return dv_ext_access(in, &ignored);
}

static const struct known list_known[DV_CRL_EXT_COUNT] = {
	[DV_CRL_EXT_AUTHORITY_KEY_ID] = { 35, false, DV_F_AUTHORITY_KEY_ID,
	    read_authority_key_id },
	[DV_CRL_EXT_ISSUER_ALT_NAME] = { 18, false, DV_F_ISSUER_ALT_NAME,
	    read_issuer_alt_name },
	[DV_CRL_EXT_NUMBER] = { 20, false, DV_F_CRL_NUMBER, read_number },
	[DV_CRL_EXT_DELTA] = { 27, false, DV_F_DELTA_CRL_INDICATOR,
	    read_delta },
	[DV_CRL_EXT_ISSUING_POINT] = { 28, false,
	    DV_F_ISSUING_DISTRIBUTION_POINT, read_issuing_point },
	[DV_CRL_EXT_FRESHEST_CRL] = { 46, false, DV_F_FRESHEST_CRL,
	    read_freshest },
	[DV_CRL_EXT_AUTHORITY_INFO_ACCESS] = { 1, true,
	    DV_F_AUTHORITY_INFO_ACCESS, read_access },
};

/* RFC 5280 5.3.1: 7 is not used, nothing lies behind 10. */
static enum dv_reason
read_reason(struct dv_der *in, const struct target *out)
{
	struct dv_bytes here = in->rest, value;
	enum dv_reason reason = dv_der_take(in, DER_ENUMERATED, &value);

	if (reason != DV_R_NONE)
		return reason;
	if (value.len != 1 || value.ptr[0] > DV_CRL_AA_COMPROMISE ||
	    value.ptr[0] == 7)
		return dv_ext_malformed(in, here);
	out->entry->reason = (enum dv_crl_reason)value.ptr[0];
	return DV_R_NONE;
}

/* RFC 5280 5.3.2: GeneralizedTime whatever the year, so read by itself. */
static enum dv_reason
read_invalidity(struct dv_der *in, const struct target *out)
{
	out->entry->has_invalidity = true;
	return dv_der_general_time(in, &out->entry->invalidity);
}

static enum dv_reason
read_certificate_issuer(struct dv_der *in, const struct target *out)
{
	return dv_general_names_take(in, DER_SEQUENCE, &out->entry->issuer);
}

enum entry_ext {
	ENTRY_REASON,
	ENTRY_INVALIDITY,
	ENTRY_ISSUER,
	ENTRY_COUNT
};

static const struct known entry_known[ENTRY_COUNT] = {
	[ENTRY_REASON] = { 21, false, DV_F_REASON_CODE, read_reason },
	[ENTRY_INVALIDITY] = { 24, false, DV_F_INVALIDITY_DATE,
	    read_invalidity },
	[ENTRY_ISSUER] = { 29, false, DV_F_CERTIFICATE_ISSUER,
	    read_certificate_issuer },
};

/* A list of extensions while it is read. */
struct reading {
	const struct known *known;
	unsigned known_count;
	struct target target;
	uint32_t present, critical;
	struct dv_bytes unknown_critical;
};

static unsigned
find_known(const struct reading *r, struct dv_bytes oid)
{
	struct dv_bytes arc = dv_bytes_cut(oid, 0, oid.len - 1);
	unsigned i;

	for (i = 0; i < r->known_count; i++) {
		if (r->known[i].last == oid.ptr[oid.len - 1] &&
		    dv_bytes_equal(arc, r->known[i].pe ? DV_BYTES(id_pe) :
		    DV_BYTES(id_ce)))
			break;
	}
	return i;
}

static enum dv_reason
read_item(struct dv_der *in, struct item *out)
{
	struct dv_der inside;
	struct dv_bytes here;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	*out = (struct item){ .critical = false };
	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &out->oid);
	here = inside.rest;
	if (reason == DV_R_NONE && dv_der_peek(&inside) == DER_BOOLEAN) {
		reason = dv_der_boolean(&inside, &out->critical);
		if (reason == DV_R_NONE && !out->critical)
			return dv_der_fail(&inside, DV_R_NOT_CANONICAL, here);
	}
	if (reason == DV_R_NONE)
		reason = dv_der_enter(&inside, DER_OCTET_STRING, &out->value);
	return dv_der_finish(&inside, reason);
}

static enum dv_reason
read_value(struct reading *r, struct item *item, unsigned which)
{
	enum dv_reason reason;

	r->present |= UINT32_C(1) << which;
	if (item->critical)
		r->critical |= UINT32_C(1) << which;
	item->value.field = r->known[which].field;
	reason = r->known[which].read(&item->value, &r->target);
	reason = dv_der_finish(&item->value, reason);
	return reason == DV_R_NOT_DER ? DV_R_EXTENSION_MALFORMED : reason;
}

/* Was this extension among the bytes already read of the list? */
static bool
seen_before(const struct dv_der *list, struct dv_bytes before,
    struct dv_bytes oid)
{
	struct dv_at unused;
	struct dv_der in = dv_der_inside(list, before, list->field);
	struct item item;

	in.at = &unused;
	while (!dv_der_empty(&in) && read_item(&in, &item) == DV_R_NONE) {
		if (dv_bytes_equal(item.oid, oid))
			return true;
	}
	return false;
}

static enum dv_reason
read_next(struct dv_der *list, struct dv_bytes before, struct reading *r)
{
	struct item item;
	unsigned which;
	enum dv_reason reason = read_item(list, &item);

	if (reason != DV_R_NONE)
		return reason;
	which = find_known(r, item.oid);
	if (which < r->known_count)
		item.value.field = r->known[which].field;
	if (seen_before(list, before, item.oid)) {
		(void)dv_der_fail(&item.value, DV_R_EXTENSION_DUPLICATE,
		    item.oid);
		dv_found(list->at, dv_octets(DV_VALUE_OID, item.oid));
		return DV_R_EXTENSION_DUPLICATE;
	}
	if (which < r->known_count)
		return read_value(r, &item, which);
	if (item.critical && r->unknown_critical.ptr == NULL)
		r->unknown_critical = item.oid;
	return DV_R_NONE;
}

static enum dv_reason
read_extensions(struct dv_der *in, struct reading *r)
{
	struct dv_der_list list;
	enum dv_reason reason = dv_ext_list(in, DER_SEQUENCE,
	    DV_MAX_EXTENSIONS, &list);

	while (dv_der_more(&list, &reason))
		reason = read_next(&list.in, dv_der_before(&list), r);
	return reason;
}

enum dv_reason
dv_crl_extensions_read(struct dv_der *in, struct dv_crl *out)
{
	struct reading r = { .known = list_known,
	    .known_count = DV_CRL_EXT_COUNT, .target = { out, NULL } };
	enum dv_reason reason = read_extensions(in, &r);

	out->present = r.present;
	out->critical = r.critical;
	if (out->unknown_critical.ptr == NULL)
		out->unknown_critical = r.unknown_critical;
	return reason;
}

/* ---- entries ----------------------------------------------------------- */

/* RFC 5280 5.3.3: who overlooks the issuer takes the entry for another's. */
static enum dv_reason
entry_extensions(struct dv_der *in, struct dv_crl_entry *entry,
    struct dv_crl_tally *tally)
{
	struct reading r = { .known = entry_known, .known_count = ENTRY_COUNT,
	    .target = { NULL, entry } };
	struct dv_bytes here = in->rest;
	enum dv_reason reason;

	if (tally->extended.ptr == NULL)
		tally->extended = here;
	in->field = DV_F_CRL_ENTRY_EXTENSION;
	reason = read_extensions(in, &r);
	if (reason != DV_R_NONE)
		return reason;
	if ((r.present & ~r.critical & 1u << ENTRY_ISSUER) != 0) {
		in->field = DV_F_CERTIFICATE_ISSUER;
		return dv_der_fail(in, DV_R_EXTENSION_CRITICALITY, here);
	}
	if ((r.present & 1u << ENTRY_ISSUER) != 0 && tally->issuer.ptr == NULL)
		tally->issuer = here;
	if (entry->reason == DV_CRL_REMOVE_FROM_CRL &&
	    tally->removed.ptr == NULL)
		tally->removed = here;
	if (tally->unknown_critical.ptr == NULL)
		tally->unknown_critical = r.unknown_critical;
	return DV_R_NONE;
}

/* Any serial number a CA has ever issued can be revoked: only its form counts
 * (RFC 5280 4.1.2.2, last paragraph). */
enum dv_reason
dv_crl_entry_read(struct dv_der *in, struct dv_crl_entry *entry,
    struct dv_crl_tally *tally)
{
	struct dv_der inside;
	enum dv_reason reason;

	in->field = DV_F_REVOKED_CERTIFICATES;
	reason = dv_der_enter(in, DER_SEQUENCE, &inside);
	*entry = (struct dv_crl_entry){ .issuer = entry->issuer };
	inside.field = DV_F_SERIAL;
	if (reason == DV_R_NONE)
		reason = dv_der_integer(&inside, &entry->serial);
	inside.field = DV_F_REVOCATION_DATE;
	if (reason == DV_R_NONE)
		reason = dv_der_time(&inside, &entry->date);
	if (reason == DV_R_NONE && !dv_der_empty(&inside))
		reason = entry_extensions(&inside, entry, tally);
	inside.field = DV_F_REVOKED_CERTIFICATES;
	return dv_der_finish(&inside, reason);
}

bool
dv_crl_next(struct dv_bytes *rest, struct dv_crl_entry *entry)
{
	struct dv_crl_tally unused = { .count = 0 };
	struct dv_at at;
	struct dv_der in = dv_der_start(*rest, DV_F_REVOKED_CERTIFICATES, &at);

	if (rest->len == 0 || dv_crl_entry_read(&in, entry, &unused) != DV_R_NONE)
		return false;
	*rest = in.rest;
	return true;
}
