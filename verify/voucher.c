/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reader of voucher requests and vouchers: the envelope, then the map inside it
 * by one table for each kind. Judges nothing and believes nothing it reads.
 * docs/FORMAT.md, "Vouchers"; RFC 9254 3.2, 4.2 and 6.
 */
#include "dv_voucher.h"

#include "at.h"
#include "bytes.h"
#include "cose_map.h"
#include "sign1.h"

/* Octets of "2026-05-01T00:00:00", before fraction and offset. */
#define DATE_LEN 19

/* "+hh:mm" */
#define OFFSET_LEN 6

/* Inside a container. */
struct pair_table {
	const struct field *field;
	unsigned count;			/* one more than the last key */
	int64_t sid;
};

/* A field of a container: how it is read, or whose it is. */
struct field {
	enum dv_reason (*take)(struct dv_cbor *in, struct dv_voucher *out);
	enum dv_field name;
	bool passed_over;		/* path: it means nothing in this kind */
};

/* ---- values ---- */

static enum dv_reason
take(struct dv_cbor *in, enum dv_cbor_kind kind, struct dv_cbor_item *out)
{
	return dv_cbor_take(in, kind, DV_R_VOUCHER_MALFORMED, out);
}

/* RFC 9254 6.6: an enumeration is its value. */
static enum dv_reason
take_assertion(struct dv_cbor *in, struct dv_voucher *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_INT, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (item.number < DV_ASSERTION_VERIFIED ||
	    item.number > DV_ASSERTION_AGENT_PROXIMITY)
		return dv_refuse_item_found(in, DV_R_VOUCHER_MALFORMED,
		    item.number);
	out->assertion = (enum dv_assertion)item.number;
	out->has_assertion = true;
	return DV_R_NONE;
}

static int
two_digits(const uint8_t *text)
{
	int value = 0;

	for (size_t i = 0; i < 2; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = 10 * value + (text[i] - '0');
	}
	return value;
}

/* "+01:30" as seconds. */
static bool
offset_parse(struct dv_bytes text, int64_t *seconds)
{
	int hours, minutes;

	if (text.len != OFFSET_LEN || text.ptr[3] != ':' ||
	    (text.ptr[0] != '+' && text.ptr[0] != '-'))
		return false;
	hours = two_digits(text.ptr + 1);
	minutes = two_digits(text.ptr + 4);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*seconds = (text.ptr[0] == '+' ? 60 : -60) *
	    (int64_t)(60 * hours + minutes);
	return true;
}

/* RFC 9911 date-and-time, which RFC 9254 leaves a text: "Z" or an offset, and
 * a fraction of a second, which is cut off. */
static bool
date_parse(struct dv_bytes text, dv_time *out)
{
	uint8_t whole[DATE_LEN + 1];
	int64_t offset = 0;
	size_t end = DATE_LEN;
	dv_time local;

	if (text.len <= DATE_LEN)
		return false;
	for (size_t i = 0; i < DATE_LEN; i++)
		whole[i] = text.ptr[i];
	whole[DATE_LEN] = 'Z';
	if (!dv_time_parse(DV_BYTES(whole), &local))
		return false;
	if (text.ptr[end] == '.') {
		for (end++; end < text.len && text.ptr[end] >= '0' &&
		    text.ptr[end] <= '9'; end++)
			;
		if (end == DATE_LEN + 1)
			return false;
	}
	text = dv_bytes_cut(text, end, text.len - end);
	if (!(text.len == 1 && text.ptr[0] == 'Z') &&
	    !offset_parse(text, &offset))
		return false;
	local.s -= offset;
	if (local.s < DV_TIME_MIN || local.s > DV_TIME_MAX)
		return false;
	*out = local;
	return true;
}

static enum dv_reason
take_date(struct dv_cbor *in, dv_time *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_TEXT, &item);

	if (reason == DV_R_NONE && !date_parse(item.bytes, out))
		reason = dv_refuse_item(in, DV_R_VOUCHER_MALFORMED);
	return reason;
}

static enum dv_reason
take_created_on(struct dv_cbor *in, struct dv_voucher *out)
{
	out->has_created_on = true;
	return take_date(in, &out->created_on);
}

