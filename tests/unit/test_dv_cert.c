/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificates outside their extensions: each defect with reason, field and
 * octet; what is valid although unusual; properties of every cut and flip.
 */
#include "unit/certkit.h"

#include "bytes.h"

#define ALG "30{" ECDSA_256 "}"
#define NAME_OF(rdns) "30{" rdns "}"
#define CN_OF(tag, text) NAME_OF(RDN1("550403", tag, text))
#define VALID_FROM(time) "30{" time UTC("350101000000Z") "}"
#define UNKNOWN "06{2a030405}"
#define ED25519 "06{2b6570}"

static const struct cert_row frame_rows[] = {
	{ "byte after the certificate", S_TRAIL, "00", DV_R_TRAILING_DATA,
	    DV_F_CERTIFICATE, "@032(22) 00", 32 },
	{ "element after the signature", S_TAIL, "04{'x'}",
	    DV_R_TRAILING_DATA, DV_F_CERTIFICATE, "040178", 0 },
	{ "element after the extensions", S_TBS_TAIL, "04{'x'}",
	    DV_R_TRAILING_DATA, DV_F_TBS, "040178", 0 },
	{ "signature with unused bits", S_SIGNATURE, "03{04 30f0}",
	    DV_R_SIGNATURE_MALFORMED, DV_F_SIGNATURE_VALUE, "0430f0", 0 },
	{ "constructed signature", S_SIGNATURE, "23{03{0030}}",
	    DV_R_NOT_CANONICAL, DV_F_SIGNATURE_VALUE, "230403020030", 0 },
};

static void
test_ends_too_early(void **state)
{
	struct dv_bytes der = cert_make(S_SIGNATURE, "");
	struct dv_cert cert;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(der, &cert, &at), DV_R_NOT_DER);
	assert_int_equal(at.field, DV_F_SIGNATURE_VALUE);
	assert_int_equal(at.offset, der.len);
	assert_int_equal(at.wanted.number, 3);
	assert_string_equal(at.found.text, "the end");
	kit_free(der);
}

static const struct cert_row version_rows[] = {
	{ "v1 stated", S_VERSION, "a0{020100}", DV_R_NOT_CANONICAL,
	    DV_F_VERSION, "a003020100", 0 },
	{ "v4", S_VERSION, "a0{020103}", DV_R_UNSUPPORTED_VERSION,
	    DV_F_VERSION, "a003020103", 4 },
	{ "negative", S_VERSION, "a0{0201ff}", DV_R_UNSUPPORTED_VERSION,
	    DV_F_VERSION, "a0030201ff", 4 },
	{ "two octets", S_VERSION, "a0{02020100}", DV_R_UNSUPPORTED_VERSION,
	    DV_F_VERSION, "a00402020100", 4 },
	{ "empty [0]", S_VERSION, "a0{}", DV_R_NOT_DER, DV_F_VERSION,
	    "a000", 2 },
	{ "twice", S_VERSION, "a0{020102 020102}", DV_R_TRAILING_DATA,
	    DV_F_VERSION, "a006", 5 },
	{ "v1 with extensions", S_VERSION, "", DV_R_UNSUPPORTED_VERSION,
	    DV_F_EXTENSIONS, "a3", 0 },
	{ "v2 with extensions", S_VERSION, "a0{020101}",
	    DV_R_UNSUPPORTED_VERSION, DV_F_EXTENSIONS, "a3", 0 },
	{ "v3 without extensions", S_EXTENSIONS, "", DV_R_NONE, DV_F_NONE,
	    "", 0 },
	{ "unique identifiers", S_UNIQUE, "8101 00 8202 07 80", DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "unique identifier with set unused bits", S_UNIQUE, "8202 0781",
	    DV_R_NOT_CANONICAL, DV_F_UNIQUE_ID, "82020781", 3 },
	{ "unique identifiers in wrong order", S_UNIQUE, "820100 810100",
	    DV_R_TRAILING_DATA, DV_F_TBS, "820100810100", 3 },
};

