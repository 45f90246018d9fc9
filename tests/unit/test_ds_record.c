/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device's record: what is read is what was written, and everything else is
 * refused with its line. The state directory on a real disk.
 */
#include "hostkit.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "device.h"
#include "host/text.h"

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HASH2 "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct dv_err err;
static struct ds_record record;

static void
reads_what_it_writes(void **state)
{
	static const char text[] = "devsign-record = 1\n"
	    "idevid-key = tpm:0x81020000\nidevid-spki = " HASH "\n"
	    "template = devid-p256-v1\nnv = 0x01c90200\n"
	    "ldevid-key = file:/a b = c.pem\nldevid-spki = " HASH2 "\n"
	    "generation = 999999999\nnext-key = tpm:/x.pem\n"
	    "next-spki = " HASH "\nold-key = file:/y.pem\nsalt-key = 000b12\n";
	struct dv_buf out = { NULL, 0, 0 };

	(void)state;
	assert_int_equal(ds_record_read(dv_text_bytes(text), &record, &err),
	    DV_EXIT_YES);
	assert_string_equal(record.ldevid_key, "file:/a b = c.pem");
	assert_int_equal(record.nv, 0x01c90200);
	assert_int_equal(record.generation, 999999999);
	assert_true(ds_record_write(&record, &out));
	assert_int_equal(out.len, sizeof(text) - 1);
	assert_memory_equal(out.ptr, text, out.len);
	dv_buf_free(&out);
}

static void
an_empty_record_is_one_line(void **state)
{
	struct dv_buf out = { NULL, 0, 0 };

	(void)state;
	record = (struct ds_record){ .nv = 0 };
	assert_true(ds_record_write(&record, &out));
	assert_int_equal(out.len, strlen("devsign-record = 1\n"));
	assert_int_equal(ds_record_read(dv_buf_bytes(&out), &record, &err),
	    DV_EXIT_YES);
	dv_buf_free(&out);
}

static const struct {
	const char *text, *says;
} broken[] = {
	{ "", "line 1: wanted \"devsign-record = 1\"" },
	{ "devsign-record = 2\n", "line 1: wanted" },
	{ "devsign-record = 1", "line 1: wanted" },
	{ "generation = 1\ndevsign-record = 1\n", "line 1: wanted" },
	{ "devsign-record = 1\n\n", "line 2: wanted \"name = value\"" },
	{ "devsign-record = 1\ngeneration=1\n", "line 2: wanted" },
	{ "devsign-record = 1\ngeneration = \n", "line 2: wanted" },
	{ "devsign-record = 1\n = 1\n", "line 2: wanted" },
	{ "devsign-record = 1\r\n", "line 1: wanted" },
	{ "devsign-record = 1\nold-key = a\tb\n", "line 2: wanted" },
	{ "devsign-record = 1\nold-key = a\xff\n", "line 2: wanted" },
	{ "devsign-record = 1\ngeneration = 1", "line 2: has no end" },
	{ "devsign-record = 1\ncolour = red\n", "line 2: unknown name \"colour\"" },
	{ "devsign-record = 1\ndevsign-record = 1\n", "line 2: unknown name" },
	{ "devsign-record = 1\nold-key = a\ngeneration = 1\nold-key = a\n",
	    "line 4: old-key stands in line 2 already" },
	{ "devsign-record = 1\ngeneration = 0\n", "line 2: the value of gen" },
	{ "devsign-record = 1\ngeneration = 01\n", "line 2: the value of gen" },
	{ "devsign-record = 1\ngeneration = -1\n", "line 2: the value of gen" },
	{ "devsign-record = 1\ngeneration = 1234567890\n", "line 2: the value" },
	{ "devsign-record = 1\ngeneration = 1 \n", "line 2: the value" },
	{ "devsign-record = 1\nnv = 0x1c90200\n", "line 2: the value of nv" },
	{ "devsign-record = 1\nnv = 0x81020000\n", "line 2: the value of nv" },
	{ "devsign-record = 1\nnv = 0x01C90200\n", "line 2: the value of nv" },
	{ "devsign-record = 1\nnv = 0x01c90200\n",
	    "line 2: nv needs idevid-key, which is missing" },
	{ "devsign-record = 1\nidevid-key = tpm:0x81020000\n",
	    "line 2: idevid-key needs idevid-spki, which is missing" },
	{ "devsign-record = 1\nnext-spki = " HASH "\n",
	    "line 2: next-spki needs next-key" },
	{ "devsign-record = 1\nldevid-spki = " HASH "0\n", "line 2: the value" },
	{ "devsign-record = 1\nldevid-spki = 0011\n", "line 2: the value" },
	{ "devsign-record = 1\nsalt-key = 0\n", "line 2: the value" },
	{ "devsign-record = 1\nsalt-key = 0B\n", "line 2: the value" },
};

