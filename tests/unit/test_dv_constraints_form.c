/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The form of name constraints: bases of each kind, distances, the frame around
 * them. Judges no name. RFC 5280 4.2.1.10.
 */
#include "lib/subtrees.h"

static enum dv_reason
parse_in(uint8_t list, struct dv_bytes base_and_more)
{
	struct dv_extensions ext;
	struct dv_at at;
	struct dv_der in = dv_der_start(KIT(DER_SEQUENCE, KIT(list,
	    KIT(DER_SEQUENCE, base_and_more))), DV_F_NAME_CONSTRAINTS, &at);
	enum dv_reason reason;

	memset(&ext, 0, sizeof(ext));
	reason = dv_ext_name_constraints(&in, &ext);
	if (reason == DV_R_NONE)
		assert_true((list == 0xa0 ? ext.permitted : ext.excluded).len >
		    0);
	else
		assert_true(ext.permitted.len == 0 && ext.excluded.len == 0 &&
		    at.field == DV_F_NAME_CONSTRAINTS);
	return reason;
}

static const struct {
	enum dv_general_name form;
	const char *base;
	size_t len;
	enum dv_reason reason;
} bases[] = {
#define BASE(form, text, reason) { form, text, sizeof(text) - 1, reason }
#define BAD DV_R_EXTENSION_MALFORMED
	BASE(DV_NAME_DNS, "example.com", DV_R_NONE),
	BASE(DV_NAME_DNS, "", DV_R_NONE),
	BASE(DV_NAME_DNS, "com", DV_R_NONE),
	BASE(DV_NAME_DNS, ".example.com", BAD),
	BASE(DV_NAME_DNS, "example.com.", BAD),
	BASE(DV_NAME_DNS, "a..b", BAD),
	BASE(DV_NAME_DNS, "*.example.com", BAD),
	BASE(DV_NAME_DNS, "exa mple.com", BAD),
	BASE(DV_NAME_DNS, "a\0b", BAD),
	BASE(DV_NAME_DNS, "\xc3\xa4.de", BAD),
	BASE(DV_NAME_EMAIL, "example.com", DV_R_NONE),
	BASE(DV_NAME_EMAIL, ".example.com", DV_R_NONE),
	BASE(DV_NAME_EMAIL, "a@example.com", DV_R_NONE),
	BASE(DV_NAME_EMAIL, "", DV_R_NONE),
	BASE(DV_NAME_EMAIL, "@example.com", BAD),
	BASE(DV_NAME_EMAIL, "a@", BAD),
	BASE(DV_NAME_EMAIL, "a@.example.com", BAD),
	BASE(DV_NAME_EMAIL, "..example.com", BAD),
	BASE(DV_NAME_EMAIL, "a@b@c", BAD),
	BASE(DV_NAME_EMAIL, "a\0b@example.com", BAD),
	BASE(DV_NAME_URI, "example.com", DV_R_NONE),
	BASE(DV_NAME_URI, ".example.com", DV_R_NONE),
	BASE(DV_NAME_URI, "", DV_R_NONE),
	BASE(DV_NAME_URI, "http://example.com", BAD),
	BASE(DV_NAME_URI, "example.com:80", BAD),
	BASE(DV_NAME_URI, ".", BAD),
	BASE(DV_NAME_URI, "?example.com", BAD),
	BASE(DV_NAME_IP, "\x0a\0\0\0\xff\0\0\0", DV_R_NONE),
	BASE(DV_NAME_IP, "\0\0\0\0\0\0\0\0", DV_R_NONE),
	BASE(DV_NAME_IP, "\x0a\0\0\1\xff\xff\xff\xff", DV_R_NONE),
	BASE(DV_NAME_IP, "\x0a\0\0\0\xff\xfe\0\0", DV_R_NONE),
	BASE(DV_NAME_IP, "\x0a\0\0\0\xff\0\xff\0", BAD),
	BASE(DV_NAME_IP, "\x0a\0\0\0\x7f\0\0\0", BAD),
	BASE(DV_NAME_IP, "\x0a\0\0\0\0\0\0\1", BAD),
	BASE(DV_NAME_IP, "\x0a\0\0\0", BAD),
	BASE(DV_NAME_IP, "", BAD),
	BASE(DV_NAME_IP, "\x0a\0\0\0\xff\0\0\0\0", BAD),
	BASE(DV_NAME_IP, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0", DV_R_NONE),
	BASE(DV_NAME_IP, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0", BAD),
	BASE(DV_NAME_REGISTERED_ID, "\x2a\x03", DV_R_NONE),
	BASE(DV_NAME_REGISTERED_ID, "\x80\x03", DV_R_NOT_CANONICAL),
	BASE(DV_NAME_DIRECTORY, "\x30\x00", DV_R_NONE),
	BASE(DV_NAME_DIRECTORY, "", DV_R_NOT_DER),
	BASE(DV_NAME_DIRECTORY, "\x30\x00\x30\x00", DV_R_TRAILING_DATA),
	BASE(DV_NAME_OTHER, "\x06\x02\x2a\x03\xa0\x02\x05\x00", DV_R_NONE),
	BASE((enum dv_general_name)9, "a", DV_R_EXTENSION_MALFORMED),
};

static void
test_bases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		struct dv_bytes base = KIT(form_tag(bases[i].form),
		    kit_octets(bases[i].base, bases[i].len));
		enum dv_reason reason = parse_in(0xa0, base);

		if (reason != bases[i].reason)
			fail_msg("base %zu: %s", i, dv_reason_name(reason));
		assert_int_equal(parse_in(0xa1, base), bases[i].reason);
	}
}

