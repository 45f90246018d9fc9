/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules that need the whole path: anchors and their limits, names from the top
 * down, path lengths, the end of validity.
 */
#include "lib/chain_world.h"

static void
test_good_until(void **state)
{
	(void)state;
	ladder(2);
	accepted(2, 2);
	assert_int_equal(w.path.good_until.s, INT64_C(2051222400));
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "ca1", .key = 99,
	    .signer = 1, .until = "310101000000Z" });
	accepted(2, 2);
	assert_int_equal(w.path.good_until.s, INT64_C(1924992000));
	w.anchor[0].not_after.s = KIT_NOW;
	accepted(2, 2);
	assert_int_equal(w.path.good_until.s, KIT_NOW);
}

static void
test_anchor_limits(void **state)
{
	static const uint8_t purpose[] = { 0x2a, 0x03 };
	static const uint8_t other[] = { 0x06, 0x02, 0x2a, 0x04 };
	struct dv_verdict v;

	(void)state;
	ladder(3);
	w.anchor[0].path_len = 2;
	accepted(3, 3);
	w.anchor[0].path_len = 1;
	v = refused(DV_R_PATH_LENGTH, DV_OBJECT_ANCHOR, 0);
	assert_int_equal(v.at.found.number, 2);
	ladder(1);
	w.anchor[0].path_len = 0;
	accepted(1, 1);
	ladder(2);
	(void)refused(DV_R_PATH_LENGTH, DV_OBJECT_ANCHOR, 0);
	ladder(3);
	w.anchor[0].path_len = -1;
	w.anchor[0].not_after.s = KIT_NOW - 1;
	(void)refused(DV_R_EXPIRED, DV_OBJECT_ANCHOR, 0);
	w.anchor[0].not_after.s = KIT_NOW;
	w.anchor[0].not_before.s = KIT_NOW + 1;
	(void)refused(DV_R_NOT_YET_VALID, DV_OBJECT_ANCHOR, 0);
	w.anchor[0].not_before.s = KIT_NOW;
	accepted(3, 3);
	w.anchor[0].eku = (struct dv_bytes){ other, sizeof(other) };
	accepted(3, 3);
	w.policy.purpose = (struct dv_bytes){ purpose, sizeof(purpose) };
	(void)refused(DV_R_KEY_PURPOSE, DV_OBJECT_ANCHOR, 0);
	w.anchor[0].eku = KIT_NONE;
	accepted(3, 3);
}

/* A CA under its own old key counts once: RFC 5280 6.1.4 (l). */
static void
test_anchor_does_not_count_self_issued(void **state)
{
	(void)state;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "root", .key = 99,
	    .signer = 1 });
	add((struct kit_cert){ .subject = "root", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true });
	w.anchor[0].path_len = 0;
	accepted(2, 3);
}

static void
test_broken_anchor(void **state)
{
	static const uint8_t ed25519[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
	    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, [43] = 1 };
	static const uint8_t unknown[] = { 0x30, 0x0a, 0x30, 0x04, 0x06, 0x02,
	    0x2a, 0x03, 0x03, 0x02, 0x00, 0x01 };
	struct dv_verdict v;

	(void)state;
	ladder(2);
	w.anchor[0].spki.len--;
	assert_int_equal(ask().object, DV_OBJECT_ANCHOR);
	assert_int_equal(fake.verified, 1);
	w.anchor[0].spki = (struct dv_bytes){ ed25519, sizeof(ed25519) };
	v = refused(DV_R_KEY_ALG_MISMATCH, DV_OBJECT_CERTIFICATE, 1);
	assert_int_equal(v.at.field, DV_F_SIGNATURE_ALGORITHM);
	assert_string_equal(v.at.wanted.text, "Ed25519");
	w.anchor[0].spki = (struct dv_bytes){ unknown, sizeof(unknown) };
	v = refused(DV_R_ALG_NOT_ALLOWED, DV_OBJECT_ANCHOR, 0);
	assert_int_equal(v.at.field, DV_F_SPKI);
	w.anchor[0].spki = KIT_NONE;
	assert_int_equal(ask().status, DV_REJECTED);
}

/* permitted: directoryName of that name. */
static struct dv_bytes
subtree(const char *name)
{
	return KIT(DER_SEQUENCE, KIT(DER_CONTEXT_CONS(4), kit_name(name)));
}

static struct dv_bytes
constraints(const char *permitted)
{
	return kit_extension(30, true, KIT(DER_SEQUENCE,
	    KIT(DER_CONTEXT_CONS(0), subtree(permitted))));
}

static void
test_names_from_the_top_down(void **state)
{
	(void)state;
	ladder(3);
	w.anchor[0].permitted = subtree("leaf");
	(void)refused(DV_R_NAME_NOT_PERMITTED, DV_OBJECT_CERTIFICATE, 2);
	w.anchor[0].permitted = KIT_NONE;
	w.anchor[0].excluded = subtree("leaf");
	(void)refused(DV_R_NAME_EXCLUDED, DV_OBJECT_CERTIFICATE, 0);
	w.anchor[0].excluded = KIT_NONE;
	w.chain.intermediate_count = 1;
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .extra = constraints("ca2") });
	(void)refused(DV_R_NAME_NOT_PERMITTED, DV_OBJECT_CERTIFICATE, 0);
}

