/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A CA's signed statements: one form, read as strictly as it is written. What
 * is made has been read and verified before it leaves. docs/FORMAT.md;
 * RFC 9052, RFC 9360, RFC 9596, RFC 9597.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cbor.h"
#include "cbor_write.h"
#include "pki_batch.h"
#include "sign1.h"

static struct dv_bytes
text_bytes(const char *text)
{
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) };
}

/* ---- reading -------------------------------------------------------------- */

static enum dv_reason
take(struct dv_cbor *in, enum dv_cbor_kind kind, struct dv_cbor_item *out)
{
	return dv_cbor_take(in, kind, DV_R_CBOR_MALFORMED, out);
}

/* Next item: this number (or count), of this kind. */
static enum dv_reason
expect(struct dv_cbor *in, enum dv_cbor_kind kind, int64_t number)
{
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, kind, &item);

	if (reason == DV_R_NONE && item.number != number)
		return DV_R_HEADER_MALFORMED;
	return reason;
}

static enum dv_reason
take_bytes(struct dv_cbor *in, enum dv_cbor_kind kind, struct dv_bytes *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, kind, &item);

	*out = item.bytes;
	return reason;
}

static enum dv_reason
take_int(struct dv_cbor *in, int64_t *out)
{
	struct dv_cbor_item item;
	enum dv_reason reason = take(in, DV_CBOR_INT, &item);

	*out = item.number;
	return reason;
}

/* One certificate, or an array of 2 and more. */
static enum dv_reason
take_chain(struct dv_cbor *in, struct dv_bytes *first)
{
	struct dv_cbor_item item;
	struct dv_bytes more;
	enum dv_reason reason = dv_cbor_next(in, &item);

	if (reason == DV_R_NONE && item.kind == DV_CBOR_BYTES) {
		*first = item.bytes;
		return DV_R_NONE;
	}
	if (reason == DV_R_NONE && (item.kind != DV_CBOR_ARRAY ||
	    item.number < 2 || item.number > DV_MAX_PATH))
		return DV_R_HEADER_MALFORMED;
	if (reason == DV_R_NONE)
		reason = take_bytes(in, DV_CBOR_BYTES, first);
	for (int64_t i = 1; reason == DV_R_NONE && i < item.number; i++)
		reason = take_bytes(in, DV_CBOR_BYTES, &more);
	return reason;
}

/* The header map: each label in its place, and no other. */
static enum dv_reason
read_header(struct dv_cbor *in, const char *typ, struct pki_statement *out)
{
	struct dv_bytes found = { NULL, 0 };
	enum dv_reason reason = expect(in, DV_CBOR_MAP, 4);

	if (reason == DV_R_NONE)
		reason = expect(in, DV_CBOR_INT, DV_COSE_ALG);
	if (reason == DV_R_NONE)
		reason = take_int(in, &out->alg);
	if (reason == DV_R_NONE)
		reason = expect(in, DV_CBOR_INT, DV_COSE_CWT_CLAIMS);
	if (reason == DV_R_NONE)
		reason = expect(in, DV_CBOR_MAP, 1);
	if (reason == DV_R_NONE)
		reason = expect(in, DV_CBOR_INT, DV_CWT_IAT);
	if (reason == DV_R_NONE)
		reason = take_int(in, &out->iat.s);
	if (reason == DV_R_NONE)
		reason = expect(in, DV_CBOR_INT, DV_COSE_TYP);
	if (reason == DV_R_NONE)
		reason = take_bytes(in, DV_CBOR_TEXT, &found);
	if (reason == DV_R_NONE && !dv_bytes_equal(found, text_bytes(typ)))
		return DV_R_HEADER_MALFORMED;
	if (reason == DV_R_NONE)
		reason = expect(in, DV_CBOR_INT, DV_COSE_X5CHAIN);
	if (reason == DV_R_NONE)
		reason = take_chain(in, &out->signer);
	return reason == DV_R_NONE ? dv_cbor_end(in) : reason;
}

static enum dv_reason
read_all(struct dv_cbor *in, const char *typ, struct pki_statement *out)
{
	struct dv_cbor header;
	enum dv_reason reason = expect(in, DV_CBOR_TAG, DV_COSE_TAG_SIGN1);

	if (reason == DV_R_NONE)
		reason = expect(in, DV_CBOR_ARRAY, 4);
	if (reason == DV_R_NONE)
		reason = take_bytes(in, DV_CBOR_BYTES, &out->protected_map);
	if (reason == DV_R_NONE)
		reason = expect(in, DV_CBOR_MAP, 0);
	if (reason == DV_R_NONE)
		reason = take_bytes(in, DV_CBOR_BYTES, &out->payload);
	if (reason == DV_R_NONE)
		reason = take_bytes(in, DV_CBOR_BYTES, &out->signature);
	if (reason == DV_R_NONE)
		reason = dv_cbor_end(in);
	if (reason != DV_R_NONE)
		return reason;
	header = dv_cbor_inside(in, out->protected_map, DV_F_PROTECTED);
	return read_header(&header, typ, out);
}

enum dv_exit
pki_statement_read(struct dv_bytes file, const char *typ,
    struct pki_statement *out, struct dv_err *err)
{
	struct dv_at at = { .offset = DV_NO_OFFSET };
	struct dv_cbor in = dv_cbor_start(file, DV_F_ENVELOPE, &at);
	enum dv_reason reason;

