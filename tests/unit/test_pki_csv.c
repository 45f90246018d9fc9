/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists: what a line means, and that a line with two meanings has none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "csv.h"

static const char *const names[] = { "id", "model", "csr", NULL };

static void
write_list(char path[32], const char *text, size_t len)
{
	FILE *out;
	int fd;

	(void)snprintf(path, 32, "/tmp/test_pki_csv.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	out = fdopen(fd, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
}

/* One line behind "id,model,csr": its three fields, or none. */
static void
line_is(const char *line, const char *id, const char *model, const char *csr)
{
	char path[32], text[256];
	struct pki_csv csv;
	struct dv_err err;
	bool end = false;
	int len = snprintf(text, sizeof(text), "id,model,csr\n%s\nnext,,\n",
	    line);
	enum dv_exit exit;

	write_list(path, text, (size_t)len);
	assert_int_equal(pki_csv_open(&csv, path, names, 1, &err), DV_EXIT_YES);
	exit = pki_csv_next(&csv, &end, &err);
	assert_int_equal(exit, id == NULL ? DV_EXIT_NO : DV_EXIT_YES);
	assert_int_equal(csv.line, 2);
	if (id != NULL) {
		assert_string_equal(csv.value[0], id);
		assert_string_equal(csv.value[1], model);
		assert_string_equal(csv.value[2], csr);
	} else {
		assert_non_null(strstr(err.what, ", line 2: "));
	}
	/* whatever it was, the next line is read */
	assert_int_equal(pki_csv_next(&csv, &end, &err), DV_EXIT_YES);
	assert_false(end);
	assert_string_equal(csv.value[0], "next");
	assert_int_equal(pki_csv_next(&csv, &end, &err), DV_EXIT_YES);
	assert_true(end);
	assert_int_equal(pki_csv_rewind(&csv, &err), DV_EXIT_YES);
	assert_int_equal(pki_csv_next(&csv, &end, &err), exit);
	pki_csv_close(&csv);
	(void)unlink(path);
}

static void
test_lines(void **state)
{
	(void)state;
	line_is("a,b,c", "a", "b", "c");
	line_is("a,b,c\r", "a", "b", "c");
	line_is("a,,", "a", "", "");
	line_is(",,", "", "", "");
	line_is(" a , b ,c ", " a ", " b ", "c ");
	line_is("\"a\",\"b,c\",\"\"", "a", "b,c", "");
	line_is("\"a\"\"b\",\"\"\"\",c", "a\"b", "\"", "c");
}

static void
test_no_lines(void **state)
{
	(void)state;
	line_is("a,b", NULL, NULL, NULL);
	line_is("a,b,c,d", NULL, NULL, NULL);
	line_is("a,b,\"c", NULL, NULL, NULL);
	line_is("a,b,\"", NULL, NULL, NULL);
	line_is("a,b,\"c\"\"", NULL, NULL, NULL);
	line_is("a,b,\"c\"d", NULL, NULL, NULL);
	line_is("a,b,c\"d\"", NULL, NULL, NULL);
	line_is("a,b,c\rd", NULL, NULL, NULL);
	line_is("a,b,c,,,,,,,,,,,,,,,,,,,,,,,,,,", NULL, NULL, NULL);
}

/* A line at the limit, one past it, and a NUL. */
static void
test_limits(void **state)
{
	char path[32], text[2 * PKI_CSV_LINE + 64];
	struct pki_csv csv;
	struct dv_err err;
	bool end;
	int at = snprintf(text, sizeof(text), "id\n");

	(void)state;
	memset(text + at, 'x', PKI_CSV_LINE);
	at += PKI_CSV_LINE;
	text[at++] = '\n';
	memset(text + at, 'x', PKI_CSV_LINE + 1);
	at += PKI_CSV_LINE + 1;
	text[at++] = '\n';
	memcpy(text + at, "a\0b\nlast", 8);
	at += 8;
	write_list(path, text, (size_t)at);
	assert_int_equal(pki_csv_open(&csv, path, names, 1, &err), DV_EXIT_YES);
	assert_int_equal(pki_csv_next(&csv, &end, &err), DV_EXIT_YES);
	assert_int_equal(strlen(csv.value[0]), PKI_CSV_LINE);
	assert_string_equal(csv.value[1], "");
	assert_int_equal(pki_csv_next(&csv, &end, &err), DV_EXIT_NO);
	assert_int_equal(pki_csv_next(&csv, &end, &err), DV_EXIT_NO);
	assert_int_equal(pki_csv_next(&csv, &end, &err), DV_EXIT_YES);
	assert_string_equal(csv.value[0], "last");
	assert_int_equal(csv.line, 5);
	assert_int_equal(pki_csv_next(&csv, &end, &err), DV_EXIT_YES);
	assert_true(end);
	pki_csv_close(&csv);
	(void)unlink(path);
}

static void
test_files(void **state)
{
	struct pki_csv csv;
	struct dv_err err;

	(void)state;
	assert_int_equal(pki_csv_open(&csv, "/nonexistent", names, 1, &err),
	    DV_EXIT_NONE);
	pki_csv_close(&csv);
	assert_int_equal(pki_csv_open(&csv, "/tmp", names, 1, &err),
	    DV_EXIT_NONE);
	assert_non_null(strstr(err.what, "not a regular file"));
	pki_csv_close(&csv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_no_lines),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
