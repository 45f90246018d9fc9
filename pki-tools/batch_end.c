/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands at the end of a batch: the manifest of all it has issued, from
 * the ledger and signed by the CA, and the report of this run. docs/FORMAT.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "cbor_write.h"
#include "host/json.h"
#include "host/text.h"

#define MANIFEST "manifest.csv"
#define NEW ".manifest.new"

static enum dv_exit
fail_out(const struct pki_run *run, const char *name, struct dv_err *err)
{
	return dv_fail(err, DV_EXIT_NONE, "%s: cannot write %s: %s", run->out,
	    name, strerror(errno));
}

/* ---- manifest ------------------------------------------------------------- */

struct manifest {
	FILE *out;
	struct dv_hash hash;
	int64_t count;
};

static void
put(struct manifest *m, const char *text)
{
	dv_hash_update(&m->hash, dv_text_bytes(text));
	(void)fputs(text, m->out);
}

static void
put_hex(struct manifest *m, struct dv_bytes bytes)
{
	char text[3];

	for (size_t i = 0; i < bytes.len; i++) {
		(void)snprintf(text, sizeof(text), "%02x", bytes.ptr[i]);
		put(m, text);
	}
}

/* id,serial,sha256 */
static enum dv_exit
one(void *arg, const struct pki_record *record, struct dv_err *err)
{
	struct manifest *m = arg;
	uint8_t digest[DV_MAX_DIGEST];
	struct dv_cert cert;
	struct dv_at at;

	if (record->device == NULL ||
	    dv_cert_parse(record->der, &cert, &at) != DV_R_NONE ||
	    dv_hash_once(DV_HASH_SHA256, record->der, digest) == 0)
		return dv_fail(err, DV_EXIT_NONE, "the ledger has no "
		    "certificate for %s", record->name);
	put(m, record->device);
	put(m, ",");
	put_hex(m, cert.serial);
	put(m, ",");
	put_hex(m, (struct dv_bytes){ digest, PKI_SHA256 });
	put(m, "\n");
	m->count++;
	return DV_EXIT_YES;
}

static enum dv_exit
write_list(struct pki_run *run, struct manifest *m, struct dv_err *err)
{
	const struct pki_which which = { .kind = PKI_OF_BATCH,
	    .batch = run->batch };
	int fd = openat(run->out_fd, NEW, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC | O_NOFOLLOW, 0644);
	enum dv_exit exit;

	if (fd < 0 || (m->out = fdopen(fd, "w")) == NULL ||
	    !dv_hash_start(&m->hash, DV_HASH_SHA256))
		return fail_out(run, MANIFEST, err);
	put(m, "id,serial,sha256\n");
	exit = pki_ledger_each(run->ca->ledger, &which, one, m, err);
	if (exit == DV_EXIT_YES && (fflush(m->out) != 0 || fsync(fd) != 0))
		exit = fail_out(run, MANIFEST, err);
	if (fclose(m->out) != 0 && exit == DV_EXIT_YES)
		exit = fail_out(run, MANIFEST, err);
	return exit;
}

/* {1: batch, 2: devices, 3: SHA-256 of manifest.csv} */
static enum dv_exit
sign_list(const struct pki_run *run, struct manifest *m, struct dv_buf *out,
    struct dv_err *err)
{
	uint8_t room[256], digest[DV_MAX_DIGEST];
	struct ds_cbor w = ds_cbor_start(room, sizeof(room));
	struct pki_statement_new what = { .ca = run->ca,
	    .typ = PKI_TYP_MANIFEST, .iat = run->now };

	if (dv_hash_finish(&m->hash, digest) != PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "cannot hash");
	ds_cbor_map(&w, 3);
	ds_cbor_int(&w, 1);
	ds_cbor_text(&w, dv_text_bytes(run->auth.batch));
	ds_cbor_int(&w, 2);
	ds_cbor_int(&w, m->count);
	ds_cbor_int(&w, 3);
	ds_cbor_bytes(&w, (struct dv_bytes){ digest, PKI_SHA256 });
	what.payload = ds_cbor_done(&w);
	return pki_statement_make(&what, out, err);
}

static enum dv_exit
write_beside(const struct pki_run *run, const char *name,
    struct dv_bytes bytes, struct dv_err *err)
{
	char path[DV_PATH_MAX];
	const struct dv_file_new file = { .path = path, .mode = 0644,
	    .replace = true };
	enum dv_exit exit = dv_path_join(path, run->out, name, err);

	return exit == DV_EXIT_YES ? dv_file_write(&file, bytes, err) : exit;
}