static const struct cert_row serial_rows[] = {
	{ "negative", S_SERIAL, "020180", DV_R_SERIAL_INVALID, DV_F_SERIAL,
	    "02018030", 2 },
	{ "zero", S_SERIAL, "020100", DV_R_SERIAL_INVALID, DV_F_SERIAL,
	    "02010030", 2 },
	{ "one octet", S_SERIAL, "020101", DV_R_NONE, DV_F_NONE, "", 0 },
	{ "zero octet before a sign bit", S_SERIAL, "02020080", DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "20 octets", S_SERIAL, "02{@020(01)}", DV_R_NONE, DV_F_NONE, "", 0 },
	{ "21 octets", S_SERIAL, "02{@021(01)}", DV_R_SERIAL_INVALID,
	    DV_F_SERIAL, "0215", 2 },
	{ "21 octets, the first zero", S_SERIAL, "02{00 @020(81)}",
	    DV_R_SERIAL_INVALID, DV_F_SERIAL, "0215", 2 },
	{ "padded", S_SERIAL, "02{0001}", DV_R_NOT_CANONICAL, DV_F_SERIAL,
	    "02020001", 2 },
	{ "empty", S_SERIAL, "02{}", DV_R_NOT_DER, DV_F_SERIAL, "020030", 0 },
};

static const struct cert_row algorithm_rows[] = {
	{ "two algorithms", S_OUTER, "30{" ECDSA_384 "}", DV_R_ALG_MISMATCH,
	    DV_F_TBS_SIGNATURE, ALG, 0 },
	{ "NULL inside only", S_INNER, "30{" ECDSA_256 "0500}",
	    DV_R_ALG_MISMATCH, DV_F_TBS_SIGNATURE, "30{" ECDSA_256 "0500}",
	    0 },
	{ "NULL outside only", S_OUTER, "30{" ECDSA_256 "0500}",
	    DV_R_ALG_MISMATCH, DV_F_TBS_SIGNATURE, ALG, 0 },
	{ "NULL with ECDSA", S_BOTH, "30{" ECDSA_256 "0500}",
	    DV_R_ALG_PARAMETERS, DV_F_TBS_SIGNATURE, ECDSA_256 "0500", 10 },
	{ "NULL with Ed25519", S_BOTH, "30{" ED25519 "0500}",
	    DV_R_ALG_PARAMETERS, DV_F_TBS_SIGNATURE, ED25519 "0500", 5 },
	{ "Ed25519", S_BOTH, "30{" ED25519 "}", DV_R_NONE, DV_F_NONE, "", 0 },
	{ "unknown", S_BOTH, "30{" UNKNOWN "}", DV_R_NONE, DV_F_NONE, "", 0 },
	{ "unknown with a parameter", S_BOTH, "30{" UNKNOWN "020101}",
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "unknown with two parameters", S_BOTH, "30{" UNKNOWN "0500 0500}",
	    DV_R_TRAILING_DATA, DV_F_TBS_SIGNATURE, UNKNOWN "05000500", 8 },
	{ "empty", S_BOTH, "30{}", DV_R_NOT_DER, DV_F_TBS_SIGNATURE,
	    "1001 3000", 4 },
	{ "algorithm that swallows the issuer", S_INNER,
	    "30{" ECDSA_256 NAME_OF(RDN1("550403", "0c", "'CA'")) "}",
	    DV_R_ALG_MISMATCH, DV_F_TBS_SIGNATURE, "1001", 2 },
};

