/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads and writes the ASN.1 of TSS2 PRIVATE KEY files. What is not a key of
 * this kind is refused by name. draft-bottomley-tpm2-keys-00 3.1.
 */
#include <string.h>

#include "bytes.h"
#include "der.h"
#include "tpm_file.h"

#define LOADABLE "2.23.133.10.1.3"
#define IMPORTABLE "2.23.133.10.1.4"
#define SEALED "2.23.133.10.1.5"

#define PARENT_OWNER UINT32_C(0x40000001)
#define PARENT_KEPT UINT32_C(0x81)	/* first octet of a persistent handle */

static bool
oid_is(struct dv_bytes oid, const char *dotted)
{
	uint8_t want[16];
	size_t len = dv_oid_parse(dotted, want, sizeof(want));
	return len > 0 && dv_bytes_equal(oid, (struct dv_bytes){ want, len });
}

/* ---- reading -------------------------------------------------------------- */

/* INTEGER 0 to 2^32 - 1. */
static enum dv_reason
word_read(struct dv_der *in, uint32_t *out)
{
	struct dv_bytes n;
	*out = 0;
	enum dv_reason why = dv_der_integer(in, &n);
	if (why != DV_R_NONE)
		return why;
	if ((n.ptr[0] & 0x80) != 0 || n.len > 5 ||
	    (n.len == 5 && n.ptr[0] != 0))
		return dv_der_fail(in, DV_R_KEY_INVALID, n);
	for (size_t i = 0; i < n.len; i++)
		*out = *out << 8 | n.ptr[i];
	return DV_R_NONE;
}

/* [n] EXPLICIT: a reader over what stands inside, absent: *there is false. */
static enum dv_reason
explicit_enter(struct dv_der *in, uint8_t n, bool *there, struct dv_der *inside)
{
	*there = dv_der_peek(in) == DER_CONTEXT_CONS(n);
	return *there ? dv_der_enter(in, DER_CONTEXT_CONS(n), inside) :
	    DV_R_NONE;
}

static enum dv_reason
explicit_take(struct dv_der *in, uint8_t n, uint8_t tag, struct dv_bytes *out)
{
	struct dv_der inside;
	bool there;
	*out = (struct dv_bytes){ NULL, 0 };
	enum dv_reason why = explicit_enter(in, n, &there, &inside);
	if (why == DV_R_NONE && there)
		why = dv_der_take(&inside, tag, out);
	if (why == DV_R_NONE && there)
		why = dv_der_end(&inside);
	return why;
}

/* tpm2-openssl 1.1 writes 01 for TRUE: any octet but 00 is taken. */
static enum dv_reason
explicit_flag(struct dv_der *in, uint8_t n, bool *out)
{
	struct dv_bytes value;
	*out = false;
	enum dv_reason why = explicit_take(in, n, DER_BOOLEAN, &value);
	if (why != DV_R_NONE || value.ptr == NULL)
		return why;
	if (value.len != 1)
		return dv_der_fail(in, DV_R_KEY_INVALID, value);
	*out = value.ptr[0] != 0;
	return DV_R_NONE;
}

/* TPMPolicy ::= SEQUENCE { [0] INTEGER, [1] OCTET STRING } */
static enum dv_reason
step_read(struct dv_der *in, struct ds_tpm_step *out)
{
	struct dv_der seq, code;
	enum dv_reason why = dv_der_enter(in, DER_SEQUENCE, &seq);
	if (why == DV_R_NONE)
		why = dv_der_enter(&seq, DER_CONTEXT_CONS(0), &code);
	if (why == DV_R_NONE)
		why = word_read(&code, &out->command);
	if (why == DV_R_NONE)
		why = dv_der_end(&code);
	if (why == DV_R_NONE && dv_der_peek(&seq) != DER_CONTEXT_CONS(1))
		return dv_der_fail(&seq, DV_R_KEY_INVALID, seq.rest);
	if (why == DV_R_NONE)
		why = explicit_take(&seq, 1, DER_OCTET_STRING, &out->body);
	return why == DV_R_NONE ? dv_der_end(&seq) : why;
}

