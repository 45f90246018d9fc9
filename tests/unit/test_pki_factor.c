/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared primes, on small numbers where every answer is known, and on the
 * largest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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
	uint8_t one[PKI_FACTOR], two[PKI_FACTOR];
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
	uint8_t large[PKI_FACTOR + 1];
	const uint8_t even[] = { 1, 2 };
	struct pki_factor f;

	(void)state;
	memset(large, 0xff, sizeof(large));
	assert_false(pki_factor_start(&f, (struct dv_bytes){ large,
	    sizeof(large) }));
	assert_false(pki_factor_start(&f, (struct dv_bytes){ even, 2 }));
	assert_false(pki_factor_start(&f, (struct dv_bytes){ even, 0 }));
}

/* ---- all at once ---------------------------------------------------------- */

static uint64_t
chance(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

__extension__ typedef unsigned __int128 wide;

static void
slowly(uint64_t *out, const uint64_t *x, const uint64_t *y, size_t limbs)
{
	memset(out, 0, 2 * limbs * sizeof(*out));
	for (size_t i = 0; i < limbs; i++) {
		wide sum = 0;

		for (size_t j = 0; j < limbs; j++) {
			sum += (wide)x[i] * y[j] + out[i + j];
			out[i + j] = (uint64_t)sum;
			sum >>= 64;
		}
		out[i + limbs] = (uint64_t)sum;
	}
}

#define MANY 40

/* Against gcd() of every pair, in blocks of every size. */
static void
test_tree_small(void **state)
{
	uint64_t n[MANY];
	uint8_t room[MANY][8];
	struct dv_bytes moduli[MANY];

	(void)state;
	for (size_t round = 0; round < 2000; round++) {
		size_t count = 1 + chance() % MANY;
		size_t octets = 3 + chance() % 6;
		bool shared[MANY];

		for (size_t i = 0; i < count; i++) {
			n[i] = (chance() >> (64 - 8 * octets)) | 1;
			moduli[i] = number(n[i], room[i], octets);
		}
		assert_true(pki_factor_tree(moduli, count, (size_t)1 <<
		    chance() % 7, shared));
		for (size_t i = 0; i < count; i++) {
			bool want = false;

			for (size_t j = 0; j < count; j++)
				want = want || (j != i && gcd(n[i], n[j]) != 1);
			assert_int_equal(shared[i], want);
		}
	}
}

#define LARGE PKI_FACTOR
#define LIMBS (LARGE / 8)

/* n = p * q of two numbers of half the octets. */
static void
multiply(uint8_t *n, const uint64_t *p, const uint64_t *q, size_t octets)
{
	uint64_t product[LIMBS];

	slowly(product, p, q, octets / 16);
	for (size_t i = 0; i < octets; i++)
		n[i] = (uint8_t)(product[(octets - 1 - i) / 8] >>
		    8 * ((octets - 1 - i) % 8));
}

/* Odd numbers of chance have small factors in common, these have none of those:
 * they are 1 modulo all primes up to 47. */
static void
part_of(uint64_t *p, size_t limbs)
{
	static const uint64_t small = 614889782588491410; /* all up to 47 */
	uint64_t one[LIMBS / 2] = { small }, k[LIMBS / 2] = { 0 },
	    out[LIMBS];

	for (size_t i = 0; i < limbs - 1; i++)
		k[i] = chance();
	slowly(out, one, k, limbs);
	memcpy(p, out, limbs * sizeof(*p));
	p[0]++;
}

static bool
any_pair(const struct dv_bytes *moduli, size_t count, size_t i)
{
	for (size_t j = 0; j < count; j++) {
		if (j != i && pki_factor_pair(moduli[i], moduli[j]))
			return true;
	}
	return false;
}

static void
test_tree_large(void **state)
{
	enum { COUNT = 70, FIRST = 17, SECOND = 69, EVEN = 5, TWICE = 40,
	    AGAIN = 41 };
	static uint8_t room[COUNT][LARGE];
	static struct dv_bytes moduli[COUNT];
	static bool shared[COUNT];
	uint64_t p[LIMBS / 2], q[LIMBS / 2], kept[LIMBS / 2];

	(void)state;
	for (size_t octets = 128; octets <= LARGE; octets *= 2) {
		for (size_t i = 0; i < COUNT; i++) {
			part_of(p, octets / 16);
			part_of(q, octets / 16);
			if (i == FIRST)
				memcpy(kept, p, sizeof(p));
			multiply(room[i], i == SECOND ? kept : p, q, octets);
			moduli[i] = (struct dv_bytes){ room[i], octets };
		}
		room[EVEN][octets - 1] &= 0xfe;
		memcpy(room[AGAIN], room[TWICE], octets);
		for (size_t most = 8; most <= 128; most *= 4) {
			assert_true(pki_factor_tree(moduli, COUNT, most,
			    shared));
			assert_true(shared[FIRST] && shared[SECOND]);
			assert_true(shared[TWICE] && shared[AGAIN]);
			assert_false(shared[EVEN]);
			for (size_t i = 0; i < COUNT; i++)
				assert_int_equal(shared[i], any_pair(moduli,
				    COUNT, i));
		}
	}
}

/* Numbers of unlike lengths, and the largest of each. */
static void
test_tree_lengths(void **state)
{
	uint8_t ones[LARGE], three = 3, five = 5;
	struct dv_bytes moduli[] = { { ones, LARGE }, { &three, 1 },
	    { &five, 1 }, { ones, 1 } };
	bool shared[4];

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	assert_true(pki_factor_tree(moduli, 4, 4, shared));
	assert_true(shared[0] && shared[1] && shared[2] && shared[3]);
	assert_true(pki_factor_tree(moduli + 1, 2, 4, shared));
	assert_false(shared[0] || shared[1]);
	assert_true(pki_factor_tree(moduli, 1, 4, shared));
	assert_false(shared[0]);
	assert_true(pki_factor_tree(moduli, 0, 4, shared));
	assert_true(pki_factor_pair(moduli[0], moduli[1]));
	assert_false(pki_factor_pair(moduli[1], moduli[2]));
}

/* AddressSanitizer shall say that there is no memory, as malloc() does. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* Room for what there is now, and no more. */
static struct rlimit
no_memory(void)
{
	FILE *in = fopen("/proc/self/statm", "re");
	struct rlimit was, now;
	unsigned long pages;
	char line[200];

	assert_non_null(in);
	assert_non_null(fgets(line, sizeof(line), in));
	assert_int_equal(fclose(in), 0);
	pages = strtoul(line, NULL, 10);
	assert_true(pages > 0);
	assert_int_equal(getrlimit(RLIMIT_AS, &was), 0);
	now = was;
	now.rlim_cur = (pages + 64) * (rlim_t)sysconf(_SC_PAGESIZE);
	assert_int_equal(setrlimit(RLIMIT_AS, &now), 0);
	return was;
}

/* It is said before GMP, which would end the program, has need of any. */
static void
test_tree_memory(void **state)
{
	enum { COUNT = 1024 };
	static uint8_t ones[LARGE];
	static struct dv_bytes moduli[COUNT];
	static bool shared[COUNT];
	struct rlimit was;
	bool done;

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	for (size_t i = 0; i < COUNT; i++)
		moduli[i] = (struct dv_bytes){ ones, LARGE };
	was = no_memory();
	done = pki_factor_tree(moduli, COUNT, COUNT, shared);
	assert_int_equal(setrlimit(RLIMIT_AS, &was), 0);
	assert_false(done);
	assert_true(pki_factor_tree(moduli, COUNT, COUNT, shared));
	assert_true(shared[0] && shared[COUNT - 1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree_small),
		cmocka_unit_test(test_tree_large),
		cmocka_unit_test(test_tree_lengths),
		cmocka_unit_test(test_tree_memory),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_product),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
