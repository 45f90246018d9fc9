/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a certificate, completely and strictly. Judges form alone and checks
 * no signature: everything read is a claim. RFC 5280 section 4.1.
 */
#include "dv_cert.h"

#include "at.h"
#include "bytes.h"
#include "ext.h"
#include "key.h"
#include "name.h"

/* RFC 5280 4.1.2.1: v1 is the default and not encoded; v2 is 1, v3 is 2. */
static enum dv_reason
read_version(struct dv_der *tbs, struct dv_cert *out)
{
	struct dv_der inside;
	struct dv_bytes here = tbs->rest, version;
	enum dv_reason reason;

	out->version = 1;
	tbs->field = DV_F_VERSION;
	if (dv_der_peek(tbs) != DER_CONTEXT_CONS(0))
		return DV_R_NONE;
	reason = dv_der_enter(tbs, DER_CONTEXT_CONS(0), &inside);
	if (reason == DV_R_NONE)
		reason = dv_der_integer(&inside, &version);
	if (reason == DV_R_NONE)
		reason = dv_der_end(&inside);
	if (reason == DV_R_NONE)
		reason = dv_version_check(tbs, version, 2);
	if (reason != DV_R_NONE)
		return reason;
	if (version.ptr[0] == 0)
		reason = dv_der_defect(tbs, DV_R_NOT_CANONICAL, here);
	if (reason != DV_R_NONE)
		return reason;
	out->version = version.ptr[0] + 1u;
	return DV_R_NONE;
}

static enum dv_reason
fail_serial_size(const struct dv_der *tbs, struct dv_bytes serial, int limit)
{
	(void)dv_der_fail(tbs, DV_R_SERIAL_INVALID, serial);
	dv_numbers(tbs->at, limit, (int64_t)serial.len);
	return DV_R_SERIAL_INVALID;
}

/* RFC 5280 4.1.2.2: positive, at most 20 octets. */
static enum dv_reason
check_serial(const struct dv_der *tbs, struct dv_bytes serial)
{
	if (serial.len > DV_MAX_SERIAL_PATH && tbs->defect != NULL)
		return fail_serial_size(tbs, serial, DV_MAX_SERIAL_PATH);
	if (serial.len > DV_MAX_SERIAL)
		return dv_der_tolerate(tbs, fail_serial_size(tbs, serial,
		    DV_MAX_SERIAL));
	if (serial.ptr[0] < 0x80 && (serial.len > 1 || serial.ptr[0] != 0))
		return DV_R_NONE;
	(void)dv_der_fail(tbs, DV_R_SERIAL_INVALID, serial);
	dv_found(tbs->at, dv_octets(DV_VALUE_BYTES, serial));
	return dv_der_tolerate(tbs, DV_R_SERIAL_INVALID);
}

static enum dv_reason
read_serial(struct dv_der *tbs, struct dv_cert *out)
{
	enum dv_reason reason;

	tbs->field = DV_F_SERIAL;
	reason = dv_der_integer(tbs, &out->serial);
	return reason != DV_R_NONE ? reason : check_serial(tbs, out->serial);
}

static enum dv_reason
read_algorithm(struct dv_der *tbs, struct dv_bytes outer, struct dv_cert *out)
{
	struct dv_algorithm algorithm;
	enum dv_reason reason = dv_algorithm_twice(tbs, outer, &algorithm);

	out->sig_alg = algorithm.alg;
	out->sig_oid = algorithm.oid;
	out->salt = algorithm.salt;
	return reason;
}

static enum dv_reason
read_times(struct dv_der *validity, struct dv_cert *out)
{
	const struct dv_bytes all = validity->rest;
	struct dv_bytes between;
	enum dv_reason reason;

	validity->field = DV_F_NOT_BEFORE;
	reason = dv_der_time(validity, &out->not_before);
	out->from = dv_der_since(validity, all);
	validity->field = DV_F_NOT_AFTER;
	between = validity->rest;
	if (reason == DV_R_NONE)
		reason = dv_der_time(validity, &out->not_after);
	out->until = dv_der_since(validity, between);
	validity->field = DV_F_VALIDITY;
	return dv_der_finish(validity, reason);
}

static enum dv_reason
read_validity(struct dv_der *tbs, struct dv_cert *out)
{
	struct dv_der validity;
	enum dv_reason reason;

	tbs->field = DV_F_VALIDITY;
	reason = dv_der_enter(tbs, DER_SEQUENCE, &validity);
	if (reason == DV_R_NONE)
		reason = read_times(&validity, out);
	if (reason != DV_R_NONE || out->not_after.s >= out->not_before.s)
		return reason;
	tbs->field = DV_F_NOT_AFTER;
	(void)dv_der_fail(tbs, DV_R_VALIDITY_REVERSED, out->until);
	dv_wanted(tbs->at, dv_instant(out->not_before));
	dv_found(tbs->at, dv_instant(out->not_after));
	return DV_R_VALIDITY_REVERSED;
}

/* A part that came with a later version than the certificate states. */
static enum dv_reason
check_version(const struct dv_der *tbs, const struct dv_cert *cert,
    unsigned since)
{
	if (cert->version >= since)
		return DV_R_NONE;
	(void)dv_der_fail(tbs, DV_R_UNSUPPORTED_VERSION, tbs->rest);
	dv_numbers(tbs->at, since, cert->version);
	return DV_R_UNSUPPORTED_VERSION;
}

