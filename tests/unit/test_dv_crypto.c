/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seam to the cryptographic library: known answers, every kind of input
 * that must not verify, and the traps this library is known to hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "bytes.h"
#include "crypto.h"
#include "lib/hex.h"

/* Signatures others have made; message and key in hexadecimal. */
struct sample {
	enum dv_key_type type;
	enum dv_sig_alg alg;
	const char *point, *message, *signature;
};

/*
 * The first is number 433 of Wycheproof's ecdsa_secp256r1_sha256: generic
 * curve code of wolfSSL 5.9.2 calls it invalid.
 */
static const struct sample samples[] = {
	{ DV_KEY_P256, DV_SIG_ECDSA_SHA256,
	  "04c6a771527024227792170a6f8eee735bf32b7f98af669ead299802e32d7c3107"
	  "bc3b4b5e65ab887bbd343572b3e5619261fe3a073e2ffd78412f726867db589e",
	  "313233343030",
	  "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978"
	  "b6db6db6249249254924924924924924625bd7a09bec4ca81bcdd9f8fd6b63cc" },
	{ DV_KEY_P256, DV_SIG_ECDSA_SHA512,
	  "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
	  "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
	  "313233343030",
	  "2478f1d049f6d857ac900a7af1772226a4c59b345fbb90613c66f42b98f981c0"
	  "5f85a63a5be977ad714cea16b10035f07cadf7513ae8cca86f35b7692aafd69f" },
	{ DV_KEY_P384, DV_SIG_ECDSA_SHA384,
	  "042da57dda1089276a543f9ffdac0bff0d976cad71eb7280e7d9bfd9fee4bdb2f2"
	  "0f47ff888274389772d98cc5752138aa4b6d054d69dcf3e25ec49df870715e34"
	  "883b1836197d76f8ad962e78f6571bbc7407b0d6091f9e4d88f014274406174f",
	  "313233343030",
	  "12b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19daf2ca28e3113083"
	  "ba8e4ae4cc45a0320abd3394f1c548d71840da9fc1d2f8f8900cf485d5413b8c"
	  "2574ee3a8d4ca03995ca30240e09513805bf6209b58ac7aa9cff54eecd82b9f1" },
	{ DV_KEY_ED25519, DV_SIG_ED25519,
	  "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa",
	  "313233343030",
	  "657c1492402ab5ce03e2c3a7f0384d051b9cf3570f1207fc78c1bcc98c281c2b"
	  "f0cf5b3a289976458a1be6277a5055545253b45b07dcc1abd96c8b989c00f301" },
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

/* A sample as bytes that a test may change. */
struct loaded {
	uint8_t point[97], message[6], signature[96];
	struct dv_key key;
	struct dv_bytes part;
	struct dv_crypto_check check;
};

static void
load(const struct sample *s, struct loaded *l)
{
	l->key = (struct dv_key){ .type = s->type };
	l->key.octets = hex(s->point, l->point, sizeof(l->point));
	l->part = hex(s->message, l->message, sizeof(l->message));
	l->check = (struct dv_crypto_check){ &l->key, s->alg, &l->part, 1,
	    hex(s->signature, l->signature, sizeof(l->signature)), 0 };
	assert_true(l->key.octets.len > 0 && l->check.signature.len > 0);
}

static void
test_samples_verify(void **state)
{
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		load(&samples[i], &l);
		assert_int_equal(dv_crypto_key(&l.key), DV_CRYPTO_VALID);
		assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_VALID);
	}
}

/* Every bit of message and signature, and of the key. */
static void
flip_all(struct loaded *l, uint8_t *bytes, size_t len)
{
	for (size_t bit = 0; bit < 8 * len; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(dv_crypto_verify(&l->check),
		    DV_CRYPTO_VALID);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(dv_crypto_verify(&l->check), DV_CRYPTO_VALID);
}

static void
test_flipped_bits_refused(void **state)
{
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		load(&samples[i], &l);
		flip_all(&l, l.message, l.part.len);
		flip_all(&l, l.signature, l.check.signature.len);
		flip_all(&l, l.point, l.key.octets.len);
	}
}

static void
test_parts_are_concatenated(void **state)
{
	struct dv_bytes parts[5];
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		load(&samples[i], &l);
		parts[0] = (struct dv_bytes){ l.message, 2 };
		parts[1] = (struct dv_bytes){ NULL, 0 };
		parts[2] = (struct dv_bytes){ l.message + 2, 1 };
		parts[3] = (struct dv_bytes){ l.message + 3, 3 };
		parts[4] = (struct dv_bytes){ l.message, 0 };
		l.check.parts = parts;
		l.check.part_count = 5;
		assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_VALID);
		l.check.part_count = 3;
		assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_INVALID);
		l.check.part_count = 0;
		assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_INVALID);
	}
}

