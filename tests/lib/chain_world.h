/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One question about a chain with all its memory, poisoned before each use, and
 * the making of chains. Keys are pretended (fake_crypto.h); the rest is real.
 */
#ifndef TEST_CHAIN_WORLD_H
#define TEST_CHAIN_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dv_chain.h"
#include "lib/fake_crypto.h"

#define ROOT_KEY 100

/* One question with all its memory, poisoned before each use. */
static struct world {
	struct dv_bytes pile[DV_MAX_INTERMEDIATES + 1];
	struct dv_anchor anchor[3];
	struct dv_chain chain;
	struct dv_policy policy;
	struct dv_work work;
	struct dv_path path;
} w;

static inline struct dv_anchor
anchor_of(const char *name, uint8_t key)
{
	return (struct dv_anchor){ .name = kit_name(name),
	    .spki = kit_spki(key), .key_id = kit_key_id(key),
	    .not_before = { DV_TIME_MIN }, .not_after = { DV_TIME_MAX },
	    .path_len = -1 };
}

static inline int
setup(void **state)
{
	(void)state;
	kit_reset();
	memset(&w, 0, sizeof(w));
	memset(&fake, 0, sizeof(fake));
	w.anchor[0] = anchor_of("root", ROOT_KEY);
	w.chain.intermediates = w.pile;
	w.chain.anchors = w.anchor;
	w.chain.anchor_count = 1;
	w.policy = dv_policy_strict((dv_time){ KIT_NOW });
	return 0;
}

static inline void
add(struct kit_cert c)
{
	assert_true(w.chain.intermediate_count <= DV_MAX_INTERMEDIATES);
	w.pile[w.chain.intermediate_count++] = kit_make(&c);
}

static inline void
leaf(struct kit_cert c)
{
	w.chain.leaf = kit_make(&c);
}

static inline bool
is_zero(const void *memory, size_t len)
{
	const uint8_t *octet = memory;

	for (size_t i = 0; i < len; i++) {
		if (octet[i] != 0)
			return false;
	}
	return true;
}

/* Asks; whatever the answer, the path is whole or all zero. */
static inline struct dv_verdict
ask(void)
{
	struct dv_verdict v;

	memset(&w.work, 0xff, sizeof(w.work));
	memset(&w.path, 0xff, sizeof(w.path));
	fake.verified = 0;
	v = dv_chain_verify(&w.chain, &w.policy, &w.work, &w.path);
	assert_true(fake.verified <= DV_MAX_SIGNATURES);
	if (v.status == DV_ACCEPTED) {
		assert_int_equal(v.reason, DV_R_NONE);
		assert_true(w.path.count > 0);
	} else {
		assert_int_equal(v.status, DV_REJECTED);
		assert_int_not_equal(v.reason, DV_R_NONE);
		assert_true(is_zero(&w.path, sizeof(w.path)));
	}
	return v;
}

static inline void
accepted(size_t count, unsigned signatures)
{
	assert_int_equal(ask().status, DV_ACCEPTED);
	assert_int_equal(w.path.count, count);
	assert_int_equal(w.path.signatures, signatures);
	assert_int_equal(fake.verified, signatures);
}

static inline struct dv_verdict
refused(enum dv_reason reason, enum dv_object object, unsigned index)
{
	struct dv_verdict v = ask();

	if (v.reason != reason)
		fail_msg("%s instead of %s", dv_reason_name(v.reason),
		    dv_reason_name(reason));
	assert_int_equal(v.object, object);
	assert_int_equal(v.index, index);
	return v;
}

static const char *const ladder_names[] = { "root", "ca1", "ca2", "ca3", "ca4", "ca5",
    "ca6", "ca7", "ca8" };

/* leaf <- ca(n-1) <- ... <- ca1 <- root: n certificates, in order. */
static inline void
ladder(size_t n)
{
	w.chain.intermediate_count = 0;
	leaf((struct kit_cert){ .subject = "leaf", .issuer = ladder_names[n - 1],
	    .key = 99, .signer = n == 1 ? ROOT_KEY : (uint8_t)(n - 1) });
	for (size_t i = n - 1; i >= 1; i--)
		add((struct kit_cert){ .subject = ladder_names[i],
		    .issuer = ladder_names[i - 1], .key = (uint8_t)i, .ca = true,
		    .signer = i == 1 ? ROOT_KEY : (uint8_t)(i - 1) });
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

#endif
