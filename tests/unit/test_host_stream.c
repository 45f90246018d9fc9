/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files as a stream: every octet in order, in fixed memory, and whatever is
 * done to a file while it is read is noticed. The reader itself does it here,
 * at its first piece, so that nothing depends on who is faster.
 */
#include <sys/stat.h>

#include <fcntl.h>

#include "hostkit.h"

#include "host/file.h"

#define SIZE (1u << 20)

static struct dv_err err;

/* What is done to the file "f" when its first octets are there. */
struct meddler {
	void (*meddle)(void);
	uint64_t taken;
	enum dv_exit answer;
};

static enum dv_exit
take(void *context, struct dv_bytes bytes, struct dv_err *e)
{
	struct meddler *m = context;

	(void)e;
	for (size_t i = 0; i < bytes.len && m->taken + i < SIZE; i++)
		assert_int_equal(bytes.ptr[i], (m->taken + i) & 0xff);
	if (m->taken == 0 && m->meddle != NULL)
		m->meddle();
	m->taken += bytes.len;
	return m->answer;
}

static void
file_make(const char *name)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	for (unsigned i = 0; i < SIZE; i++)
		assert_int_not_equal(putc((int)(i & 0xff), f), EOF);
	assert_int_equal(fclose(f), 0);
	/* File systems count time in ticks. */
	usleep(20000);
}

static enum dv_exit
stream(struct meddler *m)
{
	uint64_t size = 0;
	enum dv_exit exit;

	file_make("f");
	err = (struct dv_err){ .what = "" };
	exit = dv_file_stream("f", take, m, &size, &err);
	if (exit == DV_EXIT_YES)
		assert_int_equal(size, SIZE);
	return exit;
}

static void
gives_all_in_order(void **state)
{
	struct meddler m = { .answer = DV_EXIT_YES };

	(void)state;
	assert_int_equal(stream(&m), DV_EXIT_YES);
	assert_int_equal(m.taken, SIZE);
}

static void
ends_when_told(void **state)
{
	struct meddler m = { .answer = DV_EXIT_NO };

	(void)state;
	assert_int_equal(stream(&m), DV_EXIT_NO);
	assert_true(m.taken > 0 && m.taken < SIZE);
}

static void
cut(void)
{
	assert_int_equal(truncate("f", 1000), 0);
}

static void
cut_to_nothing(void)
{
	assert_int_equal(truncate("f", 0), 0);
}

static void
write_at(off_t at, const char *text)
{
	int fd = open("f", O_WRONLY);

	assert_true(fd != -1);
	assert_int_equal(pwrite(fd, text, 1, at), 1);
	assert_int_equal(close(fd), 0);
}

static void
grow(void)
{
	write_at(SIZE, "x");
}

/* The same size, and contents that were given already. */
static void
alter(void)
{
	write_at(7, "x");
}

/* Written to, and its time set back: the time of that is left. */
static void
alter_and_hide(void)
{
	struct stat st;

	assert_int_equal(stat("f", &st), 0);
	write_at(7, "x");
	const struct timespec times[] = { st.st_atim, st.st_mtim };
	assert_int_equal(utimensat(AT_FDCWD, "f", times, 0), 0);
}

static void
notices(void (*meddle)(void), const char *wanted)
{
	struct meddler m = { .meddle = meddle, .answer = DV_EXIT_YES };

	assert_int_equal(stream(&m), DV_EXIT_NONE);
	assert_string_equal(err.what, wanted);
	assert_string_equal(err.hint, "run again when nothing writes to it");
	/* also when what was read was refused */
	m = (struct meddler){ .meddle = meddle, .answer = DV_EXIT_NO };
	assert_int_equal(stream(&m), DV_EXIT_NONE);
}

static void
notices_what_is_done_to_it(void **state)
{
	(void)state;
	notices(cut, "f: changed while it was read");
	notices(cut_to_nothing, "f: changed while it was read");
	notices(grow, "f: changed while it was read");
	notices(alter, "f: changed while it was read");
	notices(alter_and_hide, "f: changed while it was read");
}