static void
test_wrong_lengths_refused(void **state)
{
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		for (size_t n = 0; n < sizeof(l.signature); n++) {
			load(&samples[i], &l);
			if (n == l.check.signature.len)
				continue;
			l.check.signature.len = n;
			assert_int_not_equal(dv_crypto_verify(&l.check),
			    DV_CRYPTO_VALID);
		}
		for (size_t n = 0; n < sizeof(l.point); n++) {
			load(&samples[i], &l);
			if (n == l.key.octets.len)
				continue;
			l.key.octets.len = n;
			assert_int_not_equal(dv_crypto_verify(&l.check),
			    DV_CRYPTO_VALID);
			assert_int_not_equal(dv_crypto_key(&l.key),
			    DV_CRYPTO_VALID);
		}
	}
}

/* An algorithm that does not fit the key is refused before any arithmetic. */
static void
test_algorithm_must_fit_key(void **state)
{
	struct loaded l;

	(void)state;
	load(&samples[0], &l);
	l.check.alg = DV_SIG_ED25519;
	assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_FAILED);
	l.check.alg = DV_SIG_NONE;
	assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_FAILED);
	l.check.alg = DV_SIG_ECDSA_SHA256;
	l.key.type = DV_KEY_NONE;
	assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_FAILED);
	assert_int_equal(dv_crypto_key(&l.key), DV_CRYPTO_FAILED);
	load(&samples[3], &l);
	l.check.alg = DV_SIG_ECDSA_SHA256;
	assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_FAILED);
	load(&samples[0], &l);
	l.check.alg = DV_SIG_ECDSA_SHA384;
	assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_INVALID);
}

#define P256_ORDER                                                             \
	"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define P256_PRIME                                                             \
	"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define ONE "0000000000000000000000000000000000000000000000000000000000000001"
#define ONES "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void
test_r_and_s_out_of_range(void **state)
{
	static const char *const numbers[] = { ZERO, P256_ORDER, P256_PRIME,
	    ONES };
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		load(&samples[0], &l);
		assert_int_equal(hex(numbers[i], l.signature, 32).len, 32);
		assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_INVALID);
		load(&samples[0], &l);
		assert_int_equal(hex(numbers[i], l.signature + 32, 32).len, 32);
		assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_INVALID);
	}
}

/*
 * A signature whose s is 1, made by choosing the key last. s plus the order is
 * the same number to a careless verifier, and fits into as many octets.
 */
static const struct sample s_is_one = { DV_KEY_P256, DV_SIG_ECDSA_SHA256,
    "046bc234797673bed17a635ab6234e2cab9b477468686dcb81724951a6765ad6c4"
    "284218efe227ba1878320fad3c349dcee82b5907d51ee748e00b732eb9cb85f1",
    "313233343030",
    "8e533b6fa0bf7b4625bb30667c01fb607ef9f8b8a80fef5b300628703187b2a3" ONE };
#define ORDER_AND_ONE                                                          \
	"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552"

static void
test_s_above_the_order(void **state)
{
	struct loaded l;

	(void)state;
	load(&s_is_one, &l);
	assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_VALID);
	assert_int_equal(hex(ORDER_AND_ONE, l.signature + 32, 32).len, 32);
	assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_INVALID);
}

/* A point whose y is 1: p + 1 would be a second way to write it. */
#define X_OF_ONE                                                               \
	"09e78d4ef60d05f750f6636209092bc43cbdd6b47e11a9de20a9feb2a50bb96c"
#define PRIME_AND_ONE                                                          \
	"ffffffff00000001000000000000000000000001000000000000000000000000"

/* (0, y) is a point of P-256: its x can be written a second time, as p. */
#define ROOT_B                                                                 \
	"66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"

/* And y of this one is 5: it can be written a second time, as p + 5. */
#define X_OF_5                                                                 \
	"d7325d7646cd60d80a92738ceb345f844cffaf35841022cab176f692de8de1d7"
#define FIVE "0000000000000000000000000000000000000000000000000000000000000005"
#define PRIME_AND_5                                                            \
	"ffffffff00000001000000000000000000000001000000000000000000000004"

