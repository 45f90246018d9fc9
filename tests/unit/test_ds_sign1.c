/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making envelopes: what comes out is what the verifier accepts, for each kind
 * of key and hash, and what it would refuse is refused before the key is asked.
 */
#include "lib/signer.h"

#include "cbor_write.h"
#include "key_ops.h"

/* The verifier's whole answer about an envelope. */
static void
assert_accepted(const struct pki *p, const struct ds_sign1_new *what,
    struct dv_bytes envelope)
{
	const struct dv_chain trust = { .anchors = &p->anchor,
	    .anchor_count = 1 };
	const struct dv_policy policy = dv_policy_strict(what->iat);
	const struct dv_question question = { .digest = what->digest,
	    .trust = &trust, .policy = &policy };
	struct dv_work *work = calloc(1, sizeof(*work));
	struct dv_path *path = calloc(1, sizeof(*path));
	struct dv_verdict verdict;
	struct dv_sign1 s;
	struct dv_at at;

	assert_int_equal(dv_sign1_parse(envelope,
	    DV_PROFILE_STRICT, &s, &at), DV_R_NONE);
	verdict = dv_sign1_verify(&s, &question, work, path);
	assert_string_equal(dv_reason_name(verdict.reason),
	    dv_reason_name(DV_R_NONE));
	assert_int_equal(verdict.status, DV_ACCEPTED);
	assert_int_equal(path->count, 2);
	assert_int_equal(path->signatures, 2);
	free(work);
	free(path);
}

static void
test_keys_and_hashes(void **state)
{
	static const enum dv_key_type types[] = { DV_KEY_P256, DV_KEY_P384,
	    DV_KEY_ED25519 };
	static const enum dv_hash_id hashes[] = { DV_HASH_SHA256,
	    DV_HASH_SHA384, DV_HASH_SHA512 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct pki *p = pki_new(types[i]);
		struct ds_sign1_new what = order(p);

		for (size_t h = 0; h < 3; h++) {
			struct dv_buf out = { NULL, 0, 0 };

			what.hash = hashes[h];
			what.digest.len = dv_hash_size(hashes[h]);
			sign(&what, &out);
			assert_accepted(p, &what, dv_buf_bytes(&out));
			dv_buf_free(&out);
		}
		pki_free(p);
	}
}

/* Every octet that is not signature or certificate, written down by hand. */
static void
test_exact_bytes(void **state)
{
	static const uint8_t head[] = { 0xd2, 0x84, 0x59 };
	static const uint8_t before[] = { 0xa6, 0x01, 0x26, 0x0f, 0xa3, 0x01,
	    0x64, '0', '0', '4', '2', 0x02, 0x67, 'a', 'p', 'p', '.', 'b', 'i',
	    'n', 0x06, 0x1a, 0x69, 0xa3, 0x81, 0x80, 0x10, 0x78, 0x25 };
	static const uint8_t after[] = { 0x19, 0x01, 0x02, 0x2f, 0x19, 0x01,
	    0x03, 0x78, 0x18 };
	const struct ds_sign1_new what = order(pki);
	struct dv_buf out = { NULL, 0, 0 };
	const uint8_t *p;
	size_t certs = pki->leaf.cert.len + pki->mid.cert.len + 2 * 3;

	(void)state;
	sign(&what, &out);
	p = out.ptr;
	assert_memory_equal(p, head, sizeof(head));
	p += 5;
	assert_memory_equal(p, before, sizeof(before));
	p += sizeof(before);
	assert_memory_equal(p, DV_SIGN1_TYP, 37);
	p += 37;
	assert_memory_equal(p, "\x18\x21\x82\x59", 4);
	p += 3 + certs;
	assert_memory_equal(p, after, sizeof(after));
	p += sizeof(after);
	assert_memory_equal(p, DV_SIGN1_OCTETS, 24);
	p += 24;
	assert_memory_equal(p, "\xa0\x58\x20", 3);
	p += 3;
	assert_memory_equal(p, digest_octets, 32);
	p += 32;
	assert_memory_equal(p, "\x58\x40", 2);
	assert_int_equal(p + 2 + 64 - out.ptr, out.len);
	dv_buf_free(&out);
}