static void
refuses_with_the_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		memset(&record, 1, sizeof(record));
		assert_int_equal(ds_record_read(dv_text_bytes(broken[i].text),
		    &record, &err), DV_EXIT_NONE);
		assert_non_null(strstr(err.what, broken[i].says));
		assert_int_equal(record.generation, 0);
		assert_string_equal(record.old_key, "");
	}
}

static void
a_keyspec_has_a_bound(void **state)
{
	char text[DS_RECORD_SPEC + 64];

	(void)state;
	for (int over = 0; over < 2; over++) {
		int n = snprintf(text, sizeof(text),
		    "devsign-record = 1\nold-key = %0*d\n",
		    DS_RECORD_SPEC - 1 + over, 0);
		assert_true(n > DS_RECORD_SPEC);
		assert_int_equal(ds_record_read(dv_text_bytes(text), &record,
		    &err), over == 0 ? DV_EXIT_YES : DV_EXIT_NONE);
	}
}

static void
hardware_is_told_by_the_keyspec(void **state)
{
	(void)state;
	assert_true(ds_spec_in_hardware("tpm:0x81020000"));
	assert_true(ds_spec_in_hardware("pkcs11:token=a"));
	assert_false(ds_spec_in_hardware("tpm:/k.pem"));
	assert_false(ds_spec_in_hardware("file:k.pem"));
}

/* ---- the directory --------------------------------------------------------- */

