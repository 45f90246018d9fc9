/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PEM text and files of DER or PEM: what is read, what is refused, and that a
 * refused block leaves nothing behind.
 */
#include "hostkit.h"

#include "host/pem.h"

static struct dv_err err;

static struct dv_bytes
bytes_of(const char *text)
{
	return (struct dv_bytes){ (const uint8_t *)text, strlen(text) };
}

/* Reads the first block; the caller frees *der. */
static enum dv_exit
first(const char *text, char label[64], struct dv_buf *der)
{
	struct dv_bytes in = bytes_of(text);

	memset(&err, 0, sizeof(err));
	return dv_pem_next(&in, label, der, &err);
}

static void
good(const char *text, const char *label, const char *contents)
{
	struct dv_buf der = { 0 };
	char found[64];

	assert_int_equal(first(text, found, &der), DV_EXIT_YES);
	assert_string_equal(found, label);
	assert_int_equal(der.len, strlen(contents));
	assert_memory_equal(der.ptr, contents, der.len);
	dv_buf_free(&der);
}

static void
reads_blocks(void **state)
{
	(void)state;
	good("-----BEGIN A-----\nTWFu\n-----END A-----\n", "A", "Man");
	good("-----BEGIN A B-----\nTWE=\n-----END A B-----", "A B", "Ma");
	good("words\n-----BEGIN A-----\r\nTQ==\r\n-----END A-----\r\n", "A",
	    "M");
	good("-----BEGIN A-----\rTW\rFu\r-----END A-----\r", "A", "Man");
	good("-----BEGIN A-----  \n TW Fu\t\n\n-----END A-----\n", "A", "Man");
	good("-----BEGIN A-----\n-----END A-----\n", "A", "");
	good(" -----BEGIN X-----\n-----BEGIN A-----\nTQ==\n-----END A-----\n",
	    "A", "M");
}

static const char *const broken[] = {
	"-----BEGIN A-----\nTWFu\n",				/* no END */
	"-----BEGIN A-----\nTWFu\n-----END B-----\n",
	"-----BEGIN A-----\nTWF\n-----END A-----\n",		/* cut */
	"-----BEGIN A-----\nTWF=u\n-----END A-----\n",
	"-----BEGIN A-----\nT===\n-----END A-----\n",
	"-----BEGIN A-----\n====\n-----END A-----\n",
	"-----BEGIN A-----\nTQ==TQ==\n-----END A-----\n",	/* after pad */
	"-----BEGIN A-----\nTR==\n-----END A-----\n",		/* loose bits */
	"-----BEGIN A-----\nTWF=\n-----END A-----\n",	/* loose bits */
	"-----BEGIN A-----\nTW-u\n-----END A-----\n",		/* alphabet */
	"-----BEGIN A-----\nTW_u\n-----END A-----\n",
	"-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nTWFu\n-----END A-----\n",
	"-----BEGIN A-----\nTWFu\n-----BEGIN A-----\nTWFu\n-----END A-----\n",
};

static void
refuses_broken_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct dv_buf der = { 0 };
		char label[64];

		assert_true(dv_buf_text(&der, "before"));
		assert_int_equal(first(broken[i], label, &der), DV_EXIT_NONE);
		assert_non_null(strstr(err.what, "PEM block \"A\""));
		assert_int_equal(der.len, 6);
		assert_memory_equal(der.ptr, "before", 6);
		dv_buf_free(&der);
	}
}

static void
no_block_is_no_error(void **state)
{
	char label[64] = "x", long_label[128];
	struct dv_buf der = { 0 };

	(void)state;
	assert_int_equal(first("", label, &der), DV_EXIT_NO);
	assert_int_equal(first("only words\n", label, &der), DV_EXIT_NO);
	assert_int_equal(first("x-----BEGIN A-----\n", label, &der),
	    DV_EXIT_NO);
	assert_int_equal(first("-----BEGIN A----\n", label, &der), DV_EXIT_NO);
	(void)snprintf(long_label, sizeof(long_label), "-----BEGIN %064d-----",
	    0);
	assert_int_equal(first(long_label, label, &der), DV_EXIT_NO);
	assert_int_equal(der.len, 0);
	dv_buf_free(&der);
}