static void
replace(void)
{
	assert_int_equal(rename("other", "f"), 0);
}

static void
notices_another_file(void **state)
{
	struct meddler m = { .meddle = replace, .answer = DV_EXIT_YES };

	(void)state;
	file_make("other");
	assert_int_equal(stream(&m), DV_EXIT_NONE);
	assert_non_null(strstr(err.what, "while it was read"));
}

static void
turn_link(void)
{
	assert_int_equal(symlink("other", "new"), 0);
	assert_int_equal(rename("new", "link"), 0);
}

/* A link that leads elsewhere leaves the times of both files as they are. */
static void
notices_a_turned_link(void **state)
{
	struct meddler m = { .answer = DV_EXIT_YES };
	uint64_t size;

	(void)state;
	file_make("other");
	file_make("f");
	assert_int_equal(symlink("f", "link"), 0);
	assert_int_equal(dv_file_stream("link", take, &m, &size, &err),
	    DV_EXIT_YES);
	m = (struct meddler){ .meddle = turn_link, .answer = DV_EXIT_YES };
	assert_int_equal(dv_file_stream("link", take, &m, &size, &err),
	    DV_EXIT_NONE);
	assert_string_equal(err.what,
	    "link: was replaced by another file while it was read");
}

/* As fast as it is read: there must be an end. */
static enum dv_exit
grow_each(void *context, struct dv_bytes bytes, struct dv_err *e)
{
	uint64_t *taken = context;
	FILE *f = fopen("f", "ab");

	(void)e;
	assert_non_null(f);
	for (size_t i = 0; i < bytes.len; i++)
		assert_int_not_equal(putc('x', f), EOF);
	assert_int_equal(fclose(f), 0);
	*taken += bytes.len;
	assert_true(*taken < 4ull * SIZE);
	return DV_EXIT_YES;
}

static void
ends_although_it_grows(void **state)
{
	uint64_t taken = 0, size;

	(void)state;
	file_make("f");
	assert_int_equal(dv_file_stream("f", grow_each, &taken, &size, &err),
	    DV_EXIT_NONE);
	assert_string_equal(err.what, "f: changed while it was read");
}

static void
fills_a_file_in_parts(void **state)
{
	const struct dv_file_new file = { .path = "parts", .mode = 0600 };
	const struct dv_bytes ab = { (const uint8_t *)"ab", 2 };
	struct dv_file_part part;
	char text[8] = "";
	FILE *f;

	(void)state;
	assert_int_equal(dv_file_begin(&part, &file, &err), DV_EXIT_YES);
	assert_int_equal(dv_file_add(&part, ab, &err), DV_EXIT_YES);
	assert_int_equal(dv_file_add(&part, ab, &err), DV_EXIT_YES);
	assert_int_equal(access("parts", F_OK), -1);
	assert_int_equal(dv_file_commit(&part, &err), DV_EXIT_YES);
	dv_file_abort(&part);
	f = fopen("parts", "rb");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, sizeof(text), f), 4);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, "abab");
	assert_int_equal(dv_file_begin(&part, &file, &err), DV_EXIT_NONE);
}

static void
leaves_nothing_when_given_up(void **state)
{
	const struct dv_file_new file = { .path = "never", .mode = 0600 };
	struct dv_file_part part;

	(void)state;
	assert_int_equal(dv_file_begin(&part, &file, &err), DV_EXIT_YES);
	assert_int_equal(access(part.path, F_OK), 0);
	dv_file_abort(&part);
	assert_int_equal(access(part.path, F_OK), -1);
	assert_int_equal(access("never", F_OK), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_all_in_order),
		cmocka_unit_test(ends_when_told),
		cmocka_unit_test(notices_what_is_done_to_it),
		cmocka_unit_test(notices_another_file),
		cmocka_unit_test(notices_a_turned_link),
		cmocka_unit_test(ends_although_it_grows),
		cmocka_unit_test(fills_a_file_in_parts),
		cmocka_unit_test(leaves_nothing_when_given_up),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