static enum dv_reason
take_expires_on(struct dv_cbor *in, struct dv_voucher *out)
{
	out->has_expires_on = true;
	return take_date(in, &out->expires_on);
}

static enum dv_reason
take_serial(struct dv_cbor *in, struct dv_voucher *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_TEXT, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (item.bytes.len > DV_MAX_HEADER_TEXT)
		return dv_refuse_item_size(in, DV_R_LIMIT, DV_MAX_HEADER_TEXT,
		    item.bytes.len);
	if (item.bytes.len == 0 || dv_text_has_control(item.bytes))
		return dv_refuse_item(in, DV_R_VOUCHER_MALFORMED);
	out->serial = item.bytes;
	return DV_R_NONE;
}

/* Octets, at least `min` and at most `max` of them. */
static enum dv_reason
take_octets(struct dv_cbor *in, size_t min, size_t max, struct dv_bytes *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_BYTES, &item);

	if (reason != DV_R_NONE)
		return reason;
	if (item.bytes.len < min || item.bytes.len > max)
		return dv_refuse_item_size(in, DV_R_VOUCHER_MALFORMED,
		    item.bytes.len < min ? min : max, item.bytes.len);
	*out = item.bytes;
	return DV_R_NONE;
}

static enum dv_reason
take_nonce(struct dv_cbor *in, struct dv_voucher *out)
{
	return take_octets(in, DV_MIN_VOUCHER_NONCE, DV_MAX_VOUCHER_NONCE,
	    &out->nonce);
}

/* The envelope bounds what is not compared octet by octet. */
static enum dv_reason
take_issuer(struct dv_cbor *in, struct dv_voucher *out)
{
	return take_octets(in, 1, SIZE_MAX, &out->idevid_issuer);
}

static enum dv_reason
take_cert(struct dv_cbor *in, struct dv_voucher *out)
{
	return take_octets(in, 1, SIZE_MAX, &out->cert);
}

static enum dv_reason
take_key(struct dv_cbor *in, struct dv_voucher *out)
{
	return take_octets(in, 1, SIZE_MAX, &out->key);
}

static enum dv_reason
take_key_hash(struct dv_cbor *in, struct dv_voucher *out)
{
	const size_t size = dv_hash_size(DV_HASH_SHA256);

	return take_octets(in, size, size, &out->key_hash);
}

/* A processing instruction for the device, which reads it itself. */
static enum dv_reason
take_checks(struct dv_cbor *in, struct dv_voucher *out)
{
	struct dv_cbor_item item;

	(void)out;
	return take(in, DV_CBOR_BOOL, &item);
}

/* "Merely informative; it is not processed" (draft-ietf-anima-rfc8366bis). */
static enum dv_reason
take_renewal(struct dv_cbor *in, struct dv_voucher *out)
{
	dv_time ignored;

	(void)out;
	return take_date(in, &ignored);
}

/* ---- fields ---- */

/*
 * Without take: a field that this kind does not have, that only a registrar
 * writes, or that nothing here understands. Keys are SIDs less the container's.
 */
#define FOREIGN { NULL, DV_F_VOUCHER, false }
#define PASSED { NULL, DV_F_VOUCHER, true }

static const struct field request_fields[] = {
	[1] = { take_assertion, DV_F_VOUCHER_ASSERTION, false },
	[2] = { take_created_on, DV_F_VOUCHER_CREATED_ON, false },
	[3] = PASSED,		/* domain-cert-revocation-checks: "MUST be
				   ignored" in a request */
	[4] = FOREIGN,		/* expires-on */
	[5] = { take_issuer, DV_F_VOUCHER_IDEVID_ISSUER, false },
	[6] = PASSED,		/* last-renewal-date: the same */
	[7] = { take_nonce, DV_F_VOUCHER_NONCE, false },
	[8] = FOREIGN,		/* pinned-domain-cert */
	[9] = FOREIGN,		/* prior-signed-voucher-request: a registrar's */
	[10] = { take_cert, DV_F_VOUCHER_REGISTRAR_CERT, false },
	[11] = { take_key_hash, DV_F_VOUCHER_REGISTRAR_HASH, false },
	[12] = { take_key, DV_F_VOUCHER_REGISTRAR_KEY, false },
	[13] = { take_serial, DV_F_VOUCHER_SERIAL, false },
	[14] = FOREIGN,		/* agent-provided-proximity-registrar-cert */
	[15] = FOREIGN,		/* agent-sign-cert */
	[16] = FOREIGN,		/* agent-signed-data */
	[17] = FOREIGN,		/* pinned-domain-pubk */
	[18] = FOREIGN,		/* pinned-domain-pubk-sha256 */
	[19] = PASSED,		/* additional-configuration-url */
	[20] = PASSED,		/* est-domain */
	[21] = FOREIGN,		/* extensions: of what is not understood */
	[22] = PASSED,		/* manufacturer-private */
};

