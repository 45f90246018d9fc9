/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The question of a voucher request or a voucher: certificates, chain,
 * signature, then what is said, in that order. Never believes a field before
 * what it stands on. docs/FORMAT.md, "Vouchers"; RFC 8995 5.2 and 5.5.
 */
#include "dv_voucher.h"

#include "at.h"
#include "bytes.h"
#include "der.h"
#include "ext.h"
#include "sign1.h"

/* id-at-serialNumber 2.5.4.5: RFC 5280 A.1. */
static const uint8_t serial_number[] = { 0x55, 0x04, 0x05 };

static struct dv_verdict
no(enum dv_object object, enum dv_reason reason, const struct dv_at *at)
{
	return (struct dv_verdict){ .status = DV_REJECTED, .reason = reason,
	    .object = object, .at = *at };
}

/* Refuses a field, whose value stands in the envelope, or is not there. */
static enum dv_reason
refuse(const struct dv_voucher *v, enum dv_reason reason, enum dv_field field,
    struct dv_bytes value, struct dv_at *at)
{
	return dv_fail_at(at, reason, field, dv_offset(v->sign1.envelope,
	    value));
}

struct dv_bytes
dv_voucher_serial_of(const struct dv_cert *leaf)
{
	return dv_name_attribute(leaf->subject, DV_BYTES(serial_number));
}

static enum dv_reason
serial_check(const struct dv_voucher *v, struct dv_bytes wanted,
    struct dv_at *at)
{
	if (wanted.len > 0 && dv_bytes_equal(v->serial, wanted))
		return DV_R_NONE;
	(void)refuse(v, DV_R_VOUCHER_SERIAL, DV_F_VOUCHER_SERIAL, v->serial,
	    at);
	dv_wanted(at, wanted.len > 0 ? dv_octets(DV_VALUE_UTF8, wanted) :
	    dv_text("a certificate whose subject has a serialNumber"));
	dv_found(at, dv_octets(DV_VALUE_UTF8, v->serial));
	return DV_R_VOUCHER_SERIAL;
}

/* draft-ietf-anima-constrained-voucher-29 8.4: "the entire object i.e. the
 * extnValue OCTET STRING". */
static bool
is_key_id_of(struct dv_bytes issuer, const struct dv_cert *leaf)
{
	struct dv_at unused;
	struct dv_der in = dv_der_start(issuer, DV_F_VOUCHER_IDEVID_ISSUER,
	    &unused);
	struct dv_bytes inside;

	return dv_cert_has(leaf, DV_EXT_AUTHORITY_KEY_ID) &&
	    dv_der_take(&in, DER_OCTET_STRING, &inside) == DV_R_NONE &&
	    dv_der_end(&in) == DV_R_NONE &&
	    dv_bytes_equal(inside, leaf->ext.value[DV_EXT_AUTHORITY_KEY_ID]);
}

static enum dv_reason
issuer_refuse(const struct dv_voucher *v, struct dv_at *at)
{
	(void)refuse(v, DV_R_VOUCHER_ISSUER, DV_F_VOUCHER_IDEVID_ISSUER,
	    v->idevid_issuer, at);
	dv_found(at, dv_octets(DV_VALUE_BYTES, v->idevid_issuer));
	return DV_R_VOUCHER_ISSUER;
}

/* Certificate, key and hash of a key: how many of them are named. */
static unsigned
named(const struct dv_voucher *v)
{
	return (unsigned)(v->cert.len > 0) + (unsigned)(v->key.len > 0) +
	    (unsigned)(v->key_hash.len > 0);
}

/*
 * RFC 8995 5.2: the device says "proximity" and whom it met. What a registrar
 * was verified by is the manufacturer's to say, and so is what an agent did.
 */
static enum dv_reason
assertion_check(const struct dv_voucher *v, struct dv_at *at)
{
	const unsigned registrars = named(v);

	if ((!v->has_assertion || (v->assertion == DV_ASSERTION_PROXIMITY &&
	    registrars > 0)) && registrars <= 1)
		return DV_R_NONE;
	(void)dv_fail_at(at, DV_R_VOUCHER_ASSERTION, DV_F_VOUCHER_ASSERTION,
	    DV_NO_OFFSET);
	if (v->has_assertion && v->assertion != DV_ASSERTION_PROXIMITY) {
		dv_wanted(at, dv_text(dv_assertion_name(DV_ASSERTION_PROXIMITY)));
		dv_found(at, dv_text(dv_assertion_name(v->assertion)));
	} else {
		dv_wanted_as(at, "registrars wanted", dv_number(1));
		dv_found(at, dv_number(registrars));
	}
	return DV_R_VOUCHER_ASSERTION;
}

