/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificate policies of whole chains: RFC 5280 6.1 step by step, what a
 * question demands, limits, and chains made to be expensive (RFC 9618 3.2).
 */
#include "lib/policy_world.h"

/* ---- the table ----------------------------------------------------------- */

struct row {
	const char *what;
	struct spec cert[CERTS_MAX];
	size_t count;
	const char *asked;
	unsigned flags;
	const char *set;	/* NULL: refused */
	enum dv_reason reason;
	unsigned index;
};

#define NO(reason_, index_) .reason = DV_R_POLICY_##reason_, .index = index_

#define P(policies_) { .policies = (policies_) }
#define M(policies_, mappings_)                                                 \
	{ .policies = (policies_), .mappings = (mappings_) }

static const struct row rows[] = {
	/* the extension alone */
	{ "none anywhere", { { 0 }, { 0 } }, 2, NULL, 0, .set = "" },
	{ "none, required", { { 0 }, { 0 } }, 2, NULL, NEED,
	    NO(REQUIRED, 1) },
	{ "the same all along", { P("A"), P("A") }, 2, NULL, NEED,
	    .set = "A" },
	{ "the leaf has none", { P("A"), { 0 } }, 2, NULL, NEED,
	    NO(REQUIRED, 0) },
	{ "the leaf has none, nobody asks", { P("A"), { 0 } }, 2, NULL, 0,
	    .set = "" },
	{ "the CA has none", { { 0 }, P("A") }, 2, NULL, 0, .set = "" },
	{ "nothing in common", { P("A"), P("B") }, 2, NULL, NEED,
	    NO(REQUIRED, 0) },
	{ "one in common", { P("AB"), P("BC") }, 2, NULL, NEED,
	    .set = "B" },
	{ "lost on the way", { P("A"), P("B"), P("A") }, 3, NULL, NEED,
	    NO(REQUIRED, 1) },
	{ "one certificate", { P("AB") }, 1, NULL, NEED, .set = "AB" },
	/* what was asked for */
	{ "asked for", { P("AB"), P("AB") }, 2, "B", NEED, .set = "B" },
	{ "asked for two", { P("AB"), P("AB") }, 2, "CB", NEED,
	    .set = "B" },
	{ "asked for another", { P("A"), P("A") }, 2, "B", NEED,
	    NO(NOT_ACCEPTED, 0) },
	{ "asked for another, not required", { P("A"), P("A") }, 2, "B", 0,
	    .set = "" },
	{ "asked for any by its name", { P("A"), P("A") }, 2, "B*", NEED,
	    .set = "A" },
	{ "asked twice for one", { P("*"), P("*") }, 2, "AA", NEED,
	    .set = "A" },
	/* anyPolicy */
	{ "any all along", { P("*"), P("*") }, 2, NULL, NEED, .set = "*" },
	{ "any is what was asked for", { P("*"), P("*") }, 2, "AB", NEED,
	    .set = "AB" },
	{ "any above", { P("*"), P("A") }, 2, NULL, NEED, .set = "A" },
	{ "any below", { P("A"), P("*") }, 2, NULL, NEED, .set = "A" },
	{ "any and one", { P("A*"), P("B*") }, 2, NULL, NEED,
	    .set = "AB*" },
	{ "any and one, asked", { P("A*"), P("B*") }, 2, "BC", NEED,
	    .set = "BC" },
	{ "no any at all", { P("*"), P("A") }, 2, NULL, NEED | NOANY,
	    NO(REQUIRED, 1) },
	{ "no any at all, one stated", { P("A*"), P("A*") }, 2, NULL,
	    NEED | NOANY, .set = "A" },
	{ "no any from the next on", { { "A*", .noany = 1 }, P("*") }, 2,
	    NULL, NEED, NO(REQUIRED, 0) },
	{ "no any after the next", { { "A*", .noany = 2 }, P("*"), P("*") },
	    3, NULL, NEED, NO(REQUIRED, 0) },
	{ "any while permitted", { { "*", .noany = 2 }, P("*"), P("C") }, 3,
	    NULL, NEED, .set = "C" },
	{ "a larger number below does not loosen", { { "*", .noany = 1 },
	    { "A", .noany = 6 }, P("*") }, 3, NULL, NEED, NO(REQUIRED, 0) },
	{ "self-issued may still state any", { { "A", .noany = 1 },
	    { "*", .self_issued = true }, P("A") }, 3, NULL, NEED,
	    .set = "A" },
	{ "a self-issued leaf may not", { { "A", .noany = 1 },
	    { "*", .self_issued = true } }, 2, NULL, NEED, NO(REQUIRED, 0) },
	/* policyConstraints, requireExplicitPolicy */
	{ "required at once", { { "A", .need = 1 }, P("B") }, 2, NULL, 0,
	    NO(REQUIRED, 0) },
	{ "required after one", { { "A", .need = 2 }, P("B"), P("B") }, 3,
	    NULL, 0, NO(REQUIRED, 0) },
	{ "required at the end", { { "A", .need = 3 }, P("B"), P("B") }, 3,
	    NULL, 0, NO(REQUIRED, 0) },
	{ "required beyond the end", { { "A", .need = 4 }, P("B"), P("B") },
	    3, NULL, 0, .set = "" },
	{ "required by the leaf of itself", { P("A"), { "B", .need = 1 } }, 2,
	    NULL, 0, NO(REQUIRED, 0) },
	{ "required by the leaf, later", { P("A"), { "B", .need = 2 } }, 2,
	    NULL, 0, .set = "" },
	{ "a self-issued one is not counted", { { "A", .need = 3 },
	    { "B", .self_issued = true }, P("B"), P("B") }, 4, NULL, 0,
	    NO(REQUIRED, 0) },
	{ "a self-issued one is not counted, one more", { { "A", .need = 4 },
	    { "B", .self_issued = true }, P("B"), P("B") }, 4, NULL, 0,
	    .set = "" },
	{ "the lesser number counts", { { "A", .need = 1 },
	    { "A", .need = 9 }, P("B") }, 3, NULL, 0, NO(REQUIRED, 0) },
	{ "required, and asked for another", { { "A", .need = 1 }, P("A") },
	    2, "B", 0, NO(NOT_ACCEPTED, 0) },
	/* policyMappings */
	{ "mapped", { M("A", "AB"), P("B") }, 2, NULL, NEED, .set = "A" },
	{ "mapped, asked above", { M("A", "AB"), P("B") }, 2, "A", NEED,
	    .set = "A" },
	{ "mapped, asked below", { M("A", "AB"), P("B") }, 2, "B", NEED,
	    NO(NOT_ACCEPTED, 0) },
	{ "mapped away", { M("A", "AB"), P("A") }, 2, NULL, NEED,
	    NO(REQUIRED, 0) },
	{ "mapped to two", { M("A", "ABAC"), P("C") }, 2, NULL, NEED,
	    .set = "A" },
	{ "mapped to itself too", { M("A", "ABAA"), P("A") }, 2, NULL, NEED,
	    .set = "A" },
	{ "two mapped to one", { M("AB", "ACBC"), P("C") }, 2, NULL, NEED,
	    .set = "AB" },
	{ "exchanged", { M("AB", "ABBA"), P("A") }, 2, NULL, NEED,
	    .set = "B" },
	{ "mapped twice", { M("A", "AB"), M("B", "BC"), P("C") }, 3, NULL,
	    NEED, .set = "A" },
	{ "mapped by anyPolicy", { M("*", "AB"), P("B") }, 2, NULL, NEED,
	    .set = "A" },
	{ "mapped, and another by anyPolicy", { M("*", "AB"), P("BC") }, 2,
	    NULL, NEED, .set = "AC" },
	{ "mapped to one that is there by itself", { M("AB", "AB"), P("B") },
	    2, NULL, NEED, .set = "AB" },
	{ "a mapping of what is not there", { M("A", "CB"), P("B") }, 2,
	    NULL, NEED, NO(REQUIRED, 0) },
	{ "the leaf maps nothing", { P("A"), M("A", "AB") }, 2, NULL, NEED,
	    .set = "A" },
	{ "expected, and stated by any", { M("A", "ABAC"), P("*") }, 2,
	    NULL, NEED, .set = "A" },
	{ "no mapping at all", { M("A", "AB"), P("B") }, 2, NULL,
	    NEED | NOMAP, NO(REQUIRED, 0) },
	{ "no mapping, nor what it mapped", { M("A", "AB"), P("A") }, 2,
	    NULL, NEED | NOMAP, NO(REQUIRED, 0) },
	{ "no mapping, another is left", { M("AC", "AB"), P("ABC") }, 2,
	    NULL, NEED | NOMAP, .set = "C" },
	{ "no mapping, any is left", { M("*", "AB"), P("B") }, 2, NULL,
	    NEED | NOMAP, .set = "B" },
	{ "no mapping from the next on", { { "A", .nomap = 1 },
	    M("A", "AB"), P("B") }, 3, NULL, NEED, NO(REQUIRED, 0) },
	{ "mapping still permitted", { { "A", .nomap = 2 }, M("A", "AB"),
	    P("B") }, 3, NULL, NEED, .set = "A" },
	{ "mapping, self-issued not counted", { { "A", .nomap = 2 },
	    { "A", .self_issued = true }, M("A", "AB"), P("B") }, 4, NULL,
	    NEED, .set = "A" },
	{ "its own constraint does not bind its mapping",
	    { { "A", "AB", .nomap = 1 }, P("B") }, 2, NULL, NEED,
	    .set = "A" },
	/* the same name comes back after it was mapped away */
	{ "two of one name", { M("A*", "AB"), P("A*"), P("AB") }, 3, NULL,
	    NEED, .set = "A" },
	{ "the far one alone", { M("A*", "AB"), P("A") }, 2, NULL, NEED,
	    .set = "A" },
};

