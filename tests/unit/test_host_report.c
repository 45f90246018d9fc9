/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Verdicts as lines: the first line's form for every reason, values, places,
 * and that nothing but an accepted verdict is ever printed as one.
 */
#include "hostkit.h"

#include "host/report.h"

static struct dv_report
report_of(const struct dv_verdict *verdict)
{
	return (struct dv_report){ .tool = "devverify", .subject = "f",
	    .verdict = verdict, .at = { 0 }, .time_source = "given" };
}

static const char *
line_of(const struct dv_verdict *verdict)
{
	static char text[2048];
	struct dv_buf line = { 0 };

	assert_true(dv_report_line(&line, verdict));
	assert_true(line.len < sizeof(text));
	memcpy(text, line.ptr, line.len);
	text[line.len] = '\0';
	dv_buf_free(&line);
	return text;
}

static void
undecided_is_rejected(void **state)
{
	static const struct dv_verdict verdicts[] = {
		{ .status = DV_UNDECIDED },
		{ .status = DV_REJECTED, .reason = DV_R_NONE },
		{ .status = DV_UNDECIDED, .reason = DV_R_EXPIRED },
	};
	struct dv_report r;
	const char *text;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(dv_report_reason(&verdicts[i]),
		    DV_R_INTERNAL);
		r = report_of(&verdicts[i]);
		CAPTURE(text, f, dv_report_text(f, &r));
		assert_non_null(strstr(text, "f: REJECTED internal "));
		assert_null(strstr(text, "ACCEPTED"));
		CAPTURE(text, f, dv_report_json(f, &r));
		assert_non_null(strstr(text, "\"status\":\"rejected\""));
	}
}

/* SUBJECT: REJECTED reason at place (rule), for every reason there is. */
static void
first_line_of_every_reason(void **state)
{
	struct dv_verdict v = { .status = DV_REJECTED,
	    .object = DV_OBJECT_CERTIFICATE, .index = 3,
	    .at = { .field = DV_F_BASIC_CONSTRAINTS, .offset = 7 } };
	struct dv_report r = report_of(&v);
	char wanted[512];
	const char *text;

	(void)state;
	for (size_t i = 0; dv_reason_at(i) != DV_R_NONE; i++) {
		v.reason = dv_reason_at(i);
		(void)snprintf(wanted, sizeof(wanted), "f: REJECTED %s at "
		    "certificate 3 basicConstraints (%s)\n  %s\n",
		    dv_reason_name(v.reason), dv_reason_rule(v.reason),
		    dv_reason_text(v.reason));
		CAPTURE(text, f, dv_report_text(f, &r));
		assert_memory_equal(text, wanted, strlen(wanted));
		assert_non_null(strstr(text, "\n  byte 7 of certificate 3\n"));
		assert_non_null(strstr(text,
		    "\n  time used 1970-01-01T00:00:00Z (given); revocation "));
		(void)snprintf(wanted, sizeof(wanted), "\n  what to do: %s\n",
		    dv_reason_hint(v.reason));
		assert_true(strlen(text) > strlen(wanted));
		assert_string_equal(text + strlen(text) - strlen(wanted),
		    wanted);
	}
}

