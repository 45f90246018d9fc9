/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An envelope whose signature was made by another tool: put together from the
 * octets that were to be signed, and judged by the verifier's own code before
 * it leaves. Takes nothing on trust from either file. RFC 9052 4.4.
 */
#include <string.h>

#include "bytes.h"
#include "cbor.h"
#include "cbor_write.h"
#include "der.h"
#include "sign1.h"
#include "sign1_external.h"

/* r and s of P-256 and P-384, octets. */
#define HALF_256 32
#define HALF_384 48

/*
 * COSE wants r || s; other tools write DER. The length tells them apart: DER of
 * both is longer, unless numbers are 2^56 times smaller than chance makes them.
 */
static struct dv_bytes
signature_raw(struct dv_bytes given, uint8_t room[DV_MAX_SIGNATURE])
{
	if (given.len == 2 * HALF_256 || given.len == 2 * HALF_384)
		return given;
	if (dv_der_ecdsa(given, HALF_256, room) == DV_R_NONE)
		return (struct dv_bytes){ room, 2 * HALF_256 };
	if (dv_der_ecdsa(given, HALF_384, room) == DV_R_NONE)
		return (struct dv_bytes){ room, 2 * HALF_384 };
	return given;
}

/* The two parts of a Sig_structure that an envelope repeats. */
static enum dv_reason
tbs_read(struct dv_bytes tbs, struct dv_bytes *map, struct dv_bytes *payload,
    struct dv_at *at)
{
	const enum dv_reason bad = DV_R_CBOR_MALFORMED;
	struct dv_cbor in = dv_cbor_start(tbs, DV_F_ENVELOPE, at);
	struct dv_cbor_item four, context, protected, external, digest;
	enum dv_reason reason = dv_cbor_take(&in, DV_CBOR_ARRAY, bad, &four);

	if (reason == DV_R_NONE)
		reason = dv_cbor_take(&in, DV_CBOR_TEXT, bad, &context);
	if (reason == DV_R_NONE)
		reason = dv_cbor_take(&in, DV_CBOR_BYTES, bad, &protected);
	if (reason == DV_R_NONE)
		reason = dv_cbor_take(&in, DV_CBOR_BYTES, bad, &external);
	if (reason == DV_R_NONE)
		reason = dv_cbor_take(&in, DV_CBOR_BYTES, bad, &digest);
	if (reason == DV_R_NONE)
		reason = dv_cbor_end(&in);
	if (reason != DV_R_NONE)
		return reason;
	*map = protected.bytes;
	*payload = digest.bytes;
	return four.number == 4 && external.bytes.len == 0 &&
	    dv_bytes_equal_text(context.bytes, "Signature1") ? DV_R_NONE :
	    DV_R_CBOR_MALFORMED;
}

static enum dv_exit
envelope_put(struct dv_bytes tbs, struct dv_bytes sig, struct dv_buf *out,
    struct dv_err *err)
{
	struct dv_bytes map, payload, made;
	struct dv_at at;
	struct ds_cbor w;

	if (tbs_read(tbs, &map, &payload, &at) != DV_R_NONE)
		return dv_hint(err, dv_fail(err, DV_EXIT_NO, "--tbs: these are "
		    "not the octets that --export-tbs writes"),
		    "give that file as it was written");
	if (!dv_buf_reserve(out, DV_MAX_ENVELOPE))
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	w = ds_cbor_start(out->ptr + out->len, DV_MAX_ENVELOPE);
	ds_cbor_tag(&w, DV_COSE_TAG_SIGN1);
	ds_cbor_array(&w, 4);
	ds_cbor_bytes(&w, map);
	ds_cbor_map(&w, 0);
	ds_cbor_bytes(&w, payload);
	ds_cbor_bytes(&w, sig);
	made = ds_cbor_done(&w);
	if (made.ptr == NULL)
		return dv_fail(err, DV_EXIT_NO, "--tbs and --import-signature "
		    "are too large: an envelope has at most %d octets",
		    DV_MAX_ENVELOPE);
	out->len += made.len;
	return DV_EXIT_YES;
}

enum dv_exit
ds_sign1_import(struct dv_bytes tbs, struct dv_bytes signature,
    struct dv_buf *out, struct dv_sign1 *made, struct dv_err *err)
{
	uint8_t room[DV_MAX_SIGNATURE];
	const size_t before = out->len;
	struct dv_at at;
	enum dv_reason reason;
	enum dv_exit exit = envelope_put(tbs, signature_raw(signature, room),
	    out, err);

	if (exit != DV_EXIT_YES)
		return exit;
	reason = dv_sign1_parse((struct dv_bytes){ out->ptr + before,
	    out->len - before }, DV_PROFILE_STRICT, made, &at);
	if (reason == DV_R_NONE)
		return DV_EXIT_YES;
	exit = ds_sign1_refused(err, reason, &at);
	if (reason == DV_R_SIGNATURE_MALFORMED)
		return dv_hint(err, exit, "an ECDSA signature is r || s or the "
		    "one DER encoding of both, binary, without PEM or hex");
	return exit;
}

/* The chain, but for a root that ends it, octet by octet. */
static bool
is_of_chain(const struct dv_sign1 *made, const struct ds_chain *chain)
{
	const size_t count = chain->ends_in_root && chain->count > 1 ?
	    chain->count - 1 : chain->count;

	if (made->x5chain_count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!dv_bytes_equal(made->x5chain[i], chain->cert[i]))
			return false;
	return true;
}

enum dv_exit
ds_sign1_accept(const struct dv_sign1 *made, const struct ds_chain *chain,
    struct dv_bytes digest, struct dv_err *err)
{
	struct dv_cert leaf;
	struct dv_at at;
	enum dv_reason reason;

	if (!is_of_chain(made, chain))
		return dv_hint(err, dv_fail(err, DV_EXIT_NO, "the octets that "
		    "were signed hold other certificates than the chain"),
		    "give the chain that was given to --export-tbs");
	reason = dv_cert_parse(made->x5chain[0], &leaf, &at);
	if (reason == DV_R_NONE)
		reason = dv_sign1_check_signature(made, &leaf.key, &at);
	if (reason == DV_R_NONE)
		reason = dv_sign1_check_digest(made, digest, &at);
	return reason == DV_R_NONE ? DV_EXIT_YES :
	    ds_sign1_refused(err, reason, &at);
}