static enum dv_reason
created_check(const struct dv_voucher *v, const struct dv_cert *leaf,
    dv_time now, struct dv_at *at)
{
	enum dv_reason reason = v->has_created_on ?
	    dv_signed_check(v->created_on, leaf, now, at) : DV_R_NONE;

	if (reason != DV_R_NONE)
		at->field = DV_F_VOUCHER_CREATED_ON;
	return reason;
}

static enum dv_reason
nonce_check(const struct dv_voucher *v, struct dv_bytes wanted,
    struct dv_at *at)
{
	if (wanted.len == 0 || dv_bytes_equal(v->nonce, wanted))
		return DV_R_NONE;
	(void)refuse(v, DV_R_VOUCHER_NONCE, DV_F_VOUCHER_NONCE, v->nonce, at);
	dv_wanted(at, dv_octets(DV_VALUE_BYTES, wanted));
	dv_found(at, v->nonce.len > 0 ? dv_octets(DV_VALUE_BYTES, v->nonce) :
	    dv_text("none"));
	return DV_R_VOUCHER_NONCE;
}

/* By certificate, by key or by its hash: is it this one? */
static bool
names_registrar(const struct dv_voucher *v, struct dv_bytes registrar)
{
	struct dv_cert cert;
	struct dv_at unused;
	uint8_t hash[DV_MAX_DIGEST];
	size_t len;

	if (v->cert.len > 0)
		return dv_bytes_equal(v->cert, registrar);
	if (dv_cert_read(registrar, &cert, &unused) != DV_R_NONE)
		return false;
	if (v->key.len > 0)
		return dv_bytes_equal(v->key, cert.key.spki);
	len = dv_hash_once(DV_HASH_SHA256, cert.key.spki, hash);
	return len > 0 && dv_bytes_equal(v->key_hash,
	    (struct dv_bytes){ hash, len });
}

static enum dv_reason
registrar_check(const struct dv_voucher *v, struct dv_bytes registrar,
    struct dv_at *at)
{
	const enum dv_field field = v->key.len > 0 ?
	    DV_F_VOUCHER_REGISTRAR_KEY : v->key_hash.len > 0 ?
	    DV_F_VOUCHER_REGISTRAR_HASH : DV_F_VOUCHER_REGISTRAR_CERT;

	if (registrar.len == 0 || names_registrar(v, registrar))
		return DV_R_NONE;
	(void)refuse(v, DV_R_VOUCHER_REGISTRAR, field, v->key.len > 0 ? v->key :
	    v->key_hash.len > 0 ? v->key_hash : v->cert, at);
	if (named(v) == 0)
		dv_found(at, dv_text("none"));
	return DV_R_VOUCHER_REGISTRAR;
}

enum dv_reason
dv_voucher_check_request(const struct dv_voucher *v,
    const struct dv_cert *leaf, const struct dv_voucher_question *question,
    struct dv_at *at)
{
	enum dv_reason reason = serial_check(v, dv_voucher_serial_of(leaf), at);

	if (reason == DV_R_NONE && v->idevid_issuer.len > 0 &&
	    !is_key_id_of(v->idevid_issuer, leaf))
		reason = issuer_refuse(v, at);
	if (reason == DV_R_NONE)
		reason = assertion_check(v, at);
	if (reason == DV_R_NONE && v->nonce.len == 0 && !v->has_created_on)
		reason = dv_fail_at(at, DV_R_VOUCHER_NOT_FRESH,
		    DV_F_VOUCHER_NONCE, DV_NO_OFFSET);
	if (reason == DV_R_NONE)
		reason = created_check(v, leaf, question->policy->at, at);
	if (reason == DV_R_NONE)
		reason = nonce_check(v, question->nonce, at);
	return reason != DV_R_NONE ? reason :
	    registrar_check(v, question->registrar, at);
}

/* ---- a voucher, beside the request that it answers ---- */

