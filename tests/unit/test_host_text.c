/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that somebody else chose: what reaches a terminal, a verdict line and
 * JSON. Tables of strings and what must become of them.
 */
#include "hostkit.h"

#include "host/json.h"

#define B(text) { (const uint8_t *)(text), sizeof(text) - 1 }

struct row {
	struct dv_bytes text;
	const char *safe;
	const char *json;
};

static const struct row rows[] = {
	{ B(""), "", "\"\"" },
	{ B("fw-1.bin"), "fw-1.bin", "\"fw-1.bin\"" },
	{ B("a\nb"), "a\\x0ab", "\"a\\u000ab\"" },
	{ B("\x1b[2J"), "\\x1b[2J", "\"\\u001b[2J\"" },
	{ B("a\0b"), "a\\x00b", "\"a\\u0000b\"" },
	{ B("\x7f"), "\\x7f", "\"\\u007f\"" },
	{ B("q\"\\"), "q\"\\", "\"q\\\"\\\\\"" },
	{ B("\xc3\xa9"), "\xc3\xa9", "\"\\u00e9\"" },
	{ B("\xf0\x9f\x94\x91"), "\xf0\x9f\x94\x91", "\"\\ud83d\\udd11\"" },
	/* C1 control, right-to-left override, zero-width space */
	{ B("\xc2\x9b"), "\\xc2\\x9b", "\"\\u009b\"" },
	{ B("\xe2\x80\xae"), "\\xe2\\x80\\xae", "\"\\u202e\"" },
	{ B("\xe2\x80\x8b"), "\\xe2\\x80\\x8b", "\"\\u200b\"" },
	/* not UTF-8: alone, overlong, surrogate, past the end, cut */
	{ B("\xff"), "\\xff", "\"\\ufffd\"" },
	{ B("\xc0\x80"), "\\xc0\\x80", "\"\\ufffd\\ufffd\"" },
	{ B("\xe0\x80\xaf"), "\\xe0\\x80\\xaf", "\"\\ufffd\\ufffd\\ufffd\"" },
	{ B("\xed\xa0\x80"), "\\xed\\xa0\\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
	{ B("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80",
	    "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	{ B("\xe2\x82"), "\\xe2\\x82", "\"\\ufffd\\ufffd\"" },
	{ B("\xc3("), "\\xc3(", "\"\\ufffd(\"" },
};

static void
print_safe(void **state)
{
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CAPTURE(text, f, dv_print_safe(f, rows[i].text));
		assert_string_equal(text, rows[i].safe);
	}
}

static void
decimal(void **state)
{
	char room[DV_DECIMAL_MAX];

	(void)state;
	assert_string_equal(dv_decimal_text(0, room), "0");
	assert_string_equal(dv_decimal_text(4294967296, room), "4294967296");
	assert_string_equal(dv_decimal_text(UINT64_MAX, room),
	    "18446744073709551615");
	assert_ptr_equal(dv_decimal_text(UINT64_MAX, room), room);
}

static void
json_string(void **state)
{
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CAPTURE(text, f, dv_json_string(f, rows[i].text));
		assert_string_equal(text, rows[i].json);
	}
}

static void
utf8_next_tells_the_number(void **state)
{
	uint32_t point;

	(void)state;
	assert_int_equal(dv_utf8_next((struct dv_bytes)B("\xf4\x8f\xbf\xbf"),
	    &point), 4);
	assert_int_equal(point, 0x10ffff);
	assert_int_equal(dv_utf8_next((struct dv_bytes)B("\xff"), &point), 0);
	assert_int_equal(point, 0);
	assert_int_equal(dv_utf8_next((struct dv_bytes)B(""), &point), 0);
}

/* A file name cannot pretend to be a verdict. */
static void
subject_ends_at_its_colon(void **state)
{
	const char *text;

	(void)state;
	CAPTURE(text, f, dv_print_subject(f, "fw.bin: ACCEPTED until 2999"));
	assert_string_equal(text, "fw.bin\\x3a ACCEPTED until 2999");
	CAPTURE(text, f, dv_print_subject(f, "c:/x\\y\n:"));
	assert_string_equal(text, "c:/x\\\\y\\x0a\\x3a");
}

static void
quoted_keeps_its_quotes(void **state)
{
	const char *text;

	(void)state;
	CAPTURE(text, f, dv_print_quoted(f, (struct dv_bytes)B("a\"b\\c\n")));
	assert_string_equal(text, "\"a\\\"b\\\\c\\x0a\"");
}

static void
hex(void **state)
{
	const char *text;

	(void)state;
	CAPTURE(text, f, dv_print_hex(f, (struct dv_bytes)B("\x00\xaf")));
	assert_string_equal(text, "00af");
}

static void
hex_is_read_back(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} texts[] = {
		{ "00ff", 2 }, { "00fF7A", 3 }, { "", 0 }, { "0", 0 },
		{ "000", 0 }, { "0g", 0 }, { "g0", 0 }, { " 00", 0 },
		{ "00 ", 0 }, { "00112233", 0 },	/* one too many */
	};
	uint8_t room[3];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(dv_hex_parse(texts[i].text, room,
		    sizeof(room)), texts[i].len);
	assert_int_equal(dv_hex_parse("00fF7A", room, sizeof(room)), 3);
	assert_memory_equal(room, "\x00\xff\x7a", 3);
}

static void
absent_text_is_absent(void **state)
{
	struct dv_bytes none = dv_text_bytes(NULL);

	(void)state;
	assert_null(none.ptr);
	assert_int_equal(none.len, 0);
	assert_int_equal(dv_text_bytes("ab").len, 2);
}

static void
write_object(FILE *f)
{
	struct dv_json j = { .out = f };

	dv_json_begin(&j);
	dv_json_number(&j, "n", -5);
	dv_json_open(&j, "a", '[');
	dv_json_text(&j, NULL, "x");
	dv_json_hex(&j, NULL, (struct dv_bytes)B("\x01\xff"));
	dv_json_open(&j, NULL, '{');
	dv_json_close(&j, '{');
	dv_json_close(&j, '[');
	dv_json_flag(&j, "t", true);
	dv_json_flag(&j, "f", false);
	dv_json_instant(&j, "at", (dv_time){ 0 });
	dv_json_utf8(&j, "u", (struct dv_bytes)B("\xff"));
	dv_json_end(&j);
}

static void
json_object(void **state)
{
	const char *text;

	(void)state;
	CAPTURE(text, f, write_object(f));
	assert_string_equal(text, "{\"n\":-5,\"a\":[\"x\",\"01ff\",{}],"
	    "\"t\":true,\"f\":false,\"at\":\"1970-01-01T00:00:00Z\","
	    "\"u\":\"\\ufffd\"}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(print_safe),
		cmocka_unit_test(decimal),
		cmocka_unit_test(json_string),
		cmocka_unit_test(utf8_next_tells_the_number),
		cmocka_unit_test(subject_ends_at_its_colon),
		cmocka_unit_test(quoted_keeps_its_quotes),
		cmocka_unit_test(hex),
		cmocka_unit_test(hex_is_read_back),
		cmocka_unit_test(absent_text_is_absent),
		cmocka_unit_test(json_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
