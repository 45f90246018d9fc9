/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-revoke revoke: which certificates, why, since when; recorded at once and
 * for good. Verifiers learn of it by a CRL. pki-revoke(1).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cmd.h"
#include "dv_crl.h"
#include "dv_hash.h"
#include "host/text.h"
#include "pki_log.h"

const struct dv_opt pki_revoke_opts[] = {
	PKI_OPT_DIR("CA directory"),
	{ 0, "serial", "HEX", "the certificate with this serial number",
	  false },
	{ 0, "certificate", "FILE", "this certificate", false },
	{ 0, "public-key", "FILE", "the certificate of this key", false },
	{ 0, "device", "ID", "all certificates of this device", false },
	{ 0, "batch", "NAME", "all certificates of this batch", false },
	{ 0, "reason", "NAME", "keyCompromise and others (unspecified)",
	  false },
	{ 't', "time", "TIME", "since when it was not to be trusted", false },
	PKI_OPT_END,
};

/* One run: what was asked, and what came of it. */
struct job {
	const struct dv_args *args;
	struct pki_ca *ca;
	struct pki_which which;
	const char *what;		/* as it was named, for messages */
	uint8_t bytes[PKI_SHA256];
	struct dv_ders *files;		/* of --certificate, --public-key */
	struct pki_revocation revocation;
	char operator_name[PKI_LOG_WHO];
	struct pki_revoke_sum sum;
};

/* ---- which ---------------------------------------------------------------- */

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c | 0x20);

	return at == NULL || (c & 0x40) == 0x40 * (at - digits < 10) ? -1 :
	    (int)(at - digits);
}

/* Hexadecimal, with or without colons, as other programs print it: the octets
 * that the ledger keeps, zeros in front. */
static bool
read_serial(const char *text, uint8_t out[PKI_SERIAL])
{
	size_t digits = 0;

	memset(out, 0, PKI_SERIAL);
	for (; *text != '\0'; text++) {
		int value = hex_digit(*text);

		if (*text == ':')
			continue;
		if (value < 0 || (out[0] >> 4) != 0)
			return false;
		for (size_t i = 0; i + 1 < PKI_SERIAL; i++)
			out[i] = (uint8_t)(out[i] << 4 | out[i + 1] >> 4);
		out[PKI_SERIAL - 1] = (uint8_t)(out[PKI_SERIAL - 1] << 4 |
		    value);
		digits++;
	}
	return digits > 0;
}

static enum dv_exit
by_serial(struct job *job, struct dv_err *err)
{
	if (!read_serial(job->what, job->bytes))
		return dv_fail(err, DV_EXIT_USAGE, "option --serial: \"%s\" is "
		    "not a serial number in hexadecimal, of at most %d octets",
		    job->what, PKI_SERIAL);
	job->which = (struct pki_which){ .kind = PKI_WITH_SERIAL,
	    .bytes = { job->bytes, PKI_SERIAL } };
	return DV_EXIT_YES;
}

static enum dv_exit
load_one(struct job *job, const char *label, struct dv_err *err)
{
	enum dv_exit exit = dv_ders_load(job->files, job->what, label, err);

	if (exit == DV_EXIT_YES && job->files->count == 0)
		exit = dv_fail(err, DV_EXIT_NO, "%s: is empty", job->what);
	return exit;
}

