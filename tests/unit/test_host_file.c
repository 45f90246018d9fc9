/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files: bounds, permissions, durable writes that leave the old contents when
 * they fail, and hashing that notices change.
 */
#include "hostkit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "host/file.h"

static struct dv_err err;

static void
assert_file(const char *name, const char *text)
{
	struct dv_buf buf = { 0 };

	assert_int_equal(dv_file_read(name, 1000, &buf, &err), DV_EXIT_YES);
	assert_int_equal(buf.len, strlen(text));
	if (buf.len > 0)
		assert_memory_equal(buf.ptr, text, buf.len);
	dv_buf_free(&buf);
}

/* Nothing but what was asked for may be left in the directory. */
static void
assert_no_temporary(void)
{
	assert_int_equal(system("! ls -A | grep -q tmp"), 0);
}

static void
reads_up_to_its_bound(void **state)
{
	struct dv_buf buf = { 0 };

	(void)state;
	put_file("five", "12345");
	assert_int_equal(dv_file_read("five", 5, &buf, &err), DV_EXIT_YES);
	assert_int_equal(buf.len, 5);
	assert_int_equal(dv_file_read("five", 4, &buf, &err), DV_EXIT_NONE);
	assert_string_equal(err.what, "five: is larger than 4 bytes");
	dv_buf_free(&buf);
	put_file("empty", "");
	assert_int_equal(dv_file_read("empty", 0, &buf, &err), DV_EXIT_YES);
	assert_int_equal(dv_file_read("/dev/zero", 100000, &buf, &err),
	    DV_EXIT_NONE);
	dv_buf_free(&buf);
}

static void
says_what_it_cannot_read(void **state)
{
	struct dv_buf buf = { 0 };

	(void)state;
	assert_int_equal(dv_file_read("absent", 5, &buf, &err), DV_EXIT_NONE);
	assert_string_equal(err.what,
	    "absent: cannot open: No such file or directory");
	assert_true(err.hint[0] != '\0');
	assert_int_equal(dv_file_read(".", 5, &buf, &err), DV_EXIT_NONE);
	assert_string_equal(err.what, ".: is a directory, wanted a file");
	dv_buf_free(&buf);
}

static void
secrets_are_private(void **state)
{
	struct dv_buf buf = { 0 };

	(void)state;
	put_file("secret", "s");
	assert_int_equal(chmod("secret", 0600), 0);
	assert_int_equal(dv_file_read_secret("secret", 9, &buf, &err),
	    DV_EXIT_YES);
	assert_int_equal(buf.len, 1);
	for (mode_t loose = 1; loose < 0100; loose <<= 1) {
		assert_int_equal(chmod("secret", 0600 | loose), 0);
		assert_int_equal(dv_file_read_secret("secret", 9, &buf, &err),
		    DV_EXIT_NONE);
		assert_non_null(strstr(err.hint, "chmod 0600"));
	}
	assert_int_equal(chmod("secret", 0600), 0);
	assert_int_equal(symlink("secret", "link"), 0);
	assert_int_equal(dv_file_read_secret("link", 9, &buf, &err),
	    DV_EXIT_NONE);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(dv_file_read_secret("fifo", 9, &buf, &err),
	    DV_EXIT_NONE);
	assert_int_equal(buf.len, 1);
	dv_buf_free(&buf);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown("secret", 4242, 4242), 0);
	assert_int_equal(dv_file_read_secret("secret", 9, &buf, &err),
	    DV_EXIT_NONE);
	assert_non_null(strstr(err.what, "belongs to user 4242"));
	dv_buf_free(&buf);
}

static enum dv_exit
put(const char *path, const char *text, mode_t mode, bool replace)
{
	const struct dv_file_new file = { path, mode, replace };

	return dv_file_write(&file, (struct dv_bytes){ (const uint8_t *)text,
	    strlen(text) }, &err);
}

