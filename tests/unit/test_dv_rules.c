/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each rule for one certificate: a good leaf and a good CA, changed in one
 * point at a time, under both profiles.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "rules.h"
#include "lib/fake_crypto.h"

#define FROM INT64_C(1735689600)	/* 2025-01-01T00:00:00Z */
#define UNTIL INT64_C(2051222400)	/* 2035-01-01T00:00:00Z */

/* id-kp-codeSigning, id-kp-serverAuth, id-kp-timeStamping, a private one */
static const uint8_t code_signing[] = { 0x2b, 6, 1, 5, 5, 7, 3, 3 };
static const uint8_t below_code_signing[] = { 0x2b, 6, 1, 5, 5, 7, 3, 3, 1 };
static const uint8_t server_auth[] = { 0x2b, 6, 1, 5, 5, 7, 3, 1 };
static const uint8_t time_stamping[] = { 0x2b, 6, 1, 5, 5, 7, 3, 8 };
static const uint8_t private_use[] = { 0x2b, 6, 1, 4, 1, 3, 3, 3 };
#define VIEW(array) ((struct dv_bytes){ (array), sizeof(array) })

static struct fixture {
	struct dv_cert cert;
	struct dv_policy policy;
	struct dv_place place;
} f;

static int
setup(void **state)
{
	(void)state;
	kit_reset();
	memset(&f, 0, sizeof(f));
	memset(&fake, 0, sizeof(fake));
	return 0;
}

/* A good certificate for this place: 0 is the leaf. */
static void
begin(unsigned index)
{
	struct kit_cert c = { .subject = "me", .issuer = "above", .key = 1,
	    .signer = 2, .ca = index > 0 };
	struct dv_at at;

	assert_int_equal(dv_cert_parse(kit_make(&c), &f.cert, &at), DV_R_NONE);
	f.policy = dv_policy_strict((dv_time){ KIT_NOW });
	f.place = (struct dv_place){ .cert = &f.cert,
	    .policy = &f.policy, .index = index };
}

/* A good certificate of a CA, and it is the one that is asked about. */
static void
begin_ca_as_leaf(void)
{
	begin(1);
	f.place.index = 0;
}

static void
expect(enum dv_reason reason, enum dv_field field, const char *file, int line)
{
	struct dv_at at = { .field = DV_F_NONE };
	enum dv_reason got = dv_rules_check(&f.place, &at);

	if (got != reason || (got != DV_R_NONE && at.field != field))
		fail_msg("%s:%d: %s at %s", file, line, dv_reason_name(got),
		    dv_field_name(at.field));
}

/* What the strict profile says, then what section 6 alone says. */
#define BOTH(strict, path, field) do {                                         \
	f.policy.profile = DV_PROFILE_STRICT;                                  \
	expect(strict, field, __FILE__, __LINE__);                             \
	f.policy.profile = DV_PROFILE_PATH;                                    \
	expect(path, field, __FILE__, __LINE__);                               \
	} while (0)
#define PASS() BOTH(DV_R_NONE, DV_R_NONE, DV_F_NONE)

static void
drop(enum dv_ext ext)
{
	f.cert.ext.present &= ~DV_EXT_BIT(ext);
	f.cert.ext.critical &= ~DV_EXT_BIT(ext);
}

static void
put(enum dv_ext ext, bool critical)
{
	drop(ext);
	f.cert.ext.present |= DV_EXT_BIT(ext);
	if (critical)
		f.cert.ext.critical |= DV_EXT_BIT(ext);
	f.cert.ext.value[ext] = f.cert.tbs;
}

static void
test_good(void **state)
{
	(void)state;
	for (unsigned index = 0; index < 3; index++) {
		begin(index);
		PASS();
	}
}

static void
test_algorithms(void **state)
{
	(void)state;
	for (unsigned index = 0; index < 2; index++) {
		begin(index);
		f.cert.sig_alg = DV_SIG_NONE;
		BOTH(DV_R_ALG_NOT_ALLOWED, DV_R_ALG_NOT_ALLOWED,
		    DV_F_SIGNATURE_ALGORITHM);
		begin(index);
		f.policy.algs = DV_SIG_BIT(DV_SIG_ED25519);
		BOTH(DV_R_ALG_NOT_ALLOWED, DV_R_ALG_NOT_ALLOWED,
		    DV_F_SIGNATURE_ALGORITHM);
		f.policy.algs = DV_SIG_BIT(DV_SIG_ECDSA_SHA256);
		PASS();
		/* Bit 0 stands for no algorithm and permits none. */
		f.cert.sig_alg = DV_SIG_NONE;
		f.policy.algs = UINT32_MAX;
		BOTH(DV_R_ALG_NOT_ALLOWED, DV_R_ALG_NOT_ALLOWED,
		    DV_F_SIGNATURE_ALGORITHM);
	}
}

