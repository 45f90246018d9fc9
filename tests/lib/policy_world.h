/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains by their certificate policies alone: a policy is a letter, anyPolicy a
 * star. Everything else about the chains is as it should be.
 */
#ifndef TEST_POLICY_WORLD_H
#define TEST_POLICY_WORLD_H

#include <stdlib.h>

#include "lib/chain_world.h"

#define CERTS_MAX DV_MAX_PATH

/* One certificate, as far as policies are concerned. */
struct spec {
	const char *policies;	/* "AB*"; NULL: no extension */
	const char *mappings;	/* pairs: "ABCD" is A to B and C to D */
	unsigned need, nomap, noany;	/* each plus one; 0: not stated */
	bool self_issued;
};

/* What the question demands of the beginning. */
#define NEED 1u
#define NOMAP 2u
#define NOANY 4u

static const uint8_t letters[26][3] = {
#define L(c) { 0x2a, 0x03, (c) }
	L('A'), L('B'), L('C'), L('D'), L('E'), L('F'), L('G'), L('H'), L('I'),
	L('J'), L('K'), L('L'), L('M'), L('N'), L('O'), L('P'), L('Q'), L('R'),
	L('S'), L('T'), L('U'), L('V'), L('W'), L('X'), L('Y'), L('Z'),
};

static inline struct dv_bytes
policy(char letter)
{
	static const uint8_t any[] = { 0x55, 0x1d, 0x20, 0x00 };

	if (letter == '*')
		return (struct dv_bytes){ any, sizeof(any) };
	return (struct dv_bytes){ letters[letter - 'A'], 3 };
}

static inline struct dv_bytes
joined(struct dv_bytes a, struct dv_bytes b)
{
	return kit_join((struct dv_bytes[]){ a, b }, 2);
}

static inline struct dv_bytes
policies_extension(const char *list)
{
	struct dv_bytes all = KIT_NONE;

	if (list == NULL)
		return KIT_NONE;
	for (; *list != '\0'; list++)
		all = joined(all, KIT(DER_SEQUENCE, KIT(DER_OID,
		    policy(*list))));
	return kit_extension(32, false, KIT(DER_SEQUENCE, all));
}

static inline struct dv_bytes
mappings_extension(const char *pairs)
{
	struct dv_bytes all = KIT_NONE;

	if (pairs == NULL || *pairs == '\0')
		return KIT_NONE;
	for (; *pairs != '\0'; pairs += 2)
		all = joined(all, KIT(DER_SEQUENCE,
		    KIT(DER_OID, policy(pairs[0])),
		    KIT(DER_OID, policy(pairs[1]))));
	return kit_extension(33, true, KIT(DER_SEQUENCE, all));
}

static inline struct dv_bytes
number(uint8_t tag, unsigned plus_one)
{
	const char octet[1] = { (char)(plus_one - 1) };

	return plus_one == 0 ? KIT_NONE : KIT(tag, kit_octets(octet, 1));
}

static inline struct dv_bytes
extensions(const struct spec *spec)
{
	struct dv_bytes all = joined(policies_extension(spec->policies),
	    mappings_extension(spec->mappings));

	if (spec->need > 0 || spec->nomap > 0)
		all = joined(all, kit_extension(36, true, KIT(DER_SEQUENCE,
		    number(DER_CONTEXT(0), spec->need),
		    number(DER_CONTEXT(1), spec->nomap))));
	if (spec->noany > 0)
		all = joined(all, kit_extension(54, true,
		    number(DER_INTEGER, spec->noany)));
	return all;
}

/* The chain of these certificates, from the top down; the last is the leaf. */
static inline void
build(const struct spec *specs, size_t count)
{
	const char *issuer = "root", *subject;
	uint8_t signer = ROOT_KEY;

	w.chain.intermediate_count = 0;
	for (size_t i = 0; i < count; i++) {
		bool last = i + 1 == count;
		struct kit_cert c = { .issuer = issuer, .signer = signer,
		    .key = (uint8_t)(i + 1), .ca = !last,
		    .extra = extensions(&specs[i]) };

		subject = last ? "leaf" : ladder_names[i + 1];
		c.subject = specs[i].self_issued ? issuer : subject;
		if (last)
			leaf(c);
		else
			add(c);
		issuer = c.subject;
		signer = c.key;
	}
}

static struct dv_bytes initial[DV_MAX_PATH_POLICIES + 1];

static inline void
demand(const char *asked, unsigned flags)
{
	size_t n = asked == NULL ? 0 : strlen(asked);

	for (size_t i = 0; i < n; i++)
		initial[i] = policy(asked[i]);
	w.policy.initial_policies = initial;
	w.policy.initial_policy_count = n;
	w.policy.require_explicit = (flags & NEED) != 0;
	w.policy.inhibit_mapping = (flags & NOMAP) != 0;
	w.policy.inhibit_any = (flags & NOANY) != 0;
}

static inline int
by_letter(const void *a, const void *b)
{
	return *(const char *)a - *(const char *)b;
}

/* The set of an accepted path: letters in order, then the star. */
static inline const char *
set_text(void)
{
	static char text[DV_MAX_PATH_POLICIES + 2];
	const struct dv_policy_set *set = &w.path.policies;

	for (size_t i = 0; i < set->count; i++)
		text[i] = set->oid[i].len == 3 ? (char)set->oid[i].ptr[2] : '?';
	qsort(text, set->count, 1, by_letter);
	text[set->count] = set->any ? '*' : '\0';
	text[set->count + 1] = '\0';
	return text;
}

#endif