static const struct cert_row time_rows[] = {
	{ "no seconds", S_VALIDITY, VALID_FROM(UTC("2501010000Z")),
	    DV_R_TIME_MALFORMED, DV_F_NOT_BEFORE, "'2501010000Z'", 0 },
	{ "GeneralizedTime before 2050", S_VALIDITY,
	    VALID_FROM("18{'20250101000000Z'}"), DV_R_TIME_MALFORMED,
	    DV_F_NOT_BEFORE, "'2025'", 0 },
	{ "month 13 at the end", S_VALIDITY,
	    "30{" UTC("250101000000Z") UTC("251301000000Z") "}",
	    DV_R_TIME_MALFORMED, DV_F_NOT_AFTER, "'2513'", 0 },
	{ "end before beginning", S_VALIDITY,
	    "30{" UTC("300101000000Z") UTC("250101000000Z") "}",
	    DV_R_VALIDITY_REVERSED, DV_F_NOT_AFTER, "'25010'", -2 },
	{ "one second", S_VALIDITY,
	    "30{" UTC("300101000000Z") UTC("300101000000Z") "}",
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "without end (RFC 5280 4.1.2.5)", S_VALIDITY,
	    "30{" UTC("300101000000Z") "18{'99991231235959Z'}}",
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "validity that swallows the subject", S_VALIDITY,
	    "30{" UTC("250101000000Z") UTC("350101000000Z") "3000}",
	    DV_R_TRAILING_DATA, DV_F_VALIDITY, "'350101000000Z'", 13 },
	{ "length not minimal", S_VALIDITY, "30811e" UTC("250101000000Z")
	    UTC("350101000000Z"), DV_R_NOT_CANONICAL, DV_F_VALIDITY,
	    "30811e", 1 },
	{ "not a time", S_VALIDITY, "30{0500 0500}", DV_R_NOT_DER,
	    DV_F_NOT_BEFORE, "05000500", 0 },
};