static void
check(const struct row *row)
{
	struct dv_verdict v;

	kit_reset();
	w.anchor[0] = anchor_of("root", ROOT_KEY);
	build(row->cert, row->count);
	demand(row->asked, row->flags);
	v = ask();
	if ((v.status == DV_ACCEPTED) != (row->set != NULL) ||
	    v.reason != row->reason || v.index != row->index)
		fail_msg("%s: %s at %u", row->what, dv_reason_name(v.reason),
		    v.index);
	if (row->set == NULL) {
		assert_int_equal(v.object, DV_OBJECT_CERTIFICATE);
		assert_int_equal(v.at.field, DV_F_CERTIFICATE_POLICIES);
	} else if (strcmp(set_text(), row->set) != 0) {
		fail_msg("%s: {%s}, wanted {%s}", row->what, set_text(),
		    row->set);
	}
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i]);
}

/* ---- limits and hostile chains -------------------------------------------- */

/* In the tree of RFC 5280 each level has eight times the nodes of the last. */
static void
test_blow_up(void **state)
{
	static const char all[] = "ABCDEFGH";
	struct spec specs[CERTS_MAX];
	char pairs[2 * 64 + 1];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		for (size_t k = 0; k < 8; k++) {
			pairs[n++] = all[i];
			pairs[n++] = all[k];
		}
	}
	pairs[n] = '\0';
	for (size_t i = 0; i < CERTS_MAX; i++)
		specs[i] = (struct spec){ all, pairs, .need = 1 };
	build(specs, CERTS_MAX);
	assert_int_equal(ask().status, DV_ACCEPTED);
	assert_string_equal(set_text(), all);
	specs[CERTS_MAX - 1] = (struct spec){ .policies = "Z" };
	build(specs, CERTS_MAX);
	(void)refused(DV_R_POLICY_REQUIRED, DV_OBJECT_CERTIFICATE, 0);
	specs[CERTS_MAX - 1] = (struct spec){ .policies = "*" };
	build(specs, CERTS_MAX);
	assert_int_equal(ask().status, DV_ACCEPTED);
	assert_string_equal(set_text(), all);
}

