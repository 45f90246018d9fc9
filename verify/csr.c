/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a certification request and checking that its maker holds the key.
 * Grants nothing. RFC 2986, RFC 2985 5.4.2.
 */
#include "dv_csr.h"

#include "at.h"
#include "bytes.h"
#include "dv_chain.h"
#include "ext.h"
#include "key.h"
#include "name.h"

/* 1.2.840.113549.1.9.14 */
static const uint8_t extension_request[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
    0x0d, 0x01, 0x09, 0x0e };

/* RFC 2986 4.1: v1, which is 0. */
static enum dv_reason
read_version(struct dv_der *in)
{
	struct dv_bytes version;
	enum dv_reason reason = dv_der_integer(in, &version);

	return reason != DV_R_NONE ? reason : dv_version_check(in, version, 0);
}

/* Set of exactly one value: the Extensions. */
static enum dv_reason
read_requested(struct dv_der *in, struct dv_extensions *out)
{
	struct dv_der values;
	enum dv_reason reason = dv_der_enter(in, DER_SET, &values);

	if (reason != DV_R_NONE)
		return reason;
	values.field = DV_F_EXTENSIONS;
	reason = dv_extensions_read(&values, out);
	return dv_der_finish(&values, reason);
}

static enum dv_reason
read_attribute(struct dv_der *in, bool *seen, struct dv_extensions *out)
{
	struct dv_der inside;
	struct dv_bytes oid;
	enum dv_reason reason = dv_der_enter(in, DER_SEQUENCE, &inside);

	if (reason == DV_R_NONE)
		reason = dv_der_oid(&inside, &oid);
	if (reason != DV_R_NONE)
		return reason;
	if (*seen || !dv_bytes_equal(oid, DV_BYTES(extension_request))) {
		(void)dv_der_fail(in, DV_R_REQUEST_ATTRIBUTE, oid);
		dv_found(in->at, dv_octets(DV_VALUE_OID, oid));
		return DV_R_REQUEST_ATTRIBUTE;
	}
	*seen = true;
	reason = read_requested(&inside, out);
	return dv_der_finish(&inside, reason);
}

static enum dv_reason
read_attributes(struct dv_der *in, struct dv_csr *out)
{
	struct dv_der list;
	bool seen = false;
	enum dv_reason reason = dv_der_enter(in, DER_CONTEXT_CONS(0), &list);

	out->ext.path_len = -1;
	while (reason == DV_R_NONE && !dv_der_empty(&list))
		reason = read_attribute(&list, &seen, &out->ext);
	return reason;
}

static enum dv_reason
read_info(struct dv_der *in, struct dv_csr *out)
{
	struct dv_der whole = dv_der_inside(in, out->info, DV_F_REQUEST), info;
	enum dv_reason reason = dv_der_enter(&whole, DER_SEQUENCE, &info);

	info.field = DV_F_VERSION;
	if (reason == DV_R_NONE)
		reason = read_version(&info);
	info.field = DV_F_SUBJECT;
	if (reason == DV_R_NONE)
		reason = dv_name_read(&info, &out->subject);
	info.field = DV_F_SPKI;
	if (reason == DV_R_NONE)
		reason = dv_key_read(&info, &out->key);
	info.field = DV_F_ATTRIBUTES;
	if (reason == DV_R_NONE)
		reason = read_attributes(&info, out);
	info.field = DV_F_REQUEST;
	return dv_der_finish(&info, reason);
}

static enum dv_reason
read_csr(struct dv_bytes der, struct dv_csr *out, struct dv_at *at)
{
	struct dv_der in = dv_der_start(der, DV_F_REQUEST, at), algorithm_in;
	struct dv_signed frame;
	struct dv_algorithm algorithm;
	enum dv_reason reason = dv_signed_read(&in, DV_MAX_CERT, &frame);

	if (reason != DV_R_NONE)
		return reason;
	out->der = der;
	out->info = frame.body;
	out->signature = frame.signature;
	algorithm_in = dv_der_inside(&in, frame.algorithm,
	    DV_F_SIGNATURE_ALGORITHM);
	reason = dv_algorithm_read(&algorithm_in, &algorithm);
	out->sig_alg = algorithm.alg;
	out->sig_oid = algorithm.oid;
	out->salt = algorithm.salt;
	return reason != DV_R_NONE ? reason : read_info(&in, out);
}

enum dv_reason
dv_csr_parse(struct dv_bytes der, struct dv_csr *out, struct dv_at *at)
{
	enum dv_reason reason;

	*out = (struct dv_csr){ .der = { NULL, 0 } };
	*at = (struct dv_at){ .field = DV_F_NONE };
	reason = read_csr(der, out, at);
	if (reason != DV_R_NONE)
		*out = (struct dv_csr){ .der = { NULL, 0 } };
	return reason;
}

/* Requests and certificates are signed alike, so one function checks both. */
enum dv_reason
dv_csr_prove(const struct dv_csr *csr, struct dv_at *at)
{
	struct dv_cert link = { .der = csr->der, .tbs = csr->info,
	    .sig_alg = csr->sig_alg, .sig_oid = csr->sig_oid,
	    .salt = csr->salt,
	    .signature = csr->signature };
	enum dv_reason reason;

	*at = (struct dv_at){ .field = DV_F_NONE };
	reason = dv_key_check(&csr->key, csr->der, at);
	if (reason == DV_R_NONE)
		reason = dv_cert_check_signature(&link, &csr->key, at);
	return reason == DV_R_SIGNATURE_INVALID ? DV_R_POSSESSION : reason;
}