/* The artefact inside: nothing, something, all that fits, and an octet more. */
static void
test_attached(void **state)
{
	const size_t sizes[] = { 0, 5, DV_MAX_ATTACHED, DV_MAX_ATTACHED + 1 };
	uint8_t *content = calloc(1, DV_MAX_ATTACHED + 1), digest[DV_MAX_DIGEST];
	struct ds_sign1_new what = order(pki);
	struct dv_sign1 s;
	struct dv_at at;
	struct dv_err err;

	(void)state;
	assert_non_null(content);
	what.attached = true;
	what.preimage_type = "text/plain";
	for (size_t i = 0; i < 4; i++) {
		struct dv_buf out = { NULL, 0, 0 };

		what.content = (struct dv_bytes){ content, sizes[i] };
		if (sizes[i] > DV_MAX_ATTACHED) {
			assert_int_equal(ds_sign1_make(&what, &out, &err),
			    DV_EXIT_NO);
			assert_non_null(strstr(err.what, "limit at envelope"));
			assert_int_equal(out.len, 0);
			continue;
		}
		sign(&what, &out);
		what.digest = (struct dv_bytes){ digest, dv_hash_once(
		    DV_HASH_SHA256, what.content, digest) };
		assert_accepted(pki, &what, dv_buf_bytes(&out));
		assert_int_equal(dv_sign1_parse(dv_buf_bytes(&out),
		    DV_PROFILE_STRICT, &s, &at), DV_R_NONE);
		assert_true(s.attached);
		assert_true(dv_bytes_equal(s.payload, what.content));
		assert_true(dv_bytes_equal_text(s.preimage_type, "text/plain"));
		dv_buf_free(&out);
	}
	free(content);
}

/* What is there already stays: the envelope is appended. */
static void
test_appends(void **state)
{
	const struct ds_sign1_new what = order(pki);
	struct dv_buf out = { NULL, 0, 0 };

	(void)state;
	assert_true(dv_buf_add(&out, (struct dv_bytes){ digest_octets, 3 }));
	sign(&what, &out);
	assert_memory_equal(out.ptr, digest_octets, 3);
	assert_accepted(pki, &what, dv_bytes_cut(dv_buf_bytes(&out), 3,
	    out.len - 3));
	dv_buf_free(&out);
}

static void
check_iss(const char *subject, const char *given, const char *iss)
{
	struct template t = leaf_template(pki);
	const char *before = pki->leaf.name;
	struct ds_sign1_new what = order(pki);
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_sign1 s;
	struct dv_at at;

	pki->leaf.name = subject;
	leaf_certify(pki, &t);
	what.iss = given;
	sign(&what, &out);
	assert_int_equal(dv_sign1_parse(dv_buf_bytes(&out),
	    DV_PROFILE_STRICT, &s, &at),
	    DV_R_NONE);
	assert_int_equal(s.iss.len, strlen(iss));
	assert_memory_equal(s.iss.ptr, iss, s.iss.len);
	dv_buf_free(&out);
	pki->leaf.name = before;
	leaf_certify(pki, &t);
}

static void
test_iss(void **state)
{
	(void)state;
	check_iss("serialNumber=0042,CN=unit,O=Acme", NULL, "0042");
	check_iss("CN=unit-0042,O=Acme", NULL, "unit-0042");
	check_iss("OU=line 4,O=Acme", NULL, "OU=line 4,O=Acme");
	check_iss("CN=unit-0042,O=Acme", "someone else", "someone else");
}

/* A key that counts how often it is asked, and lies when told to. */
static unsigned asked;
static enum dv_exit answer;

static enum dv_exit
counting_sign(struct ds_key *key, const struct ds_to_sign *what, uint8_t *sig,
    struct dv_err *err)
{
	(void)key;
	(void)what;
	asked++;
	memset(sig, 0x11, DV_MAX_SIGNATURE);
	if (answer == DV_EXIT_YES)
		return DV_EXIT_YES;
	return dv_fail(err, answer, "no such luck");
}

static const struct ds_key_ops counting = { "counting", NULL, NULL,
    counting_sign, NULL, NULL };

/* Refused, in words that hold this text, with nothing written. */
static void
check_refused(const struct ds_sign1_new *order_of_it, const char *words,
    unsigned times)
{
	const struct dv_key *pub = ds_key_public(order_of_it->key);
	struct ds_key key = *order_of_it->key;
	struct ds_sign1_new what = *order_of_it;
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_err err = { "", "" };

	assert_non_null(pub);
	key.ops = &counting;
	what.key = &key;
	asked = 0;
	assert_int_not_equal(ds_sign1_make(&what, &out, &err), DV_EXIT_YES);
	if (strstr(err.what, words) == NULL)
		assert_string_equal(err.what, words);
	assert_int_equal(asked, times);
	assert_int_equal(out.len, 0);
	dv_buf_free(&out);
}

