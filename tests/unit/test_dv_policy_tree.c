/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A second opinion on certificate policies: the tree of RFC 5280 6.1 as it was
 * before RFC 9618, written down once more. Of random chains both must say the
 * same, set for set.
 */
#include "lib/policy_world.h"

#define TREE_MAX 20000
#define NONE_ (-1)

/* One node of RFC 5280 6.1.2 (a); sets are strings of letters. */
struct tree_node {
	char valid;
	char expected[8];
	int parent, depth;
	bool dead;
};

static struct tree {
	struct tree_node node[TREE_MAX];
	int count, n;
	bool null;
	unsigned need, map, any;
} t;

static void
tree_add(char valid, const char *expected, int parent)
{
	struct tree_node *x = &t.node[t.count++];

	assert_true(t.count < TREE_MAX);
	x->valid = valid;
	snprintf(x->expected, sizeof(x->expected), "%s", expected);
	x->parent = parent;
	x->depth = parent < 0 ? 0 : t.node[parent].depth + 1;
	x->dead = false;
}

static void
tree_add_one(char valid, int parent)
{
	const char own[2] = { valid, '\0' };

	tree_add(valid, own, parent);
}

/* Deletes nodes above `depth` without children, until there are none. */
static void
tree_prune(int depth)
{
	for (int i = t.count - 1; i >= 0; i--) {
		bool child = t.node[i].depth >= depth;

		for (int k = i + 1; k < t.count && !child; k++)
			child = !t.node[k].dead && t.node[k].parent == i;
		if (!child)
			t.node[i].dead = true;
	}
	t.null = t.count == 0 || t.node[0].dead;
}

static bool
tree_has_child(int parent, char valid)
{
	for (int i = 0; i < t.count; i++)
		if (!t.node[i].dead && t.node[i].parent == parent &&
		    t.node[i].valid == valid)
			return true;
	return false;
}

#define LEVEL(i, depth_, end)                                                  \
	for (int i = 0, end_ = (end); i < end_; i++)                           \
		if (!t.node[i].dead && t.node[i].depth == (depth_))

/* 6.1.3 (d)(1), (d)(2) */
static void
tree_policies(const struct spec *s, int depth, bool may_any)
{
	int end = t.count;

	for (const char *p = s->policies; *p != '\0'; p++) {
		bool match = false;

		if (*p == '*')
			continue;
		LEVEL(i, depth - 1, end)
			if (strchr(t.node[i].expected, *p) != NULL) {
				tree_add_one(*p, i);
				match = true;
			}
		LEVEL(i, depth - 1, end)
			if (!match && t.node[i].valid == '*')
				tree_add_one(*p, i);
	}
	if (strchr(s->policies, '*') == NULL || !may_any)
		return;
	LEVEL(i, depth - 1, end)
		for (const char *p = t.node[i].expected; *p != '\0'; p++)
			if (!tree_has_child(i, *p))
				tree_add_one(*p, i);
}

/* 6.1.4 (b) */
static void
tree_mappings(const struct spec *s, int depth)
{
	for (const char *m = s->mappings; m != NULL && *m != '\0'; m += 2) {
		char to[8] = "";
		bool found = false;
		int end = t.count;

		for (const char *k = s->mappings; *k != '\0'; k += 2)
			if (*k == *m && strchr(to, k[1]) == NULL)
				strncat(to, k + 1, 1);
		LEVEL(i, depth, end)
			if (t.node[i].valid == *m) {
				found = true;
				if (t.map > 0)
					strcpy(t.node[i].expected, to);
				else
					t.node[i].dead = true;
			}
		LEVEL(i, depth, end)
			if (!found && t.map > 0 && t.node[i].valid == '*')
				tree_add(*m, to, t.node[i].parent);
	}
	tree_prune(depth);
}

static unsigned
least(unsigned counter, unsigned plus_one)
{
	return plus_one > 0 && plus_one - 1 < counter ? plus_one - 1 : counter;
}

static void
tree_count(const struct spec *s)
{
	if (!s->self_issued) {
		t.need -= t.need > 0;
		t.map -= t.map > 0;
		t.any -= t.any > 0;
	}
	t.need = least(t.need, s->need);
	t.map = least(t.map, s->nomap);
	t.any = least(t.any, s->noany);
}