static void
test_keys(void **state)
{
	static const uint8_t rsa[] = { 0x30, 0x14, 0x30, 0x0d, 0x06, 0x09, 0x2a,
	    0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03,
	    0x03, 0x00, 0x30, 0x00 };
	struct dv_at at;

	(void)state;
	begin(0);
	assert_int_equal(dv_rules_key(&f.place, &at), DV_R_NONE);
	fake.bad_point = true;
	assert_int_equal(dv_rules_key(&f.place, &at), DV_R_POINT_NOT_ON_CURVE);
	assert_int_equal(at.field, DV_F_SPKI);
	f.cert.key = (struct dv_key){ .spki = VIEW(rsa) };
	assert_int_equal(dv_rules_key(&f.place, &at), DV_R_ALG_NOT_ALLOWED);
	assert_int_equal(at.field, DV_F_SPKI);
	assert_int_equal(at.found.kind, DV_VALUE_OID);
	assert_memory_equal(at.found.bytes.ptr, rsa + 6, 9);
	/* An unknown curve is told by its own name. */
	f.cert.key.spki = kit_spki(1);
	assert_int_equal(dv_rules_key(&f.place, &at), DV_R_ALG_NOT_ALLOWED);
	assert_memory_equal(at.found.bytes.ptr,
	    "\x2a\x86\x48\xce\x3d\x03\x01\x07", at.found.bytes.len);
}

static void
test_unknown_critical(void **state)
{
	(void)state;
	for (unsigned index = 0; index < 2; index++) {
		begin(index);
		f.cert.ext.unknown_critical = f.cert.sig_oid;
		BOTH(DV_R_EXTENSION_UNKNOWN_CRITICAL,
		    DV_R_EXTENSION_UNKNOWN_CRITICAL, DV_F_EXTENSION);
	}
}

/* RFC 5280 4.2.1.4: a critical policy means its qualifiers too. */
static void
test_unknown_qualifier(void **state)
{
	(void)state;
	begin(0);
	put(DV_EXT_CERTIFICATE_POLICIES, false);
	f.cert.ext.unknown_qualifier = f.cert.sig_oid;
	PASS();
	put(DV_EXT_CERTIFICATE_POLICIES, true);
	BOTH(DV_R_EXTENSION_UNKNOWN_CRITICAL, DV_R_EXTENSION_UNKNOWN_CRITICAL,
	    DV_F_CERTIFICATE_POLICIES);
}