/* RFC 5280 6.1.3 (b): a self-issued certificate is exempt, the leaf is not. */
static void
test_self_issued_exempt_from_names(void **state)
{
	(void)state;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "ca1", .key = 99,
	    .signer = 2 });
	add((struct kit_cert){ .subject = "ca1", .issuer = "ca1", .key = 2,
	    .signer = 1, .ca = true });
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .path_len = 1,
	    .extra = constraints("leaf") });
	accepted(3, 3);
	leaf((struct kit_cert){ .subject = "ca1", .issuer = "ca1", .key = 99,
	    .signer = 2 });
	(void)refused(DV_R_NAME_NOT_PERMITTED, DV_OBJECT_CERTIFICATE, 0);
}

static void
test_path_length(void **state)
{
	(void)state;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "ca2", .key = 99,
	    .signer = 2 });
	add((struct kit_cert){ .subject = "ca2", .issuer = "ca1", .key = 2,
	    .signer = 1, .ca = true });
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .path_len = 1 });
	(void)refused(DV_R_PATH_LENGTH, DV_OBJECT_CERTIFICATE, 2);
	w.chain.intermediate_count = 1;
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .path_len = 2 });
	accepted(3, 3);
}

static void
test_anchor_as_leaf(void **state)
{
	(void)state;
	leaf((struct kit_cert){ .subject = "root", .issuer = "root",
	    .key = ROOT_KEY, .signer = ROOT_KEY, .ca = true });
	(void)refused(DV_R_CA_FLAG_ON_LEAF, DV_OBJECT_CERTIFICATE, 0);
	w.policy.profile = DV_PROFILE_PATH;
	accepted(1, 1);
}

static void
test_anchor_from_cert(void **state)
{
	struct kit_cert c = { .subject = "top", .issuer = "top", .key = 7,
	    .signer = 7, .ca = true, .path_len = 3,
	    .extra = constraints("here") };
	struct dv_anchor anchor;
	struct dv_cert cert;
	struct dv_at at;

	(void)state;
	assert_int_equal(dv_cert_parse(kit_make(&c), &cert, &at), DV_R_NONE);
	assert_int_equal(dv_anchor_from_cert(&cert, &anchor, &at), DV_R_NONE);
	assert_int_equal(anchor.path_len, 2);
	assert_int_equal(anchor.key_id.len, 1);
	assert_true(anchor.permitted.len > 0);
	assert_int_equal(anchor.not_after.s, INT64_C(2051222400));
	c.bad_signature = true;
	assert_int_equal(dv_cert_parse(kit_make(&c), &cert, &at), DV_R_NONE);
	assert_int_equal(dv_anchor_from_cert(&cert, &anchor, &at),
	    DV_R_SIGNATURE_INVALID);
	assert_int_equal(anchor.name.len, 0);
	cert.sig_alg = DV_SIG_NONE;
	assert_int_equal(dv_anchor_from_cert(&cert, &anchor, &at), DV_R_NONE);
	c.bad_signature = false;
	assert_int_equal(dv_cert_parse(kit_make(&c), &cert, &at), DV_R_NONE);
	fake.bad_key = 7;
	assert_int_equal(dv_anchor_from_cert(&cert, &anchor, &at),
	    DV_R_POINT_NOT_ON_CURVE);
	fake.bad_key = 0;
	c.bad_signature = true;
	c.issuer = "above";
	assert_int_equal(dv_cert_parse(kit_make(&c), &cert, &at), DV_R_NONE);
	assert_int_equal(dv_anchor_from_cert(&cert, &anchor, &at), DV_R_NONE);
	c.ca = false;
	c.extra = KIT_NONE;
	assert_int_equal(dv_cert_parse(kit_make(&c), &cert, &at), DV_R_NONE);
	assert_int_equal(dv_anchor_from_cert(&cert, &anchor, &at),
	    DV_R_CA_FLAG_MISSING);
	assert_int_equal(anchor.spki.len, 0);
}

static enum dv_reason
judge(struct kit_cert c, enum dv_field *field)
{
	struct dv_at at = { .field = DV_F_NONE };
	struct dv_cert cert;
	enum dv_reason reason;

	assert_int_equal(dv_cert_parse(kit_make(&c), &cert, &at), DV_R_NONE);
	reason = dv_anchor_judge(&cert, &at);
	*field = at.field;
	return reason;
}

/* An anchor may name no issuer's key, or its own. */
static void
test_anchor_judge(void **state)
{
	struct kit_cert c = { .subject = "top", .issuer = "top", .key = 7,
	    .signer = 7, .ca = true };
	enum dv_field field;

	(void)state;
	assert_int_equal(judge(c, &field), DV_R_NONE);
	c.signer = 8;
	assert_int_equal(judge(c, &field), DV_R_EXTENSION_MALFORMED);
	assert_int_equal(field, DV_F_AUTHORITY_KEY_ID);
	c.issuer = "above";
	assert_int_equal(judge(c, &field), DV_R_NONE);
	c.no_key_ids = true;
	assert_int_equal(judge(c, &field), DV_R_EXTENSION_MISSING);
	assert_int_equal(field, DV_F_AUTHORITY_KEY_ID);
	c.issuer = "top";
	assert_int_equal(judge(c, &field), DV_R_EXTENSION_MISSING);
	assert_int_equal(field, DV_F_SUBJECT_KEY_ID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good_until),
		TEST(test_anchor_limits),
		TEST(test_anchor_does_not_count_self_issued),
		TEST(test_broken_anchor),
		TEST(test_names_from_the_top_down),
		TEST(test_self_issued_exempt_from_names),
		TEST(test_path_length),
		TEST(test_anchor_as_leaf),
		TEST(test_anchor_from_cert),
		TEST(test_anchor_judge),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