static void
test_minimum_and_maximum(void **state)
{
	struct dv_bytes base = KIT(DER_CONTEXT(2), kit_text("a"));

	(void)state;
	assert_int_equal(parse_in(0xa0, base), DV_R_NONE);
	assert_int_equal(parse_in(0xa0, KIT_NONE), DV_R_NOT_DER);
#define WITH(octets) kit_join((struct dv_bytes[]){ base,                       \
	    KIT_OCTETS(octets) }, 2)
	assert_int_equal(parse_in(0xa0, WITH("\x80\1\0")), DV_R_NOT_CANONICAL);
	assert_int_equal(parse_in(0xa0, WITH("\x80\1\1")), BAD);
	assert_int_equal(parse_in(0xa0, WITH("\x80\0\0")), BAD);
	assert_int_equal(parse_in(0xa0, WITH("\x81\1\0")), BAD);
	assert_int_equal(parse_in(0xa0, WITH("\x80\1\0\x81\1\0")), BAD);
	assert_int_equal(parse_in(0xa0, WITH("\x05\0")), DV_R_TRAILING_DATA);
}

static void
test_frame(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
		enum dv_reason reason;
		uint32_t offset;
	} frames[] = {
#define FRAME(octets, reason, offset)                                          \
	{ octets, sizeof(octets) - 1, reason, offset }
		FRAME("\x30\0", BAD, 0),
		FRAME("\x30\2\xa0\0", BAD, 4),
		FRAME("\x30\2\xa1\0", BAD, 4),
		FRAME("\x30\2\xa2\0", DV_R_TRAILING_DATA, 2),
		FRAME("\x30\7\xa0\5\x30\3\x82\1a", DV_R_NONE, 0),
		FRAME("\x30\7\xa0\5\x30\3\x82\1a\0", DV_R_TRAILING_DATA, 9),
		FRAME("\x30\7\xa0\5\x30\3\x82\1.", BAD, 6),
		FRAME("\x30\2\xa0\5", DV_R_TRUNCATED, 2),
		FRAME("\x30\6\xa0\4\x30\2\x82\5", DV_R_TRUNCATED, 6),
		FRAME("\x30\x0e\xa1\5\x30\3\x82\1a\xa0\5\x30\3\x82\1a",
		    DV_R_TRAILING_DATA, 9),
		FRAME("\x31\7\xa0\5\x30\3\x82\1a", DV_R_NOT_DER, 0),
		FRAME("", DV_R_NOT_DER, 0),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct dv_extensions ext = { .present = 0 };
		struct dv_at at = { .offset = 0 };
		struct dv_der in = dv_der_start(kit_octets(frames[i].octets,
		    frames[i].len), DV_F_NAME_CONSTRAINTS, &at);
		enum dv_reason reason;

		reason = dv_ext_name_constraints(&in, &ext);
		if (reason != frames[i].reason || at.offset != frames[i].offset)
			fail_msg("frame %zu: %s at %u", i,
			    dv_reason_name(reason), at.offset);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bases),
		TEST(test_minimum_and_maximum),
		TEST(test_frame),
	};

	return cmocka_run_group_tests_name("constraints_form", tests, NULL,
	    NULL);
}
