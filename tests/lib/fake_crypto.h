/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands in for crypto_wolf.c behind crypto.h: counts what is asked, and can be
 * told to fail. Include it in one file of a test, with certkit.h.
 */
#ifndef TEST_FAKE_CRYPTO_H
#define TEST_FAKE_CRYPTO_H

#include "crypto.h"
#include "lib/certkit.h"

static struct fake {
	unsigned verified;	/* how often a signature was asked about */
	unsigned fail_at;	/* this asking, from 1, gets `instead` */
	enum dv_crypto instead;
	bool always_valid;
	bool bad_point;
	uint8_t bad_key;	/* the point of this key is on no curve */
} fake;

enum dv_crypto
dv_crypto_key(const struct dv_key *key)
{
	bool bad = fake.bad_point ||
	    (key->octets.len == 65 && key->octets.ptr[64] == fake.bad_key);

	return bad ? DV_CRYPTO_INVALID : DV_CRYPTO_VALID;
}

enum dv_crypto
dv_crypto_verify(const struct dv_crypto_check *c)
{
	uint32_t sum = KIT_SUM_START;
	const uint8_t *end;

	if (++fake.verified == fake.fail_at)
		return fake.instead;
	if (fake.always_valid)
		return DV_CRYPTO_VALID;
	if (c->key->octets.len != 65 || c->signature.len != 64)
		return DV_CRYPTO_INVALID;
	for (size_t i = 0; i < c->part_count; i++)
		sum = kit_sum(c->parts[i], sum);
	end = c->signature.ptr + 64;
	return c->signature.ptr[31] == c->key->octets.ptr[64] &&
	    end[-4] == (uint8_t)(sum >> 24) && end[-3] == (uint8_t)(sum >> 16) &&
	    end[-2] == (uint8_t)(sum >> 8) && end[-1] == (uint8_t)sum ?
	    DV_CRYPTO_VALID : DV_CRYPTO_INVALID;
}

#endif