/* OID 1.3.(128 group + n). */
static struct dv_bytes
numbered(uint8_t group, unsigned n)
{
	const char oid[3] = { 0x2b, (char)(0x80 | group), (char)n };

	return KIT(DER_OID, kit_octets(oid, 3));
}

/* certificatePolicies: from, from + 1, ... of one group, then more. */
static struct dv_bytes
many(uint8_t group, unsigned from, unsigned count, struct dv_bytes more)
{
	struct dv_bytes all = KIT_NONE;

	for (unsigned i = 0; i < count; i++)
		all = joined(all, KIT(DER_SEQUENCE, numbered(group, from + i)));
	return kit_extension(32, false, KIT(DER_SEQUENCE, joined(all, more)));
}

/* policyMappings from letter A to `count` policies of group 1. */
static struct dv_bytes
fan(unsigned count)
{
	struct dv_bytes all = KIT_NONE;

	for (unsigned i = 0; i < count; i++)
		all = joined(all, KIT(DER_SEQUENCE, KIT(DER_OID, policy('A')),
		    numbered(1, i)));
	return kit_extension(33, true, KIT(DER_SEQUENCE, all));
}

static void
two(struct dv_bytes ca, struct dv_bytes end)
{
	w.chain.intermediate_count = 0;
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .extra = ca });
	leaf((struct kit_cert){ .subject = "leaf", .issuer = "ca1", .key = 99,
	    .signer = 1, .extra = end });
}

