/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The audit log: every line is chained to the one before, a crash between the
 * ledger and the file is mended, and nothing else ever is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit_log.h"
#include "bytes.h"

struct place {
	char dir[64], ledger_path[80], path[80];
	struct pki_ledger *ledger;
	struct dv_err err;
};

#define OK(call) assert_int_equal(call, DV_EXIT_YES)

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/test_pki_log.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	(void)snprintf(p->ledger_path, sizeof(p->ledger_path), "%s/ledger.db",
	    p->dir);
	(void)snprintf(p->path, sizeof(p->path), "%s/audit.log", p->dir);
	OK(pki_ledger_create(p->ledger_path, false, &p->ledger, &p->err));
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	pki_ledger_close(p->ledger);
	(void)unlink(p->ledger_path);
	(void)unlink(p->path);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void
say(struct place *p, const char *event, const char *name)
{
	struct pki_log_entry entry = { .event = event };

	pki_log_add(&entry, "name", "%s", name);
	OK(pki_log(p->ledger, &entry, &p->err));
}

static struct dv_buf
file(const struct place *p)
{
	struct dv_buf buf = { NULL, 0, 0 };
	struct dv_err err;

	OK(dv_file_read(p->path, DV_FILE_MAX, &buf, &err));
	return buf;
}

/* The n-th line, from 0. */
static struct dv_bytes
line(const struct dv_buf *buf, int n)
{
	const uint8_t *at = buf->ptr, *end = buf->ptr + buf->len, *stop;

	for (; n > 0; n--) {
		at = memchr(at, '\n', (size_t)(end - at));
		assert_non_null(at);
		at++;
	}
	stop = memchr(at, '\n', (size_t)(end - at));
	assert_non_null(stop);
	return (struct dv_bytes){ at, (size_t)(stop - at) };
}

static off_t
size(const struct place *p)
{
	struct stat st;

	assert_int_equal(stat(p->path, &st), 0);
	return st.st_size;
}

static void
lines_are_chained(void **state)
{
	static const uint8_t zeros[PKI_SHA256];
	struct place *p = *state;
	struct pki_log_line a, b;
	struct pki_log_head head;
	struct dv_buf buf;
	struct stat st;

	say(p, "root", "CN=Root");
	say(p, "device", "unit-1");
	buf = file(p);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(pki_log_parse(line(&buf, 0), &a));
	assert_true(pki_log_parse(line(&buf, 1), &b));
	assert_true(a.whole && b.whole);
	assert_int_equal(a.seq, 1);
	assert_int_equal(b.seq, 2);
	assert_memory_equal(a.before, zeros, PKI_SHA256);
	assert_memory_equal(b.before, a.hash, PKI_SHA256);
	assert_true(dv_bytes_equal_text(a.event, "root"));
	assert_true(dv_bytes_equal_text(pki_log_field(&a, "name"), "CN=Root"));
	assert_null(pki_log_field(&a, "nam").ptr);
	assert_non_null(memchr(a.who.ptr, '@', a.who.len));
	OK(pki_ledger_log_get(p->ledger, &head, &p->err));
	assert_int_equal(head.seq, 2);
	assert_memory_equal(head.hash, b.hash, PKI_SHA256);
	assert_true(pki_log_head_line(&head, &a));
	assert_int_equal(a.seq, 2);
	head.line[0] = '\0';
	assert_false(pki_log_head_line(&head, &a));
	dv_buf_free(&buf);
}

static void
a_value_cannot_forge(void **state)
{
	struct place *p = *state;
	struct pki_log_line a;
	struct dv_buf buf;

	say(p, "device", "x\n9 y=1 %\t\xc3\xa9");
	buf = file(p);
	assert_true(pki_log_parse(line(&buf, 0), &a));
	assert_int_equal((size_t)size(p), line(&buf, 0).len + 1);
	assert_true(dv_bytes_equal_text(pki_log_field(&a, "name"),
	    "x%0A9%20y=1%20%25%09%C3%A9"));
	assert_null(pki_log_field(&a, "y").ptr);
	dv_buf_free(&buf);
}

