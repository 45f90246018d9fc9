/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where passphrases come from: files, descriptors, a terminal. The terminal is
 * a pseudo-terminal of a child; what it echoes is looked at.
 */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "ds_key.h"

static struct dv_err err;

static void
put(const char *contents, size_t len, mode_t mode)
{
	FILE *f = fopen("pass", "w");
	assert_non_null(f);
	assert_int_equal(fwrite(contents, 1, len, f), len);
	fclose(f);
	assert_int_equal(chmod("pass", mode), 0);
}

static void
assert_gives(const struct ds_secret *source, const char *want)
{
	struct dv_buf got = { 0 };
	err.what[0] = '\0';
	enum dv_exit ret = ds_secret_get(source, "passphrase for k", false,
	    &got, &err);
	if (want == NULL) {
		assert_int_equal(ret, DV_EXIT_NONE);
		assert_int_equal(got.len, 0);
		assert_true(err.what[0] != '\0');
		return;
	}
	if (ret != DV_EXIT_YES)
		fail_msg("%s", err.what);
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.ptr, want, got.len);
	dv_buf_free(&got);
}

static void
from_file(const char *contents, const char *want)
{
	struct ds_secret source = { .file = "pass", .fd = -1 };
	put(contents, strlen(contents), 0600);
	assert_gives(&source, want);
}

static void
test_file(void **state)
{
	static char large[1030];
	struct ds_secret source = { .file = "pass", .fd = -1 };
	(void)state;
	from_file("hunter2\n", "hunter2");
	from_file("hunter2", "hunter2");
	from_file("hunter2\nsecond line\n", "hunter2");
	from_file("  spaces count ", "  spaces count ");
	from_file("", NULL);
	from_file("\n", NULL);
	from_file("\nsecond", NULL);
	memset(large, 'x', 1024);
	from_file(large, large);
	large[1024] = 'x';
	from_file(large, NULL);
	put("loose\n", 6, 0640);
	assert_gives(&source, NULL);
	unlink("pass");
	assert_gives(&source, NULL);
}

static void
test_descriptor(void **state)
{
	int ends[2];
	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "one\ntwo\n\nlast", 13), 13);
	close(ends[1]);
	struct ds_secret source = { .fd = ends[0] };
	assert_gives(&source, "one");
	assert_gives(&source, "two");
	assert_gives(&source, NULL);
	assert_gives(&source, "last");
	assert_gives(&source, NULL);
	close(ends[0]);
	assert_gives(&source, NULL);
}

static void
test_none(void **state)
{
	struct ds_secret source = { .fd = -1, .none = true };
	struct dv_buf got = { 0 };
	(void)state;
	assert_int_equal(ds_secret_get(&source, "passphrase", false, &got,
	    &err), DV_EXIT_USAGE);
}

/* ---- terminal ------------------------------------------------------------- */

struct talk {
	int master, answer;	/* terminal; what the child got */
	pid_t child;
	char shown[1024];	/* everything the terminal displayed */
	size_t shown_len;
};

/* In the child: asks, and tells what came of it as "STATUS PASSPHRASE". */
static void
child_ask(const char *terminal, bool twice, int answer)
{
	struct ds_secret source = { .fd = -1 };
	struct dv_buf got = { 0 };
	setsid();
	if (terminal != NULL) {
		int fd = open(terminal, O_RDWR);
		if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0)
			_exit(9);
	}
	int ret = (int)ds_secret_get(&source, "passphrase for k", twice, &got,
	    &err);
	dprintf(answer, "%d %.*s", ret, ret == 0 ? (int)got.len : 300,
	    ret == 0 ? (const char *)got.ptr : err.what);
	if (ret != 0)
		dprintf(answer, "|%s", err.hint);
	_exit(0);
}

static void
talk_start(struct talk *t, bool terminal, bool twice)
{
	int ends[2];
	*t = (struct talk){ .master = posix_openpt(O_RDWR | O_NOCTTY) };
	assert_true(t->master >= 0 && grantpt(t->master) == 0 &&
	    unlockpt(t->master) == 0 && pipe(ends) == 0);
	t->child = fork();
	assert_true(t->child >= 0);
	if (t->child == 0)
		child_ask(terminal ? ptsname(t->master) : NULL, twice, ends[1]);
	close(ends[1]);
	t->answer = ends[0];
}

