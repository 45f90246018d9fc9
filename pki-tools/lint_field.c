/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lint rules for the fields of any certificate but its subject. A form that the
 * parser tolerates is a finding here. RFC 5280 4.1.
 */
#include <stdio.h>

#include "bytes.h"
#include "der.h"
#include "host/text.h"
#include "key.h"
#include "lint.h"
#include "pki_profile.h"

#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)

void
pki_lint_hex(struct dv_bytes bytes, char out[PKI_HEX_TEXT])
{
	size_t n = bytes.len < 24 ? bytes.len : 24;

	dv_hex_text((struct dv_bytes){ bytes.ptr, n }, out);
	if (n < bytes.len)
		(void)snprintf(out + 2 * n, 4, "...");
}

void
pki_lint_version(struct pki_lint_run *run)
{
	if (run->cert->version != 3)
		PKI_LINT_ADD(run, PKI_L_VERSION, pki_lint_field(DV_F_VERSION,
		    run->cert->tbs), "3", "%u", run->cert->version);
}

/* Octets of the number itself: a sign octet says nothing. */
static size_t
magnitude(struct dv_bytes serial)
{
	return serial.ptr[0] == 0 ? serial.len - 1 : serial.len;
}

void
pki_lint_serial(struct pki_lint_run *run)
{
	struct dv_bytes serial = run->cert->serial;
	struct pki_lint_place place = pki_lint_field(DV_F_SERIAL, serial);
	char hex[PKI_HEX_TEXT];

	pki_lint_hex(serial, hex);
	if (serial.ptr[0] >= 0x80 || magnitude(serial) == 0)
		PKI_LINT_ADD(run, PKI_L_SERIAL_NOT_POSITIVE, place,
		    "a positive number", "%s", hex);
	if (serial.len > DV_MAX_SERIAL)
		PKI_LINT_ADD(run, PKI_L_SERIAL_TOO_LONG, place,
		    "at most 20 octets", "%zu octets", serial.len);
	if (magnitude(serial) < 8 && !pki_lint_self_issued(run->cert))
		PKI_LINT_ADD(run, PKI_L_SERIAL_SHORT, place,
		    "at least 8 octets", "%zu octets", magnitude(serial));
}

/* Signatures with MD2, MD5 or SHA-1. */
static const char *const weak[] = {
	"1.2.840.113549.1.1.2", "1.2.840.113549.1.1.4",
	"1.2.840.113549.1.1.5", "1.3.14.3.2.29", "1.2.840.10045.4.1",
	"1.2.840.10040.4.3",
};

static bool
is_weak(struct dv_bytes oid)
{
	uint8_t room[32];

	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		if (dv_bytes_equal(oid, (struct dv_bytes){ room,
		    dv_oid_parse(weak[i], room, sizeof(room)) }))
			return true;
	}
	return false;
}

void
pki_lint_algorithm(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct pki_lint_place place = pki_lint_field(DV_F_SIGNATURE_ALGORITHM,
	    cert->sig_oid);
	char oid[96];

	dv_oid_text(cert->sig_oid, oid, sizeof(oid));
	if (is_weak(cert->sig_oid))
		PKI_LINT_ADD(run, PKI_L_HASH_WEAK, place,
		    "SHA-256, SHA-384 or SHA-512", "%s", oid);
	else if (cert->sig_alg == DV_SIG_NONE)
		PKI_LINT_ADD(run, PKI_L_ALGORITHM_UNKNOWN, place,
		    "ECDSA, Ed25519, RSA, ML-DSA or HSS/LMS", "%s", oid);
}

/* Bits of a big-endian number without leading zeros. */
static size_t
bits(struct dv_bytes number)
{
	size_t n = number.len * 8;

	for (unsigned top = number.len > 0 ? number.ptr[0] : 0x80; top < 0x80;
	    top <<= 1)
		n--;
	return n;
}

static void
rsa_key(struct pki_lint_run *run, struct pki_lint_place place)
{
	const struct dv_key *key = &run->cert->key;

	if (bits(key->modulus) < DV_MIN_RSA_BITS)
		PKI_LINT_ADD(run, PKI_L_KEY_SHORT, place,
		    "at least 2048 bits", "%zu bits", bits(key->modulus));
	if (bits(key->exponent) < 17)
		PKI_LINT_ADD(run, PKI_L_KEY_EXPONENT, place, "65537",
		    "an exponent of %zu bits", bits(key->exponent));
}

void
pki_lint_key(struct pki_lint_run *run)
{
	const struct dv_key *key = &run->cert->key;
	struct pki_lint_place place = pki_lint_field(DV_F_SPKI, key->spki);
	struct dv_at at;
	enum dv_reason reason;

	if (!dv_key_type_built(key->type)) {
		PKI_LINT_ADD(run, PKI_L_KEY_UNKNOWN, place,
		    "P-256, P-384, Ed25519, RSA, ML-DSA or HSS/LMS",
		    "another type");
		return;
	}
	if (key->type == DV_KEY_RSA || key->type == DV_KEY_RSA_PSS)
		rsa_key(run, place);
	reason = dv_key_check(key, run->cert->der, &at);
	if (reason != DV_R_NONE && (key->modulus.len == 0 ||
	    bits(key->modulus) >= DV_MIN_RSA_BITS))
		PKI_LINT_ADD(run, PKI_L_KEY_INVALID, place, "a key that works",
		    "%s", dv_reason_text(reason));
}

