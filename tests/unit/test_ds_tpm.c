/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TPM used from C: the key that salts sessions can be pinned, and another one
 * is refused. The TPM is swtpm on a Unix socket, ended with the test.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "hostkit.h"

#include "bytes.h"
#include "key_ops.h"
#include "tpm.h"

#define START_TRIES 500		/* of 10 ms */

static struct dv_err err;
static pid_t simulator;
static char tcti[600];

static int
tpm_begin(void **state)
{
	char cwd[400], dir[420], server[460], ctrl[460];
	if (scratch_begin(state) != 0 || getcwd(cwd, sizeof(cwd)) == NULL)
		return 1;
	(void)snprintf(dir, sizeof(dir), "dir=%s", cwd);
	(void)snprintf(server, sizeof(server), "type=unixio,path=%s/sock", cwd);
	(void)snprintf(ctrl, sizeof(ctrl), "type=unixio,path=%s/sock.ctrl", cwd);
	(void)snprintf(tcti, sizeof(tcti), "swtpm:path=%s/sock", cwd);
	simulator = fork();
	if (simulator == 0) {
		/* It says when each connection ends. */
		int quiet = open("/dev/null", O_WRONLY);
		(void)dup2(quiet, STDOUT_FILENO);
		(void)dup2(quiet, STDERR_FILENO);
		execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", dir,
		    "--server", server, "--ctrl", ctrl, "--flags",
		    "not-need-init,startup-clear", (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < START_TRIES; i++) {
		struct ds_tpm *tpm;
		if (ds_tpm_open(tcti, &tpm, &err) == DV_EXIT_YES) {
			ds_tpm_close(tpm);
			return 0;
		}
		(void)usleep(10000);
	}
	return 1;
}

static int
tpm_end(void **state)
{
	if (simulator > 0) {
		(void)kill(simulator, SIGTERM);
		(void)waitpid(simulator, NULL, 0);
	}
	return scratch_end(state);
}

/* Signs with the device key, its session salted by the key of that Name. */
static enum dv_exit
sign_pinned(struct dv_bytes name)
{
	struct ds_access access = ds_access_default();
	struct ds_key *key;
	uint8_t sig[DS_MAX_SIGNATURE];
	size_t len;
	struct ds_to_sign what = { DV_SIG_ECDSA_SHA256,
		dv_text_bytes("a message") };
	access.tcti = tcti;
	access.salt_name = name;
	enum dv_exit ret = ds_key_open("tpm:0x81020000", &access, &key, &err);
	if (ret == DV_EXIT_YES)
		ret = ds_key_sign(key, &what, sig, &len, &err);
	ds_key_close(key);
	return ret;
}

static void
key_make(void)
{
	struct ds_access access = ds_access_default();
	struct ds_key *key;
	bool created;
	access.tcti = tcti;
	struct ds_key_new what = { .spec = "tpm:0x81020000",
		.access = &access };
	assert_int_equal(ds_key_create(&what, &key, &created, &err),
	    DV_EXIT_YES);
	ds_key_close(key);
}

/* The storage key where the TCG wants it, by tpm2-tools. */
static void
srk_keep(void)
{
	assert_int_equal(setenv("TPM2TOOLS_TCTI", tcti, 1), 0);
	assert_int_equal(system("tpm2_createprimary -Q -C o -G ecc -c srk && "
	    "tpm2_evictcontrol -Q -C o -c srk 0x81000001 && "
	    "tpm2_flushcontext -t"), 0);
}

static void
salt_read(struct ds_access *access, uint8_t *name, size_t *len)
{
	struct ds_tpm *tpm;
	access->tcti = tcti;
	assert_int_equal(ds_tpm_open(tcti, &tpm, &err), DV_EXIT_YES);
	assert_int_equal(ds_tpm_access(tpm, access, &err), DV_EXIT_YES);
	assert_int_equal(ds_tpm_salt_name(tpm, name, len, &err), DV_EXIT_YES);
	ds_tpm_close(tpm);
}

static void
test_salt_key_is_pinned_by_name(void **state)
{
	uint8_t name[DS_SALT_NAME];
	size_t len;
	struct ds_access access = ds_access_default();
	(void)state;
	key_make();
	/* The owner's primary key is not for later: its password may be set. */
	salt_read(&access, name, &len);
	assert_int_equal(len, 0);
	srk_keep();
	salt_read(&access, name, &len);
	assert_int_equal(len, 2 + 32);
	assert_int_equal(sign_pinned((struct dv_bytes){ name, len }),
	    DV_EXIT_YES);

	for (size_t i = 0; i < len; i++) {
		name[i] ^= 1;
		assert_int_equal(sign_pinned((struct dv_bytes){ name, len }),
		    DV_EXIT_NO);
		assert_non_null(strstr(err.what,
		    "none of this TPM's keys is the one recorded"));
		name[i] ^= 1;
	}
	assert_int_equal(sign_pinned((struct dv_bytes){ name, len - 1 }),
	    DV_EXIT_NO);
	assert_int_equal(sign_pinned((struct dv_bytes){ name, len }),
	    DV_EXIT_YES);
}

static void
test_plain_session_has_no_salt(void **state)
{
	uint8_t name[DS_SALT_NAME];
	size_t len;
	struct ds_access access = ds_access_default();
	(void)state;
	access.plain_session = true;
	salt_read(&access, name, &len);
	assert_int_equal(len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_salt_key_is_pinned_by_name),
		cmocka_unit_test(test_plain_session_has_no_salt),
	};
	return cmocka_run_group_tests_name("ds_tpm", tests, tpm_begin, tpm_end);
}