static void
what_is_too_long_is_refused_whole(void **state)
{
	struct place *p = *state;
	struct pki_log_entry entry = { .event = "device" };
	struct pki_log_head head;
	char name[PKI_LOG_SAYS / 2];

	memset(name, ' ', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	pki_log_add(&entry, "name", "%s", name);
	assert_int_equal(pki_log(p->ledger, &entry, &p->err), DV_EXIT_NONE);
	assert_non_null(strstr(p->err.what, "too long"));
	OK(pki_ledger_log_get(p->ledger, &head, &p->err));
	assert_int_equal(head.seq, 0);
	assert_int_equal(size(p), 0);
}

/* Wherever the writing of the last line ended, it is completed. */
static void
a_crash_is_mended_at_every_octet(void **state)
{
	struct place *p = *state;
	struct dv_buf whole, now;
	size_t before;

	say(p, "root", "r");
	before = (size_t)size(p);
	say(p, "device", "d");
	whole = file(p);
	for (size_t len = before; len < whole.len; len++) {
		assert_int_equal(truncate(p->path, (off_t)len), 0);
		OK(pki_log_mend(p->ledger, &p->err));
		now = file(p);
		assert_true(dv_bytes_equal(dv_buf_bytes(&now),
		    dv_buf_bytes(&whole)));
		dv_buf_free(&now);
	}
	dv_buf_free(&whole);
}

static void
is_refused(struct place *p)
{
	const struct pki_log_entry entry = { .event = "device" };
	off_t before = size(p);

	assert_int_equal(pki_log(p->ledger, &entry, &p->err), DV_EXIT_NO);
	assert_non_null(strstr(p->err.what, "do not go together"));
	assert_non_null(strstr(p->err.hint, "pki-audit verify"));
	assert_int_equal(size(p), before);
}

static void
two_lines_lost_are_no_crash(void **state)
{
	struct place *p = *state;
	struct dv_buf buf;

	say(p, "root", "r");
	say(p, "device", "d");
	buf = file(p);
	assert_int_equal(truncate(p->path, (off_t)line(&buf, 0).len - 1), 0);
	is_refused(p);
	assert_int_equal(truncate(p->path, 0), 0);
	is_refused(p);
	dv_buf_free(&buf);
}

static void
a_changed_line_is_no_crash(void **state)
{
	struct place *p = *state;
	FILE *f;

	say(p, "root", "r");
	say(p, "device", "d");
	f = fopen(p->path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, size(p) - 1 - 2 * PKI_SHA256 - 3, SEEK_SET),
	    0);
	assert_true(putc('x', f) == 'x');
	assert_int_equal(fclose(f), 0);
	is_refused(p);
}

static void
bytes_behind_the_end_are_no_crash(void **state)
{
	struct place *p = *state;
	FILE *f;

	say(p, "root", "r");
	f = fopen(p->path, "a");
	assert_non_null(f);
	assert_true(putc('2', f) == '2');
	assert_int_equal(fclose(f), 0);
	is_refused(p);
}

static void
set_head(struct place *p, const struct pki_log_head *head)
{
	OK(pki_ledger_begin(p->ledger, &p->err));
	OK(pki_ledger_log_set(p->ledger, head, &p->err));
	OK(pki_ledger_commit(p->ledger, &p->err));
}

static void
a_ledger_of_yesterday_is_refused(void **state)
{
	struct place *p = *state;
	struct pki_log_head yesterday;

	say(p, "root", "r");
	OK(pki_ledger_log_get(p->ledger, &yesterday, &p->err));
	say(p, "device", "d");
	set_head(p, &yesterday);
	is_refused(p);
}