static const struct field voucher_fields[] = {
	[1] = { take_assertion, DV_F_VOUCHER_ASSERTION, false },
	[2] = { take_created_on, DV_F_VOUCHER_CREATED_ON, false },
	[3] = { take_checks, DV_F_VOUCHER, false },
	[4] = { take_expires_on, DV_F_VOUCHER_EXPIRES_ON, false },
	[5] = { take_issuer, DV_F_VOUCHER_IDEVID_ISSUER, false },
	[6] = { take_renewal, DV_F_VOUCHER, false },
	[7] = { take_nonce, DV_F_VOUCHER_NONCE, false },
	[8] = { take_cert, DV_F_VOUCHER_PINNED_CERT, false },
	[9] = { take_key, DV_F_VOUCHER_PINNED_KEY, false },
	[10] = { take_key_hash, DV_F_VOUCHER_PINNED_HASH, false },
	[11] = { take_serial, DV_F_VOUCHER_SERIAL, false },
	[12] = PASSED,		/* additional-configuration-url */
	[13] = PASSED,		/* est-domain */
	[14] = PASSED,		/* manufacturer-private */
	[15] = FOREIGN,		/* extensions */
};

#define COUNT(fields) (unsigned)(sizeof(fields) / sizeof((fields)[0]))

static const struct pair_table tables[] = {
	[DV_VOUCHER_REQUEST] = { request_fields, COUNT(request_fields),
	    DV_SID_VOUCHER_REQUEST },
	[DV_VOUCHER_ISSUED] = { voucher_fields, COUNT(voucher_fields),
	    DV_SID_VOUCHER },
};

const char *
dv_assertion_name(enum dv_assertion assertion)
{
	switch (assertion) {
	case DV_ASSERTION_VERIFIED:
		return "verified";
	case DV_ASSERTION_LOGGED:
		return "logged";
	case DV_ASSERTION_PROXIMITY:
		return "proximity";
	case DV_ASSERTION_AGENT_PROXIMITY:
		break;
	}
	return "agent-proximity";
}

/* ---- the map ---- */

static enum dv_reason
take_field(struct dv_cbor *in, const struct pair_table *table, int64_t key,
    struct dv_voucher *out)
{
	const struct field *field = &table->field[key];
	enum dv_reason reason;

	if (field->take == NULL)
		return dv_cbor_skip(in);
	in->field = field->name;
	reason = field->take(in, out);
	in->field = DV_F_VOUCHER;
	return reason;
}

/* One pair. Keys that are names may say a thing twice in two ways: refused. */
static enum dv_reason
take_pair(struct dv_cbor *in, const struct pair_table *table,
    const struct dv_cbor *pairs, size_t index, struct dv_voucher *out)
{
	struct dv_cbor_item label;
	enum dv_reason reason = take(in, DV_CBOR_INT, &label);
	bool known;

	if (reason != DV_R_NONE)
		return reason;
	if (dv_cbor_loose(in) && dv_label_among(pairs, index, &label))
		return dv_refuse_item(in, DV_R_HEADER_DUPLICATE);
	known = label.number > 0 && label.number < table->count;
	if (!known && !dv_cbor_loose(in))
		return dv_refuse_item_found(in, DV_R_VOUCHER_FIELD_UNKNOWN,
		    label.number);
	if (!known)
		return dv_cbor_skip(in);
	if (table->field[label.number].take == NULL &&
	    !(dv_cbor_loose(in) && table->field[label.number].passed_over)) {
		(void)dv_refuse_item(in, DV_R_VOUCHER_FIELD_MISPLACED);
		dv_found_as(in->at, "SID",
		    dv_number(table->sid + label.number));
		return DV_R_VOUCHER_FIELD_MISPLACED;
	}
	return take_field(in, table, label.number, out);
}

