/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a voucher or a request for one says, for people and machines. Says of
 * nothing whether it is true: the caller knows. docs/FORMAT.md, "Vouchers".
 */
#include "host/report.h"

#include "host/text.h"

static const char *
kind_name(const struct dv_voucher *v)
{
	return v->kind == DV_VOUCHER_REQUEST ? "voucher request" : "voucher";
}

/* ---- lines ---- */

static void
print_time(FILE *out, const char *name, bool has, dv_time time)
{
	char at[DV_TIME_TEXT];

	if (!has)
		return;
	dv_time_format(time, at);
	(void)fprintf(out, ", %s %s", name, at);
}

static void
print_octets(FILE *out, const char *name, struct dv_bytes octets)
{
	if (octets.len == 0)
		return;
	(void)fprintf(out, ", %s ", name);
	dv_print_hex(out, octets);
}

/* Certificates and keys are named by their SHA-256. */
static void
print_named(FILE *out, const char *who, const char *what,
    struct dv_bytes octets)
{
	uint8_t hash[DV_MAX_DIGEST];
	size_t len;

	if (octets.len == 0)
		return;
	len = dv_hash_once(DV_HASH_SHA256, octets, hash);
	(void)fprintf(out, ", %s %s with SHA-256 ", who, what);
	dv_print_hex(out, (struct dv_bytes){ hash, len });
}

void
dv_report_voucher_text(FILE *out, const struct dv_voucher *v,
    const char *claimed)
{
	const char *who = v->kind == DV_VOUCHER_REQUEST ? "registrar" :
	    "domain";

	(void)fprintf(out, "  %s%s for serial-number ", claimed, kind_name(v));
	dv_print_quoted(out, v->serial);
	print_octets(out, "nonce", v->nonce);
	print_time(out, "created", v->has_created_on, v->created_on);
	print_time(out, "expires", v->has_expires_on, v->expires_on);
	(void)fputc('\n', out);
	if (!v->has_assertion && v->cert.len + v->key.len + v->key_hash.len ==
	    0)
		return;
	(void)fprintf(out, "  %sassertion %s", claimed, v->has_assertion ?
	    dv_assertion_name(v->assertion) : "none");
	print_named(out, who, "certificate", v->cert);
	print_named(out, who, "key", v->key);
	if (v->key_hash.len > 0)
		(void)fprintf(out, ", %s key with SHA-256 ", who);
	dv_print_hex(out, v->key_hash);
	(void)fputc('\n', out);
}

/* ---- JSON ---- */

static void
json_octets(struct dv_json *j, const char *key, struct dv_bytes octets)
{
	if (octets.len > 0)
		dv_json_hex(j, key, octets);
}

static void
json_hash(struct dv_json *j, const char *key, struct dv_bytes octets)
{
	uint8_t hash[DV_MAX_DIGEST];

	if (octets.len > 0)
		dv_json_hex(j, key, (struct dv_bytes){ hash,
		    dv_hash_once(DV_HASH_SHA256, octets, hash) });
}

void
dv_report_voucher_json(struct dv_json *j, const char *key,
    const struct dv_voucher *v)
{
	dv_json_open(j, key, '{');
	dv_json_text(j, "kind", v->kind == DV_VOUCHER_REQUEST ? "request" :
	    "voucher");
	dv_json_utf8(j, "serial_number", v->serial);
	if (v->has_assertion)
		dv_json_text(j, "assertion", dv_assertion_name(v->assertion));
	json_octets(j, "nonce", v->nonce);
	if (v->has_created_on)
		dv_json_instant(j, "created_on", v->created_on);
	if (v->has_expires_on)
		dv_json_instant(j, "expires_on", v->expires_on);
	json_octets(j, "idevid_issuer", v->idevid_issuer);
	json_hash(j, "certificate_sha256", v->cert);
	json_hash(j, "key_sha256", v->key);
	json_octets(j, "key_sha256", v->key_hash);
	dv_json_close(j, '{');
}
