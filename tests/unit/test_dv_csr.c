/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certification requests: three made by OpenSSL, each defect of form with its
 * reason, field and octet, and proof of possession with real signatures.
 */
#include "unit/derkit.h"

#include "bytes.h"
#include "dv_csr.h"

/* openssl req -new -subj /O=Acme/CN=unit-0042, the first with
 * -addext subjectAltName=DNS:u.example */
static const char p256[] =
    "308201043081ac0201003023310d300b060355040a0c0441636d65311230100603"
    "5504030c09756e69742d303034323059301306072a8648ce3d020106082a8648ce"
    "3d030107034200045b7bdd0576ac8a0f5ed457ffd4c709ddf316d5632a32bb0ca6"
    "82323cd4f682456eab83b36fbce195d695e3d8f655052da5a3fd38ccd1363f93ff"
    "e41121b11ebea027302506092a864886f70d01090e3118301630140603551d1104"
    "0d300b8209752e6578616d706c65300a06082a8648ce3d04030203470030440220"
    "744916b6facbef4a3740510a1f8ed4b899a61813d2501cd83c27e1f0303d773102"
    "206b8ccda1d480ccebebdebe1b18f1b95d8cb1f338a67f98ce3b8428c6d7e42227";
static const char p384[] =
    "3082011b3081a20201003023310d300b060355040a0c0441636d65311230100603"
    "5504030c09756e69742d303034323076301006072a8648ce3d020106052b810400"
    "2203620004543cce7a10e7750be971e65a55eb3fb8ee09a14215c21ada3a287fbb"
    "006f3472b02a44c0a340cd086cd453c9a3834d2ecec68b05e06fd4c4a47a689846"
    "b75368f8611f8b39257ff84b0d1be25c24b122e49711227d251da84efef2f0fb0e"
    "c84ca000300a06082a8648ce3d0403030368003065023100d7c497021f9913f7c1"
    "b0b2ab6f9f99577125c3f510425b057303b6cdd3b51706bc565d1cc34befd5011d"
    "9c20db3444c802301c52c4e7fe1e4a3d84c9cc6bf332a03d6a1c48bf8adc219990"
    "b7eff699c564dbf32191f7cc3af07c5448894a463529f7";
static const char ed25519[] =
    "3081a230560201003023310d300b060355040a0c0441636d653112301006035504"
    "030c09756e69742d30303432302a300506032b65700321000e20b98703d57d5fcd"
    "044c5d8f1a2c37e4a62695b0d03a37bbc11fd603a76073a000300506032b657003"
    "410024e34ab009e39270a17ee83714df29ea83df43d96385a02721ddb48d1d3270"
    "8463a3d75e1ab988cb76f28cbf07cde85af2d70fbeef3768956fe96f7d4076a90b";

#define ALG "30{06{2a8648ce3d040302}}"
#define SUBJECT "30{31{30{06{550403}0c{'x'}}}}"
#define SPKI "30{30{06{2b6570}}03{00 @032(07)}}"
#define REQUEST(list) "30{06{2a864886f70d01090e}31{" list "}}"
#define SAN "30{06{551d11}04{30{82{'a'}}}}"
#define INFO(version, subject, rest) "30{" version subject rest "}"
#define CSR(info) "30{" info ALG "03{00 3000}}"
#define WITH(attributes)                                                       \
	CSR(INFO("020100", SUBJECT, SPKI "a0{" attributes "}"))