static enum dv_reason
take_fields(struct dv_cbor *in, struct dv_voucher *out)
{
	const uint32_t offset = dv_cbor_here(in);
	struct dv_cbor_item map;
	struct dv_cbor pairs;
	enum dv_reason reason = take(in, DV_CBOR_MAP, &map);

	pairs = *in;
	for (size_t i = 0; reason == DV_R_NONE && i < (size_t)map.number; i++)
		reason = take_pair(in, &tables[out->kind], &pairs, i, out);
	if (reason == DV_R_NONE && out->serial.len == 0)
		reason = dv_fail_at(in->at, DV_R_VOUCHER_FIELD_MISSING,
		    DV_F_VOUCHER_SERIAL, offset);
	return reason;
}

static enum dv_voucher_kind
kind_of(int64_t sid)
{
	return sid == DV_SID_VOUCHER_REQUEST ? DV_VOUCHER_REQUEST :
	    sid == DV_SID_VOUCHER ? DV_VOUCHER_ISSUED : DV_VOUCHER_NONE;
}

/* { container: { field... } }, and nothing else. */
static enum dv_reason
take_container(struct dv_cbor *in, struct dv_voucher *out)
{
	struct dv_cbor_item map, sid;
	enum dv_reason reason = dv_form_check(in);

	if (reason == DV_R_NONE)
		reason = take(in, DV_CBOR_MAP, &map);
	if (reason == DV_R_NONE && map.number != 1)
		return dv_refuse_item_size(in, DV_R_VOUCHER_MALFORMED, 1,
		    (size_t)map.number);
	if (reason == DV_R_NONE)
		reason = take(in, DV_CBOR_INT, &sid);
	if (reason != DV_R_NONE)
		return reason;
	out->kind = kind_of(sid.number);
	if (out->kind == DV_VOUCHER_NONE)
		return dv_refuse_item_found(in, DV_R_VOUCHER_MALFORMED,
		    sid.number);
	return take_fields(in, out);
}

enum dv_reason
dv_voucher_parse(struct dv_bytes envelope, enum dv_profile profile,
    struct dv_voucher *out, struct dv_at *at)
{
	struct dv_cbor whole = dv_cbor_start(envelope, DV_F_VOUCHER, at), in;
	enum dv_reason reason;

	*out = (struct dv_voucher){ .kind = DV_VOUCHER_NONE };
	if (envelope.len > DV_MAX_ENVELOPE) {
		whole.field = DV_F_ENVELOPE;
		return dv_refuse_size(&whole, DV_R_INPUT_TOO_BIG, 0,
		    DV_MAX_ENVELOPE, envelope.len);
	}
	reason = dv_sign1_parse_voucher(envelope, profile, &out->sign1, at);
	whole.loose = dv_profile_loose(profile);
	if (reason == DV_R_NONE && out->sign1.detached)
		reason = dv_fail_at(at, DV_R_CBOR_MALFORMED, DV_F_PAYLOAD,
		    DV_NO_OFFSET);
	in = dv_cbor_inside(&whole, out->sign1.payload, DV_F_VOUCHER);
	if (reason == DV_R_NONE)
		reason = take_container(&in, out);
	if (reason != DV_R_NONE)
		*out = (struct dv_voucher){ .kind = DV_VOUCHER_NONE };
	return reason;
}

bool
dv_voucher_is_data(struct dv_bytes payload)
{
	struct dv_at unused;
	struct dv_cbor in = dv_cbor_start(payload, DV_F_PAYLOAD, &unused);
	struct dv_cbor_item map, key;

	in.loose = true;
	if (dv_cbor_next(&in, &map) != DV_R_NONE || map.kind != DV_CBOR_MAP ||
	    map.number != 1 || dv_cbor_next(&in, &key) != DV_R_NONE)
		return false;
	if (key.kind == DV_CBOR_TEXT)
		return dv_bytes_equal_text(key.bytes, "ietf-voucher:voucher") ||
		    dv_bytes_equal_text(key.bytes,
		    "ietf-voucher-request:voucher");
	return key.kind == DV_CBOR_INT &&
	    kind_of(key.number) != DV_VOUCHER_NONE;
}
