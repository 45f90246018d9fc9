/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a TPM's response codes mean: every row of the table by its number as it
 * comes from the wire, no row that is not listed here, and no code without a
 * sentence. TCG TPM 2.0 Library part 2, 6.6.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tpm_esys.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define UNKNOWN_TO_US "failed (TPM 0x"

static const struct row {
	TSS2_RC code;
	const char *name, *means, *hint;	/* parts of what is said */
} of_tpm[] = {
	{ 0x100, "TPM_RC_INITIALIZE", "was not started", "power-cycle" },
	{ 0x101, "TPM_RC_FAILURE", "failure mode", "state directory" },
	{ 0x124, "TPM_RC_AUTH_TYPE", "policy", "" },
	{ 0x12f, "TPM_RC_AUTH_UNAVAILABLE", "policy", "" },
	{ 0x09d, "TPM_RC_POLICY_FAIL", "policy", "" },
	{ 0x128, "TPM_RC_PCR_CHANGED", "PCR changed", "try again" },
	{ 0x09b, "TPM_RC_SIGNATURE", "approved policy", "the authority" },
	{ 0x08e, "TPM_RC_AUTH_FAIL", "password", "" },
	{ 0x0a2, "TPM_RC_BAD_AUTH", "password", "" },
	{ 0x08b, "TPM_RC_HANDLE", "no key at this handle", "key create" },
	{ 0x085, "TPM_RC_HIERARCHY", "hierarchy is closed", "firmware set-up" },
	{ 0x09f, "TPM_RC_INTEGRITY", "by another TPM", "make it again" },
	{ 0x120, "TPM_RC_DISABLED", "switched off", "firmware set-up" },
	{ 0x14b, "TPM_RC_NV_SPACE", "memory of the TPM is full", "getcap" },
	{ 0x14c, "TPM_RC_NV_DEFINED", "there already", "compares" },
	{ 0x148, "TPM_RC_NV_LOCKED", "it is locked", "final" },
	{ 0x149, "TPM_RC_NV_AUTHORIZATION", "may not do this", "platform" },
	{ 0x0a6, "TPM_RC_CURVE", "no P-256", "" },
	{ 0x092, "TPM_RC_SCHEME", "ECDSA with SHA-256", "key create" },
	{ 0x0a0, "TPM_RC_TICKET", "restricted", "key create" },
	{ 0x902, "TPM_RC_OBJECT_MEMORY", "object slots", "/dev/tpmrm0" },
	{ 0x906, "TPM_RC_OBJECT_HANDLES", "object slots", "/dev/tpmrm0" },
	{ 0x903, "TPM_RC_SESSION_MEMORY", "session slots", "/dev/tpmrm0" },
	{ 0x905, "TPM_RC_SESSION_HANDLES", "session slots", "/dev/tpmrm0" },
	{ 0x921, "TPM_RC_LOCKOUT", "is locked after too many", "wait" },
	{ 0x922, "TPM_RC_RETRY", "stayed busy", "try again" },
	{ 0x908, "TPM_RC_YIELDED", "stayed busy", "try again" },
	{ 0x90a, "TPM_RC_TESTING", "testing itself", "try again" },
	{ 0x909, "TPM_RC_CANCELED", "cancelled", "try again" },
	{ 0x920, "TPM_RC_NV_RATE", "how often it writes", "try again" },
	{ 0x923, "TPM_RC_NV_UNAVAILABLE", "cannot write now", "try again" },
};

static const struct row of_way[] = {
	{ 0x07, "bad sequence", "unusable after an error", "try again" },
	{ 0x08, "no connection", "connection to the TPM broke", "try again" },
	{ 0x09, "time-out", "did not answer in time", "power-cycle" },
	{ 0x0a, "I/O error", "connection to the TPM broke", "still there" },
	{ 0x11, "malformed response", "does not speak TPM 2.0", "TCTI" },
	{ 0x06, "size of the response", "does not speak TPM 2.0", "TCTI" },
	{ 0x12, "size of the response", "does not speak TPM 2.0", "TCTI" },
	{ 0x13, "size of the response", "does not speak TPM 2.0", "TCTI" },
	{ 0x17, "memory", "out of memory", "" },
	{ 0x1b, "response authentication failed", "altered", "trust" },
};