static const struct csr_row {
	const char *what, *der;
	enum dv_reason reason;
	enum dv_field field;
	const char *place;
	int delta;
} rows[] = {
	{ "no attribute", WITH(""), DV_R_NONE, DV_F_NONE, "", 0 },
	{ "extensions", WITH(REQUEST("30{" SAN "}")), DV_R_NONE, DV_F_NONE,
	    "", 0 },
	{ "empty subject", CSR(INFO("020100", "3000", SPKI "a000")),
	    DV_R_NONE, DV_F_NONE, "", 0 },
	{ "v2", CSR(INFO("020101", SUBJECT, SPKI "a000")),
	    DV_R_UNSUPPORTED_VERSION, DV_F_VERSION, "020101", 2 },
	{ "attributes left out", CSR(INFO("020100", SUBJECT, SPKI)),
	    DV_R_NOT_DER, DV_F_ATTRIBUTES, "@032(07)", 32 },
	{ "element after the attributes",
	    CSR(INFO("020100", SUBJECT, SPKI "a000 0500")),
	    DV_R_TRAILING_DATA, DV_F_REQUEST, "a0000500", 2 },
	{ "challengePassword", WITH("30{06{2a864886f70d010907}31{0c{'x'}}}"),
	    DV_R_REQUEST_ATTRIBUTE, DV_F_ATTRIBUTES, "2a864886f70d010907",
	    0 },
	{ "extensionRequest twice", WITH(REQUEST("30{" SAN "}")
	    REQUEST("30{" SAN "}")), DV_R_REQUEST_ATTRIBUTE,
	    DV_F_ATTRIBUTES, "820161 30", 7 },
	{ "extensionRequest without value", WITH(REQUEST("")), DV_R_NOT_DER,
	    DV_F_EXTENSIONS, "3100", 2 },
	{ "extensionRequest with two values",
	    WITH(REQUEST("30{" SAN "}" "30{" SAN "}")), DV_R_TRAILING_DATA,
	    DV_F_EXTENSIONS, "820161 30", 3 },
	{ "empty extensions", WITH(REQUEST("3000")), DV_R_EXTENSION_MALFORMED,
	    DV_F_EXTENSIONS, "31023000", 2 },
	{ "extension twice", WITH(REQUEST("30{" SAN SAN "}")),
	    DV_R_EXTENSION_DUPLICATE, DV_F_SUBJECT_ALT_NAME, "820161 300c06",
	    7 },
	{ "extension malformed",
	    WITH(REQUEST("30{30{06{551d11}04{30{}}}}")),
	    DV_R_EXTENSION_MALFORMED, DV_F_SUBJECT_ALT_NAME, "04023000", 2 },
	{ "bad string in the subject", CSR(INFO("020100",
	    "30{31{30{06{550403}13{'a@'}}}}", SPKI "a000")),
	    DV_R_NAME_MALFORMED, DV_F_SUBJECT, "'a@'", 1 },
	{ "key too short", CSR(INFO("020100", SUBJECT,
	    "30{30{06{2b6570}}03{00 @031(07)}}" "a000")), DV_R_KEY_INVALID,
	    DV_F_SPKI, "032000", 3 },
	{ "NULL with ECDSA", "30{" INFO("020100", SUBJECT, SPKI "a000")
	    "30{06{2a8648ce3d040302}0500}03{003000}}", DV_R_ALG_PARAMETERS,
	    DV_F_SIGNATURE_ALGORITHM, "0403020500", 3 },
	{ "byte after the request", WITH("") "00", DV_R_TRAILING_DATA,
	    DV_F_REQUEST, "03003000 00", 4 },
	{ "nothing", "", DV_R_INPUT_EMPTY, DV_F_REQUEST, "", 0 },
};

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dv_bytes der = kit_make(rows[i].der);
		struct kit_answer want = { rows[i].reason, rows[i].field, 0 };
		struct dv_csr csr;
		struct dv_at at;
		enum dv_reason reason;

		memset(&csr, 0x5a, sizeof(csr));
		want.offset = kit_find(der, rows[i].place, rows[i].delta);
		reason = dv_csr_parse(der, &csr, &at);
		kit_same(rows[i].what, want,
		    (struct kit_answer){ reason, at.field, at.offset });
		if (reason != DV_R_NONE)
			assert_true(kit_all_zero(&csr, sizeof(csr)));
		kit_free(der);
	}
}

