/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signed ASN.1 objects: the SIGNED{} wrapper, and a PKCS#10 request as its
 * first use. A request asks for nothing but a name. RFC 5280 4.1, RFC 2986.
 */
#include <stdlib.h>

#include "der.h"
#include "ds_der.h"

#define CSR_INFO_MAX 4096	/* octets; 32 RDNs of ordinary length */
#define SIGNED_EXTRA (DS_MAX_SIGNATURE + 64)	/* wrapper, algorithm, signature */

/* The BIT STRING of a signature; ECDSA as ECDSA-Sig-Value (RFC 3279 2.2.3). */
static void
signature_write(struct ds_der *w, enum dv_key_type type, struct dv_bytes sig)
{
	uint8_t room[DV_MAX_SIGNATURE + 16];
	if (type != DV_KEY_P256 && type != DV_KEY_P384) {
		ds_der_bit_octets(w, sig);
		return;
	}
	size_t half = sig.len / 2;
	struct ds_der value = ds_der_start(room, sizeof(room));
	ds_der_begin(&value, DER_SEQUENCE);
	ds_der_unsigned(&value, (struct dv_bytes){ sig.ptr, half });
	ds_der_unsigned(&value, (struct dv_bytes){ sig.ptr + half, half });
	ds_der_end(&value);
	w->failed = w->failed || value.failed;
	ds_der_bit_octets(w, ds_der_done(&value));
}

enum dv_exit
ds_der_signed(struct ds_key *key, struct dv_bytes tbs, struct dv_buf *out,
    struct dv_err *err)
{
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t sig_len, cap = tbs.len + SIGNED_EXTRA;
	enum dv_key_type type = ds_key_public(key)->type;
	struct ds_to_sign what = { dv_sig_for_key(type), tbs };
	enum dv_exit ret = ds_key_sign(key, &what, sig, &sig_len, err);
	if (ret != DV_EXIT_YES)
		return ret;

	uint8_t *room = malloc(cap);
	struct ds_der w = ds_der_start(room, room != NULL ? cap : 0);
	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_raw(&w, tbs);
	ds_der_sig_alg(&w, what.alg);
	signature_write(&w, type, (struct dv_bytes){ sig, sig_len });
	ds_der_end(&w);
	struct dv_bytes done = ds_der_done(&w);
	if (done.ptr == NULL || !dv_buf_add(out, done))
		ret = dv_fail(err, DV_EXIT_NONE, "out of memory");
	free(room);
	return ret;
}

enum dv_exit
ds_csr_make(struct ds_key *key, const char *subject, struct dv_buf *out,
    struct dv_err *err)
{
	uint8_t room[CSR_INFO_MAX];
	struct ds_der w = ds_der_start(room, sizeof(room));
	enum dv_exit ret = ds_der_name(&w, subject, err);
	if (ret != DV_EXIT_YES)
		return ret;
	return ds_csr_make_named(key, ds_der_done(&w), out, err);
}

enum dv_exit
ds_csr_make_named(struct ds_key *key, struct dv_bytes name,
    struct dv_buf *out, struct dv_err *err)
{
	uint8_t room[CSR_INFO_MAX];
	struct ds_der w = ds_der_start(room, sizeof(room));
	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_small(&w, 0);
	ds_der_raw(&w, name);
	w.failed = w.failed || name.len == 0;
	ds_der_raw(&w, ds_key_public(key)->spki);
	ds_der_begin(&w, DER_CONTEXT_CONS(0));
	ds_der_end(&w);
	ds_der_end(&w);
	struct dv_bytes info = ds_der_done(&w);
	if (info.ptr == NULL)
		return dv_fail(err, DV_EXIT_USAGE, "the name is too long");
	return ds_der_signed(key, info, out, err);
}
