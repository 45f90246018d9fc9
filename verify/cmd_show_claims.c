/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which claims of a certificate, request or envelope are shown, and how. Looks
 * at what the parsers of the core delivered; judges nothing. RFC 5280 4.
 */
#include <string.h>

#include "der.h"
#include "dv_csr.h"
#include "ext.h"
#include "host/report.h"
#include "host/text.h"
#include "show.h"

static const char *const key_usage_names[] = {
	"digitalSignature", "nonRepudiation", "keyEncipherment",
	"dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign",
	"encipherOnly", "decipherOnly",
};

/* SHA-256 of something, for comparing by eye. */
static void
show_digest(struct dv_show *out, const char *key, struct dv_bytes bytes)
{
	uint8_t digest[DV_MAX_DIGEST];
	size_t len = dv_hash_once(DV_HASH_SHA256, bytes, digest);

	dv_show_hex(out, key, (struct dv_bytes){ digest, len });
}

static void
show_key(struct dv_show *out, const struct dv_key *key)
{
	dv_show_text(out, "key", key->type != DV_KEY_NONE ?
	    dv_key_type_name(key->type) : "not known here");
	show_digest(out, "key_sha256", key->spki);
}

static void
show_sig_alg(struct dv_show *out, enum dv_sig_alg alg, struct dv_bytes oid)
{
	if (alg != DV_SIG_NONE)
		dv_show_text(out, "signed_with", dv_sig_name(alg));
	else
		dv_show_oid(out, "signed_with", oid);
}

static void
show_key_usage(struct dv_show *out, unsigned bits)
{
	size_t count = sizeof(key_usage_names) / sizeof(key_usage_names[0]);

	dv_show_list(out, "key_usage");
	for (size_t i = 0; i < count; i++) {
		if ((bits & 1u << i) != 0)
			dv_show_text(out, NULL, key_usage_names[i]);
	}
	dv_show_list_end(out);
}

/* DER in lists below was read by a parser: an error ends the list early. */
static void
show_purposes(struct dv_show *out, struct dv_bytes eku)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(eku, DV_F_EXT_KEY_USAGE, &at);
	struct dv_bytes oid;

	dv_show_list(out, "ext_key_usage");
	while (!dv_der_empty(&in) && dv_der_oid(&in, &oid) == DV_R_NONE)
		dv_show_oid(out, NULL, oid);
	dv_show_list_end(out);
}

static void
show_ip(struct dv_show *out, struct dv_bytes ip)
{
	char text[64];
	size_t n = 0;

	if (ip.len == 4) {
		(void)snprintf(text, sizeof(text), "IP:%u.%u.%u.%u", ip.ptr[0],
		    ip.ptr[1], ip.ptr[2], ip.ptr[3]);
		dv_show_text(out, NULL, text);
		return;
	}
	n = (size_t)snprintf(text, sizeof(text), "IP:");
	for (size_t i = 0; i + 1 < ip.len && n + 6 < sizeof(text); i += 2)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%x",
		    i > 0 ? ":" : "", ip.ptr[i] << 8 | ip.ptr[i + 1]);
	dv_show_text(out, NULL, text);
}

/* kind and the characters behind it. */
static void
show_marked(struct dv_show *out, const char *kind, struct dv_bytes text)
{
	char shown[512];

	(void)snprintf(shown, sizeof(shown), "%s:%.*s", kind, (int)text.len,
	    (const char *)text.ptr);
	dv_show_text(out, NULL, shown);
}

static void
show_general_name(struct dv_show *out, const struct dv_element *name)
{
	char text[512];

	switch (dv_general_name_choice(name->tag)) {
	case DV_NAME_EMAIL:
		show_marked(out, "email", name->value);
		break;
	case DV_NAME_DNS:
		show_marked(out, "DNS", name->value);
		break;
	case DV_NAME_URI:
		show_marked(out, "URI", name->value);
		break;
	case DV_NAME_IP:
		show_ip(out, name->value);
		break;
	case DV_NAME_DIRECTORY:
		dv_name_text(name->value, text, sizeof(text));
		show_marked(out, "DN", (struct dv_bytes){
		    (const uint8_t *)text, strlen(text) });
		break;
	default:
		dv_show_hex(out, NULL, name->whole);
		break;
	}
}