static enum dv_reason
steps_read(struct dv_der *in, struct ds_tpm_policy *out)
{
	struct dv_der seq;
	enum dv_reason why = dv_der_enter(in, DER_SEQUENCE, &seq);
	while (why == DV_R_NONE && !dv_der_empty(&seq)) {
		if (out->count == DS_TPM_STEPS)
			return dv_der_fail(&seq, DV_R_KEY_INVALID, seq.rest);
		why = step_read(&seq, &out->step[out->count++]);
	}
	return why == DV_R_NONE ? dv_der_end(in) : why;
}

/* TPMAuthPolicy ::= SEQUENCE { [0] UTF8String OPTIONAL, [1] SEQUENCE OF } */
static enum dv_reason
approved_read(struct dv_der *in, struct ds_tpm_policy *out)
{
	struct dv_der seq, steps;
	enum dv_reason why = dv_der_enter(in, DER_SEQUENCE, &seq);
	if (why == DV_R_NONE)
		why = explicit_take(&seq, 0, DER_UTF8_STRING, &out->name);
	if (why == DV_R_NONE)
		why = dv_der_enter(&seq, DER_CONTEXT_CONS(1), &steps);
	if (why == DV_R_NONE)
		why = steps_read(&steps, out);
	return why == DV_R_NONE ? dv_der_end(&seq) : why;
}

static enum dv_reason
all_approved_read(struct dv_der *in, struct ds_tpm_file *out)
{
	struct dv_der inside, seq;
	bool there;
	enum dv_reason why = explicit_enter(in, 3, &there, &inside);
	if (why != DV_R_NONE || !there)
		return why;
	why = dv_der_enter(&inside, DER_SEQUENCE, &seq);
	while (why == DV_R_NONE && !dv_der_empty(&seq)) {
		if (out->approved_count == DS_TPM_APPROVALS)
			return dv_der_fail(&seq, DV_R_KEY_INVALID, seq.rest);
		why = approved_read(&seq,
		    &out->approved[out->approved_count++]);
	}
	return why == DV_R_NONE ? dv_der_end(&inside) : why;
}

struct reading {
	struct dv_bytes kind;		/* OID contents */
	bool rsa_parent;
};

static enum dv_reason
fields_read(struct dv_der *in, struct ds_tpm_file *out, struct reading *r)
{
	struct dv_der policy;
	bool there;
	enum dv_reason why = dv_der_oid(in, &r->kind);
	if (why != DV_R_NONE || !oid_is(r->kind, LOADABLE))
		return why;
	why = explicit_flag(in, 0, &out->empty_auth);
	if (why == DV_R_NONE)
		why = explicit_enter(in, 1, &there, &policy);
	if (why == DV_R_NONE && there)
		why = steps_read(&policy, &out->policy);
	if (why == DV_R_NONE)
		why = all_approved_read(in, out);
	if (why == DV_R_NONE)
		why = explicit_take(in, 4, DER_UTF8_STRING, &out->description);
	if (why == DV_R_NONE)
		why = explicit_flag(in, 5, &r->rsa_parent);
	if (why == DV_R_NONE)
		why = word_read(in, &out->parent);
	if (why == DV_R_NONE)
		why = dv_der_take(in, DER_OCTET_STRING, &out->pub);
	if (why == DV_R_NONE)
		why = dv_der_take(in, DER_OCTET_STRING, &out->priv);
	return why == DV_R_NONE ? dv_der_end(in) : why;
}

static enum dv_exit
kind_refuse(const char *path, struct dv_bytes kind, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NONE, "%s: %s, not a key that was made in "
	    "the TPM", path, oid_is(kind, IMPORTABLE) ?
	    "an importable key" : oid_is(kind, SEALED) ? "sealed data" :
	    "of an unknown kind");
}