static const struct {
	enum dv_key_type type;
	const char *point;
	enum dv_crypto answer;
} points[] = {
	{ DV_KEY_P256, "04" X_OF_5 FIVE, DV_CRYPTO_VALID },
	{ DV_KEY_P256, "04" X_OF_5 PRIME_AND_5, DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "04" ZERO ROOT_B, DV_CRYPTO_VALID },
	{ DV_KEY_P256, "04" P256_PRIME ROOT_B, DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "04" X_OF_ONE ONE, DV_CRYPTO_VALID },
	{ DV_KEY_P256, "04" X_OF_ONE PRIME_AND_ONE, DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "04" ONE ROOT_B, DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "04" ONES ONES, DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "04" ZERO P256_PRIME, DV_CRYPTO_INVALID },
	/* Infinity, in the forms it might be given. */
	{ DV_KEY_P256, "00", DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "04" ZERO ZERO, DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "00" ZERO ZERO, DV_CRYPTO_INVALID },
	{ DV_KEY_P384, "04" ZERO ZERO ZERO, DV_CRYPTO_INVALID },
	{ DV_KEY_P384, "04" ONES ONES ONES, DV_CRYPTO_INVALID },
	/* Compressed, hybrid, on another curve. */
	{ DV_KEY_P256, "02" ZERO, DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "06" ZERO ROOT_B, DV_CRYPTO_INVALID },
	{ DV_KEY_P384, "04" ZERO ROOT_B, DV_CRYPTO_INVALID },
	{ DV_KEY_ED25519, ONE, DV_CRYPTO_VALID },
	{ DV_KEY_ED25519, "04" ZERO ROOT_B, DV_CRYPTO_INVALID },
	{ DV_KEY_P256, "", DV_CRYPTO_FAILED },
	{ DV_KEY_NONE, "04" ZERO ROOT_B, DV_CRYPTO_FAILED },
};

static void
test_points(void **state)
{
	uint8_t room[97];

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct dv_key key = { .type = points[i].type };

		key.octets = hex(points[i].point, room, sizeof(room));
		assert_int_equal(dv_crypto_key(&key), points[i].answer);
	}
}

/* Verification itself must not take a point that is not on its curve. */
static void
test_bad_points_never_verify(void **state)
{
	uint8_t room[97];
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		if (points[i].type != DV_KEY_P256)
			continue;
		load(&samples[0], &l);
		l.key.octets = hex(points[i].point, room, sizeof(room));
		assert_int_not_equal(dv_crypto_verify(&l.check),
		    DV_CRYPTO_VALID);
	}
}

/*
 * Keys of small order make signatures that fit many messages:
 * with R the neutral element and S = 0 they would verify for any message.
 */
static void
test_ed25519_small_order_refused(void **state)
{
	static const char *const keys[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	struct loaded l;

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		load(&samples[3], &l);
		l.key.octets = hex(keys[i], l.point, 32);
		memset(l.signature, 0, 64);
		l.signature[0] = 1;
		assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_INVALID);
	}
}

/* S + L is the same number to a careless verifier; RFC 8032 5.1.7. */
static void
test_ed25519_malleated_s_refused(void **state)
{
	uint8_t order[32];
	unsigned carry = 0;
	struct loaded l;

	(void)state;
	load(&samples[3], &l);
	assert_int_equal(hex("edd3f55c1a631258d69cf7a2def9de14"
	    "00000000000000000000000000000010", order, 32).len, 32);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)l.signature[32 + i] + order[i];
		l.signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_INVALID);
}

static const struct {
	enum dv_hash_id id;
	const char *abc;	/* digest of "abc", FIPS 180-4 examples */
} digests[] = {
	{ DV_HASH_SHA256,
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ DV_HASH_SHA384,
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7" },
	{ DV_HASH_SHA512,
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

static void
test_hash_known_answers(void **state)
{
	static const uint8_t abc[3] = "abc";
	uint8_t wanted[DV_MAX_DIGEST], got[DV_MAX_DIGEST];

	(void)state;
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		struct dv_bytes want = hex(digests[i].abc, wanted,
		    sizeof(wanted));

		memset(got, 0xff, sizeof(got));
		assert_int_equal(dv_hash_once(digests[i].id, DV_BYTES(abc),
		    got), want.len);
		assert_memory_equal(got, wanted, want.len);
		for (size_t k = want.len; k < sizeof(got); k++)
			assert_int_equal(got[k], 0);
	}
}

/* However the bytes arrive, and a copied state goes its own way. */
static void
test_hash_split_anywhere(void **state)
{
	uint8_t bytes[300], whole[DV_MAX_DIGEST], got[DV_MAX_DIGEST];
	struct dv_hash hash, copy;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (enum dv_hash_id id = DV_HASH_SHA256; id <= DV_HASH_SHA512; id++) {
		size_t n = dv_hash_once(id, DV_BYTES(bytes), whole);

		for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
			assert_true(dv_hash_start(&hash, id));
			dv_hash_update(&hash, (struct dv_bytes){ bytes, cut });
			copy = hash;
			dv_hash_update(&hash, (struct dv_bytes){ NULL, 0 });
			dv_hash_update(&hash, (struct dv_bytes){ bytes + cut,
			    sizeof(bytes) - cut });
			assert_int_equal(dv_hash_finish(&hash, got), n);
			assert_memory_equal(got, whole, n);
			assert_int_equal(dv_hash_finish(&copy, got), n);
		}
	}
}

/* A piece long enough for the processor's own instructions, after one that
 * is too short for them, is hashed as the same octets in short ones. */
static void
test_hash_long_pieces(void **state)
{
	static uint8_t bytes[3 * 20000];
	uint8_t wanted[DV_MAX_DIGEST], got[DV_MAX_DIGEST];
	struct dv_hash hash;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t first = 0; first < 130; first++) {
		size_t at = 0, n;

		assert_true(dv_hash_start(&hash, DV_HASH_SHA256));
		for (; at < sizeof(bytes); at += 1000)
			dv_hash_update(&hash, (struct dv_bytes){ bytes + at,
			    1000 });
		assert_int_equal(dv_hash_finish(&hash, wanted), 32);
		assert_true(dv_hash_start(&hash, DV_HASH_SHA256));
		for (at = 0, n = first; at < sizeof(bytes); at += n, n = 20000 +
		    first) {
			if (n > sizeof(bytes) - at)
				n = sizeof(bytes) - at;
			dv_hash_update(&hash, (struct dv_bytes){ bytes + at,
			    n });
		}
		assert_int_equal(dv_hash_finish(&hash, got), 32);
		assert_memory_equal(got, wanted, 32);
	}
}

