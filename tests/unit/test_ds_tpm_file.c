/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TSS2 PRIVATE KEY files: what is written is read again, other kinds and
 * parents are named, and no octets make the reader stumble.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "der.h"
#include "host/text.h"
#include "tpm_file.h"

static struct dv_err err;
static struct ds_tpm_file made, found;
static uint8_t room[DS_TPM_FILE_MAX];

static const uint8_t pub[] = { 0, 3, 1, 2, 3 }, priv[] = { 0, 2, 4, 5 };

static struct dv_bytes
written(void)
{
	struct ds_der w = ds_der_start(room, sizeof(room));
	ds_tpm_file_write(&w, &made);
	struct dv_bytes der = ds_der_done(&w);
	assert_non_null(der.ptr);
	return der;
}

static enum dv_exit
read_back(struct dv_bytes der)
{
	err.what[0] = '\0';
	return ds_tpm_file_read("k.pem", der, &found, &err);
}

static int
fresh(void **state)
{
	(void)state;
	memset(&made, 0, sizeof(made));
	made.empty_auth = true;
	made.parent = 0x40000001;
	made.pub = DV_BYTES(pub);
	made.priv = DV_BYTES(priv);
	return 0;
}

static void
steps_put(struct ds_tpm_policy *policy, size_t count)
{
	policy->count = count;
	for (size_t i = 0; i < count; i++) {
		policy->step[i].command = 0x17f + (uint32_t)i;
		policy->step[i].body = dv_text_bytes("parameters");
	}
}

static void
assert_same_steps(const struct ds_tpm_policy *a, const struct ds_tpm_policy *b)
{
	assert_int_equal(a->count, b->count);
	assert_true(dv_bytes_equal(a->name, b->name));
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->step[i].command, b->step[i].command);
		assert_true(dv_bytes_equal(a->step[i].body, b->step[i].body));
	}
}

static void
assert_round_trip(void)
{
	assert_int_equal(read_back(written()), DV_EXIT_YES);
	assert_int_equal(found.empty_auth, made.empty_auth);
	assert_int_equal(found.parent, made.parent);
	assert_true(dv_bytes_equal(found.pub, made.pub));
	assert_true(dv_bytes_equal(found.priv, made.priv));
	assert_true(dv_bytes_equal(found.description, made.description));
	assert_same_steps(&found.policy, &made.policy);
	assert_int_equal(found.approved_count, made.approved_count);
	for (size_t i = 0; i < made.approved_count; i++)
		assert_same_steps(&found.approved[i], &made.approved[i]);
}

static void
test_round_trip(void **state)
{
	(void)state;
	assert_round_trip();
	made.empty_auth = false;
	made.parent = 0x81000001;
	assert_round_trip();
	made.description = dv_text_bytes("what it is for");
	steps_put(&made.policy, 3);
	assert_round_trip();
	made.approved_count = 2;
	steps_put(&made.approved[0], 1);
	steps_put(&made.approved[1], 2);
	made.approved[1].name = dv_text_bytes("release 7");
	assert_round_trip();
}

static void
test_limits(void **state)
{
	(void)state;
	steps_put(&made.policy, DS_TPM_STEPS);
	made.approved_count = DS_TPM_APPROVALS;
	for (size_t i = 0; i < DS_TPM_APPROVALS; i++)
		steps_put(&made.approved[i], 1);
	assert_round_trip();
}

/* A file with one element more than the reader takes: a sequence of n steps. */
static struct dv_bytes
many(uint8_t where, size_t n)
{
	struct ds_der w = ds_der_start(room, sizeof(room));
	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_oid_text(&w, "2.23.133.10.1.3");
	ds_der_begin(&w, DER_CONTEXT_CONS(where));
	ds_der_begin(&w, DER_SEQUENCE);
	for (size_t i = 0; i < n; i++) {
		ds_der_begin(&w, DER_SEQUENCE);
		if (where == 1) {
			ds_der_begin(&w, DER_CONTEXT_CONS(0));
			ds_der_small(&w, 1);
			ds_der_end(&w);
			ds_der_begin(&w, DER_CONTEXT_CONS(1));
			ds_der_element(&w, DER_OCTET_STRING, DV_BYTES(pub));
			ds_der_end(&w);
		} else {
			ds_der_begin(&w, DER_CONTEXT_CONS(1));
			ds_der_begin(&w, DER_SEQUENCE);
			ds_der_end(&w);
			ds_der_end(&w);
		}
		ds_der_end(&w);
	}
	ds_der_end(&w);
	ds_der_end(&w);
	ds_der_small(&w, 1);
	ds_der_end(&w);
	return ds_der_done(&w);
}

static void
test_one_more_than_the_limit(void **state)
{
	(void)state;
	assert_int_equal(read_back(many(1, DS_TPM_STEPS + 1)), DV_EXIT_NONE);
	assert_non_null(strstr(err.what, "cannot be read"));
	assert_int_equal(found.policy.count, DS_TPM_STEPS);
	assert_int_equal(read_back(many(3, DS_TPM_APPROVALS + 1)),
	    DV_EXIT_NONE);
	assert_int_equal(found.approved_count, DS_TPM_APPROVALS);
}

