/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making voucher requests: what comes out is what the verifier accepts, for each
 * kind of key and each way to name a registrar; what it would refuse is refused
 * before the key is asked. Where to, of certificates with and without masa-url.
 */
#include "lib/signer.h"

#include "ds_voucher.h"

static const uint8_t nonce[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static struct ds_voucher_new
wanted(const struct pki *p)
{
	return (struct ds_voucher_new){ .key = p->leaf.key, .chain = &p->chain,
	    .nonce = DV_BYTES(nonce), .at = { NOW },
	    .registrar = dv_buf_bytes(&p->mid.cert) };
}

/* The verifier's whole answer. */
static struct dv_verdict
judge(const struct pki *p, const struct ds_voucher_new *what,
    struct dv_bytes envelope)
{
	const struct dv_bytes between = dv_buf_bytes(&p->mid.cert);
	const struct dv_chain trust = { .anchors = &p->anchor,
	    .anchor_count = 1, .intermediates = &between,
	    .intermediate_count = 1, .leaf = p->chain.cert[0] };
	const struct dv_policy policy = dv_policy_strict(what->at);
	const struct dv_voucher_question question = { .trust = &trust,
	    .policy = &policy, .registrar = what->registrar,
	    .nonce = what->nonce };
	struct dv_work *work = calloc(1, sizeof(*work));
	struct dv_path *path = calloc(1, sizeof(*path));
	struct dv_verdict verdict = { .status = DV_REJECTED };
	struct dv_voucher v;

	verdict.reason = dv_voucher_parse(envelope, DV_PROFILE_STRICT, &v,
	    &verdict.at);
	if (verdict.reason == DV_R_NONE)
		verdict = dv_voucher_verify(&v, &question, work, path);
	free(work);
	free(path);
	return verdict;
}

static void
assert_made(const struct pki *p, const struct ds_voucher_new *what)
{
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_err err = { "", "" };
	enum dv_exit exit = ds_voucher_make(what, &out, &err);

	assert_string_equal(err.what, "");
	assert_int_equal(exit, DV_EXIT_YES);
	assert_string_equal(dv_reason_name(judge(p, what,
	    dv_buf_bytes(&out)).reason), dv_reason_name(DV_R_NONE));
	dv_buf_free(&out);
}

static void
test_keys(void **state)
{
	static const enum dv_key_type types[] = { DV_KEY_P256, DV_KEY_P384,
	    DV_KEY_ED25519 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct pki *p = pki_new(types[i]);
		struct ds_voucher_new what = wanted(p);

		for (unsigned inside = 0; inside < 2; inside++) {
			what.with_chain = inside != 0;
			assert_made(p, &what);
		}
		pki_free(p);
	}
}

static void
test_forms(void **state)
{
	struct ds_voucher_new what = wanted(pki);

	(void)state;
	for (unsigned as = DS_REGISTRAR_KEY; as <= DS_REGISTRAR_HASH; as++) {
		what.registrar_as = (enum ds_registrar_as)as;
		assert_made(pki, &what);
	}
	what.registrar = (struct dv_bytes){ NULL, 0 };
	assert_made(pki, &what);
	what.has_created_on = true;
	assert_made(pki, &what);
	what.nonce = (struct dv_bytes){ NULL, 0 };
	assert_made(pki, &what);
}

static void
assert_refused(const struct ds_voucher_new *what, const char *text)
{
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_err err = { "", "" };

	assert_int_equal(ds_voucher_make(what, &out, &err), DV_EXIT_NO);
	assert_non_null(strstr(err.what, text));
	assert_int_equal(out.len, 0);
	dv_buf_free(&out);
}

static void
test_refused(void **state)
{
	static const uint8_t rubbish[] = { 0x30, 0x00 };
	struct ds_voucher_new what = wanted(pki);

	(void)state;
	what.nonce.len = 7;
	assert_refused(&what, "voucher-malformed");
	what.nonce.len = 0;
	assert_refused(&what, "voucher-not-fresh");
	what = wanted(pki);
	what.has_created_on = true;
	what.at.s = NOW + 31 * DAY;
	assert_refused(&what, "signed-outside-validity");
	what = wanted(pki);
	what.registrar = DV_BYTES(rubbish);
	assert_refused(&what, "the registrar's certificate cannot be read");
}

static void
test_no_serial(void **state)
{
	struct pki *p = pki_new(DV_KEY_P256);
	struct template t = leaf_template(p);
	struct ds_voucher_new what;

	(void)state;
	p->leaf.name = "CN=unit-0042,O=Acme";
	leaf_certify(p, &t);
	what = wanted(p);
	assert_refused(&what, "has no serialNumber");
	pki_free(p);
}

static void
test_key_usage(void **state)
{
	struct pki *p = pki_new(DV_KEY_P256);
	struct template t = leaf_template(p);
	struct ds_voucher_new what;

	(void)state;
	t.usage = DV_KU_KEY_AGREEMENT;
	leaf_certify(p, &t);
	what = wanted(p);
	assert_refused(&what, "keyUsage is without digitalSignature");
	pki_free(p);
}

/* The key of somebody else: nothing leaves that does not verify. */
static void
test_other_key(void **state)
{
	struct ds_voucher_new what = wanted(pki);

	(void)state;
	what.key = pki->root.key;
	assert_refused(&what, "envelope-signature-invalid");
}

static void
test_masa_url(void **state)
{
	static const struct {
		const char *extension;	/* IA5String, DER */
		size_t len;
		const char *url;
	} rows[] = {
		{ "\x16\x04" "masa", 6, "https://masa/.well-known/brski" },
		{ "\x16\x09" "masa:8443", 11,
		    "https://masa:8443/.well-known/brski" },
		{ "\x16\x11" "https://masa/v1/x", 19, "https://masa/v1/x" },
		{ NULL, 0, "" },
	};
	char url[DS_MASA_URL];
	struct dv_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dv_cert cert = { .version = 3 };

		if (rows[i].extension != NULL)
			cert.ext.present = DV_EXT_BIT(DV_EXT_MASA_URL);
		cert.ext.value[DV_EXT_MASA_URL] = (struct dv_bytes){
		    (const uint8_t *)rows[i].extension, rows[i].len };
		assert_int_equal(ds_voucher_masa_url(&cert, url, &err),
		    DV_EXIT_YES);
		assert_string_equal(url, rows[i].url);
	}
}

static void
test_masa_url_long(void **state)
{
	/* 600 octets of "x" */
	static uint8_t long_one[4 + 600] = { 0x16, 0x82, 0x02, 0x58 };
	struct dv_cert cert = { .ext = { .present =
	    DV_EXT_BIT(DV_EXT_MASA_URL) } };
	char url[DS_MASA_URL];
	struct dv_err err;

	(void)state;
	memset(long_one + 4, 'x', 600);
	cert.ext.value[DV_EXT_MASA_URL] = DV_BYTES(long_one);
	assert_int_equal(ds_voucher_masa_url(&cert, url, &err), DV_EXIT_NO);
	cert.ext.value[DV_EXT_MASA_URL].len = 3;
	assert_int_equal(ds_voucher_masa_url(&cert, url, &err), DV_EXIT_NO);
	assert_non_null(strstr(err.what, "cannot be read"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_serial),
		cmocka_unit_test(test_key_usage),
		cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_masa_url),
		cmocka_unit_test(test_masa_url_long),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}