/* 6.1.5 (g): false when there is no path; the set as set_text() has it. */
static bool
tree_end(const struct spec *last, const char *asked, char *set)
{
	bool any = false;
	size_t n = 0;

	t.need -= t.need > 0;
	if (last->need == 1)
		t.need = 0;
	for (int i = 0; i < t.count && !t.null; i++) {
		const struct tree_node *x = &t.node[i];

		if (x->dead || x->parent < 0 ||
		    t.node[x->parent].valid != '*')
			continue;
		if (x->valid == '*')
			any |= x->depth == t.n;
		else if (memchr(set, x->valid, n) == NULL &&
		    (asked == NULL || strchr(asked, x->valid) != NULL))
			set[n++] = x->valid;
	}
	for (const char *p = asked; any && p != NULL && *p != '\0'; p++)
		if (memchr(set, *p, n) == NULL)
			set[n++] = *p;
	qsort(set, n, 1, by_letter);
	if (any && asked == NULL)
		set[n++] = '*';
	set[n] = '\0';
	return t.need > 0 || n > 0;
}

static bool
tree_judge(const struct spec *specs, size_t count, const char *asked,
    unsigned flags, char *set)
{
	t.count = 0;
	t.null = false;
	t.n = (int)count;
	t.need = (flags & NEED) != 0 ? 0 : (unsigned)count + 1;
	t.map = (flags & NOMAP) != 0 ? 0 : (unsigned)count + 1;
	t.any = (flags & NOANY) != 0 ? 0 : (unsigned)count + 1;
	tree_add_one('*', NONE_);
	for (int i = 1; i <= t.n; i++) {
		const struct spec *s = &specs[i - 1];

		if (s->policies != NULL && !t.null) {
			tree_policies(s, i, t.any > 0 ||
			    (i < t.n && s->self_issued));
			tree_prune(i);
		} else {
			t.null = true;
		}
		if (t.need == 0 && t.null)
			return false;
		if (i == t.n)
			break;
		if (!t.null)
			tree_mappings(s, i);
		tree_count(s);
	}
	return tree_end(&specs[count - 1], asked, set);
}

static unsigned
chance(unsigned below)
{
	static uint64_t seed = 0x9618;

	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(seed >> 33) % below;
}

/* Each letter of `from` with one chance in two. */
static void
some(char *out, const char *from)
{
	size_t n = 0;

	for (; *from != '\0'; from++)
		if (chance(2) == 0)
			out[n++] = *from;
	out[n] = '\0';
}

static void
random_spec(struct spec *s, char *policies, char *mappings)
{
	size_t pairs = chance(3) == 0 ? 1 + chance(4) : 0;

	*s = (struct spec){ .self_issued = chance(5) == 0 };
	some(policies, chance(3) == 0 ? "ABC*" : "ABC");
	if (policies[0] == '\0' && chance(3) > 0)
		strcpy(policies, "*");
	if (policies[0] != '\0')
		s->policies = policies;
	for (size_t i = 0; i < 2 * pairs; i++)
		mappings[i] = (char)('A' + chance(3));
	mappings[2 * pairs] = '\0';
	s->mappings = mappings;
	if (chance(4) == 0)
		s->need = chance(4);
	if (chance(6) == 0)
		s->nomap = chance(4);
	if (chance(6) == 0)
		s->noany = chance(4);
}

static void
test_tree_says_the_same(void **state)
{
	static char policies[CERTS_MAX][8], mappings[CERTS_MAX][16];
	static const char *const questions[] = { NULL, NULL, "A", "B", "AC" };
	struct spec specs[CERTS_MAX];
	unsigned yes = 0, no = 0;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		const char *asked = questions[chance(5)];
		unsigned flags = chance(2) * NEED |
		    (chance(8) == 0 ? NOMAP : 0) |
		    (chance(8) == 0 ? NOANY : 0);
		size_t count = 1 + chance(5);
		char set[16] = "";
		bool want;

		for (size_t i = 0; i < count; i++)
			random_spec(&specs[i], policies[i], mappings[i]);
		want = tree_judge(specs, count, asked, flags, set);
		kit_reset();
		w.anchor[0] = anchor_of("root", ROOT_KEY);
		build(specs, count);
		demand(asked, flags);
		if ((ask().status == DV_ACCEPTED) != want)
			fail_msg("round %u: the tree says %d", round, want);
		if (want && strcmp(set, set_text()) != 0)
			fail_msg("round %u: tree {%s}, here {%s}", round, set,
			    set_text());
		yes += want && set[0] != '\0';
		no += !want;
	}
	assert_true(yes > 2000 && no > 2000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tree_says_the_same),
	};

	return cmocka_run_group_tests_name("policy_tree", tests, NULL, NULL);
}