static void
test_values(void **state)
{
	struct dv_bytes der = kit_make(p256);
	struct dv_csr csr;
	struct dv_at at;
	char text[40];

	(void)state;
	assert_int_equal(dv_csr_parse(der, &csr, &at), DV_R_NONE);
	dv_name_text(csr.subject, text, sizeof(text));
	assert_string_equal(text, "CN=unit-0042,O=Acme");
	assert_int_equal(csr.key.type, DV_KEY_P256);
	assert_int_equal(csr.sig_alg, DV_SIG_ECDSA_SHA256);
	assert_int_equal(csr.info.ptr - der.ptr, 4);
	assert_int_equal(csr.info.len, 175);
	assert_int_equal(csr.ext.present, DV_EXT_BIT(DV_EXT_SUBJECT_ALT_NAME));
	assert_int_equal(csr.ext.subject_alt_name.len, 11);
	assert_int_equal(csr.ext.path_len, -1);
	kit_free(der);
}

static void
test_possession(void **state)
{
	static const char *const all[] = { p256, p384, ed25519 };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct dv_bytes der = kit_make(all[i]);
		struct dv_csr csr;
		struct dv_at at;

		assert_int_equal(dv_csr_parse(der, &csr, &at), DV_R_NONE);
		assert_int_equal(dv_csr_prove(&csr, &at), DV_R_NONE);
		assert_true(kit_all_zero(&at, sizeof(at)));
		kit_free(der);
	}
}

/* One octet changed, somewhere: never proved. */
static void
test_every_octet(void **state)
{
	static const char *const all[] = { p256, ed25519 };
	size_t i, k;

	(void)state;
	for (k = 0; k < 2; k++) {
		struct dv_bytes der = kit_make(all[k]);
		uint8_t *copy = malloc(der.len);

		assert_non_null(copy);
		memcpy(copy, der.ptr, der.len);
		for (i = 0; i < der.len; i++) {
			struct dv_csr csr;
			struct dv_at at;

			copy[i] ^= 1;
			if (dv_csr_parse((struct dv_bytes){ copy, der.len },
			    &csr, &at) == DV_R_NONE &&
			    dv_csr_prove(&csr, &at) == DV_R_NONE)
				fail_msg("octet %zu of request %zu", i, k);
			copy[i] ^= 1;
		}
		free(copy);
		kit_free(der);
	}
}

/* Each way in which a well-formed request proves nothing. */
static void
test_not_proved(void **state)
{
	struct dv_bytes der = kit_make(p256), other = kit_make(ed25519);
	struct dv_csr good, ed, csr;
	struct dv_at at;
	uint8_t point[65];

	(void)state;
	assert_int_equal(dv_csr_parse(der, &good, &at), DV_R_NONE);
	assert_int_equal(dv_csr_parse(other, &ed, &at), DV_R_NONE);

	csr = good;
	csr.sig_alg = DV_SIG_NONE;
	assert_int_equal(dv_csr_prove(&csr, &at), DV_R_ALG_NOT_ALLOWED);
	assert_int_equal(at.field, DV_F_SIGNATURE_ALGORITHM);
	assert_int_equal(at.offset, 183);

	csr = good;
	csr.key.type = DV_KEY_NONE;
	assert_int_equal(dv_csr_prove(&csr, &at), DV_R_ALG_NOT_ALLOWED);
	assert_int_equal(at.field, DV_F_SPKI);
	assert_int_equal(at.offset, 47);

	csr = good;
	csr.key = ed.key;
	assert_int_equal(dv_csr_prove(&csr, &at), DV_R_KEY_ALG_MISMATCH);

	csr = good;
	memcpy(point, good.key.octets.ptr, sizeof(point));
	point[64] ^= 1;
	csr.key.octets = DV_BYTES(point);
	assert_int_equal(dv_csr_prove(&csr, &at), DV_R_POINT_NOT_ON_CURVE);

	csr = good;
	csr.signature.len--;
	assert_int_equal(dv_csr_prove(&csr, &at), DV_R_SIGNATURE_MALFORMED);
	assert_int_equal(at.offset, 194);

	csr = good;
	csr.info.len--;
	assert_int_equal(dv_csr_prove(&csr, &at), DV_R_POSSESSION);
	assert_int_equal(at.field, DV_F_SIGNATURE_VALUE);
	assert_int_equal(at.offset, 194);
	kit_free(der);
	kit_free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_possession),
		cmocka_unit_test(test_every_octet),
		cmocka_unit_test(test_not_proved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