enum dv_exit
ds_tpm_file_read(const char *path, struct dv_bytes der,
    struct ds_tpm_file *out, struct dv_err *err)
{
	struct reading r = { .rsa_parent = false };
	struct dv_at at;
	struct dv_der outer = dv_der_start(der, DV_F_SPKI, &at), seq;
	memset(out, 0, sizeof(*out));
	enum dv_reason why = dv_der_enter(&outer, DER_SEQUENCE, &seq);
	if (why == DV_R_NONE)
		why = dv_der_end(&outer);
	if (why == DV_R_NONE)
		why = fields_read(&seq, out, &r);
	if (why == DV_R_NONE && !oid_is(r.kind, LOADABLE))
		return kind_refuse(path, r.kind, err);
	if (why != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NONE, "%s: the TPM key cannot be "
		    "read: %s at octet %u", path, dv_reason_text(why),
		    (unsigned)at.offset);
	if (r.rsa_parent || (out->parent != PARENT_OWNER &&
	    out->parent >> 24 != PARENT_KEPT)) {
		enum dv_exit ret = dv_fail(err, DV_EXIT_NONE, "%s: its parent is "
		    "%s0x%08x, which is not served", path,
		    r.rsa_parent ? "an RSA key of " : "",
		    (unsigned)out->parent);
		return dv_hint(err, ret, "0x40000001, the owner hierarchy's P-256 "
		    "key, and persistent handles are");
	}
	return DV_EXIT_YES;
}

/* ---- writing -------------------------------------------------------------- */

static void
word_write(struct ds_der *w, uint32_t word)
{
	uint8_t octets[4];
	for (unsigned i = 0; i < 4; i++)
		octets[i] = (uint8_t)(word >> (24 - 8 * i));
	ds_der_unsigned(w, DV_BYTES(octets));
}

static void
explicit_write(struct ds_der *w, uint8_t n, uint8_t tag, struct dv_bytes value)
{
	ds_der_begin(w, DER_CONTEXT_CONS(n));
	ds_der_element(w, tag, value);
	ds_der_end(w);
}

/* [1] EXPLICIT SEQUENCE OF TPMPolicy, in both places where it stands. */
static void
steps_write(struct ds_der *w, const struct ds_tpm_policy *policy)
{
	ds_der_begin(w, DER_CONTEXT_CONS(1));
	ds_der_begin(w, DER_SEQUENCE);
	for (size_t i = 0; i < policy->count; i++) {
		ds_der_begin(w, DER_SEQUENCE);
		ds_der_begin(w, DER_CONTEXT_CONS(0));
		word_write(w, policy->step[i].command);
		ds_der_end(w);
		explicit_write(w, 1, DER_OCTET_STRING, policy->step[i].body);
		ds_der_end(w);
	}
	ds_der_end(w);
	ds_der_end(w);
}

static void
all_approved_write(struct ds_der *w, const struct ds_tpm_file *file)
{
	ds_der_begin(w, DER_CONTEXT_CONS(3));
	ds_der_begin(w, DER_SEQUENCE);
	for (size_t i = 0; i < file->approved_count; i++) {
		ds_der_begin(w, DER_SEQUENCE);
		if (file->approved[i].name.ptr != NULL)
			explicit_write(w, 0, DER_UTF8_STRING,
			    file->approved[i].name);
		steps_write(w, &file->approved[i]);
		ds_der_end(w);
	}
	ds_der_end(w);
	ds_der_end(w);
}

void
ds_tpm_file_write(struct ds_der *w, const struct ds_tpm_file *file)
{
	ds_der_begin(w, DER_SEQUENCE);
	ds_der_oid_text(w, LOADABLE);
	/* Also when false: tpm2-openssl 1.1 takes its absence for true. */
	ds_der_begin(w, DER_CONTEXT_CONS(0));
	ds_der_boolean(w, file->empty_auth);
	ds_der_end(w);
	if (file->policy.count > 0)
		steps_write(w, &file->policy);
	if (file->approved_count > 0)
		all_approved_write(w, file);
	if (file->description.ptr != NULL)
		explicit_write(w, 4, DER_UTF8_STRING, file->description);
	word_write(w, file->parent);
	ds_der_element(w, DER_OCTET_STRING, file->pub);
	ds_der_element(w, DER_OCTET_STRING, file->priv);
	ds_der_end(w);
}