static void
a_failure_leaves_no_line(void **state)
{
	struct place *p = *state;
	const struct pki_log_entry entry = { .event = "device" };
	off_t before;

	say(p, "root", "r");
	before = size(p);
	/* no transaction is open, so there is nothing to commit */
	assert_int_equal(pki_log_commit(p->ledger, &entry, &p->err),
	    DV_EXIT_NONE);
	assert_int_equal(size(p), before);
}

static void
loose_permissions_are_refused(void **state)
{
	struct place *p = *state;
	const struct pki_log_entry entry = { .event = "device" };

	say(p, "root", "r");
	assert_int_equal(chmod(p->path, 0644), 0);
	assert_int_equal(pki_log(p->ledger, &entry, &p->err), DV_EXIT_NONE);
	assert_non_null(strstr(p->err.hint, "chmod 600"));
}

/* A last line of the year 2999, which is whole. */
static void
live_in_the_future(struct place *p)
{
	struct pki_log_head head = { .seq = 1 };
	uint8_t digest[DV_MAX_DIGEST];
	int n = snprintf(head.line, sizeof(head.line),
	    "1 2999-01-01T00:00:00Z a@b root %064d", 0);
	FILE *f = fopen(p->path, "w");

	assert_non_null(f);
	assert_int_equal(chmod(p->path, 0600), 0);
	assert_int_equal(dv_hash_once(DV_HASH_SHA256, (struct dv_bytes){
	    (const uint8_t *)head.line, (size_t)n }, digest), PKI_SHA256);
	memcpy(head.hash, digest, PKI_SHA256);
	head.line[n++] = ' ';
	for (size_t i = 0; i < PKI_SHA256; i++)
		n += snprintf(head.line + n, 3, "%02x", head.hash[i]);
	head.line[n] = '\n';
	assert_true(fputs(head.line, f) >= 0);
	assert_int_equal(fclose(f), 0);
	set_head(p, &head);
}

static void
the_clock_does_not_go_back(void **state)
{
	struct place *p = *state;
	const struct pki_log_entry entry = { .event = "device" };
	const struct pki_log_entry clock = { .event = "clock" };

	live_in_the_future(p);
	assert_int_equal(pki_log(p->ledger, &entry, &p->err), DV_EXIT_NONE);
	assert_non_null(strstr(p->err.what, "the clock has gone back"));
	assert_non_null(strstr(p->err.what, "2999-01-01T00:00:00Z"));
	OK(pki_log_clock(p->ledger, &clock, &p->err));
	OK(pki_log(p->ledger, &entry, &p->err));
}

static void
lines_of_another_form_are_none(void **state)
{
	struct pki_log_line out;
	struct place *p = *state;
	struct dv_buf buf;
	struct dv_bytes good;
	uint8_t room[PKI_LOG_LINE];

	say(p, "device", "d");
	buf = file(p);
	good = line(&buf, 0);
	assert_true(pki_log_parse(good, &out));
	for (size_t len = 0; len < good.len; len++)
		assert_false(pki_log_parse((struct dv_bytes){ good.ptr, len },
		    &out) && out.whole);
	for (size_t i = 0; i < good.len; i++) {
		memcpy(room, good.ptr, good.len);
		room[i] ^= 1;
		assert_false(pki_log_parse((struct dv_bytes){ room, good.len },
		    &out) && out.whole);
	}
	dv_buf_free(&buf);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(lines_are_chained),
		TEST(a_value_cannot_forge),
		TEST(what_is_too_long_is_refused_whole),
		TEST(a_crash_is_mended_at_every_octet),
		TEST(two_lines_lost_are_no_crash),
		TEST(a_changed_line_is_no_crash),
		TEST(bytes_behind_the_end_are_no_crash),
		TEST(a_ledger_of_yesterday_is_refused),
		TEST(a_failure_leaves_no_line),
		TEST(loose_permissions_are_refused),
		TEST(the_clock_does_not_go_back),
		TEST(lines_of_another_form_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