static void
test_refused_before_the_key(void **state)
{
	struct pki *other = pki_new(DV_KEY_P256);
	struct ds_sign1_new what;
	struct ds_chain chain;
	char text[DV_MAX_HEADER_TEXT + 2];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	what = order(pki);
	what.sub = "";
	check_refused(&what, "header-malformed", 0);
	what.sub = "two\nlines";
	check_refused(&what, "header-malformed", 0);
	what.sub = "\xff";
	check_refused(&what, "cbor-malformed", 0);
	what.sub = text;
	check_refused(&what, "limit", 0);
	what = order(pki);
	what.iss = "";
	check_refused(&what, "header-malformed", 0);
	what = order(pki);
	what.preimage_type = "";
	check_refused(&what, "header-malformed", 0);
	what = order(pki);
	what.digest.len = 31;
	check_refused(&what, "digest-length", 0);
	what = order(pki);
	what.hash = DV_HASH_NONE;
	check_refused(&what, "hash-not-allowed", 0);
	what = order(pki);
	what.iat.s = NOW - 31 * DAY;
	check_refused(&what, "not valid at the signing time", 0);
	what.iat.s = NOW + 31 * DAY;
	check_refused(&what, "not valid at the signing time", 0);
	what = order(pki);
	what.chain = &other->chain;
	check_refused(&what, "not for the key", 0);
	chain = (struct ds_chain){ .count = 0 };
	what.chain = &chain;
	check_refused(&what, "0 certificates", 0);
	chain = pki->chain;
	chain.cert[0].len--;
	check_refused(&what, "cannot be read", 0);
	pki_free(other);
}

/* Certificates that are too many, and too large together. */
static void
test_chain_limits(void **state)
{
	static const uint8_t big[DV_MAX_ENVELOPE];
	struct ds_sign1_new what = order(pki);
	struct ds_chain chain = { .count = DV_MAX_PATH + 1 };
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	for (size_t i = 0; i < chain.count; i++)
		chain.cert[i] = pki->chain.cert[i == 0 ? 0 : 1];
	what.chain = &chain;
	check_refused(&what, "9 certificates", 0);
	chain.ends_in_root = true;
	sign(&what, &out);
	assert_int_equal(dv_sign1_parse(dv_buf_bytes(&out),
	    DV_PROFILE_STRICT, &s, &at),
	    DV_R_NONE);
	assert_int_equal(s.x5chain_count, DV_MAX_PATH);
	dv_buf_free(&out);
	chain.count = 1;
	sign(&what, &out);
	assert_int_equal(dv_sign1_parse(dv_buf_bytes(&out),
	    DV_PROFILE_STRICT, &s, &at),
	    DV_R_NONE);
	assert_int_equal(s.x5chain_count, 1);
	dv_buf_free(&out);
	chain.count = 2;
	chain.ends_in_root = false;
	chain.cert[1] = DV_BYTES(big);
	check_refused(&what, "too large", 0);
	/* the header map alone would fit */
	chain.cert[1].len = DV_MAX_ENVELOPE - pki->leaf.cert.len - 200;
	check_refused(&what, "too large", 0);
}

static void
test_bad_key(void **state)
{
	const struct ds_sign1_new what = order(pki);

	(void)state;
	answer = DV_EXIT_YES;
	check_refused(&what, "", 1);
	answer = DV_EXIT_NONE;
	check_refused(&what, "no such luck", 1);
	answer = DV_EXIT_YES;
}

/* ---- the writer --------------------------------------------------------- */

static void
test_writer(void **state)
{
	static const struct {
		int64_t number;
		size_t len;
		uint8_t bytes[9];
	} cases[] = {
		{ 0, 1, { 0x00 } }, { 23, 1, { 0x17 } }, { 24, 2, { 0x18, 24 } },
		{ 255, 2, { 0x18, 255 } }, { 256, 3, { 0x19, 1, 0 } },
		{ 65536, 5, { 0x1a, 0, 1, 0, 0 } },
		{ INT64_C(4294967296), 9, { 0x1b, 0, 0, 0, 1, 0, 0, 0, 0 } },
		{ INT64_MAX, 9, { 0x1b, 0x7f, 255, 255, 255, 255, 255, 255,
		    255 } },
		{ -1, 1, { 0x20 } }, { -24, 1, { 0x37 } },
		{ -25, 2, { 0x38, 24 } }, { -257, 3, { 0x39, 1, 0 } },
		{ INT64_MIN, 9, { 0x3b, 0x7f, 255, 255, 255, 255, 255, 255,
		    255 } },
	};
	uint8_t room[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ds_cbor w = ds_cbor_start(room, cases[i].len);

		ds_cbor_int(&w, cases[i].number);
		assert_int_equal(ds_cbor_done(&w).len, cases[i].len);
		assert_memory_equal(room, cases[i].bytes, cases[i].len);
		w = ds_cbor_start(room, cases[i].len - 1);
		ds_cbor_int(&w, cases[i].number);
		assert_null(ds_cbor_done(&w).ptr);
	}
}