static void
show_general_names(struct dv_show *out, struct dv_bytes names)
{
	struct dv_at at;
	struct dv_der in = dv_der_start(names, DV_F_SUBJECT_ALT_NAME, &at);
	struct dv_element name;

	while (!dv_der_empty(&in) && dv_general_name_read(&in, &name) ==
	    DV_R_NONE)
		show_general_name(out, &name);
}

static void
show_alt_names(struct dv_show *out, struct dv_bytes names)
{
	dv_show_list(out, "subject_alt_name");
	show_general_names(out, names);
	dv_show_list_end(out);
}

static void
show_ca(struct dv_show *out, const struct dv_extensions *ext)
{
	dv_show_flag(out, "ca", ext->ca);
	if (ext->path_len >= 0 && ext->ca)
		dv_show_number(out, "path_length", ext->path_len);
}

static void
show_extensions(struct dv_show *out, const struct dv_extensions *ext)
{
	if ((ext->present & DV_EXT_BIT(DV_EXT_BASIC_CONSTRAINTS)) != 0)
		show_ca(out, ext);
	if (ext->key_usage != 0)
		show_key_usage(out, ext->key_usage);
	if (ext->eku.len > 0)
		show_purposes(out, ext->eku);
	if (ext->subject_alt_name.len > 0)
		show_alt_names(out, ext->subject_alt_name);
	if (ext->subject_key_id.len > 0)
		dv_show_hex(out, "key_id", ext->subject_key_id);
	if (ext->authority_key_id.len > 0)
		dv_show_hex(out, "issuer_key_id", ext->authority_key_id);
	if ((ext->present & DV_EXT_BIT(DV_EXT_AUTHORISED_ONLY)) != 0)
		dv_show_flag(out, "authorised_only", true);
	if (ext->unknown_critical.len > 0)
		dv_show_oid(out, "unknown_critical", ext->unknown_critical);
}

enum dv_reason
dv_show_cert(struct dv_show *out, struct dv_bytes der, struct dv_at *at)
{
	struct dv_cert cert;
	enum dv_reason reason = dv_cert_parse(der, &cert, at);

	if (reason != DV_R_NONE)
		return reason;
	dv_show_name(out, "name", cert.subject);
	dv_show_name(out, "issuer", cert.issuer);
	dv_show_hex(out, "serial", cert.serial);
	dv_show_instant(out, "not_before", cert.not_before);
	dv_show_instant(out, "not_after", cert.not_after);
	show_key(out, &cert.key);
	show_sig_alg(out, cert.sig_alg, cert.sig_oid);
	show_extensions(out, &cert.ext);
	show_digest(out, "sha256", cert.der);
	return DV_R_NONE;
}

enum dv_reason
dv_show_request(struct dv_show *out, struct dv_bytes der, struct dv_at *at)
{
	struct dv_csr csr;
	enum dv_reason reason = dv_csr_parse(der, &csr, at);

	if (reason != DV_R_NONE)
		return reason;
	dv_show_name(out, "name", csr.subject);
	show_key(out, &csr.key);
	show_sig_alg(out, csr.sig_alg, csr.sig_oid);
	show_extensions(out, &csr.ext);
	show_digest(out, "sha256", csr.der);
	return DV_R_NONE;
}

static void
show_issuing_point(struct dv_show *out, const struct dv_issuing_point *point)
{
	dv_show_list(out, "scope");
	if (point->only_user)
		dv_show_text(out, NULL, "onlyContainsUserCerts");
	if (point->only_ca)
		dv_show_text(out, NULL, "onlyContainsCACerts");
	if (point->only_attribute)
		dv_show_text(out, NULL, "onlyContainsAttributeCerts");
	if (point->indirect)
		dv_show_text(out, NULL, "indirectCRL");
	if (point->reasons != DV_CRL_ALL_REASONS)
		dv_show_text(out, NULL, "onlySomeReasons");
	if (point->name.full.len > 0)
		show_general_names(out, point->name.full);
	if (point->name.relative.len > 0)
		dv_show_text(out, NULL, "nameRelativeToCRLIssuer");
	dv_show_list_end(out);
}