static void
write_and_read_again(void **state)
{
	uint8_t octets[200];
	struct dv_buf text = { 0 }, der = { 0 };
	struct dv_bytes in;
	char label[64];

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof(octets); len++) {
		assert_true(dv_pem_write(&text, "CERTIFICATE",
		    (struct dv_bytes){ octets, len }));
		in = dv_buf_bytes(&text);
		assert_int_equal(dv_pem_next(&in, label, &der, &err),
		    DV_EXIT_YES);
		assert_int_equal(der.len, len);
		if (len > 0)
			assert_memory_equal(der.ptr, octets, len);
		assert_int_equal(in.len, 0);
		dv_buf_free(&text);
		dv_buf_free(&der);
	}
	assert_true(dv_pem_write(&text, "X", (struct dv_bytes){ octets, 49 }));
	/* "-----BEGIN X-----", then lines of 64 */
	assert_memory_equal(text.ptr + 17 + 1 + 64, "\n", 1);
	dv_buf_free(&text);
}

/* Every file that dv_ders_load() refuses, and what it says. */
static enum dv_exit
load(const char *text, struct dv_ders *list)
{
	put_file("in", text);
	memset(&err, 0, sizeof(err));
	return dv_ders_load(list, "in", "CERTIFICATE", &err);
}

#define CERT(base64) "-----BEGIN CERTIFICATE-----\n" base64 \
    "\n-----END CERTIFICATE-----\n"

static void
loads_several(void **state)
{
	struct dv_ders list = { .count = 0 };

	(void)state;
	assert_int_equal(load("text\n" CERT("TWFu") "0 s:CN=x\n" CERT("TQ=="),
	    &list), DV_EXIT_YES);
	assert_int_equal(list.count, 2);
	assert_int_equal(dv_ders_at(&list, 0).len, 3);
	assert_int_equal(dv_ders_at(&list, 1).len, 1);
	assert_string_equal(list.path[1], "in");
	assert_int_equal(load("not PEM", &list), DV_EXIT_YES);
	assert_int_equal(list.count, 3);
	assert_int_equal(dv_ders_at(&list, 2).len, 7);
	assert_int_equal(load("", &list), DV_EXIT_YES);
	assert_int_equal(dv_ders_at(&list, 3).len, 0);
	dv_ders_free(&list);
	assert_int_equal(list.count, 0);
}

static void
der_hides_no_pem(void **state)
{
	struct dv_ders list = { .count = 0 };

	(void)state;
	assert_int_equal(load("0\x82\x01\x01\n" CERT("TWFu"), &list),
	    DV_EXIT_YES);
	assert_int_equal(list.count, 1);
	assert_true(dv_ders_at(&list, 0).len > 50);
	dv_ders_free(&list);
}

static void
refuses_other_labels(void **state)
{
	struct dv_ders list = { .count = 0 };

	(void)state;
	assert_int_equal(load(CERT("TWFu") "-----BEGIN EC PRIVATE KEY-----\n"
	    "TWFu\n-----END EC PRIVATE KEY-----\n", &list), DV_EXIT_NONE);
	assert_string_equal(err.what,
	    "in: holds an EC PRIVATE KEY, wanted a CERTIFICATE");
	dv_ders_free(&list);
	assert_int_equal(load("-----BEGIN CERTIFICATE-----\n!\n", &list),
	    DV_EXIT_NONE);
	assert_non_null(strstr(err.what, "in: PEM block \"CERTIFICATE\" is "
	    "broken in its line 1"));
	assert_true(err.hint[0] != '\0');
	dv_ders_free(&list);
}

static void
list_has_an_end(void **state)
{
	struct dv_ders list = { .count = 0 };

	(void)state;
	for (int i = 0; i < DV_DERS_MAX; i++)
		assert_int_equal(load("x", &list), DV_EXIT_YES);
	assert_int_equal(load("x", &list), DV_EXIT_NONE);
	assert_int_equal(load(CERT("TWFu"), &list), DV_EXIT_NONE);
	assert_int_equal(list.count, DV_DERS_MAX);
	dv_ders_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_blocks),
		cmocka_unit_test(refuses_broken_blocks),
		cmocka_unit_test(no_block_is_no_error),
		cmocka_unit_test(write_and_read_again),
		cmocka_unit_test(loads_several),
		cmocka_unit_test(der_hides_no_pem),
		cmocka_unit_test(refuses_other_labels),
		cmocka_unit_test(list_has_an_end),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