/* RFC 5280 4.1.2.8: their form is looked at, their contents are not used. */
static enum dv_reason
read_unique_id(struct dv_der *tbs, uint8_t tag, const struct dv_cert *cert)
{
	struct dv_bits ignored;
	enum dv_reason reason;

	if (dv_der_peek(tbs) != tag)
		return DV_R_NONE;
	tbs->field = DV_F_UNIQUE_ID;
	reason = check_version(tbs, cert, 2);
	return reason != DV_R_NONE ? reason :
	    dv_der_bits_as(tbs, tag, &ignored);
}

static enum dv_reason
read_extensions(struct dv_der *tbs, struct dv_cert *out)
{
	struct dv_der inside;
	enum dv_reason reason;

	out->ext.path_len = -1;
	if (dv_der_peek(tbs) != DER_CONTEXT_CONS(3))
		return DV_R_NONE;
	tbs->field = DV_F_EXTENSIONS;
	reason = check_version(tbs, out, 3);
	if (reason == DV_R_NONE)
		reason = dv_der_enter(tbs, DER_CONTEXT_CONS(3), &inside);
	if (reason == DV_R_NONE)
		reason = dv_extensions_read(&inside, &out->ext);
	return dv_der_finish(&inside, reason);
}

/*
 * RFC 5280 4.1.2.6: a CA has a name; others have one or a critical
 * subjectAltName. Section 6 does not ask: nobody can be issued by no name.
 */
static enum dv_reason
check_subject(struct dv_der *tbs, const struct dv_cert *cert)
{
	if (!dv_name_is_empty(cert->subject))
		return DV_R_NONE;
	if (!cert->ext.ca &&
	    (cert->ext.critical & DV_EXT_BIT(DV_EXT_SUBJECT_ALT_NAME)) != 0)
		return DV_R_NONE;
	tbs->field = DV_F_SUBJECT;
	return dv_der_defect(tbs, DV_R_NAME_EMPTY, cert->subject);
}

/* From version to subjectPublicKeyInfo. */
static enum dv_reason
read_fields(struct dv_der *tbs, struct dv_bytes algorithm, struct dv_cert *out)
{
	enum dv_reason reason = read_version(tbs, out);

	if (reason == DV_R_NONE)
		reason = read_serial(tbs, out);
	if (reason == DV_R_NONE)
		reason = read_algorithm(tbs, algorithm, out);
	if (reason == DV_R_NONE)
		reason = dv_issuer_read(tbs, &out->issuer);
	if (reason == DV_R_NONE)
		reason = read_validity(tbs, out);
	tbs->field = DV_F_SUBJECT;
	if (reason == DV_R_NONE)
		reason = dv_name_read(tbs, &out->subject);
	tbs->field = DV_F_SPKI;
	return reason != DV_R_NONE ? reason : dv_key_read(tbs, &out->key);
}

static enum dv_reason
read_tbs(struct dv_der *in, const struct dv_signed *frame, struct dv_cert *out)
{
	struct dv_der tbs;
	enum dv_reason reason;

	in->rest = frame->body;
	in->field = DV_F_TBS;
	reason = dv_der_enter(in, DER_SEQUENCE, &tbs);
	if (reason == DV_R_NONE)
		reason = read_fields(&tbs, frame->algorithm, out);
	if (reason == DV_R_NONE)
		reason = read_unique_id(&tbs, DER_CONTEXT(1), out);
	if (reason == DV_R_NONE)
		reason = read_unique_id(&tbs, DER_CONTEXT(2), out);
	if (reason == DV_R_NONE)
		reason = read_extensions(&tbs, out);
	tbs.field = DV_F_TBS;
	reason = dv_der_finish(&tbs, reason);
	return reason != DV_R_NONE ? reason : check_subject(&tbs, out);
}

/* in: over the whole certificate. */
static enum dv_reason
read_cert(struct dv_der *in, struct dv_cert *out)
{
	struct dv_signed frame;
	enum dv_reason reason;

	*out = (struct dv_cert){ .version = 0 };
	*in->at = (struct dv_at){ .field = DV_F_NONE };
	out->der = in->object;
	reason = dv_signed_read(in, DV_MAX_CERT, &frame);
	if (reason == DV_R_NONE) {
		out->tbs = frame.body;
		out->signature = frame.signature;
		reason = read_tbs(in, &frame, out);
	}
	if (reason != DV_R_NONE)
		*out = (struct dv_cert){ .version = 0 };
	return reason;
}

enum dv_reason
dv_cert_parse(struct dv_bytes der, struct dv_cert *out, struct dv_at *at)
{
	struct dv_der in = dv_der_start(der, DV_F_CERTIFICATE, at);

	return read_cert(&in, out);
}

enum dv_reason
dv_cert_read(struct dv_bytes der, struct dv_cert *out, struct dv_at *at)
{
	struct dv_der in = dv_der_start(der, DV_F_CERTIFICATE, at);
	enum dv_reason reason;

	in.defect = &out->defect;
	reason = read_cert(&in, out);
	if (reason == DV_R_NONE)
		*at = (struct dv_at){ .field = DV_F_NONE };
	return reason;
}
