/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared primes, on small numbers where every answer is known, and on the
 * largest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "factor.h"

static struct dv_bytes
number(uint64_t n, uint8_t room[8], size_t octets)
{
	for (size_t i = 0; i < octets; i++)
		room[i] = (uint8_t)(n >> 8 * (octets - 1 - i));
	return (struct dv_bytes){ room, octets };
}

static uint64_t
gcd(uint64_t a, uint64_t b)
{
	return b == 0 ? a : gcd(b, a % b);
}

/* Every pair of odd numbers of three digits. */
static void
test_small(void **state)
{
	uint8_t a_room[8], b_room[8];

	(void)state;
	for (uint64_t a = 257; a < 1000; a += 2) {
		for (uint64_t b = 257; b < 1000; b += 2) {
			struct pki_factor f;

			assert_true(pki_factor_start(&f, number(a, a_room, 2)));
			assert_false(a > 1 && pki_factor_shared(&f));
			pki_factor_add(&f, number(b, b_room, 2));
			assert_int_equal(pki_factor_shared(&f),
			    gcd(a, b) != 1);
		}
	}
}

/* Many at once: any of them is enough. */
static void
test_product(void **state)
{
	static const uint64_t primes[] = { 65537, 65539, 65543, 65551, 65557,
	    65563, 65579, 65581 };
	uint8_t room[8];
	struct pki_factor f;

	(void)state;
	for (size_t with = 0; with < 2; with++) {
		assert_true(pki_factor_start(&f, number(primes[0] * primes[1],
		    room, 5)));
		for (size_t i = 2; i < 8; i++)
			pki_factor_add(&f, number(primes[i] * primes[7 - i +
			    2], room, 5));
		if (with == 1)
			pki_factor_add(&f, number(primes[5] * primes[1], room,
			    5));
		for (size_t i = 2; i < 8; i++)
			pki_factor_add(&f, number(primes[i] * primes[2], room,
			    5));
		assert_int_equal(pki_factor_shared(&f), with == 1);
	}
}

static void
test_large(void **state)
{
	uint8_t one[8 * PKI_LIMBS], two[8 * PKI_LIMBS];
	struct pki_factor f;

	(void)state;
	/* all ones is divisible by 3, and so is 2^4095 + 1 */
	memset(one, 0xff, sizeof(one));
	memset(two, 0, sizeof(two));
	two[0] = 0x80;
	two[sizeof(two) - 1] = 1;
	assert_true(pki_factor_start(&f, (struct dv_bytes){ one, sizeof(one) }));
	pki_factor_add(&f, (struct dv_bytes){ two, sizeof(two) });
	assert_true(pki_factor_shared(&f));
	/* 2^4096 - 1 and its predecessor's predecessor differ by 2 */
	memset(two, 0xff, sizeof(two));
	two[sizeof(two) - 1] = 0xfd;
	assert_true(pki_factor_start(&f, (struct dv_bytes){ one, sizeof(one) }));
	pki_factor_add(&f, (struct dv_bytes){ two, sizeof(two) });
	assert_false(pki_factor_shared(&f));
	/* itself; and another length says nothing */
	pki_factor_add(&f, (struct dv_bytes){ one, sizeof(one) - 1 });
	assert_false(pki_factor_shared(&f));
	pki_factor_add(&f, (struct dv_bytes){ one, sizeof(one) });
	assert_true(pki_factor_shared(&f));
}

static void
test_refused(void **state)
{
	uint8_t large[8 * PKI_LIMBS + 1];
	const uint8_t even[] = { 1, 2 };
	struct pki_factor f;

	(void)state;
	memset(large, 0xff, sizeof(large));
	assert_false(pki_factor_start(&f, (struct dv_bytes){ large,
	    sizeof(large) }));
	assert_false(pki_factor_start(&f, (struct dv_bytes){ even, 2 }));
	assert_false(pki_factor_start(&f, (struct dv_bytes){ even, 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_product),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