/* Known, and each as critical and as not: strict's and section 6's word. */
static const struct {
	enum dv_ext ext;
	enum dv_field field;
	enum dv_reason critical[2], plain[2];
} exts[] = {
#define NONE DV_R_NONE
#define WRONG DV_R_EXTENSION_CRITICALITY
#define CANNOT DV_R_EXTENSION_UNKNOWN_CRITICAL
#define EXT(id, c_strict, c_path, p_strict, p_path)                            \
	{ DV_EXT_##id, DV_F_##id, { c_strict, c_path }, { p_strict, p_path } }
	EXT(AUTHORITY_KEY_ID, WRONG, NONE, NONE, NONE),
	EXT(SUBJECT_KEY_ID, WRONG, NONE, NONE, NONE),
	EXT(KEY_USAGE, NONE, NONE, NONE, NONE),
	EXT(CERTIFICATE_POLICIES, NONE, NONE, NONE, NONE),
	EXT(POLICY_MAPPINGS, NONE, NONE, NONE, NONE),
	EXT(SUBJECT_ALT_NAME, NONE, NONE, NONE, NONE),
	EXT(ISSUER_ALT_NAME, NONE, NONE, NONE, NONE),
	EXT(BASIC_CONSTRAINTS, NONE, NONE, WRONG, NONE),
	EXT(NAME_CONSTRAINTS, NONE, NONE, WRONG, NONE),
	EXT(POLICY_CONSTRAINTS, NONE, NONE, WRONG, NONE),
	EXT(EXT_KEY_USAGE, NONE, NONE, NONE, NONE),
	EXT(CRL_DISTRIBUTION_POINTS, NONE, NONE, NONE, NONE),
	EXT(INHIBIT_ANY_POLICY, NONE, NONE, WRONG, NONE),
	EXT(FRESHEST_CRL, WRONG, CANNOT, NONE, NONE),
	EXT(AUTHORITY_INFO_ACCESS, WRONG, NONE, NONE, NONE),
	EXT(SUBJECT_INFO_ACCESS, WRONG, NONE, NONE, NONE),
	EXT(NO_REV_AVAIL, WRONG, NONE, NONE, NONE),
	EXT(MASA_URL, WRONG, NONE, NONE, NONE),
	EXT(AUTHORISED_ONLY, WRONG, NONE, NONE, NONE),
};

static void
test_criticality(void **state)
{
	(void)state;
	assert_int_equal(sizeof(exts) / sizeof(exts[0]), DV_EXT_COUNT);
	for (size_t i = 0; i < DV_EXT_COUNT; i++) {
		begin(1);
		put(exts[i].ext, true);
		BOTH(exts[i].critical[0], exts[i].critical[1], exts[i].field);
		begin(1);
		put(exts[i].ext, false);
		BOTH(exts[i].plain[0], exts[i].plain[1], exts[i].field);
	}
	/* In a leaf basic constraints may be not critical, unless of a CA. */
	begin(0);
	put(DV_EXT_BASIC_CONSTRAINTS, false);
	PASS();
}

static void
test_missing(void **state)
{
	(void)state;
	begin(0);
	f.cert.ext.authority_key_id.len = 0;
	BOTH(DV_R_EXTENSION_MISSING, DV_R_NONE, DV_F_AUTHORITY_KEY_ID);
	f.cert.issuer = f.cert.subject;
	BOTH(DV_R_EXTENSION_MISSING, DV_R_NONE, DV_F_AUTHORITY_KEY_ID);
	drop(DV_EXT_AUTHORITY_KEY_ID);
	PASS();
	begin(0);
	drop(DV_EXT_AUTHORITY_KEY_ID);
	f.cert.ext.authority_key_id.len = 0;
	BOTH(DV_R_EXTENSION_MISSING, DV_R_NONE, DV_F_AUTHORITY_KEY_ID);
	begin(0);
	drop(DV_EXT_SUBJECT_KEY_ID);
	drop(DV_EXT_KEY_USAGE);
	PASS();
	begin(1);
	drop(DV_EXT_SUBJECT_KEY_ID);
	BOTH(DV_R_EXTENSION_MISSING, DV_R_NONE, DV_F_SUBJECT_KEY_ID);
	begin(1);
	drop(DV_EXT_KEY_USAGE);
	BOTH(DV_R_EXTENSION_MISSING, DV_R_NONE, DV_F_KEY_USAGE);
}

static void
test_ca_flag(void **state)
{
	(void)state;
	begin(1);
	f.cert.ext.ca = false;
	BOTH(DV_R_CA_FLAG_MISSING, DV_R_CA_FLAG_MISSING,
	    DV_F_BASIC_CONSTRAINTS);
	begin(1);
	drop(DV_EXT_BASIC_CONSTRAINTS);
	BOTH(DV_R_CA_FLAG_MISSING, DV_R_CA_FLAG_MISSING,
	    DV_F_BASIC_CONSTRAINTS);
	begin(1);
	f.cert.version = 1;
	BOTH(DV_R_CA_FLAG_MISSING, DV_R_CA_FLAG_MISSING,
	    DV_F_BASIC_CONSTRAINTS);
	begin(0);
	f.cert.ext.key_usage |= DV_KU_KEY_CERT_SIGN;
	BOTH(DV_R_CA_FLAG_ON_LEAF, DV_R_NONE, DV_F_KEY_USAGE);
	begin(0);
	put(DV_EXT_NAME_CONSTRAINTS, true);
	BOTH(DV_R_EXTENSION_MALFORMED, DV_R_NONE, DV_F_NAME_CONSTRAINTS);
}

/* It is judged as a CA's; and it has no purpose. */
static void
test_ca_as_leaf(void **state)
{
	(void)state;
	begin_ca_as_leaf();
	BOTH(DV_R_CA_FLAG_ON_LEAF, DV_R_NONE, DV_F_BASIC_CONSTRAINTS);
	f.policy.purpose = VIEW(server_auth);
	BOTH(DV_R_CA_FLAG_ON_LEAF, DV_R_NONE, DV_F_BASIC_CONSTRAINTS);
}

static void
test_key_cert_sign(void **state)
{
	(void)state;
	begin(1);
	f.cert.ext.key_usage = DV_KU_DIGITAL_SIGNATURE | DV_KU_CRL_SIGN;
	BOTH(DV_R_KEY_USAGE_CERT_SIGN, DV_R_KEY_USAGE_CERT_SIGN,
	    DV_F_KEY_USAGE);
}

/* What is no signature needs a key that can do more. */
static void
test_key_usage_fits(void **state)
{
	static const uint16_t usages[] = { DV_KU_KEY_ENCIPHERMENT,
	    DV_KU_DATA_ENCIPHERMENT, DV_KU_KEY_AGREEMENT,
	    DV_KU_KEY_AGREEMENT | DV_KU_ENCIPHER_ONLY,
	    DV_KU_KEY_AGREEMENT | DV_KU_DECIPHER_ONLY };

	(void)state;
	for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++) {
		for (unsigned index = 0; index < 2; index++) {
			begin(index);
			f.cert.ext.key_usage |= usages[i];
			PASS();
			f.cert.key.type = DV_KEY_ED25519;
			BOTH(DV_R_EXTENSION_MALFORMED, DV_R_NONE,
			    DV_F_KEY_USAGE);
		}
	}
	begin(1);
	f.cert.key.type = DV_KEY_ED25519;
	f.cert.ext.key_usage = DV_KU_DIGITAL_SIGNATURE |
	    DV_KU_NON_REPUDIATION | DV_KU_KEY_CERT_SIGN | DV_KU_CRL_SIGN;
	PASS();
}