	*out = (struct pki_statement){ .file = file };
	if (file.len == 0 || file.len > PKI_MAX_STATEMENT)
		return dv_fail(err, DV_EXIT_NO, "it has %zu octets; 1 to %u "
		    "are possible", file.len, PKI_MAX_STATEMENT);
	reason = read_all(&in, typ, out);
	if (reason == DV_R_NONE)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "it is not a %s: %s (%s)", typ,
	    dv_reason_text(reason), dv_reason_name(reason));
}

enum dv_exit
pki_statement_verify(const struct pki_statement *statement,
    const struct dv_key *key, struct dv_err *err)
{
	const struct dv_sign1 sign1 = {
		.envelope = statement->file,
		.protected_map = statement->protected_map,
		.alg = statement->alg,
		.key_type = dv_cose_key_type(statement->alg),
		.sig_alg = dv_cose_sig(statement->alg),
		.payload = statement->payload,
		.signature = statement->signature,
	};
	struct dv_at at;
	enum dv_reason reason = DV_R_ALG_NOT_ALLOWED;

	if (sign1.key_type != DV_KEY_NONE)
		reason = dv_sign1_check_signature(&sign1, key, &at);
	if (reason == DV_R_NONE)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_NO, "%s (%s)", dv_reason_text(reason),
	    dv_reason_name(reason));
}

/* ---- writing -------------------------------------------------------------- */

/* A statement in the making; too large for the stack. */
struct making {
	const struct pki_statement_new *what;
	uint8_t map[PKI_MAX_STATEMENT], tbs[PKI_MAX_STATEMENT],
	    file[PKI_MAX_STATEMENT];
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t sig_len;
};

static struct dv_bytes
header(struct making *m)
{
	const struct pki_ca *ca = m->what->ca;
	struct ds_cbor w = ds_cbor_start(m->map, sizeof(m->map));
	size_t certs = ca->chain_count > 1 ? ca->chain_count - 1 : 1;

	ds_cbor_map(&w, 4);
	ds_cbor_int(&w, DV_COSE_ALG);
	ds_cbor_int(&w, dv_cose_alg(ca->cert.key.type));
	ds_cbor_int(&w, DV_COSE_CWT_CLAIMS);
	ds_cbor_map(&w, 1);
	ds_cbor_int(&w, DV_CWT_IAT);
	ds_cbor_int(&w, m->what->iat.s);
	ds_cbor_int(&w, DV_COSE_TYP);
	ds_cbor_text(&w, text_bytes(m->what->typ));
	ds_cbor_int(&w, DV_COSE_X5CHAIN);
	if (certs > 1)
		ds_cbor_array(&w, certs);
	for (size_t i = 0; i < certs; i++)
		ds_cbor_bytes(&w, ca->chain[i]);
	return ds_cbor_done(&w);
}

static enum dv_exit
sign(struct making *m, struct dv_bytes map, struct dv_err *err)
{
	const struct dv_sign1 sign1 = { .protected_map = map,
	    .payload = m->what->payload };
	struct ds_cbor w = ds_cbor_start(m->tbs, sizeof(m->tbs));
	struct dv_sign1_tbs tbs;
	struct ds_to_sign to_sign = { .alg = dv_cose_sig(dv_cose_alg(
	    m->what->ca->cert.key.type)) };

	dv_sign1_tbs(&sign1, &tbs);
	for (size_t i = 0; i < tbs.count; i++)
		ds_cbor_raw(&w, tbs.part[i]);
	to_sign.message = ds_cbor_done(&w);
	if (to_sign.message.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the chain is too large");
	return ds_key_sign(m->what->ca->key, &to_sign, m->sig, &m->sig_len,
	    err);
}

/* Read back and verified: what leaves is what others accept. */
static enum dv_exit
check(const struct making *m, struct dv_bytes file, struct dv_err *err)
{
	struct pki_statement made;
	enum dv_exit exit = pki_statement_read(file, m->what->typ, &made, err);

	if (exit == DV_EXIT_YES)
		exit = pki_statement_verify(&made, &m->what->ca->cert.key,
		    err);
	return exit;
}

static enum dv_exit
make(struct making *m, struct dv_buf *out, struct dv_err *err)
{
	struct ds_cbor w = ds_cbor_start(m->file, sizeof(m->file));
	struct dv_bytes map = header(m), file;
	enum dv_exit exit;

	if (map.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "the chain is too large");
	exit = sign(m, map, err);
	if (exit != DV_EXIT_YES)
		return exit;
	ds_cbor_tag(&w, DV_COSE_TAG_SIGN1);
	ds_cbor_array(&w, 4);
	ds_cbor_bytes(&w, map);
	ds_cbor_map(&w, 0);
	ds_cbor_bytes(&w, m->what->payload);
	ds_cbor_bytes(&w, (struct dv_bytes){ m->sig, m->sig_len });
	file = ds_cbor_done(&w);
	exit = check(m, file, err);
	if (exit == DV_EXIT_YES && !dv_buf_add(out, file))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	return exit;
}

enum dv_exit
pki_statement_make(const struct pki_statement_new *what, struct dv_buf *out,
    struct dv_err *err)
{
	struct making *m = calloc(1, sizeof(*m));
	enum dv_exit exit;

	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	m->what = what;
	exit = make(m, out, err);
	free(m);
	return exit;
}