/* What stands where, and what the message must say. */
static struct dv_bytes
other(const char *kind, bool rsa_parent, struct dv_bytes parent)
{
	struct ds_der w = ds_der_start(room, sizeof(room));
	ds_der_begin(&w, DER_SEQUENCE);
	ds_der_oid_text(&w, kind);
	if (rsa_parent) {
		ds_der_begin(&w, DER_CONTEXT_CONS(5));
		ds_der_boolean(&w, true);
		ds_der_end(&w);
	}
	ds_der_element(&w, DER_INTEGER, parent);
	ds_der_element(&w, DER_OCTET_STRING, DV_BYTES(pub));
	ds_der_element(&w, DER_OCTET_STRING, DV_BYTES(priv));
	ds_der_end(&w);
	return ds_der_done(&w);
}

static void
test_other_kinds_and_parents(void **state)
{
	static const uint8_t owner[] = { 0x40, 0, 0, 1 },
	    kept[] = { 0, 0x81, 0, 0, 1 }, endorsement[] = { 0x40, 0, 0, 0x0b },
	    transient[] = { 0, 0x80, 0, 0, 1 }, negative[] = { 0x81, 0, 0, 1 },
	    large[] = { 1, 0x40, 0, 0, 1 }, longer[] = { 0, 0x80, 0, 0, 0, 1 };
	static const struct {
		const char *kind;
		bool rsa;
		struct dv_bytes parent;
		const char *says;	/* NULL: it is taken */
	} rows[] = {
		{ "2.23.133.10.1.3", false, DV_BYTES(owner), NULL },
		{ "2.23.133.10.1.3", false, DV_BYTES(kept), NULL },
		{ "2.23.133.10.1.4", false, DV_BYTES(owner), "importable" },
		{ "2.23.133.10.1.5", false, DV_BYTES(owner), "sealed data" },
		{ "2.23.133.10.1.9", false, DV_BYTES(owner), "unknown kind" },
		{ "2.23.133.10.1.3", true, DV_BYTES(owner),
		    "parent is an RSA key of 0x40000001" },
		{ "2.23.133.10.1.3", false, DV_BYTES(endorsement),
		    "parent is 0x4000000b" },
		{ "2.23.133.10.1.3", false, DV_BYTES(transient),
		    "parent is 0x80000001" },
		{ "2.23.133.10.1.3", false, DV_BYTES(negative),
		    "cannot be read" },
		{ "2.23.133.10.1.3", false, DV_BYTES(large),
		    "cannot be read" },
		{ "2.23.133.10.1.3", false, DV_BYTES(longer),
		    "cannot be read" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum dv_exit ret = read_back(other(rows[i].kind, rows[i].rsa,
		    rows[i].parent));
		assert_int_equal(ret, rows[i].says == NULL ? DV_EXIT_YES :
		    DV_EXIT_NONE);
		if (rows[i].says != NULL &&
		    strstr(err.what, rows[i].says) == NULL)
			fail_msg("row %zu: %s", i, err.what);
	}
}

/* OpenSSL's provider writes TRUE as 01. */
static void
test_flag_of_others(void **state)
{
	static const uint8_t ours[] = { 0xa0, 3, 1, 1, 0xff };
	(void)state;
	struct dv_bytes der = written();
	uint8_t *flag = memmem(room, der.len, ours, sizeof(ours));
	assert_non_null(flag);
	flag[4] = 1;
	assert_int_equal(read_back(der), DV_EXIT_YES);
	assert_true(found.empty_auth);
	flag[4] = 0;
	assert_int_equal(read_back(der), DV_EXIT_YES);
	assert_false(found.empty_auth);
}

static void
full_file(void)
{
	steps_put(&made.policy, 2);
	made.approved_count = 2;
	steps_put(&made.approved[0], 2);
	steps_put(&made.approved[1], 1);
	made.approved[1].name = dv_text_bytes("release 7");
	made.description = dv_text_bytes("what it is for");
}

/* Exactly as large as it must be, so that a tool sees a read behind it. */
static enum dv_exit
read_copy(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	assert_non_null(copy);
	memcpy(copy, bytes, len);
	enum dv_exit ret = read_back((struct dv_bytes){ copy, len });
	free(copy);
	return ret;
}

static void
test_cut_anywhere(void **state)
{
	(void)state;
	full_file();
	struct dv_bytes der = written();
	for (size_t len = 0; len < der.len; len++)
		assert_int_equal(read_copy(der.ptr, len), DV_EXIT_NONE);
	assert_int_equal(read_copy(der.ptr, der.len), DV_EXIT_YES);
	assert_int_equal(read_copy(der.ptr, der.len + 1), DV_EXIT_NONE);
}

static void
test_any_octet_changed(void **state)
{
	(void)state;
	full_file();
	struct dv_bytes der = written();
	for (size_t i = 0; i < der.len; i++) {
		uint8_t was = room[i];
		for (unsigned to = 0; to < 256; to++) {
			room[i] = (uint8_t)to;
			if (read_copy(room, der.len) == DV_EXIT_YES)
				assert_true(found.policy.count <= DS_TPM_STEPS);
		}
		room[i] = was;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_round_trip, fresh),
		cmocka_unit_test_setup(test_limits, fresh),
		cmocka_unit_test_setup(test_one_more_than_the_limit, fresh),
		cmocka_unit_test_setup(test_other_kinds_and_parents, fresh),
		cmocka_unit_test_setup(test_flag_of_others, fresh),
		cmocka_unit_test_setup(test_cut_anywhere, fresh),
		cmocka_unit_test_setup(test_any_octet_changed, fresh),
	};
	return cmocka_run_group_tests_name("ds_tpm_file", tests, NULL, NULL);
}