/* The first of a file that may hold its chain as well. */
static enum dv_exit
by_certificate(struct job *job, struct dv_err *err)
{
	struct pki_found found = { .found = false };
	struct dv_cert cert;
	struct dv_at at;
	enum dv_exit exit = load_one(job, "CERTIFICATE", err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (dv_cert_read(dv_ders_at(job->files, 0), &cert, &at) != DV_R_NONE)
		return dv_fail(err, DV_EXIT_NO, "%s: is not a certificate",
		    job->what);
	exit = pki_ledger_find_serial(job->ca->ledger, cert.serial, &found,
	    err);
	if (exit == DV_EXIT_YES && (!found.found ||
	    !dv_bytes_equal(dv_buf_bytes(&found.der), cert.der)))
		exit = dv_hint(err, dv_fail(err, DV_EXIT_NO, "%s: was not "
		    "issued by this CA", job->what), "name the directory of "
		    "the CA that issued it");
	dv_buf_free(&found.der);
	if (exit != DV_EXIT_YES)
		return exit;
	memset(job->bytes, 0, PKI_SERIAL);
	memcpy(job->bytes + PKI_SERIAL - cert.serial.len, cert.serial.ptr,
	    cert.serial.len);
	job->which = (struct pki_which){ .kind = PKI_WITH_SERIAL,
	    .bytes = { job->bytes, PKI_SERIAL } };
	return exit;
}

static enum dv_exit
by_key(struct job *job, struct dv_err *err)
{
	uint8_t digest[DV_MAX_DIGEST];
	enum dv_exit exit = load_one(job, "PUBLIC KEY", err);

	if (exit != DV_EXIT_YES)
		return exit;
	if (dv_hash_once(DV_HASH_SHA256, dv_ders_at(job->files, 0), digest) !=
	    PKI_SHA256)
		return dv_fail(err, DV_EXIT_NONE, "the key cannot be hashed");
	memcpy(job->bytes, digest, PKI_SHA256);
	job->which = (struct pki_which){ .kind = PKI_WITH_KEY,
	    .bytes = { job->bytes, PKI_SHA256 } };
	return exit;
}

static enum dv_exit
by_device(struct job *job, struct dv_err *err)
{
	(void)err;
	job->which = (struct pki_which){ .kind = PKI_OF_DEVICE,
	    .text = job->what };
	return DV_EXIT_YES;
}

static enum dv_exit
by_batch(struct job *job, struct dv_err *err)
{
	struct pki_batch_found found = { .found = false };
	enum dv_exit exit = pki_ledger_batch_find(job->ca->ledger, job->what,
	    &found, err);

	if (exit == DV_EXIT_YES && !found.found)
		exit = dv_fail(err, DV_EXIT_NO, "this CA has no batch \"%s\"",
		    job->what);
	job->which = (struct pki_which){ .kind = PKI_OF_BATCH,
	    .batch = found.batch.id };
	dv_buf_free(&found.room);
	return exit;
}

static const struct {
	const char *option;
	enum dv_exit (*find)(struct job *job, struct dv_err *err);
} ways[] = {
	{ "serial", by_serial },
	{ "certificate", by_certificate },
	{ "public-key", by_key },
	{ "device", by_device },
	{ "batch", by_batch },
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* Exactly one of the ways; its index. */
static enum dv_exit
choose(const struct dv_args *args, size_t *way, struct dv_err *err)
{
	int given = 0;

	for (size_t i = 0; i < WAYS; i++) {
		if (dv_args_has(args, ways[i].option)) {
			*way = i;
			given++;
		}
	}
	if (given == 1)
		return DV_EXIT_YES;
	return dv_fail(err, DV_EXIT_USAGE, "say which certificates by one of "
	    "--serial, --certificate, --public-key, --device and --batch");
}

/* ---- why, when, who -------------------------------------------------------- */

static enum dv_exit
read_reason(struct job *job, struct dv_err *err)
{
	const char *name = dv_args_get(job->args, "reason");
	struct dv_buf names = { NULL, 0, 0 };
	enum dv_exit exit;

	job->revocation.reason = (int)DV_CRL_UNSPECIFIED;
	if (name == NULL)
		return DV_EXIT_YES;
	for (int i = 0; i <= (int)DV_CRL_AA_COMPROMISE; i++) {
		const char *one = dv_crl_reason_name((enum dv_crl_reason)i);

		if (*one == '\0')
			continue;
		if (strcmp(one, name) == 0) {
			job->revocation.reason = i;
			dv_buf_free(&names);
			return DV_EXIT_YES;
		}
		if (!dv_buf_text(&names, "%s%s", i == 0 ? "" : ", ", one))
			break;
	}
	exit = dv_fail(err, DV_EXIT_USAGE, "option --reason: there is no "
	    "reason \"%s\"", name);
	exit = dv_hint(err, exit, "the reasons are %.*s", (int)names.len,
	    (const char *)names.ptr);
	dv_buf_free(&names);
	return exit;
}

static enum dv_exit
read_time(struct job *job, struct dv_err *err)
{
	struct pki_revocation *r = &job->revocation;
	enum dv_exit exit = pki_cmd_now(&r->recorded_at, err);

	r->revoked_at = r->recorded_at;
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_time(job->args, "time", &r->invalid_since,
		    &r->invalid_given, err);
	if (exit == DV_EXIT_YES && r->invalid_given &&
	    r->invalid_since.s > r->recorded_at.s)
		exit = dv_fail(err, DV_EXIT_USAGE, "option --time: that is in "
		    "the future; a revocation counts from when it is recorded");
	return exit;
}

/* ---- doing it -------------------------------------------------------------- */

static enum dv_exit
check_one(void *arg, const struct pki_record *record, struct dv_err *err)
{
	const struct job *job = arg;
	enum dv_exit exit;

	if (!dv_bytes_equal(record->der, job->ca->cert.der))
		return DV_EXIT_YES;
	exit = dv_fail(err, DV_EXIT_NO, "refused: that is this CA's own "
	    "certificate, and no list of its own can take it back");
	return dv_hint(err, exit, "a root is withdrawn by building verifiers "
	    "without it; another CA by the one above");
}

/* Nothing of what was meant can be changed: why, by the first. */
static enum dv_exit
refuse_one(void *arg, const struct pki_record *record, struct dv_err *err)
{
	const struct job *job = arg;
	char since[DV_TIME_TEXT];
	enum dv_exit exit;

	if (!record->revoked)
		return dv_fail(err, DV_EXIT_NO, "refused: %s: %s is not on "
		    "hold, and only a hold can be lifted", job->what,
		    record->name);
	dv_time_format(record->revoked_at, since);
	exit = dv_fail(err, DV_EXIT_NO, "refused: %s: %s is revoked since %s, "
	    "with the reason %s", job->what, record->name, since,
	    dv_crl_reason_name((enum dv_crl_reason)record->reason));
	return dv_hint(err, exit, "a revocation is final; certificateHold "
	    "alone can become another one, or be lifted by removeFromCRL");
}

static enum dv_exit
change(struct job *job, struct dv_err *err)
{
	struct pki_ledger *ledger = job->ca->ledger;
	enum dv_exit exit = pki_ledger_each(ledger, &job->which, check_one, job,
	    err);

	if (exit == DV_EXIT_YES)
		exit = pki_ledger_revoke(ledger, &job->which, &job->revocation,
		    &job->sum, err);
	if (exit == DV_EXIT_YES && job->sum.total == 0)
		return dv_fail(err, DV_EXIT_NO, "%s: this CA has issued no "
		    "such certificate", job->what);
	if (exit == DV_EXIT_YES && job->sum.changed == 0 && job->sum.same == 0)
		exit = pki_ledger_each(ledger, &job->which, refuse_one, job,
		    err);
	return exit;
}

static enum dv_exit
commit(const struct job *job, const char *way, struct dv_err *err)
{
	const struct pki_revocation *r = &job->revocation;
	struct pki_log_entry entry = { .event = "revoke" };
	char at[DV_TIME_TEXT], since[DV_TIME_TEXT];

	dv_time_format(r->recorded_at, at);
	pki_log_add(&entry, "by", "%s", way);
	pki_log_add(&entry, "what", "%s", job->what);
	pki_log_add(&entry, "reason", "%s",
	    dv_crl_reason_name((enum dv_crl_reason)r->reason));
	pki_log_add(&entry, "count", "%" PRId64, job->sum.changed);
	pki_log_add(&entry, "at", "%s", at);
	if (r->invalid_given) {
		dv_time_format(r->invalid_since, since);
		pki_log_add(&entry, "since", "%s", since);
	}
	if (job->which.kind == PKI_WITH_SERIAL)
		pki_log_add_hex(&entry, "serial", job->which.bytes);
	if (job->which.kind == PKI_WITH_KEY)
		pki_log_add_hex(&entry, "key", job->which.bytes);
	return pki_log_commit(job->ca->ledger, &entry, err);
}

static enum dv_exit
record(struct job *job, const char *way, struct dv_err *err)
{
	enum dv_exit exit = pki_ledger_begin(job->ca->ledger, err);

	if (exit != DV_EXIT_YES)
		return exit;
	exit = change(job, err);
	if (exit == DV_EXIT_YES && job->sum.changed > 0)
		return commit(job, way, err);
	pki_ledger_rollback(job->ca->ledger);
	return exit;
}

/* ---- saying it ------------------------------------------------------------- */

static enum dv_exit
say_one(void *arg, const struct pki_record *record, struct dv_err *err)
{
	char at[DV_TIME_TEXT];

	(void)arg;
	(void)err;
	(void)printf("  serial ");
	dv_print_hex(stdout, record->serial);
	(void)printf(" ");
	dv_print_quoted(stdout, dv_text_bytes(record->name));
	if (record->revoked_at.s != 0) {
		dv_time_format(record->revoked_at, at);
		(void)printf(" %s since %s", record->revoked ?
		    dv_crl_reason_name((enum dv_crl_reason)record->reason) :
		    "released", at);
	}
	(void)putchar('\n');
	return DV_EXIT_YES;
}

static enum dv_exit
say(struct job *job, struct dv_err *err)
{
	const struct pki_revoke_sum *sum = &job->sum;
	bool release = job->revocation.reason == (int)DV_CRL_REMOVE_FROM_CRL;
	int64_t other = sum->total - sum->changed - sum->same;
	enum dv_exit exit;

	dv_print_subject(stdout, job->what);
	(void)printf(": %s %" PRId64, release ? "released" : "revoked",
	    sum->changed);
	if (sum->same > 0)
		(void)printf(", %s before: %" PRId64, release ? "released" :
		    "revoked for this reason", sum->same);
	if (other > 0)
		(void)printf(", left as it was: %" PRId64, other);
	(void)putchar('\n');
	exit = pki_ledger_each(job->ca->ledger, &job->which, say_one, job, err);
	if (exit == DV_EXIT_YES)
		(void)printf("Verifiers learn of it by a CRL. Make one now: "
		    "pki-revoke crl -d %s\n", job->ca->dir);
	return exit;
}

static enum dv_exit
run(struct job *job, const char *dir, struct dv_err *err)
{
	size_t way = 0;
	enum dv_exit exit = choose(job->args, &way, err);

	job->revocation.operator_name = job->operator_name;
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_need(job->args, ways[way].option, &job->what,
		    err);
	if (exit == DV_EXIT_YES)
		exit = read_reason(job, err);
	if (exit == DV_EXIT_YES)
		exit = read_time(job, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open(dir, &job->ca, err);
	if (exit == DV_EXIT_YES)
		exit = pki_ca_open_ledger(job->ca, err);
	if (exit == DV_EXIT_YES)
		exit = ways[way].find(job, err);
	if (exit == DV_EXIT_YES)
		exit = pki_log_who(job->operator_name,
		    sizeof(job->operator_name), err);
	if (exit == DV_EXIT_YES)
		exit = record(job, ways[way].option, err);
	if (exit == DV_EXIT_YES)
		exit = say(job, err);
	return exit;
}

enum dv_exit
pki_revoke_run(const struct dv_args *args, struct dv_err *err)
{
	struct job job = { .args = args,
	    .files = calloc(1, sizeof(*job.files)) };
	const char *dir;
	enum dv_exit exit = pki_cmd_need(args, "directory", &dir, err);

	if (job.files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	if (exit == DV_EXIT_YES)
		exit = run(&job, dir, err);
	pki_ca_close(job.ca);
	dv_ders_free(job.files);
	free(job.files);
	return exit;
}