static void
test_hash_failures_give_nothing(void **state)
{
	static const uint8_t zero[DV_MAX_DIGEST];
	uint8_t got[DV_MAX_DIGEST + 1];
	struct dv_hash hash;

	(void)state;
	memset(got, 1, sizeof(got));
	assert_false(dv_hash_start(&hash, DV_HASH_NONE));
	dv_hash_update(&hash, DV_BYTES(zero));
	assert_int_equal(dv_hash_finish(&hash, got), 0);
	assert_memory_equal(got, zero, sizeof(zero));
	memset(got, 1, sizeof(got));
	assert_int_equal(dv_hash_once((enum dv_hash_id)9, DV_BYTES(zero), got),
	    0);
	assert_memory_equal(got, zero, sizeof(zero));
	assert_int_equal(got[DV_MAX_DIGEST], 1);
	/* Finished twice. */
	assert_true(dv_hash_start(&hash, DV_HASH_SHA256));
	assert_int_equal(dv_hash_finish(&hash, got), 32);
	assert_int_equal(dv_hash_finish(&hash, got), 0);
	assert_memory_equal(got, zero, sizeof(zero));
}

static double
seconds_to_hash(struct dv_bytes bytes)
{
	uint8_t digest[DV_MAX_DIGEST];
	struct timespec begin, end;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(dv_hash_once(DV_HASH_SHA256, bytes, digest), 32);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return (double)(end.tv_sec - begin.tv_sec) +
	    (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
}

/*
 * A verification must not slow the hash that follows: registers left dirty make
 * it a hundred times slower. The best of many interleaved rounds on each side,
 * and a wide bound, so that a busy machine does not decide.
 */
static void
test_hash_as_fast_after_verify(void **state)
{
	static uint8_t bytes[1 << 18];
	double before = 1e9, after = 1e9, t;
	struct loaded l;

	(void)state;
	load(&samples[0], &l);
	for (int round = 0; round < 200; round++) {
		t = seconds_to_hash(DV_BYTES(bytes));
		before = t < before ? t : before;
		assert_int_equal(dv_crypto_verify(&l.check), DV_CRYPTO_VALID);
		t = seconds_to_hash(DV_BYTES(bytes));
		after = t < after ? t : after;
	}
	assert_true(after <= before * 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples_verify),
		cmocka_unit_test(test_flipped_bits_refused),
		cmocka_unit_test(test_parts_are_concatenated),
		cmocka_unit_test(test_wrong_lengths_refused),
		cmocka_unit_test(test_algorithm_must_fit_key),
		cmocka_unit_test(test_r_and_s_out_of_range),
		cmocka_unit_test(test_s_above_the_order),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_bad_points_never_verify),
		cmocka_unit_test(test_ed25519_small_order_refused),
		cmocka_unit_test(test_ed25519_malleated_s_refused),
		cmocka_unit_test(test_hash_known_answers),
		cmocka_unit_test(test_hash_split_anywhere),
		cmocka_unit_test(test_hash_long_pieces),
		cmocka_unit_test(test_hash_failures_give_nothing),
		cmocka_unit_test(test_hash_as_fast_after_verify),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
