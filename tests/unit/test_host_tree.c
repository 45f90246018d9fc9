/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listing a tree: order, kinds, what is not followed, and that every change
 * between two looks is named. In a directory of its own.
 */
#include "unit/hostkit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "host/tree.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int
setup(void **state)
{
	if (scratch_begin(state) != 0)
		return -1;
	if (mkdir("t", 0700) != 0 || mkdir("t/a", 0700) != 0 ||
	    mkdir("t/e", 0700) != 0 || symlink("/etc", "t/link") != 0 ||
	    symlink("f", "t/a/link") != 0 || mkfifo("t/pipe", 0600) != 0)
		return -1;
	put("t/a/f", "one\n");
	put("t/a-b", "two\n");
	put("t/a0", "");
	return 0;
}

static void
test_list(void **state)
{
	static const struct {
		const char *path;
		enum dv_tree_kind kind;
		const char *what;
	} wanted[] = {
		{ "a", DV_TREE_DIR, NULL }, { "a-b", DV_TREE_FILE, NULL },
		{ "a/f", DV_TREE_FILE, NULL },
		{ "a/link", DV_TREE_OTHER, "a link" },
		{ "a0", DV_TREE_FILE, NULL }, { "e", DV_TREE_DIR, NULL },
		{ "link", DV_TREE_OTHER, "a link" },
		{ "pipe", DV_TREE_OTHER, "a pipe" },
	};
	struct dv_err err = { .what = "" };
	struct dv_tree tree;

	(void)state;
	assert_int_equal(dv_tree_open("t", &tree, &err), DV_EXIT_YES);
	assert_int_equal(tree.count, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_string_equal((const char *)tree.entry[i].path.ptr,
		    wanted[i].path);
		assert_int_equal(tree.entry[i].kind, wanted[i].kind);
		if (wanted[i].what != NULL)
			assert_string_equal(tree.entry[i].what,
			    wanted[i].what);
	}
	assert_int_equal(dv_tree_same(&tree, &err), DV_EXIT_YES);
	dv_tree_close(&tree);
}

static void
test_hash(void **state)
{
	/* printf 'one\n' | sha256sum */
	static const uint8_t first[] = { 0x2c, 0x8b, 0x08, 0xda };
	struct dv_file_digest digest;
	struct dv_err err = { .what = "" };
	struct dv_tree tree;

	(void)state;
	assert_int_equal(dv_tree_open("t", &tree, &err), DV_EXIT_YES);
	assert_int_equal(dv_tree_hash(&tree, &tree.entry[2], DV_HASH_SHA256,
	    &digest, &err), DV_EXIT_YES);
	assert_int_equal(digest.size, 4);
	assert_memory_equal(digest.digest, first, sizeof(first));
	/* a link and a pipe are not opened, whatever they lead to */
	assert_int_equal(dv_tree_hash(&tree, &tree.entry[3], DV_HASH_SHA256,
	    &digest, &err), DV_EXIT_NONE);
	assert_int_equal(digest.len, 0);
	dv_tree_close(&tree);
}

/* Its directory has become a link since: not followed. */
static void
test_replaced(void **state)
{
	struct dv_file_digest digest;
	struct dv_err err = { .what = "" };
	struct dv_tree tree;

	(void)state;
	assert_int_equal(dv_tree_open("t", &tree, &err), DV_EXIT_YES);
	assert_int_equal(rename("t/a", "moved"), 0);
	assert_int_equal(symlink("../moved", "t/a"), 0);
	assert_int_equal(dv_tree_hash(&tree, &tree.entry[2], DV_HASH_SHA256,
	    &digest, &err), DV_EXIT_NONE);
	assert_string_equal(err.what,
	    "t/a/f: changed while the directory was read");
	assert_int_equal(dv_tree_same(&tree, &err), DV_EXIT_NONE);
	assert_int_equal(unlink("t/a"), 0);
	assert_int_equal(rename("moved", "t/a"), 0);
	dv_tree_close(&tree);
}

static void
test_changes(void **state)
{
	struct dv_err err = { .what = "" };
	struct dv_tree tree;

	(void)state;
	assert_int_equal(dv_tree_open("t", &tree, &err), DV_EXIT_YES);
	put("t/a-b", "other\n");
	assert_int_equal(dv_tree_same(&tree, &err), DV_EXIT_NONE);
	assert_string_equal(err.what,
	    "t/a-b: changed while the directory was read");
	dv_tree_close(&tree);
	assert_int_equal(dv_tree_open("t", &tree, &err), DV_EXIT_YES);
	put("t/zzz", "new\n");
	assert_int_equal(dv_tree_same(&tree, &err), DV_EXIT_NONE);
	assert_string_equal(err.what,
	    "t/zzz: changed while the directory was read");
	dv_tree_close(&tree);
	assert_int_equal(dv_tree_open("t", &tree, &err), DV_EXIT_YES);
	assert_int_equal(unlink("t/zzz"), 0);
	assert_int_equal(dv_tree_same(&tree, &err), DV_EXIT_NONE);
	assert_string_equal(err.what,
	    "t/zzz: changed while the directory was read");
	dv_tree_close(&tree);
}

static void
test_holds(void **state)
{
	struct dv_err err = { .what = "" };
	struct dv_tree tree;

	(void)state;
	assert_int_equal(dv_tree_open("t", &tree, &err), DV_EXIT_YES);
	assert_true(dv_tree_holds(&tree, "t/new"));
	assert_true(dv_tree_holds(&tree, "t/a/new"));
	assert_true(dv_tree_holds(&tree, "./t/e/../a/new"));
	assert_false(dv_tree_holds(&tree, "t.cose"));
	assert_false(dv_tree_holds(&tree, "/new"));
	assert_false(dv_tree_holds(&tree, "nothing/new"));
	dv_tree_close(&tree);
	assert_int_equal(dv_tree_open("t/a-b", &tree, &err), DV_EXIT_NONE);
	dv_tree_close(&tree);
	assert_int_equal(dv_tree_open("nothing", &tree, &err), DV_EXIT_NONE);
	dv_tree_close(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_holds),
	};

	return cmocka_run_group_tests(tests, setup, scratch_end);
}