enum dv_exit
pki_batch_manifest(struct pki_run *run, struct dv_err *err)
{
	struct manifest *m = calloc(1, sizeof(*m));
	struct dv_buf statement = { NULL, 0, 0 };
	enum dv_exit exit;

	if (m == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = write_list(run, m, err);
	if (exit == DV_EXIT_YES)
		exit = sign_list(run, m, &statement, err);
	if (exit == DV_EXIT_YES && renameat(run->out_fd, NEW, run->out_fd,
	    MANIFEST) != 0)
		exit = fail_out(run, MANIFEST, err);
	if (exit == DV_EXIT_YES)
		exit = write_beside(run, "manifest.cose",
		    dv_buf_bytes(&statement), err);
	dv_buf_free(&statement);
	free(m);
	return exit;
}

/* ---- report --------------------------------------------------------------- */

static int64_t
rate(const struct pki_run *run)
{
	return run->milliseconds == 0 ? 0 :
	    (int64_t)run->listed * 1000 / run->milliseconds;
}

static bool
report_text(const struct pki_run *run, struct dv_buf *out)
{
	char began[DV_TIME_TEXT], until[DV_TIME_TEXT];
	bool ok;

	dv_time_format(run->began, began);
	dv_time_format(run->auth.not_after, until);
	ok = dv_buf_text(out, "batch %s, profile %s\n"
	    "  begun %s, %" PRId64 ".%03" PRId64 " s, %" PRId64
	    " devices a second\n"
	    "  listed %" PRIu64 ": issued %" PRIu64 ", on record before %"
	    PRIu64 ", without certificate %" PRIu64 "\n"
	    "  the batch has %" PRId64 " of %" PRId64 " devices, until %s%s\n",
	    run->auth.batch, run->auth.profile, began,
	    run->milliseconds / 1000, run->milliseconds % 1000, rate(run),
	    run->listed, run->fresh, run->known, run->failed, run->issued,
	    run->auth.quantity, until,
	    run->closed || run->close ? ", closed" : "");
	for (int i = 1; ok && i < PKI_CAUSE_COUNT; i++) {
		if (run->cause[i] > 0)
			ok = dv_buf_text(out, "  %" PRIu64 " %s: %s\n",
			    run->cause[i], pki_cause_name((enum pki_cause)i),
			    pki_cause_text((enum pki_cause)i));
	}
	return ok;
}

static void
report_json(const struct pki_run *run, FILE *out)
{
	struct dv_json json = { .out = out };

	dv_json_begin(&json);
	dv_json_number(&json, "v", 1);
	dv_json_text(&json, "batch", run->auth.batch);
	dv_json_text(&json, "profile", run->auth.profile);
	dv_json_instant(&json, "begun", run->began);
	dv_json_number(&json, "milliseconds", run->milliseconds);
	dv_json_number(&json, "listed", (int64_t)run->listed);
	dv_json_number(&json, "issued", (int64_t)run->fresh);
	dv_json_number(&json, "on_record", (int64_t)run->known);
	dv_json_number(&json, "failed", (int64_t)run->failed);
	dv_json_number(&json, "batch_issued", run->issued);
	dv_json_number(&json, "batch_quantity", run->auth.quantity);
	dv_json_instant(&json, "batch_expires", run->auth.not_after);
	dv_json_flag(&json, "batch_closed", run->closed || run->close);
	dv_json_open(&json, "causes", '{');
	for (int i = 1; i < PKI_CAUSE_COUNT; i++) {
		if (run->cause[i] > 0)
			dv_json_number(&json, pki_cause_name((enum
			    pki_cause)i), (int64_t)run->cause[i]);
	}
	dv_json_close(&json, '{');
	dv_json_end(&json);
}

/* JSON goes through a stream in memory, so that the file is written whole. */
static enum dv_exit
write_json(const struct pki_run *run, struct dv_err *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	enum dv_exit exit = DV_EXIT_YES;

	if (out == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	report_json(run, out);
	if (fclose(out) != 0)
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (exit == DV_EXIT_YES)
		exit = write_beside(run, "report.json", (struct dv_bytes){
		    (const uint8_t *)text, len }, err);
	free(text);
	return exit;
}

enum dv_exit
pki_batch_report(struct pki_run *run, struct dv_err *err)
{
	struct dv_buf text = { NULL, 0, 0 };
	enum dv_exit exit = write_json(run, err);

	if (exit == DV_EXIT_YES && !report_text(run, &text))
		exit = dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (exit == DV_EXIT_YES)
		exit = write_beside(run, "report.txt", dv_buf_bytes(&text),
		    err);
	if (exit == DV_EXIT_YES && run->json)
		report_json(run, stdout);
	else if (exit == DV_EXIT_YES)
		(void)fwrite(text.ptr, 1, text.len, stdout);
	dv_buf_free(&text);
	return exit;
}