/* Reads the terminal until this text was shown. */
static void
talk_wait(struct talk *t, const char *text)
{
	for (;;) {
		struct pollfd p = { .fd = t->master, .events = POLLIN };
		if (strstr(t->shown, text) != NULL)
			return;
		if (poll(&p, 1, 5000) != 1)
			fail_msg("no \"%s\" in \"%s\"", text, t->shown);
		ssize_t n = read(t->master, t->shown + t->shown_len,
		    sizeof(t->shown) - 1 - t->shown_len);
		if (n <= 0)
			fail_msg("terminal closed after \"%s\"", t->shown);
		t->shown_len += (size_t)n;
	}
}

static void
talk_type(struct talk *t, const char *keys)
{
	assert_int_equal(write(t->master, keys, strlen(keys)), strlen(keys));
}

static void
assert_echo_is_on(struct talk *t)
{
	struct termios now;
	assert_int_equal(tcgetattr(t->master, &now), 0);
	assert_true((now.c_lflag & ECHO) != 0);
}

/* What the child says in the end, and that nothing secret was displayed. */
static void
talk_end(struct talk *t, const char *want)
{
	char found[600] = "";
	size_t len = 0;
	ssize_t n;
	int status;
	while ((n = read(t->answer, found + len, sizeof(found) - 1 - len)) > 0)
		len += (size_t)n;
	if (strstr(found, want) != found)
		fail_msg("wanted \"%s\", found \"%s\"", want, found);
	assert_null(strstr(t->shown, "s3cret"));
	assert_int_equal(waitpid(t->child, &status, 0), t->child);
	close(t->answer);
	close(t->master);
}

static void
test_terminal(void **state)
{
	struct talk t;
	(void)state;
	talk_start(&t, true, false);
	talk_wait(&t, "passphrase for k: ");
	talk_type(&t, "s3cret\n");
	talk_wait(&t, "\n");
	talk_end(&t, "0 s3cret");
}

static void
test_terminal_twice(void **state)
{
	struct talk t;
	(void)state;
	talk_start(&t, true, true);
	talk_wait(&t, "passphrase for k: ");
	talk_type(&t, "s3cret\n");
	talk_wait(&t, "passphrase for k, again: ");
	talk_type(&t, "s3cret\n");
	talk_end(&t, "0 s3cret");
}

static void
test_terminal_differs(void **state)
{
	struct talk t;
	(void)state;
	talk_start(&t, true, true);
	talk_wait(&t, "passphrase for k: ");
	talk_type(&t, "s3cret\n");
	talk_wait(&t, "again: ");
	talk_type(&t, "s3cres\n");
	talk_end(&t, "3 the two passphrases differ");
}

static void
test_terminal_empty(void **state)
{
	struct talk t;
	(void)state;
	talk_start(&t, true, false);
	talk_wait(&t, "passphrase for k: ");
	talk_type(&t, "\n");
	talk_end(&t, "3 the passphrase for k is empty");
	talk_start(&t, true, false);
	talk_wait(&t, "passphrase for k: ");
	talk_type(&t, "\x04");
	talk_end(&t, "3 no passphrase for k was given");
}

/* Interrupted at the prompt: echo is on again, and the signal still ends us. */
static void
test_terminal_interrupted(void **state)
{
	struct talk t;
	int status, slave;
	(void)state;
	talk_start(&t, true, false);
	slave = open(ptsname(t.master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	talk_wait(&t, "passphrase for k: ");
	talk_type(&t, "s3c\x03");
	assert_int_equal(waitpid(t.child, &status, 0), t.child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	assert_echo_is_on(&t);
	close(slave);
	close(t.answer);
	close(t.master);
}

static void
test_no_terminal(void **state)
{
	struct talk t;
	(void)state;
	talk_start(&t, false, false);
	talk_end(&t, "3 no terminal to ask for the passphrase for k|"
	    "give --passphrase-file FILE or --passphrase-fd N");
}

static int
enter_directory(void **state)
{
	static char path[] = "/tmp/test_ds_secret.XXXXXX";
	*state = path;
	return mkdtemp(path) == NULL || chdir(path) != 0;
}

static int
leave_directory(void **state)
{
	unlink("pass");
	return rmdir(*state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_descriptor),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_terminal_twice),
		cmocka_unit_test(test_terminal_differs),
		cmocka_unit_test(test_terminal_empty),
		cmocka_unit_test(test_terminal_interrupted),
		cmocka_unit_test(test_no_terminal),
	};
	return cmocka_run_group_tests_name("ds_secret", tests,
	    enter_directory, leave_directory);
}
