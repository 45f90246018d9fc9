/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Confirming an envelope: what comes out is what the verifier accepts, signed
 * octets stay, and whatever is refused leaves nothing and asks no key.
 */
#include "lib/signer.h"

#include "key_ops.h"

static struct pki *device, *desk, *office;

static int
setup(void **state)
{
	(void)state;
	device = pki_new(DV_KEY_P256);
	desk = pki_new(DV_KEY_P384);
	office = pki_new(DV_KEY_ED25519);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pki_free(device);
	pki_free(desk);
	pki_free(office);
	return 0;
}

static struct ds_sign1_new
confirmation(const struct pki *who, const struct dv_buf *before)
{
	return (struct ds_sign1_new){ .key = who->leaf.key,
	    .chain = &who->chain, .iat = { NOW },
	    .before = dv_buf_bytes(before) };
}

static void
confirm(const struct pki *who, const struct dv_buf *before,
    struct dv_buf *after)
{
	const struct ds_sign1_new what = confirmation(who, before);
	struct dv_err err = { "", "" };

	assert_int_equal(ds_countersign(&what, after, &err), DV_EXIT_YES);
}

static struct dv_sign1
parsed(const struct dv_buf *envelope)
{
	struct dv_sign1 s;
	struct dv_at at;

	assert_int_equal(dv_sign1_parse(dv_buf_bytes(envelope),
	    DV_PROFILE_STRICT, &s, &at), DV_R_NONE);
	return s;
}

/* The verifier's whole answer, and what it says of those who confirmed. */
static struct dv_verdict
asked_of(const struct dv_sign1 *s, struct dv_countersigner *who)
{
	static struct dv_work work;
	static struct dv_path path;
	const struct dv_anchor anchors[] = { device->anchor, desk->anchor,
	    office->anchor };
	const struct dv_chain trust = { .anchors = anchors,
	    .anchor_count = 3 };
	const struct dv_policy policy = dv_policy_strict((dv_time){ NOW });
	const struct dv_question question = { .digest = { digest_octets, 32 },
	    .trust = &trust, .policy = &policy, .countersigners = who };
	const struct dv_verdict verdict = dv_sign1_verify(s, &question, &work,
	    &path);

	if (verdict.status == DV_ACCEPTED)
		assert_ptr_equal(path.cert[0].der.ptr, s->x5chain[0].ptr);
	else
		assert_int_equal(path.count, 0);
	return verdict;
}

static void
test_accepted(void **state)
{
	const struct ds_sign1_new what = order(device);
	struct dv_countersigner who[DV_MAX_COUNTERSIGNATURES];
	struct dv_buf one = { NULL, 0, 0 }, two = one, three = one;
	struct dv_sign1 before, after, counter;
	struct dv_at at;

	(void)state;
	sign(&what, &one);
	confirm(desk, &one, &two);
	confirm(office, &two, &three);
	before = parsed(&one);
	after = parsed(&three);
	assert_int_equal(before.countersignatures, 0);
	assert_int_equal(after.countersignatures, 2);
	assert_true(dv_bytes_equal(before.protected_map, after.protected_map));
	assert_true(dv_bytes_equal(before.payload, after.payload));
	assert_true(dv_bytes_equal(before.signature, after.signature));
	assert_int_equal(asked_of(&after, who).status, DV_ACCEPTED);
	assert_int_equal(who[0].count, 2);
	assert_int_equal(who[1].good_until.s, NOW + 30 * DAY);
	assert_int_equal(asked_of(&after, NULL).status, DV_ACCEPTED);

	assert_int_equal(dv_sign1_countersignature(&after, 1, &counter, &at),
	    DV_R_NONE);
	assert_int_equal(counter.key_type, DV_KEY_ED25519);
	assert_true(dv_bytes_equal(counter.target, after.signature));
	/* By itself it is the answer to nothing. */
	assert_int_equal(asked_of(&counter, NULL).reason, DV_R_INTERNAL);
	assert_int_equal(dv_sign1_countersignature(&after, 2, &counter, &at),
	    DV_R_INTERNAL);
	assert_int_equal(counter.x5chain_count, 0);
	after.countersignatures = DV_MAX_COUNTERSIGNATURES + 1;
	assert_int_equal(asked_of(&after, NULL).reason, DV_R_INTERNAL);
	dv_buf_free(&one);
	dv_buf_free(&two);
	dv_buf_free(&three);
}