static void
show_revoked(struct dv_show *out, const struct dv_crl *crl)
{
	struct dv_bytes rest = crl->entries;
	struct dv_crl_entry entry = { .has_invalidity = false };
	char line[3 * DV_TIME_TEXT + 64], serial[48], at[DV_TIME_TEXT];

	dv_show_list(out, "revoked");
	while (dv_crl_next(&rest, &entry)) {
		size_t n = 0;

		serial[0] = '\0';
		for (size_t i = 0; i < entry.serial.len &&
		    n + 3 < sizeof(serial); i++)
			n += (size_t)snprintf(serial + n, sizeof(serial) - n,
			    "%02x", entry.serial.ptr[i]);
		dv_time_format(entry.date, at);
		(void)snprintf(line, sizeof(line), "%s %s %s", serial, at,
		    dv_crl_reason_name(entry.reason));
		dv_show_text(out, NULL, line);
	}
	dv_show_list_end(out);
}

enum dv_reason
dv_show_crl(struct dv_show *out, struct dv_bytes der, struct dv_at *at)
{
	struct dv_crl crl;
	enum dv_reason reason = dv_crl_parse(der, &crl, at);

	if (reason != DV_R_NONE)
		return reason;
	dv_show_name(out, "issuer", crl.issuer);
	dv_show_instant(out, "this_update", crl.this_update);
	dv_show_instant(out, "next_update", crl.next_update);
	show_sig_alg(out, crl.sig_alg, crl.sig_oid);
	if (crl.number.len > 0)
		dv_show_hex(out, "crl_number", crl.number);
	if (crl.base_number.len > 0)
		dv_show_hex(out, "base_crl_number", crl.base_number);
	if (crl.authority_key_id.len > 0)
		dv_show_hex(out, "issuer_key_id", crl.authority_key_id);
	if (dv_crl_has(&crl, DV_CRL_EXT_ISSUING_POINT))
		show_issuing_point(out, &crl.point);
	if (crl.unknown_critical.len > 0)
		dv_show_oid(out, "unknown_critical", crl.unknown_critical);
	show_revoked(out, &crl);
	show_digest(out, "sha256", crl.der);
	return DV_R_NONE;
}

static void
show_x5chain(struct dv_show *out, const struct dv_sign1 *sign1)
{
	struct dv_cert cert;
	struct dv_at at;

	dv_show_list(out, "x5chain");
	for (size_t i = 0; i < sign1->x5chain_count; i++) {
		if (dv_cert_parse(sign1->x5chain[i], &cert, &at) == DV_R_NONE)
			dv_show_name(out, NULL, cert.subject);
		else
			dv_show_text(out, NULL, "(not a certificate)");
	}
	dv_show_list_end(out);
}

static void
show_claim(struct dv_show *out, const struct dv_claim *claim)
{
	char text[2 * DV_MAX_HEADER_TEXT + 32];
	struct dv_value value = { .kind = DV_VALUE_UTF8, .bytes = claim->value };
	size_t n;

	dv_quote_text(claim->key, text, sizeof(text) / 2);
	n = strlen(text);
	if (claim->kind == DV_CLAIM_BYTES)
		value.kind = DV_VALUE_BYTES;
	else if (claim->kind == DV_CLAIM_INT)
		value = (struct dv_value){ .kind = DV_VALUE_NUMBER,
		    .number = claim->number };
	else if (claim->kind == DV_CLAIM_BOOL)
		value = (struct dv_value){ .kind = DV_VALUE_TEXT,
		    .text = claim->number != 0 ? "true" : "false" };
	text[n++] = '=';
	dv_value_text(&value, text + n, sizeof(text) - n);
	dv_show_text(out, NULL, text);
}

