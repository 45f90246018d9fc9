/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a voucher request or a voucher says, as devverify show prints it. Judges
 * nothing: neither its signature nor whose it is. docs/FORMAT.md, "Vouchers".
 */
#include "dv_voucher.h"
#include "show.h"

static void
show_octets(struct dv_show *out, const char *key, struct dv_bytes octets)
{
	if (octets.len > 0)
		dv_show_hex(out, key, octets);
}

/* Whom it names, by the fields of its kind. */
static void
show_named(struct dv_show *out, const struct dv_voucher *v)
{
	const bool request = v->kind == DV_VOUCHER_REQUEST;

	show_octets(out, request ? "proximity_registrar_cert" :
	    "pinned_domain_cert", v->cert);
	show_octets(out, request ? "proximity_registrar_pubk" :
	    "pinned_domain_pubk", v->key);
	show_octets(out, request ? "proximity_registrar_pubk_sha256" :
	    "pinned_domain_pubk_sha256", v->key_hash);
}

static void
show_certificates(struct dv_show *out, const struct dv_sign1 *sign1)
{
	struct dv_cert cert;
	struct dv_at at;

	if (sign1->x5chain_count == 0)
		return;
	dv_show_list(out, "x5chain");
	for (size_t i = 0; i < sign1->x5chain_count; i++) {
		if (dv_cert_read(sign1->x5chain[i], &cert, &at) == DV_R_NONE)
			dv_show_name(out, NULL, cert.subject);
		else
			dv_show_text(out, NULL, "");
	}
	dv_show_list_end(out);
}

bool
dv_show_is_voucher(const struct dv_show *out, struct dv_bytes bytes,
    bool *request)
{
	struct dv_voucher v;
	struct dv_at at;

	if (dv_voucher_parse(bytes, out->profile, &v, &at) != DV_R_NONE)
		return false;
	*request = v.kind == DV_VOUCHER_REQUEST;
	return true;
}

enum dv_reason
dv_show_voucher(struct dv_show *out, struct dv_bytes bytes, struct dv_at *at)
{
	struct dv_voucher v;
	const enum dv_reason reason = dv_voucher_parse(bytes, out->profile, &v,
	    at);

	if (reason != DV_R_NONE)
		return reason;
	dv_show_utf8(out, "serial_number", v.serial);
	if (v.has_assertion)
		dv_show_text(out, "assertion", dv_assertion_name(v.assertion));
	show_octets(out, "nonce", v.nonce);
	if (v.has_created_on)
		dv_show_instant(out, "created_on", v.created_on);
	if (v.has_expires_on)
		dv_show_instant(out, "expires_on", v.expires_on);
	show_octets(out, "idevid_issuer", v.idevid_issuer);
	show_named(out, &v);
	dv_show_number(out, "alg", v.sign1.alg);
	show_certificates(out, &v.sign1);
	return DV_R_NONE;
}