/* Failed once, a writer stays failed and writes nothing more. */
static void
test_writer_sticky(void **state)
{
	uint8_t room[4] = { 0xee, 0xee, 0xee, 0xee };
	struct ds_cbor w = ds_cbor_start(room, 3);

	(void)state;
	ds_cbor_array(&w, 1);
	ds_cbor_bytes(&w, (struct dv_bytes){ digest_octets, 3 });
	assert_true(w.failed);
	ds_cbor_int(&w, 0);
	ds_cbor_raw(&w, (struct dv_bytes){ digest_octets, 0 });
	assert_null(ds_cbor_done(&w).ptr);
	assert_int_equal(room[0], 0x81);
	assert_int_equal(room[2], 0xee);
	assert_int_equal(room[3], 0xee);
	w = ds_cbor_start(room, 3);
	ds_cbor_tag(&w, 18);
	ds_cbor_map(&w, 1);
	ds_cbor_text(&w, (struct dv_bytes){ digest_octets, 0 });
	assert_memory_equal(ds_cbor_done(&w).ptr, "\xd2\xa1\x60", 3);
}

static struct ds_claim
claim(const char *key, const char *value)
{
	return (struct ds_claim){ { (const uint8_t *)key, strlen(key) },
	    { (const uint8_t *)value, strlen(value) } };
}

/* Written in the one order, whatever that of the order was. */
static void
test_claims(void **state)
{
	static const char wanted[] = "\x04\x1a\x69\xa3\x81\x81"
	    "\x05\x1a\x69\xa3\x81\x80" "\x06\x1a\x69\xa3\x81\x80"
	    "\x19\x01\x0f\x82\x65" "1.2.3" "\x19\x40\x00"
	    "\x61" "b" "\x61" "2" "\x61" "c" "\x61" "3" "\x62" "aa" "\x61" "1"
	    "\x65" "model" "\x62" "gw" "\x66" "branch" "\x61" "x"
	    "\x66" "device" "\x62" "g7" "\x10";
	const struct ds_claim claims[] = { claim("branch", "x"),
	    claim("aa", "1"), claim("c", "3"), claim("b", "2") };
	struct ds_sign1_new what = order(pki);
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	what.version = "1.2.3";
	what.device = "g7";
	what.model = "gw";
	what.has_exp = what.has_nbf = true;
	what.exp.s = NOW + 1;
	what.nbf.s = NOW;
	what.claims = claims;
	what.claim_count = 4;
	sign(&what, &out);
	assert_non_null(memmem(out.ptr, out.len, wanted, sizeof(wanted) - 1));
	assert_int_equal(dv_sign1_parse(dv_buf_bytes(&out), DV_PROFILE_STRICT,
	    &s, &at), DV_R_NONE);
	assert_int_equal(s.exp.s, NOW + 1);
	assert_int_equal(s.scheme, DV_VERSION_SEMVER);
	dv_buf_free(&out);
}

/* What the format does not take is refused before the key is asked. */
static void
test_claims_refused(void **state)
{
	const struct ds_claim twice[] = { claim("a", "1"), claim("a", "2") };
	struct ds_sign1_new what = order(pki);
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_err err;

	(void)state;
	what.claims = twice;
	what.claim_count = 2;
	assert_int_equal(ds_sign1_make(&what, &out, &err), DV_EXIT_NO);
	assert_non_null(strstr(err.what, "header-duplicate"));
	what.claims = NULL;
	what.claim_count = 0;
	what.version = "v1";
	assert_int_equal(ds_sign1_make(&what, &out, &err), DV_EXIT_NO);
	assert_non_null(strstr(err.what, "header-malformed"));
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_and_hashes),
		cmocka_unit_test(test_exact_bytes),
		cmocka_unit_test(test_attached),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_iss),
		cmocka_unit_test(test_refused_before_the_key),
		cmocka_unit_test(test_chain_limits),
		cmocka_unit_test(test_bad_key),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_claims_refused),
		cmocka_unit_test(test_writer),
		cmocka_unit_test(test_writer_sticky),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}