/* What the request says of its issuer; else what its certificate does. */
static enum dv_reason
answered_issuer_check(const struct dv_voucher *v,
    const struct dv_voucher *request, struct dv_at *at)
{
	struct dv_cert leaf;
	struct dv_at unused;

	if (v->idevid_issuer.len == 0)
		return DV_R_NONE;
	if (request->idevid_issuer.len > 0)
		return dv_bytes_equal(v->idevid_issuer,
		    request->idevid_issuer) ? DV_R_NONE : issuer_refuse(v, at);
	if (request->sign1.x5chain_count > 0 &&
	    dv_cert_read(request->sign1.x5chain[0], &leaf, &unused) ==
	    DV_R_NONE && is_key_id_of(v->idevid_issuer, &leaf))
		return DV_R_NONE;
	(void)issuer_refuse(v, at);
	dv_wanted(at, dv_text("a request with the issuer of its certificate"));
	return DV_R_VOUCHER_ISSUER;
}

/* Not after its end; and without a nonce, an end has to be there. */
static enum dv_reason
end_check(const struct dv_voucher *v, dv_time now, struct dv_at *at)
{
	if (!v->has_expires_on)
		return v->nonce.len > 0 ? DV_R_NONE : dv_fail_at(at,
		    DV_R_VOUCHER_NOT_FRESH, DV_F_VOUCHER_EXPIRES_ON,
		    DV_NO_OFFSET);
	if (now.s < v->expires_on.s)
		return DV_R_NONE;
	(void)dv_fail_at(at, DV_R_VOUCHER_EXPIRED, DV_F_VOUCHER_EXPIRES_ON,
	    DV_NO_OFFSET);
	dv_wanted_as(at, "before", dv_instant(v->expires_on));
	dv_found_as(at, "time used", dv_instant(now));
	return DV_R_VOUCHER_EXPIRED;
}

/* RFC 8995 5.6.1: a nonce is that of the request; without one it has an end. */
static enum dv_reason
answered_nonce_check(const struct dv_voucher *v,
    const struct dv_voucher *request, struct dv_at *at)
{
	if (v->nonce.len == 0)
		return DV_R_NONE;
	if (request->nonce.len > 0)
		return nonce_check(v, request->nonce, at);
	(void)refuse(v, DV_R_VOUCHER_NONCE, DV_F_VOUCHER_NONCE, v->nonce, at);
	dv_wanted(at, dv_text("none"));
	dv_found(at, dv_octets(DV_VALUE_BYTES, v->nonce));
	return DV_R_VOUCHER_NONCE;
}

static enum dv_reason
answer_check(const struct dv_voucher *v, const struct dv_cert *leaf,
    const struct dv_voucher_question *question, struct dv_at *at)
{
	const struct dv_voucher *request = question->request;
	enum dv_reason reason = serial_check(v, request->serial, at);

	if (reason == DV_R_NONE)
		reason = answered_issuer_check(v, request, at);
	if (reason == DV_R_NONE)
		reason = answered_nonce_check(v, request, at);
	if (reason == DV_R_NONE)
		reason = nonce_check(v, question->nonce, at);
	if (reason == DV_R_NONE)
		reason = end_check(v, question->policy->at, at);
	if (reason == DV_R_NONE)
		reason = created_check(v, leaf, question->policy->at, at);
	if (reason != DV_R_NONE || named(v) == 1)
		return reason;
	(void)dv_fail_at(at, DV_R_VOUCHER_PIN, DV_F_VOUCHER_PINNED_CERT,
	    DV_NO_OFFSET);
	dv_found(at, dv_number(named(v)));
	return DV_R_VOUCHER_PIN;
}

/* ---- the whole ---- */

/* One certificate of the signer: inside, given, or both and the same. */
static enum dv_reason
signer_check(const struct dv_voucher *v, struct dv_bytes given,
    struct dv_at *at)
{
	const bool inside = v->sign1.x5chain_count > 0;

	if (!inside && given.len == 0)
		return dv_fail_at(at, DV_R_VOUCHER_CERTIFICATE_MISSING,
		    DV_F_HEADER_X5CHAIN, DV_NO_OFFSET);
	if (!inside || given.len == 0 ||
	    dv_bytes_equal(v->sign1.x5chain[0], given))
		return DV_R_NONE;
	return dv_fail_at(at, DV_R_VOUCHER_CERTIFICATE_OTHER,
	    DV_F_HEADER_X5CHAIN, dv_offset(v->sign1.envelope,
	    v->sign1.x5chain[0]));
}