static void
test_path_length(void **state)
{
	(void)state;
	for (int allowed = 0; allowed < 3; allowed++) {
		for (unsigned below = 0; below < 4; below++) {
			begin(below + 1);
			f.cert.ext.path_len = allowed;
			f.place.cas_below = below;
			if (below <= (unsigned)allowed)
				PASS();
			else
				BOTH(DV_R_PATH_LENGTH, DV_R_PATH_LENGTH,
				    DV_F_BASIC_CONSTRAINTS);
		}
	}
	begin(7);
	f.place.cas_below = 6;
	PASS();
}

static struct dv_bytes
eku(struct dv_bytes purpose)
{
	return KIT(DER_OID, purpose);
}

static void
test_purpose(void **state)
{
	static const uint8_t any[] = { 0x55, 0x1d, 0x25, 0x00 };

	(void)state;
	for (unsigned index = 0; index < 2; index++) {
		enum dv_reason path = index == 0 ? DV_R_KEY_PURPOSE : DV_R_NONE;

		begin(index);
		f.cert.ext.eku = eku(VIEW(server_auth));
		PASS();
		f.policy.purpose = VIEW(server_auth);
		PASS();
		f.policy.purpose = VIEW(private_use);
		BOTH(DV_R_KEY_PURPOSE, path, DV_F_EXT_KEY_USAGE);
		f.cert.ext.eku = eku(VIEW(any));
		PASS();
		f.cert.ext.eku = KIT_NONE;
		PASS();
	}
}

static void
test_key_usage_for_signatures(void **state)
{
	(void)state;
	begin(0);
	f.cert.ext.key_usage = DV_KU_KEY_AGREEMENT;
	PASS();
	f.policy.purpose = VIEW(server_auth);
	PASS();
	f.policy.purpose = VIEW(private_use);
	PASS();
	f.policy.purpose = VIEW(code_signing);
	BOTH(DV_R_KEY_USAGE_SIGNATURE, DV_R_KEY_USAGE_SIGNATURE,
	    DV_F_KEY_USAGE);
	f.cert.ext.key_usage = DV_KU_NON_REPUDIATION;
	BOTH(DV_R_KEY_USAGE_SIGNATURE, DV_R_KEY_USAGE_SIGNATURE,
	    DV_F_KEY_USAGE);
	f.policy.purpose = VIEW(time_stamping);
	PASS();
	f.cert.ext.key_usage = DV_KU_KEY_AGREEMENT;
	BOTH(DV_R_KEY_USAGE_SIGNATURE, DV_R_KEY_USAGE_SIGNATURE,
	    DV_F_KEY_USAGE);
	drop(DV_EXT_KEY_USAGE);
	PASS();
	/* An OID below that of a known purpose is another purpose. */
	begin(0);
	f.cert.ext.key_usage = DV_KU_KEY_AGREEMENT;
	f.policy.purpose = VIEW(below_code_signing);
	PASS();
	/* A CA's key signs certificates; the purpose is the leaf's. */
	begin(1);
	f.policy.purpose = VIEW(code_signing);
	PASS();
}