static void
test_node_limit(void **state)
{
	struct dv_verdict v;

	(void)state;
	two(joined(policies_extension("A"), fan(64)),
	    policies_extension("*"));
	accepted(2, 2);
	assert_string_equal(set_text(), "A");
	two(joined(policies_extension("AB"), fan(63)),
	    policies_extension("*"));
	accepted(2, 2);
	assert_string_equal(set_text(), "AB");
	two(joined(policies_extension("AB"), fan(64)),
	    policies_extension("*"));
	v = refused(DV_R_POLICY_LIMIT, DV_OBJECT_CERTIFICATE, 1);
	assert_int_equal(v.at.wanted.number, DV_MAX_POLICY_NODES);
}

static void
test_root_limit(void **state)
{
	struct dv_bytes star = KIT(DER_SEQUENCE, KIT(DER_OID, policy('*')));
	struct dv_verdict v;

	(void)state;
	two(many(1, 0, 32, star), many(1, 32, 32, KIT_NONE));
	accepted(2, 2);
	assert_int_equal(w.path.policies.count, 32);
	two(many(1, 0, 32, star), many(1, 32, 33, KIT_NONE));
	v = refused(DV_R_POLICY_LIMIT, DV_OBJECT_CERTIFICATE, 0);
	assert_int_equal(v.at.wanted.number, DV_MAX_PATH_POLICIES);
	assert_int_equal(v.at.field, DV_F_CERTIFICATE_POLICIES);
	assert_int_not_equal(v.at.offset, DV_NO_OFFSET);
	two(many(1, 0, 32, star), many(1, 32, 33, star));
	(void)refused(DV_R_POLICY_LIMIT, DV_OBJECT_CERTIFICATE, 0);
}

static void
test_too_many_asked(void **state)
{
	static uint8_t oid[DV_MAX_PATH_POLICIES + 1][2];
	struct dv_verdict v;

	(void)state;
	for (size_t i = 0; i <= DV_MAX_PATH_POLICIES; i++) {
		oid[i][0] = 0x2a;
		oid[i][1] = (uint8_t)i;
		initial[i] = (struct dv_bytes){ oid[i], 2 };
	}
	two(policies_extension("*"), policies_extension("*"));
	w.policy.initial_policies = initial;
	w.policy.initial_policy_count = DV_MAX_PATH_POLICIES;
	accepted(2, 2);
	assert_int_equal(w.path.policies.count, DV_MAX_PATH_POLICIES);
	assert_false(w.path.policies.any);
	w.policy.initial_policy_count++;
	v = refused(DV_R_POLICY_LIMIT, DV_OBJECT_NONE, 0);
	assert_int_equal(v.at.wanted.number, DV_MAX_PATH_POLICIES);
	assert_int_equal(v.at.found.number, DV_MAX_PATH_POLICIES + 1);
}

/* A path that fails for its policies is not the end of the search. */
static void
test_other_path(void **state)
{
	(void)state;
	two(policies_extension("A"), policies_extension("B"));
	add((struct kit_cert){ .subject = "ca1", .issuer = "root", .key = 1,
	    .signer = ROOT_KEY, .ca = true, .extra = policies_extension("B") });
	demand("B", NEED);
	accepted(2, 4);
	assert_string_equal(set_text(), "B");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows),
		TEST(test_blow_up),
		TEST(test_node_limit),
		TEST(test_root_limit),
		TEST(test_too_many_asked),
		TEST(test_other_path),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