/* RFC 5280 4.2.1.3; of its purpose nothing is asked but what the caller did. */
static enum dv_reason
usage_check(const struct dv_cert *leaf, struct dv_at *at)
{
	if (!dv_cert_has(leaf, DV_EXT_KEY_USAGE) ||
	    (leaf->ext.key_usage & DV_KU_DIGITAL_SIGNATURE) != 0)
		return DV_R_NONE;
	return dv_fail_ext(leaf, at, DV_R_KEY_USAGE_SIGNATURE,
	    DV_EXT_KEY_USAGE);
}

/*
 * The manufacturer's service signs a voucher (RFC 8995 5.6), no device: that of
 * every device has a serialNumber (2.3.1). Else one of them could give away its
 * siblings, whose anchors are often those of their own certificates.
 */
static enum dv_reason
service_check(const struct dv_cert *leaf, struct dv_at *at)
{
	struct dv_bytes serial = dv_voucher_serial_of(leaf);

	if (serial.len == 0)
		return DV_R_NONE;
	(void)dv_fail_part(&leaf->der, at, DV_R_VOUCHER_SIGNER, DV_F_SUBJECT,
	    serial);
	dv_wanted(at, dv_text("a subject without serialNumber"));
	dv_found(at, dv_octets(DV_VALUE_UTF8, serial));
	return DV_R_VOUCHER_SIGNER;
}

static struct dv_verdict
content_check(const struct dv_voucher *v,
    const struct dv_voucher_question *question, const struct dv_cert *leaf)
{
	struct dv_at at;
	enum dv_reason reason = usage_check(leaf, &at);

	if (reason == DV_R_NONE && question->request != NULL)
		reason = service_check(leaf, &at);
	if (reason != DV_R_NONE)
		return no(DV_OBJECT_CERTIFICATE, reason, &at);
	reason = dv_sign1_check_alg(&v->sign1, question->policy, &at);
	if (reason == DV_R_NONE)
		reason = dv_sign1_check_signature(&v->sign1, &leaf->key, &at);
	if (reason == DV_R_NONE)
		reason = question->request == NULL ?
		    dv_voucher_check_request(v, leaf, question, &at) :
		    answer_check(v, leaf, question, &at);
	if (reason != DV_R_NONE)
		return no(DV_OBJECT_ENVELOPE, reason, &at);
	return (struct dv_verdict){ .status = DV_ACCEPTED,
	    .at = { .offset = DV_NO_OFFSET } };
}

/* Both are what the caller took them for. */
static enum dv_reason
kind_check(const struct dv_voucher *v,
    const struct dv_voucher_question *question, struct dv_at *at)
{
	const enum dv_voucher_kind wanted = question->request == NULL ?
	    DV_VOUCHER_REQUEST : DV_VOUCHER_ISSUED;

	if (v->kind == wanted && (question->request == NULL ||
	    question->request->kind == DV_VOUCHER_REQUEST))
		return DV_R_NONE;
	return refuse(v, DV_R_VOUCHER_KIND, DV_F_VOUCHER, v->sign1.payload, at);
}

struct dv_verdict
dv_voucher_verify(const struct dv_voucher *v,
    const struct dv_voucher_question *question, struct dv_work *work,
    struct dv_path *path)
{
	struct dv_verdict verdict;
	struct dv_at at;
	enum dv_reason reason = kind_check(v, question, &at);

	*path = (struct dv_path){ .count = 0 };
	if (reason == DV_R_NONE)
		reason = signer_check(v, question->trust->leaf, &at);
	if (reason != DV_R_NONE)
		return no(DV_OBJECT_ENVELOPE, reason, &at);
	verdict = dv_sign1_check_chain(&v->sign1, question->trust,
	    question->policy, work, path);
	if (verdict.status == DV_ACCEPTED)
		verdict = content_check(v, question, &path->cert[0]);
	if (verdict.status != DV_ACCEPTED)
		*path = (struct dv_path){ .count = 0 };
	else if (v->has_expires_on && v->expires_on.s - 1 < path->good_until.s)
		path->good_until.s = v->expires_on.s - 1;
	return verdict;
}