static void
test_validity(void **state)
{
	(void)state;
	for (unsigned index = 0; index < 2; index++) {
		begin(index);
		f.policy.at.s = FROM;
		PASS();
		f.policy.at.s = FROM - 1;
		BOTH(DV_R_NOT_YET_VALID, DV_R_NOT_YET_VALID, DV_F_NOT_BEFORE);
		f.policy.at.s = UNTIL;
		PASS();
		f.policy.at.s = UNTIL + 1;
		BOTH(DV_R_EXPIRED, DV_R_EXPIRED, DV_F_NOT_AFTER);
	}
}

static void
test_validity_values(void **state)
{
	struct dv_at at;

	(void)state;
	begin(0);
	f.policy.at.s = UNTIL + 1;
	assert_int_equal(dv_rules_check(&f.place, &at), DV_R_EXPIRED);
	assert_int_equal(at.wanted.kind, DV_VALUE_TIME);
	assert_string_equal(at.wanted.label, "valid until");
	assert_int_equal(at.wanted.number, UNTIL);
	assert_string_equal(at.found.label, "time used");
	assert_int_equal(at.found.number, UNTIL + 1);
}

/* May it issue: independent of time and profile. */
static void
test_issuer(void **state)
{
	struct dv_at at;

	(void)state;
	begin(1);
	assert_int_equal(dv_rules_issuer(&f.place, &at), DV_R_NONE);
	put(DV_EXT_CERTIFICATE_POLICIES, true);
	put(DV_EXT_POLICY_MAPPINGS, false);
	put(DV_EXT_INHIBIT_ANY_POLICY, false);
	assert_int_equal(dv_rules_issuer(&f.place, &at), DV_R_NONE);
	put(DV_EXT_INHIBIT_ANY_POLICY, true);
	assert_int_equal(dv_rules_issuer(&f.place, &at),
	    DV_R_EXTENSION_UNKNOWN_CRITICAL);
	assert_int_equal(at.field, DV_F_INHIBIT_ANY_POLICY);
	begin(1);
	put(DV_EXT_POLICY_MAPPINGS, true);
	assert_int_equal(dv_rules_issuer(&f.place, &at),
	    DV_R_EXTENSION_UNKNOWN_CRITICAL);
	begin(1);
	put(DV_EXT_POLICY_CONSTRAINTS, false);
	assert_int_equal(dv_rules_issuer(&f.place, &at),
	    DV_R_EXTENSION_UNKNOWN_CRITICAL);
	begin(1);
	f.cert.ext.key_usage = DV_KU_DIGITAL_SIGNATURE;
	assert_int_equal(dv_rules_issuer(&f.place, &at),
	    DV_R_KEY_USAGE_CERT_SIGN);
	f.cert.ext.unknown_critical = f.cert.sig_oid;
	assert_int_equal(dv_rules_issuer(&f.place, &at),
	    DV_R_EXTENSION_UNKNOWN_CRITICAL);
	f.cert.ext.ca = false;
	assert_int_equal(dv_rules_issuer(&f.place, &at), DV_R_CA_FLAG_MISSING);
}

#define TEST(function) cmocka_unit_test_setup(function, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good),
		TEST(test_algorithms),
		TEST(test_keys),
		TEST(test_unknown_critical),
		TEST(test_unknown_qualifier),
		TEST(test_criticality),
		TEST(test_missing),
		TEST(test_ca_flag),
		TEST(test_ca_as_leaf),
		TEST(test_key_cert_sign),
		TEST(test_key_usage_fits),
		TEST(test_path_length),
		TEST(test_purpose),
		TEST(test_key_usage_for_signatures),
		TEST(test_validity),
		TEST(test_validity_values),
		TEST(test_issuer),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
