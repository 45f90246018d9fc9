/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CRLs: the limit of size and a million entries, entries one by one, and what
 * the reader leaves behind. The defects of form are vectors (vectors/crl).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "dv_crl.h"

/* A CRL as octets: everything before and behind the entries. */
static const uint8_t alg[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
	0x3d, 0x04, 0x03, 0x02 };
static const uint8_t issuer[] = { 0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 0x06,
	0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'x' };
static const uint8_t times[] = "\x17\x0d" "260501000000Z" "\x17\x0d"
    "260701000000Z";
static const uint8_t signature[] = { 0x03, 0x02, 0x00, 0x00 };
static const uint8_t bare[] = "\x30\x12\x02\x01\x05\x17\x0d" "260401000000Z";

static uint8_t *room;
static size_t used;

static void
put(const void *octets, size_t len)
{
	memcpy(room + used, octets, len);
	used += len;
}

/* A head of six octets: tag and a length of four. */
static void
put_head(uint8_t tag, size_t len)
{
	const uint8_t head[] = { tag, 0x84, (uint8_t)(len >> 24),
		(uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };

	put(head, sizeof(head));
}

#define VERSION "\x02\x01\x01"
#define FRAME (6 + 6 + 3 + sizeof(alg) + sizeof(issuer) + sizeof(times) - 1 + \
    6 + sizeof(alg) + sizeof(signature))

/* A list of `total` octets, above 16 MiB: entries of 20, the first one longer
 * to fit. */
static struct dv_bytes
make(size_t total)
{
	size_t list = total - FRAME, n = list / 20 - 30, pad = list - n * 20;
	static uint8_t first[1024];

	room = malloc(total);
	assert_non_null(room);
	used = 0;
	put_head(0x30, total - 6);
	put_head(0x30, total - 12 - sizeof(alg) - sizeof(signature));
	put(VERSION, 3);
	put(alg, sizeof(alg));
	put(issuer, sizeof(issuer));
	put(times, sizeof(times) - 1);
	put_head(0x30, list);
	/* 30 82 len 02 82 len 01... 17 0d date */
	memset(first, 1, sizeof(first));
	first[0] = 0x30;
	first[1] = first[5] = 0x82;
	first[2] = (uint8_t)((pad - 4) >> 8);
	first[3] = (uint8_t)(pad - 4);
	first[4] = 0x02;
	first[6] = (uint8_t)((pad - 23) >> 8);
	first[7] = (uint8_t)(pad - 23);
	memcpy(first + pad - 15, bare + 5, 15);
	put(first, pad);
	for (size_t i = 0; i < n; i++)
		put(bare, 20);
	put(alg, sizeof(alg));
	put(signature, sizeof(signature));
	assert_int_equal(used, total);
	return (struct dv_bytes){ room, total };
}

static void
size_limit(void **state)
{
	struct dv_crl crl;
	struct dv_at at;
	struct dv_bytes der;

	(void)state;
	der = make(DV_MAX_CRL);
	assert_int_equal(dv_crl_parse(der, &crl, &at), DV_R_NONE);
	assert_true(crl.entry_count > 3000000);
	free(room);
	der = make(DV_MAX_CRL + 1);
	assert_int_equal(dv_crl_parse(der, &crl, &at), DV_R_INPUT_TOO_BIG);
	assert_int_equal(at.field, DV_F_CRL);
	assert_int_equal(at.wanted.number, DV_MAX_CRL);
	assert_null(crl.der.ptr);
	free(room);
}

static void
entries_walked(void **state)
{
	struct dv_crl_entry entry = { .has_invalidity = false };
	struct dv_bytes der = make(17 << 20), rest;
	struct dv_crl crl;
	struct dv_at at;
	size_t n = 0;

	(void)state;
	assert_int_equal(dv_crl_parse(der, &crl, &at), DV_R_NONE);
	assert_int_equal(crl.version, 2);
	assert_int_equal(crl.sig_alg, DV_SIG_ECDSA_SHA256);
	assert_int_equal(crl.point.reasons, DV_CRL_ALL_REASONS);
	for (unsigned ext = 0; ext < DV_CRL_EXT_COUNT; ext++)
		assert_false(dv_crl_has(&crl, (enum dv_crl_ext)ext));
	crl.present = DV_CRL_EXT_BIT(DV_CRL_EXT_DELTA);
	assert_true(dv_crl_has(&crl, DV_CRL_EXT_DELTA));
	assert_false(dv_crl_has(&crl, DV_CRL_EXT_NUMBER));
	for (rest = crl.entries; dv_crl_next(&rest, &entry); n++) {
		assert_int_equal(entry.reason, DV_CRL_UNSPECIFIED);
		assert_int_equal(entry.issuer.len, 0);
		assert_int_equal(entry.date.s, 1775001600);
	}
	assert_int_equal(rest.len, 0);
	assert_int_equal(n, crl.entry_count);
	assert_int_equal(entry.serial.len, 1);
	free(room);
}

/* Two entries: the first names an issuer, a reason and a date. */
static const uint8_t full[] =
    "\x30\x54\x02\x01\x05\x17\x0d" "260401000000Z"
    "\x30\x40"
    "\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x06"
    "\x30\x18\x06\x03\x55\x1d\x18\x04\x11\x18\x0f" "20260101000000Z"
    "\x30\x18\x06\x03\x55\x1d\x1d\x01\x01\xff\x04\x0e\x30\x0c"
    "\xa4\x0a\x30\x08\x31\x06\x30\x04\x06\x00\x0c\x00"
    "\x30\x12\x02\x01\x06\x17\x0d" "260401000000Z";

static void
entry_issuer_stays(void **state)
{
	static uint8_t list[sizeof(full)];
	struct dv_crl_entry entry = { .has_invalidity = false };
	struct dv_bytes rest = { list, sizeof(full) - 1 };

	(void)state;
	memcpy(list, full, sizeof(full));
	/* A directoryName would need a whole Name: a URI is as good here. */
	memcpy(list + 74, "\x86\x0a" "0123456789", 12);
	assert_true(dv_crl_next(&rest, &entry));
	assert_int_equal(entry.reason, DV_CRL_CERTIFICATE_HOLD);
	assert_true(entry.has_invalidity);
	assert_int_equal(entry.invalidity.s, 1767225600);
	assert_int_equal(entry.issuer.len, 12);
	assert_true(dv_crl_next(&rest, &entry));
	assert_int_equal(entry.serial.ptr[0], 6);
	assert_int_equal(entry.reason, DV_CRL_UNSPECIFIED);
	assert_false(entry.has_invalidity);
	assert_int_equal(entry.issuer.len, 12);
	assert_false(dv_crl_next(&rest, &entry));
	assert_int_equal(rest.len, 0);
}

static void
reason_names(void **state)
{
	(void)state;
	assert_string_equal(dv_crl_reason_name(DV_CRL_UNSPECIFIED),
	    "unspecified");
	assert_string_equal(dv_crl_reason_name(DV_CRL_REMOVE_FROM_CRL),
	    "removeFromCRL");
	assert_string_equal(dv_crl_reason_name(DV_CRL_AA_COMPROMISE),
	    "aACompromise");
	assert_string_equal(dv_crl_reason_name((enum dv_crl_reason)7), "");
	assert_string_equal(dv_crl_reason_name((enum dv_crl_reason)11), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_limit),
		cmocka_unit_test(entries_walked),
		cmocka_unit_test(entry_issuer_stays),
		cmocka_unit_test(reason_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