static void
places(void **state)
{
	static const struct {
		enum dv_object object;
		unsigned index;
		enum dv_field field;
		const char *text;
	} rows[] = {
		{ DV_OBJECT_CERTIFICATE, 1, DV_F_BASIC_CONSTRAINTS,
		    "certificate 1 basicConstraints" },
		{ DV_OBJECT_ANCHOR, 0, DV_F_NOT_AFTER, "anchor 0 notAfter" },
		{ DV_OBJECT_ENVELOPE, 0, DV_F_HEADER_X5CHAIN,
		    "envelope x5chain" },
		{ DV_OBJECT_ENVELOPE, 0, DV_F_ENVELOPE, "envelope" },
		{ DV_OBJECT_ARTEFACT, 0, DV_F_DIGEST, "artefact digest" },
		{ DV_OBJECT_NONE, 0, DV_F_SERIAL, "serialNumber" },
		{ DV_OBJECT_NONE, 0, DV_F_NONE, "" },
	};
	char text[DV_PLACE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dv_verdict v = { .object = rows[i].object,
		    .index = rows[i].index, .at.field = rows[i].field };

		dv_place_text(&v, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

static void
lines_for_other_tools(void **state)
{
	struct dv_verdict v = { .status = DV_REJECTED,
	    .reason = DV_R_PATH_LENGTH, .object = DV_OBJECT_CERTIFICATE,
	    .index = 2, .at = { .field = DV_F_BASIC_CONSTRAINTS,
	    .offset = DV_NO_OFFSET } };

	(void)state;
	assert_string_equal(line_of(&v), "REJECTED path-length at certificate "
	    "2 basicConstraints (RFC 5280 6.1.4 (m))");
	v.at.wanted = (struct dv_value){ .kind = DV_VALUE_NUMBER };
	v.at.found = (struct dv_value){ .kind = DV_VALUE_NUMBER, .number = 1 };
	assert_non_null(strstr(line_of(&v), " (wanted 0, found 1)"));
	v.at.wanted.kind = DV_VALUE_NONE;
	assert_non_null(strstr(line_of(&v), " (found 1)"));
	v.at.offset = UINT32_MAX - 1;
	assert_non_null(strstr(line_of(&v), " (byte 4294967294, found 1)"));
	v.at.found.kind = DV_VALUE_NONE;
	assert_non_null(strstr(line_of(&v), " (byte 4294967294)"));
	v.object = DV_OBJECT_NONE;
	assert_null(strstr(line_of(&v), "byte"));
	v = (struct dv_verdict){ .status = DV_ACCEPTED };
	assert_string_equal(line_of(&v), "ACCEPTED");
}

static const uint8_t name_der[] = { 0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06,
	0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 'a', '\n' };
static const uint8_t oid_der[] = { 0x55, 0x1d, 0x25 };
static const uint8_t many[200];

static void
values(void **state)
{
	static const struct { struct dv_value value; const char *text; }
	rows[] = {
		{ { .kind = DV_VALUE_NONE }, "" },
		{ { .kind = DV_VALUE_NUMBER, .number = -7 }, "-7" },
		{ { .kind = DV_VALUE_TIME }, "1970-01-01T00:00:00Z" },
		{ { .kind = DV_VALUE_OID, .bytes = { oid_der, 3 } },
		    "2.5.29.37" },
		{ { .kind = DV_VALUE_BYTES, .bytes = { oid_der, 3 } },
		    "551d25" },
		{ { .kind = DV_VALUE_BYTES }, "" },
		{ { .kind = DV_VALUE_TEXT, .text = "a list" }, "a list" },
		{ { .kind = DV_VALUE_TEXT }, "" },
	};
	struct dv_value value = { .kind = DV_VALUE_NAME,
	    .bytes = { name_der, sizeof(name_der) } };
	char text[DV_VALUE_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		dv_value_text(&rows[i].value, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
	dv_value_text(&value, text, sizeof(text));
	assert_memory_equal(text, "claimed \"CN=a", 13);
	assert_null(strchr(text, '\n'));
	value = (struct dv_value){ .kind = DV_VALUE_BYTES,
	    .bytes = { many, sizeof(many) } };
	dv_value_text(&value, text, sizeof(text));
	assert_int_equal(strlen(text), 2 * 64 + 3);
}

static void
no_verdict_in_json(void **state)
{
	const struct dv_verdict v = { .status = DV_UNDECIDED };
	const struct dv_err err = { .what = "x: \n", .hint = "y" };
	struct dv_report r = report_of(&v);
	const char *text;

	(void)state;
	CAPTURE(text, f, dv_report_none_json(f, &r, &err));
	assert_string_equal(text, "{\"v\":1,\"tool\":\"devverify\","
	    "\"lab\":false,\"subject\":\"f\",\"status\":\"none\","
	    "\"error\":\"x: \\u000a\",\"hint\":\"y\"}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undecided_is_rejected),
		cmocka_unit_test(first_line_of_every_reason),
		cmocka_unit_test(places),
		cmocka_unit_test(lines_for_other_tools),
		cmocka_unit_test(values),
		cmocka_unit_test(no_verdict_in_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