/* What the signer says of the artefact, besides its name. */
static void
show_artefact(struct dv_show *out, const struct dv_sign1 *sign1)
{
	struct dv_bytes rest = sign1->claims;
	struct dv_claim claim;
	bool more = dv_sign1_claim_next(sign1, &rest, &claim);

	if (out->json && !out->silent) {
		dv_report_claims_json(&out->j, sign1);
		return;
	}
	if (sign1->version.len > 0) {
		dv_show_utf8(out, "version", sign1->version);
		dv_show_text(out, "version_scheme",
		    dv_scheme_name(sign1->scheme));
	}
	if (sign1->device.len > 0)
		dv_show_utf8(out, "device", sign1->device);
	if (sign1->model.len > 0)
		dv_show_utf8(out, "model", sign1->model);
	if (sign1->has_nbf)
		dv_show_instant(out, "not_before", sign1->nbf);
	if (sign1->has_exp)
		dv_show_instant(out, "expires", sign1->exp);
	if (!more)
		return;
	dv_show_list(out, "claims");
	for (; more; more = dv_sign1_claim_next(sign1, &rest, &claim))
		show_claim(out, &claim);
	dv_show_list_end(out);
}

/* The digest, or how much of the artefact is inside. */
static void
show_payload(struct dv_show *out, const struct dv_sign1 *sign1)
{
	if (sign1->preimage_type.len > 0)
		dv_show_utf8(out, "content_type", sign1->preimage_type);
	if (sign1->attached) {
		dv_show_flag(out, "attached", !sign1->detached);
		dv_show_number(out, "size", (int64_t)sign1->payload.len);
		return;
	}
	dv_show_text(out, "hash", dv_hash_name(sign1->hash));
	dv_show_hex(out, "digest", sign1->payload);
}

/* How it is signed, and by whom. */
static void
show_signature(struct dv_show *out, const struct dv_sign1 *sign1)
{
	dv_show_number(out, "alg", sign1->alg);
	dv_show_text(out, "key", dv_key_type_name(sign1->key_type));
	show_x5chain(out, sign1);
}

/* Who says to have confirmed it. */
static void
show_countersigners(struct dv_show *out, const struct dv_sign1 *sign1)
{
	struct dv_sign1 one;
	struct dv_cert cert;
	struct dv_at at;

	if (sign1->countersignatures == 0)
		return;
	dv_show_list(out, "countersigned_by");
	for (size_t i = 0; i < sign1->countersignatures; i++) {
		if (dv_sign1_countersignature(sign1, i, &one, &at) ==
		    DV_R_NONE && dv_cert_parse(one.x5chain[0], &cert, &at) ==
		    DV_R_NONE)
			dv_show_name(out, NULL, cert.subject);
		else
			dv_show_text(out, NULL, "(not a certificate)");
	}
	dv_show_list_end(out);
}

/* Of several: who says to be one of them. */
static void
show_signers(struct dv_show *out, const struct dv_sign *sign)
{
	dv_show_list(out, "signed_by");
	for (size_t i = 0; i < sign->count; i++)
		dv_show_utf8(out, NULL, sign->each[i].iss);
	dv_show_list_end(out);
}

enum dv_reason
dv_show_envelope(struct dv_show *out, struct dv_bytes bytes, struct dv_at *at)
{
	struct dv_sign sign;
	const struct dv_sign1 *first = &sign.each[0];
	const enum dv_reason reason = dv_sign_parse(bytes, out->profile, &sign,
	    at);

	if (reason != DV_R_NONE)
		return reason;
	if (first->several)
		show_signers(out, &sign);
	else if (first->iss.len > 0)
		dv_show_utf8(out, "iss", first->iss);
	if (first->sub.len > 0)
		dv_show_utf8(out, "sub", first->sub);
	if (first->has_iat && !first->several)
		dv_show_instant(out, "iat", first->iat);
	show_artefact(out, first);
	show_payload(out, first);
	if (!first->several)
		show_signature(out, first);
	show_countersigners(out, first);
	dv_show_files(out, first);
	return DV_R_NONE;
}