static const struct cert_row name_rows[] = {
	{ "empty issuer", S_ISSUER, "30{}", DV_R_NAME_EMPTY, DV_F_ISSUER,
	    ALG "3000", 12 },
	{ "empty subject of a CA", S_SUBJECT, "30{}", DV_R_NAME_EMPTY,
	    DV_F_SUBJECT, "3000", 0 },
	{ "indefinite length", S_SUBJECT, "3080 0000", DV_R_NOT_CANONICAL,
	    DV_F_SUBJECT, "3080", 1 },
	{ "empty set", S_SUBJECT, "30{31{}}", DV_R_NOT_DER, DV_F_SUBJECT,
	    "30023100", 4 },
	{ "two attributes in one set, sorted", S_SUBJECT,
	    "30{31{30{06{550403}0c{'x'}}30{06{55040a}0c{'Acme'}}}}",
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "two attributes in one set, not sorted", S_SUBJECT,
	    "30{31{30{06{55040a}0c{'Acme'}}30{06{550403}0c{'x'}}}}",
	    DV_R_NOT_CANONICAL, DV_F_SUBJECT, "30{06{550403}0c{'x'}}", 0 },
	{ "PrintableString with @", S_SUBJECT, CN_OF("13", "'a@b'"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'a@b'", 1 },
	{ "PrintableString, all of its characters", S_SUBJECT,
	    CN_OF("13", "'azAZ09 ' 27 '()+,-./:=?'"), DV_R_NONE, DV_F_NONE,
	    "", 0 },
	{ "NumericString with a letter", S_SUBJECT, CN_OF("12", "'1 a'"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'1 a'", 2 },
	{ "NUL in UTF8String", S_SUBJECT, CN_OF("0c", "'good' 00 'evil'"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'good'", 4 },
	{ "NUL in TeletexString", S_SUBJECT, CN_OF("14", "'good' 00"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'good'", 4 },
	{ "escape in IA5String", S_SUBJECT, CN_OF("16", "'good' 1b"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'good'", 4 },
	{ "8 bits in IA5String", S_SUBJECT, CN_OF("16", "'good' e9"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'good'", 4 },
	{ "tab in UTF8String", S_SUBJECT, CN_OF("0c", "'a' 09 'b'"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "no UTF-8", S_SUBJECT, CN_OF("0c", "'good' fffe"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'good'", 4 },
	{ "overlong UTF-8", S_SUBJECT, CN_OF("0c", "'good' c0af"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'good'", 4 },
	{ "half a BMPString character", S_SUBJECT, CN_OF("1e", "0041 00"),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "1e03004100", 4 },
	{ "part of a UniversalString character", S_SUBJECT,
	    CN_OF("1c", "00000041 00"), DV_R_NAME_MALFORMED, DV_F_SUBJECT,
	    "1c050000004100", 6 },
	{ "attribute of another type", S_SUBJECT, CN_OF("03", "00aa"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "attribute with three parts", S_SUBJECT,
	    "30{31{30{06{550403}0c{'x'}0500}}}", DV_R_TRAILING_DATA,
	    DV_F_SUBJECT, "0c01780500", 3 },
	{ "400 characters", S_SUBJECT, CN_OF("0c", "@400('a')"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "32 RDNs", S_SUBJECT, "30{@032(" RDN1("55040b", "03", "#") ")}",
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "33 RDNs", S_SUBJECT, "30{@033(" RDN1("55040b", "03", "#") ")}",
	    DV_R_LIMIT, DV_F_SUBJECT, "0302 8120", -9 },
	{ "8 attributes", S_SUBJECT, "30{31{@008(30{06{55#}0500})}}",
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "9 attributes", S_SUBJECT, "30{31{@009(30{06{55#}0500})}}",
	    DV_R_LIMIT, DV_F_SUBJECT, "06 03 55 8108", -2 },
};

static const struct cert_row key_rows[] = {
	{ "no curve", S_SPKI, SPKI_OF(EC_KEY, "00" G_P256),
	    DV_R_ALG_PARAMETERS, DV_F_SPKI, "034200", 0 },
	{ "NULL for a curve", S_SPKI, SPKI_OF(EC_KEY "0500", "00" G_P256),
	    DV_R_ALG_PARAMETERS, DV_F_SPKI, "0500", 0 },
	{ "explicit curve", S_SPKI, SPKI_OF(EC_KEY "30{020101}", "00" G_P256),
	    DV_R_ALG_PARAMETERS, DV_F_SPKI, "3003020101", 0 },
	{ "curve and more", S_SPKI, SPKI_OF(EC_KEY P_256 "0500", "00" G_P256),
	    DV_R_ALG_PARAMETERS, DV_F_SPKI, "0500", 0 },
	{ "unknown curve", S_SPKI, SPKI_OF(EC_KEY UNKNOWN, "00 04"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "unknown type", S_SPKI, SPKI_OF(UNKNOWN "0500", "00 3000"),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "compressed point", S_SPKI, SPKI_OF(EC_KEY P_256, "00 02 @032(11)"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "03220002", 3 },
	{ "hybrid point", S_SPKI, SPKI_OF(EC_KEY P_256, "00 06 @064(11)"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "03420006", 3 },
	{ "point at infinity", S_SPKI, SPKI_OF(EC_KEY P_256, "00 00"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "03020000", 3 },
	{ "no point", S_SPKI, SPKI_OF(EC_KEY P_256, "00"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "030100", 3 },
	{ "short point", S_SPKI, SPKI_OF(EC_KEY P_256, "00 04 @063(11)"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "03410004", 3 },
	{ "long point", S_SPKI, SPKI_OF(EC_KEY P_256, "00 04 @065(11)"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "03430004", 3 },
	{ "point of P-256 on P-384", S_SPKI,
	    SPKI_OF(EC_KEY "06{2b81040022}", "00" G_P256),
	    DV_R_KEY_INVALID, DV_F_SPKI, "03420004", 3 },
	{ "unused bits", S_SPKI, SPKI_OF(EC_KEY P_256, "04 04 @063(11) 10"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "03420404", 2 },
	{ "Ed25519", S_SPKI, SPKI_OF(ED25519, "00 @032(07)"), DV_R_NONE,
	    DV_F_NONE, "", 0 },
	{ "Ed25519 with NULL", S_SPKI, SPKI_OF(ED25519 "0500", "00 @032(07)"),
	    DV_R_ALG_PARAMETERS, DV_F_SPKI, "0500", 0 },
	{ "Ed25519, 31 octets", S_SPKI, SPKI_OF(ED25519, "00 @031(07)"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "032000", 3 },
	{ "Ed25519, 33 octets", S_SPKI, SPKI_OF(ED25519, "00 @033(07)"),
	    DV_R_KEY_INVALID, DV_F_SPKI, "032200", 3 },
	{ "key that swallows what follows", S_SPKI,
	    "30{30{" ED25519 "}03{00 @032(07)} 3000}", DV_R_TRAILING_DATA,
	    DV_F_SPKI, "07 3000", 1 },
};

static void
test_fields(void **state)
{
	(void)state;
	CHECK_ROWS(frame_rows);
	CHECK_ROWS(version_rows);
	CHECK_ROWS(serial_rows);
	CHECK_ROWS(algorithm_rows);
	CHECK_ROWS(time_rows);
	CHECK_ROWS(name_rows);
	CHECK_ROWS(key_rows);
}

static void
test_good(void **state)
{
	struct dv_bytes der = cert_make(S_SERIAL, "02{1001}");
	struct dv_cert c;
	struct dv_at at;
	char text[40];

	(void)state;
	assert_int_equal(dv_cert_parse(der, &c, &at), DV_R_NONE);
	assert_true(kit_all_zero(&at, sizeof(at)));
	assert_ptr_equal(c.der.ptr, der.ptr);
	assert_int_equal(c.der.len, der.len);
	assert_int_equal(c.tbs.ptr[0], 0x30);
	assert_int_equal(c.tbs.ptr - der.ptr, 4);
	assert_int_equal(c.version, 3);
	assert_int_equal(c.serial.len, 2);
	assert_int_equal(c.serial.ptr[0], 0x10);
	assert_int_equal(c.sig_alg, DV_SIG_ECDSA_SHA256);
	assert_true(dv_bytes_equal(c.sig_oid,
	    dv_sig_oid(DV_SIG_ECDSA_SHA256)));
	dv_name_text(c.issuer, text, sizeof(text));
	assert_string_equal(text, "CN=CA,O=Acme");
	dv_name_text(c.subject, text, sizeof(text));
	assert_string_equal(text, "CN=leaf,O=Acme");
	assert_true(c.not_before.s == INT64_C(1735689600));
	assert_true(c.not_after.s == INT64_C(2051222400));
	assert_int_equal(c.key.type, DV_KEY_P256);
	assert_int_equal(c.key.octets.len, 65);
	assert_int_equal(c.key.spki.ptr[0], 0x30);
	assert_int_equal(c.signature.ptr[0], 0x30);
	assert_int_equal(c.signature.len, 70);
	assert_int_equal(c.ext.present, DV_EXT_BIT(DV_EXT_BASIC_CONSTRAINTS) |
	    DV_EXT_BIT(DV_EXT_KEY_USAGE) | DV_EXT_BIT(DV_EXT_SUBJECT_KEY_ID) |
	    DV_EXT_BIT(DV_EXT_AUTHORITY_KEY_ID));
	assert_int_equal(c.ext.critical, DV_EXT_BIT(DV_EXT_BASIC_CONSTRAINTS) |
	    DV_EXT_BIT(DV_EXT_KEY_USAGE));
	assert_true(dv_cert_has(&c, DV_EXT_KEY_USAGE));
	assert_false(dv_cert_has(&c, DV_EXT_MASA_URL));
	kit_free(der);
}

/* Either reader says how long a serial number may be for it. */
static void
test_serial_too_long(void **state)
{
	struct dv_bytes der = cert_make(S_SERIAL, "02{@033(01)}");
	struct dv_cert c;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(der, &c, &at), DV_R_SERIAL_INVALID);
	assert_int_equal(at.wanted.number, DV_MAX_SERIAL);
	assert_int_equal(at.found.number, 33);
	assert_int_equal(dv_cert_read(der, &c, &at), DV_R_SERIAL_INVALID);
	assert_int_equal(at.wanted.number, DV_MAX_SERIAL_PATH);
	kit_free(der);
}
#define DNS_NAME(text)                                                         \
	"30{" CE("11") "04{30{82{'" text "'}}}}"
#define DNS_CONSTRAINT(text)                                                   \
	"30{" CE("1e") "0101ff 04{30{a0{30{82{'" text "'}}}}}}"

/* Sloppy, and plain: dv_cert_read() notes what dv_cert_parse() refuses. */
static void
test_sloppy_is_noted(void **state)
{
	static const struct {
		enum slot slot;
		const char *with;
	} rows[] = {
		{ S_SERIAL, "020100" },
		{ S_SERIAL, "020180" },
		{ S_SERIAL, "02{@032(01)}" },
		{ S_BOTH, "30{" ECDSA_256 "0500}" },
		{ S_VALIDITY, VALID_FROM("18{'20250101000000Z'}") },
		{ S_LIST, DNS_NAME("a_b") },
		{ S_LIST, DNS_CONSTRAINT(".a") BC_CA },
	};
	struct dv_at at, noted;
	struct dv_cert c;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dv_bytes der = cert_make(rows[i].slot, rows[i].with);
		enum dv_reason reason;

		assert_int_equal(dv_cert_read(der, &c, &at), DV_R_NONE);
		assert_true(kit_all_zero(&at, sizeof(at)));
		assert_int_equal(c.der.len, der.len);
		noted = c.defect.at;
		reason = c.defect.reason;
		assert_int_not_equal(reason, DV_R_NONE);
		assert_int_equal(dv_cert_parse(der, &c, &at), reason);
		assert_true(kit_all_zero(&c, sizeof(c)));
		assert_int_equal(at.field, noted.field);
		assert_int_equal(at.offset, noted.offset);
		kit_free(der);
	}
}

/* Not plain, or not sloppy: dv_cert_read() is as strict as dv_cert_parse(). */
static void
test_unclear_is_refused(void **state)
{
	static const struct {
		enum slot slot;
		const char *with;
		enum dv_reason reason;
	} rows[] = {
		{ S_LIST, DNS_CONSTRAINT("..a") BC_CA,
		    DV_R_EXTENSION_MALFORMED },
		{ S_SERIAL, "02{@033(01)}", DV_R_SERIAL_INVALID },
		{ S_SERIAL, "02{0001}", DV_R_NOT_CANONICAL },
		{ S_INNER, "30{" ECDSA_256 "0500}", DV_R_ALG_MISMATCH },
		{ S_BOTH, "30{" ECDSA_256 "050100}", DV_R_ALG_PARAMETERS },
		{ S_BOTH, "30{" ECDSA_256 "05000500}", DV_R_ALG_PARAMETERS },
		{ S_BOTH, "30{" ED25519 "0500}", DV_R_ALG_PARAMETERS },
		{ S_VALIDITY, VALID_FROM("18{'20250230000000Z'}"),
		    DV_R_TIME_MALFORMED },
		{ S_VALIDITY, VALID_FROM("18{'202501010000Z'}"),
		    DV_R_TIME_MALFORMED },
	};
	struct dv_cert c;
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dv_bytes der = cert_make(rows[i].slot, rows[i].with);

		assert_int_equal(dv_cert_read(der, &c, &at), rows[i].reason);
		assert_true(kit_all_zero(&c, sizeof(c)));
		kit_free(der);
	}
}

/* What is not known here is recorded, not refused. */
static void
test_unknown_is_recorded(void **state)
{
	struct dv_bytes der = cert_make(S_BOTH, "30{" UNKNOWN "}"), other;
	struct dv_cert c;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(der, &c, &at), DV_R_NONE);
	assert_int_equal(c.sig_alg, DV_SIG_NONE);
	assert_int_equal(c.sig_oid.len, 4);
	other = cert_make(S_SPKI, SPKI_OF(UNKNOWN, "00 3000"));
	assert_int_equal(dv_cert_parse(other, &c, &at), DV_R_NONE);
	assert_int_equal(c.key.type, DV_KEY_NONE);
	assert_null(c.key.octets.ptr);
	assert_int_equal(c.key.spki.len, 15);
	kit_free(der);
	kit_free(other);
}

/* Size limits: nothing, the largest, one more. The filler is an extension. */
static void
test_sizes(void **state)
{
	static uint8_t big[DV_MAX_CERT + 1];
	char with[80];
	struct dv_cert c;
	struct dv_at at;
	struct dv_bytes der;
	int fill;

	(void)state;
	assert_int_equal(dv_cert_parse((struct dv_bytes){ NULL, 0 }, &c, &at),
	    DV_R_INPUT_EMPTY);
	assert_int_equal(at.offset, 0);
	for (fill = 1; fill < 999; fill++) {
		snprintf(with, sizeof(with), EXT(UNKNOWN, "",
		    "@999(@032(00)) @%03d(00)"), fill);
		der = cert_make(S_MORE, with);
		if (der.len == DV_MAX_CERT)
			break;
		kit_free(der);
	}
	assert_int_equal(der.len, DV_MAX_CERT);
	assert_int_equal(dv_cert_parse(der, &c, &at), DV_R_NONE);
	memcpy(big, der.ptr, der.len);
	kit_free(der);
	assert_int_equal(dv_cert_parse(DV_BYTES(big), &c, &at),
	    DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.field, DV_F_CERTIFICATE);
	assert_int_equal(at.wanted.number, DV_MAX_CERT);
	assert_int_equal(at.found.number, DV_MAX_CERT + 1);
}

/* No beginning of a certificate is one; outputs stay zero. */
static void
test_every_cut(void **state)
{
	struct dv_bytes der = cert_make(S_SERIAL, "02{1001}");
	size_t len;

	(void)state;
	for (len = 0; len < der.len; len++) {
		uint8_t *copy = malloc(len > 0 ? len : 1);
		struct dv_cert c;
		struct dv_at at;

		assert_non_null(copy);
		memcpy(copy, der.ptr, len);
		assert_int_not_equal(dv_cert_parse((struct dv_bytes){ copy,
		    len }, &c, &at), DV_R_NONE);
		assert_true(kit_all_zero(&c, sizeof(c)));
		free(copy);
	}
	kit_free(der);
}

/* Any octet changed to any value: an answer, with a place inside. */
static void
test_every_octet(void **state)
{
	struct dv_bytes der = cert_make(S_SERIAL, "02{1001}");
	uint8_t *copy = malloc(der.len);
	size_t i;
	int x;

	(void)state;
	assert_non_null(copy);
	memcpy(copy, der.ptr, der.len);
	for (i = 0; i < der.len; i++) {
		for (x = 1; x < 256; x++) {
			struct dv_cert c;
			struct dv_at at;

			copy[i] = (uint8_t)(der.ptr[i] ^ x);
			if (dv_cert_parse((struct dv_bytes){ copy, der.len },
			    &c, &at) == DV_R_NONE)
				continue;
			assert_true(at.offset <= der.len);
			assert_int_not_equal(at.field, DV_F_NONE);
			assert_true(kit_all_zero(&c, sizeof(c)));
		}
		copy[i] = der.ptr[i];
	}
	free(copy);
	kit_free(der);
}

/* RFC 5280 4.1.2.6: who may have no subject. */
static void
test_empty_subject(void **state)
{
	static const struct {
		const char *list;
		enum dv_reason reason;
	} rows[] = {
		{ EXT(CE("11"), CRITICAL, "30{82{'a'}}"), DV_R_NONE },
		{ EXT(CE("11"), "", "30{82{'a'}}"), DV_R_NAME_EMPTY },
		{ EXT(CE("0f"), CRITICAL, "03020780"), DV_R_NAME_EMPTY },
		{ BC_CA EXT(CE("11"), CRITICAL, "30{82{'a'}}"),
		    DV_R_NAME_EMPTY },
	};
	static char source[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dv_bytes der;
		struct dv_cert c;
		struct dv_at at;

		snprintf(source, sizeof(source), "30{30{%s%s%s%s%s3000%s"
		    "a3{30{%s}}}%s%s}", slots[S_VERSION], slots[S_SERIAL],
		    slots[S_INNER], slots[S_ISSUER], slots[S_VALIDITY],
		    slots[S_SPKI], rows[i].list, slots[S_OUTER],
		    slots[S_SIGNATURE]);
		der = kit_make(source);
		assert_int_equal(dv_cert_parse(der, &c, &at), rows[i].reason);
		if (rows[i].reason != DV_R_NONE) {
			assert_int_equal(at.field, DV_F_SUBJECT);
			assert_int_equal(at.offset,
			    kit_find(der, "3000 3059", 0));
		}
		kit_free(der);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_serial_too_long),
		cmocka_unit_test(test_sloppy_is_noted),
		cmocka_unit_test(test_unclear_is_refused),
		cmocka_unit_test(test_ends_too_early),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_unknown_is_recorded),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_octet),
		cmocka_unit_test(test_empty_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