static void
writes_new_files(void **state)
{
	struct stat st;

	(void)state;
	(void)umask(022);
	assert_int_equal(put("new", "one", 0644, false), DV_EXIT_YES);
	assert_file("new", "one");
	assert_int_equal(stat("new", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(put("new", "two", 0644, false), DV_EXIT_NONE);
	assert_string_equal(err.what, "new: exists already");
	assert_file("new", "one");
	assert_int_equal(put("new", "two", 0600, true), DV_EXIT_YES);
	assert_file("new", "two");
	assert_int_equal(stat("new", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(put("nowhere/new", "x", 0600, true), DV_EXIT_NONE);
	assert_no_temporary();
}

static void
replaces_files_only(void **state)
{
	(void)state;
	put_file("target", "t");
	assert_int_equal(symlink("target", "alias"), 0);
	assert_int_equal(put("alias", "x", 0600, true), DV_EXIT_NONE);
	assert_file("target", "t");
	assert_int_equal(put("/dev/null", "x", 0600, true), DV_EXIT_NONE);
	assert_int_equal(put(".", "x", 0600, true), DV_EXIT_NONE);
	assert_no_temporary();
}

/* A child with a limit on file sizes stands for a full disk. */
static void
full_disk_changes_nothing(void **state)
{
	const struct rlimit limit = { 4, 4 };
	pid_t child;
	int status;

	(void)state;
	put_file("kept", "old");
	child = fork();
	assert_true(child != -1);
	if (child == 0) {
		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
		    put("kept", "much longer", 0600, true) != DV_EXIT_NONE)
			_exit(1);
		_exit(strstr(err.hint, "kept was not changed") == NULL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_file("kept", "old");
	assert_no_temporary();
}

static void
makes_directories(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(dv_dir_make("d/", &err), DV_EXIT_YES);
	assert_int_equal(stat("d", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(dv_dir_make("d", &err), DV_EXIT_NONE);
	assert_string_equal(err.what, "d: exists already");
	assert_int_equal(dv_dir_check("d", &err), DV_EXIT_YES);
	assert_int_equal(chmod("d", 0770), 0);
	assert_int_equal(dv_dir_check("d", &err), DV_EXIT_NONE);
	assert_int_equal(chmod("d", 0702), 0);
	assert_int_equal(dv_dir_check("d", &err), DV_EXIT_NONE);
	put_file("plain", "");
	assert_int_equal(dv_dir_check("plain", &err), DV_EXIT_NONE);
	assert_int_equal(dv_dir_check("absent", &err), DV_EXIT_NONE);
}

static void
joins_paths(void **state)
{
	static char name[DV_PATH_MAX + 1];
	char out[DV_PATH_MAX];

	(void)state;
	assert_int_equal(dv_path_join(out, "a", "b", &err), DV_EXIT_YES);
	assert_string_equal(out, "a/b");
	assert_int_equal(dv_path_join(out, "/", "b", &err), DV_EXIT_YES);
	assert_string_equal(out, "/b");
	memset(name, 'x', DV_PATH_MAX - 3);
	assert_int_equal(dv_path_join(out, "a", name, &err), DV_EXIT_YES);
	memset(name, 'x', DV_PATH_MAX - 2);
	assert_int_equal(dv_path_join(out, "a", name, &err), DV_EXIT_NONE);
}

static const uint8_t sha256_abc[32] = {
	0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde,
	0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
	0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
};

static void
hashes_files(void **state)
{
	struct dv_file_digest d;

	(void)state;
	put_file("abc", "abc");
	assert_int_equal(dv_file_hash("abc", DV_HASH_SHA256, &d, &err),
	    DV_EXIT_YES);
	assert_int_equal(d.len, 32);
	assert_int_equal(d.size, 3);
	assert_memory_equal(d.digest, sha256_abc, 32);
	assert_int_equal(dv_file_hash("absent", DV_HASH_SHA256, &d, &err),
	    DV_EXIT_NONE);
	assert_int_equal(d.len, 0);
	assert_int_equal(dv_file_hash(".", DV_HASH_SHA256, &d, &err),
	    DV_EXIT_NONE);
	assert_int_equal(dv_file_hash("abc", DV_HASH_NONE, &d, &err),
	    DV_EXIT_NONE);
	assert_int_equal(d.len, 0);
}

/* The writer keeps changing the file until the reader has noticed. */
static void
notices_change(void **state)
{
	struct dv_file_digest d;
	enum dv_exit exit;
	int fd = open("busy", O_RDWR | O_CREAT | O_TRUNC, 0600);
	pid_t writer;

	(void)state;
	assert_true(fd != -1);
	assert_int_equal(ftruncate(fd, 64 << 20), 0);
	writer = fork();
	assert_true(writer != -1);
	while (writer == 0 && pwrite(fd, "x", 1, 7) == 1)
		continue;
	if (writer == 0)
		_exit(1);
	usleep(20000);
	exit = dv_file_hash("busy", DV_HASH_SHA256, &d, &err);
	assert_int_equal(kill(writer, SIGKILL), 0);
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	assert_int_equal(close(fd), 0);
	assert_int_equal(exit, DV_EXIT_NONE);
	assert_string_equal(err.what, "busy: changed while it was read");
	assert_int_equal(d.len, 0);
}

static void
buffers_grow(void **state)
{
	struct dv_buf buf = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++)
		assert_true(dv_buf_text(&buf, "%d,", i % 10));
	assert_int_equal(buf.len, 10000);
	assert_memory_equal(buf.ptr, "0,1,2,", 6);
	assert_memory_equal(buf.ptr + 9994, "7,8,9,", 6);
	assert_false(dv_buf_reserve(&buf, SIZE_MAX));
	assert_int_equal(buf.len, 10000);
	dv_buf_free(&buf);
	assert_null(buf.ptr);
	assert_true(dv_buf_add(&buf, (struct dv_bytes){ NULL, 0 }));
	dv_buf_free(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_up_to_its_bound),
		cmocka_unit_test(says_what_it_cannot_read),
		cmocka_unit_test(secrets_are_private),
		cmocka_unit_test(writes_new_files),
		cmocka_unit_test(replaces_files_only),
		cmocka_unit_test(full_disk_changes_nothing),
		cmocka_unit_test(makes_directories),
		cmocka_unit_test(joins_paths),
		cmocka_unit_test(hashes_files),
		cmocka_unit_test(notices_change),
		cmocka_unit_test(buffers_grow),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