/* Each octet of what was added, and of what it confirms. */
static void
test_altered(void **state)
{
	const struct ds_sign1_new what = order(device);
	struct dv_buf one = { NULL, 0, 0 }, two = one;
	struct dv_sign1 s;
	struct dv_at at;

	(void)state;
	sign(&what, &one);
	confirm(desk, &one, &two);
	for (size_t i = 0; i < two.len; i++) {
		two.ptr[i] ^= 1;
		if (dv_sign1_parse(dv_buf_bytes(&two), DV_PROFILE_STRICT, &s,
		    &at) == DV_R_NONE)
			assert_int_equal(asked_of(&s, NULL).status,
			    DV_REJECTED);
		two.ptr[i] ^= 1;
	}
	s = parsed(&two);
	assert_int_equal(asked_of(&s, NULL).status, DV_ACCEPTED);
	dv_buf_free(&one);
	dv_buf_free(&two);
}

/* A key that counts how often it is asked, and lies. */
static unsigned asked;

static enum dv_exit
lying_sign(struct ds_key *key, const struct ds_to_sign *what, uint8_t *sig,
    struct dv_err *err)
{
	(void)key;
	(void)what;
	(void)err;
	asked++;
	memset(sig, 0x11, DV_MAX_SIGNATURE);
	return DV_EXIT_YES;
}

static const struct ds_key_ops lying = { "lying", NULL, NULL, lying_sign,
    NULL, NULL };

static void
check_refused(const struct pki *who, const struct dv_buf *before,
    const char *words, unsigned times)
{
	struct ds_key key = *who->leaf.key;
	struct ds_sign1_new what = confirmation(who, before);
	struct dv_buf out = { NULL, 0, 0 };
	struct dv_err err = { "", "" };

	key.ops = &lying;
	what.key = &key;
	asked = 0;
	assert_int_not_equal(ds_countersign(&what, &out, &err), DV_EXIT_YES);
	if (strstr(err.what, words) == NULL)
		assert_string_equal(err.what, words);
	assert_int_equal(asked, times);
	assert_int_equal(out.len, 0);
	dv_buf_free(&out);
}

static void
test_refused(void **state)
{
	struct ds_sign1_new what = order(device);
	struct dv_buf one = { NULL, 0, 0 }, two = one, several = one;

	(void)state;
	sign(&what, &one);
	confirm(desk, &one, &two);
	check_refused(desk, &one, "the signature it made does not verify", 1);
	check_refused(device, &one, "this key has signed the envelope", 0);
	check_refused(desk, &two, "countersigned the envelope already", 0);
	what.several = true;
	sign(&what, &several);
	check_refused(desk, &several, "of several signatures", 0);
	one.len--;
	check_refused(desk, &one, "cbor-truncated", 0);
	one.len++;
	one.ptr[one.len - 1] ^= 1;
	check_refused(desk, &one, "envelope-signature-invalid at envelope "
	    "signature", 0);
	two.ptr[two.len - 1] ^= 1;
	check_refused(office, &two, "envelope-signature-invalid at envelope "
	    "signature", 0);
	two.ptr[two.len - 1] ^= 1;
	/* The last octet of the countersignature stands before the payload. */
	two.ptr[two.len - 66 - 34 - 1] ^= 1;
	check_refused(office, &two, "envelope-signature-invalid at "
	    "countersignature 1 signature", 0);
	dv_buf_free(&one);
	dv_buf_free(&two);
	dv_buf_free(&several);
}

static void
test_signer(void **state)
{
	const struct ds_sign1_new order_of_it = order(device);
	struct dv_buf one = { NULL, 0, 0 }, out = one;
	struct ds_sign1_new what;
	struct dv_err err = { "", "" };

	(void)state;
	sign(&order_of_it, &one);
	what = confirmation(desk, &one);
	what.chain = &office->chain;
	assert_int_equal(ds_countersign(&what, &out, &err), DV_EXIT_NO);
	assert_non_null(strstr(err.what, "not for the key"));
	what = confirmation(desk, &one);
	what.iat.s = NOW + 31 * DAY;
	assert_int_equal(ds_countersign(&what, &out, &err), DV_EXIT_NO);
	assert_non_null(strstr(err.what, "not valid at the signing time"));
	assert_int_equal(out.len, 0);
	dv_buf_free(&one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_signer),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