static struct dv_err err;

static void
say(TSS2_RC rc)
{
	memset(&err, 0, sizeof(err));
	assert_int_equal(ds_tpm_fail(&err, "tpm:here", "signing", rc),
	    DV_EXIT_NONE);
	assert_memory_equal(err.what, "tpm:here: signing", 17);
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void
assert_row(TSS2_RC rc, const struct row *row)
{
	char code[64];
	say(rc);
	snprintf(code, sizeof(code), " (TPM 0x%x %s)", (unsigned)rc, row->name);
	assert_has(err.what, code);
	assert_has(err.what, row->means);
	assert_has(err.hint, row->hint);
	assert_true(strlen(err.what) < sizeof(err.what) - 1);
	assert_true(strlen(err.hint) < sizeof(err.hint) - 1);
}

static void
every_code_of_a_tpm(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(of_tpm); i++) {
		assert_row(of_tpm[i].code, &of_tpm[i]);
		/* As the kernel's resource manager passes it on. */
		assert_row(of_tpm[i].code | TSS2_RESMGR_TPM_RC_LAYER,
		    &of_tpm[i]);
		assert_true(ds_tpm_is(of_tpm[i].code, of_tpm[i].code));
	}
}

/* Format one: which handle, session or parameter it speaks about. */
static void
whatever_the_code_speaks_about(void **state)
{
	static const TSS2_RC about[] = { 0x100, 0x200, 0x700, 0x800, 0x900,
		0xf00, 0x040, 0x140, 0x1c0, 0xf40 };
	(void)state;
	for (size_t i = 0; i < COUNT(of_tpm); i++) {
		if ((of_tpm[i].code & TPM2_RC_FMT1) == 0)
			continue;
		for (size_t j = 0; j < COUNT(about); j++) {
			TSS2_RC rc = of_tpm[i].code | about[j];
			assert_row(rc, &of_tpm[i]);
			assert_true(ds_tpm_is(rc, of_tpm[i].code));
		}
	}
}

static void
every_code_of_the_way(void **state)
{
	static const TSS2_RC layers[] = { TSS2_TCTI_RC_LAYER,
		TSS2_ESAPI_RC_LAYER, TSS2_SYS_RC_LAYER, TSS2_MU_RC_LAYER };
	(void)state;
	for (size_t i = 0; i < COUNT(of_way); i++) {
		for (size_t j = 0; j < COUNT(layers); j++) {
			assert_row(layers[j] | of_way[i].code, &of_way[i]);
			assert_false(ds_tpm_is(layers[j] | of_way[i].code,
			    of_way[i].code));
		}
	}
}

static bool
listed(const struct row *rows, size_t count, TSS2_RC code)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].code == code)
			return true;
	}
	return false;
}

static bool
known(TSS2_RC rc)
{
	say(rc);
	return strstr(err.what, UNKNOWN_TO_US) == NULL;
}

/* A new row in sign/tpm_err.c is a new row here. */
static void
no_row_is_unlisted(void **state)
{
	(void)state;
	for (TSS2_RC rc = 1; rc < 0x1000; rc++) {
		TSS2_RC code = (rc & TPM2_RC_FMT1) != 0 ? rc & 0x0bf : rc;
		assert_int_equal(known(rc), listed(of_tpm, COUNT(of_tpm), code));
	}
	for (TSS2_RC base = 1; base < 0x100; base++)
		assert_int_equal(known(TSS2_TCTI_RC_LAYER | base),
		    listed(of_way, COUNT(of_way), base));
}

static void
an_unknown_code_is_shown_as_it_is(void **state)
{
	(void)state;
	say(0x143);	/* TPM_RC_COMMAND_CODE */
	assert_has(err.what, UNKNOWN_TO_US "143 tpm:error");
	assert_string_equal(err.hint, "");
	assert_false(ds_tpm_is(TSS2_RC_SUCCESS, TSS2_RC_SUCCESS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_of_a_tpm),
		cmocka_unit_test(whatever_the_code_speaks_about),
		cmocka_unit_test(every_code_of_the_way),
		cmocka_unit_test(no_row_is_unlisted),
		cmocka_unit_test(an_unknown_code_is_shown_as_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