/* 2050-01-01T00:00:00Z: GeneralizedTime begins here, RFC 5280 4.1.2.5. */
#define YEAR_2050 INT64_C(2524608000)
/* 9999-01-01T00:00:00Z. */
#define YEAR_9999 INT64_C(253370764800)

static void
time_form(struct pki_lint_run *run, enum dv_field field,
    struct dv_bytes element, dv_time at)
{
	char text[DV_TIME_TEXT];

	if (element.ptr[0] != DER_GENERALIZED_TIME || at.s >= YEAR_2050)
		return;
	dv_time_format(at, text);
	PKI_LINT_ADD(run, PKI_L_TIME_FORM, pki_lint_field(field, element),
	    "UTCTime", "GeneralizedTime, %s", text);
}

void
pki_lint_times(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	char text[DV_TIME_TEXT];

	time_form(run, DV_F_NOT_BEFORE, cert->from, cert->not_before);
	time_form(run, DV_F_NOT_AFTER, cert->until, cert->not_after);
	if (cert->not_after.s < YEAR_9999 || cert->not_after.s == DV_TIME_MAX)
		return;
	dv_time_format(cert->not_after, text);
	PKI_LINT_ADD(run, PKI_L_NO_END_SPELLING, pki_lint_field(DV_F_NOT_AFTER,
	    cert->until), "9999-12-31T23:59:59Z", "%s", text);
}

int64_t
pki_lint_days(const struct dv_cert *cert)
{
	return (cert->not_after.s - cert->not_before.s + 1) / DAY;
}

/* Both ends are inside, so some tools leave the last second away. */
static bool
is_whole(int64_t seconds, int64_t unit)
{
	return seconds % unit == 0 || seconds % unit == unit - 1;
}

/*
 * The issuer's end, or an odd time that is neither midnight nor whole hours (a
 * summer may have begun or ended) after the begin.
 */
static bool
looks_cut(const struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;

	if (pki_lint_self_issued(cert) ||
	    is_whole(cert->not_after.s - cert->not_before.s, HOUR))
		return false;
	if (run->issuer != NULL)
		return run->issuer->not_after.s == cert->not_after.s;
	return !is_whole(cert->not_after.s, DAY);
}

/* Much less than the profile gives: the wrong profile, or a forgotten option. */
static void
lifetime_short(struct pki_lint_run *run, struct pki_lint_place place)
{
	const struct pki_profile *profile = run->q->profile == NULL ? NULL :
	    pki_profile_find(run->q->profile);
	int64_t days = pki_lint_days(run->cert);
	char wanted[48];

	if (profile == NULL || profile->years <= 0 ||
	    days >= (int64_t)profile->years * 365 / 4)
		return;
	(void)snprintf(wanted, sizeof(wanted), "about %d years",
	    profile->years);
	PKI_LINT_ADD(run, PKI_L_VALIDITY_SHORT, place, wanted, "%lld days",
	    (long long)days);
}

void
pki_lint_lifetime(struct pki_lint_run *run)
{
	const struct dv_cert *cert = run->cert;
	struct pki_lint_place place = pki_lint_field(DV_F_NOT_AFTER,
	    cert->until);
	int64_t seconds = cert->not_after.s - cert->not_before.s;
	char text[DV_TIME_TEXT];

	if (cert->not_after.s >= YEAR_9999)
		return;
	dv_time_format(cert->not_after, text);
	if (is_whole(seconds, DAY) && pki_lint_days(cert) == 30)
		PKI_LINT_ADD(run, PKI_L_VALIDITY_30_DAYS, place,
		    "the validity that was meant", "30 days, until %s", text);
	if (looks_cut(run))
		PKI_LINT_ADD(run, PKI_L_VALIDITY_CUT, place,
		    "the end that was meant", "%lld days and %lld seconds, "
		    "until %s", (long long)(seconds / DAY),
		    (long long)(seconds % DAY), text);
	lifetime_short(run, place);
}

/* What the parser passed over, and no rule here speaks of. */
void
pki_lint_form(struct pki_lint_run *run)
{
	const struct dv_defect *defect = &run->cert->defect;

	switch ((int)defect->reason) {
	case DV_R_NONE:
	case DV_R_SERIAL_INVALID:
	case DV_R_TIME_MALFORMED:
	case DV_R_NAME_EMPTY:
	case DV_R_NAME_MALFORMED:
		return;
	default:
		break;
	}
	if (defect->at.field == DV_F_BASIC_CONSTRAINTS &&
	    defect->reason == DV_R_EXTENSION_MALFORMED)
		return;		/* PKI_L_PATH_NOT_CA */
	PKI_LINT_ADD(run, PKI_L_NOT_STRICT, pki_lint_field(defect->at.field,
	    defect->at.offset == DV_NO_OFFSET ? (struct dv_bytes){ NULL, 0 } :
	    dv_bytes_cut(run->cert->der, defect->at.offset, 1)),
	    "strict DER", "%s: %s (%s)", dv_reason_name(defect->reason),
	    dv_reason_text(defect->reason), dv_reason_rule(defect->reason));
}
