/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RSA numbers at the two places that look at them: the check of a key, and the
 * power, which must not be taken with numbers that nobody checked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto.h"
#include "dv_chain.h"
#include "dv_limits.h"
#include "key.h"
#include "rsa.h"

#define MAX_OCTETS (DV_MAX_RSA_BITS / 8)
#define MIN_OCTETS (DV_MIN_RSA_BITS / 8)

/* Numbers of this many octets: the first, then ones, then the last. */
struct numbers {
	size_t n_len;
	uint8_t n_first, n_last;
	size_t e_len;
	uint8_t e_first, e_last;
};

static uint8_t n_room[MAX_OCTETS + 1], e_room[16];

static struct dv_bytes
number(uint8_t *room, size_t len, uint8_t first, uint8_t last)
{
	memset(room, 0xff, len);
	if (len > 0) {
		room[0] = first;
		room[len - 1] = last;
	}
	return (struct dv_bytes){ room, len };
}

static struct dv_key
key_of(struct numbers k)
{
	return (struct dv_key){ .type = DV_KEY_RSA,
	    .modulus = number(n_room, k.n_len, k.n_first, k.n_last),
	    .exponent = number(e_room, k.e_len, k.e_first, k.e_last) };
}

static const struct {
	struct numbers key;
	enum dv_reason reason;
	int64_t wanted, found;
} checks[] = {
	{ { MIN_OCTETS, 0x80, 1, 3, 1, 1 }, DV_R_NONE, 0, 0 },
	{ { MIN_OCTETS, 0x7f, 1, 3, 1, 1 }, DV_R_KEY_TOO_SMALL,
	    DV_MIN_RSA_BITS, DV_MIN_RSA_BITS - 1 },
	{ { MIN_OCTETS - 1, 0xff, 1, 3, 1, 1 }, DV_R_KEY_TOO_SMALL,
	    DV_MIN_RSA_BITS, DV_MIN_RSA_BITS - 8 },
	{ { 1, 1, 1, 3, 1, 1 }, DV_R_KEY_TOO_SMALL, DV_MIN_RSA_BITS, 1 },
	{ { MAX_OCTETS, 0xff, 1, 3, 1, 1 }, DV_R_NONE, 0, 0 },
	{ { MAX_OCTETS + 1, 1, 1, 3, 1, 1 }, DV_R_KEY_TOO_LARGE,
	    DV_MAX_RSA_BITS, DV_MAX_RSA_BITS + 1 },
	{ { MIN_OCTETS, 0x80, 1, 8, 0xff, 1 }, DV_R_NONE, 0, 0 },
	{ { MIN_OCTETS, 0x80, 1, 9, 1, 1 }, DV_R_KEY_TOO_LARGE,
	    DV_MAX_RSA_EXPONENT_BITS, DV_MAX_RSA_EXPONENT_BITS + 1 },
	{ { MIN_OCTETS, 0x80, 1, 1, 3, 3 }, DV_R_NONE, 0, 0 },
	{ { MIN_OCTETS, 0x80, 1, 1, 1, 1 }, DV_R_KEY_INVALID, 0, 0 },
	{ { MIN_OCTETS, 0x80, 1, 2, 1, 1 }, DV_R_NONE, 0, 0 },
	{ { MIN_OCTETS, 0x80, 1, 2, 1, 2 }, DV_R_KEY_INVALID, 0, 0 },
	{ { MIN_OCTETS, 0x80, 2, 3, 1, 1 }, DV_R_KEY_INVALID, 0, 0 },
	/* Numbers that the reader does not make. */
	{ { 0, 0, 0, 3, 1, 1 }, DV_R_INTERNAL, 0, 0 },
	{ { MIN_OCTETS, 0, 1, 3, 1, 1 }, DV_R_INTERNAL, 0, 0 },
	{ { MIN_OCTETS, 0x80, 1, 0, 0, 0 }, DV_R_INTERNAL, 0, 0 },
	{ { MIN_OCTETS, 0x80, 1, 3, 0, 1 }, DV_R_INTERNAL, 0, 0 },
};

static void
test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct dv_key key = key_of(checks[i].key);
		struct dv_at at = { .field = DV_F_SPKI };
		enum dv_reason reason = dv_rsa_check(&key, &at);

		if (reason != checks[i].reason)
			fail_msg("row %zu: %s", i, dv_reason_name(reason));
		assert_int_equal(at.wanted.number, checks[i].wanted);
		assert_int_equal(at.found.number, checks[i].found);
	}
}

static const struct numbers never[] = {
	{ MIN_OCTETS - 1, 0xff, 1, 3, 1, 1 },
	{ MAX_OCTETS + 1, 0xff, 1, 3, 1, 1 },
	{ MIN_OCTETS, 0xff, 2, 3, 1, 1 },
	{ MIN_OCTETS, 0xff, 1, 0, 0, 0 },
	{ MIN_OCTETS, 0xff, 1, 9, 1, 1 },
};

/* A key that nobody checked is no answer about the signature. */
static void
test_power(void **state)
{
	static uint8_t zeros[MAX_OCTETS + 1];
	struct dv_bytes message = { zeros, 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		struct dv_key key = key_of(never[i]);
		struct dv_crypto_check check = { &key, DV_SIG_RSA_SHA256,
		    &message, 1, { zeros, never[i].n_len }, 0 };

		if (dv_crypto_verify(&check) != DV_CRYPTO_FAILED)
			fail_msg("row %zu", i);
	}
}

/* As many octets as the modulus, and a smaller number. */
static void
test_signature(void **state)
{
	static uint8_t ones[MAX_OCTETS + 1];
	struct numbers good = { MIN_OCTETS, 0x80, 1, 3, 1, 1 };
	struct dv_key key = key_of(good);
	struct dv_bytes message = { ones, 1 };
	struct dv_crypto_check check = { &key, DV_SIG_RSA_SHA256, &message, 1,
	    { ones, 0 }, 0 };

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	for (size_t len = 0; len <= MAX_OCTETS; len += MIN_OCTETS) {
		check.signature.len = len;
		assert_int_equal(dv_crypto_verify(&check), DV_CRYPTO_INVALID);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_power),
		cmocka_unit_test(test_signature),
	};

	return cmocka_run_group_tests_name("rsa", tests, NULL, NULL);
}