static void
begin_makes_sweeps_and_reads(void **state)
{
	struct ds_device device;
	struct stat st;

	(void)state;
	(void)umask(022);
	assert_int_equal(ds_device_begin("d", &device, &err), DV_EXIT_YES);
	assert_false(device.there);
	assert_int_equal(stat("d", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	(void)snprintf(device.record.old_key, DS_RECORD_SPEC, "file:x");
	assert_int_equal(ds_device_save(&device, &err), DV_EXIT_YES);
	assert_int_equal(stat("d/device", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	ds_device_end(&device);
	put_file("d/.0123456789abcdef.tmp", "half a key");
	put_file("d/.0123456789abcdeg.tmp", "of others");
	assert_int_equal(ds_device_begin("d", &device, &err), DV_EXIT_YES);
	assert_true(device.there);
	assert_string_equal(device.record.old_key, "file:x");
	assert_false(ds_device_has(&device, ".0123456789abcdef.tmp"));
	assert_true(ds_device_has(&device, ".0123456789abcdeg.tmp"));
	ds_device_end(&device);
}

static void
a_broken_record_names_file_and_line(void **state)
{
	struct ds_device device;

	(void)state;
	assert_int_equal(mkdir("b", 0700), 0);
	put_file("b/device", "devsign-record = 1\nx = y\n");
	assert_int_equal(ds_device_look("b", &device, &err), DV_EXIT_NONE);
	assert_string_equal(err.what, "b/device: line 2: unknown name \"x\"");
	assert_int_equal(chmod("b", 0777), 0);
	assert_int_equal(ds_device_look("b", &device, &err), DV_EXIT_NONE);
	assert_non_null(strstr(err.what, "others than its owner may write"));
	assert_int_equal(ds_device_look("nowhere", &device, &err), DV_EXIT_YES);
	assert_int_equal(ds_device_look("", &device, &err), DV_EXIT_USAGE);
}

/* One more than can be read is too much. */
static void
a_record_has_a_bound(void **state)
{
	struct ds_device device;
	static char big[DS_RECORD_MAX + 2];

	(void)state;
	assert_int_equal(mkdir("big", 0700), 0);
	memset(big, 'x', DS_RECORD_MAX + 1);
	put_file("big/device", big);
	assert_int_equal(ds_device_look("big", &device, &err), DV_EXIT_NONE);
	assert_non_null(strstr(err.what, "is larger than 8192 bytes"));
}

/* The second one waits until the first has ended. */
static void
one_at_a_time(void **state)
{
	struct ds_device device, other;
	int status;

	(void)state;
	assert_int_equal(ds_device_begin("l", &device, &err), DV_EXIT_YES);
	pid_t child = fork();
	if (child == 0) {
		ds_device_end(&device);
		enum dv_exit ret = ds_device_begin("l", &other, &err);
		_exit(ret == DV_EXIT_YES && other.there ? 0 : 1);
	}
	assert_true(child > 0);
	(void)usleep(200000);
	assert_int_equal(ds_device_save(&device, &err), DV_EXIT_YES);
	ds_device_end(&device);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* ---- a change of identity, cut off anywhere -------------------------------- */

static void
the_chain_decides_which_key_is_in_use(void **state)
{
	struct ds_device device = { .lock = -1 };
	struct ds_record *r = &device.record;

	(void)state;
	(void)snprintf(r->idevid_key, DS_RECORD_SPEC, "tpm:0x81020000");
	(void)snprintf(r->idevid_spki, DS_RECORD_HASH, "aa");
	(void)snprintf(r->ldevid_key, DS_RECORD_SPEC, "file:1");
	(void)snprintf(r->ldevid_spki, DS_RECORD_HASH, "bb");
	(void)snprintf(r->next_key, DS_RECORD_SPEC, "file:2");
	(void)snprintf(r->next_spki, DS_RECORD_HASH, "cc");
	assert_string_equal(ds_device_in_use(&device, "aa"), "tpm:0x81020000");
	assert_string_equal(ds_device_in_use(&device, "bb"), "file:1");
	assert_string_equal(ds_device_in_use(&device, "cc"), "file:2");
	assert_null(ds_device_in_use(&device, "dd"));
	assert_null(ds_device_in_use(&device, ""));
}

static void
settling_takes_over_the_next_key_and_removes_the_old(void **state)
{
	struct ds_device device;
	struct ds_record *r = &device.record;

	(void)state;
	assert_int_equal(ds_device_begin("s", &device, &err), DV_EXIT_YES);
	put_file("s/1", "old");
	put_file("s/2", "new");
	(void)snprintf(r->ldevid_key, DS_RECORD_SPEC, "file:s/1");
	memcpy(r->ldevid_spki, HASH, DS_RECORD_HASH);
	(void)snprintf(r->next_key, DS_RECORD_SPEC, "file:s/2");
	memcpy(r->next_spki, HASH2, DS_RECORD_HASH);
	r->generation = 1;
	assert_int_equal(ds_device_settle(&device, HASH, &err), DV_EXIT_YES);
	assert_string_equal(r->ldevid_key, "file:s/1");
	assert_true(ds_device_has(&device, "1"));
	assert_int_equal(ds_device_settle(&device, HASH2, &err), DV_EXIT_YES);
	assert_string_equal(r->ldevid_key, "file:s/2");
	assert_string_equal(r->next_key, "");
	assert_string_equal(r->old_key, "");
	assert_int_equal(r->generation, 2);
	assert_false(ds_device_has(&device, "1"));
	assert_true(ds_device_has(&device, "2"));
	ds_device_end(&device);
	/* Cut off between the record and the removal. */
	assert_int_equal(ds_device_begin("s", &device, &err), DV_EXIT_YES);
	put_file("s/1", "old");
	(void)snprintf(r->old_key, DS_RECORD_SPEC, "file:s/1");
	assert_int_equal(ds_device_settle(&device, "", &err), DV_EXIT_YES);
	assert_false(ds_device_has(&device, "1"));
	ds_device_end(&device);
}

static void
a_key_in_hardware_is_not_removed(void **state)
{
	(void)state;
	assert_int_equal(ds_device_remove_key("tpm:0x81020000", &err),
	    DV_EXIT_NONE);
	put_file("k", "x");
	assert_int_equal(ds_device_remove_key("tpm:k", &err), DV_EXIT_YES);
	assert_int_equal(access("k", F_OK), -1);
	assert_int_equal(ds_device_remove_key("file:k", &err), DV_EXIT_YES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(an_empty_record_is_one_line),
		cmocka_unit_test(refuses_with_the_line),
		cmocka_unit_test(a_keyspec_has_a_bound),
		cmocka_unit_test(hardware_is_told_by_the_keyspec),
		cmocka_unit_test(begin_makes_sweeps_and_reads),
		cmocka_unit_test(a_broken_record_names_file_and_line),
		cmocka_unit_test(a_record_has_a_bound),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(the_chain_decides_which_key_is_in_use),
		cmocka_unit_test(
		    settling_takes_over_the_next_key_and_removes_the_old),
		cmocka_unit_test(a_key_in_hardware_is_not_removed),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
